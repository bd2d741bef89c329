"""toward: does the step point at the place where the training ends? The angle between the two."""

from __future__ import annotations

from chainrule.explain.measure.claims.toward import Nowhere, Toward, Turned
from chainrule.explain.measure.summary import FEWEST
from chainrule.explain.tell.claim import Claim, claimed
from chainrule.explain.wording import num, table

SURE = 1e-4
"""Of an angle: where rounding turns it by less, three digits of it are sure."""
QUESTION = "Does the step point at the minimum?"


def tell(found: Toward) -> Claim:
    """Whether −gradient, over all patterns, points from the start to where the run ended."""
    match found:
        case Nowhere():
            return claimed("toward", QUESTION, found, f"There is nothing to compare: {nothing(found)}.")
        case Turned(towards=None):
            return claimed("toward", QUESTION, found, of_one(found))
        case Turned():
            condition = f"slopes {found.naming.everything}"
            return claimed("toward", QUESTION, found, of_many(found), working(found), (condition,))


def nothing(found: Nowhere) -> str:
    match found.reason:
        case "no number":
            return "the slope at the start is no number"
        case "no slope":
            return "the slope is 0 at the start"
        case "no way":
            return "the run ended where it began"


def of_one(found: Turned) -> str:
    return (
        f"With one weight a direction is a sign, and it {'points' if found.holds else 'does not point'} to "
        f"{found.naming.point(found.end)}, where the run ended; how far that is it does not say: the slope is "
        f"{num(found.slope)}, the way is {num(found.way)}."
    )


def of_many(found: Turned) -> str:
    return (
        f"{'Here it does' if found.holds else 'No'}: at the start the direction of the step and the way to "
        f"{found.naming.point(found.end)}, where the run ended, are {apart(found)} apart. A step promises to "
        f"go {'down' if found.naming.sense > 0 else 'up'}, not to arrive"
        f"{'; that it points there is a property of this network at this start.' if found.holds else '.'}"
    )


def apart(found: Turned) -> str:
    """The angle, with as many digits as rounding leaves of it."""
    if found.rounding < SURE * found.angle:
        return f"{num(found.angle, 3)}°"
    return f"about {num(found.angle, 2)}° (rounding may turn it by {num(found.rounding, 1)}°)"


def working(found: Turned) -> tuple[str, ...]:
    """The angle at some steps of the run, and which weights go the other way."""
    looks = ((str(look.step), f"{num(look.angle, 3)}°", num(look.left)) for look in found.looks)
    lines = table([("after step", "angle to where it ends", "still to go"), *looks])
    if len(found.end) < FEWEST:
        return lines
    line = (
        f"weight by weight, {found.towards} of {len(found.end)} go towards where they ended and {found.away} the other "
        "way"
    )
    if found.away:
        place, way = found.furthest
        line += f", with the longest way {found.naming.weights[place]}: it ended {num(way)} from its start"
    return (*lines, line)
