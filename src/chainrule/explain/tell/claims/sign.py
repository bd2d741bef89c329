"""sign: which way? The error on both sides of each weight, beside the sign of its slope."""

from __future__ import annotations

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.evaluate.evaluator import units
from chainrule.explain.measure.context import Context, Moment, rows_of
from chainrule.explain.measure.kinks import apart, both, broken, sides
from chainrule.explain.measure.rounding import slope_blur
from chainrule.explain.measure.samples import median
from chainrule.explain.measure.summary import FEWEST
from chainrule.explain.tell.claim import Claim
from chainrule.explain.tell.kinks import told
from chainrule.explain.tell.no_step import unmoved
from chainrule.explain.wording import count, listing, num, table

QUESTION = "Which way does each weight go, and why that way?"
WIDTHS = tuple(10.0**-power for power in range(1, 16))
MOST = 8
WORK = 200_000_000
"""Numbers that may be computed; where all weights would need more, an even sample of them is looked at, and said."""
Places = np.ndarray[tuple[int], np.dtype[np.int64]]


def claim(context: Context) -> Claim:
    """Does the goal rise on the side to which the sign points, and fall on the other, for every weight with a slope?"""
    moment = context.moment
    if moment is None:
        return Claim(
            "sign", QUESTION,
            unmoved(context)
            or told(context, context.start, None, context.total_name)
            or f"The slope is 0 where the run starts: to first order {context.total_name} changes neither way and no "
            "direction is better.",
            False, {"gradient": context.gradient(context.start).tolist()},
        )  # fmt: skip
    sloped = np.flatnonzero(moment.gradient)
    chosen = sample(context, moment, sloped)
    sides = [both_sides(context, moment, int(place)) for place in chosen]
    wrong = [place for place, side in zip(chosen, sides, strict=True) if side["agrees"] is False]
    unclear = [place for place, side in zip(chosen, sides, strict=True) if side["agrees"] is None]
    error = context.naming.error(context.visit(moment.rows))
    evidence = {
        "point": dict(zip(context.names, moment.before.tolist(), strict=True)),
        "rows": list(moment.rows),
        "weights": {context.names[place]: side for place, side in zip(chosen, sides, strict=True)},
        "agree": len(chosen) - len(wrong) - len(unclear),
        "disagree": len(wrong),
        "unclear": len(unclear),
        "with_a_slope": len(sloped),
    }
    tested = f"tested at {context.point(moment.before)} on {context.visited(moment.rows)}"
    if wrong:
        place = int(max(wrong, key=lambda one: abs(moment.gradient[one])))
        side = sides[chosen.tolist().index(place)]
        w = context.weight(place)
        statement = (
            f"The sign is wrong for {count(len(wrong), 'weight')}{worst_of(len(wrong), len(chosen))}: the slope by "
            f"{w} is given as {num(moment.gradient[place])}, "
            f"but raising {w} by {num(side['h'])} takes {error} from {num(side['here'])} to {num(side['above'], 6)} "
            f"and lowering it to {num(side['below'], 6)}."
        )
    elif len(chosen) == len(unclear) and (kinks := told(context, moment.before, moment.rows, error)):
        statement = f"The sign does not decide here. {kinks}"
    elif len(chosen) == len(unclear):
        statement = "The slopes are so small here that rounding hides which side is lower; the sign cannot be tested."
    elif len(context.names) == 1:
        place, side = int(chosen[0]), sides[0]
        w, g = context.weight(place), float(moment.gradient[place])
        raising, way = ("lowers", "up") if g < 0 else ("raises", "down")
        if context.sense < 0:
            way = "up" if g > 0 else "down"
        statement = (
            f"{context.slope_names[place]} = {num(g)} is {'negative' if g < 0 else 'positive'}: raising {w} "
            f"{raising} {error} here "
            f"({num(side['above'])} at {w} = {num(moment.before[place] + side['h'])}, {num(side['below'])} at "
            f"{w} = {num(moment.before[place] - side['h'])}), so {w} goes {way}{turned(context)}."
        )
    else:
        clearly = np.array([place for place in chosen if place not in unclear], dtype=np.int64)
        up = [int(place) for place in clearly if context.sense * moment.gradient[place] < 0]
        tested_all = len(chosen) - len(unclear)
        clear = (
            f"{count(tested_all, 'weight')} with a slope"
            if tested_all == len(sloped)
            else f"{tested_all} of {len(sloped)} weights with a slope"
        )
        statement = (
            f"On both sides of {clear} {error} was computed, and every sign is right: "
            f"{ways(context, moment, clearly, up)}, to the side where it is {context.lower}{turned(context)}."
        )
    lines = table(
        [("weight", "slope", "h", "at −h", "here", "at +h", "it is better" if context.backwards else "so it goes")]
        + [
            (
                context.weight(int(place)), num(moment.gradient[place]), num(side["h"]), num(side["below"], 6),
                num(side["here"], 6), num(side["above"], 6),
                "up" if context.sense * moment.gradient[place] < 0 else "down",
            )
            for place, side in list(zip(chosen, sides, strict=True))[:MOST]
        ]
    )  # fmt: skip
    if len(chosen) >= FEWEST:
        lines += faintest(context, chosen, sides)
    zero = len(context.names) - len(sloped)
    if len(chosen) > MOST:
        lines += (f"and {count(len(chosen) - MOST, 'weight')} more, all in the evidence",)
    if zero:
        lines += (zero_told(context, moment, error, zero),)
    return Claim("sign", QUESTION, statement, not wrong and len(unclear) < len(chosen), evidence, lines, (tested,))


def zero_told(context: Context, moment: Moment, error: str, zero: int) -> str:
    """What is said of weights whose slope is 0: what is so just beside the point, where that is another thing."""
    seen = sides(context, moment.before, moment.rows)
    still = moment.gradient[seen.places] == 0
    moved = still & ((np.abs(seen.right) > 0) | (np.abs(seen.left) > 0) | seen.jumps)
    it = "it" if zero == 1 else "them"
    if moved.any():
        names = listing((context.weight(int(place)) for place in seen.places[moved]), 4)
        return f"{count(zero, 'weight')} with slope 0 by the rule; just beside, {error} does change with {names}"
    if broken(context):
        return f"{count(zero, 'weight')} with slope 0 here; what {error} does further off it does not say"
    return f"{count(zero, 'weight')} with slope 0: to first order the error does not depend on {it}"


def worst_of(wrong: int, looked: int) -> str:
    """Of how many, and that the steepest follows."""
    return "" if looked == 1 else f" of {looked}, here the steepest" if wrong > 1 else f" of {looked}"


def faintest(context: Context, chosen: Places, sides: list[dict[str, float | bool | None]]) -> tuple[str, ...]:
    """The weight whose two sides differ least, the median, and for how many the sign is right."""
    apart = np.array([abs(float(side["above"] or 0) - float(side["below"] or 0)) for side in sides])
    place, right = int(np.argmin(apart)), sum(side["agrees"] is True for side in sides)
    return (
        f"the sign is right for {right} of {len(chosen)}; the two sides are {num(median(apart))} apart in the median, "
        f"least for {context.weight(int(chosen[place]))}: {num(apart[place])}",
    )


def sample(context: Context, moment: Moment, places: Places) -> Places:
    """The weights that are looked at: all of them, or an even sample where that is too much work."""
    work = context.evaluator.width(len(moment.rows), True, False) * (2 * len(WIDTHS) + 1)
    most = max(MOST, WORK // work)
    return places if len(places) <= most else places[np.linspace(0, len(places) - 1, most).astype(np.int64)]


def turned(context: Context) -> str:
    """What a negative rate makes of it."""
    other = f"; but {context.rate_name} is negative in this run, and its steps go the other way"
    return f" with a positive {context.rate_name}{other}" if context.backwards else ""


def ways(context: Context, moment: Moment, chosen: Places, up: list[int]) -> str:
    """Which weights go up and which go down."""
    down = [int(place) for place in chosen if int(place) not in up]
    parts = [
        f"{listing((context.weight(int(place)) for place in part), 4)} {'goes' if len(part) == 1 else 'go'} {way}"
        for part, way in ((up, "up"), (down, "down"))
        if part
    ]
    return " and ".join(parts)


def both_sides(context: Context, moment: Moment, place: int) -> dict[str, float | bool | None]:
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
    noise = 16 * np.finfo(float).eps * abs(here)
    agrees = (
        (np.sign(above - here) == sign)
        & (np.sign(here - below) == sign)
        & (np.minimum(abs(above - here), abs(here - below)) > noise)
    )
    against = (np.sign(above - below) == -sign) & (np.abs(above - below) > noise)
    if against.any() and excused(context, moment, place):
        against &= False  # it is right at the point itself; what lies beyond a kink is another matter
    small = slice(2, 6)  # where curvature no longer decides and rounding does not yet
    if agrees.any():
        best, verdict = int(np.argmax(agrees)), True
        if against[small].all():
            best, verdict = 3, False
    elif against[small].any():
        best, verdict = 2 + int(np.argmax(against[small])), False
    else:
        best, verdict = 3, None
    return {
        "slope": float(moment.gradient[place]),
        "h": float(widths[best]),
        "below": float(below[best]),
        "here": here,
        "above": float(above[best]),
        "agrees": verdict,
    }


def excused(context: Context, moment: Moment, place: int) -> bool:
    """Whether the slope is right, but for rounding, or the weight stands on a kink: one-sided rates, which step over
    nothing, decide."""
    unit = units(len(moment.before), [place])
    right, left, *jumps = both(context, moment.before, unit, moment.rows)
    given = float(moment.gradient[place])
    kink = bool(apart(right, -left).any() or any(jump.any() for jump in jumps))
    blur = float(slope_blur(context, moment.before, moment.rows[0] if len(moment.rows) == 1 else None)[place])
    return kink or abs(float(right[0]) - given) <= 1e-6 * abs(given) + blur
