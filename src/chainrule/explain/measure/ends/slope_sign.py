"""One weight: the sign of its slope for every finite value, or on a range, as far as it can be proved."""

from __future__ import annotations

import math

import numpy as np

from chainrule.explain.measure.context import Context
from chainrule.explain.measure.kinks import stepping
from chainrule.explain.measure.proofs import Line, slope_sign
from chainrule.explain.wording import listing, num

OPEN = ("not settled", "plateau", "still falling", "running away", "on the way", "asleep")
"""Ends after which a proof that nothing is least at a finite weight says more."""
FAR = 32.0
"""How far from 0 the slope of a network with one weight is looked at."""


def slope_sign_told(context: Context, kind: str) -> tuple[str, dict[str, object], str]:
    """Whether the slope keeps its sign for every weight, on the box and without it."""
    w, total = context.weight(0), context.total_name
    low, high = (float(end[0]) for end in context.box)
    told: dict[str, object] = {}
    said = ""
    steps = stepping(context)
    sign = 0 if steps else every_sign(context)  # where the error jumps, its slope does not say where it is least
    told["slope_sign_for_every_weight"] = sign
    if sign:
        name = "negative" if sign < 0 else "positive"
        less = (sign < 0) == (context.sense > 0)
        extreme = "minimum" if context.sense > 0 else "maximum"
        towards = "grows" if less else "falls"
        dead = (
            [row for row in range(min(context.patterns, 200)) if pattern_sign(context, row) == 0]
            if context.patterns > 1
            else []
        )
        but = f" (pattern {listing(str(row) for row in dead)} adds exactly 0)" if dead else ""
        said += (
            f" Proved: the slope of {total} by {w} is {name} for every finite {w}{but}, so {total} has no {extreme} "
            f"at a finite {w}: it "
            f"{context.falls} as long as {w} {towards}"
        )
        said += (
            f", and on the box [{num(low)}, {num(high)}] the {extreme} is the edge {w} = {num(high if less else low)}."
            if math.isfinite(high if less else low)
            else ", and nothing stops it."
        )
        if not (math.isfinite(high) or math.isfinite(low)) and kind in OPEN:
            kind = "falling without bound"
        return said, told, kind
    seen = context.path[np.isfinite(context.path).all(axis=1), 0]
    box_low, box_high = max(low, min(-FAR, float(seen.min()))), min(high, max(FAR, float(seen.max())))
    if not steps and math.isfinite(box_low) and box_high > box_low:
        proved = slope_sign(Line(context.evaluator, np.zeros(1), np.ones(1), box_low, box_high, None, 1))
        told["slope_sign_on_range"] = {"low": box_low, "high": box_high, "sign": proved}
        if proved and kind in OPEN and kind != "on the way":
            name = "negative" if proved < 0 else "positive"
            said += f" Proved: the slope of {total} by {w} is {name} for every {w} in [{num(box_low)}, {num(box_high)}]"
            best = box_high if (proved < 0) == (context.sense > 0) else box_low
            extreme = "lowest" if context.sense > 0 else "highest"
            said += f", so on this range the {extreme} point is the edge {w} = {num(best)}."
    return said, told, kind


def edges(context: Context) -> list[str]:
    """The slope of each pattern at both ends of the box, and its sign in between and beyond, where it is proved."""
    low, high = (float(end[0]) for end in context.box)
    if not (math.isfinite(low) and math.isfinite(high)) or context.patterns > 8:
        return []
    w, lines = context.weight(0), []
    rows = np.repeat(np.arange(context.patterns), 2)[:, None]
    slopes = context.evaluator.gradient(np.tile([[low], [high]], (context.patterns, 1)), rows)[:, 0].reshape(-1, 2)
    for row, (first, last) in enumerate(slopes):
        sign = pattern_sign(context, row)
        proved = (
            ""
            if sign is None
            else f": {'exactly 0' if sign == 0 else 'negative' if sign < 0 else 'positive'} for every finite {w} "
            "(proved)"
        )
        lines.append(
            f"{context.slope_names[0]} of {context.pattern(row)} is {num(first)} at {w} = {num(low)} and {num(last)} "
            f"at {w} = {num(high)}{proved}"
        )
    return lines


def every_sign(context: Context) -> int:
    """The sign of the slope over all patterns for every finite weight, proved from exact bounds; 0 where not."""
    if context.patterns > 200:
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
