"""sin, cos and arctan.

x = n·½π + r with |r| ≤ ¼π and r kept as a sum of two. ½π stands in words of which all but the last have so few
bits (26, in float32 11) that their products with n are exact in the range. Beyond ``trigonometric_range`` the digits of
r are lost one by one; the result keeps the same bits on every machine and stays in [−1, 1], but means less and less,
which a run should note.
"""

import math

from chainrule.numbers.coefficients import DOUBLE
from chainrule.numbers.elementary.double_double import polynomial, quick_sum, whole_sum
from chainrule.numbers.operations import Machine, V

TRIGONOMETRIC_RANGE = DOUBLE.trigonometric_range
"""sin and cos keep their promised error up to this size of the argument."""


def sin(m: Machine[V], x: V) -> V:
    """sin x, x in radians; NaN at ±∞."""
    size = m.select("<", x, 0.0, -x, x)
    quarter, r, rest = turned(m, size)
    value = of_quarter(m, quarter, r, rest)
    return m.select("==", x, 0.0, x, finite(m, size, m.select("<", x, 0.0, -value, value)))


def cos(m: Machine[V], x: V) -> V:
    """cos x, x in radians; NaN at ±∞."""
    size = m.select("<", x, 0.0, -x, x)
    quarter, r, rest = turned(m, size)
    return finite(m, size, of_quarter(m, m.select("==", quarter, 3.0, 0.0, quarter + 1.0), r, rest))


def arctan(m: Machine[V], x: V) -> V:
    """arctan x = arctan c + arctan((x − c)/(1 + c·x)), with c = 0, ½, 1, 2 or ∞ by the size of x.

    For these c, x − c and c·x are exact.
    """
    size = m.select("<", x, 0.0, -x, x)
    numerator: V | float = size
    denominator: V | float = 1.0
    high: V | float = 0.0
    low: V | float = 0.0
    for start, c, base_high, base_low in m.constants.arctan_bases:
        above, below = (-1.0, size) if c == math.inf else (size - c, 1.0 + size * c)
        numerator = m.select("<", size, start, numerator, above)
        denominator = m.select("<", size, start, denominator, below)
        high = m.select("<", size, start, high, base_high)
        low = m.select("<", size, start, low, base_low)
    u = m.divide(numerator, denominator)
    square = u * u
    leading, error = quick_sum(high, u)
    value = leading + (error + (u * (square * polynomial(m, square, m.constants.arctan_tail)) + low))
    return m.select("==", x, 0.0, x, m.select("<", x, 0.0, -value, value))


def turned(m: Machine[V], size: V) -> tuple[V, V, V]:
    """(n mod 4, r, rest) with size = n·½π + r + rest, for size ≥ 0."""
    n = m.floor(size * m.constants.two_over_pi + 0.5)
    first, second, *middle, last = m.constants.half_pi_words
    a, error = whole_sum(size - n * first, -second * n)
    for word in middle:
        a, more = whole_sum(a, -word * n)
        error = error + more
    r, rest = whole_sum(a, error - n * last)
    reach = m.constants.reach  # a little above ¼π: n is rounded from a rounded product
    cut = m.select("<", r, reach, r, reach)  # only where the digits are lost; then NaN too becomes the reach
    cut = m.select("<", -reach, cut, cut, -reach)
    return n - 4.0 * m.floor(n * 0.25), cut, m.select("==", cut, r, rest, 0.0)


def finite(m: Machine[V], size: V, value: V) -> V:
    """The value where the size is finite, else NaN."""
    return m.select("<", size, math.inf, value, math.nan)


def of_quarter(m: Machine[V], quarter: V, r: V, rest: V) -> V:
    """sin(quarter·½π + r + rest)."""
    square = r * r
    sine = r + (r * (square * polynomial(m, square, m.constants.sin_tail)) + rest * (1.0 - 0.5 * square))
    half = 0.5 * square
    high = 1.0 - half
    tail = square * (square * polynomial(m, square, m.constants.cos_tail))
    cosine = high + (((1.0 - high) - half) + (tail - r * rest))
    even = m.select("==", quarter, 0.0, sine, -sine)
    odd = m.select("==", quarter, 1.0, cosine, -cosine)
    return m.select("==", quarter, 0.0, even, m.select("==", quarter, 2.0, even, odd))
