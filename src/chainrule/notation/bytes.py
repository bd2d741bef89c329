"""A path → the bytes of its text, up to so many; a pipe is read too, but one that nobody writes is not waited for."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path


def content(path: Path, most: int) -> bytes:
    """The first ``most`` bytes of a file, or OSError with why there are none."""
    with open(path, "rb", opener=waitless) as file:
        first = b""
        if stat.S_ISFIFO(os.fstat(file.fileno()).st_mode):
            with suppress(BlockingIOError):  # someone has it open, and has written nothing by now
                first = os.read(file.fileno(), most)
                if not first:
                    raise OSError(errno.EPIPE, "nobody writes into this pipe")
        if hasattr(os, "set_blocking"):
            os.set_blocking(file.fileno(), True)
        return first + file.read(most - len(first))


def waitless(path: str, flags: int) -> int:
    """Opens a file, and a named pipe without waiting for someone to write into it."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
