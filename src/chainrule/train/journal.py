"""A training while it runs → a file that only grows, from which all that was recorded can be read after a kill.

Conventions. A line that names the kind, then records: the length of the content (8 bytes, little-endian), the CRC-32 of
these 8 bytes (4 bytes), the content, its SHA-256 (32 bytes) over its number and itself. The first record is the recipe,
each later one the rows of a chunk. A record that is cut off at the end of the file was being written when the process
died: it is left out. Every record is handed to the system before training goes on, so it survives the death of the
process; about every five seconds it is flushed to the disk, so it survives a loss of power.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import struct
import zlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.errors import RunError, picture
from chainrule.train.disk import NEW, faults, locked, read, sync_directory, write
from chainrule.train.document import About, Arrays
from chainrule.train.jsonfile import dumped, words

MAGIC = b"chainrule journal 1\n"
LENGTH = struct.Struct("<QI")
DIGEST = 32
BOTH = os.O_RDWR | getattr(os, "O_BINARY", 0)
SYNC = 5.0
"""Seconds after which what was written is flushed to the disk."""


def journal_of(path: Path) -> Path:
    """The journal of a run that is to be saved under a name."""
    return path.with_name(f"{path.name}.journal")


LEFT: set[Path] = set()
"""The journals that this process has begun and not removed: what is to be named where it ends before its time."""


class Journal:
    """A journal being written. It is made anew: one that is there already, and holds a record, is of a run that was cut
    short, or of one that is being trained. As long as it is open it belongs to this process alone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self.synced = monotonic()
        with faults(path, len(MAGIC)):
            try:
                self.handle = os.open(path, NEW, 0o666)
                fit = locked(self.handle)
            except FileExistsError:
                self.handle = os.open(path, BOTH)
                fit = locked(self.handle) and not held_in(self.handle)
            if not fit:
                os.close(self.handle)
                raise there(path)
            LEFT.add(path)
            os.ftruncate(self.handle, 0)
            write(self.handle, MAGIC)
        sync_directory(path.parent)

    @classmethod
    def again(cls, path: Path, most: int) -> tuple[Journal, bytes]:
        """One that was cut short, to be written on after its last whole record, and its content of at most ``most``
        bytes up to there."""
        one = cls.__new__(cls)
        one.path, one.synced = path, monotonic()
        with faults(path, 0):
            one.handle = os.open(path, BOTH)
            try:
                if not locked(one.handle):
                    raise there(path)
                content = read(path, most)
                found, end = whole(content, path)
                one.count = len(found)
                os.ftruncate(one.handle, end)
                os.lseek(one.handle, end, os.SEEK_SET)
            except BaseException:
                os.close(one.handle)
                raise
            LEFT.add(path)
        return one, content[:end]

    def add(self, about: About, arrays: Arrays) -> None:
        """Append a record. One that could not be written whole is cut off again, so the journal stays readable."""
        content = pack(about, arrays)
        length = struct.pack("<Q", len(content))
        sealed = length + struct.pack("<I", zlib.crc32(length)) + content + digest(self.count, content)
        end = os.lseek(self.handle, 0, os.SEEK_CUR)
        with faults(self.path, len(sealed)):
            try:
                write(self.handle, sealed)
            except (OSError, KeyboardInterrupt):
                os.ftruncate(self.handle, end)
                os.lseek(self.handle, end, os.SEEK_SET)
                raise
            self.count += 1
            if monotonic() - self.synced > SYNC:
                os.fsync(self.handle)
                self.synced = monotonic()

    @property
    def stands(self) -> bool:
        """Whether the file that is written is still the one that is found under its name."""
        try:
            return os.path.samestat(os.fstat(self.handle), self.path.stat())
        except OSError:
            return False

    def close(self) -> None:
        """Stop writing; what was written is flushed to the disk, and the file stays."""
        if self.handle >= 0:
            with suppress(OSError):
                os.fsync(self.handle)
            handle, self.handle = self.handle, -1
            os.close(handle)

    def remove(self) -> None:
        """Delete the file: the run it was for is saved. Another's in its place is left alone."""
        stood = self.stands
        self.close()
        LEFT.discard(self.path)
        if stood:
            with suppress(OSError):
                self.path.unlink()


def held_in(handle: int) -> bool:
    """Whether a file holds anything but the beginning of a journal without a record."""
    size = os.fstat(handle).st_size
    content = os.pread(handle, min(size, 2**20), 0) if hasattr(os, "pread") else b"?"
    if not MAGIC.startswith(content[: len(MAGIC)]):
        return True
    try:
        return bool(size > len(content) or records(content, ""))
    except RunError:
        return True


def there(path: Path) -> RunError:
    """The error for a journal that is there already."""
    return RunError(
        "E367",
        f"{path} is there already: it holds a run that was cut short, or one that is being trained now",
        f"to go on with one that was cut short: {command(path)}\nor delete it, and train again",
    )


def command(path: Path, out: Path | None = None) -> str:
    """The command that goes on with what a file holds, as it is typed into a shell."""
    return f"chainrule resume {typed(path)}" + (f" --out {typed(out)}" if out else "")


def typed(path: Path) -> str:
    r"""A path as it is typed into a shell, whatever bytes are in it.

    >>> typed(Path("my run.npz")), typed(Path("-x.npz")), typed(Path("caf\udce9.npz"))
    ("'my run.npz'", './-x.npz', "$'caf\\xe9.npz'")
    """
    text = f"./{path}" if str(path).startswith("-") else str(path)
    if text.isprintable() and picture(text) == text:  # letters that show nothing are typed by their bytes
        return shlex.quote(text)
    try:
        name = os.fsencode(text)
    except UnicodeEncodeError:  # half of a character: no file has such a name
        name = text.encode("utf-8", "surrogatepass")
    drawn = (chr(byte) if 32 <= byte < 127 and byte not in b"\\'" else f"\\x{byte:02x}" for byte in name)
    return f"$'{''.join(drawn)}'"


def records(content: bytes, path: object) -> list[tuple[About, Arrays]]:
    """The records of a journal that were written whole; one that was changed since is E365."""
    return whole(content, path)[0]


def whole(content: bytes, path: object) -> tuple[list[tuple[About, Arrays]], int]:
    """The same, and where the last of them ends."""
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
    return found, place


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
    head = dumped({"about": about, "arrays": shapes})
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
