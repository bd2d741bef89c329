"""A store → how far it is: tiles, cells, the rate, the time that is left, who is at it, and what is wrong."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.maps.filling import FILLED, Filled
from chainrule.maps.known import alone
from chainrule.maps.store.claims import CLAIMS, LEASE, NAMED, SHORT, WORKERS, words
from chainrule.maps.store.layout import STATUS, Tile
from chainrule.maps.store.owner import dead
from chainrule.maps.store.records import Record
from chainrule.maps.store.store import Store
from chainrule.values import dataclass

CELLS = ("not_run", "steps", "converged", "left", "failed")
"""What the numbers of ``status`` mean, in order."""

LAST = 64
"""Tiles by whose times the rate is told."""


@dataclass(frozen=True, slots=True)
class Progress:
    """``rate`` is cells in a second, ``left`` the seconds until the end at that rate; None where nobody is at it, or
    where it is not known yet. ``workers`` are processes that hold tiles and are not known to be dead."""

    store: str
    tiles: int
    done: int
    aside: dict[Tile, str]
    cells: dict[str, int]
    workers: tuple[str, ...]
    rate: float | None
    left: float | None
    damaged: int
    disagreeing: tuple[Tile, ...]
    bad: tuple[Tile, ...]
    filled: tuple[int, int] | None = None
    """cells that were filled from a border, and those of them that were computed as a check, where that is asked"""

    def json(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "store": self.store,
            "tiles": self.tiles,
            "done": self.done,
            "whole": self.done == self.tiles,
            "aside": [{"tile": list(tile), "cause": cause} for tile, cause in sorted(self.aside.items())],
            "cells": self.cells,
            "workers": list(self.workers),
            "cells_per_second": self.rate,
            "seconds_left": self.left,
            "damaged_records": self.damaged,
            "disagreeing": [list(tile) for tile in self.disagreeing],
            "bad": [list(tile) for tile in self.bad],
            **({} if self.filled is None else {"filled": self.filled[0], "filled_and_checked": self.filled[1]}),
        }


def progress(store: Store, whole: bool = False) -> Progress:
    """How far a store is. With ``whole`` every file is read, and what was changed is moved aside."""
    store.refresh()
    bad = store.check(whole) if whole else []
    layout = store.layout
    done = [tile for tile in layout.tiles() if store.done(tile)]
    rows = [record for tile in done for record in store.found.get(tile, ())]
    now = time.time()
    workers = at_it(store, now)
    rate = speed(store, rows, now) if workers else None
    missing = sum(int(np.prod(layout.size(tile))) for tile in layout.tiles() if not store.done(tile))
    filled = None
    if any(one.name == FILLED for one in layout.arrays):
        how = counts(store, FILLED)
        filled = int(how[Filled.FROM_BORDER] + how[Filled.CHECKED]), int(how[Filled.CHECKED])
    return Progress(
        store.place.name, layout.number, len(done), store.set_aside(), counted(store), workers, rate,
        missing / rate if rate and missing else None, store.damaged, tuple(sorted(store.disagreeing())), tuple(bad),
        filled,
    )  # fmt: skip


def counted(store: Store) -> dict[str, int]:
    """Cells of the map by their status."""
    cells = counts(store, STATUS)
    return {name: int(cells[number]) for number, name in enumerate(CELLS)}


def counts(store: Store, name: str) -> NDArray[np.int64]:
    """How many cells have each number of an array; those that a coarser level alone has yet are among them."""
    layout, array = store.layout, store.array_of(name)
    many = np.zeros(256, np.int64)
    done = {tile for tile in layout.tiles() if store.done(tile)}
    for tile in sorted(done):
        if (found := store.read(array, tile)) is not None:
            cells = found[tuple(map(slice, layout.size(tile)))]
            many += np.bincount(cells[alone(layout, done, tile)] if tile[0] > 1 else cells.ravel(), minlength=256)
    many[0] += int(np.prod(layout.shape())) - int(many.sum())
    return many


def at_it(store: Store, now: float) -> tuple[str, ...]:
    """Who holds tiles, as far as it looks: by the processes of this machine, elsewhere by the time of the last beat."""
    claims = (store.place.read(f"{CLAIMS}/{name}", SHORT) for name in store.place.names(CLAIMS))
    owners = {str(words(content).get("owner", "")) for content in claims}
    found = []
    for owner in sorted(owners - {""}):
        beat = words(store.place.read(f"{WORKERS}/{owner}", SHORT)) if NAMED.fullmatch(owner) else {}
        at = beat.get("at")
        if not dead(owner) and isinstance(at, int | float) and abs(now - at) < 2 * LEASE:
            found.append(owner)
    return tuple(found)


def speed(store: Store, rows: Sequence[Record], now: float) -> float | None:
    """Cells in a second, by the last tiles that were done. Clocks of machines may differ: it is told and decides
    nothing."""
    last = sorted(rows, key=lambda row: row.at)[-LAST:]
    if not last:
        return None
    began = min(row.at - row.seconds for row in last)
    cells = sum(int(np.prod(store.layout.size(row.tile))) for row in last)
    took = max(now, last[-1].at) - began
    return cells / took if took > 0 else None
