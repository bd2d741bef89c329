"""A printed line → whether it is true: parsed back, and both sides computed at points by an oracle that knows no rule.

Conventions. What is checked is the text, not the tree: a bracket lost in printing is found. Inert derivatives are
computed by a complex step on the equations: total ones of a point all at once, each other number once. A line that
fails is an error and is never printed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

from chainrule.derive.derivation import Check
from chainrule.derive.points import Point, entries
from chainrule.derive.work import UNCHECKED, Sides, Work, compared
from chainrule.errors import BrokenPass, DerivationError
from chainrule.expr.nodes import Derivative, Equation, Expr, Kind, Ref, key
from chainrule.gradient.reads import reads
from chainrule.gradient.reverse import closure
from chainrule.model.letters import free
from chainrule.model.model import HIDDEN, Definition
from chainrule.notation import parse_expression, show
from chainrule.notation.limits import Limits
from chainrule.notation.names import pretty
from chainrule.numbers import oracle
from chainrule.numbers.complex_steps import Slopes, slopes
from chainrule.numbers.environment import Entry, Setting, place_of
from chainrule.numbers.evaluate import evaluate
from chainrule.numbers.kinds import Floats
from chainrule.numbers.rounded import rounding
from chainrule.values import dataclass

OWN = Limits(text=10**9, depth=10**6, nodes=10**9, names=10**9, digits=10**9)
"""Lines are as long as their own limit has it: those of a text someone gives are not for them."""

MOST_AT_ONCE = 4096
"""Numbers of a point of which all derivatives are computed at once, at most: there are as many as pairs of them."""

Bound = Mapping[str, int]
"""A value for each letter."""

Cause = tuple[Kind, tuple[str, ...]]
"""The kind of a derivative, and of a partial the name that it is of, else those that it is by."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What lines are checked on. No points: there are more numbers than may be computed.

    ``printed`` is how a line has an expression, ``meant`` what a printed one means, with every letter written;
    ``bound`` gives the free letters of a line values at the point of a number, where brackets of them hold.
    """

    equations: tuple[Equation, ...]  # every letter written
    functions: Mapping[str, Definition]
    quantities: tuple[str, ...]
    setting: Setting
    points: tuple[Point, ...]
    bound: Callable[[tuple[str, ...], int, tuple[Expr, ...]], Bound]
    letters: tuple[str, ...] = ()  # that a line may be printed with
    printed: Callable[[Expr], Expr] = lambda expr: expr
    meant: Callable[[Expr], Expr] = lambda expr: expr


class Checker:
    """Checks lines; values of a point, and of a derivative at it, are computed once."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self._users: dict[str, set[str]] = {}
        for equation in ground.equations:
            for name in reads(equation.body, ground.functions):
                self._users.setdefault(name, set()).add(key(equation.target))
        self._anew: dict[Cause, Collection[str]] = {}
        self._known: dict[tuple[object, ...], float] = {}
        self._given: dict[tuple[int, Cause], dict[str, Any]] = {}
        self._slopes: dict[int, Slopes | None] = {}
        self._work = Work()

    def line(self, left: Expr, right: Expr, where: tuple[Expr, ...] = ()) -> Check:
        """The check of ``left = right`` as it is printed, where brackets of its letters hold.

        Raises DerivationError E253 where the sides differ.
        """
        return self.text(show(self.ground.printed(left)), show(self.ground.printed(right)), where)

    def text(self, left: str, right: str, where: tuple[Expr, ...] = ()) -> Check:
        """The check of two printed sides.

        >>> from chainrule.derive.ground import ground
        >>> from chainrule.model import build
        >>> from chainrule.notation import parse
        >>> model = build(parse("data x in {0, 1}; weight w; E = w*x".replace("; ", chr(10))))
        >>> Checker(ground(model)).text("d(E)/d(w)", "x").ok
        True
        """
        ground = self.ground
        if not ground.points:
            return UNCHECKED
        sides = [
            ground.meant(
                parse_expression(side, letters=ground.letters, functions=ground.functions,
                                 quantities=ground.quantities, limits=OWN)
            )
            for side in (left, right)
        ]  # fmt: skip
        loose = tuple(dict.fromkeys(letter for side in sides for letter in free(side)))

        def at(place: int, point: Point) -> Sides:
            bound = ground.bound(loose, place, where)

            def values() -> tuple[float, float]:
                ours, theirs = (self._value(side, place, bound) for side in sides)
                return ours, theirs

            return Sides(point, values, partial(self._rounding, sides, point, bound),
                         lambda ours, theirs: false_line(left, right, ours, theirs, point, bound))  # fmt: skip

        return compared((partial(at, *one) for one in enumerate(ground.points)), self._work)

    def _value(self, side: Expr, place: int, bound: Bound) -> float:
        ground, values = self.ground, self.ground.points[place].values

        def derivative(node: Derivative, letters: Bound) -> float:
            moved = tuple(entry(one, letters) for one in node.wrt)
            of = entry(node.of, letters) if isinstance(node.of, Ref) else \
                (node.of, tuple((one, letters[one]) for one in free(node.of)))  # fmt: skip
            at = (place, node.kind, of, moved)
            if at not in self._known and (found := self._at_once(node, place, letters)) is not None:
                self._known[at] = found
            if at not in self._known:
                cause = cause_of(node)
                if (place, cause) not in self._given:
                    anew = self._computed_anew(cause)
                    self._given[place, cause] = {name: one for name, one in values.items() if name not in anew}
                given = self._given[place, cause]
                self._known[at] = oracle.derivative(
                    node, ground.equations, given, setting=ground.setting, letters=letters, made=self._work.add
                )
            return self._known[at]

        return float(
            evaluate(side, values, setting=ground.setting, letters=bound, derivative=derivative, made=self._work.add)
        )

    def _at_once(self, node: Derivative, place: int, letters: Bound) -> float | None:
        """A total derivative by one number, from all of its point; None where they are too many.

        And where it is no finite number: a step of its own may have a value there, as that of arctan(w/0) is 0.
        """
        if node.kind != "total" or len(node.wrt) > 1 or not isinstance(node.of, Ref):
            return None
        if place not in self._slopes:
            self._slopes[place] = self._all_slopes(self.ground.points[place].values)
        if (all_of_it := self._slopes[place]) is None:
            return None
        found = all_of_it.of(entry(node.of, letters), entry(node.wrt[0], letters))
        return found if found is not None and math.isfinite(found) else None

    def _all_slopes(self, values: Mapping[str, Any]) -> Slopes | None:
        ground = self.ground
        if sum(len(entries(one)) for one in values.values()) > MOST_AT_ONCE:
            return None
        defined = {key(line.target) for line in ground.equations}
        given = {name: one for name, one in values.items() if name not in defined}
        try:
            return slopes(ground.equations, given, ground.setting, self._work.add)
        except BrokenPass:  # of a derivative without a rule in the text a step along one more unit is made
            return None

    def _rounding(self, sides: list[Expr], point: Point, bound: Bound) -> float:
        """How much rounding may do to the sides of a line."""
        ground = self.ground

        def value(kind: Floats, moved: Mapping[str, Any], side: Expr) -> float:
            def derivative(node: Derivative, letters: Bound) -> float:
                anew = self._computed_anew(cause_of(node))
                given = {name: number for name, number in moved.items() if name not in anew}
                return oracle.derivative(node, ground.equations, given, setting=ground.setting, letters=letters)

            return float(evaluate(side, moved, kind, setting=ground.setting, letters=bound, derivative=derivative))

        return sum(rounding(partial(value, side=side), point.values) for side in sides)

    def _computed_anew(self, cause: Cause) -> Collection[str]:
        """What is computed anew for a derivative: for a partial the quantity itself, else what follows."""
        kind, names = cause
        if kind == "partial":
            return names
        if cause not in self._anew:
            self._anew[cause] = closure({user for name in names for user in self._users.get(name, ())}, self._users)
        return self._anew[cause]


def cause_of(node: Derivative) -> Cause:
    """The kind of a derivative, and the names that decide what has to be computed anew for it."""
    if node.kind == "total":
        return "total", tuple(one.name for one in node.wrt)
    return "partial", (node.of.name,) if isinstance(node.of, Ref) else ()


def entry(reference: Ref, letters: Bound) -> Entry:
    """The one number that a name with indices is."""
    return reference.name, tuple(place_of(one, letters) for one in reference.indices)


def false_line(left: str, right: str, ours: float, theirs: float, point: Point, bound: Bound) -> DerivationError:
    """The error that stands in place of a line that is not true."""
    letters = [f"{letter} = {value}" for letter, value in bound.items() if letter != HIDDEN]
    numbers = {name: entries(value) for name, value in point.given.items()}
    few = [f"{pretty(name)} = {' or '.join(f'{one:.6g}' for one in own)}" for name, own in numbers.items()]
    place = "a point with " + ", ".join(letters) if letters else ", ".join(few)
    return DerivationError(
        "E253",
        f"a line of the derivation is false: {left} is {ours:.12g}, but {right} is {theirs:.12g}, at {place}",
        "this is a fault of chainrule: please report the model",
    )
