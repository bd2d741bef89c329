"""A printed line → whether it is true: parsed back, and both sides computed at points by an oracle that knows no rule.

Conventions. What is checked is the text, not the tree: a bracket lost in printing is found. The points are generic
numbers even where a quantity is 0 or 1 by its domain (at x = 0 every line about ``w·x`` says 0 = 0), then values of the
domains. Inert derivatives are computed by a complex step on the equations of the model. A line that fails is an error
and is never printed.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping
from itertools import islice, product

from chainrule.derive.derivation import Check
from chainrule.errors import ChainruleError, DerivationError
from chainrule.expr.nodes import Derivative, Equation, Expr
from chainrule.model.model import Model, Quantity
from chainrule.notation import parse_expression, show
from chainrule.notation.known import KNOWN
from chainrule.notation.names import pretty
from chainrule.notation.statements import Computed, Given, Listed, Listing
from chainrule.numbers import oracle
from chainrule.numbers.evaluate import evaluate, solve
from chainrule.numbers.world import Setting

GENERIC, DOMAIN, TRIES = 3, 2, 400
RELATIVE, ABSOLUTE = 1e-9, 1e-13

Point = Mapping[str, float]


class Checker:
    """Checks lines on one model; values of a point, and of a derivative at it, are computed once."""

    def __init__(self, model: Model, equations: tuple[Equation, ...] | None = None, seed: int = 0) -> None:
        self._setting = Setting(functions=model.functions)
        self._equations = model.equations if equations is None else equations
        self._functions = (*model.functions, *KNOWN)
        self._quantities = tuple(model.quantities)
        self._points = tuple(points(model, self._equations, self._setting, seed))
        self._known: dict[tuple[int, Derivative], float] = {}

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
        sides = [parse_expression(side, functions=functions, quantities=quantities) for side in (left, right)]
        worst, used = 0.0, 0
        for place, (given, values, generic) in enumerate(self._points):
            ours, theirs = (self._value(side, place, given, values) for side in sides)
            if not (math.isfinite(ours) and math.isfinite(theirs)) and not generic:
                continue  # at a corner of a domain a line may say ∞ = ∞
            apart = abs(ours - theirs)
            if not apart <= RELATIVE * max(abs(ours), abs(theirs)) + ABSOLUTE:
                raise false_line(left, right, ours, theirs, given)
            used += 1
            worst = max(worst, apart / (max(abs(ours), abs(theirs)) or 1.0))
        return Check(True, worst, used)

    def _value(self, side: Expr, place: int, given: Point, values: Point) -> float:
        def derivative(node: Derivative, letters: Mapping[str, int]) -> float:
            if (place, node) not in self._known:
                self._known[place, node] = oracle.derivative(node, self._equations, given, setting=self._setting)
            return self._known[place, node]

        return evaluate(side, values, setting=self._setting, derivative=derivative)


def false_line(left: str, right: str, ours: float, theirs: float, given: Point) -> DerivationError:
    """The error that stands in place of a line that is not true."""
    place = ", ".join(f"{pretty(name)} = {value:.6g}" for name, value in given.items())
    return DerivationError(
        "E253",
        f"a line of the derivation is false: {left} is {ours:.12g}, but {right} is {theirs:.12g}, at {place}",
        "this is a fault of chainrule: please report the model",
    )


def points(
    model: Model, equations: tuple[Equation, ...], setting: Setting, seed: int
) -> Iterator[tuple[Point, Point, bool]]:
    """Points at which every quantity is finite: the given values, all values, and whether the point is generic."""
    draw = random.Random(seed)  # noqa: S311 - points of a check, not secrets
    given = tuple(quantity for quantity in model.quantities.values() if quantity.role != "derived")
    found = 0
    for attempt in range(TRIES):
        if found == GENERIC:
            break
        point = generic(given, attempt, draw, setting)
        values = everything(equations, point, setting)
        if values is not None:
            found += 1
            yield point, values, True
    if not found:
        raise DerivationError(
            "E255",
            "no point was found at which every quantity of the model is a finite number, so no line can be checked",
            "look at the arguments of log and sqrt, at divisors and at powers: chainrule eval shows the values",
        )
    for point in islice(corners(given, draw, setting), DOMAIN):
        values = everything(equations, point, setting)
        if values is not None:
            yield point, values, False


def generic(given: tuple[Quantity, ...], attempt: int, draw: random.Random, setting: Setting) -> Point:
    """Numbers that are special in no way: of both signs, then positive, then below 1; then with the consts as given."""
    point: dict[str, float] = {}
    for quantity in given:
        size = draw.uniform(0.15, 0.95) if attempt % 3 == 2 else draw.uniform(0.25, 1.75)
        sign = draw.choice((-1.0, 1.0)) if attempt % 3 == 0 else 1.0
        written = constant(quantity, point, setting) if attempt % 6 >= 3 else None
        point[quantity.name] = sign * size if written is None else written
    return point


def constant(quantity: Quantity, known: Point, setting: Setting) -> float | None:
    """The value that the text gives a const."""
    match quantity.start:
        case Given(value) if quantity.role == "const":
            return number(value, known, setting)
        case _:
            return None


def number(expr: Expr | Listing, known: Point, setting: Setting) -> float | None:
    """The value of an expression of known names, if it has one."""
    if isinstance(expr, Listing):
        return None
    try:
        value: float = evaluate(expr, known, setting=setting)
    except ChainruleError:
        return None
    return value if math.isfinite(value) else None


def corners(given: tuple[Quantity, ...], draw: random.Random, setting: Setting) -> Iterator[Point]:
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
        point = dict(zip((quantity.name for quantity in given), chosen, strict=True))
        for quantity in given:
            match quantity.start:
                case Given(value) | Computed(value):
                    computed = number(value, point, setting)
                    point[quantity.name] = point[quantity.name] if computed is None else computed
        yield point


def everything(equations: tuple[Equation, ...], point: Point, setting: Setting) -> Point | None:
    """All values at a point; None if one of them is not finite or very large."""
    try:
        values = {**point, **solve(equations, point, setting=setting)}
    except ChainruleError:
        return None
    return values if all(abs(value) < 1e6 for value in values.values()) else None
