"""A device and the text of its operations → what its arithmetic really does, beside NumPy's, which is IEEE 754's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.fma import fma
from chainrule.engines.gpu.protocol import Device
from chainrule.engines.machine import exponent, fraction
from chainrule.values import dataclass

Single = Any
"""An array of float32, or of float64."""

DRAWN = 2**14
"""Ordinary numbers that are tried."""

TINY = float(np.finfo(np.float32).tiny)

RIGHT: Mapping[str, Callable[[Single, Single, Single], Single]] = {
    "x + y": lambda x, y, z: x + y,
    "x - y": lambda x, y, z: x - y,
    "x * y": lambda x, y, z: x * y,
    "x / y": lambda x, y, z: x / y,
    "sqrt(x)": lambda x, y, z: np.sqrt(x),
    "floor(x)": lambda x, y, z: np.floor(x),
    "-x": lambda x, y, z: -x,
    "the fraction of x": lambda x, y, z: fraction(x, np.empty_like(x)),
    "the exponent of x": lambda x, y, z: exponent(x, np.empty_like(x)),
    "x * y + z": lambda x, y, z: x * y + z,
    "(x + y) - x": lambda x, y, z: (x + y) - x,
    "x - (x - y)": lambda x, y, z: x - (x - y),
    "z - x * y": lambda x, y, z: z - x * y,
    "-(x * y) + z": lambda x, y, z: z - x * y,
    "x * 0": lambda x, y, z: x * x.dtype.type(0),
    "[x < y]": lambda x, y, z: (x < y).astype(x.dtype),
    "[x = x]": lambda x, y, z: (x == x).astype(x.dtype),
    "[x is infinite or NaN]": lambda x, y, z: (~np.isfinite(x)).astype(x.dtype),
    "fma(x, y, z)": lambda x, y, z: fma(x, y, z, np.empty_like(x)),
}
"""What each row of a probe should be."""

EDGES = (
    0.0, -0.0, 1.0, -1.0, 0.75, 3.0, -2.5, TINY, -TINY, 1e-45, 1e-40, -1e-39, 1.2e-38, 3e38, -3e38, 16777217.0, np.inf,
    -np.inf, np.nan,
)  # fmt: skip

DOUBLE_EDGES = (5e-324, -1e-310, 2.3e-308, 1.7e308, -1.7e308, 9007199254740993.0)
"""Edges of float64 beside these."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a probe found: the operations with a wrong bit among ordinary numbers and edges, whether numbers below
    1.2e-38 are kept or become 0, and after how many turns loops are ended, 0 if they are not."""

    wrong: tuple[str, ...]
    subnormal: bool
    turns: int


def samples(format: type[Any] = np.float32) -> tuple[Single, Single, Single]:
    """Ordinary numbers, and every pair of edges."""
    draw = np.random.default_rng(0)
    drawn = [(draw.normal(size=DRAWN) * 10 ** draw.uniform(-3, 3, DRAWN)).astype(format) for _ in range(3)]
    edges = np.array((*EDGES, *DOUBLE_EDGES) if format is np.float64 else EDGES, format)
    pairs = np.repeat(edges, len(edges)), np.tile(edges, len(edges)), np.tile(edges[::-1], len(edges))
    x, y, z = (np.concatenate([one, other]) for one, other in zip(drawn, pairs, strict=True))
    return x, y, z


def probed(
    device: Device, text: str, rows: Sequence[str], asked: int, format: type[Any] = np.float32
) -> Found:
    """What a kernel of `code.wgsl.probe` finds; its loop is ``asked`` for so many turns."""
    x, y, z = samples(format)
    kind = np.dtype(f"u{np.dtype(format).itemsize}")
    count = len(x)
    found, counted = device.buffer(np.zeros(len(rows) * count, format)), device.buffer(np.zeros(1, np.uint32))
    zeros = device.buffer(np.zeros(2, np.uint32))
    program = device.load(text, "tried", (False, False, False, True, False, True))
    bound = program.bind([device.buffer(x), device.buffer(y), device.buffer(z), found, zeros, counted])
    program.call(bound, [count], -(-count // 64))
    table = found.read().reshape(len(rows), count).astype(format)
    turns = int(counted.read()[0])
    wrong, subnormal = [], True
    for name, got in zip(rows, table, strict=True):
        with np.errstate(all="ignore"):
            right = RIGHT[name](x, y, z).astype(format)
        differs = (got.view(kind) != right.view(kind)) & ~(np.isnan(got) & np.isnan(right))
        small = below(x) | below(y) | below(z) | below(right) | below(got)
        with np.errstate(all="ignore"):
            small |= below(x * y)
        subnormal &= not (differs & small).any()
        if (differs & ~small).any():
            wrong.append(name)
    return Found(tuple(wrong), subnormal, 0 if turns >= asked else turns)


def below(x: Single) -> NDArray[np.bool_]:
    """Which numbers are subnormal."""
    small: NDArray[np.bool_] = (np.abs(x) < np.finfo(x.dtype).tiny) & (x != 0)
    return small
