"""The elementary functions, each written once as a program over the nine machine operations.

A program takes a machine and values: ``exp(FLOAT, 1.0)``. None has a branch on a value, so the same program runs on
floats, on arrays and on the symbols of a code generator, with the same bits. Their names, and the errors that are
promised, stand in `numbers.functions`.

>>> from chainrule.numbers.operations import FLOAT
>>> exp(FLOAT, 1.0), sigmoid(FLOAT, -745.0), integer_power(FLOAT, 3.0, 5)
(2.718281828459045, 5e-324, 243.0)
"""

from chainrule.numbers.elementary.error_function import erf
from chainrule.numbers.elementary.exponential import cosh, exp, expm1, sigmoid, sinh, tanh
from chainrule.numbers.elementary.logarithm import asinh, log, log1p, logsumexp, softplus
from chainrule.numbers.elementary.piecewise import absolute, floor, maximum, minimum, relu, sign
from chainrule.numbers.elementary.powers import integer_power, power
from chainrule.numbers.elementary.trigonometric import TRIGONOMETRIC_RANGE, arctan, cos, sin
from chainrule.numbers.operations import Machine, V

__all__ = [
    "TRIGONOMETRIC_RANGE",
    "absolute",
    "arctan",
    "asinh",
    "cos",
    "cosh",
    "erf",
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
