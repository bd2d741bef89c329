"""The weights of two peers → how far they differ, and whether that is roundings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from _maps import Map
from _work import Work

CLOSE = {64: 1e-9, 32: 1e-5}
"""Bits → how far weights may differ, of the largest: sums in another order differ by roundings. In float32 each of the
10 to 200 steps rounds every weight once, by 6e-8 of it at most, and errs in its gradient by a few times that; a step is
many times larger, so a wrong one is seen."""

ELSEWHERE = 0.5
"""Of the runs over a border that stay finite, so many may end with other weights: where rates are large a rounding
grows in each step. Between two orders of a sum about a tenth of the runs of `border` differ by a thousandth or more
after 20 steps, and a third after 100. The others agree as everywhere."""

ALONE = 0.02
"""Of all runs, so many may stay finite in one of two peers alone; of 512 up to 3 were seen to."""


@dataclass(frozen=True)
class Agreement:
    """How far weights differ, of the largest, in the runs that agree; over a border also how many runs stayed finite in
    both, in one alone, and in both with other weights. ``problem`` is empty where all that is due to roundings."""

    differs: float
    stayed: int = 1
    one_alone: int = 0
    elsewhere: int = 0
    problem: str = ""


def agreement(work: Work | Map, weights: np.ndarray, known: np.ndarray) -> Agreement:
    if isinstance(work, Map) and work.grid:
        return over_a_border(work, weights, known)
    differs = float(np.max(np.abs(weights - known)) / np.max(np.abs(known)))
    right = differs < CLOSE[work.bits]
    return Agreement(differs, problem="" if right else f"its weights differ by {differs:.1e} of the largest")


def over_a_border(work: Map, weights: np.ndarray, known: np.ndarray) -> Agreement:
    ours, theirs = work.stayed(weights), work.stayed(known)
    both = ours & theirs
    rows, right = (np.asarray(one, np.float64).reshape(work.runs, -1)[both] for one in (weights, known))
    differs = np.max(np.abs(rows - right), axis=1) / np.max(np.abs(right), axis=1)
    close = differs < CLOSE[work.bits]
    alone, elsewhere = int((ours ^ theirs).sum()), int((~close).sum())
    problem = f"{both.sum()} of {work.runs} runs stay finite, {elsewhere} of them end elsewhere; {alone} in one alone"
    if alone <= ALONE * work.runs and elsewhere <= ELSEWHERE * both.sum() and close.any():
        problem = ""
    return Agreement(float(differs[close].max(initial=0.0)), int(both.sum()), alone, elsewhere, problem)
