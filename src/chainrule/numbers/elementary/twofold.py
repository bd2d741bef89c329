"""Sums and products with their rounding error: a number as an unevaluated sum of two, high + low.

Source: Dekker, Numerische Mathematik 18 (1971) 224-242; Knuth, The Art of Computer Programming 2, §4.2.2.
"""

from collections.abc import Sequence

from chainrule.numbers.operations import V


def polynomial(x: V, coefficients: Sequence[float]) -> V:
    """c₀ + c₁x + c₂x² + … by Horner's rule, from the last coefficient inwards: multiply, then add."""
    total = coefficients[-1] * x + coefficients[-2]
    for coefficient in reversed(coefficients[:-2]):
        total = total * x + coefficient
    return total


def quick_sum(a: V | float, b: V) -> tuple[V, V]:
    """a + b with its error, for |a| ≥ |b| or a = 0."""
    high = a + b
    return high, b - (high - a)


def whole_sum(a: V, b: V | float) -> tuple[V, V]:
    """a + b with its error, whichever is larger."""
    high = a + b
    part = high - a
    return high, (a - (high - part)) + (b - part)


def halves(a: V) -> tuple[V, V]:
    """a = high + low of 26 bits each, so that products of halves are exact; |a| < 2⁹⁹⁶."""
    spread = a * (2.0**27 + 1.0)
    high = spread - (spread - a)
    return high, a - high


def whole_product(a: V, b: V | float) -> tuple[V, V]:
    """a·b with its error, barring overflow and underflow."""
    high = a * b
    a_high, a_low = halves(a)
    b_high, b_low = halves(b)
    return high, ((a_high * b_high - high) + a_high * b_low + a_low * b_high) + a_low * b_low
