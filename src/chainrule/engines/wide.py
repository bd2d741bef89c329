"""A recorded step → the same with one more axis, the lanes: quantities at many weights and patterns in one go of NumPy.

Conventions. A lane is a row of weights, of states, or of numbers of patterns; the axis of the lanes comes first. What
does not differ between lanes has no such axis and is computed once. Each operation is the one that it is without lanes,
so each lane has the bits that it has alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import prod

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.arrays import Bench, run
from chainrule.engines.layout import Layout
from chainrule.engines.machine import machine_of
from chainrule.engines.protocol import Array, Bound
from chainrule.engines.runners import arranged, by_row, given, oriented, steady_values
from chainrule.program.program import NEW, STEP, Program, Symbol
from chainrule.tape.named import NamedSlot
from chainrule.tape.record import Recording, must_be_finite
from chainrule.tape.tape import Fold, Instruction, Loop, Tape

LANE = "lane#"
"""The letter of the lanes; no letter of a text is called that."""

AT_ONCE = 2**20
"""About so many numbers are computed for the lanes of one go: some megabytes, which stay in the caches."""

CALL = 500
"""Numbers that take as long as a call of NumPy does, however few it computes."""

FINITE = "finite "
"""Before the number of a slot: what has to be finite after a step."""


def widened(recording: Recording, lanes: int, differing: Iterable[str]) -> Recording:
    """The recording with an axis of so many lanes on all that is made of the inputs that differ."""
    tape = recording.tape
    wide = tape.made_of(tape.inputs[name] for name in differing if name in tape.inputs)

    def lane(line: Instruction) -> Instruction:
        match line:
            case Instruction("view", _, tuple(renamed)) if line.output in wide:
                return replace(line, detail=(LANE, *renamed))
            case Instruction("loop", _, Loop() as loop):
                return replace(line, detail=replace(loop, lines=tuple(map(lane, loop.lines))))
        return line

    lines = list(map(lane, tape.instructions))
    axes = [(LANE, *own) if slot in wide else own for slot, own in enumerate(tape.axes)]
    named = {
        name: NamedSlot(one.slot, (LANE, *one.letters), (range(lanes), *one.ranges)) if one.slot in wide else one
        for name, one in recording.named.items()
    }
    order, ranges = {LANE: min(tape.order.values(), default=0) - 1, **tape.order}, {LANE: range(lanes), **tape.ranges}
    tape = replace(tape, axes=axes, instructions=lines, order=order, ranges=ranges)
    return replace(recording, tape=tape, named=named)


def effort(recording: Recording, names: Iterable[str] | None = None) -> int:
    """About how many numbers are computed for quantities, or for all that is recorded."""
    tape = recording.tape
    wanted = set(recording.computed if names is None else names)
    live = tape.live(recording.named[name].slot for name in recording.computed if name in wanted)
    return worked((line for line in tape.instructions if names is None or line.output in live), tape)


def worked(lines: Iterable[Instruction], tape: Tape) -> int:
    """About how many numbers instructions compute; those of a loop for each value of its letter, where a call of NumPy
    takes as long as CALL numbers."""
    total = 0
    for line in lines:
        if isinstance(line.detail, Loop):
            turn = CALL * len(line.detail.lines) + worked(line.detail.lines, tape)
            total += len(tape.ranges[line.detail.letter]) * turn
        elif not tape.steady[line.output] and line.operation not in ("space", "same"):
            folded = line.detail.letters if isinstance(line.detail, Fold) else ()
            axes = tape.axes[line.inputs[1] if line.operation == "place" else line.output]
            total += prod(len(tape.ranges[letter]) for letter in (*axes, *folded))
    return total


class Wide:
    """Quantities of a program, so many lanes at once: those of the names that are there."""

    def __init__(
        self,
        program: Program,
        bound: Bound,
        recording: Recording,
        names: Sequence[str],
        differing: frozenset[str],
        most: int,
    ) -> None:
        self.names = [name for name in recording.computed if name in names]
        room = AT_ONCE // max(1, effort(recording, self.names))
        self.lanes = max(1, min(room, 1 << (most - 1).bit_length()))
        self.shapes = {name: tuple(map(len, recording.named[name].ranges)) for name in self.names}
        self.recording = recording = widened(recording, self.lanes, differing)
        self.differing, tape = differing, recording.tape
        self.data = [(symbol, given(program, bound, symbol)) for symbol in by_row(program, recording)]
        self.axis = {
            symbol.name: [program.sets[letter] for letter in symbol.letters].index(program.pattern)
            for symbol, _ in self.data
        }
        self.inputs: dict[str, Array] = {}
        arrays: dict[int, Array] = {}
        for symbol in (*(one for one, _ in self.data), *program.weights, *program.states, Symbol(STEP)):
            letters = (LANE, *symbol.letters) if symbol.name in differing else symbol.letters
            shape = tuple(len(tape.ranges[letter]) for letter in letters)
            self.inputs[symbol.name] = buffer = np.zeros(shape, machine_of(bound.numerics).format)
            arrays[tape.inputs[symbol.name]] = arranged(buffer, letters, tape)
        wanted = {recording.named[name].slot for name in self.names}
        self.bench = Bench(tape, wanted, steady_values(program, bound, recording) | arrays)

    def values(self, given: Mapping[str, Array], rows: NDArray[np.int64], count: int) -> dict[str, Array]:
        """The quantities for so many lanes. What is given, and the rows, have an axis of lanes or one of length 1."""
        made = {name: np.empty((count, *shape)) for name, shape in self.shapes.items()}
        with np.errstate(all="ignore"):
            for start in range(0, count, self.lanes):
                stop = min(count, start + self.lanes)
                for name, values in given.items():
                    self.fill(name, values, start, stop)
                for symbol, whole in self.data:
                    axis = self.axis[symbol.name]
                    visited = rows[start:stop] if symbol.name in self.differing else rows
                    self.fill(symbol.name, np.moveaxis(np.take(whole, visited, axis), axis, 0), 0, stop - start)
                run(self.bench.calls)
                for name, whole in made.items():
                    array = oriented(self.recording, name, self.bench.arrays[self.recording.named[name].slot])
                    whole[start:stop] = array[: stop - start] if LANE in self.recording.named[name].letters else array
        return made

    def fill(self, name: str, values: Array, start: int, stop: int) -> None:
        """An input from the values of some lanes, or from the one value of all of them."""
        if name in self.differing:
            self.inputs[name][: stop - start] = values[start:stop]
        else:
            self.inputs[name][...] = values[0]


def stepping(program: Program, recording: Recording, layout: Layout) -> Recording:
    """The recording of a step with what it leaves as its quantities: new weights, and what has to be finite."""
    named = {
        name + NEW: replace(recording.named[name], slot=recording.results[name])
        for name in layout.weights
        if name in recording.results
    }
    for slot in must_be_finite(program, recording):
        letters = recording.tape.axes[slot]
        named[f"{FINITE}{slot}"] = NamedSlot(slot, letters, tuple(recording.tape.ranges[letter] for letter in letters))
    return replace(recording, named={**recording.named, **named}, computed=list(named))


def after(found: Mapping[str, Array], weights: Mapping[str, Array]) -> dict[str, Array]:
    """The weights one step later, from the quantities of `stepping`; no numbers where it leaves the finite ones."""
    seen = [values.reshape(len(values), -1) for name, values in found.items() if name.startswith(FINITE)]
    bad = ~np.all([np.isfinite(values).all(axis=1) for values in seen], axis=0)
    made = {name: np.array(found.get(name + NEW, values)) for name, values in weights.items()}
    for values in made.values():
        values[bad] = np.nan
    return made
