"""What is trained: its text for chainrule, and the same network as sizes and arrays for the peers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

Array = np.ndarray

IDENTITY = """\
A(u) = 1/(1 + exp(-u))
data x in {0, 1}
target y = x
weight w in [0, 1] := 0.5
const α := 1e-8
E = ½(A(w·x) − y)²
"""
"""The neuron of the example `identity`. With its own rate it converges after a few hundred steps; so it moves on,
a billion steps until it is at the edge of its box and the training ends."""


@dataclass(frozen=True)
class Work:
    """A training: ``sizes`` of the layers of a tanh network with a linear output, or none for the neuron `identity`.

    ``batch`` patterns a step, one after another; ``check`` steps are what the weights of all peers are compared after.
    Peers compute in numbers of so many ``bits``: chainrule in `exact` and `fused`, or in `fused32`.
    """

    name: str
    about: str
    sizes: tuple[int, ...]
    patterns: int
    batch: int
    check: int
    rate: float = 0.1
    bits: int = 64

    @property
    def dtype(self) -> type[np.floating]:
        return np.float64 if self.bits == 64 else np.float32

    @property
    def text(self) -> str:
        """The network in the notation."""
        return IDENTITY if not self.sizes else layers(self)

    @cached_property
    def start(self) -> Mapping[str, Array]:
        """Weights of each layer, W1[unit, input], b1[unit], W2 …, uniform in ±1/√inputs; the seed is fixed."""
        draw, found = np.random.default_rng(1), {}
        for k, (inputs, units) in enumerate(pairwise(self.sizes), 1):
            found[f"W{k}"] = draw.uniform(-1, 1, (units, inputs)) / np.sqrt(inputs)
            found[f"b{k}"] = draw.uniform(-1, 1, units) / np.sqrt(inputs)
        return {name: value.astype(self.dtype) for name, value in found.items()}

    @cached_property
    def data(self) -> tuple[Array, Array]:
        """Inputs and targets, uniform in ±1: what they are changes no time."""
        draw = np.random.default_rng(2)
        x, y = (draw.uniform(-1, 1, (self.patterns, self.sizes[place])) for place in (0, -1))
        return x.astype(self.dtype), y.astype(self.dtype)


def layers(work: Work) -> str:
    """Equations of a tanh network: layer k has the letter of its units, the output is linear."""
    letters = "ijklmn"[: len(work.sizes)]
    ranges = ", ".join(f"{letter} = 1..{size}" for letter, size in zip(letters, work.sizes, strict=True))
    lines = [f"index {ranges}", f"data x[{letters[0]}]", f"target y[{letters[-1]}]", f"const α := {work.rate}"]
    before = "x"
    for k, (below, here) in enumerate(pairwise(letters), 1):
        lines.append(f"weight W{k}[{here},{below}] := 0, b{k}[{here}] := 0")
        total = f"Σ_{below} W{k}[{here},{below}]·{before}[{below}] + b{k}[{here}]"
        last = here == letters[-1]
        lines.append(f"o[{here}] = {total}" if last else f"h{k}[{here}] = tanh({total})")
        before = f"h{k}"
    last = letters[-1]
    return "\n".join([*lines, f"E = ½ Σ_{last} (o[{last}] − y[{last}])²"]) + "\n"


WIDE = "784-128-10 tanh, 1,280 patterns, 128 a step"

WORKS = (
    Work("identity", "one neuron, one weight, one pattern a step", (), 2, 1, 1000, 1e-8),
    Work("small", "2-8-8-1 tanh, 300 patterns, 10 a step", (2, 8, 8, 1), 300, 10, 200),
    Work("small32", "the same in float32", (2, 8, 8, 1), 300, 10, 200, bits=32),
    Work("wide", WIDE, (784, 128, 10), 1280, 128, 3, 0.01),
    Work("wide32", f"{WIDE}, in float32", (784, 128, 10), 1280, 128, 3, 0.01, bits=32),
)
