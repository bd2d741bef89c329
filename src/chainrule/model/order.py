"""Equations in written order → whether each can be computed when its turn comes.

A name is read after the line that defines it. Only equations of a recurrence may read each other before: a group whose
equations run over one letter and read each other at earlier values of it, slice by slice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chainrule.errors import Span
from chainrule.expr.nodes import Expr, Ref
from chainrule.expr.walk import references
from chainrule.model.functions import read
from chainrule.model.graph import components
from chainrule.model.model import Definition
from chainrule.model.names import Names
from chainrule.notation.names import pretty


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Quantities that are computed together, slice by slice; ``step`` is +1 for a letter that runs upwards, −1 down."""

    names: tuple[str, ...]
    positions: Mapping[str, int]  # which index of each is the one that runs
    step: int


def check_order(
    names: Names, bodies: Mapping[str, Expr], functions: Mapping[str, Definition]
) -> tuple[Recurrence, ...]:
    """The recurrences among the equations; an error where a name is read before its line without one."""
    position = {name: place for place, name in enumerate(bodies)}
    reads = {name: read(body, functions) for name, body in bodies.items()}
    edges = {name: tuple(other for other in found if other in bodies) for name, found in reads.items()}
    group: dict[str, Recurrence] = {}
    for part in components(edges):
        if len(part) > 1 or part[0] in edges[part[0]]:
            found = _recurrence(part, names, bodies)
            if found is not None:
                group.update(dict.fromkeys(part, found))
    for name, found_reads in reads.items():
        for other, span in found_reads.items():
            early = other in position and position[other] >= position[name]
            if early and not (other in group and group[other] is group.get(name)):
                raise _too_early(name, other, span, names)
    for line in names.base:
        for other, span in read(line.equation.body, functions).items():
            if other in position and names.general[other].span.start > line.span.start:
                raise _too_early(_target(line), other, span, names)
    return tuple({id(found): found for found in group.values()}.values())


def _target(line: object) -> str:
    return line.equation.target.name  # type: ignore[attr-defined,no-any-return]


def _too_early(name: str, other: str, span: Span, names: Names) -> Exception:
    shown, own = pretty(other), names.general.get(other)
    if other == name:
        return names.error(
            "E102",
            f"{shown} is defined by itself",
            "only a recurrence over an index may refer to itself, at an earlier value: h[t] = … h[t-1] …",
            span,
        )
    defined = names.line(own.span) if own is not None else 0
    return names.error(
        "E102",
        f"{shown} is used in line {names.line(span)} but defined in line {defined}",
        f"move line {defined} up (only a recurrence over an index may refer to itself)",
        span,
    )


def _recurrence(part: tuple[str, ...], names: Names, bodies: Mapping[str, Expr]) -> Recurrence | None:
    """How a group of equations runs, or None where it does not: every circle must pass through a shift one way."""
    first = names.quantities[part[0]].letters
    for letter in first:
        group = names.group(letter)
        if group is None or names.is_pattern(letter):
            continue
        positions: dict[str, int] = {}
        for name in part:
            own = names.quantities[name].letters
            at = [place for place, candidate in enumerate(own) if names.group(candidate) is group]
            matching = [place for place in at if own[place] == letter] or at
            if matching:
                positions[name] = matching[0]
        if len(positions) < len(part):
            continue
        for step in (1, -1):
            if _runs(part, positions, step, names, bodies):
                return Recurrence(part, positions, step)
    return None


def _runs(
    part: tuple[str, ...], positions: Mapping[str, int], step: int, names: Names, bodies: Mapping[str, Expr]
) -> bool:
    same_slice: dict[str, tuple[str, ...]] = {}
    for name in part:
        letter = names.quantities[name].letters[positions[name]]
        here: list[str] = []
        for reference in references(bodies[name]):
            if reference.name not in positions:
                continue
            shift = _shift(reference, positions[reference.name], letter)
            if shift is None or shift * step > 0:
                return False
            if shift == 0:
                here.append(reference.name)
        same_slice[name] = tuple(here)
    return all(len(piece) == 1 and piece[0] not in same_slice[piece[0]] for piece in components(same_slice))


def _shift(reference: Ref, position: int, letter: str) -> int | None:
    """How far a reference lies from the slice of its equation; None where that is not one number."""
    if position >= len(reference.indices):
        return None
    index = reference.indices[position]
    return index.constant if index.terms == ((letter, 1),) else None
