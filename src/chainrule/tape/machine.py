"""The machine that writes programs down on a tape instead of computing them.

What runs on it, such as an elementary function, becomes instructions of the nine machine operations.
"""

from __future__ import annotations

from collections.abc import Hashable

from chainrule.expr.nodes import Comparison
from chainrule.numbers.constants import Constants
from chainrule.numbers.functions import PROGRAMS
from chainrule.tape.tape import Operation, Tape
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """A slot as a value with operators: what an elementary function is run on to be recorded."""

    tape: Tape
    slot: int

    def __add__(self, other: Cell | float) -> Cell:
        return self.of("add", self, other)

    def __radd__(self, other: Cell | float) -> Cell:
        return self.of("add", other, self)

    def __sub__(self, other: Cell | float) -> Cell:
        return self.of("subtract", self, other)

    def __rsub__(self, other: Cell | float) -> Cell:
        return self.of("subtract", other, self)

    def __mul__(self, other: Cell | float) -> Cell:
        return self.of("multiply", self, other)

    def __rmul__(self, other: Cell | float) -> Cell:
        return self.of("multiply", other, self)

    def __neg__(self) -> Cell:
        return self.of("negative", self)

    def of(self, operation: Operation, *values: Cell | float, detail: Hashable = None) -> Cell:
        tape = self.tape
        slots = tuple(value.slot if isinstance(value, Cell) else tape.constant(float(value)) for value in values)
        return Cell(tape, tape.emit(operation, slots, detail))


@dataclass(frozen=True, slots=True)
class TapeMachine:
    """The machine that writes down instead of computing.

    >>> from chainrule.numbers.elementary import relu
    >>> tape = Tape({}, {})
    >>> result = relu(TapeMachine(tape), Cell(tape, tape.input("x", (), steady=False)))
    >>> [(line.operation, line.detail) for line in tape.instructions]
    [('select', '<=')]
    """

    tape: Tape

    @property
    def constants(self) -> Constants:
        return self.tape.numerics.constants

    def cell(self, one: Cell | float) -> Cell:
        return one if isinstance(one, Cell) else Cell(self.tape, self.tape.constant(float(one)))

    def multiply_add(self, a: Cell, b: Cell | float, c: Cell | float, /) -> Cell:
        return a.of("fma", a, b, c) if self.tape.numerics.fused else a * b + c

    def divide(self, a: Cell | float, b: Cell | float, /) -> Cell:
        return self.cell(a).of("divide", a, b)

    def sqrt(self, a: Cell, /) -> Cell:
        return a.of("sqrt", a)

    def floor(self, a: Cell, /) -> Cell:
        return a.of("floor", a)

    def select(
        self,
        comparison: Comparison,
        a: Cell | float,
        b: Cell | float,
        then: Cell | float,
        otherwise: Cell | float,
        /,
    ) -> Cell:
        return self.cell(a).of("select", a, b, then, otherwise, detail=comparison)

    def scale(self, a: Cell | float, n: Cell, /) -> Cell:
        return n.of("scale", a, n)

    def split(self, a: Cell, /) -> tuple[Cell, Cell]:
        return a.of("fraction", a), a.of("exponent", a)


def applied(tape: Tape, function: str, *slots: int) -> int:
    """The slot of a known function of slots: one operation where the tape has such, else its program."""
    if tape.calls:
        return tape.emit("call", slots, function)
    value: Cell = PROGRAMS[function](TapeMachine(tape), *(Cell(tape, slot) for slot in slots))
    return value.slot
