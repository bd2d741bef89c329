"""Back-propagation by hand in NumPy, all runs in one array."""

from __future__ import annotations

import numpy as np
from _maps import SCALE, Map
from _rounds import Train


def script(work: Map) -> Train:
    return layers(work) if work.inputs else neuron(work)


def neuron(work: Map) -> Train:
    inputs, targets = work.data
    rates = work.rates[:, 0]

    def train(steps: int) -> np.ndarray:
        w = work.start["w"].copy()
        for step in range(steps):
            x, target = inputs[step % 2], targets[step % 2]
            y = 1 / (1 + np.exp(-w * x))
            w -= rates * ((y - target) * x * (1 - y) * y)
        return w

    return train


def layers(work: Map) -> Train:
    x, y = work.data
    first_rates, last_rates = work.rates[:, :1], work.rates[:, 1:]

    def train(steps: int) -> np.ndarray:
        first, last = work.start["W"].copy(), work.start["v"].copy()
        with np.errstate(all="ignore"):  # runs may leave the finite numbers
            for _ in range(steps):
                hidden = np.tanh(SCALE * (first @ x.T))  # (run, unit, pattern)
                out = np.einsum("rj,rjp->rp", last, hidden) / work.units
                delta = (out - y) * (2 / (work.units * len(y)))
                below = (delta[:, None, :] * last[:, :, None]) * (1 - hidden**2)
                last -= last_rates * (hidden @ delta[:, :, None])[:, :, 0]
                first -= (first_rates[:, :, None] * SCALE) * (below @ x)
        return np.concatenate([first.reshape(work.runs, -1), last], axis=1).ravel()

    return train
