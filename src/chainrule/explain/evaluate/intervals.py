"""Interval arithmetic on arrays: what a range of weights gives, on many pieces of it at once.

Conventions. An `Enclosure` holds arrays ``low ≤ value ≤ high``. + − × ÷ √ of NumPy are rounded to nearest, so moving a
result to the next float outward makes it safe; the other functions are moved outward by 2⁻⁴⁶ of their size, far more
than their error. Where nothing is known the ends are ±∞: a proof then fails, it is never wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.explain.evaluate.entrywise import entrywise
from chainrule.numbers.functions import FUNCTIONS as KNOWN
from chainrule.numbers.interval import even, increasing
from chainrule.values import dataclass

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Enclosure:
    """Arrays of intervals."""

    low: Floats
    high: Floats

    def __neg__(self) -> Enclosure:
        if self is ZERO:
            return self
        return Enclosure(-self.high, -self.low)

    def __add__(self, other: Enclosure) -> Enclosure:
        if self is ZERO or other is ZERO:
            return other if self is ZERO else self
        low, high = self.low + other.low, self.high + other.high
        return Enclosure(
            np.where(_exact(self.low, other.low, low), low, down(low)),
            np.where(_exact(self.high, other.high, high), high, up(high)),
        )

    def __sub__(self, other: Enclosure) -> Enclosure:
        return self + -other

    def __mul__(self, other: Enclosure) -> Enclosure:
        if self is ZERO or other is ZERO:
            return ZERO
        corners = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        if np.isnan(low := least(corners)).any():
            # 0·∞ is 0 here: an infinite end only says that nothing is known, a factor that is 0 is 0
            corners = [np.where(np.isnan(corner), 0.0, corner) for corner in corners]
            low = least(corners)
        nothing = not low.all()  # without a 0 among its ends no product is exactly 0
        low, high = np.nextafter(low, -np.inf), np.nextafter(greatest(corners), np.inf)
        if nothing:
            exact = ((self.low == 0) & (self.high == 0)) | ((other.low == 0) & (other.high == 0))
            low, high = np.where(exact, 0.0, low), np.where(exact, 0.0, high)
        return Enclosure(low, high)

    def __truediv__(self, other: Enclosure) -> Enclosure:
        sure = (other.low > 0) | (other.high < 0)
        low = np.where(sure, down(1 / other.high), -np.inf)
        high = np.where(sure, up(1 / other.low), np.inf)
        return self * Enclosure(low, high)


ZERO = Enclosure(np.zeros((1, 1)), np.zeros((1, 1)))
"""Nothing at all, as slopes and bends often are: with it nothing needs to be computed."""


def _exact(a: Floats, b: Floats, total: Floats) -> NDArray[np.bool_]:
    """Whether a + b needed no rounding: 0 + 0 stays exactly 0."""
    part = total - a
    return np.asarray((a - (total - part)) + (b - part) == 0.0)


def down(a: Floats) -> Floats:
    """The next float below; what is not a number becomes −∞."""
    below, unknown = np.nextafter(a, -np.inf), np.isnan(a)
    return np.where(unknown, -np.inf, below) if unknown.any() else below


def up(a: Floats) -> Floats:
    """The next float above; what is not a number becomes ∞."""
    above, unknown = np.nextafter(a, np.inf), np.isnan(a)
    return np.where(unknown, np.inf, above) if unknown.any() else above


def safe(low: Floats, high: Floats) -> Enclosure:
    """An enclosure from ends that were rounded to nearest."""
    return Enclosure(down(low), up(high))


def point(value: Any) -> Enclosure:
    """An enclosure of exact floats."""
    exact = np.asarray(value, dtype=np.float64)
    return Enclosure(exact, exact)


def constant(value: Fraction) -> Enclosure:
    """An exact number."""
    near = np.array([[float(value)]])
    return point(near) if Fraction(float(value)) == value else safe(near, near)


def least(every: list[Floats]) -> Floats:
    return reduce(np.minimum, every)


def greatest(every: list[Floats]) -> Floats:
    return reduce(np.maximum, every)


def hull(a: Enclosure, b: Enclosure) -> Enclosure:
    """The least enclosure of both."""
    return Enclosure(np.minimum(a.low, b.low), np.maximum(a.high, b.high))


def between(low: float, high: float, like: Enclosure) -> Enclosure:
    """The same interval everywhere."""
    return Enclosure(np.full_like(like.low, low), np.full_like(like.high, high))


def where(test: NDArray[np.bool_], a: Enclosure, b: Enclosure) -> Enclosure:
    """Entry by entry one of two."""
    return Enclosure(np.where(test, a.low, b.low), np.where(test, a.high, b.high))


def larger(a: Enclosure, b: Enclosure) -> Enclosure:
    return Enclosure(np.maximum(a.low, b.low), np.maximum(a.high, b.high))


def absolute(a: Enclosure) -> Enclosure:
    low = np.where((a.low <= 0) & (a.high >= 0), 0.0, np.minimum(np.abs(a.low), np.abs(a.high)))
    return Enclosure(low, np.maximum(np.abs(a.low), np.abs(a.high)))


def power(a: Enclosure, whole: int) -> Enclosure:
    """a^n for n ≥ 0."""
    if whole == 0:
        return point(np.ones_like(a.low))
    if whole == 1 or a is ZERO:
        return a
    base = absolute(a) if whole % 2 == 0 else a
    found = widened(base.low**whole, base.high**whole)  # NumPy's power is within a few ulps
    low = np.maximum(found.low, 0.0) if whole % 2 == 0 else found.low
    return Enclosure(np.where(base.low == 0, 0.0, low), np.where(base.high == 0, 0.0, found.high))


def widened(low: Floats, high: Floats, floor: float = -np.inf, ceiling: float = np.inf) -> Enclosure:
    """Ends moved outward by 2⁻⁴⁶ of their size, kept in the range of the function."""
    slack = 2.0**-46
    lower, upper = down(low - np.abs(low) * slack), up(high + np.abs(high) * slack)
    lower = lower if floor == -np.inf else np.maximum(lower, floor)
    upper = upper if ceiling == np.inf else np.minimum(upper, ceiling)
    return Enclosure(lower, upper)


def rising(
    function: Callable[[Floats], Floats], floor: float = -np.inf, ceiling: float = np.inf
) -> Callable[[Enclosure], Enclosure]:
    """The image under a function that rises."""

    def image(a: Enclosure) -> Enclosure:
        low, high = function(a.low), function(a.high)
        low = np.where(
            np.isinf(low) & (low > 0), np.finfo(np.float64).max, low
        )  # overflow: only the lower end is known
        return widened(low, high, floor, ceiling)

    return image


def _sigmoid(u: Floats) -> Floats:
    small = np.exp(-np.abs(u))
    return np.where(u < 0, small / (1 + small), 1 / (1 + small))


def _log(a: Enclosure) -> Enclosure:
    positive = a.low > 0
    found = rising(np.log)(Enclosure(np.where(positive, a.low, 1.0), np.where(a.high > 0, a.high, 1.0)))
    return Enclosure(np.where(positive, found.low, -np.inf), np.where(a.high > 0, found.high, np.inf))


def _sqrt(a: Enclosure) -> Enclosure:
    known = a.low >= 0
    return Enclosure(
        np.where(known, np.maximum(down(np.sqrt(np.abs(a.low))), 0.0), -np.inf),
        np.where(known, up(np.sqrt(np.abs(a.high))), np.inf),
    )


def _cos(a: Enclosure) -> Enclosure:
    """Between the ends, 1 where an even multiple of π lies inside, −1 where an odd one does."""
    ends = widened(np.minimum(np.cos(a.low), np.cos(a.high)), np.maximum(np.cos(a.low), np.cos(a.high)), -1.0, 1.0)
    turn, near = 2 * np.pi, 1e-9
    top = np.floor((a.high + near) / turn) >= np.ceil((a.low - near) / turn)
    bottom = np.floor((a.high + near - np.pi) / turn) >= np.ceil((a.low - near - np.pi) / turn)
    unknown = ~(np.maximum(np.abs(a.low), np.abs(a.high)) < 1e5)
    return Enclosure(np.where(bottom | unknown, -1.0, ends.low), np.where(top | unknown, 1.0, ends.high))


def _sin(a: Enclosure) -> Enclosure:
    quarter = np.pi / 2
    return _cos(safe(a.low - quarter - 1e-15, a.high - quarter + 1e-15))


def _cosh(a: Enclosure) -> Enclosure:
    return rising(np.cosh, 1.0)(absolute(a))


def by_row(name: str) -> Callable[[Enclosure], Enclosure]:
    """The image under a known function: by its ends if it rises, or does so with the size of its argument."""
    row = KNOWN[name]
    if row.kink or row.shape not in (increasing, even):
        return lambda a: between(*row.range, a)
    rises = rising(entrywise(name), *row.range)
    return rises if row.shape is increasing else lambda a: rises(absolute(a))


FUNCTIONS: dict[str, Callable[[Enclosure], Enclosure]] = {
    **{name: by_row(name) for name, row in KNOWN.items() if row.arity == 1},
    "exp": rising(np.exp, 0.0),
    "expm1": rising(np.expm1, -1.0),
    "log": _log,
    "log1p": lambda a: _log(a + point(1.0)),
    "sqrt": _sqrt,
    "tanh": rising(np.tanh, -1.0, 1.0),
    "sigmoid": rising(_sigmoid, 0.0, 1.0),
    "softplus": rising(lambda u: np.maximum(u, 0) + np.log1p(np.exp(-np.abs(u))), 0.0),
    "arctan": rising(np.arctan),
    "asinh": rising(np.arcsinh),
    "sinh": rising(np.sinh),
    "cosh": _cosh,
    "sin": _sin,
    "cos": _cos,
    "abs": absolute,
    "floor": lambda a: Enclosure(np.floor(a.low), np.floor(a.high)),
}
"""Function → its image: by its row, or by a form that is narrower or quicker."""


def total(a: Enclosure, patterns: int) -> Enclosure:
    """The sum over the last axis; the error of a sum of n numbers is less than n ulps of the sum of their sizes."""
    shape = (*a.low.shape[:-1], patterns)
    low, high = np.broadcast_to(a.low, shape), np.broadcast_to(a.high, shape)
    slack = 2.0**-52 * patterns
    below = low.sum(axis=-1, keepdims=True) - slack * np.abs(low).sum(axis=-1, keepdims=True)
    above = high.sum(axis=-1, keepdims=True) + slack * np.abs(high).sum(axis=-1, keepdims=True)
    exact = np.all((low == 0) & (high == 0), axis=-1, keepdims=True)
    return Enclosure(np.where(exact, 0.0, down(below)), np.where(exact, 0.0, up(above)))


def parts(a: Enclosure, patterns: int) -> tuple[Enclosure, ...]:
    shape = (*a.low.shape[:-1], patterns)
    low, high = np.broadcast_to(a.low, shape), np.broadcast_to(a.high, shape)
    return tuple(Enclosure(low[..., k : k + 1], high[..., k : k + 1]) for k in range(patterns))
