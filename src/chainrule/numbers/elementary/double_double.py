"""Sums and products with their rounding error: a number as an unevaluated sum of two, high + low.

Source: Dekker, Numerische Mathematik 18 (1971) 224-242; Knuth, The Art of Computer Programming 2, §4.2.2.
"""

from collections.abc import Sequence

from chainrule.numbers.operations import Machine, V


def polynomial(m: Machine[V], x: V, coefficients: Sequence[float]) -> V:
    """c₀ + c₁x + c₂x² + … by Horner's rule, from the last coefficient inwards: multiply and add."""
    total = m.multiply_add(x, coefficients[-1], coefficients[-2])
    for coefficient in reversed(coefficients[:-2]):
        total = m.multiply_add(total, x, coefficient)
    return total


def spread(m: Machine[V], x: V, coefficients: Sequence[float]) -> V:
    """The same sum by Estrin's scheme: neighbours are joined, with x, then x², then x⁴ …: a shorter chain.

    Source: Estrin, Proc. Western Joint Computer Conference (1960) 33-40.
    """
    terms: list[V | float] = list(coefficients)
    while len(terms) > 1:
        pairs = [m.multiply_add(x, later, first) for first, later in zip(terms[::2], terms[1::2], strict=False)]
        terms = [*pairs, *terms[2 * len(pairs) :]]
        x = x * x
    return terms[0]  # type: ignore[return-value]


def nearest(m: Machine[V], x: V, factor: float) -> V:
    """The integer nearest to x·factor, −0 never: a sum with a number whose last bit is 1."""
    ones = m.constants.ones
    return m.multiply_add(x, factor, ones) - ones


def quick_sum(a: V | float, b: V) -> tuple[V, V]:
    """a + b with its error, for |a| ≥ |b| or a = 0."""
    high = a + b
    return high, b - (high - a)


def whole_sum(a: V, b: V | float) -> tuple[V, V]:
    """a + b with its error, whichever is larger."""
    high = a + b
    part = high - a
    return high, (a - (high - part)) + (b - part)


def halves(m: Machine[V], a: V) -> tuple[V, V]:
    """a = high + low, of half the bits each, so that products of halves are exact; |a| < 2⁹⁹⁶ (float32: 2¹¹⁵)."""
    spread = a * m.constants.splitter
    high = spread - (spread - a)
    return high, a - high


def whole_product(m: Machine[V], a: V, b: V) -> tuple[V, V]:
    """a·b with its error, barring overflow and underflow."""
    of_a, of_b = halves(m, a), halves(m, b)
    return halved_product(a, b, of_a, of_b)


def halved_product(a: V, b: V | float, a_halves: tuple[V, V], b_halves: tuple[V | float, V | float]) -> tuple[V, V]:
    """a·b with its error, the halves of both given."""
    high = a * b
    (a_high, a_low), (b_high, b_low) = a_halves, b_halves
    return high, ((a_high * b_high - high) + a_high * b_low + a_low * b_high) + a_low * b_low
