"""A text file of a table → its columns: cells between commas, semicolons, tabs, bars or runs of spaces.

Accepted: UTF-8 with or without a byte order mark, UTF-16 with one, lines ending in LF, CRLF or CR, comments (``#``)
above the header, one header of names, cells in quotes. Numbers are rounded once, to the nearest double. No cell is
judged here: what is no number stays as it stands, and is an error only where a model reads it.
"""

from __future__ import annotations

import math
import re
import warnings
from array import array
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from chainrule.data import arrow, digits, disguised, encoding
from chainrule.data.cells import SPACES, records, split
from chainrule.data.header import NAMES, Header, header, no_names, width
from chainrule.data.limits import LIMITS, Limits, exceeded
from chainrule.data.table import ZEROS, Array, Column, Rows, Table, from_texts, frozen, number_in
from chainrule.errors import DataError

CHUNK = 2**14
"""Rows whose cells are texts in the memory at once."""

SHORT = 8
"""Bytes of a row below which rows are counted before they are read: so many would take much memory."""

_FEW = 200
"""Rows that are looked at to see which columns have numbers only; the reader of all of them makes sure of it."""

_IN_NUMBERS = b"0123456789+-.eE \t"


def read(path: Path, limits: Limits = LIMITS) -> Table:
    """The table in a file.

    Errors: E210 the bytes are no such text, E211 a header without names, E212 a line with too few or too many cells,
    E214 quotes, E215 another separator, E234 a limit.
    """
    raw = encoding.read(path, limits)
    disguised.check(raw, path.name)
    raw = encoding.utf8(raw, path.name)
    found = header(raw, path.name, limits)
    first = found.line + 1
    lines: Sequence[int]
    start = found.body
    quotes = raw.find(b'"', start) >= 0
    if quotes:
        raw, start = unquoted(raw[start:], found.separator), 0
        quotes = b'"' in raw
    stop = ended(raw, start, found.separator)
    if quotes:
        columns, lines = quoted(raw[start:stop].decode(), found, path.name, limits)
    else:
        least = found.width  # bytes of a row: in each cell, or behind it, stands one at least
        if least * limits.rows <= stop - start < SHORT * limits.rows and raw.count(b"\n", start, stop) >= limits.rows:
            raise exceeded(f"{path.name} has", limits.rows, "rows")
        columns = without_quotes(raw, start, stop, found, path.name)
        lines = range(first, first + len(columns[0].values))
        if len(lines) > limits.rows:
            raise exceeded(f"{path.name} has", limits.rows, "rows")
    names = ("", *found.names) if found.named else found.names
    marks = Rows(path.name, lines, path, found.separator)
    return Table(names, tuple(columns), path.name, True, marks)


def ended(raw: bytes, start: int, separator: str) -> int:
    """Where the last line ends that has a cell."""
    blank, stop = b"\n" if separator == "\t" else b"\n \t", len(raw)
    while stop > start and raw[stop - 1] in blank:
        stop -= 1
    return stop


def unquoted(body: bytes, separator: str) -> bytes:
    """The text without those quotes that hold nothing that needs them; the others stay.

    >>> unquoted(b'"1","a b"\\n"c,d",2', ",")
    b'1,a b\\n"c,d",2'
    """
    if b'"' not in body:
        return body
    one = rb" \t" if separator == SPACES else re.escape(separator.encode())
    return re.sub(rb'(?:(?<=[\n' + one + rb'])|\A)"([^"\n' + one + rb']+)"(?=[\n' + one + rb']|\Z)', rb"\1", body)


def check_widths(rows: Sequence[bytes], found: Header, first: int, name: str) -> None:
    """Nothing, or the error about the first line that has too few or too many cells."""
    mark = found.separator.encode()
    many = found.width - 1
    for place, row in enumerate(rows):
        if (row.count(mark) if mark != b" " else len(row.split()) - 1) != many or not row:
            if not row.strip() and not (many == 0 and place == len(rows) - 1):
                raise empty(found, name, first + place)
            raise ragged(row.decode(), found, name, first + place)


def guessed(raw: bytes, start: int, found: Header) -> list[bool]:
    """Which columns have numbers, as far as the first rows show: some are there, and few cells are neither number nor
    empty."""
    head = raw[start : start + 2**20].split(b"\n", _FEW)[:_FEW]
    cells = [split(row.decode("utf-8", "replace"), found.separator) for row in head if row]
    whole = [row for row in cells if len(row) == found.width]
    if found.separator != "," and raw.find(b",", start) >= 0:  # then it matters which numbers have points
        return [False] * found.width
    counts = [(counted(column), column.count("")) for column in map(list, zip(*whole, strict=True))]
    return [count > 0 and count + empty >= MOSTLY * len(whole) for count, empty in counts] or [False] * found.width


def counted(cells: Sequence[str]) -> int:
    """How many cells are numbers."""
    if floats([cell.encode() for cell in cells]) is not None:
        return len(cells)
    return sum(number_in(cell) is not None for cell in cells)


MOSTLY = 0.95


def without_quotes(raw: bytes, start: int, stop: int, found: Header, name: str) -> list[Column]:
    """The columns of lines without quotes, by the quickest reader that can read them."""
    numeric = guessed(raw, start, found)
    if (cells := arrow.cells(raw, start, stop, found.separator, numeric)) is not None:
        return [from_texts(one) if isinstance(one, list) else Column(frozen(one)) for one in cells]
    if (quick := digits.columns(raw, start, stop, found.separator, numeric)) is not None:
        return quick
    body = raw[start:stop]
    return line_by_line(body, body.split(b"\n") if body else [], numeric, found, name)


def line_by_line(body: bytes, rows: Sequence[bytes], numeric: list[bool], found: Header, name: str) -> list[Column]:
    """The columns of lines without quotes, line by line."""
    if rows and all(numeric):
        block = numbers(body, rows, found, None)
        if block is not None:
            return [Column(frozen(one)) for one in block]
    check_widths(rows, found, found.line + 1, name)
    separator = None if found.separator == SPACES else found.separator.encode()
    places = [place for place, one in enumerate(numeric) if one]
    quick = numbers(body, rows, found, places) if len(places) not in (0, found.width) else None
    if quick is not None:
        columns = {place: Column(frozen(one)) for place, one in zip(places, quick, strict=True)}
        others = [place for place, one in enumerate(numeric) if not one]
        cells: list[list[str]] = [[] for _ in others]
        for row in rows:
            parts = row.split(separator)
            for place, column in zip(others, cells, strict=True):
                column.append(parts[place].decode())
        columns |= {place: from_texts(column) for place, column in zip(others, cells, strict=True)}
        return [columns[place] for place in range(found.width)]
    growing = [Growing(found.separator != "," and b"," in body) for _ in range(found.width)]
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        flat = b" ".join(chunk).split() if separator is None else separator.join(chunk).split(separator)
        for place, one in enumerate(growing):
            one.add(flat[place :: found.width])
    return [one.closed() for one in growing]


def numbers(body: bytes, rows: Sequence[bytes], found: Header, places: Sequence[int] | None) -> Array | None:
    """The columns at these places, or all: None where a cell of them is no number."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            mark = None if found.separator == SPACES else found.separator
            block = np.loadtxt(rows, delimiter=mark, comments=None, ndmin=2, usecols=places)
    except (ValueError, Warning):
        return None
    if block.shape != (len(rows), len(places) if places else found.width) or not np.isfinite(block).all():
        return None
    small = b"e" in body or b"E" in body or ZEROS in body  # only these can be lost in rounding to zero
    return None if small and (block == 0).any() else np.ascontiguousarray(block.T)


class Growing:
    """A column that is read chunk by chunk."""

    def __init__(self, grouped: bool) -> None:
        self.values = array("d")
        self.odd: dict[int, object] = {}
        self.grouped: str | None = "" if grouped else None

    def add(self, cells: Sequence[bytes]) -> None:
        """Read more cells: all at once if they are numbers, else one by one."""
        if self.grouped is None and (found := floats(cells)) is not None:
            self.values.extend(found)
            return
        column = from_texts([cell.decode() for cell in cells])
        self.odd |= {len(self.values) + row: cell for row, cell in column.odd.items()}
        self.values.extend(column.values)
        self.grouped = self.grouped if self.grouped is None else self.grouped or column.grouped

    def closed(self) -> Column:
        """The column."""
        return Column(frozen(np.array(self.values)), self.odd, self.grouped or "")


def floats(cells: Sequence[bytes]) -> list[float] | None:
    """The numbers that cells are, None unless all are numbers that a double holds."""
    joined = b"".join(cells)
    if joined.translate(None, _IN_NUMBERS):
        return None
    try:
        found = list(map(float, cells))
    except ValueError:
        return None
    small = 0.0 in found and (b"e" in joined or b"E" in joined or ZEROS in joined)
    return found if not small and all(map(math.isfinite, found)) else None


def quoted(text: str, found: Header, name: str, limits: Limits) -> tuple[list[Column], list[int]]:
    """The columns of lines with quotes, and the line that each row begins in."""
    cells: list[list[str]] = [[] for _ in range(found.width)]
    columns = [Growing(True) for _ in range(found.width)]
    lines: list[int] = []
    for line, record, _ in records(text, found.separator, found.line + 1, name):
        if len(record) != found.width:
            if not any(cell.strip() for cell in record):
                raise empty(found, name, line)
            raise ragged(found.separator.join(record), found, name, line, len(record))
        lines.append(line)
        for place, cell in enumerate(record):
            cells[place].append(cell)
        if len(lines) > limits.rows:
            raise exceeded(f"{name} has", limits.rows, "rows")
        if len(lines) % CHUNK == 0:
            cells = emptied(cells, columns)
    emptied(cells, columns)
    return [column.closed() for column in columns], lines


def emptied(cells: list[list[str]], columns: list[Growing]) -> list[list[str]]:
    """The cells put into their columns, and lists for the next."""
    for column, some in zip(columns, cells, strict=True):
        column.add([cell.encode() for cell in some])
    return [[] for _ in cells]


def empty(found: Header, name: str, line: int) -> DataError:
    """The error about a line without cells."""
    alone = len(found.names) == 1 or found.separator == SPACES
    help = "take the line out"
    if alone:
        help = no_names(found.line) if line == found.line + 1 else f"{help}; or {no_names(found.line)}"
    return DataError("E212", f"{name}:{line}: an empty line between the rows", help)


def ragged(line: str, found: Header, name: str, number: int, count: int | None = None) -> DataError:
    """The error about a line that has not as many cells as the header."""
    wanted, where = found.width, f"{name}:{number}"
    have = count or len(split(line, found.separator))
    alone = COMMENT.match(found.names[0]) or len(found.names) == 1 or (found.separator == SPACES and have == 1)
    if number == found.line + 1 and alone and max(width(line, one) for one in NAMES) > 1:
        problem = f"{where}: line {found.line} does not name the cells that are here"
        return DataError("E212", problem, no_names(found.line))
    if line.startswith("#"):
        return DataError("E212", f"{where}: a comment between the rows", "take it out: comments stand above the header")
    for char, word in NAMES.items():
        if char not in (found.separator, " ") and char in line and have == 1 < wanted:
            problem = f"{where}:{line.index(char) + 1}: the cells are separated by {word}"
            return DataError("E215", problem, f"write {NAMES[found.separator]} between the cells, as the header has it")
    if have == 2 * wanted and found.separator == ",":
        problem = f"{where}: {have} cells for {wanted} columns: are these decimal commas?"
        return DataError("E215", problem, "write 0.5, not 0,5, or put semicolons between the cells")
    missing = "too few" if have < wanted else "too many"
    problem = f"{where}: {have} cell{'s' * (have != 1)} for {wanted} column{'s' * (wanted != 1)}, {missing}"
    help = "give every row one cell for each column"
    if number == found.line + 1:
        help += f"; or if line {found.line} does not name them, begin it with #, or take it out"
    if have > wanted and not any(one.strip() for one in split(line, found.separator)[wanted:]):
        help = f"the rows end with {NAMES[found.separator]}: end the header so too, or take them out"
    return DataError("E212", problem, help)


COMMENT = re.compile(r"%|//|!|--|/\*")
"""How a line begins that other programs read as a comment."""


def cell_place(rows: Rows, row: int, place: int, limits: Limits = LIMITS) -> str:
    """File, line and column of the first character of a cell; no column where the file cannot be read again."""
    if rows.path is None or rows.lines is None:
        return rows.row(row)
    line = int(rows.lines[row])
    try:
        raw = encoding.utf8(encoding.read(rows.path, limits), rows.file).split(b"\n")
        text = b"\n".join(raw[line - 1 : line + 99]).decode()
        _, _, places = next(iter(records(text, rows.separator, line, rows.file)))
        return f"{rows.file}:{line}:{places[place]}"
    except (OSError, DataError, UnicodeDecodeError, StopIteration, IndexError):
        return rows.row(row)
