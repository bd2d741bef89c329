"""How much was computed to check the lines of a derivation: there is a limit, and what is beyond it is not checked.

Half of the limit is for all points; after it a line is checked at one point, which finds what is false as well.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace

from chainrule.derive.derivation import Check, Derivation, Reason
from chainrule.derive.points import Point, slack
from chainrule.expr.limits import most
from chainrule.values import dataclass

RELATIVE, ABSOLUTE = 1e-9, 1e-13
"""So near are sides that are equal but for rounding; where more of it may be met, it is measured."""

UNCHECKED = Check(None, 0.0, 0)
"""Of a line for which nothing could be computed."""

VALUELESS = Check(None, 0.0, 0, True)
"""Of a line that is no finite number at any of the points, in a model that is none on the way."""


class Enough(Exception):
    """The limit is reached in the middle of a line."""


@dataclass(slots=True)
class Work:
    """Numbers that were computed: counted, so that a busy machine prints the same."""

    made: int = 0
    limit: str = "checks"

    def add(self, numbers: int) -> None:
        """More of them. Raises Enough beyond the limit."""
        self.made += numbers
        if self.made > most(self.limit):
            raise Enough

    @property
    def scarce(self) -> bool:
        """Whether more than half of the limit is used."""
        return 2 * self.made > most(self.limit)


def agree(ours: float, theirs: float, near: float, rounding: Callable[[], float]) -> bool:
    """Whether two sides are equal but for rounding: they are near, or rounding alone parts them as far at this point.

    A side that is not finite agrees with none, however large the other is.

    >>> agree(1.0, 1.0 + 1e-12, 1e-9, float), agree(1.0, float("inf"), float("inf"), float)
    (True, False)
    """
    apart = abs(ours - theirs)
    return math.isfinite(apart) and (apart <= near or apart <= rounding())


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides of a line at a point: how they are computed, what rounding may do, and the error if they differ."""

    point: Point
    values: Callable[[], tuple[float, float]]
    rounding: Callable[[], float]
    false: Callable[[float, float], Exception]


def compared(places: Iterable[Callable[[], Sides]], work: Work) -> Check:
    """The check of a line by its sides at points. Raises the error of the first point at which they differ."""
    worst, used = 0.0, 0
    for place in places:
        if used and work.scarce:
            break
        one = place()
        try:
            ours, theirs = one.values()
        except Enough:
            return Check(True, worst, used) if used else UNCHECKED
        if not (math.isfinite(ours) and math.isfinite(theirs)) and not one.point.certain:
            continue  # at a corner of a domain, or where the model divides by 0, a line may say ∞ = ∞
        apart, largest = abs(ours - theirs), max(abs(ours), abs(theirs))
        if not agree(ours, theirs, RELATIVE * largest + slack(one.point, ABSOLUTE), one.rounding):
            raise one.false(ours, theirs)
        used += 1
        worst = max(worst, apart / (largest or 1.0))
    return Check(True, worst, used) if used else VALUELESS


def noted(derivation: Derivation) -> Derivation:
    """The derivation with a note on lines that were not checked, where there are some."""
    steps = [one for step in derivation.steps for one in (step, *step.sub)]
    notes = []
    for valueless, rule in ((False, "unchecked"), (True, "valueless")):
        missing = sum(one.check.ok is None and one.check.valueless is valueless for one in steps)
        if missing:
            lines = f"{missing} of {len(steps)} lines {'was' if missing == 1 else 'were'} not checked"
            lines = "no line was checked" if missing == len(steps) else lines
            notes.append(Reason(rule, {"lines": lines, "most": f"{most('checks'):,}"}))
    return replace(derivation, notes=(*derivation.notes, *notes)) if notes else derivation

