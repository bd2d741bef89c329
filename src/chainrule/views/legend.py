"""The marks of a panel that have words of their own → its legend, below the frame."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chainrule.views import scene as of
from chainrule.views.pixels import Box, PixelMark, Stroke, Words, arrow, flat, short, symbol, width
from chainrule.views.scene import INK, Mark, Panel

SMALL = 12
LINE = 18
"""Pixels of the small letters, and from one line of a legend to the next."""


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
    return "" if isinstance(mark, of.Text | of.Heat) else flat(mark.label)


def legend_height(marks: Sequence[Mark], wide: float) -> float:
    """Pixels that a legend takes below a panel of so many."""
    return LINE * len(rows(marks, wide))


def legend(panel: Panel) -> Iterator[PixelMark]:
    """A sample of each labelled mark, with its words."""
    y = panel.y + panel.high + (56 if panel.across is not None else 16)
    for line in rows(panel.marks, panel.wide):
        for x, mark in line:
            yield from sample(mark, panel.x + x, y)
            words = short(words_of(mark), panel.wide - 34, SMALL)
            yield Words(panel.x + x + 34, y + 4, words, SMALL, INK)
        y += LINE


def sample(mark: Mark, x: float, y: float) -> Iterator[PixelMark]:
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
