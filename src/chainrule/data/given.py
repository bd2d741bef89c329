"""Data as a user has it → a table: a mapping, a sequence of mappings, a data frame, an array with fields, or a file.

A column is a name, as typed or in its ASCII form (``ŷ``, ``y_hat``), or one entry of an array (``x[2]``, ``W[1,3]``).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

from chainrule.data import arrow, file_cache, jsontable, npyfile
from chainrule.data.limits import Limits
from chainrule.data.table import Array, Rows, Table, kind
from chainrule.errors import DataError
from chainrule.notation.names import ascii as ascii_name

Place = tuple[str, tuple[int, ...]]  # a name, and the entry of it if the column is one

_COLUMN = re.compile(r"\s*([^\[\]]+?)\s*(?:\[\s*(-?[0-9]{1,9}(?:\s*,\s*-?[0-9]{1,9})*)\s*\])?\s*")

FORMS = "give a mapping {'x': [0, 1]}, a sequence of mappings, a data frame, or a file such as data.csv"


def table(data: object, limits: Limits | None = None) -> Table:
    """The table of data given at a call.

    Errors: E200 data of no known form, E201 a file that cannot be read, those of the files' readers, E245 without
    pyarrow where it is needed.
    """
    limits = Limits() if limits is None else limits
    match data:
        case Table():
            return data
        case str() | os.PathLike():
            return file_cache.table(path_of(data), limits)
        case Mapping():
            return Table(tuple(data), tuple(data.values()), "call", by_row=False)
        case np.ndarray():
            return npyfile.array(data, "call", Rows(), limits)
        case list() | tuple():
            found = [mapped(row) for row in data]
            if found and all(isinstance(row, list | tuple) for row in found):
                return jsontable.rowwise(found, "call", Rows(), limits)
            return jsontable.records(found, "call", Rows(), limits)
    if not isinstance(data, type):
        if hasattr(data, "column_names") and hasattr(data, "num_rows"):  # a table of Arrow
            return framed(arrow.stream(data, limits))
        if hasattr(data, "collect_schema") and hasattr(data, "collect"):  # a lazy frame of polars
            return table(data.collect(), limits)
        if hasattr(data, "columns") and hasattr(data, "__getitem__"):  # pandas, polars and their like
            return framed(list(fields(data)))
        if hasattr(data, "dtype"):
            raise DataError("E200", f"data is {kind(data)}, one column without a name", "name it: {'x': data}")
        if hasattr(data, "__arrow_c_stream__") or hasattr(data, "__dataframe__"):
            return framed(arrow.stream(data, limits))
    if hasattr(data, "read"):
        raise DataError("E200", f"data is {kind(data)}, an open file", "give the path of the file: data.csv")
    if hasattr(data, "__next__"):
        raise DataError("E200", f"data is {kind(data)}, which can be read only once", "make it a list: list(…)")
    raise DataError("E200", f"data is {kind(data)}", FORMS)


def mapped(row: Any) -> Any:
    """A row with named fields as a mapping, any other as it is."""
    if isinstance(row, tuple) and hasattr(row, "_asdict"):
        return row._asdict()
    if is_dataclass(row) and not isinstance(row, type):
        return asdict(row)
    return row


def path_of(data: str | os.PathLike[str]) -> Path:
    """The path of a file, or E200."""
    try:
        return Path(os.fsdecode(data))
    except TypeError:
        raise DataError("E200", f"data is {kind(data)}", FORMS) from None


def framed(columns: list[tuple[Any, Any]]) -> Table:
    """The table of a data frame's columns."""
    return Table(tuple(name for name, _ in columns), tuple(value for _, value in columns), "call", by_row=True)


def fields(data: Any) -> list[tuple[Any, Any]]:
    """The columns of a data frame in order; a name may stand twice. An index of pandas with a name is a column too."""
    names = list(data.columns)
    if hasattr(data, "iloc") and len({*names}) < len(names):
        found = [(name, data.iloc[:, place]) for place, name in enumerate(names)]
    else:
        found = [(name, data[name]) for name in names]
    levels = data.index.names if hasattr(data, "iloc") and hasattr(data, "index") else ()
    own = [(name, data.index.get_level_values(name)) for name in levels if name is not None and name not in names]
    return [*own, *found]


def place_of(typed: object) -> Place | None:
    """The name of a column, and the entry it is of an array; None for what no model can name.

    >>> place_of("ŷ"), place_of("W[2, 1]"), place_of("a]")
    (('y_hat', ()), ('W', (2, 1)), None)
    """
    match = _COLUMN.fullmatch(typed) if isinstance(typed, str) else None
    if match is None:
        return None
    entry = tuple(int(part) for part in match[2].split(",")) if match[2] else ()
    return ascii_name(match[1]), entry


__all__ = ["FORMS", "Array", "Place", "place_of", "table"]
