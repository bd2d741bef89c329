"""Bytes ↔ files, so that a file is either whole or not there: atomic writing, bounded reading, faults in words."""

from __future__ import annotations

import errno
import glob
import os
import platform
import secrets
import signal
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from chainrule.errors import LimitError, RunError, UsageError

HOST = (platform.node().partition(".")[0] or "host")[:32]
SAVED = "give the file that a run was saved in"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
ENDING = (signal.SIGTERM, signal.SIGHUP) if hasattr(signal, "SIGHUP") else (signal.SIGTERM,)
"""Signals beside Ctrl-C that ask a process to end."""
PATIENCE = 1.0
"""Seconds to wait for another process that renames in the same directory; it needs thousandths of one."""


def write_all(files: dict[Path, bytes]) -> None:
    """Write files so that each is replaced whole or left as it was, and all are on the disk before the first is.

    Each goes to a temporary file in its own directory, which is flushed to the disk and then renamed. A fault or a
    signal before the renaming removes the temporary files and leaves every old file untouched; the renaming itself is
    not interrupted. If the process dies between two renamings, the temporary file of the second stays: see `waiting`.
    """
    made: list[tuple[Path, Path, Path]] = []
    renamed = False
    try:
        for path, content in files.items():
            with faults(path, len(content)):
                place = real(path)
                temporary = fresh(place)
                made.append((temporary, place, path))  # before it is there: a signal may come in between
                handle = os.open(temporary, NEW, 0o666)
                try:
                    write(handle, content)
                    like(handle, place)
                    os.fsync(handle)
                finally:
                    os.close(handle)
        with held(), alone(next(iter(files)).parent):
            for temporary, place, path in made:
                with faults(path, len(files[path])):
                    temporary.replace(place)
                    renamed = True
            for directory in {place.parent for _, place, _ in made}:
                sync_directory(directory)
    finally:
        if not renamed:
            with held():
                for temporary, _, _ in made:
                    with suppress(OSError):
                        temporary.unlink()
    for _, place, _ in made:
        sweep(place)


def ready(*paths: Path) -> None:
    """Nothing, or E361 where a file cannot be written: asked by trying, before work that takes long. It is then the
    argument that is wrong, and not the disk."""
    for path in paths:
        try:
            with held(), faults(path, 0):
                temporary = fresh(real(path))
                os.close(os.open(temporary, NEW, 0o666))
                temporary.unlink()
        except RunError as fault:
            raise UsageError(fault.code, fault.problem, fault.help) from None


def real(path: Path) -> Path:
    """Where a file is written: a link stays, and what it leads to is replaced. What is there must be a file."""
    place = Path(os.path.realpath(path))
    if place.is_dir():
        raise IsADirectoryError(errno.EISDIR, "a directory has that name")
    if place.is_symlink():
        raise OSError(errno.ELOOP, "the links go round in a circle")
    if place.exists() and not place.is_file():
        raise FileExistsError(errno.EEXIST, "there is something that is not a file")
    return place


def fresh(place: Path) -> Path:
    """A new name beside a file, short enough wherever that of the file is: of at most 60 characters of it."""
    return place.with_name(f".{place.name[:60]}.{HOST}.{os.getpid()}.{secrets.token_hex(8)}.tmp")


def waiting(path: Path) -> list[Path]:
    """Temporary files for a path: written whole, if the process that wrote them came to its renamings."""
    place = Path(os.path.realpath(path))
    return sorted(place.parent.glob(f".{glob.escape(place.name[:60])}.*.tmp"))


def like(handle: int, place: Path) -> None:
    """Let a file be read and written by whom the one that it replaces was."""
    with suppress(OSError, AttributeError):
        os.fchmod(handle, stat.S_IMODE(place.stat().st_mode))


@contextmanager
def held() -> Iterator[None]:
    """Signals that would end the process wait until the block is left. Only the main thread hears them."""
    came: list[int] = []
    before: dict[int, Any] = {}
    try:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, *ENDING):
                handler = signal.getsignal(number)
                if callable(handler) or handler == signal.SIG_DFL:
                    before[number] = handler
                    signal.signal(number, lambda number, _: came.append(number))
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for number in came:
            signal.raise_signal(number)


@contextmanager
def alone(directory: Path) -> Iterator[None]:
    """No other process of chainrule renames in a directory meanwhile, so that the two files of a table fit."""
    handle = None
    with suppress(OSError):
        handle = os.open(directory, os.O_RDONLY)
    end = monotonic() + PATIENCE
    while handle is not None and not locked(handle) and monotonic() < end:
        sleep(0.005)
    try:
        yield
    finally:
        if handle is not None:
            os.close(handle)


def locked(handle: int) -> bool:
    """Whether an open file is this process's alone, until it is closed; True where the system has no such locks."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        pass
    return True


def sweep(path: Path) -> None:
    """Remove temporary files for a path whose writers on this machine are dead."""
    for stray in waiting(path) if os.name == "posix" else ():
        host, number = stray.name.split(".")[-4:-2]
        with suppress(OSError):
            if host == HOST and number.isdecimal() and not alive(int(number)):
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
            return file.read(found.st_size)  # by its size: memory is taken for as much as is asked for
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
            help = f"make room for {size} bytes in {path.parent}, or save it in another directory"
        else:
            help = "save it under another name or in another directory"
        raise RunError("E361", f"cannot write {path}: {reason(fault)}", help) from None
    except ValueError as fault:  # a NUL in the name, or half of a character
        raise RunError("E361", f"cannot write {str(path)!r}: {fault}", "write a name that a file can have") from None


def reason(fault: Exception) -> str:
    """The system's own words for a fault."""
    return (getattr(fault, "strerror", None) or str(fault)).lower()
