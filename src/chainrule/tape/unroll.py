"""A tape → the same with a slot for each number: views, gathers and memories only say which number is meant.

Functions that are one operation stay so; a fold is its additions; the slices of a recurrence stand one after another.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from chainrule.numbers.elementary import logsumexp
from chainrule.tape.machine import Cell, TapeMachine, applied
from chainrule.tape.tape import Fold, Gather, Instruction, Loop, Tape, gathered

Places = NDArray[np.intp]
"""Where the entries of a slot are among the numbers."""

EQUAL = 8
"""Entries of a slot that may be equal operations, and so one; beyond, it is not worth while to look."""


class Large(Exception):
    """A step has too many numbers for this."""


def filled(shape: tuple[int, ...], slots: list[int]) -> Places:
    """Slots in C order as an array of a shape."""
    return np.array(slots, dtype=np.intp).reshape(shape)


def chained(flat: Tape, first: Sequence[int], second: Sequence[int]) -> int:
    """A sum of products, each multiplied and added in one operation."""
    total = flat.emit("multiply", (first[0], second[0]))
    for a, b in zip(first[1:], second[1:], strict=True):
        total = flat.emit("fma", (a, b, total))
    return total


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
                total = Cell(flat, applied(flat, "max", total.slot, cell.slot))
            case "min":
                total = Cell(flat, applied(flat, "min", total.slot, cell.slot))
    return total.slot


def unrolled(tape: Tape, limit: float) -> tuple[Tape, list[Places], list[int]]:
    """The tape with a slot for each number, where each entry of each old slot is, and how many new instructions there
    were before each old one.

    Raises Large when there would be more than ``limit`` new instructions.
    """
    if any(np.prod(tape.shape(slot)) > EQUAL * limit for slot in slots_of(tape.instructions, tape)):
        raise Large
    flat = Tape({}, {}, tape.numerics, tape.calls)
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

    def along(self, slot: int, letters: tuple[str, ...]) -> Places:
        """Where the entries of a slot are, with an axis for each of the letters in their order."""
        own = self.tape.axes[slot]
        order = tuple(letter for letter in letters if letter in own)
        return self.tape.against(self.where[slot].transpose([own.index(one) for one in order]), order, letters)

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
            case Instruction("fold", slots, Fold("dot", letters)):
                every = (*axes, *letters)
                sizes = (*shape, *(len(tape.ranges[letter]) for letter in letters))
                operands = [np.broadcast_to(self.along(slot, every), sizes) for slot in slots]
                first, second = (one.reshape(int(np.prod(shape, dtype=np.intp)), -1).tolist() for one in operands)
                return filled(shape, [chained(flat, *rows) for rows in zip(first, second, strict=True)])
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
