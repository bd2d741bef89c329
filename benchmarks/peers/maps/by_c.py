"""Hand-written C: a run at a time, and eight runs side by side in tiles that stay in registers."""

from __future__ import annotations

import ctypes

import numpy as np
from _maps import SCALE, Map
from _rounds import Train

from peers.plain_c import library

OPTIONS = ["-O3", "-ffast-math", "-march=native", "-mprefer-vector-width=512"]


def plain(work: Map) -> Train:
    return compiled(work, "layers" if work.inputs else "neuron")


def tiled(work: Map) -> Train:
    return compiled(work, "layers_side_by_side" if work.inputs else "neuron_side_by_side")


def compiled(work: Map, name: str) -> Train:
    defined = {"PATTERNS": work.patterns, "INPUTS": work.inputs or 4, "UNITS": work.units or 4, "SCALE": repr(SCALE)}
    options = [*OPTIONS, *(f"-D{key}={value}" for key, value in defined.items())]
    function = getattr(library("maps/map.c", options), name)
    pointer = ctypes.POINTER(ctypes.c_double)
    function.argtypes = [ctypes.c_long, ctypes.c_long, *[pointer] * 4]
    x, y = (np.ascontiguousarray(part) for part in work.data)
    parts = [value.reshape(work.runs, -1) for value in work.start.values()]

    def train(steps: int) -> np.ndarray:
        weights = np.concatenate(parts, axis=1)
        arrays = [one.ctypes.data_as(pointer) for one in (work.rates, x, y, weights)]
        function(steps, work.runs, *arrays)
        return weights.ravel()

    return train
