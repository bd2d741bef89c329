"""Hand-written C: a run at a time; runs side by side in tiles that stay in registers; and the peak of the processor."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from _maps import SCALE, Map
from _rounds import Missing, Train
from _threads import THREADS

from chainrule.numbers.coefficients import DOUBLE, SINGLE
from peers.plain_c import library

FAST = ["-O3", "-ffast-math", "-march=native", "-mprefer-vector-width=512"]
STRICT = ["-O3", "-ffp-contract=off", "-march=native"]
MOST = 16
"""Runs side by side that a vector holds at most; threads get whole vectors."""


def plain(work: Map) -> Train:
    return trained(work, "maps/map.c", FAST, "layers" if work.inputs else "neuron")


def tiled(work: Map) -> Train:
    return trained(work, "maps/map.c", FAST, "layers_side_by_side" if work.inputs else "neuron_side_by_side")


def intrinsics(work: Map) -> Train:
    return trained(work, "maps/hand.c", [*STRICT, "-DFUSED"], "by_hand")


def intrinsics_exact(work: Map) -> Train:
    return trained(work, "maps/hand.c", STRICT, "by_hand")


def peak(work: Map, threads: int = THREADS) -> Train:
    """Not a training: as many fused multiply-adds as a step has, from registers; there are no weights to compare."""
    function = library("maps/peak.c", [*STRICT, f"-DBITS={work.bits}"]).peak
    function.argtypes = [ctypes.c_long]

    def train(steps: int) -> np.ndarray:
        at_once([lambda: function(steps * work.runs * work.flops // threads)] * threads)
        return np.empty(0)

    return train


def trained(work: Map, source: str, options: Sequence[str], name: str) -> Train:
    defined = {"PATTERNS": work.patterns, "INPUTS": work.inputs or 4, "UNITS": work.units or 4, "SCALE": repr(SCALE)}
    given = [*options, f"-DBITS={work.bits}", *(f"-D{key}={value}" for key, value in defined.items())]
    function = getattr(library(source, given, DOUBLE if work.bits == 64 else SINGLE), name)
    pointer = ctypes.POINTER(ctypes.c_double if work.bits == 64 else ctypes.c_float)
    function.argtypes = [ctypes.c_long, ctypes.c_long, *[pointer] * 4]
    x, y = (np.ascontiguousarray(part) for part in work.data)
    parts = [value.reshape(work.runs, -1) for value in work.start.values()]
    if work.runs % (MOST * THREADS):
        raise Missing(f"left out: {work.runs} runs are no whole vectors for {THREADS} threads")
    share = work.runs // THREADS

    def train(steps: int) -> np.ndarray:
        weights = np.concatenate(parts, axis=1)

        def some(first: int) -> Callable[[], None]:
            rows = slice(first, first + share)
            arrays = [one.ctypes.data_as(pointer) for one in (work.rates[rows], x, y, weights[rows])]
            return lambda: function(steps, share, *arrays)

        at_once([some(first) for first in range(0, work.runs, share)])
        return weights.ravel()

    return train


def at_once(calls: Sequence[Callable[[], None]]) -> None:
    """Each on a thread of its own: a call of C lets other threads go on."""
    if len(calls) == 1:
        calls[0]()
        return
    with ThreadPoolExecutor(len(calls)) as pool:
        for done in [pool.submit(call) for call in calls]:
            done.result()
