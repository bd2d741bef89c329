"""A derivative as it is written, and with the numbers put in."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from chainrule import notation
from chainrule.explain.evaluate.equations import NUMBERS, value
from chainrule.explain.measure.context import Context
from chainrule.explain.wording import num
from chainrule.expr.nodes import Call, Derivative, Equation, Expr, Mul, Neg, Number, Ref
from chainrule.expr.walk import fold, nodes, rebuild, size, transform
from chainrule.model.explicit import unwritten
from chainrule.program.lower import open_calls

LONGEST = 60
"""Nodes of a formula that is still put into one line."""


def formula(context: Context, name: str) -> Expr | None:
    """∂E/∂name for one pattern, as its derivation ends; None where that is too long for a line."""
    if not context.plain:
        return None
    if context.reduced is None and not isinstance(context.model.goal.value, Ref):
        return None  # the derivation is of one number a pattern, the step is not
    found = context.derivation(name)
    if found is None or any(isinstance(node, Derivative) for node in nodes(found.result)):
        return None
    written = tidy(unwritten(found.result, context.model.pattern, "alone"))
    return written if size(written) <= LONGEST else None


def as_written(written: Expr) -> str:
    """The formula as it is written."""
    return notation.show(written)


def numbers_in(context: Context, written: Expr, values: dict[str, Any]) -> tuple[str, str]:
    """The formula as written, and with every name and every call of a function replaced by its value."""
    opened = context.model.functions

    def rounded(node: Expr) -> Expr:
        (line,) = open_calls((Equation(Ref("#"), node),), opened)
        found = float(np.real(np.asarray(value(line.body, values, 1, NUMBERS)).ravel()[0]))
        if not np.isfinite(found):
            return node
        text = num(abs(found)).replace("−", "-")
        number = Number(Fraction(text), text)
        return Neg(number) if found < 0 else number

    def combine(node: Expr, inside: tuple[Expr, ...]) -> Expr:
        return rounded(node) if isinstance(node, Ref | Call) else rebuild(node, inside)

    return as_written(written), notation.show(fold(written, combine))


def tidy(expr: Expr) -> Expr:
    """Products of products as one product, without factors 1; double negatives gone."""

    def flat(node: Expr) -> Expr:
        match node:
            case Neg(Neg(inside)):
                return inside
            case Neg(Number(zero)) if zero == 0:
                return Number(zero)
            case Mul(args):
                factors = [part for factor in args for part in (factor.args if isinstance(factor, Mul) else (factor,))]
                rest = [factor for factor in factors if not (isinstance(factor, Number) and factor.value == 1)]
                return Number(Fraction(1)) if not rest else rest[0] if len(rest) == 1 else Mul(tuple(rest))
        return node

    return transform(expr, flat)


def shown(expr: Expr, context: Context) -> str:
    """An expression of the program as it is for one pattern."""
    return notation.show(unwritten(expr, context.program.pattern, "alone"))
