"""amount: does only the sign matter? The same start trained by the gradient, by its signs, by fixed lengths."""

from __future__ import annotations

from chainrule.explain.measure.claims.amount import Amount, ByPattern, NoWays, Ways
from chainrule.explain.naming import Naming
from chainrule.explain.tell.claim import Claim, claimed
from chainrule.explain.tell.trials import replaced_told
from chainrule.explain.wording import listing, num, table, told_apart

QUESTION = "Does the amount matter, or the sign alone?"
PARALLEL = 0.05
"""Degrees within which two directions are told as one."""
DIGITS = 11
"""So many digits at most tell ends apart: what differs beyond them is rounding, or not worth a word."""
STILL = 10.0
"""The signs do not settle where their last step moves a weight so many times as far as that of the gradient."""


def tell(found: Amount) -> Claim:
    """Whether training by the signs alone, or by steps of one length, ends elsewhere than training by the gradient."""
    match found:
        case Ways():
            return claimed("amount", QUESTION, found, said(found), working(found), conditions(found))
        case NoWays():
            return claimed("amount", QUESTION, found, nothing(found))


def nothing(found: NoWays) -> str:
    match found.reason:
        case "no number":
            return "The slope at the start is no number: there is nothing to try."
        case "no slope":
            return "The slope is 0 at the start: there is no amount and no sign."
        case "too large":
            return "It cannot be said: the slope at the start is so large that its square is no longer a number."
        case "no goal":
            return f"It cannot be said: {found.naming.total} is no finite number at the start."


def ends_of(found: Ways) -> tuple[str, list[str]]:
    """The goal at the start and at the end of each way, with the digits that tell them apart."""
    known = [found.error_at_start, *(way.error for way in found.ways if way.finite)]
    begun, *shown = told_apart(*(float(f"{value:.{DIGITS}g}") for value in known))
    return begun, [shown.pop(0) if way.finite else "no longer a number" for way in found.ways]


def said(found: Ways) -> str:
    naming, (begun, ends) = found.naming, ends_of(found)
    alpha, error = naming.rate, naming.total
    own = f", the run's own learning rule to {ends[3]}" if len(ends) > 3 else ""
    told = (
        f"The same start was trained for {found.steps} steps in {len(ends)} ways: steps {alpha}·g take {error} from "
        f"{begun} to {ends[0]}, steps {alpha}·sign(g) to {ends[1]}, steps along g of the first step's length to "
        f"{ends[2]}{own}. {outcome(found)}"
    )
    if len(naming.weights) < 2:
        return told
    if found.angle_of_signs > PARALLEL:
        turned = num(found.angle_of_signs, 3)
        return f"{told} The signs alone also point elsewhere: {turned}° from the gradient at the start."
    return f"{told} At the start the signs alone point the same way as the gradient."


def outcome(found: Ways) -> str:
    """Whether the amount makes a difference, at the end or on the way."""
    if found.ends_differ:
        return compared(found)
    gained = f"{num(abs(found.gained))} that the gradient {'gained' if found.gained >= 0 else 'lost'}"
    if found.pace_differs:
        return (
            f"The ends are at most {num(found.apart)} apart, less than a hundredth of the {gained}, but the amount "
            f"makes a difference on the way: {speeds(found)}."
        )
    if not found.apart:
        return "So the amount makes no difference here: these ends are equal."
    return (
        f"So the amount makes no difference here: these ends are at most {num(found.apart)} apart, less than a "
        f"hundredth of the {gained}."
    )


def speeds(found: Ways) -> str:
    """How many steps the ways took to the same goal."""
    ways = found.ways[:3]
    took = [
        f"steps by {way.way} took {way.steps_to_error_of_gradient}"
        for way in ways if way.steps_to_error_of_gradient is not None
    ]  # fmt: skip
    never = [way.way for way in ways if way.steps_to_error_of_gradient is None]
    told = f"to the same error, to rounding, {listing(took, 3)}"
    return f"{told}, and by {listing(never, 3)} it was not reached" if never else told


def compared(found: Ways) -> str:
    """Which of the ways ended best, and that the signs alone do not settle."""
    ended = [way for way in found.ways if way.finite]
    if not ended:
        return "So the amount makes a difference; no way of them stayed finite."
    least = min(found.naming.sense * way.error for way in ended)
    best = [way.way for way in ended if found.naming.sense * way.error == least]
    told = f"So the amount makes a difference; steps by {listing(best)} ended best."
    first, second = found.ways[:2]
    if first.finite and second.finite and second.last_move > STILL * first.last_move:
        told += (
            f" The gradient gets small by itself where the ground gets flat: its last step moved no weight by more "
            f"than {num(first.last_move)}; steps by the sign alone still move one by {num(second.last_move)}."
        )
    return told


def working(found: Ways) -> tuple[str, ...]:
    ends = ends_of(found)[1]
    lines = table([
        ("steps by", f"{found.naming.total} at the end", f"steps to {ends[0]}", "last move of a weight"),
        *(
            (way.way, end, reached(way.steps_to_error_of_gradient),
             num(way.last_move))
            for way, end in zip(found.ways, ends, strict=True)
        ),
    ])  # fmt: skip
    return lines if found.by_pattern is None else (*lines, by_pattern(found.naming, found.by_pattern))


def reached(steps: int | None) -> str:
    return "not reached" if steps is None else str(steps)


def by_pattern(naming: Naming, found: ByPattern) -> str:
    """For how many patterns the signs alone end better than the gradient, and the one for which they end worst."""
    name = naming.goal
    if found.worst <= 0:
        return (
            f"by the signs no pattern ends with a worse {name} than by the gradient, {found.better} with a better one"
        )
    middle = f"{'worse' if found.median >= 0 else 'better'} by {num(abs(found.median))} in the median"
    return (
        f"by the signs {found.better} of {naming.patterns} patterns end with a better {name} than by the gradient; it "
        f"is worse by {num(found.worst)} for {naming.pattern(found.pattern)} at most, {middle}"
    )


def conditions(found: Ways) -> tuple[str, ...]:
    box = ", put back into the box after each step" if found.boxed else ""
    trained = f"trained by the engine, all patterns in every step, {found.naming.rate} = {num(found.rate)}{box}"
    return (trained, *replaced_told(found.naming, found.run_rate, found.rate))
