"""A grid of cells → its tiles, the whole picture coarsely first: every 8th cell along each axis, every 4th, …, all.

A level has every so-many-th cell along each axis, from the first; it is a grid of its own, cut into tiles of the same
shape. Tiles are numbered from 0, level by level, within a level in rows, the last axis fastest.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np
from numpy.typing import NDArray

from chainrule.values import dataclass

COARSEST = 8
"""The first level shows every 8th cell along each axis: of a picture 1/64."""

CELLS = 4096
"""Cells of a tile, where nobody says how many."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A block of a level: cells ``start`` to ``stop`` (excluded) of the level's own grid, ``every``-th of the whole."""

    number: int
    every: int
    start: tuple[int, ...]
    stop: tuple[int, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(stop - start for start, stop in zip(self.start, self.stop, strict=True))

    @property
    def slices(self) -> tuple[slice, ...]:
        """Where the tile lies in the arrays of its level."""
        return tuple(map(slice, self.start, self.stop))

    @property
    def places(self) -> tuple[range, ...]:
        """Where its cells lie along each axis of the whole map."""
        pairs = zip(self.start, self.stop, strict=True)
        return tuple(range(start * self.every, (stop - 1) * self.every + 1, self.every) for start, stop in pairs)


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells along each axis, and cells of a tile along each.

    >>> grid = Grid((512, 512), (64, 64))
    >>> grid.levels, grid.tiles
    ((8, 4, 2, 1), 85)
    >>> grid.tile(1).every, grid.tile(1).shape, grid.tile(84).start
    (4, (64, 64), (448, 448))
    """

    cells: tuple[int, ...]
    tile_shape: tuple[int, ...]

    @property
    def levels(self) -> tuple[int, ...]:
        """Which cells each level has, every so-many-th; a level is left out if it would be less than a whole tile."""
        whole = prod(self.blocks(1))
        coarse = [every for every in (COARSEST, 4, 2) if whole >= every ** len(self.cells)]
        return (*coarse, 1)

    def shape(self, every: int) -> tuple[int, ...]:
        """The cells of a level along each axis."""
        return tuple(-(-count // every) for count in self.cells)

    def blocks(self, every: int) -> tuple[int, ...]:
        """The tiles of a level along each axis."""
        return tuple(-(-count // size) for count, size in zip(self.shape(every), self.tile_shape, strict=True))

    @property
    def tiles(self) -> int:
        """How many tiles there are, of all levels."""
        return sum(prod(self.blocks(every)) for every in self.levels)

    def tile(self, number: int) -> Tile:
        """A tile by its number."""
        left = number
        for every in self.levels if number >= 0 else ():
            blocks = self.blocks(every)
            if left < prod(blocks):
                block: list[int] = []
                for count in reversed(blocks):
                    left, place = divmod(left, count)
                    block.insert(0, place)
                start = tuple(place * size for place, size in zip(block, self.tile_shape, strict=True))
                ends = zip(start, self.tile_shape, self.shape(every), strict=True)
                return Tile(number, every, start, tuple(min(at + size, count) for at, size, count in ends))
            left -= prod(blocks)
        raise IndexError(f"there is no tile {number}: there are {self.tiles}")

    def first(self, every: int) -> int:
        """The number of the first tile of a level."""
        return sum(prod(self.blocks(one)) for one in self.levels if one > every)

    def __iter__(self) -> Iterator[Tile]:
        return map(self.tile, range(self.tiles))


def tile_shape(cells: tuple[int, ...], most: int = CELLS) -> tuple[int, ...]:
    """Tiles that are as long along each axis, a power of two, and not longer than the axis.

    >>> tile_shape((512, 512)), tile_shape((10000,)), tile_shape((2, 512, 512))
    ((64, 64), (4096,), (2, 64, 32))
    """
    shape = [1] * len(cells)
    while True:
        short = [axis for axis, count in enumerate(cells) if shape[axis] < count]
        if not short or 2 * prod(shape) > most:
            return tuple(min(size, count) for size, count in zip(shape, cells, strict=True))
        shape[min(short, key=lambda axis: shape[axis])] *= 2


def by_neighbours(shape: tuple[int, ...]) -> NDArray[np.int64]:
    """The cells of a block, the last axis fastest, in the order in which neighbours along every axis come soon after
    one another: by the bits of their places, taken from each axis in turn (G. M. Morton, IBM, 1966). Runs side by side
    that leave together cost nothing more, and neighbours often do.

    >>> by_neighbours((2, 4)).tolist()
    [0, 1, 4, 5, 2, 3, 6, 7]
    """
    cells = np.arange(prod(shape))
    key = np.zeros(prod(shape), np.int64)
    places = np.unravel_index(cells, shape) if shape else ()
    weight = 1
    for bit in range(max((count - 1).bit_length() for count in shape) if shape else 0):
        for place, count in zip(reversed(places), reversed(shape), strict=True):
            if (count - 1) >> bit:  # an axis that is shorter has no such bit
                key += (place >> bit & 1) * weight
                weight *= 2
    return np.argsort(key, kind="stable")
