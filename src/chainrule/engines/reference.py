"""The reference engine: a program run on NumPy; slow, plain, the judge of all other engines.

Its numbers are those of the equations as they stand, each machine operation rounded once: a whole training gives the
same bits on every machine (docs/reference/engines.md). In `fused` numerics it computes each fused multiply-add by a
dozen operations, which is slower still.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.arrays import Bench, run
from chainrule.engines.layout import Layout, layout
from chainrule.engines.machine import machine_of
from chainrule.engines.protocol import Array, Bound, Chunk, Departure, State, States
from chainrule.engines.runners import ArrayRunner, RowBuffers, Runner, Runners, arranged, oriented, steady_values
from chainrule.engines.wide import AT_ONCE, Wide, after, stepping
from chainrule.errors import UsageError
from chainrule.program.identity_cache import IdentityCache
from chainrule.program.parts import of_the_text, whole_name
from chainrule.program.program import STEP, Program
from chainrule.tape.expand import expanded
from chainrule.tape.record import Recording, record

STEPPING = IdentityCache[Recording](16)
"""The latest steps as quantities: what is kept for them is found by them."""


class Reference:
    """The engine that is always there."""

    name = "reference"

    def load(self, program: Program, bound: Bound) -> LoadedReference:
        """The program with the values it is run on. Nothing is computed yet."""
        return LoadedReference(program, bound)


class LoadedReference:
    """A program on NumPy: for each number of patterns that a step visits, the step is written down once and kept."""

    table = False

    def __init__(self, program: Program, bound: Bound) -> None:
        self.program, self.bound = program, bound
        self.layout: Layout = layout(program, bound)
        self._runners = Runners(program, bound, self.layout)
        self._recordings: dict[int, Recording] = {}
        self._everything: dict[int, Recording] = {}
        self._stepping: dict[int, Recording] = {}
        self._sheets: dict[tuple[int, bool, tuple[str, ...] | None], QuantityReader] = {}
        self._wide: IdentityCache[Wide] = IdentityCache(8)  # whoever looks at a run asks a few things in turns

    def evaluate(
        self, weights: Mapping[str, Array], rows: Sequence[int] | None = None, names: Iterable[str] | None = None
    ) -> dict[str, Any]:
        """Quantities by key; see `engines.protocol.Loaded.evaluate`.

        Each is a float64 array with one axis for each letter of its left side.
        """
        rows = range(self.bound.patterns) if rows is None else rows if isinstance(rows, range) else list(rows)
        self.check(rows)
        every = rows == range(self.bound.patterns)  # a list is never equal to a range
        wanted = (len(rows), every, None if names is None else tuple(names))
        if wanted not in self._sheets:
            self._sheets[wanted] = QuantityReader(self.program, self.bound, self.sheet(len(rows)), wanted[2], every)
        return self._sheets[wanted].values(weights, rows)

    def evaluate_each(
        self, weights: Mapping[str, Array], rows: NDArray[np.int64], names: Iterable[str] | None = None
    ) -> dict[str, Array]:
        """Quantities at many weights at once; see `engines.protocol.Loaded.evaluate_each`."""
        recording = self.sheet(rows.shape[1])
        return self._each(recording, weights, rows, tuple(recording.computed if names is None else names))

    def step_each(self, states: States, rows: NDArray[np.int64]) -> dict[str, Array]:
        """Weights one step later; see `engines.protocol.Loaded.step_each`."""
        made = self.stepping(rows.shape[1])
        numbers = {**states.weights, **states.states, STEP: np.asarray(states.steps + 1, np.float64)}
        return after(self._each(made, numbers, rows, tuple(made.computed)), states.weights)

    def _each(
        self, recording: Recording, numbers: Mapping[str, Array], rows: NDArray[np.int64], names: tuple[str, ...]
    ) -> dict[str, Array]:
        self.check_all(rows)
        count = max([len(rows), *map(len, numbers.values())])
        differing = frozenset(name for name, values in numbers.items() if len(values) > 1)
        if len(rows) > 1:
            differing |= {symbol.name for symbol in (*self.program.data, *self.program.targets)}
        most = min(count, AT_ONCE)
        about = (names, differing, (most - 1).bit_length())
        wide = self._wide.get(
            recording, about, lambda: Wide(self.program, self.bound, recording, names, differing, most)
        )
        return wide.values(numbers, rows, count)

    def advance(self, state: State, rows: Sequence[Sequence[int]], pass_length: int, record: int = 1) -> Chunk:
        """One step for each element of ``rows``; see `engines.protocol.Loaded.advance`."""
        row = self.layout.row({**state.weights, **state.states})
        step, unchanged = state.step, state.unchanged
        kept: list[tuple[int, Array]] = []
        projected: dict[str, list[int]] = {}
        departure: Departure | None = None
        converged = False
        latest: Sequence[int] = rows[0] if len(rows) else [0]
        self.check(latest)
        places = list(latest)
        current = self._runners.runner(len(latest), len(rows), self.recording)
        current.put(row)
        with np.errstate(all="ignore"):
            for visited in rows:
                if visited is not latest:
                    self.check(visited)
                    latest, places = visited, list(visited)
                    chosen = self._runners.runner(len(visited), 1, self.recording)
                    if chosen is not current:
                        chosen.put(current.row())
                        current = chosen
                if not current.step(places, step + 1):
                    departure = depart(self.program, current, places, step + 1)
                    break
                step += 1
                unchanged = 0 if current.settle() else unchanged + 1
                for name in current.projected:
                    projected.setdefault(name, []).append(step)
                if step % record == 0:
                    kept.append((step, current.row()))
                if unchanged >= pass_length and step % pass_length == 0:
                    converged = True
                    break
        last = current.row()
        if step > state.step and (not kept or kept[-1][0] != step):
            kept.append((step, last))
        table = np.array([values for _, values in kept]).reshape(len(kept), self.layout.width)
        parts = self.layout.parts(table)
        return Chunk(
            self.layout.state(last, step, unchanged),
            np.array([number for number, _ in kept], dtype=np.int64),
            {name: parts[name] for name in self.layout.weights},
            {name: parts[name] for name in self.layout.states},
            departure,
            converged,
            {name: np.array(steps, dtype=np.int64) for name, steps in projected.items()},
        )

    def alike(self, bound: Bound) -> LoadedReference:
        """The same program on other values of its consts: what is written down already serves both."""
        other = LoadedReference(self.program, bound)
        other._recordings = self._recordings
        return other

    def departed(self, row: Array, rows: Sequence[int], step: int) -> Departure:
        """Where a step from these weights and states leaves the finite numbers, if it is known that it does."""
        leaving = ArrayRunner(self.program, self.bound, self.recording(len(rows)), self.layout)
        leaving.put(row)
        with np.errstate(all="ignore"):
            leaving.step(list(rows), step)
        return depart(self.program, leaving, rows, step)

    def recording(self, count: int) -> Recording:
        """A step over so many patterns, written down."""
        if count not in self._recordings:
            self._recordings[count] = expanded(record(self.program, self.bound, count, training=True))
        return self._recordings[count]

    def sheet(self, count: int) -> Recording:
        """All quantities over so many patterns, written down."""
        if count not in self._everything:
            self._everything[count] = expanded(record(self.program, self.bound, count, training=False))
        return self._everything[count]

    def stepping(self, count: int) -> Recording:
        """A step over so many patterns, what it leaves as quantities."""
        if count not in self._stepping:
            step = self.recording(count)
            self._stepping[count] = STEPPING.get(step, None, lambda: stepping(self.program, step, self.layout))
        return self._stepping[count]

    def check_all(self, table: NDArray[np.int64]) -> None:
        """`check` for each row of a table."""
        if table.size and table.min() >= 0 and table.max() < self.bound.patterns:
            return
        for visited in table.tolist() or [[]]:
            self.check(visited)

    def check(self, rows: Sequence[int]) -> None:
        """Raise UsageError E311 if a step cannot visit these rows."""
        if not len(rows) or min(rows) < 0 or max(rows) >= self.bound.patterns:
            raise UsageError(
                "E311",
                f"a step visits the rows {list(rows[:5])}, but the patterns are 0 to {self.bound.patterns - 1}",
                "give each step at least one row, each a number of a pattern, from 0",
            )


class QuantityReader:
    """Quantities of a program over a fixed number of patterns, or over every pattern in order, which needs no copy of
    the data: those of the names that are there, or all."""

    def __init__(
        self, program: Program, bound: Bound, recording: Recording, names: Sequence[str] | None, every: bool
    ) -> None:
        self.recording = recording
        self.names = [name for name in recording.computed if names is None or name in names]
        tape = recording.tape
        self.rows = RowBuffers(program, bound, self.recording, every)
        self.weights: dict[str, Array] = {}
        inputs: dict[int, Array] = {}
        for symbol in program.weights:
            shape = tuple(len(tape.ranges[letter]) for letter in symbol.letters)
            self.weights[symbol.name] = buffer = np.empty(shape, machine_of(bound.numerics).format)
            inputs[tape.inputs[symbol.name]] = arranged(buffer, symbol.letters, tape)
        wanted = {recording.named[name].slot for name in self.names}
        self.bench = Bench(tape, wanted, steady_values(program, bound, self.recording) | self.rows.given | inputs)

    def values(self, weights: Mapping[str, Array], rows: Sequence[int]) -> dict[str, Any]:
        with np.errstate(all="ignore"):
            for name, buffer in self.weights.items():
                buffer[...] = weights[name]
            self.rows.fill(rows)
            run(self.bench.calls)
        return {name: self.value(name).astype(np.float64) for name in self.names}

    def value(self, name: str) -> Array:
        """The array of a quantity, its axes in the order of its left side."""
        return oriented(self.recording, name, self.bench.arrays[self.recording.named[name].slot])


def depart(program: Program, run_by: Runner, rows: Sequence[int], step: int) -> Departure:
    """The first equation, in order, that a step left without a finite value; of that, the first pattern and entry."""
    recording = run_by.recording
    places = [(name, recording.named[name].slot) for name in recording.computed]
    for name, slot in (*places, *recording.updated.items()):
        letters = recording.named[name].letters
        axes = recording.tape.axes[slot]
        bad = ~np.isfinite(run_by.value(slot)).transpose([axes.index(letter) for letter in letters])
        if name in recording.gaps:
            bad &= ~recording.gaps[name]
        if not bad.any():
            continue
        order = sorted(range(len(letters)), key=lambda place: program.sets.get(letters[place]) != program.pattern)
        at = np.argwhere(bad.transpose(order))[0].tolist()  # the first pattern, and its first entry
        first = dict(zip([letters[place] for place in order], at, strict=True))
        pattern = [int(rows[first[letter]]) for letter in letters if program.sets.get(letter) == program.pattern]
        entry = tuple(first[letter] for letter in letters if program.sets.get(letter) != program.pattern)
        entry = entry if of_the_text(name) else ()  # a part has letters of its own
        return Departure(step, whole_name(name), pattern[0] if pattern else None, entry)
    raise AssertionError("a step that departs has a number that is not finite")


ENGINE = Reference()
"""The engine, ready to load programs."""

REFERENCE = ENGINE
