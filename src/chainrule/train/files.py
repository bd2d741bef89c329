"""A run ↔ a file: .npz, .json or .csv by its name, and the journal of a training that was cut short.

Conventions. A file is replaced whole or left as it was. Nothing that is read is evaluated or unpickled; a file is read
up to a size, checked against its own SHA-256, and its model is built again from the text it holds.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np

from chainrule.errors import ChainruleError, LimitError, RunError, UsageError, picture, shown
from chainrule.expr.limits import limited as within
from chainrule.train import journal
from chainrule.train.csvfile import beside_of, from_csv, to_csv
from chainrule.train.disk import read, waiting, write_all
from chainrule.train.document import OURS, about_run, record, run_of, values
from chainrule.train.drive import error
from chainrule.train.jsonfile import from_json, to_json
from chainrule.train.npz import from_npz, to_npz
from chainrule.train.order import whole
from chainrule.train.projection import merged
from chainrule.train.run import Run

LIMIT = 2**31
"""Bytes of the largest file that is read unasked, JSON and CSV apart."""

TEXT = 2**28
"""Bytes of the largest JSON or CSV that is read or written unasked: as objects they take many times as much."""


class NotSaved(RunError):
    """A training could not write its file. ``run`` is what was recorded; the help names where it stands on the disk."""

    def __init__(self, fault: ChainruleError, kept: str, run: Run) -> None:
        super().__init__(fault.code, fault.problem, fault.help)
        self.help += "\n" + picture(kept)  # whole, however long the names in it: it is to be typed
        self.run = run

    def __reduce__(self) -> tuple[object, ...]:
        return unsaved, (self.code, self.problem, self.help)  # the run stays in the process that has it


def unsaved(code: str, problem: str, help: str) -> RunError:
    """What another process gets of such an error."""
    error = RunError(code, problem, "")
    error.help = help
    return error


def place(path: object) -> Path:
    """A path, or E360."""
    if isinstance(path, str | os.PathLike):
        with suppress(TypeError):
            return Path(os.fsdecode(path))
    raise UsageError("E360", f"{shown(path)} is not the name of a file", "end the name in .npz, .json or .csv")


def parts(path: Path) -> tuple[Path, ...]:
    """The files that a run is written to, or E360."""
    return (path, beside_of(path)) if ending_of(path) == ".csv" else (path,)


def ending_of(path: Path) -> str:
    """The kind of file that a name asks for, or E360."""
    kind = path.suffix.lower()
    if kind not in (".npz", ".json", ".csv"):
        raise UsageError("E360", f"{path} does not say what kind of file it is", "end the name in .npz, .json or .csv")
    return kind


def save(run: Run, path: str | os.PathLike[str]) -> None:
    """Write a run to a file; what stands there is replaced whole, or stays if the writing fails.

    ``.npz``: small and exact, read by ``numpy.load`` too. ``.json``: the same as text. ``.csv``: a plain table of all
    columns for spreadsheets, with ``run.csv.json`` beside it for all that has no place in a table. All three are read
    back by `load_run` to the same bits.

    Errors: E360 for another ending, E361 if the file cannot be written, E369 if the text would be too large.
    """
    target = place(path)
    match ending_of(target):
        case ".npz":
            files = {target: packed(run)}
        case ".json":
            files = {target: to_json(about_run(run), values(run.recipe) | record(run.trace.record))}
        case _:
            table, beside = to_csv(run)
            files = {target: table, beside_of(target): beside}
    for name, content in files.items():
        if name.suffix != ".npz" and len(content) > TEXT:
            raise LimitError(
                "E369",
                f"{name} would have {len(content)} bytes, more than the {TEXT} that are read back",
                "save the run as .npz, or train with a larger record=",
            )
    write_all(files)


def packed(run: Run) -> bytes:
    """A run as the bytes of an ``.npz``."""
    return to_npz(about_run(run), values(run.recipe) | record(run.trace.record))


def unpacked(content: bytes) -> Run:
    """The run that `packed` gave."""
    return run_of(*from_npz(content, Path("run.npz")), Path("run.npz"))


@within
def load_run(
    path: str | os.PathLike[str], limit: int | None = None, *, limits: Mapping[str, int] | None = None
) -> Run:
    """Read a run that `save` wrote, or the journal of a training that was cut short.

    It knows its model, data, rule, seed and order of visiting: any column can be read, ``run.at(k)`` goes to any step,
    and ``run.verify()`` trains again and compares every bit. A journal gives what was recorded before the end; its run
    ended "interrupted". ``limit`` is the size in bytes up to which a file is read, ``limits``
    are those of `chainrule.limits`.

    Errors: E362 if it cannot be read, E363 if it is larger than the limit, E364 if it is no run, E365 if it was
    changed, E366 if a later version wrote it, E368 if its model cannot be built again.
    """
    target = place(path)
    text = TEXT if limit is None else limited(limit)
    content = read(target, text if target.suffix.lower() in (".json", ".csv") or limit is not None else LIMIT)
    if content.startswith(journal.MAGIC):
        return interrupted(content, target)
    if content.startswith(b"PK"):
        return run_of(*from_npz(content, target), target)
    if content.startswith(b'{"about"'):
        return run_of(*from_json(content, target), target)
    if target.suffix.lower() == ".csv":
        return run_of(*from_csv(content, pair(content, target, text), target), target)
    raise RunError("E364", f"{target} is not a run of chainrule", OURS)


def limited(limit: object) -> int:
    """A number of bytes, or E353."""
    found = whole(limit)
    if found is None or found < 0:
        raise UsageError("E353", f"limit={shown(limit)} is not a number of bytes", "write limit=2**30 for 1 GiB")
    return found


def pair(table: bytes, path: Path, most: int) -> bytes:
    """What belongs beside a table. Where the process that replaced both died between, it still waits for its place."""
    other = beside_of(path)
    found, absent = b"", None
    try:
        found = read(other, most)
    except RunError as fault:
        absent = fault
    mark = hashlib.sha256(table).hexdigest().encode()
    if mark not in found:
        for stray in waiting(other):
            with suppress(ChainruleError):
                content = read(stray, most)
                if mark in content:
                    return content
    if absent is not None:
        raise absent
    return found


def journalled(path: Path) -> bool:
    """Whether a file is a journal."""
    return read(path, LIMIT).startswith(journal.MAGIC)


def interrupted(content: bytes, path: Path) -> Run:
    """The run in a journal: up to the last record that was written whole."""
    found = journal.records(content, path)
    if not found:
        raise RunError("E364", f"{path} ends before the first record", "nothing was recorded: train again")
    about, arrays = found[0]
    rows = [part for _, part in found[1:]]
    for name in [name for name in arrays if not name.startswith(("values/", "validation/"))]:
        try:
            arrays[name] = np.concatenate([arrays[name], *(part[name] for part in rows)])
        except (KeyError, ValueError):
            raise RunError("E364", f"{path} is not a journal of a run: {name} is missing in a record", OURS) from None
    put = [item for more, _ in found[1:] for item in listed(more.get("projections", []))]
    about = about | {"ended": "interrupted", "departure": None, "error": "nan", "projections": put}
    run = run_of(about, arrays, path)
    return replace(run, error=error(run.loaded, run.program, run.weights), projections=merged(run.projections))


def listed(found: object) -> list[object]:
    """A list, or what no run has."""
    return found if isinstance(found, list) else [found]
