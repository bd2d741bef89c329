"""Intervals: what an operation gives on numbers inside lies inside, and bounds are not wider than they need be."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chainrule.numbers import interval
from chainrule.numbers.functions import FUNCTIONS
from chainrule.numbers.interval import WHOLE, Interval
from chainrule.numbers.kinds import FLOATS, INTERVALS
from chainrule.numbers.operations import FLOAT

mpmath = pytest.importorskip("mpmath")

TRUE: dict[str, Callable[..., Any]] = {
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "softplus": lambda x: mpmath.log1p(mpmath.exp(x)),
    "relu": lambda x: max(x, mpmath.mpf(0)),
    "arctan": mpmath.atan,
    "abs": abs,
    "max": max,
    "min": min,
}
TRUE |= {name: getattr(mpmath, name) for name in FUNCTIONS if name not in TRUE}

wide = st.floats(allow_nan=False, allow_infinity=False)
plain = st.floats(-50.0, 50.0) | wide


@st.composite
def inside(draw: st.DrawFn, numbers: st.SearchStrategy[float] = plain) -> tuple[Interval, float]:
    """An interval and a number in it."""
    a, x, b = sorted(draw(st.tuples(numbers, numbers, numbers)))
    return Interval(a, b), x


def holds(result: Interval, value: float) -> bool:
    """Whether a value lies inside; ∞ lies in what has no bound."""
    return value in result


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
@given(data=st.data())
def test_a_function_of_a_number_inside_lies_inside(name: str, data: st.DataObject) -> None:
    function = FUNCTIONS[name]
    pairs = [data.draw(inside()) for _ in range(function.arity)]
    result = function.enclosure(*(bounds for bounds, _ in pairs))
    points = [x for _, x in pairs]
    computed = function.program(FLOAT, *points)
    assume(not math.isnan(computed))
    assert holds(result, computed)
    if math.isfinite(computed) and max(map(abs, points)) < 1e4:
        with mpmath.workprec(200):
            true = TRUE[name](*map(mpmath.mpf, points))
            assert mpmath.mpf(result.lower) <= true <= mpmath.mpf(result.upper)


OPERATIONS: list[Any] = [
    (FLOATS.add, INTERVALS.add),
    (FLOATS.multiply, INTERVALS.multiply),
    (FLOATS.divide, INTERVALS.divide),
    (FLOATS.power, INTERVALS.power),
]


@pytest.mark.parametrize(("number", "enclosure"), OPERATIONS, ids=["add", "multiply", "divide", "power"])
@given(a=inside(), b=inside())
def test_an_operation_on_numbers_inside_lies_inside(
    number: Any, enclosure: Any, a: tuple[Interval, float], b: tuple[Interval, float]
) -> None:
    value = number(a[1], b[1])
    assume(not math.isnan(value))
    assert holds(enclosure(a[0], b[0]), value)


@given(a=inside(), n=st.integers(-9, 9))
def test_a_power_of_a_number_inside_lies_inside(a: tuple[Interval, float], n: int) -> None:
    assert holds(INTERVALS.integer_power(a[0], n), FLOATS.integer_power(a[1], n))
    assert holds(INTERVALS.power(a[0], Interval(float(n), float(n))), FLOATS.power(a[1], float(n)))


@given(values=st.lists(inside(), min_size=1, max_size=5))
def test_logsumexp_of_numbers_inside_lies_inside(values: list[tuple[Interval, float]]) -> None:
    assert holds(INTERVALS.logsumexp([bounds for bounds, _ in values]), FLOATS.logsumexp([x for _, x in values]))


def enclosed(name: str, a: Interval) -> Interval:
    return FUNCTIONS[name].enclosure(a)


def test_an_enclosure_that_is_too_narrow_is_caught() -> None:
    narrow = replace(FUNCTIONS["exp"], shape=lambda *_: lambda a: Interval(math.exp(a.lower), math.exp(a.upper)))
    missed = 0
    with mpmath.workprec(200):
        for k in range(200):
            x = k / 7
            result = narrow.enclosure(Interval(x, x))
            missed += not result.lower <= mpmath.exp(mpmath.mpf(x)) <= result.upper
    assert missed > 100


@pytest.mark.parametrize(
    ("result", "wanted"),
    [
        (interval.divide(Interval(1.0, 2.0), Interval(-1.0, 1.0)), WHOLE),
        (interval.divide(Interval(1.0, 2.0), Interval(0.0, 1.0)), WHOLE),
        (interval.divide(Interval(-3.0, 4.0), Interval(1.0, 1.0)), Interval(-3.0, 4.0)),
        (interval.multiply(Interval(0.0, 0.0), WHOLE), Interval(0.0, 0.0)),
        (interval.add(Interval(1.0, 2.0), Interval(3.0, 4.0)), Interval(4.0, 6.0)),
        (interval.add(Interval(-math.inf, 2.0), Interval(3.0, math.inf)), WHOLE),
        (interval.integer_power(Interval(-2.0, 1.0), 2).lower, 0.0),
        (enclosed("sin", Interval(0.0, 10.0)), Interval(-1.0, 1.0)),
        (enclosed("sin", Interval(1.0, 2.0)).upper, 1.0),
        (enclosed("cos", Interval(-0.5, 0.5)).upper, 1.0),
        (enclosed("cos", Interval(3.0, 3.5)).lower, -1.0),
        (enclosed("cos", Interval(1e9, 1e9)), Interval(-1.0, 1.0)),
        (interval.absolute(Interval(-3.0, 2.0)), Interval(0.0, 3.0)),
        (enclosed("relu", Interval(-3.0, 2.0)), Interval(0.0, 2.0)),
        (enclosed("sign", Interval(-3.0, 2.0)), Interval(-1.0, 1.0)),
        (enclosed("log", Interval(-2.0, -1.0)), WHOLE),
        (enclosed("log", Interval(-1.0, 1.0)).lower, -math.inf),
        (enclosed("exp", Interval(-math.inf, -800.0)).lower, 0.0),
        (enclosed("exp", Interval(0.0, 800.0)).upper, math.inf),
        (enclosed("exp", Interval(800.0, 800.0)).lower > 1.7e308, True),
        (enclosed("cosh", Interval(-2.0, 1.0)).lower, 1.0),
        (INTERVALS.power(Interval(-2.0, 1.0), Interval(0.5, 0.5)), WHOLE),
    ],
)
def test_bounds(result: object, wanted: object) -> None:
    assert result == wanted


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - {"max", "min"}))
def test_a_narrow_interval_stays_narrow(name: str) -> None:
    result = FUNCTIONS[name].enclosure(Interval(0.7, 0.7))
    assert result.upper - result.lower <= 40 * math.ulp(result.upper)


def test_what_cannot_be_told_is_not_told() -> None:
    low, middle, high = Interval(0.0, 1.0), Interval(0.5, 2.0), Interval(3.0, 4.0)
    assert [interval.compared(c, low, high) for c in ("<", "<=", ">", ">=", "==", "!=")] == [
        True, True, False, False, False, True,
    ]  # fmt: skip
    assert {interval.compared(c, low, middle) for c in ("<", "<=", ">", ">=", "==", "!=")} == {None}  # type: ignore[arg-type]
    one = Interval(1.0, 1.0)
    assert interval.compared("==", one, one) is True
    assert interval.compared("!=", one, one) is False
    assert interval.compared("<=", low, Interval(1.0, 2.0)) is True
    assert interval.compared("<", low, Interval(1.0, 2.0)) is None
