"""Numbers of a hundred digits: a kind of number for what floats round away, and derivatives as plain differences.

With so many digits (f(w + h) − f(w − h))/2h with h = 10⁻²⁰ is right to far more places than a float has, by no rule of
differentiation at all; and its two halves are the slopes to the left and to the right, which differ at a kink.
``outside`` says whether a function was asked beyond its domain (the log of a negative number): an open set, unlike 0/0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from typing import Any, Literal

from chainrule.expr.nodes import Comparison, Derivative, Equation, Ref
from chainrule.numbers.decimals import CONTEXT, NAN, ONE, PI, ZERO, exp
from chainrule.numbers.environment import SCALARS, Entry, Environment, Letters, Setting, definition_of, place_of
from chainrule.numbers.evaluate import drive, visit
from chainrule.numbers.functions import FUNCTIONS
from chainrule.numbers.guards import lifted

STEP = Decimal("1e-20")
"""Of a difference: its error is its square, and three differences in each other still leave forty digits."""

Side = Literal["both", "left", "right"]


class Digits:
    """Decimal numbers of `PLACES` digits; never an exception, ±∞ and NaN as floats have them."""

    pi = PI
    step = STEP

    def __init__(self) -> None:
        self.outside = False

    def number(self, value: Fraction, /) -> Decimal:
        return CONTEXT.divide(Decimal(value.numerator), Decimal(value.denominator))

    def given(self, value: object, /) -> Decimal:
        return value if isinstance(value, Decimal) else Decimal(float(value))  # type: ignore[arg-type]

    def add(self, a: Decimal, b: Decimal, /) -> Decimal:
        return CONTEXT.add(a, b)

    def multiply(self, a: Decimal, b: Decimal, /) -> Decimal:
        return CONTEXT.multiply(a, b)

    def negate(self, a: Decimal, /) -> Decimal:
        return CONTEXT.minus(a)

    def divide(self, a: Decimal, b: Decimal, /) -> Decimal:
        return CONTEXT.divide(a, b)

    def integer_power(self, a: Decimal, n: int, /) -> Decimal:
        return CONTEXT.power(a, n) if n else ONE

    def power(self, a: Decimal, b: Decimal, /) -> Decimal:
        if b == 0:
            return ONE
        self.outside |= a < 0 and b != b.to_integral_value() if a == a and b.is_finite() else False
        return CONTEXT.power(a, b)

    def call(self, function: str, arguments: Sequence[Decimal], /) -> Decimal:
        if any(one.is_nan() for one in arguments):
            return NAN
        self.outside |= arguments[0] < FUNCTIONS[function].start
        return FUNCTIONS[function].digits(*arguments)

    def extreme(self, operator: str, values: Sequence[Decimal], /) -> Decimal:
        return reduce(lambda a, b: self.call(operator, (a, b)), values)

    def logsumexp(self, values: Sequence[Decimal], /) -> Decimal:
        if any(one.is_nan() for one in values):
            return NAN
        top = max(values)
        if not top.is_finite():
            return top
        return CONTEXT.add(top, CONTEXT.ln(reduce(CONTEXT.add, (exp(CONTEXT.subtract(one, top)) for one in values))))

    def compare(self, comparison: Comparison, a: Decimal, b: Decimal, /) -> bool:
        if a.is_nan() or b.is_nan():
            return comparison == "!="
        return ORDERS[comparison](a, b)

    def either(self, a: Decimal, b: Decimal, /) -> Decimal:
        return a if a == b else NAN


ORDERS: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b, "!=": lambda a, b: a != b,
}  # fmt: skip


def slope(
    kind: Digits,
    node: Derivative,
    equations: tuple[Equation, ...],
    values: Mapping[str, Any],
    *,
    setting: Setting = SCALARS,
    letters: Letters | None = None,
    side: Side = "both",
) -> Decimal:
    """The number that an inert derivative names, as a difference: of both sides, or of one.

    >>> from chainrule.expr.nodes import Call
    >>> absolute = (Equation(Ref("y"), Call("abs", (Ref("w"),))),)
    >>> node = Derivative(Ref("y"), (Ref("w"),))
    >>> [int(slope(Digits(), node, absolute, {"w": 0.0}, side=side)) for side in ("left", "both", "right")]
    [-1, 0, 1]
    """
    bound = letters or {}
    moved = [(name.name, tuple(place_of(index, bound) for index in name.indices)) for name in node.wrt]
    held: dict[Entry, Decimal] = {}
    if node.kind == "partial":
        still: Environment[Decimal] = Environment(kind, values, setting, equations, None)
        body, bound = inner(still, node, bound)
        drive(visit(still, lifted(body), bound, {}))
        held = dict(still.known)
    else:
        body = node.of

    def at(shifts: Sequence[Decimal]) -> Decimal:
        nudges: dict[Entry, Decimal] = {}
        for entry, shift in zip(moved, shifts, strict=True):
            nudges[entry] = nudges.get(entry, ZERO) + shift
        if node.kind == "partial":
            known = {name: CONTEXT.add(value, nudges.get(name, ZERO)) for name, value in held.items()}
            environment: Environment[Decimal] = Environment(kind, values, setting, equations, None, known=known)
        else:
            environment = Environment(kind, values, setting, equations, None, nudges)
        return drive(visit(environment, lifted(body), bound, {}))

    below, above = {"both": (-STEP, STEP), "left": (-STEP, ZERO), "right": (ZERO, STEP)}[side]

    def differ(shifts: tuple[Decimal, ...]) -> Decimal:
        if len(shifts) == len(moved):
            return at(shifts)
        change = CONTEXT.subtract(differ((*shifts, above)), differ((*shifts, below)))
        return CONTEXT.divide(change, above - below)

    return differ(())


def inner(environment: Environment[Decimal], node: Derivative, bound: Letters) -> tuple[Any, Letters]:
    """What a partial derivative differentiates: the right side of the equation of what it is of."""
    of = node.of
    if isinstance(of, Ref) and of.name not in environment.values:
        equation, letters = definition_of(environment, (of.name, tuple(place_of(index, bound) for index in of.indices)))
        return equation.body, letters
    return of, bound
