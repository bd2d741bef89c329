"""A tape → a list of operations on Python floats, one for each entry of each slot: what small steps run.

For a network of a few numbers this is far quicker than NumPy, whose calls cost more than the arithmetic; the bits are
the same (IEEE 754 leaves no choice, and `numbers.operations.FLOAT` says what the rest does). Views, broadcasts, gathers
and stacks cost nothing here: they only say which number is meant.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.machine import Array
from chainrule.engines.tape import Cell, Fold, Gather, Instruction, Loop, Tape, TapeMachine, gathered
from chainrule.numbers.elementary import logsumexp, maximum, minimum
from chainrule.numbers.operations import FLOAT

Line = tuple[Callable[..., Any], int, int, int, int, int]
"""The operation, where its result goes, where its operands are; −1 where there is none."""

Places = NDArray[np.intp]
"""Where the entries of a slot are among the numbers."""


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


def unrolled(tape: Tape, most: float) -> tuple[Tape, list[Places], list[int]]:
    """The tape with a slot for each number, where each entry of each old slot is, and how many new instructions there
    were before each old one.

    Raises Large when there would be more than ``most`` new instructions for each old one.
    """
    limit = min(most * calls(tape.instructions, tape), LONGEST)
    if any(np.prod(tape.shape(slot)) > EQUAL * limit for slot in slots_of(tape.instructions, tape)):
        raise Large
    flat = Tape({}, {})
    where: list[Places] = [np.zeros(0, dtype=np.intp)] * len(tape.axes)
    for slot, value in tape.constants.items():
        entries = np.broadcast_to(np.asarray(value, dtype=np.float64), tape.shape(slot))
        where[slot] = filled(entries.shape, [flat.constant(entry) for entry in entries.ravel().tolist()])
    for name, slot in tape.inputs.items():
        shape, steady = tape.shape(slot), tape.steady[slot]
        count = int(np.prod(shape, dtype=np.intp))
        where[slot] = filled(shape, [flat.input(f"{name}#{k}", (), steady) for k in range(count)])
    starts: list[int] = []
    unroller = Unroller(tape, flat, where, limit)
    for line in tape.instructions:
        starts.append(len(flat.instructions))
        unroller.line(line)
    return flat, where, [*starts, len(flat.instructions)]


def calls(lines: Sequence[Instruction], tape: Tape) -> int:
    """How many calls of NumPy instructions take."""
    return sum(
        len(tape.ranges[line.detail.letter]) * calls(line.detail.lines, tape) if isinstance(line.detail, Loop) else 1
        for line in lines
    )


def slots_of(lines: Sequence[Instruction], tape: Tape) -> Iterator[int]:
    """The inputs and what instructions make, those of loops too."""
    yield from tape.inputs.values()
    for line in lines:
        yield line.output
        if isinstance(line.detail, Loop):
            yield from slots_of(line.detail.lines, tape)


class Unroller:
    """Writes down instructions number by number; of a loop again for each value of its letter."""

    def __init__(self, tape: Tape, flat: Tape, where: list[Places], limit: float) -> None:
        self.tape, self.flat, self.where, self.limit = tape, flat, where, limit
        self.zero, self.nothing = flat.constant(0.0), flat.constant(math.nan)
        self.ranges = dict(tape.ranges)

    def line(self, line: Instruction) -> None:
        """Where the entries of an instruction's result are."""
        if isinstance(line.detail, Loop):
            loop = line.detail
            values = self.tape.ranges[loop.letter]
            for at in values[::-1] if loop.downwards else values:
                self.ranges[loop.letter] = range(at, at + 1)
                for inner in loop.lines:
                    self.line(inner)
            return
        self.where[line.output] = self.entries(line)
        if len(self.flat.instructions) > self.limit:
            raise Large

    def entries(self, line: Instruction) -> Places:
        """The slots of the entries of one instruction's result."""
        tape, flat, where = self.tape, self.flat, self.where
        axes, shape = tape.axes[line.output], tape.shape(line.output)
        if line.operation == "space":
            return np.full(shape, self.nothing, dtype=np.intp)
        source, have = where[line.inputs[0]], tape.axes[line.inputs[0]]
        match line:
            case Instruction("view"):
                return tape.viewed(source, line)
            case Instruction("same"):
                return source
            case Instruction("gather", _, Gather() as detail):
                chosen, outside = gathered(detail, have, axes, self.ranges)
                return np.where(outside, self.zero, source[chosen])
            case Instruction("place", (_, value, *held), Gather() as detail):
                own = tape.axes[value]
                chosen, _ = gathered(detail, have, own, self.ranges)
                numbers = where[value]
                if held:
                    tests = np.broadcast_to(tape.against(where[held[0]], tape.axes[held[0]], own), numbers.shape)
                    true = np.vectorize(lambda slot: flat.constants[slot] != 0.0, otypes=[bool])(tests)
                    numbers = np.where(true, numbers, source[chosen])
                source[chosen] = numbers
                return source
            case Instruction("fold", _, Fold(operator, letters)):
                body = source.transpose([have.index(letter) for letter in (*axes, *letters)])
                rows = body.reshape(int(np.prod(shape, dtype=np.intp)), -1).tolist()
                return filled(shape, [folded(flat, operator, row) for row in rows])
            case Instruction("broadcast"):
                return np.broadcast_to(tape.against(source, have, axes), shape)
            case Instruction(operation, slots, detail):
                operands = [np.broadcast_to(tape.against(where[slot], tape.axes[slot], axes), shape) for slot in slots]
                made = [
                    flat.emit(operation, tuple(entry), detail)
                    for entry in zip(*(operand.ravel().tolist() for operand in operands), strict=True)
                ]
                return filled(shape, made)


LONGEST = 200_000
"""New instructions at most: writing them down takes as long as making some steps on arrays."""

MOST = 16
"""A call of NumPy on small arrays takes as long as about so many operations on floats; beyond, arrays are quicker."""


EQUAL = 8
"""Entries of a slot that may be equal operations, and so one; beyond, it is not worth while to look."""


class Large(Exception):
    """A step has too many numbers for this."""


def filled(shape: tuple[int, ...], slots: list[int]) -> Places:
    """Slots in C order as an array of a shape."""
    return np.array(slots, dtype=np.intp).reshape(shape)


def folded(flat: Tape, reduction: str, entries: list[int]) -> int:
    """A reduction of numbers in order."""
    machine, cells = TapeMachine(flat), [Cell(flat, entry) for entry in entries]
    if reduction == "logsumexp":
        return logsumexp(machine, cells).slot
    total = cells[0]
    for cell in cells[1:]:
        match reduction:
            case "sum":
                total = total + cell
            case "prod":
                total = total * cell
            case "max":
                total = maximum(machine, total, cell)
            case "min":
                total = minimum(machine, total, cell)
    return total.slot


class Abacus:
    """The numbers of a tape and the lines that fill them.

    ``given`` are the values of steady inputs. ``lines[:cut]`` come from the first ``cut`` instructions of the tape.
    """

    def __init__(
        self, tape: Tape, wanted: set[int], given: Mapping[int, Array], cut: int = 0, most: float = MOST
    ) -> None:
        flat, self.where, starts = unrolled(tape, most)
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
