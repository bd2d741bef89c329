"""Equations of a network with letters → the lines that a grid computes, in order: of a recurrence each slice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import islice

from chainrule.explain.evaluate.equations_with_letters import PartOfQuantity, PlannedEquation, steps
from chainrule.expr.entries import box, by_name, hull
from chainrule.expr.indices import Letters, around, speaks_of_indices, truth
from chainrule.expr.limits import most, over
from chainrule.expr.nodes import Add, At, Equation, Expr, Index, InRange, Mul, Number, Size, key, places
from chainrule.expr.order import Slices, active, flat, ordered, settled
from chainrule.expr.walk import nodes, reads, transform
from chainrule.numbers.guards import ONE, lifted

ZERO = Number(Fraction(0))


def plan(
    equations: Iterable[Equation], sets: Mapping[str, str], ranges: Mapping[str, range]
) -> tuple[PlannedEquation, ...]:
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
        PlannedEquation(
            key(line.target), steps(decided(line.body, ranges)), line.letters,
            PartOfQuantity(places(line.target), tuple(map(steps, line.where)), *whole[key(line.target)])
            if key(line.target) in whole else None,
        )
        for line in spread
    )  # fmt: skip


def decided(expr: Expr, ranges: Mapping[str, range]) -> Expr:
    """An expression without the brackets that hold or fail at this slice whatever the numbers are: most do.

    A bracket about a size is left, for there may be fewer patterns.

    >>> from chainrule.notation import parse_expression, show
    >>> body = parse_expression("[3 in t]*g*w + 2*[2 == 3]*w", letters=("t",), quantities=("g", "w"))
    >>> show(decided(body, {"t": range(1, 4)}), ascii=True), show(decided(body, {"t": range(1, 3)}), ascii=True)
    ('g*w', '0')
    """

    def node(one: Expr) -> Expr:
        match one:
            case Mul(args):
                held = [holds(arg, ranges) for arg in args]
                if False in held:
                    return ZERO
                rest = tuple(arg for arg, known in zip(args, held, strict=True) if known is None)
                return one if len(rest) == len(args) else Mul(rest) if len(rest) > 1 else rest[0] if rest else ONE
            case Add(args) if ZERO in args:
                rest = tuple(arg for arg in args if arg != ZERO)
                return Add(rest) if len(rest) > 1 else rest[0] if rest else ZERO
        return one

    return transform(lifted(expr), node)


def holds(test: Expr, ranges: Mapping[str, range]) -> bool | None:
    """Whether a bracket of written numbers holds; None where it is none, or speaks of letters, sizes or quantities."""
    if not speaks_of_indices(test):
        return None
    for node in nodes(test):
        if isinstance(node, Size) or (isinstance(node, At | InRange) and node.index.terms):
            return None
    return truth(test, {}, ranges.get)


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
