"""Which letters of an equation arrays cannot go over at once, so that a program goes over them in a loop.

A letter is an axis of an array, unless it leads a recurrence (``h[t]`` needs ``h[t-1]``), unless a quantity has several
equations that share entries among them (``h[0]`` beside ``h[t]``), unless one index is made of several letters
(``x[p+u]``), and unless a quantity is read that is in a loop itself. What is in a loop is kept slice by slice, by the
values of those letters: the positions that ``looped`` names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chainrule.code.handout.outline import Outline
from chainrule.expr.nodes import At, Equation, Expr, Index, InRange, key, places
from chainrule.expr.order import Part, Slices
from chainrule.expr.walk import nodes, reads
from chainrule.model.letters import of_index

Looped = Mapping[str, frozenset[int]]
"""Quantity → the positions of it that are in loops; those of data, weights and gradients of weights never are."""


def looped(outline: Outline) -> dict[str, frozenset[int]]:
    """The positions that are in loops, by the key of each quantity that has some."""
    arrays = set(outline.gradients.values())
    found: dict[str, set[int]] = {}
    by_name: dict[str, list[Equation]] = {}
    for line in outline.lines:
        by_name.setdefault(key(line.target), []).append(line)
    for part in (*outline.forward, *outline.backward):
        for name, position in led(part):
            found.setdefault(name, set()).add(position)
    for name, lines in by_name.items():
        sides = [places(line.target) for line in lines]
        for position, along in enumerate(zip(*sides, strict=True)):
            if len({tuple(outline.at(one)) if one.letter else one.constant for one in along}) > 1:
                found.setdefault(name, set()).add(position)
            if any(one.letter is None for one in along):
                found.setdefault(name, set()).add(position)
        for line in lines:
            for place in of_index(where_indices(line)):
                found.setdefault(name, set()).update(
                    at for at, one in enumerate(places(line.target)) if one.letter == place
                )
    changed = True
    while changed:
        changed = False
        for name, lines in by_name.items():
            for line in lines if name not in arrays else ():
                own = found.setdefault(name, set())
                more = {at for at, one in enumerate(places(line.target)) if one.letter in needed(line, found)} - own
                own |= more
                changed |= bool(more)
    return {name: frozenset(positions) for name, positions in found.items() if positions and name not in arrays}


def led(part: Part) -> Iterator[tuple[str, int]]:
    """The positions that slices run along."""
    if isinstance(part, Slices):
        yield from part.positions.items()
        for inner in part.parts:
            yield from led(inner)


def where_indices(line: Equation) -> tuple[Index, ...]:
    return tuple(node.index for test in line.where for node in nodes(test) if isinstance(node, At | InRange))


def needed(line: Equation, found: Mapping[str, set[int] | frozenset[int]]) -> set[str]:
    """The letters of a left side that have to be in loops."""
    return clashing(line.body, set(line.letters), set(), found)


def clashing(
    expr: Expr, letters: set[str], others: set[str], found: Mapping[str, set[int] | frozenset[int]]
) -> set[str]:
    """Those of ``letters`` that have to be in loops in an expression, where ``others`` are axes."""
    need: set[str] = set()
    for name, indices in reads(expr):
        seen: set[str] = set()
        for position, place in enumerate(indices):
            own = [letter for letter, _ in place.terms if letter in letters]
            if position in found.get(name, ()):
                need.update(own)
                continue
            need.update(own if any(letter in others for letter, _ in place.terms) else own[:-1])
            need.update(letter for letter in own if letter in seen)
            seen.update(own)
    return need
