"""step: how far may I go? Curvature proved or measured, the longest step that still helps, Newton's step, and what
really happens beyond."""

from __future__ import annotations

import math

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.curvature import Limit, is_mean, many_weights, one_weight
from chainrule.explain.measure.kinks import sides
from chainrule.explain.measure.proved_range import line_of
from chainrule.explain.measure.trials import Longest, Trial, descend, longest
from chainrule.explain.tell.claim import Claim
from chainrule.explain.tell.trials import replaced
from chainrule.explain.wording import num, table
from chainrule.expr.limits import most

LEAST = 10
"""Steps that are tried at least."""

QUESTION = "How far may a step go?"
NOTHING = 1e-300
"""A bound that is rounded outward is never quite 0."""


def claim(context: Context) -> Claim:
    """Is the rate of the run below the step that curvature allows?"""
    if not context.names:
        return Claim("step", QUESTION, "No weight is trained, so there is no step.", False)
    start = context.start
    goal, slope = context.engine(start)
    if not (np.isfinite(goal) and np.isfinite(slope).all()):
        told = f"It cannot be said: at {context.point(start)} {context.total_name} or its slope is not a finite number."
        return Claim("step", QUESTION, told, False, {"error": goal, "gradient": slope.tolist()})
    whole, alone, lines, extra = (
        one_weight(context) if len(context.names) == 1 and context.plain else many_weights(context, slope)
    )
    seen = alone if alone is not None and _some(context) else whole
    rate = context.rate
    below = rate is not None and seen is not None and 0 < rate < seen.safe
    search = longest(context, start, slope) if np.any(slope) else Longest(0.0, 0.0)
    reach, looked = search.reach, search.looked
    newton = newtons(context, start, slope)
    tried = beyond(context, whole, reach)
    total = context.total_name
    alpha = context.rate_name
    evidence = {
        "rate": rate,
        "guaranteed": bool(seen and seen.guaranteed),
        "safe_step": seen.safe if seen else None,
        "curvature_bound": seen.bound if seen else None,
        "curvature_met": seen.met if seen else None,
        "safe_step_total": whole.safe if whole else None,
        "safe_step_one_pattern": alone.safe if alone else None,
        "longest_better_step": reach,
        "searched_up_to": looked,
        "better_again_at": search.again,
        "newton_step": newton[0],
        "trials": [
            {
                "rate": t.rate,
                "steps": t.steps,
                "last": t.last,
                "rose": t.rose,
                "left": t.left,
                "period": t.period,
                "growth": t.growth,
            }
            for t in tried
        ],
        **extra,
    }
    lines += searched(context, slope, search)
    lines += newton[1]
    if tried and np.any(slope):
        lines.append(f"tried, all patterns in every step, from {context.point(start)} where {total} = {num(goal)}:")
        lines += [
            f"  {line}"
            for line in table(
                [(alpha, f"last {total}", "")] + [(num(t.rate), num(t.last), t.words) for t in tried], left=(0, 2)
            )
        ]
    near = extra.get("no_bound_near")
    kink = f" (near {context.weight(0)} = {num(near)} there is a kink, or no value)" if near is not None else ""
    statement = said(context, seen, whole, alone, below, tried, kink)
    conditions = [
        f"plain steps, w {'−' if context.sense > 0 else '+'} {alpha}·gradient; "
        f"{seen.where if seen else 'no bound found'}"
    ]
    if rate is None:
        conditions.append("the run itself used another learning rule or a rate of its own")
    conditions += replaced(context)
    moving = context.moment is not None
    if wrong := contradicted(context, whole, goal, slope, reach):
        return Claim("step", QUESTION, wrong, False, evidence, tuple(lines), tuple(conditions))
    return Claim("step", QUESTION, statement, below and moving, evidence, tuple(lines), tuple(conditions))


def contradicted(context: Context, whole: Limit | None, goal: float, slope: Array, reach: float | None) -> str:
    """What is said where a step that is proved to help does not: slope or curvature is wrong."""
    if whole is None or not whole.guaranteed or reach is None or context.boxed or not math.isfinite(whole.safe):
        return ""
    gain = whole.safe * float(slope @ slope)  # what a step half as long may be expected to gain, and more
    if reach >= (1 - 1e-6) * whole.safe or gain <= 1e-6 * abs(goal):
        return ""
    alpha, total = context.rate_name, context.total_name
    return (
        f"By the curvature, at most {num(whole.bound)}, every step with {alpha} below {num(whole.safe)} from here "
        f"makes {total} {context.lower}; along the slope that is given, {num(slope[0])} at "
        f"{context.point(context.start)}, it does so only up to {num(reach)}. One of the two is wrong."
    )


def _some(context: Context) -> bool:
    """Whether a step sees some of the patterns; its curvature is then at most the largest of a single one."""
    return context.patterns > len(context.rows(0))


def said(
    context: Context,
    seen: Limit | None,
    whole: Limit | None,
    alone: Limit | None,
    below: bool,
    tried: list[Trial],
    kink: str,
) -> str:
    """The sentence."""
    alpha, rate = context.rate_name, context.rate
    if not np.any(context.gradient(context.start)) and context.moment is None:
        return f"No step of any length moves anything from the start: the slope is 0, and {alpha}·0 is 0."
    if seen is None:
        first = (
            f"The curvature has no bound that could be found{kink}, so no length of step is sure to make "
            f"{context.total_name} "
            f"{context.lower}."
        )
    else:
        word = "Guaranteed" if seen.guaranteed else "Measured, not proved"
        what = (
            context.total_name
            if seen is not alone
            else f"{context.goal_name} of its pattern"
            if len(context.rows(0)) == 1
            else f"{context.goal_name} of its patterns"
        )
        curvature = "curvature" if context.sense > 0 else "downward curvature"
        upward = "upward" if context.sense > 0 else "downward"
        there = (
            "" if seen.where == f"proved for every {context.weight(0)}" else f" {seen.where.removeprefix('proved ')}"
        )
        start = f" {seen.start}" if seen.start else ""
        if seen.bound <= NOTHING:
            bend = f"{what} nowhere bends {upward}{there}"
        elif seen.guaranteed:
            bend = f"its {curvature} is nowhere above {num(seen.bound)}{there}"
        else:
            bend = f"the largest {curvature} met is {num(seen.bound)}"
        up_to = num(seen.safe) + ("" if seen.cut else f" = 2/{num(seen.bound)}")
        if seen.cut:
            bend += "; longer steps lead beyond where that was proved"
        if math.isinf(seen.safe):
            first = (
                f"Guaranteed:{start} no step is too long, because {bend}."
                if seen.guaranteed
                else f"No point was met at which {what} bends {upward}, so nothing speaks against a long step; that "
                "is measured, not proved."
            )
        elif rate is None:
            first = (
                f"{word}: a plain step{start} with {alpha} below {up_to} "
                f"{'makes' if seen.guaranteed else 'may be expected to make'} {what} {context.lower}; {bend}."
            )
        elif rate <= 0:
            first = (
                f"{alpha} = {num(rate)} "
                + ("moves nothing" if rate == 0 else f"is negative: each step goes the way in which {what} gets worse")
                + f". With {alpha} between 0 and {up_to} a step{start} that moves a weight "
                + (f"is guaranteed to make {what} {context.lower}" if seen.guaranteed else
                   f"may be expected to make {what} {context.lower} (measured, not proved)")
                + f": {bend}."
            )  # fmt: skip
        elif below and seen.guaranteed:
            first = (
                f"{word}: every step{start} with {alpha} below {up_to} that moves a weight makes {what} "
                f"{context.lower}, because {bend}; {alpha} = {num(rate)} is {times_smaller(seen.safe / rate)}."
            )
        elif below:
            first = (
                f"{word}: {bend}, which speaks for {alpha} below {up_to}; {alpha} = {num(rate)} is "
                f"{times_smaller(seen.safe / rate)}."
            )
        else:
            first = f"{alpha} = {num(rate)} is not below {up_to}, " + (
                f"up to which a step{start} is guaranteed to make {what} {context.lower}, because {bend}."
                if seen.guaranteed
                else f"up to which the largest curvature met lets one expect that a step makes {what} "
                f"{context.lower} (measured, not proved)."
            )
        if seen is alone and whole is not None and math.isfinite(whole.safe):
            first += (
                f" For a step over all patterns: {num(whole.safe)} for their mean, "
                f"{num(whole.safe / context.patterns)} for their sum."
                if is_mean(context)
                else (f" For a step over all patterns: {num(whole.safe)}.")
            )
    over = [trial for trial in tried if trial.rate > (whole.safe if whole is not None else 0.0) and not trial.idle]
    bad = [trial for trial in over if not trial.good]
    good = [trial for trial in over if trial.good and (not bad or trial.rate < bad[0].rate)]
    rest = ""
    if over and not bad and whole is not None:
        box = " (its box stops it)" if stopped(context, over[-1]) else ""
        head = "The bound is sufficient, not necessary" if whole.guaranteed else "That is no border"
        rest = (
            f" {head}: with {alpha} up to {num(over[-1].rate)}, tried from the same start over all "
            f"patterns, {context.total_name} got {context.lower} at every step that moved a weight{box}."
        )
    elif bad:
        beyond_it = " beyond" if whole is not None else ""
        rest = (
            f" What happens{beyond_it}, tried over all patterns: with {alpha} = {num(bad[0].rate)} the training "
            f"{bad[0].words}"
        )
        rest += (
            f", but with {alpha} = {num(good[-1].rate)} it {good[-1].words}: the bound is sufficient, not necessary."
            if good and whole is not None and whole.guaranteed
            else f", but with {alpha} = {num(good[-1].rate)} it {good[-1].words}."
            if good
            else "."
        )
    return first + rest


def stopped(context: Context, trial: Trial) -> bool:
    """Whether a trial ended on the edge of the box."""
    low, high = context.box
    return bool(np.any((trial.point <= low) | (trial.point >= high)))


def times_smaller(times: float) -> str:
    """How far a rate is below another.

    >>> times_smaller(20.0), times_smaller(1.0004)
    ('20 times smaller', 'just below that')
    """
    return f"{num(times, 3)} times smaller" if times >= 1.01 else "just below that"


def searched(context: Context, slope: Array, search: Longest) -> list[str]:
    """Up to which rate a step still helps, and whether longer ones help again."""
    if not np.any(slope):
        return ["at the start the slope over all patterns is 0: no step moves"]
    alpha, total, lower = context.rate_name, context.total_name, context.lower
    way = f"from {context.point(context.start, 3)}, one step over all patterns"
    if search.reach is None:
        box = ", because the box stops it" if context.boxed else ""
        return [f"{way}: every {alpha} tried up to {num(search.looked)} makes {total} {lower}{box}"]
    if search.reach == 0:
        again = f" below {num(search.again)}" if search.again is not None else ""
        return [f"{way}: no {alpha} that was tried{again} makes {total} {lower}"]
    told = f"{way}: every {alpha} tried makes {total} {lower} up to {num(search.reach)}, the first beyond does not"
    if search.again is not None:
        told += f"; longer steps do again, such as with {alpha} = {num(search.again)}"
    return [f"{told} (looked for up to {num(search.looked)})"]


def newtons(context: Context, start: Array, slope: Array) -> tuple[object, list[str]]:
    """Newton's step: where a parabola through the start, with its slope and curvature, has its lowest point."""
    if context.many:
        return None, []
    with np.errstate(all="ignore"):
        matrix = context.sense * context.hessian(start)
    if len(start) == 1 and context.plain:  # exact, from the interval jets at one point
        matrix = line_of(context, -math.inf, math.inf, None).bend(start)[:, None]
    if not np.any(slope) or not np.isfinite(matrix).all():
        return None, []
    if not sides(context, start).smooth:
        return None, ["Newton's step does not exist at the start: at a kink there is no curvature"]
    values = np.linalg.eigvalsh(matrix)
    extreme = "lowest" if context.sense > 0 else "highest"
    if values[0] <= 1e-9 * max(abs(values[-1]), 1e-300):
        many = " in some direction" if len(start) > 1 else ""
        return None, [
            f"Newton's step does not exist at the start: the curve does not bend "
            f"{'upward' if context.sense > 0 else 'downward'} there{many}"
        ]
    target = start - np.linalg.solve(matrix, context.sense * slope)
    target = np.where(np.abs(target) < 1e-9 * (1 + np.abs(start)), 0.0, target)
    reached = context.error(target)
    if len(start) == 1:
        step = float(1 / matrix[0, 0])
        return step, [
            f"Newton's step, 1/curvature at the start: {context.rate_name} = {num(step)}, to {context.point(target)}"
            f"{' (outside its box)' if bool((context.project(target) != target).any()) else ''}, where "
            f"{context.total_name} = {num(reached)}"
        ]
    return target.tolist(), [
        f"Newton's step, to the {extreme} point of the parabola that fits the start: {context.point(target, 3)}, "
        f"where {context.total_name} = {num(reached)}"
    ]


def beyond(context: Context, whole: Limit | None, reach: float | None) -> list[Trial]:
    """What plain steps over all patterns do at, below and far beyond the bound."""
    base = whole.safe if whole is not None and math.isfinite(whole.safe) else None
    rates = {context.trial_rate}
    if base is not None:
        rates |= {0.9 * base, 1.1 * base, 3 * base, 30 * base}
    elif reach:
        rates |= {0.5 * reach, 2 * reach}
    else:
        rates |= {10 * context.trial_rate, 1000 * context.trial_rate}
    tried = np.array(sorted(rate for rate in rates if 0 < rate < 1e15))
    cost = context.evaluator.width(context.patterns, False, False) * len(tried)
    steps = min(200 if cost < 20_000 else 30, max(LEAST, most("tries") // max(1, context.evaluator.operations)))
    return descend(context, context.start, tried, steps=steps)
