"""The error of each pattern over the steps of a run; of many patterns the worst, the median and the best."""

from __future__ import annotations

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.figures.over_steps import Course
from chainrule.explain.measure.samples import evenly
from chainrule.explain.wording import count, num
from chainrule.views.arrange import chart
from chainrule.views.figure import Figure
from chainrule.views.figures.reach import left_out, reach, steps_axis
from chainrule.views.scene import BLUE, GREEN, GREY, INK, VERMILION, Area, Line, Mark, Points, numbers, style

MOST = 12
"""Patterns up to which each has its own line."""


def figure(of: Course, error: str, held: Array | None = None) -> Figure:
    """The figure, and the same in words. ``error`` is the name of the error of a pattern; ``held`` is the goal over the
    patterns that were held out, at each step."""
    count_of = of.values.shape[1]
    across = steps_axis(of.steps)
    drawn = [of.values] if held is None else [of.values, held]
    up = reach(error, drawn, of.values[:1].ravel())
    marks = each(of) if count_of <= MOST else folded(of)
    title = f"{error} of each pattern" if count_of <= MOST else f"{error} of {count_of} patterns: worst, median, best"
    words = (told_each if count_of <= MOST else told_folded)(of, error) + of.drawn
    if held is not None:
        label = "the goal over the held-out patterns"
        marks.append(Line(numbers(of.steps), numbers(held), INK, 2.5, "dotted", label, tuple(of.steps.tolist())))
        words += f" Dotted: {label}, from {num(held[0])} to {num(held[-1])}."
    words += left_out(up, drawn)
    return Figure(chart(title, words, across, up, marks))


def each(of: Course) -> list[Mark]:
    """A line for each pattern, with marks of its own shape along it."""
    xs = numbers(of.steps)
    moments = tuple(of.steps.tolist())
    marks: list[Mark] = []
    some = evenly(len(xs), 9)
    for place, name in enumerate(of.names):
        colour, dash, shape = style(place)
        ys = of.values[:, place]
        marks.append(Line(xs, numbers(ys), colour, 2, dash, name, moments))
        dots = numbers(of.steps[some]), numbers(ys[some])
        marks.append(Points(*dots, colour, shape, 4, moments=tuple(of.steps[some].tolist())))
    return marks


def folded(of: Course) -> list[Mark]:
    """The largest, the middle and the smallest at each step."""
    xs = numbers(of.steps)
    moments = tuple(of.steps.tolist())
    worst, median, best = over(of)
    return [
        Area(xs, numbers(best), numbers(worst), GREY, 0.15, "all patterns lie here", moments),
        Line(xs, numbers(worst), VERMILION, 2, "dashed", "worst pattern at that step", moments),
        Line(xs, numbers(median), BLUE, 2.5, "solid", "median", moments),
        Line(xs, numbers(best), GREEN, 2, "dashdot", "best pattern at that step", moments),
    ]


def over(of: Course) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Worst, median and best over the patterns, at each step; NaN where any of them is not finite."""
    values = np.where(np.all(np.isfinite(of.values), axis=1, keepdims=True), of.values, np.nan)
    low, middle, high = values.min(axis=1), np.median(values, axis=1), values.max(axis=1)
    return (high, middle, low) if of.sense > 0 else (low, middle, high)


def told_each(of: Course, error: str) -> str:
    """Where each pattern began and ended."""
    first, last = of.values[0], of.values[-1]
    parts = [
        f"{name} from {num(first[place])} to {num(last[place])}" for place, name in enumerate(of.names)
    ]  # fmt: skip
    return f"{error} of each pattern over {count(int(of.steps[-1]), 'step')}: {'; '.join(parts)}." + worse(of)


def told_folded(of: Course, error: str) -> str:
    """The three lines at start and end."""
    worst, median, best = over(of)
    values = of.values
    row = int(np.argmax(of.sense * values[-1]))
    return (
        f"{error} over {count(int(of.steps[-1]), 'step')}, of {values.shape[1]} patterns the worst, the median and "
        f"the best at each step: at the start {num(worst[0])}, {num(median[0])} and {num(best[0])}; at the end "
        f"{num(worst[-1])} (pattern {row}), {num(median[-1])} and {num(best[-1])}." + worse(of)
    )


def worse(of: Course) -> str:
    """A sentence on the patterns that ended worse than they began."""
    many = int(np.sum(of.sense * of.values[-1] > of.sense * of.values[0]))
    than = f"a {'larger' if of.sense > 0 else 'smaller'} value than {'it' if many < 2 else 'they'} began with"
    return f" {count(many, 'pattern') if many else 'No pattern'} ended with {than}."
