"""Blocks of text and tables → one text: plain anywhere, with rich on a terminal.

rich never reads our text as markup: cells are its Text values, so ``y[p]`` stays ``y[p]``. Control characters are drawn
as pictures. A table that is too wide is folded: its first column stands again before each further group of columns.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from chainrule.errors import inline, picture, width

GAP, RICH_GAP = 2, 3
"""Spaces between two columns, here and as rich draws them."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under heads; ``left`` columns are set flush left, the others right."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: int = 1


Block = str | Table


def render(blocks: Iterable[Block], terminal: bool, columns: int = 100, ascii: bool = False) -> str:
    """Blocks as one text, no table wider than ``columns``; on a terminal the tables are rich's."""
    one, gap = (drawn, RICH_GAP) if terminal else (plain, GAP)
    text = "\n".join(
        picture(block) if isinstance(block, str) else "\n\n".join(map(one, folded(block, columns, gap)))
        for block in blocks
    )
    if not ascii:
        return text
    from chainrule.explain.words import ascii_text  # brings the whole of explain with it

    return ascii_text(text)


def widths(table: Table) -> list[int]:
    """How wide each column must be."""
    return [max(map(width, column)) for column in zip(table.heads, *table.rows, strict=True)]


def folded(table: Table, columns: int, gap: int = GAP) -> Iterator[Table]:
    """The table in parts that are no wider than ``columns``, each beginning with the first column."""
    clean = Table(tuple(map(inline, table.heads)), tuple(tuple(map(inline, row)) for row in table.rows), table.left)
    wide = widths(clean)
    groups: list[list[int]] = [[]]
    used = wide[0]
    for place in range(1, len(wide)):
        if groups[-1] and used + gap + wide[place] > columns:
            groups.append([])
            used = wide[0]
        groups[-1].append(place)
        used += gap + wide[place]
    for group in groups:
        take = [0, *group]
        yield Table(
            tuple(clean.heads[k] for k in take), tuple(tuple(row[k] for k in take) for row in clean.rows), table.left
        )


def plain(table: Table) -> str:
    """A table of aligned columns, two spaces between them."""
    wide = widths(table)
    return "\n".join(line(row, wide, table.left) for row in (table.heads, *table.rows))


def line(cells: Sequence[str], wide: Sequence[int], left: int) -> str:
    """One row: the first columns flush left, the others right."""
    padded = [
        cell + " " * (size - width(cell)) if place < left else " " * (size - width(cell)) + cell
        for place, (cell, size) in enumerate(zip(cells, wide, strict=True))
    ]
    return (" " * GAP).join(padded).rstrip()


def drawn(table: Table) -> str:
    """The table as rich draws it."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    rich = RichTable(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for place, head in enumerate(table.heads):
        rich.add_column(Text(head), justify="left" if place < table.left else "right", no_wrap=True)
    for row in table.rows:
        rich.add_row(*map(Text, row))
    paper = io.StringIO()
    wide = sum(widths(table)) + RICH_GAP * len(table.heads)
    Console(file=paper, force_terminal=True, markup=False, highlight=False, emoji=False, width=wide).print(rich)
    return "\n".join(text.rstrip() for text in paper.getvalue().rstrip().splitlines())
