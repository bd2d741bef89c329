"""Predictions against targets: pattern by pattern, one against the other, or class against class."""

from __future__ import annotations

import numpy as np

from chainrule.errors import UsageError
from chainrule.explain.figures.outputs import Columns, Outputs, classes
from chainrule.explain.measure.samples import places
from chainrule.explain.wording import count, listing, num, percent
from chainrule.views.arrange import chart, colour_bar
from chainrule.views.colours import scale
from chainrule.views.figure import Figure
from chainrule.views.figures.reach import left_out, reach
from chainrule.views.scene import BLUE, GREY, INK, PAPER, Axis, Heat, Line, Mark, Points, Text, numbers, style

FEW, SHOWN, OUTPUTS = 24, 800, 6
"""Patterns that are shown one by one, points that are drawn of more, and outputs that are told apart."""


def figure(of: Outputs) -> Figure:
    """The figure, and the same in words."""
    wanted = of.wanted
    if wanted is None:
        raise UsageError(
            "E466", f"{listing(of.predicted.names, 3)} is compared with no target",
            "leave `of` out, or declare a target and compare it with that",
        )  # fmt: skip
    if classes(wanted):
        return confusion(of.predicted, wanted)
    if len(of.predicted.values) <= FEW and len(wanted.names) == 1:
        return each(of, wanted)
    return scatter(of, wanted)


def each(of: Outputs, wanted: Columns) -> Figure:
    """Target and prediction of each pattern, joined by a line."""
    name, target = of.predicted.names[0], wanted.names[0]
    patterns = len(wanted.values)
    at = numbers(range(patterns))
    ends = [columns.values[:, 0] for columns in (wanted, of.predicted, of.before)]
    up = reach(f"{name} and {target}", ends, ratio=np.inf)
    across = Axis("pattern", -0.5, patterns - 0.5, ticks=tuple((float(k), str(k)) for k in range(patterns)))
    marks: list[Mark] = [
        Line((x, x), (float(ends[0][place]), float(ends[1][place])), GREY, 1.5) for place, x in enumerate(at)
    ]
    marks += [
        Points(at, numbers(ends[2]), GREY, "cross", 4.5, label=f"{name} at the start"),
        Points(at, numbers(ends[0]), INK, "square", 6.5, False, f"target {target}"),
        Points(at, numbers(ends[1]), BLUE, "circle", 4, label=f"{name} at the end"),
    ]
    worst = int(np.argmax(np.nan_to_num(np.abs(ends[1] - ends[0]), nan=np.inf)))
    parts = [f"pattern {k}: {target} = {num(ends[0][k])}, {name} = {num(ends[1][k])}" for k in range(min(patterns, 12))]
    more = f"; and {patterns - 12} more" if patterns > 12 else ""
    words = (
        f"{name} at the end of the run beside its target. {'; '.join(parts)}{more}. Furthest from its target is "
        f"pattern {worst}, by {num(abs(ends[1][worst] - ends[0][worst]))}; at the start the furthest was "
        f"{num(np.max(np.abs(ends[2] - ends[0])))} away."
    )
    return Figure(chart(f"{name} and {target}, pattern by pattern", words + left_out(up, ends), across, up, marks))


def scatter(of: Outputs, wanted: Columns) -> Figure:
    """Each prediction over its target; on the diagonal they are equal."""
    some = places(len(wanted.values), max(20, SHOWN // len(wanted.names)))
    shown = range(min(OUTPUTS, len(wanted.names)))
    targets, found = wanted.values[some], of.predicted.values[some]
    names, goals = (listing(columns.names, 3) for columns in (of.predicted, wanted))
    across = reach(f"target {goals}", [wanted.values], ratio=np.inf)
    up = reach(f"prediction {names}", [found, wanted.values], ratio=np.inf)
    low, high = max(across.low, up.low), min(across.high, up.high)
    marks: list[Mark] = [Line((low, high), (low, high), INK, 1.2, "dashed", label="prediction = target")]
    for place in shown:
        colour, _, shape = style(place)
        xs, ys = numbers(targets[:, place]), numbers(found[:, place])
        marks.append(Points(xs, ys, colour, shape, 3.5, label=of.predicted.names[place]))
    with np.errstate(all="ignore"):
        away, before = (np.abs(columns.values - wanted.values) for columns in (of.predicted, of.before))
    words = (
        f"{names} over the targets {goals} of {count(len(wanted.values), 'pattern')}. The distance from the target is "
        f"{num(np.median(away))} in the median and at most {num(np.max(away))} (pattern "
        f"{int(np.argmax(np.max(away, axis=1)))}); at the start it was {num(np.median(before))} and "
        f"{num(np.max(before))}."
    )
    if len(some) < len(wanted.values):
        words += f" Drawn: {len(some)} of {len(wanted.values)} patterns."
    if len(wanted.names) > OUTPUTS:
        words += f" Drawn: {OUTPUTS} of {len(wanted.names)} outputs."
    return Figure(chart(f"{names} against {goals}", words + left_out(up, [found]), across, up, marks))


def confusion(predicted: Columns, wanted: Columns) -> Figure:
    """How often each class was taken for each: rows are what is right, columns what the largest output says."""
    right = np.argmax(wanted.values, axis=1)
    said = np.argmax(np.nan_to_num(predicted.values, nan=-np.inf), axis=1)
    many = len(wanted.names)
    table = np.zeros((many, many), int)
    np.add.at(table, (right, said), 1)
    share = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    colours = scale()[::-1]
    steps = np.where(table > 0, np.minimum((share * len(colours)).astype(int), len(colours) - 1), -1)
    across, up = (
        Axis(label, -0.5, many - 0.5, ticks=tuple((float(k), columns.names[k]) for k in range(many)))
        for label, columns in (("the largest output", predicted), ("what is right", wanted))
    )
    marks: list[Mark] = [Heat(-0.5, -0.5, many - 0.5, many - 0.5, tuple(map(tuple, steps.tolist())), colours)]
    if many <= 12:
        for row, column in np.ndindex(many, many):
            if table[row, column]:
                ink = PAPER if share[row, column] > 0.45 else INK  # the scale is dark there
                marks.append(Text(float(column), float(row), str(table[row, column]), ink, 12, up=-4))
    correct, total = int(np.trace(table)), len(right)
    off = table - np.diag(np.diag(table))
    row, column = np.unravel_index(int(np.argmax(off)), off.shape)
    words = (
        f"Of {count(total, 'pattern')} the largest output is the right one for {correct} ({percent(correct / total)})."
    )
    if off.any():
        words += (
            f" Most often taken for another: {wanted.names[row]}, for which {predicted.names[column]} is the largest "
            f"{count(int(off[row, column]), 'time')} of {int(table[row].sum())}."
        )
    bar = colour_bar("share of the row", Axis("", 0.0, 1.0), colours)
    return Figure(chart(f"{count(total, 'pattern')}: what is right, and what is said", words, across, up, marks, bar))
