"""How expressions are read: each row of the table of the language, and how each kind of node is typed."""

from fractions import Fraction

import pytest

from chainrule.errors import NotationError
from chainrule.expr.nodes import (
    Add,
    At,
    Bracket,
    Call,
    Cond,
    Constant,
    Derivative,
    Div,
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
)
from chainrule.notation import parse, parse_equation, parse_expression
from chainrule.notation.statements import Define

LETTERS = ("i", "j", "k", "p", "q", "s", "t", "u")


def read(text: str, **names: tuple[str, ...]) -> Expr:
    return parse_expression(text, **({"letters": LETTERS, "functions": ("A", "f"), "quantities": ("x",)} | names))


def n(value: str | int) -> Number:
    return Number(Fraction(value))


a, b, c, d, x, y = (Ref(name) for name in "abcdxy")
v_i, x_i = Ref("v", (index("i"),)), Ref("x", (index("i"),))
half = n("1/2")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("½x", Mul((half, x))),
        ("2x", Mul((n(2), x))),
        ("x y", Mul((x, y))),
        ("x²y", Mul((Pow(x, n(2)), y))),
        ("f (x)", Call("f", (x,))),
        ("x(1−y)", Mul((x, Add((n(1), Neg(y)))))),
        ("½(a−b)", Mul((half, Add((a, Neg(b)))))),
        ("a/b·c", Mul((Div(a, b), c))),
        ("a·b/c", Div(Mul((a, b)), c)),
        ("a/b/c", Div(Div(a, b), c)),
        ("-x^2", Neg(Pow(x, n(2)))),
        ("2^-1", Pow(n(2), Neg(n(1)))),
        ("2^3^x", Pow(n(2), Pow(n(3), x))),
        ("x^-y^2", Pow(x, Neg(Pow(y, n(2))))),
        ("-x·y", Neg(Mul((x, y)))),
        ("a − b + c", Add((a, Neg(b), c))),
        ("a - (b - c)", Add((a, Neg(Add((b, Neg(c))))))),
        ("a·(b·c)", Mul((a, Mul((b, c))))),
        ("5e-05", n("1/20000")),
        ("2e1", n(20)),
        ("1/2·x", Mul((half, x))),
        ("x·1/2", Div(Mul((x, n(1))), n(2))),
        ("x·(1/2)", Mul((x, half))),
        ("x^(1/2)", Pow(x, half)),
        ("1/2^2", Div(n(1), Pow(n(2), n(2)))),
        ("1/2²", Div(n(1), Pow(n(2), n(2)))),
        ("(3)/7", Div(n(3), n(7))),
        ("1/2/x", Div(half, x)),
        ("1/0", Div(n(1), n(0))),
        ("Σ_i v[i]·x + b", Add((Reduce("sum", ("i",), Mul((v_i, x))), b))),
        ("Σ_i(v[i]+1)²", Reduce("sum", ("i",), Pow(Add((v_i, n(1))), n(2)))),
        ("Σ_i (v[i]+1)²", Reduce("sum", ("i",), Pow(Add((v_i, n(1))), n(2)))),
        ("a·Σ_i v[i]/3", Mul((a, Reduce("sum", ("i",), Div(v_i, n(3)))))),
        (
            "Σ_i v[i] Σ_j b[j] c",
            Reduce("sum", ("i",), Mul((v_i, Reduce("sum", ("j",), Mul((Ref("b", (index("j"),)), c)))))),
        ),
        ("mean_i 2x[i]", Reduce("mean", ("i",), Mul((n(2), x_i)))),
        ("x²³", Pow(x, n(23))),
        ("x⁻¹", Pow(x, Neg(n(1)))),
        ("mean_error", Ref("mean_error")),
        ("max_w", Ref("max_w")),
        ("max(a, b)", Call("max", (a, b))),
        ("min_i v[i]", Reduce("min", ("i",), v_i)),
        ("max (a)", Reduce("max", (), a)),
        ("mean (a − b)²", Reduce("mean", (), Pow(Add((a, Neg(b))), n(2)))),
        ("Σ x", Reduce("sum", (), x)),
        ("∏_i x[i]", Reduce("prod", ("i",), x_i)),
        ("[x<-1]", Bracket("<", x, Neg(n(1)))),
        ("[x ≥ 0]", Bracket(">=", x, n(0))),
        ("[i == j]", Bracket("==", At(index("i")), At(index("j")))),
        ("x[x > 0]", Mul((x, Bracket(">", x, n(0))))),
        ("[t−1 ∈ t]", InRange(Index((("t", 1),), -1), "t")),
        ("if(a > b, c, d)", Cond(Bracket(">", a, b), c, d)),
        ("if(t-1 in t, c, d)", Cond(InRange(Index((("t", 1),), -1), "t"), c, d)),
        ("x[t-1]", Ref("x", (Index((("t", 1),), -1),))),
        ("x[2p+u, -s+3]", Ref("x", (Index((("p", 2), ("u", 1))), Index((("s", -1),), 3)))),
        ("x[i - i + 2*j]", Ref("x", (Index((("j", 2),)),))),
        ("hₜ₋₁", Ref("h", (Index((("t", 1),), -1),))),
        ("hₜ₋₁ⱼ", Ref("h", (Index((("t", 1),), -1), index("j")))),
        ("W₁ⱼᵢ", Ref("W1", (index("j"), index("i")))),
        ("x[i', j'']", Ref("x", (index("i'"), index("j''")))),
        ("Σᵢ xᵢ", Reduce("sum", ("i",), x_i)),
        ("Σ_{i,k} x[i]", Reduce("sum", ("i", "k"), x_i)),
        ("Σᵢₖ x[i]", Reduce("sum", ("i", "k"), x_i)),
        ("logsumexp_k' z[k']", Reduce("logsumexp", ("k'",), Ref("z", (index("k'"),)))),
        ("i·x", Mul((At(index("i")), x))),
        ("x^i", Pow(x, At(index("i")))),
        ("size(p)", Size("p")),
        ("2π", Mul((n(2), Constant("pi")))),
        ("A'(x) + A''(x)", Add((Call("A", (x,), 1), Call("A", (x,), 2)))),
        ("tanh′(x)", Call("tanh", (x,), 1)),
        ("A’’(x)", Call("A", (x,), 2)),
        ("A″(x)", Call("A", (x,), 2)),
        ("ln(x) + σ(y)", Add((Call("log", (x,)), Call("sigmoid", (y,))))),
        ("softmax_k(z[k])", Call("softmax_k", (Ref("z", (index("k"),)),))),
        ("∂a/∂x", Derivative(a, (x,))),
        ("∂²a/∂x²", Derivative(a, (x, x))),
        ("∂²a/∂x∂y", Derivative(a, (x, y))),
        ("∂(a·b)/∂x", Derivative(Mul((a, b)), (x,))),
        ("d(a)/d(x)", Derivative(a, (x,))),
        ("d(a)/d(x, y)", Derivative(a, (x, y))),
        ("partial(a·b)/partial(x[i])", Derivative(Mul((a, b)), (x_i,), "partial")),
        ("∂a/∂x·∂x/∂y", Mul((Derivative(a, (x,)), Derivative(x, (y,))))),
        ("x − 2·∂a/∂x", Add((x, Neg(Mul((n(2), Derivative(a, (x,)))))))),
        ("(∂a/∂x)/(∂²a/∂x²)", Div(Derivative(a, (x,)), Derivative(a, (x, x)))),
        ("x×y ⋅ a**2", Mul((x, y, Pow(a, n(2))))),
        ("+a", a),
    ],
)
def test_an_expression_is_read(typed: str, meant: Expr) -> None:
    assert read(typed) == meant


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ŷ − y", "y_hat - y"),
        ("y\u0302", "\u0177"),
        ("T̂", "T_hat"),
        ("x̄ + ẋ + x̃", "x_bar + x_dot + x_tilde"),
        ("x₁ + x_1", "x1 + x1"),
        ("Δw·η0", "Delta_w*eta0"),
        ("μ + µ", "mu + mu"),
        ("½ + ¼ + ⅓", "1/2 + 1/4 + 1/3"),
        ("∂E/∂w", "d(E)/d(w)"),
        ("[x≤y]·[x≠y]", "[x <= y]*[x != y]"),
        ("a\u00a0+\u2009b", "a+b"),
    ],
)
def test_both_spellings_are_one(one: str, other: str) -> None:
    assert read(one) == read(other)


MODEL = "index i, k = 1..2\ndata x[i], d, e\nweight w, α[i]\nA(u) = u\nf(w, i) = w·i(1 − w)\n"


def body(line: str, model: str = MODEL) -> Expr:
    statement = parse(model + line).statements[-1]
    assert isinstance(statement, Define)
    return statement.equation.body


def test_what_a_name_is_decides_calls_and_products_and_white_space_never_does() -> None:
    w, e, dd = Ref("w"), Ref("e"), Ref("d")
    assert body("E = w (1 - e)") == body("E = w(1-e)") == Mul((w, Add((n(1), Neg(e)))))
    assert body("E = A (e)") == body("E = A(e)") == Call("A", (e,))
    assert body("E = e^2") == Pow(e, n(2))  # a quantity called e is no other e
    assert body("E = d(e)·w") == Mul((dd, e, w))
    assert body("E = d(w)/d(e)") == Derivative(w, (e,))  # as a product it would be an error
    assert body("E = α[1] w") == Mul((Ref("alpha", (Index((), 1),)), w))


def test_a_declared_name_wins_over_a_known_one() -> None:
    own = "data x\nweight exp, π, max, σ\n"
    assert body("E = exp(x)", own) == Mul((Ref("exp"), x))
    assert body("E = π + max(x)", own) == Add((Ref("pi"), Mul((Ref("max"), x))))
    assert body("E = σ x", own) == Mul((Ref("sigma"), x))
    assert body("E = sigmoid(x)", own) == Call("sigmoid", (x,))


def test_parameters_of_a_function_are_its_own() -> None:
    function = parse(MODEL).statements[-1]
    w, i = Ref("w"), Ref("i")
    assert function.body == Mul((w, i, Add((n(1), Neg(w)))))  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["sum_x", "mean_error", "max_w", "sum", "mean"])
def test_a_name_that_looks_like_a_reduction_is_a_name_where_it_is_declared(name: str) -> None:
    assert body(f"E = {name}·x", f"data x\nweight {name}\n") == Mul((Ref(name), x))


def test_a_long_word_after_a_reduction_is_a_name_that_the_model_may_miss() -> None:
    assert body("E = mean_error w") == Mul((Ref("mean_error"), Ref("w")))


def test_a_number_with_an_exponent_that_could_be_a_name_draws_a_note() -> None:
    text = parse("weight e1\nE = 2e1 + e1")
    ((note, span),) = text.notes
    assert "2*e1" in note
    assert text.source.text[span.start : span.stop] == "2e1"
    assert parse("weight e2\nE = 2e1 + e2").notes == ()


def test_a_continued_line_is_one_statement() -> None:
    assert body("E = w +  # the first\n\n  e ·\n e") == body("E = w + e·e")
    assert body("E = max(\nw, e)") == body("E = max(w, e)")


def test_the_left_side_of_a_derived_equation_is_a_derivative() -> None:
    equation = parse_equation("∂E/∂w[i] = (ŷ − y)·x[i]", letters=("i",))
    assert equation.target == Derivative(Ref("E"), (Ref("w", (index("i"),)),))
    assert equation.letters == ("i",)
    assert parse_equation("h[0,j] = 0", letters=("j",)).target == Ref("h", (Index((), 0), index("j")))


@pytest.mark.parametrize("text", ["", "a\nb", "# nothing", "a = b", "a b,"])
def test_one_expression_is_one_expression(text: str) -> None:
    with pytest.raises(NotationError):
        parse_expression(text)


def test_places_count_the_text_as_typed() -> None:
    typed = "E = y\u0302·2x[i] + tanh(ŷ − 1)  # both kinds of ŷ"
    statement = parse("index i\n" + typed).statements[-1]
    assert isinstance(statement, Define)
    add = statement.equation.body
    assert isinstance(add, Add)

    def at(node: Expr) -> str:
        return typed[node.span.start - 8 : node.span.stop - 8]

    assert [at(term) for term in add.args] == ["y\u0302·2x[i]", "tanh(ŷ − 1)"]
    assert at(add) == typed[4 : typed.index("  #")]
