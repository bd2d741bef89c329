"""Bounds of letters → the integers they run over, as far as the text alone says them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cache

from chainrule.expr.graph import components
from chainrule.expr.indices import Extent, Letters
from chainrule.expr.nodes import Add, Div, Expr, Mul, Neg, Number, Pow, Ref
from chainrule.expr.walk import fold, names
from chainrule.model.letters import base
from chainrule.model.model import LetterSet, Quantity
from chainrule.notation.statements import Given, Listing

LONGEST = 10**9
"""More values than this one letter cannot have."""


LARGEST = 2**2048
"""Exact arithmetic stops here: powers of powers would fill the memory."""


def exact(expr: Expr, consts: Mapping[str, Fraction]) -> Fraction | None:
    """The number a constant expression is, by exact arithmetic; None where that cannot be said.

    >>> from chainrule.expr.nodes import number
    >>> exact(Add((Ref("n"), number(-1))), {"n": Fraction(3)})
    Fraction(2, 1)
    """

    def combine(node: Expr, inside: tuple[Fraction | None, ...]) -> Fraction | None:
        value = step(node, inside)
        small = value is None or max(abs(value.numerator), value.denominator) < LARGEST
        return value if small else None

    def step(node: Expr, inside: tuple[Fraction | None, ...]) -> Fraction | None:
        known = [value for value in inside if value is not None]
        if len(known) < len(inside):
            return None
        match node:
            case Number(value):
                return value
            case Ref(name, ()):
                return consts.get(name)
            case Neg():
                return -known[0]
            case Add():
                return sum(known, Fraction(0))
            case Mul():
                product = Fraction(1)
                for value in known:
                    product *= value
                return product
            case Div() if known[1] != 0:
                return known[0] / known[1]
            case Pow() if known[1].denominator == 1 and 0 <= known[1] <= 64:
                return known[0] ** int(known[1])
        return None

    return fold(expr, combine)


def constants(quantities: Mapping[str, Quantity]) -> dict[str, Fraction]:
    """The scalar consts whose value the text gives exactly."""
    pending = {
        quantity.name: quantity.start.value
        for quantity in quantities.values()
        if quantity.role == "const"
        and not quantity.letters
        and isinstance(quantity.start, Given)
        and not isinstance(quantity.start.value, Listing)
    }
    found: dict[str, Fraction] = {}
    for part in components({name: names(expr) for name, expr in pending.items()}):
        value = exact(pending[part[0]], found)
        if len(part) == 1 and value is not None:
            found[part[0]] = value
    return found


def span_of(group: LetterSet, consts: Mapping[str, Fraction]) -> range | None:
    """The values of a set, if they are known."""
    if group.low is None or group.high is None:
        return None
    low, high = exact(group.low, consts), exact(group.high, consts)
    if low is None or high is None or low.denominator != 1 or high.denominator != 1 or high - low >= LONGEST:
        return None
    return range(int(low), int(high) + 1)


def whole(bound: Expr | None) -> int | None:
    """A bound that is written as an integer; one given by a const may be another when the model is run."""
    match bound:
        case Number(value) if value.denominator == 1:
            return int(value)
        case Neg(Number(value)) if value.denominator == 1:
            return -int(value)
        case _:
            return None


def letters(sets: Iterable[LetterSet]) -> Letters:
    """What a text alone says of its letters, whatever its consts are; a letter of no set is a set of its own."""
    groups = {letter: group for group in sets for letter in group.letters}

    @cache
    def extent(letter: str) -> Extent:
        group = groups.get(base(letter))
        return Extent() if group is None else Extent(whole(group.low), whole(group.high))

    return Letters(extent, lambda letter: groups[base(letter)].name if base(letter) in groups else base(letter))
