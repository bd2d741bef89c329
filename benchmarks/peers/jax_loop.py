"""JAX: one jitted lax.fori_loop over all steps, gradients by jax.grad, float64."""

from __future__ import annotations

from typing import Any

import numpy as np
from _rounds import Missing, Train
from _work import Work

try:  # here, so that it is not counted as compiling
    import jax
except ImportError:
    jax = None


def loop(work: Work) -> Train:
    if jax is None:
        raise Missing("the package jax is not installed: pip install jax")
    jax.config.update("jax_enable_x64", True)
    return layers(work, jax) if work.sizes else neuron(work, jax)


def looped(jax: Any, step: Any, begin: Any) -> Train:
    """Steps in one compiled loop; how many is an argument, so that it is compiled once."""
    run = jax.jit(lambda state, count: jax.lax.fori_loop(0, count, step, state))

    def train(steps: int) -> np.ndarray:
        found = run(begin, steps)
        return np.concatenate([np.ravel(np.asarray(part)) for part in found])

    return train


def neuron(work: Work, jax: Any) -> Train:
    numpy = jax.numpy

    def error(w: Any, x: Any) -> Any:
        return 0.5 * (1 / (1 + numpy.exp(-w * x)) - x) ** 2

    def step(count: Any, state: Any) -> Any:
        (w,) = state
        x = (count % 2).astype(numpy.float64)
        return (numpy.clip(w - work.rate * jax.grad(error)(w, x), 0.0, 1.0),)

    return looped(jax, step, (numpy.float64(0.5),))


def layers(work: Work, jax: Any) -> Train:
    numpy = jax.numpy
    data = [numpy.asarray(part) for part in work.data]
    depth = len(work.sizes) - 1

    def error(state: Any, x: Any, y: Any) -> Any:
        value = x
        for k in range(depth):
            total = value @ state[2 * k].T + state[2 * k + 1]
            value = total if k == depth - 1 else numpy.tanh(total)
        return 0.5 * numpy.mean(numpy.sum((value - y) ** 2, axis=1))

    def step(count: Any, state: Any) -> Any:
        first = count * work.batch % work.patterns
        x, y = (jax.lax.dynamic_slice_in_dim(part, first, work.batch) for part in data)
        slopes = jax.grad(error)(state, x, y)
        return tuple(value - work.rate * slope for value, slope in zip(state, slopes, strict=True))

    return looped(jax, step, tuple(numpy.asarray(value) for value in work.start.values()))
