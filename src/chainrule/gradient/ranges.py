"""Letters → the values they run over, as far as a text says: which brackets hold for certain, which never."""

from __future__ import annotations

from collections.abc import Iterable

from chainrule.expr.indices import Extent, below, reach, shift
from chainrule.expr.nodes import At, Bracket, Expr, Index, InRange, Mul, number
from chainrule.model.letters import base
from chainrule.model.model import LetterSet
from chainrule.model.ranges import whole
from chainrule.values import dataclass


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
        found = self.extent(letter)
        return None if found.low is None or found.high is None else (found.low, found.high)

    def extent(self, letter: str) -> Extent:
        """The ends that the text says as numbers."""
        found = self.set_of(letter)
        return Extent() if found is None else Extent(whole(found.low), whole(found.high))

    def inside(self, position: Index, letter: str) -> bool | None:
        """Whether an index always (True) or never (False) lies in the range of a letter; None if it depends."""
        if position.letter is not None and self.same(position.letter, letter):
            return True
        own, values = self.extent(letter), reach(position, self.extent)
        if not own.meets(values):
            return False
        known = None not in (own.low, own.high, values.low, values.high)
        return True if known and not (below(values.low, own.low) or below(own.high, values.high)) else None

    def equal(self, one: Index, other: Index) -> bool | None:
        """Whether two indices are always (True) or never (False) equal; None if it depends."""
        if one == other:
            return True
        # letters with one value are equal only as long as nobody gives them more
        return None if shift(one, other, self.extent).meets(Extent(0, 0)) else False

    def holds(self, test: Expr) -> bool | None:
        """Whether a bracket of indices always (True) or never (False) holds; None if it depends."""
        match test:
            case InRange(position, letter):
                return self.inside(position, letter)
            case Bracket("==" | "!=" as comparison, left, right):
                if isinstance(left, Bracket | InRange | Mul) and right == number(0):
                    factors = left.args if isinstance(left, Mul) else (left,)
                    found = [self.holds(one) for one in factors]
                    same = True if False in found else False if all(found) else None
                else:
                    sides = position_of(left), position_of(right)
                    same = None if sides[0] is None or sides[1] is None else self.equal(sides[0], sides[1])
                return same if same is None or comparison == "==" else not same
        return None


def position_of(expr: Expr) -> Index | None:
    """The index that an expression is: that of a letter, or a whole number."""
    return expr.index if isinstance(expr, At) else None if (found := whole(expr)) is None else Index((), found)


def ranges(sets: Iterable[LetterSet]) -> Ranges:
    return Ranges(tuple(sets))
