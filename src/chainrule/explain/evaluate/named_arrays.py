"""Arrays whose axes are letters, and how they are put together: what a network with letters is computed with.

Conventions. An axis is named by its letter; ``LANE`` is the axis of the points at which a network is looked at. Letters
stand in one order, lanes first. What does not depend on a letter has no axis for it. A product is kept as its factors
until it is needed, so that a sum over it is a product of matrices. There are two kinds of numbers: plain ones, real or
complex, and *what is known for every weight*, where NaN stands for "any finite number" and 0 times that is 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.products import product
from chainrule.explain.evaluate.equations import NUMBERS
from chainrule.explain.evaluate.equations import extreme as extreme_of
from chainrule.explain.evaluate.one_sided import SIDED
from chainrule.explain.evaluate.one_sided import extreme as sided_extreme
from chainrule.expr.nodes import Comparison
from chainrule.values import dataclass

Values = NDArray[Any]
LANE = "#lane"


@dataclass(frozen=True, slots=True)
class Field:
    """Numbers with an axis for each letter."""

    values: Values
    letters: tuple[str, ...] = ()


Factors = tuple[Field, ...]


def order(letters: Iterable[str]) -> tuple[str, ...]:
    """Letters in the order of axes, each once."""
    return ordered(frozenset(letters))


@lru_cache(4096)
def ordered(letters: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(letters, key=lambda letter: (letter != LANE, letter)))


def field(values: Values, letters: Sequence[str]) -> Field:
    """Axes in any order → a field.

    >>> field(np.zeros((2, 3, 4)), ("k", LANE, "i")).values.shape
    (3, 4, 2)
    """
    wanted = order(letters)
    if wanted == tuple(letters):
        return Field(values, wanted)
    return Field(np.transpose(values, [list(letters).index(letter) for letter in wanted]), wanted)


def spread(one: Field, letters: tuple[str, ...]) -> Values:
    """The numbers with an axis of length 1 for each letter that the field has not."""
    if one.letters == letters:
        return one.values
    sizes = dict(zip(one.letters, one.values.shape, strict=True))
    return one.values.reshape([sizes.get(letter, 1) for letter in letters])


def standing(one: Field, axes: tuple[str, ...]) -> Values:
    """The numbers of a field with these axes, in this order."""
    ordered, places = positions(axes)
    numbers = spread(one, ordered)
    return numbers if ordered == axes else np.transpose(numbers, places)


@lru_cache(4096)
def positions(axes: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The axes in the order of the fields, and where in that each of them stands."""
    ordered = order(axes)
    return ordered, tuple(map(ordered.index, axes))


def apply(function: Callable[..., Values], *fields: Field) -> Field:
    """A function of numbers, entry by entry."""
    if len(fields) == 2:  # as almost always: what follows would find the same
        one, other = fields
        if one.letters == other.letters or not other.letters:
            return Field(np.asarray(function(one.values, other.values)), one.letters)
        if not one.letters:
            return Field(np.asarray(function(one.values, other.values)), other.letters)
    longest = max((one.letters for one in fields), key=len)
    if all(one.letters == longest or not one.letters for one in fields):  # NumPy spreads a single number by itself
        return Field(np.asarray(function(*[one.values for one in fields])), longest)
    letters = order([letter for one in fields for letter in one.letters])
    return Field(np.asarray(function(*[spread(one, letters) for one in fields])), letters)


@dataclass(frozen=True, slots=True)
class Kind:
    """What differs between kinds of numbers."""

    multiply: Callable[[Values, Values], Values]
    call: Callable[[str, tuple[Values, ...]], Values]
    holds: Callable[[Comparison, Values, Values], Values]
    choose: Callable[[Values, Values, Values], Values]
    extreme: Callable[[str, Values], Values]  # "max" or "min" along the last axis
    power: Callable[[Values, Values, Fraction | None], Values]
    plain: bool  # whether sums of products may be products of matrices

    def product(self, factors: Factors) -> Field:
        total = factors[0]
        for other in factors[1:]:
            total = apply(self.multiply, total, other)
        return total

    def sum(self, factors: Factors, over: Sequence[str], sizes: Mapping[str, int]) -> Field:
        """The sum of a product over letters; what does not depend on a letter counts once for each of its values."""
        if self.plain:
            found = contracted(list(factors), set(over))
        else:
            whole = self.product(factors)
            found = summed(whole, set(over))
        have = {letter for one in factors for letter in one.letters}
        times = math.prod(sizes[letter] for letter in over if letter not in have)
        return found if times == 1 else Field(found.values * times, found.letters)


def summed(one: Field, over: set[str]) -> Field:
    """The sum over letters, of those that the field has."""
    axes = tuple(place for place, letter in enumerate(one.letters) if letter in over)
    if not axes:
        return one
    return Field(np.add.reduce(one.values, axis=axes), tuple(letter for letter in one.letters if letter not in over))


def contracted(factors: list[Field], over: set[str]) -> Field:
    """The sum of a product over letters, the last two factors as matrices."""
    while len(factors) > 2:  # small ones together first
        pairs = [(extent(one, other), a, b) for a, one in enumerate(factors) for b, other in enumerate(factors[:a])]
        _, a, b = min(pairs)
        one, other = factors.pop(a), factors.pop(b)
        factors.append(apply(np.multiply, one, other))
    if len(factors) == 1:
        return summed(factors[0], over)
    one, other = factors
    one = summed(one, over - set(other.letters))
    other = summed(other, over - set(one.letters))
    shared = [letter for letter in one.letters if letter in other.letters]
    inner = [letter for letter in shared if letter in over]
    batch = [letter for letter in shared if letter not in over]
    if not inner:
        return apply(np.multiply, one, other)
    left = [letter for letter in one.letters if letter not in shared]
    right = [letter for letter in other.letters if letter not in shared]
    sizes = dict(zip(one.letters, one.values.shape, strict=True)) | dict(
        zip(other.letters, other.values.shape, strict=True)
    )

    def count(letters: list[str]) -> int:
        return math.prod(sizes[letter] for letter in letters)

    outer = [sizes[letter] for letter in batch]
    first = arranged(one, [*batch, *left, *inner]).reshape(*outer, count(left), count(inner))
    second = arranged(other, [*batch, *inner, *right]).reshape(*outer, count(inner), count(right))
    found = product(first, second).reshape([sizes[letter] for letter in (*batch, *left, *right)])
    return field(found, (*batch, *left, *right))


def arranged(one: Field, letters: list[str]) -> Values:
    return np.transpose(one.values, [one.letters.index(letter) for letter in letters])


def extent(one: Field, other: Field) -> int:
    """How many numbers the product of two fields has."""
    sizes = dict(zip(one.letters, one.values.shape, strict=True)) | dict(
        zip(other.letters, other.values.shape, strict=True)
    )
    return math.prod(sizes.values())


def extreme(operator: str, one: Field, over: set[str], of: Callable[[str, Values], Values] = extreme_of) -> Field:
    """The largest, the smallest or the product over letters; of complex numbers, by their real parts."""
    axes = [place for place, letter in enumerate(one.letters) if letter in over]
    if not axes:
        return one
    left = tuple(letter for letter in one.letters if letter not in over)
    last = np.moveaxis(one.values, axes, range(-len(axes), 0))
    flat = last.reshape(*last.shape[: len(left)], -1)
    if operator == "prod":
        return Field(np.multiply.reduce(flat, axis=-1), left)
    return Field(of(operator, flat), left)


# ---- what is known for every weight ------------------------------------------------------------------------------


def _known_multiply(a: Values, b: Values) -> Values:
    return np.where((a == 0) | (b == 0), 0.0, a * b)


def _known_call(name: str, values: tuple[Values, ...]) -> Values:
    """A function of what is known; `max` and `min` of something unknown are unknown."""
    found = np.asarray(NUMBERS.call(name, values))
    for one in values:
        found = np.where(np.isnan(one), np.nan, found)
    return found


def _known_holds(comparison: Comparison, a: Values, b: Values) -> Values:
    return np.where(np.isnan(a) | np.isnan(b), np.nan, NUMBERS.holds(comparison, a, b))


def _known_choose(test: Values, then: Values, otherwise: Values) -> Values:
    either = np.where(then == otherwise, then, np.nan)
    return np.where(np.isnan(test), either, np.where(test != 0, then, otherwise))


PLAIN = Kind(np.multiply, NUMBERS.call, NUMBERS.holds, NUMBERS.choose, extreme_of, NUMBERS.power, True)
KNOWN = Kind(_known_multiply, _known_call, _known_holds, _known_choose, extreme_of, NUMBERS.power, False)
BESIDE = Kind(np.multiply, SIDED.call, SIDED.holds, SIDED.choose, sided_extreme, SIDED.power, True)
