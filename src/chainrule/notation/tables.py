"""The inline table: a head of columns and rows of numbers."""

from __future__ import annotations

from fractions import Fraction

from chainrule.errors import Span
from chainrule.notation.names import clip
from chainrule.notation.numerals import exact
from chainrule.notation.reader import Reader
from chainrule.notation.scope import Scope
from chainrule.notation.statements import (
    InlineTable,
    TableColumn,
)  # fmt: skip


def table(readers: list[Reader], number: int) -> tuple[InlineTable, int]:
    """``table x y | t`` and the rows below it."""
    reader = readers[number]
    sides: list[list[TableColumn]] = [[]]
    help = "a table begins with the names of its columns: table x1 x2 | y"
    while reader.token.kind != "end":
        if reader.accept("|"):
            sides.append([])
            if len(sides) > 2:
                reader.fail("E046", "a table has one |", "data stand left of it, targets right", reader.at - 1)
            continue
        token = reader.name("E046", "the name of a column", help)
        position: list[int] = []
        if reader.accept("["):
            while True:
                if reader.token.kind != "number" or not reader.token.text.isdigit():
                    reader.fail(
                        "E046",
                        f"expected an integer, found {reader.found()}",
                        "a column is a name, x, or one entry, x[2]",
                    )
                position.append(int(reader.take().text))
                if not reader.accept(","):
                    break
            reader.expect("]", "E046", "a column is a name, x, or one entry, x[2]")
        elif reader.token.kind in ("subscript", "prime") or reader.sees(","):
            reader.fail(
                "E046",
                f"{reader.found()} in the head of a table",
                "names are separated by spaces; one entry of x is x[2]",
            )
        sides[-1].append(TableColumn(token.text, tuple(position), Span(token.start, reader.tokens[reader.at - 1].stop)))
    if not sides[0] or not sides[-1]:
        reader.fail("E046", "a side of the table is empty", help, 0)
    rows: list[tuple[Fraction, ...]] = []
    spans: list[Span] = []
    shape: tuple[int, int] | None = None
    number += 1
    while number < len(readers) and begins_row(readers[number]):
        row = readers[number]
        cells, bar = cells_of(row, len(sides) == 2)
        here = (len(cells), bar)
        if shape is None:
            shape = here
            wanted = sum(map(len, sides))
            if len(cells) < wanted:
                row.fail(
                    "E046",
                    f"the row has {len(cells)} number{'s' * (len(cells) != 1)} for {wanted} columns",
                    "a row has a number for each column",
                    0,
                    len(row.tokens) - 1,
                )
        elif here != shape:
            row.fail(
                "E046",
                f"the row has {_sides(here)}, the first has {_sides(shape)}",
                "all rows have the same form",
                0,
                len(row.tokens) - 1,
            )
        rows.append(cells)
        spans.append(Span(row.tokens[0].start, row.tokens[-1].stop))
        number += 1
    if not rows:
        reader.fail("E046", "the table has no rows", "below it stand rows of numbers: 0 1 | 1", 0)
    span = Span(reader.tokens[0].start, reader.tokens[-1].stop)
    targets = tuple(sides[1]) if len(sides) == 2 else ()
    bar = shape[1] if shape and targets else 0
    return InlineTable(tuple(sides[0]), targets, tuple(rows), tuple(spans), span, bar), number


def _sides(shape: tuple[int, int]) -> str:
    count, bar = shape
    return f"{count} number{'s' * (count != 1)}" + (f", {bar} left of |" if bar >= 0 else "")


def begins_row(reader: Reader) -> bool:
    first = reader.tokens[0]
    return first.kind in ("number", "fraction") or (
        first.text in ("-", "+") and reader.tokens[1].kind in ("number", "fraction")
    )


def cells_of(reader: Reader, divided: bool) -> tuple[tuple[Fraction, ...], int]:
    """The numbers of a row, and how many stand left of the bar (-1 without one)."""
    cells: list[Fraction] = []
    bar = -1
    while reader.token.kind != "end":
        if reader.sees("|"):
            if bar >= 0 or not divided:
                reader.fail(
                    "E046",
                    "this | is not in the head of the table",
                    "| separates data from targets, in the head and in each row",
                )
            bar = len(cells)
            reader.take()
            continue
        sign = -1 if reader.accept("-") else 1
        token = reader.token
        if token.text == "," and cells:
            after = reader.peek()
            if after.kind == "number" and reader.tokens[reader.at - 1].kind == "number":
                meant = f"{reader.tokens[reader.at - 1].text}.{after.text}"
                reader.fail(
                    "E046",
                    "numbers in a table are separated by spaces",
                    f"write {clip(meant)} for a number with decimals",
                    reader.at - 1,
                    reader.at + 1,
                )
        if token.kind not in ("number", "fraction"):
            reader.fail(
                "E046",
                f"expected a number, found {reader.found()}",
                "a row has numbers or fractions, separated by spaces: 0 -1.5 | 2/3",
            )
        value = number_value(reader)
        if token.kind == "number" and reader.accept("/"):
            if reader.token.kind != "number":
                reader.fail("E046", f"expected a number, found {reader.found()}", "a fraction is written 2/3")
            below = number_value(reader)
            if not below:
                reader.fail("E046", "a fraction with 0 below", "write a number", reader.at - 1)
            value /= below
        cells.append(sign * value)
    if divided and bar < 0:
        reader.fail(
            "E046",
            "the row has no |, the head of the table has one",
            "put | between data and targets",
            0,
            len(reader.tokens) - 1,
        )
    return tuple(cells), bar


def number_value(reader: Reader) -> Fraction:
    token = reader.token
    value = Fraction(token.text) if token.kind == "fraction" else exact(reader, token, Scope(printed=True), cell=True)
    reader.take()
    return value
