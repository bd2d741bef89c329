"""Numbers with more than one imaginary unit: a derivative of any order is read off, and nothing is subtracted for it.

A number of level 1 is a complex number. One of level n is a + jₙ·b with jₙ² = −1, where a and b are of lower levels.
The functions are what the mathematics says of a + j·b for b next to 0: identities such as sin(a + jb) = sin a·cosh b +
j·cos a·sinh b, and for inverse functions their own equation, solved. No rule of differentiation is among them.

Source: Lantoine, Russell, Dargent, "Using multicomplex variables for automatic computation of high-order derivatives",
ACM Transactions on Mathematical Software 38 (2012) 16.
"""

from __future__ import annotations

import cmath
from collections.abc import Callable

from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Multi:
    """a + j·b of a level from 2 on."""

    level: int
    a: complex | Multi
    b: complex | Multi

    @property
    def real(self) -> float:
        """The part without any imaginary unit."""
        return self.a.real

    def __add__(self, other: Moved) -> Multi:
        level, (a, b), (c, d) = matched(self, other)
        return Multi(level, a + c, b + d)

    def __mul__(self, other: Moved) -> Multi:
        level, (a, b), (c, d) = matched(self, other)
        return Multi(level, a * c - b * d, a * d + b * c)

    def __neg__(self) -> Multi:
        return Multi(self.level, -self.a, -self.b)

    def __sub__(self, other: Moved) -> Multi:
        return self + -other

    def __rsub__(self, other: Moved) -> Multi:
        return -self + other

    def __truediv__(self, other: Moved) -> Multi:
        level, (a, b), (c, d) = matched(self, other)
        ratio = d / c
        below = c + d * ratio
        return Multi(level, (a + b * ratio) / below, (b - a * ratio) / below)

    def __rtruediv__(self, other: Moved) -> Multi:
        return Multi(self.level, other, 0j) / self

    __radd__ = __add__
    __rmul__ = __mul__


Moved = complex | Multi


def matched(x: Multi, y: Moved) -> tuple[int, tuple[Moved, Moved], tuple[Moved, Moved]]:
    """The higher level of two numbers, and the parts of both on it."""
    level = max(x.level, y.level) if isinstance(y, Multi) else x.level
    return level, parts(x, level), parts(y, level)


def parts(z: Moved, level: int) -> tuple[Moved, Moved]:
    """(a, b) with z = a + j·b for the unit of a level that is not below that of z."""
    return (z.a, z.b) if isinstance(z, Multi) and z.level == level else (z, 0j)


def unit(level: int, size: float) -> Moved:
    """The imaginary unit of a level, times a size."""
    return complex(0.0, size) if level == 1 else Multi(level, 0j, complex(size))


def part(z: Moved, levels: int) -> float:
    """The number beside the product of the units of the first so many levels."""
    for level in range(levels, 1, -1):
        z = parts(z, level)[1]
    return z.imag if isinstance(z, complex) else 0.0


def moves(z: Moved) -> bool:
    """Whether any imaginary part is there (one that is NaN is)."""
    return z.imag != 0 if isinstance(z, complex) else not zero(z.b) or moves(z.a)


def zero(z: Moved) -> bool:
    """Whether every part is 0."""
    return z == 0 if isinstance(z, complex) else zero(z.a) and zero(z.b)


def grounded(z: Moved, real: float) -> Moved:
    """The number with another part without units."""
    return complex(real, z.imag) if isinstance(z, complex) else Multi(z.level, grounded(z.a, real), z.b)


# ---- functions -------------------------------------------------------------------------------------------------------


def exp(z: Moved) -> Moved:
    if isinstance(z, complex):
        return cmath.exp(z)
    size = exp(z.a)
    return Multi(z.level, size * cos(z.b), size * sin(z.b))


def sin(z: Moved) -> Moved:
    if isinstance(z, complex):
        return cmath.sin(z)
    return Multi(z.level, sin(z.a) * cosh(z.b), cos(z.a) * sinh(z.b))


def cos(z: Moved) -> Moved:
    if isinstance(z, complex):
        return cmath.cos(z)
    return Multi(z.level, cos(z.a) * cosh(z.b), -(sin(z.a) * sinh(z.b)))


def sinh(z: Moved) -> Moved:
    if isinstance(z, complex):
        return cmath.sinh(z)
    return Multi(z.level, sinh(z.a) * cos(z.b), cosh(z.a) * sin(z.b))


def cosh(z: Moved) -> Moved:
    if isinstance(z, complex):
        return cmath.cosh(z)
    return Multi(z.level, cosh(z.a) * cos(z.b), sinh(z.a) * sin(z.b))


def tanh(z: Moved) -> Moved:
    if isinstance(z, complex):
        return cmath.tanh(z)
    small = exp(-2 * z) if z.real >= 0 else exp(2 * z)
    value = (1 - small) / (1 + small)
    return value if z.real >= 0 else -value


def log(z: Moved) -> Moved:
    """The y with eʸ = z: from y to y + z·e⁻ʸ − 1 the error is squared."""
    return cmath.log(z) if isinstance(z, complex) else solved(z, log, lambda y: y + (z * exp(-y) - 1))


def sqrt(z: Moved) -> Moved:
    """The y with y² = z: from y to the mean of y and z/y the error is squared."""
    return cmath.sqrt(z) if isinstance(z, complex) else solved(z, sqrt, lambda y: (y + z / y) / 2)


def arctan(z: Moved) -> Moved:
    """The y with tan y = z: what is missing has the tangent (z·cos y − sin y)/(cos y + z·sin y)."""
    if isinstance(z, complex):
        return cmath.atan(z)
    return solved(z, arctan, lambda y: y + (z * cos(y) - sin(y)) / (cos(y) + z * sin(y)))


def asinh(z: Moved) -> Moved:
    """log(z + √(z² + 1)), odd."""
    if z.real < 0:
        return -asinh(-z)
    return cmath.asinh(z) if isinstance(z, complex) else log(z + sqrt(z * z + 1))


def solved(z: Multi, function: Callable[[Moved], Moved], better: Callable[[Moved], Moved]) -> Moved:
    """An inverse function from its value one level below: an error of that level is gone once it is squared."""
    return better(function(z.a))
