"""Equations of a network with letters → the lines that a grid computes, in order: of a recurrence each slice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from chainrule.explain.evaluate.equations_with_letters import Line, Part, steps
from chainrule.expr.entries import box, by_name, hull
from chainrule.expr.indices import Letters, around
from chainrule.expr.limits import most, over
from chainrule.expr.nodes import Equation, Index, key, places
from chainrule.expr.order import Slices, active, flat, ordered, settled
from chainrule.expr.walk import reads


def plan(
    equations: Iterable[Equation], sets: Mapping[str, str], ranges: Mapping[str, range]
) -> tuple[Line, ...]:
    """Equations in the order in which they are computed; of a recurrence each slice.

    Raises LimitError E321 where these are very many.
    """
    lines = tuple(equations)
    parts = ordered(lines, Letters(lambda letter: around(ranges[letter]), sets.__getitem__))
    spread = tuple(islice((line for one in parts for line in slices(one, ranges)), len(lines) + most("slices") + 1))
    if len(spread) > len(lines) + most("slices"):
        problem = "an explanation computes recurrences slice by slice, and here they have too many slices"
        raise over("E321", "slices", problem, "explain a shorter one, with a smaller range of its letter")
    known = by_name(lines)
    parted = {name for name, own in known.items() if len(own) > 1}
    seen: set[str] = set()
    for line in spread:  # what is read before it is written, and what is written slice by slice
        parted |= {name for name, _ in reads(line.body) if name in known and name not in seen}
        if any(place.letter is None for place in places(line.target)):
            parted.add(key(line.target))
        seen.add(key(line.target))
    shared = {name: known[name] for name in known if name in parted}
    whole = {name: extent(name, own, ranges) for name, own in shared.items()}
    return tuple(
        Line(
            key(line.target), steps(line.body), line.letters,
            Part(places(line.target), tuple(map(steps, line.where)), *whole[key(line.target)])
            if key(line.target) in whole else None,
        )
        for line in spread
    )  # fmt: skip


def extent(name: str, lines: list[Equation], ranges: Mapping[str, range]) -> tuple[tuple[str, ...], tuple[range, ...]]:
    """The letters and the values along the axes of a quantity that is computed part by part."""
    boxes = [found for line in lines if (found := box(places(line.target), ranges.get)) is not None]
    first, values = places(lines[0].target), hull(boxes)
    letters = [
        own.letter if own.letter is not None and ranges[own.letter] == along else f"{name}@{axis}"
        for axis, (own, along) in enumerate(zip(first, values, strict=True))
    ]
    return tuple(letters), values


def slices(part: Equation | Slices, ranges: Mapping[str, range]) -> Iterator[Equation]:
    """A recurrence slice by slice, in the order of computing; any other equation as it is."""
    if isinstance(part, Equation):
        yield part
        return

    def along(line: Equation) -> range:
        place = part.along(line)
        return ranges[place.letter] if place.letter else range(place.constant, place.constant + 1)

    for value in sorted({value for line in flat((part,)) for value in along(line)}, reverse=part.downwards):
        for inside in active(part.parts, lambda line, value=value: value in along(line)):  # type: ignore[misc]
            yield from slices(settled(part, inside, Index((), value)), ranges)
