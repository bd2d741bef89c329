"""A file of NumPy → its table: the arrays of an .npz by their names, or the fields of the one array of an .npy."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from chainrule.data.jsontable import bounded
from chainrule.data.limits import Limits, exceeded
from chainrule.data.table import Late, Rows, Table, frozen
from chainrule.errors import DataError


def read(path: Path, limits: Limits) -> Table:
    """The table in a file; nothing that is read is unpickled.

    Errors: E200 an array without names, E246 a file that is none of NumPy's, E234 a limit.
    """
    kind = path.suffix.lower()
    if path.stat().st_size > limits.bytes:
        raise exceeded(f"{path.name} has", limits.bytes, "bytes")
    try:
        if kind == ".npy":
            with path.open("rb") as file:
                return array(np.load(file, allow_pickle=False), path.name, Rows(path.name), limits)
        with zipfile.ZipFile(path) as archive:
            if sum(one.file_size for one in archive.infolist()) > limits.bytes:
                raise exceeded(f"{path.name} unpacked has", limits.bytes, "bytes")
        with np.load(path, allow_pickle=False) as arrays:
            bounded(path.name, 0, len(arrays.files), limits)
            values = tuple(entry(arrays, name) for name in arrays.files)
            only = values[0] if len(values) == 1 else None
            if isinstance(only, np.ndarray) and only.dtype.names is not None and only.ndim == 1:
                return array(only, path.name, Rows(path.name), limits)  # one array with named fields
            return Table(tuple(arrays.files), values, path.name, False, Rows(path.name))
    except (ValueError, EOFError, zipfile.BadZipFile, KeyError, SyntaxError) as fault:
        why = str(fault).split("\n")[0]
        help = "write it with np.savez(path, x=x, y=y); objects are not read"
        raise DataError("E246", f"{path.name} is no {kind} file that can be read: {why:.200}", help) from None


def entry(arrays: Any, name: str) -> object:
    """One array of an .npz; one of Python's objects is an error where it is used."""
    try:
        found = arrays[name]
    except ValueError:
        return Late([object()])
    return frozen(found)


def array(found: Any, name: str, rows: Rows, limits: Limits) -> Table:
    """The table that one array is: by its fields, or by columns that are counted from 0."""
    if found.dtype.names is not None and found.ndim == 1:
        bounded(name, len(found), len(found.dtype.names), limits)
        return Table(found.dtype.names, tuple(found[one] for one in found.dtype.names), name, True, rows)
    if found.ndim == 2 and found.dtype.names is None:
        bounded(name, len(found), found.shape[1], limits)
        names = tuple(map(str, range(found.shape[1])))
        return Table(names, tuple(found.T), name, True, rows, nameless=True)
    what = "an array without names" if found.ndim == 1 else f"an array of {found.ndim} axes"
    raise DataError("E200", f"{name if name != 'call' else 'data'} is {what}", "give a mapping {'x': [0, 1]}")
