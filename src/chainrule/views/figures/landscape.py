"""The error over two weights, or two directions, as a surface seen from above, with the path of the run on it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.figures.plane import Plane
from chainrule.explain.wording import count, num
from chainrule.views.arrange import chart, colour_bar
from chainrule.views.colours import cells, scale
from chainrule.views.contours import contours
from chainrule.views.figure import Figure
from chainrule.views.figures.reach import reach
from chainrule.views.scene import GREY, INK, PAPER, VERMILION, Axis, Heat, Line, Mark, Points, Rect, numbers
from chainrule.views.ticks import ticks

HOLE = "#d8d8d8"
"""Where the error is not finite."""


def figure(of: Plane) -> Figure:
    """The figure, and the same in words."""
    inside = seen(of)
    bar = ground(of, inside)
    across, up = edges(of.names[0], of.xs), edges(of.names[1], of.ys)
    colours = scale()
    heat = Heat(across.low, up.low, across.high, up.high, cells(of.goals, bar), colours)
    marks: list[Mark] = []
    if not np.isfinite(of.goals).all():
        marks.append(Rect(across.low, up.low, across.high, up.high, HOLE, label=f"{of.goal} is not finite"))
    marks += [heat, level_lines(of, bar), *passed(of, inside)]
    title = f"{of.goal} over {of.names[0]} and {of.names[1]}" if of.about == "two weights" else f"{of.goal}, {of.about}"
    return Figure(chart(title, plane_in_words(of, bar, inside), across, up, marks, colour_bar(of.goal, bar, colours)))


def ground(of: Plane, inside: Array) -> Axis:
    """The scale of the colours, no wider than what is met."""
    bar = reach(of.goal, [of.goals], of.errors[inside & np.isfinite(of.errors)], ratio=30)
    met = of.goals[np.isfinite(of.goals)]
    if not len(met) or not met.min() < met.max() or bar.scale == "log":
        return bar
    return replace(bar, low=float(max(bar.low, met.min())), high=float(min(bar.high, met.max())))


def edges(label: str, middles: Array) -> Axis:
    """The axis from the first edge of the cells to the last."""
    half = float(middles[1] - middles[0]) / 2
    return Axis(label, float(middles[0]) - half, float(middles[-1]) + half)


def level_lines(of: Plane, bar: Axis) -> Line:
    """Lines of equal error at the numbers that stand at the bar of colours, as one line with gaps."""
    log = bar.scale == "log"
    with np.errstate(all="ignore"):
        values = np.log10(of.goals) if log else of.goals
    xs: list[float] = []
    ys: list[float] = []
    for level, _ in ticks(bar, 10):
        for line in contours(of.xs, of.ys, values, math.log10(level) if log else level):
            xs += [x for x, _ in line] + [math.nan]
            ys += [y for _, y in line] + [math.nan]
    return Line(tuple(xs), tuple(ys), PAPER, 0.8)


def passed(of: Plane, inside: Array) -> list[Mark]:
    """The path: dark with a light line in it, so that it is seen on every colour."""
    (xs, ys), moments = (numbers(values) for values in of.path), tuple(of.steps.tolist())
    known = np.flatnonzero(np.isfinite(of.path[0]) & np.isfinite(of.path[1]))
    last = int(known[-1])
    end = "end" if inside[last] else "end (beyond the picture)"
    return [
        Line(xs, ys, INK, 3.4, label=f"the run: {many(of)}", moments=moments),
        Line(xs, ys, PAPER, 1.2, moments=moments),
        Points(xs, ys, INK, "circle", 1.8, moments=moments),
        Points(xs[:1], ys[:1], INK, "diamond", 6.5, label="start"),
        Points(xs, ys, VERMILION, "square", 6, label=end, moments=moments, latest=True),
        Line((math.nan,), (math.nan,), GREY, 0.8, label="lines of equal error, at the numbers of the bar"),
    ]


def many(of: Plane) -> str:
    return f"{of.recorded} points" if len(of.steps) == of.recorded else f"{len(of.steps)} of {of.recorded} points"


def seen(of: Plane) -> Array:
    """Which points of the path lie in the picture."""
    (x, y), across, up = of.path, edges("", of.xs), edges("", of.ys)
    with np.errstate(all="ignore"):
        found = (x >= across.low) & (x <= across.high) & (y >= up.low) & (y <= up.high)
    return np.asarray(found)


def plane_in_words(of: Plane, bar: Axis, inside: Array) -> str:
    """What the figure shows, from the numbers that it is drawn from."""
    one, two = of.names
    finite = np.isfinite(of.goals)
    words = f"{of.goal} at {len(of.xs)} × {len(of.ys)} points. Across: {one}; up: {two}."
    if of.others:
        ended = of.middle == of.steps[-1]
        when = "at the end" if ended else f"after {count(of.middle, 'step')}"
        rest = "weight is as it was" if of.others == 1 else f"{of.others} weights are as they were"
        words += (
            f" The other {rest} {when}."
            if of.about == "two weights"
            else f" The plane lies in the space of {of.others + 2} weights and goes through "
            f"{'the end of the run' if ended else f'where the run was {when}'}."
        )
    if finite.any():
        row, column = np.unravel_index(int(np.nanargmin(np.where(finite, of.sense * of.goals, np.nan))), of.goals.shape)
        best, rest = ("least", "at most") if of.sense > 0 else ("greatest", "at least")
        words += (
            f" It is {best}, {num(of.goals[row, column])}, at ({num(of.xs[column])}, {num(of.ys[row])}), and {rest} "
            f"{num(of.sense * (of.sense * of.goals[finite]).max())}; the colours go from {num(bar.low)} (dark) to "
            f"{num(bar.high)} (light)"
            f"{' on a logarithmic scale' if bar.scale == 'log' else ''}."
        )
        above = int(np.sum(of.goals[finite] > bar.high))
        if above:
            words += f" {count(above, 'point')} above that {'has' if above == 1 else 'have'} the lightest colour."
    if not finite.all():
        words += f" At {count(int(np.sum(~finite)), 'point')} it is not finite: grey."
    (x, y), first = of.path, 0
    last = int(np.flatnonzero(np.isfinite(x) & np.isfinite(y))[-1])
    words += (
        f" The run goes from ({num(x[first])}, {num(y[first])}) with {num(of.errors[first])} to ({num(x[last])}, "
        f"{num(y[last])}) with {num(of.errors[last])}; drawn: {many(of)} of it."
    )
    away = int(np.sum(inside == 0))
    if away:
        words += f" {count(away, 'point')} of it {'lies' if away == 1 else 'lie'} beyond the picture."
    if of.others and of.off > 0:
        words += f" It is projected onto the plane, from which it is up to {num(of.off)} away."
    return words
