"""update: how does this number change w? One step in full, with the numbers put in."""

from __future__ import annotations

import math

from chainrule.explain.measure.claims.update import DIRECTIONS, MOST, FirstStep, NoFirstStep, Off, Update, Written
from chainrule.explain.naming import Naming
from chainrule.explain.tell.claim import Claim, claimed
from chainrule.explain.tell.dead_units import units_told
from chainrule.explain.tell.kinks import uneven_told
from chainrule.explain.wording import count, listing, num, put, table

QUESTION = "How does this number change the weights?"
LONG, LINE, SHOWN = 140, 6, 18
"""A formula with numbers that is longer is left out; quantities in a line, and in all."""


def tell(found: Update) -> Claim:
    """The first step that moves a weight: whether it is the learning rule with the right gradient, and helped."""
    match found:
        case NoFirstStep():
            return claimed("update", QUESTION, found, still(found))
        case FirstStep():
            return claimed("update", QUESTION, found, said(found), working(found), conditions(found))


def said(found: FirstStep) -> str:
    """The sentence on the step, and on the kink where it begins."""
    error = found.naming.error(found.visit)
    kink = uneven_told(found.naming, found.kink, error)
    return f"{step_told(found, error)} {kink}" if kink else step_told(found, error)


def step_told(found: FirstStep, error: str) -> str:
    naming, step, rate = found.naming, found.step, found.plain_rate
    if found.inexact:
        return (
            f"The gradient used in step {step} is inexact: it differs from the slope of {error}, "
            f"{num(found.largest_slope)}, by {num(found.gradient_off_by)}, which is as small as the rounding of "
            f"{error} itself."
        )
    if not found.gradient_right:
        return (
            f"The gradient used in step {step} is wrong: it differs from the slope of {error} by "
            f"{num(found.gradient_off_by)}, where the slope itself is {num(found.largest_slope)}"
            f"{furthest(naming, found.off)}."
        )
    if not found.rule_followed:
        return f"Step {step} did not follow w − {naming.rate}·gradient."
    on, went = naming.visited(found.visit), moves(found.error_before, found.error_after)
    if len(found.weights) == 1:
        w, before, after, g = found.alone
        rule = f"{w} goes to {num(after)}{' (put back to the edge of its box)' if found.projected else ''}"
        if rate is not None and not found.projected:
            rule = f"{w} ← {num(before)} {naming.minus} {num(rate)}·{put(g)} = {num(after)}"
        return f"On {on}, at {w} = {num(before)}, {naming.slope(0)} = {num(g)}; so {rule}, and {error} {went}."
    how = "by the learning rule of the text"
    if rate is not None:
        way = "against" if naming.sense > 0 else "along"
        how = f"each {way} its own slope by {naming.rate} = {num(rate)} times its size"
    comma = "," if rate is not None else ""
    return f"On {on}, step {step} moves {found.moved} of {len(found.weights)} weights{comma} {how}, and {error} {went}."


def furthest(naming: Naming, off: Off | None) -> str:
    """Of a wrong gradient: the slope that is furthest off, the median, and how many are off at all."""
    if off is None:
        return ""
    return (
        f"; {off.many} of {off.of} slopes are off, most {naming.slope(off.place)}, the median of all by "
        f"{num(off.median)}"
    )


def still(found: NoFirstStep) -> str:
    """No weight moved."""
    match found.reason:
        case "no weights":
            return "No weight is trained, so no step changes anything."
        case "no step taken":
            return "The run has no step, so nothing has changed yet."
        case "not recorded":
            first = "The first steps of the run were not recorded one by one or move nothing"
            return f"{first}; no single step can be shown."
    naming = found.naming
    if found.reason == "rule alone":
        return (
            f"The learning rule of the text moves the weights, and not by their gradient: that is 0 at "
            f"{naming.point(found.start.at)}{' on every pattern that was visited' if naming.patterns > 1 else ''}."
        )
    told = (
        f"It does not: the gradient is 0 at {naming.point(found.start.at)} on every pattern that was visited, so "
        f"{naming.rate}·0 is {'subtracted' if naming.sense > 0 else 'added'} and the weights stay."
    )
    broken = uneven_told(naming, found.uneven, naming.total) or flat(found)
    return f"{told} {broken}" if broken else told


def flat(found: NoFirstStep) -> str:
    """What a slope of 0 does not say: the goal may depend on the weights through steps, or behind units that are
    shut."""
    naming = found.naming
    if found.functions:
        which = naming.weights[0] if len(naming.weights) == 1 else "the weights"
        return (
            f"{naming.begin(naming.total)} depends on {which} through steps alone, {listing(found.functions, 3)}: it "
            "is flat between them, and no slope tells on which side it is lower."
        )
    return f"{units_told(naming, found.units)}." if found.units else ""


def moves(before: float, after: float) -> str:
    """``falls from 2 to 1``, ``rises from 1 to 2`` or ``stays 2``."""
    if after == before:
        return f"stays {num(before)}"
    if not math.isfinite(after):
        return f"goes from {num(before)} to {num(after)}"
    return f"{'falls' if after < before else 'rises'} from {num(before)} to {num(after)}"


def conditions(found: FirstStep) -> tuple[str, ...]:
    parts = [f"step {found.step} of the run, {found.naming.visited(found.visit)}"]
    if found.beside:
        parts.append("the gradient was checked beside the kink, where there is a slope")
    if found.slopes_checked < len(found.weights):
        parts.append(
            f"the gradient was checked by complex steps: {found.slopes_checked} of {len(found.weights)} slopes one by "
            f"one, all of them along {DIRECTIONS} directions drawn at random"
        )
    return tuple(parts)


def working(found: FirstStep) -> tuple[str, ...]:
    """The step as one would write it on a blackboard."""
    naming, shown = found.naming, found.working
    lines = [
        f"step {step}, {naming.visited(visit)}: the gradient is 0, nothing moves"
        for step, visit in enumerate(shown.earlier, 1)
    ]
    lines.append(f"step {found.step}, {naming.visited(found.visit)}:")
    slopes = list(found.gradient.values())
    inside = forward(shown.forward)
    if shown.entry is not None:
        inside += entry_lines(naming, shown.entry, slopes[shown.entry.place])
    for written in shown.formulas:
        inside += formula_lines(naming, written, slopes[written.place])
    inside += several(found) if len(slopes) > 2 else [one(found, place) for place in range(len(slopes))]
    inside.append(
        f"{naming.error(found.visit)}: {num(found.error_before)} → {num(found.error_after)}; predicted by the slope: "
        f"{num(found.predicted_change, 3)}, happened: {num(found.actual_change, 3)}"
    )
    return tuple(lines + [f"  {line}" for line in inside])


def forward(quantities: tuple[tuple[str, float], ...]) -> list[str]:
    """The quantities of the forward pass, as many as fit a line or two."""
    shown = [f"{name} = {num(value)}" for name, value in quantities]
    return [", ".join(shown[start : start + LINE]) for start in range(0, min(len(shown), SHOWN), LINE)]


def entry_lines(naming: Naming, written: Written, slope: float) -> list[str]:
    """The slope of one entry, with the numbers put in."""
    name, value, numbers = naming.slope(written.place), num(slope), written.numbers
    lines = [f"{name} = {written.formula}"]
    if numbers and numbers not in (value, written.formula) and len(numbers) <= LONG:
        return [*lines, f"{' ' * len(name)} = {numbers} = {value}"]
    return [*lines, f"{' ' * len(name)} = {value}"] if written.formula != value else lines


def formula_lines(naming: Naming, written: Written, slope: float) -> list[str]:
    """The slope of a weight as a formula, and with the numbers put in."""
    name, value, numbers = naming.slope(written.place), num(slope), written.numbers
    lines, pad = [f"{name} = {written.formula}"], " " * len(name)
    if written.formula == numbers:
        return lines
    if numbers == value or len(numbers) > LONG:
        return [*lines, f"{pad} = {value}"]
    return [*lines, f"{pad} = {numbers} = {value}"]


def several(found: FirstStep) -> list[str]:
    """The weights that move most, in a table."""
    naming, shown = found.naming, found.working
    before, after, slopes = (list(one.values()) for one in (found.weights, found.new_weights, found.gradient))
    lines = list(table([("weight", "before", "slope", "change", "after"), *(
        (naming.weights[place], num(before[place]), num(slopes[place]), num(after[place] - before[place]),
         num(after[place]))
        for place in shown.order
    )]))  # fmt: skip
    if len(before) > MOST:
        middle = ""
        if shown.median_size is not None:
            middle = f"; the median size of all {len(before)} slopes is {num(shown.median_size)}"
            middle += f", {shown.zero} of them are 0" if shown.zero else ""
        lines.append(f"and {count(len(before) - MOST, 'weight')} more with smaller slopes{middle}")
    return lines


def one(found: FirstStep, place: int) -> str:
    """What a step makes of one weight."""
    naming, rate, name = found.naming, found.plain_rate, found.naming.weights[place]
    before, after, slopes = (list(each.values())[place] for each in (found.weights, found.new_weights, found.gradient))
    if rate is None:
        return f"{name}: {num(before)} → {num(after)} by the rule of the text"
    back = f", put back into its box: {num(after)}" if found.working.put_back[place] else ""
    return (
        f"{name} ← {name} {naming.minus} {naming.rate}·{naming.slope(place)} = {num(before)} {naming.minus} "
        f"{num(rate)}·{put(slopes)} = {num(found.working.free[place])}{back}"
    )
