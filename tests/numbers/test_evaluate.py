"""Evaluation: the meaning of every node, on floats, complex numbers and intervals."""

import math
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainrule.errors import BrokenPass
from chainrule.expr.nodes import (
    Add,
    At,
    Bracket,
    Call,
    Cond,
    Constant,
    Derivative,
    Div,
    Equation,
    Expr,
    Index,
    InRange,
    Mul,
    Neg,
    Number,
    Pow,
    Reduce,
    Ref,
    Size,
    index,
    number,
)
from chainrule.numbers.environment import Setting
from chainrule.numbers.evaluate import evaluate, solve
from chainrule.numbers.interval import Interval
from chainrule.numbers.kinds import COMPLEXES, FLOATS, INTERVALS

a, b, c = Ref("a"), Ref("b"), Ref("c")
POINT = {"a": 0.1, "b": 0.2, "c": 0.3}


@dataclass(frozen=True)
class Function:
    parameters: tuple[str, ...]
    body: Expr
    rules: dict[int, tuple[str, Expr]] = field(default_factory=dict)


def shifted(letter: str, by: int) -> Index:
    return Index(((letter, 1),), by)


@pytest.mark.parametrize(
    ("expr", "wanted"),
    [
        (Number(Fraction(1, 3)), 1 / 3),
        (number(-2), -2.0),
        (Constant("pi"), math.pi),
        (Add((a, b, c)), (0.1 + 0.2) + 0.3),
        (Add((c, b, a)), (0.3 + 0.2) + 0.1),
        (Add((a, Neg(b))), 0.1 - 0.2),
        (Mul((a, b, c)), (0.1 * 0.2) * 0.3),
        (Div(a, c), 0.1 / 0.3),
        (Div(a, number(0)), math.inf),
        (Pow(a, number(3)), (0.1 * 0.1) * 0.1),
        (Pow(a, number(-1)), 1 / 0.1),
        (Pow(number(2), Number(Fraction(1, 2))), math.sqrt(2.0)),
        (Pow(a, b), 0.1**0.2),
        (Call("max", (a, b)), 0.2),
        (Call("relu", (Neg(a),)), 0.0),
        (Bracket("<", a, b), 1.0),
        (Bracket(">=", a, b), 0.0),
        (Cond(Bracket("==", a, b), Div(a, number(0)), c), 0.3),
        (Number(Fraction(10) ** 400), math.inf),
    ],
)
def test_scalars(expr: Expr, wanted: float) -> None:
    assert evaluate(expr, POINT) == pytest.approx(wanted, rel=2.3e-16, abs=0.0)
    if not isinstance(expr, Pow):
        assert evaluate(expr, POINT) == wanted


@pytest.mark.parametrize(
    "product",
    [
        lambda no: Mul((no, Div(number(1), Add((a, Neg(a)))))),
        lambda no: Div(Mul((no, b)), Add((a, Neg(a)))),
        lambda no: Mul((Call("log", (Add((a, Neg(a))),)), Div(no, a))),
        lambda no: Div(Div(Mul((b, no)), Add((a, Neg(a)))), Add((a, Neg(a)))),
        lambda no: Mul((b, Neg(Mul((no, Call("sqrt", (Neg(a),))))))),
    ],
)
def test_a_bracket_guards_what_has_no_value_beside_it(product: Callable[[Expr], Expr]) -> None:
    for kind in (FLOATS, COMPLEXES):
        assert evaluate(product(Bracket(">", a, b)), POINT, kind) == 0
        assert not abs(evaluate(product(Bracket("<", a, b)), POINT, kind)) < math.inf
    assert evaluate(product(Bracket(">", a, b)), POINT, INTERVALS) == Interval(0.0, 0.0)


def test_a_bracket_beside_a_name_multiplies() -> None:
    assert math.isnan(evaluate(Mul((Bracket(">", a, b), c)), {**POINT, "c": math.inf}))


def test_only_the_chosen_side_of_a_condition_is_evaluated() -> None:
    assert evaluate(Cond(Bracket("<", a, b), a, Ref("nowhere")), POINT) == 0.1


SETTING = Setting(
    ranges={"i": range(1, 4), "j": range(2), "t": range(3), "p": range(2)},
    axes={"x": ("i",), "W": ("j", "i"), "e": ("p",)},
    pattern="p",
)
ARRAYS: dict[str, Any] = {"x": [1.0, 2.0, 4.0], "W": [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], "e": [3.0, 5.0]}
x_i, W_ji = Ref("x", (index("i"),)), Ref("W", (index("j"), index("i")))


@pytest.mark.parametrize(
    ("expr", "wanted"),
    [
        (Reduce("sum", ("i",), x_i), 7.0),
        (Reduce("mean", ("i",), x_i), 7.0 / 3.0),
        (Reduce("prod", ("i",), x_i), 8.0),
        (Reduce("max", ("i",), Neg(x_i)), -1.0),
        (Reduce("min", ("i",), x_i), 1.0),
        (Reduce("logsumexp", ("i",), Mul((number(1000), x_i))), 4000.0),
        (Reduce("sum", ("j", "i"), Mul((W_ji, x_i))), 1 + 4 + 12 + 4 + 10 + 24),
        (Reduce("sum", ("i'",), Ref("x", (index("i'"),))), 7.0),
        (Reduce("sum", ("i#7",), At(index("i#7"))), 6.0),
        (Size("i"), 3.0),
        (Reduce("mean", (), Ref("e", (index("p"),))), 4.0),
        (Reduce("sum", ("i",), Mul((Ref("x", (shifted("i", -1),)), InRange(shifted("i", -1), "i")))), 3.0),
        (Reduce("sum", ("i",), Cond(InRange(shifted("i", 1), "i"), Ref("x", (shifted("i", 1),)), number(0))), 6.0),
        (Reduce("sum", ("i",), Mul((Bracket("==", At(index("i")), number(2)), x_i))), 2.0),
    ],
)
def test_indices(expr: Expr, wanted: float) -> None:
    assert evaluate(expr, ARRAYS, setting=SETTING) == wanted


def test_free_letters_are_bound_by_the_caller() -> None:
    assert evaluate(W_ji, ARRAYS, setting=SETTING, letters={"j": 1, "i": 3}) == 6.0
    assert evaluate(W_ji, {"W": {(1, 3): 9.0}}, setting=SETTING, letters={"j": 1, "i": 3}) == 9.0


def test_equations_of_arrays_and_a_recurrence() -> None:
    h = Ref("h", (index("t"),))
    before = Mul((InRange(shifted("t", -1), "t"), Ref("h", (shifted("t", -1),))))
    equations = (
        Equation(Ref("z", (index("j"),)), Reduce("sum", ("i",), Mul((W_ji, x_i)))),
        Equation(h, Add((before, number(1)))),
        Equation(Ref("last"), Ref("h", (Index((), 2),))),
    )
    found = solve(equations, ARRAYS, setting=SETTING)
    assert found == {"z": {(0,): 17.0, (1,): 38.0}, "h": {(0,): 1.0, (1,): 2.0, (2,): 3.0}, "last": 3.0}


def test_a_base_line_beats_the_general_one_and_order_does_not_matter() -> None:
    general = Equation(Ref("h", (index("t"),)), Mul((number(2), Ref("h", (shifted("t", -1),)))))
    base = Equation(Ref("h", (Index((), 0),)), number(5))
    assert solve((general, base), {}, setting=SETTING)["h"] == {(0,): 5.0, (1,): 10.0, (2,): 20.0}


def test_functions_of_the_model() -> None:
    u = Ref("u")
    square = Function(("u",), Mul((u, u, b)), {1: ("v", Mul((number(2), Ref("v"))))})
    setting = Setting(functions={"A": square, "B": Function(("u",), Call("A", (Call("A", (u,)),)))})
    assert evaluate(Call("A", (a,)), POINT, setting=setting) == 0.1 * 0.1 * 0.2
    assert evaluate(Call("B", (number(1),)), {"b": 2.0}, setting=setting) == 8.0
    assert evaluate(Call("A", (c,), 1), POINT, setting=setting) == 0.6
    assert evaluate(Call("A", (c,), 2), POINT, setting=setting) == 2.0  # the derivative of the rule


def test_a_derivative_without_a_rule_is_a_complex_step() -> None:
    u = Ref("u")
    setting = Setting(functions={"A": Function(("u",), Mul((u, u, u, b)))})
    assert evaluate(Call("A", (c,), 1), POINT, setting=setting) == pytest.approx(3 * 0.09 * 0.2, rel=1e-15)
    assert evaluate(Call("tanh", (a,), 1), POINT) == pytest.approx(1 - math.tanh(0.1) ** 2, rel=1e-15)
    moved = evaluate(Call("A", (c,), 1), {**POINT, "c": 0.3 + 1e-30j}, COMPLEXES, setting=setting)
    assert moved.imag / 1e-30 == pytest.approx(6 * 0.3 * 0.2, rel=1e-15)
    ninth = Setting(functions={"A": Function(("u",), Mul((Pow(u, number(9)), b)))})
    for order, wanted in ((2, 72 * 0.3**7), (3, 504 * 0.3**6), (6, 60480 * 0.3**3)):
        assert evaluate(Call("A", (c,), order), POINT, setting=ninth) == pytest.approx(wanted * 0.2, rel=1e-14)
        moved = evaluate(Call("A", (c,), order), {**POINT, "b": 0.2 + 1e-30j}, COMPLEXES, setting=ninth)
        assert moved.imag / 1e-30 == pytest.approx(wanted, rel=1e-14)
    with pytest.raises(BrokenPass, match="order 1"):
        evaluate(Call("tanh", (a,), 1), {"a": Interval(0.0, 1.0)}, INTERVALS)


def test_a_parameter_hides_a_quantity_of_its_name() -> None:
    setting = Setting(functions={"A": Function(("a",), Neg(a))})
    assert evaluate(Call("A", (number(4),)), {"a": 1.0}, setting=setting) == -4.0


def test_derivatives_are_names() -> None:
    gradient = Derivative(Ref("E"), (Ref("W", (index("j"), index("i"))),))
    values = {"∂E/∂W": {(0, 1): 7.0}}
    assert evaluate(gradient, values, setting=SETTING, letters={"j": 0, "i": 1}) == 7.0
    assert evaluate(Derivative(Ref("E"), (a,)), {}, derivative=lambda node, letters: 3.0) == 3.0
    assert evaluate(Derivative(Ref("E"), (a,)), {}, equations=[Equation(Derivative(Ref("E"), (a,)), number(2))]) == 2.0
    with pytest.raises(BrokenPass):
        evaluate(Derivative(Ref("E"), (a,)), {})


@pytest.mark.parametrize(
    ("expr", "values"),
    [
        (Ref("nothing"), {}),
        (Ref("x", (Index((), 0),)), ARRAYS),
        (Ref("x", (Index((), 4),)), ARRAYS),
        (Ref("x", (index("i"),)), ARRAYS),
        (Reduce("sum", ("q",), number(1)), {}),
        (Call("unheard", (number(1),)), {}),
    ],
)
def test_what_has_no_value_is_said(expr: Expr, values: dict[str, Any]) -> None:
    with pytest.raises(BrokenPass):
        evaluate(expr, values, setting=SETTING)


def test_a_definition_in_a_circle_is_said() -> None:
    with pytest.raises(BrokenPass, match="defined by itself"):
        solve((Equation(a, b), Equation(b, a)), {})


def test_deep_expressions_need_no_deep_stack() -> None:
    deep: Expr = a
    for _ in range(20_000):
        deep = Neg(Add((deep, b)))
    chain = tuple(Equation(Ref(f"q{k}"), Add((Ref(f"q{k + 1}"), number(1)))) for k in range(2000))
    results: list[float] = []

    def run() -> None:
        sys.setrecursionlimit(150)
        results.append(evaluate(deep, POINT))
        results.append(evaluate(Ref("q0"), {"q2000": 0.0}, equations=chain))

    limit = sys.getrecursionlimit()
    try:
        worker = threading.Thread(target=run)
        worker.start()
        worker.join()
    finally:
        sys.setrecursionlimit(limit)
    assert results[1] == 2000.0
    assert len(results) == 2


def expressions() -> st.SearchStrategy[Expr]:
    """Expressions of a, b and c that have a value on all three kinds of number."""
    leaves = st.sampled_from([a, b, c]) | st.fractions(-5, 5, max_denominator=9).map(number)
    smooth = st.sampled_from(["exp", "tanh", "sigmoid", "sin", "cos", "softplus", "arctan"])
    return st.recursive(
        leaves,
        lambda inner: (
            st.tuples(inner, inner).map(Add)
            | st.tuples(inner, inner, inner).map(Mul)
            | inner.map(Neg)
            | st.builds(Div, inner, inner)
            | st.builds(Pow, inner, st.integers(-3, 3).map(number))
            | st.builds(lambda name, inside: Call(name, (inside,)), smooth, inner)
            | st.builds(lambda inside, other: Cond(Bracket("<", inside, a), inside, other), inner, inner)
        ),
        max_leaves=12,
    )


@given(expr=expressions(), point=st.tuples(*[st.floats(-2, 2)] * 3), widths=st.tuples(*[st.floats(0, 0.5)] * 3))
def test_the_kinds_agree(expr: Expr, point: tuple[float, ...], widths: tuple[float, ...]) -> None:
    values = dict(zip("abc", point, strict=True))
    result = evaluate(expr, values, FLOATS)
    around = {name: Interval(x - width, x + width) for (name, x), width in zip(values.items(), widths, strict=True)}
    assert math.isnan(result) or result in evaluate(expr, around, INTERVALS)
    tight = evaluate(expr, values, INTERVALS)
    if math.isfinite(tight.lower) and math.isfinite(tight.upper):
        imaginary = evaluate(expr, values, COMPLEXES)
        slack = 1e-9 * (1 + abs(result)) + 10 * (tight.upper - tight.lower)
        assert abs(imaginary.real - result) <= slack


@pytest.mark.parametrize("kind", [FLOATS, COMPLEXES, INTERVALS], ids=["float", "complex", "interval"])
def test_a_sum_of_brackets_in_every_kind(kind: Any) -> None:
    expr = Reduce("sum", ("i",), Mul((Bracket(">", x_i, number(1)), x_i)))
    result = evaluate(expr, ARRAYS, kind, setting=SETTING)
    assert result in (6.0, Interval(6.0, 6.0))


def test_an_undecided_bracket_is_zero_or_one() -> None:
    unsure = {"a": Interval(0.0, 2.0), "b": Interval(1.0, 1.0)}
    assert evaluate(Bracket("<", a, b), unsure, INTERVALS) == Interval(0.0, 1.0)
    assert evaluate(Cond(Bracket("<", a, b), number(5), number(7)), unsure, INTERVALS) == Interval(5.0, 7.0)
