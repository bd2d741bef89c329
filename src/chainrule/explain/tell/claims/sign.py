"""sign: which way? The error on both sides of each weight, beside the sign of its slope."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from chainrule.explain.measure.claims.sign import MOST, BothSides, Side, Sign
from chainrule.explain.measure.no_slope import NoSlope
from chainrule.explain.measure.samples import median
from chainrule.explain.measure.summary import FEWEST
from chainrule.explain.naming import Naming
from chainrule.explain.tell.claim import Claim, claimed
from chainrule.explain.tell.kinks import uneven_told
from chainrule.explain.tell.no_step import no_step_told
from chainrule.explain.wording import count, listing, num, table

QUESTION = "Which way does each weight go, and why that way?"


def tell(found: Sign) -> Claim:
    """Whether the goal rises on the side to which the sign points, and falls on the other."""
    match found:
        case NoSlope():
            return claimed("sign", QUESTION, found, none(found))
        case BothSides():
            point = found.naming.point(list(found.point.values()))
            tested = f"tested at {point} on {found.naming.visited(found.visit)}"
            return claimed("sign", QUESTION, found, said(found), working(found), (tested,))


def none(found: NoSlope) -> str:
    naming = found.naming
    return (
        no_step_told(naming, found.reason, found.start)
        or uneven_told(naming, found.uneven, naming.total)
        or f"The slope is 0 where the run starts: to first order {naming.total} changes neither way and no direction "
        "is better."
    )


def said(found: BothSides) -> str:
    naming, sides = found.naming, list(found.weights.values())
    error = naming.error(found.visit)
    if found.disagree:
        side = max((side for side in sides if side.agrees is False), key=lambda one: abs(one.slope))
        w = naming.weights[side.place]
        return (
            f"The sign is wrong for {count(found.disagree, 'weight')}{worst_of(found.disagree, len(sides))}: the slope "
            f"by {w} is given as {num(side.slope)}, but raising {w} by {num(side.h)} takes {error} from "
            f"{num(side.here)} to {num(side.above, 6)} and lowering it to {num(side.below, 6)}."
        )
    if not found.holds and found.uneven is not None:
        return f"The sign does not decide here. {uneven_told(naming, found.uneven, error)}"
    if not found.holds:
        return "The slopes are so small here that rounding hides which side is lower; the sign cannot be tested."
    if len(naming.weights) == 1:
        return of_one(found, sides[0], error)
    tested = len(sides) - found.unclear
    clear = (
        f"{count(tested, 'weight')} with a slope" if tested == found.with_a_slope
        else f"{tested} of {found.with_a_slope} weights with a slope"
    )  # fmt: skip
    right = "its sign is right" if tested == 1 else "every sign is right"
    return (
        f"On both sides of {clear} {error} was computed, and {right}: "
        f"{ways(naming, [side for side in sides if side.agrees is not None])}, to the side where it is {naming.lower}"
        f"{turned(found)}."
    )


def of_one(found: BothSides, side: Side, error: str) -> str:
    """Which way the one weight goes."""
    naming, g = found.naming, side.slope
    w, here = naming.weights[side.place], next(iter(found.point.values()))
    return (
        f"{naming.slope(side.place)} = {num(g)} is {'negative' if g < 0 else 'positive'}: raising {w} "
        f"{'lowers' if g < 0 else 'raises'} {error} here ({num(side.above)} at {w} = {num(here + side.h)}, "
        f"{num(side.below)} at {w} = {num(here - side.h)}), so {w} goes {goes(naming, side)}{turned(found)}."
    )


def goes(naming: Naming, side: Side) -> str:
    return "up" if naming.sense * side.slope < 0 else "down"


def worst_of(wrong: int, looked: int) -> str:
    """Of how many, and that the steepest follows."""
    return "" if looked == 1 else f" of {looked}, here the steepest" if wrong > 1 else f" of {looked}"


def turned(found: BothSides) -> str:
    """What a negative rate makes of it."""
    alpha = found.naming.rate
    return f" with a positive {alpha}; but {alpha} is negative in this run, and its steps go the other way" if (
        found.backwards
    ) else ""  # fmt: skip


def ways(naming: Naming, sides: Sequence[Side]) -> str:
    """Which weights go up and which go down."""
    parts = []
    for way in ("up", "down"):
        part = [naming.weights[side.place] for side in sides if goes(naming, side) == way]
        if part:
            parts.append(f"{listing(part, 4)} {'goes' if len(part) == 1 else 'go'} {way}")
    return " and ".join(parts)


def working(found: BothSides) -> tuple[str, ...]:
    """Both sides in a table, the weight whose sides differ least, and what is so of weights with slope 0."""
    naming, sides = found.naming, list(found.weights.values())
    lines = table([
        ("weight", "slope", "h", "at −h", "here", "at +h", "it is better" if found.backwards else "so it goes"),
        *(
            (naming.weights[side.place], num(side.slope), num(side.h), num(side.below, 6), num(side.here, 6),
             num(side.above, 6), goes(naming, side))
            for side in sides[:MOST]
        ),
    ])  # fmt: skip
    if len(sides) >= FEWEST:
        lines += (faintest(naming, sides),)
    if len(sides) > MOST:
        lines += (f"and {count(len(sides) - MOST, 'weight')} more, all in the evidence",)
    if found.with_a_slope < len(naming.weights):
        lines += (zero(found),)
    return lines


def faintest(naming: Naming, sides: Sequence[Side]) -> str:
    """The weight whose two sides differ least, the median, and for how many the sign is right."""
    apart = [abs(side.above - side.below) for side in sides]
    place, right = int(np.argmin(apart)), sum(side.agrees is True for side in sides)
    return (
        f"the sign is right for {right} of {len(sides)}; the two sides are {num(median(apart))} apart in the median, "
        f"least for {naming.weights[sides[place].place]}: {num(apart[place])}"
    )


def zero(found: BothSides) -> str:
    """What is said of weights whose slope is 0: what is so just beside the point, where that is another thing."""
    naming, many = found.naming, len(found.naming.weights) - found.with_a_slope
    error, weights = naming.error(found.visit), count(many, "weight")
    if found.flat:
        names = listing((naming.weights[place] for place in found.flat), 4)
        return f"{weights} with slope 0 by the rule; just beside, {error} does change with {names}"
    if found.broken:
        return f"{weights} with slope 0 here; what {error} does further off it does not say"
    return f"{weights} with slope 0: to first order the error does not depend on {'it' if many == 1 else 'them'}"
