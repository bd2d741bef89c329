"""pyarrow, where it is installed (extra `arrow`): Parquet and Arrow files, other libraries' tables, quick numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from chainrule.data.limits import Limits, exceeded
from chainrule.data.table import ZEROS, Array, lost
from chainrule.errors import DataError, MissingExtra

LEAST = 2**20
"""Bytes of text from which pyarrow is asked: loading it takes a tenth of a second."""

BLOCK = 2**21
"""Bytes of text that are cut into cells at once: with less, a hundred columns are made of thousands of pieces; with
more, the pieces leave the processor's own memory, and the last of them keeps one thread busy alone."""


@cache
def library() -> Any | None:
    """pyarrow, or None where it is not installed, or does not load: a text is read without it."""
    try:
        import pyarrow as pa
        import pyarrow.csv
    except ImportError:
        return None
    except Exception:  # what it stands on may be of another version
        return None
    return pa


def needed(what: str, instead: str) -> Any:
    """pyarrow, or the error that says how to install it."""
    found = library()
    if found is None:
        raise absent(what, instead)
    return found


def absent(what: str, instead: str) -> MissingExtra:
    """The error that pyarrow, or the part of it that is needed, is not installed."""
    help = f'pip install "chainrule[arrow]", or {instead}'
    why = "is not installed"
    try:
        import pyarrow as pa  # noqa: F401 - only to see what goes wrong
    except ImportError:
        pass
    except Exception:
        why = "does not load"
    return MissingExtra("E245", f"{what} needs pyarrow, which {why}", help)


def cells(
    raw: bytes, start: int, stop: int, separator: str, numeric: Sequence[bool]
) -> list[Array | list[str]] | None:
    """The columns of many lines without quotes: numbers where ``numeric``, else texts. None without pyarrow, where a
    line has too few or too many cells, or where a number is none.

    It reads decimal numbers as `float` does, to the nearest double.
    """
    if stop - start < LEAST or separator == " " or not any(numeric) or (pa := library()) is None:
        return None
    names = [str(place) for place in range(len(numeric))]
    types = {name: pa.float64() if one else pa.string() for name, one in zip(names, numeric, strict=True)}
    body = memoryview(raw)[start:stop]
    table = parsed(pa, body, separator, names, types)
    if table is None:
        return None
    small = any(raw.find(one, start, stop) >= 0 for one in (b"e", b"E", ZEROS))  # only these can be rounded to zero
    found: list[Array | list[str]] = []
    zeros: dict[str, Array] = {}
    for name, column, one in zip(names, table.columns, numeric, strict=True):
        values = column.to_numpy() if one else column.to_pylist()
        if one and not np.isfinite(values).all():
            return None
        if one and small and (nought := values == 0).any():
            zeros[name] = nought
        found.append(values)
    if zeros:
        texts = parsed(pa, body, separator, names, dict.fromkeys(zeros, pa.string()))
        cells = (cell for name, rows in zeros.items() for cell in different(pa, texts, name, rows))
        if texts is None or any(map(lost, cells)):
            return None
    return found


def parsed(pa: Any, body: memoryview, separator: str, names: Sequence[str], types: Mapping[str, Any]) -> Any | None:
    """The columns that have a type, as a table of Arrow; None where a line or a cell cannot be read so.

    The text is known to be UTF-8.
    """
    csv = pa.csv
    try:
        return csv.read_csv(
            pa.BufferReader(pa.py_buffer(body)),
            read_options=csv.ReadOptions(column_names=names, block_size=BLOCK),
            parse_options=csv.ParseOptions(delimiter=separator, quote_char=False, ignore_empty_lines=False),
            convert_options=csv.ConvertOptions(
                column_types=types, include_columns=list(types), null_values=[], strings_can_be_null=False,
                check_utf8=False,
            ),
        )  # fmt: skip
    except pa.ArrowInvalid:
        return None


def different(pa: Any, table: Any, name: str, rows: Array) -> list[str]:
    """The texts that stand in some rows of a column, each once: zeros are written in few ways."""
    found: list[str] = table.column(name).filter(pa.array(rows)).unique().to_pylist()
    return found


def read(path: Path, limits: Limits) -> list[tuple[str, object]]:
    """The columns of a Parquet, Feather or Arrow file.

    Errors: E245 without pyarrow, E246 a file that is none, E234 a limit.
    """
    kind = "Parquet" if path.suffix.lower() in (".parquet", ".pq") else "Arrow"
    what, instead = f"{path.name}: a file of {kind}", "save the table as .csv"
    pa = needed(what, instead)
    try:
        from pyarrow import feather, parquet
    except ImportError:  # pyarrow can be built without some of its parts
        raise absent(what, instead) from None
    if path.stat().st_size > limits.bytes:
        raise exceeded(f"{path.name} has", limits.bytes, "bytes")
    try:
        if kind == "Parquet":
            file = parquet.ParquetFile(path)
            check(path.name, file.metadata.num_rows, len(file.schema_arrow.names), limits)
            table = file.read()
        else:
            table = feather.read_table(path)
    except (pa.ArrowException, OSError) as fault:
        why = str(fault).split("\n")[0]
        raise DataError("E246", f"{path.name} is no file of {kind}: {why:.200}", "save the table again") from None
    return columns(table, path.name, limits)


def check(name: str, rows: int, width: int, limits: Limits) -> None:
    """Nothing, or the error about a table with too many rows or columns."""
    if rows > limits.rows:
        raise exceeded(f"{name} has", limits.rows, "rows")
    if width > limits.columns:
        raise exceeded(f"{name} has", limits.columns, "columns")


def columns(table: Any, name: str, limits: Limits) -> list[tuple[str, object]]:
    """The columns of a table of Arrow, those of numbers as arrays and the others as lists."""
    pa = needed(name, "give a mapping of names to lists")
    check(name, table.num_rows, table.num_columns, limits)
    return [(str(one), values(pa, table.column(place))) for place, one in enumerate(table.column_names)]


def values(pa: Any, column: Any) -> object:
    """One column: an array where all its entries are numbers, else what Python calls them."""
    kind = column.type
    if (pa.types.is_integer(kind) or pa.types.is_floating(kind)) and not column.null_count:
        return column.to_numpy() if hasattr(column, "chunks") else column.to_numpy(zero_copy_only=False)
    return column.to_pylist()


def stream(data: Any, limits: Limits) -> list[tuple[str, object]]:
    """The columns of anything that hands out Arrow's stream, or speaks the protocol of data frames."""
    name, instead = f"a {type(data).__name__}", "give a mapping of names to lists"
    pa = needed(name, instead)
    if hasattr(data, "column_names"):
        return columns(data, name, limits)
    try:
        if hasattr(data, "__arrow_c_stream__"):
            return columns(pa.table(data), name, limits)
        from pyarrow import interchange

        return columns(interchange.from_dataframe(data), name, limits)
    except ImportError:
        raise absent(name, instead) from None
    except (pa.ArrowException, NotImplementedError, TypeError) as fault:
        why = str(fault).split("\n")[0]
        raise DataError("E200", f"data is {name} without columns that have names: {why:.200}", f"{instead}") from None
