"""Peers that train the same network → seconds a step, measured in turns, and seconds of a call for one step."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

MOST = 2**40
"""Steps that take no processor less than minutes: a training that needs less time has ended before."""

LONG = 5.0
"""Seconds that steps of one peer take in a round at most, once they are measured at all."""

Train = Callable[[int], np.ndarray]
"""Train from the start for so many steps; the weights at the end, one after another."""


class Missing(Exception):
    """A peer that is not here: what is missing, and what would bring it."""


@dataclass(frozen=True)
class Times:
    """Of one peer: seconds a step and seconds of a call for one step, for each round of ``steps`` steps.

    They are ``rough`` where a call for one step takes as long as all the steps that could be waited for.
    """

    steps: int
    step: tuple[float, ...]
    call: tuple[float, ...]
    rough: bool = False

    @property
    def least(self) -> float:
        """The quickest round: what else a machine does only ever makes a round slower."""
        return min(self.step)

    def against(self, other: Times) -> tuple[float, float, float]:
        """How many times as long the other takes: in the quickest rounds, and the least and most round by round."""
        ratios = [theirs / ours for ours, theirs in zip(self.step, other.step, strict=True)]
        return other.least / self.least, min(ratios), max(ratios)


Clock = Callable[[], float]


def seconds(train: Train, steps: int, clock: Clock = time.perf_counter) -> float:
    start = clock()
    train(steps)
    return clock() - start


def enough(train: Train, least: float, clock: Clock) -> int:
    """So many steps that they take at least ``least`` seconds, and most of a call's time; but never longer than LONG.

    A peer whose calls are slow is measured with few steps: its times are then as rough as `Times.rough` says.
    """
    steps = 4
    wanted = min(LONG, least + 2 * min(seconds(train, 1, clock) for _ in range(2)))
    while (taken := seconds(train, steps, clock)) < wanted or (
        taken < LONG and seconds(train, steps, clock) < wanted  # once more: another program may have been in the way
    ):
        steps *= 2 if taken > least / 64 else 8
        if steps > MOST:
            raise Missing("its training ends before it can be measured")
    return steps


def rounds(
    peers: Mapping[str, Train],
    count: int,
    least: float,
    clock: Clock = time.perf_counter,
    told: Callable[[str], None] = lambda line: None,
    fixed: int | None = None,
) -> dict[str, Times]:
    """Every peer once in each round, so that what else the machine does strikes all alike.

    A step's time is that of many steps less that of one (the quickest), by their number less one: what comes before the
    first step is in ``call``. Where that difference is too little, it is all the time by the number of steps, which is
    too much; so it is where the number of steps is ``fixed``. ``told`` takes what is being done.
    """
    steps = {}
    for name, train in peers.items():
        if fixed is None:
            told(f"{name}: how many steps are enough")
        steps[name] = enough(train, least, clock) if fixed is None else fixed
    many: dict[str, list[float]] = {name: [] for name in peers}
    call: dict[str, list[float]] = {name: [] for name in peers}
    for turn in range(count):
        for name, train in peers.items():
            told(f"{name}: round {turn + 1} of {count}, {steps[name]} steps")
            call[name].append(seconds(train, 1, clock) if fixed is None else 0.0)
            many[name].append(seconds(train, steps[name], clock))
    return {name: timed(steps[name], many[name], call[name]) for name in peers}


def timed(steps: int, many: Sequence[float], call: Sequence[float]) -> Times:
    """The times of a peer from those of its calls for many steps and for one."""
    before = min(call)
    rough = min(many) < 2 * before
    each = [taken / steps if rough else (taken - before) / (steps - 1) for taken in many]
    return Times(steps, tuple(each), tuple(call), rough)
