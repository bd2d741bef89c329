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
    """

    name: str
    about: str
    inputs: int
    units: int
    patterns: int
    runs: int
    check: int
    bits: int = 64

    @property
    def text(self) -> str:
        return TANH.format(inputs=self.inputs, units=self.units, scale=repr(SCALE)) if self.inputs else NEURON

    @cached_property
    def rates(self) -> Array:
        """A rate for each run."""
        return np.random.default_rng(3).uniform(1e-3, 0.1, self.runs)

    @cached_property
    def start(self) -> Mapping[str, Array]:
        """Weights by name, the axis of the runs first."""
        draw = np.random.default_rng(1)
        if not self.inputs:
            return {"w": draw.normal(size=self.runs)}
        first, last = (self.runs, self.units, self.inputs), (self.runs, self.units)
        return {"W": draw.normal(size=first), "v": draw.normal(size=last)}

    @cached_property
    def data(self) -> tuple[Array, Array]:
        """Inputs and targets of the patterns."""
        if not self.inputs:
            return np.array([0.0, 1.0]), np.array([0.0, 1.0])
        draw = np.random.default_rng(2)
        return draw.normal(size=(self.patterns, self.inputs)), draw.normal(size=self.patterns)


MAPS = (
    Map("map", "tanh 16-16-1, 272 patterns, all in each step; a step is one of each of 128 runs", 16, 16, 272, 128, 10),
    Map("tiny map", "a neuron of one weight, a pattern a step; a step is one of each of 4,096 runs", 0, 0, 2, 4096, 50),
)
