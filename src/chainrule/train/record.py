"""Chunks of a training → the rows that are recorded, and the bits of a record for comparing and hashing.

Conventions. Recorded are the start, every state after a multiple of ``every`` steps, and the last state. Weights and
states stand in the program's order.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array, Chunk, State
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of a record: numbers of steps, and the weights and states after them."""

    steps: NDArray[np.int64]
    weights: Mapping[str, Array]
    states: Mapping[str, Array]

    def __len__(self) -> int:
        return len(self.steps)

    def __getitem__(self, rows: slice | NDArray[np.bool_]) -> Block:
        return Block(
            self.steps[rows],
            {name: values[rows] for name, values in self.weights.items()},
            {name: values[rows] for name, values in self.states.items()},
        )

    def state(self, row: int) -> State:
        """Where the training stood at a row."""
        return State(
            {name: np.asarray(values[row]) for name, values in self.weights.items()},
            {name: np.asarray(values[row]) for name, values in self.states.items()},
            int(self.steps[row]),
        )

    def bits(self) -> NDArray[np.int64]:
        """One row of integers for each recorded step: its number, then the bits of every weight and state."""
        columns = [self.steps.reshape(-1, 1)]
        columns += [
            np.ascontiguousarray(values, np.float64).reshape(len(self), prod(values.shape[1:])).view(np.int64)
            for values in (*self.weights.values(), *self.states.values())
        ]
        return np.concatenate(columns, axis=1).astype("<i8")


def single(state: State) -> Block:
    """One state as a block of one row."""
    return Block(
        np.array([state.step]),
        {name: np.asarray(values, np.float64)[None] for name, values in state.weights.items()},
        {name: np.asarray(values, np.float64)[None] for name, values in state.states.items()},
    )


def kept(chunk: Chunk, every: int, after: int) -> Block:
    """The rows of a chunk that belong to a record which reaches to the step ``after``."""
    return Block(chunk.steps, chunk.weights, chunk.states)[(chunk.steps % every == 0) & (chunk.steps > after)]


class Recorder:
    """Collects the rows of a run in arrays of their final size.

    ``whole``, how many rows and the state after them, is set last: whatever interrupts an addition, it tells what is
    there.
    """

    def __init__(self, start: State, rows: int, every: int, first: Block | None = None) -> None:
        """Of a training that begins, or goes on at a state after the rows ``first``, or at one among them."""
        first = single(start) if first is None else first
        self.every = every
        self.rows = Block(
            np.empty(rows, np.int64),
            {name: np.empty((rows, *values.shape[1:])) for name, values in first.weights.items()},
            {name: np.empty((rows, *values.shape[1:])) for name, values in first.states.items()},
        )
        self.whole = self.write(0, first), start

    def write(self, place: int, block: Block) -> int:
        """Put rows at a place; the place after them."""
        stop = place + len(block)
        self.rows.steps[place:stop] = block.steps
        for mine, other in ((self.rows.weights, block.weights), (self.rows.states, block.states)):
            for name, values in other.items():
                mine[name][place:stop] = values
        return stop

    def add(self, chunk: Chunk) -> Block:
        """Append what a chunk recorded; the rows appended."""
        place, _ = self.whole
        block = kept(chunk, self.every, int(self.rows.steps[place - 1]))
        self.whole = self.write(place, block), chunk.state
        return block

    def cut(self, step: int) -> None:
        """Forget what comes after the row of a step."""
        if step >= self.state.step:
            return
        place = int(np.searchsorted(self.rows.steps[: self.whole[0]], step)) + 1
        self.whole = place, self.rows.state(place - 1)

    @property
    def state(self) -> State:
        """Where the training stood after the last chunk that is whole, or at the last row, whichever is later."""
        place, state = self.whole
        return state if state.step >= self.rows.steps[place - 1] else self.rows.state(place - 1)

    def close(self) -> Block:
        """The record, with the last state at its end, read-only."""
        (place, _), state = self.whole, self.state
        if self.rows.steps[place - 1] != state.step:
            place = self.write(place, single(state))
        block = self.rows[:place]
        for values in (block.steps, *block.weights.values(), *block.states.values()):
            values.flags.writeable = False
        return block
