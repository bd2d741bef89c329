"""The functions on complex numbers, for derivatives by a complex step: the imaginary part carries the change.

They come from cmath or from a formula of the mathematics, never from the programs in `elementary` and never from a rule
of differentiation, so that they can judge both. A function with a kink is decided by the real part; where a real
function has no value, so has its complex form (NaN).
"""

import cmath
from collections.abc import Callable

UNDEFINED = complex(float("nan"), float("nan"))


def total(function: Callable[..., complex]) -> Callable[..., complex]:
    """The function, NaN where cmath refuses."""

    def safe(*z: complex) -> complex:
        try:
            return function(*z)
        except (OverflowError, ValueError, ZeroDivisionError):
            return UNDEFINED

    return safe


def logarithm(z: complex) -> complex:
    """log z, of a positive real part."""
    return cmath.log(z) if z.real > 0 else UNDEFINED


def square_root(z: complex) -> complex:
    """√z, of a real part that is not negative."""
    return cmath.sqrt(z) if z.real >= 0 else UNDEFINED


def sigmoid(z: complex) -> complex:
    """1/(1 + e⁻ᶻ)."""
    return 1 / (1 + cmath.exp(-z)) if z.real >= 0 else cmath.exp(z) / (1 + cmath.exp(z))


def softplus(z: complex) -> complex:
    """log(1 + eᶻ)."""
    return z + cmath.log(1 + cmath.exp(-z)) if z.real >= 0 else cmath.log(1 + cmath.exp(z))


def relu(z: complex) -> complex:
    """z where the real part is positive, else 0."""
    return z if z.real > 0 else 0 * z


def absolute(z: complex) -> complex:
    """z or −z by the sign of the real part; 0·z between, where the slope is taken as 0."""
    return z if z.real > 0 else -z if z.real < 0 else 0 * z


def sign(z: complex) -> complex:
    """The sign of the real part."""
    return complex((z.real > 0) - (z.real < 0)) if z == z else UNDEFINED


def maximum(a: complex, b: complex) -> complex:
    """The one with the greater real part; of a tie, half of each."""
    return a if a.real > b.real else b if b.real > a.real else (a + b) / 2


def minimum(a: complex, b: complex) -> complex:
    """The one with the lesser real part; of a tie, half of each."""
    return a if a.real < b.real else b if b.real < a.real else (a + b) / 2


def integer_power(z: complex, n: int) -> complex:
    """zⁿ by multiplication."""
    result, factor, left = complex(1), z, abs(n)
    while left:
        result = result * factor if left % 2 else result
        factor, left = factor * factor, left // 2
    return 1 / result if n < 0 else result


def power(z: complex, exponent: complex) -> complex:
    """z to the exponent: e^(exponent·log z); of a negative z by the parity of a real integer exponent."""
    y = exponent.real
    if exponent.imag == 0 and y == y // 1 and abs(y) < 2**53:
        return integer_power(z, int(y))
    if z.real == 0:
        return 0 * z if y > 1 else UNDEFINED
    return cmath.exp(exponent * cmath.log(z)) if z.real > 0 else UNDEFINED
