"""The nine machine operations, of which every elementary function is a program.

``a + b``, ``a - b`` and ``a * b`` are Python's operators on a machine's values (``-a`` is ``-1*a``); the other six are
methods: divide, sqrt, floor, select on a comparison, scale by a power of two, split into fraction and exponent.
``multiply_add`` is a multiplication and an addition, but for machines of fused numerics, where it is one operation. A
machine gives the IEEE 754 result of each, rounded to nearest, subnormals kept, and never warns or raises: so a program
over them has the same bits on every machine. A program has no branch on a value but ``select``, and both sides of a
``select`` are computed.

The bits of a NaN are not promised (processors differ); what is recorded or hashed is made canonical first.
"""

import math
from fractions import Fraction
from typing import Any, Protocol, Self, TypeVar

from chainrule.expr.nodes import Comparison
from chainrule.numbers.coefficients import DOUBLE
from chainrule.numbers.constants import Constants


class Value(Protocol):
    """What a machine computes with: floats, arrays, or the symbols of a code generator."""

    def __add__(self, other: Any, /) -> Self: ...
    def __radd__(self, other: Any, /) -> Self: ...
    def __sub__(self, other: Any, /) -> Self: ...
    def __rsub__(self, other: Any, /) -> Self: ...
    def __mul__(self, other: Any, /) -> Self: ...
    def __rmul__(self, other: Any, /) -> Self: ...
    def __neg__(self) -> Self: ...


V = TypeVar("V", bound=Value)


class Machine(Protocol[V]):
    """The operations that are not Python operators. A constant of a program is a Python float.

    ``constants`` are those of the format that the machine computes in.
    """

    @property
    def constants(self) -> Constants: ...

    def multiply_add(self, a: V, b: V | float, c: V | float, /) -> V:
        """a·b + c: rounded twice, or once on a machine of fused numerics."""

    def divide(self, a: V | float, b: V | float, /) -> V:
        """a ÷ b; a/0 is ±∞ and 0/0 is NaN."""

    def sqrt(self, a: V, /) -> V:
        """√a; NaN below zero, and √−0 is −0."""

    def floor(self, a: V, /) -> V:
        """The greatest integer ≤ a, as a value; −0, ±∞ and NaN stay what they are."""

    def select(self, comparison: Comparison, a: V | float, b: V | float, then: V | float, otherwise: V | float, /) -> V:
        """``then`` where the comparison of a with b holds, else ``otherwise``; with a NaN only ``!=`` holds."""

    def scale(self, a: V | float, n: V, /) -> V:
        """a·2ⁿ for an integer n from −1022 to 1023 (in float32 from −126 to 127), where 2ⁿ is a normal number.

        Where n is NaN the result is a number, or NaN, of which nothing is promised.
        """

    def split(self, a: V, /) -> tuple[V, V]:
        """(f, e) with a = f·2ᵉ and ½ ≤ |f| < 1; (a, 0) if a is ±0, ±∞ or NaN."""


class FloatMachine:
    """The machine of Python's own floats."""

    constants = DOUBLE

    def multiply_add(self, a: float, b: float, c: float, /) -> float:
        return a * b + c

    def divide(self, a: float, b: float, /) -> float:
        if b:
            return a / b
        return math.copysign(math.inf, a) * math.copysign(1.0, b) if a and a == a else math.nan

    def sqrt(self, a: float, /) -> float:
        return math.nan if a < 0 else math.sqrt(a)

    def floor(self, a: float, /) -> float:
        return a // 1.0 if -(2.0**52) < a < 2.0**52 else a  # every float beyond is an integer, ∞ or NaN

    def select(self, comparison: Comparison, a: float, b: float, then: float, otherwise: float, /) -> float:
        return then if compare(comparison, a, b) else otherwise

    def scale(self, a: float, n: float, /) -> float:
        return a * math.ldexp(1.0, int(n)) if n == n else math.nan

    def split(self, a: float, /) -> tuple[float, float]:
        fraction, exponent = math.frexp(a)
        return fraction, float(exponent)


class FusedFloatMachine(FloatMachine):
    """The machine of Python's own floats that multiplies and adds with one rounding."""

    def multiply_add(self, a: float, b: float, c: float, /) -> float:
        return fma(a, b, c)


FLOAT = FloatMachine()
FUSED_FLOAT = FusedFloatMachine()


def fma(a: float, b: float, c: float) -> float:
    """a·b + c, rounded once, by fractions; infinities and NaN as IEEE 754 has them.

    >>> fma(0.1, 10.0, -1.0)
    5.551115123125783e-17
    """
    if not (math.isfinite(a) and math.isfinite(b)):
        return a * b + c
    if not math.isfinite(c) or a == 0 or b == 0:
        return c if not math.isfinite(c) else a * b + c
    total = Fraction(a) * Fraction(b) + Fraction(c)
    try:
        return total.numerator / total.denominator
    except OverflowError:
        return math.inf if total > 0 else -math.inf


def compare(comparison: Comparison, a: float, b: float) -> bool:
    """Whether a comparison of two floats holds; with a NaN only ``!=`` does.

    >>> compare("<=", 1.0, 2.0), compare("==", math.nan, math.nan)
    (True, False)
    """
    match comparison:
        case "<":
            return a < b
        case "<=":
            return a <= b
        case ">":
            return a > b
        case ">=":
            return a >= b
        case "==":
            return a == b
        case "!=":
            return a != b
