"""size: is it a direction or a magnitude? The change that the slope predicts beside the change that happens."""

from __future__ import annotations

import math

from chainrule.explain.measure.claims.size import Alone, Size, Sized
from chainrule.explain.measure.no_slope import NoSlope
from chainrule.explain.tell.claim import Claim, claimed
from chainrule.explain.tell.no_step import no_step_told
from chainrule.explain.tell.trials import replaced_told
from chainrule.explain.wording import num, table

QUESTION = "Is it a direction or only a magnitude?"
LOST = 1e-15
"""Of the error: a change that is smaller is not seen in its digits."""
FAR = 0.5
"""A ratio that is further from 1 is told as that of a step over which the slope changes much."""
PLAIN = 1e-3
"""A ratio that is nearer to 1 is told with as many digits as tell it from 1."""


def tell(found: Size) -> Claim:
    """Whether the size of the gradient is the rate of change."""
    match found:
        case NoSlope():
            return claimed("size", QUESTION, found, none(found))
        case Sized():
            return claimed("size", QUESTION, found, said(found), working(found), conditions(found))


def none(found: NoSlope) -> str:
    return no_step_told(found.naming, found.reason, found.start) or (
        "The slope that the rule takes is 0 at the start: it gives neither a direction nor a size, and a step of any "
        "length is 0."
    )


def said(found: Sized) -> str:
    naming, limit, own = found.naming, found.ratio_of_short_steps, found.own
    error, one = naming.error(found.visit), len(naming.weights) == 1
    slope = (
        f"{naming.slope(0)} = {num(found.gradient[0])}" if one
        else f"the {len(naming.weights)} slopes, together of length {num(found.gradient_norm)},"
    )  # fmt: skip
    if limit is None:
        slope += " is" if one else " are"
        return f"Neither can be told apart from rounding here: {slope} too small for {error} = {num(found.error)}."
    match found.verdict:
        case "kink":
            return (
                f"Not quite a size here, at a kink of {error}: a short step changes it by {num(limit)} times what the "
                f"slope that the rule takes predicts. {predicted(found, error)}, {num(own.ratio)} times as much."
            )
        case "kink close by":
            return (
                f"At the point itself the size is the rate of change; but a kink of {error} lies within a millionth of "
                f"it, and a step of any length worth taking changes {error} by {num(limit)} times what is predicted. "
                f"{predicted(found, error)}."
            )
        case "kinks inside":
            return (
                f"Not quite a size here: quantities on the way to {error} stand at kinks, of each of which the rule "
                f"takes a slope between those of its sides; a short step changes {error} by {num(limit)} times what "
                f"these predict together. {predicted(found, error)}, {num(own.ratio)} times as much."
            )
        case "wrong":
            return (
                f"The size is not the rate of change: for ever shorter steps the change of {error} goes to "
                f"{num(limit, 4 if abs(limit - 1) > PLAIN else 12)} times what the gradient predicts. The gradient is "
                "wrong."
            )
    its = "its" if one else "their"
    return (
        f"Both: {slope} {'is' if one else 'are'} a direction by {its} sign{'' if one else 's'}, and by {its} size the "
        f"rate at which {error} changes. {step_told(found, error)}"
    )


def predicted(found: Sized, error: str) -> str:
    own = found.own
    return (
        f"A step with {found.naming.rate} = {num(found.rate)} is predicted to change {error} by {num(own.predicted)}; "
        f"it changes by {num(own.actual)}"
    )


def step_told(found: Sized, error: str) -> str:
    """What a step of the run's own length does, beside what the slope says."""
    own, told = found.own, predicted(found, error)
    step = f"A step with {found.naming.rate} = {num(found.rate)}"
    if not math.isfinite(own.ratio):
        return f"{step} leaves the finite numbers."
    if abs(own.predicted) < LOST * abs(found.error):
        return f"{step} changes {error} by less than a computer's numbers show."
    if own.ratio < 0:
        return f"{told}, the other way: this step is too long for the slope to speak for it."
    if abs(own.ratio - 1) > FAR:
        return f"{told}, {num(own.ratio)} times as much: over so long a step the slope does not stay what it is here."
    short = num(found.steps[-1].ratio)
    return f"{told}, {num(own.ratio)} times as much; for a step a sixteenth as long it is {short} times."


def working(found: Sized) -> tuple[str, ...]:
    lines = table([
        ("step length", found.naming.rate, "predicted", "actual", "actual/predicted"),
        *(
            ("the run's own" if step.share == 1 and found.rate == found.run_rate else f"{num(step.share)} times",
             num(step.rate), num(step.predicted), num(step.actual), num(step.ratio))
            for step in found.steps
        ),
    ])  # fmt: skip
    return lines if found.weights_alone is None else (*lines, alone(found.weights_alone))


def alone(found: Alone) -> str:
    """Each weight moved alone: where actual/predicted is furthest from 1."""
    some = "" if found.of == found.with_a_slope else f" of {found.with_a_slope} weights with a slope"
    return (
        f"each weight alone, actual/predicted: worst {found.worst} with {num(found.worst_value)}, median "
        f"{num(found.median)}, of {found.of}{some}; within a tenth of 1 for {found.within_a_tenth} of them"
    )


def conditions(found: Sized) -> tuple[str, ...]:
    naming = found.naming
    exact = "" if found.tolerance is None else (
        f", and by a complex step, to {num(found.tolerance, 2)}: what rounding may do"
    )  # fmt: skip
    return (
        f"plain steps along the gradient from {naming.point(found.point)} on {naming.visited(found.visit)}, no box",
        f"the rate of change was tested by differences, to 1e−3{exact}",
        *replaced_told(naming, found.run_rate, found.rate),
    )
