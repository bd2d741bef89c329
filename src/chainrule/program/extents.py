"""A program → the letters of each value's axes, and what further equations of the same value add to them.

``h[0,j] = 0`` beside ``h[t,j] = …`` may lie outside the range of t: the array of h then has one more slice than t has
values.
"""

from __future__ import annotations

from collections.abc import Mapping

from chainrule.expr.nodes import Index, key, places
from chainrule.program.program import Program, computed

Bases = tuple[tuple[int, Index], ...]
"""What further equations write: (axis, the integer or letter that stands there)."""


def axes(program: Program) -> dict[str, tuple[str, ...]]:
    """The letters of each symbol and of each key that is computed; those of its general equation, where it has one."""
    found = {symbol.name: symbol.letters for symbol in program.symbols()}
    for line in computed(program):
        name = key(line.target)
        if name not in found or len(line.letters) > len(found[name]):
            found[name] = line.letters
    return found


def bases(program: Program) -> dict[str, Bases]:
    """What stands on the left sides of each key that has several equations, where it is not a letter of `axes`."""
    own = axes(program)
    found: dict[str, dict[tuple[int, Index], None]] = {}
    for line in computed(program):
        name = key(line.target)
        for axis, at in enumerate(places(line.target)):
            if at.letter != own[name][axis]:
                found.setdefault(name, {})[axis, at] = None
    return {name: tuple(more) for name, more in found.items()}


def extents(program: Program, letters: tuple[str, ...], bases: Bases, ranges: Mapping[str, range]) -> tuple[range, ...]:
    """The values along each axis, the patterns' left out."""
    found = []
    for axis, letter in enumerate(letters):
        if program.sets[letter] != program.pattern:
            values = ranges[program.sets[letter]]
            for place, at in bases:
                if place == axis:
                    more = range(at.constant, at.constant + 1) if at.letter is None else ranges[program.sets[at.letter]]
                    values = range(min(values.start, more.start), max(values.stop, more.stop))
            found.append(values)
    return tuple(found)
