"""PyTorch by hand: no autograd, every product into an array that is there already, as one writes it for speed."""

from __future__ import annotations

from typing import Any

import numpy as np
from _rounds import Missing, Train
from _work import Work

from peers.torch_eager import flat, visited
from peers.torch_here import here


def in_place(work: Work) -> Train:
    if not work.sizes:
        raise Missing("left out: of one weight nothing is gained in place")
    torch = here()
    kind = torch.float64 if work.bits == 64 else torch.float32
    x, y = (torch.from_numpy(part) for part in work.data)
    depth = len(work.sizes) - 1
    values = [torch.empty((work.batch, size), dtype=kind) for size in work.sizes[1:]]
    deltas = [torch.empty_like(value) for value in values]
    ones = torch.ones(work.batch, dtype=kind)

    def step(state: Any, rows: slice) -> None:
        below = x[rows]
        for k in range(depth):
            torch.addmm(state[2 * k + 1], below, state[2 * k].T, out=values[k])
            below = values[k].tanh_() if k < depth - 1 else values[k]
        torch.sub(values[-1], y[rows], out=deltas[-1])
        for k in reversed(range(depth)):
            if k:  # before the weights change
                torch.mm(deltas[k], state[2 * k], out=deltas[k - 1])
            share = -work.rate / work.batch
            state[2 * k].addmm_(deltas[k].T, values[k - 1] if k else x[rows], alpha=share)
            state[2 * k + 1].addmv_(deltas[k].T, ones, alpha=share)
            if k:  # (1 − h²): the values are needed no more
                deltas[k - 1].addcmul_(deltas[k - 1], values[k - 1].square_(), value=-1)

    def train(steps: int) -> np.ndarray:
        state = [torch.tensor(value) for value in work.start.values()]
        with torch.inference_mode():
            for at in range(steps):
                step(state, visited(work, at))
        return flat(state)

    return train
