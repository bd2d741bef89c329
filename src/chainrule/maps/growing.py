"""A store that is being filled → its picture so far: each place shows the finest cell that is known there.

Only what was done since the last look is read. Of a large map every second, third … cell is held.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.maps.field import usual
from chainrule.maps.store.layout import NOT_RUN, STATUS, Tile
from chainrule.maps.store.store import Store

MOST = 2048
"""Cells along a side that are held."""

COARSER = 2**15
"""What is known of a place before anything is: a cell of a level that no map has."""


class Growing:
    """``arrays`` has the status and one other array, in the places of every ``stride``-th cell along each axis."""

    def __init__(self, store: Store, of: str) -> None:
        self.store, self.of = store, of
        shape = store.layout.shape()
        self.stride = max(1, -(-max(shape) // MOST))
        held = tuple(-(-count // self.stride) for count in shape)
        self.level = np.full(held, COARSER, np.uint16)
        kinds = {name: store.array_of(name).dtype for name in dict.fromkeys((STATUS, of))}
        self.arrays: dict[str, NDArray[Any]] = {
            name: np.full(held, np.nan if kind.startswith("float") else 0, kind) for name, kind in kinds.items()
        }
        self.seen: set[Tile] = set()

    def look(self) -> bool:
        """Take what was done since the last time; whether there was anything."""
        new = [tile for tile in self.store.layout.tiles() if tile not in self.seen and self.store.done(tile)]
        for tile in new:
            self.seen.add(tile)
            self.take(tile)
        return bool(new)

    def take(self, tile: Tile) -> None:
        """Show a tile wherever nothing finer is shown."""
        found = {name: self.store.read(self.store.array_of(name), tile) for name in self.arrays}
        if any(values is None for values in found.values()):
            return
        every, extent, counts = tile[0], self.store.layout.extent(tile), self.level.shape
        ends = [(-(-cut.start * every // self.stride), -(-cut.stop * every // self.stride)) for cut in extent]
        here = tuple(slice(low, min(high, count)) for (low, high), count in zip(ends, counts, strict=True))
        places = [
            np.arange(one.start, one.stop) * self.stride // every - cut.start
            for one, cut in zip(here, extent, strict=True)
        ]
        block = np.ix_(*places)
        shown = (self.level[here] > every) & (found[STATUS][block] != NOT_RUN)  # type: ignore[index]
        self.level[here][shown] = every
        for name, values in self.arrays.items():
            values[here][shown] = found[name][block][shown]  # type: ignore[index]


def drawn_array(store: Store, asked: str | None = None) -> str | None:
    """Which array is drawn, as `usual` says; None where none can be."""
    names = [one.name for one in store.layout.arrays if not one.sides]
    return None if len(store.layout.axes) > 2 else usual(names, asked)
