"""A point → what rounding may do to the goal there: below it two values are not told apart, and nothing is concluded.

In small networks it is proved: the equations are computed on intervals, each operation rounded outward, and the width
of what comes out holds every way of rounding. In large networks with letters, or with very many patterns, it is taken
from what the patterns add and from what a move of each weight by a last place does.
"""

from __future__ import annotations

import numpy as np

from chainrule.data.draws import normals
from chainrule.engines.protocol import Array
from chainrule.explain.evaluate.evaluator import Rows
from chainrule.explain.evaluate.jets_with_letters import CALL
from chainrule.explain.measure.context import Context

PATTERNS = 2_000
"""Of more patterns intervals are not computed: the bound of so long a sum is far above what its rounding does."""
SHARE, SAMPLES, SAFETY = 1e-14, 4, 16.0
"""Without intervals: a share of the goal and of what the patterns add, and moves of the weights by last places."""
INTERVALS, SIZE = 60_000, 400_000
"""Of networks with letters: what the operations of one evaluation may count, and the intervals of all points."""
PLACES = 2.0**-50
"""Of a slope with letters: eight last places."""


def slope_blur(context: Context, point: Array, row: int | None = None) -> Array:
    """How far each slope at a point may be from its true value, over all patterns or over one.

    With letters it is taken from the largest derivative by any quantity on the way: what is lost in a factor such as
    1 − h², where h is rounded to 1, is a last place of 1, times such a derivative and a number that is read.
    """
    if len(point) > 64 or not proved(context, len(point), row):
        return np.full(len(point), passed(context, point, row))
    every = np.repeat(point[None, :], len(point), axis=0)
    with np.errstate(all="ignore"):
        slope = context.prover.along(every, every, np.eye(len(point)), row).slope
        widths = np.broadcast_to(slope.high - slope.low, (len(point), 1))[:, 0]
    return np.where(np.isfinite(widths), widths, 0.0)


def proved(context: Context, points: int, row: int | None = None) -> bool:
    """Whether intervals tell what rounding does at so many points: not over very many patterns, nor in networks with
    letters where that would take long."""
    prover, plain = context.prover, context.plain
    if row is None and context.patterns > PATTERNS:
        return False
    return plain or (CALL * prover.operations <= INTERVALS and prover.cost(points, row) <= SIZE)


def passed(context: Context, point: Array, row: int | None) -> float:
    """The same for every slope, from the largest derivative on the way and the largest number there."""
    evaluator = context.evaluator
    rows = None if row is None else np.array([[row]])
    with np.errstate(all="ignore"):
        if evaluator.plain:
            slopes, values = np.abs(evaluator.gradient(point[None, :], rows)).max(initial=0.0), 0.0
        else:
            known = evaluator.grid(point[None, :], rows, backward=True).known
            sizes = {name: largest(one.field.values) for name, one in known.items()}
            slopes = max((size for name, size in sizes.items() if name.startswith("∂")), default=0.0)
            values = max((size for name, size in sizes.items() if not name.startswith("∂")), default=0.0)
        blur = PLACES * float(slopes) * (1.0 + max(values, float(np.abs(point).max(initial=0.0))))
    return blur if np.isfinite(blur) else 0.0


def largest(values: Array) -> float:
    """The size of the largest finite number: entries that nothing has computed are none."""
    sizes = np.abs(values)
    return float(np.max(sizes, initial=0.0, where=np.isfinite(sizes)))


def bend_blur(context: Context, point: Array, directions: Array) -> Array:
    """How far the curvature along each of some directions may be from its true value; 0 where it is not known."""
    if not len(directions) or not proved(context, len(directions)):
        return np.zeros(len(directions))
    every = np.repeat(point[None, :], len(directions), axis=0)
    with np.errstate(all="ignore"):
        bend = context.prover.along(every, every, directions).bend
        widths = np.broadcast_to(bend.high - bend.low, (len(directions), 1))[:, 0]
    return np.where(np.isfinite(widths), widths, 0.0)


def slope_rounding(context: Context, point: Array) -> float:
    """How far the slopes at a point may be from their true values, over all patterns, taken together."""
    if not proved(context, min(len(point), 64)):
        top = float(np.abs(context.hessian(point)).max(initial=0.0))
        return 64 * 2.0**-53 * top * (1 + float(np.abs(point).max(initial=0.0)))
    return float(np.linalg.norm(slope_blur(context, point)))


def rounding(context: Context, points: Array, rows: Rows | None = None) -> Array:
    """How far the goal at each point may be from its true value."""
    evaluator = context.evaluator
    if proved(context, len(points)) or (context.plain and evaluator.patterns(rows) <= PATTERNS):
        with np.errstate(all="ignore"):
            found = context.prover.goal(points, rows)
            width = np.broadcast_to(found.high - found.low, (len(points), 1))[:, 0]
            goals = np.abs(evaluator.goal(points, rows))
        return np.where(np.isfinite(width), width, SHARE * goals)
    drawn = np.sign(normals(0, "rounding", SAMPLES * points.shape[1]))
    moves = 1 + 2.0**-52 * drawn.reshape(SAMPLES, -1)
    with np.errstate(all="ignore"):
        here = evaluator.goal(points, rows)
        apart = [np.abs(evaluator.goal(points * move, rows) - here) for move in moves]
    return np.asarray(SAFETY * np.max(apart, axis=0) + SHARE * np.abs(here))
