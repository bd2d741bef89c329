"""Back-propagation by hand in NumPy, as a course writes it."""

from __future__ import annotations

import numpy as np
from _rounds import Train
from _work import Work


def script(work: Work) -> Train:
    return layers(work) if work.sizes else neuron(work)


def neuron(work: Work) -> Train:
    data = np.array([0.0, 1.0])

    def train(steps: int) -> np.ndarray:
        w = np.array(0.5)
        for step in range(steps):
            x = data[step % 2]
            y = 1 / (1 + np.exp(-w * x))
            w = np.clip(w - work.rate * ((y - x) * x * (1 - y) * y), 0.0, 1.0)
        return np.array([w])

    return train


def layers(work: Work) -> Train:
    x, y = work.data
    depth = len(work.sizes) - 1

    def train(steps: int) -> np.ndarray:
        weights = [work.start[f"W{k}"].copy() for k in range(1, depth + 1)]
        biases = [work.start[f"b{k}"].copy() for k in range(1, depth + 1)]
        for step in range(steps):
            first = step * work.batch % work.patterns
            values = [x[first : first + work.batch]]
            for k in range(depth):
                total = values[-1] @ weights[k].T + biases[k]
                values.append(total if k == depth - 1 else np.tanh(total))
            delta = (values[-1] - y[first : first + work.batch]) / work.batch
            for k in reversed(range(depth)):
                gradient, bias = delta.T @ values[k], delta.sum(axis=0)
                if k:
                    delta = delta @ weights[k] * (1 - values[k] ** 2)
                weights[k] -= work.rate * gradient
                biases[k] -= work.rate * bias
        return np.concatenate([np.ravel(part) for pair in zip(weights, biases, strict=True) for part in pair])

    return train
