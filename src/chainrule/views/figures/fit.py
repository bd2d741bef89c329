"""What a network gives over its data: a function of one column, or regions of two; with the patterns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.figures.fitted import Fitted
from chainrule.explain.figures.outputs import few
from chainrule.explain.measure.samples import places
from chainrule.explain.wording import count, listing, num, percent
from chainrule.views.arrange import chart, colour_bar
from chainrule.views.colours import cells, scale
from chainrule.views.contours import contours
from chainrule.views.figure import Figure
from chainrule.views.figures.landscape import edges
from chainrule.views.figures.reach import left_out, reach
from chainrule.views.scene import (
    GREY,
    INK,
    PAPER,
    SHAPES,
    VERMILION,
    Axis,
    Heat,
    Line,
    Mark,
    Points,
    Scene,
    Text,
    numbers,
    style,
)
from chainrule.views.ticks import ticks

MOST, SHOWN = 6, 600
"""Outputs that are drawn as lines, and patterns that are drawn as points."""

TINTS = ("#cfe3f2", "#fbd9c3", "#cdebdf", "#f3dceb", "#fdf0c4", "#ddf0fb", "#e4e4e4", "#d9d2ec", "#eadfce", "#d3e8c8")
"""Grounds for classes; a class is told by the number on its ground and by the shape of its points."""


def figure(of: Fitted) -> Figure:
    """The figure, and the same in words."""
    return curve(of) if len(of.at) == 1 else region(of)


def frames(those: Sequence[Fitted]) -> list[Scene]:
    """The pictures of a film, on the same axes and with the same colours."""
    together = np.concatenate([of.end.values for of in those])
    draw = curve if len(those[0].at) == 1 else region
    return [draw(of, together, "at this step").scene for of in those]


def curve(of: Fitted, together: Array | None = None, when: str = "at the end") -> Figure:
    """The function of one column, at the end and at the start of the run; ``together`` are values that the axis holds
    too."""
    outputs, (at,) = of.outputs, of.at
    shown = range(min(MOST, len(of.end.names)))
    column, xs = outputs.inputs.names[0], numbers(at)
    across = Axis(column, float(at[0]), float(at[-1]))
    some = places(len(outputs.predicted.values), SHOWN)
    wanted = outputs.wanted.values[some] if outputs.wanted is not None else np.zeros((len(some), 0))
    names = [of.end.names[place] for place in shown]
    heights = [of.end.values[:, shown], of.start.values[:, shown], wanted[:, : len(shown)]]
    held = heights if together is None else [*heights, together[:, shown]]
    up = replace(reach(listing(names, 3), held, ratio=math.inf), scale="linear")
    marks: list[Mark] = []
    for place in shown:
        colour, dash, shape = style(place)
        name = of.end.names[place]
        start = numbers(of.start.values[:, place])
        marks.append(Line(xs, start, GREY if len(shown) == 1 else colour, 1.3, "dotted", f"{name} at the start"))
        marks.append(Line(xs, numbers(of.end.values[:, place]), colour, 2.5, dash, f"{name} {when}"))
        if outputs.wanted is not None:
            ys = numbers(wanted[:, place])
            data = numbers(outputs.inputs.values[some, 0])
            colour = INK if len(shown) == 1 else colour
            size = 4.5 if len(some) <= 100 else 2.6
            marks.append(Points(data, ys, colour, shape, size, label=f"target {outputs.wanted.names[place]}"))
    rest = f" The first {MOST} of {len(of.end.names)} outputs." if len(of.end.names) > MOST else ""
    words = f"{listing(names, 6)} over {column} from {num(at[0])} to {num(at[-1])}, {how_many(of)}.{rest}{errors(of)}"
    return Figure(chart(f"{listing(names, 3)} over {column}", words + left_out(up, heights[:1]), across, up, marks))


def region(of: Fitted, together: Array | None = None, when: str = "") -> Figure:
    """One output as colours over two columns, or of several outputs which is the largest."""
    one, two = of.outputs.inputs.names
    across, up = edges(one, of.at[0]), edges(two, of.at[1])
    shape = len(of.at[1]), len(of.at[0])
    corner = across.low, up.low, across.high, up.high
    names = of.end.names
    bar = None
    if len(names) == 1:
        values = of.end.values[:, 0].reshape(shape)
        axis = level_axis(of, values if together is None else together)
        heat = Heat(*corner, cells(values, axis), scale())
        bar = colour_bar(names[0], axis, scale())
        marks: list[Mark] = [heat, *lines(of, values, axis)]
        title = f"{names[0]} over {one} and {two}"
        own = level_axis(of, values)
        words = f"{title}: from {num(own.low)} (dark) to {num(own.high)} (light)."
        if not np.isfinite(values).all():
            missing = int(np.sum(~np.isfinite(values)))
            words += f" At {count(missing, 'point')} of {values.size} it is not finite, and nothing is drawn."
        level = boundary(of)
        if level is not None:
            part = percent(float(np.mean(values > level)))
            words += f" The heavy line is where it is {num(level)}; it is more on {part} of the picture."
    else:
        largest = np.argmax(np.nan_to_num(of.end.values, nan=-np.inf), axis=1).reshape(shape)
        known = np.isfinite(of.end.values).all(axis=1).reshape(shape)
        tints = tuple(TINTS[place % len(TINTS)] for place in range(len(names)))
        heat = Heat(*corner, tuple(map(tuple, np.where(known, largest, -1).tolist())), tints)
        marks = [heat, *class_names(of, largest, names)]
        title = f"The largest of {listing(names, 3)} over {one} and {two}"
        parts = [f"{name} on {percent(float(np.mean(largest == k)))}" for k, name in enumerate(names)]
        words = f"{title}: {', '.join(parts)} of the picture."
    points, told = patterns(of)
    labels = [mark for mark in marks if isinstance(mark, Text)]  # above the points
    grounds = [mark for mark in marks if not isinstance(mark, Text)]
    return Figure(chart(title, f"{words} {told}{errors(of)}", across, up, [*grounds, *points, *labels], bar))


def level_axis(of: Fitted, values: Array) -> Axis:
    """The scale of the colours of one output."""
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    return Axis(of.end.names[0], low, high) if low < high else Axis(of.end.names[0], low - 0.5, low + 0.5)


def boundary(of: Fitted) -> float | None:
    """Half way between two targets; None where there are not just two."""
    wanted = of.outputs.wanted
    levels = few(wanted.values[:, 0], 2) if wanted is not None and wanted.values.shape[1] == 1 else ()
    return sum(levels) / 2 if len(levels) == 2 else None


def lines(of: Fitted, values: Array, axis: Axis) -> list[Mark]:
    """Lines of equal output, and the boundary."""
    marks: list[Mark] = [level_line(of, values, [level for level, _ in ticks(axis, 8)], PAPER, 0.7, "")]
    level = boundary(of)
    if level is not None:
        marks.append(level_line(of, values, [level], INK, 4, ""))
        marks.append(level_line(of, values, [level], PAPER, 1.6, ""))
        label = f"boundary, {of.end.names[0]} = {num(level)}"
        marks.append(Line((math.nan,), (math.nan,), INK, 3, label=label))
    return marks


def level_line(of: Fitted, values: Array, levels: list[float], colour: str, width: float, label: str) -> Line:
    """All lines of some levels as one with gaps."""
    pieces = [line for level in levels for line in contours(of.at[0], of.at[1], values, level)]
    xs = [x for line in pieces for x, _ in [*line, (math.nan, 0.0)]]
    ys = [y for line in pieces for _, y in [*line, (0.0, math.nan)]]
    return Line(tuple(xs), tuple(ys), colour, width, label=label)


def class_names(of: Fitted, largest: Array, names: tuple[str, ...]) -> list[Mark]:
    """The name of each class on its ground: at the cell of it that lies deepest in it."""
    marks: list[Mark] = []
    for place, name in enumerate(names):
        rows, columns = np.nonzero(largest == place)
        if len(rows) < 12:
            continue
        middle = int(np.argmin((rows - np.median(rows)) ** 2 + (columns - np.median(columns)) ** 2))
        x, y = float(of.at[0][columns[middle]]), float(of.at[1][rows[middle]])
        marks.append(Text(x, y, name, INK, 13, bold=True, behind=PAPER))
    return marks


def patterns(of: Fitted) -> tuple[list[Mark], str]:
    """The patterns by class, each class with a shape; without classes all alike."""
    outputs = of.outputs
    some = places(len(outputs.predicted.values), SHOWN)
    data = outputs.inputs.values[some]
    wanted = outputs.wanted
    if wanted is None:
        groups, labels = np.zeros(len(some), int), ["patterns"]
    elif wanted.values.shape[1] > 1:
        groups = np.argmax(wanted.values[some], axis=1)
        labels = [f"{name} is the largest" for name in wanted.names]
    elif levels := few(wanted.values[:, 0]):
        groups = np.array([levels.index(value) for value in wanted.values[some, 0]])
        labels = [f"{wanted.names[0]} = {num(level)}" for level in levels]
    else:
        groups, labels = np.zeros(len(some), int), ["patterns"]
    marks: list[Mark] = []
    for group, label in enumerate(labels):
        at = groups == group
        xs, ys = numbers(data[at, 0]), numbers(data[at, 1])
        if not xs:
            continue
        shape, filled = SHAPES[group % len(SHAPES)], group % 2 == 1
        size = 5.0 if len(some) <= 100 else 3.2
        marks.append(Points(xs, ys, VERMILION if filled else INK, shape, size, filled, label))
    return marks, how_many(of)[:1].upper() + how_many(of)[1:] + "."


def how_many(of: Fitted) -> str:
    """How many patterns are drawn."""
    total = len(of.outputs.predicted.values)
    return f"with {count(total, 'pattern')}" if total <= SHOWN else f"with {SHOWN} of {total} patterns"


def errors(of: Fitted) -> str:
    """How far predictions and targets are from each other, at the end and at the start."""
    outputs = of.outputs
    if outputs.wanted is None:
        return ""
    with np.errstate(all="ignore"):
        last, first = (
            float(np.max(np.abs(columns.values - outputs.wanted.values)))
            for columns in (outputs.predicted, outputs.before)
        )
    return f" The greatest distance from a target is {num(last)} at the end and was {num(first)} at the start."
