"""log and what is made of it: x = f·2ᵏ with √½ ≤ f < √2, and log x = k·ln 2 + log f.

With g = f − 1 and s = g/(2 + g), log f = 2·artanh s = g − (½g² − s·(½g² + R)), R = s²·P(s²).
"""

import math
from collections.abc import Sequence

from chainrule.numbers.elementary.double_double import polynomial, quick_sum, whole_sum
from chainrule.numbers.elementary.exponential import decay, exp
from chainrule.numbers.elementary.piecewise import maximum
from chainrule.numbers.operations import Machine, V


def log(m: Machine[V], x: V) -> V:
    """log x to the base e; −∞ at 0, NaN below."""
    return limits(m, x, logarithm(m, x))


def log1p(m: Machine[V], x: V) -> V:
    """log(1 + x), without cancellation near 0."""
    whole, rest = whole_sum(x, 1.0)
    return m.select("==", x, 0.0, x, limits(m, whole, logarithm(m, whole, m.divide(rest, whole))))


def asinh(m: Machine[V], x: V) -> V:
    """asinh x = log(|x| + √(x² + 1)), odd: log(1 + |x| + x²/(1 + √(1 + x²))), from 2²⁸ on log(2·|x|).

    The sum is kept as a sum of two, so that nothing is lost near 0.
    """
    size = m.select("<", x, 0.0, -x, x)
    near = m.select("<", size, 2.0**28, size, 1.0)
    square = near * near
    sum_high, sum_low = whole_sum(near, m.divide(square, 1.0 + m.sqrt(1.0 + square)))
    whole, rest = whole_sum(sum_high, 1.0)
    more = m.select("<", size, 2.0**28, m.divide(rest + sum_low, whole), 0.0)
    whole = m.select("<", size, 2.0**28, whole, size)
    octaves = m.select("<", size, 2.0**28, 0.0, 1.0)
    value = limits(m, whole, logarithm(m, whole, more, octaves))
    return m.select("==", x, 0.0, x, m.select("<", x, 0.0, -value, value))


def softplus(m: Machine[V], x: V) -> V:
    """log(1 + eˣ) as max(x, 0) + log(1 + e^(−|x|)), so that nothing overflows."""
    return m.select("<", x, 0.0, 0.0, x) + log1p(m, decay(m, x))


def logsumexp(m: Machine[V], values: Sequence[V]) -> V:
    """log Σ exp zₖ as M + log Σ exp(zₖ − M) with M = max z, the sum in written order."""
    top = values[0]
    for value in values[1:]:
        top = maximum(m, top, value)
    total = exp(m, values[0] - top)
    for value in values[1:]:
        total = total + exp(m, value - top)
    value = top + log(m, total)
    return m.select("==", top, math.inf, top, m.select("==", top, -math.inf, top, value))


def reduced(m: Machine[V], x: V) -> tuple[V, V]:
    """(f, k) with x = f·2ᵏ and √½ ≤ f < √2."""
    f, k = m.split(x)
    low = m.constants.sqrt_half
    return m.select("<", f, low, f + f, f), m.select("<", f, low, k - 1.0, k)


def logarithm(m: Machine[V], x: V, more: V | float = 0.0, octaves: V | None = None) -> V:
    """log x + more, for 0 < x < ∞ and a ``more`` below the last bit of 1; with octaves, of x times so many twos."""
    c = m.constants
    f, k = reduced(m, x)
    k = k if octaves is None else k + octaves
    g = f - 1.0
    s = m.divide(g, 2.0 + g)
    square = s * s
    half = 0.5 * g * g
    tail = half - s * (half + square * polynomial(m, square, c.log_tail))
    high, error = quick_sum(k * c.ln2_high, g)
    return high + (error + ((k * c.ln2_low + more) - tail))


def limits(m: Machine[V], x: V, inside: V) -> V:
    """The logarithm of x at the ends: −∞ at 0, NaN below, ∞ at ∞."""
    return m.select("<", 0.0, x, m.select("==", x, math.inf, x, inside), m.select("==", x, 0.0, -math.inf, math.nan))
