"""An explicit model → the places at which both sides of a line are computed.

Conventions. A place is a point and a value for each letter of the left side. Generic numbers are special in no way,
of both signs and not all 0 where that can be; letters of different sets have different sizes where the text leaves
them open. ``told`` places hold what the text computes (``target y = T(x)``) and its consts. Facts of the form Σ t = 1
hold at every place. Those of the text's own data are found in `data_places`.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from itertools import combinations_with_replacement, islice, product
from typing import Any

from chainrule.derive import points
from chainrule.derive.judge.explicit_model import ONE, ExplicitModel
from chainrule.derive.judge.line import TypedLine
from chainrule.derive.points import labels, respect
from chainrule.derive.sizes import alike_of
from chainrule.errors import ChainruleError
from chainrule.expr.indices import speaks_of_indices
from chainrule.expr.nodes import Bracket, Derivative, Expr, Index, Number, Reduce, Ref, index
from chainrule.expr.walk import children, nodes
from chainrule.model.constants import constants
from chainrule.model.model import LetterSet, Quantity
from chainrule.notation.statements import Computed, Given, Listing
from chainrule.numbers import oracle
from chainrule.numbers.environment import Environment, Setting, place_of
from chainrule.numbers.evaluate import drive, evaluate, solve, visit
from chainrule.numbers.guards import lifted
from chainrule.numbers.kinds import FLOATS
from chainrule.values import dataclass

SIZES = (3, 4, 5, 2)
LARGE = 6
"""A set of more values than this is made smaller, unless the text counts on its size."""
TRIES, ENOUGH = 60, 20
PARTS = 8
"""Parts of expressions that are visited in about the time of a number that is computed and kept."""
MODERATE, FARTHEST = 1e6, 1e300
"""Places with numbers beyond are taken only where there are no others, and with numbers beyond the second never."""

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Data:
    """The patterns and starts of a model: nested lists by name, the values of the letters, the number of patterns."""

    values: Mapping[str, Any]
    ranges: Mapping[str, range]
    patterns: int
    starts: Mapping[str, Any]


@dataclass(slots=True)
class CheckedPoint:
    """A point, all or some of the values there, and the values of the letters of the left side."""

    given: Mapping[str, Any]
    values: Mapping[str, Any]
    setting: Setting
    letters: Mapping[str, int]
    of: str = ""  # of the patterns the one it is, "" where that means nothing
    told: bool = False  # whether it holds what the text computes
    free: tuple[str, ...] = ()  # what may be moved a little
    environment: Environment[float] | None = None
    known: dict[Any, float] = field(default_factory=dict)


def value(explicit: ExplicitModel, place: CheckedPoint, expr: Expr) -> float:
    """What an explicit expression gives at a place; inert derivatives by a complex step. NaN where it gives nothing."""
    if place.environment is None:
        place.environment = environment_of(explicit, place)
    before = len(place.environment.known)
    try:
        found = drive(visit(place.environment, lifted(expr), place.letters, {}))
    except (ChainruleError, OverflowError):
        place.environment.running.clear()
        return math.nan
    explicit.work.add(1 + len(place.environment.known) - before)
    return found if math.isfinite(found) else math.nan


def environment_of(explicit: ExplicitModel, place: CheckedPoint) -> Environment[float]:
    """What is known at a place: each quantity is computed once."""

    def derivative(node: Derivative, letters: Mapping[str, int]) -> float:
        own = (node, tuple(sorted(letters.items())))
        if own not in place.known:
            place.known[own] = oracle.derivative(
                node, explicit.equations, place.given, setting=place.setting, letters=letters, made=explicit.work.add
            )
        return place.known[own]

    return Environment(FLOATS, place.values, place.setting, explicit.equations, derivative)


def generic(
    explicit: ExplicitModel, line: TypedLine, wanted: Expr, seed: int = 0, *, told: bool = False
) -> list[CheckedPoint]:
    """Places with numbers that are special in no way; at two of them, if at all possible, ``wanted`` is not 0.
    On every side of every kink there are more: `kink_search`.

    Raises DerivationError E255 where no place gives finite values.
    """
    found, flat = sampled(explicit, line, wanted, seed, told, MODERATE)
    if not found and not flat:
        found, flat = sampled(explicit, line, wanted, seed, told, FARTHEST)  # where digits are lost, a hundred decide
    found = found[:5] + flat[: 2 if found else 5]  # where a relu is off, a line has to be 0 too
    if not found:
        raise points.nowhere()
    return [*found, *others(explicit, line, wanted, found)]


ENTRIES = 48
"""Entries of the left side at one point: all of two letters with six values each, and more is not waited for."""


def others(
    explicit: ExplicitModel, line: TypedLine, wanted: Expr, found: Sequence[CheckedPoint]
) -> Iterator[CheckedPoint]:
    """The other entries of the left side at the first place: letters at the first value, at the last, and at the same,
    where a line may have a term too many or too few that at no other entry is missed."""
    first = found[0]
    draw = random.Random(len(found))  # noqa: S311 - entries of a check, not secrets
    values: list[list[int]] = []
    for letter in line.letters:
        own_ = first.setting.range(letter)
        values.append(sorted({*own_[:2], *own_[-2:], draw.choice(own_)}))
    entries = list(product(*values))
    draw.shuffle(entries)
    same = [entry for entry in entries if len(set(entry)) < len(entry)][: ENTRIES // 2]
    seen = [place.letters for place in found if place.values is first.values]
    for entry in dict.fromkeys((*same, *entries[:ENTRIES])):
        letters = {**first.letters, **dict(zip(line.letters, entry, strict=True))}
        if letters not in seen:
            place = replace(first, letters=letters, environment=None, known={})
            if not math.isnan(value(explicit, place, wanted)):
                yield place


def sampled(
    explicit: ExplicitModel, line: TypedLine, wanted: Expr, seed: int, told: bool, largest: float
) -> tuple[list[CheckedPoint], list[CheckedPoint]]:
    """Places where ``wanted`` is not 0, and where it is, with no number beyond the largest."""
    draw = random.Random(seed)  # noqa: S311 - places of a check, not secrets
    found: list[CheckedPoint] = []
    flat: list[CheckedPoint] = []
    for attempt in range(TRIES):
        if (len(found) >= 4 and attempt >= 4) or (attempt >= ENOUGH and len(flat) >= 5):
            break
        for place in islice(drawn(explicit, line, draw, attempt, told, largest), 2):
            worth = value(explicit, place, wanted)
            if math.isnan(worth):
                break
            (found if worth else flat).append(place)
    return found, flat


def drawn(
    explicit: ExplicitModel, line: TypedLine, draw: random.Random, attempt: int, told: bool, largest: float
) -> Iterator[CheckedPoint]:
    """Places of one point."""
    ranges, fixed = sizes(explicit, line)
    setting = explicit.setting(ranges)
    explicit.work.add(work(explicit, setting) // PARTS)  # before there is an array of all that a line may name
    given = begun(explicit, setting, fixed, draw, attempt)
    if told:
        tell(explicit, given, setting)
    normalise(explicit, given, setting)
    free = tuple(name for name in given if name not in fixed)
    for place in at(explicit, given, setting, chosen(line, setting, draw), largest=largest):
        place.told, place.free = told, free
        yield place


def begun(
    explicit: ExplicitModel, setting: Setting, fixed: Values, draw: random.Random, attempt: int, scale: float = 1.0
) -> Values:
    """Numbers for all that no equation gives."""
    known = labels((line.body for line in explicit.equations), setting.range)
    letters = {quantity.name: explicit.letters[quantity.name] for quantity in inputs(explicit)}
    given: Values = points.begun(letters, fixed, setting, draw, attempt, known, scale)
    if explicit.model.rate is not None and not explicit.letters[explicit.model.rate]:
        given[explicit.model.rate] = abs(given[explicit.model.rate])
    if explicit.model.rate is None:
        given.setdefault("alpha", draw.uniform(0.25, 0.9))
        given.setdefault("eta", given["alpha"])
    return given


def followed(place: CheckedPoint, others: Iterable[CheckedPoint]) -> Iterator[CheckedPoint]:
    """Places that are of the kind of another."""
    for other in others:
        other.of, other.told, other.free = place.of, place.told, place.free
        yield other


def work(explicit: ExplicitModel, setting: Setting) -> int:
    """How many nodes one evaluation of all equations visits, roughly."""
    def spread(letters: Iterable[str]) -> int:
        return math.prod(len(setting.range(letter)) for letter in letters)

    total = 0
    for equation in explicit.equations:
        inside = 0
        todo: list[tuple[Expr, int]] = [(equation.body, 1)]
        while todo:
            node, times = todo.pop()
            inside += times
            times *= spread(node.letters) if isinstance(node, Reduce) else 1
            todo.extend((child, times) for child in children(node))
        total += inside * spread(equation.letters)
    return max(1, total)


def inputs(explicit: ExplicitModel) -> list[Quantity]:
    return [quantity for quantity in explicit.model.quantities.values() if quantity.role != "derived"]


def at(
    explicit: ExplicitModel, given: Values, setting: Setting, letters: Iterator[dict[str, int]], *,
    largest: float = MODERATE,
) -> Iterator[CheckedPoint]:
    """The places of a point with all its values, if they are of moderate size; its own values may be of any."""
    explicit.work.add(work(explicit, setting) // PARTS)
    try:
        values = {**given, **solve(explicit.forward, given, setting=setting)}
    except (ChainruleError, OverflowError):
        return
    if largest < math.inf and not size_of(values) < largest:
        return
    for chosen_ in letters:
        yield CheckedPoint(given, values, setting, chosen_)


def size_of(values: Mapping[str, Any]) -> float:
    """The largest size among values; NaN where one of them is NaN."""
    numbers = (one for entry in values.values() for one in (entry.values() if isinstance(entry, Mapping) else (entry,)))
    sizes = [abs(one) for one in numbers]
    return math.nan if any(map(math.isnan, sizes)) else max(sizes, default=0.0)


def chosen(line: TypedLine, setting: Setting, draw: random.Random) -> Iterator[dict[str, int]]:
    """Values for the letters of the left side and the patterns, at random."""
    names = [*line.letters, str(setting.pattern)]
    for _ in range(2):
        yield {name: draw.choice(setting.range(name)) for name in dict.fromkeys(names)}


def sizes(explicit: ExplicitModel, line: TypedLine) -> tuple[dict[str, range], Values]:
    """The values of every letter, and the consts on which they depend; as the text states them where it counts on them,
    or the line does."""
    model = explicit.model
    known = constants(model, None, partial=True)
    expressions = [line.body for line in explicit.equations] + [f.body for f in explicit.functions.values()]
    alike = alike_of(model)
    for expr in expressions:
        for node in nodes(expr):
            alike.see(node)
    solid = any(position.letter is None for line in model.equations for node in nodes(line.body)
                if isinstance(node, Ref) for position in node.indices)  # fmt: skip
    said = named(line)
    ranges: dict[str, range] = {}
    free = [size for size in SIZES if size not in said.numbers] or list(SIZES)
    drawn, stated = dict[str, int](), dict[str, int]()
    for group in model.sets:
        found = known.ranges.get(group.name)
        if found is not None and (said.counts_on(found) or solid or set(group.letters) & alike.rigid):
            stated[group.name] = drawn[alike.of(group.letters[0])] = len(found)
    for group in model.sets:
        found, one = known.ranges.get(group.name), alike.of(group.letters[0])
        start = low(group, found)
        size = stated.get(group.name) or drawn.get(one) or max(free.pop(0) if free else 3, said.least(start))
        drawn.setdefault(one, size)
        for letter in group.letters:
            ranges[letter] = range(start, start + size)
    pattern_range = known.patterns
    number = len(pattern_range) if pattern_range is not None and said.counts_on(pattern_range) else 3
    start = pattern_range.start if pattern_range is not None else 1
    ranges[explicit.pattern] = range(start, start + number)
    bounds = {name for group in model.sets for end in (group.low, group.high) if end is not None
              for node in nodes(end) if isinstance(node, Ref) for name in (node.name,)}  # fmt: skip
    return ranges, {name: known.values[name] for name in bounds if name in known.values}


@dataclass(frozen=True, slots=True)
class NamedNumbers:
    """What a line says of entries and of how many there are: numbers that may be a size, as they stand or two of them
    multiplied, the furthest entry that it names, ``h[16]`` or ``[t < 16]``, and how far it looks back or ahead,
    ``h[t-2]``."""

    numbers: frozenset[int]
    furthest: int
    span: int

    def least(self, start: int) -> int:
        """How many values a set has at least, so that there is an entry behind each that is named."""
        return max(self.furthest - start, self.span) + 2

    def counts_on(self, values: range) -> bool:
        """Whether the line may be right, or wrong, for a set of this size alone."""
        return len(values) <= max(LARGE, self.least(values.start)) or len(values) in self.numbers


def named(line: TypedLine) -> NamedNumbers:
    """The numbers of a line that speak of entries."""
    numbers, entries, span = set[int](), {0}, 0
    for node in (*nodes(line.target), *nodes(line.body)):
        match node:
            case Bracket() if speaks_of_indices(node):
                inside = [one.value for one in nodes(node) if isinstance(one, Number)]
                entries.update(int(one) for one in inside if one.denominator == 1)
            case Ref(_, indices):
                entries.update(position.constant for position in indices if not position.terms)
                span = max([span, *(abs(position.constant) for position in indices if position.terms)])
            case Number(value):
                numbers.update(one for one in (value.numerator, value.denominator) if one > 1)
    products = {one * other for one, other in combinations_with_replacement(numbers, 2)}
    return NamedNumbers(frozenset(numbers | products) - {2}, max(entries), span)


def low(group: LetterSet, found: range | None) -> int:
    if found is not None:
        return found.start
    return int(group.low.value) if isinstance(group.low, Number) else 1


def fixed_by_text(explicit: ExplicitModel) -> Iterator[tuple[Quantity, Expr]]:
    """What the text computes and the consts it gives."""
    for quantity in inputs(explicit):
        match quantity.start:
            case Given(expr) if quantity.role == "const" and not isinstance(expr, Listing):
                yield quantity, expr
            case Computed(expr):
                yield quantity, expr


def tell(explicit: ExplicitModel, given: Values, setting: Setting) -> None:
    """Put in what the text computes and the consts it gives."""
    for quantity, expr in fixed_by_text(explicit):
        letters = explicit.letters[quantity.name]
        worked = explicit.written(expr)
        for place in product(*(setting.range(letter) for letter in letters)):
            try:
                number: float = evaluate(worked, given, setting=setting, letters=dict(zip(letters, place, strict=True)))
            except ChainruleError:
                continue
            if letters:
                given[quantity.name][place] = number
            else:
                given[quantity.name] = number


def normalise(explicit: ExplicitModel, given: Values, setting: Setting) -> None:
    """Make facts of the form Σ_k t[…] = 1 hold."""
    for fact in explicit.model.facts:
        respect(replace(fact, left=explicit.written(fact.left), right=explicit.written(fact.right)), given, setting)


def weighed(place: CheckedPoint, explicit: ExplicitModel, of: Ref) -> Values:
    """The values of a place, with ``one#`` 1 at the entry of what is differentiated and 0 elsewhere."""
    letters = explicit.letters[of.name]
    if not letters:
        return dict(place.values)
    own = tuple(constant(position, place.letters) for position in of.indices)
    spread = product(*(place.setting.range(letter) for letter in letters))
    return {**place.values, ONE: {at_: float(at_ == own) for at_ in spread}}


def constant(position: Index, letters: Mapping[str, int]) -> int:
    return place_of(position, letters)


def own(letters: tuple[str, ...]) -> tuple[Index, ...]:
    return tuple(map(index, letters))
