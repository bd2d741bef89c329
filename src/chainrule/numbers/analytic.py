"""The functions on complex and multicomplex numbers, for derivatives: the imaginary parts carry the change.

They come from cmath or from a formula of the mathematics, never from the programs in `elementary` and never from a rule
of differentiation, so that they can judge both. A function with a kink is decided by the real part; where a real
function has no value, or no slope, so has its complex form (NaN).
"""

import math
from collections.abc import Callable

from chainrule.numbers.multicomplex import Moved, Multi, exp, log, moves, zero
from chainrule.numbers.multicomplex import sqrt as root

UNDEFINED = complex(float("nan"), float("nan"))


def total(function: Callable[..., Moved]) -> Callable[..., Moved]:
    """The function, NaN where cmath refuses."""

    def safe(*z: Moved) -> Moved:
        try:
            return function(*z)
        except (OverflowError, ValueError, ZeroDivisionError):
            return UNDEFINED

    return safe


def logarithm(z: Moved) -> Moved:
    """log z, of a positive real part."""
    return log(z) if z.real > 0 else UNDEFINED


def square_root(z: Moved) -> Moved:
    """√z, of a positive real part; at 0 it has no slope."""
    return root(z) if z.real > 0 else 0j if zero(z) else UNDEFINED


def sigmoid(z: Moved) -> Moved:
    """1/(1 + e⁻ᶻ)."""
    return 1 / (1 + exp(-z)) if z.real >= 0 else exp(z) / (1 + exp(z))


def softplus(z: Moved) -> Moved:
    """log(1 + eᶻ)."""
    return z + log(1 + exp(-z)) if z.real >= 0 else log(1 + exp(z))


def erf(z: Moved) -> Moved:
    """2/√π·e^(−z²)·(z + 2z³/3 + 4z⁵/(3·5) + …); from 1.5 on 1 − e^(−z²)/√π·1/(z + ½/(z + 1/(z + 1½/(z + …)))).

    Source: NIST Digital Library of Mathematical Functions, dlmf.nist.gov, §7.6 and §7.9.
    """
    if z.real < 0:
        return -erf(-z)
    if z.real < 1.5:
        term = series = z
        for n in range(1, 40):  # from there on a term is a tenth of the one before
            term = term * (z * z) * (2 / (2 * n + 1))
            series = series + term
        return series * exp(-(z * z)) * (2 / math.sqrt(math.pi))
    fraction = z
    for n in range(100, 0, -1):
        fraction = z + (n / 2) / fraction
    return 1 - exp(-(z * z)) * (1 / math.sqrt(math.pi)) / fraction


def relu(z: Moved) -> Moved:
    """z where the real part is positive, else 0."""
    return z if z.real > 0 or z.real != z.real else 0j


def absolute(z: Moved) -> Moved:
    """z or −z by the sign of the real part; 0 between, where the slope is taken as 0."""
    return -z if z.real < 0 else 0j if z.real == 0 else z


def sign(z: Moved) -> Moved:
    """The sign of the real part."""
    return complex((z.real > 0) - (z.real < 0)) if z.real == z.real else UNDEFINED


def floor(z: Moved) -> Moved:
    """The greatest integer up to the real part."""
    return complex(z.real // 1.0) if abs(z.real) < 2.0**52 else complex(z.real)


def maximum(*z: Moved) -> Moved:
    """The one with the greatest real part; of a tie, an equal share of each."""
    return shared(max, z)


def minimum(*z: Moved) -> Moved:
    """The one with the least real part; of a tie, an equal share of each."""
    return shared(min, z)


def shared(extreme: Callable[[list[float]], float], z: tuple[Moved, ...]) -> Moved:
    sizes = [one.real for one in z]
    if any(size != size for size in sizes):
        return UNDEFINED
    reached = [one for one in z if one.real == extreme(sizes)]
    if len(reached) == 1:
        return reached[0]
    total: Moved = 0j
    for one in reached:
        total = total + one * (1 / len(reached))
    return total


def integer_power(z: Moved, n: int) -> Moved:
    """zⁿ by multiplication."""
    result: Moved = complex(1)
    factor, left = z, abs(n)
    while left:
        result = result * factor if left % 2 else result
        factor, left = factor * factor if left > 1 else factor, left // 2
    return 1 / result if n < 0 else result


def power(z: Moved, exponent: Moved) -> Moved:
    """z to the exponent: e^(exponent·log z); of a negative z by the parity of a real integer exponent.

    At z = 0 a positive exponent may move without any effect, and a power above the order of the derivative is 0.
    """
    y = exponent.real
    whole = y == y // 1 and abs(y) < 2**53
    if whole and (not moves(exponent) or (z.real == 0 and y >= 0)):
        return integer_power(z, int(y))
    if z.real == 0 and y > 0 and (not moves(z) or y > (z.level if isinstance(z, Multi) else 1)):
        return 0j
    return exp(exponent * log(z)) if z.real > 0 else UNDEFINED
