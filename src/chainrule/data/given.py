"""Data as a user has it → columns: a mapping, a sequence of mappings, a table of columns, or a CSV or JSON file.

A column is a name, as typed or in its ASCII form (``ŷ``, ``y_hat``), or one entry of an array (``x[2]``, ``W[1,3]``).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.data import csvfile, jsonfile
from chainrule.data.limits import LIMITS, Limits, exceeded
from chainrule.errors import DataError
from chainrule.notation.names import ascii as ascii_name

Array = NDArray[np.float64]
Place = tuple[str, tuple[int, ...]]  # a name, and the entry of it if the column is one

_COLUMN = re.compile(r"\s*([^\[\]]+?)\s*(?:\[\s*(-?[0-9]{1,9}(?:\s*,\s*-?[0-9]{1,9})*)\s*\])?\s*")

FORMS = "give a mapping {'x': [0, 1]}, a sequence of mappings, or a .csv or .json file"


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns by place. ``by_row``: every column has one entry for each row, first axis. ``file`` has a header line."""

    values: Mapping[Place, Array]
    origin: str
    by_row: bool
    file: str | None = None

    def row(self, number: int) -> str:
        """What a row is called in a message; rows are numbered from 0 here, from 1 there."""
        return f"{self.file}:{number + 2}" if self.file else f"row {number + 1}"


def columns(data: object, limits: Limits = LIMITS) -> Columns:
    """The columns of data given at a call.

    Errors: E200 data of no known form, E201 a file that cannot be read, E202 a column without a usable name or given
    twice, E203 rows that do not have the same columns, E204 a value that is no array of numbers, E205 a number that is
    not finite.
    """
    match data:
        case Columns():
            return data
        case str() | os.PathLike():
            return _file(path_of(data), limits)
        case Mapping():
            return Columns(_named(data.items(), limits), "call", by_row=False)
        case _ if hasattr(data, "columns") and hasattr(data, "__getitem__") and not isinstance(data, np.ndarray):
            # pandas, polars and their like
            return Columns(_named(((name, data[name]) for name in data.columns), limits), "call", by_row=True)
        case list() | tuple():
            return _rows(data, "call", limits)
    raise DataError("E200", f"data is {_kind(data)}", FORMS)


def path_of(data: str | os.PathLike[str]) -> Path:
    """The path of a file, or E200."""
    try:
        return Path(os.fsdecode(data))
    except TypeError:
        raise DataError("E200", f"data is {_kind(data)}", FORMS) from None


def _kind(data: object) -> str:
    return "an array without names" if isinstance(data, np.ndarray) else f"a {type(data).__name__}"


def _file(path: Path, limits: Limits) -> Columns:
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".json"):
        raise DataError("E200", f"{path} is neither a .csv nor a .json file", FORMS)
    try:
        if not path.is_file():
            problem = f"{path} is not a file" if path.exists() else f"there is no file {path}"
            raise DataError("E201", problem, "give the path of a .csv or .json file")
        if suffix == ".csv":
            found = csvfile.read(path, limits)
            return Columns(_named(found.items(), limits), path.name, by_row=True, file=path.name)
        value = jsonfile.read(path, limits)
    except (OSError, ValueError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else str(fault)
        raise DataError("E201", f"{path} cannot be read: {reason}", "give the path of a .csv or .json file") from None
    if isinstance(value, dict):
        return Columns(_named(value.items(), limits), path.name, by_row=False)
    if isinstance(value, list):
        return _rows(value, path.name, limits)
    raise DataError("E200", f"{path.name} is {_kind(value)}", 'write {"x": [0, 1]} or [{"x": 0}, {"x": 1}]')


def _rows(rows: Sequence[Any], origin: str, limits: Limits) -> Columns:
    if not all(isinstance(row, Mapping) for row in rows):
        wrong = next(number for number, row in enumerate(rows) if not isinstance(row, Mapping))
        problem = f"row {wrong + 1} is {_kind(rows[wrong])}, not a mapping of names to numbers"
        raise DataError("E200", problem, "write [{'x': 0, 'y': 0}, …], or name the columns: {'x': [0, …]}")
    if not rows:
        raise DataError("E223", "no pattern at all: the data has no rows", "give at least one row")
    first = list(rows[0])
    for number, row in enumerate(rows):
        if row.keys() != rows[0].keys():
            missing = [name for name in first if name not in row]
            extra = [name for name in row if name not in rows[0]]
            what = f"has no {missing[0]}" if missing else f"has {extra[0]}, which row 1 has not"
            raise DataError("E203", f"row {number + 1} {what}", "give every row the same names")
    return Columns(_named(((name, [row[name] for row in rows]) for name in first), limits), origin, by_row=True)


def _named(items: Iterable[tuple[Any, Any]], limits: Limits) -> dict[Place, Array]:
    found: dict[Place, Array] = {}
    for typed, value in items:
        place = place_of(typed)
        if place in found or (place[1] and (place[0], ()) in found):
            raise DataError("E202", f"{typed} is given twice", "give every column once")
        if not place[1] and any(name == place[0] for name, _ in found):
            raise DataError("E202", f"{typed} is given whole and by entries", "give one of the two")
        found[place] = numbers(value, str(typed).strip(), limits)
        if len(found) > limits.columns:
            raise exceeded("the data has", limits.columns, "columns")
    return found


def place_of(typed: object) -> Place:
    """The name of a column, and the entry it is of an array.

    >>> place_of("ŷ"), place_of("W[2, 1]")
    (('y_hat', ()), ('W', (2, 1)))
    """
    match = _COLUMN.fullmatch(typed) if isinstance(typed, str) else None
    if match is None:
        raise DataError("E202", f"{typed!r:.60} is not the name of a column", "write a name, x, or an entry, x[2]")
    entry = tuple(int(part) for part in match[2].split(",")) if match[2] else ()
    return ascii_name(match[1]), entry


def numbers(value: object, shown: str, limits: Limits = LIMITS) -> Array:
    """A value as a float64 array of finite numbers that no one else can change."""
    if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
        raise DataError("E205", f"{shown} has masked entries", "fill them, or take their rows out")
    try:
        found = np.asarray(value)
    except (ValueError, OverflowError):
        problem = f"the entries of {shown} do not form an array: its rows have different lengths"
        raise DataError("E204", problem, "give every row as many numbers") from None
    if found.dtype.kind == "O" and all(isinstance(one, Real) for one in found.flat):
        try:
            found = np.array([float(one) for one in found.flat], np.float64).reshape(found.shape)
        except OverflowError:
            raise DataError("E205", f"{shown} has a number too large for a double", "scale it") from None
    if found.dtype.kind not in "fiub":
        wrong = next((one for one in found.flat if isinstance(one, str | None)), "") if found.size else ""
        text = f": {str(wrong)!r:.40}" if found.dtype.kind in "OU" and found.size else f" ({found.dtype})"
        raise DataError("E204", f"{shown} is not made of numbers{text}", "give integers and decimal numbers")
    if found.ndim and len(found) > limits.rows:
        raise exceeded(f"{shown} has", limits.rows, "rows")
    result = np.array(found, np.float64)
    bad = ~np.isfinite(result)
    if bad.any():
        at = tuple(int(one) for one in np.argwhere(bad)[0])
        what = "nan" if np.isnan(result[at]) else "infinite"
        where = f" in row {at[0] + 1}" if at else ""
        entry = f", entry {'×'.join(str(one + 1) for one in at[1:])}" if len(at) > 1 else ""
        raise DataError("E205", f"{shown} is {what}{where}{entry}", "fill it with a finite number, or take the row out")
    return result
