"""A network → the places at which its lines are checked: sizes for its letters, generic values that respect its facts.

Conventions. Letters of different sets have different sizes, so that nothing transposed passes. A set keeps the size
that the text gives it where an index is more than a letter (``x[p+u]``, ``a[4,j]``): there the sizes hang together.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping
from itertools import product

from chainrule.derive.index.network import Network
from chainrule.derive.points import Point, Values, finite, labelled, labels, signed
from chainrule.errors import ChainruleError, ModelError
from chainrule.expr.entries import parted
from chainrule.expr.limits import most
from chainrule.expr.nodes import Expr, InRange, Reduce, Ref, index
from chainrule.expr.walk import nodes
from chainrule.model.legality import check_indices
from chainrule.model.letters import base, free
from chainrule.model.model import Definition
from chainrule.model.ranges import letters as known_letters
from chainrule.notation.statements import Fact, Given, Listing
from chainrule.numbers.environment import Setting, place_of
from chainrule.numbers.evaluate import evaluate

POINTS, TRIES = 3, 60
SMALL = (2, 3, 4, 5)
"""Sizes of the sets, in turn, those of most names first: the work grows with their product."""

Table = dict[tuple[int, ...], float]


def setting(network: Network) -> Setting:
    """The values of each letter of the printed equations, and the functions."""
    sets = Sets(network)
    bodies = [one.body for one in network.shown] + [one.body for one in network.shown_functions.values()]
    own = [Ref(name, tuple(map(index, letters))) for name, letters in network.shown_letters.items()]
    own += [one.target for one in network.shown if isinstance(one.target, Ref)]
    for node in (*own, *(node for body in bodies for node in nodes(body))):
        sets.see(node)
    ranges = chosen(network, sets, sets.sizes())
    own_sets = {group.name: ranges[group.name] for group in network.model.sets}
    try:
        check_indices(network.model, own_sets)
    except ModelError:  # with these sizes something would be read that is not there
        ranges = chosen(network, sets, {})
    return Setting(ranges, functions=network.shown_functions)


def chosen(network: Network, sets: Sets, sizes: Mapping[str, int]) -> dict[str, range]:
    """The values of each letter: of so many where a size is given, else those of the text."""
    ranges = {}
    for letter in sets.letters:
        low, high = declared(network, letter)
        size = sizes.get(sets.root(letter))
        ranges[letter] = range(low, low + size) if size else range(low, (low + 2 if high is None else high) + 1)
    return ranges


class Sets:
    """Which letters need one size: those of one set, those of one axis; and which sets keep the size of the text."""

    def __init__(self, network: Network) -> None:
        self._model = network.model
        self._parents: dict[str, str] = {}
        self._axes: dict[tuple[str, int], str] = {}
        self._fixed: set[str] = set()
        self._names: dict[str, set[str]] = {}
        self._parted = parted(network.shown, known_letters(self._model.sets).group)
        self.letters: dict[str, None] = {letter: None for group in self._model.sets for letter in group.letters}

    def root(self, letter: str) -> str:
        """The name of what a letter is of one size with."""
        group = None if base(letter) == self._model.pattern else self._model.set_of(base(letter))
        name = group.name if group else base(letter)
        while self._parents.setdefault(name, name) != name:
            name = self._parents[name]
        return name

    def see(self, node: Expr) -> None:
        """What a node says of its letters."""
        match node:
            case Ref(name, indices):
                for axis, place in enumerate(indices):
                    for letter, _ in place.terms:
                        self.letters[base(letter)] = None
                        self._names.setdefault(letter, set()).add(name)
                        if place.letter is None or (name, axis - len(indices)) in self._parted:
                            self._fixed.add(letter)
                    if place.letter is not None:
                        mine = self.root(place.letter)
                        self._parents[mine] = self.root(self._axes.setdefault((name, axis), mine))
                    elif (name, axis) in self._axes:
                        self._fixed.add(self._axes[name, axis])
            case InRange(place, letter) if place.letter is None:
                self._fixed |= {letter, *(one for one, _ in place.terms)}
            case Reduce(_, letters):
                self.letters.update(dict.fromkeys(map(base, letters)))
            case _:
                pass

    def sizes(self) -> dict[str, int]:
        """A small size for each set that may have another than the text says."""
        fixed = set(map(self.root, self._fixed))
        names: dict[str, set[str]] = {}
        for letter in self.letters:
            names.setdefault(self.root(letter), set()).update(self._names.get(letter, ()))
        loose = sorted((one for one in names if one not in fixed), key=lambda one: -len(names[one]))
        small = SMALL if len(loose) <= len(SMALL) else SMALL[:2]
        return {one: small[place % len(small)] for place, one in enumerate(loose)}


def declared(network: Network, letter: str) -> tuple[int, int | None]:
    """The first and the last value of a letter as the text says them; 1 and None where it does not."""
    group = network.model.set_of(letter)
    if group is None:
        return 1, None
    known = consts(network)
    low, high = (whole(bound, known, network.functions) if bound else None for bound in (group.low, group.high))
    return 1 if low is None else low, high


def whole(bound: Expr, known: Values, functions: Mapping[str, Definition]) -> int | None:
    try:
        return round(float(evaluate(bound, known, setting=Setting(functions=functions))))
    except ChainruleError:
        return None


def consts(network: Network) -> dict[str, float]:
    """The consts that are one number which the text says."""
    found: dict[str, float] = {}
    for quantity in network.model.named("const"):
        match quantity.start:
            case Given(value) if not isinstance(value, Listing) and not quantity.letters:
                number = whole_or_not(value, found, network.functions)
                if number is not None:
                    found[quantity.name] = number
    return found


def whole_or_not(value: Expr, known: Values, functions: Mapping[str, Definition]) -> float | None:
    try:
        number = float(evaluate(value, known, setting=Setting(functions=functions)))
    except ChainruleError:
        return None
    return number if math.isfinite(number) else None


def points(network: Network, own: Setting, seed: int) -> Iterator[Point]:
    """Points at which every quantity is finite, or none where there are more numbers than may be computed.

    Raises DerivationError E255 where there are too few.
    """
    numbers = sum(math.prod(len(own.range(letter)) for letter in letters) for letters in network.shown_letters.values())
    if POINTS * numbers > most("checks"):
        return
    draw = random.Random(seed)  # noqa: S311 - points of a check, not secrets
    known = labels((line.body for line in network.shown), own.range)

    def begun(attempt: int) -> Values:
        given: dict[str, float | Table] = {}
        if attempt % 6 >= 3:
            given.update(consts(network))
        for name, letters in network.shown_letters.items():
            if network.model.quantities[name].role != "derived" and name not in given:
                given[name] = drawn(letters, own, attempt, draw, known.get(name, ()))
        for fact in network.facts:
            respect(fact, given, own)
        return given

    yield from finite(begun, network.shown, own, POINTS, TRIES)


def drawn(
    letters: tuple[str, ...], own: Setting, attempt: int, draw: random.Random, known: tuple[float, ...] = ()
) -> float | Table:
    """Numbers that are special in no way: of both signs, then positive, then below 1; of a label those of ``known``."""

    def one() -> float:
        if labelled(known, attempt):
            return draw.choice(known)
        return signed(draw, attempt)

    return {place: one() for place in product(*map(own.range, letters))} if letters else one()


def respect(fact: Fact, given: dict[str, float | Table], own: Setting) -> None:
    """Values changed so that ``Σ_k t[p,k] = 1`` holds: the entries of each sum are made positive and scaled."""
    match fact.left:
        case Reduce("sum", letters, Ref(name, indices)) if isinstance(table := given.get(name), dict):
            around = free(fact.left)
            for outer in product(*map(own.range, around)):
                known = dict(zip(around, outer, strict=True))
                inside = [{**known, **dict(zip(letters, at, strict=True))} for at in product(*map(own.range, letters))]
                keys = [tuple(place_of(place, at) for place in indices) for at in inside]
                scale = number_of(fact.right, given, own, known) / sum(abs(table[at]) for at in keys)
                table.update({at: abs(table[at]) * scale for at in keys})
        case _:
            pass


def number_of(expr: Expr, given: Values, own: Setting, letters: Mapping[str, int]) -> float:
    return float(evaluate(expr, given, setting=own, letters=letters))


def holds(fact: Fact, point: Point, own: Setting) -> bool:
    """Whether a fact is true at a point: only then may a line use it."""
    around = free(fact.left)
    for outer in product(*map(own.range, around)):
        known = dict(zip(around, outer, strict=True))
        left, right = (number_of(side, point.values, own, known) for side in (fact.left, fact.right))
        if not abs(left - right) <= 1e-12 * max(1.0, abs(right)):
            return False
    return True
