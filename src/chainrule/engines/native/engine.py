"""The native engine: a program compiled to machine code, with the bits of the reference engine.

Conventions. A chunk is cut where the number of patterns a step visits changes; each part is one call. What the engine
does not compute itself, single quantities and where a run left the finite numbers, it asks the reference engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.arrays import Bench
from chainrule.engines.layout import layout
from chainrule.engines.native.kernel import Control, Ended, Kernel, kernel
from chainrule.engines.native.machine import binding, compiled, lanes
from chainrule.engines.protocol import Array, Bound, Chunk, State
from chainrule.engines.record import Recording
from chainrule.engines.record import record as recorded
from chainrule.engines.reference import REFERENCE
from chainrule.engines.runners import arranged, given, steady_values
from chainrule.program.program import Program

Rows = NDArray[np.int64]


class Native:
    """The engine of machine code."""

    name = "native"

    def load(self, program: Program, bound: Bound) -> LoadedNative:
        """The program with the values it is run on. Nothing is compiled yet.

        Errors: MissingExtra E313 without llvmlite.
        """
        binding()
        return LoadedNative(program, bound)


class LoadedNative:
    """A program as machine code: for each number of patterns that a step visits, one function."""

    table = True

    def __init__(self, program: Program, bound: Bound) -> None:
        self.program, self.bound = program, bound
        self.layout = layout(program, bound)
        self.reference = REFERENCE.load(program, bound)
        self._codes: dict[int, Code] = {}

    def evaluate(self, weights: Mapping[str, Array], rows: Sequence[int] | None = None) -> dict[str, Any]:
        """Every quantity by key, from the reference engine."""
        return self.reference.evaluate(weights, rows)

    def advance(self, state: State, rows: Sequence[Sequence[int]], pass_length: int, record: int = 1) -> Chunk:
        """One step for each element of ``rows``; see `engines.protocol.Loaded.advance`."""
        row = self.layout.row({**state.weights, **state.states})
        step, unchanged = state.step, state.unchanged
        tables: list[Array] = []
        numbers: list[NDArray[np.int64]] = []
        projected: dict[str, list[NDArray[np.int64]]] = {}
        departure, converged = None, False
        for visits in parts(rows):
            self._check(visits.rows)
            code = self._code(visits.rows.shape[1])
            part = code.advance(row, visits, step, unchanged, pass_length, record)
            step, unchanged = part.step, part.unchanged
            tables.append(part.table)
            numbers.append(part.numbers)
            for name, steps in part.put.items():
                projected.setdefault(name, []).append(steps)
            if part.ended == Ended.LEFT:
                left = visits.rows[0 if visits.same else part.done].tolist()
                departure = self.reference.departed(row, left, step + 1)
            converged = part.ended == Ended.CONVERGED
            if part.ended != Ended.STEPS:
                break
        found = np.concatenate(numbers) if numbers else np.zeros(0, np.int64)
        table = np.concatenate(tables) if len(tables) > 1 else tables[0] if tables else np.zeros((0, self.layout.width))
        if step > state.step and (not len(found) or found[-1] != step):
            found, table = np.append(found, step), np.concatenate([table, row[None]])
        named = self.layout.parts(table)
        return Chunk(
            self.layout.state(row, step, unchanged),
            found,
            {name: named[name] for name in self.layout.weights},
            {name: named[name] for name in self.layout.states},
            departure,
            converged,
            {name: np.concatenate(steps) for name, steps in projected.items()},
        )

    def _check(self, rows: Rows) -> None:
        if rows.size and rows.min() >= 0 and rows.max() < self.bound.patterns:
            return
        for visited in rows.tolist() or [[]]:
            self.reference.check(visited)

    def _code(self, count: int) -> Code:
        if count not in self._codes:
            recording = recorded(self.program, self.bound, count, training=True)
            made = kernel(self.program, recording, self.layout, count, lanes())
            self._codes[count] = Code(self.program, self.bound, recording, made, self.layout.width)
        return self._codes[count]


@dataclass(frozen=True, slots=True)
class Visits:
    """Steps that visit equally many patterns: a row of numbers for each step, or one for all of them."""

    rows: Rows
    steps: int
    same: bool


def parts(rows: Sequence[Sequence[int]]) -> Iterator[Visits]:
    """The steps of a chunk, cut where the number of patterns changes."""
    if hasattr(rows, "dtype"):
        table = np.ascontiguousarray(rows, np.int64)
        if len(table):
            yield Visits(table, len(table), False)
        return
    for width, group in groupby(rows, len):
        steps = list(group)
        if all(step is steps[0] for step in steps):
            yield Visits(np.array([steps[0]], np.int64), len(steps), True)
        else:
            count = len(steps) * width
            yield Visits(np.fromiter(chain.from_iterable(steps), np.int64, count).reshape(-1, width), len(steps), False)


@dataclass(frozen=True, slots=True)
class Part:
    """What one call did."""

    ended: int
    done: int
    step: int
    unchanged: int
    numbers: NDArray[np.int64]
    table: Array
    put: Mapping[str, NDArray[np.int64]]


class Code:
    """A kernel with the arrays it works on."""

    def __init__(self, program: Program, bound: Bound, recording: Recording, made: Kernel, width: int) -> None:
        self.boxed, self.width = made.boxed, width
        self.machine = compiled(made.text)
        tape = made.tape
        wanted = {memory.slot for memory in made.memory if memory.what == "steady"}
        bench = Bench(tape, wanted, steady_values(program, bound, recording))
        self.arrays: list[Array | None] = []  # None: given to each call
        for memory in made.memory:
            match memory.what:
                case "steady":
                    have = tape.axes[memory.slot]
                    long = [letter for letter in have if len(tape.ranges[letter]) > 1]
                    array = bench.arrays[memory.slot].reshape([len(tape.ranges[letter]) for letter in long])
                    turned = array.transpose([long.index(letter) for letter in memory.axes])
                    self.arrays.append(np.array(turned, order="C"))
                case "data" if memory.symbol:
                    axes = tape.sorted(memory.symbol.letters)
                    first = [program.sets[letter] for letter in axes].index(program.pattern)
                    whole = arranged(given(program, bound, memory.symbol), memory.symbol.letters, tape)
                    self.arrays.append(np.array(np.moveaxis(whole, first, 0), order="C"))
                case "scratch":
                    self.arrays.append(np.zeros(memory.size))
                case _:
                    self.arrays.append(None)

    def advance(self, row: Array, visits: Visits, step: int, unchanged: int, pass_length: int, record: int) -> Part:
        """Make the steps; ``row`` becomes the state after the last."""
        steps = visits.steps
        control = np.zeros(Control.PUT + len(self.boxed), np.int64)
        width = 0 if visits.same else visits.rows.shape[1]
        control[: Control.KEPT] = (steps, step, unchanged, pass_length, record, width)
        most = (step + steps) // record - step // record
        table, numbers = np.empty((most, self.width)), np.empty(most, np.int64)
        put = np.empty((len(self.boxed), steps), np.int64)
        arrays: list[Any] = [visits.rows, row, table, numbers, put, *self.arrays[5:]]
        addresses = np.array([array.ctypes.data for array in arrays], np.uintp)
        ended = self.machine.advance(addresses.ctypes.data, control.ctypes.data)
        kept, done = int(control[Control.KEPT]), int(control[Control.STEPS])
        often = control[Control.PUT :].tolist()
        boxes = sorted((int(put[place, 0]), place) for place, count in enumerate(often) if count)  # in order of time
        told = {self.boxed[place]: put[place, : often[place]].copy() for _, place in boxes}
        return Part(ended, done, step + done, int(control[Control.UNCHANGED]), numbers[:kept], table[:kept], told)


ENGINE = Native()
"""The engine, ready to load programs."""
