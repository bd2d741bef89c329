"""PyTorch: vmap of a gradient, eager and compiled, and batched products by hand into arrays that are there already."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from _maps import SCALE, Map
from _rounds import Missing, Train

from peers.maps.batches import Part, Run, best
from peers.torch_here import compiled, first_line, here

SIZES = (64, 256, 1024)


def eager(work: Map) -> Train:
    here()
    return best(work, prepared, lambda size: stepped(work, vectorised(work)), SIZES)


def one_graph(work: Map) -> Train:
    here()
    try:
        return best(work, prepared, lambda size: stepped(work, compiled(vectorised(work))), SIZES)
    except Missing:
        raise
    except Exception as reason:  # whatever a compiler may raise, it is named
        raise Missing(f"torch.compile does not compile it: {first_line(reason)}") from reason


def by_hand(work: Map) -> Train:
    if not work.inputs:
        raise Missing("left out: the neuron has no products of matrices")
    here()
    return best(work, prepared, lambda size: in_place(work, size), SIZES)


def prepared(part: Part) -> Any:
    torch = here()
    weights, rates = part
    return [torch.tensor(value) for value in weights], torch.tensor(rates)


def vectorised(work: Map) -> Callable[..., Any]:
    """A step of many runs: from weights, rates and patterns to weights."""
    torch = here()

    def error(weights: Any, x: Any, y: Any) -> Any:
        if not work.inputs:
            return 0.5 * (1 / (1 + torch.exp(-weights[0] * x)) - y) ** 2
        first, last = weights
        out = torch.tanh(SCALE * (x @ first.T)) @ last / work.units
        return ((out - y) ** 2).mean()

    def one(weights: Any, rates: Any, x: Any, y: Any) -> Any:
        slopes = torch.func.grad(error)(weights, x, y)
        return tuple(value - rates[k] * slope for k, (value, slope) in enumerate(zip(weights, slopes, strict=True)))

    return torch.func.vmap(one, (0, 0, None, None))  # type: ignore[no-any-return]


def stepped(work: Map, step: Callable[..., Any]) -> Run:
    torch = here()
    x, y = (torch.from_numpy(part) for part in work.data)
    patterns = [(x, y)] if work.inputs else [(x[0], y[0]), (x[1], y[1])]

    def run(part: Any, steps: int) -> Sequence[np.ndarray]:
        weights, rates = part
        weights = tuple(weights)
        with torch.no_grad():
            for at in range(steps):
                weights = step(weights, rates, *patterns[at % len(patterns)])
        return [value.numpy() for value in weights]

    return run


def in_place(work: Map, size: int) -> Run:
    torch = here()
    x, y = (torch.from_numpy(part) for part in work.data)
    scaled = (x * SCALE).expand(size, -1, -1)  # (run, pattern, input)
    hidden = torch.empty((size, work.patterns, work.units), dtype=x.dtype)
    below, slope = torch.empty_like(hidden), torch.empty((size, work.units, work.inputs), dtype=x.dtype)
    out = torch.empty((size, work.patterns, 1), dtype=x.dtype)
    last_slope = torch.empty((size, work.units, 1), dtype=x.dtype)

    def run(part: Any, steps: int) -> Sequence[np.ndarray]:
        first, last = (value.clone() for value in part[0])
        rates = part[1]
        with torch.inference_mode():
            for _ in range(steps):
                torch.bmm(scaled, first.transpose(1, 2), out=hidden)
                hidden.tanh_()
                torch.bmm(hidden, last[:, :, None], out=out)
                out.div_(work.units).sub_(y[:, None]).mul_(2 / (work.units * work.patterns))
                torch.bmm(hidden.transpose(1, 2), out, out=last_slope)
                torch.mul(out, last[:, None, :], out=below)
                below.addcmul_(below, hidden.square_(), value=-1)
                torch.bmm(below.transpose(1, 2), scaled, out=slope)
                first.addcmul_(slope, rates[:, :1, None], value=-1)
                last.addcmul_(last_slope[:, :, 0], rates[:, 1:], value=-1)
        return [first.numpy(), last.numpy()]

    return run
