"""Reading and writing by indices in which letters of loops stand, with NumPy: what is read moves from turn to turn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from typing import Any

import numpy as np

from chainrule.engines.machine import Array
from chainrule.tape.tape import Gather, Tape, gathered
from chainrule.values import dataclass

Call = tuple[Callable[..., Any], tuple[Any, ...]]
Terms = tuple[tuple[str, int], ...]


@dataclass(slots=True)
class LoopLetters:
    """The letters of the loops that are running, with their values now."""

    now: dict[str, int] = field(default_factory=dict)

    def go(self, letter: str, values: range, calls: list[Call]) -> None:
        """Makes the calls for each value in turn."""
        for at in values:
            self.now[letter] = at
            for function, arguments in calls:
                function(*arguments)


@dataclass(frozen=True, slots=True)
class Window:
    """Where a gather or a place looks, if at each position stands one letter of the axes, or none: a part of the array
    without copying."""

    whole: tuple[slice | int, ...]  # for each axis of the array its stretch, or the one value that is taken
    single: tuple[tuple[int, int, Terms, int], ...]  # where it moves: axis, how many, the letters, where they are 0
    turned: tuple[int, ...] | None  # the axes that are left, in the order of the other array; None: as they are

    def of(self, array: Array, now: Mapping[str, int]) -> Array | None:
        """The part of an array; None if an index is out of range."""
        key: list[Any] = [*self.whole, ...]  # an array even where every axis is gone
        for axis, size, terms, place in self.single:
            for letter, factor in terms:
                place += factor * now[letter]
            if not 0 <= place < size:
                return None
            key[axis] = place
        part: Array = array[tuple(key)]
        return part if self.turned is None else part.transpose(self.turned)


def window(detail: Gather, have: tuple[str, ...], axes: Iterable[str], tape: Tape) -> Window | None:
    """Where to look in an array with the axes ``have``; None if an index is of another form."""
    whole: list[slice | int] = [0] * len(have)
    single: list[tuple[int, int, Terms, int]] = []
    seen: dict[int, str] = {}
    for letter, values, at in zip(detail.letters, detail.ranges, detail.indices, strict=True):
        axis = have.index(letter)
        free = [own for own, _ in at.terms if not tape.fixed(own)]
        if not at.terms and at.constant in values:
            whole[axis] = at.constant - values.start
        elif not free:
            single.append((axis, len(values), at.terms, at.constant - values.start))
        elif at.letter is not None and at.letter not in seen.values():
            own = tape.ranges[at.letter]
            if own.start < values.start or own.stop > values.stop:
                return None
            whole[axis] = slice(own.start - values.start, own.stop - values.start)
            seen[axis] = at.letter
        else:
            return None
    for axis, letter in enumerate(have):  # of no index: there is one of each for every lane
        if letter not in detail.letters:
            whole[axis] = slice(None)
            seen[axis] = letter
    left = [seen[axis] for axis in sorted(seen)]
    order = [letter for letter in axes if letter in left]
    turned = tuple(left.index(letter) for letter in order)
    return Window(tuple(whole), tuple(single), None if turned == tuple(range(len(left))) else turned)


def take(out: Array, source: Array, where: Window, turns: LoopLetters) -> None:
    """The part of an array that a window shows now; 0 where it is out of range."""
    found = where.of(source, turns.now)
    np.copyto(out, 0.0 if found is None else found)


def pick_now(
    out: Array, source: Array, detail: Gather, have: tuple[str, ...], axes: tuple[str, ...], tape: Tape,
    turns: LoopLetters,
) -> None:
    """Entries at any indices, at the values that loops have now."""
    ranges = {**tape.ranges, **{letter: range(at, at + 1) for letter, at in turns.now.items()}}
    inner = tuple(letter for letter in have if letter in detail.letters)
    along = len(have) - len(inner)
    chosen, outside = gathered(detail, inner, axes[along:], ranges)
    lanes: tuple[Any, ...] = (slice(None),) * along
    np.copyto(out, source[(*lanes, *chosen)])
    np.copyto(out, 0.0, where=outside)


def put_now(array: Array, source: Array, where: Window, turns: LoopLetters) -> None:
    """Numbers into the part of an array that a window shows now."""
    found = where.of(array, turns.now)
    if found is not None:
        np.copyto(found, source)


def put_where(array: Array, source: Array, where: Window, held: Array, turns: LoopLetters) -> None:
    """The same, only where ``held`` is not 0."""
    found = where.of(array, turns.now)
    if found is not None:
        np.copyto(found, source, where=held != 0)
