"""All weights that a box allows, at once → a number beyond which the goal is nowhere, proved by intervals.

A sum of squares is not below 0, and no error of cross-entropy is: of a run that still gets on, that tells how much is
left at most.
"""

from __future__ import annotations

import math

import numpy as np

from chainrule.explain.measure.context import Context

NOTHING = 1e-300
"""What rounding outwards makes of a bound that is 0: some of the smallest numbers there are."""


def goal_bound(context: Context) -> float | None:
    """Below it (above, of a goal that is maximised) the goal is for no weights; None where intervals give no such
    number, or would be too much work."""
    if context.prover.spent():
        return None
    low, high = context.box
    with np.errstate(all="ignore"):
        found = context.prover.along(low[None, :], high[None, :], np.zeros(len(low))).value
    least = float((found.low if context.sense > 0 else found.high).ravel()[0])
    return None if not math.isfinite(least) else 0.0 if abs(least) < NOTHING else least
