"""Many runs of one program → their steps, several side by side in a kernel, groups of them in turns on threads.

Conventions. Runs share the program, the patterns and the order in which they are visited; each has its own start and
its own values of the consts that are named ``own``. Not one bit of a run depends on how many are side by side, on which
they are, on the threads, or on how the steps are cut into chunks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import inf, prod

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.layout import Layout, layout
from chainrule.engines.native.code import NEVER, Code, Desk, RecordedPart, Whole, parts
from chainrule.engines.native.kernel import kernel
from chainrule.engines.native.machine import lanes, ready
from chainrule.engines.native.quantities import Quantities
from chainrule.engines.native.run_status import Ended, Fate
from chainrule.engines.native.thread_pool import cores, share_out
from chainrule.engines.protocol import Array, Bound, Departure
from chainrule.engines.reference import REFERENCE
from chainrule.program.program import Program
from chainrule.values import dataclass

VECTORS = ((1, 4), (16, 2), (inf, 1))
"""Entries of the largest quantity of a step → how many vectors the runs side by side fill. Where a step is a few
operations that wait for each other, other runs fill the time; where it has loops, more runs than one vector holds only
take room in the cache. Measured on networks of 1 to 4,352 entries."""

Keep = Callable[[int, int, RecordedPart], None]
"""Takes what a call recorded: the group, how many steps were made before, and the part."""


@dataclass(frozen=True, slots=True)
class LoadedEnsemble:
    """Where runs stand, in groups of ``width`` side by side; the last group may have places without a run.

    ``states`` and ``own`` are (group, number, place), ``fate`` is (group, row of `run_status.Fate`, place).
    """

    runs: int
    states: Array
    own: Array
    fate: Whole

    @property
    def width(self) -> int:
        return int(self.states.shape[2])

    def by_run(self, table: NDArray[np.generic]) -> NDArray[np.generic]:
        """Numbers of (group, number, place) as (run, number)."""
        groups, numbers, width = table.shape
        return table.transpose(0, 2, 1).reshape(groups * width, numbers)[: self.runs]  # -1 of no numbers has no answer

    @property
    def rows(self) -> Array:
        """The weights and states of each run, a row as its `Layout` says."""
        return self.by_run(self.states)  # type: ignore[return-value]

    @property
    def consts(self) -> Array:
        """The own consts of each run, in a row."""
        return self.by_run(self.own)  # type: ignore[return-value]

    @property
    def ended(self) -> Whole:
        """Why each run ended, as `run_status.Ended`."""
        return self.by_run(self.fate)[:, Fate.ENDED]  # type: ignore[return-value]

    @property
    def steps(self) -> Whole:
        """How many steps each run has made."""
        return self.by_run(self.fate)[:, Fate.STEP]  # type: ignore[return-value]

    def going(self) -> list[int]:
        """The groups in which a run is still making steps."""
        return np.flatnonzero((self.fate[:, Fate.ENDED] == Ended.STEPS).any(axis=1)).tolist()


class LoadedMany:
    """A program as machine code for ``width`` runs side by side, on so many ``threads``; by default as many as are
    quickest where a step visits so many patterns, and all cores."""

    def __init__(
        self,
        program: Program,
        bound: Bound,
        own: Sequence[str] = (),
        width: int | None = None,
        threads: int | None = None,
        visited: int = 1,
    ) -> None:
        ready(bound.numerics)
        self.program, self.bound = program, bound
        self.layout: Layout = layout(program, bound)
        self.reference = REFERENCE.load(program, bound)
        self.own = tuple(own)
        self.shapes = {name: np.shape(bound.values.get(name, 0.0)) for name in self.own}
        self.width = self.best(visited) if width is None else width
        self.threads = cores() if threads is None else threads
        self._codes: dict[int, Code] = {}
        self._quantities: dict[tuple[str, ...], Quantities] = {}
        self._desks: dict[object, Desk] = {}

    def best(self, visited: int) -> int:
        """How many runs side by side are quickest."""
        tape = self.reference.recording(visited).tape
        largest = max(prod(tape.shape(slot)) for slot in range(len(tape.axes)))
        vectors = next(vectors for most, vectors in VECTORS if largest <= most)
        return vectors * lanes() * 64 // self.bound.numerics.bits

    def ensemble(self, starts: Mapping[str, Array], own: Mapping[str, Array]) -> LoadedEnsemble:
        """The runs before the first step: weights, states and own consts by name, the axis of the runs first."""
        runs = len(next(iter(starts.values())))
        rows = np.empty((runs, self.layout.width))
        for name, part in self.layout.parts(rows).items():
            part[...] = starts[name]
        consts = [np.broadcast_to(own[name], (runs, *self.shapes[name])).reshape(runs, -1) for name in self.own]
        numbers = np.concatenate(consts, axis=1, dtype=np.float64) if consts else np.zeros((runs, 0))
        groups = -(-runs // self.width)
        fate = np.zeros((groups, len(Fate), self.width), np.int64)
        places = np.arange(groups * self.width).reshape(groups, self.width)
        fate[:, Fate.ENDED][places >= runs] = Ended.LEFT
        return LoadedEnsemble(runs, self.grouped(rows), self.grouped(numbers), fate)

    def grouped(self, rows: Array) -> Array:
        """Rows of numbers, one for each run, as (group, number, place); a place without a run has those of the last."""
        groups = -(-len(rows) // self.width)
        whole = np.concatenate([rows, np.repeat(rows[-1:], groups * self.width - len(rows), axis=0)])
        return np.ascontiguousarray(whole.reshape(groups, self.width, -1).transpose(0, 2, 1))

    def advance(
        self,
        ensemble: LoadedEnsemble,
        rows: Sequence[Sequence[int]],
        first: int,
        pass_length: int,
        record: int = NEVER,
        keep: Keep = lambda group, first, part: None,
        told: Callable[[int], None] = lambda done: None,
    ) -> None:
        """One step of every run that has not ended for each element of ``rows``; ``first`` were made before.

        The ensemble is changed in place, and holds what was made if this is interrupted. The threads call ``keep``.
        """
        visits = list(parts(rows))
        codes = {part.rows.shape[1]: self._step(part.rows.shape[1]) for part in visits}
        for desk in self._desks.values():
            desk.go_on()

        def work(thread: int, group: int) -> None:
            step = first
            for part in visits:
                desk = self._desk(thread, codes[part.rows.shape[1]])
                fate = ensemble.fate[group]
                if not (fate[Fate.ENDED] == Ended.STEPS).any():
                    return
                state, own = ensemble.states[group], ensemble.own[group]
                keep(group, step, desk.advance(state, own, fate, part, step, pass_length, record))
                step += part.steps
                if desk.stopped:
                    return

        share_out(ensemble.going(), work, self.threads, self.stop, told)

    def stop(self) -> None:
        """Let every kernel end after the step that it is making."""
        for desk in list(self._desks.values()):
            desk.stop()

    def evaluate(self, ensemble: LoadedEnsemble, names: Sequence[str]) -> dict[str, Array]:
        """Quantities by key over all patterns at the runs' weights, the axis of the runs first."""
        wanted = tuple(sorted(names))
        if wanted not in self._quantities:
            recording = self.reference.sheet(self.bound.patterns)
            self._quantities[wanted] = Quantities(
                self.program, self.bound, recording, self.layout, names, 1, self.width, self.own
            )
        found = self._quantities[wanted]
        result = found.room(len(ensemble.states))
        rows = np.arange(self.bound.patterns, dtype=np.int64)[None]
        for desk in self._desks.values():
            desk.go_on()

        def work(thread: int, group: int) -> None:
            self._desk(thread, found.code).compute([rows, ensemble.states[group], ensemble.own[group], result[group]])

        share_out(range(len(ensemble.states)), work, self.threads, self.stop)
        return found.named(ensemble.by_run(result))  # type: ignore[arg-type]

    def departed(self, ensemble: LoadedEnsemble, run: int, rows: Sequence[int]) -> Departure:
        """Where the step of a run that left the finite numbers did so; ``rows`` are the patterns of that step.

        The reference engine makes that one step again.
        """
        numbers = ensemble.by_run(ensemble.own)[run]
        values, place = dict(self.bound.values), 0
        for name, shape in self.shapes.items():
            values[name] = np.array(numbers[place : place + prod(shape)], np.float64).reshape(shape)
            place += prod(shape)
        alone = self.reference.alike(replace(self.bound, values=values))
        return alone.departed(ensemble.rows[run], rows, int(ensemble.steps[run]) + 1)

    def _step(self, count: int) -> Code:
        if count not in self._codes:
            recording = self.reference.recording(count)
            made = kernel(self.program, recording, self.layout, count, lanes(), self.width, self.own)
            self._codes[count] = Code(self.program, self.bound, recording, made, self.layout.width, self.width)
        return self._codes[count]

    def _desk(self, thread: int, code: Code) -> Desk:
        name = (thread, id(code))
        if name not in self._desks:
            self._desks[name] = Desk(code)
        return self._desks[name]
