"""A store in a folder: each file is written beside its place, flushed to the disk and renamed; no link is followed.

A name that begins with a dot is no file of the store: it is being written, or was when its process died.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from chainrule.errors import RunError
from chainrule.maps.store.limits import LIMITS
from chainrule.maps.store.owner import dead, new_owner, of_this_process
from chainrule.maps.store.place import gone, led_away, too_long, unreadable, unwritable
from chainrule.train.disk import FULL, NEW, reason, write

READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
ADD = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
UNSYNCED = (errno.EINVAL, errno.ENOTSUP, errno.EACCES)
"""What a system says whose folders are not flushed by themselves."""
NOTHING = (errno.ENOENT, errno.ENOTDIR)
LINK = (errno.ELOOP, errno.EMLINK)
NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)
"""What a file system says in which no file has two names."""


class Folder:
    """Files below a folder, which may be a link itself."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.name = str(root)
        self.address = os.path.abspath(root)  # noqa: PTH100
        self.owner = new_owner()
        self.lock = threading.RLock()
        self.known: set[str] = set()  # folders that are there, and are no links
        self.unsynced: set[Path] = set()  # folders in which something was renamed
        self.open: dict[str, int] = {}  # files that are appended to
        self.torn: set[str] = set()  # those that end in part of a line
        self.added: set[str] = set()  # those that were appended to since they were flushed
        self.syncing = threading.Lock()
        self.unflushed: RunError | None = None
        self.there = False  # the folder was there once

    def read(self, key: str, most: int) -> bytes | None:
        with self.reading(key) as found:
            return None if found is None else read_all(found[0], min(found[1], most + 1))

    @contextmanager
    def reading(self, key: str) -> Iterator[tuple[int, int] | None]:
        """A file that is open, and its bytes; None where there is none."""
        path, handle = self.path(key), None
        try:
            handle = os.open(path, READ)
        except OSError as fault:
            if fault.errno not in NOTHING:
                raise (led_away(str(path)) if fault.errno in LINK else unreadable(str(path), reason(fault))) from None
        try:
            found = None if handle is None else os.fstat(handle)
            if found is not None and not stat.S_ISREG(found.st_mode):
                raise led_away(str(path))
            self.there |= found is not None
            yield None if found is None or handle is None else (handle, found.st_size)
        except OSError as fault:
            raise unreadable(str(path), reason(fault)) from None
        finally:
            with suppress(OSError):  # nothing was written
                if handle is not None:
                    os.close(handle)

    def size(self, key: str) -> int | None:
        try:
            found = os.lstat(self.path(key))
        except OSError as fault:
            if fault.errno not in NOTHING:
                raise unreadable(str(self.root / key), reason(fault)) from None
            return None
        return found.st_size if stat.S_ISREG(found.st_mode) else None

    def put(self, key: str, content: bytes) -> None:
        path = self.path(key)
        with faults(path, len(content)), self.written(path, content) as temporary:
            os.replace(temporary, path)  # noqa: PTH105 - one call of the system, that tests let fail
        with self.lock:
            self.unsynced.add(path.parent)

    def create(self, key: str, content: bytes) -> bool:
        path = self.path(key)
        with faults(path, len(content)), self.written(path, content) as temporary:
            try:
                os.link(temporary, path)
            except FileExistsError:
                return os.stat(temporary).st_nlink == 2  # noqa: PTH116 - a server may have done it, and lost its answer
            except OSError as fault:
                if fault.errno not in NO_LINKS:
                    raise
                return self.occupied(path, content)
        with self.lock:
            self.unsynced.add(path.parent)
        return True

    def occupied(self, path: Path, content: bytes) -> bool:
        """The same where a file cannot have two names: for a moment it is there and not whole."""
        try:
            handle = os.open(path, NEW, 0o666)
        except FileExistsError:
            return False
        try:
            write(handle, content)
            os.fsync(handle)
        finally:
            os.close(handle)
        return True

    @contextmanager
    def written(self, path: Path, content: bytes) -> Iterator[Path]:
        """A temporary file beside a path that holds its content, and is flushed to the disk; it does not stay."""
        self.make(path.parent)
        temporary = path.with_name(f".{path.name}.{self.owner}.{secrets.token_hex(4)}.tmp")
        try:
            handle = os.open(temporary, NEW, 0o666)
            try:
                write(handle, content)
                os.fsync(handle)
            finally:
                os.close(handle)
            yield temporary
        finally:
            with suppress(OSError):
                os.unlink(temporary)  # noqa: PTH108

    def delete(self, key: str) -> None:
        path = self.path(key)
        try:
            os.unlink(path)  # noqa: PTH108
        except OSError as fault:
            if fault.errno not in NOTHING:
                raise unwritable(str(path), reason(fault)) from None

    def aside(self, key: str) -> None:
        path = self.path(key)
        with faults(path, 0), suppress(FileNotFoundError):
            os.replace(path, path.with_name(f".{path.name}.{secrets.token_hex(4)}.bad"))  # noqa: PTH105

    def names(self, folder: str) -> list[str]:
        path = self.path(f"{folder}/x" if folder else "x").parent
        return sorted(name for name in self.listed(path) if not name.startswith("."))

    def append(self, key: str, line: bytes) -> None:
        path = self.path(key)
        with self.lock, faults(path, len(line)):
            if key not in self.open:
                self.make(path.parent)
                self.open[key] = os.open(path, ADD, 0o666)
                self.unsynced.add(path.parent)
            found = os.fstat(self.open[key])
            if not found.st_nlink and not os.path.exists(path):  # noqa: PTH110
                raise gone(self.name)
            end = found.st_size
            self.added.add(key)
            try:
                write(self.open[key], b"\n" + line if key in self.torn else line)
                self.torn.discard(key)
            except BaseException:
                self.torn.add(key)
                with suppress(OSError):
                    os.ftruncate(self.open[key], end)
                raise

    def tail(self, key: str, mark: int, most: int) -> tuple[bytes, int]:
        with self.reading(key) as found:
            if found is None:
                return b"", mark
            handle, size = found
            if size - mark > most:
                raise too_long(str(self.root / key), size, most)
            os.lseek(handle, mark, os.SEEK_SET)
            content = read_all(handle, max(0, size - mark))
        end = content.rfind(b"\n") + 1
        if len(content) - end > LIMITS["line"].most:  # it is no line, whatever follows
            return content + b"\n", mark + len(content)
        return content[:end], mark + end

    def sync(self) -> None:
        with self.syncing:
            if self.unflushed is not None:
                raise self.unflushed  # asked once more, a system says that all is well
            with self.lock:
                folders, self.unsynced = self.unsynced, set()
                handles = [(key, self.open[key]) for key in sorted(self.added)]
                self.added.clear()
            try:
                for key, handle in handles:
                    with faults(self.root / key, 0):
                        os.fsync(handle)
                for folder in sorted(folders):
                    with faults(folder, 0):
                        flushed(folder)
            except RunError as fault:
                self.unflushed = fault
                raise

    def close(self) -> None:
        try:
            self.sync()
        finally:
            with self.syncing, self.lock:
                handles, self.open = list(self.open.values()), {}
                self.added.clear()
            for handle in handles:
                with suppress(OSError):  # it is on the disk, or it was said that it is not
                    os.close(handle)

    def hurry(self, seconds: float) -> None:
        pass

    # ---- folders ----

    def path(self, key: str) -> Path:
        """The path of a key, whose folders are folders."""
        *folders, _ = key.split("/")
        at = ""
        for name in folders:
            at = f"{at}/{name}" if at else name
            if at in self.known:
                continue
            try:
                mode = os.lstat(self.root / at).st_mode
            except OSError as fault:
                if fault.errno not in NOTHING:
                    raise unreadable(str(self.root / at), reason(fault)) from None
                break  # not there yet
            if not stat.S_ISDIR(mode):
                raise led_away(str(self.root / at))
            self.known.add(at)
        return self.root / key

    def make(self, folder: Path) -> None:
        """A folder and those above it, down from that of the store."""
        missing = []
        while not os.path.isdir(folder):  # noqa: PTH112
            if folder == self.root and self.there:
                raise gone(self.name)
            missing.append(folder)
            if folder == self.root:
                break
            folder = folder.parent
        for one in reversed(missing):
            with suppress(FileExistsError):
                os.mkdir(one)  # noqa: PTH102
            with self.lock:
                self.unsynced.add(one.parent)
        self.there = True

    def listed(self, folder: Path) -> list[str]:
        """The names in a folder."""
        try:
            return os.listdir(folder)  # noqa: PTH208
        except OSError as fault:
            if fault.errno in NOTHING:
                return []
            raise unreadable(str(folder), reason(fault)) from None

    def sweep(self) -> int:
        """Remove what processes of this machine were writing when they died; how many files that was.

        What this process writes, it removes itself: another thread may be at it now.
        """
        count = 0
        for folder, _, names in os.walk(self.root):
            for name in names:
                parts = name.split(".")
                ours = name.startswith(".") and name.endswith(".tmp") and len(parts) > 4
                if ours and dead(parts[-3]) and not of_this_process(parts[-3]):
                    with suppress(OSError):
                        os.unlink(os.path.join(folder, name))  # noqa: PTH108, PTH118
                        count += 1
        return count


def read_all(handle: int, size: int) -> bytes:
    """So many bytes, or those that there are."""
    parts = []
    while size > 0 and (part := os.read(handle, size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def flushed(folder: Path) -> None:
    """Let renamings in a folder survive a loss of power, where a system can do that."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError as fault:
        if fault.errno in (*UNSYNCED, *NOTHING):
            return
        raise
    try:
        os.fsync(handle)
    except OSError as fault:
        if fault.errno not in UNSYNCED:
            raise
    finally:
        os.close(handle)


@contextmanager
def faults(path: Path, size: int) -> Iterator[None]:
    """What goes wrong while writing, in words."""
    try:
        yield
    except OSError as fault:
        if fault.errno in LINK:
            raise led_away(str(path)) from None
        raise unwritable(str(path), reason(fault), size, fault.errno in FULL) from None
    except ValueError as fault:  # a NUL in the name, or half of a character
        raise unwritable(repr(str(path)), str(fault)) from None
