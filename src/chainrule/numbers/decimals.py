"""The known functions on decimal numbers of a hundred digits, each from the formula that defines it.

They share nothing with the programs in `elementary`, nor with the rules of differentiation, and so can judge both.
"""

from __future__ import annotations

import decimal
from collections.abc import Callable
from decimal import Context, Decimal
from functools import cache

PLACES = 100
CONTEXT = Context(prec=PLACES, Emax=10**12, Emin=-(10**12), traps=[])
ZERO, ONE, TWO, NAN = Decimal(0), Decimal(1), Decimal(2), Decimal("NaN")
MOST = 1_000
"""Powers of ten of an angle that is brought back to a circle: numbers of a computer end at 308."""


@cache
def pi(places: int) -> Decimal:
    """π to so many digits, by Machin's formula in whole numbers: π/4 = 4·arctan(1/5) − arctan(1/239)."""
    one: int = 10 ** (places + 10)

    def arctan_of_one_over(n: int) -> int:
        power, total, odd = one // n, one // n, 1
        while power:
            power, odd = -(power // (n * n)) if power > 0 else -power // (n * n), odd + 2
            total += power // odd if power > 0 else -(-power // odd)
        return total

    whole = 4 * (4 * arctan_of_one_over(5) - arctan_of_one_over(239))
    return Decimal(whole).scaleb(-(places + 10), Context(prec=places + 20))


PI = pi(PLACES + 20)


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
    while term and term.is_finite() and term.adjusted() > total.adjusted() - PLACES - 5:
        term = CONTEXT.multiply(term, factor(number))
        total = CONTEXT.add(total, term)
        number += 1
    return total


def angle(x: Decimal) -> Decimal:
    """x less whole turns, between −π and π, to as many digits as a small angle; no number where x is beyond them."""
    if not x.is_finite() or x.adjusted() > MOST:
        return NAN
    places = PLACES + 20 + 100 * -(-max(x.adjusted(), 0) // 100)
    with decimal.localcontext(CONTEXT) as wide:
        wide.prec = places
        return x.remainder_near(2 * pi(places))


def sine(y: Decimal) -> Decimal:
    """y − y³/3! + y⁵/5! − …, of an angle within a turn."""
    with decimal.localcontext(CONTEXT) as wide:
        wide.prec = PLACES + 20
        square = -y * y
    return series(y, lambda n: CONTEXT.divide(square, Decimal(2 * n * (2 * n + 1))))


def sin(x: Decimal) -> Decimal:
    return sine(angle(x))


def cos(x: Decimal) -> Decimal:
    with decimal.localcontext(CONTEXT) as wide:
        wide.prec = PLACES + 20
        y = PI / 2 - abs(angle(x))
    return sine(y)


def arctan(x: Decimal) -> Decimal:
    if not x.is_finite() or x.adjusted() > PLACES + 5:
        return NAN if x.is_nan() else CONTEXT.divide(PI, TWO).copy_sign(x)
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
