"""Weights and patterns → where numbers are lost on the way: sentences about overflow, underflow and large angles.

Finite numbers whose result is ∞, a product or power of numbers other than 0 that is 0, and sin, cos, tan of an angle so
large that its digits are lost: what is computed from them is another number than the mathematics says, even where it
is finite. The equations are computed anew, operation by operation, the first patterns first, up to `MOST` numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from itertools import product
from typing import Any, cast

import numpy as np

from chainrule.engines.protocol import Bound
from chainrule.errors import BrokenPass, ChainruleError
from chainrule.expr.nodes import Call, Derivative, Equation, Number, Ref, key, places
from chainrule.expr.walk import keyed, nodes
from chainrule.model import explicit
from chainrule.model.model import Model
from chainrule.notation.names import pretty
from chainrule.numbers.elementary.trigonometric import TRIGONOMETRIC_RANGE
from chainrule.numbers.environment import Entry, Environment, Setting, place_of
from chainrule.numbers.evaluate import drive, entry
from chainrule.numbers.functions import FUNCTIONS
from chainrule.numbers.kinds import Floats, nearest
from chainrule.program.identity_cache import IdentityCache
from chainrule.program.lower import lower
from chainrule.program.program import computed
from chainrule.values import dataclass

MOST = 5_000
"""Numbers that are looked at, given ones too: about a twentieth of a second."""

LARGE, SMALL = 1e75, 1e-75
"""Where no number is beyond these, no square and no cube of one overflows or underflows, and nothing is looked at."""

ANGLES = ("sin", "cos", "tan")
ANGLE = 100.0
"""Where no number is larger, no product of four is an angle whose digits are lost."""
ANGLED = IdentityCache[float](64)
"""The largest number in the text of the latest models that take such functions: a model is trained more than once."""


GROWING = tuple(name for name, row in FUNCTIONS.items() if row.overflows)
"""Functions that are infinite only where their value is too large to be written."""

DOUBT = ": do not trust what follows"
"""The end of a sentence about a result that looks like a number and may be another one."""

DOUBTED = frozenset({"overflow", "underflow", "angle"})
"""The kinds of loss whose result looks like a number."""


LEAST = 5e-324
"""The smallest number. A result below it lies between 0 and this one."""

UNSEEN = 1e-300
"""Below this a number is not compared: it is 0 in every table, and only what is made of it could matter."""

SAME = 1e-12
"""Numbers that differ by less, relative to their size, are the same but for rounding."""


class Enough(Exception):
    """So many operations were looked at."""


class Running(set[Entry]):
    """The entries that are being computed, each for the one before it."""

    def __init__(self) -> None:
        super().__init__()
        self.order: list[Entry] = []

    def add(self, wanted: Entry) -> None:
        super().add(wanted)
        self.order.append(wanted)

    def discard(self, wanted: object) -> None:
        super().discard(wanted)
        self.order.pop()

    def clear(self) -> None:
        super().clear()
        self.order.clear()


@dataclass
class LossRecorder(Floats):
    """Floats that write down where a number is lost: the kind of loss in each quantity, with its first entry."""

    least: float = 0.0  # the size of what stands for a result below the smallest number
    broken: bool = False  # whether a result is not finite: then it is said which operation made that of finite numbers
    left: int = MOST
    running: Running = field(default_factory=Running)
    met: dict[tuple[str, str], tuple[Entry, str]] = field(default_factory=dict)

    def lost(self, what: str, sentence: str) -> None:
        """One more of a kind."""
        if self.running.order:
            wanted = self.running.order[-1]
            self.met.setdefault((wanted[0], what), (wanted, sentence))

    def _looked_at(
        self, value: float, inputs: Sequence[float], written: Callable[[], str], small: bool = True
    ) -> float:
        self.left -= 1
        if self.left < 0:
            raise Enough
        if math.isinf(value) and all(map(math.isfinite, inputs)):
            self.lost("overflow", f"{written()} is beyond 1.8e308, the largest number, and counts as ∞")
        elif self.broken and math.isnan(value) and not any(map(math.isnan, inputs)):
            self.lost("nothing", f"{written()} is not a number")
        elif small and value == 0.0 and all(inputs) and all(map(math.isfinite, inputs)):
            self.lost("underflow", f"{written()} is below 5e-324, the smallest number, and counts as 0")
            return math.copysign(self.least, value)
        return value

    def _without_end(
        self, value: float, inputs: Sequence[float], written: Callable[[], str], small: bool = False
    ) -> float:
        """What has a pole there, or no value."""
        if self.broken and math.isinf(value) and all(map(math.isfinite, inputs)):
            self.lost("pole", f"{written()} counts as {shown(value)}")
        return value if math.isinf(value) else self._looked_at(value, inputs, written, small)

    def given(self, value: object, /) -> float:
        found = super().given(value)
        return self._looked_at(found, (found,), str, small=False)

    def add(self, a: float, b: float, /) -> float:
        return self._looked_at(a + b, (a, b), lambda: f"{shown(a)} + {inside(b)}", small=False)

    def multiply(self, a: float, b: float, /) -> float:
        return self._looked_at(a * b, (a, b), lambda: f"{shown(a)}·{inside(b)}")

    def divide(self, a: float, b: float, /) -> float:
        value = super().divide(a, b)
        look = self._looked_at if b else self._without_end
        return look(value, (a, b), lambda: f"{shown(a)}/{inside(b)}")

    def integer_power(self, a: float, n: int, /) -> float:
        value = super().integer_power(a, n)
        look = self._looked_at if a else self._without_end
        return look(value, (a,), lambda: f"({shown(a)})^{n}")

    def power(self, a: float, b: float, /) -> float:
        value = super().power(a, b)
        look = self._looked_at if a else self._without_end
        return look(value, (a, b), lambda: f"({shown(a)})^({shown(b)})")

    def call(self, function: str, arguments: Sequence[float], /) -> float:
        value = super().call(function, arguments)
        if function in ANGLES and TRIGONOMETRIC_RANGE < abs(arguments[0]) < math.inf:
            written = f"{function} is taken of {arguments[0]:.6g}: beyond 1e8 the digits of its result are lost"
            self.lost("angle", f"{written}, one after the other")
        look = self._looked_at if function in GROWING else self._without_end
        return look(value, arguments, lambda: f"{function}({', '.join(map(shown, arguments))})", small=False)


def shown(value: float) -> str:
    """A number in a sentence."""
    if math.isnan(value):
        return "(not a number)"
    return f"{value:.6g}" if math.isfinite(value) else "∞" if value > 0 else "−∞"


def inside(value: float) -> str:
    """A number after an operation."""
    return f"({shown(value)})" if value < 0 else shown(value)


def losses(
    model: Model, bound: Bound, weights: Mapping[str, Any], broken: bool = False, steep: bool = False,
    only: str | None = None,
) -> tuple[str, ...]:  # fmt: skip
    """A sentence for each equation and kind of loss that was met, about the first pattern where it was.

    ``broken`` says that a result is not finite: then everything is looked at, and it is said where that came from.
    ``steep`` says that the result is finite and a derivative of it is not: where nothing is lost on the way to the
    result, the equations of the derivatives are looked at. ``only`` asks for one kind of loss, told without a warning.

    >>> from chainrule import Model
    >>> Model("weight w := 1e200; E = w/sqrt(w^2 + 1)".replace("; ", chr(10))).evaluate().notes[0][:53]
    'in the equation of E, (1e+200)^2 is beyond 1.8e308, t'
    """
    values = {**bound.values, **weights}
    written = ANGLED.get(model, None, lambda: angles(model))
    if only == "angle" and written < 0:
        return ()
    if steep and (before := losses(model, bound, weights)):
        return before  # what is lost on the way to the result is lost in its derivatives too
    broken = broken or steep
    if not broken and not extreme(values) and not (written >= 0 and max(written, largest(values)) > ANGLE):
        return ()
    equations = computed(lower(model)) if steep else explicit.equations(model)
    slopes = {key(line.target): slope(line.target) for line in equations if isinstance(line.target, Derivative)}
    if steep:  # a derivative is computed by an equation of its own
        equations = tuple(
            replace(line, target=cast(Ref, keyed(line.target)), body=keyed(line.body)) for line in equations
        )
    sized = [group for group in model.sets if group.name in bound.ranges]
    ranges = {letter: bound.ranges[group.name] for group in sized for letter in group.letters}
    setting = Setting(
        ranges={model.pattern: range(bound.patterns), **ranges},
        axes={
            **{key(line.target): line.letters for line in equations if steep},
            **{name: explicit.letters(model, quantity) for name, quantity in model.quantities.items()},
        },
        functions=explicit.functions(model),
        pattern=model.pattern,
    )
    kind, values_met = followed(LossRecorder(broken=broken), values, setting, equations, model.pattern)
    met = kind.met
    if not broken and any(what == "underflow" for _, what in met):
        _, raised = followed(LossRecorder(LEAST, broken), values, setting, equations, model.pattern)
        if all(same(values_met[wanted], raised.get(wanted, math.nan)) for wanted in values_met):
            met = {found: said for found, said in met.items() if found[1] != "underflow"}

    def told(wanted: Entry, what: str, sentence: str) -> str:
        name, place = wanted
        letters = setting.axes.get(name, ())
        several = bound.patterns > 1 and model.pattern in letters
        where = f", for pattern {place[letters.index(model.pattern)]}" if several else ""
        line = slopes.get(name) or f"the equation of {pretty(name)}"
        return f"in {line}{where}, {sentence}{DOUBT if what in DOUBTED and only is None else ''}"

    return tuple(told(wanted, what, said) for (_, what), (wanted, said) in met.items() if only in (None, what))


def slope(derivative: Derivative) -> str:
    """The name of a derivative in a sentence: of the quantity, for all entries of it."""
    of = derivative.of.name if isinstance(derivative.of, Ref) else "goal"
    return f"∂{pretty(of)}/∂{pretty(derivative.wrt[0].name)}"


def followed(
    kind: LossRecorder, values: Mapping[str, Any], setting: Setting, equations: tuple[Equation, ...], pattern: str
) -> tuple[LossRecorder, dict[Entry, float]]:
    """The equations computed with such numbers: what was lost, and every entry that has a value."""
    environment: Environment[float] = Environment(kind, values, setting, equations, None, running=kind.running)
    found: dict[Entry, float] = {}
    for wanted in entries(equations, setting, pattern):
        try:
            found[wanted] = drive(entry(environment, wanted))
        except Enough:
            break
        except (ChainruleError, BrokenPass):
            environment.running.clear()  # as where a target is missing: what else there is can be computed
    return kind, found


def same(one: float, other: float) -> bool:
    """Whether two values of an entry differ by rounding alone: what was lost on the way does not matter then."""
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) and math.isnan(other)
    return one == other or max(abs(one), abs(other)) < UNSEEN or math.isclose(one, other, rel_tol=SAME)


def finite(derivatives: Iterable[Any]) -> bool:
    """Whether every entry of derivatives is a finite number."""
    return all(np.isfinite(np.asarray(one, np.float64)).all() for one in derivatives)


def angles(model: Model) -> float:
    """The largest number that is written in the text, if it takes sin, cos or tan of something; else −1."""
    bodies = [*(line.body for line in model.equations), *(one.body for one in model.functions.values())]
    every = [node for body in bodies for node in nodes(body)]
    if not any(isinstance(node, Call) and node.function in ANGLES for node in every):
        return -1.0
    return max((nearest(node.value) for node in every if isinstance(node, Number)), default=0.0)


def largest(values: Mapping[str, Any]) -> float:
    """The largest size of a number."""
    arrays = (np.asarray(value, np.float64) for value in values.values())
    return max((float(max(array.max(), -array.min())) for array in arrays if array.size), default=0.0)


def extreme(values: Mapping[str, Any]) -> bool:
    """Whether there are numbers of a size whose products may be lost."""
    if largest(values) > LARGE:
        return True
    for value in values.values():
        numbers = np.asarray(value, np.float64)
        if numbers.size <= MOST and np.any((numbers != 0) & (np.abs(numbers) < SMALL)):
            return True
    return False


def entries(equations: tuple[Equation, ...], setting: Setting, letter: str) -> Iterator[Entry]:
    """Every entry of every quantity: the first patterns first, then what has no letter of the patterns."""
    equations = tuple(line for line in equations if all(own in setting.ranges for own in line.letters))
    varying = [equation for equation in equations if letter in equation.letters]
    for pattern in setting.range(letter):
        for equation in varying:
            yield from of_equation(equation, setting, {letter: pattern})
    for equation in equations:
        if letter not in equation.letters:
            yield from of_equation(equation, setting, {})


def of_equation(equation: Equation, setting: Setting, known: Mapping[str, int]) -> Iterator[Entry]:
    """The entries of one equation where some letters are known."""
    free = [letter for letter in equation.letters if letter not in known]
    for values in product(*map(setting.range, free)):
        bound = {**known, **dict(zip(free, values, strict=True))}
        yield key(equation.target), tuple(place_of(index, bound) for index in places(equation.target))
