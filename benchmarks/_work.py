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


LSTM = """\
index t = 1..28, g = 1..4, j, k = 1..128, i = 1..28, o = 1..10
data x[t,i]
target y[o]
weight W[g,j,i] := 0, U[g,j,k] := 0, b[g,j] := 0, V[o,j] := 0, d[o] := 0
const α := 0.01
h[0,j] = 0
c[0,j] = 0
a[t,g,j] = Σ_i W[g,j,i]·x[t,i] + Σ_k U[g,j,k]·h[t-1,k] + b[g,j]
c[t,j] = σ(a[t,1,j])·c[t-1,j] + σ(a[t,2,j])·tanh(a[t,3,j])
h[t,j] = σ(a[t,4,j])·tanh(c[t,j])
z[o] = Σ_j V[o,j]·h[28,j] + d[o]
E = ½·Σ_o (z[o] − y[o])²
"""
"""Long short-term memory of 128 units that reads a picture line by line (Hochreiter and Schmidhuber, 1997)."""

LENET = """\
index r, s = 0..27, u, v = 0..4, m = 1..6, p, q = 0..23, a, b = 0..11, n = 1..16, e, f = 0..7, k, l = 0..3, i, j = 0..1
index c = 1..120, d = 1..84, o = 1..10
data x[r,s]
target y[o]
weight K[m,u,v] := 0, kb[m] := 0, L[n,m,u,v] := 0, lb[n] := 0
weight C[c,n,k,l] := 0, cb[c] := 0, D[d,c] := 0, db[d] := 0, O[o,d] := 0, ob[o] := 0
const α := 0.01
h[m,p,q] = tanh(Σ_{u,v} K[m,u,v]·x[p+u,q+v] + kb[m])
g[m,a,b] = Σ_{i,j} h[m,2a+i,2b+j]/4
z[n,e,f] = tanh(Σ_{m,u,v} L[n,m,u,v]·g[m,e+u,f+v] + lb[n])
w[n,k,l] = Σ_{i,j} z[n,2k+i,2l+j]/4
hc[c] = tanh(Σ_{n,k,l} C[c,n,k,l]·w[n,k,l] + cb[c])
hd[d] = tanh(Σ_c D[d,c]·hc[c] + db[d])
t[o] = Σ_d O[o,d]·hd[d] + ob[o]
E = ½·Σ_o (t[o] − y[o])²
"""
"""Two convolutions, two poolings and three layers, with the sizes of LeNet (LeCun et al., 1998) and no padding."""

SHAPES = {
    LSTM: {"W": (4, 128, 28), "U": (4, 128, 128), "b": (4, 128), "V": (10, 128), "d": (10,)},
    LENET: {
        "K": (6, 5, 5), "kb": (6,), "L": (16, 6, 5, 5), "lb": (16,), "C": (120, 16, 4, 4), "cb": (120,),
        "D": (84, 120), "db": (84,), "O": (10, 84), "ob": (10,),
    },
}  # fmt: skip


@dataclass(frozen=True)
class Pictures(Work):
    """A network that reads pictures of 28 × 28 numbers, as it is ``written``; of its peers JAX alone has it."""

    written: str = ""

    @property
    def text(self) -> str:
        return self.written

    @cached_property
    def start(self) -> Mapping[str, Array]:
        """Uniform in ±1/√inputs, those of the weights' own entries."""
        draw, found = np.random.default_rng(1), {}
        for name, shape in SHAPES[self.written].items():
            inputs = int(np.prod(shape[1:])) if self.written == LENET else shape[-1]
            found[name] = (draw.uniform(-1, 1, shape) / np.sqrt(inputs)).astype(self.dtype)
        return found

    @cached_property
    def data(self) -> tuple[Array, Array]:
        draw = np.random.default_rng(2)
        x, y = (draw.uniform(-1, 1, (self.patterns, *shape)) for shape in ((28, 28), (10,)))
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


DEEP = "784-512-256-10 tanh, 1,280 patterns, 128 a step"
RECURRENT = "an LSTM of 128 units over 28 times, 256 patterns, 32 a step"
CONVOLVED = "LeNet's sizes on 28 × 28, 256 patterns, 32 a step"
WIDE = "784-128-10 tanh, 1,280 patterns, 128 a step"

WORKS = (
    Work("identity", "one neuron, one weight, one pattern a step", (), 2, 1, 1000, 1e-8),
    Work("small", "2-8-8-1 tanh, 300 patterns, 10 a step", (2, 8, 8, 1), 300, 10, 200),
    Work("small32", "the same in float32", (2, 8, 8, 1), 300, 10, 200, bits=32),
    Work("wide", WIDE, (784, 128, 10), 1280, 128, 3, 0.01),
    Work("wide32", f"{WIDE}, in float32", (784, 128, 10), 1280, 128, 3, 0.01, bits=32),
    Work("deep", DEEP, (784, 512, 256, 10), 1280, 128, 3, 0.01),
    Work("deep32", f"{DEEP}, in float32", (784, 512, 256, 10), 1280, 128, 3, 0.01, bits=32),
    Pictures("lstm", RECURRENT, (28, 128, 10), 256, 32, 3, 0.01, written=LSTM),
    Pictures("lstm32", f"{RECURRENT}, in float32", (28, 128, 10), 256, 32, 3, 0.01, bits=32, written=LSTM),
    Pictures("lenet", CONVOLVED, (28, 120, 84, 10), 256, 32, 3, 0.01, written=LENET),
    Pictures("lenet32", f"{CONVOLVED}, in float32", (28, 120, 84, 10), 256, 32, 3, 0.01, bits=32, written=LENET),
)
