"""A point → the point without slope to which Newton's method leads from it, for as many weights as have a matrix."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.ends.tolerances import NO_SLOPE, ROUNDED_SLOPE, TINY
from chainrule.explain.measure.rounding import slope_rounding

ROUNDED = 2.0**-53


MOVES, MOVES_WITH_LETTERS = 120, 40
"""Newton's steps: near a point without curvature each shortens the way by a share only."""


NEAR, SETTLED = 1e-5, 1e-10
"""Of the size of the weights: a move by which Newton's method is near the place, and one by which it is there: there
it doubles its digits with each."""
LEAST = 1e-8
"""A slope that is less where the search begins has no larger one to be measured against."""


def newton_target(context: Context, free: NDArray[np.bool_], begin: Array | None = None) -> Array | None:
    """The point without slope to which Newton's method leads from the end, or from another point, through places that
    bend upward only."""
    start = context.end if begin is None else begin
    key = free.tobytes() + start.tobytes()
    if key not in context.targets:
        context.targets[key] = searched(context, free, start)
    return context.targets[key]


def searched(context: Context, free: NDArray[np.bool_], start: Array) -> Array | None:
    """The same, looked for."""
    if context.many:
        return None
    point, sense = start.copy(), context.sense
    first, near, last = None, False, np.zeros(len(start))
    for _ in range(MOVES if context.plain else MOVES_WITH_LETTERS):
        with np.errstate(all="ignore"):
            slope = sense * context.evaluator.gradient(point[None, :])[0][free]
            matrix = (sense * context.hessian(point))[np.ix_(free, free)]
        if not (np.isfinite(slope).all() and np.isfinite(matrix).all()):
            return None
        if first is not None and not np.any(slope):
            return point
        values = np.linalg.eigvalsh(matrix)
        if values[0] <= 4 * len(values) * ROUNDED * max(abs(values[-1]), TINY):
            rounding = ROUNDED_SLOPE * float(values[-1]) * (1 + float(np.abs(point).max()))
            length = float(np.linalg.norm(slope))
            return point if first is not None and length <= min(NO_SLOPE * first, rounding) and near else None
        first = float(np.linalg.norm(slope)) if first is None else first
        new = context.project(np.where(free, point - spread(np.linalg.solve(matrix, slope), free), point))
        moved, size = float(np.linalg.norm(new - point)), 1 + float(np.abs(point).max())
        rounding, near = ROUNDED_SLOPE * float(values[-1]) * size, moved <= NEAR * size
        if moved <= SETTLED * size:
            settled = np.linalg.norm(slope) <= max(NO_SLOPE * max(first, LEAST), rounding) or first < LEAST
            return sharper(context, free, point, new, last) if settled else None
        small = np.linalg.norm(slope) <= NO_SLOPE * first and near
        if small and np.linalg.norm(slope) <= max(rounding, slope_rounding(context, point)):
            # the slope is all rounding: nearer it cannot be found by such steps
            return sharper(context, free, point, new, last)
        last, point = new - point, new
    return None


LINEAR = 0.25
"""Where each of Newton's moves is more than this share of the one before, they shrink by a factor: there the point has
no curvature in some direction, and the moves that are left are a geometric series."""


def sharper(context: Context, free: NDArray[np.bool_], before: Array, found: Array, last: Array) -> Array:
    """The point at which Newton's moves end that shrink by a factor, if the slope is no larger there."""
    move = found - before
    earlier, length = float(np.linalg.norm(last)), float(np.linalg.norm(move))
    if not LINEAR * earlier < length < earlier:
        return found
    ratio = length / earlier
    point = context.project(found + move * (ratio / (1 - ratio)))
    slopes = np.linalg.norm(context.evaluator.gradient(np.array([point, found]))[:, free], axis=1)
    return np.asarray(point if slopes[0] <= slopes[1] else found)


def spread(move: Array, free: NDArray[np.bool_]) -> Array:
    found = np.zeros(len(free))
    found[free] = move
    return found
