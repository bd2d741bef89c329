"""Simplifying keeps the value, lowers the measure, changes nothing the second time, and leaves the textbook's form."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainrule.expr.nodes import Add, Bracket, Call, Cond, Div, Expr, Mul, Neg, Number, Pow, Ref, number
from chainrule.expr.walk import nodes
from chainrule.gradient.simplify import measure, simplified, simplify
from chainrule.notation import parse_expression, show
from chainrule.numbers.evaluate import evaluate

POINT = {"a": 0.7, "b": -1.3, "c": 2.1}


def expressions() -> st.SearchStrategy[Expr]:
    leaves = st.sampled_from([Ref("a"), Ref("b"), Ref("c"), number(1), number(2), number("1/2"), number(3)])

    def larger(inside: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
        several = st.lists(inside, min_size=2, max_size=4).map(tuple)
        test = st.builds(Bracket, st.sampled_from([">", "<"]), inside, inside)
        return st.one_of(
            st.builds(Add, several),
            st.builds(Mul, several),
            st.builds(Neg, inside),
            st.builds(Div, inside, inside),
            st.builds(Pow, inside, st.sampled_from([number(2), number(3), number(-1)])),
            st.builds(lambda arg: Call("tanh", (arg,)), inside),
            st.builds(Cond, test, inside, inside),
            test,
        )

    return st.recursive(leaves, larger, max_leaves=14)


def near_a_border(expr: Expr) -> bool:
    """Whether a comparison is too close to be the same after rounding, or a divisor too close to 0."""
    for node in nodes(expr):
        if isinstance(node, Bracket):
            apart = evaluate(node.left, POINT) - evaluate(node.right, POINT)
            if not abs(apart) > 1e-9:
                return True
        if isinstance(node, Div) and not abs(evaluate(node.denominator, POINT)) > 1e-6:
            return True
        if isinstance(node, Pow) and not abs(evaluate(node.base, POINT)) > 1e-6:
            return True
    return False


@given(expressions())
def test_simplifying_keeps_the_value_and_lowers_the_measure(expr: Expr) -> None:
    short, used = simplified(expr)
    assert (measure(short) < measure(expr)) == bool(used)
    before, after = evaluate(expr, POINT), evaluate(short, POINT)
    if math.isfinite(before) and not near_a_border(expr):
        scale = max(abs(evaluate(node, POINT)) for node in nodes(expr) if math.isfinite(evaluate(node, POINT)))
        assert abs(before - after) <= 1e-9 * max(1.0, scale**3)


@given(expressions())
def test_simplifying_again_changes_nothing(expr: Expr) -> None:
    once = simplify(expr)
    assert simplify(once) == once


@pytest.mark.parametrize(
    "written, short",
    [
        ("1/2*2*(a - b)", "a - b"),
        ("a*1*b", "a*b"),
        ("a*b*2", "2*a*b"),
        ("a*(-b)", "-a*b"),
        ("-(-a)", "a"),
        ("a/b*b", "a"),
        ("a + a", "2*a"),
        ("a - a", "0"),
        ("-a + b", "b - a"),
        ("a/c - b/c", "(a - b)/c"),
        ("(1 - a)*b - a*b", "(1 - 2*a)*b"),
        ("((1 - a)/(1 - b) - a/b)*(1 - b)*b", "b - a"),
        ("if(a > b, c, c)", "c"),
        ("if(a > b, c, 0) + if(a > b, 0, b)", "if(a > b, c, b)"),
    ],
)
def test_the_rewrites_of_a_textbook(written: str, short: str) -> None:
    assert show(simplify(parse_expression(written)), ascii=True) == short


@pytest.mark.parametrize(
    "written", ["(1 - a)*a", "a*b*c", "b*a", "-(a - b)", "1 - tanh(a)^2", "a/b*c", "(a*b)^2", "a/b"]
)
def test_what_a_textbook_leaves_is_left(written: str) -> None:
    assert show(simplify(parse_expression(written)), ascii=True) == written


def test_a_zero_that_someone_wrote_is_not_multiplied_out() -> None:
    # with b infinite the product is not 0
    assert show(simplify(parse_expression("0*b")), ascii=True) == "0*b"
    assert simplify(Mul((number(0), Ref("b")))) == number(0)


def test_simplifying_is_deep_without_being_recursive() -> None:
    expr: Expr = Ref("a")
    for _ in range(200):
        expr = Add((Mul((expr, Number(number(1).value))), Neg(Ref("b"))))  # type: ignore[union-attr]
    assert len(show(simplify(expr), ascii=True)) > 0
