"""A CSV file → its columns, strictly: what is not a number in its place is an error with file, line and column.

Accepted: UTF-8 with or without a byte order mark, lines ending in LF or CRLF, commas, an optional quoting of cells, one
header line of names, finite decimal numbers; spaces around a cell count for nothing. Numbers are rounded once, to the
nearest double. Nothing is guessed: no other separator, no decimal comma, no word that means "missing".
"""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from chainrule.data.limits import LIMITS, Limits, exceeded
from chainrule.errors import DataError

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_LINE = 2**24  # bytes


def read(path: Path, limits: Limits = LIMITS) -> dict[str, NDArray[np.float64]]:
    """The columns of a file by their names as written, each with a number for every line after the header.

    Errors: E210 the bytes are no such text, E211 a header without names, E212 a line with too few or too many cells,
    E213 a cell that is no finite number, E214 quotes, E215 another separator or decimal commas, E234 a limit.
    """
    lines = _lines(path, limits)
    number, first = next(lines, (1, ""))
    names = [cell.strip() for cell in split(path, number, first)]
    _header(path, first, names, limits)
    columns = [array("d") for _ in names]
    blank: int | None = None
    for number, line in lines:
        if not line.strip():
            blank = blank or number
            continue
        if blank is not None:
            raise DataError("E212", f"{path.name}:{blank}: an empty line between the rows", "take the line out")
        cells = split(path, number, line)
        if len(cells) != len(names):
            raise _ragged(path, number, line, len(cells), names)
        for place, cell in enumerate(cells):
            columns[place].append(_number(path, number, line, place, cell, names[place], limits))
        if len(columns[0]) > limits.rows:
            raise exceeded(f"{path.name} has", limits.rows, "rows")
    return {name: np.frombuffer(column, np.float64) for name, column in zip(names, columns, strict=True)}


def _lines(path: Path, limits: Limits) -> Iterator[tuple[int, str]]:
    """The lines of a file, numbered from 1, without their ends."""
    with path.open("rb") as file:
        number = read = 0
        while raw := file.readline(_LINE + 1):
            number += 1
            read += len(raw)
            if read > limits.bytes:
                raise exceeded(f"{path.name} has", limits.bytes, "bytes")
            if len(raw) > _LINE:
                raise DataError(
                    "E210", f"{path.name}:{number}: a line of more than {_LINE:,} bytes", "is it a CSV file?"
                )
            if number == 1:
                raw = raw.removeprefix(b"\xef\xbb\xbf")
                if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
                    raise DataError("E210", f"{path.name} is UTF-16", "save it as UTF-8")
            yield number, _text(path, number, raw.removesuffix(b"\n").removesuffix(b"\r"))


def _text(path: Path, number: int, raw: bytes) -> str:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as fault:
        column = len(raw[: fault.start].decode("utf-8", "replace")) + 1
        problem = f"{path.name}:{number}:{column}: the byte 0x{raw[fault.start]:02x} is not UTF-8"
        raise DataError("E210", problem, "save the file as UTF-8") from None
    for char, name, help in (
        ("\0", "a NUL byte", "is it a CSV file?"),
        ("\r", "a lone CR", "end lines with LF or CRLF"),
    ):
        if char in text:
            raise DataError("E210", f"{path.name}:{number}:{text.index(char) + 1}: {name}", help)
    return text


def split(path: Path, number: int, line: str) -> list[str]:
    """The cells of a line; a cell may stand in quotes, a quote inside it is doubled."""
    if '"' not in line:
        return line.split(",")
    cells: list[str] = []
    at = 0
    while True:
        start = at + len(line[at:]) - len(line[at:].lstrip(" "))
        if line[start : start + 1] != '"':
            stop = line.find(",", at)
            stop = len(line) if stop < 0 else stop
            if '"' in line[at:stop]:
                column = line.index('"', at) + 1
                raise DataError(
                    "E214", f"{path.name}:{number}:{column}: a quote inside a cell", "put quotes around the cell"
                )
            cells.append(line[at:stop])
        else:
            stop, cell = start + 1, ""
            while True:
                end = line.find('"', stop)
                if end < 0:
                    problem = f"{path.name}:{number}:{start + 1}: a quote that is not closed in its line"
                    raise DataError("E214", problem, "close it, or take it out")
                cell += line[stop:end]
                if line[end + 1 : end + 2] != '"':
                    break
                cell += '"'
                stop = end + 2
            cells.append(cell)
            stop = end + 1
            while line[stop : stop + 1] == " ":
                stop += 1
            if stop < len(line) and line[stop] != ",":
                problem = f"{path.name}:{number}:{stop + 1}: text after a closing quote"
                raise DataError("E214", problem, "write a comma between cells")
        if stop >= len(line):
            return cells
        at = stop + 1


def _header(path: Path, line: str, names: list[str], limits: Limits) -> None:
    if not line.strip():
        raise DataError("E211", f"{path.name}:1: no header", "the first line names the columns: x,y")
    if len(names) > limits.columns:
        raise exceeded(f"{path.name} has", limits.columns, "columns")
    for char, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if len(names) == 1 and char in line:
            column = line.index(char) + 1
            problem = f"{path.name}:1:{column}: the columns are separated by {word}"
            raise DataError("E215", problem, "save it with commas between the columns and points in the numbers")
    if all(_NUMBER.fullmatch(name) for name in names):
        problem = f"{path.name}:1:1: the first line has numbers only"
        raise DataError("E211", problem, "put a line with the names of the columns before it: x,y")
    for place, name in enumerate(names):
        if not name:
            raise DataError("E211", f"{path.name}:1: column {place + 1} has no name", "name every column")
        if name in names[:place]:
            raise DataError("E211", f"{path.name}:1: two columns are called {name}", "name every column differently")


def _ragged(path: Path, number: int, line: str, count: int, names: list[str]) -> DataError:
    where = f"{path.name}:{number}"
    for char, word in ((";", "semicolons"), ("\t", "tabs")):
        if char in line:
            problem = f"{where}:{line.index(char) + 1}: the cells are separated by {word}"
            return DataError("E215", problem, "save it with commas between the columns and points in the numbers")
    if count == 2 * len(names):
        problem = f"{where}: {count} cells for {len(names)} columns: are these decimal commas?"
        return DataError("E215", problem, "write 0.5, not 0,5")
    missing = "too few" if count < len(names) else "too many"
    problem = f"{where}: {count} cells for {len(names)} columns, {missing}"
    return DataError("E212", problem, "give every row one cell for each column")


def _number(path: Path, number: int, line: str, place: int, cell: str, name: str, limits: Limits) -> float:
    text = cell.strip()
    if _NUMBER.fullmatch(text) and len(text) <= limits.field:
        value = float(text)
        lost = value == 0 and any(digit in "123456789" for digit in text.lower().partition("e")[0])
        if math.isfinite(value) and not lost:
            return value
        size = "small" if lost else "large"
        problem = f"{text:.40} in column {name} is too {size} for a double"
        raise DataError("E213", f"{_place(path, number, line, place)}: {problem}", "scale the column")
    where = _place(path, number, line, place)
    if len(text) > limits.field:
        raise exceeded(f"{where}: a cell has", limits.field, "field", "characters")
    if not text:
        raise DataError("E213", f"{where}: column {name} has no value here", "fill the cell, or take the row out")
    if text.lower().lstrip("+-") in ("nan", "inf", "infinity", "na", "n/a", "null", "none"):
        raise DataError(
            "E213", f"{where}: {text} in column {name} is not a number", "fill the cell, or take the row out"
        )
    if _COMMA.fullmatch(text):
        raise DataError("E215", f"{where}: {text} has a decimal comma", f"write {text.replace(',', '.')}")
    problem = f"{where}: {text!r:.40} in column {name} is not a number"
    raise DataError("E213", problem, "write decimal numbers such as 0.5, -2 or 1e-3")


def _place(path: Path, number: int, line: str, place: int) -> str:
    """File, line and column of the first character of a cell."""
    quoted, seen, at = False, 0, 0
    while seen < place:
        quoted ^= line[at] == '"'
        seen += line[at] == "," and not quoted
        at += 1
    while line[at : at + 1] == " ":
        at += 1
    return f"{path.name}:{number}:{at + 1}"
