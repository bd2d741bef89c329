"""The terms of a line: sums placed, brackets in front, indices as they are read."""

from __future__ import annotations

from dataclasses import replace

from chainrule.expr.nodes import (
    Add,
    At,
    Bracket,
    Derivative,
    Div,
    Expr,
    Index,
    InRange,
    Mul,
    Neg,
    Reduce,
    Ref,
)
from chainrule.expr.walk import nodes
from chainrule.gradient.occurrences import ONE, ZERO, product
from chainrule.model.letters import every


def tidy(node: Expr) -> Expr:
    """A node with ``p−v`` for an index ``−v+p``."""
    match node:
        case Ref(_, indices):
            return replace(node, indices=tuple(map(positive_first, indices)))
        case At(place) | InRange(place):
            return replace(node, index=positive_first(place))
        case _:
            return node


def positive_first(place: Index) -> Index:
    return replace(place, terms=tuple(sorted(place.terms, key=lambda term: term[1] < 0)))


def total(terms: list[Expr]) -> Expr:
    return Add(tuple(terms)) if len(terms) > 1 else terms[0] if terms else ZERO


def joined(
    upstream: Derivative | None, local: Expr, letters: tuple[str, ...], where: tuple[Expr, ...] = ()
) -> Expr:
    """``Σ_letters upstream·local``: brackets first, a sum that still has a bracket made one with the outer sum.

    ``where`` are brackets under which all of it stands.
    """
    negative = isinstance(local, Neg)
    local = over(local.arg if isinstance(local, Neg) else local)
    below = local.denominator if isinstance(local, Div) else None
    local = local.numerator if isinstance(local, Div) else local
    factors = local.args if isinstance(local, Mul) else (local,)
    for place, factor in enumerate(factors):
        if isinstance(factor, Reduce) and factor.operator == "sum" and any(map(fixing, nodes(factor.body))):
            rest = (*factors[:place], *factors[place + 1 :], *((below,) if below else ()))
            if not any(set(factor.letters) & every(other) for other in rest):
                inside = factor.body.args if isinstance(factor.body, Mul) else (factor.body,)
                letters, factors = (*letters, *factor.letters), (*factors[:place], *inside, *factors[place + 1 :])
                break
    factors = tuple(factor for factor in factors if factor != ONE)
    above = (upstream,) if upstream is not None else ()
    body = product((*where, *above, *sorted(factors, key=lambda factor: not fixing(factor))))
    body = body if below is None else Div(body, below)
    whole: Expr = Reduce("sum", letters, body) if letters else body
    return Neg(whole) if negative else whole


def brackets_first(expr: Expr) -> Expr:
    """A product with its brackets in front."""
    match over(expr):
        case Neg(arg):
            return Neg(brackets_first(arg))
        case Div(above, below):
            return Div(brackets_first(above), below)
        case Mul(args):
            return Mul(tuple(sorted(args, key=lambda factor: not fixing(factor))))
        case other:
            return other


def over(expr: Expr) -> Expr:
    """``a·(b/c)`` as ``a·b/c``."""
    match expr:
        case Mul((*front, Div(above, below))) if above != ONE:
            return Div(product((*front, above)), below)
        case Mul((*front, Div(_, below))):
            return Div(product(tuple(front)), below)
        case _:
            return expr


def fixing(node: Expr) -> bool:
    """Whether a node is a bracket that says what a letter is."""
    return isinstance(node, Bracket) and node.comparison == "==" and bool(every(node)) and plain_sides(node)


def plain_sides(node: Bracket) -> bool:
    return isinstance(node.left, At) and isinstance(node.right, At)
