"""Whether every index stays inside the range it was declared with, as far as the ranges are known.

An index that a bracket guards (``[t-1 in t]*h[t-1]``) counts only where the bracket is 1. The text alone may leave
sizes open; then `data` asks again when they are known, with all ranges given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from math import prod

from chainrule.errors import NOWHERE, ModelError, Span
from chainrule.expr.entries import Box, box, by_name, closed, entry_text, hull, twice, uncovered
from chainrule.expr.indices import Extent, around, index_value, reach, speaks_of_indices, truth
from chainrule.expr.nodes import Bracket, Cond, Equation, Expr, Index, InRange, Mul, Reduce, Ref, key, places
from chainrule.expr.walk import children
from chainrule.model.letters import base, every, free, of_index
from chainrule.model.model import LetterSet, Model, Quantity, Warning  # noqa: A004
from chainrule.model.ranges import constants, span_of
from chainrule.notation.names import pretty
from chainrule.notation.statements import Computed, Given, Listing
from chainrule.numbers.guards import lifted
from chainrule.values import dataclass

TRIED = 100_000
"""Combinations of letters that are tried one by one; beyond, guards are not looked at."""

GUARDS = 16
"""Brackets of one product that are looked at: more would make a product of n brackets cost n² steps."""

Guard = tuple[Bracket | InRange, bool]


def known_ranges(model: Model) -> dict[str, range]:
    """The values of the letter sets that the text alone gives; an error about an empty one."""
    consts = constants(model.quantities)
    found: dict[str, range] = {}
    for group in model.sets:
        values = span_of(group, consts)
        if values is not None:
            if len(values) == 0:
                raise empty(model, group, values)
            found[group.name] = values
    return found


def empty(model: Model, group: LetterSet, values: range) -> ModelError:
    """A letter without values."""
    problem = f"{group.name} runs from {values.start} to {values.stop - 1}: there is no such value"
    return ModelError("E132", problem, "write the smaller number first: 1..3", model.source, group.span)


def check_indices(model: Model, ranges: Mapping[str, range] | None = None) -> tuple[Warning, ...]:
    """An error about the first entry that two equations define or that is read and not there; a warning where one set
    stands in for another.

    Positions whose ranges are not known are passed over.
    """
    found = known_ranges(model) if ranges is None else ranges
    if not model.sets:
        return ()
    extents = Extents(model, found)
    shared = {name: lines for name, lines in by_name(model.equations).items() if len(lines) > 1}
    for lines in shared.values():
        if both := twice(lines, closed(lines, extents.values, extents.group)):
            raise _twice(model, *both)
    warnings: dict[str, Warning] = {}
    for expr, beside, where in _expressions(model):
        for node, guards in guarded(expr, where):
            if isinstance(node, Ref) and node.indices and node.name in model.quantities:
                own = model.quantities[node.name]
                span = node.span if node.span != NOWHERE else beside
                if own.name in shared:
                    _defined(model, own, shared[own.name], node.indices, guards, extents, span)
                    continue
                for place in range(min(len(node.indices), len(own.letters))):
                    text = _position(model, own, place, node.indices, guards, extents, span)
                    if text:
                        warnings.setdefault(text, Warning(text, span))
    return tuple(warnings.values())


@dataclass(frozen=True, slots=True)
class Extents:
    """The values of the letters, where they are known."""

    model: Model
    sets: Mapping[str, range]

    def values(self, letter: str) -> range | None:
        group = self.model.set_of(letter)
        return None if group is None else self.sets.get(group.name)

    def group(self, letter: str) -> str:
        """The name of the set of a letter; that of the patterns is its own."""
        group = self.model.set_of(letter)
        return base(letter) if group is None else group.name


def _twice(model: Model, one: Equation, other: Equation, entry: tuple[int, ...]) -> ModelError:
    name = key(one.target)
    first, second = sorted((one, other), key=lambda line: line.span.start)
    line = model.source.place(max(0, first.span.start))[0]
    own = entry_text(pretty(name), entry)
    return ModelError(
        "E135",
        f"{own} is defined here, and by the equation of {_left(first)} in line {line} too",
        f"each entry has one equation: give {own} a line of its own, or change where a letter begins",
        model.source,
        second.span,
    )


def _left(line: Equation) -> str:
    return f"{pretty(key(line.target))}[{','.join(map(_typed, places(line.target)))}]"


def _expressions(model: Model) -> Iterator[tuple[Expr, Span, tuple[Guard, ...]]]:
    """Every expression, where it stands, and the brackets under which it counts."""
    for equation in model.equations:
        target = equation.target
        where = tuple((test, True) for test in equation.where if isinstance(test, Bracket | InRange))
        yield equation.body, model.quantities[target.name].span if isinstance(target, Ref) else equation.span, where
    yield model.goal.value, model.goal.span, ()
    for fact in model.facts:
        yield fact.left, fact.span, ()
        yield fact.right, fact.span, ()
    for definition in model.functions.values():
        yield definition.body, definition.span, ()
    for quantity in model.quantities.values():
        match quantity.start:
            case Computed(value) | Given(value) if not isinstance(value, Listing):
                yield value, quantity.span, ()


def guarded(expr: Expr, where: tuple[Guard, ...] = ()) -> Iterator[tuple[Expr, tuple[Guard, ...]]]:
    """Every node with the brackets under which it counts: factors beside it, or above it in a quotient, and the test of
    an ``if`` around it."""
    todo: list[tuple[Expr, tuple[Guard, ...]]] = [(lifted(expr), where)]
    while todo:
        node, guards = todo.pop()
        yield node, guards
        match node:
            case Mul(args):
                tests = [(place, one) for place, one in enumerate(args) if isinstance(one, Bracket | InRange)][:GUARDS]
                for place, one in reversed(list(enumerate(args))):
                    beside: tuple[Guard, ...] = tuple((test, True) for at, test in tests if at != place)
                    todo.append((one, (*guards, *beside)))
            case Cond(test, then, otherwise):
                todo.append((otherwise, (*guards, (test, False))))
                todo.append((then, (*guards, (test, True))))
                todo.append((test, guards))
            case Reduce(_, letters, body) if letters:
                # a guard about an outer letter says nothing about an inner one of the same name
                kept = tuple(guard for guard in guards if not every(guard[0]) & set(letters))
                todo.append((body, kept))
            case _:
                todo.extend((child, guards) for child in reversed(children(node)))


def _position(
    model: Model,
    own: Quantity,
    place: int,
    indices: tuple[Index, ...],
    guards: tuple[Guard, ...],
    extents: Extents,
    span: Span,
) -> str | None:
    """An error if this index can leave its range; a note where a letter of another set is used."""
    letter, index = own.letters[place], indices[place]
    group, declared = model.set_of(letter), extents.values(letter)
    if group is None or declared is None:
        return None
    other = model.set_of(index.letter) if index.letter else None
    if other is group:
        return None
    found = missing((index,), [(declared,)], guards, extents)
    if found is not None:
        raise _outside(own, place, indices, found[0], declared, other, model, span)
    if other is not None and index.letter is not None and len(extents.values(index.letter) or ()) == len(declared):
        shown = pretty(own.name)
        return f"{shown} is declared over {letter} and read with {index.letter}, another letter set of the same size"
    return None


def _defined(
    model: Model,
    own: Quantity,
    lines: list[Equation],
    indices: tuple[Index, ...],
    guards: tuple[Guard, ...],
    extents: Extents,
    span: Span,
) -> None:
    """An error if an entry of a quantity with several equations is read that none of them defines."""
    ranges = closed(lines, extents.values, extents.group)
    boxes = [box(places(line.target), ranges) for line in lines]
    known = [one for one in boxes if one is not None]
    if len(known) < len(boxes) or len(indices) != len(own.letters):
        return
    found = missing(indices, known, guards, extents, ranges)
    if found is None:
        return
    for place, (at, values) in enumerate(zip(found, hull(known), strict=True)):
        if at not in values:
            other = model.set_of(indices[place].letter or "")
            raise _outside(own, place, indices, at, values, other, model, span)
    raise ModelError(
        "E114",
        f"{entry_text(pretty(own.name), found)} is read here, and no equation defines it",
        f"define it, {entry_text(pretty(own.name), found)} = …, or guard the reading by a bracket that is 0 there",
        model.source,
        span,
    )


def _outside(
    own: Quantity,
    place: int,
    indices: tuple[Index, ...],
    at: int,
    seen: range,
    other: LetterSet | None,
    model: Model,
    span: Span,
) -> ModelError:
    letter, index, shown, typed = own.letters[place], indices[place], pretty(own.name), _typed(indices[place])
    over = f"{shown} is defined over {letter} ({seen.start}..{seen.stop - 1})"
    leaves = f"{typed} can be {at}" if index.terms else f"{at} is outside"
    group = model.set_of(letter)
    if other is not None and group is not None and other is not group:
        help = f"read {shown} with a letter of its own set: {', '.join(group.letters)}"
    else:
        help = f"keep the index inside, or guard it: [{typed} in {letter}]·{shown}[…]"
        if index.terms and (guarded := _guarded(f"[{typed} in {letter}]", model, span)):
            help = f"is {shown} 0 before and after? Then guard it; write {guarded}"
    problem = f"{shown}[{','.join(map(_typed, indices))}]: {over}, {leaves}"
    return ModelError("E114", problem, help, model.source, span)


def _guarded(guard: str, model: Model, span: Span) -> str | None:
    """The line with a guard before what is read there; None where the text is not at hand."""
    source = model.source
    if span.stop <= span.start:
        return None
    text, (row, column) = source.text, source.place(span.start)
    line, begin = text.splitlines()[row - 1], column - 1
    stop = begin + span.stop - span.start
    if stop > len(line) or "]" not in line[begin:stop] or "#" in line[:stop]:
        return None
    times = "·" if re.search(r"[\w)\]]\s*$", line[:begin]) else ""
    return f"{line[:begin].rstrip() if times else line[:begin]}{times}({guard}·{line[begin:stop]}){line[stop:]}".strip()


def _typed(index: Index) -> str:
    text = ""
    for letter, factor in index.terms:
        size = "" if abs(factor) == 1 else f"{abs(factor)}*"
        text += ("-" if factor < 0 else "+" if text else "") + size + letter
    if index.constant or not text:
        text += f"{index.constant:+d}" if text else str(index.constant)
    return text


def missing(
    indices: tuple[Index, ...],
    boxes: Iterable[Box],
    guards: tuple[Guard, ...],
    extents: Extents,
    ranges: Callable[[str], range | None] | None = None,
) -> tuple[int, ...] | None:
    """An entry that is read and lies in none of the boxes, with every guard as it must be; None if there is none."""
    letters = {letter: (ranges or extents.values)(letter) for letter in of_index(indices)}
    known = {letter: values for letter, values in letters.items() if values is not None}
    if len(known) < len(letters):
        return None
    spans = [reach(index, lambda letter: around(known[letter])) for index in indices]
    wanted = tuple(range(span.low or 0, (span.high or 0) + 1) for span in spans)
    for left in uncovered(wanted, boxes):
        found = _within(indices, left, known, guards, extents)
        if found is not None:
            return found
    return None


def _within(
    indices: tuple[Index, ...], left: Box, known: Mapping[str, range], guards: tuple[Guard, ...], extents: Extents
) -> tuple[int, ...] | None:
    """An entry of a box that is read while every guard is as it must be."""
    letters: dict[str, range] = dict(known)
    for index, values in zip(indices, left, strict=True):
        for letter, factor in index.terms:
            letters[letter] = _narrowed(index, letter, factor, values, letters)
    tests = []
    for test, wanted in guards:
        more = {used: extents.values(used) for used in _test_letters(test)}
        if not speaks_of_indices(test) or (more and not more.keys() & letters.keys()):
            continue
        if all(one is not None for one in more.values()):
            letters.update({used: one for used, one in more.items() if one is not None and used not in letters})
            tests.append((test, wanted))
    if prod(len(one) for one in letters.values()) > TRIED:
        return tuple(values.start for values in left)
    for choice in product(*letters.values()):
        at = dict(zip(letters, choice, strict=True))
        entry = tuple(index_value(index, at.__getitem__) for index in indices)
        if all(one in values for one, values in zip(entry, left, strict=True)) and all(
            truth(test, at, extents.values) is wanted for test, wanted in tests
        ):
            return entry
    return None


def _narrowed(index: Index, letter: str, factor: int, values: range, letters: Mapping[str, range]) -> range:
    """The values of a letter at which an index can lie in a range, whatever the others are."""
    own = letters[letter]
    if not len(own):
        return own
    others = Index(tuple(term for term in index.terms if term[0] != letter), index.constant)
    rest = reach(others, lambda other: around(letters[other])) if all(map(len, letters.values())) else Extent(0, 0)
    low, high = values.start - (rest.high or 0), values.stop - 1 - (rest.low or 0)
    if factor < 0:
        low, high = -high, -low
    size = abs(factor)
    return range(max(own.start, -(-low // size)), min(own.stop, high // size + 1))


def _test_letters(test: Bracket | InRange) -> tuple[str, ...]:
    """The letters whose values decide a test; those whose sets it speaks of do not."""
    return free(test)
