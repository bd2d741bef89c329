"""A network of plain numbers → what its lines are checked on.

Conventions. The points are generic numbers even where a quantity is 0 or 1 by its domain (at x = 0 every line about
``w·x`` says 0 = 0), then values of the domains. Where an equation reduces over the patterns, there are ``PATTERNS`` of
them, and what varies has one value for each.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, product
from typing import TypeVar

from chainrule.derive.check import Bound, Ground
from chainrule.derive.points import Point, Value, Values, begun, consts, everything, finite, labels, number
from chainrule.expr.nodes import Equation, Expr, Reduce
from chainrule.expr.walk import nodes
from chainrule.model.explicit import written, written_function
from chainrule.model.model import HIDDEN, Model, Quantity
from chainrule.notation.statements import Computed, Given, Listed
from chainrule.numbers.environment import Setting

GENERIC, DOMAIN, TRIES, PATTERNS = 3, 2, 400, 3

E = TypeVar("E", bound=Expr)


def ground(model: Model, equations: tuple[Equation, ...] | None = None, seed: int = 0) -> Ground:
    """For lines about these equations, all of the model if none are given."""
    lines = model.equations if equations is None else equations
    reduced = any(isinstance(node, Reduce) for line in lines for node in nodes(line.body))
    many = frozenset(one.name for one in model.quantities.values() if one.varies) if reduced else frozenset()

    def meant(expr: E) -> E:
        return written(expr, HIDDEN, many) if many else expr

    lines = tuple(replace(line, target=meant(line.target), body=meant(line.body)) for line in lines)
    functions = model.functions
    if many:
        functions = {name: written_function(one, HIDDEN, many) for name, one in functions.items()}
    setting = Setting({HIDDEN: range(PATTERNS)}, functions=functions, pattern=HIDDEN)
    given = tuple(quantity for quantity in model.quantities.values() if quantity.role != "derived")
    found = tuple(points(given, lines, setting, many, seed))
    return Ground(lines, functions, tuple(model.quantities), setting, found, in_turn, meant=meant)


def in_turn(letters: tuple[str, ...], place: int, where: tuple[Expr, ...]) -> Bound:
    """The pattern at a point: another one at each."""
    return {HIDDEN: place % PATTERNS}


def points(
    given: tuple[Quantity, ...], equations: tuple[Equation, ...], setting: Setting, many: frozenset[str], seed: int
) -> Iterator[Point]:
    """Generic points, and after them points of the domains, at which a line need not have a value.

    ``many`` are the names that have a value for each pattern. Raises DerivationError E255 where there are too few.
    """
    draw = random.Random(seed)  # noqa: S311 - points of a check, not secrets
    letters = {quantity.name: (HIDDEN,) if quantity.name in many else () for quantity in given}
    known, told = labels((line.body for line in equations), setting.range), consts(given, setting)

    def attempted(attempt: int) -> Values:
        return begun(letters, told if attempt % 6 >= 3 else {}, setting, draw, attempt, known)

    yield from finite(attempted, equations, setting, GENERIC, TRIES)
    for point in () if many else islice(corners(given, draw, setting), DOMAIN):
        values = everything(equations, point, setting)
        if values is not None:
            yield Point(point, values, False)


def corners(given: tuple[Quantity, ...], draw: random.Random, setting: Setting) -> Iterator[Values]:
    """Points with the values of listed domains, weights where they start, computed values computed."""
    listed: list[list[float]] = []
    for quantity in given:
        match quantity.domain:
            case Listed(values):
                numbers = (number(one, {}, setting) for one in values)
                listed.append([one for one in numbers if one is not None])
            case _:
                listed.append([draw.uniform(0.25, 0.95)])
    if all(len(values) == 1 for values in listed):
        return
    for chosen in islice(product(*map(reversed, listed)), 64):
        point: dict[str, Value] = dict(zip((quantity.name for quantity in given), chosen, strict=True))
        for quantity in given:
            match quantity.start:
                case Given(value) | Computed(value):
                    computed = number(value, point, setting)
                    point[quantity.name] = point[quantity.name] if computed is None else computed
        yield point
