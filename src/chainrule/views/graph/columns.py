"""The units of a network → columns from left to right, and what of them is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chainrule.explain.figures.units.net import Net
from chainrule.values import dataclass

TALL, ABOVE, BELOW = 12, 7, 3
"""Units that a column has at most; else so many of its first and of its last are drawn."""

BROAD, BEFORE, AFTER = 9, 5, 3
"""Columns that a drawing has at most; else so many of its first and of its last are drawn."""


@dataclass(frozen=True, slots=True)
class GraphColumn:
    """Units under each other; ``gaps`` tells after which place in the column how many are left out."""

    units: tuple[int, ...]
    gaps: Mapping[int, int]
    many: int
    first: int  # the number of the column, from 0, where none is left out
    skipped: int = 0  # columns that are left out before this one


def columns(net: Net) -> tuple[GraphColumn, ...]:
    """The columns that are drawn: a unit stands right before the first that reads it."""
    heights = heights_of(len(net.units), [(wire.source, wire.target) for wire in net.wires])
    top = max(heights, default=0)
    every: list[list[int]] = [[] for _ in range(top + 1)]
    for unit, height in enumerate(heights):
        every[top - height].append(unit)
    numbers = list(range(top + 1))
    if len(numbers) > BROAD:
        numbers = [*numbers[:BEFORE], *numbers[-AFTER:]]
    return tuple(
        column(net, every[number], number, number - before - 1)
        for before, number in zip([-1, *numbers], numbers, strict=False)
    )


def whole(net: Net) -> bool:
    """Whether every unit is drawn."""
    return sum(len(one.units) for one in columns(net)) == len(net.units) and not net.left_out


def column(net: Net, units: Sequence[int], number: int, skipped: int) -> GraphColumn:
    """What is drawn of a column."""
    kept = [*units[:ABOVE], *units[-BELOW:]] if len(units) > TALL else list(units)
    gaps: dict[int, int] = {}
    many = len(units) + sum(net.left_out.get(unit, 0) for unit in units)
    for place, unit in enumerate(kept):
        behind = units[units.index(unit) : units.index(kept[place + 1])] if place + 1 < len(kept) else [unit]
        hidden = len(behind) - 1 + sum(net.left_out.get(other, 0) for other in behind)
        if hidden:
            gaps[place] = hidden
    return GraphColumn(tuple(kept), gaps, many, number, skipped)


def heights_of(many: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """How far each unit is from the end, at most; edges may stand in any order.

    >>> heights_of(3, [(1, 0), (2, 1)])
    [0, 1, 2]
    """
    sources: list[list[int]] = [[] for _ in range(many)]
    open_: list[int] = [0] * many
    for source, target in dict.fromkeys(edges):
        sources[target].append(source)
        open_[source] += 1
    heights, todo = [0] * many, [unit for unit in range(many) if not open_[unit]]
    while todo:
        target = todo.pop()
        for source in sources[target]:
            heights[source] = max(heights[source], heights[target] + 1)
            open_[source] -= 1
            if not open_[source]:
                todo.append(source)
    return heights
