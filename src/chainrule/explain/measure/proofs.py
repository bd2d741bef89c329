"""Interval arithmetic on pieces of a line: a bound of the curvature, and the sign of the slope, on all of it.

Conventions. The line is t ↦ θ + t·r for t from ``low`` to ``high``, which may be ∞; with one weight r = 1, θ = 0 and t
is the weight. What is returned was proved for every t between, or is None.
"""

from __future__ import annotations

import math

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.evaluate.intervals import Floats, down, up
from chainrule.explain.evaluate.jets import Jet, stretched
from chainrule.explain.evaluate.prover import Prover
from chainrule.values import dataclass

WORK = 150_000
"""Pieces times numbers of an operation that a proof may cost."""


@dataclass(frozen=True, slots=True)
class Restriction:
    """t ↦ θ + t·r over ``low ≤ t ≤ high``, and what is looked at: the goal over all patterns, or one quantity."""

    prover: Prover
    origin: Array
    direction: Array
    low: float
    high: float
    row: int | None = None
    sense: int = 1  # −1 looks at −goal

    def jets(self, low: Floats, high: Floats) -> Jet:
        """The goal with slope and bend on pieces of the line."""
        if len(self.origin) == 1 and self.origin[0] == 0 and self.direction[0] == 1:
            left, right = low[:, None], high[:, None]
        else:
            ends = (np.outer(low, self.direction), np.outer(high, self.direction))
            left = down(self.origin + down(np.minimum(*ends)))
            right = up(self.origin + up(np.maximum(*ends)))
        with np.errstate(all="ignore"):
            found = self.prover.along(left, right, self.direction, self.row)
        found = stretched(found, (len(low), 1))  # a goal that no weight reaches has one lane
        return found if self.sense > 0 else -found

    def spent(self) -> bool:
        """Whether no more may be looked for."""
        return self.prover.spent(self.row)

    def bend(self, t: Floats) -> Floats:
        """The second derivative at points, in the middle of what rounding leaves open."""
        found = self.jets(np.asarray(t, dtype=np.float64), np.asarray(t, dtype=np.float64)).bend
        with np.errstate(all="ignore"):
            return np.asarray((found.low / 2 + found.high / 2)[:, 0])

    @property
    def width(self) -> int:
        """Numbers of an operation on one piece."""
        return self.prover.width(self.row)


@dataclass(frozen=True, slots=True)
class Peak:
    """The curvature is nowhere above ``bound``; the greatest that was met is ``met``, at t = ``at``."""

    bound: float
    met: float
    at: float
    pieces: int


def pieces(low: float, high: float, count: int) -> tuple[Floats, Floats]:
    """The line cut in pieces; towards an infinite end they grow."""
    if math.isfinite(low) and math.isfinite(high):
        edges = np.linspace(low, high, count + 1)
        edges[0], edges[-1] = low, high
    else:
        grown = np.sinh(np.linspace(0, math.asinh(1e4), count // 2 + 1)[1:])
        if math.isfinite(low):
            edges = np.concatenate([[low], low + grown, [np.inf]])
        elif math.isfinite(high):
            edges = np.concatenate([[-np.inf], high - grown[::-1], [high]])
        else:
            edges = np.concatenate([[-np.inf], -grown[::-1], [0.0], grown, [np.inf]])
    return edges[:-1], edges[1:]


def peak(line: Restriction, share: float = 1e-4, first: int = 512) -> Peak | None:
    """A proved upper bound of the second derivative on the line, sharp to about ``share`` of it, or None.

    Pieces whose bound is above the greatest value met are halved until the bound is sharp or the work is used up.
    """
    if line.spent():
        return None
    budget = max(64, WORK // line.width * first // 512)
    low, high = pieces(line.low, line.high, min(first, budget // 4))
    met, at, used, done = -math.inf, math.nan, 0, -math.inf
    while True:
        bound = line.jets(low, high).bend.high[:, 0]
        middle = np.where(np.isinf(low), high, low)
        inner = np.isfinite(low) & np.isfinite(high)
        middle[inner] = low[inner] + (high[inner] - low[inner]) / 2
        values = line.bend(middle)
        values = np.where(np.isfinite(values), values, -math.inf)
        used += len(low)
        best = int(np.argmax(values))
        if values[best] > met:
            met, at = float(values[best]), float(middle[best])
        rough = bound > max(met, 0.0) * (1 + share) + 1e-300
        done = max(done, float(bound[~rough].max(initial=-math.inf)))
        if not rough.any():
            return Peak(max(done, met), met, at, used)
        # halving does not help at a kink: there the bound stays infinite
        least = np.where(np.isinf(bound), 1e-6, 1e-12)
        thin = ~(high - low > least * np.maximum(1.0, np.abs(low)))
        enough = line.spent() or used + 2 * int(rough.sum()) > budget
        if enough or bool((rough & (thin | np.isinf(low) | np.isinf(high))).any()):
            worst = float(bound.max())
            return Peak(max(done, worst), met, at, used) if math.isfinite(worst) else None
        middle = low[rough] + (high[rough] - low[rough]) / 2
        low, high = np.concatenate([low[rough], middle]), np.concatenate([middle, high[rough]])


def unbounded(line: Restriction) -> float | None:
    """A place of the (finite) line near which the second derivative has no bound: a kink, a jump or a pole."""
    low, high = pieces(line.low, line.high, 512)
    for _ in range(30):
        if line.spent():
            return None
        bound = line.jets(low, high).bend.high[:, 0]
        place = int(np.argmax(bound))
        if math.isfinite(bound[place]):
            return None
        middle = float(low[place] + (high[place] - low[place]) / 2)
        if not low[place] < middle < high[place]:
            break
        low, high = np.array([low[place], middle]), np.array([middle, high[place]])
    return middle


def polished(line: Restriction, peak: Peak) -> Peak:
    """The greatest curvature met, looked for more closely around where it was met."""
    if not math.isfinite(peak.at):
        return peak
    at, met, width = peak.at, peak.met, 1e-2 * max(1.0, abs(peak.at))
    while width > 1e-8 * max(1.0, abs(at)) and not line.spent():
        around = np.clip(at + width * np.linspace(-1, 1, 81), line.low, line.high)
        values = np.nan_to_num(line.bend(around), nan=-math.inf)
        best = int(np.argmax(values))
        if values[best] > met:
            at, met = float(around[best]), float(values[best])
        width /= 20
    return Peak(peak.bound, met, at, peak.pieces)


def turns(line: Restriction, low: float, high: float) -> list[tuple[float, int]]:
    """Where the curvature changes its sign between ``low`` and ``high``, as met on 801 points: (t, sign after it)."""
    if line.spent():
        return []
    grid = np.linspace(low, high, 801)
    values = line.bend(grid)
    tiny = 1e-9 * float(np.nanmax(np.abs(np.where(np.isfinite(values), values, np.nan)), initial=0.0))
    signs = np.where(np.abs(values) > tiny, np.sign(values), 0)
    found = []
    for place in np.flatnonzero(signs[:-1] * signs[1:] < 0):
        left, right = float(grid[place]), float(grid[place + 1])
        for _ in range(0 if line.spent() else 7):
            fine = np.linspace(left, right, 65)
            after = int(np.argmax(np.sign(line.bend(fine)) == signs[place + 1]))
            left, right = float(fine[max(0, after - 1)]), float(fine[after])
        found.append((left, int(signs[place + 1])))
    return found


def slope_sign(line: Restriction) -> int | None:
    """−1 or 1 if the slope is proved to have this sign on all of the line, else None."""
    budget = max(64, WORK // line.width)
    low, high = pieces(line.low, line.high, min(256, budget // 4))
    sign, used = 0, 0
    while len(low):
        if line.spent():
            return None
        slope = line.jets(low, high).slope
        above, below = slope.low[:, 0] > 0, slope.high[:, 0] < 0
        used += len(low)
        found = {1} if above.any() else set()
        found |= {-1} if below.any() else set()
        if len(found) == 2 or (found and sign and found != {sign}):
            return None
        sign = sign or next(iter(found), 0)
        open_ = ~(above | below)
        unbounded = np.isinf(low) | np.isinf(high) | ~(high - low > 1e-9 * np.maximum(1.0, np.abs(low)))
        if (open_ & unbounded).any() or used + 2 * int(open_.sum()) > budget or open_.sum() > 2048:
            return None
        middle = low[open_] + (high[open_] - low[open_]) / 2
        low, high = np.concatenate([low[open_], middle]), np.concatenate([middle, high[open_]])
    return sign or None
