"""A row of the known functions → the function on arrays, number by number: for those that NumPy does not have.

By forms that know nothing of the engines' programs: real numbers by Python's own library, complex ones by the form on
numbers that carry derivatives.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.numbers.analytic import total
from chainrule.numbers.functions import FUNCTIONS

Values = NDArray[Any]


def entrywise(name: str) -> Callable[..., Values]:
    """A known function of arrays, of floats or of complex numbers; NaN where it has no value.

    >>> entrywise("erf")(np.array([0.0, 1.0])).round(4).tolist()
    [0.0, 0.8427]
    """
    row = FUNCTIONS[name]
    real = np.frompyfunc(without_error(row.platform), row.arity, 1)
    moved = np.frompyfunc(total(row.analytic), row.arity, 1)

    def call(*values: Values) -> Values:
        if any(map(np.iscomplexobj, values)):
            return np.asarray(moved(*(np.asarray(one, np.complex128) for one in values)), np.complex128)
        return np.asarray(real(*values), np.float64)

    return call


def without_error(function: Callable[..., float]) -> Callable[..., float]:
    """The function, ±∞ where it is too large and NaN where it has no value."""

    def safe(*values: float) -> float:
        try:
            return function(*values)
        except OverflowError:
            return math.copysign(math.inf, values[0])
        except ValueError:
            return math.nan

    return safe
