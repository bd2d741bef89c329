"""The error over the weight, for a network with one: the curve, the tangent where a step was taken, and the step.

Only numbers: how they are drawn is a matter of the views.
"""

from __future__ import annotations

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.measure.context import Context
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Curve:
    """E over w on ``weights``; the tangent and the step at ``before``; where the run ended.

    ``rows`` are the patterns of the step (the curve is theirs), in words: ``pattern 2 (x = 1, y = 1)``.
    """

    weight: str
    goal: str
    rows: str
    weights: Array
    goals: Array
    before: tuple[float, float]
    slope: float
    after: tuple[float, float]
    end: tuple[float, float]
    box: tuple[float, float]


def curve(context: Context, points: int = 241) -> Curve | None:
    """The curve about the first step that moved the weight; None with more weights, or where nothing moved."""
    moment = context.moment
    if len(context.names) != 1 or moment is None:
        return None
    low, high = (float(end[0]) for end in context.box)
    finite = context.path[np.isfinite(context.path).all(axis=1), 0]
    near = finite[np.abs(finite) <= 1e3 * max(1.0, abs(float(finite[0])))]
    least, most = float(near.min()), float(near.max())
    margin = max(0.35 * (most - least), 3 * abs(float(moment.change[0])), 0.5)
    left = low if np.isfinite(low) and np.isfinite(high) else least - margin
    right = high if np.isfinite(low) and np.isfinite(high) else most + margin
    weights = np.linspace(left, right, points)
    if not (np.diff(weights) > 0).all():  # so large a weight that there are too few numbers beside it to draw
        return None

    def goals(at: Array) -> Array:
        rows = np.repeat(np.array([moment.rows], dtype=np.int64), len(at), axis=0)
        return context.evaluator.goal(at[:, None], rows)

    w0, w1, last = float(moment.before[0]), float(moment.after[0]), float(context.end[0])
    marks = goals(np.array([w0, w1, last]))
    return Curve(
        context.weight(0), context.goal_name, context.naming.visited(context.visit(moment.rows)), weights,
        goals(weights),
        (w0, float(marks[0])), float(moment.gradient[0]), (w1, float(marks[1])), (last, float(marks[2])), (low, high),
    )  # fmt: skip
