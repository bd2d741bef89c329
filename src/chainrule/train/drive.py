"""A loaded program and an order → the chunks of a training, as many steps at once as take about a tenth of a second.

How the steps are cut into chunks never changes a number: it only decides how often progress is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from time import perf_counter
from typing import Literal

from chainrule.engines.protocol import Array, Chunk, Departure, Loaded, State
from chainrule.program.program import Program
from chainrule.train.order import Order

Why = Literal["steps", "converged", "left the finite numbers", "interrupted"]

TENTH = 0.1
"""Seconds that a chunk should take: progress is told, and Ctrl-C heard, about ten times a second."""

ROWS = 2**18
"""The most rows that one chunk lists."""

RECORDED = 2**26
"""Bytes that one chunk records at most."""


def drive(loaded: Loaded, order: Order, state: State, stop: int, record: int = 1) -> Iterator[Chunk]:
    """Train from a state until ``stop`` steps are done, the numbers leave the finite, or nothing changes any more."""
    bytes_a_row = sum(values.nbytes for group in (state.weights, state.states) for values in group.values())
    listed = 1 if order.batch == "all" else order.width or order.patterns
    most = max(1, min(ROWS // listed, RECORDED * record // max(1, bytes_a_row)))
    size = 1
    while state.step < stop:
        rows = visited(order, state.step, min(stop, state.step + size), table=loaded.table)
        began = perf_counter()
        chunk = loaded.advance(state, rows, order.pass_length, record)
        took = perf_counter() - began
        yield chunk
        if chunk.departure or chunk.converged:
            return
        state = chunk.state
        size = max(1, min(most, int(size * min(8.0, max(0.125, TENTH / max(took, 1e-9))))))


def visited(order: Order, start: int, stop: int, *, table: bool) -> Sequence[Sequence[int]]:
    """The patterns of the steps, as one array if the engine likes that better and they can be one."""
    found = order.table(start, stop) if table else None
    return order.visits(start, stop) if found is None else found  # type: ignore[return-value]


def finish(loaded: Loaded, order: Order, state: State, stop: int) -> State:
    """The state after ``stop`` steps, or the last one if the training ends before."""
    for chunk in drive(loaded, order, state, stop, record=max(1, stop)):
        state = chunk.state
    return state


def ending(chunk: Chunk | None) -> tuple[Why, Departure | None]:
    """How a training ended whose last chunk this was (None: it had no step to do)."""
    if chunk and chunk.departure:
        return "left the finite numbers", chunk.departure
    return ("converged" if chunk and chunk.converged else "steps"), None


def error(loaded: Loaded, program: Program, weights: Mapping[str, Array]) -> float:
    """The goal over all patterns."""
    return float(loaded.evaluate(weights, names=[program.objective])[program.objective])
