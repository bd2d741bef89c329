"""What is true of an expression for every finite value of the weights: exact bounds, and whether they are reached.

Conventions. A `Bounds` is an interval of exact rational ends (or ±∞) that contains every value; an open end is never
reached. So [0, 0] means "exactly 0, whatever the weights are", and (0, ∞) means "positive for every finite weight".
Ends that cannot be exact (e⁻¹) are moved outward. 0 times anything is 0, because weights are finite.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import reduce
from typing import Any, TypeGuard

import numpy as np

from chainrule.explain.evaluate.equations import Arithmetic, Values, parts, total
from chainrule.expr.nodes import Comparison
from chainrule.numbers.functions import FUNCTIONS as KNOWN
from chainrule.numbers.interval import even, increasing
from chainrule.values import dataclass

End = Fraction | float
"""An exact number, or ±∞ as a float."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Every value lies between ``low`` and ``high``; an open end is not reached."""

    low: End
    high: End
    low_open: bool = False
    high_open: bool = False

    @property
    def constant(self) -> Fraction | None:
        """The value, if it is the same for every weight."""
        return self.low if self.low == self.high and isinstance(self.low, Fraction) else None

    @property
    def positive(self) -> bool:
        return self.low > 0 or (self.low == 0 and self.low_open)

    @property
    def negative(self) -> bool:
        return self.high < 0 or (self.high == 0 and self.high_open)

    def __neg__(self) -> Bounds:
        return Bounds(-self.high, -self.low, self.high_open, self.low_open)

    def __add__(self, other: Bounds) -> Bounds:
        return outward(
            _sum(self.low, other.low),
            _sum(self.high, other.high),
            self.low_open or other.low_open,
            self.high_open or other.high_open,
        )

    def __sub__(self, other: Bounds) -> Bounds:
        return self + -other

    def __mul__(self, other: Bounds) -> Bounds:
        corners = [
            _corner(a, b)
            for a in ((self.low, self.low_open), (self.high, self.high_open))
            for b in ((other.low, other.low_open), (other.high, other.high_open))
        ]
        return _hull(corners)

    def __truediv__(self, other: Bounds) -> Bounds:
        if not (other.positive or other.negative):
            return ANYTHING
        return self * outward(
            _inverse(other.high, -1 if other.negative else 1),
            _inverse(other.low, -1 if other.negative else 1),
            other.high_open,
            other.low_open,
        )


ANYTHING = Bounds(-math.inf, math.inf, True, True)
"""Every finite number."""


def just(value: Fraction | float | int) -> Bounds:
    """One number."""
    exact = Fraction(value)
    return Bounds(exact, exact)


def outward(low: End, high: End, low_open: bool = False, high_open: bool = False) -> Bounds:
    """Bounds with ends of a bounded length: a longer one is moved outward, and is then not reached."""
    if _long(low):
        low, low_open = _shortened(low, math.floor), True
    if _long(high):
        high, high_open = _shortened(high, math.ceil), True
    return Bounds(low, high, low_open or low == -math.inf, high_open or high == math.inf)


def _long(end: End) -> TypeGuard[Fraction]:
    return isinstance(end, Fraction) and min(end.numerator.bit_length(), end.denominator.bit_length()) > 128


def _shortened(end: Fraction, whole: Callable[[Fraction], int]) -> Fraction:
    """The end with 64 bits, rounded down or up; never to or across 0."""
    unit = Fraction(2) ** (end.numerator.bit_length() - end.denominator.bit_length() - 64)
    return whole(end / unit) * unit


def _corner(a: tuple[End, bool], b: tuple[End, bool]) -> tuple[End, bool]:
    (left, left_open), (right, right_open) = a, b
    if left == 0 or right == 0:
        reached = (left == 0 and not left_open) or (right == 0 and not right_open)
        return Fraction(0), not reached
    if isinstance(left, float) or isinstance(right, float):  # ±∞; a fraction may be too large for a float
        return (math.inf if (left > 0) == (right > 0) else -math.inf), left_open or right_open
    return left * right, left_open or right_open


def _sum(a: End, b: End) -> End:
    return a if isinstance(a, float) else b if isinstance(b, float) else a + b


def _hull(corners: Iterable[tuple[End, bool]]) -> Bounds:
    every = list(corners)
    low, high = min(end for end, _ in every), max(end for end, _ in every)
    return outward(
        low,
        high,
        all(is_open for end, is_open in every if end == low),
        all(is_open for end, is_open in every if end == high),
    )


def _inverse(end: End, sign: int) -> End:
    if end == 0:
        return sign * math.inf
    return Fraction(0) if isinstance(end, float) else 1 / end


# ---- functions --------------------------------------------------------------------------------------------------

_EXACT: dict[tuple[str, Fraction], Fraction] = {
    **{(name, Fraction(at)): Fraction(value) for name, row in KNOWN.items() for at, value in row.exact},
    ("expm1", Fraction(0)): Fraction(0),
    ("log1p", Fraction(0)): Fraction(0),
}


def _near(name: str, function: Callable[[float], float], end: End, side: int, floor: End, ceiling: End) -> End:
    """The value of a rising function at an end, moved outward (``side`` −1 down, 1 up) and kept in its range."""
    if isinstance(end, float):
        return ceiling if end > 0 else floor
    if (name, end) in _EXACT:
        return _EXACT[name, end]
    try:
        found = function(float(end))
    except (OverflowError, ValueError):
        return ceiling if side > 0 else (Fraction(2) ** 120 if ceiling == math.inf and end > 0 else floor)
    margin = Fraction(1, 2**45) * max(abs(Fraction(found)), Fraction(1, 2**60))
    moved = Fraction(found) + side * margin
    return max(floor, min(ceiling, moved))


def _rising(
    name: str, function: Callable[[float], float], floor: End = -math.inf, ceiling: End = math.inf
) -> Callable[[Bounds], Bounds]:
    def image(a: Bounds) -> Bounds:
        low = _near(name, function, a.low, -1, floor, ceiling)
        high = _near(name, function, a.high, 1, floor, ceiling)
        low_open = a.low_open or (low == floor and (name, a.low) not in _EXACT)  # a limit is approached, not reached
        high_open = a.high_open or (high == ceiling and (name, a.high) not in _EXACT)
        return outward(low, high, low_open, high_open)

    return image


def absolute(a: Bounds) -> Bounds:
    """|a|."""
    if a.low >= 0:
        return a
    if a.high <= 0:
        return -a
    flipped = -a
    far = max((a.high, a.high_open), (flipped.high, flipped.high_open), key=lambda end: (end[0], not end[1]))
    return Bounds(Fraction(0), far[0], False, far[1])


def _relu(a: Bounds) -> Bounds:
    return larger(a, just(0))


def larger(a: Bounds, b: Bounds) -> Bounds:
    """max(a, b)."""
    low = max((a.low, a.low_open), (b.low, b.low_open), key=lambda end: (end[0], end[1]))
    high = max((a.high, a.high_open), (b.high, b.high_open), key=lambda end: (end[0], not end[1]))
    return Bounds(low[0], high[0], low[1], high[1])


def smaller(a: Bounds, b: Bounds) -> Bounds:
    """min(a, b)."""
    return -larger(-a, -b)


def _sign(a: Bounds) -> Bounds:
    if a.positive or a.negative or a.constant == 0:
        return just(1 if a.positive else -1 if a.negative else 0)
    return Bounds(Fraction(-1 if a.low < 0 else 0), Fraction(1 if a.high > 0 else 0))


def _floor(a: Bounds) -> Bounds:
    high = a.high
    if isinstance(high, Fraction):
        high = Fraction(math.ceil(high) - 1 if a.high_open else math.floor(high))
    low = Fraction(math.floor(a.low)) if isinstance(a.low, Fraction) else a.low
    return Bounds(low, high, isinstance(low, float), isinstance(high, float))


def _wave(name: str) -> Callable[[Bounds], Bounds]:
    def image(a: Bounds) -> Bounds:
        if a.constant is not None and (name, a.constant) in _EXACT:
            return just(_EXACT[name, a.constant])
        return Bounds(Fraction(-1), Fraction(1))

    return image


def _cosh(a: Bounds) -> Bounds:
    return _rising("cosh", math.cosh, Fraction(1))(absolute(a)) if a.constant != 0 else just(1)


def _log(a: Bounds) -> Bounds:
    if not a.positive:
        return Bounds(-math.inf, _rising("log", math.log)(a).high, True, True) if a.high > 0 else ANYTHING
    at_zero = a.low == 0
    image = _rising("log", math.log)(Bounds(a.high, a.high, a.high_open, a.high_open) if at_zero else a)
    return Bounds(-math.inf if at_zero else image.low, image.high, at_zero or image.low_open, image.high_open)


_HALF_TURN = Fraction(math.nextafter(math.pi / 2, 4))

def _end(value: float) -> End:
    return Fraction(value) if math.isfinite(value) else value


def by_row(name: str) -> Callable[[Bounds], Bounds]:
    """The image under a known function: by its ends if it rises, or does so with the size of its argument."""
    row = KNOWN[name]
    low, high = map(_end, row.range)
    if row.kink or row.shape not in (increasing, even):
        return lambda a: outward(low, high)
    rises = _rising(name, row.platform, low, high)
    return rises if row.shape is increasing else lambda a: rises(absolute(a))


FUNCTIONS: dict[str, Callable[..., Bounds]] = {
    **{name: by_row(name) for name, row in KNOWN.items() if row.arity == 1},
    "expm1": _rising("expm1", math.expm1, Fraction(-1)),
    "log": _log,
    "log1p": lambda a: _log(a + just(1)),
    "sqrt": lambda a: _rising("sqrt", math.sqrt)(larger(a, just(0))),
    "arctan": _rising("arctan", math.atan, -_HALF_TURN, _HALF_TURN),
    "cosh": _cosh,
    "sin": _wave("sin"),
    "cos": _wave("cos"),
    "relu": _relu,
    "abs": absolute,
    "sign": _sign,
    "floor": _floor,
    "max": larger,
    "min": smaller,
}
"""Function → its image: by its row, or by a form that is narrower."""


def power(base: Bounds, exponent: Bounds | None, exact: Fraction | None) -> Bounds:
    """base^exponent; exact for integer exponents, and by e^(exponent·log base) where the base is positive."""
    number = exact if exponent is None else exponent.constant
    if number is not None and number.denominator == 1 and abs(number) <= 64:
        whole = int(abs(number))
        start = absolute(base) if whole % 2 == 0 else base
        result = (
            just(1) if whole == 0 else outward(start.low**whole, start.high**whole, start.low_open, start.high_open)
        )
        return result if number >= 0 else just(1) / result
    if number == Fraction(1, 2):
        return FUNCTIONS["sqrt"](base)
    if base.positive:
        return FUNCTIONS["exp"](
            _log(base) * (just(number) if exponent is None and number is not None else exponent or ANYTHING)
        )
    return ANYTHING


def holds(comparison: Comparison, a: Bounds, b: Bounds) -> Bounds:
    """1 or 0 where the comparison is decided, else anything from 0 to 1."""
    apart = a - b
    below, above = apart.negative, apart.positive
    equal = apart.constant == 0
    never_above = apart.high <= 0
    never_below = apart.low >= 0
    decided = {
        "<": (below, never_below),
        "<=": (never_above, above),
        ">": (above, never_above),
        ">=": (never_below, below),
        "==": (equal, below or above),
        "!=": (below or above, equal),
    }[comparison]
    return just(1) if decided[0] else just(0) if decided[1] else Bounds(Fraction(0), Fraction(1))


def choose(test: Bounds, then: Bounds, otherwise: Bounds) -> Bounds:
    """One of two values."""
    if test.constant is not None:
        return then if test.constant else otherwise
    return _hull(
        [(end.low, end.low_open) for end in (then, otherwise)]
        + [(end.high, end.high_open) for end in (then, otherwise)]
    )


def _each(function: Callable[..., Any], count: int) -> Callable[..., Values]:
    made: Callable[..., Values] = np.frompyfunc(function, count, 1)
    return made


BOUNDS = Arithmetic(
    constant=lambda exact: np.array([[just(exact)]]),
    call=lambda name, values: _each(FUNCTIONS[name], len(values))(*values),
    power=lambda base, exponent, exact: (
        _each(lambda a: power(a, None, exact), 1)(base)
        if exact is not None
        else _each(lambda a, b: power(a, b, None), 2)(base, exponent)
    ),
    holds=lambda comparison, a, b: _each(lambda left, right: holds(comparison, left, right), 2)(a, b),
    choose=lambda test, then, otherwise: _each(choose, 3)(test, then, otherwise),
    extreme=lambda reduction, values: reduce(_each(larger if reduction == "max" else smaller, 2), values),
    total=total,
    parts=parts,
    sets=True,
)
"""Sets of numbers, entry by entry."""
