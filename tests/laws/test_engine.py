"""The reference engine against the plainest evaluator there is, bit for bit, on random networks."""

import math
import random
import struct
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.engines.layout import layout
from chainrule.engines.protocol import Bound, Departure, State
from chainrule.engines.reference import REFERENCE, depart
from chainrule.engines.runners import ArrayRunner, FloatRunner, Runner
from chainrule.expr.nodes import Equation, key
from chainrule.expr.walk import reads
from chainrule.model import build
from chainrule.notation import parse
from chainrule.numbers.evaluate import Setting, evaluate, solve
from chainrule.numbers.oracle import complex_step
from chainrule.program import Program, lower
from chainrule.program.program import computed
from chainrule.tape.expand import expanded
from chainrule.tape.record import record

SMOOTH = ("exp", "tanh", "sigmoid", "softplus", "sin", "cos", "arctan", "sinh", "cosh")
KINKED = ("relu", "abs", "sign", "sqrt", "log")


def expressions(names: Sequence[str], functions: Sequence[str], kinks: bool) -> st.SearchStrategy[str]:
    """Texts of expressions over names."""

    def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        two = st.tuples(inner, inner)
        forms = [
            st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
            st.tuples(st.sampled_from(functions), inner).map(lambda t: f"{t[0]}({t[1]})"),
            st.tuples(inner, st.sampled_from((2, 3, 5))).map(lambda t: f"({t[0]})^{t[1]}"),
            inner.map(lambda u: f"(-{u})"),
            two.map(lambda t: f"({t[0]}/(1.5 + {t[1]}^2))"),
        ]
        if kinks:
            forms += [
                two.map(lambda t: f"max({t[0]}, {t[1]})"),
                two.map(lambda t: f"if({t[0]} > {t[1]}, {t[0]}*k, {t[1]})"),
                two.map(lambda t: f"({t[0]}*[{t[1]} <= k])"),
                two.map(lambda t: f"({t[0]}/{t[1]})"),
                two.map(lambda t: f"(({t[0]})^{t[1]})"),
            ]
        return st.one_of(forms)

    atoms = st.one_of(st.sampled_from(names), st.sampled_from(("2", "0.3", "1/3")).map(lambda n: f"({n})"))
    return st.recursive(atoms, larger, max_leaves=6)


@st.composite
def networks(draw: st.DrawFn, kinks: bool = True) -> str:
    """Texts of scalar networks: two inputs, a target, three weights, a const, two hidden quantities, a watched one."""
    names = ["x1", "x2", "a", "b", "c", "k"]
    functions = SMOOTH + KINKED if kinks else SMOOTH
    first = draw(expressions(names, functions, kinks))
    second = draw(expressions([*names, "h1"], functions, kinks))
    error = draw(expressions([*names, "h1", "h2", "y"], functions, kinks))
    goal = draw(st.sampled_from(("minimise mean E", "minimise sum E", "maximise mean E - 0.1*a^2", "minimise max E")))
    box = draw(st.sampled_from(("", " in [-1, 1]", " in [0, ∞)")))
    return f"""data x1, x2
target y
weight a{box}, b, c
const k := 0.7, α := 0.05
h1 = {first}
h2 = {second} + c*h1
seen = h1*h2
E = (h2 - y)^2 + 0.01*({error})
{goal}
"""


def program_of(text: str) -> Program:
    return lower(build(parse(text)))


def bound(program: Program, patterns: int, seed: int, size: float = 1.0) -> tuple[Bound, dict[str, Any]]:
    """Random values for a scalar program, and starts."""
    draw = np.random.default_rng(seed)
    values = {symbol.name: draw.normal(size=patterns) * size for symbol in program.data + program.targets}
    values |= {"k": np.array(0.7), "alpha": np.array(0.05)}
    return Bound(values, {}, patterns), {symbol.name: np.array(draw.normal()) for symbol in program.weights}


def bits(value: Any) -> bytes:
    number = float(value)
    return b"nan" if math.isnan(number) else struct.pack("<d", number)


def plain(program: Program, bound: Bound, weights: Mapping[str, Any], rows: Sequence[int]) -> dict[str, Any]:
    """What the evaluator of `numbers` gives for the first three phases, with the values it was given."""
    values: dict[str, Any] = {name: float(value) for name, value in weights.items()}
    for symbol in program.data + program.targets:
        values[symbol.name] = [float(bound.values[symbol.name][row]) for row in rows]
    values |= {symbol.name: float(bound.values[symbol.name]) for symbol in program.consts}
    setting = Setting(dict.fromkeys(program.sets, range(len(rows))))
    return values | solve(computed(program), values, setting=setting)


def plain_training(program: Program, bound: Bound, weights: dict[str, Any], order: Sequence[Sequence[int]]) -> Any:
    """Weights after each step; ends with the number of the step that left the finite numbers, if one does."""
    history: list[Any] = []
    for number, rows in enumerate(order, 1):
        values = plain(program, bound, weights, rows)
        news = {key(line.target): evaluate(line.body, values) for line in program.phases["update"]}
        gradients = [values[program.gradient(name)] for name in news]
        if not all(map(math.isfinite, (values[program.objective], *gradients, *news.values()))):
            return [*history, number]
        for line in program.phases["project"]:
            news[key(line.target)] = evaluate(line.body, {**values, **news})
        weights = {**weights, **news}
        history.append({name: bits(value) for name, value in weights.items()})
    return history


def trained(program: Program, bound: Bound, weights: dict[str, Any], order: Sequence[Sequence[int]]) -> Any:
    """The same from the engine."""
    chunk = REFERENCE.load(program, bound).advance(State(weights, {}), order, pass_length=10**9)
    history: list[Any] = [
        {name: bits(values[at]) for name, values in chunk.weights.items()} for at in range(len(chunk.steps))
    ]
    return [*history, chunk.departure.step] if chunk.departure else history


ORDERS = st.lists(st.lists(st.integers(0, 4), min_size=1, max_size=4), min_size=1, max_size=5)


@settings(max_examples=30)
@given(networks(), st.integers(0, 2**20), st.sampled_from((1.0, 30.0)))
def test_values_are_those_of_the_plain_evaluator(text: str, seed: int, size: float) -> None:
    program = program_of(text)
    given, weights = bound(program, 3, seed, size)
    found = REFERENCE.load(program, given).evaluate(weights)
    wanted = plain(program, given, weights, range(3))
    for line in computed(program):
        name = key(line.target)
        entries = wanted[name] if isinstance(wanted[name], dict) else {(): wanted[name]}
        assert {place: bits(found[name][place]) for place in entries} == {p: bits(v) for p, v in entries.items()}, name


@settings(max_examples=20)
@given(networks(), st.integers(0, 2**20), ORDERS)
def test_a_training_is_that_of_the_plain_evaluator(text: str, seed: int, order: list[list[int]]) -> None:
    program = program_of(text)
    given, weights = bound(program, 5, seed)
    assert trained(program, given, weights, order) == plain_training(program, given, weights, order)


@settings(max_examples=20)
@given(networks(), st.integers(0, 2**20), st.integers(1, 4), st.sampled_from((1.0, 1e3)))
def test_arrays_and_floats_make_the_same_steps(text: str, seed: int, count: int, size: float) -> None:
    program = program_of(text)
    given, weights = bound(program, 4, seed, size)
    recording, places = expanded(record(program, given, count, training=True)), layout(program, given)
    runners: list[Runner] = [kind(program, given, recording, places) for kind in (ArrayRunner, FloatRunner)]
    rows = list(range(count))
    for runner in runners:
        runner.put(places.row(weights))
    with np.errstate(all="ignore"):
        for number in range(1, 6):
            stayed = [runner.step(rows, number) for runner in runners]
            assert stayed[0] == stayed[1]
            if not stayed[0]:
                first, second = (depart(program, runner, rows, number) for runner in runners)
                assert first == second
                return
            assert runners[0].settle() == runners[1].settle()
            assert runners[0].projected == runners[1].projected
            assert runners[0].row().tobytes() == runners[1].row().tobytes()


@settings(max_examples=30)
@given(networks(kinks=False), st.integers(0, 2**20))
def test_gradients_are_those_of_a_complex_step(text: str, seed: int) -> None:
    program = program_of(text)
    given, weights = bound(program, 2, seed, 0.5)
    weights = {name: value * 0.5 for name, value in weights.items()}
    found = REFERENCE.load(program, given).evaluate(weights)
    values = {name: float(value) for name, value in weights.items()}
    values |= {symbol.name: float(given.values[symbol.name]) for symbol in program.consts}
    rows = {symbol.name: given.values[symbol.name].tolist() for symbol in program.data + program.targets}
    setting = Setting(dict.fromkeys(program.sets, range(2)))
    forward = program.phases["forward"] + program.phases["error"]
    wanted = [complex_step(forward, program.objective, name, {**values, **rows}, setting=setting) for name in weights]
    if not all(map(math.isfinite, wanted)):
        return
    scale = max(1.0, *map(abs, wanted))
    for name, slope in zip(weights, wanted, strict=True):
        assert abs(float(found[program.gradient(name)]) - slope) <= 1e-12 * scale, name


def shuffled(equations: tuple[Equation, ...], seed: int) -> tuple[Equation, ...]:
    """The equations in another order in which each still reads only what stands before it."""
    draw, left, done = random.Random(seed), list(equations), []
    ours = {key(line.target) for line in equations}
    while left:
        written = {key(line.target) for line in done}
        # what is read is one of these equations, or was there before
        ready = [line for line in left if {name for name, _ in reads(line.body)} & ours <= written]
        chosen = draw.choice(ready)
        left.remove(chosen)
        done.append(chosen)
    return tuple(done)


@settings(max_examples=12)
@given(networks(), st.integers(0, 2**20), ORDERS)
def test_the_order_of_unrelated_equations_changes_nothing(text: str, seed: int, order: list[list[int]]) -> None:
    program = program_of(text)
    given, weights = bound(program, 5, seed)
    phases = {name: shuffled(program.phases[name], seed) for name in ("forward", "error", "adjoint")}
    phases |= {name: program.phases[name][::-1] for name in ("update", "project")}
    other = replace(program, phases=phases)
    assert trained(other, given, weights, order) == trained(program, given, weights, order)


@settings(max_examples=12)
@given(networks(), st.integers(0, 2**20), ORDERS)
def test_what_is_watched_changes_nothing(text: str, seed: int, order: list[list[int]]) -> None:
    program = program_of(text)
    given, weights = bound(program, 5, seed)
    other = program_of(text.replace("seen = h1*h2", "log_of = log(-exp(h1))\nseen = 1/(h1 - h1)"))
    assert trained(other, given, weights, order) == trained(program, given, weights, order)


@settings(max_examples=12)
@given(networks(), st.integers(0, 2**20), st.integers(1, 11))
def test_chunks_change_nothing(text: str, seed: int, cut: int) -> None:
    program = program_of(text)
    given, weights = bound(program, 5, seed)
    loaded = REFERENCE.load(program, given)
    order = [[step % 5] if step % 3 else [0, step % 5] for step in range(12)]
    whole = loaded.advance(State(weights, {}), order, 12, record=3)
    first = loaded.advance(State(weights, {}), order[:cut], 12, record=3)
    if first.departure:
        assert first.departure == whole.departure
        return
    second = loaded.advance(first.state, order[cut:], 12, record=3)
    assert second.departure == whole.departure
    assert {n: bits(v) for n, v in second.state.weights.items()} == {n: bits(v) for n, v in whole.state.weights.items()}
    joined = [int(step) for chunk in (first, second) for step in chunk.steps if step % 3 == 0]
    assert joined == [int(step) for step in whole.steps if step % 3 == 0]


@pytest.mark.parametrize(
    ("text", "departure"),
    [
        ("data x\ntarget y\nweight w\nu = w*x\nh = exp(u)\nE = h*y\nmaximise mean E", Departure(2, "h", 2)),
        ("data x\ntarget y\nweight w\nE = y*log(w*x)", Departure(1, "E", 0)),
        ("data x\ntarget y\nweight w\nu = sqrt(w*x - 2)\nE = u + y", Departure(1, "∂goal/∂w", None)),
    ],
)
def test_a_run_that_leaves_the_finite_numbers_says_where(text: str, departure: Departure) -> None:
    program = program_of(text)
    x = [0.0, -1.0, 700.0] if "exp" in text else [0.0, 1.0, 2.0] if "log" in text else [2.0, 2.0, 2.0]
    given = Bound({"x": np.array(x), "y": np.ones(3)}, {}, 3)
    start = State({"w": np.array(1.0)}, {})
    chunk = REFERENCE.load(program, given).advance(start, [[0, 1, 2]] * 9, 1)
    assert chunk.departure == departure
    assert chunk.state.step == departure.step - 1
    if departure.step == 1:
        assert chunk.state.weights["w"] == start.weights["w"]
        assert len(chunk.steps) == 0
