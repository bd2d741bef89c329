"""Every elementary function is a program over the nine operations: a machine without numbers can run it."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from chainrule.numbers.coefficients import DOUBLE
from chainrule.numbers.elementary import integer_power, logsumexp
from chainrule.numbers.elementary.exponential import scaled
from chainrule.numbers.functions import PROGRAMS
from chainrule.numbers.operations import FLOAT, compare

NINE = {"add", "subtract", "multiply", "divide", "sqrt", "floor", "select", "scale", "split"}


class Symbol:
    """A value that is only known by how it is made; it has no truth, no order and no size."""

    def __init__(self, operation: str, *inside: Any) -> None:
        self.operation, self.inside = operation, inside

    def __add__(self, other: Any) -> "Symbol":
        return Symbol("add", self, other)

    def __radd__(self, other: Any) -> "Symbol":
        return Symbol("add", other, self)

    def __sub__(self, other: Any) -> "Symbol":
        return Symbol("subtract", self, other)

    def __rsub__(self, other: Any) -> "Symbol":
        return Symbol("subtract", other, self)

    def __mul__(self, other: Any) -> "Symbol":
        return Symbol("multiply", self, other)

    def __rmul__(self, other: Any) -> "Symbol":
        return Symbol("multiply", other, self)

    def __neg__(self) -> "Symbol":
        return Symbol("multiply", -1.0, self)

    def refuse(self, *_: object) -> Any:
        raise AssertionError("a program looked at a value")

    __bool__ = __float__ = __int__ = __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = refuse  # type: ignore[assignment]
    __hash__ = object.__hash__


class Recorder:
    """The machine of symbols."""

    constants = DOUBLE

    def multiply_add(self, a: Any, b: Any, c: Any) -> Symbol:
        return Symbol("add", Symbol("multiply", a, b), c)

    def divide(self, a: Any, b: Any) -> Symbol:
        return Symbol("divide", a, b)

    def sqrt(self, a: Any) -> Symbol:
        return Symbol("sqrt", a)

    def floor(self, a: Any) -> Symbol:
        return Symbol("floor", a)

    def select(self, comparison: Any, a: Any, b: Any, then: Any, otherwise: Any) -> Symbol:
        return Symbol("select", comparison, a, b, then, otherwise)

    def scale(self, a: Any, n: Any) -> Symbol:
        return Symbol("scale", a, n)

    def split(self, a: Any) -> tuple[Symbol, Symbol]:
        both = Symbol("split", a)
        return Symbol("first", both), Symbol("second", both)


REPLAY: dict[str, Callable[..., Any]] = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": FLOAT.divide,
    "sqrt": FLOAT.sqrt,
    "floor": FLOAT.floor,
    "select": FLOAT.select,
    "scale": FLOAT.scale,
    "split": FLOAT.split,
    "first": lambda pair: pair[0],
    "second": lambda pair: pair[1],
}


def replay(value: Any, known: dict[int, Any], used: set[str]) -> Any:
    """The number a symbol stands for; ``known`` holds the arguments and what was computed."""
    if not isinstance(value, Symbol):
        return value
    if id(value) not in known:
        used.add(value.operation)
        known[id(value)] = REPLAY[value.operation](*(replay(part, known, used) for part in value.inside))
    return known[id(value)]


POINTS = (0.0, -0.0, 0.3, -0.7, 2.5, -30.0, 800.0, 1e9, 5e-324, math.inf, -math.inf, math.nan)


@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_a_program_uses_the_nine_operations_alone_and_gives_the_same_bits(name: str) -> None:
    arity = 2 if name in ("max", "min", "power") else 1
    arguments = [Symbol("argument") for _ in range(arity)]
    result = PROGRAMS[name](Recorder(), *arguments)
    for x in POINTS:
        values = [x, 1.5][:arity]
        used: set[str] = set()
        known = {id(argument): value for argument, value in zip(arguments, values, strict=True)}
        assert repr(replay(result, known, used)) == repr(PROGRAMS[name](FLOAT, *values))
        assert used - {"first", "second"} <= NINE


def test_powers_and_logsumexp_are_programs_too() -> None:
    x, y = Symbol("argument"), Symbol("argument")
    for result, wanted in (
        (integer_power(Recorder(), x, -5), integer_power(FLOAT, 1.5, -5)),
        (integer_power(Recorder(), x, 0), 1.0),
        (logsumexp(Recorder(), [x, y]), logsumexp(FLOAT, [1.5, -0.5])),
    ):
        assert replay(result, {id(x): 1.5, id(y): -0.5}, set()) == wanted


def test_a_program_that_looks_at_a_value_is_caught() -> None:
    with pytest.raises(AssertionError, match="looked"):
        (lambda m, x: x if x < 0 else -x)(Recorder(), Symbol("argument"))


@pytest.mark.parametrize(
    ("a", "b", "wanted"),
    [(1.0, 0.0, math.inf), (1.0, -0.0, -math.inf), (-1.0, 0.0, -math.inf), (0.0, 0.0, math.nan),
     (math.nan, 0.0, math.nan), (math.inf, 0.0, math.inf), (1e308, 1e-10, math.inf), (1.0, 3.0, 1.0 / 3.0),
     (math.inf, math.inf, math.nan), (5e-324, 2.0, 0.0)],
)  # fmt: skip
def test_division_is_that_of_ieee(a: float, b: float, wanted: float) -> None:
    assert repr(FLOAT.divide(a, b)) == repr(wanted)


@pytest.mark.parametrize(
    ("a", "wanted"),
    [(0.5, 0.0), (-0.5, -1.0), (-0.0, -0.0), (3.0, 3.0), (-2.5, -3.0), (1e300, 1e300), (math.inf, math.inf),
     (-math.inf, -math.inf), (math.nan, math.nan), (2.0**52 - 0.5, 2.0**52 - 1), (-(2.0**53), -(2.0**53))],
)  # fmt: skip
def test_floor(a: float, wanted: float) -> None:
    assert repr(FLOAT.floor(a)) == repr(wanted)


def test_scale_multiplies_by_a_normal_power_of_two() -> None:
    assert FLOAT.scale(1.0, -1022.0) == 2.0**-1022
    assert FLOAT.scale(0.75, 1023.0) == 0.75 * 2.0**1023
    assert FLOAT.scale(3.0, 1023.0) == math.inf
    assert FLOAT.scale(1.5, -0.0) == 1.5
    assert math.isnan(FLOAT.scale(math.nan, math.nan))


def test_two_steps_of_scaling_round_a_subnormal_once() -> None:
    a = 1.0 + 2.0**-52
    assert scaled(FLOAT, a, -1074.0) == 5e-324
    assert scaled(FLOAT, 1.5, -1074.0) == 1e-323  # a tie goes to the even one
    assert scaled(FLOAT, 1.5 - 2.0**-52, -1074.0) == 5e-324
    assert scaled(FLOAT, 1.0, -1075.0) == 0.0
    assert scaled(FLOAT, a, -1075.0) == 5e-324
    assert scaled(FLOAT, 0.5, 1024.0) == 2.0**1023
    assert scaled(FLOAT, 1.0, 1024.0) == math.inf
    assert scaled(FLOAT, 1.0, -2044.0) == 0.0
    assert scaled(FLOAT, 3.0, 2046.0) == math.inf


@pytest.mark.parametrize("a", [1.0, -3.75, 5e-324, -1e-310, 1.7976931348623157e308])
def test_split_takes_a_number_apart_exactly(a: float) -> None:
    fraction, exponent = FLOAT.split(a)
    assert 0.5 <= abs(fraction) < 1.0
    assert math.ldexp(fraction, int(exponent)) == a


@pytest.mark.parametrize("a", [0.0, -0.0, math.inf, -math.inf, math.nan])
def test_split_leaves_what_has_no_exponent(a: float) -> None:
    assert repr(FLOAT.split(a)) == repr((a, 0.0))


def test_only_unequal_holds_for_nan() -> None:
    held = [c for c in ("<", "<=", ">", ">=", "==", "!=") if compare(c, math.nan, 1.0)]  # type: ignore[arg-type]
    assert held == ["!="]
