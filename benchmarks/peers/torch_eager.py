"""PyTorch, eager: a forward pass, backward(), and an update by hand, float64."""

from __future__ import annotations

from typing import Any

import numpy as np
from _rounds import Missing, Train
from _work import Work

try:  # here, so that it is not counted as compiling
    import torch
except ImportError:
    torch = None


def eager(work: Work) -> Train:
    if torch is None:
        raise Missing("the package torch is not installed: pip install torch")
    return layers(work, torch) if work.sizes else neuron(work, torch)


def neuron(work: Work, torch: Any) -> Train:
    data = torch.tensor([0.0, 1.0], dtype=torch.float64)

    def train(steps: int) -> np.ndarray:
        w = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
        for step in range(steps):
            x = data[step % 2]
            (0.5 * (1 / (1 + torch.exp(-w * x)) - x) ** 2).backward()
            with torch.no_grad():
                w -= work.rate * w.grad
                w.clamp_(0.0, 1.0)
                w.grad = None
        return np.array([w.item()])

    return train


def layers(work: Work, torch: Any) -> Train:
    x, y = (torch.from_numpy(part) for part in work.data)
    depth = len(work.sizes) - 1

    def train(steps: int) -> np.ndarray:
        state = [torch.tensor(value, requires_grad=True) for value in work.start.values()]
        for step in range(steps):
            first = step * work.batch % work.patterns
            value = x[first : first + work.batch]
            for k in range(depth):
                total = torch.nn.functional.linear(value, state[2 * k], state[2 * k + 1])
                value = total if k == depth - 1 else torch.tanh(total)
            (0.5 * ((value - y[first : first + work.batch]) ** 2).sum(dim=1).mean()).backward()
            with torch.no_grad():
                for part in state:
                    part -= work.rate * part.grad
                    part.grad = None
        return np.concatenate([part.detach().numpy().ravel() for part in state])

    return train
