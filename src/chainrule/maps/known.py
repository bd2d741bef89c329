"""A store that may be half finished → what is known of each cell: by its tile, or by a coarser picture that has it.

A coarser level has every so-many-th cell, and what it says of one is what its tile will say, to the bit.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.maps.store.layout import NOT_RUN, STATUS, StoreLayout, Tile
from chainrule.maps.store.store import Store


def known(store: Store) -> dict[str, NDArray[Any]]:
    """All arrays of the map as far as anything is done; elsewhere what stands for a cell that was not run."""
    layout, arrays = store.layout, store.arrays()
    if all(store.done(tile) for tile in layout.tiles() if tile[0] == 1):
        return arrays
    for every in reversed(layout.levels[:-1]):
        coarse = store.arrays(every)
        places = (slice(None, None, every),) * len(layout.axes)
        lacking = arrays[STATUS][places] == NOT_RUN
        for name, values in arrays.items():
            values[places][lacking] = coarse[name][lacking]
    return arrays


def alone(layout: StoreLayout, done: set[Tile], tile: Tile) -> NDArray[np.bool_]:
    """The cells of a tile of a coarser level that no finer level has yet."""
    every, extent = tile[0], layout.extent(tile)
    found = np.ones(layout.size(tile), bool)
    for finer in layout.levels:
        if finer >= every:
            continue
        pairs = zip(extent, layout.tile, strict=True)
        sides = [np.arange(cut.start, cut.stop) * (every // finer) // size for cut, size in pairs]
        for block in product(*(range(int(side[0]), int(side[-1]) + 1) for side in sides)):
            if (finer, *block) in done:
                found[np.ix_(*(side == at for side, at in zip(sides, block, strict=True)))] = False
    return found
