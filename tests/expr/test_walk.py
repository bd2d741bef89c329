"""Ways through an expression: laws of children, rebuilding and substituting, and depth without recursion."""

import sys
import threading
from fractions import Fraction

import pytest
from hypothesis import given
from tests.expr.strategies import expressions

from chainrule.errors import Span
from chainrule.expr import nodes as node_types
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
    key,
    number,
)
from chainrule.expr.walk import (
    affine,
    children,
    fold,
    names,
    nodes,
    rebuild,
    references,
    rename_index,
    rename_letters,
    size,
    substitute,
    transform,
)

a, b, w = Ref("a"), Ref("b"), Ref("w")
EACH: list[Expr] = [
    Number(Fraction(1, 2)),
    Ref("x", (index("i"),)),
    At(index("i")),
    Size("i"),
    Constant("pi"),
    Add((a, b)),
    Mul((a, b)),
    Neg(a),
    Div(a, b),
    Pow(a, b),
    Call("f", (a, b), 1),
    Reduce("sum", ("i",), a),
    Bracket("<", a, b),
    InRange(index("i"), "i"),
    Cond(Bracket("<", a, b), a, b),
    Derivative(a, (b, w)),
]
"""One of each kind."""


def test_there_is_one_of_each_kind_here() -> None:
    assert {type(node) for node in EACH} == set(node_types.Expr.__args__)  # type: ignore[attr-defined]


@pytest.mark.parametrize("node", EACH, ids=[type(node).__name__ for node in EACH])
def test_every_kind_can_be_walked(node: Expr) -> None:
    assert rebuild(node, children(node)) is node
    others = tuple(Ref(f"{child.name}2") if isinstance(child, Ref) else child for child in children(node))
    again = rebuild(node, others)
    assert children(again) == others
    assert type(again) is type(node)
    assert transform(node, lambda one: one) is node
    with pytest.raises(ValueError, match="zip"):
        rebuild(node, (*children(node), a))


@given(expressions)
def test_nodes_and_fold_see_the_same(expr: Expr) -> None:
    assert size(expr) == len(list(nodes(expr))) == fold(expr, lambda _, inside: 1 + sum(inside))
    assert next(iter(nodes(expr))) is expr


@given(expressions)
def test_renaming_there_and_back_changes_nothing(expr: Expr) -> None:
    there = substitute(expr, {"a": Ref("fresh")})
    assert substitute(there, {"fresh": Ref("a")}) == expr
    assert substitute(expr, {}) == expr


def test_names_are_read_in_written_order_and_never_inside_a_derivative() -> None:
    expr = Add((Mul((b, a)), Derivative(Ref("E"), (w,)), Call("f", (b,))))
    assert references(expr) == (b, a, b)
    assert names(expr) == ("b", "a")
    assert substitute(expr, {"w": a, "E": a, "b": w}) == Add((Mul((w, a)), Derivative(Ref("E"), (w,)), Call("f", (w,))))


def test_a_name_with_indices_is_not_a_parameter() -> None:
    entry = Ref("a", (index("i"),))
    assert substitute(Add((a, entry)), {"a": b}) == Add((b, entry))


def test_indices_add_up() -> None:
    i, j = index("i"), index("j")
    assert affine((i, 2), (Index((), 3), -1), (j, 1), (i, -2)) == Index((("j", 1),), -3)
    assert affine() == Index()
    assert rename_index(Index((("i", 2), ("j", 1)), 1), {"i": Index((("j", 1),), 4)}) == Index((("j", 3),), 9)
    assert rename_index(i, {"k": j}) is i


def test_letters_are_renamed_in_indices_and_values() -> None:
    i = index("i")
    expr = Mul((Ref("x", (i, Index((("i", 1),), -1))), At(i), InRange(i, "i"), Size("i")))
    s = Index((("s", 2),), 1)
    assert rename_letters(expr, {"i": s}) == Mul((Ref("x", (s, Index((("s", 2),)))), At(s), InRange(s, "i"), Size("i")))
    assert rename_letters(expr, {}) is expr


def test_where_a_node_was_typed_is_no_part_of_it() -> None:
    assert Ref("a", (), Span(1, 2)) == a
    assert hash(Ref("a", (), Span(1, 2))) == hash(a)
    assert Number(Fraction(1, 2), "0.5") == Number(Fraction(1, 2), "½")
    assert "span" not in repr(Ref("a", (), Span(1, 2)))


def test_numbers_of_a_text_are_never_negative() -> None:
    assert number("-1/2") == Neg(Number(Fraction(1, 2)))
    assert number(0) == Number(Fraction(0))


def test_keys_name_what_is_kept() -> None:
    entry = Ref("W", (index("j"), index("i")))
    assert key(entry) == "W"
    assert key(Derivative(Ref("E"), (entry,))) == "∂E/∂W"
    assert key(Derivative(Ref("E"), (a, b))) == "∂²E/∂a∂b"
    assert key(Derivative(Ref("E"), (a,), "partial")) != key(Derivative(Ref("E"), (a,)))
    with pytest.raises(TypeError):
        key(Derivative(Add((a, b)), (a,)))


def test_letters_of_an_equation_are_those_of_its_left_side() -> None:
    assert Equation(Ref("h", (Index((), 0), index("j"))), a).letters == ("j",)
    assert Equation(Derivative(Ref("E"), (Ref("W", (index("j"), index("i"))),)), a).letters == ("j", "i")
    assert index("i").letter == "i"
    assert [Index((("i", 2),)).letter, Index((("i", 1),), 1).letter, Index((), 1).letter] == [None, None, None]


def test_deep_trees_need_no_deep_stack() -> None:
    deep: Expr = a
    for _ in range(5000):
        deep = Neg(deep)
    found: list[int] = []

    def walk() -> None:
        sys.setrecursionlimit(150)
        found.append(size(deep))
        found.append(len(references(transform(deep, lambda node: b if node == a else node))))
        found.append(size(substitute(deep, {"a": Add((a, b))})))

    before = sys.getrecursionlimit()
    try:
        in_a_small_stack(walk)
    finally:
        sys.setrecursionlimit(before)
    assert found == [5001, 1, 5003]


def in_a_small_stack(work: object) -> None:
    old = threading.stack_size(512 * 1024)
    try:
        thread = threading.Thread(target=work)  # type: ignore[arg-type]
        thread.start()
        thread.join()
    finally:
        threading.stack_size(old)
