"""One weight and a run → the range on which curvature is proved, and the rates whose steps stay inside it.

A bound of the curvature speaks for a step only where it holds on all of its way. The way of a step with rate α leads
from a weight w that the run met to w − α·slope; slopes are bounded by intervals on all weights between those of the
run. So a range that ends some way beyond them is left by no step with a rate below that way over the largest slope
towards it.
"""

from __future__ import annotations

import math

import numpy as np

from chainrule.explain.measure.context import Context
from chainrule.explain.measure.proofs import Peak, Restriction, peak
from chainrule.values import dataclass

BEYOND = (0.125, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 64.0, 256.0, 4096.0, math.inf)
"""How far beyond the weights of the run a range is tried to end, in widths of what the run went through."""
FAR = 1e9
"""Of a run that went further than so many times its start, the start alone is looked at."""
PIECES, HALVINGS = 256, 6


@dataclass(frozen=True, slots=True)
class Span:
    """The weights from which steps are taken: all between the least and the most of the run."""

    least: float
    most: float


@dataclass(frozen=True, slots=True)
class ProvedRange:
    """A range with the bound of the curvature on it, and the rate below which a step from the span stays inside."""

    line: Restriction
    peak: Peak
    reach: float

    @property
    def safe(self) -> float:
        return min(2 / self.peak.bound if self.peak.bound > 0 else math.inf, self.reach)


def span(context: Context) -> Span:
    path = context.path[np.isfinite(context.path).all(axis=1), 0]
    first = float(path[0])
    if context.run.departure is not None or np.abs(path).max() > FAR * (1 + abs(first)):
        return Span(first, first)
    return Span(float(path.min()), float(path.max()))


def ranged(context: Context, row: int | None = None, share: float = 1e-4) -> ProvedRange | None:
    """The range whose proof allows the longest steps, for the goal over all patterns or over one."""
    low, high = (float(end[0]) for end in context.box)
    whole = line_of(context, low, high, row)
    found = peak(whole, share)
    if found is not None:
        return ProvedRange(whole, found, math.inf)
    if whole.spent():
        return None
    steps = span(context)
    slopes = pulls(context, steps, row)

    def tried(times: float) -> ProvedRange | None:
        ends = range_of(context, steps, slopes, times)
        if not ends[0] < ends[1]:
            return None
        line = line_of(context, *ends, row)
        seen = peak(line, share)
        return None if seen is None else ProvedRange(line, seen, rate_to(context, steps, ends, slopes))

    best, short, long = None, 0.0, math.inf
    for times in BEYOND:
        this = tried(times)
        if this is None:
            if best is not None:
                long = times
                break
            continue
        best = this if best is None or this.safe > best.safe else best
        if this.safe < this.reach:  # the curvature ends it: a longer range bends at least as much
            long = times
            break
        short = times
    for _ in range(HALVINGS if math.isfinite(long) and short else 0):
        middle = (short + long) / 2
        this = tried(middle)
        best = this if this is not None and (best is None or this.safe > best.safe) else best
        short, long = (middle, long) if this is not None and this.safe == this.reach else (short, middle)
    return best


def range_of(context: Context, steps: Span, slopes: tuple[float, float], times: float) -> tuple[float, float]:
    """The weights of the run and so many of their widths beyond, to the sides on which a slope leads."""
    (low, high), (down, up) = (float(end[0]) for end in context.box), slopes
    width = max(steps.most - steps.least, 1e-3 * (1 + abs(steps.least)))
    left = max(low, steps.least - times * width) if down > 0 else steps.least
    return left, min(high, steps.most + times * width) if up > 0 else steps.most


def rate_to(context: Context, steps: Span, ends: tuple[float, float], slopes: tuple[float, float]) -> float:
    """The rate below which no step from the span leaves a range; an end of the box is never left."""
    (low, high), (left, right), (down, up) = (float(end[0]) for end in context.box), ends, slopes
    below = math.inf if down == 0 or left == low else (steps.least - left) / down
    above = math.inf if up == 0 or right == high else (right - steps.most) / up
    return min(below, above)


def pulls(context: Context, steps: Span, row: int | None) -> tuple[float, float]:
    """The largest slope that leads down and the largest that leads up, on all of the span: ∞ where no bound is."""
    edges = np.linspace(steps.least, steps.most, PIECES + 1 if steps.least < steps.most else 2)
    edges[0], edges[-1] = steps.least, steps.most
    line = line_of(context, steps.least, steps.most, row)
    pieces, ends = line.jets(edges[:-1], edges[1:]), line.jets(edges, edges).slope
    rises, falls = pieces.bend.low[:, 0] >= 0, pieces.bend.high[:, 0] <= 0  # there the ends of a piece bound it
    low, high = pieces.slope.low[:, 0], pieces.slope.high[:, 0]
    least, most = (np.where(rises, *two) for two in (
        (ends.low[:-1, 0], np.where(falls, ends.low[1:, 0], low)),
        (ends.high[1:, 0], np.where(falls, ends.high[:-1, 0], high)),
    ))  # fmt: skip
    return max(0.0, float(most.max())), max(0.0, -float(least.min()))


def line_of(context: Context, low: float, high: float, row: int | None) -> Restriction:
    return Restriction(context.prover, np.zeros(1), np.ones(1), low, high, row, context.sense)
