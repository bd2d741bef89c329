"""Many runs of one program → their steps on a graphics card, a thread a run; with the bits of the processor.

Conventions. Steps are cut into calls that take a twentieth of a second, and fewer where a driver ends loops early; not
one bit depends on that. After each call it is looked at whether every run that goes on has made its steps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import prod
from time import perf_counter
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.gpu.protocol import Buffer, Device, Program
from chainrule.engines.layout import Layout, layout
from chainrule.engines.native.code import Visits, parts
from chainrule.engines.native.machine import there
from chainrule.engines.native.many import LoadedMany
from chainrule.engines.native.run_status import Ended, Fate
from chainrule.engines.protocol import Array, Bound, Departure
from chainrule.engines.reference import REFERENCE
from chainrule.engines.runners import given
from chainrule.errors import UsageError
from chainrule.program import program as programs
from chainrule.values import dataclass

CALL = 0.05
"""Seconds that a call should take: a driver that hears nothing for two resets the card."""

GROUP = 64
"""Threads of a workgroup."""

BLOCK = 2**18
"""Runs of one call."""

WRITABLE = (False, False, False, True, True, False)
"""Which of the buffers a kernel writes to, after that of the call."""

LONGEST = 2**20
"""Steps of one call, at most."""


class Printed(Protocol):
    """The text of a kernel, as `code.wgsl.kernel.Kernel` has it."""

    @property
    def text(self) -> str: ...
    @property
    def given(self) -> tuple[str, ...]: ...
    @property
    def turns(self) -> int: ...
    @property
    def once(self) -> int: ...


Printer = Callable[[int, bool], Printed]
"""Takes how many patterns a step visits, and whether these are all of them in order."""


@dataclass(slots=True)
class Block:
    """Runs of one call: their buffers, and what of them is known here."""

    runs: int
    states: Buffer
    fates: Buffer
    own: Buffer
    fate: NDArray[np.int32]
    size: int = 1  # steps of the next call

    def read(self) -> None:
        """Learn what the runs have made; waits until they have."""
        self.fate = self.fates.read().astype(np.int32).reshape(len(Fate), -1)


@dataclass(frozen=True, slots=True)
class DeviceEnsemble:
    """Where runs stand. Their numbers stay on the device until they are asked for."""

    runs: int
    width: int
    own: Array
    blocks: list[Block]

    @property
    def rows(self) -> Array:
        """The weights and states of each run, a row as its `Layout` says."""
        found = [block.states.read().reshape(-1, block.runs)[: self.width].T for block in self.blocks]
        return np.concatenate(found).astype(np.float64)

    @property
    def consts(self) -> Array:
        """The own consts of each run, in a row."""
        return self.own

    @property
    def ended(self) -> NDArray[np.int64]:
        """Why each run ended, as `Ended`."""
        return self.told(Fate.ENDED)

    @property
    def steps(self) -> NDArray[np.int64]:
        """How many steps each run has made."""
        return self.told(Fate.STEP)

    def told(self, row: Fate) -> NDArray[np.int64]:
        return np.concatenate([block.fate[row] for block in self.blocks]).astype(np.int64)

    def going(self) -> list[int]:
        """The blocks in which a run is still making steps."""
        return [k for k, block in enumerate(self.blocks) if (block.fate[Fate.ENDED] == Ended.STEPS).any()]


class DeviceMany:
    """A program on a device, for runs with ``own`` values of consts; ``turns`` is how often a thread may turn in loops
    before the driver ends them, 0 if it never does."""

    threads = 1

    def __init__(
        self,
        device: Device,
        program: programs.Program,
        bound: Bound,
        own: Sequence[str],
        printer: Printer,
        turns: int = 0,
    ) -> None:
        self.device, self.program, self.bound, self.own = device, program, bound, tuple(own)
        self.printer, self.turns = printer, turns
        self.number: type[np.floating[Any]] = np.float32 if bound.numerics.bits == 32 else np.float64
        self.layout: Layout = layout(program, bound)
        self.reference = REFERENCE.load(program, bound)
        self.shapes = {name: np.shape(bound.values.get(name, 0.0)) for name in self.own}
        self.stopped = False
        self._loaded: dict[tuple[int, bool], tuple[Printed, Program, Buffer]] = {}
        self._beside: LoadedMany | None = None
        self.zeros = device.buffer(np.zeros(2, np.uint32))

    # --- runs

    def ensemble(self, starts: Mapping[str, Array], own: Mapping[str, Array]) -> DeviceEnsemble:
        """The runs before the first step: weights, states and own consts by name, the axis of the runs first."""
        runs = len(next(iter(starts.values())))
        rows = self.layout.rows(starts, runs)
        consts = [np.broadcast_to(own[name], (runs, *self.shapes[name])).reshape(runs, -1) for name in self.own]
        numbers = np.concatenate(consts, axis=1, dtype=np.float64) if consts else np.zeros((runs, 0))
        buffer = self.device.buffer
        blocks = []
        bytes = np.dtype(self.number).itemsize
        most = max(1, min(BLOCK, self.device.most // (bytes * max(1, self.layout.width, numbers.shape[1], len(Fate)))))
        for start in range(0, runs, most):
            some = slice(start, min(runs, start + most))
            count = some.stop - start
            fate = np.zeros((len(Fate), count), np.int32)
            with np.errstate(all="ignore"):
                state, const = (table[some].T.astype(self.number) for table in (rows, numbers))
            blocks.append(Block(count, buffer(state), buffer(fate), buffer(const), fate))
        return DeviceEnsemble(runs, self.layout.width, numbers, blocks)

    def advance(
        self,
        ensemble: DeviceEnsemble,
        rows: Sequence[Sequence[int]],
        first: int,
        pass_length: int,
        *,
        told: Callable[[int], None] = lambda done: None,
    ) -> None:
        """One step of every run that has not ended for each element of ``rows``; ``first`` were made before.

        What was made stays on the device if this is interrupted.
        """
        self.stopped = False
        step = first
        for visits in parts(rows):
            for number in ensemble.going():
                self.some(ensemble.blocks[number], visits, step, pass_length)
                told(number)
                if self.stopped:
                    return
            step += visits.steps

    def some(self, block: Block, visits: Visits, first: int, pass_length: int) -> None:
        """The steps of one block, in calls."""
        count = visits.rows.shape[1]
        same = len(visits.rows) == 1 or bool((visits.rows == visits.rows[0]).all())
        every = same and np.array_equal(visits.rows[0], np.arange(self.bound.patterns))
        printed, program, shared = self.loaded(count, every)
        groups = -(-block.runs // GROUP)
        most = LONGEST
        if self.turns:
            most = max(1, (self.turns - printed.once) // printed.turns)
        step, last = first, first + visits.steps
        while step < last and not self.stopped:
            until = min(last, step + min(most, block.size))
            part = visits.rows[:1] if same else visits.rows[step - first : until - first]
            visited = self.device.buffer(np.ascontiguousarray(part, np.int32))
            began = perf_counter()
            bound = program.bind([shared, block.own, visited, block.states, block.fates, self.zeros])
            program.call(bound, [block.runs, step, until, part.size, pass_length], groups)
            try:
                block.read()
            except KeyboardInterrupt:  # what is known here is what the device has made
                block.read()
                raise
            took = perf_counter() - began
            self.check(block, until)
            if until - step >= block.size:
                block.size = max(1, min(most, int(block.size * min(8.0, max(0.125, CALL / max(took, 1e-9))))))
            step = until
            if (block.fate[Fate.ENDED] != Ended.STEPS).all():
                return

    def check(self, block: Block, until: int) -> None:
        """Raise UsageError E686 if a run that goes on has not made its steps: then a loop was ended from outside."""
        going = block.fate[Fate.ENDED] == Ended.STEPS
        if (block.fate[Fate.STEP][going] != until).any():
            made = int(block.fate[Fate.STEP][going].min())
            raise UsageError(
                "E686",
                f"the graphics card ended a loop early: {until} steps were to be made, and a run made {made}",
                "leave it to the processor",
            )

    def stop(self) -> None:
        """Begin no more calls."""
        self.stopped = True

    # --- what came of them

    def evaluate(self, ensemble: DeviceEnsemble, names: Sequence[str]) -> dict[str, Array]:
        """Quantities by key over all patterns at the runs' weights, the axis of the runs first; on the processor."""
        rows = ensemble.rows
        values, own = self.layout.parts(rows), self.named(ensemble.own)
        if there():
            if self._beside is None:
                self._beside = LoadedMany(self.program, self.bound, self.own, visited=self.bound.patterns)
            return self._beside.evaluate(self._beside.ensemble(values, own), names)
        if not self.own:
            every = np.arange(self.bound.patterns)[None]
            weights = {name: values[name] for name in self.layout.weights}
            return self.reference.evaluate_each(weights, every, names)
        found: dict[str, list[Any]] = {name: [] for name in names}
        for run in range(ensemble.runs):
            alone = self.reference.alike(self.alone(own, run))
            made = alone.evaluate({name: values[name][run] for name in self.layout.weights}, names=names)
            for name in names:
                found[name].append(made[name])
        return {name: np.array(each, np.float64) for name, each in found.items()}

    def departed(self, ensemble: DeviceEnsemble, run: int, rows: Sequence[int]) -> Departure:
        """Where the step of a run that left the finite numbers did so; the reference engine makes that step again."""
        alone = self.reference.alike(self.alone(self.named(ensemble.own), run))
        return alone.departed(ensemble.rows[run], rows, int(ensemble.steps[run]) + 1)

    def alone(self, own: Mapping[str, Array], run: int) -> Bound:
        """The values of one run."""
        return replace(self.bound, values={**self.bound.values, **{name: each[run] for name, each in own.items()}})

    def loaded(self, count: int, every: bool) -> tuple[Printed, Program, Buffer]:
        """The kernel for steps over so many patterns, and what all runs share."""
        if (count, every) not in self._loaded:
            printed = self.printer(count, every)
            symbols = {one.name: one for one in self.program.symbols()}
            shared = [given(self.program, self.bound, symbols[name]).ravel() for name in printed.given]
            numbers = np.concatenate(shared) if shared else np.zeros(0, self.number)
            program = self.device.load(printed.text, "advance", WRITABLE)
            self._loaded[count, every] = printed, program, self.device.buffer(numbers.astype(self.number))
        return self._loaded[count, every]

    def named(self, numbers: Array) -> dict[str, Array]:
        """The own consts of the runs, by name."""
        found, start = {}, 0
        for name, shape in self.shapes.items():
            size = prod(shape)
            found[name] = numbers[:, start : start + size].reshape(-1, *shape)
            start += size
        return found
