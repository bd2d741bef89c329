"""The nine machine operations on NumPy arrays, with the bits that Python's floats give.

NumPy's own +, −, × need no method. Nothing here warns: callers that divide by zero on purpose still run under
``np.errstate(all="ignore")``, because the operators are NumPy's.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.expr.nodes import Comparison

Array = NDArray[np.float64]

COMPARE: dict[Comparison, np.ufunc] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}


class ArrayMachine:
    """The machine of float64 arrays.

    >>> from chainrule.numbers.elementary import exp
    >>> exp(ARRAYS, np.array([0.0, 1.0, -np.inf])).tolist()
    [1.0, 2.718281828459045, 0.0]
    """

    def divide(self, a: Any, b: Any, /) -> Array:
        with np.errstate(all="ignore"):
            return np.asarray(np.divide(a, b), dtype=np.float64)

    def sqrt(self, a: Array, /) -> Array:
        with np.errstate(all="ignore"):
            return np.asarray(np.sqrt(a), dtype=np.float64)

    def floor(self, a: Array, /) -> Array:
        return np.asarray(np.floor(a), dtype=np.float64)

    def select(self, comparison: Comparison, a: Any, b: Any, then: Any, otherwise: Any, /) -> Array:
        return np.asarray(np.where(COMPARE[comparison](a, b), then, otherwise), dtype=np.float64)

    def scale(self, a: Array, n: Array, /) -> Array:
        return scale(a, n, np.empty(np.broadcast_shapes(np.shape(a), np.shape(n))))

    def split(self, a: Array, /) -> tuple[Array, Array]:
        shape = np.shape(a)
        return fraction(a, np.empty(shape)), exponent(a, np.empty(shape))


ARRAYS = ArrayMachine()


def scale(a: Array, n: Array, out: Array) -> Array:
    """a·2ⁿ as two exact factors; each factor is made by writing its exponent into the bits of a float."""
    whole = np.asarray(n).astype(np.int64)
    half = whole >> 1
    with np.errstate(all="ignore"):
        np.multiply(a, power_of_two(half), out)
        return np.multiply(out, power_of_two(whole - half), out)


def power_of_two(n: NDArray[np.int64]) -> Array:
    """2ⁿ for −1022 ≤ n ≤ 1023."""
    return ((n + 1023) << 52).view(np.float64)


def fraction(a: Array, out: Array) -> Array:
    """f of a = f·2ᵉ, ½ ≤ |f| < 1; a itself if it is ±0, ±∞ or NaN."""
    np.copyto(out, np.frexp(a)[0])
    return out


def exponent(a: Array, out: Array) -> Array:
    """e of a = f·2ᵉ; 0 if a is ±0, ±∞ or NaN."""
    np.copyto(out, np.frexp(a)[1])
    np.copyto(out, 0.0, where=~np.isfinite(a))
    return out
