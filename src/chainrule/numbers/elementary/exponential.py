"""exp and what is made of it: x = n·ln 2 + r with |r| ≤ ½ ln 2, and eˣ = 2ⁿ·eʳ.

eʳ = 1 + r + r²·P(r) is kept as a sum of two, so that every user adds its own part before the last rounding.
"""

import math

from chainrule.numbers.elementary.twofold import polynomial, whole_sum
from chainrule.numbers.operations import Machine, V


def exp(m: Machine[V], x: V) -> V:
    """eˣ; 0 below −745.2 after a gradual underflow, ∞ above 709.8."""
    n, high, low = expanded(m, within(m, x))
    return or_nan(m, x, m.scale(high + low, n))


def expm1(m: Machine[V], x: V) -> V:
    """eˣ − 1, without cancellation near 0."""
    n, high, low = expanded(m, within(m, x))
    below, error = whole_sum(m.scale(high, n), -1.0)
    near = below + (error + m.scale(low, n))
    return or_nan(m, x, m.select("==", x, 0.0, x, m.select("<", x, 40.0, near, m.scale(high + low, n))))


def sigmoid(m: Machine[V], x: V) -> V:
    """σ(x) = 1/(1 + e⁻ˣ), by e^(−|x|), so that nothing overflows and the left tail underflows gradually."""
    small = exp(m, m.select("<", x, 0.0, x, -x))
    whole = 1.0 + small
    more = (whole - 1.0) - small  # what the rounding added
    value = m.divide(m.select("<", x, 0.0, small, 1.0), whole)
    inverse = m.select("<", x, 0.0, 1.0 - value, value)  # 1/whole, for the part of the divisor that it lacks
    return m.multiply_add(value, more * inverse, value)


def tanh(m: Machine[V], x: V) -> V:
    """tanh x: x + x³·P(x²) for |x| < 0.55, else ±(1 − 2/(e^(2|x|) + 1))."""
    size = m.select("<", x, 0.0, -x, x)
    square = x * x
    far = 1.0 - m.divide(2.0, exp(m, size + size) + 1.0)
    near = m.select("==", x, 0.0, x, m.multiply_add(x, square * polynomial(m, square, m.constants.tanh_tail), x))
    return m.select("<", size, 0.55, near, m.select("<", x, 0.0, -far, far))


def sinh(m: Machine[V], x: V) -> V:
    """sinh x: x + x³·P(x²) for |x| < 1, else ±(e^|x|/2 − e^−|x|/2)."""
    size = m.select("<", x, 0.0, -x, x)
    square = x * x
    half = half_exp(m, size)
    far = half - m.divide(0.25, half)
    near = m.multiply_add(x, square * polynomial(m, square, m.constants.sinh_tail), x)
    return m.select("<", size, 1.0, near, m.select("<", x, 0.0, -far, far))


def cosh(m: Machine[V], x: V) -> V:
    """cosh x = e^|x|/2 + e^−|x|/2."""
    half = half_exp(m, m.select("<", x, 0.0, -x, x))
    return half + m.divide(0.25, half)


def half_exp(m: Machine[V], x: V) -> V:
    """eˣ/2, finite up to 710.4, where eˣ is not."""
    n, high, low = expanded(m, within(m, x))
    return or_nan(m, x, m.scale(high + low, n - 1.0))


def expanded(m: Machine[V], x: V, more: V | float = 0.0) -> tuple[V, V, V]:
    """(n, high, low) with e^(x + more) = 2ⁿ·(high + low), for x `within` and a tiny ``more``."""
    c = m.constants
    n = m.floor(m.multiply_add(x, c.log2_e, 0.5))
    above, below = m.multiply_add(n, -c.ln2_high, x), n * c.ln2_low
    r = above - below
    rest = ((above - r) - below) + more
    tail = r * r * polynomial(m, r, c.exp_tail)
    high = 1.0 + r
    return n, high, (r - (high - 1.0)) + m.multiply_add(rest, high + tail, tail)


def within(m: Machine[V], x: V) -> V:
    """x cut to where eˣ and eˣ/2 are neither 0 nor ∞, and a little beyond; NaN gives the upper end."""
    lowest, highest = m.constants.exp_lowest, m.constants.exp_highest
    above = m.select("<", x, lowest, lowest, x)
    return m.select("<", above, highest, above, highest)


def or_nan(m: Machine[V], x: V, result: V) -> V:
    """The result, but NaN where x is NaN."""
    return m.select("==", x, x, result, math.nan)
