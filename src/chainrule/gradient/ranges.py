"""Letters → the values they run over, as far as a text says: which brackets hold for certain, which never."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chainrule.expr.nodes import Expr, Index, Neg, Number
from chainrule.gradient.letters import base
from chainrule.model.model import LetterSet


@dataclass(frozen=True, slots=True)
class Ranges:
    """The sets of letters of a text; a letter of no set (that of the patterns) is a set of its own."""

    sets: tuple[LetterSet, ...] = ()

    def set_of(self, letter: str) -> LetterSet | None:
        """The set of a letter, primes and machine numbers aside."""
        plain = base(letter)
        return next((group for group in self.sets if plain in group.letters), None)

    def same(self, one: str, other: str) -> bool:
        """Whether two letters run over one set."""
        return base(one) == base(other) or ((found := self.set_of(one)) is not None and found is self.set_of(other))

    def bounds(self, letter: str) -> tuple[int, int] | None:
        """The least and the greatest value, where the text says them as numbers."""
        found = self.set_of(letter)
        if found is None:
            return None
        low, high = whole(found.low), whole(found.high)
        return None if low is None or high is None else (low, high)

    def interval(self, position: Index) -> tuple[int, int] | None:
        """The least and the greatest value of an index."""
        low = high = position.constant
        for letter, factor in position.terms:
            if (bounds := self.bounds(letter)) is None:
                return None
            ends = sorted(factor * bound for bound in bounds)
            low, high = low + ends[0], high + ends[1]
        return low, high

    def inside(self, position: Index, letter: str) -> bool | None:
        """Whether an index always (True) or never (False) lies in the range of a letter; None if it depends."""
        if position.letter is not None and self.same(position.letter, letter):
            return True
        bounds, values = self.bounds(letter), self.interval(position)
        if bounds is None or values is None:
            return None
        if bounds[0] <= values[0] and values[1] <= bounds[1]:
            return True
        return False if values[1] < bounds[0] or values[0] > bounds[1] else None

    def equal(self, one: Index, other: Index) -> bool | None:
        """Whether two indices are always (True) or never (False) equal; None if it depends."""
        if one == other:
            return True
        first, second = self.interval(one), self.interval(other)
        if first is None or second is None:
            return None
        return False if first[1] < second[0] or second[1] < first[0] else None


def whole(bound: Expr | None) -> int | None:
    """A bound that is written as an integer."""
    match bound:
        case Number(value) if value.denominator == 1:
            return int(value)
        case Neg(Number(value)) if value.denominator == 1:
            return -int(value)
        case _:
            return None


def ranges(sets: Iterable[LetterSet]) -> Ranges:
    return Ranges(tuple(sets))
