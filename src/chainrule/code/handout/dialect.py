"""How NumPy and its kin write what they share: a table for each, which the printer of arrays fills in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """``functions`` has a template for each known function, ``helpers`` the text of those that the file has to define;
    ``tensors`` says that functions take no plain numbers."""

    name: str
    module: str
    functions: Mapping[str, str]
    helpers: Mapping[str, str]
    axis: str
    reductions: Mapping[str, str]
    transposed: str
    tensors: bool
    constant: str  # a plain number as an array
    scalar: str  # a plain number as one of the language's own
    full: str  # shape, value
    spread: str  # value, shape
    alike: str  # a list of numbers and arrays, all of one shape
    prefix: str = ""  # of the names of helpers

    def reserved(self) -> frozenset[str]:
        return frozenset({self.module, *(self.prefix + one for one in self.helpers)})


SIGMOID = """\
def sigmoid(z):
    \"\"\"1/(1 + exp(-z)), and no overflow where z is large.\"\"\"
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e)/(1 + e)
"""

SOFTPLUS = """\
def softplus(z):
    \"\"\"log(1 + exp(z)), and no overflow where z is large.\"\"\"
    return np.logaddexp(0, z)
"""

LOGSUMEXP = """\
def logsumexp(z, axis=None):
    \"\"\"log of the sum of exp(z), and no overflow where z is large.\"\"\"
    top = np.max(z, axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)
    return np.squeeze(top, axis=axis) + np.log(np.sum(np.exp(z - top), axis=axis))
"""

ERF = """\
def erf(z):
    \"\"\"The error function, which NumPy leaves to Python.\"\"\"
    return np.vectorize(math.erf, otypes=[float])(z)[()]
"""

AT = """\
def at(array, places, axis):
    \"\"\"The entries of an array at some places along an axis; 0 where it has none.\"\"\"
    there = (places >= 0) & (places < array.shape[axis])
    found = np.take(array, np.where(there, places, 0), axis=axis)
    return np.where(there.reshape(there.shape + (1,)*(found.ndim - axis - 1)), found, 0)
"""

SAME = (
    "exp", "log", "sqrt", "tanh", "sin", "cos", "sinh", "cosh", "arctan", "abs", "sign", "floor", "expm1", "log1p",
)  # fmt: skip

NUMPY = Dialect(
    name="NumPy",
    module="np",
    functions={
        **{name: f"np.{name}({{0}})" for name in SAME},
        "asinh": "np.arcsinh({0})", "relu": "np.maximum({0}, 0)",
        "sigmoid": "sigmoid({0})", "softplus": "softplus({0})", "erf": "erf({0})",
        "max": "np.maximum({0}, {1})", "min": "np.minimum({0}, {1})", "power": "np.power({0}, {1})",
    },
    helpers={"sigmoid": SIGMOID, "softplus": SOFTPLUS, "erf": ERF, "logsumexp": LOGSUMEXP, "at": AT},
    axis="axis",
    reductions={
        "sum": "np.sum", "mean": "np.mean", "max": "np.max", "min": "np.min", "prod": "np.prod",
        "logsumexp": "logsumexp",
    },
    transposed="np.transpose({0}, {1})",
    tensors=False,
    constant="{0}",
    scalar="np.float64({0})",
    full="np.full({0}, {1})",
    spread="np.broadcast_to({0}, {1})",
    alike="np.broadcast_arrays(*{0})",
)  # fmt: skip

TORCH = Dialect(
    name="PyTorch",
    module="torch",
    functions={
        **{name: f"torch.{name}({{0}})" for name in SAME},
        "asinh": "torch.asinh({0})", "erf": "torch.erf({0})", "relu": "torch.relu({0})",
        "sigmoid": "torch.sigmoid({0})", "softplus": "softplus({0})",
        "max": "torch.maximum({0}, {1})", "min": "torch.minimum({0}, {1})", "power": "torch.pow({0}, {1})",
    },
    helpers={
        "softplus": """\
def softplus(z):
    \"\"\"log(1 + exp(z)), to the last digits also where z is large (torch's own stops at 20).\"\"\"
    return torch.logaddexp(z, torch.zeros_like(z))
""",
        "at": AT.replace("np.where", "torch.where").replace(
            "np.take(array, torch.where(there, places, 0), axis=axis)",
            "torch.index_select(array, axis, torch.where(there, places, 0))",
        ),
    },
    axis="dim",
    reductions={
        "sum": "torch.sum", "mean": "torch.mean", "max": "torch.amax", "min": "torch.amin", "prod": "torch.prod",
        "logsumexp": "torch.logsumexp",
    },
    transposed="torch.permute({0}, {1})",
    tensors=True,
    constant="torch.tensor({0})",
    scalar="torch.tensor({0})",
    full="torch.full({0}, {1})",
    spread="torch.broadcast_to({0}, {1})",
    alike="torch.broadcast_tensors(*map(torch.as_tensor, {0}))",
)  # fmt: skip

JAX = Dialect(
    name="JAX",
    module="jnp",
    functions={
        **{name: f"jnp.{name}({{0}})" for name in SAME},
        "asinh": "jnp.arcsinh({0})", "erf": "jax.scipy.special.erf({0})", "relu": "jax.nn.relu({0})",
        "sigmoid": "jax.nn.sigmoid({0})", "softplus": "jnp.logaddexp({0}, 0)",
        "max": "jnp.maximum({0}, {1})", "min": "jnp.minimum({0}, {1})", "power": "jnp.power({0}, {1})",
    },
    helpers={"at": AT.replace("np.", "jnp.")},
    axis="axis",
    reductions={
        "sum": "jnp.sum", "mean": "jnp.mean", "max": "jnp.max", "min": "jnp.min", "prod": "jnp.prod",
        "logsumexp": "jax.nn.logsumexp",
    },
    transposed="jnp.transpose({0}, {1})",
    tensors=False,
    constant="{0}",
    scalar="jnp.float64({0})",
    full="jnp.full({0}, {1})",
    spread="jnp.broadcast_to({0}, {1})",
    alike="jnp.broadcast_arrays(*{0})",
)  # fmt: skip


def beside(dialect: Dialect, prefix: str) -> Dialect:
    """The dialect with other names for its helpers, for a file that has those of another one too."""

    def renamed(text: str) -> str:
        for one in dialect.helpers:
            text = re.sub(rf"(?<![\w.]){one}\(", f"{prefix}{one}(", text)
        return text

    return replace(
        dialect,
        functions={name: renamed(text) for name, text in dialect.functions.items()},
        helpers={name: renamed(text) for name, text in dialect.helpers.items()},
        reductions={
            name: prefix + text if text in dialect.helpers else text for name, text in dialect.reductions.items()
        },
        prefix=prefix,
    )
