"""Equations → the order in which they are computed: one after another, or slice by slice along a letter.

A quantity may have several equations, each for entries of its own: ``h[0,j] = …`` beside ``h[t,j] = …``. An equation
comes after those that define what it reads. Equations that read each other are a recurrence: where every circle passes
through shifts of one letter that all look one way (``h[t-1]``, or ``h[t+1]``, as adjoints do), they run slice by slice
along that letter, upwards or downwards. What reads each other within a slice is a recurrence of another letter inside.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import cast

from chainrule.errors import BrokenPass
from chainrule.expr.entries import idle
from chainrule.expr.graph import components
from chainrule.expr.indices import Extent, Letters, reach, shift
from chainrule.expr.nodes import Derivative, Equation, Expr, Index, Ref, key, places
from chainrule.expr.walk import reads, rename_letters
from chainrule.values import dataclass

Reading = tuple[str, tuple[Index, ...] | None]
"""The key of what is read, with its indices; None where only the name is known (inside a function)."""

Read = Callable[[Expr], Iterable[Reading]]


@dataclass(frozen=True, slots=True)
class Slices:
    """Equations that are computed together, slice by slice along one letter."""

    positions: Mapping[str, int]  # key → which of its positions the slices run along
    downwards: bool
    parts: tuple[Equation | Slices, ...]  # what a slice computes, in order

    def along(self, line: Equation) -> Index:
        """The index of a left side that the slices run along: its letter, or the one slice that it belongs to."""
        return places(line.target)[self.positions[key(line.target)]]


Part = Equation | Slices


class Circle(BrokenPass):
    """Equations that read each other, and no order in which they could be computed: of a text, whoever looks for the
    order says so with its places; later it is a fault of the package."""

    def __init__(self, lines: tuple[Equation, ...]) -> None:
        self.lines, self.names = lines, ", ".join(dict.fromkeys(key(line.target) for line in lines))
        super().__init__("ordering", f"{self.names} read each other in a circle")


def flat(parts: Iterable[Part]) -> Iterator[Equation]:
    """The equations of parts, in order."""
    todo = list(parts)[::-1]
    while todo:
        match todo.pop():
            case Slices(_, _, inside):
                todo.extend(reversed(inside))
            case line:
                yield line


def active(parts: Iterable[Part], holds: Callable[[Equation], bool]) -> Iterator[Part]:
    """The parts without the equations that do not hold."""
    for part in parts:
        if isinstance(part, Slices):
            inside = tuple(active(part.parts, holds))
            if inside:
                yield replace(part, parts=inside)
        elif holds(part):
            yield part


def settled(group: Slices, part: Part, at: Index) -> Part:
    """A part with the letter of the slices at a value."""
    if isinstance(part, Slices):
        return replace(part, parts=tuple(settled(group, one, at) for one in part.parts))
    letter = group.along(part).letter
    if letter is None:
        return part
    meaning = {letter: at}
    target = cast(Ref | Derivative, rename_letters(part.target, meaning))
    where = tuple(rename_letters(test, meaning) for test in part.where)
    return Equation(target, rename_letters(part.body, meaning), part.span, where)


def ordered(lines: Iterable[Equation], letters: Letters, read: Read = reads) -> tuple[Part, ...]:
    """The equations in the order in which they can be computed, as near to the order given as that allows.

    Raises Circle where there is none.
    """
    equations = tuple(lines)
    nothing = idle(equations, letters)
    readings = [() if id(line) in nothing else tuple(read(line.body)) for line in equations]
    return Order(equations, letters).parts(range(len(equations)), readings)


class Order:
    """Looks for the order of equations, each known by its number."""

    def __init__(self, lines: tuple[Equation, ...], letters: Letters) -> None:
        self.lines, self.letters = lines, letters
        self.makers: dict[str, list[int]] = {}
        for number, line in enumerate(lines):
            self.makers.setdefault(key(line.target), []).append(number)
        self.boxes = [tuple(reach(place, letters.extent) for place in places(line.target)) for line in lines]
        self._made: dict[Reading, tuple[int, ...]] = {}

    def parts(self, numbers: Iterable[int], readings: Sequence[Iterable[Reading]]) -> tuple[Part, ...]:
        """Equations in order, by what each still reads of the others."""
        own = set(numbers)
        edges = {
            number: tuple(dict.fromkeys(maker for one in readings[number] for maker in self.made(one) if maker in own))
            for number in sorted(own)
        }
        found: list[Part] = []
        for part in components(edges):
            alone = len(part) == 1 and part[0] not in edges[part[0]]
            found.append(self.lines[part[0]] if alone else self.slices(part, readings))
        return tuple(found)

    def made(self, reading: Reading) -> tuple[int, ...]:
        """The equations that may define what is read."""
        if reading not in self._made:
            self._made[reading] = tuple(self._makers(reading))
        return self._made[reading]

    def _makers(self, reading: Reading) -> Iterator[int]:
        name, indices = reading
        makers = self.makers.get(name, ())
        box = None if indices is None else tuple(reach(place, self.letters.extent) for place in indices)
        for maker in makers:
            own = self.boxes[maker]
            if box is None or len(box) != len(own) or all(map(Extent.meets, box, own)):
                yield maker

    def slices(self, part: tuple[int, ...], readings: Sequence[Iterable[Reading]]) -> Slices:
        """Equations that read each other, along the first letter that leads through them."""
        for positions in self.ways(part):
            left = self.within(part, positions, readings)
            if left is not None:
                same, downwards = left
                return Slices(positions, downwards, self.parts(part, same))
        raise Circle(tuple(self.lines[number] for number in part))

    def ways(self, part: tuple[int, ...]) -> Iterator[dict[str, int]]:
        """For each set of letters, the position of each quantity where it has one of them."""
        found: dict[Hashable, dict[str, list[int]]] = {}
        names = {key(self.lines[number].target) for number in part}
        for number in part:
            for position, place in enumerate(places(self.lines[number].target)):
                if place.letter is not None:
                    group = found.setdefault(self.letters.group(place.letter), {})
                    group.setdefault(key(self.lines[number].target), []).append(position)
        for group in found.values():
            if group.keys() == names:
                first = {name: min(at) for name, at in group.items()}
                last = {name: max(at) for name, at in group.items()}
                yield from [first] if first == last else [first, last]

    def within(
        self, part: tuple[int, ...], positions: Mapping[str, int], readings: Sequence[Iterable[Reading]]
    ) -> tuple[list[tuple[Reading, ...]], bool] | None:
        """What each equation reads of its slice, and whether the slices run downwards; None if they do not run."""
        same: list[tuple[Reading, ...]] = [()] * len(self.lines)
        ways: set[bool] = set()
        members = set(part)
        for number in part:
            own = places(self.lines[number].target)[positions[key(self.lines[number].target)]]
            kept = []
            for name, indices in readings[number]:
                if members.isdisjoint(self.made((name, indices))):
                    continue
                if indices is None:
                    return None
                found = shift(indices[positions[name]], own, self.letters.extent)
                if found == Extent(0, 0):
                    kept.append((name, indices))
                elif found.high is not None and found.high < 0:
                    ways.add(False)
                elif found.low is not None and found.low > 0:
                    ways.add(True)
                else:
                    return None
            same[number] = tuple(kept)
        return (same, True in ways) if len(ways) == 1 else None
