"""Exact bounds: every value lies inside, what is exactly 0 is found, and what is not is not."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainrule.explain.evaluate.bounds import ANYTHING, BOUNDS, FUNCTIONS, Bounds, choose, holds, just, power
from chainrule.explain.evaluate.equations import NUMBERS, evaluate
from chainrule.expr.nodes import Add, Call, Div, Equation, Expr, Mul, Neg, Number, Pow, Ref
from chainrule.numbers.functions import FUNCTIONS as KNOWN

numbers = st.fractions(min_value=-6, max_value=6, max_denominator=64)


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> Expr:
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        value = draw(numbers)
        return draw(st.sampled_from([Ref("w"), Ref("v"), Number(value) if value >= 0 else Neg(Number(-value))]))
    inner = expressions(depth=depth - 1)
    match draw(st.sampled_from(["add", "mul", "neg", "pow", "call", "div"])):
        case "add":
            return Add((draw(inner), draw(inner)))
        case "mul":
            return Mul((draw(inner), draw(inner)))
        case "neg":
            return Neg(draw(inner))
        case "pow":
            return Pow(draw(inner), Number(Fraction(draw(st.integers(0, 4)))))
        case "div":
            return Div(draw(inner), Add((Number(Fraction(1)), Pow(draw(inner), Number(Fraction(2))))))
    names = [name for name, row in KNOWN.items() if row.arity == 1 and row.start < 0 and not row.overflows]
    name = draw(st.sampled_from(names))
    return Call(name, (draw(inner),))


@given(expressions(), numbers, numbers, st.floats(0, 1))
def test_every_value_lies_inside(expr: Expr, one: Fraction, other: Fraction, part: float) -> None:
    low, high = min(one, other), max(one, other)
    at = float(low) + part * float(high - low)
    equations = (Equation(Ref("E"), expr),)
    value = evaluate(equations, {"w": np.array([[at]]), "v": np.array([[0.75]])}, 1, NUMBERS)["E"].ravel()[0]
    box = {"w": np.array([[Bounds(low, high)]]), "v": np.array([[just(0.75)]])}
    inside = evaluate(equations, box, 1, BOUNDS)["E"].ravel()[0]
    slack = 1e-9 * (1 + abs(value))
    assert inside.low - slack <= value <= inside.high + slack
    every = {"w": np.array([[ANYTHING]]), "v": np.array([[ANYTHING]])}
    everywhere = evaluate(equations, every, 1, BOUNDS)["E"].ravel()[0]
    assert everywhere.low - slack <= value <= everywhere.high + slack
    assert everywhere.low <= inside.low
    assert inside.high <= everywhere.high


def test_there_is_a_row_for_every_known_function() -> None:
    assert set(FUNCTIONS) >= set(KNOWN) - {"logsumexp"}


def test_exact_zero_is_zero_and_nearly_zero_is_not() -> None:
    w = Ref("w")
    zero = Mul((w, Number(Fraction(0)), Call("exp", (w,))))
    tiny = Mul((Number(Fraction(1, 10**30)), Call("exp", (w,))))
    found = evaluate((Equation(Ref("a"), zero), Equation(Ref("b"), tiny)), {"w": np.array([[ANYTHING]])}, 1, BOUNDS)
    assert found["a"].ravel()[0].constant == 0
    assert found["b"].ravel()[0].constant is None
    assert found["b"].ravel()[0].positive


def test_a_half_of_the_sigmoid_of_nothing_is_exact() -> None:
    u = Mul((Ref("w"), Number(Fraction(0))))
    typed = Div(Number(Fraction(1)), Add((Number(Fraction(1)), Call("exp", (Neg(u),)))))
    for expr in (typed, Call("sigmoid", (u,))):
        found = evaluate((Equation(Ref("a"), expr),), {"w": np.array([[ANYTHING]])}, 1, BOUNDS)["a"].ravel()[0]
        assert found.constant == Fraction(1, 2)


@pytest.mark.parametrize(
    ("name", "open_range"),
    [("exp", (0, math.inf)), ("sigmoid", (0, 1)), ("tanh", (-1, 1)), ("softplus", (0, math.inf))],
)
def test_limits_are_approached_and_not_reached(name: str, open_range: tuple[float, float]) -> None:
    found = FUNCTIONS[name](ANYTHING)
    assert (found.low, found.high) == open_range
    assert found.low_open
    assert found.high_open


def test_signs() -> None:
    assert Bounds(Fraction(0), Fraction(1), True).positive
    assert not Bounds(Fraction(0), Fraction(1)).positive
    assert (just(1) - FUNCTIONS["sigmoid"](ANYTHING)).positive
    assert not (just(1) - FUNCTIONS["sigmoid"](ANYTHING) * just(2)).positive


def test_division_by_what_may_be_zero_says_nothing() -> None:
    assert just(1) / Bounds(Fraction(-1), Fraction(1)) == ANYTHING
    assert (just(1) / Bounds(Fraction(0), Fraction(2), True)).low == Fraction(1, 2)


def test_powers_and_comparisons() -> None:
    wide = Bounds(Fraction(-2), Fraction(3))
    assert power(wide, None, Fraction(2)) == Bounds(Fraction(0), Fraction(9))
    assert power(wide, None, Fraction(3)) == Bounds(Fraction(-8), Fraction(27))
    assert power(wide, None, Fraction(0)) == just(1)
    assert power(wide, None, Fraction(1, 3)) == ANYTHING
    assert holds("<", wide, just(4)) == just(1)
    assert holds(">=", wide, just(4)) == just(0)
    assert holds("==", wide, just(1)).constant is None
    assert choose(holds(">", wide, just(0)), just(5), just(7)) == Bounds(Fraction(5), Fraction(7))


def test_long_fractions_are_rounded_outward() -> None:
    third = just(Fraction(1, 3))
    product = third
    for _ in range(200):
        product = product * third + just(Fraction(1, 7**60))
    exact = Fraction(1, 3)
    for _ in range(200):
        exact = exact * Fraction(1, 3) + Fraction(1, 7**60)
    assert product.low <= exact <= product.high
    assert float(product.high - product.low) <= 1e-15 * float(exact)
