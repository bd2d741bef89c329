"""Powers: integer exponents by multiplication in a fixed order, all others by a logarithm of double length."""

import math

from chainrule.numbers.elementary.double_double import (
    halved_product,
    halves,
    polynomial,
    quick_sum,
    whole_product,
    whole_sum,
)
from chainrule.numbers.elementary.exponential import expanded, scaled, within
from chainrule.numbers.elementary.logarithm import reduced
from chainrule.numbers.operations import Machine, V


def integer_power(m: Machine[V], x: V, n: int) -> V:
    """xⁿ by the bits of |n| from the second highest down: square, and multiply by x where the bit is 1.

    x³ = (x·x)·x, x⁵ = ((x·x)·(x·x))·x; x⁻ⁿ = 1/xⁿ; x⁰ = 1 but for NaN.
    """
    if n == 0:
        return m.select("==", x, x, 1.0, x)
    power = x
    for bit in f"{abs(n):b}"[1:]:
        power = power * power
        power = power * x if bit == "1" else power
    return m.divide(1.0, power) if n < 0 else power


def power(m: Machine[V], x: V, y: V) -> V:
    """xʸ = e^(y·log x); for x < 0 only an integer y has a value. x⁰ = 1ʸ = 1 but for NaN.

    0ʸ is 0 for y > 0 and ∞ for y < 0, (−0)ʸ with a minus where y is odd; an infinite y is an even integer.
    """
    size = m.select("<", x, 0.0, -x, x)
    ordinary = m.select("<", 0.0, size, m.select("<", size, math.inf, size, 1.0), 1.0)
    bounded = m.select("<", y, -(2.0**65), -(2.0**65), y)
    bounded = m.select("<", bounded, 2.0**65, bounded, 2.0**65)  # beyond, every power but 1ʸ is 0 or ∞ already
    log_high, log_low = long_logarithm(m, ordinary)
    high, low = whole_product(m, bounded, log_high)
    high, low = quick_sum(high, low + bounded * log_low)
    cut = within(m, high)
    n, leading, rest, lost = expanded(m, cut)
    rest = m.multiply_add(-lost, leading, rest)
    more = m.select("==", cut, high, low, 0.0)  # e^more is 1 + more
    inside = scaled(m, leading + m.multiply_add(more, leading + rest, rest), n)
    at_ends = m.select("<", y, 0.0, m.select("==", size, 0.0, math.inf, 0.0), m.select("==", size, 0.0, 0.0, math.inf))
    positive = m.select("==", size, ordinary, inside, at_ends)
    positive = m.select("==", y, 0.0, 1.0, m.select("==", size, 1.0, 1.0, positive))
    odd = m.select("==", m.floor(y), y, m.select("==", m.floor(0.5 * y) * 2.0, y, 0.0, 1.0), 0.0)
    negative = m.select("==", odd, 1.0, -positive, m.select("==", m.floor(y), y, positive, math.nan))
    value = m.select("<", m.select("==", x, 0.0, m.divide(1.0, x), x), 0.0, negative, positive)
    value = m.select("==", x, 0.0, m.select("==", value, value, value, positive), value)  # (−0)^½ is 0
    return m.select("!=", x, x, x, m.select("!=", y, y, y, value))


def long_logarithm(m: Machine[V], x: V) -> tuple[V, V]:
    """log x as a sum of two with a relative error below 2⁻⁶⁵ (float32: 2⁻³⁴), for 0 < x < ∞.

    log f = 2s + ⅔s³ + s⁵·P(s²) with s = (f − 1)/(f + 1).
    """
    c = m.constants
    f, k = reduced(m, x)
    g = f - 1.0
    whole, error = whole_sum(f, 1.0)
    s = m.divide(g, whole)
    product, product_error = whole_product(m, s, whole)
    s_low = m.divide(((g - product) - product_error) - s * error, whole)
    square, square_error = whole_product(m, s, s)
    square_low = square_error + 2.0 * s * s_low
    cubic_high, cubic_low = whole_product(m, square, s)
    cubic_low = cubic_low + (square * s_low + square_low * s)
    term, term_error = halved_product(cubic_high, c.two_thirds_high, halves(m, cubic_high), c.two_thirds_halves)
    term_low = term_error + (cubic_low * c.two_thirds_high + cubic_high * c.two_thirds_low)
    high, first = whole_sum(2.0 * s, term)
    low = first + ((2.0 * s_low + term_low) + cubic_high * square * polynomial(m, square, c.log_long_tail))
    total, second = whole_sum(k * c.ln2_high, high)
    return quick_sum(total, second + (low + k * c.ln2_low))
