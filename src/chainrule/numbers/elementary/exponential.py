"""exp and what is made of it: x = n·ln 2 + r with |r| ≤ ½ ln 2, and eˣ = 2ⁿ·eʳ.

eʳ = 1 + r + r²·P(r) is kept as a sum of two, so that every user adds its own part before the last rounding. A NaN needs
no care of its own: each cut lets it pass, and it goes through every sum and product.
"""

from chainrule.numbers.elementary.double_double import nearest, polynomial, spread, whole_sum
from chainrule.numbers.operations import Machine, V


def exp(m: Machine[V], x: V) -> V:
    """eˣ; 0 below −745.2 after a gradual underflow, ∞ above 709.8."""
    n, high, low, _ = expanded(m, within(m, x))
    return scaled(m, high + low, n)


def expm1(m: Machine[V], x: V) -> V:
    """eˣ − 1, without cancellation near 0: four times its quarter, because 2ⁿ may be beyond the largest number."""
    n, high, low, lost = expanded(m, at_most(m, at_least(m, x, -40.0), m.constants.exp_highest))
    quarter = m.scale(1.0, n - 2.0)
    below, error = whole_sum(quarter * high, -0.25)
    value = 4.0 * (below + m.multiply_add(quarter, m.multiply_add(-lost, high, low), error))
    return m.select("<", m.select("<", x, -x, -x, x), 2.0**-54, x, value)


def sigmoid(m: Machine[V], x: V) -> V:
    """σ(x) = 1/(1 + e⁻ˣ), by e^(−|x|), so that nothing overflows and the left tail underflows gradually."""
    small = decay(m, x)
    return m.divide(m.select("<", x, 0.0, small, 1.0), 1.0 + small)


def tanh(m: Machine[V], x: V) -> V:
    """tanh x = ±(1 − e^(−2|x|))/(1 + e^(−2|x|)), with e^(−2|x|) = 2⁻ⁿ·(1 − q): near 0 there is no cancellation."""
    size = m.select("<", x, -x, -x, x)  # at 0 with the sign of x, which q and the quotient keep
    n, r, _ = reduced(m, at_most(m, size + size, 40.0))  # from there on 1
    power = m.scale(1.0, -n)
    q = m.multiply_add(-(r * r), spread(m, -r, m.constants.exp_tail), r)
    value = m.divide(m.multiply_add(power, q, -(power - 1.0)), m.multiply_add(-power, q, 1.0 + power))
    return m.select("<", x, 0.0, -value, value)


def sinh(m: Machine[V], x: V) -> V:
    """sinh x: x + x³·P(x²) for |x| < 1, else ±(e^|x|/2 − e^−|x|/2)."""
    size = m.select("<", x, -x, -x, x)
    square = x * x
    half = half_exp(m, size)
    far = half - m.divide(0.25, half)
    near = m.multiply_add(x, square * polynomial(m, square, m.constants.sinh_tail), x)
    return m.select("<", size, 1.0, near, m.select("<", x, 0.0, -far, far))


def cosh(m: Machine[V], x: V) -> V:
    """cosh x = e^|x|/2 + e^−|x|/2."""
    half = half_exp(m, m.select("<", x, -x, -x, x))
    return half + m.divide(0.25, half)


def half_exp(m: Machine[V], x: V) -> V:
    """eˣ/2 for x ≥ 0, finite up to 710.4, where eˣ is not."""
    n, high, low, _ = expanded(m, at_most(m, x, m.constants.exp_highest))
    return 2.0 * m.scale(high + low, n - 2.0)


def decay(m: Machine[V], x: V) -> V:
    """e^(−|x|); scaled once and then by 2⁻⁶⁴, so that it underflows gradually and is rounded once there."""
    n, high, low, _ = expanded(m, at_least(m, m.select("<", x, -x, x, -x), m.constants.exp_lowest))
    return m.scale(high + low, n + 64.0) * 2.0**-64


def expanded(m: Machine[V], x: V) -> tuple[V, V, V, V]:
    """(n, high, low, lost) with eˣ = 2ⁿ·(high + low)·e^−lost; lost is at most a quarter of the last place."""
    n, r, lost = reduced(m, x)
    high = 1.0 + r
    return n, high, m.multiply_add(r * r, spread(m, r, m.constants.exp_tail), r - (high - 1.0)), lost


def reduced(m: Machine[V], x: V) -> tuple[V, V, V]:
    """(n, r, lost) with x = n·ln 2 + r − lost, n an integer, and lost what the last rounding of r added."""
    c = m.constants
    n = nearest(m, x, c.log2_e)
    above = m.multiply_add(n, -c.ln2_high, x)
    r = m.multiply_add(n, -c.ln2_low, above)
    return n, r, m.multiply_add(n, c.ln2_low, r - above)


def scaled(m: Machine[V], a: V, n: V) -> V:
    """a·2ⁿ for a near 1, n from −2044 to 2046: in two steps, of which the first is exact; so it is rounded once."""
    half = m.floor(0.5 * n)
    return m.scale(m.scale(a, half), n - half)


def within(m: Machine[V], x: V) -> V:
    """x cut to where eˣ and eˣ/2 are neither 0 nor ∞, and a little beyond."""
    return at_most(m, at_least(m, x, m.constants.exp_lowest), m.constants.exp_highest)


def at_least(m: Machine[V], x: V, lowest: float) -> V:
    return m.select("<", x, lowest, lowest, x)


def at_most(m: Machine[V], x: V, highest: float) -> V:
    return m.select("<", highest, x, highest, x)
