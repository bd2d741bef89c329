"""A training while it runs → a file that only grows, from which all that was recorded can be read after a kill.

Conventions. A line that names the kind, then records: the length of the content (8 bytes, little-endian), the CRC-32 of
these 8 bytes (4 bytes), the content, its SHA-256 (32 bytes) over its number and itself. The first record is the recipe,
each later one the rows of a chunk. A record that is cut off at the end of the file was being written when the process
died: it is left out. Every record is handed to the system before training goes on, so it survives the death of the
process; about every five seconds it is flushed to the disk, so it survives a loss of power.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.errors import RunError
from chainrule.train.disk import faults, sync_directory, write
from chainrule.train.document import About, Arrays
from chainrule.train.jsonfile import words

MAGIC = b"chainrule journal 1\n"
LENGTH = struct.Struct("<QI")
DIGEST = 32
SYNC = 5.0
"""Seconds after which what was written is flushed to the disk."""


def journal_of(path: Path) -> Path:
    """The journal of a run that is to be saved under a name."""
    return path.with_name(f"{path.name}.journal")


class Journal:
    """A journal being written. It is made anew: one that is there already holds a run that was cut short."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self.synced = monotonic()
        with faults(path, len(MAGIC)):
            try:
                self.handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
            except FileExistsError:
                raise RunError(
                    "E367",
                    f"{path} is there already: it holds a run that was cut short, or one that is being trained now",
                    "read it with load_run and save it, or delete it; then train again",
                ) from None
            write(self.handle, MAGIC)
        sync_directory(path.parent)

    def add(self, about: About, arrays: Arrays) -> None:
        """Append a record. One that could not be written whole is cut off again, so the journal stays readable."""
        content = pack(about, arrays)
        length = struct.pack("<Q", len(content))
        sealed = length + struct.pack("<I", zlib.crc32(length)) + content + digest(self.count, content)
        end = os.lseek(self.handle, 0, os.SEEK_CUR)
        with faults(self.path, len(sealed)):
            try:
                write(self.handle, sealed)
            except OSError:
                os.ftruncate(self.handle, end)
                raise
            self.count += 1
            if monotonic() - self.synced > SYNC:
                os.fsync(self.handle)
                self.synced = monotonic()

    def close(self) -> None:
        """Stop writing; the file stays."""
        os.close(self.handle)

    def remove(self) -> None:
        """Delete the file: the run it was for is saved."""
        with faults(self.path, 0):
            self.path.unlink()


def records(content: bytes, path: object) -> list[tuple[About, Arrays]]:
    """The records of a journal that were written whole; one that was changed since is E365."""
    found: list[tuple[About, Arrays]] = []
    place = len(MAGIC)
    while place + LENGTH.size <= len(content):
        length, check = LENGTH.unpack_from(content, place)
        start = place + LENGTH.size
        if zlib.crc32(content[place : place + 8]) != check:
            if not any(content[place:]):
                break  # space that the system had given to the file when the power went
            raise changed(path, len(found))
        if start + length + DIGEST > len(content):
            break
        part = content[start : start + length]
        if content[start + length : start + length + DIGEST] != digest(len(found), part):
            raise changed(path, len(found))
        found.append(unpack(part, path))
        place = start + length + DIGEST
    return found


def changed(path: object, number: int) -> RunError:
    """The error for a record that is not as it was written."""
    return RunError(
        "E365", f"{path} is not as it was written: its record {number} was changed", "take another copy of the file"
    )


def digest(number: int, content: bytes) -> bytes:
    """The SHA-256 of a record and its number, so that records cannot change places."""
    return hashlib.sha256(struct.pack("<Q", number) + content).digest()


def pack(about: About, arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Words and arrays as bytes: the length of the words, the words, the numbers of each array."""
    shapes = {name: ["i" if array.dtype.kind == "i" else "f", list(array.shape)] for name, array in arrays.items()}
    head = json.dumps({"about": about, "arrays": shapes}, ensure_ascii=False, allow_nan=False).encode()
    numbers = (
        np.ascontiguousarray(array, "<i8" if array.dtype.kind == "i" else "<f8").tobytes() for array in arrays.values()
    )
    return b"".join((struct.pack("<Q", len(head)), head, *numbers))


def unpack(content: bytes, path: object) -> tuple[About, Arrays]:
    """Words and arrays of a record."""
    length = int.from_bytes(content[:8], "little")
    head = words(content[8 : 8 + length], path)
    rest = memoryview(content)[8 + length :]
    arrays: Arrays = {}
    try:
        for name, (kind, shape) in head["arrays"].items():
            size = 8
            for count in shape:
                size *= count
            arrays[name] = np.frombuffer(rest[:size], {"i": "<i8", "f": "<f8"}[kind]).reshape(shape)
            rest = rest[size:]
        return dict(head["about"]), arrays
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise RunError("E364", f"{path} is not a journal of chainrule ({fault!r})", "give another file") from None
