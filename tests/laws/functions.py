"""Elementary functions on many points, by both engines."""

from collections.abc import Iterator

import numpy as np

from chainrule.engines.native.engine import ENGINE
from chainrule.engines.protocol import Array, Bound, State
from chainrule.engines.reference import REFERENCE
from chainrule.model import build
from chainrule.notation import parse
from chainrule.numbers.functions import PROGRAMS
from chainrule.program import lower

FUNCTIONS = sorted(PROGRAMS.keys() - {"expm1", "log1p"})  # which others are made of
TWO = {"power": "x[k]^z[k]", "max": "max(x[k], z[k])", "min": "min(x[k], z[k])"}

EDGES = [
    0.0, -0.0, 5e-324, -5e-324, 2.0**-1022, 2.0**-1074 * 3, 1e-310, 2.0**-1060, np.inf, -np.inf, np.nan, 1.0, -1.0, 0.5,
    709.78, -745.2, 1e308, -1e308, 1.7976931348623157e308, 2.0**52, 2.0**53 + 2, -(2.0**52) - 1, 1e16, 88.7, -0.5, 1e-8,
]  # fmt: skip


def values(name: str, width: int, rows: int, seed: int) -> Iterator[tuple[Array, Array]]:
    """Row by row, what the reference engine and the native engine have of a function at ``width`` points."""
    # what is not a finite number would end the run: infinities and NaN are told by numbers of their own
    text = f"""index k = 1..{width}
data x[k], z[k]
weight r[k]
f[k] = {TWO.get(name, f"{name}(x[k])")}
told[k] = if(f[k] == f[k], if(f[k] > 1.797e308, 5, if(f[k] < -1.797e308, -5, f[k])), 7)
E = sum_k r[k]*told[k]
update θ, g
  θ <- g
"""
    draw = np.random.default_rng(seed)
    shape = (rows, width)
    scale = 10.0 ** draw.uniform(-320, 308, size=shape)
    with np.errstate(over="ignore"):
        x, z = (draw.normal(size=shape) * np.where(draw.random(shape) < 0.5, 1, scale) for _ in range(2))
    x[:, : len(EDGES)] = EDGES
    z[:, : len(EDGES)] = draw.permuted(np.tile(EDGES, (rows, 1)), axis=1)
    given = Bound({"x": x, "z": z}, {"k": range(1, width + 1)}, rows)
    found = lower(build(parse(text)))
    one, other = REFERENCE.load(found, given), ENGINE.load(found, given)
    start = State({"r": np.zeros(width)}, {})
    for row in range(rows):
        wanted, got = (loaded.advance(start, [(row,)], 1) for loaded in (one, other))
        yield (wanted.weights["r"], got.weights["r"])
