"""A path → the table of its file, read once and kept while the file stays as it is.

A file is taken to be the same while path, size, time of change and inode are. What is kept is never written to, takes
no place beside the user's file, and is dropped for what was read later once it is more than `MOST` bytes.
"""

from __future__ import annotations

import os
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from chainrule.data import arrow, csvfile, jsontable, npyfile
from chainrule.data.limits import Limits
from chainrule.data.table import Rows, Table
from chainrule.errors import DataError

MOST = 2**30
"""Bytes of files whose tables are kept."""

SETTLED = 2 * 10**9
"""Nanoseconds after a change in which a second one may leave no trace in the time of change, on the coarsest disks."""

Key = tuple[str, int, int, int, Limits]

_tables: OrderedDict[Key, Table] = OrderedDict()
_lock = Lock()

TEXTS = (".csv", ".tsv", ".txt", ".dat", ".tab", ".data", ".asc", ".psv")
JSONS = (".json", ".ndjson", ".jsonl")
NUMPYS = (".npz", ".npy")
ARROWS = (".parquet", ".pq", ".arrow", ".feather", ".ipc")

FILES = "give the path of a .csv, .tsv, .txt, .json, .npz, .npy or .parquet file"

RENAME = "if it is a table as text, rename it to end in .csv (or .json): else save it as one"

INSTEAD = {
    ".xlsx": "in the spreadsheet: save as CSV UTF-8; in pandas: pd.read_excel(…) gives a frame to hand over",
    ".gz": "unpack it first", ".zip": "unpack it first", ".bz2": "unpack it first", ".xz": "unpack it first",
    ".pkl": "a pickle can run code and is never read: load it yourself and hand over the frame",
    ".mat": "in Python: scipy.io.loadmat(…) gives a mapping to hand over",
    ".h5": "in Python: read it with h5py and hand over a mapping",
}  # fmt: skip
INSTEAD |= {
    ".xls": INSTEAD[".xlsx"], ".ods": INSTEAD[".xlsx"], ".pickle": INSTEAD[".pkl"], ".hdf5": INSTEAD[".h5"],
    ".hdf": INSTEAD[".h5"],
}  # fmt: skip


def table(path: Path, limits: Limits) -> Table:
    """The table of a file. Errors: E200 a kind of file that is not known, E201 one that cannot be read."""
    try:
        if path.is_dir():
            raise absent(path)
        reader = reader_of(path)
        if not path.is_file():
            raise absent(path)
        before = key(path, limits)
        with _lock:
            if before in _tables:
                _tables.move_to_end(before)
                return _tables[before]
        found = reader(path, limits)
        if key(path, limits) == before and settled(before[2]):
            keep(before, found)
    except (OSError, ValueError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else str(fault)
        raise DataError("E201", f"{path} cannot be read: {reason}", FILES) from None
    return found


def absent(path: Path) -> DataError:
    """The error about a file that is not there."""
    if path.exists():
        return DataError("E201", f"{path} is not a file", FILES)
    help = "data is not fetched: download it, and give the path of the file" if URL.match(str(path)) else FILES
    return DataError("E201", f"there is no file {path}", help)


URL = re.compile(r"(?:https?|ftp|s3|gs):/")


def key(path: Path, limits: Limits) -> Key:
    """What tells one state of a file from another."""
    about = path.stat()
    return os.path.realpath(path), about.st_size, about.st_mtime_ns, about.st_ino, limits


def settled(changed: int) -> bool:
    """Whether a file changed so long ago that another change would be seen."""
    return changed + SETTLED < time.time_ns()


def keep(one: Key, found: Table) -> None:
    """Keep a table, and drop the oldest of the others while there are too many."""
    with _lock:
        _tables[one] = found
        while len(_tables) > 1 and sum(size for _, size, *_ in _tables) > MOST:
            _tables.popitem(last=False)


STREAMS = ("-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0")
"""How standard input is called: what kind of table it holds no name says, and it can be read once alone."""


def reader_of(path: Path) -> Callable[[Path, Limits], Table]:
    """What reads a file of this kind."""
    kind = path.suffix.lower()
    if kind in TEXTS:
        return csvfile.read
    if kind in JSONS:
        return jsontable.read
    if kind in NUMPYS:
        return npyfile.read
    if kind in ARROWS:
        return columns
    if "\n" in str(path):
        raise DataError("E200", "data is a text of several lines, and no path", "write it into a file: data.csv")
    if URL.match(str(path)):
        raise absent(path)
    if str(path) in STREAMS:
        problem = f"a table is read from a file that has a name, and {path} is standard input"
        raise DataError("E200", problem, "save it as a file that ends in .csv (or .json), and give its name")
    problem = f"{path} is no file of a known kind" if kind else f"the name {path} does not say what kind of file it is"
    raise DataError("E200", problem, INSTEAD.get(kind, RENAME))


def columns(path: Path, limits: Limits) -> Table:
    """The table of a file that pyarrow reads."""
    found = arrow.read(path, limits)
    return Table(tuple(name for name, _ in found), tuple(value for _, value in found), path.name, True, Rows(path.name))
