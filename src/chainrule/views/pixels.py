"""What can be drawn, in pixels: strokes, circles, boxes and words; and what marks and arrows are made of."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator

from chainrule import errors
from chainrule.values import dataclass
from chainrule.views import scene as of
from chainrule.views.scene import Anchor, Dash, Panel, Shape

Point = tuple[float, float]


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


PixelMark = Stroke | Circle | Box | Words


# ---- words ---------------------------------------------------------------------------------------------------------


def flat(words: str) -> str:
    """Words on one line, with nothing in them that only a terminal or a printer would obey.

    >>> flat("a\\n\\x1bb")
    'a ␛b'
    """
    return errors.picture(words).replace("\n", " ")


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
    """Words cut to a width.

    >>> short("a long name", 60, 10), short("a long name", 600, 10), short("a long name", 1, 10)
    ('a long na…', 'a long name', '…')
    """
    if width(words, size, bold) <= most:
        return words
    fits = bisect_right(range(len(words)), most, key=lambda count: width(words[:count] + "…", size, bold))
    return words[: max(fits - 1, 0)].rstrip() + "…"


# ---- lines and marks ------------------------------------------------------------------------------------------------


def clipped(one: Point, two: Point, panel: Panel) -> tuple[Point, Point] | None:
    """The part of a stretch that lies in the frame (Liang and Barsky, 1984)."""
    if not all(map(math.isfinite, (*one, *two))):
        return None
    far_one, far_two = one, two
    one, two = drawn_in(one, two), drawn_in(two, one)
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
    start = far_one if first == 0 else (one[0] + first * across, one[1] + first * down)
    end = far_two if last == 1 else (one[0] + last * across, one[1] + last * down)
    return held(start, panel), held(end, panel)


FAR = 1e7
"""Pixels beyond which a place is drawn in: sums with larger ones would lose what is in the picture."""


def drawn_in(far: Point, near: Point) -> Point:
    """A place so much nearer to another that sums with it keep their digits; the line between them is the same."""
    if max(map(abs, near)) > FAR:
        return max(min(far[0], 1e150), -1e150), max(min(far[1], 1e150), -1e150)
    across, down = far[0] - near[0], far[1] - near[1]
    longest = max(abs(across), abs(down))
    if longest <= FAR:
        return far
    return near[0] + across / longest * FAR, near[1] + down / longest * FAR


def held(at: Point, panel: Panel) -> Point:
    """The nearest place within the frame."""
    return min(max(at[0], panel.x), panel.x + panel.wide), min(max(at[1], panel.y), panel.y + panel.high)


def symbol(x: float, y: float, colour: str, shape: Shape, size: float, filled: bool) -> PixelMark:
    """A mark of a shape."""
    fill, edge = (colour, of.PAPER) if filled else (of.PAPER, colour)
    rim = min(1.0, size / 8) if filled else 1.8
    if shape == "circle":
        return Circle(x, y, size, edge, rim, fill)
    if shape in ("cross", "plus"):
        a, t = size, max(0.8, size * 0.3)
        star = [(-t, -a), (t, -a), (t, -t), (a, -t), (a, t), (t, t), (t, a), (-t, a), (-t, t), (-a, t), (-a, -t)]
        star.append((-t, -t))
        turn = math.pi / 4 if shape == "cross" else 0.0
        corners = [(u * math.cos(turn) - v * math.sin(turn), u * math.sin(turn) + v * math.cos(turn)) for u, v in star]
        fill, edge, rim = colour, of.PAPER, min(0.7, size / 8)
    else:
        corners = [(u * size, v * size) for u, v in CORNERS[shape]]
    places = tuple((x + u, y + v) for u, v in (*corners, corners[0]))
    return Stroke(places, edge, rim, fill=fill)


CORNERS = {
    "square": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    "triangle": ((0.0, -1.15), (1.1, 0.85), (-1.1, 0.85)),
    "diamond": ((0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)),
}


def arrow(start: Point, end: Point, colour: str, wide: float, dash: Dash, panel: Panel) -> Iterator[PixelMark]:
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
