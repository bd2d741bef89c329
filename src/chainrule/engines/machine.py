"""The nine machine operations on NumPy arrays, with the bits that Python's floats give; and fused, in both formats.

NumPy's own +, −, × need no method. Nothing here warns: callers that divide by zero on purpose still run under
``np.errstate(all="ignore")``, because the operators are NumPy's.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from chainrule.engines.fma import fma
from chainrule.expr.nodes import Comparison
from chainrule.numbers.coefficients import DOUBLE, SINGLE
from chainrule.numbers.constants import Constants
from chainrule.numbers.numerics import Numerics
from chainrule.values import dataclass

Array = NDArray[np.float64]

COMPARE: dict[Comparison, np.ufunc] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}


@dataclass(frozen=True, slots=True)
class ArrayMachine:
    """The machine of arrays of one format.

    >>> from chainrule.numbers.elementary import exp
    >>> exp(ARRAYS, np.array([0.0, 1.0, -np.inf])).tolist()
    [1.0, 2.718281828459045, 0.0]
    >>> exp(FUSED_SINGLES, np.array([0.0, 1.0, -np.inf], np.float32))
    array([1.       , 2.7182817, 0.       ], dtype=float32)
    """

    format: DTypeLike
    constants: Constants
    fused: bool = False

    def multiply_add(self, a: Any, b: Any, c: Any, /) -> Array:
        if not self.fused:
            return a * b + c  # type: ignore[no-any-return]
        a, b, c = (self.number(one) for one in (a, b, c))
        return fma(a, b, c, np.empty(np.broadcast_shapes(a.shape, b.shape, c.shape), self.format))

    def number(self, value: Any) -> Array:
        """A number or an array in the format; what is too large for it becomes infinite."""
        with np.errstate(all="ignore"):
            return np.asarray(value, self.format)

    def divide(self, a: Any, b: Any, /) -> Array:
        with np.errstate(all="ignore"):
            return np.asarray(np.divide(a, b), self.format)

    def sqrt(self, a: Array, /) -> Array:
        with np.errstate(all="ignore"):
            return np.asarray(np.sqrt(a), self.format)

    def floor(self, a: Array, /) -> Array:
        return np.asarray(np.floor(a), self.format)

    def select(self, comparison: Comparison, a: Any, b: Any, then: Any, otherwise: Any, /) -> Array:
        return np.asarray(np.where(COMPARE[comparison](a, b), then, otherwise), self.format)

    def scale(self, a: Any, n: Array, /) -> Array:
        with np.errstate(all="ignore"):
            return scale(a, n, np.empty(np.broadcast_shapes(np.shape(a), np.shape(n)), self.format))

    def split(self, a: Array, /) -> tuple[Array, Array]:
        shape = np.shape(a)
        return fraction(a, np.empty(shape, self.format)), exponent(a, np.empty(shape, self.format))


ARRAYS = ArrayMachine(np.float64, DOUBLE)
FUSED_DOUBLES = ArrayMachine(np.float64, DOUBLE, fused=True)
FUSED_SINGLES = ArrayMachine(np.float32, SINGLE, fused=True)
SINGLES = ArrayMachine(np.float32, SINGLE)

MACHINES = {(64, False): ARRAYS, (64, True): FUSED_DOUBLES, (32, True): FUSED_SINGLES, (32, False): SINGLES}
"""Bits of a number, and whether sums are fused → what computes so."""


def machine_of(numerics: Numerics) -> ArrayMachine:
    """The machine that computes with such numbers."""
    return MACHINES[numerics.bits, numerics.fused]


def scale(a: Any, n: Array, out: Array) -> Array:
    """a·2ⁿ, where 2ⁿ is made by writing its exponent into the bits of a float; callers ignore NumPy's warnings."""
    return np.multiply(a, power_of_two(n.astype(np.int64), out.dtype), out)  # type: ignore[no-any-return]


def power_of_two(n: NDArray[np.int64], format: DTypeLike) -> Array:
    """2ⁿ for −1022 ≤ n ≤ 1023, or in float32 for −126 ≤ n ≤ 127."""
    if format == np.float64:
        return ((n + 1023) << 52).view(np.float64)
    return ((n + 127) << 23).astype(np.int32).view(np.float32)


def fraction(a: Array, out: Array) -> Array:
    """f of a = f·2ᵉ, ½ ≤ |f| < 1; a itself if it is ±0, ±∞ or NaN."""
    np.copyto(out, np.frexp(a)[0])
    return out


def exponent(a: Array, out: Array) -> Array:
    """e of a = f·2ᵉ; 0 if a is ±0, ±∞ or NaN."""
    np.copyto(out, np.frexp(a)[1])
    np.copyto(out, 0.0, where=~np.isfinite(a))
    return out
