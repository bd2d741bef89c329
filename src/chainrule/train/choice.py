"""What a training asks of an engine → the engine that makes its steps: machine code where the work is worth compiling.

The choice changes no bit, only how long the steps take; and it is made from the program, the order and the number of
steps alone, so the same training always says the same engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import prod

from chainrule.engines.native import machine
from chainrule.engines.protocol import Bound, Engine
from chainrule.engines.reference import REFERENCE
from chainrule.expr.indices import Letters, around, reach
from chainrule.expr.nodes import Equation, Reduce, key
from chainrule.expr.order import Slices, flat, ordered
from chainrule.expr.walk import nodes
from chainrule.numbers.numerics import NUMERICS
from chainrule.program.program import Program, needed
from chainrule.train.order import Order

LONG = 4_000_000
"""Work that takes the reference engine about half a second."""

COMPILED = 100_000
"""Work that takes about as long as it takes to compile an equation."""

CALL = 16
"""An equation costs as much as so many numbers, however few it has."""

TURN = 64
"""And in each slice of a recurrence, where it is several calls of NumPy."""

SAID = 'llvmlite is not installed, so the reference engine made the steps; pip install "chainrule[native]" is faster'


def native() -> Engine:
    """The native engine; MissingExtra E313 without llvmlite."""
    from chainrule.engines.native.engine import ENGINE

    machine.binding()
    return ENGINE


def chosen(
    program: Program, ranges: Mapping[str, range], order: Order, steps: int, numerics: str = "exact"
) -> tuple[Engine, tuple[str, ...]]:
    """The engine for a training that leaves the choice open, and what has to be said of it."""
    if NUMERICS[numerics].fused:  # the reference engine computes the same bits, too slowly to be taken unasked
        return native(), ()
    if steps * work(program, ranges, order.width or order.patterns) < max(LONG, COMPILED * len(needed(program))):
        return REFERENCE, ()
    return (native(), ()) if machine.there() else (REFERENCE, (SAID,))


def evaluator(program: Program, bound: Bound) -> Engine:
    """The engine that computes quantities at given weights: machine code where NumPy would take long."""
    heavy = work(program, bound.ranges, bound.patterns) >= LONG and machine.there()
    return native() if heavy else REFERENCE


def work(program: Program, ranges: Mapping[str, range], patterns: int) -> int:
    """About how many numbers a step over so many patterns computes."""
    values = {
        letter: range(patterns) if group == program.pattern else ranges[group]
        for letter, group in program.sets.items()
    }
    lines = (*needed(program), *program.phases["update"])
    slices = turns(needed(program), Letters(lambda letter: around(values[letter]), program.sets.__getitem__))
    total = 0
    for line in lines:
        letters = set(line.letters)
        for node in nodes(line.body):
            if isinstance(node, Reduce):
                letters |= set(node.letters)
        turns_of = slices.get(key(line.target), 0)
        total += (TURN * turns_of or CALL) + prod(len(values[letter]) for letter in letters)
    return total


def turns(lines: Iterable[Equation], letters: Letters) -> dict[str, int]:
    """How many slices each quantity of a recurrence has."""
    found: dict[str, int] = {}
    todo = [(part, 1) for part in ordered(lines, letters)]
    while todo:
        part, times = todo.pop()
        if isinstance(part, Slices):
            spans = [reach(part.along(line), letters.extent) for line in flat((part,))]
            each = max((span.high or 0) - (span.low or 0) + 1 for span in spans)
            todo.extend((inside, times * each) for inside in part.parts)
        elif times > 1:
            found[key(part.target)] = max(times, found.get(key(part.target), 1))
    return found
