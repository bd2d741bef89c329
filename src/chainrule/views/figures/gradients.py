"""The size of the gradient and of the update of each weight, over the steps of a run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.figures.over_steps import Moves
from chainrule.explain.measure.samples import evenly
from chainrule.explain.wording import count, num
from chainrule.views.arrange import stack
from chainrule.views.figure import Figure
from chainrule.views.figures.reach import left_out, reach, steps_axis
from chainrule.views.scene import BLUE, GREY, Area, Axis, Line, Mark, Points, numbers, style

MOST = 7
"""Weights up to which each has its own line."""

NAMED = 3
"""Of more weights, how many are drawn by name: those with the largest gradients at the start."""


def figure(of: Moves, goal: str) -> Figure:
    """The figure, and the same in words; ``goal`` is what the steps lower."""
    across = steps_axis(of.steps)
    across = replace(across, label=across.label + (f", each pass of {of.over} steps" if of.over > 1 else ""))
    axes = [sizes(f"size of ∂{goal}/∂w", of.gradients), sizes("size of Δw, the update", of.updates)]
    signs = (of.signs, of.signs_of_updates)
    panels = []
    for up, values, sign in zip(axes, (of.gradients, of.updates), signs, strict=True):
        marks = each(of, values, sign, up) if len(of.names) <= MOST else folded(of, values)
        panels.append((across, up, marks))
    title = f"Gradient and update of {'each weight' if len(of.names) <= MOST else count(len(of.names), 'weight')}"
    absent = (left_out(up, [v]) for up, v in zip(axes, (of.gradients, of.updates), strict=True))
    words = moves_in_words(of, goal) + "".join(absent)
    return Figure(stack(title, words, panels))


def sizes(label: str, values: Array) -> Axis:
    """An axis for sizes, of which some may be 0."""
    log = reach(label, [values[values > 0]], values[:1][values[:1] > 0], ratio=10)
    return log if log.scale == "log" else reach(label, [values])


def each(of: Moves, values: Array, signs: Array, up: Axis) -> list[Mark]:
    """A line for each weight; marks along it are filled where the number is positive, open where it is negative."""
    xs = numbers(of.steps)
    marks: list[Mark] = []
    for place, name in enumerate(of.names):
        colour, dash, shape = style(place)
        ys = numbers(values[:, place])
        entries = of.entries[place]
        label = name if entries == 1 else f"‖{name}‖, of {entries} numbers"
        marks.append(Line(xs, ys, colour, 1.6, dash, label, tuple(of.steps.tolist())))
        some = evenly(len(xs), 25)
        for sign, filled in ((1, True), (-1, False)):
            at = [k for k in some if signs[k, place] == sign]
            if at:
                dots = numbers(of.steps[at]), numbers(values[at, place])
                marks.append(Points(*dots, colour, shape, 3.5, filled, moments=tuple(of.steps[at].tolist())))
    if np.any(signs):
        nowhere = (float("nan"),)
        marks.append(Points(nowhere, nowhere, GREY, "circle", 4, True, "filled: positive"))
        marks.append(Points(nowhere, nowhere, GREY, "circle", 4, False, "open: negative"))
    return marks


def folded(of: Moves, values: Array) -> list[Mark]:
    """The largest, the middle and the smallest of all weights, and some by name."""
    xs = numbers(of.steps)
    finite = np.where(np.all(np.isfinite(values), axis=1, keepdims=True), values, np.nan)
    low, middle, high = finite.min(axis=1), np.median(finite, axis=1), finite.max(axis=1)
    moments = tuple(of.steps.tolist())
    marks: list[Mark] = [
        Area(xs, numbers(low), numbers(high), GREY, 0.18, f"all {len(of.names)} weights", moments),
        Line(xs, numbers(middle), BLUE, 2.5, label="median", moments=moments),
    ]
    for rank, place in enumerate(largest(of)):
        colour, dash, _ = style(rank + 1)
        marks.append(Line(xs, numbers(values[:, place]), colour, 1.4, dash, of.names[place], moments))
    return marks


def largest(of: Moves) -> list[int]:
    """The weights whose gradients are largest at the start."""
    return [int(place) for place in np.argsort(-np.nan_to_num(of.gradients[0]), kind="stable")[:NAMED]]


def moves_in_words(of: Moves, goal: str) -> str:
    """Sizes at the first and at the last step that is drawn."""
    shown = range(len(of.names)) if len(of.names) <= MOST else largest(of)
    parts = [
        f"{of.names[place]}: ∂{goal}/∂{of.names[place]} {way(of.signs[0, place])}"
        f"of size {num(of.gradients[0, place])}, later {num(of.gradients[-1, place])}; "
        f"update {num(of.updates[0, place])}, later {num(of.updates[-1, place])}"
        for place in shown
    ]
    few = len(of.names) <= MOST
    which = "" if few else f" (the {NAMED} with the largest gradients at the start, of {len(of.names)})"
    steps = count(int(of.steps[-1]) + of.over, "step")
    least = ""
    if len(of.names) > MOST:
        low, high = int(np.nanargmin(of.gradients[-1])), int(np.nanargmax(of.gradients[-1]))
        least = (
            f" In the last step drawn the gradients lie between {num(of.gradients[-1, low])} ({of.names[low]}) and "
            f"{num(of.gradients[-1, high])} ({of.names[high]})."
        )
    gathered = "" if of.over == 1 else f", root mean square over each pass of {of.over} steps"
    return (
        f"Size of the gradient that each of {steps} used, and of the update it made{gathered}{which}. "
        f"{'. '.join(parts)}." + least + of.drawn
    )  # fmt: skip


def way(sign: float) -> str:
    """The sign in a word."""
    return "negative, " if sign < 0 else "positive, " if sign > 0 else ""
