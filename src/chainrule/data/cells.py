"""A line of a table → its cells, and where a cell begins: quotes, doubled quotes, and runs of spaces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from chainrule.errors import DataError

SPACES = " "
"""The separator of a table whose cells have runs of spaces, or of spaces and tabs, between them."""

LONGEST = 2**20
"""Characters of a cell in quotes; a quote that was never closed would make one cell of all that follows."""


def split(line: str, separator: str) -> list[str]:
    """The cells of a line without quotes."""
    return line.split() if separator == SPACES else line.split(separator)


@cache
def pattern(separator: str) -> re.Pattern[str]:
    """A cell of a line with quotes: group 1 what stands between quotes, group 2 a cell without; then what ends it."""
    if separator == SPACES:
        return re.compile(r'[ \t]*(?:"([^"]*(?:""[^"]*)*)"|([^ \t\n]*))([ \t]*(?:\n|\Z)|[ \t]+)')
    one = re.escape(separator)
    return re.compile(rf'(?:[ ]*"([^"]*(?:""[^"]*)*)"[ ]*|([^{one}\n]*))({one}|\n|\Z)')


def records(text: str, separator: str, first: int, name: str) -> Iterator[tuple[int, list[str], list[int]]]:
    """The records of a text with quotes: the line each begins in, its cells, and the column that each cell begins in.

    A cell in quotes may hold separators and ends of lines. Error E214: a quote that is not closed, or text behind one.
    """
    match = pattern(separator).match
    at, line, start = 0, first, 0
    while at < len(text):
        cells: list[str] = []
        places: list[int] = []
        begun, start = line, at
        while True:
            found = match(text, at)
            quoted = found is not None and found[1] is not None
            begins = at + len(text[at : at + 200]) - len(text[at : at + 200].lstrip(" "))
            if found is None or (not quoted and text[begins : begins + 1] == '"'):
                raise unclosed(text, begins, separator, line, start, name)
            if quoted and len(found[1]) > LONGEST:
                raise unclosed(text, begins, separator, line, start, name)
            cells.append(found[1].replace('""', '"') if quoted else found[2])
            places.append(begins - start + 1)
            if quoted:
                line += found[1].count("\n")
            at = found.end()
            end = found[3].strip(" \t") if separator == SPACES else found[3]
            if end == "\n" or (not end and at >= len(text)):
                line += end == "\n"
                break
        yield begun, cells, places


def unclosed(text: str, at: int, separator: str, line: int, start: int, name: str) -> DataError:
    """The error about a cell that begins with a quote and does not end with one."""
    close = re.compile(r'"[^"]*(?:""[^"]*)*"').match(text, at)
    if close is None or close.end() - at > LONGEST:
        problem = f"{name}:{line}:{at - start + 1}: a quote that is not closed"
        return DataError("E214", problem, "close it, or take it out")
    stop = close.end()
    while text[stop : stop + 1] == " ":
        stop += 1
    line += close[0].count("\n")
    column = stop - max(text.rfind("\n", 0, stop) + 1, start if "\n" not in close[0] else 0) + 1
    what = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}.get(separator, "a space")
    return DataError("E214", f"{name}:{line}:{column}: text after a closing quote", f"write {what} between cells")
