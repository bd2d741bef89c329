"""An expression → where a quantity occurs in it, each time with the factors of its derivative there.

Conventions. The derivative of an expression by one occurrence of a name is a product; its factors stand in the order a
textbook prints them: the other factors of a product in place, the exponent first, the inner derivative before the outer
one, so that ``A(w*x)`` gives ``x`` and then ``A'(w*x)``. Where the inner one is a term of a sum, the outer one, which
is the same for all of its terms, comes first: ``A(Σ_i w[i]*x[i])`` gives ``A'(…)`` and then ``x[i]``. A name that
occurs twice gives two terms: their sum is the product rule, or the total derivative.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import cast

from chainrule.expr.limits import most, over
from chainrule.expr.nodes import (
    Add,
    At,
    Bracket,
    Call,
    Cond,
    Constant,
    Derivative,
    Div,
    Expr,
    Index,
    Mul,
    Neg,
    Number,
    Pow,
    Reduce,
    Ref,
    Size,
    index,
    key,
)
from chainrule.expr.walk import Folding, fold, rename_letters
from chainrule.model.letters import base
from chainrule.values import dataclass

ZERO, ONE, TWO = Number(Fraction(0)), Number(Fraction(1)), Number(Fraction(2))

Slope = Callable[[Call, int, Expr | None], Expr | None]
"""How a call changes with one of its arguments; the last argument is the name of its value, if it has one."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A quantity where it is read: the sign and factors of the derivative there, and the sums it stands in."""

    at: Ref
    name: str  # the key under which its value is known
    negative: bool = False
    factors: tuple[Expr, ...] = ()
    opened: tuple[str, ...] = ()

    def times(self, before: tuple[Expr, ...] = (), after: tuple[Expr, ...] = (), sign: bool = False) -> Occurrence:
        """With more factors, and the sign turned if asked."""
        return replace(self, factors=before + self.factors + after, negative=self.negative != sign)


def occurrences(
    expr: Expr, wanted: Callable[[str], bool], fresh: Callable[[str], str], value: Expr | None, slope: Slope
) -> tuple[Occurrence, ...]:
    """Every occurrence of a wanted quantity, in written order.

    ``value`` is the name of the whole expression, if it has one. Bound letters of ``expr`` are machine letters, each
    bound once. Raises LimitError E263 where the derivative has too many parts.
    """

    def combine(node: Expr, inside: tuple[tuple[Occurrence, ...], ...]) -> tuple[Occurrence, ...]:
        if isinstance(node, Ref):
            return (Occurrence(node, node.name),) if wanted(node.name) else ()
        if isinstance(node, Derivative):
            name = key(node)
            return (Occurrence(node.wrt[0], name),) if wanted(name) else ()
        if not any(inside):
            return ()
        found = tuple(outward(node, inside, fresh, value if node is expr else None, slope))
        if isinstance(node, Reduce | Cond | Call) or sum(len(one.factors) for one in found) > MANY:
            parts = sum(_size(factor) for one in found for factor in one.factors)
            if parts > most("derivative"):
                problem = f"the derivative of this equation has {parts:,} parts before it is simplified"
                cure = "give parts of the expression a name of their own, in lines above"
                raise over("E263", "derivative", problem, cure, parts)
        return found

    return fold(expr, combine)


MANY = 256
"""Factors from which on the parts of sums and products are counted too: counting them always would take as long."""

_size: Folding[int] = Folding(lambda node, inside: 1 + sum(inside))


def outward(
    node: Expr,
    inside: tuple[tuple[Occurrence, ...], ...],
    fresh: Callable[[str], str],
    value: Expr | None,
    slope: Slope,
) -> Iterator[Occurrence]:
    """The occurrences inside a node, with the node's own factors."""
    match node:
        case Add():
            for found in inside:
                yield from found
        case Neg():
            yield from (one.times(sign=True) for one in inside[0])
        case Mul(args):
            for place, found in enumerate(inside):
                yield from (one.times(args[:place], args[place + 1 :]) for one in found)
        case Div(a, b):
            yield from (one.times(after=(Div(ONE, b),)) for one in inside[0])
            yield from (one.times(after=(Div(a, Pow(b, TWO)),), sign=True) for one in inside[1])
        case Pow(base_, exponent):
            before = power_slope(base_, exponent)
            if before is not None:
                factors, sign = before
                factors = unless(nothing(base_, exponent, bool(inside[1])), factors)
                yield from (one.times(factors, sign=sign) for one in inside[0])
            by_exponent = unless(vanishes(base_), (node, Call("log", (base_,))))
            yield from (one.times(by_exponent) for one in inside[1])
        case Call():
            for place, found in enumerate(inside):
                if not found:
                    continue
                row = slope(node, place, value)
                if row is None or row == ZERO:
                    continue
                yield from (one.times((row,)) if one.opened else one.times(after=(row,)) for one in found)
        case Reduce():
            yield from reduced(node, inside[0], fresh, value)
        case Cond(test):
            for one in inside[1]:
                yield replace(one, factors=(Cond(test, product(one.factors), ZERO),))
            for one in inside[2]:
                yield replace(one, factors=(Cond(test, ZERO, product(one.factors)),))
        case _:  # a bracket is constant but at its border
            return


def power_slope(base_: Expr, exponent: Expr) -> tuple[tuple[Expr, ...], bool] | None:
    """The factors n and uⁿ⁻¹ before the inner derivative, and whether the sign turns; None if the power is constant."""
    match exponent:
        case Number(n) if n == 0:
            return None
        case Number(n) if n == 1:
            return (), False
        case Number(n) if n == 2:
            return (exponent, base_), False
        case Number(n) if n > 1:
            return (exponent, Pow(base_, Number(n - 1))), False
        case Number(n):
            return (exponent, Pow(base_, Neg(Number(1 - n)))), False
        case Neg(Number(n)):
            return (Number(n), Pow(base_, Neg(Number(n + 1)))), True
        case Neg(n):
            return (n, Pow(base_, Add((exponent, Neg(ONE))))), True
        case _:
            return (exponent, Pow(base_, Add((exponent, Neg(ONE))))), False


def unless(test: Bracket | None, factors: tuple[Expr, ...]) -> tuple[Expr, ...]:
    """The factors of a slope that is 0 where a test holds: there they are 0 times ∞, as in b·aᵇ⁻¹ and aᵇ·log a."""
    if test is None:
        return factors
    if isinstance(test.left, At):  # a bracket of indices: where it is 0, nothing beside it is looked at
        return (Bracket("!=", test.left, test.right), *factors)
    return (Cond(test, ZERO, product(factors)),)


def nothing(base_: Expr, exponent: Expr, moving: bool) -> Bracket | None:
    """Where a power is 1 whatever its base is: where the exponent is 0.

    If the exponent moves too, only where the base is 0 as well: next to there the slope changes with the exponent.
    """
    exponent = exponent.arg if isinstance(exponent, Neg) else exponent
    test = vanishes(exponent)
    if not moving or test is None or (zero := vanishes(base_)) is None:
        return test
    return Bracket("==", Mul((zero, test)), ONE)


def vanishes(expr: Expr) -> Bracket | None:
    """Where an expression is 0; None if it never is."""
    match expr:
        case Number(value) if value:
            return None
        case Size() | Constant():
            return None
        case At():
            return Bracket("==", expr, At(Index()))
        case _:
            return Bracket("==", expr, ZERO)


def reduced(
    node: Reduce, inside: tuple[Occurrence, ...], fresh: Callable[[str], str], value: Expr | None
) -> Iterator[Occurrence]:
    """What a reduction makes of the occurrences in its body: each gets letters of its own."""
    for one in inside:
        new = {letter: fresh(letter) for letter in node.letters}
        meaning = {letter: index(other) for letter, other in new.items()}
        at = cast(Ref, rename_letters(one.at, meaning))
        factors = tuple(rename_letters(factor, meaning) for factor in one.factors)
        outer = weight(node, meaning, fresh, value)
        yield replace(one, at=at, factors=factors + outer, opened=(*new.values(), *one.opened))


def weight(
    node: Reduce, meaning: Mapping[str, Index], fresh: Callable[[str], str], value: Expr | None
) -> tuple[Expr, ...]:
    """The derivative of a reduction by its body at the letters given."""
    body = rename_letters(node.body, meaning)
    whole = value or again(node, fresh)
    match node.operator:
        case "sum":
            return ()
        case "mean":
            return tuple(Div(ONE, Size(base(letter))) for letter in node.letters)
        case "logsumexp":
            return (Call("exp", (Add((body, Neg(whole))),)),)
        case "max" | "min":
            # a tie is shared equally: 1 over how many reach the extreme
            rivals = again(node, fresh)
            hits = Reduce("sum", rivals.letters, Bracket("==", rivals.body, whole))
            return (Div(Bracket("==", body, whole), hits),)
        case "prod":
            others = node.body
            for letter in reversed(node.letters):
                ((other, _),) = meaning[letter].terms
                others = Cond(Bracket("==", At(index(letter)), At(index(other))), others, node.body)
            # where every letter agrees stands the factor itself: its place is taken by 1
            return (Reduce("prod", node.letters, without(others, node.body)),)


def again(node: Reduce, fresh: Callable[[str], str]) -> Reduce:
    """The same reduction with letters of its own."""
    new = {letter: fresh(letter) for letter in node.letters}
    body = rename_letters(node.body, {letter: index(other) for letter, other in new.items()})
    return Reduce(node.operator, tuple(new.values()), body)


def without(expr: Expr, body: Expr) -> Expr:
    """The innermost branch of nested conditions replaced by 1."""
    return replace(expr, then=without(expr.then, body)) if isinstance(expr, Cond) and expr is not body else ONE


def product(factors: tuple[Expr, ...]) -> Expr:
    """The product of factors: 1 of none, the factor itself of one; a product among them is taken apart."""
    flat = tuple(part for factor in factors for part in (factor.args if isinstance(factor, Mul) else (factor,)))
    return Mul(flat) if len(flat) > 1 else flat[0] if flat else ONE
