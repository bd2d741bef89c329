"""PyTorch: a forward pass, backward(), and an update in place; and a step by torch.compile, gradients by torch.func."""

from __future__ import annotations

from typing import Any

import numpy as np
from _rounds import Missing, Train
from _work import Work

from peers.torch_here import compiled, first_line, here


def eager(work: Work) -> Train:
    return layers(work, here()) if work.sizes else neuron(work, here())


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

    def train(steps: int) -> np.ndarray:
        state = [torch.tensor(value, requires_grad=True) for value in work.start.values()]
        for step in range(steps):
            rows = visited(work, step)
            error(torch, state, x[rows], y[rows]).backward()
            with torch.no_grad():
                for part in state:
                    part -= work.rate * part.grad
                    part.grad = None
        return flat(state)

    return train


def visited(work: Work, step: int) -> slice:
    """The patterns of a step."""
    first = step * work.batch % work.patterns
    return slice(first, first + work.batch)


def error(torch: Any, state: Any, x: Any, y: Any) -> Any:
    value, depth = x, len(state) // 2
    for k in range(depth):
        total = torch.nn.functional.linear(value, state[2 * k], state[2 * k + 1])
        value = total if k == depth - 1 else torch.tanh(total)
    return 0.5 * ((value - y) ** 2).sum(dim=1).mean()


def flat(state: Any) -> np.ndarray:
    return np.concatenate([part.detach().numpy().ravel() for part in state])


def one_graph(work: Work) -> Train:
    """A compiled step: from weights and patterns to weights."""
    torch = here()
    slopes = torch.func.grad(lambda state, x, y: loss(torch, work, state, x, y))

    def step(state: Any, x: Any, y: Any) -> Any:
        return tuple(moved(work, part, slope) for part, slope in zip(state, slopes(state, x, y), strict=True))

    quick = compiled(step)
    data = work.data if work.sizes else (np.array([0.0, 1.0]),) * 2
    x, y = (torch.from_numpy(part) for part in data)
    begin = work.start.values() if work.sizes else (np.array([0.5]),)

    def train(steps: int) -> np.ndarray:
        state = tuple(torch.tensor(value) for value in begin)
        for at in range(steps):
            rows = visited(work, at)
            state = quick(state, x[rows], y[rows])
        return flat(state)

    try:
        train(1)
    except Exception as reason:  # whatever a compiler may raise, it is named
        raise Missing(f"torch.compile does not compile it: {first_line(reason)}") from reason
    return train


def loss(torch: Any, work: Work, state: Any, x: Any, y: Any) -> Any:
    if work.sizes:
        return error(torch, state, x, y)
    return (0.5 * (1 / (1 + torch.exp(-state[0] * x)) - y) ** 2).sum()


def moved(work: Work, part: Any, slope: Any) -> Any:
    after = part - work.rate * slope
    return after if work.sizes else after.clamp(0.0, 1.0)
