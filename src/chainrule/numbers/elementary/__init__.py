"""The elementary functions, each written once as a program over the nine machine operations.

A program takes a machine and values: ``exp(FLOAT, 1.0)``. None has a branch on a value, so the same program runs on
floats, on arrays and on the symbols of a code generator, with the same bits.

>>> from chainrule.numbers.operations import FLOAT
>>> exp(FLOAT, 1.0), sigmoid(FLOAT, -745.0), integer_power(FLOAT, 3.0, 5)
(2.718281828459045, 5e-324, 243.0)
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from chainrule.numbers.elementary.exponential import cosh, exp, expm1, sigmoid, sinh, tanh
from chainrule.numbers.elementary.logarithm import asinh, log, log1p, logsumexp, softplus
from chainrule.numbers.elementary.piecewise import absolute, floor, maximum, minimum, relu, sign
from chainrule.numbers.elementary.powers import integer_power, power
from chainrule.numbers.elementary.trigonometric import TRIGONOMETRIC_RANGE, arctan, cos, sin
from chainrule.numbers.operations import Machine, V

__all__ = [
    "PROGRAMS",
    "TRIGONOMETRIC_RANGE",
    "ULPS",
    "absolute",
    "arctan",
    "asinh",
    "cos",
    "cosh",
    "exp",
    "expm1",
    "floor",
    "integer_power",
    "log",
    "log1p",
    "logsumexp",
    "maximum",
    "minimum",
    "power",
    "relu",
    "sigmoid",
    "sign",
    "sin",
    "sinh",
    "softplus",
    "square_root",
    "tanh",
]


def square_root(m: Machine[V], x: V) -> V:
    """√x, one of the nine operations; NaN below zero."""
    return m.sqrt(x)


PROGRAMS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "abs": absolute,
        "arctan": arctan,
        "asinh": asinh,
        "cos": cos,
        "cosh": cosh,
        "exp": exp,
        "expm1": expm1,
        "floor": floor,
        "log": log,
        "log1p": log1p,
        "max": maximum,
        "min": minimum,
        "power": power,
        "relu": relu,
        "sigmoid": sigmoid,
        "sign": sign,
        "sin": sin,
        "sinh": sinh,
        "softplus": softplus,
        "sqrt": square_root,
        "tanh": tanh,
    }
)
"""Name → program; each takes the machine, then one value (power, max and min: two)."""

ULPS: Mapping[str, float] = MappingProxyType(
    {
        "abs": 0.0,
        "arctan": 1.0,
        "asinh": 1.5,
        "cos": 1.0,
        "cosh": 2.0,
        "exp": 1.0,
        "expm1": 1.5,
        "floor": 0.0,
        "log": 1.0,
        "log1p": 1.5,
        "max": 0.0,
        "min": 0.0,
        "power": 1.0,
        "relu": 0.0,
        "sigmoid": 2.5,
        "sign": 0.0,
        "sin": 1.0,
        "sinh": 2.0,
        "softplus": 2.0,
        "sqrt": 0.5,
        "tanh": 2.5,
    }
)
"""The promised worst error, in units of the last place of the true value. Measured in docs/reference/elementary.md."""
