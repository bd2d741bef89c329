"""A formula in which numbers of the text stand for names → what they stand for, and whether it is right so."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import islice, product
from typing import Any

from chainrule.derive.judge.checked_points import Spots
from chainrule.derive.judge.compare import agreement
from chainrule.derive.judge.explicit_model import ExplicitModel
from chainrule.derive.judge.line import TypedLine
from chainrule.derive.judge.test_points import Data, value
from chainrule.derive.judge.truths import Truth
from chainrule.derive.judge.verdict import Verdict, point
from chainrule.expr.nodes import Bracket, Cond, Expr, Index, Neg, Number, Ref, number
from chainrule.expr.walk import fold, transform
from chainrule.notation import show

NAMED = 100
"""Entries of an array that a number may stand for, about."""
TRIED = 256
"""Ways to put names for numbers that are tried."""


UNITS = (number(0), number(1))
"""What a condition gives where it only says whether it holds."""


def entries_of(given: Any) -> Iterator[tuple[tuple[int, ...], float]]:
    """The numbers of nested lists, each with its place; of long ones the first."""
    todo: list[tuple[tuple[int, ...], Any]] = [((), given)]
    for _ in range(NAMED):
        if not todo:
            return
        at, one = todo.pop(0)
        if isinstance(one, list | tuple):
            todo.extend(((*at, place), inside) for place, inside in enumerate(one[:NAMED]))
        elif isinstance(one, int | float):
            yield at, one


def range_of(explicit: ExplicitModel, data: Data, letter: str) -> range | None:
    """The values of a letter in the text's own data."""
    group = explicit.model.set_of(letter)
    if group is None or letter == explicit.model.pattern:
        return range(1, data.patterns + 1)
    return data.ranges.get(group.name)


def names_for(explicit: ExplicitModel, line: TypedLine, data: Data) -> list[list[Expr]]:
    """For each number of a line, in order, what has it in the text: entries of weights, consts, data of one pattern.

    A number with a point is likelier one of these than of the formula itself, another is not; the likelier first.
    """
    exact: dict[Ref, Fraction] = {}
    for name, given in {**data.values, **data.starts}.items():
        quantity = explicit.model.quantities.get(name)
        if quantity is None:
            continue
        own = quantity.letters
        pattern = data.patterns == 1 and name in data.values and quantity.varies
        hidden = pattern and explicit.model.pattern not in own  # its first axis is that of the patterns
        for at, one in entries_of(given[0] if hidden else given):
            if len(at) != len(own) or not math.isfinite(one):
                continue
            lows = [known.start if (known := range_of(explicit, data, letter)) is not None else 1 for letter in own]
            places = tuple(Index((), low + place) for low, place in zip(lows, at, strict=True))
            exact[Ref(name, places)] = Fraction(repr(float(one)))

    def named(node: Number) -> list[Expr]:
        names = [Neg(name) if own < 0 else name for name, own in exact.items() if abs(own) == node.value]
        return [*names, node] if "." in node.text else [node, *names]

    def seen(node: Expr, inside: tuple[list[list[Expr]], ...]) -> list[list[Expr]]:
        match node:
            case Number():
                return [named(node)]
            case Cond(_, then, otherwise):  # 1 where it holds, else 0: these are no numbers of the text
                ways = zip((None, then, otherwise), inside, strict=True)
                return [one for branch, own in ways for one in ([[branch]] if branch in UNITS else own)]
            case Bracket(_, left, right):  # where a kink is: the 0 of [x > 0] is none of the text's
                ways = zip((left, right), inside, strict=True)
                return [one for side, own in ways for one in ([[side]] if side in UNITS else own)]
            case _:
                return [one for own in inside for one in own]

    return fold(line.body, seen)


def renamed(line: TypedLine, choice: Sequence[Expr]) -> TypedLine:
    """A line with these in the places of its numbers."""
    left = iter(choice)
    return replace(line, body=transform(line.body, lambda node: next(left) if isinstance(node, Number) else node))


def likeliest(explicit: ExplicitModel, line: TypedLine, data: Data) -> TypedLine:
    """A line with the first of what each of its numbers may stand for."""
    return renamed(line, [names[0] for names in names_for(explicit, line, data)])


def by_names(
    explicit: ExplicitModel, line: TypedLine, truths: Sequence[Truth], data: Data, spots: Spots
) -> Verdict | None:
    """The verdict on a formula in which some of the text's own numbers stand for what has them at the start.

    It is right there if it holds in general once the names are put back.
    """
    options, places = names_for(explicit, line, data), spots.own()
    if not places or all(len(one) < 2 for one in options):
        return None
    body = explicit.written(line.body)
    numbers = [next(node for node in names if isinstance(node, Number)) for names in options]
    for truth in truths:
        if not agreement(explicit, places, body, truth.expr).holds:
            continue
        for choice in islice(product(*options), TRIED):
            named = renamed(line, choice)
            written = explicit.written(named.body)
            # most ways are wrong at the places that are there already; only for others are kinks looked for anew
            if named.body == line.body or not agreement(explicit, spots.of(truth), written, truth.expr).holds:
                continue
            there = Spots(explicit, named, data, spots.seed, truths).of(truth)
            if agreement(explicit, there, written, truth.expr).holds:
                pairs = zip(numbers, choice, strict=True)
                told = ", ".join(dict.fromkeys(f"{show(one)} stands for {show(to)}" for one, to in pairs if one != to))
                sentence = f"Equal at the start: {told}, so the line holds at these numbers alone."
                ours = value(explicit, places[0], body)
                return Verdict("here", None, point(explicit, line, places[0]), ours, ours, sentence)
    return None
