"""Bytes ↔ files, so that a file is either whole or not there: atomic writing, bounded reading, faults in words."""

from __future__ import annotations

import errno
import glob
import os
import platform
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from chainrule.errors import LimitError, RunError

HOST = platform.node().partition(".")[0] or "host"
SAVED = "give the file that a run was saved in"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def write_all(files: dict[Path, bytes]) -> None:
    """Write files so that each is replaced whole or left as it was, and all are on the disk before the first is.

    Each goes to a temporary file in its own directory, which is flushed to the disk and then renamed. A fault before
    the renaming removes the temporary files and leaves every old file untouched.
    """
    waiting: list[tuple[Path, Path]] = []
    try:
        for path, content in files.items():
            sweep(path)
            temporary = path.with_name(f".{path.name}.{HOST}.{os.getpid()}.{secrets.token_hex(8)}.tmp")
            with faults(path, len(content)):
                handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
                waiting.append((temporary, path))
                try:
                    write(handle, content)
                    os.fsync(handle)
                finally:
                    os.close(handle)
        for temporary, path in waiting:
            with faults(path, len(files[path])):
                temporary.replace(path)
        for directory in {path.parent for path in files}:
            sync_directory(directory)
    finally:
        for temporary, _ in waiting:
            with suppress(OSError):
                temporary.unlink()


def sweep(path: Path) -> None:
    """Remove temporary files for a path whose writers on this machine are dead."""
    for stray in path.parent.glob(f".{glob.escape(path.name)}.{HOST}.*.tmp") if os.name == "posix" else ():
        number = stray.name.split(".")[-3]
        with suppress(OSError):
            if number.isdecimal() and not alive(int(number)):
                stray.unlink()


def alive(process: int) -> bool:
    """Whether a process of this machine is running."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        pass
    return True


def write(handle: int, content: bytes) -> None:
    """All of the bytes, however few the system takes at once."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest) :]


def sync_directory(directory: Path) -> None:
    """Make renamings in a directory survive a loss of power, where the system can do that."""
    with suppress(OSError):
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def read(path: Path, most: int) -> bytes:
    """The content of a regular file of at most ``most`` bytes."""
    try:
        # O_NONBLOCK: opening a named pipe must not wait for someone to write into it
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as fault:
        raise RunError("E362", f"cannot read {path}: {reason(fault)}", SAVED) from None
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise RunError("E362", f"cannot read {path}: it is not a file", SAVED)
        if found.st_size > most:
            raise LimitError(
                "E363",
                f"{path} has {found.st_size} bytes, more than the {most} that are read",
                f"if you trust it, read it with limit={found.st_size}",
            )
        with os.fdopen(os.dup(handle), "rb") as file:
            return file.read(most)
    except OSError as fault:
        raise RunError("E362", f"cannot read {path}: {reason(fault)}", SAVED) from None
    finally:
        os.close(handle)


@contextmanager
def faults(path: Path, size: int) -> Iterator[None]:
    """What goes wrong while writing, as an error that says which file, why, and what is needed."""
    try:
        yield
    except OSError as fault:
        if fault.errno in FULL:
            help = f"make room for {size} bytes in {path.parent}, or save the run in another directory"
        else:
            help = "save it under another name or in another directory"
        raise RunError("E361", f"cannot write {path}: {reason(fault)}", help) from None
    except ValueError as fault:  # a NUL in the name
        raise RunError("E361", f"cannot write {str(path)!r}: {fault}", "write a name that a file can have") from None


def reason(fault: Exception) -> str:
    """The system's own words for a fault."""
    return (getattr(fault, "strerror", None) or str(fault)).lower()
