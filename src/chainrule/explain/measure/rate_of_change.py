"""A step of the run → the rate at which its error changes along it, by a complex step, and what rounding may do to it.

The complex step knows no rule and cancels nothing. What rounding may do is computed for this network at these numbers.
Each operation on the way may round once, by half a unit in the last place of what the patterns add. What is lost where
large numbers cancel is seen beside the step: at points that lie close, the equations of the gradient and the complex
step have one ratio but for rounding, so the spread of that ratio is what rounding does; so is what a move of each
weight by a unit in the last place does.
"""

from __future__ import annotations

import math

import numpy as np

from chainrule.data.draws import normals
from chainrule.engines.protocol import Array
from chainrule.explain.measure.chain.operations import Sizes, backward, operations, sizes_of
from chainrule.explain.measure.context import Context, Moment, rows_of
from chainrule.explain.measure.samples import evenly
from chainrule.values import dataclass

ROUNDING = 2.0**-53
SAMPLES = 8
SAFETY = 16.0
"""How many times further than the furthest of the samples rounding may move a slope."""
PATTERNS = 200
"""Patterns of a step whose own slopes are looked at; of more, an even sample."""


@dataclass(frozen=True, slots=True)
class Rate:
    """True rate of change over the one that the gradient says, and how far from 1 rounding may move that."""

    ratio: float
    tolerance: float

    @property
    def clear(self) -> bool:
        """Whether it is known well enough to say anything."""
        return math.isfinite(self.ratio) and self.tolerance < 1e-4

    @property
    def right(self) -> bool:
        return abs(self.ratio - 1) <= self.tolerance


def rate(context: Context, moment: Moment) -> Rate:
    """The rate along minus the gradient of a step."""
    size = float(np.abs(moment.gradient).max())
    way = -context.sense * moment.gradient / size
    said = float(moment.gradient @ way)
    here = abs(float(context.evaluator.goal(moment.before[None, :], rows_of(moment, 1))[0]))
    length = 1e-20 * here / abs(said) if here and said else 1e-20
    if not 1e-280 < length < 1e250:
        return Rate(math.nan, math.inf)
    count = len(way)
    drawn = np.sign(normals(0, "rate", SAMPLES * count)).reshape(SAMPLES, count)
    moved = moment.before * (1 + 2 * ROUNDING * drawn)
    with np.errstate(all="ignore"):
        points = np.concatenate([moment.before[None, :], moved]) + 1j * length * way
        points[-1] = moment.before + 1j * length / 1024 * way
        steps = np.array([length] * SAMPLES + [length / 1024])
        found = context.evaluator.goal(points, rows_of(moment, len(points))).imag / steps
        apart = float(np.abs(found[1:] - found[0]).max())
        sizes = Sizes({**sizes_of(context), context.program.pattern: 1})
        trained = [symbol.name for symbol in context.trained]
        roundings = operations(backward(context.program, trained), sizes) + len(moment.rows)
        sums = ROUNDING * roundings * added(context, moment, way)
        jitter = scatter(context, moment, way, length)
        return Rate(float(found[0]) / said, SAFETY * ((apart + sums) / abs(said) + jitter))


def scatter(context: Context, moment: Moment, way: Array, length: float) -> float:
    """How far apart the ratios of the two slopes are at points close to the step, a billionth of its numbers away."""
    drawn = normals(0, "scatter", SAMPLES * len(way)).reshape(SAMPLES, len(way))
    points = moment.before + 1e-9 * drawn * (np.abs(moment.before) + 1e20 * length * np.abs(way))
    rows = rows_of(moment, SAMPLES)
    true = context.evaluator.goal(points + 1j * length * way, rows).imag / length
    ratios = np.sort(context.evaluator.gradient(points, rows) @ way / true)
    return float(ratios[-1] - ratios[0])


def added(context: Context, moment: Moment, way: Array) -> float:
    """What the patterns of a step add to the rate, all taken as positive: a sum may cancel, its rounding does not."""
    places = evenly(len(moment.rows), PATTERNS)
    rows = np.array(moment.rows, dtype=np.int64)[places]
    own = np.abs(context.evaluator.gradient(np.repeat(moment.before[None, :], len(rows), axis=0), rows[:, None]))
    each = own @ np.abs(way)
    return float(each.mean() if context.reduced == "mean" else each.mean() * len(moment.rows))
