"""erf x = 2/√π·∫₀ˣ e^(−t²) dt: near 0 as x + x·P(x²), elsewhere as 1 − e^(−x²)·Q, from 6 on 1 to the last bit.

Q is the scaled complement e^(x²)·erfc x, a polynomial in (x − 3)/(x + 3), in which it is almost straight. What is
rounded away of x² is a share of the small complement, and counts little beside 1.
"""

from chainrule.numbers.elementary.double_double import polynomial
from chainrule.numbers.elementary.exponential import at_most, exp
from chainrule.numbers.operations import Machine, V


def erf(m: Machine[V], x: V) -> V:
    """erf x, odd, from −1 to 1."""
    size = m.select("<", x, 0.0, -x, x)
    square = x * x
    near = m.multiply_add(x, polynomial(m, square, m.constants.erf_near), x)
    cut = at_most(m, size, 6.0)
    scaled = polynomial(m, m.divide(cut - 3.0, cut + 3.0), m.constants.erf_far)
    far = m.multiply_add(-exp(m, -(cut * cut)), scaled, 1.0)
    return m.select("<", size, 0.875, near, m.select("<", x, 0.0, -far, far))
