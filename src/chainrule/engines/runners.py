"""A recorded step and the values it is run on → something that makes steps: on arrays, or on Python floats.

A runner holds the weights and states before the step (``old``) and after it (``new``). ``step`` computes the new ones
and says whether goal, gradients and weights are finite; ``settle`` puts weights back into their boxes and makes new
old.
"""

from __future__ import annotations

import math
import struct
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Protocol

import numpy as np

from chainrule.engines import arrays, floats
from chainrule.engines.layout import Layout
from chainrule.engines.machine import machine_of
from chainrule.engines.protocol import Array, Bound
from chainrule.program.program import STEP, Program, Symbol
from chainrule.tape.record import Recording, must_be_finite
from chainrule.tape.tape import Instruction, Loop, Tape
from chainrule.tape.unroll import Large, calls


class Runner(Protocol):
    """Makes steps over a fixed number of patterns."""

    recording: Recording
    projected: tuple[str, ...]  # the weights that the latest `settle` put back

    def put(self, row: Array) -> None:
        """Begin from these weights and states."""

    def row(self) -> Array:
        """A copy of the weights and states before the next step."""

    def step(self, rows: Sequence[int], number: int) -> bool:
        """Compute step ``number`` over the rows; whether it stayed among the finite numbers."""

    def settle(self) -> bool:
        """Finish the step; whether a bit of a weight or state changed."""

    def value(self, slot: int) -> Array:
        """The numbers of a slot after `step`, in the tape's order of axes."""


def arranged(array: Array, letters: tuple[str, ...], tape: Tape) -> Array:
    """An array with one axis for each of the letters, turned into the tape's order of axes."""
    return array.transpose([letters.index(letter) for letter in tape.sorted(letters)])


def oriented(recording: Recording, name: str, array: Array) -> Array:
    """An array in the tape's order of axes, turned into the order of a quantity's own letters."""
    letters = recording.named[name].letters
    axes = recording.tape.sorted(letters)
    return array.transpose([axes.index(letter) for letter in letters])


def steady_values(program: Program, bound: Bound, recording: Recording) -> dict[int, Array]:
    """The values of what stays the same over a run, by slot."""
    found: dict[int, Array] = {}
    for symbol in program.symbols():
        slot = recording.tape.inputs.get(symbol.name)
        if slot is not None and recording.tape.steady[slot]:
            found[slot] = arranged(given(program, bound, symbol), symbol.letters, recording.tape)
    return found


def given(program: Program, bound: Bound, symbol: Symbol) -> Array:
    """The value of a data, target or const: the one bound, else the default."""
    value = bound.values[symbol.name] if symbol.name in bound.values else float(program.defaults[symbol.name])
    return machine_of(bound.numerics).number(value)


def by_row(program: Program, recording: Recording) -> list[Symbol]:
    """The data and targets that have one value for each pattern."""
    return [
        symbol
        for symbol in program.data + program.targets
        if symbol.name in recording.tape.inputs and not recording.tape.steady[recording.tape.inputs[symbol.name]]
    ]


def wanted(recording: Recording) -> set[int]:
    """The slots that a step computes for someone to see."""
    computed = {recording.named[name].slot for name in recording.computed}
    return computed | set(recording.updated.values()) | set(recording.results.values())


class RowBuffers:
    """The data of the patterns a step visits, copied out of the data of all; the data itself where these are
    ``every`` pattern in order."""

    def __init__(self, program: Program, bound: Bound, recording: Recording, every: bool = False) -> None:
        self.given: dict[int, Array] = {}
        self.sources: list[tuple[Array, int, Array]] = []
        self.latest: Sequence[int] | None = None
        tape = recording.tape
        for symbol in by_row(program, recording):
            whole = given(program, bound, symbol)
            if every:
                self.given[tape.inputs[symbol.name]] = arranged(whole, symbol.letters, tape)
                continue
            axis = [program.sets[letter] for letter in symbol.letters].index(program.pattern)
            buffer = np.empty(tuple(len(tape.ranges[letter]) for letter in symbol.letters), whole.dtype)
            self.sources.append((whole, axis, buffer))
            self.given[tape.inputs[symbol.name]] = arranged(buffer, symbol.letters, tape)

    def fill(self, rows: Sequence[int]) -> None:
        if rows is self.latest or rows == self.latest:
            return
        self.latest = rows
        places = np.asarray(rows, dtype=np.intp)
        for whole, axis, buffer in self.sources:
            np.take(whole, places, axis, buffer, "clip")


class ArrayRunner:
    """Steps on arrays. What has to be finite is copied into one block, to be looked at at once."""

    def __init__(self, program: Program, bound: Bound, recording: Recording, layout: Layout) -> None:
        self.recording = recording
        self.projected: tuple[str, ...] = ()
        tape = recording.tape
        format = machine_of(bound.numerics).format
        self.old, self.new = np.zeros(layout.width, format), np.zeros(layout.width, format)
        self.counted = layout.width - len(program.watching)  # numbers whose change counts
        self.clock = np.zeros((), format)
        self.rows = RowBuffers(program, bound, recording)
        letters = {symbol.name: symbol.letters for symbol in program.weights + program.states}
        given = steady_values(program, bound, recording) | self.rows.given | {tape.inputs[STEP]: self.clock}
        for name, part in layout.parts(self.old).items():
            given[tape.inputs[name]] = arranged(part, letters[name], tape)
        bench = self.bench = arrays.Bench(tape, wanted(recording), given, recording.stepped)
        slots = must_be_finite(program, recording)
        self.block = np.zeros(sum(bench.arrays[slot].size for slot in slots), format)
        self.zeros = np.zeros(len(self.block), format)
        self.stepping, start = bench.calls[: bench.cut], 0
        for slot in slots:
            array = bench.arrays[slot]
            self.stepping.append((np.copyto, (self.block[start : start + array.size].reshape(array.shape), array)))
            start += array.size
        self.settling = bench.calls[bench.cut :]
        news = {name: arranged(part, letters[name], tape) for name, part in layout.parts(self.new).items()}
        for name, slot in recording.results.items():
            self.settling.append((np.copyto, (news[name], bench.arrays[slot])))
        self.boxed = [(name, bench.arrays[recording.updated[name]], news[name]) for name in recording.projected]

    def put(self, row: Array) -> None:
        self.old[:] = row
        self.new[:] = row  # what no equation updates stays
        self.before = self.old[: self.counted].tobytes()

    def row(self) -> Array:
        return self.old.astype(np.float64)

    def step(self, rows: Sequence[int], number: int) -> bool:
        self.rows.fill(rows)
        self.clock[...] = number
        arrays.run(self.stepping)
        return bool(self.block.dot(self.zeros) == 0.0)  # 0·x is 0 for every finite x, and NaN for the others

    def settle(self) -> bool:
        arrays.run(self.settling)
        self.projected = tuple(name for name, before, after in self.boxed if (before != after).any())
        after = self.new[: self.counted].tobytes()
        changed = after != self.before
        self.before = after
        self.old[:] = self.new
        return changed

    def value(self, slot: int) -> Array:
        return self.bench.arrays[slot]


LISTED = 2**16
"""Numbers of data that are kept as Python's floats, too: each takes four times as much memory."""


class RowLists:
    """The rows of a table as lists: made once where ``listed``, else when they are asked for."""

    def __init__(self, table: Array, listed: bool) -> None:
        self.table = table
        self.lists: list[list[float]] | None = table.tolist() if listed else None

    def __getitem__(self, row: int) -> list[float]:
        if self.lists is not None:
            return self.lists[row]
        found: list[float] = self.table[row].tolist()
        return found


class FloatRunner:
    """Steps on Python floats, entry by entry."""

    def __init__(self, program: Program, bound: Bound, recording: Recording, layout: Layout) -> None:
        self.recording = recording
        self.projected: tuple[str, ...] = ()
        tape = self.tape = recording.tape
        steady = steady_values(program, bound, recording)
        abacus = self.abacus = floats.Abacus(tape, wanted(recording), steady, recording.stepped)
        self.numbers = abacus.numbers
        self.data: list[tuple[list[int], RowLists]] = []
        symbols = by_row(program, recording)
        listed = sum(given(program, bound, symbol).size for symbol in symbols) <= LISTED
        for symbol in symbols:
            axes = tape.sorted(symbol.letters)
            first = [program.sets[letter] for letter in axes].index(program.pattern)
            whole = np.moveaxis(arranged(given(program, bound, symbol), symbol.letters, tape), first, 0)
            entries = np.moveaxis(abacus.where[tape.inputs[symbol.name]], first, 0)
            self.data.append((entries.ravel().tolist(), RowLists(whole.reshape(bound.patterns, -1), listed)))
        self.latest: Sequence[int] | None = None
        (self.clock,) = abacus.entries(tape.inputs[STEP])
        self.stepping, self.settling = abacus.lines[: abacus.cut], abacus.lines[abacus.cut :]
        slots = must_be_finite(program, recording)
        self.looked_at = list(dict.fromkeys(place for slot in slots for place in abacus.entries(slot)))
        self.old = [place for name in layout.names for place in self.ordered(program, tape.inputs[name], name)]
        self.new = [
            place
            for name in layout.names
            for place in self.ordered(program, recording.results.get(name, tape.inputs[name]), name)
        ]
        self.boxed = [
            (name, abacus.entries(recording.updated[name]), abacus.entries(slot))
            for name, slot in recording.projected.items()
        ]
        self.bits = struct.Struct(f"{len(self.old)}d")
        self.counted = 8 * (layout.width - len(program.watching))  # bytes whose change counts
        self.before = b""

    def ordered(self, program: Program, slot: int, name: str) -> list[int]:
        """Where the numbers of a weight or state are, in the order of its own letters."""
        letters = next(one.letters for one in program.weights + program.states if one.name == name)
        axes = self.tape.sorted(letters)
        places: list[int] = self.abacus.where[slot].transpose([axes.index(own) for own in letters]).ravel().tolist()
        return places

    def put(self, row: Array) -> None:
        for place, value in zip(self.old, row.tolist(), strict=True):
            self.numbers[place] = value
        self.before = row.tobytes()[: self.counted]

    def row(self) -> Array:
        return np.array([self.numbers[place] for place in self.old])

    def step(self, rows: Sequence[int], number: int) -> bool:
        numbers = self.numbers
        if rows is not self.latest and rows != self.latest:
            self.latest = rows
            for places, columns in self.data:
                values = columns[rows[0]] if len(rows) == 1 else [entry for row in rows for entry in columns[row]]
                for place, value in zip(places, values, strict=True):
                    numbers[place] = value
        numbers[self.clock] = float(number)
        floats.run(self.stepping, numbers)
        return all(math.isfinite(numbers[place]) for place in self.looked_at)

    def settle(self) -> bool:
        numbers = self.numbers
        floats.run(self.settling, numbers)
        if self.boxed:
            self.projected = tuple(
                name
                for name, before, after in self.boxed
                if any(numbers[was] != numbers[now] for was, now in zip(before, after, strict=True))
            )
        after = [numbers[place] for place in self.new]
        for place, value in zip(self.old, after, strict=True):
            numbers[place] = value
        bits = self.bits.pack(*after)[: self.counted]
        changed = bits != self.before
        self.before = bits
        return changed

    def value(self, slot: int) -> Array:
        return np.array([self.numbers[place] for place in self.abacus.entries(slot)]).reshape(self.tape.shape(slot))


class Runners:
    """What makes steps over so many patterns: arrays at first, and floats once they are worth the writing down."""

    def __init__(self, program: Program, bound: Bound, layout: Layout) -> None:
        self.program, self.bound, self.layout = program, bound, layout
        self.made: dict[int, Runner] = {}
        self.asked: Counter[int] = Counter()
        self.enough: dict[int, float] = {}

    def runner(self, count: int, steps: int, recording: Callable[[int], Recording]) -> Runner:
        """The quicker of the two for all the steps asked for, the next ones with them; both have the same bits."""
        self.asked[count] += steps
        if count not in self.made:
            step = recording(count)
            self.made[count] = ArrayRunner(self.program, self.bound, step, self.layout)
            numerics = self.bound.numerics  # Python's floats are float64 and fuse nothing
            self.enough[count] = math.inf if numerics.fused or numerics.bits != 64 else enough(step.tape)
        if self.asked[count] >= self.enough[count]:
            self.enough[count] = math.inf
            with suppress(Large):
                self.made[count] = FloatRunner(self.program, self.bound, recording(count), self.layout)
        return self.made[count]


CALL, WRITTEN_CALL, DONE, WRITTEN = 1.0, 25.0, 0.11, 10.0
"""Microseconds that a call of NumPy takes and its writing down as floats; that an operation on floats takes, and its
writing down. They decide how soon a number is there, and never what it is."""


def enough(tape: Tape) -> float:
    """From how many steps on floats are quicker, with what writing them down takes."""
    arrays, lines = calls(tape.instructions, tape), computed(tape.instructions, tape)
    saved = CALL * arrays - DONE * lines
    return (WRITTEN_CALL * arrays + WRITTEN * lines) / saved if saved > 0 else math.inf


def computed(lines: Sequence[Instruction], tape: Tape) -> int:
    """About how many operations on floats instructions are."""
    count = 0
    for line in lines:
        if isinstance(line.detail, Loop):
            count += len(tape.ranges[line.detail.letter]) * computed(line.detail.lines, tape)
        elif line.operation not in WHERE:
            count += math.prod(tape.shape(line.inputs[0] if line.operation == "fold" else line.output))
    return count


WHERE = ("view", "same", "gather", "place", "broadcast", "space")
"""Operations that only say which number is meant."""
