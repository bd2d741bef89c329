"""The known functions on decimal numbers of a hundred digits, each from the formula that defines it.

They share nothing with the programs in `elementary`, nor with the rules of differentiation, and so can judge both.
"""

from __future__ import annotations

import decimal
from collections.abc import Callable
from decimal import Context, Decimal

PLACES = 100
CONTEXT = Context(prec=PLACES, Emax=10**12, Emin=-(10**12), traps=[])
ZERO, ONE, TWO, NAN = Decimal(0), Decimal(1), Decimal(2), Decimal("NaN")
PI = Decimal(
    "3.1415926535897932384626433832795028841971693993751058209749445923078164062862089986280348253421170679821480865"
    "132823066470938446095505822317253594081284811174502841"
)


def exp(x: Decimal) -> Decimal:
    return CONTEXT.exp(x)


def log(x: Decimal) -> Decimal:
    return CONTEXT.ln(x)


def sinh(x: Decimal) -> Decimal:
    return CONTEXT.divide(CONTEXT.subtract(exp(x), exp(x.copy_negate())), TWO)


def cosh(x: Decimal) -> Decimal:
    return CONTEXT.divide(CONTEXT.add(exp(x), exp(x.copy_negate())), TWO)


def tanh(x: Decimal) -> Decimal:
    small = exp(CONTEXT.multiply(TWO, x.copy_abs().copy_negate()))
    size = CONTEXT.divide(CONTEXT.subtract(ONE, small), CONTEXT.add(ONE, small))
    return size.copy_sign(x)


def sigmoid(x: Decimal) -> Decimal:
    return CONTEXT.divide(ONE, CONTEXT.add(ONE, exp(x.copy_negate())))


def softplus(x: Decimal) -> Decimal:
    return CONTEXT.add(max(x, ZERO), CONTEXT.ln(CONTEXT.add(ONE, exp(x.copy_abs().copy_negate()))))


def asinh(x: Decimal) -> Decimal:
    size = CONTEXT.ln(CONTEXT.add(x.copy_abs(), CONTEXT.sqrt(CONTEXT.add(ONE, CONTEXT.multiply(x, x)))))
    return size.copy_sign(x)


def series(first: Decimal, factor: Callable[[int], Decimal]) -> Decimal:
    """A sum whose terms follow from each other, until they are too small to count."""
    total, term, number = first, first, 1
    while term and term.adjusted() > total.adjusted() - PLACES - 5:
        term = CONTEXT.multiply(term, factor(number))
        total = CONTEXT.add(total, term)
        number += 1
    return total


def sin(x: Decimal) -> Decimal:
    if not x.is_finite():
        return NAN
    with decimal.localcontext(CONTEXT) as wide:
        wide.prec = PLACES + 20
        y = (x + PI).remainder_near(2 * PI) - PI if abs(x) > PI else x
        y = y + 2 * PI if y < -PI else y
        square = -y * y
    return series(y, lambda n: CONTEXT.divide(square, Decimal(2 * n * (2 * n + 1))))


def cos(x: Decimal) -> Decimal:
    return sin(CONTEXT.add(x, CONTEXT.divide(PI, TWO)))


def arctan(x: Decimal) -> Decimal:
    if not x.is_finite():
        return CONTEXT.divide(PI, TWO).copy_sign(x)
    halved = 0
    while x.copy_abs() > Decimal("0.05"):
        x = CONTEXT.divide(x, CONTEXT.add(ONE, CONTEXT.sqrt(CONTEXT.add(ONE, CONTEXT.multiply(x, x)))))
        halved += 1
    square = CONTEXT.multiply(x.copy_negate(), x)
    found = series(x, lambda n: CONTEXT.divide(CONTEXT.multiply(square, Decimal(2 * n - 1)), Decimal(2 * n + 1)))
    return CONTEXT.multiply(found, Decimal(2**halved))


def erf(x: Decimal) -> Decimal:
    """2/√π·e^(−x²)·(x + 2x³/3 + 4x⁵/(3·5) + …), of terms of one sign; from 16 on it is 1 to the last digit."""
    if x.copy_abs() >= 16:
        return ONE.copy_sign(x)
    square = CONTEXT.multiply(x, x)
    rising = series(x, lambda n: CONTEXT.divide(CONTEXT.multiply(TWO, square), Decimal(2 * n + 1)))
    before = CONTEXT.divide(CONTEXT.multiply(TWO, exp(square.copy_negate())), CONTEXT.sqrt(PI))
    return CONTEXT.multiply(before, rising)


def sqrt(x: Decimal) -> Decimal:
    return CONTEXT.sqrt(x)


def relu(x: Decimal) -> Decimal:
    return max(x, ZERO)


def absolute(x: Decimal) -> Decimal:
    return x.copy_abs()


def sign(x: Decimal) -> Decimal:
    return Decimal((x > 0) - (x < 0))


def floor(x: Decimal) -> Decimal:
    return x.to_integral_value(decimal.ROUND_FLOOR) if x.is_finite() else x
