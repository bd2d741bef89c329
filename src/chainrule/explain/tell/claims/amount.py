"""amount: does only the sign matter? The same start trained by the gradient, by its signs, by fixed lengths."""

from __future__ import annotations

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.other_rules import Way, fixed, gradient, own, signs
from chainrule.explain.measure.summary import summary
from chainrule.explain.measure.trials import replaced
from chainrule.explain.tell.claim import Claim
from chainrule.explain.tell.claims.steepest import angle
from chainrule.explain.wording import listing, num, table, told_apart

QUESTION = "Does the amount matter, or the sign alone?"
STEPS, FEW_STEPS = 200, 50
MOST_NUMBERS = 30_000
"""Numbers a step for which there are 200 steps; a larger network is trained for fewer."""
PARALLEL = 0.05
"""Degrees within which two directions are told as one."""
SHARE = 0.01
"""Of what the gradient gained: ends that differ by less make no difference."""


def claim(context: Context) -> Claim:
    """Does training by the signs alone, or by steps of one length, end elsewhere than training by the gradient?"""
    slope = context.gradient(context.start)
    if not np.all(np.isfinite(slope)):
        return Claim("amount", QUESTION, "The slope at the start is no number: there is nothing to try.", False)
    if not np.any(slope):
        return Claim("amount", QUESTION, "The slope is 0 at the start: there is no amount and no sign.", False)
    rate = context.trial_rate
    length = rate * float(np.linalg.norm(slope))
    if not np.isfinite(length):
        told = "It cannot be said: the slope at the start is so large that its square is no longer a number."
        return Claim("amount", QUESTION, told, False)
    steps = STEPS if context.evaluator.width(context.patterns, False, True) * 3 < MOST_NUMBERS else FEW_STEPS
    ways = [gradient(context, rate, steps), signs(context, rate, steps), fixed(context, length, steps)]
    ways += [own(context, steps)] if context.rate is None else []
    goals = [context.evaluator.goal(way.path) for way in ways]
    begun = float(goals[0][0])
    finite = [way.finite and bool(np.isfinite(found).all()) for way, found in zip(ways, goals, strict=True)]
    last = np.array([float(found[-1]) for found in goals])
    gained = context.sense * (begun - last[0])
    reach = [reached(context, found, float(last[0])) if finite[0] else None for found in goals]
    apart = float(np.abs(last[1:3] - last[0]).max())
    differs = bool(not all(finite[:3]) or apart > SHARE * max(abs(gained), 1e-300))
    turned = angle(np.sign(slope), slope)
    evidence = {
        "rate": rate, "steps": steps, "error_at_start": begun,
        "ways": [
            {"way": way.name, "error": float(end) if good else float("nan"), "steps_to_error_of_gradient": many,
             "last_move": way.last_move}
            for way, end, good, many in zip(ways, last, finite, reach, strict=True)
        ],
        "angle_of_signs": turned,
    }  # fmt: skip
    error, alpha = context.total_name, context.rate_name
    if not np.isfinite(begun):
        told = f"It cannot be said: {context.total_name} is no finite number at the start."
        return Claim("amount", QUESTION, told, False, {"error_at_start": begun})
    shown = told_apart(*(float(f"{value:.{DIGITS}g}") for value in (begun, *last[finite])))
    ends = [shown.pop(1) if good else "no longer a number" for good in finite]
    told = (
        f"The same start was trained for {steps} steps in {len(ways)} ways: steps {alpha}·g take {error} from "
        f"{shown[0]} to {ends[0]}, steps {alpha}·sign(g) to {ends[1]}, steps along g of the first step's length to "
        f"{ends[2]}" + (f", the run's own learning rule to {ends[3]}" if len(ways) > 3 else "") + ". "
    )
    quick = speeds(ways, reach)
    if not differs and quick:
        told += (
            f"The ends are at most {num(apart)} apart, less than a hundredth of the {num(abs(gained))} that the "
            f"gradient "
            f"{'gained' if gained >= 0 else 'lost'}, but the amount makes a difference on the way: {quick}."
        )
        differs = True
    elif differs:
        told += compared(context, ways, last, finite)
    else:
        told += (
            f"So the amount makes no difference here: these ends are at most {num(apart)} apart, less than a hundredth "
            f"of the {num(abs(gained))} that the gradient {'gained' if gained >= 0 else 'lost'}."
            if apart else "So the amount makes no difference here: these ends are equal."
        )
    if len(context.names) > 1:
        told += (
            f" The signs alone also point elsewhere: {num(turned, 3)}° from the gradient at the start."
            if turned > PARALLEL else " At the start the signs alone point the same way as the gradient."
        )
    lines = table(
        [("steps by", f"{error} at the end", f"steps to {ends[0]}", "last move of a weight")]
        + [
            (way.name, end, "not reached" if many is None else str(many), num(way.last_move))
            for way, end, many in zip(ways, ends, reach, strict=True)
        ]
    )
    lines += patterns_apart(context, ways)
    box = ", put back into the box after each step" if context.boxed else ""
    return Claim(
        "amount", QUESTION, told, differs, evidence, lines,
        (f"trained by the engine, all patterns in every step, {alpha} = {num(rate)}{box}", *replaced(context)),
    )  # fmt: skip


DIGITS = 11
"""So many digits at most tell ends apart: what differs beyond them is rounding, or not worth a word."""
QUICK = 2.0
"""One way that needs so many times the steps of another is slower, and that is told."""


def speeds(ways: list[Way], reach: list[int | None]) -> str:
    """How many steps the ways took to the same goal, where one took far more than another."""
    known = [(way.name, many) for way, many in zip(ways[:3], reach[:3], strict=True) if many is not None]
    never = [way.name for way, many in zip(ways[:3], reach[:3], strict=True) if many is None]
    if known and never:
        return (
            "to the same error, to rounding, "
            + listing((f"steps by {name} took {many}" for name, many in known), 3)
            + f", and by {listing(never, 3)} it was not reached"
        )
    if len(known) < 2 or max(many for _, many in known) < QUICK * max(1, min(many for _, many in known)):
        return ""
    return "to the same error, to rounding, " + listing((f"steps by {name} took {many}" for name, many in known), 3)


def patterns_apart(context: Context, ways: list[Way]) -> tuple[str, ...]:
    """For how many patterns the signs alone end better than the gradient, and the one for which they end worst."""
    each = context.model.goal.each
    if each is None or context.patterns == 1:
        return ()
    ends = np.array([way.path[-1] for way in ways[:2]])
    values = context.evaluator.values(ends)[each]
    errors = context.sense * np.broadcast_to(values, (2, context.patterns))
    if not np.isfinite(errors).all():
        return ()
    worse = errors[1] - errors[0]
    found = summary(worse)
    name, better = context.goal_name, int(np.sum(worse < 0))
    if found.worst <= 0:
        return (f"by the signs no pattern ends with a worse {name} than by the gradient, {better} with a better one",)
    middle = f"{'worse' if found.median >= 0 else 'better'} by {num(abs(found.median))} in the median"
    return (
        f"by the signs {better} of {context.patterns} patterns end with a better {name} than by the gradient; it is "
        f"worse by {num(found.worst)} for {context.pattern(found.place)} at most, {middle}",
    )


def compared(context: Context, ways: list[Way], last: Array, finite: list[bool]) -> str:
    """Which of the ways ended best, and that the signs alone do not settle."""
    ranked = np.where(finite, context.sense * last, np.inf)
    if not any(finite):
        return "So the amount makes a difference; no way of them stayed finite."
    best = [ways[place].name for place in np.flatnonzero(ranked == ranked.min())]
    told = f"So the amount makes a difference; steps by {listing(best)} ended best."
    if finite[0] and finite[1] and ways[1].last_move > 10 * ways[0].last_move:
        told += (
            f" The gradient gets small by itself where the ground gets flat: its last step moved no weight by more "
            f"than {num(ways[0].last_move)}; steps by the sign alone still move one by {num(ways[1].last_move)}."
        )
    return told


def reached(context: Context, goals: Array, wanted: float) -> int | None:
    """After how many steps a goal is as good as wanted, to rounding; None if it never is."""
    slack = 1e-9 * max(abs(wanted), abs(float(goals[0]) - wanted))
    good = np.flatnonzero(context.sense * (goals - wanted) <= slack)
    return int(good[0]) if len(good) else None
