"""An expression held against a pattern: is it an instance, and at which indices?

Conventions. The letters of a pattern that are free in it stand for indices; letters bound in it may be called anything.
"""

from __future__ import annotations

from collections.abc import Mapping

from chainrule.expr.nodes import (
    At,
    Bracket,
    Call,
    Constant,
    Derivative,
    Expr,
    Index,
    InRange,
    Number,
    Reduce,
    Ref,
    Size,
    index,
)
from chainrule.expr.walk import children, rename_index
from chainrule.model.letters import base


def match(pattern: Expr, expr: Expr, free: frozenset[str]) -> dict[str, Index] | None:
    """What each free letter of the pattern stands for, if the expression is an instance of it.

    >>> i, j = index("i"), index("j")
    >>> match(Ref("W", (i, j)), Ref("W", (index("k"), index("i"))), frozenset("ij"))["i"].letter
    'k'
    """
    meaning: dict[str, Index] = {}
    todo: list[tuple[Expr, Expr, Mapping[str, Index]]] = [(pattern, expr, {})]
    while todo:
        one, other, bound = todo.pop()
        if type(one) is not type(other) or own(one) != own(other):
            return None
        pairs = zip(places(one), places(other), strict=False)
        if len(places(one)) != len(places(other)) or not all(
            meets(left, right, free, bound, meaning) for left, right in pairs
        ):
            return None
        if isinstance(one, Reduce) and isinstance(other, Reduce):
            if any(base(a) != base(b) for a, b in zip(one.letters, other.letters, strict=True)):
                return None
            bound = {**bound, **{a: index(b) for a, b in zip(one.letters, other.letters, strict=True)}}
        below, beside = children(one), children(other)
        if len(below) != len(beside):
            return None
        todo.extend((left, right, bound) for left, right in zip(below, beside, strict=True))
    return meaning


def own(node: Expr) -> object:
    """What a node says besides what is inside it and its indices."""
    match node:
        case Number(value):
            return value
        case Ref(name) | Constant(name):
            return name
        case Call(function, _, order):
            return function, order
        case Reduce(operator, letters):
            return operator, len(letters)
        case Bracket(comparison):
            return comparison
        case InRange(_, letter) | Size(letter):
            return base(letter)
        case Derivative(_, _, kind):
            return kind
        case _:
            return None


def places(node: Expr) -> tuple[Index, ...]:
    """The indices of a node."""
    match node:
        case Ref(_, indices):
            return indices
        case At(place) | InRange(place):
            return (place,)
        case _:
            return ()


def meets(
    left: Index, right: Index, free: frozenset[str], bound: Mapping[str, Index], meaning: dict[str, Index]
) -> bool:
    """Whether an index of the pattern can be that of the expression; what it then stands for is written down."""
    letter = left.letter
    if letter is not None and letter not in bound and letter in free and letter not in meaning:
        if any(place == right_letter for place in bound_letters(bound) for right_letter, _ in right.terms):
            return False  # an index that the pattern has outside a sum cannot be the letter of that sum
        meaning[letter] = right
        return True
    if any(one in free and one not in bound and one not in meaning for one, _ in left.terms):
        return False
    return rename_index(left, {**meaning, **bound}) == right


def bound_letters(bound: Mapping[str, Index]) -> tuple[str, ...]:
    return tuple(place.letter for place in bound.values() if place.letter is not None)
