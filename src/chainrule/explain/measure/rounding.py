"""A point → what rounding may do to the goal there: below it two values are not told apart, and nothing is concluded.

For plain numbers it is proved: the equations are computed on intervals, each operation rounded outward, and the width
of what comes out holds every way of rounding. With letters, or with very many patterns, it is taken from what the
patterns add and from what a move of each weight by a last place does.
"""

from __future__ import annotations

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.evaluate.evaluator import Rows
from chainrule.explain.evaluate.intervals import point
from chainrule.explain.evaluate.jets import fixed
from chainrule.explain.measure.context import Context
from chainrule.numbers.random import normal

PATTERNS = 2_000
"""Of more patterns intervals are not computed: the bound of so long a sum is far above what its rounding does."""
SHARE, SAMPLES, SAFETY = 1e-14, 4, 16.0
"""Without intervals: a share of the goal and of what the patterns add, and moves of the weights by last places."""
PLACES = 2.0**-50
"""Of a slope with letters: eight last places."""


def slope_blur(context: Context, point: Array, row: int | None = None) -> Array:
    """How far each slope at a point may be from its true value, over all patterns or over one.

    With letters it is taken from the largest derivative by any quantity on the way: what is lost in a factor such as
    1 − h², where h is rounded to 1, is a last place of 1, times such a derivative and a number that is read.
    """
    evaluator = context.evaluator
    if not evaluator.plain or (row is None and evaluator.bound.patterns > PATTERNS) or len(point) > 64:
        return np.full(len(point), passed(context, point, row))
    widths = np.zeros(len(point))
    with np.errstate(all="ignore"):
        for place, unit in enumerate(np.eye(len(point))):
            slope = evaluator.along(point[None, :], point[None, :], unit, row)[evaluator.program.objective].slope
            widths[place] = float(np.max(slope.high - slope.low))
    return np.where(np.isfinite(widths), widths, 0.0)


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
    """How far the curvature along each of some directions may be from its true value; 0 where it is not known, which is
    so with letters."""
    evaluator = context.evaluator
    if not evaluator.plain or evaluator.bound.patterns > PATTERNS:
        return np.zeros(len(directions))
    widths = np.zeros(len(directions))
    with np.errstate(all="ignore"):
        for place, way in enumerate(directions):
            bend = evaluator.along(point[None, :], point[None, :], way)[evaluator.program.objective].bend
            widths[place] = float(np.max(bend.high - bend.low))
    return np.where(np.isfinite(widths), widths, 0.0)


def slope_rounding(context: Context, point: Array) -> float:
    """How far the slopes at a point may be from their true values, over all patterns, taken together."""
    evaluator = context.evaluator
    if not evaluator.plain or evaluator.bound.patterns > PATTERNS:
        top = float(np.abs(context.hessian(point)).max(initial=0.0))
        return 64 * 2.0**-53 * top * (1 + float(np.abs(point).max(initial=0.0)))
    return float(np.linalg.norm(slope_blur(context, point)))


def rounding(context: Context, points: Array, rows: Rows | None = None) -> Array:
    """How far the goal at each point may be from its true value."""
    evaluator = context.evaluator
    patterns = evaluator.patterns(rows)
    if evaluator.plain and patterns <= PATTERNS:
        with np.errstate(all="ignore"):
            given = {name: fixed(point(value)) for name, value in evaluator.put_in(points, rows).items()}
            found = evaluator.ready_to_prove(given, patterns)[evaluator.program.objective].value
            width = np.broadcast_to(found.high - found.low, (len(points), 1))[:, 0]
            goals = np.abs(evaluator.goal(points, rows))
        return np.where(np.isfinite(width), width, SHARE * goals)
    drawn = np.sign([normal(0, "rounding", place) for place in range(SAMPLES * points.shape[1])])
    moves = 1 + 2.0**-52 * drawn.reshape(SAMPLES, -1)
    with np.errstate(all="ignore"):
        here = evaluator.goal(points, rows)
        apart = [np.abs(evaluator.goal(points * move, rows) - here) for move in moves]
    return np.asarray(SAFETY * np.max(apart, axis=0) + SHARE * np.abs(here))
