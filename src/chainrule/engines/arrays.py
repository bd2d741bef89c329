"""A tape → calls of NumPy on arrays that are made once: what a step over several patterns runs.

Conventions. Each slot is one array, its axes in the tape's order; every call writes into an array that stands, so a
step makes none. A sum is `np.add.accumulate` (its last entry), which adds in order; `np.add.reduce` would add in pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from chainrule.engines.machine import ARRAYS, COMPARE, Array, exponent, fraction, scale
from chainrule.engines.tape import Fold, Gather, Instruction, Tape, gathered
from chainrule.numbers.elementary import logsumexp, maximum, minimum

Call = tuple[Callable[..., Any], tuple[Any, ...]]

UFUNCS: Mapping[str, Callable[..., Any]] = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
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
        self.arrays: dict[int, Array] = dict(given)
        for slot, value in tape.constants.items():
            self.arrays[slot] = np.asarray(value, dtype=np.float64)
        self.calls: list[Call] = []
        self.cut = 0
        self.spare: dict[tuple[int, ...], list[Array]] = {}
        live = tape.live(wanted)
        over = last_reads(tape, live, wanted)
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
                for slot in over.get(place, ()):
                    self.spare.setdefault(self.arrays[slot].shape, []).append(self.arrays[slot])
        if cut >= len(tape.instructions):
            self.cut = len(self.calls)

    def out(self, slot: int) -> Array:
        """The array that takes a slot's numbers: one that is not read any more, else a new one."""
        shape = self.tape.shape(slot)
        spare = None if self.tape.steady[slot] else self.spare.get(shape)
        self.arrays[slot] = array = spare.pop() if spare else np.empty(shape)
        return array

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
            case Instruction("gather", (source,), Gather() as detail):
                chosen, outside = gathered(detail, self.tape.axes[source], axes, self.tape.ranges)
                return [(pick, (self.out(line.output), self.arrays[source], chosen, outside))]
            case Instruction("fold", (source,), Fold(operator, letters)):
                return self.fold(source, line.output, operator, letters)
            case Instruction("stack", slices, letter):
                out = np.moveaxis(self.out(line.output), axes.index(str(letter)), 0)
                return [(np.copyto, (out[k, ...], self.arrays[slot])) for k, slot in enumerate(slices)]
            case Instruction("select"):
                a, b, then, otherwise = (self.against(slot, axes) for slot in line.inputs)
                mask = np.empty(np.broadcast_shapes(a.shape, b.shape), dtype=bool)
                out = self.out(line.output)
                compare = COMPARE[line.detail]  # type: ignore[index]
                return [(compare, (a, b, mask)), (np.copyto, (out, otherwise)), (put, (out, then, mask))]
            case _:
                inputs = (self.against(slot, axes) for slot in line.inputs)
                return [(UFUNCS[line.operation], (*inputs, self.out(line.output)))]

    def fold(self, source: int, output: int, operator: str, letters: tuple[str, ...]) -> list[Call]:
        """A reduction: its letters last and in written order, made one axis, gone through from the first value on."""
        have, left = self.tape.axes[source], self.tape.axes[output]
        body = self.arrays[source].transpose([have.index(letter) for letter in (*left, *letters)])
        calls: list[Call] = []
        if len(letters) > 1:
            block = np.empty(body.shape)
            calls.append((np.copyto, (block, body)))
            body = block.reshape((*body.shape[: len(left)], -1))
        if operator in ("sum", "prod"):
            totals = np.empty(body.shape)
            accumulate = (np.add if operator == "sum" else np.multiply).accumulate
            self.arrays[output] = totals[..., -1]
            return [*calls, (accumulate, (body, -1, None, totals))]
        return [*calls, (REDUCTIONS[operator], (body, self.out(output)))]


def last_reads(tape: Tape, live: set[int], wanted: set[int]) -> dict[int, list[int]]:
    """For each instruction the slots whose arrays may be written again after it: nothing reads them later."""
    owner: dict[int, int] = {}  # a view has the array of what it views
    last: dict[int, int] = {}
    for place, line in enumerate(tape.instructions):
        if line.output in live:
            owner[line.output] = owner.get(line.inputs[0], line.inputs[0]) if line.operation == "view" else line.output
            last.update((owner.get(slot, slot), place) for slot in line.inputs)
    kept = {owner.get(slot, slot) for slot in wanted}
    over: dict[int, list[int]] = {}
    for line in tape.instructions:
        own = line.output
        # inputs and what is steady keep their arrays; a sum is part of a larger array
        if own in last and own not in kept and not tape.steady[own] and line.operation not in ("view", "fold"):
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


def greatest(body: Array, out: Array) -> None:
    total = body[..., 0]
    for k in range(1, body.shape[-1]):
        total = maximum(ARRAYS, total, body[..., k])
    np.copyto(out, total)


def least(body: Array, out: Array) -> None:
    total = body[..., 0]
    for k in range(1, body.shape[-1]):
        total = minimum(ARRAYS, total, body[..., k])
    np.copyto(out, total)


def log_sum_exp(body: Array, out: Array) -> None:
    np.copyto(out, logsumexp(ARRAYS, [body[..., k] for k in range(body.shape[-1])]))


REDUCTIONS: Mapping[str, Callable[[Array, Array], None]] = {
    "max": greatest,
    "min": least,
    "logsumexp": log_sum_exp,
}
