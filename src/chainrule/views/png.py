"""Rows of colours → the bytes of a PNG file, a pixel for each: the standard library alone."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from chainrule.errors import picture


def png(pixels: NDArray[np.uint8], texts: Mapping[str, str] | None = None) -> bytes:
    """A picture of (row from above, column, red green blue); ``texts`` are kept in it by keyword.

    >>> png(np.zeros((1, 2, 3), np.uint8))[:8]
    b'\\x89PNG\\r\\n\\x1a\\n'
    """
    high, wide, _ = pixels.shape
    rows = np.zeros((high, 1 + 3 * wide), np.uint8)
    rows[:, 1:] = pixels.reshape(high, 3 * wide)
    parts = [chunk(b"IHDR", struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0))]
    for keyword, text in (texts or {}).items():
        body = keyword.encode("latin-1")[:79] + b"\0\0\0\0\0" + picture(text).encode()
        parts.append(chunk(b"iTXt", body))
    parts += [chunk(b"IDAT", zlib.compress(rows.tobytes(), 6)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
