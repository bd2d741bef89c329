"""Autograd over scalars as micrograd has it: a node for every number, a closure for every operation.

micrograd knows neither exp nor tanh; both are added here in its own style.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from _rounds import Missing, Train
from _work import Work


class Value:
    """A number that remembers what it was made from; the style and the order of micrograd's class of this name."""

    def __init__(self, data: float, children: tuple[Any, ...] = (), name: str = "") -> None:
        self.data = data
        self.grad = 0.0
        self._backward: Callable[[], None] = lambda: None
        self._prev = set(children)
        self._op = name

    def __add__(self, other: Any) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other), "+")

        def backward() -> None:
            self.grad += out.grad
            other.grad += out.grad

        out._backward = backward
        return out

    def __mul__(self, other: Any) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other), "*")

        def backward() -> None:
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = backward
        return out

    def __pow__(self, other: float) -> Value:
        out = Value(self.data**other, (self,), f"**{other}")

        def backward() -> None:
            self.grad += (other * self.data ** (other - 1)) * out.grad

        out._backward = backward
        return out

    def backward(self) -> None:
        """Everything below, in an order in which each comes after what reads it."""
        order: list[Any] = []
        seen = set()

        def build(value: Any) -> None:
            if value not in seen:
                seen.add(value)
                for child in value._prev:
                    build(child)
                order.append(value)

        build(self)
        self.grad = 1.0
        for value in reversed(order):
            value._backward()


def unary(kind: type, value: Any, data: float, slope: float) -> Any:
    out = kind(data, (value,), "f")

    def backward() -> None:
        value.grad += slope * out.grad

    out._backward = backward
    return out


def exp(kind: type, value: Any) -> Any:
    data = math.exp(value.data)
    return unary(kind, value, data, data)


def tanh(kind: type, value: Any) -> Any:
    data = math.tanh(value.data)
    return unary(kind, value, data, 1 - data * data)


def micrograd(work: Work) -> Train:
    try:
        from micrograd.engine import Value as Theirs
    except ImportError:
        raise Missing("the package micrograd is not installed: pip install micrograd") from None
    return trained(work, Theirs)


def own(work: Work) -> Train:
    return trained(work, Value)


def trained(work: Work, kind: type) -> Train:
    if work.sizes and max(work.sizes) > 100:
        raise Missing("left out: a step of it takes minutes")
    return layers(work, kind) if work.sizes else neuron(work, kind)


def neuron(work: Work, kind: Any) -> Train:
    def train(steps: int) -> np.ndarray:
        w = kind(0.5)
        for step in range(steps):
            x = float(step % 2)
            y = (exp(kind, w * -x) + 1.0) ** -1
            error = (y + -x) ** 2 * 0.5
            w.grad = 0.0
            error.backward()
            w.data = min(1.0, max(0.0, w.data - work.rate * w.grad))
        return np.array([w.data])

    return train


def layers(work: Work, kind: Any) -> Train:
    x, y = (part.tolist() for part in work.data)
    depth = len(work.sizes) - 1

    def forward(weights: Sequence[Any], biases: Sequence[Any], inputs: list[float]) -> list[Any]:
        values: list[Any] = inputs
        for k in range(depth):
            found = []
            for row, bias in zip(weights[k], biases[k], strict=True):
                total = bias
                for weight, value in zip(row, values, strict=True):
                    total = total + weight * value
                found.append(total if k == depth - 1 else tanh(kind, total))
            values = found
        return values

    def train(steps: int) -> np.ndarray:
        weights = [[[kind(v) for v in row] for row in work.start[f"W{k}"].tolist()] for k in range(1, depth + 1)]
        biases = [[kind(v) for v in work.start[f"b{k}"].tolist()] for k in range(1, depth + 1)]
        layered = [[*(v for row in w for v in row), *b] for w, b in zip(weights, biases, strict=True)]
        everything = [v for layer in layered for v in layer]
        for step in range(steps):
            first = step * work.batch % work.patterns
            error = kind(0.0)
            for pattern in range(first, first + work.batch):
                for output, target in zip(forward(weights, biases, x[pattern]), y[pattern], strict=True):
                    error = error + (output + -target) ** 2 * (0.5 / work.batch)
            for v in everything:
                v.grad = 0.0
            error.backward()
            for v in everything:
                v.data -= work.rate * v.grad
        return np.array([v.data for v in everything])

    return train
