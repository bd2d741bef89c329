"""Runs cut into parts of one size, which a peer trains one after another or at once; the quickest way is measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from _maps import Map
from _rounds import Train, seconds

SIZES = (16, 64, 256, 1024, 4096)
FEW = 4

Part = tuple[tuple[np.ndarray, ...], np.ndarray]
"""Weights, and the two rates, of some runs: the axis of the runs first."""

Run = Callable[[Any, int], Sequence[np.ndarray]]
"""From a part, as the peer keeps it, and steps to the weights at the end."""


def best(
    work: Map,
    prepared: Callable[[Part], Any],
    made: Callable[[int], Run],
    sizes: Sequence[int] = SIZES,
    threads: int = 1,
) -> Train:
    """The quickest of the sizes, by FEW steps once it is compiled; ``made`` gives what trains parts of a size.

    With several ``threads`` both ways are tried: parts in turns, and as many at once.
    """
    tried = [*(size for size in sizes if size < work.runs and work.runs % size == 0), work.runs]
    ways = [(size, team) for size in tried for team in {1, threads} if team == 1 or work.runs // size >= team]
    runs = {size: made(size) for size in tried}
    found = [whole(work, size, prepared, runs[size], team) for size, team in ways]
    return min(found, key=lambda train: quickest(train))


def whole(work: Map, size: int, prepared: Callable[[Part], Any], run: Run, team: int) -> Train:
    begins = range(0, work.runs, size)
    parts = [
        prepared((tuple(value[at : at + size] for value in work.start.values()), work.rates[at : at + size]))
        for at in begins
    ]

    def train(steps: int) -> np.ndarray:
        if team == 1:
            found = [run(part, steps) for part in parts]
        else:
            with ThreadPoolExecutor(team) as pool:
                found = list(pool.map(lambda part: run(part, steps), parts))
        return np.concatenate([np.concatenate([one.reshape(size, -1) for one in own], axis=1) for own in found]).ravel()

    return train


def quickest(train: Train) -> float:
    """Of two calls, once it is compiled."""
    train(1)
    return min(seconds(train, FEW) for _ in range(2))
