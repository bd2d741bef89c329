"""A picture of two sides → how many boxes of each size its boundary meets, and the dimension that follows.

The estimator is the one of the paper whose pictures these are: a block of 2 × 2 cells is on the boundary if both
sides are in it; boxes of ten sizes from 10 blocks to the whole side; a box counts if some of its blocks, but not all,
are on the boundary; the dimension is the median of the slopes. The two largest sizes say little, and the median hides
them. What it gives for curves whose dimension is known is in `calibration`.

Source: Sohl-Dickstein, The boundary of neural network trainability is fractal (2024); boxcount of porespy 2.
"""

from __future__ import annotations

import math
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array
from chainrule.maps.boundary import beside
from chainrule.values import dataclass

Yes = NDArray[np.bool_]

SIZES = 10
"""Sizes of boxes."""

APART = (1, 2, 4, 8, 16)
"""Distances of cells whose sides are compared."""

LEAST, PART = 4, 16
"""The sizes of boxes in which cells are counted: from 4 cells by powers of two to a sixteenth of the side."""

CALIBRATION = MappingProxyType({
    "a straight line, 4096²": (1.0, 0.998), "a circle, 4096²": (1.0, 1.006), "a straight line, 512²": (1.0, 1.017),
    "a circle, 512²": (1.0, 1.12), "Sierpinski's pattern, 2048²": (1.585, 1.639), "white noise, 1024²": (2.0, 2.007),
})  # fmt: skip
"""A picture → its dimension, and what the estimator gives."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """``value`` is NaN where the picture has no boundary. ``sizes`` are in blocks. ``flips`` is another estimate, by
    how the part of pairs of cells on different sides grows with their distance: steadier in small pictures. ``cells``
    counts boxes of 4, 8, … cells that hold a cell with a neighbour on the other side: of a curve it says a little more
    than 1, since its boundary is two cells thick; NaN where the side has fewer than 128 cells."""

    value: float
    flips: float
    sizes: NDArray[np.int64]
    counts: NDArray[np.int64]
    slopes: Array
    blocks: int
    cells: float = math.nan

    @property
    def calibration(self) -> dict[str, tuple[float, float]]:
        """Pictures of known dimension, with what this estimator gives for them."""
        return dict(CALIBRATION)

    def __repr__(self) -> str:
        said = "no boundary" if math.isnan(self.value) else f"{self.value:.3f}"
        return f"<Dimension {said}: {self.blocks} blocks on the boundary, boxes of {len(self.sizes)} sizes>"


def dimension(sides: Array) -> Dimension:
    """The dimension of the boundary between cells below and above 0; a block with NaN in it is on none."""
    return replace(counted(edges(sides), flips(sides)), cells=by_cells(sides))


def edges(sides: Array) -> Yes:
    """The blocks of 2 × 2 cells in which both sides are."""
    blocks = (sides[:-1, :-1], sides[1:, :-1], sides[:-1, 1:], sides[1:, 1:])
    with np.errstate(invalid="ignore"):
        low, high = np.minimum.reduce(blocks), np.maximum.reduce(blocks)
        return np.asarray(low * high < 0)


def sizes_of(side: int, many: int = SIZES) -> NDArray[np.int64]:
    """The sizes of boxes for a picture of so many blocks.

    >>> sizes_of(4095).tolist()
    [10, 19, 38, 74, 144, 282, 551, 1075, 2098, 4095]
    """
    if side < 1:
        return np.array([], np.int64)
    found = np.logspace(1, math.log10(side), many).astype(np.int64) if side > 10 else np.array([1, side])
    found[-1] = side  # rounding may make it one less
    return np.unique(found)


def counted(edge: Yes, other: float = math.nan) -> Dimension:
    """The boxes of each size that meet the boundary, and the slopes of their logarithms."""
    sizes = sizes_of(min(edge.shape))
    counts = np.array([boxes(edge, int(size)) for size in sizes], np.int64)
    slopes, value = np.full(len(sizes), np.nan), math.nan
    if len(sizes) > 2 and (counts > 0).all():
        slopes = -np.gradient(np.log(counts), np.log(sizes))
        value = float(np.median(slopes))
    return Dimension(value, other, sizes, counts, slopes, int(edge.sum()))


def flips(sides: Array) -> float:
    """2 minus the exponent with which the part of pairs on different sides grows with the distance: 1 to 16 cells.

    Source: McDonald, Grebogi, Ott and Yorke, Fractal basin boundaries, Physica D 17 (1985) 125-153.
    """
    parts = []
    for apart in APART:
        pairs = [(sides[apart:], sides[:-apart]), (sides[:, apart:], sides[:, :-apart])]
        with np.errstate(invalid="ignore"):
            differ = sum(int((one * other < 0).sum()) for one, other in pairs)
            known = sum(int((~np.isnan(one * other)).sum()) for one, other in pairs)
        if not differ:
            return math.nan
        parts.append(differ / known)
    return 2 - float(np.polyfit(np.log(APART), np.log(parts), 1)[0])


def by_cells(sides: Array) -> float:
    """The slope, by least squares, of the boxes that hold a cell with a neighbour on the other side."""
    some = beside(sides)
    sizes, counts = list[int](), list[int]()
    while (size := 2 * sizes[-1] if sizes else LEAST) * PART <= min(sides.shape):
        for axis in (0, 1):  # boxes are made of those of half their side
            some = np.logical_or.reduceat(some, np.arange(0, some.shape[axis], 2 if sizes else LEAST), axis=axis)
        sizes.append(size)
        counts.append(int(some.sum()))
    if len(sizes) < 2 or not min(counts):
        return math.nan
    return -float(np.polyfit(np.log(sizes), np.log(counts), 1)[0])


def boxes(edge: Yes, size: int) -> int:
    """How many boxes of a size, laid from the first corner, have some blocks of the boundary, and not all."""
    inside = edge.astype(np.int32)
    for axis in (0, 1):
        inside = np.add.reduceat(inside, np.arange(0, edge.shape[axis], size), axis=axis)
    return int(((inside > 0) & (inside < size * size)).sum())
