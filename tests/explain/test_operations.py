"""What `order` counts, held to the tape of the engine: how many numbers its instructions compute, each done once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.laws.growth import FAMILIES, counted
from tests.laws.networks import network
from tests.laws.test_indexed import PROGRAMS, program

import chainrule as cr
from chainrule.explain import explain
from chainrule.explain.measure.chain.operations import backward, goal, operations, sizes_of
from chainrule.explain.measure.claims.order import passes
from chainrule.explain.measure.context import Context
from chainrule.expr.nodes import Equation, key
from chainrule.expr.walk import reads
from chainrule.notation import parse_equation
from chainrule.tape.record import record
from chainrule.tape.tape import Fold, Instruction, Loop, Tape
from chainrule.train.run import Run

Trained = Callable[..., Run]
FREE = {"negative", "view", "broadcast", "gather", "space", "place", "same"}
"""Instructions that compute nothing: signs, and the same numbers in another place."""


def cost(tape: Tape, line: Instruction) -> int:
    """How many numbers an instruction computes; a sum of n numbers has n − 1 additions."""
    if isinstance(line.detail, Loop):
        return len(tape.ranges[line.detail.letter]) * sum(cost(tape, inner) for inner in line.detail.lines)
    if line.operation in FREE:
        return 0
    many = 1
    for size in tape.shape(line.output):
        many *= size
    if isinstance(line.detail, Fold):
        inside = 1
        for size in tape.shape(line.inputs[0]):
            inside *= size
        return inside - many
    return many


def taped(context: Context, names: list[str]) -> int:
    """The same by the recorded tape, where a function or a power is one instruction."""
    made = record(context.program, context.bound, context.patterns, training=False)
    wanted = [made.named[name].slot for name in names]
    live = made.tape.live(wanted)
    return sum(cost(made.tape, line) for line in made.tape.instructions if line.output in live)


def held(context: Context) -> tuple[int, int]:
    """Error, and error with all slopes: as counted, which is what the tape takes."""
    program, sizes = context.program, sizes_of(context)
    trained = [symbol.name for symbol in context.trained]
    alone, back = operations(goal(program), sizes), operations(backward(program, trained), sizes)
    error = taped(context, [program.objective])
    slopes = taped(context, [program.objective, *map(program.gradient, trained)])
    if any(name == key(line.target) for line in program.phases["forward"] for name, _ in reads(line.body)):
        # a recurrence: its first slice may be shorter on the tape, and a loop does again what two equations share
        assert 0.8 * alone < error <= 1.1 * alone
        assert 0.8 * back < slopes <= 1.1 * back
    else:
        assert (alone, back) == (error, slopes)
    return alone, back


@pytest.mark.parametrize("name", ["identity", "identity-bias", "xor", "mazur", "line", "growth", "digits"])
def test_examples_take_what_the_tape_takes(name: str) -> None:
    alone, back = held(Context(cr.example(name).train(steps=1)))
    assert alone < back <= 5 * alone  # Baur and Strassen (1983)


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_networks_with_letters_take_what_the_tape_takes(path: Any) -> None:
    held(Context(program(path)[0].train(steps=0)))


@pytest.mark.parametrize("seed", range(20))
def test_random_networks_take_what_the_tape_takes(
    trained: Trained, seed: int
) -> None:
    text = network(seed)
    names = text.split("data ")[1].split("\n")[0].split(", ")
    run = trained(text, {name: [0.3, -0.7, 1.1] for name in (*names, "y")}, steps=0)
    held(Context(run))


def lines(*texts: str) -> list[Equation]:
    return [parse_equation(text, quantities=("a", "b", "c", "u", "v", "E"), letters=("i", "j")) for text in texts]


@pytest.mark.parametrize(
    ("texts", "many", "source"),
    [
        (("u = a·b", "v = a·b", "E = u + v"), 2, "a·b once, and a sum"),
        (("E = a·b + a·b",), 2, "a·b once, and a sum"),
        (("u = a·b", "E = a·b·c"), 2, "a·b·c is (a·b)·c"),
        (("E = a·b + b·a",), 3, "the engine does not turn products round"),
        (("u[i] = a[i]·b[i]", "v[j] = a[j]·b[j]"), 3 + 5, "other letters are other numbers"),
        (("u[i] = c·c + a[i]",), 1 + 3, "c·c has no letter: it is computed once"),
        (("u = Σ_i a[i]", "v = Σ_i a[i]·b[i]"), 2 + 3 + 2, "derived: n − 1 additions"),
    ],
)
def test_equal_operations_count_once(texts: tuple[str, ...], many: int, source: str) -> None:
    assert operations(lines(*texts), {"i": 3, "j": 5}) == many, source


def test_an_operation_that_is_counted_twice_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: values that are never met again, as if each equation were computed alone."""
    from chainrule.explain.measure.chain import operations as counted

    context = Context(cr.example("xor").train(steps=1))
    held(context)
    value = counted.Count.operation
    monkeypatch.setattr(
        counted.Count, "operation", lambda self, name, inside, detail=None: value(self, name, inside, len(self.made))
    )
    with pytest.raises(AssertionError):
        held(context)
    assert explain(context.run, claims=["order"])["order"].evidence["operations_backward"] > 264


def test_a_direction_that_reaches_no_recurrence_takes_no_operation_there() -> None:
    """The weight behind a recurrence moves E alone: the same passes as where h is data."""
    head = "index t = 1..9\ndata x in {0.5, 1}\nweight w := 0.3, v := 0.2\n"
    text = f"{head}h[0] = x\nh[t] = tanh(w·h[t-1])\nE = v·h[9]\n"
    context = Context(cr.Model(text).train(steps=0))
    both = passes(context).most
    context = Context(cr.Model(text).train(steps=0, hold=["v"]))
    assert both - passes(context).most == 2  # the mean of h[9] over two patterns: a sum and a division


def test_many_weights_of_few_lines_each_are_counted_line_by_line() -> None:
    calls = []
    for n in (20, 40):
        context = Context(cr.Model(FAMILIES["wide"][1](n)).train(steps=0))
        with counted() as made:
            passes(context)
        calls.append(made.made)
    assert calls[1] < 4 * calls[0]  # a pass for each weight goes over the terms of the error, and over no more
