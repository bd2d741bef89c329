"""A line and a model → the places of its check, each kind once: anywhere, on the text's own data, at its starts."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from chainrule.derive.judge.data_places import grounded, on_data
from chainrule.derive.judge.explicit_model import ExplicitModel
from chainrule.derive.judge.kink_search import KinkSearch
from chainrule.derive.judge.kinks import kinks
from chainrule.derive.judge.line import TypedLine
from chainrule.derive.judge.saturated import saturated
from chainrule.derive.judge.test_points import (
    CheckedPoint,
    Data,
    Values,
    begun,
    fixed_by_text,
    generic,
    sizes,
)
from chainrule.derive.judge.truths import Truth
from chainrule.derive.points import signed
from chainrule.expr.nodes import Expr, Number
from chainrule.expr.walk import nodes

PATTERNS = 8
"""Patterns of the text's own data whose kinks are looked at one by one."""


class Spots:
    """The places at which a line is held against what may stand on its right side."""

    def __init__(
        self, explicit: ExplicitModel, line: TypedLine, data: Data | None, seed: int, truths: Sequence[Truth] = ()
    ) -> None:
        self._more = [truth.expr for truth in truths]
        self._explicit, self._line, self._data, self.seed = explicit, line, data, seed
        self._found: dict[tuple[Expr, bool], list[CheckedPoint]] = {}
        self._generic: dict[bool, list[CheckedPoint]] = {}
        self._sides: dict[bool, tuple[KinkSearch, list[CheckedPoint]]] = {}
        self._own: list[CheckedPoint] | None = None
        self._near: list[CheckedPoint] | None = None
        self._given: list[CheckedPoint] | None = None

    def of(self, truth: Truth, told: bool = False) -> list[CheckedPoint]:
        """Generic places, and some on every side of every kink; ``told``: with what the text computes and fixes."""
        own = truth.expr, told
        if own not in self._found:
            places = generic(self._explicit, self._line, truth.expr, self.seed, told=told)
            self._generic.setdefault(told, places)
            self._found[own] = [*places, *self.sides(told)[1]]
        return self._found[own]

    def own(self) -> list[CheckedPoint]:
        """The text's own data at its starts."""
        if self._own is None:
            self._own = [] if self._data is None else on_data(
                self._explicit, self._line, self._data, self.seed, weights=False
            )  # fmt: skip
        return self._own

    def given(self, near: bool = False) -> list[CheckedPoint]:
        """The text's own data, at the starts and with weights on every side of every kink; ``near``: without these."""
        if self._data is None:
            return []
        if self._near is None:
            places = on_data(self._explicit, self._line, self._data, self.seed)
            self._near = [*places, *self.own()] if places else []
        if self._given is None and not near:
            self._given = [*self._near, *self.around(self._data)] if self._near else []
        return self._near if near else self._given or []

    def unreached(self, told: bool) -> list[str]:
        """The sides of kinks on which no point was found."""
        return self.sides(told)[0].missing()

    def sides(self, told: bool) -> tuple[KinkSearch, list[CheckedPoint]]:
        """The search for sides, and the places it found."""
        if told not in self._sides:
            search, start, movable = self.search(told)
            places = list(search.search(start, movable)) if movable else []
            for place in places:
                place.free = tuple(movable)
            self._sides[told] = search, places
        return self._sides[told]

    def edges(self, told: bool) -> list[CheckedPoint]:
        """Places exactly on kinks."""
        search, start, movable = self.search(told)
        bodies = [self._explicit.written(self._line.body), *(line.body for line in self._explicit.equations)]
        numbers = {float(node.value) for body in bodies for node in nodes(body) if isinstance(node, Number)}
        places = list(search.edges(start, movable, sorted(numbers)))
        for place in places:
            place.free = tuple(movable)
        return places

    def changed(self, body: Expr) -> list[CheckedPoint]:
        """Places on the sides of kinks that the line does not have, but a changed one has; none where there is none."""
        more = [*self._more, body]
        if len(kinks(self._explicit, self._line, more)) == len(kinks(self._explicit, self._line, self._more)):
            return []
        other = Spots(self._explicit, self._line, self._data, self.seed)
        other._more = more
        return other.sides(told=False)[1]

    def search(self, told: bool) -> tuple[KinkSearch, Callable[[float], Values], list[str]]:
        """A search for kinks, what draws a point at a scale, and what may be moved in it."""
        draw = random.Random(self.seed)  # noqa: S311 - places of a check, not secrets
        explicit = self._explicit
        ranges, fixed = sizes(explicit, self._line)
        setting = explicit.setting(ranges)
        held = {*fixed, *((quantity.name for quantity, _ in fixed_by_text(explicit)) if told else ())}

        def start(scale: float) -> Values:
            return begun(explicit, setting, fixed, draw, 0, scale)

        movable = [name for name in start(1.0) if name not in held]
        soft = saturated(explicit, self._generic.get(told, []))
        return KinkSearch(explicit, self._line, setting, draw, told, more=self._more, soft=soft), start, movable

    def around(self, data: Data) -> list[CheckedPoint]:
        """The text's own data with weights on every side of every kink."""
        draw = random.Random(self.seed)  # noqa: S311
        explicit = self._explicit
        ground = grounded(explicit, data, PATTERNS)
        weights = [quantity.name for quantity in explicit.model.named("weight")]
        if ground is None or not weights:
            return []
        setting, given = ground

        def start(scale: float) -> Values:
            moved = {name: {place: scale * signed(draw, 0) for place in given[name]} if explicit.letters[name]
                     else scale * signed(draw, 0) for name in weights}  # fmt: skip
            return {**given, **moved}

        soft = saturated(explicit, self._near or [])
        search = KinkSearch(explicit, self._line, setting, draw, patterns=PATTERNS, more=self._more, soft=soft)
        places = list(search.search(start, weights))
        for place in places:
            place.free = tuple(weights)
        return places
