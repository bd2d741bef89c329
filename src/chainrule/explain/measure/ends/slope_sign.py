"""One weight: the sign of its slope for every finite value, or on a range, as far as it can be proved."""

from __future__ import annotations

import math

import numpy as np

from chainrule.explain.measure.context import Context
from chainrule.explain.measure.finding import aside, sometimes
from chainrule.explain.measure.kinks import stepping
from chainrule.explain.measure.proofs import Restriction, slope_sign
from chainrule.explain.naming import Pattern
from chainrule.values import dataclass

OPEN = ("not settled", "plateau", "still falling", "running away", "on the way", "asleep")
"""Ends after which a proof that nothing is least at a finite weight says more."""
LOOKED, MOST = 200, 8
"""Patterns whose own sign is looked at; and whose slopes are shown at the ends of a box."""
FAR = 32.0
"""How far from 0 the slope of a network with one weight is looked at."""


@dataclass(frozen=True, slots=True)
class OnRange:
    """The sign of the slope from ``low`` to ``high``, proved; 0 or None where it is not."""

    low: float
    high: float
    sign: int | None


@dataclass(frozen=True, slots=True)
class AtEnds:
    """The slope of a pattern at both ends of the box, and its sign for every finite weight; None where not proved."""

    pattern: Pattern
    first: float
    last: float
    sign: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SlopeSign:
    """The sign of the slope of one weight, as far as it is proved."""

    slope_sign_for_every_weight: int
    """−1 or 1: the sign of the slope for every finite weight, proved; 0 where it is not"""
    slope_sign_on_range: OnRange | None = sometimes()
    """the same from `low` to `high`"""
    box: tuple[float, float] = aside()
    idle: tuple[int, ...] = aside()
    """patterns that add exactly 0 to the slope"""
    ends: tuple[AtEnds, ...] = aside()

    def opens(self, kind: str) -> bool:
        """Whether an end of this kind is that nothing is least at a finite weight."""
        free = not any(map(math.isfinite, self.box))
        return bool(self.slope_sign_for_every_weight) and free and kind in OPEN


def slope_sign_of(context: Context) -> SlopeSign:
    """Whether the slope keeps its sign for every weight, on the box and without it."""
    low, high = (float(end[0]) for end in context.box)
    steps = stepping(context)
    sign = 0 if steps else every_sign(context)  # where the error jumps, its slope does not say where it is least
    on_range: OnRange | None = None
    idle: tuple[int, ...] = ()
    if sign and context.patterns > 1:
        idle = tuple(row for row in range(min(context.patterns, LOOKED)) if pattern_sign(context, row) == 0)
    if not sign:
        seen = context.path[np.isfinite(context.path).all(axis=1), 0]
        left, right = max(low, min(-FAR, float(seen.min()))), min(high, max(FAR, float(seen.max())))
        if not steps and math.isfinite(left) and right > left:
            line = Restriction(context.prover, np.zeros(1), np.ones(1), left, right, None, 1)
            on_range = OnRange(left, right, slope_sign(line))
    return SlopeSign(
        slope_sign_for_every_weight=sign, slope_sign_on_range=on_range, box=(low, high), idle=idle,
        ends=tuple(at_ends(context)),
    )  # fmt: skip


def at_ends(context: Context) -> list[AtEnds]:
    """The slope of each pattern at both ends of the box, and its sign in between and beyond, where it is proved."""
    low, high = (float(end[0]) for end in context.box)
    if not (math.isfinite(low) and math.isfinite(high)) or context.patterns > MOST:
        return []
    rows = np.repeat(np.arange(context.patterns), 2)[:, None]
    slopes = context.evaluator.gradient(np.tile([[low], [high]], (context.patterns, 1)), rows)[:, 0].reshape(-1, 2)
    return [
        AtEnds(context.pattern_at(row), float(first), float(last), pattern_sign(context, row))
        for row, (first, last) in enumerate(slopes)
    ]


def every_sign(context: Context) -> int:
    """The sign of the slope over all patterns for every finite weight, proved from exact bounds; 0 where not."""
    if context.patterns > LOOKED:
        return 0
    key = context.program.gradient(context.names[0])
    found = context.evaluator.everywhere().get(key)
    if found is None:
        return 0
    return -1 if found.negative else 1 if found.positive else 0


def pattern_sign(context: Context, row: int) -> int | None:
    """The same for one pattern: −1, 1, 0 if it is exactly 0, None if nothing was proved."""
    found = context.evaluator.everywhere(row).get(context.program.gradient(context.names[0]))
    if found is None:
        return None
    return 0 if found.constant == 0 else -1 if found.negative else 1 if found.positive else None
