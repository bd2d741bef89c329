"""What is trained many times at once: one network from many starts, each run with a rate of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

Array = np.ndarray

SCALE = 2**0.5 / 4
"""What the inputs of a unit are multiplied by: about one over the root of their number."""

TANH = """\
index i = 1..{inputs}, j = 1..{units}
data x[i]
target y
weight W[j,i], v[j]
const α := 0.1, s := {scale}
h[j] = tanh(s·Σ_i W[j,i]·x[i])
o = Σ_j v[j]·h[j]/{units}
E = (o − y)²
"""

TWO_RATES = """\
const β := 0.1
update W <- W - α·∂E/∂W
update v <- v - β·∂E/∂v
"""
"""With a rate for each layer, α and β."""

WINDOW = (-3.0, 6.0)
"""Decimal logarithms of the rates at a map's edges: trainable below, far beyond the finite numbers above."""

NEURON = """\
data x
target y
weight w
const α := 0.1
E = ½(1/(1 + exp(−w·x)) − y)²
"""


@dataclass(frozen=True)
class Map:
    """``runs`` trainings: a tanh network inputs-units-1 over all patterns in each step, or, with no inputs, a neuron of
    one weight that sees one of its two patterns a step. After ``check`` steps the weights of all peers are compared.

    With a ``grid`` (how many rates β, how many α) all runs have one start, and rates in a grid over WINDOW, as in a
    picture: α grows along a line, β from line to line. Many leave the finite numbers; ``check`` steps are then all that
    is measured, because how many are left depends on it.
    """

    name: str
    about: str
    inputs: int
    units: int
    patterns: int
    runs: int
    check: int
    bits: int = 64
    grid: tuple[int, int] | None = None

    @property
    def dtype(self) -> type[np.floating]:
        return np.float64 if self.bits == 64 else np.float32

    @property
    def steps(self) -> int | None:
        """So many steps have to be measured; None where any number will do."""
        return self.check if self.grid else None

    @property
    def text(self) -> str:
        if not self.inputs:
            return NEURON
        return TANH.format(inputs=self.inputs, units=self.units, scale=repr(SCALE)) + TWO_RATES * bool(self.grid)

    @property
    def flops(self) -> int:
        """Multiplications and additions of the products of a step of one run, forward and backward; neither tanh nor
        the update counts. W·x and what is added to ∂W take 2·inputs·units a pattern each, v·h and ∂v 2·units each."""
        return 4 * self.patterns * self.units * (self.inputs + 1)

    @cached_property
    def rates(self) -> Array:
        """Two rates for each run: of the first and of the last weights."""
        if self.grid:
            last, first = (10 ** np.linspace(*WINDOW, count) for count in self.grid)
            both = np.stack(np.meshgrid(last, first, indexing="ij")[::-1], axis=-1).reshape(-1, 2)
        else:
            both = np.repeat(np.random.default_rng(3).uniform(1e-3, 0.1, self.runs)[:, None], 2, axis=1)
        return both.astype(self.dtype)

    @cached_property
    def start(self) -> Mapping[str, Array]:
        """Weights by name, the axis of the runs first."""
        draw = np.random.default_rng(1)
        if not self.inputs:
            return {"w": draw.normal(size=self.runs).astype(self.dtype)}
        several = 1 if self.grid else self.runs
        first, last = draw.normal(size=(several, self.units, self.inputs)), draw.normal(size=(several, self.units))
        whole = {"W": first, "v": last}
        return {name: np.repeat(part, self.runs // several, axis=0).astype(self.dtype) for name, part in whole.items()}

    @cached_property
    def data(self) -> tuple[Array, Array]:
        """Inputs and targets of the patterns."""
        if not self.inputs:
            return np.array([0.0, 1.0], self.dtype), np.array([0.0, 1.0], self.dtype)
        draw = np.random.default_rng(2)
        x, y = draw.normal(size=(self.patterns, self.inputs)), draw.normal(size=self.patterns)
        return x.astype(self.dtype), y.astype(self.dtype)

    def stayed(self, weights: Array) -> Array:
        """Which runs have finite weights and a finite error, in numbers of this map."""
        rows = weights.reshape(self.runs, -1).astype(self.dtype)
        if not self.inputs:
            return np.isfinite(rows).all(axis=1)
        x, y = self.data
        with np.errstate(all="ignore"):
            hidden = np.tanh(self.dtype(SCALE) * (rows[:, : -self.units].reshape(-1, self.units, self.inputs) @ x.T))
            out = np.einsum("rj,rjp->rp", rows[:, -self.units :], hidden) / self.dtype(self.units)
            return np.isfinite(((out - y) ** 2).mean(axis=1)) & np.isfinite(rows).all(axis=1)


NETWORK = "tanh 16-16-1, 272 patterns, all in each step"
BORDER = f"{NETWORK}; 512 runs, two rates from 10^-3 to 10^6, 100 steps of all"

MAPS = (
    Map("map", f"{NETWORK}; a step is one of each of 256 runs", 16, 16, 272, 256, 10),
    Map("map32", f"{NETWORK}, float32; a step is one of each of 256 runs", 16, 16, 272, 256, 10, bits=32),
    Map("border", BORDER, 16, 16, 272, 512, 100, grid=(16, 32)),
    Map("border32", f"{BORDER}, float32", 16, 16, 272, 512, 100, bits=32, grid=(16, 32)),
    Map("tiny", "a neuron of one weight, a pattern a step; a step is one of each of 4,096 runs", 0, 0, 2, 4096, 50),
)
