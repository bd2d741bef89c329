"""JAX: one jitted loop over the steps around a vmapped step, gradients by jax.grad, at its best batch size."""

from __future__ import annotations

from typing import Any

import numpy as np
from _maps import SCALE, Map
from _rounds import Missing, Train
from _threads import THREADS

from peers.maps.batches import Part, Run, best

try:  # here, so that it is not counted as compiling
    import jax
except ImportError:
    jax = None


def mapped(work: Map) -> Train:
    if jax is None:
        raise Missing("the package jax is not installed: pip install jax")
    jax.config.update("jax_enable_x64", True)

    def prepared(part: Part) -> Any:
        weights, rates = part
        return tuple(map(jax.numpy.asarray, weights)), jax.numpy.asarray(rates)

    run = looped(work)
    return best(work, prepared, lambda size: run, threads=THREADS)


def looped(work: Map) -> Run:
    numpy = jax.numpy
    x, y = (numpy.asarray(part) for part in work.data)

    def error(weights: Any, step: Any) -> Any:
        if not work.inputs:
            at = step % 2
            return 0.5 * (1 / (1 + numpy.exp(-weights[0] * x[at])) - y[at]) ** 2
        first, last = weights
        out = numpy.tanh(SCALE * (x @ first.T)) @ last / work.units
        return numpy.mean((out - y) ** 2)

    def one(weights: Any, rates: Any, step: Any) -> Any:
        slopes = jax.grad(error)(weights, step)
        return tuple(value - rates[k] * slope for k, (value, slope) in enumerate(zip(weights, slopes, strict=True)))

    step = jax.vmap(one, (0, 0, None))

    @jax.jit
    def loop(weights: Any, rates: Any, count: Any) -> Any:
        return jax.lax.fori_loop(0, count, lambda k, state: step(state, rates, k), weights)

    return lambda part, steps: [np.asarray(value) for value in loop(*part, steps)]
