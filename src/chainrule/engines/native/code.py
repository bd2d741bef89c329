"""A kernel → what can be called: the compiled function, the arrays that all calls read, and a desk for each thread."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.arrays import Bench
from chainrule.engines.native.barrier import room
from chainrule.engines.native.kernel import WORDS
from chainrule.engines.native.kernel_memory import Control, Kernel
from chainrule.engines.native.machine import compiled
from chainrule.engines.protocol import Array, Bound
from chainrule.engines.runners import arranged, given, steady_values
from chainrule.program.program import Program
from chainrule.tape.record import Recording
from chainrule.values import dataclass

Whole = NDArray[np.int64]

NEVER = 2**62
"""Record after so many steps: none."""


@dataclass(frozen=True, slots=True)
class Visits:
    """Steps that visit equally many patterns: a row of numbers for each step, or one for all of them."""

    rows: Whole
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
class RecordedPart:
    """What one call recorded: rows of the state (entries, runs), the numbers of their steps, and for each box and step
    which runs it put back, a bit for each."""

    numbers: Whole
    table: Array
    boxes: Mapping[str, Whole]

    def put(self, run: int, first: int, last: int) -> dict[str, Whole]:
        """The steps after ``first``, up to ``last``, after which boxes put a weight of a run back, in order of time."""
        found = {}
        for name, bits in self.boxes.items():
            seen = bits[: max(0, last - first)]
            if not np.count_nonzero(seen):  # as a rule, and quicker than to look at each bit
                continue
            steps = np.flatnonzero(seen >> run & 1) + (first + 1)
            if len(steps):
                found[name] = steps
        return dict(sorted(found.items(), key=lambda one: int(one[1][0])))


class Code:
    """A kernel with the arrays that no call changes."""

    def __init__(
        self, program: Program, bound: Bound, recording: Recording, made: Kernel, width: int, runs: int = 1
    ) -> None:
        self.made, self.width, self.runs = made, width, runs
        self.machine = compiled(made.text)
        tape = made.tape
        wanted = {memory.slot for memory in made.memory if memory.what == "steady"}
        bench = Bench(tape, wanted, steady_values(program, bound, recording))
        self.shared: dict[int, Array] = {}
        for place, memory in enumerate(made.memory):
            match memory.what:
                case "steady":
                    have = tape.axes[memory.slot]
                    long = [letter for letter in have if len(tape.ranges[letter]) > 1]
                    array = bench.arrays[memory.slot].reshape([len(tape.ranges[letter]) for letter in long])
                    turned = array.transpose([long.index(letter) for letter in memory.axes])
                    self.shared[place] = np.array(turned, order="C")
                case "data" if memory.symbol:
                    axes = tape.sorted(memory.symbol.letters)
                    first = [program.sets[letter] for letter in axes].index(program.pattern)
                    whole = arranged(given(program, bound, memory.symbol), memory.symbol.letters, tape)
                    self.shared[place] = np.ascontiguousarray(np.moveaxis(whole, first, 0))  # a copy only if it must


class Desk:
    """What a thread needs to call a code: memory, and the whole numbers that go in and out. The memory is its own, or
    that of the first of several threads that make the steps of one run together."""

    def __init__(self, code: Code, first: Desk | None = None, number: int = 0) -> None:
        self.code = code
        self.control = np.zeros(len(Control), np.int64)
        self.control[Control.OWN] = number
        self.arrays: list[Array | None] = first.arrays if first else memory(code)
        self.crew: Whole = first.crew if first else np.zeros(room(code.made.threads, len(WORDS)), np.int64)
        self.addresses = np.array([0 if one is None else one.ctypes.data for one in self.arrays], np.uintp)

    def advance(
        self, state: Array, own: Array, fate: Whole, visits: Visits, first: int, pass_length: int, record: int
    ) -> RecordedPart:
        """Make the steps after ``first``. State and fate become those after the last."""
        code, steps = self.code, visits.steps
        width = 0 if visits.same else visits.rows.shape[1]
        self.control[: Control.STOP] = (steps, first, pass_length, record, width)
        most = (first + steps) // record - first // record
        table, numbers = np.empty((most, code.width, code.runs)), np.empty(most, np.int64)
        boxes = np.zeros((len(code.made.boxed), steps), np.int64)
        self.call([visits.rows, state, own, fate, table, numbers, boxes, self.crew])
        kept = int(self.control[Control.KEPT])
        return RecordedPart(numbers[:kept], table[:kept], dict(zip(code.made.boxed, boxes, strict=True)))

    def compute(self, brought: Sequence[NDArray[Any]], times: int = 1, width: int = 0) -> None:
        """Compute quantities so many times, from one row of the state after another; ``width`` patterns are visited
        each time, or the same ones where it is 0."""
        self.control[Control.STEPS], self.control[Control.WIDTH] = times, width
        self.call(brought)

    def call(self, brought: Sequence[NDArray[Any]]) -> None:
        """Call the function with the arrays that each call brings."""
        self.addresses[: len(brought)] = [array.ctypes.data for array in brought]
        self.code.machine.advance(self.addresses.ctypes.data, self.control.ctypes.data)

    @property
    def stopped(self) -> bool:
        return bool(self.control[Control.STOP])

    def stop(self, *, alone: bool = False) -> None:
        """Let the function end after the step that it is making; or at once, where it waits for one that never came."""
        self.control[Control.STOP] = 2 if alone else 1

    def go_on(self) -> None:
        self.control[Control.STOP] = 0


def memory(code: Code) -> list[Array | None]:
    """The arrays that no call brings: those that all calls read, and new ones to work in."""
    places = enumerate(code.made.memory)
    return [aligned(one.size) if one.what == "scratch" else code.shared.get(place) for place, one in places]


def aligned(size: int) -> Array:
    """Zeros that begin where a line of the cache does."""
    made = np.zeros(size + 7)
    start = -(made.ctypes.data // 8) % 8
    return made[start : start + size]
