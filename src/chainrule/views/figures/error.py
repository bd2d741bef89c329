"""The error over one weight, with tangent, first step and the whole path of the run."""

from __future__ import annotations

import numpy as np

from chainrule.explain.figures.section import Section
from chainrule.explain.wording import count, num
from chainrule.views.arrange import chart
from chainrule.views.figure import Figure
from chainrule.views.figures.reach import left_out, reach
from chainrule.views.scene import (
    BLUE,
    GREEN,
    GREY,
    INK,
    PURPLE,
    VERMILION,
    Arrow,
    Axis,
    Line,
    Mark,
    Points,
    numbers,
)


def figure(of: Section) -> Figure:
    """The figure, and the same in words."""
    left, right = float(of.weights[0]), float(of.weights[-1])
    xs, (ws, errors) = numbers(of.weights), of.path
    curves = [of.at_end] + ([of.at_start] if of.others else [])
    marked = [value for value, w in zip(errors, ws, strict=True) if left <= w <= right and np.isfinite(value)]
    across = Axis(of.weight, left, right)
    if of.held is not None:
        curves.append(of.held.goals)
    if of.step is not None:
        marked += [of.step.before[1], of.step.after[1]]
    up = reach(of.goal, [*curves, marked], marked)
    title = f"{of.goal} over {of.weight}"
    marks = [*curved(of, xs), *apart(of, xs), *stepped(of, xs, up.scale == "log"), *passed(of)]
    return Figure(chart(title, in_words(of) + left_out(up, [*curves, errors]) + outside(of), across, up, marks))


def curved(of: Section, xs: tuple[float, ...]) -> list[Mark]:
    """The curve, or both where other weights moved too."""
    if not of.others:
        return [Line(xs, numbers(of.at_end), BLUE, 2.5, label=f"{of.goal}")]
    return [
        Line(xs, numbers(of.at_start), GREY, 2, "dashed", f"{of.goal}, the other weights as at the start"),
        Line(xs, numbers(of.at_end), BLUE, 2.5, label=f"{of.goal}, the other weights as at the end"),
    ]


def apart(of: Section, xs: tuple[float, ...]) -> list[Mark]:
    """The curve over the patterns that were held out."""
    if of.held is None:
        return []
    others = ", the other weights as at the end" if of.others else ""
    return [Line(xs, numbers(of.held.goals), INK, 2, "dotted", f"over the held-out patterns{others}")]


def stepped(of: Section, xs: tuple[float, ...], log: bool) -> list[Mark]:
    """The first step: the curve that it goes by, its tangent, and from where to where."""
    step = of.step
    if step is None:
        return []
    marks: list[Mark] = []
    (w, e), (w1, e1) = step.before, step.after
    if not step.whole or (of.others and not np.allclose(step.goals, of.at_start, equal_nan=True)):
        what = of.goal if step.whole else f"E of {step.rows}" if step.rows.startswith("pattern") else f"of {step.rows}"
        marks.append(Line(xs, numbers(step.goals), VERMILION, 1.5, "dashdot", f"what the first step sees: {what}"))
    reach = 0.2 * (xs[-1] - xs[0])
    along = np.linspace(w - reach, w + reach, 41)
    heights = e + (along - w) * step.slope
    label = f"tangent, slope {num(step.slope)}" + (", bent by the logarithmic axis" if log else "")
    marks.append(Line(numbers(along), numbers(heights), VERMILION, 2, "dotted", label))
    marks.append(Arrow(w, e, w1, e1, VERMILION, 2, label=f"first step, from {num(w)} to {num(w1)}"))
    return marks


def passed(of: Section) -> list[Mark]:
    """The points that the run passed through, its first and its last."""
    ws, errors = of.path
    end = int(np.flatnonzero(np.isfinite(errors) & np.isfinite(ws))[-1:].max(initial=0))
    xs, ys, moments = numbers(ws), numbers(errors), tuple(of.steps.tolist())
    seen = "end" if of.weights[0] <= ws[end] <= of.weights[-1] else "end (beyond the picture)"
    return [
        Line(xs, ys, PURPLE, 1, moments=moments),
        Points(xs, ys, PURPLE, "circle", 2.5, label=f"the run: {many(of)}", moments=moments),
        Points(xs[:1], ys[:1], INK, "diamond", 6, label="start"),
        Points(xs, ys, GREEN, "square", 5.5, label=seen, moments=moments, latest=True),
    ]


def many(of: Section) -> str:
    """How many points of the run are drawn."""
    if len(of.steps) == of.recorded:
        return f"{of.recorded} points"
    return f"{len(of.steps)} of {of.recorded} points"


def in_words(of: Section) -> str:
    """What the figure shows, from the numbers that it is drawn from."""
    ws, errors = of.path
    finite = np.flatnonzero(np.isfinite(errors) & np.isfinite(ws))
    others = ""
    if of.others:
        many_others = "weight" if of.others == 1 else count(of.others, "weight")
        others = f", with the other {many_others} held as at the end (and, dashed, as at the start)"
    words = f"{of.goal} for {of.weight} from {num(of.weights[0])} to {num(of.weights[-1])}{others}."
    good = np.flatnonzero(np.isfinite(of.at_end))
    if len(good):
        best = int(good[np.argmin(of.sense * of.at_end[good])])
        which = "least" if of.sense > 0 else "greatest"
        words += f" The {which} on the curve is {num(of.at_end[best])} at {of.weight} = {num(of.weights[best])}."
    if of.step is not None:
        (w, e), (w1, e1) = of.step.before, of.step.after
        words += (
            f" The first step that moves {of.weight} goes by {of.step.rows}: at {of.weight} = {num(w)} the error "
            f"is {num(e)} and the slope {num(of.step.slope)}; it leads to {of.weight} = {num(w1)} with {num(e1)}."
        )
    if len(finite):
        first, last = int(finite[0]), int(finite[-1])
        words += (
            f" Over all patterns the run goes from {num(errors[first])} at {of.weight} = {num(ws[first])} to "
            f"{num(errors[last])} at {of.weight} = {num(ws[last])} (after {count(int(of.steps[last]), 'step')}); "
            f"drawn: {many(of)} of it."
        )
    return words + told_apart(of)


def told_apart(of: Section) -> str:
    """What the figure shows of the patterns that were held out."""
    held = of.held
    if held is None or not np.isfinite(held.goals).any():
        return ""
    best = int(np.nanargmin(np.where(np.isfinite(held.goals), of.sense * held.goals, np.nan)))
    which = "least" if of.sense > 0 else "greatest"
    return (
        f" Dotted in black: over the held-out patterns, where the run goes from {num(held.path[0])} to "
        f"{num(held.path[-1])}; the {which} on that curve is {num(held.goals[best])} at {of.weight} = "
        f"{num(of.weights[best])}."
    )


def outside(of: Section) -> str:
    """A sentence on points of the path that the axis of the weight does not hold."""
    ws = of.path[0]
    away = int(np.sum((ws < of.weights[0]) | (ws > of.weights[-1])))
    if not away:
        return ""
    return f" At {count(away, 'point')} of them {of.weight} lies beyond the picture."
