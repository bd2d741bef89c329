"""A tape → a list of operations on Python floats, one for each entry of each slot: what small steps run.

For a network of a few numbers this is far quicker than NumPy, whose calls cost more than the arithmetic; the bits are
the same (IEEE 754 leaves no choice, and `numbers.operations.FLOAT` says what the rest does). Views, broadcasts, gathers
and stacks cost nothing here: they only say which number is meant.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from chainrule.engines.machine import Array
from chainrule.numbers.operations import FLOAT
from chainrule.tape.tape import Instruction, Tape
from chainrule.tape.unroll import calls, unrolled

Line = tuple[Callable[..., Any], int, int, int, int, int]
"""The operation, where its result goes, where its operands are; −1 where there is none."""


def negative(a: float, _: float) -> float:
    return -a


def sqrt(a: float, _: float) -> float:
    return FLOAT.sqrt(a)


def floor(a: float, _: float) -> float:
    return FLOAT.floor(a)


def fraction(a: float, _: float) -> float:
    return FLOAT.split(a)[0]


def exponent(a: float, _: float) -> float:
    return FLOAT.split(a)[1]


OPERATIONS: Mapping[str, Callable[..., Any]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": FLOAT.divide,
    "negative": negative,
    "sqrt": sqrt,
    "floor": floor,
    "scale": FLOAT.scale,
    "fraction": fraction,
    "exponent": exponent,
}

SELECT: Mapping[str, Callable[..., float]] = {
    "<": lambda a, b, then, otherwise: then if a < b else otherwise,
    "<=": lambda a, b, then, otherwise: then if a <= b else otherwise,
    ">": lambda a, b, then, otherwise: then if a > b else otherwise,
    ">=": lambda a, b, then, otherwise: then if a >= b else otherwise,
    "==": lambda a, b, then, otherwise: then if a == b else otherwise,
    "!=": lambda a, b, then, otherwise: then if a != b else otherwise,
}


LONGEST = 200_000
"""New instructions at most: writing them down takes as long as making some steps on arrays."""

MOST = 16
"""A call of NumPy on small arrays takes as long as about so many operations on floats; beyond, arrays are quicker."""


class Abacus:
    """The numbers of a tape and the lines that fill them.

    ``given`` are the values of steady inputs. ``lines[:cut]`` come from the first ``cut`` instructions of the tape.
    """

    def __init__(
        self, tape: Tape, wanted: set[int], given: Mapping[int, Array], cut: int = 0, most: float = MOST
    ) -> None:
        limit = min(most * calls(tape.instructions, tape), LONGEST)
        flat, self.where, starts = unrolled(tape, limit)
        self.numbers: list[float] = [0.0] * len(flat.axes)
        for slot, value in flat.constants.items():
            self.numbers[slot] = float(value)
        for slot, array in given.items():
            for place, entry in zip(self.where[slot].ravel().tolist(), array.ravel().tolist(), strict=True):
                self.numbers[place] = entry
        live = flat.live(place for slot in wanted for place in self.where[slot].ravel().tolist())
        self.lines: list[Line] = []
        self.cut = 0
        for number, made in enumerate(flat.instructions):
            if number == starts[cut]:
                self.cut = len(self.lines)
            if made.output in live:
                if flat.steady[made.output]:
                    run([line(made)], self.numbers)
                else:
                    self.lines.append(line(made))
        if starts[cut] == len(flat.instructions):
            self.cut = len(self.lines)

    def entries(self, slot: int) -> list[int]:
        """Where the numbers of a slot are, in C order."""
        found: list[int] = self.where[slot].ravel().tolist()
        return found


def line(made: Instruction) -> Line:
    """An instruction on numbers as something to call."""
    if made.operation == "select":
        a, b, then, otherwise = made.inputs
        return SELECT[str(made.detail)], made.output, a, b, then, otherwise
    return OPERATIONS[made.operation], made.output, made.inputs[0], made.inputs[-1], -1, -1


def run(lines: list[Line], numbers: list[float]) -> None:
    """Computes the lines in order."""
    for operation, out, a, b, c, d in lines:
        if c < 0:
            numbers[out] = operation(numbers[a], numbers[b])
        else:
            numbers[out] = operation(numbers[a], numbers[b], numbers[c], numbers[d])
