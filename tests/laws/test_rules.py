"""Trainings under random learning rules against the plainest evaluator there is, bit for bit."""

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.engines.layout import layout
from chainrule.engines.protocol import Bound, State
from chainrule.engines.reference import REFERENCE
from chainrule.engines.runners import ArrayRunner, FloatRunner, Runner
from chainrule.expr.nodes import key
from chainrule.model import build
from chainrule.model.learning import ruled
from chainrule.notation import parse
from chainrule.numbers.evaluate import Setting, evaluate, solve
from chainrule.program import Program, lower
from chainrule.program.program import NEW, STEP, computed
from chainrule.rules import NAMES
from chainrule.tape.expand import expanded
from chainrule.tape.record import record

CONSTS = {"q": 0.7, "tau": 1.0, "alpha": 0.05, "beta": 0.9, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "gamma": 0.9}
CONSTS |= {"lambda": 0.01}

TERMS = ("θ", "g", "v", "s", "q", "t", "α", "1/(1 + 0.1·t)", "0.3", "c")
OVER_ALL = ("(sum_θ g^2)", "(mean_θ (θ*g + q))", "(max_θ abs(g))", "(min_θ θ)", "(sum_k θ*g)")
OVER_ALL += ("(sum_θ g/(1 + sum_θ θ^2))",)
OF_STATES = ("(sum_θ v^2)", "(max_θ (s - v))", "(mean_θ (s + sum_k v))")


@st.composite
def blocks(draw: st.DrawFn, states: bool = True) -> str:
    """Texts of blocks with two states, in any order, with a start or without; ``states`` may be reduced too."""
    terms = draw(st.sampled_from((TERMS, TERMS + OVER_ALL + (OF_STATES if states else ()))))

    def value() -> str:
        left, right, third = (draw(st.sampled_from(terms)) for _ in range(3))
        form = draw(st.sampled_from(("{}*{} + {}", "{} - {}*{}", "tanh({}) + {}*{}", "{}/(1 + abs({})) - {}")))
        return form.format(left, right, third)

    start = f"  {draw(st.sampled_from('vs'))} := {draw(st.sampled_from(('0.3', 'q/2', '-1')))}\n"
    lines = [f"  v <- 0.5*v + 0.1*({value()})\n", f"  s <- 0.2*s - 0.1*({value()})\n"]
    lines.insert(draw(st.integers(0, 2)), f"  θ <- θ - 0.1*g - 0.01*({value()})\n")
    return f"update θ[k], g\n{start if draw(st.booleans()) else ''}{''.join(lines)}"


TEXT = """data x
target y
weight a in [-1, 1], b
weight c
const q := 0.7, α := 0.05
h = tanh(a*x + b) + 0.2*c
E = (h - y)^2 + 0.01*c^4
"""
SINGLE = "update a <- a - α*(∂E/∂a)/(0.5 + abs(∂²E/∂a²)) + 0.01*∂²E/∂a∂b*mean h\n"


def programs() -> st.SearchStrategy[Program]:
    """The network with a random block, or with a rule of the package; one weight may have a rule of its own."""
    own = st.sampled_from(("", SINGLE))
    texts = own.flatmap(lambda single: blocks(not single).map(lambda block: TEXT + block + single))
    named = st.tuples(own, st.sampled_from(NAMES)).map(lambda pair: ruled(build(parse(TEXT + pair[0])), pair[1]).model)
    return st.one_of(texts.map(parse).map(build), named).map(lower)


def bits(value: Any) -> bytes:
    return struct.pack("<d", float(value))


def bound(program: Program, seed: int) -> tuple[Bound, State]:
    draw = np.random.default_rng(seed)
    values = {name: draw.normal(size=4) for name in ("x", "y")}
    values |= {symbol.name: np.array(CONSTS[symbol.name]) for symbol in program.consts}
    consts = {symbol.name: CONSTS[symbol.name] for symbol in program.consts}
    starts = {name: np.array(evaluate(start, consts)) for name, start in program.starts.items()}
    states = {symbol.name: starts.get(symbol.name, np.array(0.0)) for symbol in program.states}
    return Bound(values, {}, 4), State({name: np.array(draw.normal()) for name in "abc"}, states)


def plain(program: Program, bound: Bound, state: State, order: Sequence[Sequence[int]]) -> list[dict[str, bytes]]:
    """Weights and states after each step: line by line, each name looked up where the conventions say it is."""
    kept: dict[str, Any] = {name: float(value) for name, value in (*state.weights.items(), *state.states.items())}
    history = []
    for number, rows in enumerate(order, 1):
        values: dict[str, Any] = {name: [float(bound.values[name][row]) for row in rows] for name in ("x", "y")}
        values |= kept | {symbol.name: CONSTS[symbol.name] for symbol in program.consts} | {STEP: float(number)}
        setting = Setting(dict.fromkeys(program.sets, range(len(rows))))
        values |= solve(computed(program), values, setting=setting)
        for line in program.phases["update"]:
            name = key(line.target)
            values[name if name in program.shared else name + NEW] = evaluate(line.body, values, setting=setting)
        changed = [key(line.target) for line in program.phases["update"] if key(line.target) not in program.shared]
        kept |= {name: values[name + NEW] for name in changed}
        for line in program.phases["project"]:
            kept[key(line.target)] = evaluate(line.body, {**values, **kept})
        history.append({name: bits(value) for name, value in kept.items()})
    return history


ORDERS = st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=3), min_size=1, max_size=5)


@settings(max_examples=20, deadline=None)
@given(programs(), st.integers(0, 2**20), ORDERS)
def test_a_training_is_that_of_the_plain_evaluator(program: Program, seed: int, order: list[list[int]]) -> None:
    given, start = bound(program, seed)
    chunk = REFERENCE.load(program, given).advance(start, order, pass_length=10**9)
    wanted = plain(program, given, start, order)
    assert chunk.departure is None
    for place, step in enumerate(wanted):
        for name, values in (*chunk.weights.items(), *chunk.states.items()):
            assert bits(values[place]) == step[name], (name, place)


@settings(max_examples=10, deadline=None)
@given(programs(), st.integers(0, 2**20), st.integers(1, 3))
def test_arrays_and_floats_make_the_same_steps(program: Program, seed: int, count: int) -> None:
    given, start = bound(program, seed)
    recording, places = expanded(record(program, given, count, training=True)), layout(program, given)
    runners: list[Runner] = [kind(program, given, recording, places) for kind in (ArrayRunner, FloatRunner)]
    for runner in runners:
        runner.put(places.row({**start.weights, **start.states}))
    for number in range(1, 6):
        assert [runner.step(list(range(count)), number) for runner in runners] == [True, True]
        assert runners[0].settle() == runners[1].settle()
        assert runners[0].row().tobytes() == runners[1].row().tobytes()


@settings(max_examples=10, deadline=None)
@given(programs(), st.integers(0, 2**20), ORDERS, st.integers(0, 5))
def test_a_training_goes_on_from_weights_states_and_step(
    program: Program, seed: int, order: list[list[int]], cut: int
) -> None:
    given, start = bound(program, seed)
    loaded = REFERENCE.load(program, given)
    whole = loaded.advance(start, order, pass_length=10**9).state
    first = loaded.advance(start, order[:cut], pass_length=10**9).state if order[:cut] else start
    second = loaded.advance(first, order[cut:], pass_length=10**9).state if order[cut:] else first
    for mine, other in ((whole.weights, second.weights), (whole.states, second.states)):
        assert {name: bits(value) for name, value in mine.items()} == {name: bits(v) for name, v in other.items()}


def test_states_hold_what_their_equations_say_and_nothing_reads_what_comes_later() -> None:
    """The gradient in every line is that of the weights before the step, whatever the lines above have changed."""
    program = lower(build(parse("weight w\nE = w^3\nupdate θ, g\n  a <- g\n  θ <- θ - 0.1*g\n  b <- g + θ\n")))
    given = Bound({}, {}, 1)
    start = State({"w": np.array(2.0)}, {"a.w": np.array(0.0), "b.w": np.array(0.0)})
    state = REFERENCE.load(program, given).advance(start, [[0]], pass_length=9).state
    w = 2.0 - 0.1 * 12.0
    assert (float(state.weights["w"]), float(state.states["a.w"]), float(state.states["b.w"])) == (w, 12.0, 12.0 + w)


def test_every_rule_speaks_of_the_weights_before_the_step() -> None:
    text = "weight u, w\nE = u*w\nupdate u <- u - w\nupdate w <- w - u\n"
    program = lower(build(parse(text)))
    start = State({"u": np.array(3.0), "w": np.array(1.0)}, {})
    state = REFERENCE.load(program, Bound({}, {}, 1)).advance(start, [[0]], pass_length=9).state
    assert (float(state.weights["u"]), float(state.weights["w"])) == (2.0, -2.0)
