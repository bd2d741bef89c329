"""The equations of a network with letters on jets of intervals: value, slope and bend along a line, with what rounding
may do, for whole ranges of weights.

Conventions. A quantity is a `Field` whose values are a `Jet`; each of its six arrays has an axis for each letter of the
field, of length 1 where nothing depends on it. `ZERO` stays what it is. The steps and the order of computing are those
of the numbers (`equations_with_letters`): only what is done at a node differs.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.explain.evaluate import intervals as on
from chainrule.explain.evaluate.equations_with_letters import Grid, NamedNumbers, PartOfQuantity, PlannedEquation
from chainrule.explain.evaluate.intervals import ZERO, Enclosure, point
from chainrule.explain.evaluate.jets import JETS, Jet, fixed, stretched
from chainrule.explain.evaluate.named_arrays import LANE, Factors, Field, order
from chainrule.explain.evaluate.straight import Straight
from chainrule.expr.nodes import Index
from chainrule.values import dataclass

Values = NDArray[Any]
CALL = 500
"""Intervals that take as long as it takes to begin with some."""


def leaves(jet: Jet, change: Callable[[Values], Values]) -> Jet:
    """The same change of each array of a jet."""

    def of(part: Enclosure) -> Enclosure:
        return part if part is ZERO else Enclosure(change(part.low), change(part.high))

    return Jet(of(jet.value), of(jet.slope), of(jet.bend))


def with_axes(values: Values, count: int) -> Values:
    """The same numbers with so many axes: first ones of length 1 come or go."""
    values = np.asarray(values)
    if values.ndim > count:
        return values.reshape(values.shape[values.ndim - count :])
    return values.reshape((1,) * (count - values.ndim) + values.shape)


def put(jet: Jet, letters: Sequence[str]) -> Field:
    """A jet whose axes are letters in any order → a field."""
    wanted = order(letters)
    turned = [list(letters).index(letter) for letter in wanted]
    return Field(leaves(jet, lambda one: np.transpose(with_axes(one, len(turned)), turned)), wanted)  # type: ignore[arg-type]


def lifted(one: Field) -> Field:
    """A field of numbers as one of jets."""
    return one if isinstance(one.values, Jet) else Field(fixed(point(one.values)), one.letters)  # type: ignore[arg-type]


def jet_of(one: Field, letters: tuple[str, ...] | None = None) -> Jet:
    """The jet of a field, with an axis for each of some letters."""
    jet: Jet = lifted(one).values  # type: ignore[assignment]
    if letters is None:
        return jet
    at = tuple(slice(None) if letter in one.letters else None for letter in letters)
    return leaves(jet, lambda values: with_axes(values, len(one.letters))[at])


def column(jet: Jet, lanes: int) -> Jet:
    """Numbers, one a lane, as (lanes, 1)."""
    return stretched(leaves(jet, lambda values: with_axes(values, 1)[:, None]), (lanes, 1))


def to_the(exponent: Fraction, base: Jet) -> Jet:
    return JETS.power(base, None, exponent)  # type: ignore[no-any-return]


def apply(function: Callable[..., Jet], *fields: Field) -> Field:
    """A function of jets, entry by entry."""
    letters = order([letter for one in fields for letter in one.letters])
    return Field(function(*[jet_of(one, letters) for one in fields]), letters)  # type: ignore[arg-type]


@dataclass(slots=True)
class JetGrid(Grid):
    """Quantities by key, as jets on so many ``lanes``."""

    lanes: int = 1

    def run(self, plan: Iterable[PlannedEquation]) -> None:
        """Every line, in order."""
        lines = tuple(plan)
        with np.errstate(all="ignore"):
            for line in lines:
                if line.part is not None and line.name not in self.known:
                    self.known[line.name] = self.nothing(line.part)
            for line in lines:
                value = lifted(self.found(line.body))
                if line.part is None:
                    own = tuple(self.ranges[letter] for letter in line.letters)
                    self.known[line.name] = NamedNumbers(value, line.letters, own)
                else:
                    self.put_in(self.known[line.name].field, line.part, value)

    def nothing(self, part: PartOfQuantity) -> NamedNumbers:
        """A quantity of which no entry is known."""
        letters = order([LANE, *part.letters])
        sizes = dict(zip(part.letters, map(len, part.ranges), strict=True)) | {LANE: self.lanes}
        shape = [sizes[letter] for letter in letters]
        ends = [Enclosure(np.full(shape, -np.inf), np.full(shape, np.inf)) for _ in range(3)]
        return NamedNumbers(Field(Jet(*ends), letters), part.letters, part.ranges)  # type: ignore[arg-type]

    def put_in(self, whole: Field, part: PartOfQuantity, value: Field) -> None:
        """Some entries written into a quantity."""
        key, axes = self.places(part, whole.letters)
        wanted = order(axes)
        turned = [wanted.index(own) for own in axes]
        held: Values = np.array(True)
        for test in part.where:
            found = jet_of(self.found(test), wanted).value
            held = held & (with_axes(found.low, len(wanted)) != 0)
        into, new = jet_of(whole), jet_of(value, wanted)
        for old, part_of_it in ((into.value, new.value), (into.slope, new.slope), (into.bend, new.bend)):
            for target, numbers in ((old.low, part_of_it.low), (old.high, part_of_it.high)):
                seen = target[key]
                given = np.broadcast_to(np.transpose(with_axes(numbers, len(wanted)), turned), seen.shape)
                mask = np.transpose(with_axes(held, len(wanted)), turned)
                target[key] = np.where(mask, given, seen)

    # ---- one expression ------------------------------------------------------------------------------------------

    def number(self, exact: Fraction, near: Field) -> Field:
        one = on.constant(exact)
        return Field(fixed(Enclosure(one.low.reshape(()), one.high.reshape(()))))  # type: ignore[arg-type]

    def divided(self, factors: Factors, exact: Fraction, share: Field) -> Factors:
        return (apply(operator.truediv, self.whole(factors), self.number(exact, share)),)

    def whole(self, factors: Factors) -> Field:
        """Factors together: of signs the parity, of equal ones a power, for a set squared is less than a set times
        another."""
        signs = [one for one in factors if not one.letters and not isinstance(one.values, Jet) and one.values == -1]
        rest = [one for one in factors if not any(one is sign for sign in signs)]
        if not rest:
            return lifted(Field(np.array((-1.0) ** len(signs))))
        groups: dict[tuple[int, tuple[str, ...]], list[Field]] = {}
        for one in rest:
            same = jet_of(one).value if isinstance(one.values, Jet) else one.values
            groups.setdefault((id(same), one.letters), []).append(one)
        powers = [
            one[0] if len(one) == 1 else apply(partial(to_the, Fraction(len(one))), one[0]) for one in groups.values()
        ]
        total = powers[0]
        for other in powers[1:]:
            total = apply(operator.mul, total, other)
        return apply(operator.neg, total) if len(signs) % 2 else total

    def reduced(self, operator_: str, over: tuple[str, ...], factors: Factors) -> Field:
        """A sum or a mean over letters."""
        one = lifted(self.whole(factors))
        jet, left, count = self.side_by_side(one, [letter for letter in over if letter in one.letters])
        total = self.drop(JETS.total(jet, count), left) if count > 1 else one if not count else self.drop(jet, left)
        sizes = math.prod(len(self.ranges[letter]) for letter in over)
        absent = math.prod(len(self.ranges[letter]) for letter in over if letter not in one.letters)
        if operator_ == "sum":
            return total if absent == 1 else apply(operator.mul, total, Field(np.array(float(absent))))
        share = sizes // absent
        return total if share == 1 else apply(operator.truediv, total, Field(np.array(float(share))))

    def side_by_side(self, one: Field, over: Sequence[str]) -> tuple[Jet, tuple[str, ...], int]:
        """The numbers with all of some letters along the last axis; the letters that are left, and how many there are:
        0 where there is no such letter."""
        left = tuple(letter for letter in one.letters if letter not in over)
        if not over:
            return jet_of(one), left, 0
        turned = [one.letters.index(letter) for letter in (*left, *over)]
        sizes = [len(self.ranges[letter]) for letter in over]
        count = math.prod(sizes)

        def flat(values: Values) -> Values:
            values = np.transpose(with_axes(values, len(turned)), turned)
            return np.broadcast_to(values, (*values.shape[: len(left)], *sizes)).reshape(
                *values.shape[: len(left)], count
            )

        return leaves(jet_of(one), flat), left, count

    def drop(self, jet: Jet, left: tuple[str, ...]) -> Field:
        """Without the last axis, which has one number."""
        return Field(leaves(jet, lambda values: with_axes(values, len(left) + 1)[..., 0]), left)  # type: ignore[arg-type]

    def inside(self, position: Index, letter: str) -> Field:
        at, values = self.index(position), self.ranges[letter]
        return Field(((at.values >= values.start) & (at.values < values.stop)) * 1.0, at.letters)

    def arithmetic(self) -> Any:
        return JETS

    def entrywise(self, function: Callable[..., Any], *fields: Field) -> Field:
        return apply(function, *fields)

    def product(self, guarding: tuple[bool, ...], inside: tuple[Factors, ...]) -> Factors:
        """Factors together; where a bracket that guards them is 0 they are 0, even if they are no number."""
        rest = tuple(part for guard, one in zip(guarding, inside, strict=True) if not guard for part in one)
        total = self.whole(rest) if rest else lifted(Field(np.array(1.0)))
        for guard, one in zip(guarding, inside, strict=True):
            if guard:
                total = apply(JETS.choose, self.whole(one), total, Field(np.array(0.0)))
        return (total,)

    def over_letters(self, operator_: str, one: Field, over: tuple[str, ...]) -> Field:
        """A largest, a smallest, a product, or the logarithm of a sum of exponentials over letters."""
        here = [letter for letter in over if letter in one.letters]
        absent = math.prod(len(self.ranges[letter]) for letter in over if letter not in one.letters)
        jet, left, count = self.side_by_side(lifted(one), here)
        if operator_ in ("max", "min"):
            return self.drop(JETS.extreme(operator_, JETS.parts(jet, count)), left) if count else one
        if operator_ == "prod":
            total = one
            if count:
                every = JETS.parts(jet, count)
                product = every[0]
                for part in every[1:]:
                    product = product * part
                total = self.drop(product, left)
            return total if absent == 1 else apply(partial(to_the, Fraction(absent)), total)
        top = self.drop(JETS.extreme("max", JETS.parts(jet, count)), left) if count else one
        parts = apply(lambda value, most: JETS.call("exp", (value - most,)), one, top)
        total = self.reduced("sum", over, (parts,))
        return apply(lambda most, sum_: most + JETS.call("log", (sum_,)), top, total)

    # ---- what is read --------------------------------------------------------------------------------------------

    def taken(self, one: NamedNumbers, indices: tuple[Index, ...], way: Straight) -> Field:
        return self.gathered(one, indices)

    def gathered(self, one: NamedNumbers, indices: tuple[Index, ...]) -> Field:
        """A quantity at some indices, each of them any sum of letters and a number."""
        used = [letter for position in indices for letter, _ in position.terms]
        kept: dict[str, str] = {}
        moved: list[tuple[int, Index]] = []
        for place, position in enumerate(indices):
            letter = position.letter
            if letter is not None and used.count(letter) == 1 and self.ranges[letter] == one.ranges[place]:
                kept[one.letters[place]] = letter
            else:
                moved.append((place, position))
        have = one.field.letters
        if not moved:
            named = tuple(kept.get(letter, letter) for letter in have)
            return Field(one.field.values, named) if named == order(named) else put(jet_of(one.field), named)
        return self.moved(one, kept, moved)

    def moved(self, one: NamedNumbers, kept: Mapping[str, str], moved: list[tuple[int, Index]]) -> Field:
        """The same where some indices are no letters of their own: 0 outside of the quantity."""
        have = one.field.letters
        held = [letter for letter in have if letter not in {one.letters[place] for place, _ in moved}]
        axes = [one.letters[place] for place, _ in moved if one.letters[place] in have]
        full = dict(zip(one.letters, map(len, one.ranges), strict=True))
        inside: Values = np.array(True)
        spots: list[tuple[Values, tuple[str, ...]]] = []
        letters = order({letter for _, position in moved for letter, _ in position.terms})
        for place, position in moved:
            at, values = self.index(position), one.ranges[place]
            where = with_axes(at.values, len(at.letters))[
                tuple(slice(None) if letter in at.letters else None for letter in letters)
            ]
            inside = inside & (where >= values.start) & (where < values.stop)
            if one.letters[place] in have:
                spots.append((np.clip(where - values.start, 0, len(values) - 1).astype(np.int64), at.letters))
        turned = [have.index(letter) for letter in (*held, *axes)]

        def chosen(values: Values) -> Values:
            values = np.transpose(with_axes(values, len(have)), turned)
            values = np.broadcast_to(values, (*values.shape[: len(held)], *(full[axis] for axis in axes)))
            places = np.broadcast_arrays(*(spot for spot, _ in spots)) if spots else []
            first: tuple[Any, ...] = (...,)
            picked = values[first + tuple(places)] if spots else values.reshape((*values.shape, *(1,) * len(letters)))
            return np.where(inside, picked, 0.0)

        jet = leaves(jet_of(one.field), chosen)
        return put(jet, [*(kept.get(letter, letter) for letter in held), *letters])
