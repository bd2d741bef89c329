"""Equations → the points at which lines are checked: numbers that are special in no way, at which all is finite.

Conventions. A point has a number for each entry of each name that no equation gives, keyed by the values of its
letters. The first is of either sign, the next positive, then below 1, and so on; a quantity that is compared with
numbers is one of them. Facts of the form Σ t = 1 hold.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field
from itertools import product

from chainrule.errors import ChainruleError, DerivationError
from chainrule.expr.nodes import At, Bracket, Equation, Expr, Number, Reduce, Ref
from chainrule.expr.walk import nodes
from chainrule.model.letters import free
from chainrule.model.model import Quantity
from chainrule.notation.statements import Fact, Given, Listing
from chainrule.numbers.environment import Setting, bindings, place_of
from chainrule.numbers.evaluate import evaluate, solve
from chainrule.numbers.finite import FINITE, NotFinite
from chainrule.numbers.kinds import FLOATS, Floats
from chainrule.values import dataclass

MODERATE = 1e6
"""Points with numbers beyond are taken only where there are no others: differences of large numbers lose digits."""

BEYOND = 12
"""So many points with something infinite on the way, before others are no longer looked for: six in a row are drawn in
different manners."""

Entries = dict[tuple[int, ...], float]
Value = float | Entries
Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Point:
    """Values of what is given, and of everything."""

    given: Values
    values: Values
    certain: bool = True  # whether every operation on the way is finite, so that each line has a value
    size: float = field(init=False)
    """The largest size among the values."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", largest(self.values))


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
        elif (point := Point(given, values)).size < MODERATE:
            found += 1
            yield point
        else:
            large.append(point)
    others = [*large, *beyond][: wanted - found]
    yield from others
    if found + len(others) < wanted:
        raise nowhere()


def nowhere() -> DerivationError:
    """The error about a model that is finite at no point that was tried."""
    return DerivationError(
        "E255",
        "no point was found at which every quantity of the model is a finite number, so no line can be checked",
        "look at the arguments of log and sqrt, at divisors and at powers: chainrule eval shows the values",
    )


def signed(draw: random.Random, attempt: int) -> float:
    """A number that is special in no way: of either sign, then positive, then below 1."""
    size = draw.uniform(0.15, 0.95) if attempt % 3 == 2 else draw.uniform(0.25, 1.75)
    return size * (draw.choice((-1.0, 1.0)) if attempt % 3 == 0 else 1.0)


def begun(
    letters: Mapping[str, tuple[str, ...]], known: Values, setting: Setting, draw: random.Random, attempt: int,
    labels: Mapping[str, tuple[float, ...]], scale: float = 1.0,
) -> dict[str, Value]:  # fmt: skip
    """What is known, and numbers for each name with these letters; ``labels`` as `labels` gives them."""
    point = dict(known)
    for name, own in letters.items():
        if name not in point:
            point[name] = drawn(own, setting, draw, attempt, labels.get(name, ()), scale)
    return point


def drawn(
    letters: tuple[str, ...], setting: Setting, draw: random.Random, attempt: int, label: tuple[float, ...] = (),
    scale: float = 1.0,
) -> Value:  # fmt: skip
    """Numbers for the entries of a quantity."""

    def one() -> float:
        return draw.choice(label) if labelled(label, attempt) else scale * signed(draw, attempt)

    return {place: one() for place in product(*map(setting.range, letters))} if letters else one()


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


def consts(quantities: Iterable[Quantity], setting: Setting) -> dict[str, Value]:
    """The consts that are one number which the text says."""
    found: dict[str, Value] = {}
    for quantity in quantities:
        match quantity.start:
            case Given(value) if quantity.role == "const" and not quantity.letters:
                if (own := number(value, found, setting)) is not None:
                    found[quantity.name] = own
            case _:
                pass
    return found


def number(expr: Expr | Listing, known: Values, setting: Setting) -> float | None:
    """The value of an expression of known names, if it has one."""
    if isinstance(expr, Listing):
        return None
    try:
        value = float(evaluate(expr, known, setting=setting))
    except ChainruleError:
        return None
    return value if math.isfinite(value) else None


def respect(fact: Fact, given: dict[str, Value], setting: Setting) -> None:
    """Values changed so that ``Σ_k t[p,k] = 1`` holds: the entries of each sum are made positive and scaled."""
    match fact.left:
        case Reduce("sum", letters, Ref(name, indices)) if isinstance(table := given.get(name), dict):
            for around in bindings(letters_of(fact), setting):
                at = [{**around, **inside} for inside in bindings(letters, setting)]
                keys = [key for one in at if (key := tuple(place_of(place, one) for place in indices)) in table]
                total = float(evaluate(fact.right, given, setting=setting, letters=around))
                if size := sum(abs(table[one]) for one in keys):
                    scale = total / size
                    table.update({one: abs(table[one]) * scale for one in keys})
                elif keys:
                    table.update(dict.fromkeys(keys, total / len(keys)))
        case _:
            pass


def letters_of(fact: Fact) -> tuple[str, ...]:
    """The letters that a fact is true for each value of."""
    return tuple(dict.fromkeys((*free(fact.left), *free(fact.right))))


def holds(fact: Fact, point: Point, setting: Setting) -> bool:
    """Whether a fact is true at a point: only then may a line use it."""
    for at in bindings(letters_of(fact), setting):
        left, right = (
            float(evaluate(side, point.values, setting=setting, letters=at)) for side in (fact.left, fact.right)
        )
        if not abs(left - right) <= 1e-12 * max(1.0, abs(right)):
            return False
    return True


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


def slack(point: Point, absolute: float) -> float:
    """How far apart two sides that are equal may be at a point, whatever they are: rounding goes by the largest."""
    return absolute * point.size if point.size >= MODERATE else absolute


def entries(value: Value) -> tuple[float, ...]:
    """The numbers of a value."""
    return tuple(value.values()) if isinstance(value, dict) else (value,)
