"""A printed line → whether it is true: parsed back, and both sides computed at points by an oracle that knows no rule.

Conventions. What is checked is the text, not the tree: a bracket lost in printing is found. The points are generic
numbers even where a quantity is 0 or 1 by its domain (at x = 0 every line about ``w·x`` says 0 = 0), then values of the
domains. Inert derivatives are computed by a complex step on the equations of the model. A line that fails is an error
and is never printed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TypeVar

from chainrule.derive.derivation import Check
from chainrule.derive.points import PATTERNS, Point, Values, entries, points
from chainrule.derive.work import Sides, Work, compared
from chainrule.errors import DerivationError
from chainrule.expr.nodes import Derivative, Equation, Expr, Reduce, key
from chainrule.expr.walk import nodes
from chainrule.model.explicit import written, written_function
from chainrule.model.model import HIDDEN, Model
from chainrule.notation import parse_expression, show
from chainrule.notation.limits import Limits
from chainrule.notation.names import pretty
from chainrule.numbers import oracle
from chainrule.numbers.environment import Setting
from chainrule.numbers.evaluate import evaluate
from chainrule.numbers.kinds import Floats
from chainrule.numbers.rounded import rounding

OWN = Limits(text=10**9, depth=10**6, nodes=10**9, names=10**9, digits=10**9)
"""Lines are as long as their own limit has it: those of a text someone gives are not for them."""

E = TypeVar("E", bound=Expr)
Made = Callable[[int], None]
"""Is told how many numbers were computed."""


class Checker:
    """Checks lines on one model; values of a point, and of a derivative at it, are computed once."""

    def __init__(self, model: Model, equations: tuple[Equation, ...] | None = None, seed: int = 0) -> None:
        known = model.equations if equations is None else equations
        reduced = any(isinstance(node, Reduce) for equation in known for node in nodes(equation.body))
        varying = (quantity.name for quantity in model.quantities.values() if quantity.varies)
        self._many = frozenset(varying) if reduced else frozenset()
        self._equations = tuple(replace(one, target=self._of(one.target), body=self._of(one.body)) for one in known)
        self._setting = Setting(
            ranges={HIDDEN: range(PATTERNS)},
            pattern=HIDDEN,
            functions=model.functions if not self._many else {
                name: written_function(one, HIDDEN, self._many) for name, one in model.functions.items()
            },
        )
        self._functions = tuple(model.functions)
        self._quantities = tuple(model.quantities)
        given = tuple(quantity for quantity in model.quantities.values() if quantity.role != "derived")
        self._points = tuple(points(given, self._equations, self._setting, self._many, seed))
        self._known: dict[tuple[int, Derivative, int | None], float] = {}
        self._work = Work()

    def line(self, left: Expr, right: Expr) -> Check:
        """The check of ``left = right`` as it is printed. Raises DerivationError E253 where the sides differ."""
        return self.text(show(left), show(right))

    def text(self, left: str, right: str) -> Check:
        """The check of two printed sides.

        >>> from chainrule.model import build
        >>> from chainrule.notation import parse
        >>> checker = Checker(build(parse("data x in {0, 1}; weight w; E = w*x".replace("; ", chr(10)))))
        >>> checker.text("d(E)/d(w)", "x").ok
        True
        """
        functions, quantities = self._functions, self._quantities
        sides = [
            self._of(parse_expression(side, functions=functions, quantities=quantities, limits=OWN))
            for side in (left, right)
        ]
        return compared((partial(self._sides, left, right, sides, *at) for at in enumerate(self._points)), self._work)

    def _sides(self, left: str, right: str, sides: list[Expr], place: int, point: Point) -> Sides:
        """Both sides at a point."""

        def values() -> tuple[float, float]:
            ours, theirs = (self._value(side, place, point.given, point.values) for side in sides)
            return ours, theirs

        return Sides(point, values, partial(self._rounding, sides, place, point.values),
                     lambda ours, theirs: false_line(left, right, ours, theirs, point.given))  # fmt: skip

    def _value(self, side: Expr, place: int, given: Values, values: Values) -> float:
        def derivative(node: Derivative, bound: Mapping[str, int]) -> float:
            at = (place, node, bound.get(HIDDEN))
            if at not in self._known:
                self._known[at] = self._slope(node, given, bound, self._work.add)
            return self._known[at]

        letters = {HIDDEN: place % PATTERNS}
        return evaluate(
            side, values, setting=self._setting, letters=letters, derivative=derivative, made=self._work.add
        )

    def _slope(self, node: Derivative, given: Values, bound: Mapping[str, int], made: Made) -> float:
        return oracle.derivative(node, self._equations, given, setting=self._setting, letters=bound, made=made)

    def _rounding(self, sides: list[Expr], place: int, values: Values) -> float:
        """How much rounding may do to the sides of a line."""
        letters = {HIDDEN: place % PATTERNS}
        made = {key(equation.target) for equation in self._equations}

        def value(kind: Floats, moved: Values, side: Expr) -> float:
            given = {name: number for name, number in moved.items() if name not in made}
            slope = partial(self._slope, given=given, made=lambda numbers: None)
            return evaluate(
                side, moved, kind, setting=self._setting, letters=letters,
                derivative=lambda node, bound: slope(node, bound=bound),
            )  # fmt: skip

        return sum(rounding(partial(value, side=side), values) for side in sides)

    def _of(self, expr: E) -> E:
        """An expression with the letter of the patterns written out, where there are patterns to tell apart."""
        return written(expr, HIDDEN, self._many) if self._many else expr


def false_line(left: str, right: str, ours: float, theirs: float, given: Values) -> DerivationError:
    """The error that stands in place of a line that is not true."""
    numbers = {name: " or ".join(f"{one:.6g}" for one in entries(value)) for name, value in given.items()}
    place = ", ".join(f"{pretty(name)} = {number}" for name, number in numbers.items())
    return DerivationError(
        "E253",
        f"a line of the derivation is false: {left} is {ours:.12g}, but {right} is {theirs:.12g}, at {place}",
        "this is a fault of chainrule: please report the model",
    )
