"""step: how far may I go? Curvature proved or measured, the longest step that still helps, Newton's step, and what
really happens beyond."""

from __future__ import annotations

import math

from chainrule.explain.measure.claims.step import Judged, NoNumber, NoStep, OneWeight, Step
from chainrule.explain.measure.limits import Limit
from chainrule.explain.tell.claim import Claim, claimed
from chainrule.explain.tell.limits import basis_told, note_told, span_told
from chainrule.explain.tell.trials import replaced_told, trial_told
from chainrule.explain.wording import num, table

QUESTION = "How far may a step go?"
NOTHING = 1e-300
"""A bound that is rounded outward is never quite 0."""
LISTED = 3
"""Weights of a point that are listed in a line."""


def tell(found: Step) -> Claim:
    """Whether the rate of the run is below the step that curvature allows."""
    match found:
        case NoNumber():
            naming = found.naming
            at = naming.point(found.start)
            told = f"It cannot be said: at {at} {naming.total} or its slope is not a finite number."
            return claimed("step", QUESTION, found, told)
        case NoStep():
            return claimed("step", QUESTION, found, "No weight is trained, so there is no step.")
        case Judged():
            told = contradiction(found, found.whole) if found.wrong and found.whole is not None else said(found)
            return claimed("step", QUESTION, found, told, working(found), conditions(found))


def contradiction(found: Judged, whole: Limit) -> str:
    """What is said where a step that is proved to help does not: slope or curvature is wrong."""
    naming = found.naming
    return (
        f"By the curvature, at most {num(whole.bound)}, every step with {naming.rate} below {num(whole.safe)} from "
        f"here makes {naming.total} {naming.lower}; along the slope that is given, {num(found.slope[0])} at "
        f"{naming.point(found.start)}, it does so only up to {num(found.longest_better_step)}. One of the two is wrong."
    )


def said(found: Judged) -> str:
    naming = found.naming
    if not any(found.slope) and not found.moving:
        return f"No step of any length moves anything from the start: the slope is 0, and {naming.rate}·0 is 0."
    if found.seen is not None:
        return bounded(found, found.seen) + for_all(found, found.seen) + beyond(found)
    near = found.no_bound_near if isinstance(found, OneWeight) else None
    kink = f" (near {naming.weights[0]} = {num(near)} there is a kink, or no value)" if near is not None else ""
    return (
        f"The curvature has no bound that could be found{kink}, so no length of step is sure to make {naming.total} "
        f"{naming.lower}.{beyond(found)}"
    )


def bounded(found: Judged, seen: Limit) -> str:
    """What the limit says of the rate of the run."""
    naming, rate = found.naming, found.rate
    alpha, lower, what = naming.rate, naming.lower, goal_of(found, seen)
    bend, start = bend_told(found, seen, what), f" {span_told(naming, seen.start)}" if seen.start else ""
    word = "Guaranteed" if seen.guaranteed else "Measured, not proved"
    up_to = num(seen.safe) + ("" if seen.cut else f" = 2/{num(seen.bound)}")
    if math.isinf(seen.safe):
        if seen.guaranteed:
            return f"Guaranteed:{start} no step is too long, because {bend}."
        upward = "upward" if naming.sense > 0 else "downward"
        return (
            f"No point was met at which {what} bends {upward}, so nothing speaks against a long step; that is "
            "measured, not proved."
        )
    if rate is None:
        makes = "makes" if seen.guaranteed else "may be expected to make"
        return f"{word}: a plain step{start} with {alpha} below {up_to} {makes} {what} {lower}; {bend}."
    if rate <= 0:
        goes = "moves nothing" if rate == 0 else f"is negative: each step goes the way in which {what} gets worse"
        makes = (
            f"is guaranteed to make {what} {lower}" if seen.guaranteed
            else f"may be expected to make {what} {lower} (measured, not proved)"
        )  # fmt: skip
        return (
            f"{alpha} = {num(rate)} {goes}. With {alpha} between 0 and {up_to} a step{start} that moves a weight "
            f"{makes}: {bend}."
        )
    if found.below and seen.guaranteed:
        return (
            f"{word}: every step{start} with {alpha} below {up_to} that moves a weight makes {what} {lower}, because "
            f"{bend}; {alpha} = {num(rate)} is {times_smaller(seen.safe / rate)}."
        )
    if found.below:
        return (
            f"{word}: {bend}, which speaks for {alpha} below {up_to}; {alpha} = {num(rate)} is "
            f"{times_smaller(seen.safe / rate)}."
        )
    if seen.guaranteed:
        return (
            f"{alpha} = {num(rate)} is not below {up_to}, up to which a step{start} is guaranteed to make {what} "
            f"{lower}, because {bend}."
        )
    return (
        f"{alpha} = {num(rate)} is not below {up_to}, up to which the largest curvature met lets one expect that a "
        f"step makes {what} {lower} (measured, not proved)."
    )


def goal_of(found: Judged, seen: Limit) -> str:
    """What the limit is of: the goal over all patterns, or over those of a step."""
    if seen is not found.alone:
        return found.naming.total
    return f"{found.naming.goal} of its {'pattern' if found.visited == 1 else 'patterns'}"


def bend_told(found: Judged, seen: Limit, what: str) -> str:
    """How much the goal bends, and where that holds."""
    naming = found.naming
    upward, curvature = ("upward", "curvature") if naming.sense > 0 else ("downward", "downward curvature")
    basis = basis_told(naming, seen.basis)
    there = "" if basis == f"proved for every {naming.weights[0]}" else f" {basis.removeprefix('proved ')}"
    if seen.bound <= NOTHING:
        bend = f"{what} nowhere bends {upward}{there}"
    elif seen.guaranteed:
        bend = f"its {curvature} is nowhere above {num(seen.bound)}{there}"
    else:
        bend = f"the largest {curvature} met is {num(seen.bound)}"
    return f"{bend}; longer steps lead beyond where that was proved" if seen.cut else bend


def for_all(found: Judged, seen: Limit) -> str:
    """What the limit is for a step over all patterns, where that of the run is over some."""
    whole, patterns = found.whole, found.naming.patterns
    if seen is not found.alone or whole is None or not math.isfinite(whole.safe):
        return ""
    if not found.mean:
        return f" For a step over all patterns: {num(whole.safe)}."
    return (
        f" For a step over all patterns: {num(whole.safe)} for their mean, {num(whole.safe / patterns)} for their sum."
    )


def beyond(found: Judged) -> str:
    """What really happens beyond the limit."""
    naming, whole = found.naming, found.whole
    alpha = naming.rate
    over = [trial for trial in found.trials if trial.rate > (whole.safe if whole is not None else 0.0)]
    over = [trial for trial in over if not trial.idle]
    bad = [trial for trial in over if not trial.good]
    good = [trial for trial in over if trial.good and (not bad or trial.rate < bad[0].rate)]
    if over and not bad and whole is not None:
        box = " (its box stops it)" if over[-1].on_edge else ""
        head = "The bound is sufficient, not necessary" if whole.guaranteed else "That is no border"
        return (
            f" {head}: with {alpha} up to {num(over[-1].rate)}, tried from the same start over all patterns, "
            f"{naming.total} got {naming.lower} at every step that moved a weight{box}."
        )
    if not bad:
        return ""
    happens = (
        f" What happens{' beyond' if whole is not None else ''}, tried over all patterns: with {alpha} = "
        f"{num(bad[0].rate)} the training {trial_told(bad[0])}"
    )
    if not good:
        return f"{happens}."
    but = f"{happens}, but with {alpha} = {num(good[-1].rate)} it {trial_told(good[-1])}"
    return f"{but}: the bound is sufficient, not necessary." if whole is not None and whole.guaranteed else f"{but}."


def times_smaller(times: float) -> str:
    """How far a rate is below another.

    >>> times_smaller(20.0), times_smaller(1.0004)
    ('20 times smaller', 'just below that')
    """
    return f"{num(times, 3)} times smaller" if times >= 1.01 else "just below that"


def working(found: Judged) -> tuple[str, ...]:
    """Curvature, the longest step, Newton's step, and steps that were tried."""
    naming = found.naming
    lines = [told for note in found.notes if (told := note_told(naming, note))]
    lines += [searched(found), *newton_told(found)]
    if found.trials and any(found.slope):
        lines.append(
            f"tried, all patterns in every step, from {naming.point(found.start)} where {naming.total} = "
            f"{num(found.error)}:"
        )
        rows = ((num(trial.rate), num(trial.last), trial_told(trial)) for trial in found.trials)
        lines += [f"  {line}" for line in table([(naming.rate, f"last {naming.total}", ""), *rows], left=(0, 2))]
    return tuple(lines)


def searched(found: Judged) -> str:
    """Up to which rate a step still helps, and whether longer ones help again."""
    naming, reach, again = found.naming, found.longest_better_step, found.better_again_at
    if not any(found.slope):
        return "at the start the slope over all patterns is 0: no step moves"
    alpha, total, lower = naming.rate, naming.total, naming.lower
    way = f"from {naming.point(found.start, LISTED)}, one step over all patterns"
    hidden = found.hidden_up_to
    if hidden is not None and not reach and reach is not None:
        told = f"{way}: up to {alpha} = {num(hidden)} it changes {total} by no more than rounding may"
        if again is not None:
            return f"{told}; with {alpha} = {num(again)} it makes {total} {lower}"
        return f"{told}; no longer one that was tried makes {total} {lower}" if hidden < found.searched_up_to else told
    since = "" if hidden is None else f" above {num(hidden)}, up to where it does no more than rounding may,"
    if reach is None:
        box = ", because the box stops it" if found.boxed else ""
        return f"{way}: every {alpha} tried{since} up to {num(found.searched_up_to)} makes {total} {lower}{box}"
    if reach == 0:
        below = f" below {num(again)}" if again is not None else ""
        return f"{way}: no {alpha} that was tried{below} makes {total} {lower}"
    told = f"{way}: every {alpha} tried{since} makes {total} {lower} up to {num(reach)}, the first beyond does not"
    if again is not None:
        told += f"; longer steps do again, such as with {alpha} = {num(again)}"
    return f"{told} (looked for up to {num(found.searched_up_to)})"


def newton_told(found: Judged) -> list[str]:
    """Where Newton's step leads."""
    naming, newton = found.naming, found.newton
    if newton is None:
        return []
    if newton.missing == "kink":
        return ["Newton's step does not exist at the start: at a kink there is no curvature"]
    if newton.missing == "no bend":
        many = " in some direction" if len(found.start) > 1 else ""
        upward = "upward" if naming.sense > 0 else "downward"
        return [f"Newton's step does not exist at the start: the curve does not bend {upward} there{many}"]
    reached = f"{naming.total} = {num(newton.error)}"
    if isinstance(found.newton_step, float):
        box = " (outside its box)" if newton.outside else ""
        return [
            f"Newton's step, 1/curvature at the start: {naming.rate} = {num(found.newton_step)}, to "
            f"{naming.point(newton.target)}{box}, where {reached}"
        ]
    extreme = "lowest" if naming.sense > 0 else "highest"
    return [
        f"Newton's step, to the {extreme} point of the parabola that fits the start: "
        f"{naming.point(newton.target, LISTED)}, where {reached}"
    ]


def conditions(found: Judged) -> tuple[str, ...]:
    naming, seen = found.naming, found.seen
    basis = basis_told(naming, seen.basis) if seen is not None else "no bound found"
    parts = [f"plain steps, w {naming.minus} {naming.rate}·gradient; {basis}"]
    if found.rate is None:
        parts.append("the run itself used another learning rule or a rate of its own")
    return (*parts, *replaced_told(naming, found.run_rate, found.tried_rate))
