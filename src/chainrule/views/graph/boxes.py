"""A node → its box: the lines in it and how much room they take."""

from __future__ import annotations

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.figures.flow.flow import Node
from chainrule.explain.wording import num
from chainrule.values import dataclass
from chainrule.views.pixels import short, width

SIZE, SMALL = 13.0, 11.0
"""Pixels of the letters of a box's first line, and of all others."""

LEAST, MOST = 74.0, 230.0
"""Pixels that a box is wide."""

LINE, PAD = 15.0, 7.0

FILLS = {"data": "#dceefb", "target": "#fdeccf", "weight": "#d9f0e3", "const": "#efefef"}
"""The grounds of what is given; its role stands in the box too."""


@dataclass(frozen=True, slots=True)
class Box:
    """A node as it is drawn: its words, and its corners."""

    lines: tuple[str, ...]
    left: float
    top: float
    wide: float
    high: float


def box_lines(node: Node) -> tuple[str, ...]:
    """The lines of a box: what it is, how it is made, its value, its adjoint."""
    made = (f"= {node.formula}",) if node.formula else ()
    first = short(title(node), MOST - 2 * PAD, SIZE, bold=True)
    return (first, *(short(line, MOST - 2 * PAD, SMALL) for line in (*made, *numbers(node.values, node.adjoints))))


def title(node: Node) -> str:
    """What a node is."""
    return node.words if node.role in ("derived", "operation") else f"{node.role} {node.words}"


def numbers(values: Array, adjoints: Array) -> tuple[str, ...]:
    """A value and an adjoint in words; of many their ranges, and the length of the adjoint."""
    if values.size == 1:
        return num(values[0]), f"∂ {num(adjoints[0])}"
    return f"{values.size} values", span(values), f"∂ {span(adjoints)}", f"‖∂‖ {num(length(adjoints))}"


def span(values: Array) -> str:
    """The least and the greatest of several numbers.

    >>> span(np.array([0.5, -1.0, 2.0])), span(np.zeros(3))
    ('−1 … 2', '0')
    """
    good = values[np.isfinite(values)]
    if good.size < values.size:
        return f"{values.size - good.size} not finite"
    low, high = num(good.min(), 3), num(good.max(), 3)
    return low if low == high else f"{low} … {high}"


def length(values: Array) -> float:
    """The root of the sum of squares.

    >>> length(np.array([3.0, 4.0]))
    5.0
    """
    most = float(np.max(np.abs(values), initial=0.0))
    return most * float(np.sqrt(np.sum((values / most) ** 2))) if most and np.isfinite(most) else most


def box_width(lines: tuple[str, ...]) -> float:
    """Wide enough for every line."""
    first, *others = lines
    widest = max([width(first, SIZE, bold=True), *(width(line, SMALL) for line in others)])
    return max(LEAST, widest + 2 * PAD)


def box_height(lines: tuple[str, ...]) -> float:
    """High enough for all lines."""
    return LINE * len(lines) + PAD
