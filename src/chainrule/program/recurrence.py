"""Equations that refer to each other through a shifted letter → the order in which their slices are computed.

``h[t,j]`` may read ``h[t-1,l]``: such equations form a group, which runs slice by slice along the letter, upwards where
the shifts look back and downwards where they look ahead (as adjoints do). A base line, ``h[0,j] = …``, gives a slice of
its own. All equations of one quantity belong to one group.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from chainrule.expr.nodes import Equation, Index, key, places
from chainrule.expr.walk import reads


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A group: its equations in the order within a slice, where each key has its letter, and the direction."""

    equations: tuple[Equation, ...]
    positions: Mapping[str, int]  # key → which of its positions the slices run along
    downwards: bool


def blocks(equations: Iterable[Equation]) -> Iterator[tuple[Equation, ...]]:
    """The equations in order, those together that read, or write, what another of them writes later or again."""
    lines = tuple(equations)
    last = {key(line.target): place for place, line in enumerate(lines)}
    start = 0
    while start < len(lines):
        stop, place = start + 1, start
        while place < stop:
            line = lines[place]
            names = [key(line.target), *(name for name, _ in reads(line.body))]
            stop = max(stop, *(last.get(name, 0) + 1 for name in names))
            place += 1
        yield lines[start:stop]
        start = stop


def arranged(equations: Iterable[Equation]) -> tuple[Equation, ...]:
    """The equations with each group together, and otherwise in written order as far as that is possible."""
    return tuple(line for block in blocks(equations) for group in parts(block) for line in group)


def parts(block: tuple[Equation, ...]) -> list[tuple[Equation, ...]]:
    """The groups of a block, and what only stands between their lines, each after what it reads."""
    if len(block) == 1:
        return [block]
    below: dict[str, set[str]] = {key(line.target): set() for line in block}
    for line in block:
        below[key(line.target)].update(name for name, _ in reads(line.body) if name in below)
    reached = {name: closure(name, below) for name in below}
    left = list(below)
    done: set[str] = set()
    found = []
    while left:
        for name in left:
            group = {name} | {other for other in reached[name] if name in reached[other]}
            if all(reached[member] - group <= done for member in group):
                break
        found.append(tuple(line for line in block if key(line.target) in group))
        done |= group
        left = [name for name in left if name not in group]
    return found


def closure(start: str, following: Mapping[str, set[str]]) -> set[str]:
    """Everything reached from a name, itself only if it is on a cycle."""
    found: set[str] = set()
    todo = list(following[start])
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo.extend(following[name])
    return found


def recurrence(block: tuple[Equation, ...], sets: Mapping[str, str]) -> Recurrence | None:
    """How a block of more than one reading of itself runs; None if no letter leads through it."""
    for group in dict.fromkeys(sets[letter] for line in block for letter in line.letters):
        found = along(block, group, sets)
        if found is not None:
            return found
    return None


def along(block: tuple[Equation, ...], group: str, sets: Mapping[str, str]) -> Recurrence | None:
    """The block run along the letters of one set, if that is possible."""
    positions: dict[str, int] = {}
    for line in block:
        for position, place in enumerate(places(line.target)):
            if place.letter is not None and sets[place.letter] == group:
                positions.setdefault(key(line.target), position)
    written = {key(line.target) for line in block}
    if written != set(positions):
        return None
    shifts: set[int] = set()
    now: dict[str, set[str]] = {name: set() for name in written}  # what is read of the same slice
    for line in block:
        name = key(line.target)
        own = places(line.target)[positions[name]]
        for read, indices in reads(line.body):
            if read in written:
                shift = difference(indices[positions[read]], own)
                if shift is None:
                    return None
                if shift:
                    shifts.add(shift)
                else:
                    now[name].add(read)
    if {shift > 0 for shift in shifts} == {True, False} or any(name in closure(name, now) for name in now):
        return None
    order = sorted(block, key=lambda line: len(closure(key(line.target), now)))
    return Recurrence(tuple(order), positions, downwards=any(shift > 0 for shift in shifts))


def difference(read: Index, own: Index) -> int | None:
    """How far an index lies from another with the same letter."""
    return read.constant - own.constant if read.terms == own.terms else None
