"""a·b + c with one rounding, on arrays, for machines and formats that NumPy knows none for: slow, plain, exact.

A float64 with the last bit set where the rounding lost something (rounded to odd) can be rounded again without harm.
So in float32 the product is exact in float64, and the sum, rounded to odd there, is rounded once more. In float64 the
product and the sum are kept as unevaluated sums of two; where those would overflow or underflow, fractions do it.

Source: Boldo and Melquiond, "Emulation of a FMA and correctly rounded sums: proved algorithms using rounding to odd",
IEEE Transactions on Computers 57 (2008) 462-471.
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from chainrule.numbers.elementary.double_double import whole_product, whole_sum
from chainrule.numbers.operations import FLOAT, Machine
from chainrule.numbers.operations import fma as exactly

Array = NDArray[np.float64]

DOUBLES = cast("Machine[Array]", FLOAT)
"""What `whole_product` asks for: the constants of float64."""


def fma(a: Any, b: Any, c: Any, out: Array) -> Array:
    """a·b + c, rounded once to the format of ``out``.

    >>> fma(np.array(0.1), np.array(10.0), np.array(-1.0), np.empty(())).item()
    5.551115123125783e-17
    """
    with np.errstate(all="ignore"):
        result = (single if out.dtype == np.float32 else double)(a, b, c)
        np.copyto(out, result.reshape(out.shape))
    return out


def single(a: Array, b: Array, c: Array) -> Array:
    """For float32."""
    product = np.multiply(a, b, dtype=np.float64)
    return odd(product, np.asarray(c, np.float64)).astype(np.float32)


def double(a: Array, b: Array, c: Array) -> Array:
    """For float64."""
    a, b, c = (np.atleast_1d(one) for one in (a, b, c))
    high, low = whole_product(DOUBLES, a, b)
    rest, least = whole_sum(c, low)
    total, more = whole_sum(high, rest)
    result = total + odd(least, more)
    result = np.where(result == 0, high + c, result)  # an exact 0 has the sign that the sum of the rounded parts has
    size, largest = np.abs(high), np.maximum(np.abs(a), np.abs(b))
    if ((size > 2.0**-900) & (size < 2.0**1000) & (largest < 2.0**990) & (np.abs(c) < 2.0**1000)).all():
        return result
    a, b, c, size = np.broadcast_arrays(a, b, c, size)
    safe = (size == 0) & ((a == 0) | (b == 0)) | (size > 2.0**-900) & (size < 2.0**1000)
    safe &= (np.abs(a) < 2.0**990) & (np.abs(b) < 2.0**990) & (np.abs(c) < 2.0**1000)
    nothing = (size < 2.0**-900) & (np.abs(c) > 2.0**-800) & np.isfinite(a) & np.isfinite(b) & np.isfinite(c)
    result = np.where(nothing, c, result)  # too little to move c
    for place in np.argwhere(~(safe | nothing)).tolist():
        at = tuple(place)
        result[at] = exactly(float(a[at]), float(b[at]), float(c[at]))
    return result


def odd(a: Array, b: Array) -> Array:
    """a + b, and where that is not exact the neighbour, of the two around the sum, whose last bit is 1."""
    total, error = whole_sum(a, b)
    bits = total.view(np.int64)
    lost = (error != 0) & np.isfinite(total) & (bits & 1 == 0)
    return np.where(lost, bits + np.where((error > 0) == (total > 0), 1, -1), bits).view(np.float64)
