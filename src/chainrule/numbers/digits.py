"""Numbers of a hundred digits: a kind of number for what floats round away, and derivatives as plain differences.

With so many digits (f(w + h) − f(w − h))/2h with h = 10⁻²⁰ is right to far more places than a float has, by no rule of
differentiation at all; and its two halves are the slopes to the left and to the right, which differ at a kink.
``outside`` says whether a function was asked beyond its domain (the log of a negative number): an open set, unlike 0/0.
"""

from __future__ import annotations

import decimal
from collections.abc import Callable, Mapping, Sequence
from decimal import Context, Decimal
from fractions import Fraction
from functools import reduce
from typing import Any, Literal

from chainrule.expr.nodes import Comparison, Derivative, Equation, Ref
from chainrule.numbers.environment import SCALARS, Entry, Environment, Letters, Setting, definition_of, place_of
from chainrule.numbers.evaluate import drive, visit
from chainrule.numbers.guards import lifted

PLACES = 100
STEP = Decimal("1e-20")
"""Of a difference: its error is its square, and three differences in each other still leave forty digits."""

CONTEXT = Context(prec=PLACES, Emax=10**12, Emin=-(10**12), traps=[])
ZERO, ONE, TWO, NAN = Decimal(0), Decimal(1), Decimal(2), Decimal("NaN")
PI = Decimal(
    "3.1415926535897932384626433832795028841971693993751058209749445923078164062862089986280348253421170679821480865"
    "132823066470938446095505822317253594081284811174502841"
)

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
        self.outside |= function in ("log", "sqrt") and arguments[0] < 0
        return FUNCTIONS[function](*arguments)

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


FUNCTIONS: Mapping[str, Callable[..., Decimal]] = {
    "exp": exp, "log": log, "sqrt": CONTEXT.sqrt, "tanh": tanh, "sigmoid": sigmoid, "softplus": softplus, "sin": sin,
    "cos": cos, "sinh": sinh, "cosh": cosh, "arctan": arctan, "asinh": asinh,
    "relu": lambda x: max(x, ZERO), "abs": Decimal.copy_abs, "max": max, "min": min,
    "sign": lambda x: Decimal((x > 0) - (x < 0)),
    "floor": lambda x: x.to_integral_value(decimal.ROUND_FLOOR) if x.is_finite() else x,
}  # fmt: skip
"""Each known function, from the formula that defines it."""


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
