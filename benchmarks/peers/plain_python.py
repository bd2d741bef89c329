"""Back-propagation by hand in Python's floats and lists."""

from __future__ import annotations

import math

import numpy as np
from _rounds import Missing, Train
from _work import Work


def loops(work: Work) -> Train:
    if work.sizes and max(work.sizes) > 100:
        raise Missing("left out: a step of it takes seconds")
    return layers(work) if work.sizes else neuron(work)


def neuron(work: Work) -> Train:
    def train(steps: int) -> np.ndarray:
        w, rate, exp = 0.5, work.rate, math.exp
        for step in range(steps):
            x = float(step % 2)
            y = 1 / (1 + exp(-w * x))
            w -= rate * ((y - x) * x * (1 - y) * y)
            w = 0.0 if w < 0 else 1.0 if w > 1 else w
        return np.array([w])

    return train


def layers(work: Work) -> Train:
    x, y = (part.tolist() for part in work.data)
    depth = len(work.sizes) - 1

    def train(steps: int) -> np.ndarray:
        weights = [work.start[f"W{k}"].tolist() for k in range(1, depth + 1)]
        biases = [work.start[f"b{k}"].tolist() for k in range(1, depth + 1)]
        for step in range(steps):
            slopes = [[[0.0] * len(row) for row in layer] for layer in weights]
            shifts = [[0.0] * len(layer) for layer in biases]
            for pattern in range(step * work.batch % work.patterns, step * work.batch % work.patterns + work.batch):
                one(weights, biases, slopes, shifts, x[pattern], y[pattern])
            scale = work.rate / work.batch
            for layer, slope in zip(weights, slopes, strict=True):
                for row, change in zip(layer, slope, strict=True):
                    for place, part in enumerate(change):
                        row[place] -= scale * part
            for bias, shift in zip(biases, shifts, strict=True):
                for place, part in enumerate(shift):
                    bias[place] -= scale * part
        return np.concatenate([np.ravel(part) for pair in zip(weights, biases, strict=True) for part in pair])

    return train


Row = list[float]
Layers = list[list[Row]]


def one(
    weights: Layers, biases: list[Row], slopes: Layers, shifts: list[Row], x: Row, y: Row
) -> None:
    """Add one pattern's gradient."""
    values = [x]
    for k, (layer, bias) in enumerate(zip(weights, biases, strict=True)):
        below = values[-1]
        total = [
            sum(weight * value for weight, value in zip(row, below, strict=True)) + shift
            for row, shift in zip(layer, bias, strict=True)
        ]
        values.append(total if k == len(weights) - 1 else [math.tanh(u) for u in total])
    delta = [o - t for o, t in zip(values[-1], y, strict=True)]
    for k in reversed(range(len(weights))):
        below = values[k]
        for unit, d in enumerate(delta):
            shifts[k][unit] += d
            row = slopes[k][unit]
            for place, value in enumerate(below):
                row[place] += d * value
        if k:
            delta = [
                sum(d * weights[k][unit][place] for unit, d in enumerate(delta)) * (1 - value * value)
                for place, value in enumerate(below)
            ]
