"""A printed line with letters → whether it is true: parsed back, both sides computed by an oracle that knows no rule.

Conventions. At each of three points the free letters of a line have other values. Inert derivatives are computed by a
complex step on the equations of the text, each number once.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from chainrule.derive.check import OWN
from chainrule.derive.derivation import Check
from chainrule.derive.index.network import Network
from chainrule.derive.index.points import holds, points, setting
from chainrule.derive.points import Point
from chainrule.derive.work import UNCHECKED, Sides, Work, compared
from chainrule.errors import DerivationError
from chainrule.expr.indices import truth
from chainrule.expr.nodes import Derivative, Expr, Ref, key
from chainrule.gradient.reads import reads
from chainrule.gradient.reverse import closure
from chainrule.model.letters import base, free
from chainrule.notation import parse_expression, show
from chainrule.notation.statements import Fact
from chainrule.numbers import oracle
from chainrule.numbers.environment import place_of
from chainrule.numbers.evaluate import evaluate
from chainrule.numbers.kinds import Floats
from chainrule.numbers.rounded import rounding

DRAWS = 50
"""Entries that are tried until one is found where a line holds: as a rule most are."""


class Checker:
    """Checks lines on one network."""

    def __init__(self, network: Network, seed: int = 0) -> None:
        self._network = network
        self.setting = setting(network)
        self._points: tuple[Point, ...] = tuple(points(network, self.setting, seed))
        self._draw = random.Random(seed)  # noqa: S311 - entries of a check, not secrets
        self._known: dict[tuple[object, ...], float] = {}
        self._values: dict[tuple[int, str, bool], dict[str, object]] = {}
        self._work = Work()
        users: dict[str, set[str]] = {}
        for equation in network.shown:
            for name in reads(equation.body, network.shown_functions):
                users.setdefault(name, set()).add(key(equation.target))
        self._after = {name: closure(users.get(name, ()), users) for name in network.model.quantities}
        self._letters = tuple(self.setting.ranges)

    def facts(self) -> tuple[Fact, ...]:
        """The facts of the text that are true at every point: lines may use them."""
        if not self._points:
            return ()
        return tuple(
            fact for fact in self._network.facts if all(holds(fact, point, self.setting) for point in self._points)
        )

    def line(self, left: Expr, right: Expr, where: tuple[Expr, ...] = ()) -> Check:
        """The check of ``left = right`` as printed, where brackets of its letters hold.

        Raises DerivationError E253 where the sides differ.
        """
        return self.text(show(self._network.said(left)), show(self._network.said(right)), where)

    def text(self, left: str, right: str, where: tuple[Expr, ...] = ()) -> Check:
        """The check of two printed sides."""
        model, letters = self._network.model, self._letters
        sides = [
            parse_expression(side, letters=letters, functions=model.functions,
                             quantities=model.quantities, limits=OWN)
            for side in (left, right)
        ]
        loose = tuple(dict.fromkeys(letter for side in sides for letter in free(side)))
        if not self._points:
            return UNCHECKED  # there are more numbers than may be computed
        places = (partial(self._sides, left, right, sides, loose, where, *at) for at in enumerate(self._points))
        return compared(places, self._work)

    def _sides(
        self, left: str, right: str, sides: list[Expr], loose: tuple[str, ...], where: tuple[Expr, ...], place: int,
        point: Point,
    ) -> Sides:  # fmt: skip
        """Both sides at a point, for some values of the free letters."""
        bound = self._held(loose, place, where)

        def values() -> tuple[float, float]:
            ours, theirs = (self._value(side, place, point, bound) for side in sides)
            return ours, theirs

        return Sides(point, values, partial(self._rounding, sides, point, bound),
                     lambda ours, theirs: false_line(left, right, ours, theirs, bound))  # fmt: skip

    def _held(self, letters: tuple[str, ...], place: int, where: tuple[Expr, ...]) -> dict[str, int]:
        """Values of free letters at which brackets hold; any, where none were found."""
        known = tuple(dict.fromkeys((*letters, *(letter for test in where for letter in free(test)))))
        bound = self._entry(letters, place)
        for _ in range(DRAWS if where else 0):
            bound = self._entry(known, place)
            if all(truth(test, bound, self.setting.range) for test in where):
                return bound
        return bound

    def _entry(self, letters: tuple[str, ...], place: int) -> dict[str, int]:
        """Values of free letters: at the first point those of one set are equal, so that brackets hold."""
        bound: dict[str, int] = {}
        for letter in letters:
            values = self.setting.range(letter)
            plain = base(letter)
            same = next((one for one in bound if base(one) == plain or self._network.ranges.same(one, letter)), None)
            if place == 0 and same is not None and bound[same] in values:
                bound[letter] = bound[same]
            else:
                bound[letter] = self._draw.choice(values)
        return bound

    def _value(self, side: Expr, place: int, point: Point, bound: Mapping[str, int]) -> float:
        def derivative(node: Derivative, letters: Mapping[str, int]) -> float:
            wrt = node.wrt[0]
            entry = (wrt.name, tuple(place_of(one, letters) for one in wrt.indices))
            if isinstance(node.of, Ref):
                of: object = (node.of.name, tuple(place_of(one, letters) for one in node.of.indices))
            else:
                of = (node.of, tuple((one, letters[one]) for one in free(node.of)))
            at = (place, node.kind, of, entry)
            if at not in self._known:
                self._known[at] = oracle.derivative(
                    node, self._network.shown, self._given(place, point, node), setting=self.setting, letters=letters,
                    made=self._work.add,
                )  # fmt: skip
            return self._known[at]

        return float(
            evaluate(
                side, point.values, setting=self.setting, letters=bound, derivative=derivative, made=self._work.add
            )
        )

    def _rounding(self, sides: list[Expr], point: Point, bound: Mapping[str, int]) -> float:
        """How much rounding may do to the sides of a line."""

        def value(kind: Floats, moved: Mapping[str, Any], side: Expr) -> float:
            def derivative(node: Derivative, letters: Mapping[str, int]) -> float:
                gone = self._gone(node)
                given = {name: number for name, number in moved.items() if name not in gone}
                return oracle.derivative(node, self._network.shown, given, setting=self.setting, letters=letters)

            return float(evaluate(side, moved, kind, setting=self.setting, letters=bound, derivative=derivative))

        return sum(rounding(partial(value, side=side), point.values) for side in sides)

    def _gone(self, node: Derivative) -> Collection[str]:
        """What is computed anew for a derivative: for a partial the quantity itself, else what follows."""
        if node.kind == "total":
            return self._after[node.wrt[0].name]
        return {node.of.name} if isinstance(node.of, Ref) else ()

    def _given(self, place: int, point: Point, node: Derivative) -> dict[str, object]:
        """What need not be computed anew; for each quantity it is found once."""
        partial = node.kind == "partial"
        name = node.of.name if partial and isinstance(node.of, Ref) else "" if partial else node.wrt[0].name
        at = (place, name, partial)
        if at not in self._values:
            gone = self._gone(node)
            self._values[at] = {one: value for one, value in point.values.items() if one not in gone}
        return self._values[at]


def false_line(left: str, right: str, ours: float, theirs: float, bound: Mapping[str, int]) -> DerivationError:
    """The error that stands in place of a line that is not true."""
    place = " with " + ", ".join(f"{letter} = {value}" for letter, value in bound.items()) if bound else ""
    return DerivationError(
        "E253",
        f"a line of the derivation is false: {left} is {ours:.12g}, but {right} is {theirs:.12g}, at a point{place}",
        "this is a fault of chainrule: please report the model",
    )
