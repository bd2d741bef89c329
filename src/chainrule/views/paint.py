"""A scene → what is drawn, in pixels: strokes, circles, boxes and words, in order.

Here it is decided where everything lies, so that whoever writes a picture (`svg`, `plot`) only copies. Lines are cut at
the frame, and have a gap where a number is not finite; what lies outside is not drawn.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from chainrule.views import scene as of
from chainrule.views.legend import SMALL, legend
from chainrule.views.pixels import (
    Box,
    PixelMark,
    Point,
    Stroke,
    Words,
    arrow,
    clipped,
    flat,
    held,
    short,
    symbol,
    width,
)
from chainrule.views.scene import GREY, INK, PALE, Mark, Panel, Scene
from chainrule.views.ticks import ticks

Ticks = tuple[tuple[float, str], ...]


def paint(scene: Scene) -> Iterator[PixelMark]:
    """Everything of a scene, the first at the bottom."""
    yield Box(0, 0, scene.wide, scene.high, of.PAPER)
    title = flat(scene.title)
    yield Words(14, 24, short(title, scene.wide - 28, 15, bold=True), 15, INK, bold=True)
    for panel in scene.panels:
        yield from frame(panel)
        for mark in panel.marks:
            yield from in_pixels(mark, panel)
        yield from outline(panel)
        if panel.legend:
            yield from legend(panel)


# ---- axes ----------------------------------------------------------------------------------------------------------


def place(panel: Panel, x: float, y: float) -> Point:
    """A place of a panel in pixels; not a number where it has none."""
    if panel.across is None or panel.up is None:
        return panel.x + x, panel.y + y
    return panel.x + panel.across.place(x) * panel.wide, panel.y + (1 - panel.up.place(y)) * panel.high


def frame(panel: Panel) -> Iterator[PixelMark]:
    """The lines of the ticks, below all marks."""
    if panel.across is None or panel.up is None:
        return
    below, beside = marked(panel)
    for value, _ in below:
        x = panel.x + panel.across.place(value) * panel.wide
        yield Stroke(((x, panel.y), (x, panel.y + panel.high)), PALE, 1)
    for value, _ in beside:
        y = panel.y + (1 - panel.up.place(value)) * panel.high
        yield Stroke(((panel.x, y), (panel.x + panel.wide, y)), PALE, 1)


def marked(panel: Panel) -> tuple[Ticks, Ticks]:
    """The ticks of both axes: as many as there is room for."""
    below: Ticks = ()
    if panel.across is not None:
        for many in range(max(2, int(panel.wide / 75)), 1, -1):
            below = ticks(panel.across, many)
            if max((width(label, SMALL) + 10 for _, label in below), default=0) * len(below) <= panel.wide:
                break
    beside = ticks(panel.up, max(2, int(panel.high / 40))) if panel.up is not None else ()
    return below, beside


def outline(panel: Panel) -> Iterator[PixelMark]:
    """The frame, the ticks' labels and the names of the axes, above all marks."""
    if panel.across is None or panel.up is None:
        return
    below, beside = marked(panel)
    left, right, top, bottom = panel.x, panel.x + panel.wide, panel.y, panel.y + panel.high
    yield Stroke(((left, top), (right, top), (right, bottom), (left, bottom), (left, top)), GREY, 1)
    for value, label in below:
        x = left + panel.across.place(value) * panel.wide
        yield Stroke(((x, bottom), (x, bottom + 4)), GREY, 1)
        yield Words(x, bottom + 17, flat(label), SMALL, INK, "middle")
    words = short(flat(panel.across.label), panel.wide, 13)
    yield Words((left + right) / 2, bottom + 36, words, 13, INK, "middle")
    for value, label in beside:
        y = top + (1 - panel.up.place(value)) * panel.high
        yield Stroke(((left - 4, y), (left, y)), GREY, 1)
        yield Words(left - 7, y + 4, flat(label), SMALL, INK, "end")
    room = max((width(label, SMALL) for _, label in beside), default=0.0)
    words = short(flat(panel.up.label), panel.high + 40, 13)
    yield Words(max(16.0, left - 16 - room), (top + bottom) / 2, words, 13, INK, "middle", turned=True)


# ---- marks ---------------------------------------------------------------------------------------------------------


def in_pixels(mark: Mark, panel: Panel) -> Iterator[PixelMark]:
    """What one mark is in pixels."""
    match mark:
        case of.Line(xs, ys, colour, wide, dash):
            places = [place(panel, x, y) for x, y in zip(xs, ys, strict=True)]
            yield from (Stroke(piece, colour, wide, dash) for piece in pieces(places, panel))
        case of.Points(xs, ys, colour, shape, size, filled, latest=latest):
            places = [place(panel, x, y) for x, y in zip(xs, ys, strict=True)]
            if latest:
                places = [(x, y) for x, y in places if math.isfinite(x) and math.isfinite(y)][-1:]
            yield from (symbol(x, y, colour, shape, size, filled) for x, y in places if inside(x, y, panel))
        case of.Text(x, y, words, colour, size, anchor, bold, up, behind):
            x, y = place(panel, x, y)
            words = flat(words)
            if inside(x, y, panel):
                if behind:
                    room = width(words, size, bold) + 4
                    left = x - room * {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
                    yield Box(left, y - up - size, room, size * 1.35, behind, round=2, opacity=0.88)
                yield Words(x, y - up, words, size, colour, anchor, bold)
        case of.Area(xs, low, high, colour, opacity):
            for run in runs(xs, low, high):
                above = [held(place(panel, xs[k], standing(panel, high[k])), panel) for k in run]
                below = [held(place(panel, xs[k], standing(panel, low[k])), panel) for k in reversed(run)]
                yield Stroke((*above, *below), fill=colour, opacity=opacity)
        case of.Arrow(x, y, to_x, to_y, colour, wide, dash):
            start, end = place(panel, x, y), place(panel, to_x, to_y)
            yield from arrow(start, end, colour, wide, dash, panel)
        case of.Rect(x, y, to_x, to_y, fill, edge, wide, radius):
            one, two = (held(place(panel, *corner), panel) for corner in ((x, y), (to_x, to_y)))
            if not all(map(math.isfinite, (*one, *two))):
                return
            left, top = min(one[0], two[0]), min(one[1], two[1])
            yield Box(left, top, abs(two[0] - one[0]), abs(two[1] - one[1]), fill, edge, wide if edge else 0, radius)
        case of.Heat():
            yield from heat(mark, panel)


def standing(panel: Panel, value: float) -> float:
    """A bound of an area; what has no place on a logarithmic axis lies at its foot."""
    return panel.up.low if panel.up is not None and panel.up.scale == "log" and value <= 0 else value


def inside(x: float, y: float, panel: Panel) -> bool:
    """Whether a place is one and lies within the frame, but for half a pixel."""
    if not (math.isfinite(x) and math.isfinite(y)):
        return False
    return panel.x - 0.5 <= x <= panel.x + panel.wide + 0.5 and panel.y - 0.5 <= y <= panel.y + panel.high + 0.5


def runs(*rows: Sequence[float]) -> Iterator[list[int]]:
    """Places in a row at which every number is finite."""
    run: list[int] = []
    for k, values in enumerate(zip(*rows, strict=True)):
        if all(map(math.isfinite, values)):
            run.append(k)
        elif run:
            yield run
            run = []
    if run:
        yield run


def pieces(places: Sequence[Point], panel: Panel) -> Iterator[tuple[Point, ...]]:
    """A line without what lies outside the frame or is no place."""
    piece: list[Point] = []
    for one, two in pairwise(places):
        cut = clipped(one, two, panel)
        if cut is None:
            if len(piece) > 1:
                yield tuple(piece)
            piece = []
            continue
        if not piece or piece[-1] != cut[0]:
            if len(piece) > 1:
                yield tuple(piece)
            piece = [cut[0]]
        piece.append(cut[1])
    if len(piece) > 1:
        yield tuple(piece)


def heat(mark: of.Heat, panel: Panel) -> Iterator[PixelMark]:
    """The cells, neighbours of one colour in one box."""
    high, wide = len(mark.cells), len(mark.cells[0])
    left, bottom = place(panel, mark.x, mark.y)
    right, top = place(panel, mark.to_x, mark.to_y)
    for k, row in enumerate(mark.cells):
        y0, y1 = (bottom + (top - bottom) * part / high for part in (k, k + 1))
        start = 0
        for end in range(1, wide + 1):
            if end == wide or row[end] != row[start]:
                if row[start] >= 0:
                    x0, x1 = (left + (right - left) * part / wide for part in (start, end))
                    more = 0.4  # boxes that only touch would let the ground through
                    yield Box(x0, min(y0, y1), x1 - x0 + more, abs(y1 - y0) + more, mark.colours[row[start]])
                start = end
