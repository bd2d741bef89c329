"""One meaning: the tape, the judge, the second opinion of the explanations and the graph give the same numbers.

Each of them is there for a reason of its own. The tape (`engines`) is what trains. The judge (`numbers.evaluate`) knows
no rule of differentiation and checks what is derived. The second opinion (`explain`) looks at many points at once, and
does not share the tape's code, so that a fault of one is seen by the other; the graph (`explain.flow`) is made of it.
"""

import math
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from tests.explain.flow.test_flow import given
from tests.laws import equations, indexed

import chainrule as cr
from chainrule.explain.figures.flow.unroll import unroll
from chainrule.explain.measure.context import Context
from chainrule.numbers.environment import Setting
from chainrule.numbers.evaluate import solve
from chainrule.program import lower
from chainrule.program.program import computed

CLOSE = 1e-9
"""Evaluators add and divide in other orders, and expressions drawn at random may cancel: a few digits may go."""

ATOMS = ("x", "y", "w", "v", "2", "(1/3)", "0")
FORMS = (
    "({a} + {b})", "({a} - {b})", "{a}*{b}", "{a}/{b}", "-({a})", "({a})^2", "({a})^{b}", "abs({a})", "sqrt({a})",
    "log({a})", "exp({a})", "tanh({a})", "relu({a})", "max({a}, {b})", "min({a}, {b})", "sign({a})",
    "if({a} > {b}, {a}, {b})", "[{a} > {b}]*({a})", "[{a} <= {b}]*log({a})", "[2 > 3]*log({a})", "[3 > 2]*({a})",
    "[{a} != {b}]", "softplus({a})", "({a})^0", "0*({a})",
)  # fmt: skip


def expression(choose: random.Random, depth: int) -> str:
    """An expression with kinks, brackets and what may have no value."""
    if depth == 0 or choose.random() < 0.15:
        return choose.choice(ATOMS)
    form = choose.choice(FORMS)
    return f"({form.format(a=expression(choose, depth - 1), b=expression(choose, depth - 1))})"


def scalar(seed: int) -> cr.Model:
    choose = random.Random(seed)
    starts = choose.choice(("0", "0.5", "-1.3", "2")), choose.choice(("0", "1"))
    text = f"data x\ntarget y\nweight w := {starts[0]}, v := {starts[1]}\n"
    text += f"q = {expression(choose, 3)}\nE = {expression(choose, 2)} + q\nminimise sum E"
    rows = [0.0, 1.0, -0.5, 2.0]
    return cr.Model(text, data={"x": choose.sample(rows, 2), "y": choose.sample(rows, 2)})


def numbers(values: Any) -> list[float]:
    return [float(one) for one in np.asarray(values, dtype=np.float64).ravel()]


def alike(one: list[float], other: list[float]) -> bool:
    """The same numbers, not a number and infinities included."""
    return len(one) == len(other) and all(
        (math.isnan(a) and math.isnan(b)) or a == b or abs(a - b) <= CLOSE * max(1.0, abs(a), abs(b))
        for a, b in zip(one, other, strict=True)
    )


def by_the_judge(model: cr.Model) -> dict[str, list[float]]:
    """Every quantity that equations define, in the order of its entries."""
    network, bound, weights, _ = given(model)
    program = lower(network)
    ranges = {
        letter: range(bound.patterns) if group == program.pattern else bound.ranges[group]
        for letter, group in program.sets.items()
    }
    symbols = (*program.data, *program.targets, *program.weights, *program.consts)
    values: dict[str, Any] = {}
    for symbol in symbols:
        default = float(program.defaults.get(symbol.name, 0))
        given_ = weights[symbol.name] if symbol.name in weights else bound.values.get(symbol.name, default)
        values[symbol.name] = np.asarray(given_).tolist()
    setting = Setting(ranges, {symbol.name: symbol.letters for symbol in symbols})
    found = solve(computed(program), values, setting=setting)
    return {
        name: [value[place] for place in sorted(value)] if isinstance(value, dict) else [value]
        for name, value in found.items()
        if name in network.quantities
    }


def by_the_second_opinion(model: cr.Model) -> dict[str, list[float]]:
    run = model.train(steps=0)
    context = Context(run)
    start = np.concatenate([np.asarray(run.weights[one.name]).ravel() for one in context.evaluator.trained])
    found = context.evaluator.values(start[None])
    return {name: numbers(value) for name, value in found.items() if name in model.network.quantities}


def by_the_graph(model: cr.Model) -> dict[str, dict[tuple[int, ...], float]]:
    """Of the first pattern, by the values of the letters: the entries that the goal needs."""
    made: dict[str, dict[tuple[int, ...], float]] = {}
    for node in unroll(*given(model)).nodes:
        if node.role == "derived":
            made.setdefault(node.name, {})[node.place] = float(node.values[0])
    return made


def differences(model: cr.Model) -> Iterator[str]:
    """What evaluators say otherwise than the tape; entries that no equation defines are left out."""
    found = model.evaluate()
    first = found.patterns[0].values
    derived = [one.name for one in model.network.quantities.values() if one.role == "derived"]
    judge, graph, second = by_the_judge(model), by_the_graph(model), by_the_second_opinion(model)
    for name in derived:
        tape = numbers(found.values[name])
        whole = len(judge[name]) == len(tape)  # else there are corners without an equation
        for who, theirs in (("judge", judge), ("second opinion", second)):
            other, ours = theirs.get(name), tape
            if other is None or (who == "second opinion" and len(other) != len(ours)):
                continue
            if not whole:
                other, ours = ([one for one in values if not math.isnan(one)] for values in (other, ours))
            if not alike(ours, other):
                yield f"{name}: the tape has {ours}, the {who} {other}"
        for place, value in graph.get(name, {}).items():
            at = tuple(k - own.start for k, own in zip(place, found.letters[name], strict=True))
            if not alike([float(np.asarray(first[name])[at])], [value]):
                yield f"{name}{list(place)}: the tape has {np.asarray(first[name])[at]}, the graph {value}"


@pytest.mark.parametrize("seed", range(40))
def test_expressions_with_kinks_and_without_values(seed: int) -> None:
    model = scalar(seed)
    assert not list(differences(model)), model.text


@pytest.mark.parametrize("seed", range(12))
def test_networks_with_letters(seed: int) -> None:
    text, data = indexed.network(seed)
    model = cr.Model(text, data=data)
    assert not list(differences(model)), text


@pytest.mark.parametrize("seed", range(25))
def test_quantities_with_several_equations(seed: int) -> None:
    drawn = equations.program(seed, large=False)
    try:
        model = cr.Model(drawn.text, data=drawn.data or None)
    except cr.ChainruleError:  # it is drawn to be refused, now and then
        return
    assert not list(differences(model)), drawn.text
