"""JAX: one jitted loop over the steps around a vmapped step, gradients by jax.grad, float64, at its best batch size."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from _maps import SCALE, Map
from _rounds import Missing, Train

try:  # here, so that it is not counted as compiling
    import jax
except ImportError:
    jax = None

BATCHES = (16, 64, 256, 1024, 4096)
"""How many runs at once are tried; the quickest is measured."""


def mapped(work: Map) -> Train:
    if jax is None:
        raise Missing("the package jax is not installed: pip install jax")
    jax.config.update("jax_enable_x64", True)
    sizes = [size for size in BATCHES if size < work.runs] + [work.runs]
    found = [batched(work, size) for size in sizes if work.runs % size == 0]
    return min(found, key=lambda train: seconds(train, work.check))


def seconds(train: Train, steps: int) -> float:
    train(steps)  # compiled
    begun = time.perf_counter()
    train(steps)
    return time.perf_counter() - begun


def batched(work: Map, size: int) -> Train:
    numpy = jax.numpy
    x, y = (numpy.asarray(part) for part in work.data)

    def error(weights: Any, step: Any) -> Any:
        if not work.inputs:
            at = step % 2
            return 0.5 * (1 / (1 + numpy.exp(-weights[0] * x[at])) - y[at]) ** 2
        first, last = weights
        out = numpy.tanh(SCALE * (x @ first.T)) @ last / work.units
        return numpy.mean((out - y) ** 2)

    def one(weights: Any, rate: Any, step: Any) -> Any:
        slopes = jax.grad(error)(weights, step)
        return tuple(value - rate * slope for value, slope in zip(weights, slopes, strict=True))

    step = jax.vmap(one, (0, 0, None))

    @jax.jit
    def run(weights: Any, rates: Any, count: Any) -> Any:
        return jax.lax.fori_loop(0, count, lambda k, state: step(state, rates, k), weights)

    def part(at: int, value: np.ndarray) -> Any:
        return numpy.asarray(value[at : at + size])

    begins = range(0, work.runs, size)
    parts = [(tuple(part(at, value) for value in work.start.values()), part(at, work.rates)) for at in begins]

    def train(steps: int) -> np.ndarray:
        found = [run(weights, rates, steps) for weights, rates in parts]
        rows = [np.concatenate([np.asarray(one).reshape(size, -1) for one in weights], axis=1) for weights in found]
        return np.concatenate(rows).ravel()

    return train
