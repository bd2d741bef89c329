"""JAX: one jitted lax.fori_loop over all steps, gradients by jax.grad, float64."""

from __future__ import annotations

from typing import Any

import numpy as np
from _rounds import Missing, Train
from _work import LSTM, Pictures, Work

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
    network = outputs(work, jax)

    def error(state: Any, x: Any, y: Any) -> Any:
        return 0.5 * numpy.mean(numpy.sum((network(state, x) - y) ** 2, axis=1))

    def step(count: Any, state: Any) -> Any:
        first = count * work.batch % work.patterns
        x, y = (jax.lax.dynamic_slice_in_dim(part, first, work.batch) for part in data)
        slopes = jax.grad(error)(state, x, y)
        return tuple(value - work.rate * slope for value, slope in zip(state, slopes, strict=True))

    return looped(jax, step, tuple(numpy.asarray(value) for value in work.start.values()))


def outputs(work: Work, jax: Any) -> Any:
    """From weights and inputs to what the network gives."""
    numpy = jax.numpy
    if isinstance(work, Pictures):
        return lstm(jax) if work.written == LSTM else lenet(jax)
    depth = len(work.sizes) - 1

    def network(state: Any, value: Any) -> Any:
        for k in range(depth):
            total = value @ state[2 * k].T + state[2 * k + 1]
            value = total if k == depth - 1 else numpy.tanh(total)
        return value

    return network


def lstm(jax: Any) -> Any:
    """The gates of an LSTM in one product of matrices, a scan over the times; the inputs' part before it."""
    numpy, sigmoid = jax.numpy, jax.nn.sigmoid

    def network(state: Any, x: Any) -> Any:
        W, U, b, V, d = state
        units = U.shape[1]
        rows = U.reshape(4 * units, units).T
        given = numpy.swapaxes(x, 0, 1) @ W.reshape(4 * units, -1).T + b.reshape(-1)

        def over(held: Any, given: Any) -> Any:
            h, c = held
            forget, enter, new, leave = numpy.split(given + h @ rows, 4, axis=1)
            c = sigmoid(forget) * c + sigmoid(enter) * numpy.tanh(new)
            return (sigmoid(leave) * numpy.tanh(c), c), None

        zero = numpy.zeros((len(x), units), x.dtype)
        (h, _), _ = jax.lax.scan(over, (zero, zero), given)
        return h @ V.T + d

    return network


def lenet(jax: Any) -> Any:
    numpy = jax.numpy

    def convolved(x: Any, kernel: Any, bias: Any) -> Any:
        h = numpy.tanh(jax.lax.conv_general_dilated(x, kernel, (1, 1), "VALID") + bias[:, None, None])
        count, maps, rows, columns = h.shape
        return h.reshape(count, maps, rows // 2, 2, columns // 2, 2).sum((3, 5)) / 4

    def network(state: Any, x: Any) -> Any:
        K, kb, L, lb, C, cb, D, db, V, d = state
        w = convolved(convolved(x[:, None], K[:, None], kb), L, lb).reshape(len(x), -1)
        h = numpy.tanh(numpy.tanh(w @ C.reshape(len(C), -1).T + cb) @ D.T + db)
        return h @ V.T + d

    return network
