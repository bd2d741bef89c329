"""What stands in a table, before anyone says what is wanted of it: columns by their names as typed, none judged.

A column that no model names may hold anything, so a cell that is no number is kept beside the numbers, as it stands.
What it costs is decided where the column is used (`used`).
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import field
from datetime import date, time, timedelta
from decimal import Decimal
from numbers import Real
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.data.limits import LIMITS, Limits, exceeded
from chainrule.errors import DataError
from chainrule.values import dataclass

Array = NDArray[np.float64]

NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]{3})+")

NOTHING: Mapping[int, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """Numbers, one for each row or an array for each, and what stands in the rows that are no numbers: NaN is there.

    ``grouped`` is a number such as 1.234 that is another one where points group digits; "" where there is none.
    """

    values: Array
    odd: Mapping[int, object] = field(default_factory=lambda: NOTHING)
    grouped: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """What rows are called in a message. They are numbered from 0 here, from 1 there."""

    file: str = ""
    lines: Sequence[int] | NDArray[np.int64] | None = None  # where each row of a text stands
    path: Path | None = None
    separator: str = ","
    first: int = 1  # what the first row is called where there are no lines

    def row(self, number: int) -> str:
        """A row: ``data.csv:3``, or ``row 2``."""
        if self.lines is not None:
            return f"{self.file}:{self.lines[number]}"
        return f"row {number + self.first}" + (f" of {self.file}" if self.file else "")


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Columns in order, each with its name as typed; a name may stand twice. ``by_row``: each has an entry a row.

    ``values`` are columns, or whatever else a caller has: those are read where they are used. ``other`` is the same
    with rows and columns changed, where a file does not say which are which.
    """

    names: tuple[Hashable, ...]
    values: tuple[object, ...]
    origin: str
    by_row: bool
    rows: Rows = Rows()
    nameless: bool = False
    other: Table | None = field(default=None, repr=False)
    notes: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        """SHA-256 of what was read: for each column its name, its numbers, and what is none."""
        total = hashlib.sha256()
        for name, value in zip(self.names, self.values, strict=True):
            column = column_of(value, str(name))
            odd = sorted(column.odd.items(), key=lambda one: one[0])
            total.update(repr((str(name), column.values.shape, odd)).encode())
            total.update(column.values.astype("<f8").tobytes())
        return total.hexdigest()


def number_in(text: str) -> float | None:
    """The number that a text is, rounded once; None if it is none, or none that a double holds.

    >>> number_in(" -1.5e3 "), number_in("1_000"), number_in("1e400"), number_in("1e-400")
    (-1500.0, None, None, None)
    """
    text = text.strip()
    if NUMBER.fullmatch(text) is None:
        return None
    value = float(text)
    return value if math.isfinite(value) and (value or not lost(text)) else None


ZEROS = b"0" * 300
"""What stands in every decimal number without an exponent that is too small for a double."""


def lost(text: str) -> bool:
    """Whether a text that rounds to zero is no zero."""
    return any(digit in "123456789" for digit in text.lower().partition("e")[0])


def from_texts(cells: Sequence[str]) -> Column:
    """A column of cells of a text."""
    if all(cell[:1].isalpha() for cell in cells):  # no number, and none with groups of digits, begins so
        return Column(frozen(np.full(len(cells), math.nan)), dict(enumerate(map(str.strip, cells))))
    values = np.empty(len(cells))
    odd: dict[int, object] = {}
    grouped = ""
    for row, cell in enumerate(cells):
        value = None if cell[:1].isalpha() else number_in(cell)
        if value is None:
            odd[row] = cell.strip()
        values[row] = math.nan if value is None else value
        if not grouped and "." in cell and GROUPED.fullmatch(cell.strip()):
            grouped = cell.strip()
    return Column(frozen(values), odd, grouped)


def from_objects(cells: Iterable[object]) -> Column:
    """A column of Python's values: numbers, texts that are numbers, and anything else."""
    listed = list(cells)
    values = np.full(len(listed), math.nan)
    odd: dict[int, object] = {}
    for row, cell in enumerate(listed):
        value = number_of(cell)
        if value is None:
            odd[row] = cell.decode("utf-8", "replace") if isinstance(cell, bytes) else cell
        else:
            values[row] = value
    return Column(frozen(values), odd)


def number_of(cell: object) -> float | None:
    """The number that a value is; None if it is none."""
    if isinstance(cell, str):
        return number_in(cell)
    if isinstance(cell, bytes):
        return number_in(cell.decode("latin-1"))
    if isinstance(cell, Real | Decimal):
        try:
            return float(cell)
        except (OverflowError, ValueError):
            return None
    return None


def column_of(value: Any, shown: str, limits: Limits = LIMITS) -> Column:
    """Whatever a caller gives as a column.

    Errors: E204 entries that form no array, E234 a limit.
    """
    if isinstance(value, Column):
        return value
    value = value.cells if isinstance(value, Late) else value
    masked = np.ma.getmaskarray(value) if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value) else None
    try:
        found = np.asarray(value)
    except (ValueError, OverflowError, TypeError):
        found = None
    if found is None:
        try:
            found = np.asarray(value, object)
        except (ValueError, OverflowError, TypeError):
            found = None
        if found is None or any(isinstance(one, list | tuple | np.ndarray) for one in found.flat):
            raise uneven(shown)
    if found.ndim and len(found) > limits.rows:
        raise exceeded(f"{shown} has", limits.rows, "rows")
    if not found.ndim and found.dtype.kind == "O" and not isinstance(value, Real | Decimal) and not missing(value):
        problem = f"{shown} is no column: {kind(value)}"
        raise DataError("E204", problem, "give a list of numbers, one for each pattern: list(…)")
    if found.dtype.kind in "fiub" and masked is None:
        return Column(found if lasting(found) else frozen(np.array(found, np.float64, order="C")))
    if found.dtype.kind == "O" and found.ndim == 1 and masked is None:
        found = stacked(found, shown)
    if found.dtype.kind == "c":
        raise DataError("E204", f"{shown} is not made of numbers ({found.dtype})", "give integers and decimal numbers")
    flat: list[object] = [str(one) for one in found.ravel()] if found.dtype.kind in "Mm" else found.ravel().tolist()
    if masked is not None:
        flat = [MASKED if hidden else one for one, hidden in zip(flat, masked.ravel().tolist(), strict=True)]
    if found.ndim == 1:
        return from_objects(flat)
    whole = from_objects(flat)
    width = max(1, found.size // len(found) if found.ndim and len(found) else 1)
    odd = {place // width: cell for place, cell in reversed(list(whole.odd.items()))}
    return Column(frozen(whole.values.reshape(found.shape)), odd)


def lasting(found: NDArray[Any]) -> bool:
    """Whether an array can be held as it stands: doubles in order, in memory that no one can write to, neither through
    it nor through an array that it is a view of. Everything else is copied, once; so is a part of a larger array.

    >>> numbers = np.zeros(3)
    >>> lasting(numbers), lasting(frozen(numbers[:])), lasting(frozen(np.zeros(3)[:0])), lasting(frozen(numbers))
    (False, False, False, True)
    """
    if found.dtype != np.float64 or not (found.flags.c_contiguous and found.flags.aligned):
        return False
    one: object = found
    while type(one) is np.ndarray and not one.flags.writeable and one.nbytes == found.nbytes:
        one = one.base
    return one is None


def stacked(found: NDArray[Any], shown: str) -> NDArray[Any]:
    """The array of a column whose entries are arrays themselves; a column of anything else as it is.

    Error E204: they have different lengths.
    """
    inside = {row: np.asarray(one) for row, one in enumerate(found) if isinstance(one, list | tuple | np.ndarray)}
    if not inside:
        return found
    shapes = {one.shape for one in inside.values()}
    if len(shapes) > 1 or any(row not in inside and not missing(one) for row, one in enumerate(found)):
        raise uneven(shown)
    whole = np.full((len(found), *shapes.pop()), None, object)
    for row, one in inside.items():
        whole[row] = one
    return whole


def uneven(shown: str) -> DataError:
    """The error about entries that form no array."""
    problem = f"the entries of {shown} do not form an array: its rows have different lengths"
    return DataError("E204", problem, "give every row as many numbers")


def kind(value: object) -> str:
    """What a value is called."""
    return "an array without names" if type(value).__name__ == "ndarray" else f"a {type(value).__name__}"


@dataclass(frozen=True, slots=True)
class Hole:
    """An entry that is not there: hidden in a masked array, or a name that a record has not."""

    why: str


MASKED, ABSENT = Hole("masked"), Hole("absent")


@dataclass(frozen=True, slots=True, eq=False)
class Late:
    """Entries that are made a column where they are used: that they form no array is an error there alone."""

    cells: object

WORDS = frozenset(
    ("", "nan", "na", "n/a", "#n/a", "null", "none", "nil", "<na>", "nat", "missing", "?", "-", ".", "--", "..", "\\n",
     "#n/a n/a", "#na", "-nan", "n.a.", "n/a.", "(missing)", "(null)", "1.#qnan", "-1.#qnan", "1.#ind", "-1.#ind")
)
"""Texts that say, in files of many makers, that nothing is there."""


def missing(cell: object) -> bool:
    """Whether a cell that is no number says that nothing is there.

    >>> [missing(cell) for cell in (None, "", "NA", float("nan"), "Namibia", "1,5")]
    [True, True, True, True, False, False]
    """
    if isinstance(cell, str):
        return cell.strip().lower() in WORDS
    if isinstance(cell, float):
        return math.isnan(cell)
    return cell is None or isinstance(cell, Hole) or type(cell).__name__ in ("NAType", "NaTType")


def is_date(cell: object) -> bool:
    """Whether a cell is a date or a time.

    >>> is_date("2024-01-31"), is_date("31.1.2024"), is_date("12:30"), is_date("1.2.3")
    (True, True, True, False)
    """
    if isinstance(cell, str):
        return DATE.fullmatch(cell.strip()) is not None
    return isinstance(cell, date | time | timedelta) or type(cell).__name__ == "Period"


_CLOCK = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?:\s*[AaPp][Mm])?"
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
DATE = re.compile(
    r"(?:[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2,4}"
    r"|[0-9]{1,2}[- ](?:[A-Za-z]{3,9})[- ][0-9]{2,4}|(?:[A-Za-z]{3,9}) [0-9]{1,2}, [0-9]{4})"
    rf"(?:[T ]{_CLOCK}\s*(?:Z|UTC|[+-][0-9]{{2}}:?[0-9]{{2}})?)?|{_CLOCK}|[0-9]{{4}}[-/](?:0[1-9]|1[0-2])"
    r"|-?[0-9]+ (?:year|month|week|day|hour|minute|(?:milli|micro|nano)?second)s?(?: [0-9:.]+)?"
    rf"|(?:[0-9]{{1,2}}[- ])?(?:{_MONTHS})[a-z]*\.?[- ](?:[0-9]{{1,2}}(?:,? |-))?[0-9]{{2,4}}(?: {_CLOCK})?"
)


def frozen(values: NDArray[Any]) -> NDArray[Any]:
    """The array, which no one can write to from here on."""
    values.setflags(write=False)
    return values
