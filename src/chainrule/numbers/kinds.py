"""The kinds of number an expression can be evaluated on: what a sum, a quotient, a function is for each.

``FLOATS`` is the definition of `exact` numerics: float64, each operation rounded once, n-ary sums and products from
left to right, elementary functions by their programs. ``COMPLEXES`` serves derivatives by a complex step; its real
parts are those numbers, and decide comparisons. ``INTERVALS`` encloses; a comparison that cannot be told gives both
answers.
"""

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import reduce
from typing import Protocol, TypeVar

from chainrule.expr.nodes import Comparison
from chainrule.numbers import analytic, elementary, interval
from chainrule.numbers.functions import FUNCTIONS, ULPS
from chainrule.numbers.interval import Interval
from chainrule.numbers.multicomplex import Moved, Multi, exp, grounded, log, moves
from chainrule.numbers.operations import FLOAT, compare

N = TypeVar("N")


class Kind(Protocol[N]):
    """The arithmetic of one kind of number."""

    pi: N

    def number(self, value: Fraction, /) -> N: ...
    def given(self, value: object, /) -> N:
        """A value from outside, such as an entry of an array, as this kind."""

    def add(self, a: N, b: N, /) -> N: ...
    def multiply(self, a: N, b: N, /) -> N: ...
    def negate(self, a: N, /) -> N: ...
    def divide(self, a: N, b: N, /) -> N: ...
    def integer_power(self, a: N, n: int, /) -> N: ...
    def power(self, a: N, b: N, /) -> N: ...
    def call(self, function: str, arguments: Sequence[N], /) -> N: ...
    def extreme(self, operator: str, values: Sequence[N], /) -> N:
        """The greatest (``max``) or the least (``min``) of values in written order."""

    def logsumexp(self, values: Sequence[N], /) -> N: ...
    def compare(self, comparison: Comparison, a: N, b: N, /) -> bool | None: ...
    def either(self, a: N, b: N, /) -> N:
        """What is known of a number that is a or b."""


class Floats:
    """Python's floats through the machine `FLOAT`: never an exception, ±∞ and NaN as IEEE 754 has them."""

    pi = math.pi

    def number(self, value: Fraction, /) -> float:
        return nearest(value)

    def given(self, value: object, /) -> float:
        return float(value)  # type: ignore[arg-type]

    def add(self, a: float, b: float, /) -> float:
        return a + b

    def multiply(self, a: float, b: float, /) -> float:
        return a * b

    def negate(self, a: float, /) -> float:
        return -a

    def divide(self, a: float, b: float, /) -> float:
        return FLOAT.divide(a, b)

    def integer_power(self, a: float, n: int, /) -> float:
        return elementary.integer_power(FLOAT, a, n)

    def power(self, a: float, b: float, /) -> float:
        return elementary.power(FLOAT, a, b)

    def call(self, function: str, arguments: Sequence[float], /) -> float:
        return float(FUNCTIONS[function].program(FLOAT, *arguments))

    def extreme(self, operator: str, values: Sequence[float], /) -> float:
        return reduce(lambda a, b: self.call(operator, (a, b)), values)

    def logsumexp(self, values: Sequence[float], /) -> float:
        return elementary.logsumexp(FLOAT, values)

    def compare(self, comparison: Comparison, a: float, b: float, /) -> bool:
        return compare(comparison, a, b)

    def either(self, a: float, b: float, /) -> float:
        return a if a == b else math.nan


class Complexes:
    """Complex numbers, and those of higher levels; an operation without a value gives NaN.

    Real parts are those of `Floats`, to the bit: a tie, a kink and a comparison are decided as they are for numbers.
    ``level`` is how many imaginary units are in use.
    """

    pi: Moved = complex(math.pi)

    def __init__(self, level: int = 1) -> None:
        self.level = level

    def number(self, value: Fraction, /) -> Moved:
        return complex(nearest(value))

    def given(self, value: object, /) -> Moved:
        return value if isinstance(value, Multi) else complex(value)  # type: ignore[call-overload]

    def add(self, a: Moved, b: Moved, /) -> Moved:
        return a + b

    def multiply(self, a: Moved, b: Moved, /) -> Moved:
        real = a.real * b.real
        return grounded(a * b, real) if moves(a) or moves(b) else complex(real)

    def negate(self, a: Moved, /) -> Moved:
        return -a

    def divide(self, a: Moved, b: Moved, /) -> Moved:
        return numbered(FLOATS.divide(a.real, b.real), analytic.total(lambda x, y: x / y), a, b)

    def integer_power(self, a: Moved, n: int, /) -> Moved:
        real = FLOATS.integer_power(a.real, n)
        return numbered(real, analytic.total(lambda z: analytic.integer_power(z, n)), a)

    def power(self, a: Moved, b: Moved, /) -> Moved:
        return numbered(FLOATS.power(a.real, b.real), analytic.total(analytic.power), a, b)

    def call(self, function: str, arguments: Sequence[Moved], /) -> Moved:
        real = FLOATS.call(function, [one.real for one in arguments])
        return numbered(real, analytic.total(FUNCTIONS[function].analytic), *arguments)

    def extreme(self, operator: str, values: Sequence[Moved], /) -> Moved:
        function = analytic.maximum if operator == "max" else analytic.minimum
        return numbered(FLOATS.extreme(operator, [value.real for value in values]), function, *values)

    def logsumexp(self, values: Sequence[Moved], /) -> Moved:
        top = max(value.real for value in values)
        form = analytic.total(lambda *z: top + log(sum((exp(value - top) for value in z), 0j)))
        return numbered(FLOATS.logsumexp([value.real for value in values]), form, *values)

    def compare(self, comparison: Comparison, a: Moved, b: Moved, /) -> bool:
        return compare(comparison, a.real, b.real)

    def either(self, a: Moved, b: Moved, /) -> Moved:
        return a if a == b else analytic.UNDEFINED


def numbered(real: float, form: Callable[..., Moved], *z: Moved) -> Moved:
    """The value of a function with its real part given; nothing else where no argument moves."""
    return grounded(form(*z), real) if any(map(moves, z)) else complex(real)


class Intervals:
    """Intervals that certainly contain the value."""

    pi = Interval(math.pi, math.nextafter(math.pi, 4.0))

    def number(self, value: Fraction, /) -> Interval:
        near = nearest(value)
        if math.isinf(near):
            return Interval(interval.down(near), near) if near > 0 else Interval(near, interval.up(near))
        exact = Fraction(near)
        return Interval(near if exact <= value else interval.down(near), near if exact >= value else interval.up(near))

    def given(self, value: object, /) -> Interval:
        if isinstance(value, Interval):
            return value
        point = float(value)  # type: ignore[arg-type]
        return Interval(point, point)

    def add(self, a: Interval, b: Interval, /) -> Interval:
        return interval.add(a, b)

    def multiply(self, a: Interval, b: Interval, /) -> Interval:
        return interval.multiply(a, b)

    def negate(self, a: Interval, /) -> Interval:
        return interval.negate(a)

    def divide(self, a: Interval, b: Interval, /) -> Interval:
        return interval.divide(a, b)

    def integer_power(self, a: Interval, n: int, /) -> Interval:
        return interval.integer_power(a, n)

    def power(self, a: Interval, b: Interval, /) -> Interval:
        return interval.power(a, b, FUNCTIONS["exp"].enclosure, FUNCTIONS["log"].enclosure, ULPS["power"])

    def call(self, function: str, arguments: Sequence[Interval], /) -> Interval:
        return FUNCTIONS[function].enclosure(*arguments)

    def extreme(self, operator: str, values: Sequence[Interval], /) -> Interval:
        return reduce(lambda a, b: self.call(operator, (a, b)), values)

    def logsumexp(self, values: Sequence[Interval], /) -> Interval:
        lower = elementary.logsumexp(FLOAT, [value.lower for value in values])
        upper = elementary.logsumexp(FLOAT, [value.upper for value in values])
        # it increases in every argument; n terms are each within 2 ulp and added with n − 1 roundings
        return interval.widened(*spread(lower, upper, len(values)), 2.0)

    def compare(self, comparison: Comparison, a: Interval, b: Interval, /) -> bool | None:
        return interval.compared(comparison, a, b)

    def either(self, a: Interval, b: Interval, /) -> Interval:
        return interval.hull(a, b)


FLOATS = Floats()
COMPLEXES = Complexes()
INTERVALS = Intervals()


def nearest(value: Fraction) -> float:
    """The float nearest to an exact number; ±∞ beyond the greatest."""
    try:
        return value.numerator / value.denominator
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def spread(lower: float, upper: float, terms: int) -> tuple[float, float]:
    """Two values of logsumexp moved apart by the relative error of its inner sum, which is absolute outside the log."""
    error = (terms + 4) * 2.0**-51
    return lower - error, upper + error
