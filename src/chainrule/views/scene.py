"""What a figure shows, before anyone writes it: panels with axes, marks in the axes' own numbers, a title, and words.

Conventions. A scene is measured in pixels from its upper left corner. Marks stand in the numbers of their panel's axes;
in a panel without axes they stand in pixels from the panel's corner, y downwards. Numbers that are not finite may stand
in a mark: they are not drawn, and the description of the scene says so. Marks are drawn in order, the last on top.
A mark with ``moments``, a step for each of its points, follows the run: a film shows of it what has been so far.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Literal

from chainrule.values import dataclass

Dash = Literal["solid", "dashed", "dotted", "dashdot"]
Shape = Literal["circle", "square", "triangle", "diamond", "cross", "plus"]
Anchor = Literal["start", "middle", "end"]
Numbers = tuple[float, ...]

INK, GREY, PALE, PAPER = "#1a1a1a", "#5c5c5c", "#e3e3e3", "#ffffff"
BLUE, VERMILION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
ORANGE, SKY = "#E69F00", "#56B4E9"  # Okabe and Ito (2008): told apart by the colour-blind
COLOURS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, INK)
DASHES: tuple[Dash, ...] = ("solid", "dashed", "dashdot", "dotted")
SHAPES: tuple[Shape, ...] = ("circle", "square", "triangle", "diamond", "cross", "plus")


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points; it has a gap where a number is not finite."""

    xs: Numbers
    ys: Numbers
    colour: str
    width: float = 2
    dash: Dash = "solid"
    label: str = ""
    moments: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Points:
    """Marks of one shape; ``size`` is half their width in pixels. Of ``latest`` ones only the last point is drawn."""

    xs: Numbers
    ys: Numbers
    colour: str
    shape: Shape = "circle"
    size: float = 4
    filled: bool = True
    label: str = ""
    moments: tuple[int, ...] = ()
    latest: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """Words at a place; ``up`` moves them by pixels. With ``behind`` they stand on a ground of that colour."""

    x: float
    y: float
    words: str
    colour: str = INK
    size: float = 12
    anchor: Anchor = "middle"
    bold: bool = False
    up: float = 0
    behind: str = ""


@dataclass(frozen=True, slots=True)
class Area:
    """What lies between two lines."""

    xs: Numbers
    low: Numbers
    high: Numbers
    colour: str
    opacity: float = 0.25
    label: str = ""
    moments: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrow:
    """From one place to another."""

    x: float
    y: float
    to_x: float
    to_y: float
    colour: str
    width: float = 2
    dash: Dash = "solid"
    label: str = ""


@dataclass(frozen=True, slots=True)
class Rect:
    """A box between two corners; ``round`` is the radius of its corners in pixels."""

    x: float
    y: float
    to_x: float
    to_y: float
    fill: str
    edge: str = ""
    width: float = 1
    round: float = 0
    label: str = ""


@dataclass(frozen=True, slots=True)
class Heat:
    """A grid of cells over a rectangle, the first row at ``y``: the place of each cell's colour, −1 for none."""

    x: float
    y: float
    to_x: float
    to_y: float
    cells: tuple[tuple[int, ...], ...]
    colours: tuple[str, ...]


Mark = Line | Points | Text | Area | Arrow | Rect | Heat


@dataclass(frozen=True, slots=True)
class Axis:
    """What a direction means, from where to where; ``ticks`` are value and label, found where none are given."""

    label: str
    low: float
    high: float
    scale: Literal["linear", "log"] = "linear"
    ticks: tuple[tuple[float, str], ...] | None = None

    def place(self, value: float) -> float:
        """Where a value lies, 0 at ``low`` and 1 at ``high``; not a number where the axis has no such value."""
        if not math.isfinite(value):
            return math.nan
        low, high = self.low, self.high
        if self.scale == "log":
            if value <= 0:
                return math.nan
            value, low, high = math.log10(value), math.log10(low), math.log10(high)
        wide = high / 2 - low / 2  # halved: the width of an axis may overflow
        return (value / 2 - low / 2) / wide if wide else 0.5


@dataclass(frozen=True, slots=True)
class Panel:
    """A frame in the scene, in pixels, with its axes and what stands in it. Its legend is drawn below."""

    x: float
    y: float
    wide: float
    high: float
    marks: tuple[Mark, ...]
    across: Axis | None = None
    up: Axis | None = None
    legend: bool = True


@dataclass(frozen=True, slots=True)
class Scene:
    """A whole figure. ``description`` tells in words, and from the same numbers, what can be seen."""

    title: str
    description: str
    wide: float
    high: float
    panels: tuple[Panel, ...]


def numbers(values: Iterable[float]) -> Numbers:
    """Any row of numbers as a mark takes it.

    >>> numbers([1, 2.5])
    (1.0, 2.5)
    """
    return tuple(map(float, values))


def style(place: int) -> tuple[str, Dash, Shape]:
    """Colour, dash and shape of the n-th of several: the first 28 differ in colour or dash, neighbours in all three.

    >>> style(0), style(7)
    (('#0072B2', 'solid', 'circle'), ('#0072B2', 'dotted', 'square'))
    """
    return COLOURS[place % len(COLOURS)], DASHES[place % len(DASHES)], SHAPES[place % len(SHAPES)]
