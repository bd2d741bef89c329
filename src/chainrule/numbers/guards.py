"""A bracket beside what may have no value: which factors it guards, and the form in which it stands before them.

A bracket that does not hold is a strong zero: ``[x > 0]*x*log(x)`` is 0 at 0, and so is ``[x > 0]*y/x``, whatever the
other factors are. Those that speak of indices alone guard always. A bracket of quantities is multiplied as any factor
where the others are finite at every number, so only what is written in the same product is looked at: a name is a
number, and ``[x > 0]*u`` with ``u = log(x)`` is 0 times −∞.

Source of the convention: Knuth, "Two notes on notation", American Mathematical Monthly 99 (1992) 403-422.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from chainrule.expr.indices import speaks_of_indices
from chainrule.expr.nodes import (
    Bracket,
    Call,
    Constant,
    Div,
    Expr,
    InRange,
    Mul,
    Neg,
    Number,
    Pow,
    Reduce,
    Size,
)
from chainrule.expr.walk import nodes, transform
from chainrule.numbers.functions import FUNCTIONS

BOUNDED = frozenset(name for name, row in FUNCTIONS.items() if not row.overflows and row.start == -math.inf)
"""Functions that are finite at every number; of a function of the text nobody can tell before it is opened."""

ONE = Number(Fraction(1))
BRACKETS = (Bracket, InRange)


def guards(factors: Sequence[Expr]) -> tuple[bool, ...]:
    """Which factors of a product are brackets that make it 0 where they are 0, whatever stands beside them.

    >>> from chainrule.expr.nodes import Ref, number
    >>> x, positive = Ref("x"), Bracket(">", Ref("x"), number(0))
    >>> guards((positive, x)), guards((positive, x, Call("log", (x,))))
    ((False, False), (True, False, False))
    """
    brackets = [isinstance(factor, BRACKETS) for factor in factors]
    if True not in brackets:
        return (False,) * len(brackets)
    rest = [factor for factor, one in zip(factors, brackets, strict=True) if not one]
    every = any(beyond(node) for factor in rest for node in nodes(factor))
    return tuple(one and (every or speaks_of_indices(factor)) for factor, one in zip(factors, brackets, strict=True))


def beyond(node: Expr) -> bool:
    """Whether a node may be infinite, or no number, where all inside it is finite."""
    match node:
        case Div(_, Number() | Size() | Constant()) | Div(_, Reduce("sum", _, Bracket())):  # a count
            return False
        case Div():
            return True
        case Pow(_, exponent):
            return (integer_exponent(exponent) or 0) < 1
        case Call(function, _, order):
            return function not in BOUNDED or order > 0
        case _:
            return False


def lifted(expr: Expr) -> Expr:
    """The expression with each bracket of a quotient or an inner product as a factor of the whole, where it guards.

    Where the bracket is 1 the value is the same to the bit.

    >>> from chainrule.notation import parse_expression, show
    >>> show(lifted(parse_expression("[x > 0]*y/x", quantities=("x", "y"))), ascii=True)
    '[x > 0]*(y/x)'
    """
    found = KNOWN.get(id(expr))
    if found is None:
        if len(KNOWN) >= MOST:
            KNOWN.clear()
        has = any(isinstance(node, Bracket | InRange) for node in nodes(expr))
        KNOWN[id(expr)] = found = expr, transform(expr, _lifted) if has else expr
    return found[1]


MOST = 4096
KNOWN: dict[int, tuple[Expr, Expr]] = {}
"""The latest expressions by identity, each kept alive with its form: one is asked for at every evaluation."""


def _lifted(node: Expr) -> Expr:
    match node:
        case Div(above, below) if beyond(node):
            brackets, rest = parted(above)
            return Mul((*brackets, Div(rest, below))) if brackets else node
        case Neg(Mul() as inside):
            brackets, rest = parted(inside)
            return Mul((*brackets, Neg(rest))) if any(map(beyond, nodes(rest))) and brackets else node
        case Mul(args) if any(isinstance(arg, Mul) for arg in args):
            pairs = [parted(arg) if isinstance(arg, Mul) else ((), arg) for arg in args]
            inner = tuple(bracket for brackets, _ in pairs for bracket in brackets)
            if not inner or not any(beyond(one) for arg in args for one in nodes(arg)):
                return node
            return Mul((*inner, *(rest for _, rest in pairs)))
        case _:
            return node


def parted(expr: Expr) -> tuple[tuple[Expr, ...], Expr]:
    """The brackets among the factors of an expression, and the product of the others."""
    factors = expr.args if isinstance(expr, Mul) else (expr,)
    brackets = tuple(factor for factor in factors if isinstance(factor, Bracket | InRange))
    if not brackets:
        return (), expr
    rest = tuple(factor for factor in factors if not isinstance(factor, Bracket | InRange))
    return brackets, Mul(rest) if len(rest) > 1 else rest[0] if rest else ONE


def integer_exponent(exponent: Expr) -> int | None:
    """The integer that is written as an exponent, or None: what decides between the two kinds of power.

    >>> integer_exponent(Neg(Number(Fraction(2)))), integer_exponent(Number(Fraction(1, 2)))
    (-2, None)
    """
    match exponent:
        case Number(value) if value.denominator == 1:
            return value.numerator
        case Neg(Number(value)) if value.denominator == 1:
            return -value.numerator
    return None
