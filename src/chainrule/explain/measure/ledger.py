"""A run → its steps one by one: the goal before and after each, over the patterns that it visited and over all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array
from chainrule.explain.measure.context import Context
from chainrule.values import dataclass

MOST_STEPS = 20_000
"""Steps that are looked at one by one; of a longer run an even sample is taken, and said."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Steps of the run with the goal before and after each: over the patterns it visited, and over all."""

    steps: NDArray[np.int64]  # their numbers, from 1
    before: Array
    after: Array
    all_before: Array
    all_after: Array
    moved: NDArray[np.bool_]
    projected: NDArray[np.bool_]
    of: int  # how many steps the run has
    at: Array  # the weights before each step, and after it
    to: Array


def booked(context: Context) -> Ledger | None:
    """Before and after each step; None where no two recorded steps follow each other."""
    follows = np.flatnonzero(np.diff(context.steps) == 1)
    if not len(follows):
        return None
    widths = {len(context.rows(int(context.steps[place]))) for place in follows[:: max(1, len(follows) // 50)]}
    seen = ((context.patterns, False), (max(widths), True))
    cost = max(context.evaluator.width(width, own, False) for width, own in seen)
    budget = max(10, min(MOST_STEPS, (4_000_000 if context.plain else 20_000_000) // cost))
    if len(follows) > budget:
        follows = follows[np.linspace(0, len(follows) - 1, budget).astype(np.int64)]
    before, after = context.path[follows], context.path[follows + 1]
    own_before, own_after = np.empty(len(follows)), np.empty(len(follows))
    visited = [context.rows(int(context.steps[place])) for place in follows]
    for width in {len(rows) for rows in visited}:
        chosen = np.array([place for place, rows in enumerate(visited) if len(rows) == width])
        rows = np.array([visited[place] for place in chosen], dtype=np.int64)
        own_before[chosen] = context.evaluator.goal(before[chosen], rows)
        own_after[chosen] = context.evaluator.goal(after[chosen], rows)
    low, high = context.box
    projected = np.any(((after == low) | (after == high)) & np.isfinite(after) & (before != after), axis=1)
    return Ledger(
        context.steps[follows] + 1,
        own_before,
        own_after,
        context.evaluator.goal(before),
        context.evaluator.goal(after),
        np.any(before != after, axis=1),
        projected,
        int(context.steps[-1]),
        before,
        after,
    )
