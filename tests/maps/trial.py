"""A map whose tiles are known without any training: what the store and the runners are tried with."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.maps import computing
from chainrule.maps.store import Array, Axis, Store, StoreLayout
from chainrule.maps.store.json_text import digest
from chainrule.maps.store.layout import Tile

ARRAYS = (
    Array("status", "uint8", (), {"long_name": "what came of the cell"}),
    Array("departure", "int64", (), {}, -1),
    Array("error", "float64", (), {"units": "1"}),
    Array("end_w", "float32", (2,)),
)


def layout(
    *counts: int, tile: tuple[int, ...] = (2, 3, 2), levels: tuple[int, ...] = (2, 1), **recipe: Any
) -> StoreLayout:
    """A map of so many cells along each axis. ``seconds`` is how long a tile takes; ``deadly`` tiles end their process,
    ``failing`` ones raise an error."""
    shape = counts or (5, 7)
    axes = [Axis(name, tuple(0.5 * at for at in range(count)), {"long_name": f"ŷ {name}"})
            for name, count in zip(("alpha", "beta", "gamma"), shape, strict=False)]  # fmt: skip
    whole = {"kind": "trial", "seconds": 0.0, "deadly": [], "failing": [], **recipe}
    return StoreLayout(tuple(axes), tile[: len(axes)], ARRAYS, whole, digest([whole, shape]), levels)


def numbers(shape: StoreLayout, tile: Tile) -> dict[str, NDArray[Any]]:
    """The tile, from where its cells stand in the map; with NaN, infinities and −0 among them."""
    places = np.indices(shape.size(tile))
    value = np.ones(shape.size(tile))
    for place, cut in zip(places, shape.extent(tile), strict=True):
        value = value * 1.1 + np.sqrt((place + cut.start) * tile[0])
    part = value % 1
    value = np.select([part < 0.1, part > 0.95, part > 0.9], [np.nan, -np.inf, -0.0], value)
    whole = np.where(np.isfinite(value), value, 9).astype(np.int64)
    whole_tile = {
        "status": (1 + whole % 3).astype(np.uint8), "departure": whole, "error": value,
        "end_w": np.stack([value, np.where(np.isnan(value), np.nan, -value)], -1).astype(np.float32),
    }  # fmt: skip
    return {array.name: whole_tile[array.name] for array in shape.arrays}


def computed(store: Store, threads: int | None) -> computing.Compute:
    """What computes a tile."""
    recipe = store.layout.recipe

    def tile_of(tile: Tile, told: computing.Told) -> dict[str, NDArray[Any]]:
        if list(tile) in recipe["deadly"]:
            os.kill(os.getpid(), signal.SIGKILL)
        if list(tile) in recipe["failing"]:
            raise ArithmeticError(f"no number {tile}")
        end = time.monotonic() + recipe["seconds"]
        while (left := end - time.monotonic()) > 0:
            told(0.5)
            time.sleep(min(left, 0.05))
        return numbers(store.layout, tile)

    return tile_of


computing.KINDS["trial"] = computed
