"""Where a quantity is read → where in its array that is, if it is a block of it: numbers, and stretches of its axes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from chainrule.explain.evaluate.named_arrays import Field, Values, field
from chainrule.expr.nodes import Index
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Straight:
    """A block of an array, and the letters of its axes; out of range it is 0."""

    places: tuple[int | slice, ...]
    letters: tuple[str, ...]
    inside: bool

    def __call__(self, values: Values) -> Field:
        numbers = np.asarray(values[self.places])
        return field(numbers if self.inside else np.zeros_like(numbers), self.letters)


def straight(
    letters: tuple[str, ...],
    ranges: tuple[range, ...],
    axes: tuple[str, ...],
    indices: tuple[Index, ...],
    along: Mapping[str, range],
) -> Straight | None:
    """How a quantity with these letters, ranges and axes of its array is read at indices, whose letters are ``along``
    ranges; None where that is no block.

    >>> straight(("t",), (range(0, 5),), ("t",), (Index((("t", 1),), -1),), {"t": range(1, 5)})
    Straight(places=(slice(0, 4, None),), letters=('t',), inside=True)
    """
    used = [letter for position in indices for letter, _ in position.terms]
    if len(set(used)) < len(used):
        return None
    inside = True
    at: dict[str, int | slice] = {}
    own: dict[str, str] = {}
    for axis, values, position in zip(letters, ranges, indices, strict=True):
        if not position.terms:
            inside = inside and position.constant in values
            at[axis] = position.constant - values.start
            continue
        (letter, times), *more = position.terms
        start = along[letter].start + position.constant - values.start
        if more or times != 1 or start < 0 or start + len(along[letter]) > len(values):
            return None
        own[axis], at[axis] = letter, slice(start, start + len(along[letter]))
    places = tuple(at.get(axis, slice(None)) for axis in axes)
    if not inside:
        places = tuple(0 if isinstance(spot, int) else spot for spot in places)
    left = tuple(own.get(axis, axis) for axis in axes if not isinstance(at.get(axis), int))
    return Straight(places, left, inside)
