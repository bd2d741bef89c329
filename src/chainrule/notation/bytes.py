"""A path → the bytes of its text, up to so many; a pipe is read too, but one that nobody writes is not waited for.

Memory is taken for as much as is asked for, whatever there is to read: so it is asked for by the size of the file.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path

PIECE = 2**20
"""Bytes that are asked for at once where the size is not known before."""


def content(path: Path, most: int) -> bytes:
    """The first ``most`` bytes of a file, or OSError with why there are none."""
    with open(path, "rb", opener=waitless) as file:
        about = os.fstat(file.fileno())
        pieces: list[bytes] = []
        if stat.S_ISFIFO(about.st_mode):
            with suppress(BlockingIOError):  # someone has it open, and has written nothing by now
                pieces = [os.read(file.fileno(), min(most, PIECE))]
                if not pieces[0]:
                    raise OSError(errno.EPIPE, "nobody writes into this pipe")
        if hasattr(os, "set_blocking"):
            os.set_blocking(file.fileno(), True)
        left = most - sum(map(len, pieces))
        while left > 0 and (piece := file.read(min(left, max(PIECE, about.st_size + 1)))):
            pieces.append(piece)
            left -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def waitless(path: str, flags: int) -> int:
    """Opens a file, and a named pipe without waiting for someone to write into it."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
