"""The equations of one quantity → which entries each of them defines, so that each entry is defined exactly once.

An equation with an integer on its left side (``h[0,j] = …``, a base line) takes its entries out of the range of a more
general one (``h[t,j] = …``). What is left is said by brackets, ``[t != 0]``, under which the general one holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import combinations

from chainrule.expr.indices import Letters, reach
from chainrule.expr.nodes import At, Bracket, Equation, Expr, Index, InRange, Mul, key, number, places

Box = tuple[range, ...]
"""Entries of a quantity: all combinations of the values along each axis."""


def entry_text(name: str, place: Iterable[object]) -> str:
    """An entry of an array as a text has it; a quantity without indices is its name.

    >>> entry_text("W", (2, 1)), entry_text("w", ())
    ('W[2,1]', 'w')
    """
    at = ",".join(map(str, place))
    return f"{name}[{at}]" if at else name


def by_name(equations: Iterable[Equation]) -> dict[str, list[Equation]]:
    """The equations of each quantity, in written order."""
    found: dict[str, list[Equation]] = {}
    for line in equations:
        found.setdefault(key(line.target), []).append(line)
    return found


def narrower(one: tuple[Index, ...], other: tuple[Index, ...]) -> bool:
    """Whether one left side is another with integers in place of some of its letters."""
    pairs = list(zip(one, other, strict=True))
    return all(a == b for a, b in pairs if b.letter is None) and any(
        a.letter is None and b.letter is not None for a, b in pairs
    )


def divided(equations: Iterable[Equation], letters: Letters) -> tuple[Equation, ...]:
    """The equations, each with the brackets under which it holds; the body of one that defines no entry is 0."""
    lines = tuple(equations)
    nothing = idle(lines, letters)
    lines = tuple(replace(line, body=number(0)) if id(line) in nothing else line for line in lines)
    shared = by_name(lines)
    return tuple(
        replace(line, where=where(line, others, letters)) if len(others := shared[key(line.target)]) > 1 else line
        for line in lines
    )


def where(line: Equation, others: Iterable[Equation], letters: Letters) -> tuple[Expr, ...]:
    """What must hold of the letters of an equation for an entry to be its own, and not that of a narrower one."""
    found: list[Expr] = []
    for other in others:
        if other is line or not narrower(places(other.target), places(line.target)):
            continue
        tests: list[Bracket | InRange] = []
        meets = True
        for mine, its in zip(places(line.target), places(other.target), strict=True):
            if mine.letter is None:
                continue
            if its.letter is None:
                tests.append(Bracket("==", At(mine), number(its.constant)))
            elif letters.group(its.letter) != letters.group(mine.letter):
                tests.append(InRange(mine, its.letter))
            meets = meets and reach(mine, letters.extent).meets(reach(its, letters.extent))
        if meets:
            first = tests[0]
            if len(tests) == 1 and isinstance(first, Bracket):
                found.append(Bracket("!=", first.left, first.right))
            else:
                found.append(Bracket("==", Mul(tuple(tests)) if len(tests) > 1 else first, number(0)))
    return tuple(dict.fromkeys(found))


def box(target: tuple[Index, ...], ranges: Callable[[str], range | None]) -> Box | None:
    """The entries of a left side; None where a range is not known."""
    found: list[range] = []
    for place in target:
        values = range(place.constant, place.constant + 1) if place.letter is None else ranges(place.letter)
        if values is None:
            return None
        found.append(values)
    return tuple(found)


def closed(
    lines: Iterable[Equation], values: Callable[[str], range | None], group: Callable[[str], object]
) -> Callable[[str], range | None]:
    """The values of letters; of a letter whose values are not known, one for all, where every equation has a letter of
    that set at that position: then nothing depends on them."""
    together: set[object] = set()
    apart: set[object] = set()
    for along in zip(*(places(line.target) for line in lines), strict=True):
        sets = [None if place.letter is None else group(place.letter) for place in along]
        (apart if len(set(sets)) > 1 else together).update(sets)

    def known(letter: str) -> range | None:
        found = values(letter)
        return range(1) if found is None and group(letter) in together - apart else found

    return known


def hull(boxes: Iterable[Box]) -> Box:
    """The least box around boxes: what the array of a quantity has room for."""
    return tuple(
        range(min(one.start for one in along), max(one.stop for one in along)) for along in zip(*boxes, strict=True)
    )


def without(box: Box, other: Box) -> list[Box]:
    """A box with the entries of another taken out, as boxes.

    >>> without((range(3), range(2)), (range(1), range(2)))
    [(range(1, 3), range(0, 2))]
    """
    common = meet(box, other)
    if common is None:
        return [box]
    found: list[Box] = []
    rest = box
    for axis, (have, gone) in enumerate(zip(box, common, strict=True)):
        sides = (range(have.start, gone.start), range(gone.stop, have.stop))
        found += [(*rest[:axis], part, *rest[axis + 1 :]) for part in sides]
        rest = (*rest[:axis], gone, *rest[axis + 1 :])
    return [part for part in found if all(map(len, part))]


def meet(one: Box, other: Box) -> Box | None:
    """The entries of both boxes."""
    found = tuple(range(max(a.start, b.start), min(a.stop, b.stop)) for a, b in zip(one, other, strict=True))
    return found if all(map(len, found)) else None


def uncovered(wanted: Box, boxes: Iterable[Box]) -> list[Box]:
    """The entries of a box that lie in none of the others."""
    left = [wanted]
    for other in boxes:
        left = [part for one in left for part in without(one, other)]
        if not left:
            break
    return left


def twice(
    lines: Iterable[Equation], ranges: Callable[[str], range | None]
) -> tuple[Equation, Equation, tuple[int, ...]] | None:
    """Two equations that define an entry, neither of them narrower, no third one narrower than both; and the entry."""
    known = [(line, found) for line in lines if (found := box(places(line.target), ranges)) is not None]
    for (one, first), (other, second) in combinations(known, 2):
        a, b = places(one.target), places(other.target)
        common = meet(first, second)
        if common is None or narrower(a, b) or narrower(b, a):
            continue
        finer = [own for line, own in known if narrower(places(line.target), a) and narrower(places(line.target), b)]
        left = uncovered(common, finer)
        if left:
            return one, other, tuple(values.start for values in left[0])
    return None


def parted(equations: Iterable[Equation], group: Callable[[str], object]) -> frozenset[tuple[str, int]]:
    """The axes along which several equations divide a quantity: where one has an integer, or a letter of another set.

    Axes are counted from the last, −1, whether the letter of the patterns is written or not.
    """
    found = set()
    for name, lines in by_name(equations).items():
        for axis, along in enumerate(zip(*(places(line.target) for line in lines), strict=True)):
            if len({None if place.letter is None else group(place.letter) for place in along}) > 1:
                found.add((name, axis - len(places(lines[0].target))))
    return frozenset(found)


def idle(equations: Iterable[Equation], letters: Letters) -> frozenset[int]:
    """The equations, by identity, that are known to define no entry: narrower ones define all of theirs."""

    def ranges(letter: str) -> range | None:
        found = letters.extent(letter)
        return None if found.low is None or found.high is None else range(found.low, found.high + 1)

    nothing = set()
    for lines in by_name(equations).values():
        if len(lines) < 2:
            continue
        known = closed(lines, ranges, letters.group)
        for line in lines:
            own = box(places(line.target), known)
            finer = [one for one in lines if narrower(places(one.target), places(line.target))]
            boxes = [found for one in finer if (found := box(places(one.target), known)) is not None]
            if own is not None and boxes and not uncovered(own, boxes):
                nothing.add(id(line))
    return frozenset(nothing)
