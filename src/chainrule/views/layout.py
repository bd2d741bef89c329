"""Blocks of text and tables → one text: plain anywhere, with rich on a terminal.

rich never reads our text as markup: cells are its Text values, so ``y[p]`` stays ``y[p]``. Control characters are drawn
as pictures. A table that is too wide is folded: its first column stands again before each further group of columns, and
a cell that is too wide alone goes on in the next line.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest

from chainrule.errors import inline, picture, width
from chainrule.notation.plain import ascii_text
from chainrule.values import dataclass

GAP, RICH_GAP = 2, 3
"""Spaces between two columns, here and as rich draws them."""


@dataclass(frozen=True, slots=True)
class TextTable:
    """Rows of cells under heads; ``left`` columns are set flush left, the others right."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: int = 1


Block = str | TextTable


def render(
    blocks: Iterable[Block], terminal: bool, columns: int = 100, ascii: bool = False, fit: Callable[[str], str] = str
) -> str:
    """Blocks as one text, no table wider than ``columns``; on a terminal the tables are rich's.

    ``fit`` writes a text in the characters that there are; what it makes longer has room.
    """
    one, gap = (rich_table, RICH_GAP) if terminal else (plain_table, GAP)
    written = ascii_text if ascii else fit

    def shown(block: Block) -> str:
        if isinstance(block, str):
            return written(picture(block))
        return written("\n\n".join(map(one, folded(clean(block, written), columns, gap))))

    return "\n".join(map(shown, blocks))


def clean(table: TextTable, written: Callable[[str], str]) -> TextTable:
    """The table with every cell drawn, on one line, in the characters that there are."""
    heads, *rows = (tuple(written(inline(cell)) for cell in row) for row in (table.heads, *table.rows))
    return TextTable(heads, tuple(rows), table.left)


def widths(table: TextTable) -> list[int]:
    """How wide each column must be; a cell may have several lines."""
    columns = zip(table.heads, *table.rows, strict=True)
    return [max(width(line) for cell in column for line in cell.split("\n")) for column in columns]


def folded(table: TextTable, columns: int, gap: int = GAP) -> Iterator[TextTable]:
    """The table in parts that are no wider than ``columns``, each beginning with the first column."""
    table = narrowed(clean(table, str), columns, gap)
    wide = widths(table)
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
        yield TextTable(
            tuple(table.heads[k] for k in take), tuple(tuple(row[k] for k in take) for row in table.rows), table.left
        )


def narrowed(table: TextTable, columns: int, gap: int) -> TextTable:
    """The table with its cells cut where the first column and one other would not stand beside each other."""
    first, *others = widths(table)
    room = columns - gap if others else columns
    widest = max(others, default=0)
    if first + widest <= room:
        return table
    first = min(first, max(room - widest, room // 2))
    most = (first, *[room - first] * len(others))

    def cut(row: tuple[str, ...]) -> tuple[str, ...]:
        return tuple("\n".join(pieces(cell, size)) for cell, size in zip(row, most, strict=True))

    return TextTable(cut(table.heads), tuple(map(cut, table.rows)), table.left)


def pieces(cell: str, most: int) -> Iterator[str]:
    """A cell in stretches of at most so many columns, cut at a space where there is one."""
    while width(cell) > most:
        stop = next(stop for stop in range(1, len(cell) + 1) if width(cell[:stop]) > most) - 1
        space = cell.rfind(" ", 1, stop + 1)
        yield cell[: space if space > 0 else max(1, stop)]
        cell = cell[space + 1 if space > 0 else max(1, stop) :]
    yield cell


def fold(text: str, columns: int) -> str:
    """A text with its lines broken between words where they are too wide, what follows set in; words stay whole.

    >>> print(fold("  to check it: chainrule train --verify run.npz", 24))
      to check it: chainrule
        train --verify
        run.npz
    """
    return "\n".join(part for line in text.split("\n") for part in broken(line, columns))


def broken(line: str, columns: int) -> Iterator[str]:
    """One line in parts; what colours a terminal takes no room."""
    if seen(line) <= columns:
        yield line
        return
    indent = " " * min(len(line) - len(line.lstrip(" ")), columns // 2)
    first, *rest = WORDS.findall(line.lstrip(" "))
    part = indent + first
    for word in rest:
        if seen(part + word) > columns:
            yield part.rstrip(" ")
            part = f"{indent}  {word.lstrip(' ')}"
        else:
            part += word
    yield part.rstrip(" ")


WORDS = re.compile(r" *[^ ]+|(?<=[^ ]) +$")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def seen(line: str) -> int:
    """How many columns a line with colours takes."""
    return width(COLOUR.sub("", line))


def plain_table(table: TextTable) -> str:
    """A table of aligned columns, two spaces between them."""
    wide = widths(table)
    return "\n".join(line(cells, wide, table.left) for row in (table.heads, *table.rows) for cells in lines(row))


def lines(row: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The lines of a row, of which some cells have several."""
    return zip_longest(*(cell.split("\n") for cell in row), fillvalue="")


def line(cells: Sequence[str], wide: Sequence[int], left: int) -> str:
    """One row: the first columns flush left, the others right."""
    padded = [
        cell + " " * (size - width(cell)) if place < left else " " * (size - width(cell)) + cell
        for place, (cell, size) in enumerate(zip(cells, wide, strict=True))
    ]
    return (" " * GAP).join(padded).rstrip()


def rich_table(table: TextTable) -> str:
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
    console = Console(
        file=paper, force_terminal=True, markup=False, highlight=False, emoji=False,
        width=wide, height=25,  # rich would read COLUMNS and LINES else, and stop at LINES=²
    )  # fmt: skip
    console.print(rich)
    return "\n".join(text.rstrip() for text in paper.getvalue().rstrip().splitlines())
