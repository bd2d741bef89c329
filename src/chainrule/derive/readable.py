"""States of a line: parts put in, signs and brackets kept readable, and nothing else changed."""

from __future__ import annotations

from fractions import Fraction

from chainrule.expr.limits import most
from chainrule.expr.nodes import Add, Expr, Mul, Neg, Reduce
from chainrule.expr.walk import rewritten, size, transform
from chainrule.gradient.occurrences import ONE, ZERO
from chainrule.gradient.rewrites import vanishing

READABLE = Fraction(3, 40)
"""The part of the limit ``lines`` that one line may take: 1,500 nodes, what fills a page. A derivation with
a longer one is given as adjoint equations instead."""


class LineBudget:
    """What the lines of a derivation may hold together: the limit ``lines``, spent line by line."""

    def __init__(self) -> None:
        self._left = most("lines")

    def take(self, expr: Expr) -> None:
        """Counts a line; TooLong where it is too long, or all are."""
        self._left -= size(short_enough(expr))
        if self._left < 0:
            raise TooLong


class TooLong(Exception):
    """A line is longer than is read, or all are together; `derive` answers it."""


def short_enough(expr: Expr) -> Expr:
    """The expression, or TooLong."""
    if size(expr) > READABLE * most("lines"):
        raise TooLong
    return expr


def put(expr: Expr, part: Expr, new: Expr) -> Expr:
    """The expression with every occurrence of a part replaced, in readable form."""
    return readable(transform(expr, lambda node: new if node == part else node))


def readable(expr: Expr) -> Expr:
    """Products in products and sums in sums without brackets, and one minus sign before a product, not inside."""
    return rewritten(expr, _flat)


def _flat(node: Expr) -> Expr:
    match node:
        case Mul(args):
            signs = sum(isinstance(arg, Neg) for arg in args)
            bare = (arg.arg if isinstance(arg, Neg) else arg for arg in args)
            flat = tuple(part for arg in bare for part in (arg.args if isinstance(arg, Mul) else (arg,)))
            if signs == 0 and len(flat) == len(args):
                return node
            return Neg(Mul(flat)) if signs % 2 else Mul(flat)
        case Add(args) if any(isinstance(arg, Add) for arg in args):
            return Add(tuple(part for arg in args for part in (arg.args if isinstance(arg, Add) else (arg,))))
        case Neg(Neg(arg)):
            return arg
        case _:
            return node


def without_ones(expr: Expr) -> Expr:
    """Factors 1 that no one wrote dropped."""

    def drop(node: Expr) -> Expr:
        match node:
            case Mul(args):
                kept = tuple(arg for arg in args if not (arg == ONE and arg.span == ONE.span))
                return node if len(kept) == len(args) else Mul(kept) if len(kept) > 1 else kept[0] if kept else ONE
            case _:
                return node

    return readable(transform(expr, drop))


def without_zeros(expr: Expr) -> Expr:
    """Products with a zero that no one wrote dropped, and what they would add."""

    def drop(node: Expr) -> Expr:
        match node:
            case Mul(args) if any(map(vanishing, args)):
                return ZERO
            case Neg(arg) if vanishing(arg):
                return ZERO
            case Reduce("sum" | "mean", _, body) if vanishing(body):
                return ZERO
            case Add(args):
                kept = tuple(arg for arg in args if not vanishing(arg))
                return node if len(kept) == len(args) else Add(kept) if len(kept) > 1 else kept[0] if kept else ZERO
            case _:
                return node

    return readable(transform(expr, drop))


def has_zero(expr: Expr) -> bool:
    """Whether a zero that no one wrote stands in it."""
    return without_zeros(expr) != readable(expr)
