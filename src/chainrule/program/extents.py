"""A program → the letters of each value's axes, and what lines of single places add to them.

``h[0,j] = 0`` beside ``h[t,j] = …`` lies outside the range of t: the array of h has one more slice than t has values.
"""

from __future__ import annotations

from collections.abc import Mapping

from chainrule.expr.nodes import key, places
from chainrule.program.program import Program, computed

Bases = tuple[tuple[int, int], ...]
"""Places that are written one by one: (axis, value of the letter)."""


def axes(program: Program) -> dict[str, tuple[str, ...]]:
    """The letters of each symbol and of each key that is computed; those of its general equation, where it has one."""
    found = {symbol.name: symbol.letters for symbol in program.symbols()}
    for line in computed(program):
        name = key(line.target)
        if name not in found or len(line.letters) > len(found[name]):
            found[name] = line.letters
    return found


def bases(program: Program) -> dict[str, Bases]:
    """The places that are written one by one, of each key that has such."""
    found: dict[str, Bases] = {}
    for line in computed(program):
        name = key(line.target)
        single = tuple((axis, at.constant) for axis, at in enumerate(places(line.target)) if at.letter is None)
        if single:
            found[name] = (*found.get(name, ()), *single)
    return found


def extents(program: Program, letters: tuple[str, ...], bases: Bases, ranges: Mapping[str, range]) -> tuple[range, ...]:
    """The values along each axis, the patterns' left out."""
    found = []
    for axis, letter in enumerate(letters):
        if program.sets[letter] != program.pattern:
            values = ranges[program.sets[letter]]
            more = [value for place, value in bases if place == axis]
            low, high = min([values.start, *more]), max([values.stop - 1, *more])
            found.append(range(low, high + 1))
    return tuple(found)
