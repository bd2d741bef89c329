"""The network of the paper on trainability, with the draw of its notebook: 16 inputs, 16 units, 272 patterns.

`draw_0.npz` holds W0, W1, X and Y as JAX's threefry gives them for `PRNGKey(0)` in the public notebook of
Sohl-Dickstein (2024), with `jax_threefry_partitionable` off as it was in February 2024.
"""

from pathlib import Path

import numpy as np

import chainrule as cr

TEXT = """\
index i, j = 1..16
data x[i]
target y
weight W[i,j], v[j]
const η0 := 1, η1 := 1
z[j] = Σ_i x[i]·W[i,j]/sqrt(16)
h[j] = {unit}
ŷ = Σ_j h[j]·v[j]/16
E = (ŷ − y)²
update W <- W − η0·∂E/∂W
update v <- v − η1·∂E/∂v
"""

UNITS = {"tanh": "tanh(sqrt(2)·z[j])", "relu": "sqrt(2)·max(0, z[j])", "identity": "z[j]"}

with np.load(Path(__file__).with_name("draw_0.npz")) as _drawn:
    DRAW = {name: _drawn[name] for name in ("W0", "W1", "X", "Y")}

DATA = {"x": DRAW["X"], "y": DRAW["Y"].ravel()}
START = {"W": DRAW["W0"], "v": DRAW["W1"].ravel()}


def model(unit: str, patterns: int = 272) -> cr.Model:
    data = {name: values[:patterns] for name, values in DATA.items()}
    return cr.Model(TEXT.format(unit=UNITS[unit]), unit, data)
