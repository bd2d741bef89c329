"""A scene → what is drawn, in pixels: strokes, circles, boxes and words, in order.

Here it is decided where everything lies, so that whoever writes a picture (`svg`, `plot`) only copies. Lines are cut at
the frame, and have a gap where a number is not finite; what lies outside is not drawn.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from chainrule import errors
from chainrule.views import scene as of
from chainrule.views.scene import GREY, INK, PALE, Anchor, Axis, Dash, Mark, Panel, Scene, Shape
from chainrule.views.ticks import ticks

Point = tuple[float, float]
SMALL = 12
LINE = 18
"""Pixels of the small letters, and from one line of a legend to the next."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through points, closed and filled where ``fill`` names a colour."""

    points: tuple[Point, ...]
    colour: str = ""
    width: float = 0
    dash: Dash = "solid"
    fill: str = ""
    opacity: float = 1


@dataclass(frozen=True, slots=True)
class Circle:
    x: float
    y: float
    radius: float
    colour: str
    width: float
    fill: str


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    y: float
    wide: float
    high: float
    fill: str
    colour: str = ""
    width: float = 0
    round: float = 0
    opacity: float = 1


@dataclass(frozen=True, slots=True)
class Words:
    """``turned``: read from below upwards."""

    x: float
    y: float
    words: str
    size: float
    colour: str
    anchor: Anchor = "start"
    bold: bool = False
    turned: bool = False


Drawn = Stroke | Circle | Box | Words


def paint(scene: Scene) -> Iterator[Drawn]:
    """Everything of a scene, the first at the bottom."""
    yield Box(0, 0, scene.wide, scene.high, of.PAPER)
    yield Words(14, 24, short(scene.title, scene.wide - 28, 15, bold=True), 15, INK, bold=True)
    for panel in scene.panels:
        yield from frame(panel)
        for mark in panel.marks:
            yield from drawn(mark, panel)
        yield from outline(panel)
        if panel.legend:
            yield from legend(panel)


def width(words: str, size: float, bold: bool = False) -> float:
    """About how wide words are; no font that is likely is wider.

    >>> round(width("ab", 10)), round(width("ŷ", 10)) == round(width("y", 10))
    (13, True)
    """
    thin, broad = "iljt.,:;'|!()[]·-f ", "mwMW∂%@—≥≤ΣΔQOG"
    units = sum(
        errors.width(char) * (0.36 if char in thin else 0.9 if char in broad else 0.72 if char.isupper() else 0.64)
        for char in words
    )
    return units * size * (1.1 if bold else 1)


def short(words: str, most: float, size: float, bold: bool = False) -> str:
    """Words cut to a width."""
    if width(words, size, bold) <= most:
        return words
    while words and width(words + "…", size, bold) > most:
        words = words[:-1]
    return words.rstrip() + "…"


# ---- axes ----------------------------------------------------------------------------------------------------------


def place(panel: Panel, x: float, y: float) -> Point:
    """A place of a panel in pixels; not a number where it has none."""
    if panel.across is None or panel.up is None:
        return panel.x + x, panel.y + y
    return panel.x + panel.across.place(x) * panel.wide, panel.y + (1 - panel.up.place(y)) * panel.high


def frame(panel: Panel) -> Iterator[Drawn]:
    """The lines of the ticks, below all marks."""
    for axis, across in ((panel.across, True), (panel.up, False)):
        for value, _ in ticks(axis) if axis is not None else ():
            yield Stroke(across_or_up(panel, axis, value, across), PALE, 1)


def across_or_up(panel: Panel, axis: Axis | None, value: float, across: bool) -> tuple[Point, Point]:
    """The line at a value of an axis, from one side of the frame to the other."""
    at = axis.place(value) if axis is not None else 0.0
    if across:
        x = panel.x + at * panel.wide
        return (x, panel.y), (x, panel.y + panel.high)
    y = panel.y + (1 - at) * panel.high
    return (panel.x, y), (panel.x + panel.wide, y)


def outline(panel: Panel) -> Iterator[Drawn]:
    """The frame, the ticks' labels and the names of the axes, above all marks."""
    if panel.across is None and panel.up is None:
        return
    left, right, top, bottom = panel.x, panel.x + panel.wide, panel.y, panel.y + panel.high
    yield Stroke(((left, top), (right, top), (right, bottom), (left, bottom), (left, top)), GREY, 1)
    if panel.across is not None:
        for value, label in ticks(panel.across, max(2, int(panel.wide / 75))):
            x = left + panel.across.place(value) * panel.wide
            yield Stroke(((x, bottom), (x, bottom + 4)), GREY, 1)
            yield Words(x, bottom + 17, label, SMALL, INK, "middle")
        words = short(panel.across.label, panel.wide + 60, 13)
        yield Words((left + right) / 2, bottom + 36, words, 13, INK, "middle")
    if panel.up is not None:
        labels = ticks(panel.up, max(2, int(panel.high / 40)))
        for value, label in labels:
            y = top + (1 - panel.up.place(value)) * panel.high
            yield Stroke(((left - 4, y), (left, y)), GREY, 1)
            yield Words(left - 7, y + 4, label, SMALL, INK, "end")
        room = max((width(label, SMALL) for _, label in labels), default=0.0)
        words = short(panel.up.label, panel.high + 60, 13)
        yield Words(max(16.0, left - 16 - room), (top + bottom) / 2, words, 13, INK, "middle", turned=True)


# ---- marks ---------------------------------------------------------------------------------------------------------


def drawn(mark: Mark, panel: Panel) -> Iterator[Drawn]:
    """What one mark is in pixels."""
    match mark:
        case of.Line(xs, ys, colour, wide, dash):
            places = [place(panel, x, y) for x, y in zip(xs, ys, strict=True)]
            yield from (Stroke(piece, colour, wide, dash) for piece in pieces(places, panel))
        case of.Points(xs, ys, colour, shape, size, filled):
            for x, y in (place(panel, x, y) for x, y in zip(xs, ys, strict=True)):
                if inside(x, y, panel):
                    yield symbol(x, y, colour, shape, size, filled)
        case of.Text(x, y, words, colour, size, anchor, bold, up, behind):
            x, y = place(panel, x, y)
            if inside(x, y, panel):
                if behind:
                    room = width(words, size, bold) + 4
                    left = x - room * {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
                    yield Box(left, y - up - size, room, size * 1.35, behind, round=2, opacity=0.88)
                yield Words(x, y - up, words, size, colour, anchor, bold)
        case of.Area(xs, low, high, colour, opacity):
            for run in runs(xs, low, high):
                above = [held(place(panel, xs[k], high[k]), panel) for k in run]
                below = [held(place(panel, xs[k], low[k]), panel) for k in reversed(run)]
                yield Stroke((*above, *below), fill=colour, opacity=opacity)
        case of.Arrow(x, y, to_x, to_y, colour, wide, dash):
            start, end = place(panel, x, y), place(panel, to_x, to_y)
            yield from arrow(start, end, colour, wide, dash, panel)
        case of.Rect(x, y, to_x, to_y, fill, edge, wide, radius):
            one, two = held(place(panel, x, y), panel), held(place(panel, to_x, to_y), panel)
            left, top = min(one[0], two[0]), min(one[1], two[1])
            yield Box(left, top, abs(two[0] - one[0]), abs(two[1] - one[1]), fill, edge, wide if edge else 0, radius)
        case of.Heat():
            yield from heat(mark, panel)


def inside(x: float, y: float, panel: Panel) -> bool:
    """Whether a place is one and lies within the frame, but for half a pixel."""
    if not (math.isfinite(x) and math.isfinite(y)):
        return False
    return panel.x - 0.5 <= x <= panel.x + panel.wide + 0.5 and panel.y - 0.5 <= y <= panel.y + panel.high + 0.5


def held(at: Point, panel: Panel) -> Point:
    """The nearest place within the frame."""
    return min(max(at[0], panel.x), panel.x + panel.wide), min(max(at[1], panel.y), panel.y + panel.high)


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


def clipped(one: Point, two: Point, panel: Panel) -> tuple[Point, Point] | None:
    """The part of a stretch that lies in the frame (Liang and Barsky, 1984)."""
    if not all(map(math.isfinite, (*one, *two))):
        return None
    across, down = two[0] - one[0], two[1] - one[1]
    first, last = 0.0, 1.0
    for move, room in (
        (-across, one[0] - panel.x), (across, panel.x + panel.wide - one[0]),
        (-down, one[1] - panel.y), (down, panel.y + panel.high - one[1]),
    ):  # fmt: skip
        if move == 0:
            if room < 0:
                return None
        elif move < 0:
            first = max(first, room / move)
        else:
            last = min(last, room / move)
    if first > last:
        return None
    start = one if first == 0 else (one[0] + first * across, one[1] + first * down)
    end = two if last == 1 else (one[0] + last * across, one[1] + last * down)
    return start, end


def symbol(x: float, y: float, colour: str, shape: Shape, size: float, filled: bool) -> Drawn:
    """A mark of a shape."""
    fill, edge = (colour, of.PAPER) if filled else (of.PAPER, colour)
    rim = 1.0 if filled else 1.8
    if shape == "circle":
        return Circle(x, y, size, edge, rim, fill)
    if shape in ("cross", "plus"):
        a, t = size, max(0.8, size * 0.3)
        star = [(-t, -a), (t, -a), (t, -t), (a, -t), (a, t), (t, t), (t, a), (-t, a), (-t, t), (-a, t), (-a, -t), (-t, -t)]
        turn = math.pi / 4 if shape == "cross" else 0.0
        corners = [(u * math.cos(turn) - v * math.sin(turn), u * math.sin(turn) + v * math.cos(turn)) for u, v in star]
        fill, edge, rim = colour, of.PAPER, 0.7
    else:
        corners = [(u * size, v * size) for u, v in CORNERS[shape]]
    places = tuple((x + u, y + v) for u, v in (*corners, corners[0]))
    return Stroke(places, edge, rim, fill=fill)


CORNERS = {
    "square": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    "triangle": ((0.0, -1.15), (1.1, 0.85), (-1.1, 0.85)),
    "diamond": ((0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)),
}


def arrow(start: Point, end: Point, colour: str, wide: float, dash: Dash, panel: Panel) -> Iterator[Drawn]:
    """A line with a head at its end; a head alone where it is too short for both, nothing where it has no length."""
    cut = clipped(start, end, panel)
    if cut is None or math.dist(*cut) < 1e-9:
        return
    (x, y), tip = cut
    long = math.dist((x, y), tip)
    u, v = (tip[0] - x) / long, (tip[1] - y) / long
    head = min(4 + 2.5 * wide, long)
    foot = (tip[0] - head * u, tip[1] - head * v)
    if long > head:
        yield Stroke(((x, y), foot), colour, wide, dash)
    if cut[1] == end:  # an arrow that leaves the frame has no head in it
        side = head * 0.45
        corners = (tip, (foot[0] - side * v, foot[1] + side * u), (foot[0] + side * v, foot[1] - side * u), tip)
        yield Stroke(corners, fill=colour)
    else:
        yield Stroke((foot, tip), colour, wide, dash)


def heat(mark: of.Heat, panel: Panel) -> Iterator[Drawn]:
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


# ---- the legend ----------------------------------------------------------------------------------------------------


def labelled(marks: Sequence[Mark]) -> list[Mark]:
    """The marks that have words of their own, each words once."""
    found: dict[str, Mark] = {}
    for mark in marks:
        if not isinstance(mark, of.Text | of.Heat) and mark.label:
            found.setdefault(mark.label, mark)
    return list(found.values())


def rows(marks: Sequence[Mark], wide: float) -> list[list[tuple[float, Mark]]]:
    """The entries of a legend in lines, each with how far from the left it stands."""
    found: list[list[tuple[float, Mark]]] = []
    x = 0.0
    for mark in labelled(marks):
        room = 34 + width(words_of(mark), SMALL) + 16
        if not found or x + room > wide + 16:
            found.append([])
            x = 0.0
        found[-1].append((x, mark))
        x += room
    return found


def words_of(mark: Mark) -> str:
    """The words of a mark in the legend."""
    return "" if isinstance(mark, of.Text | of.Heat) else mark.label


def legend_height(marks: Sequence[Mark], wide: float) -> float:
    """Pixels that a legend takes below a panel of so many."""
    return LINE * len(rows(marks, wide))


def legend(panel: Panel) -> Iterator[Drawn]:
    """A sample of each labelled mark, with its words."""
    y = panel.y + panel.high + (56 if panel.across is not None else 16)
    for line in rows(panel.marks, panel.wide):
        for x, mark in line:
            yield from sample(mark, panel.x + x, y)
            words = short(words_of(mark), panel.wide - 34, SMALL)
            yield Words(panel.x + x + 34, y + 4, words, SMALL, INK)
        y += LINE


def sample(mark: Mark, x: float, y: float) -> Iterator[Drawn]:
    """A mark as the legend shows it, 28 pixels wide."""
    match mark:
        case of.Line(_, _, colour, wide, dash):
            yield Stroke(((x, y), (x + 28, y)), colour, wide, dash)
        case of.Points(_, _, colour, shape, size, filled):
            yield symbol(x + 14, y, colour, shape, min(size, 5), filled)
        case of.Arrow(colour=colour, width=wide, dash=dash):
            room = Panel(x, y - 8, 28, 16, ())
            yield from arrow((x, y), (x + 28, y), colour, wide, dash, room)
        case of.Area(colour=colour, opacity=opacity):
            yield Box(x + 2, y - 6, 24, 12, colour, opacity=opacity)
        case of.Rect(fill=fill, edge=edge, width=wide):
            yield Box(x + 2, y - 6, 24, 12, fill, edge, wide if edge else 0)
        case _:
            return
