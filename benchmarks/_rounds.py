"""Peers that train the same network → seconds a step, measured in turns, and seconds of a call for one step."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

Train = Callable[[int], np.ndarray]
"""Train from the start for so many steps; the weights at the end, one after another."""


class Missing(Exception):
    """A peer that is not here: what is missing, and what would bring it."""


@dataclass(frozen=True)
class Times:
    """Of one peer: seconds a step and seconds of a call for one step, for each round of ``steps`` steps."""

    steps: int
    step: tuple[float, ...]
    call: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.step)

    def against(self, other: Times) -> tuple[float, float, float]:
        """How many times as long the other takes, round by round: median, least, most."""
        ratios = [theirs / ours for ours, theirs in zip(self.step, other.step, strict=True)]
        return statistics.median(ratios), min(ratios), max(ratios)


def seconds(train: Train, steps: int) -> float:
    start = time.perf_counter()
    train(steps)
    return time.perf_counter() - start


def enough(train: Train, least: float) -> int:
    """So many steps that they take at least ``least`` seconds, and most of a call's time."""
    steps = 4
    before = 2 * min(seconds(train, 1) for _ in range(2))
    while seconds(train, steps) < least + before:
        steps *= 2
    return steps


def rounds(peers: Mapping[str, Train], count: int, least: float) -> dict[str, Times]:
    """Every peer once in each round, so that what else the machine does strikes all alike.

    A step's time is that of many steps less that of one, by their number less one: what comes before the first step is
    in ``call``.
    """
    steps = {name: enough(train, least) for name, train in peers.items()}
    step: dict[str, list[float]] = {name: [] for name in peers}
    call: dict[str, list[float]] = {name: [] for name in peers}
    for _ in range(count):
        for name, train in peers.items():
            call[name].append(seconds(train, 1))
            step[name].append((seconds(train, steps[name]) - call[name][-1]) / (steps[name] - 1))
    return {name: Times(steps[name], tuple(step[name]), tuple(call[name])) for name in peers}
