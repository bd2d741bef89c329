"""A derivative as it is written, and with the numbers put in."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from chainrule import notation
from chainrule.explain.context import Context
from chainrule.explain.landscape import NUMBERS, unfolded, value
from chainrule.explain.words import num
from chainrule.expr.nodes import Call, Derivative, Equation, Expr, Mul, Neg, Number, Reduce, Ref, key
from chainrule.expr.walk import fold, nodes, rebuild, size, transform

LONGEST = 60
"""Nodes of a formula that is still put into one line."""


def formula(context: Context, name: str) -> Expr | None:
    """∂E/∂name for one pattern in one line, adjoints put in; None where the line gets too long.

    It comes from the equations of the text, so the functions of the text keep their names in it.
    """
    model = context.model
    goal = model.goal.each or (model.goal.name if model.equation(model.goal.name) else None)
    if goal is None:
        return None
    found = {key(line.target): line.body for line in adjoints(context, goal, name)}
    body = found.get(f"∂{goal}/∂{name}")
    while body is not None and any(isinstance(node, Derivative) for node in nodes(body)):
        body = transform(body, lambda node: found[key(node)] if isinstance(node, Derivative) else node)
        if size(body) > 4 * LONGEST:
            return None
    tidied = None if body is None else tidy(transform(body, _alone))
    return tidied if tidied is not None and size(tidied) <= LONGEST else None


def adjoints(context: Context, goal: str, name: str) -> tuple[Equation, ...]:
    """The adjoint equations of one pattern, as the model's own equations give them."""
    from chainrule.gradient.reverse import reverse
    from chainrule.program import patterns

    model = context.model
    return reverse(model.equations, goal, {name: ()}, patterns.functions(model), model.sets)


def _alone(node: Expr) -> Expr:
    match node:
        case Reduce(_, _, body):
            return body
        case Ref(name):
            return Ref(name)
    return node


def plain(written: Expr) -> str:
    """The formula as it is written."""
    return notation.show(written)


def numbers_in(context: Context, written: Expr, values: dict[str, Any]) -> tuple[str, str]:
    """The formula as written, and with every name and every call of a function replaced by its value."""
    opened = {name: definition for name, definition in context.model.functions.items()}

    def rounded(node: Expr) -> Expr:
        (line,) = unfolded((Equation(Ref("#"), node),), opened)
        found = float(np.real(np.asarray(value(line.body, values, 1, NUMBERS)).ravel()[0]))
        if not np.isfinite(found):
            return node
        text = f"{abs(found):.4g}"
        number = Number(Fraction(text), num(abs(found)))
        return Neg(number) if found < 0 else number

    def combine(node: Expr, inside: tuple[Expr, ...]) -> Expr:
        return rounded(node) if isinstance(node, Ref | Call) else rebuild(node, inside)

    return plain(written), notation.show(fold(written, combine))


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
