"""Intervals on arrays: they contain every value, agree with the scalar intervals, and jets with differences."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.explain.evaluate import intervals as on
from chainrule.explain.evaluate.equations import evaluate
from chainrule.explain.evaluate.intervals import FUNCTIONS, Enclosure, point
from chainrule.explain.evaluate.jets import DERIVATIVES, JETS, fixed, moving_weight
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.proofs import Restriction, peak, slope_sign, unbounded
from chainrule.expr.nodes import Call, Equation, Expr, Mul, Ref
from chainrule.numbers.functions import FUNCTIONS as KNOWN
from chainrule.train.run import Run

finite = st.floats(-30, 30)
EXACT: dict[str, Callable[[float], float]] = {"expm1": math.expm1} | {
    name: row.platform for name, row in KNOWN.items() if row.arity == 1 and not row.kink and row.start < 0
} | {"abs": abs}  # fmt: skip


@pytest.mark.parametrize("name", EXACT)
@given(finite, finite, st.floats(0, 1))
def test_a_function_stays_inside(name: str, one: float, other: float, part: float) -> None:
    low, high = min(one, other), max(one, other)
    at = min(high, low + part * (high - low))
    found = FUNCTIONS[name](Enclosure(np.array([low]), np.array([high])))
    assert found.low[0] <= EXACT[name](at) <= found.high[0]
    thin = FUNCTIONS[name](point([at]))
    assert thin.high[0] - thin.low[0] <= 1e-12 * (1 + abs(EXACT[name](at)))


@given(finite, finite, finite, finite, st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=60)
def test_arithmetic_stays_inside(a: float, b: float, c: float, d: float, s: float, t: float) -> None:
    left = Enclosure(np.array([min(a, b)]), np.array([max(a, b)]))
    right = Enclosure(np.array([min(c, d)]), np.array([max(c, d)]))
    x, y = min(max(a, b), min(a, b) + s * abs(a - b)), min(max(c, d), min(c, d) + t * abs(c - d))
    with np.errstate(all="ignore"):  # as where the proofs run
        cases = [
            (left + right, x + y),
            (left - right, x - y),
            (left * right, x * y),
            (on.power(left, 3), x**3),
            (on.power(left, 2), x**2),
        ]
        if y != 0:
            cases.append((left / right, x / y))
    for found, value in cases:
        assert found.low[0] <= value <= found.high[0]


def test_nothing_times_anything_is_nothing() -> None:
    anything = Enclosure(np.array([-np.inf]), np.array([np.inf]))
    zero = point([0.0])
    with np.errstate(all="ignore"):
        every = (zero * anything, anything * zero, zero + zero, on.power(zero, 2), on.total(zero, 5))
    for found in every:
        assert (found.low.ravel()[0], found.high.ravel()[0]) == (0, 0)


def test_division_by_zero_says_nothing() -> None:
    with np.errstate(all="ignore"):
        found = point([1.0]) / Enclosure(np.array([-1.0]), np.array([1.0]))
    assert (found.low[0], found.high[0]) == (-np.inf, np.inf)


def test_there_is_a_derivative_for_every_known_function() -> None:
    assert set(DERIVATIVES) | {"max", "min"} >= set(KNOWN) - {"logsumexp"}


def jet(expr: Expr, at: float, width: float = 0.0) -> tuple[Enclosure, Enclosure, Enclosure]:
    w = moving_weight(Enclosure(np.array([[at - width]]), np.array([[at + width]])), 1.0)
    found = evaluate((Equation(Ref("E"), expr),), {"w": w, "c": fixed(point([[1.3]]))}, 1, JETS)["E"]
    return found.value, found.slope, found.bend


@pytest.mark.parametrize("name", sorted(set(DERIVATIVES) - {"sign"}))
@pytest.mark.parametrize("at", [0.3, 0.8, 1.7])
def test_slopes_and_bends_agree_with_differences(name: str, at: float) -> None:
    expr = Call(name, (Mul((Ref("c"), Ref("w"))),))
    middle = [float((part.low + part.high).ravel()[0] / 2) for part in jet(expr, at)]
    h = 1e-3

    def f(w: float) -> float:
        value = jet(expr, w)[0]
        return float((value.low + value.high).ravel()[0] / 2)

    first = (f(at - 2 * h) - 8 * f(at - h) + 8 * f(at + h) - f(at + 2 * h)) / (12 * h)
    second = (-f(at - 2 * h) + 16 * f(at - h) - 30 * f(at) + 16 * f(at + h) - f(at + 2 * h)) / (12 * h * h)
    assert middle[1] == pytest.approx(first, rel=1e-7, abs=1e-9)
    assert middle[2] == pytest.approx(second, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("name", ["relu", "abs", "sign"])
def test_a_kink_inside_has_no_bound(name: str) -> None:
    assert jet(Call(name, (Ref("w"),)), 0.1, 0.5)[2].high.ravel()[0] == np.inf
    assert jet(Call(name, (Ref("w"),)), 0.9, 0.5)[2].high.ravel()[0] == 0


def line(run: Run, low: float, high: float) -> Restriction:
    return Restriction(Context(run).prover, np.zeros(1), np.ones(1), low, high)


@pytest.mark.parametrize(("text", "low", "high", "expected"), [
    ("E = w³", 0.0, 2.0, 12.0),
    ("E = sin(w)", 0.0, 10.0, 1.0),
    ("E = exp(w)", -3.0, 1.0, math.e),
    ("E = ½·w²", -math.inf, math.inf, 1.0),
    ("E = softplus(w)", -math.inf, math.inf, 0.25),
    ("E = 1/(1 + w²)", -4.0, 4.0, 0.5),
])  # fmt: skip
def test_the_peak_of_the_curvature(
    trained: Callable[..., Run], text: str, low: float, high: float, expected: float
) -> None:
    found = peak(line(trained("weight w := 0.5\n" + text, steps=1), low, high))
    assert found is not None
    assert expected * (1 - 1e-9) <= found.bound <= expected * 1.02
    assert found.met <= found.bound


def test_what_has_no_bound_is_not_proved(trained: Callable[..., Run]) -> None:
    assert peak(line(trained("weight w := 1\nE = exp(w)", steps=1), -math.inf, math.inf)) is None
    kink = line(trained("weight w := 1\nE = abs(w - 0.3)", steps=1), -1.0, 1.0)
    assert peak(kink) is None
    assert unbounded(kink) == pytest.approx(0.3, abs=1e-6)


@pytest.mark.parametrize(("text", "sign"), [("E = w³ + w", 1), ("E = exp(-w)", -1), ("E = w²", None), ("E = w³", None)])
def test_the_sign_of_the_slope_on_a_range(trained: Callable[..., Run], text: str, sign: int | None) -> None:
    assert slope_sign(line(trained("weight w := 0.5\n" + text, steps=1), -2.0, 2.0)) == sign
