"""Intervals that certainly contain the result: every bound is rounded outwards.

An interval holds the real numbers between its ends; an infinite end means "without bound". A result holds every value
that the operation has on the arguments: where it has none for some (log of a negative number) those are left out,
where it has none at all, or a divisor contains 0, the result is the whole line. The bounds of an elementary function
are moved out by its promised error, so both the true values and those that the program computes lie inside.
"""

import math
from collections.abc import Callable
from typing import Any

from chainrule.expr.nodes import Comparison
from chainrule.numbers.elementary import TRIGONOMETRIC_RANGE
from chainrule.numbers.operations import FLOAT, compare
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """The real numbers x with lower ≤ x ≤ upper."""

    lower: float
    upper: float

    def __contains__(self, x: float) -> bool:
        return self.lower <= x <= self.upper


WHOLE = Interval(-math.inf, math.inf)

Program = Callable[..., Any]
Enclosure = Callable[..., Interval]
"""From intervals of the arguments to one of the values."""


def bounded(lower: float, upper: float) -> Interval:
    """The interval, or the whole line if a bound is not a number."""
    return Interval(lower, upper) if lower <= upper else WHOLE


def hull(a: Interval, b: Interval) -> Interval:
    """The least interval that holds both."""
    return Interval(min(a.lower, b.lower), max(a.upper, b.upper))


def down(x: float, steps: int = 1) -> float:
    """The float so many places below."""
    for _ in range(steps):
        x = math.nextafter(x, -math.inf)
    return x


def up(x: float, steps: int = 1) -> float:
    """The float so many places above."""
    return -down(-x, steps)


def add(a: Interval, b: Interval) -> Interval:
    """a + b; bounds that are exact stay where they are.

    >>> add(Interval(1.0, 2.0), Interval(0.5, 0.5))
    Interval(lower=1.5, upper=2.5)
    """
    lower, upper = a.lower + b.lower, a.upper + b.upper
    return bounded(
        lower if exact_sum(a.lower, b.lower) else down(lower), upper if exact_sum(a.upper, b.upper) else up(upper)
    )


def exact_sum(a: float, b: float) -> bool:
    """Whether a + b needs no rounding."""
    total = a + b
    part = total - a
    return (a - (total - part)) + (b - part) == 0.0


def negate(a: Interval) -> Interval:
    """−a."""
    return Interval(-a.upper, -a.lower)


def multiply(a: Interval, b: Interval) -> Interval:
    """a·b, with 0·∞ = 0, since an infinite bound is not attained.

    >>> multiply(Interval(0.0, 0.0), WHOLE)
    Interval(lower=0.0, upper=0.0)
    """
    corners = [product(x, y) for x in (a.lower, a.upper) for y in (b.lower, b.upper)]
    return bounded(min(corner.lower for corner in corners), max(corner.upper for corner in corners))


def product(x: float, y: float) -> Interval:
    """The product of two bounds."""
    if x == 0.0 or y == 0.0:
        return Interval(0.0, 0.0)
    if abs(x) == 1.0 or abs(y) == 1.0:
        return Interval(x * y, x * y)
    return Interval(down(x * y), up(x * y))


def divide(a: Interval, b: Interval) -> Interval:
    """a/b; the whole line if b contains 0."""
    if 0.0 in b:
        return WHOLE
    corners = [FLOAT.divide(x, y) for x in (a.lower, a.upper) for y in (b.lower, b.upper)]
    if any(corner != corner for corner in corners):
        return WHOLE
    if a.lower == a.upper == 0.0 or (abs(b.lower) == 1.0 and b.lower == b.upper):
        return bounded(min(corners), max(corners))
    return bounded(down(min(corners)), up(max(corners)))


def integer_power(a: Interval, n: int) -> Interval:
    """aⁿ."""
    if n < 0:
        return divide(Interval(1.0, 1.0), integer_power(a, -n))
    low, high = raised(a.lower, n), raised(a.upper, n)
    if n % 2:
        return Interval(low.lower, high.upper)
    both = hull(low, high)
    return Interval(0.0, both.upper) if 0.0 in a and n else Interval(max(both.lower, 0.0), both.upper)


def raised(x: float, n: int) -> Interval:
    """xⁿ for n ≥ 0, in the order of `elementary.integer_power`."""
    point = total = Interval(x, x)
    for bit in f"{n:b}"[1:]:
        total = multiply(total, total)
        total = multiply(total, point) if bit == "1" else total
    return total if n else Interval(1.0, 1.0)


def power(a: Interval, b: Interval, exp: Enclosure, log: Enclosure, ulps: float) -> Interval:
    """aᵇ as exp(b·log a); for a below 0 only a single integer exponent has a value."""
    if b.lower == b.upper and b.lower == math.floor(b.lower) and abs(b.lower) < 2.0**53:
        whole = integer_power(a, int(b.lower))
        return widened(whole.lower, whole.upper, ulps) if b.lower else whole
    if a.lower < 0.0:
        return WHOLE
    inside = exp(multiply(b, log(a)))
    return widened(inside.lower, inside.upper, ulps, 0.0)


def widened(lower: float, upper: float, ulps: float, least: float = -math.inf, greatest: float = math.inf) -> Interval:
    """Bounds moved out by twice the error (once for the bound, once for a computed value inside), counted in floats.

    Below a power of two the floats are half as far apart, hence a factor of two more.
    """
    steps = 4 * math.ceil(ulps)
    return bounded(max(down(lower, steps), least), min(up(upper, steps), greatest))


def increasing(program: Program, ulps: float, least: float, greatest: float, start: float) -> Enclosure:
    """Of a function that increases in every argument, and has values from ``start`` on.

    >>> from chainrule.numbers.elementary import exp
    >>> 1.0 in increasing(exp, 1.0, 0.0, math.inf, -math.inf)(Interval(-1.0, 0.0))
    True
    """

    def image(*a: Interval) -> Interval:
        if any(one.upper < start for one in a):
            return WHOLE
        lower, upper = (max(one.lower, start) for one in a), (one.upper for one in a)
        return widened(program(FLOAT, *lower), program(FLOAT, *upper), ulps, least, greatest)

    return image


def even(program: Program, ulps: float, least: float, greatest: float, start: float) -> Enclosure:
    """Of a function of the size of its argument alone, which increases with it."""
    of_size = increasing(program, ulps, least, greatest, start)
    return lambda a: of_size(absolute(a))


def wave(top: float) -> Callable[..., Enclosure]:
    """Of a wave that is 1 at ``top`` turns and −1 half a turn later."""

    def shape(program: Program, ulps: float, least: float, greatest: float, _: float) -> Enclosure:
        def image(a: Interval) -> Interval:
            if max(abs(a.lower), abs(a.upper)) > TRIGONOMETRIC_RANGE:
                return Interval(least, greatest)
            ends = program(FLOAT, a.lower), program(FLOAT, a.upper)
            upper = greatest if meets(a, top) else max(ends)
            lower = least if meets(a, top + 0.5) else min(ends)
            return widened(lower, upper, ulps, least, greatest)

        return image

    return shape


def absolute(a: Interval) -> Interval:
    """|a|."""
    least = 0.0 if 0.0 in a else min(abs(a.lower), abs(a.upper))
    return Interval(least, max(abs(a.lower), abs(a.upper)))


def meets(a: Interval, turns: float) -> bool:
    """Whether a contains 2π(k + turns) for an integer k; when in doubt, yes."""
    doubt = 1e-7  # the quotients below are at most 2·10⁷, so their errors are far smaller
    return math.ceil(a.lower / math.tau - turns - doubt) <= a.upper / math.tau - turns + doubt


def compared(comparison: Comparison, a: Interval, b: Interval) -> bool | None:
    """Whether a comparison holds for all pairs of numbers (True), for none (False), or cannot be told (None).

    >>> compared("<", Interval(0.0, 1.0), Interval(2.0, 3.0)), compared("<", Interval(0.0, 2.0), Interval(1.0, 3.0))
    (True, None)
    """
    if comparison in ("==", "!="):
        apart = a.upper < b.lower or b.upper < a.lower
        if not apart and not a.lower == a.upper == b.lower == b.upper:
            return None
        return apart == (comparison == "!=")
    extremes = {compare(comparison, a.lower, b.upper), compare(comparison, a.upper, b.lower)}
    return extremes.pop() if len(extremes) == 1 else None
