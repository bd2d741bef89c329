"""A network with letters → what its lines are checked on: sizes for its letters, points that respect its facts.

Conventions. Letters of different sets have different sizes, so that nothing transposed passes, where the text leaves
them open. At each of three points the free letters of a line have other values.
"""

from __future__ import annotations

import math
import random
from collections.abc import Collection, Iterable, Iterator, Mapping

from chainrule.derive.check import Bound, Ground
from chainrule.derive.index.network import Network
from chainrule.derive.points import Point, Values, begun, consts, finite, holds, labels, number, respect
from chainrule.derive.sizes import Alike
from chainrule.errors import ModelError
from chainrule.expr.indices import truth
from chainrule.expr.limits import most
from chainrule.expr.nodes import Expr, InRange, Reduce, Ref, index
from chainrule.expr.walk import nodes
from chainrule.model.legality import check_indices
from chainrule.model.letters import base, free
from chainrule.notation.statements import Fact
from chainrule.numbers.environment import Setting

POINTS, TRIES = 3, 60
SMALL = (2, 3, 4, 5)
"""Sizes of the sets, in turn, those of most names first: the work grows with their product."""

DRAWS = 50
"""Entries that are tried until one is found where a line holds: as a rule most are."""


def ground(network: Network, seed: int = 0, entry: Ref | None = None) -> Ground:
    """For lines about a network, and about one ``entry`` of an array of it."""
    own = setting(network, entry)
    return Ground(
        network.shown, network.shown_functions, tuple(network.model.quantities), own,
        tuple(points(network, own, seed)), Entries(network, own, seed).drawn, tuple(own.ranges), network.printed,
    )  # fmt: skip


def facts(network: Network, of: Ground) -> tuple[Fact, ...]:
    """The facts of the text that are true at every point: lines may use them."""
    if not of.points:
        return ()
    return tuple(fact for fact in network.facts if all(holds(fact, point, of.setting) for point in of.points))


class Entries:
    """Draws values for the free letters of lines."""

    def __init__(self, network: Network, setting: Setting, seed: int) -> None:
        self._ranges, self._setting = network.ranges, setting
        self._draw = random.Random(seed)  # noqa: S311 - entries of a check, not secrets

    def drawn(self, letters: tuple[str, ...], place: int, where: tuple[Expr, ...]) -> Bound:
        """Values at which brackets hold; any, where none were found."""
        known = tuple(dict.fromkeys((*letters, *(letter for test in where for letter in free(test)))))
        bound = self._entry(letters, place)
        for _ in range(DRAWS if where else 0):
            bound = self._entry(known, place)
            if all(truth(test, bound, self._setting.range) for test in where):
                return bound
        return bound

    def _entry(self, letters: tuple[str, ...], place: int) -> Bound:
        """At the first point letters of one set are equal, so that brackets hold."""
        bound: dict[str, int] = {}
        for letter in letters:
            values = self._setting.range(letter)
            same = next((one for one in bound if self._ranges.same(one, letter)), None)
            if place == 0 and same is not None and bound[same] in values:
                bound[letter] = bound[same]
            else:
                bound[letter] = self._draw.choice(values)
        return bound


def setting(network: Network, entry: Ref | None = None) -> Setting:
    """The values of each letter of the printed equations, and the functions; the letters of an entry reach it."""
    model = network.model
    bodies = [one.body for one in network.shown] + [one.body for one in network.shown_functions.values()]
    own = [Ref(name, tuple(map(index, letters))) for name, letters in network.shown_letters.items()]
    own += [one.target for one in network.shown if isinstance(one.target, Ref)]
    seen = [*own, *(node for body in bodies for node in nodes(body))]
    alike = Alike(model, network.shown)
    letters = {letter: None for group in model.sets for letter in group.letters}
    for node in seen:
        alike.see(node)
        match node:
            case Ref(_, indices):
                letters.update((base(letter), None) for place in indices for letter, _ in place.terms)
            case Reduce(_, bound):
                letters.update(dict.fromkeys(map(base, bound)))
            case _:
                pass
    least = sizes(alike, letters, seen)
    for place, letter in zip(entry.indices, network.model.quantities[entry.name].letters, strict=True) if entry else ():
        low, high = declared(network, letter)
        if place.letter is None and (alike.of(letter) in least or high is None):
            least[alike.of(letter)] = max(least.get(alike.of(letter), 2), place.constant - low + 1)
    ranges = chosen(network, letters, alike, least)
    try:
        check_indices(model, {group.name: ranges[group.name] for group in model.sets})
    except ModelError:  # with these sizes something would be read that is not there
        ranges = chosen(network, letters, alike, {})
    return Setting(ranges, functions=network.shown_functions)


def sizes(alike: Alike, letters: Collection[str], seen: Iterable[Expr]) -> dict[str, int]:
    """A small size for each set that may have another than the text says."""
    fixed = set(map(alike.of, alike.rigid))
    using: dict[str, set[str]] = {letter: set() for letter in letters}
    for node in seen:
        match node:
            case Ref(name, indices):
                for axis, place in enumerate(indices, -len(indices)):
                    for letter, _ in place.terms:
                        using.setdefault(letter, set()).add(name)
                    if place.letter is None and (along := alike.axis(name, axis)) is not None:
                        fixed.add(along)
            case InRange(place, letter) if place.letter is None:
                fixed |= set(map(alike.of, (letter, *(one for one, _ in place.terms))))
            case _:
                pass
    names: dict[str, set[str]] = {}
    for letter in letters:
        names.setdefault(alike.of(letter), set()).update(using[letter])
    loose = sorted((one for one in names if one not in fixed), key=lambda one: -len(names[one]))
    small = SMALL if len(loose) <= len(SMALL) else SMALL[:2]
    return {one: small[place % len(small)] for place, one in enumerate(loose)}


def chosen(network: Network, letters: Iterable[str], alike: Alike, sizes: Mapping[str, int]) -> dict[str, range]:
    """The values of each letter: of so many where a size is given, else those of the text."""
    ranges = {}
    for letter in letters:
        low, high = declared(network, letter)
        size = sizes.get(alike.of(letter))
        ranges[letter] = range(low, low + size) if size else range(low, (low + 2 if high is None else high) + 1)
    return ranges


def declared(network: Network, letter: str) -> tuple[int, int | None]:
    """The first and the last value of a letter as the text says them; 1 and None where it does not."""
    group = network.model.set_of(letter)
    if group is None:
        return 1, None
    own = Setting(functions=network.functions)
    known = consts(network.model.quantities.values(), own)
    low, high = (number(bound, known, own) if bound else None for bound in (group.low, group.high))
    return 1 if low is None else round(low), None if high is None else round(high)


def points(network: Network, own: Setting, seed: int) -> Iterator[Point]:
    """Points at which every quantity is finite, or none where there are more numbers than may be computed.

    Raises DerivationError E255 where there are too few.
    """
    numbers = sum(math.prod(len(own.range(letter)) for letter in letters) for letters in network.shown_letters.values())
    if POINTS * numbers > most("checks"):
        return
    draw = random.Random(seed)  # noqa: S311 - points of a check, not secrets
    quantities = network.model.quantities
    letters = {name: own for name, own in network.shown_letters.items() if quantities[name].role != "derived"}
    known = labels((line.body for line in network.shown), own.range)
    told = consts(quantities.values(), Setting(functions=network.functions))

    def attempted(attempt: int) -> Values:
        given = begun(letters, told if attempt % 6 >= 3 else {}, own, draw, attempt, known)
        for fact in network.facts:
            respect(fact, given, own)
        return given

    yield from finite(attempted, network.shown, own, POINTS, TRIES)
