"""A tape → calls of NumPy on arrays that are made once: what a step over several patterns runs.

Conventions. Each slot is one array, its axes in the tape's order; every call writes into an array that stands, so a
step makes none. A sum is `np.add.accumulate` (its last entry), which adds in order; `np.add.reduce` would add in pairs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from chainrule.engines.fma import fma
from chainrule.engines.loop_indices import LoopLetters, pick_now, put_now, put_where, take, window
from chainrule.engines.machine import COMPARE, Array, ArrayMachine, exponent, fraction, machine_of, scale
from chainrule.errors import BrokenPass
from chainrule.expr.limits import most, over
from chainrule.numbers.elementary import logsumexp, maximum, minimum
from chainrule.tape.tape import Fold, Gather, Instruction, Loop, Tape, gathered

Call = tuple[Callable[..., Any], tuple[Any, ...]]

UFUNCS: Mapping[str, Callable[..., Any]] = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "fma": fma,
    "negative": np.negative,
    "sqrt": np.sqrt,
    "floor": np.floor,
    "scale": scale,
    "fraction": fraction,
    "exponent": exponent,
}
"""Elementwise operations; the last argument is the array that takes the result."""


class Bench:
    """The arrays of a tape and the calls that fill them.

    ``given`` are the arrays of inputs, in the tape's order of axes. What never changes is computed here and now;
    ``calls[:cut]`` come from the first ``cut`` instructions.
    """

    def __init__(self, tape: Tape, wanted: set[int], given: Mapping[int, Array], cut: int = 0) -> None:
        self.tape = tape
        self.machine = machine_of(tape.numerics)
        self.arrays: dict[int, Array] = dict(given)
        for slot, value in tape.constants.items():
            self.arrays[slot] = self.machine.number(value)
        self.calls: list[Call] = []
        self.cut = 0
        self.spare: dict[tuple[int, ...], list[Array]] = {}
        self.held = 0  # numbers of all arrays made here
        self.turns = LoopLetters()
        live = tape.live(wanted)
        over = last_reads(tape.instructions, tape, live, wanted)
        with np.errstate(all="ignore"):
            for place, line in enumerate(tape.instructions):
                if place == cut:
                    self.cut = len(self.calls)
                if line.output not in live:
                    continue
                calls = self.calls_of(line)
                if tape.steady[line.output]:
                    run(calls)
                else:
                    self.calls.extend(calls)
                self.free(over.get(place, ()))
        if cut >= len(tape.instructions):
            self.cut = len(self.calls)

    def free(self, slots: Iterable[int]) -> None:
        """Arrays that may be written again."""
        for slot in slots:
            self.spare.setdefault(self.arrays[slot].shape, []).append(self.arrays[slot])

    def loop(self, loop: Loop) -> list[Call]:
        """The calls of a loop: those of its instructions, made for each value of its letter."""
        over = last_reads(loop.lines, self.tape, {line.output for line in loop.lines}, set())
        calls: list[Call] = []
        for place, line in enumerate(loop.lines):
            calls.extend(self.calls_of(line))
            self.free(over.get(place, ()))
        values = self.tape.ranges[loop.letter]
        return [(self.turns.go, (loop.letter, values[::-1] if loop.downwards else values, calls))]

    def out(self, slot: int) -> Array:
        """The array that takes a slot's numbers: one that is not read any more, else a new one."""
        shape = self.tape.shape(slot)
        spare = None if self.tape.steady[slot] else self.spare.get(shape)
        self.arrays[slot] = array = spare.pop() if spare else self.empty(shape)
        return array

    def empty(self, shape: tuple[int, ...]) -> Array:
        """A new array of the format. Raises LimitError E320 where it and those before hold too many numbers."""
        own = math.prod(shape)
        self.held += own
        if self.held > most("elements"):
            size = " × ".join(f"{axis:,}" for axis in shape)
            problem = f"NumPy would hold {own:,} numbers at once ({size}) beside {self.held - own:,} others"
            raise over("E320", "elements", problem, "visit fewer patterns a step, or write shorter ranges", self.held)
        return np.empty(shape, self.machine.format)

    def against(self, slot: int, axes: tuple[str, ...]) -> Array:
        """The array of a slot, with an axis of length 1 for each letter it lacks."""
        return self.tape.against(self.arrays[slot], self.tape.axes[slot], axes)

    def calls_of(self, line: Instruction) -> list[Call]:
        """The calls of one instruction; views need none."""
        axes = self.tape.axes[line.output]
        match line:
            case Instruction("view"):
                self.arrays[line.output] = self.tape.viewed(self.arrays[line.inputs[0]], line)
                return []
            case Instruction("broadcast"):
                return [(np.copyto, (self.out(line.output), self.against(line.inputs[0], axes)))]
            case Instruction("gather", (source,), Gather() as detail) if self.moves(detail):
                whole, out = self.tape.axes[source], self.out(line.output)
                if found := window(detail, whole, axes, self.tape):
                    return [(take, (out, self.arrays[source], found, self.turns))]
                return [(pick_now, (out, self.arrays[source], detail, whole, axes, self.tape, self.turns))]
            case Instruction("gather", (source,), Gather() as detail):
                have = [letter for letter in self.tape.axes[source] if letter in detail.letters]
                along = len(self.tape.axes[source]) - len(have)  # axes before, that are no indices
                chosen, outside = gathered(detail, tuple(have), axes[along:], self.tape.ranges)
                places = (*(slice(None),) * along, *chosen)
                return [(pick, (self.out(line.output), self.arrays[source], places, outside))]
            case Instruction("fold", (source,), Fold(operator, letters)):
                return self.fold(source, line.output, operator, letters)
            case Instruction("fold", sources, Fold("dot", letters)):
                return [(dot, (*(self.along(slot, axes, letters) for slot in sources), self.out(line.output)))]
            case Instruction("space"):
                self.arrays[line.output] = array = self.empty(self.tape.shape(line.output))
                array.fill(np.nan)
                return []
            case Instruction("same", (source, *_)):
                self.arrays[line.output] = self.arrays[source]
                return []
            case Instruction("place", (source, value, *held), Gather() as detail):
                self.arrays[line.output] = array = self.arrays[source]
                lanes = [letter for letter in axes if letter not in detail.letters]
                own = self.tape.sorted((*lanes, *self.tape.axes[value]))
                if (found := window(detail, axes, own, self.tape)) is None:
                    raise BrokenPass("loading", "a left side has an index that is no letter and no number")
                if held:
                    test = self.against(held[0], own)
                    return [(put_where, (array, self.against(value, own), found, test, self.turns))]
                return [(put_now, (array, self.against(value, own), found, self.turns))]
            case Instruction("loop", _, Loop() as loop):
                return self.loop(loop)
            case Instruction("select"):
                a, b, then, otherwise = (self.against(slot, axes) for slot in line.inputs)
                mask = np.empty(np.broadcast_shapes(a.shape, b.shape), dtype=bool)
                out = self.out(line.output)
                compare = COMPARE[line.detail]  # type: ignore[index]
                return [(compare, (a, b, mask)), (np.copyto, (out, otherwise)), (put, (out, then, mask))]
            case _:
                inputs = (self.against(slot, axes) for slot in line.inputs)
                return [(UFUNCS[line.operation], (*inputs, self.out(line.output)))]

    def moves(self, detail: Gather) -> bool:
        """Whether what is read changes from turn to turn of a loop."""
        return any(self.tape.fixed(letter) for place in detail.indices for letter, _ in place.terms)

    def fold(self, source: int, output: int, operator: str, letters: tuple[str, ...]) -> list[Call]:
        """A reduction: its letters last and in written order, made one axis, gone through from the first value on."""
        have, left = self.tape.axes[source], self.tape.axes[output]
        body = self.arrays[source].transpose([have.index(letter) for letter in (*left, *letters)])
        calls: list[Call] = []
        if len(letters) > 1:
            block = self.empty(body.shape)
            calls.append((np.copyto, (block, body)))
            body = block.reshape((*body.shape[: len(left)], -1))
        if operator in ("sum", "prod"):
            totals = self.empty(body.shape)
            accumulate = (np.add if operator == "sum" else np.multiply).accumulate
            self.arrays[output] = totals[..., -1]
            return [*calls, (accumulate, (body, -1, None, totals))]
        return [*calls, (REDUCTIONS[operator], (self.machine, body, self.out(output)))]

    def along(self, slot: int, left: tuple[str, ...], letters: tuple[str, ...]) -> Array:
        """The array of a slot with the axes of what is left, and then those that are gone through."""
        axes = (*left, *letters)
        have = [letter for letter in axes if letter in self.tape.axes[slot]]
        turned = self.arrays[slot].transpose([self.tape.axes[slot].index(letter) for letter in have])
        return self.tape.against(turned, tuple(have), axes)


SHARING = ("view", "same", "place")
"""Operations whose result is the array of their first input, or a part of it."""


def last_reads(
    lines: Sequence[Instruction], tape: Tape, live: set[int], wanted: set[int]
) -> dict[int, list[int]]:
    """For each instruction the slots whose arrays may be written again after it: nothing reads them later."""
    owner: dict[int, int] = {}  # a view has the array of what it views
    last: dict[int, int] = {}
    for place, line in enumerate(lines):
        if line.output in live:
            owner[line.output] = owner.get(line.inputs[0], line.inputs[0]) if line.operation in SHARING else line.output
            last.update((owner.get(slot, slot), place) for slot in line.inputs)
    kept = {owner.get(slot, slot) for slot in wanted}
    over: dict[int, list[int]] = {}
    for line in lines:
        own = line.output
        # inputs and what is steady keep their arrays; a sum is part of a larger array; what others write into stays
        keeps = tape.steady[own] or line.operation in (*SHARING, "fold", "space", "loop")
        if own in last and own not in kept and not keeps:
            over.setdefault(last[own], []).append(own)
    return over


def run(calls: list[Call]) -> None:
    """Makes the calls in order."""
    for function, arguments in calls:
        function(*arguments)


def put(out: Array, then: Array, mask: Array) -> None:
    np.copyto(out, then, where=mask)


def pick(out: Array, source: Array, where: tuple[Any, ...], outside: Array) -> None:
    """Entries of the source; 0 where the index is out of range."""
    np.copyto(out, source[where])
    np.copyto(out, 0.0, where=outside)


def dot(a: Array, b: Array, out: Array) -> None:
    """The sum of products along the last axes, which ``out`` lacks: one chain of fused multiply-adds."""
    over = np.broadcast_shapes(a.shape, b.shape)[out.ndim :]
    for number, place in enumerate(np.ndindex(over)):
        one, other = (
            array[(..., *(k if size > 1 else 0 for k, size in zip(place, array.shape[out.ndim :], strict=True)))]
            for array in (a, b)
        )
        if number:
            fma(one, other, out, out)
        else:
            np.multiply(one, other, out)


def greatest(machine: ArrayMachine, body: Array, out: Array) -> None:
    total = body[..., 0]
    for k in range(1, body.shape[-1]):
        total = maximum(machine, total, body[..., k])
    np.copyto(out, total)


def least(machine: ArrayMachine, body: Array, out: Array) -> None:
    total = body[..., 0]
    for k in range(1, body.shape[-1]):
        total = minimum(machine, total, body[..., k])
    np.copyto(out, total)


def log_sum_exp(machine: ArrayMachine, body: Array, out: Array) -> None:
    columns = body.reshape(-1, body.shape[-1])
    np.copyto(out, logsumexp(machine, [columns[:, k] for k in range(body.shape[-1])]).reshape(out.shape))


REDUCTIONS: Mapping[str, Callable[[ArrayMachine, Array, Array], None]] = {
    "max": greatest,
    "min": least,
    "logsumexp": log_sum_exp,
}
