"""sign: the goal on both sides of each weight → whether it rises on the side to which the sign of the slope points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array
from chainrule.explain.evaluate.evaluator import units
from chainrule.explain.measure.context import Context, Moment, rows_of
from chainrule.explain.measure.finding import aside
from chainrule.explain.measure.kinks import Uneven, apart, both, broken, sides, uneven
from chainrule.explain.measure.no_slope import NoSlope, no_slope
from chainrule.explain.measure.rounding import slope_blur
from chainrule.explain.naming import Naming, Visit
from chainrule.values import dataclass

Kind = Literal["right", "wrong", "hidden"]
WIDTHS = tuple(10.0**-power for power in range(1, 16))
"""Distances to both sides, of the size of the weight."""
MOST = 8
"""Weights that are shown one by one, and looked at in any case."""
WORK = 200_000_000
"""Numbers that may be computed; where all weights would need more, an even sample of them is looked at, and said."""
CLOSE = 1e-6
"""Of a slope: a one-sided rate that differs by less is the same, where the rule takes that side."""
PLACES = 16.0
"""Last places of the goal that its rounding may be."""
EVEN = 0.5
"""Of the change to one side: where the other is smaller, the weight may stand on a kink beside which that side is
level, and what is seen of it is curvature or rounding."""
SMALL, CLEAREST = slice(2, 6), 3
"""The distances at which curvature no longer decides and rounding does not yet; and the best of them."""
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One weight: the goal at w − h, w and w + h, and whether that agrees with its slope; None where rounding hides
    it."""

    place: int = aside()
    slope: float
    h: float
    below: float
    here: float
    above: float
    agrees: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BothSides:
    """The goal on both sides of each weight with a slope, or of an even sample of them."""

    naming: Naming = aside()
    visit: Visit = aside()
    backwards: bool = aside()
    """whether the rate of the run is negative"""
    point: Mapping[str, float]
    """the weights at which both sides were looked at"""
    rows: tuple[int, ...]
    """the patterns"""
    weights: Mapping[str, Side]
    """for each weight with a slope that was looked at: `slope`, `h`, the goal `below`, `here` and `above`, and
    `agrees`"""
    agree: int
    """signs that are right"""
    disagree: int
    """signs that are wrong"""
    unclear: int
    """signs that rounding hides"""
    with_a_slope: int
    """weights with a slope"""
    uneven: Uneven | None = aside()
    """the kink at the point, where no sign is clear"""
    flat: tuple[int, ...] = aside()
    """weights with slope 0 with which the goal changes just beside the point"""
    broken: bool = aside()
    """whether the equations have kinks or steps at all"""

    @property
    def holds(self) -> bool:
        return not self.disagree and self.unclear < len(self.weights)

    @property
    def kind(self) -> Kind:
        return "wrong" if self.disagree else "right" if self.holds else "hidden"


Sign = BothSides | NoSlope


def measure(context: Context) -> Sign:
    """Does the goal rise on the side to which the sign points, and fall on the other, for every weight with a slope?"""
    moment = context.moment
    if moment is None:
        return no_slope(context)
    sloped = np.flatnonzero(moment.gradient)
    seen = [both_sides(context, moment, int(place)) for place in sample(context, moment, sloped)]
    wrong = sum(side.agrees is False for side in seen)
    unclear = sum(side.agrees is None for side in seen)
    zero = len(sloped) < len(context.names)
    return BothSides(
        naming=context.naming, visit=context.visit(moment.rows), backwards=context.backwards,
        point=dict(zip(context.names, moment.before.tolist(), strict=True)), rows=moment.rows,
        weights={context.names[side.place]: side for side in seen}, agree=len(seen) - wrong - unclear, disagree=wrong,
        unclear=unclear, with_a_slope=len(sloped),
        uneven=uneven(context, moment.before, moment.rows) if unclear == len(seen) else None,
        flat=flat(context, moment) if zero else (), broken=zero and bool(broken(context)),
    )  # fmt: skip


def flat(context: Context, moment: Moment) -> tuple[int, ...]:
    """Of the weights with slope 0 those with which the goal changes just beside the point."""
    seen = sides(context, moment.before, moment.rows)
    still = moment.gradient[seen.places] == 0
    moved = still & ((np.abs(seen.right) > 0) | (np.abs(seen.left) > 0) | seen.jumps)
    return tuple(int(place) for place in seen.places[moved])


def sample(context: Context, moment: Moment, places: Places) -> Places:
    """The weights that are looked at: all of them, or an even sample where that is too much work."""
    work = context.evaluator.width(len(moment.rows), True, False) * (2 * len(WIDTHS) + 1)
    most = max(MOST, WORK // work)
    return places if len(places) <= most else places[np.linspace(0, len(places) - 1, most).astype(np.int64)]


def both_sides(context: Context, moment: Moment, place: int) -> Side:
    """The goal at w − h, w and w + h, for the widest h at which both sides agree with the slope, else where it is
    clearest."""
    scale = max(1.0, abs(float(moment.before[place])))
    widths = scale * np.array(WIDTHS)
    points = np.repeat(moment.before[None, :], 2 * len(widths) + 1, axis=0)
    points[1 : len(widths) + 1, place] += widths
    points[len(widths) + 1 :, place] -= widths
    found: Array = context.evaluator.goal(points, rows_of(moment, len(points)))
    here, above, below = float(found[0]), found[1 : len(widths) + 1], found[len(widths) + 1 :]
    sign = np.sign(moment.gradient[place])
    noise = PLACES * np.finfo(float).eps * abs(here)
    agrees = (
        (np.sign(above - here) == sign)
        & (np.sign(here - below) == sign)
        & (np.minimum(abs(above - here), abs(here - below)) > noise)
    )
    against = (np.sign(above - below) == -sign) & (np.abs(above - below) > noise)
    if against.any() and excused(context, moment, place):
        against &= False  # it is right at the point itself; what lies beyond a kink is another matter
    verdict: bool | None
    if agrees.any():
        best, verdict = int(np.argmax(agrees)), True
        if against[SMALL].all():
            best, verdict = CLEAREST, False
        else:
            ends = sorted((abs(float(above[best]) - here), abs(here - float(below[best]))))
            doubt = ends[0] < EVEN * ends[1] or not agrees[SMALL].any()
            if doubt and not rises(context, moment, place):
                best, verdict = CLEAREST, None
    elif against[SMALL].any():
        best, verdict = SMALL.start + int(np.argmax(against[SMALL])), False
    else:
        best, verdict = CLEAREST, None
    return Side(
        place=place, slope=float(moment.gradient[place]), h=float(widths[best]), below=float(below[best]), here=here,
        above=float(above[best]), agrees=verdict,
    )  # fmt: skip


def rises(context: Context, moment: Moment, place: int) -> bool:
    """Whether the goal changes as the slope says just beside the point too, where it is smooth or has a kink; what is
    seen further off alone lies beyond another kink."""
    right, left, *jumps = both(context, moment.before, units(len(moment.before), [place]), moment.rows)
    sign = np.sign(moment.gradient[place])
    return bool(any(jump.any() for jump in jumps) or (np.sign(right[0]) == sign and np.sign(left[0]) == -sign))


def excused(context: Context, moment: Moment, place: int) -> bool:
    """Whether the slope is right, but for rounding, or the weight stands on a kink: one-sided rates, which step over
    nothing, decide."""
    unit = units(len(moment.before), [place])
    right, left, *jumps = both(context, moment.before, unit, moment.rows)
    given = float(moment.gradient[place])
    kink = bool(apart(right, -left).any() or any(jump.any() for jump in jumps))
    blur = float(slope_blur(context, moment.before, moment.rows[0] if len(moment.rows) == 1 else None)[place])
    return kink or abs(float(right[0]) - given) <= CLOSE * abs(given) + blur
