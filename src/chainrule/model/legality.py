"""Whether every index stays inside the range it was declared with, as far as the ranges are known.

An index that a bracket guards (``[t-1 in t]*h[t-1]``) counts only where the bracket is 1. The text alone may leave
sizes open; then `data` asks again when they are known, with all ranges given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import prod

from chainrule.errors import NOWHERE, ModelError, Span
from chainrule.expr.nodes import Add, At, Bracket, Cond, Expr, Index, InRange, Mul, Neg, Number, Reduce, Ref
from chainrule.expr.walk import children, fold
from chainrule.model.letters import every, of_index
from chainrule.model.model import LetterSet, Model, Quantity, Warning  # noqa: A004
from chainrule.model.ranges import constants, span_of
from chainrule.notation.names import pretty
from chainrule.notation.statements import Computed, Given, Listing

TRIED = 100_000
"""Combinations of letters that are tried one by one; beyond, guards are not looked at."""

GUARDS = 16
"""Brackets of one product that are looked at: more would make a product of n brackets cost n² steps."""

Guard = tuple[Bracket | InRange, bool]


@dataclass(frozen=True, slots=True)
class Extents:
    """The values of the letters, and of every index of every quantity, where they are known."""

    letters: Mapping[str, range]  # name of a set → its values
    base: Mapping[tuple[str, int], frozenset[int]]  # values that base lines add


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
    """An error about the first index that leaves its range; a warning where one set stands in for another.

    Positions whose ranges are not known are passed over.
    """
    found = known_ranges(model) if ranges is None else ranges
    if not model.sets:
        return ()
    base: dict[tuple[str, int], set[int]] = {}
    for equation in model.equations:
        if isinstance(equation.target, Ref):
            general = model.quantities[equation.target.name]
            for place, index in enumerate(equation.target.indices):
                if not index.terms:
                    _base_value(model, general, place, index.constant, found, equation.span)
                    base.setdefault((general.name, place), set()).add(index.constant)
    extents = Extents(found, {place: frozenset(values) for place, values in base.items()})
    warnings: dict[str, Warning] = {}
    for expr, around in _expressions(model):
        for node, guards in guarded(expr):
            if isinstance(node, Ref) and node.indices and node.name in model.quantities:
                own = model.quantities[node.name]
                span = node.span if node.span != NOWHERE else around
                for place in range(min(len(node.indices), len(own.letters))):
                    text = _position(model, own, place, node.indices, guards, extents, span)
                    if text:
                        warnings.setdefault(text, Warning(text, span))
    return tuple(warnings.values())


def _base_value(model: Model, own: Quantity, place: int, value: int, ranges: Mapping[str, range], span: Span) -> None:
    group = model.set_of(own.letters[place])
    if group is None or group.name not in ranges or value not in ranges[group.name]:
        return
    letter, values = own.letters[place], ranges[group.name]
    raise ModelError(
        "E130",
        f"the base line of {pretty(own.name)} at {value} lies inside {letter} = {values.start}..{values.stop - 1}",
        f"start the letter after it: index {letter} = {value + 1}..{values.stop - 1}",
        model.source,
        span if span != NOWHERE else own.span,
    )


def _expressions(model: Model) -> Iterator[tuple[Expr, Span]]:
    for equation in model.equations:
        target = equation.target
        yield equation.body, model.quantities[target.name].span if isinstance(target, Ref) else equation.span
    yield model.goal.value, model.goal.span
    for fact in model.facts:
        yield fact.left, fact.span
        yield fact.right, fact.span
    for definition in model.functions.values():
        yield definition.body, definition.span
    for quantity in model.quantities.values():
        match quantity.start:
            case Computed(value) | Given(value) if not isinstance(value, Listing):
                yield value, quantity.span


def guarded(expr: Expr) -> Iterator[tuple[Expr, tuple[Guard, ...]]]:
    """Every node with the brackets under which it counts: factors beside it, and the test of an ``if`` around it."""
    todo: list[tuple[Expr, tuple[Guard, ...]]] = [(expr, ())]
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
    group = model.set_of(letter)
    if group is None or group.name not in extents.letters:
        return None
    declared = extents.letters[group.name]
    base = extents.base.get((own.name, place), frozenset())
    other = model.set_of(index.letter) if index.letter else None
    if other is group:
        return None
    sets = {used: model.set_of(used) for used in of_index((index,))}
    values = {used: extents.letters.get(found.name) for used, found in sets.items() if found is not None}
    if len(values) < len(sets) or any(one is None for one in values.values()):
        return None
    known = {used: one for used, one in values.items() if one is not None}
    outside = _outside(model, index, known, declared, base, guards, extents)
    shown, typed = pretty(own.name), _typed(index)
    if outside is not None:
        seen = declared if not base else range(min(*base, declared.start), max(*base, declared.stop - 1) + 1)
        over = f"{shown} is defined over {letter} ({seen.start}..{seen.stop - 1})"
        leaves = f"{typed} can be {outside}" if index.terms else f"{outside} is outside"
        problem = f"{shown}[{','.join(map(_typed, indices))}]: {over}, {leaves}"
        if other is not None and group is not None:
            help = f"read {shown} with a letter of its own set: {', '.join(group.letters)}"
        else:
            help = f"keep the index inside, or guard it: [{typed} in {letter}]·{shown}[…]"
        raise ModelError("E114", problem, help, model.source, span)
    if other is not None and index.letter is not None and len(known[index.letter]) == len(declared):
        return f"{shown} is declared over {letter} and read with {index.letter}, another letter set of the same size"
    return None


def _typed(index: Index) -> str:
    text = ""
    for letter, factor in index.terms:
        size = "" if abs(factor) == 1 else f"{abs(factor)}*"
        text += ("-" if factor < 0 else "+" if text else "") + size + letter
    if index.constant or not text:
        text += f"{index.constant:+d}" if text else str(index.constant)
    return text


def _outside(
    model: Model,
    index: Index,
    values: Mapping[str, range],
    declared: range,
    base: frozenset[int],
    guards: tuple[Guard, ...],
    extents: Extents,
) -> int | None:
    """A value of the index outside the range, with every guard as it must be; None if there is none."""
    ends = [sorted((factor * values[letter][0], factor * values[letter][-1])) for letter, factor in index.terms]
    low, high = index.constant + sum(end[0] for end in ends), index.constant + sum(end[1] for end in ends)
    if declared.start <= low and high < declared.stop:
        return None
    tests, letters = [], dict(values)
    for test, wanted in guards:
        more = {used: _values(model, used, extents) for used in _test_letters(test)}
        if more and not set(more) & set(letters):
            continue
        if all(one is not None for one in more.values()) and _plain(test):
            letters.update({used: one for used, one in more.items() if one is not None})
            tests.append((test, wanted))
    if prod(len(one) for one in letters.values()) > TRIED:
        return low if low not in declared and low not in base else high
    for choice in product(*letters.values()):
        at = dict(zip(letters, choice, strict=True))
        value = _at(index, at)
        if (
            value not in declared
            and value not in base
            and all(_holds(model, test, at, extents) is wanted for test, wanted in tests)
        ):
            return value
    return None


def _values(model: Model, letter: str, extents: Extents) -> range | None:
    group = model.set_of(letter)
    return None if group is None else extents.letters.get(group.name)


def _test_letters(test: Bracket | InRange) -> tuple[str, ...]:
    return of_index((test.index,)) if isinstance(test, InRange) else tuple(sorted(every(test)))


def _plain(test: Bracket | InRange) -> bool:
    """Whether a test is about indices alone."""
    if isinstance(test, InRange):
        return True
    return fold(test, lambda node, inside: all(inside) and isinstance(node, Bracket | At | Number | Add | Mul | Neg))


def _at(index: Index, at: Mapping[str, int]) -> int:
    return index.constant + sum(factor * at[letter] for letter, factor in index.terms)


def _holds(model: Model, test: Bracket | InRange, at: Mapping[str, int], extents: Extents) -> bool | None:
    if isinstance(test, InRange):
        values = _values(model, test.letter, extents)
        return None if values is None else _at(test.index, at) in values
    left, right = (_number(side, at) for side in (test.left, test.right))
    match test.comparison:
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
        case "==":
            return left == right
        case "!=":
            return left != right


def _number(expr: Expr, at: Mapping[str, int]) -> Fraction:
    def combine(node: Expr, inside: tuple[Fraction, ...]) -> Fraction:
        match node:
            case Number(value):
                return value
            case At(index):
                return Fraction(_at(index, at))
            case Add():
                return sum(inside, Fraction(0))
            case Neg():
                return -inside[0]
            case Mul():
                found = Fraction(1)
                for value in inside:
                    found *= value
                return found
            case _:
                return Fraction(0)

    return fold(expr, combine)
