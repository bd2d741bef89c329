"""The first lines of a text table → what separates its cells, what its columns are called, and where its rows begin."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chainrule.data.cells import SPACES, records, split
from chainrule.data.limits import Limits, exceeded
from chainrule.data.table import NUMBER, is_date
from chainrule.errors import DataError
from chainrule.values import dataclass

SEPARATORS = ("\t", ";", ",", "|", SPACES)
NAMES = {"\t": "tabs", ";": "semicolons", ",": "commas", "|": "bars", SPACES: "spaces"}

SEP = re.compile(rb'"?sep=."?', re.IGNORECASE)
"""What spreadsheets put above a header to say what separates cells."""

LOOKED = 20
"""Rows that are looked at to see what separates cells."""


@dataclass(frozen=True, slots=True)
class Header:
    """``line`` is the header's, ``body`` the place in the text where the next line begins; ``named`` says whether the
    rows have one cell more than the header: a name of the row, as R writes them."""

    names: tuple[str, ...]
    separator: str
    line: int
    body: int
    named: bool = False

    @property
    def width(self) -> int:
        """How many cells a row has."""
        return len(self.names) + self.named


def header(raw: bytes, name: str, limits: Limits) -> Header:
    """The header of a text in UTF-8.

    Errors: E211 a header without names, E214 quotes, E234 a limit.
    """
    line, start, said = above(raw)
    stop = raw.find(b"\n", start)
    stop = len(raw) if stop < 0 else stop
    typed = raw[start:stop].decode()
    if not typed.strip():
        raise DataError("E211", f"{name}:{line}: no header", "the first line names the columns: x,y")
    rows = [text for text in raw[stop + 1 : stop + 1 + 2**20].decode("utf-8", "ignore").split("\n")[:LOOKED] if text]
    separator, named = chosen(typed, rows)
    try:
        begun = next(records(raw[start : start + 2**20].decode("utf-8", "ignore"), separator, line, name))
    except StopIteration:  # pragma: no cover - the line is not empty
        raise AssertionError from None
    names = [cell.strip() for cell in begun[1]]
    extent = after(raw, start, begun[1])
    while len(names) > 1 and not names[-1] and separator == SPACES:
        names.pop()
    if len(names) > limits.columns:
        raise exceeded(f"{name} has", limits.columns, "columns")
    if all(len(one) > 2 and one[0] == one[-1] == "'" for one in names):
        names = [one[1:-1] for one in names]
    if any(names) and not any(char.isalnum() for char in "".join(names)):
        raise DataError("E211", f"{name}:{line}:1: the first line has no names", no_names(line))
    if all(NUMBER.fullmatch(one) for one in names if one) and any(names) and not told_by_quotes(typed, rows):
        raise headless(name, line, names, said, separator)
    return Header(tuple(names), separator, line + extent[0], extent[1], named)


def told_by_quotes(typed: str, rows: list[str]) -> bool:
    """Whether names that are numbers are told from the numbers below by their quotes, as R writes both."""
    return typed.startswith('"') and typed.endswith('"') and bool(rows) and not rows[0].endswith('"')


def above(raw: bytes) -> tuple[int, int, str]:
    """The first line that is neither empty nor a comment: its number, its place, and the last comment above it."""
    line, start, said = 1, 0, ""
    at = raw.rfind(b"\nData:") if raw.startswith(b"NIST/ITL StRD") else -1
    if at >= 0:  # Statistical Reference Datasets: sixty lines about the data, then the names behind a last `Data:`
        return raw.count(b"\n", 0, at) + 2, at + len(b"\nData:"), said
    while start < len(raw):
        stop = raw.find(b"\n", start)
        stop = len(raw) if stop < 0 else stop
        text = raw[start:stop].strip()
        if text and not text.startswith(b"#") and not (line == 1 and SEP.fullmatch(text)):
            break
        said = text.lstrip(b"# ").decode() or said
        line, start = line + 1, stop + 1
    return line, min(start, len(raw)), said


def after(raw: bytes, start: int, cells: list[str]) -> tuple[int, int]:
    """How many lines more than one the header has, and where the line behind it begins."""
    inside = sum(cell.count("\n") for cell in cells)
    stop = start
    for _ in range(inside + 1):
        stop = raw.find(b"\n", stop) + 1
        if not stop:
            return inside, len(raw)
    return inside, stop


def chosen(typed: str, rows: list[str]) -> tuple[str, bool]:
    """What separates the cells, and whether each row begins with a name that the header has no cell for.

    The first separator is taken that stands in the header and divides every row as often; a header of one name needs
    none.
    """
    found: dict[str, int] = {}
    for separator in SEPARATORS:
        top = width(typed, separator)
        if top < 2:
            continue
        widths = [width(row, separator) for row in rows]
        if all(one == top for one in widths):
            return separator, False
        if all(one == top + 1 for one in widths) and all(labelled(row, separator) for row in rows):
            return separator, True
        found[separator] = sum(one == top for one in widths)
    plain = {separator: count for separator, count in found.items() if separator != SPACES}
    if SPACES in found and not plain and not found[SPACES]:
        if all(labelled(row, SPACES) for row in rows) and rows:
            return SPACES, True
        return ",", False  # one column, whose name has spaces
    best = plain or found
    return (max(best, key=lambda one: best[one]) if best else ","), False


def labelled(row: str, separator: str) -> bool:
    """Whether a row begins with a text, or with a number in quotes."""
    if row.lstrip().startswith('"'):
        return True
    cells = split(row, separator)
    return NUMBER.fullmatch(cells[0].strip()) is None and not is_date(cells[0]) and bool(cells[0].strip())


def width(line: str, separator: str) -> int:
    """How many cells a line has; 0 where its quotes are not closed in it."""
    if '"' not in line:
        return len(split(line, separator))
    try:
        return len(next(iter(_records(line, separator)))[1])
    except (DataError, StopIteration):
        return 0


def _records(line: str, separator: str) -> Iterator[tuple[int, list[str], list[int]]]:
    return records(line, separator, 1, "")


def headless(name: str, line: int, names: list[str], said: str, separator: str) -> DataError:
    """The error about a first line of numbers."""
    help = "put a line with the names of the columns before it: x,y"
    if said and len(split(said, separator)) == len(names) > 1:
        help = f"take the # away from the line before it, if {said!r:.60} are the names of the columns"
    return DataError("E211", f"{name}:{line}:1: the first line has numbers only", help)


def no_names(line: int) -> str:
    """What to do where the line that was read as the header is none."""
    return f"is line {line} a title or a comment, and no names of columns? Begin it with #, or take it out"
