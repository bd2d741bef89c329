"""The native engine: a program compiled to machine code, with the bits of the reference engine.

Conventions. A chunk is cut where the number of patterns a step visits changes; each part is one call. What is not worth
compiling, a few quantities and where a run left the finite numbers, it asks the reference engine.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import inf
from time import perf_counter
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.layout import layout
from chainrule.engines.native.barrier import can_wait
from chainrule.engines.native.code import NEVER, Code, Desk, RecordedPart, Visits, Whole, parts
from chainrule.engines.native.evaluation_kernel import there
from chainrule.engines.native.kernel import kernel
from chainrule.engines.native.kernel_memory import Control
from chainrule.engines.native.machine import lanes, ready
from chainrule.engines.native.pace import Pace
from chainrule.engines.native.quantities import DEAR, DEAR_EACH, FUSED, Quantities
from chainrule.engines.native.run_status import Ended
from chainrule.engines.native.thread_pool import cores, share_out
from chainrule.engines.protocol import Array, Bound, Chunk, State, States
from chainrule.engines.reference import REFERENCE
from chainrule.engines.wide import after, effort
from chainrule.program.program import Program
from chainrule.tape.record import Recording
from chainrule.tape.tape import Loop

T = TypeVar("T")

Asked = tuple[int, tuple[str, ...]]
"""How many patterns, and the quantities by key."""


class Native:
    """The engine of machine code."""

    name = "native"

    def load(self, program: Program, bound: Bound) -> LoadedNative:
        """The program with the values it is run on. Nothing is compiled yet.

        Errors: MissingExtra E313 without llvmlite; UsageError E314 where the processor cannot fuse and numerics do.
        """
        ready(bound.numerics)
        return LoadedNative(program, bound)


class LoadedNative:
    """A program as machine code: for each number of patterns that a step visits, one function."""

    table = True

    def __init__(self, program: Program, bound: Bound) -> None:
        self.program, self.bound = program, bound
        self.layout = layout(program, bound)
        self.reference = REFERENCE.load(program, bound)
        self._desks: dict[int, list[Desk]] = {}
        self._quantities: dict[Asked, tuple[Quantities, list[Desk]]] = {}
        self._effort: dict[Asked, int] = {}
        self._asked: Counter[Asked] = Counter()
        self._lanes = lanes() * 64 // bound.numerics.bits
        self._paces: defaultdict[int, Pace] = defaultdict(Pace)
        self._pace = inf  # seconds that a step took in the latest call

    def evaluate(
        self, weights: Mapping[str, Array], rows: Sequence[int] | None = None, names: Iterable[str] | None = None
    ) -> dict[str, Any]:
        """Quantities by key; see `engines.protocol.Loaded.evaluate`.

        The reference engine computes them until that has taken it as long as compiling would: code is made for what is
        asked often or is large.
        """
        rows = range(self.bound.patterns) if rows is None else rows
        recording = self.reference.sheet(len(rows))
        wanted = tuple(recording.computed if names is None else names)
        if not self._worth_it(recording, (len(rows), wanted), 1, DEAR):
            return self.reference.evaluate(weights, rows, wanted)
        numbers = {name: np.asarray(values)[None] for name, values in weights.items()}
        found = self._each(recording, numbers, np.asarray(rows, np.int64)[None], wanted, np.zeros(1, np.int64))
        return {name: values[0] for name, values in found.items()}

    def evaluate_each(
        self, weights: Mapping[str, Array], rows: NDArray[np.int64], names: Iterable[str] | None = None
    ) -> dict[str, Array]:
        """Quantities at many weights at once; see `engines.protocol.Loaded.evaluate_each`."""
        recording = self.reference.sheet(rows.shape[1])
        wanted = tuple(recording.computed if names is None else names)
        count = max([len(rows), *map(len, weights.values())])
        if not self._worth_it(recording, (rows.shape[1], wanted), count, DEAR_EACH):
            return self.reference.evaluate_each(weights, rows, wanted)
        return self._each(recording, weights, rows, wanted, np.zeros(count, np.int64))

    def step_each(self, states: States, rows: NDArray[np.int64]) -> dict[str, Array]:
        """Weights one step later; see `engines.protocol.Loaded.step_each`."""
        recording = self.reference.stepping(rows.shape[1])
        wanted = tuple(recording.computed)
        if not self._worth_it(recording, (rows.shape[1], wanted), len(states.steps), DEAR_EACH):
            return self.reference.step_each(states, rows)
        found = self._each(recording, {**states.weights, **states.states}, rows, wanted, states.steps + 1)
        return after(found, states.weights)

    def _worth_it(self, recording: Recording, asked: Asked, times: int, dear: int) -> bool:
        """Whether code is made for quantities that are asked for so many times more, or is there already."""
        self._asked[asked] += times
        if asked not in self._effort:
            self._effort[asked] = effort(recording, asked[1]) * (FUSED if self.bound.numerics.fused else 1)
        if self._asked[asked] * self._effort[asked] >= dear:
            return True
        names = [name for name in recording.computed if name in asked[1]]
        return times > FEW and there(recording, names, self._lanes)

    def _each(
        self,
        recording: Recording,
        numbers: Mapping[str, Array],
        rows: Whole,
        names: tuple[str, ...],
        steps: Whole,
    ) -> dict[str, Array]:
        """Quantities at many rows of numbers, several parts of them at once on threads."""
        self._check(rows)
        count, asked = len(steps), (rows.shape[1], names)
        if asked not in self._quantities:
            code = Quantities(self.program, self.bound, recording, self.layout, names, self._lanes)
            self._quantities[asked] = code, [Desk(code.code)]
        made, desks = self._quantities[asked]
        states, result = self.layout.rows(numbers, count), made.room(count)
        visited, width = np.ascontiguousarray(rows), rows.shape[1] if len(rows) > 1 else 0
        size = max(1, -(-PIECE // self._effort[asked]))
        pieces = [slice(start, min(count, start + size)) for start in range(0, count, size)]
        threads = min(cores(), len(pieces))
        desks += [Desk(made.code) for _ in range(len(desks), threads)]
        for desk in desks:
            desk.go_on()

        def work(thread: int, piece: slice) -> None:
            there = visited[piece] if width else visited
            brought = [there, states[piece], NOTHING, result[piece], steps[piece]]
            desks[thread].compute(brought, piece.stop - piece.start, width)

        def stop() -> None:
            for desk in desks:
                desk.stop()

        share_out(pieces, work, threads, stop)
        return made.named(result[:, :, 0])

    def advance(self, state: State, rows: Sequence[Sequence[int]], pass_length: int, record: int = 1) -> Chunk:
        """One step for each element of ``rows``; see `engines.protocol.Loaded.advance`."""
        row = self.layout.row({**state.weights, **state.states})
        step, unchanged = state.step, state.unchanged
        tables: list[Array] = []
        numbers: list[NDArray[np.int64]] = []
        projected: dict[str, list[NDArray[np.int64]]] = {}
        departure, converged = None, False
        for visits, desks in self._pieces(rows):
            fate = np.array([Ended.STEPS, step, unchanged])
            before, began = step, perf_counter()

            def work(
                desk: Desk = desks[0], fate: Whole = fate, visits: Visits = visits, before: int = before
            ) -> RecordedPart:
                return desk.advance(row, NOTHING, fate, visits, before, pass_length, record)

            ready_for(desks)
            if len(desks) > 1:
                part = together(desks, row, fate, visits, before, pass_length, record)
            else:
                part = work() if visits.steps * self._pace < SHORT else heard(work, desks[0])
            ended, step, unchanged = fate.tolist()
            took = perf_counter() - began
            self._pace = took / max(1, step - before)
            self._paces[visits.rows.shape[1]].took(len(desks) > 1, step - before, took)
            tables.append(part.table[:, :, 0])
            numbers.append(part.numbers)
            for name, steps in part.put(0, before, step).items():
                projected.setdefault(name, []).append(steps)
            if ended == Ended.LEFT:
                left = visits.rows[0 if visits.same else step - before].tolist()
                departure = self.reference.departed(row, left, step + 1)
            converged = ended == Ended.CONVERGED
            if ended != Ended.STEPS:
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

    def _pieces(self, rows: Sequence[Sequence[int]]) -> Iterator[tuple[Visits, list[Desk]]]:
        """The steps of a chunk in pieces, each with the desks of the threads that make it."""
        for visits in parts(rows):
            self._check(visits.rows)
            desks = self._desk(visits.rows.shape[1])
            pace = self._paces[visits.rows.shape[1]]
            done = 0
            while done < visits.steps:
                several, steps = pace.next(visits.steps - done) if len(desks) > 1 else (False, visits.steps - done)
                there = visits.rows if visits.same else visits.rows[done : done + steps]
                yield Visits(there, steps, visits.same), desks if several else desks[:1]
                done += steps

    def _check(self, rows: NDArray[np.int64]) -> None:
        self.reference.check_all(rows)

    def _desk(self, count: int) -> list[Desk]:
        """A desk for each thread that makes the steps over so many patterns."""
        if count not in self._desks:
            recording = self.reference.recording(count)
            threads = hands(recording)
            made = kernel(self.program, recording, self.layout, count, self._lanes, threads=threads)
            first = Desk(Code(self.program, self.bound, recording, made, self.layout.width))
            others = [Desk(first.code, first, number) for number in range(1, threads)]
            self._desks[count] = [first, *others]
        return self._desks[count]


def hands(recording: Recording) -> int:
    """How many threads make the steps of one run at most: so many that each has enough to do between two waits.

    In a loop there is a wait after each group of each turn, so a step with loops is made by one.
    """
    if any(isinstance(line.detail, Loop) for line in recording.tape.instructions):
        return 1
    return max(1, min(cores(), effort(recording) // DIVIDED)) if can_wait() else 1


def together(
    desks: Sequence[Desk], row: Array, fate: Whole, visits: Visits, before: int, pass_length: int, record: int
) -> RecordedPart:
    """The part that several threads make of one run; this one hears Ctrl-C meanwhile, ends them, and raises it."""
    begun: list[int] = []
    lost: list[int] = []
    found: list[RecordedPart] = []
    first = desks[0]

    def work(_: int, number: int) -> None:
        begun.append(number)
        try:
            if number:  # what the others give back is thrown away, and is the same
                desks[number].advance(row.copy(), NOTHING, fate.copy(), visits, before, pass_length, NEVER)
            else:
                found.append(first.advance(row, NOTHING, fate, visits, before, pass_length, record))
        except BaseException:
            lost.append(number)
            raise

    def stop() -> None:
        for desk in desks:
            desk.stop(alone=bool(lost) or len(begun) < len(desks))

    share_out(range(len(desks)), work, len(desks), stop)
    return found[0]


def ready_for(desks: Sequence[Desk]) -> None:
    """Let these desks make the next steps together: no one is asked to end, none has arrived, none has told a word."""
    desks[0].crew[:] = 0
    for desk in desks:
        desk.control[Control.HANDS] = len(desks)
        desk.go_on()


def heard(work: Callable[[], T], desk: Desk) -> T:
    """What a call in another thread gives: this one hears Ctrl-C meanwhile, ends the call, and raises it."""
    found: list[T] = []
    share_out([work], lambda thread, work: found.append(work()), 1, desk.stop)
    return found[0]


DIVIDED = 2**21
"""Numbers that a step computes for each thread at least. A wait takes about a microsecond, and there are about ten."""

FEW = 100
"""So few rows are not worth to call code that is written already."""

PIECE = 2**21
"""Numbers that are computed in a part of many rows: some milliseconds of a thread."""

SHORT = 0.02
"""Seconds of a call that nobody needs to interrupt."""

NOTHING = np.zeros(0)
"""What a run has of its own beside its state, when it is alone."""

ENGINE = Native()
"""The engine, ready to load programs."""
