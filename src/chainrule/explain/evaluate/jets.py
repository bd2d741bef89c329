"""An expression with its first and second derivative along a line, on intervals: (f, f′, f″) of t ↦ f(θ + t·r).

Conventions. Each part is an `Enclosure`. The rules are those of a sum, a product, a quotient and f(u)″ = f″(u)·u′² +
f′(u)·u″ with a table (f, f′, f″) of the known functions: derivatives are taken of the equations of the network
themselves, so what is proved here owes nothing to the gradient equations. At a kink inside an interval the slope is
the interval of both slopes and the second derivative is unknown, (−∞, ∞).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import reduce

import numpy as np

from chainrule.explain.evaluate import intervals as on
from chainrule.explain.evaluate.equations import Arithmetic
from chainrule.explain.evaluate.equations import value as computed
from chainrule.explain.evaluate.intervals import FUNCTIONS, ZERO, Enclosure, Floats, between, point, where
from chainrule.expr.nodes import Comparison
from chainrule.gradient.rules import bend, slope
from chainrule.numbers.functions import FUNCTIONS as KNOWN
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Jet:
    """A value, its slope and its bend along the line."""

    value: Enclosure
    slope: Enclosure
    bend: Enclosure

    def __neg__(self) -> Jet:
        return Jet(-self.value, -self.slope, -self.bend)

    def __add__(self, other: Jet) -> Jet:
        return Jet(self.value + other.value, self.slope + other.slope, self.bend + other.bend)

    def __sub__(self, other: Jet) -> Jet:
        return Jet(self.value - other.value, self.slope - other.slope, self.bend - other.bend)

    def __mul__(self, other: Jet) -> Jet:
        cross = self.slope * other.slope
        return Jet(
            self.value * other.value,
            self.slope * other.value + self.value * other.slope,
            self.bend * other.value + cross + cross + self.value * other.bend,
        )

    def __truediv__(self, other: Jet) -> Jet:
        one = point(1.0)
        inverse = one / other.value
        square = on.power(inverse, 2)
        return self * through(other, inverse, -square, point(2.0) * square * inverse)


def through(u: Jet, f: Enclosure, first: Enclosure, second: Enclosure) -> Jet:
    """f(u), from f, f′ and f″ at the value of u."""
    return Jet(f, first * u.slope, second * on.power(u.slope, 2) + first * u.bend)


def stretched(jet: Jet, shape: tuple[int, ...]) -> Jet:
    """The same jet for every lane."""
    parts = (jet.value, jet.slope, jet.bend)
    return Jet(*(Enclosure(np.broadcast_to(part.low, shape), np.broadcast_to(part.high, shape)) for part in parts))


def together(parts: list[Jet]) -> Jet:
    """The lanes of several jets one after the other."""

    def of(every: Iterable[Enclosure]) -> Enclosure:
        found = list(every)
        return Enclosure(np.concatenate([one.low for one in found]), np.concatenate([one.high for one in found]))

    return Jet(of(one.value for one in parts), of(one.slope for one in parts), of(one.bend for one in parts))


def fixed(value: Enclosure) -> Jet:
    """What does not change along the line."""
    return Jet(value, ZERO, ZERO)


def moving_weight(value: Enclosure, direction: Floats) -> Jet:
    """A weight, which changes by ``direction`` for each unit of t."""
    return Jet(value, point(np.broadcast_to(direction, value.low.shape).copy()), ZERO)


Derivatives = Callable[[Enclosure], tuple[Enclosure, Enclosure, Enclosure]]


def _same(name: str) -> Derivatives:
    return lambda u: (FUNCTIONS[name](u),) * 3


def _one(u: Enclosure) -> Enclosure:
    return between(1.0, 1.0, u)


def _expm1(u: Enclosure) -> tuple[Enclosure, Enclosure, Enclosure]:
    e = FUNCTIONS["exp"](u)
    return FUNCTIONS["expm1"](u), e, e


def _log(u: Enclosure) -> tuple[Enclosure, Enclosure, Enclosure]:
    inverse = _one(u) / u
    return FUNCTIONS["log"](u), inverse, -on.power(inverse, 2)


def _log1p(u: Enclosure) -> tuple[Enclosure, Enclosure, Enclosure]:
    return _log(u + point(1.0))


def _sqrt(u: Enclosure) -> tuple[Enclosure, Enclosure, Enclosure]:
    root = FUNCTIONS["sqrt"](u)
    first = point(0.5) / root
    return root, first, -(point(0.5) * first / u)


def _tanh(u: Enclosure) -> tuple[Enclosure, Enclosure, Enclosure]:
    h = FUNCTIONS["tanh"](u)
    first = Enclosure(np.maximum((_one(u) - on.power(h, 2)).low, 0.0), (_one(u) - on.power(h, 2)).high)
    return h, first, -(point(2.0) * h * first)


def _sigmoid(u: Enclosure) -> tuple[Enclosure, Enclosure, Enclosure]:
    s = FUNCTIONS["sigmoid"](u)
    first = s * (_one(u) - s)
    first = Enclosure(np.maximum(first.low, 0.0), np.minimum(first.high, 0.25))
    return s, first, first * (_one(u) - point(2.0) * s)


def _softplus(u: Enclosure) -> tuple[Enclosure, Enclosure, Enclosure]:
    value, first, _ = _sigmoid(u)
    return FUNCTIONS["softplus"](u), value, first


def _arctan(u: Enclosure) -> tuple[Enclosure, Enclosure, Enclosure]:
    first = _one(u) / (_one(u) + on.power(u, 2))
    return FUNCTIONS["arctan"](u), first, -(point(2.0) * u * on.power(first, 2))


def _asinh(u: Enclosure) -> tuple[Enclosure, Enclosure, Enclosure]:
    inside = _one(u) + on.power(u, 2)
    first = _one(u) / FUNCTIONS["sqrt"](inside)
    return FUNCTIONS["asinh"](u), first, -(u * first / inside)


def _floor(u: Enclosure) -> tuple[Enclosure, Enclosure, Enclosure]:
    value = FUNCTIONS["floor"](u)
    unknown = where(value.low == value.high, between(0.0, 0.0, u), between(-np.inf, np.inf, u))
    return value, unknown, unknown


def _sin(u: Enclosure) -> tuple[Enclosure, Enclosure, Enclosure]:
    s, c = FUNCTIONS["sin"](u), FUNCTIONS["cos"](u)
    return s, c, -s


def _cos(u: Enclosure) -> tuple[Enclosure, Enclosure, Enclosure]:
    s, c = FUNCTIONS["sin"](u), FUNCTIONS["cos"](u)
    return c, -s, -c


def _sinh(u: Enclosure) -> tuple[Enclosure, Enclosure, Enclosure]:
    s, c = FUNCTIONS["sinh"](u), FUNCTIONS["cosh"](u)
    return s, c, s


def _cosh(u: Enclosure) -> tuple[Enclosure, Enclosure, Enclosure]:
    s, c = FUNCTIONS["sinh"](u), FUNCTIONS["cosh"](u)
    return c, s, c


def _kinked(left: float, right: float) -> Derivatives:
    """left·u below 0, right·u above."""

    def derivatives(u: Enclosure) -> tuple[Enclosure, Enclosure, Enclosure]:
        below, above = u.high < 0, u.low > 0
        low_slope, high_slope = min(left, right), max(left, right)
        first = where(
            below, between(left, left, u), where(above, between(right, right, u), between(low_slope, high_slope, u))
        )
        second = where(below | above, between(0.0, 0.0, u), between(-np.inf, np.inf, u))
        sides = on.hull(point(left * u.low), point(left * u.high)), on.hull(point(right * u.low), point(right * u.high))
        zero = between(0.0, 0.0, u)
        value = where(below, sides[0], where(above, sides[1], on.hull(on.hull(zero, sides[0]), sides[1])))
        return (on.larger(u, zero) if left == 0 else on.absolute(u) if left == -right else value), first, second

    return derivatives


def _sign(u: Enclosure) -> tuple[Enclosure, Enclosure, Enclosure]:
    sure = (u.high < 0) | (u.low > 0)
    unknown = where(sure, between(0.0, 0.0, u), between(-np.inf, np.inf, u))
    return Enclosure(np.where(u.low > 0, 1.0, -1.0), np.where(u.high < 0, -1.0, 1.0)), unknown, unknown


def _written(name: str) -> Derivatives:
    """By the texts of the row; at a kink nothing is known."""

    def derivatives(u: Enclosure) -> tuple[Enclosure, Enclosure, Enclosure]:
        value = FUNCTIONS[name](u)
        if KNOWN[name].kink:
            unknown = between(-np.inf, np.inf, u)
            return value, unknown, unknown
        at = {"u": fixed(u)}
        first, second = (computed(expr, at, 1, AT_A_POINT).value for expr in (slope(name), bend(name)))
        return value, first, second

    return derivatives


DERIVATIVES: Mapping[str, Derivatives] = {
    **{name: _written(name) for name, row in KNOWN.items() if row.arity == 1},
    "exp": _same("exp"),
    "expm1": _expm1,
    "log": _log,
    "log1p": _log1p,
    "sqrt": _sqrt,
    "tanh": _tanh,
    "sigmoid": _sigmoid,
    "softplus": _softplus,
    "arctan": _arctan,
    "asinh": _asinh,
    "sin": _sin,
    "cos": _cos,
    "sinh": _sinh,
    "cosh": _cosh,
    "relu": _kinked(0.0, 1.0),
    "abs": _kinked(-1.0, 1.0),
    "sign": _sign,
    "floor": _floor,
}
"""Function → f, f′ and f″: by its row, or by a form that is narrower and quicker."""


def _call(name: str, values: tuple[Jet, ...]) -> Jet:
    if name == "max":
        return _larger(*values)
    if name == "min":
        return -_larger(-values[0], -values[1])
    (u,) = values
    return through(u, *DERIVATIVES[name](u.value))


def _power(base: Jet, exponent: Jet, exact: Fraction | None) -> Jet:
    if exact is not None and exact.denominator == 1 and 0 <= exact <= 64:
        n = int(exact)
        u = base.value
        first = point(float(n)) * on.power(u, max(n - 1, 0))
        second = point(float(n * (n - 1))) * on.power(u, max(n - 2, 0))
        return through(base, on.power(u, n), first, second)
    if exact is not None and exact < 0 and exact.denominator == 1:
        return fixed(_one(base.value)) / _power(base, exponent, -exact)
    if exact == Fraction(1, 2):
        return _call("sqrt", (base,))
    power = exponent if exact is None else fixed(on.constant(exact))
    return _call("exp", (power * _call("log", (base,)),))


def _larger(a: Jet, b: Jet) -> Jet:
    left, right = a.value.low > b.value.high, b.value.low > a.value.high
    unknown = between(-np.inf, np.inf, a.value + b.value)
    same = (
        (a.slope.low == b.slope.low)
        & (a.slope.low == a.slope.high)
        & (b.slope.low == b.slope.high)
        & (a.slope.low == 0)
    )  # both constant along the line
    apart = where(left, a.slope, where(right, b.slope, on.hull(a.slope, b.slope)))
    bend = where(left, a.bend, where(right, b.bend, where(same, on.hull(a.bend, b.bend), unknown)))
    return Jet(on.larger(a.value, b.value), apart, bend)


def _holds(comparison: Comparison, a: Jet, b: Jet) -> Jet:
    if comparison in ("<", "<="):
        return _holds({"<": ">", "<=": ">="}[comparison], b, a)  # type: ignore[arg-type]
    x, y = a.value, b.value
    match comparison:
        case ">":
            yes, no = x.low > y.high, x.high <= y.low
        case ">=":
            yes, no = x.low >= y.high, x.high < y.low
        case "==":
            yes, no = (x.low == y.high) & (x.high == y.low), (x.low > y.high) | (x.high < y.low)
        case _:
            yes, no = (x.low > y.high) | (x.high < y.low), (x.low == y.high) & (x.high == y.low)
    value = Enclosure(np.where(yes, 1.0, 0.0), np.where(no, 0.0, 1.0))
    unknown = where(yes | no, between(0.0, 0.0, value), between(-np.inf, np.inf, value))
    return Jet(value, unknown, unknown)


def _choose(test: Jet, then: Jet, otherwise: Jet) -> Jet:
    yes, no = test.value.low > 0, test.value.high <= 0
    value = on.hull(then.value, otherwise.value)
    unknown = between(-np.inf, np.inf, value)
    return Jet(
        where(yes, then.value, where(no, otherwise.value, value)),
        where(yes, then.slope, where(no, otherwise.slope, unknown)),
        where(yes, then.bend, where(no, otherwise.bend, unknown)),
    )


JETS = Arithmetic(
    constant=lambda exact: fixed(on.constant(exact)),
    call=_call,
    power=_power,
    holds=_holds,
    choose=_choose,
    extreme=lambda reduction, values: reduce(lambda a, b: _call(reduction, (a, b)), values),
    total=lambda a, n: Jet(on.total(a.value, n), on.total(a.slope, n), on.total(a.bend, n)),
    parts=lambda a, n: tuple(
        Jet(*three) for three in zip(on.parts(a.value, n), on.parts(a.slope, n), on.parts(a.bend, n), strict=True)
    ),
    sets=True,
)
"""(f, f′, f″) on intervals."""


def _value(name: str, values: tuple[Jet, ...]) -> Jet:
    return fixed(FUNCTIONS[name](values[0].value)) if KNOWN[name].arity == 1 else _call(name, values)


AT_A_POINT = replace(JETS, call=_value)
"""The same where nothing moves: a slope may be written with the function itself, whose slope is not asked for then."""
