"""Derivatives of everything by everything at a point: each number moved along an imaginary unit of its own, at once.

A number here is its real part and, for each number that was moved, the imaginary part that this alone would give it.
Real parts are those of `Floats`, to the bit, and decide ties, kinks and comparisons. The steps are so small that no
two of them are ever multiplied: a function of several numbers moves by the sum of what each of them alone moves it,
which is a complex step of its own. No rule of differentiation is among it, as in `oracle`, which moves one number
through all equations; here all are moved through each equation once.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from chainrule.expr.nodes import Comparison, Equation, key, places
from chainrule.numbers import analytic
from chainrule.numbers.environment import Entry, Environment, Setting, bindings, place_of
from chainrule.numbers.evaluate import STEP, drive, entry
from chainrule.numbers.functions import FUNCTIONS
from chainrule.numbers.kinds import FLOATS
from chainrule.numbers.multicomplex import Moved, part
from chainrule.numbers.operations import compare
from chainrule.values import dataclass

Parts = Sequence[float]
"""In units of the step: the k-th for the k-th number that was moved, 0 for those after the last."""


@dataclass(frozen=True, slots=True)
class Stepped:
    """A real part, and an imaginary part for each step."""

    real: float
    parts: Parts = ()


class ComplexSteps:
    """The arithmetic of `Stepped`; an operation without a value gives NaN."""

    pi = Stepped(math.pi)

    def number(self, value: Fraction, /) -> Stepped:
        return Stepped(FLOATS.number(value))

    def given(self, value: object, /) -> Stepped:
        return value if isinstance(value, Stepped) else Stepped(FLOATS.given(value))

    def add(self, a: Stepped, b: Stepped, /) -> Stepped:
        return Stepped(a.real + b.real, summed(a.parts, b.parts))

    def negate(self, a: Stepped, /) -> Stepped:
        return Stepped(-a.real, scaled(-1.0, a.parts))

    def multiply(self, a: Stepped, b: Stepped, /) -> Stepped:
        return Stepped(a.real * b.real, summed(scaled(b.real, a.parts), scaled(a.real, b.parts)))

    def divide(self, a: Stepped, b: Stepped, /) -> Stepped:
        return moved(FLOATS.divide(a.real, b.real), analytic.total(lambda x, y: x / y), a, b)

    def integer_power(self, a: Stepped, n: int, /) -> Stepped:
        real = FLOATS.integer_power(a.real, n)
        return moved(real, analytic.total(lambda z: analytic.integer_power(z, n)), a)

    def power(self, a: Stepped, b: Stepped, /) -> Stepped:
        return moved(FLOATS.power(a.real, b.real), analytic.total(analytic.power), a, b)

    def call(self, function: str, arguments: Sequence[Stepped], /) -> Stepped:
        real = FLOATS.call(function, [one.real for one in arguments])
        return moved(real, analytic.total(FUNCTIONS[function].analytic), *arguments)

    def extreme(self, operator: str, values: Sequence[Stepped], /) -> Stepped:
        function = analytic.maximum if operator == "max" else analytic.minimum
        real = FLOATS.extreme(operator, [one.real for one in values])
        reached = [one for one in values if one.real == real]  # the others move nothing; without any it is NaN
        return moved(real, function, *(reached or values))

    def logsumexp(self, values: Sequence[Stepped], /) -> Stepped:
        top = Stepped(-max(one.real for one in values))
        terms = [self.call("exp", (self.add(one, top),)) for one in values]
        total = terms[0]
        for term in terms[1:]:
            total = self.add(total, term)
        return Stepped(FLOATS.logsumexp([one.real for one in values]), self.call("log", (total,)).parts)

    def compare(self, comparison: Comparison, a: Stepped, b: Stepped, /) -> bool:
        return compare(comparison, a.real, b.real)

    def either(self, a: Stepped, b: Stepped, /) -> Stepped:
        return a if a == b else Stepped(math.nan)


COMPLEX_STEPS = ComplexSteps()


def moved(real: float, form: Callable[..., Moved], *arguments: Stepped) -> Stepped:
    """The value of a function with its real part given: how far a step of each argument alone moves it, and what has
    moved the argument."""
    parts: Parts = ()
    for place, one in enumerate(arguments):
        if any(one.parts):
            stepped = [complex(other.real, STEP if k == place else 0.0) for k, other in enumerate(arguments)]
            parts = summed(parts, scaled(part(form(*stepped), 1) / STEP, one.parts))
    return Stepped(real, parts)


def scaled(factor: float, parts: Parts) -> Parts:
    """Parts times a number; what has not moved does not, whatever the number is."""
    if math.isfinite(factor):
        return array("d", [factor * one for one in parts])
    return array("d", [factor * one if one else 0.0 for one in parts])


def summed(one: Parts, other: Parts) -> Parts:
    """Parts added."""
    if len(one) < len(other):
        one, other = other, one
    if not other:
        return one
    return array("d", [a + b for a, b in zip(one, other, strict=False)]) + array("d", one[len(other) :])


class Steps(Mapping[Entry, Stepped]):
    """What is added to a named number before anyone reads it: a step of its own, in the order in which they are asked
    for."""

    def __init__(self) -> None:
        self.places: dict[Entry, int] = {}

    def __contains__(self, entry: object) -> bool:
        return True

    def __getitem__(self, entry: Entry) -> Stepped:
        place = self.places.setdefault(entry, len(self.places))
        return Stepped(-0.0, array("d", [*([0.0] * place), 1.0]))

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)


@dataclass(frozen=True, slots=True)
class Slopes:
    """How fast each number changes with each other, at one point."""

    known: Mapping[Entry, Stepped]
    places: Mapping[Entry, int]

    def of(self, goal: Entry, wrt: Entry) -> float | None:
        """The total derivative; None where one of them was not met."""
        if goal not in self.known or wrt not in self.places:
            return None
        parts, place = self.known[goal].parts, self.places[wrt]
        return parts[place] if place < len(parts) else 0.0


def slopes(
    equations: tuple[Equation, ...],
    given: Mapping[str, Any],
    setting: Setting,
    made: Callable[[int], None] = lambda numbers: None,
) -> Slopes:
    """All total derivatives at a point, of which ``given`` has what no equation defines. ``made`` is told how many
    numbers were computed, and of parts, which take as much less time, a hundredth of them.

    >>> from chainrule.expr.nodes import Mul, Ref
    >>> from chainrule.numbers.environment import SCALARS
    >>> forward = (Equation(Ref("z"), Mul((Ref("w"), Ref("x")))), Equation(Ref("y"), Mul((Ref("z"), Ref("w")))))
    >>> found = slopes(forward, {"w": 3.0, "x": 2.0}, SCALARS)
    >>> found.of(("y", ()), ("w", ())), found.of(("y", ()), ("z", ()))
    (12.0, 3.0)
    """
    steps = Steps()
    environment: Environment[Stepped] = Environment(COMPLEX_STEPS, given, setting, equations, None, steps)
    for equation in environment.equations:
        name, positions = key(equation.target), places(equation.target)
        for letters in bindings(equation.letters, setting):
            drive(entry(environment, (name, tuple(place_of(index, letters) for index in positions))))
    made(len(environment.known) + sum(len(one.parts) for one in environment.known.values()) // 100)
    return Slopes(environment.known, steps.places)
