"""The numbers of a tile ↔ the bytes of one file: numbers in the order of rows, little-endian, then their CRC-32C.

A tile at the edge is filled up to the size of the others, as Zarr has it. A file has as many bytes as it must have,
or it is no chunk: nothing is decompressed, so nothing can be made to grow.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.errors import BrokenPass
from chainrule.maps.store.crc32c import crc32c
from chainrule.maps.store.layout import DTYPES, Array, StoreLayout, Tile

CHECK = 4
"""Bytes of the checksum."""


def numpy_dtype(array: Array) -> np.dtype[np.generic]:
    """The kind of numbers on disk."""
    return np.dtype(array.dtype).newbyteorder("<")


def blank(array: Array) -> Any:
    """The number that stands for a cell that was not run."""
    value = array.blank
    if isinstance(value, str):
        bits = np.dtype(f"<u{DTYPES[array.dtype]}")
        return np.array([int(value, 16)], bits).view(numpy_dtype(array))[0]
    return np.array([value], numpy_dtype(array))[0]


def length(layout: StoreLayout, array: Array) -> int:
    """The bytes of each file of an array."""
    return prod(kept(layout, array)) * DTYPES[array.dtype] + CHECK


def kept(layout: StoreLayout, array: Array) -> tuple[int, ...]:
    """The shape in which an array's numbers of a tile are kept."""
    return (*layout.tile, *array.sides)


def whole(layout: StoreLayout, array: Array, tile: Tile, numbers: NDArray[np.generic]) -> NDArray[np.generic]:
    """The numbers of a tile as they are kept: of the array's kind, with one NaN for all, filled up at the edge."""
    found, size = np.asarray(numbers), (*layout.size(tile), *array.sides)
    if found.shape != size or found.dtype != np.dtype(array.dtype):
        what = f"{array.name} of the tile {tile} is {found.dtype} of {found.shape}, and not {array.dtype} of {size}"
        raise BrokenPass("computing a tile", what)
    out = np.full(kept(layout, array), blank(array), numpy_dtype(array))
    out[tuple(map(slice, size))] = (
        np.where(np.isnan(found), np.array(np.nan, found.dtype), found) if found.dtype.kind == "f" else found
    )
    return out


def sealed(numbers: NDArray[np.generic]) -> bytes:
    """The bytes of a file."""
    content = numbers.tobytes()
    return content + crc32c(content).to_bytes(CHECK, "little")


def opened(layout: StoreLayout, array: Array, content: bytes) -> NDArray[np.generic] | None:
    """The numbers in a file, filled up as they are kept; None where they are not what was written."""
    if len(content) != length(layout, array):
        return None
    numbers = content[:-CHECK]
    if crc32c(numbers).to_bytes(CHECK, "little") != content[-CHECK:]:
        return None
    return np.frombuffer(numbers, numpy_dtype(array)).reshape(kept(layout, array))
