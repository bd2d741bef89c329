"""A model → the points at which lines are checked: generic numbers at which all is finite, then values of its domains.

Conventions. A point is a number for each name that no equation gives. Where an equation reduces over the patterns, a
quantity with one value a pattern has ``PATTERNS`` of them, keyed by the position of the pattern.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, product

from chainrule.errors import ChainruleError, DerivationError
from chainrule.expr.nodes import At, Bracket, Equation, Expr, Number, Ref
from chainrule.expr.walk import nodes
from chainrule.model.model import Quantity
from chainrule.notation.statements import Computed, Given, Listed, Listing
from chainrule.numbers.environment import Setting
from chainrule.numbers.evaluate import evaluate, solve
from chainrule.numbers.finite import FINITE, NotFinite
from chainrule.numbers.kinds import FLOATS, Floats

GENERIC, DOMAIN, TRIES, PATTERNS = 3, 2, 400, 3
MODERATE = 1e6
"""Points with numbers beyond are taken only where there are no others: differences of large numbers lose digits."""

BEYOND = 12
"""So many points with something infinite on the way, before others are no longer looked for: six in a row are drawn in
different manners."""

Value = float | dict[tuple[int, ...], float]
Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Point:
    """Values of what is given, and of everything."""

    given: Values
    values: Values
    certain: bool = True  # whether every operation on the way is finite, so that each line has a value


def points(
    given: tuple[Quantity, ...], equations: tuple[Equation, ...], setting: Setting, many: frozenset[str], seed: int
) -> Iterator[Point]:
    """Generic points, and after them points of the domains, at which a line need not have a value.

    ``many`` are the names that have a value for each pattern. Raises DerivationError E255 where there are too few.
    """
    draw = random.Random(seed)  # noqa: S311 - points of a check, not secrets
    known = labels((line.body for line in equations), setting.range)

    def begun(attempt: int) -> Values:
        return generic(given, attempt, draw, setting, many, known)

    yield from finite(begun, equations, setting, GENERIC, TRIES)
    for point in () if many else islice(corners(given, draw, setting), DOMAIN):
        values = everything(equations, point, setting)
        if values is not None:
            yield Point(point, values, False)


def finite(
    begun: Callable[[int], Values], equations: tuple[Equation, ...], setting: Setting, wanted: int, tries: int
) -> Iterator[Point]:
    """So many points at which every quantity is finite; ``begun`` gives the values that an attempt begins with.

    Points with large numbers, and then those where an operation on the way is not finite, are taken only where there
    are no others. Raises DerivationError E255 where there are too few.
    """
    found = 0
    large: list[Point] = []
    beyond: list[Point] = []
    for attempt in range(tries):
        if found == wanted or len(beyond) == BEYOND:
            break
        given = begun(attempt)
        values = everything(equations, given, setting, FINITE)
        if values is None:
            if (values := everything(equations, given, setting)) is not None:
                beyond.append(Point(given, values, False))
        elif largest(values) < MODERATE:
            found += 1
            yield Point(given, values)
        else:
            large.append(Point(given, values))
    others = [*large, *beyond][: wanted - found]
    yield from others
    if found + len(others) < wanted:
        raise DerivationError(
            "E255",
            "no point was found at which every quantity of the model is a finite number, so no line can be checked",
            "look at the arguments of log and sqrt, at divisors and at powers: chainrule eval shows the values",
        )


def signed(draw: random.Random, attempt: int) -> float:
    """A number that is special in no way: of either sign, then positive, then below 1."""
    size = draw.uniform(0.15, 0.95) if attempt % 3 == 2 else draw.uniform(0.25, 1.75)
    return size * (draw.choice((-1.0, 1.0)) if attempt % 3 == 0 else 1.0)


def generic(
    given: tuple[Quantity, ...], attempt: int, draw: random.Random, setting: Setting, many: frozenset[str],
    known: Mapping[str, tuple[float, ...]],
) -> Values:  # fmt: skip
    """Numbers that are special in no way, then with the consts as given."""
    point: dict[str, Value] = {}
    for quantity in given:
        if labelled(own := known.get(quantity.name, ()), attempt):
            table: dict[tuple[int, ...], float] = {(place,): draw.choice(own) for place in range(PATTERNS)}
            point[quantity.name] = table if quantity.name in many else draw.choice(own)
            continue
        written = constant(quantity, point, setting) if attempt % 6 >= 3 else None
        if written is not None:
            point[quantity.name] = written
        elif quantity.name in many:
            point[quantity.name] = {(place,): signed(draw, attempt) for place in range(PATTERNS)}
        else:
            point[quantity.name] = signed(draw, attempt)
    return point


def labels(bodies: Iterable[Expr], values: Callable[[str], range]) -> dict[str, tuple[float, ...]]:
    """Quantities that are compared with letters or numbers, ``[c == k]``, and the numbers that they are compared with.

    They count or name something: at a number that is special in no way, no such bracket would hold. ``values`` are
    those of a letter.
    """
    found: dict[str, dict[float, None]] = {}
    for body in bodies:
        for node in nodes(body):
            match node:
                case Bracket("==" | "!=", Ref(name), other) | Bracket("==" | "!=", other, Ref(name)):
                    match other:
                        case Number(value):
                            found.setdefault(name, {})[float(value)] = None
                        case At(index) if index.letter is not None:
                            found.setdefault(name, {}).update(dict.fromkeys(map(float, values(index.letter))))
                        case _:
                            pass
                case _:
                    pass
    return {name: tuple(known) for name, known in found.items()}


def labelled(known: tuple[float, ...], attempt: int) -> bool:
    """Whether a quantity is one of the numbers with which it is compared, at an attempt: at most of them."""
    return bool(known) and attempt % 3 != 2


def constant(quantity: Quantity, known: Values, setting: Setting) -> float | None:
    """The value that the text gives a const."""
    match quantity.start:
        case Given(value) if quantity.role == "const":
            return number(value, known, setting)
        case _:
            return None


def number(expr: Expr | Listing, known: Values, setting: Setting) -> float | None:
    """The value of an expression of known names, if it has one."""
    if isinstance(expr, Listing):
        return None
    try:
        value: float = evaluate(expr, known, setting=setting)
    except ChainruleError:
        return None
    return value if math.isfinite(value) else None


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


def everything(
    equations: tuple[Equation, ...], point: Values, setting: Setting, kind: Floats = FLOATS
) -> Values | None:
    """All values at a point; None if one of them is not finite."""
    try:
        values: dict[str, Value] = {**point, **solve(equations, point, kind, setting=setting)}
    except (ChainruleError, NotFinite):
        return None
    return values if math.isfinite(largest(values)) else None


def largest(values: Mapping[str, Value]) -> float:
    """The largest size among values; ∞ where one of them is NaN."""
    sizes = [abs(number) for value in values.values() for number in entries(value)]
    return max((math.inf if math.isnan(size) else size for size in sizes), default=0.0)


def slack(values: Mapping[str, Value], absolute: float) -> float:
    """How far apart two sides that are equal may be at a point, whatever they are: rounding goes by the largest."""
    size = largest(values)
    return absolute * size if size >= MODERATE else absolute


def entries(value: Value) -> tuple[float, ...]:
    """The numbers of a value."""
    return tuple(value.values()) if isinstance(value, dict) else (value,)
