"""update: how does this number change w? One step in full, with the numbers put in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.evaluate.evaluator import units
from chainrule.explain.measure.context import Context, Moment, lane
from chainrule.explain.measure.dead_units import by_steps_alone, shut, units_told
from chainrule.explain.measure.entry_formulas import entry
from chainrule.explain.measure.formulas import formula, numbers_in
from chainrule.explain.measure.kinks import smooth_beside, stepping, told
from chainrule.explain.measure.rounding import slope_blur
from chainrule.explain.measure.samples import median
from chainrule.explain.measure.summary import summary
from chainrule.explain.tell.claim import Claim
from chainrule.explain.wording import count, listing, num, put, table

QUESTION = "How does this number change the weights?"
MOST = 8
WORK = 50_000_000
"""Numbers that complex steps may compute; DIRECTIONS are drawn where one step for each weight would be more."""
DIRECTIONS = 8


def claim(context: Context) -> Claim:
    """The first step that moves a weight: is it the learning rule with the right gradient, and did it help?"""
    moment = context.moment
    if moment is None:
        return still(context)
    before = context.error(moment.before, moment.rows)
    after = context.error(moment.after, moment.rows)
    error = error_of(context, moment.rows)
    broken = told(context, moment.before, moment.rows, error)
    looked = moment
    if broken:  # at a kink no slope is right or wrong: the gradient is looked at beside it
        beside = smooth_beside(context, moment.before, moment.rows)
        looked = moment if beside is None else replace(
            moment, before=beside, gradient=context.gradient(beside, moment.rows)
        )  # fmt: skip
    off, scale, checked = compared(context, looked)
    right = off <= 1e-9 * scale or (broken != "" and looked is moment)
    expected = ruled(context, moment)
    followed = expected is None or context.agree(expected, moment.after, moment.change)
    better = context.sense * (after - before) < 0
    actual = after - before
    where = context.visited(moment.rows)
    evidence = {
        "step": moment.step,
        "rows": list(moment.rows),
        "weights": dict(zip(context.names, moment.before.tolist(), strict=True)),
        "gradient": dict(zip(context.names, moment.gradient.tolist(), strict=True)),
        "new_weights": dict(zip(context.names, moment.after.tolist(), strict=True)),
        "rate": context.run.rate,
        "error_before": before,
        "error_after": after,
        "predicted_change": moment.predicted,
        "actual_change": actual,
        "gradient_off_by": off,
        "slopes_checked": checked,
        "gradient_right": right,
        "rule_followed": followed,
        "projected": moment.projected,
    }
    evidence["kink"] = broken
    blur = 0.0
    if not right:
        rows = looked.rows
        row = None if len(set(rows)) == context.patterns == len(rows) else rows[0] if len(rows) == 1 else -1
        blur = float(slope_blur(context, looked.before, row).max(initial=0.0)) if row != -1 else 0.0
    if not right and off <= max(16 * np.finfo(float).eps * abs(before), blur):
        statement = (
            f"The gradient used in step {moment.step} is inexact: it differs from the slope of {error}, {num(scale)}, "
            f"by {num(off)}, which is as small as the rounding of {error} itself."
        )
    elif not right:
        statement = (
            f"The gradient used in step {moment.step} is wrong: it differs from the slope of {error} by {num(off)}, "
            f"where the slope itself is {num(scale)}{furthest(context, looked, checked)}."
        )
    elif not followed:
        statement = f"Step {moment.step} did not follow w − {context.rate_name}·gradient."
    elif len(context.names) == 1:
        g, w = float(moment.gradient[0]), context.weight(0)
        rule = (
            f"{w} ← {num(moment.before[0])} {sign(context)} {num(context.rate)}·{put(g)} = {num(moment.after[0])}"
            if context.rate is not None and not moment.projected
            else f"{w} goes to {num(moment.after[0])}"
            + (" (put back to the edge of its box)" if moment.projected else "")
        )
        statement = (
            f"On {where}, at {context.point(moment.before)}, {context.slope_names[0]} = {num(g)}; so {rule}, "
            f"and {error} {moves(before, after)}."
        )
    else:
        moved = int(np.count_nonzero(moment.change))
        statement = (
            f"On {where}, step {moment.step} moves {moved} of {len(context.names)} weights, each "
            f"{'against' if context.sense > 0 else 'along'} its own slope by {context.rate_name} = "
            f"{num(context.rate)} times its size, and {error} "
            f"{moves(before, after)}."
            if context.rate is not None
            else f"On {where}, step {moment.step} moves {moved} of {len(context.names)} weights by the learning rule "
            "of the "
            f"text, and {error} {moves(before, after)}."
        )
    statement += f" {broken}" if broken else ""
    conditions: tuple[str, ...] = (f"step {moment.step} of the run, {context.visited(moment.rows)}",)
    if broken and looked is not moment:
        conditions += ("the gradient was checked beside the kink, where there is a slope",)
    if checked < len(context.names):
        conditions += (
            f"the gradient was checked by complex steps: {checked} of {len(context.names)} slopes one by one, all of "
            f"them along {DIRECTIONS} directions drawn at random",
        )
    return Claim(
        "update", QUESTION, statement, right and followed and better, evidence,
        tuple(working(context, moment, before, after)), conditions,
    )  # fmt: skip


def furthest(context: Context, moment: Moment, checked: int) -> str:
    """Of a wrong gradient: the slope that is furthest off, the median, and how many are off at all."""
    if len(context.names) == 1 or checked < len(context.names):
        return ""
    oracle = context.evaluator.complex_step(moment.before, lane(moment.rows))
    off = np.abs(moment.gradient - oracle)
    found, many = summary(off), int(np.count_nonzero(off > 1e-9 * float(np.abs(oracle).max())))
    return (
        f"; {many} of {found.of} slopes are off, most {context.slope_names[found.place]}, the median of all by "
        f"{num(found.median)}"
    )


def compared(context: Context, moment: Moment) -> tuple[float, float, int]:
    """By how much the gradient differs from complex steps, the largest slope, and how many were taken one by one.

    Where that is too much work for all of them, all are checked together, along directions at random.
    """
    rows, size = lane(moment.rows), len(context.names)
    most = max(16, WORK // context.evaluator.width(len(moment.rows), True, False))
    if size <= most:
        oracle = context.evaluator.complex_step(moment.before, rows)
        return float(np.abs(moment.gradient - oracle).max()), float(np.abs(oracle).max()), size
    places = np.argsort(-np.abs(moment.gradient), kind="stable")[np.linspace(0, size - 1, most).astype(np.int64)]
    signs = np.random.default_rng(0).choice([-1.0, 1.0], (DIRECTIONS, size))
    directions = np.concatenate([units(size, places), signs])
    oracle = context.evaluator.complex_step(moment.before, rows, directions)
    off = np.abs(directions @ moment.gradient - oracle)
    return float(off.max()), float(np.abs(oracle[:most]).max()), most


def still(context: Context) -> Claim:
    """No weight moved."""
    if not context.names:
        statement = "No weight is trained, so no step changes anything."
    elif len(context.steps) < 2:
        statement = "The run has no step, so nothing has changed yet."
    elif context.moment is None and np.all(context.path[0] == context.path[-1]):
        statement = (
            f"It does not: the gradient is 0 at {context.point(context.start)} on every pattern that was visited, "
            f"so {context.rate_name}·0 is {'subtracted' if context.sense > 0 else 'added'} and the weights stay."
        )
        broken = told(context, context.start, None, context.total_name) or flat(context)
        statement += f" {broken}" if broken else ""
    else:
        statement = (
            "The first steps of the run were not recorded one by one or move nothing; no single step can be shown."
        )
    return Claim(
        "update", QUESTION, statement, False, {"weights": dict(zip(context.names, context.start.tolist(), strict=True))}
    )


def flat(context: Context) -> str:
    """What a slope of 0 does not say: the goal may depend on the weights through steps, or behind units that are
    shut."""
    if by_steps_alone(context):
        which = context.weight(0) if len(context.names) == 1 else "the weights"
        return (
            f"{context.total_name[:1].upper()}{context.total_name[1:]} depends on {which} through steps alone, "
            f"{listing(stepping(context), 3)}: it is flat between them, and no slope tells on which side it is lower."
        )
    units = [unit for unit in shut(context) if unit.always]
    return f"{units_told(context, units)}." if units else ""


def ruled(context: Context, moment: Moment) -> Array | None:
    """What plain gradient descent gives; None under another rule."""
    if context.rate is None:
        return None
    return context.project(moment.before - context.sense * context.rate * moment.gradient)


def put_back(context: Context, moment: Moment, place: int) -> bool:
    """Whether plain descent would have left the box."""
    free = moment.before[place] - context.sense * context.trial_rate * moment.gradient[place]
    return bool(free != moment.after[place] and moment.after[place] in (context.box[0][place], context.box[1][place]))


def sign(context: Context) -> str:
    return "−" if context.sense > 0 else "+"


def moves(before: float, after: float) -> str:
    """``falls from 2 to 1``, ``rises from 1 to 2`` or ``stays 2``."""
    if after == before:
        return f"stays {num(before)}"
    if not np.isfinite(after):
        return f"goes from {num(before)} to {num(after)}"
    return f"{'falls' if after < before else 'rises'} from {num(before)} to {num(after)}"


def error_of(context: Context, rows: tuple[int, ...]) -> str:
    """What the goal over these rows is called."""
    if len(rows) == context.patterns:
        return context.total_name
    return f"{context.goal_name} of that pattern" if len(rows) == 1 else f"{context.goal_name} over those patterns"


def working(context: Context, moment: Moment, before: float, after: float) -> list[str]:
    """The step as one would write it on a blackboard."""
    lines = []
    for step in range(moment.step - 1):
        rows = context.rows(step)
        lines.append(f"step {step + 1}, {context.visited(rows)}: the gradient is 0, nothing moves")
    lines.append(f"step {moment.step}, {context.visited(moment.rows)}:")
    order = np.argsort(-np.abs(moment.gradient), kind="stable")[:MOST]
    values = context.evaluator.values(moment.before[None, :], lane(moment.rows), backward=True)
    if len(moment.rows) == 1:
        lines += [f"  {line}" for line in forward(context, values)]
    if not context.plain and len(moment.rows) == 1:
        lines += [f"  {line}" for line in entry_lines(context, moment, int(order[0]))]
    for place in order[: 1 if len(context.names) > 2 else 2]:
        written = formula(context, context.names[place])
        slope = context.slope_names[place]
        if written is not None and len(moment.rows) == 1:
            shown, numbers = numbers_in(context, written, values)
            pad = " " * (len(slope) - 0)
            lines.append(f"  {slope} = {shown}")
            if shown == numbers:
                pass
            elif numbers == num(moment.gradient[place]):
                lines.append(f"  {pad} = {numbers}")
            elif len(numbers) <= 140:
                lines.append(f"  {pad} = {numbers} = {num(moment.gradient[place])}")
            else:
                lines.append(f"  {pad} = {num(moment.gradient[place])}")
    if len(context.names) > 2:
        rows_ = [("weight", "before", "slope", "change", "after")]
        rows_ += [
            (
                context.weight(place), num(moment.before[place]), num(moment.gradient[place]),
                num(moment.change[place]), num(moment.after[place]),
            )
            for place in order
        ]  # fmt: skip
        lines += [f"  {line}" for line in table(rows_)]
        if len(context.names) > MOST:
            rest = count(len(context.names) - MOST, "weight")
            middle = ""
            if context.many:
                sizes = np.abs(moment.gradient)
                zero = int(np.sum(sizes == 0))
                middle = f"; the median size of all {len(sizes)} slopes is {num(median(sizes))}"
                middle += f", {zero} of them are 0" if zero else ""
            lines.append(f"  and {rest} more with smaller slopes{middle}")
    else:
        for place in range(len(context.names)):
            w, g = context.weight(place), moment.gradient[place]
            if context.rate is not None:
                lines.append(
                    f"  {w} ← {w} {sign(context)} {context.rate_name}·{context.slope_names[place]} = "
                    f"{num(moment.before[place])} "
                    f"{sign(context)} {num(context.rate)}·{put(g)} = "
                    f"{num(moment.before[place] - context.sense * context.rate * g)}"
                    + (
                        f", put back into its box: {num(moment.after[place])}"
                        if put_back(context, moment, place)
                        else ""
                    )
                )
            else:
                lines.append(f"  {w}: {num(moment.before[place])} → {num(moment.after[place])} by the rule of the text")
    lines.append(
        f"  {error_of(context, moment.rows)}: {num(before)} → {num(after)}; predicted by the slope: "
        f"{num(moment.predicted, 3)}, "
        f"happened: {num(after - before, 3)}"
    )
    return lines


def entry_lines(context: Context, moment: Moment, place: int) -> list[str]:
    """The slope of one entry, with the numbers put in."""
    found = entry(context, place, context.evaluator.grid(moment.before[None, :], lane(moment.rows), backward=True))
    if found is None:
        return []
    slope, value = context.slope_names[place], num(moment.gradient[place])
    written, numbers = found
    lines = [f"{slope} = {written}"]
    if numbers and numbers not in (value, written) and len(numbers) <= 140:
        return [*lines, f"{' ' * len(slope)} = {numbers} = {value}"]
    return [*lines, f"{' ' * len(slope)} = {value}"] if written != value else lines


def forward(context: Context, values: dict[str, Array]) -> list[str]:
    """The quantities of the forward pass, as many as fit a line or two."""
    from chainrule.notation.names import pretty

    names = [
        equation.target.name
        for equation in context.evaluator.forward
        if not hasattr(equation.target, "wrt")
        and equation.target.name != context.program.objective
        and values[equation.target.name].size == 1
    ]
    shown = [f"{pretty(name)} = {num(np.asarray(values[name]).ravel()[0])}" for name in names if "#" not in name]
    return [", ".join(shown[start : start + 6]) for start in range(0, min(len(shown), 18), 6)]
