"""What a JSON file holds → its table: names with lists, records, lines of records, and each of pandas' orientations.

Conventions. Numbers are read through `float`, so each is rounded once. ``true`` and ``false`` are words here, as they
would be in any other file: a model reads them by their classes, never as 1 and 0 unasked.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from chainrule.data import encoding, jsonfile
from chainrule.data.limits import Limits, exceeded
from chainrule.data.table import ABSENT, Late, Rows, Table, column_of, from_objects, kind, missing, number_in, number_of
from chainrule.errors import DataError

SHAPES = 'write {"x": [0, 1]} or [{"x": 0}, {"x": 1}]'
_BOOLEAN = re.compile(rb"\b(?:true|false)\b")


def read(path: Path, limits: Limits) -> Table:
    """The table in a JSON file, or in a file of records, one a line.

    Errors: E200 another shape, E202 and E203 of records, E216 it is not JSON, E234 a limit.
    """
    raw = encoding.utf8(encoding.read(path, limits), path.name)
    lines = path.suffix.lower() in (".ndjson", ".jsonl") or many(raw)
    if lines:
        records, numbers = [], []
        for line, text in enumerate(raw.split(b"\n"), 1):
            if text.strip():
                records.append(jsonfile.value(text, f"{path.name}:{line}"))
                numbers.append(line)
                if len(records) > limits.rows:
                    raise exceeded(f"{path.name} has", limits.rows, "rows")
        found: Any = records
        rows = Rows(path.name, numbers)
    else:
        found, rows = jsonfile.value(raw, path.name), Rows(path.name)
    if _BOOLEAN.search(raw):
        found = worded(found)
    return table(found, path.name, rows, limits)


def many(raw: bytes) -> bool:
    """Whether a file has a record on each line, whatever it is called."""
    lines = [line.strip() for line in raw[: 2**16].split(b"\n") if line.strip()][:2]
    return len(lines) == 2 and all(line.startswith(b"{") and line.endswith(b"}") for line in lines)


def worded(value: Any) -> Any:
    """The same value with words for true and false; as deep as it goes, without recursion."""
    top = [value]
    open_: list[Any] = [top]
    while open_:
        inside = open_.pop()
        for key, one in list(inside.items()) if isinstance(inside, dict) else enumerate(inside):
            if isinstance(one, bool):
                inside[key] = "true" if one else "false"
            elif isinstance(one, dict | list):
                open_.append(one)
    return top[0]


def table(value: Any, name: str, rows: Rows, limits: Limits) -> Table:
    """The table that a value is."""
    match value:
        case {"columns": [*names], "data": [*data]} if all(isinstance(row, list) for row in data):
            return matrix(tuple(str(one) for one in names), data, name, rows, limits)
        case {"schema": dict(), "data": [*data]}:
            return records(data, name, rows, limits)
        case dict() if value and all(isinstance(one, dict) and one for one in value.values()):
            return nested(value, name, rows, limits)
        case dict() if (inside := wrapped(value)) is not None:
            return records(inside, name, rows, limits)
        case dict():
            return Table(tuple(value), tuple(early(one, key, limits) for key, one in value.items()), name, False, rows)
        case list() if value and all(isinstance(row, list) for row in value):
            return rowwise(value, name, rows, limits)
        case list():
            return records(value, name, rows, limits)
    raise DataError("E200", f"{name} is {kind(value)}", SHAPES)


def nested(value: Mapping[str, Mapping[str, Any]], name: str, rows: Rows, limits: Limits) -> Table:
    """pandas' "columns", name → row → value, or its "index", row → name → value: rows are called by numbers.

    Where neither names nor rows are numbers the file does not say, and both are kept.
    """

    def counted(keys: Sequence[str]) -> bool:
        return all(key.isascii() and key.isdecimal() for key in keys)

    inner = next(iter(value.values()))
    by_index = records(list(value.values()), name, rows, limits)
    if counted(list(value)) and not counted(list(inner)):
        return by_index
    keys = list(dict.fromkeys(key for one in value.values() for key in one))
    columns = tuple(from_objects(one.get(key, ABSENT) for key in keys) for one in value.values())
    other = None if counted(list(inner)) else by_index
    return Table(tuple(value), columns, name, True, rows, other=other)


def wrapped(value: Mapping[str, Any]) -> list[Any] | None:
    """The records of a reply that has them under one name, beside what is said of them: no list is beside them."""
    lists = [one for one in value.values() if isinstance(one, list)]
    if len(lists) == 1 and lists[0] and all(isinstance(row, dict) for row in lists[0]):
        return lists[0]
    return None


def rowwise(data: Sequence[Any], name: str, rows: Rows, limits: Limits) -> Table:
    """Rows as lists: the first has the names where it is made of texts and the others have numbers, else there are
    none and the columns are counted from 0."""
    names, *others = ([*row] for row in data)
    words = bool(names) and all(isinstance(one, str) and number_in(one) is None and not missing(one) for one in names)
    if words and any(number_of(one) is not None for row in others for one in row):
        return matrix(tuple(names), others, name, replace(rows, first=rows.first + 1), limits)
    width = max(map(len, data))
    return matrix(tuple(map(str, range(width))), [names, *others], name, rows, limits, nameless=True)


def matrix(
    names: tuple[str, ...], data: Sequence[list[Any]], name: str, rows: Rows, limits: Limits, nameless: bool = False
) -> Table:
    """Rows as lists, with names or without."""
    for number, row in enumerate(data):
        if len(row) != len(names):
            problem = f"{rows.row(number)} has {len(row)} entries for {len(names)} columns"
            raise DataError("E203", problem, "give every row as many entries")
    bounded(name, len(data), len(names), limits)
    columns = tuple(from_objects(row[place] for row in data) for place in range(len(names)))
    return Table(names, columns, name, True, rows, nameless=nameless)


def records(data: Sequence[Any], name: str, rows: Rows, limits: Limits) -> Table:
    """Rows as mappings. A name that a row has not is an entry that is not there."""
    for number, row in enumerate(data):
        if not isinstance(row, Mapping):
            problem = f"{rows.row(number)} is {kind(row)}, not a mapping of names to numbers"
            raise DataError("E200", problem, "write [{'x': 0, 'y': 0}, …], or name the columns: {'x': [0, …]}")
    if not data:
        raise DataError("E223", "no pattern at all: the data has no rows", "give at least one row")
    names: dict[Hashable, None] = {}
    for row in data:
        if row.keys() != names.keys():
            names |= dict.fromkeys(row)
    bounded(name, len(data), len(names), limits)
    columns = (listed([row.get(one, ABSENT) for row in data], str(one), limits) for one in names)
    return Table(tuple(names), tuple(columns), name, True, rows)


def listed(cells: list[Any], shown: str, limits: Limits) -> object:
    """A column of entries; where they are lists, an array for each row."""
    if any(isinstance(cell, list | tuple) or hasattr(cell, "__array__") for cell in cells):
        return Late(cells)
    return from_objects(cells)


def early(value: object, shown: str, limits: Limits) -> object:
    """A column made now, so that it is made once; what cannot be made one is an error where it is used."""
    try:
        return column_of(value, shown, limits)
    except DataError:
        return Late(value)


def bounded(name: str, rows: int, width: int, limits: Limits) -> None:
    """Nothing, or the error about too much."""
    if rows > limits.rows:
        raise exceeded(f"{name} has", limits.rows, "rows")
    if width > limits.columns:
        raise exceeded(f"{name} has", limits.columns, "columns")
