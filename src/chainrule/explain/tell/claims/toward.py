"""toward: does the step point at the place where the training ends? The angle between the two."""

from __future__ import annotations

import numpy as np

from chainrule.explain.measure.context import Context
from chainrule.explain.measure.samples import evenly
from chainrule.explain.measure.summary import FEWEST, summary
from chainrule.explain.tell.claim import Claim
from chainrule.explain.tell.claims.steepest import angle
from chainrule.explain.wording import num, table

QUESTION = "Does the step point at the minimum?"
STRAIGHT = 1.0
"""Degrees within which a direction points at a place."""


def claim(context: Context) -> Claim:
    """Does −gradient, over all patterns, point from the start to where the run ended?"""
    slope = context.sense * context.evaluator.gradient(context.start[None, :])[0]
    way = context.end - context.start
    if not np.any(slope) or not np.any(way) or not np.isfinite(slope).all():
        what = "the slope is 0 at the start" if not np.any(slope) else "the run ended where it began"
        what = what if np.isfinite(slope).all() else "the slope at the start is no number"
        return Claim("toward", QUESTION, f"There is nothing to compare: {what}.", False, {"angle": None})
    if len(context.names) == 1:
        right = bool(-slope[0] * way[0] > 0)
        told = (
            f"With one weight a direction is a sign, and it {'points' if right else 'does not point'} to "
            f"{context.point(context.end)}, where the run ended; how far that is it does not say: the slope is "
            f"{num(context.sense * slope[0])}, the way is {num(way[0])}."
        )
        return Claim("toward", QUESTION, told, right, {"angle": 0.0 if right else 180.0, "way": float(way[0])})
    here = angle(-slope, way)
    moments = evenly(len(context.path) - 1, 5)
    rows = [("after step", "angle to where it ends", "still to go")]
    for place in moments:
        at = context.path[place]
        left, pull = context.end - at, context.sense * context.evaluator.gradient(at[None, :])[0]
        if np.any(left) and np.any(pull):
            turned = f"{num(angle(-pull, left), 3)}°"
            rows.append((str(int(context.steps[place])), turned, num(float(np.linalg.norm(left)))))
    straight = here <= STRAIGHT
    told = (
        f"{'Here it does' if straight else 'No'}: at the start the direction of the step and the way to "
        f"{context.point(context.end)}, where the run ended, are {num(here, 3)}° apart. A step promises to go "
        f"{'down' if context.sense > 0 else 'up'}, not to arrive"
        + ("; that it points there is a property of this network at this start." if straight else ".")
    )
    goes = np.sign(-slope * way)
    away = summary(np.abs(way) * (goes < 0))
    on, left = int(np.count_nonzero(goes > 0)), int(np.count_nonzero(goes < 0))
    line = f"weight by weight, {on} of {len(way)} go towards where they ended and {left} the other way"
    if left:
        line += f", with the longest way {context.weight(away.place)}: it ended {num(way[away.place])} from its start"
    evidence = {"angle": here, "way": float(np.linalg.norm(way)), "towards": on, "away": left}
    return Claim(
        "toward", QUESTION, told, straight, evidence, (*table(rows), *([line] if len(way) >= FEWEST else [])),
        (f"slopes {context.everything}",),
    )  # fmt: skip
