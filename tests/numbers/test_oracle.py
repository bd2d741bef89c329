"""Derivatives by a complex step: what the two kinds mean, and agreement with derivatives known on paper."""

import math
from collections.abc import Callable

import pytest

from chainrule.expr.nodes import (
    Add,
    Bracket,
    Call,
    Cond,
    Derivative,
    Div,
    Equation,
    Expr,
    Mul,
    Neg,
    Number,
    Pow,
    Reduce,
    Ref,
    index,
    number,
)
from chainrule.numbers import digits
from chainrule.numbers.environment import Setting
from chainrule.numbers.evaluate import evaluate
from chainrule.numbers.functions import FUNCTIONS
from chainrule.numbers.oracle import complex_step, derivative

w, x, y, E = Ref("w"), Ref("x"), Ref("y"), Ref("E")
SEED = (
    Equation(Ref("y_hat"), Div(number(1), Add((number(1), Call("exp", (Neg(Mul((w, x))),)))))),
    Equation(E, Mul((Number(number(1).value / 2), Pow(Add((Ref("y_hat"), Neg(y))), number(2))))),
)
POINT = {"w": 0.5, "x": 1.0, "y": 1.0}


def test_the_gradient_of_the_founding_network() -> None:
    a = 1 / (1 + math.exp(-0.5))
    assert complex_step(SEED, "E", "w", POINT) == pytest.approx((a - 1) * (1 - a) * a, rel=1e-15)
    assert complex_step(SEED, "E", "y_hat", POINT) == pytest.approx(a - 1, rel=1e-15)
    assert complex_step(SEED, "E", "w", {**POINT, "x": 0.0}) == 0.0


def test_partial_moves_the_right_hand_side_alone() -> None:
    assert complex_step(SEED, "E", "w", POINT, kind="partial") == 0.0
    twice = (Equation(Ref("z"), Mul((w, w))), Equation(Ref("g"), Mul((Ref("z"), w))))
    assert complex_step(twice, "g", "w", {"w": 3.0}) == pytest.approx(27.0, rel=1e-15)
    assert complex_step(twice, "g", "w", {"w": 3.0}, kind="partial") == 9.0
    assert complex_step(twice, "g", "z", {"w": 3.0}, kind="partial") == 3.0
    assert complex_step(twice, "z", "g", {"w": 3.0}) == 0.0


def test_goals_may_be_expressions_and_a_name_by_itself_is_one() -> None:
    assert complex_step(SEED, Mul((E, E)), "E", POINT) == pytest.approx(2 * evaluate(E, POINT, equations=SEED))
    assert complex_step(SEED, Mul((w, Ref("y_hat"))), "w", POINT, kind="partial") == evaluate(
        Ref("y_hat"), POINT, equations=SEED
    )
    assert complex_step(SEED, "w", "w", POINT) == 1.0
    assert complex_step(SEED, "E", "E", POINT) == 1.0


SLOPES: dict[str, Callable[[float], float]] = {
    "exp": math.exp,
    "log": lambda u: 1 / u,
    "sqrt": lambda u: 0.5 / math.sqrt(u),
    "tanh": lambda u: 1 - math.tanh(u) ** 2,
    "sigmoid": lambda u: 1 / (2 + math.exp(u) + math.exp(-u)),
    "relu": lambda u: float(u > 0),
    "softplus": lambda u: 1 / (1 + math.exp(-u)),
    "sin": math.cos,
    "cos": lambda u: -math.sin(u),
    "sinh": math.cosh,
    "cosh": math.sinh,
    "arctan": lambda u: 1 / (1 + u * u),
    "abs": lambda u: math.copysign(1.0, u),
    "asinh": lambda u: 1 / math.sqrt(1 + u * u),
    "sign": lambda u: 0.0,
    "floor": lambda u: 0.0,
}


def known_slope(name: str, u: float) -> float:
    """By paper, or by a difference with a hundred digits."""
    if name in SLOPES:
        return SLOPES[name](u)
    line = (Equation(y, Call(name, (x,))),)
    return float(digits.slope(digits.Digits(), Derivative(y, (x,)), line, {"x": u}))


@pytest.mark.parametrize("name", sorted(name for name, row in FUNCTIONS.items() if row.arity == 1))
@pytest.mark.parametrize("u", [0.3, 1.0, 4.7, -0.3, -2.5, -20.0, 1e-8])
def test_every_function_of_one_argument(name: str, u: float) -> None:
    if u < FUNCTIONS[name].start:
        return
    got = complex_step((), Call(name, (x,)), "x", {"x": u})
    assert got == pytest.approx(known_slope(name, u), rel=1e-12, abs=1e-16)


@pytest.mark.parametrize("name", ["relu", "abs", "sign", "floor"])
def test_the_slope_at_a_kink_is_zero(name: str) -> None:
    assert complex_step((), Call(name, (x,)), "x", {"x": 0.0}) == 0.0


@pytest.mark.parametrize("name", ["max", "min"])
def test_a_tie_gives_half_to_each(name: str) -> None:
    assert complex_step((), Call(name, (x, y)), "x", {"x": 2.0, "y": 2.0}) == 0.5
    assert complex_step((), Call(name, (x, y)), "x", {"x": 3.0, "y": 2.0}) == float(name == "max")


@pytest.mark.parametrize(
    ("expr", "wanted"),
    [
        (Pow(x, number(-2)), -2 * (-1.5) ** -3),
        (Pow(x, y), 3 * (-1.5) ** 2),
        (Pow(Neg(x), Number(number(1).value / 2)), -0.5 / math.sqrt(1.5)),
        (Cond(Bracket("<", x, number(0)), Mul((x, x)), x), -3.0),
        (Mul((Bracket("<", x, number(0)), x)), 1.0),
    ],
)
def test_powers_and_conditions(expr: Expr, wanted: float) -> None:
    assert complex_step((), expr, "x", {"x": -1.5, "y": 3.0}) == pytest.approx(wanted, rel=1e-14)


def test_arrays() -> None:
    setting = Setting(ranges={"i": range(1, 4), "j": range(1, 3)}, axes={"W": ("j", "i"), "x": ("i",)})
    body = Reduce("sum", ("i",), Mul((Ref("W", (index("j"), index("i"))), Ref("x", (index("i"),)))))
    equations = (
        Equation(Ref("h", (index("j"),)), Call("tanh", (body,))),
        Equation(E, Reduce("sum", ("j",), Pow(Ref("h", (index("j"),)), number(2)))),
    )
    values = {"W": [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]], "x": [1.0, -1.0, 2.0]}
    weight = Ref("W", (index("j"), index("i")))
    h = math.tanh(0.4 - 0.5 + 1.2)
    got = complex_step(equations, "E", weight, values, setting=setting, letters={"j": 2, "i": 3})
    assert got == pytest.approx(2 * h * (1 - h * h) * 2.0, rel=1e-14)
    unit = Ref("h", (index("j"),))
    got = complex_step(equations, E, unit, values, setting=setting, letters={"j": 1}, kind="partial")
    assert got == pytest.approx(2 * math.tanh(0.5), rel=1e-14)


def test_second_derivatives() -> None:
    cubic = (Equation(E, Add((Mul((w, w, x)), Call("exp", (Mul((w, x)),))))),)
    point = {"w": 0.7, "x": -1.2}
    e = math.exp(-0.84)
    assert derivative(Derivative(E, (w, w)), cubic, point) == pytest.approx(-2.4 + 1.44 * e, rel=1e-15)
    assert derivative(Derivative(E, (w, x)), cubic, point) == pytest.approx(1.4 + e * (1 - 0.84), rel=1e-15)


def test_a_printed_line_can_be_checked() -> None:
    line = Mul((Derivative(E, (Ref("y_hat"),), "partial"), Derivative(Ref("y_hat"), (w,))))
    right = evaluate(
        line, POINT, equations=SEED, derivative=lambda node, letters: derivative(node, SEED, POINT, letters=letters)
    )
    assert right == pytest.approx(complex_step(SEED, "E", "w", POINT), rel=1e-15)
    wrong = evaluate(Neg(line), POINT, derivative=lambda node, letters: derivative(node, SEED, POINT))
    assert wrong != pytest.approx(right)
