"""Random numbers by their index, many at once: those of `numbers.random`, to the bit."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.machine import ARRAYS
from chainrule.numbers.elementary import cos, log
from chainrule.numbers.random import WORD, Draw, hashed, threefry, uniform

Array = NDArray[np.float64]

TOGETHER = 1 << 15
"""Numbers that are computed at once: their arrays stay near the processor."""


def uniforms(seed: int, name: str, count: int, first: int = 0, *, stream: int = 0) -> Array:
    """`uniform` of the indices ``first``, ``first`` + 1, …: Threefry's arithmetic is that of arrays of 64 bits too.

    >>> uniforms(1, "w", 3).tolist() == [uniform(1, "w", index) for index in range(3)]
    True
    """
    uniform(seed, name)  # whether it is a seed
    indices: Any = np.arange(first, first + count, dtype=np.uint64) & np.uint64(WORD)
    words: Any = threefry((seed, hashed(name)), (indices, stream))
    found: Array = ((words[0] >> 5) * 67108864.0 + (words[1] >> 6)) * 2.0**-53
    return found


def normals(seed: int, name: str, count: int, first: int = 0) -> Array:
    """`normal` of the indices ``first``, ``first`` + 1, …

    >>> from chainrule.numbers.random import normal
    >>> normals(3, "w", 2, first=5).tolist() == [normal(3, "w", 5), normal(3, "w", 6)]
    True
    """
    found = np.empty(count)
    for begin in range(0, count, TOGETHER):
        many = min(TOGETHER, count - begin)
        u, v = (uniforms(seed, name, many, first + begin, stream=stream) for stream in (1, 2))
        found[begin : begin + many] = np.sqrt(-2.0 * log(ARRAYS, 1.0 - u)) * cos(ARRAYS, 2.0 * np.pi * v)
    return found


def entries(draw: Draw, seed: int, name: str, count: int) -> Array:
    """`Draw.entry` of the first ``count`` entries, in row order.

    >>> draw = Draw("uniform", (0.0,), (2.0,), box=((0.5,), (1.5,)))
    >>> entries(draw, 0, "w", 3).tolist() == [draw.entry(0, "w", k) for k in range(3)]
    True
    """
    a, b = (np.asarray(ends) for ends in (draw.a, draw.b))
    match draw.distribution:
        case "normal":
            value = a + b * normals(seed, name, count)
        case "uniform":
            value = a + (b - a) * uniforms(seed, name, count)
        case "glorot":
            value = (2.0 * uniforms(seed, name, count) - 1.0) * b
    if draw.box is None:
        return value
    low, high = (np.asarray(ends) for ends in draw.box)
    value = np.where(low > value, low, value)  # as `max` and `min` choose, of a 0 and a −0 too
    return np.where(high < value, high, value)
