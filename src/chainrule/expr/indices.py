"""Affine indices → their values: the one place that says what ``2*s + u - 1`` is and whether a bracket about it holds.

Conventions. A letter has a value (a whole number, or an array of them: whatever adds and multiplies), or it is known by
the values it runs over. Ends of ranges that are not known are None. A bracket of indices alone speaks of letters, sizes
and numbers and of no quantity: where it is 0, what it multiplies is not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from fractions import Fraction
from typing import Any, TypeVar

from chainrule.expr.nodes import Add, At, Bracket, Comparison, Expr, Index, InRange, Mul, Neg, Number, Size
from chainrule.expr.walk import fold, nodes
from chainrule.values import dataclass

N = TypeVar("N")


@dataclass(frozen=True, slots=True)
class Extent:
    """Whole numbers from ``low`` to ``high``; an end that is not known is None."""

    low: int | None = None
    high: int | None = None

    def meets(self, other: Extent) -> bool:
        """Whether both can hold one number."""
        return not (below(self.high, other.low) or below(other.high, self.low))


@dataclass(frozen=True, slots=True)
class Letters:
    """What is known of letters: the values they run over, and which belong to one set."""

    extent: Callable[[str], Extent]
    group: Callable[[str], Hashable]


def below(one: int | None, other: int | None) -> bool:
    """Whether an end is known to lie before another."""
    return one is not None and other is not None and one < other


def around(values: range | None) -> Extent:
    """The ends of a range."""
    return Extent() if values is None else Extent(values.start, values.stop - 1)


def index_value(index: Index, of: Callable[[str], Any]) -> Any:
    """The value of an index where ``of`` gives those of its letters.

    >>> index_value(Index((("s", 2), ("u", 1)), -1), {"s": 3, "u": 1}.__getitem__)
    6
    """
    total: Any = index.constant
    for letter, coefficient in index.terms:
        total = total + coefficient * of(letter)
    return total


def reach(index: Index, of: Callable[[str], Extent]) -> Extent:
    """The least and the greatest value of an index.

    >>> reach(Index((("t", -1),), 5), lambda letter: Extent(1, None))
    Extent(low=None, high=4)
    """
    low: int | None = index.constant
    high: int | None = index.constant
    for letter, coefficient in index.terms:
        span = of(letter)
        first, last = (span.low, span.high) if coefficient > 0 else (span.high, span.low)
        low = None if low is None or first is None else low + coefficient * first
        high = None if high is None or last is None else high + coefficient * last
    return Extent(low, high)


def shift(read: Index, own: Index, of: Callable[[str], Extent]) -> Extent:
    """How far an index lies from another: exactly where the letters are the same, else within known ends."""
    terms = dict(read.terms)
    for letter, coefficient in own.terms:
        terms[letter] = terms.get(letter, 0) - coefficient
    left = tuple((letter, coefficient) for letter, coefficient in terms.items() if coefficient)
    return reach(Index(left, read.constant - own.constant), of)


def speaks_of_indices(expr: Expr) -> bool:
    """Whether an expression is a bracket in which only indices, sizes and numbers stand."""
    if isinstance(expr, InRange):
        return True
    if not isinstance(expr, Bracket):
        return False
    return all(isinstance(node, At | Size | Number | Neg | Add | Mul | Bracket | InRange) for node in nodes(expr))


def truth(test: Expr, letters: Mapping[str, int], ranges: Callable[[str], range | None]) -> bool | None:
    """Whether a bracket of indices alone holds; None where a size or a range that it needs is not known."""
    found = exact(test, letters, ranges)
    return None if found is None else bool(found)


def exact(expr: Expr, letters: Mapping[str, int], ranges: Callable[[str], range | None]) -> Fraction | None:
    """The exact number that an expression of indices, sizes and numbers is.

    >>> exact(Add((At(Index((("t", 1),))), Number(Fraction(1, 2)))), {"t": 2}, lambda letter: None)
    Fraction(5, 2)
    """

    def combine(node: Expr, inside: tuple[Fraction | None, ...]) -> Fraction | None:
        match node:
            case Number(written):
                return written
            case At(index):
                return Fraction(index_value(index, letters.__getitem__))
            case Size(letter):
                values = ranges(letter)
                return None if values is None else Fraction(len(values))
            case InRange(index, letter):
                values = ranges(letter)
                return None if values is None else Fraction(index_value(index, letters.__getitem__) in values)
        parts = [one for one in inside if one is not None]
        if len(parts) < len(inside):
            return None
        match node:
            case Neg():
                return -parts[0]
            case Add():
                return sum(parts, Fraction(0))
            case Mul():
                total = Fraction(1)
                for one in parts:
                    total *= one
                return total
            case Bracket(comparison):
                return Fraction(compare(comparison, *parts))
        return None

    return fold(expr, combine)


def compare(comparison: Comparison, left: Fraction, right: Fraction) -> bool:
    """Whether a comparison of exact numbers holds."""
    match comparison:
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
        case "==":
            return left == right
        case "!=":
            return left != right


def base(letter: str) -> str:
    """The letter that primes and machine numbers were added to.

    >>> base("i'"), base("i#3"), base("p#"), base("p##3")
    ('i', 'i', 'p#', 'p#')
    """
    plain = letter.rstrip("'")
    head, _, number = plain.rpartition("#")
    return head if number.isdigit() and head else plain
