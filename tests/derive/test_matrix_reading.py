"""What single equations read as, what is refused and why, and that the check of a form finds a wrong one."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from chainrule.derive.matrix import MatrixForm, NoMatrixForm, latex, matrix_form, show
from chainrule.derive.matrix.check import checked, point, sizes
from chainrule.derive.matrix.tree import Name, Product, Times, Transpose, transpose
from chainrule.errors import BrokenPass, DerivationError
from chainrule.expr.nodes import Add, Call, Derivative, Div, Equation, Expr, Mul, Neg, Number, Pow, Reduce, Ref, index
from chainrule.model import build
from chainrule.notation import parse, parse_equation
from chainrule.numbers.environment import Setting
from chainrule.numbers.evaluate import evaluate
from chainrule.program import lower

MODEL = build(
    parse(
        "patterns p\nindex i = 1..3, j = 1..4, k = 1..2, l = 1..5\ndata x[p,i], y[p]\n"
        "weight w[i], v[i], u[j], g[j], b[k], A[i,j], B[j,k], C[i,k], D[i,i'], T[i,j,k], c, s\n"
        "weight W1[j,i], W2[k,j]\nf(a) = a^2 + c\nE = c"
    )
)


def read(text: str, layout: str = "rows") -> MatrixForm | NoMatrixForm:
    names = (*MODEL.quantities, "z", "h", "E")
    equation = parse_equation(text, quantities=names, functions=("f",), letters=("p", "i", "j", "k", "l"))
    return matrix_form(equation, MODEL, layout)  # type: ignore[arg-type]


def shown(text: str, layout: str = "rows") -> str:
    form = read(text, layout)
    return show(form).partition(" = ")[2] if isinstance(form, MatrixForm) else form.reason


@pytest.mark.parametrize(
    "text, right",
    [
        # inner products: no 𝟏 where a column does
        ("z = sum_i w[i]*v[i]", "wᵀ v"),
        ("z = sum_i w[i]*v[i]^2", "wᵀ v∘²"),
        ("z = sum_i w[i]", "𝟏ᵀ w"),
        ("z = sum_i w[i]^2", "wᵀ w"),
        ("z = sum_{i,j} w[i]*A[i,j]*u[j]", "wᵀ A u"),
        ("z[p] = sum_i w[i]*x[p,i]", "x w"),
        ("z = sum_i (w[i]*v[i] + c)", "wᵀ v + c N_i"),
        ("z[i] = sum_l w[i]", "N_l w"),
        # chains, columns in the middle, branches, triangles
        ("z[i,k] = sum_j A[i,j]*g[j]*B[j,k]", "A diag(g) B"),
        ("z[k,i] = sum_j A[i,j]*g[j]*B[j,k]", "Bᵀ diag(g) Aᵀ"),
        ("z[k] = sum_{i,j} A[i,j]*u[j]*C[i,k]*w[i]", "Cᵀ (w ⊙ (A u))"),
        ("z[i,k] = (sum_j A[i,j]*B[j,k])*C[i,k]", "(A B) ⊙ C"),
        ("z = sum_{i,j,k} A[i,j]*B[j,k]*C[i,k]", "𝟏ᵀ (A ⊙ (C Bᵀ)) 𝟏"),
        ("z[i,i'] = sum_j A[i,j]*A[i',j]", "A Aᵀ"),
        ("z[i,i'] = D[i',i]", "Dᵀ"),
        # spreading
        ("z[i,j] = w[i]*u[j]", "w uᵀ"),
        ("z[i,j] = c", "c 𝟏 𝟏ᵀ"),
        ("z[i] = w[i] + c", "w + c 𝟏"),
        ("z[i] = 1 - w[i]", "1 − w"),
        ("z[i] = sum_j tanh(A[i,j] + w[i] + u[j])", "tanh(A + w 𝟏ᵀ + 𝟏 uᵀ) 𝟏"),
        # quotients
        ("z[i] = c/w[i]", "c ⊘ w"),
        ("z[i] = w[i]/(c*s)", "w/(c s)"),
        ("z[i,j] = A[i,j]/w[i]", "A ⊘ (w 𝟏ᵀ)"),
        ("z[i,j] = w[i]*A[i,j]*u[j]", "diag(w) A diag(u)"),
        ("z[i] = exp(w[i])/(sum_i' exp(w[i']))", "exp(w)/(𝟏ᵀ exp(w))"),
        # entry by entry
        ("z[i] = if(w[i] > 0, w[i], c*v[i])", "if(w > 0, w, c v)"),
        ("z[i] = f(w[i])*[w[i] >= v[i]]", "f(w) ⊙ [w ≥ v]"),
        ("z[i,j] = -(A[i,j]*w[i])", "−diag(w) A"),
        ("z[i,j] = A[i,j]^c", "A∘^c"),
        # sums inside sums
        ("z[i,k] = sum_j (A[i,j] + w[i]*u[j])*B[j,k]", "(A + w uᵀ) B"),
        ("z[p] = y[p] - mean_p' y[p']", "y − (𝟏ᵀ y) 𝟏/N_p"),
    ],
)
def test_an_equation_reads_as(text: str, right: str) -> None:
    assert shown(text) == right


def test_the_hidden_layer_delta_of_a_textbook() -> None:
    names = ("W2", "h", "d1", "d2")
    text = "d1[p,j] = (sum_k d2[p,k]*W2[k,j])*(1 - h[p,j]^2)"
    equation = parse_equation(text, quantities=names, letters=("p", "j", "k"))
    rows, single = (matrix_form(equation, MODEL, layout) for layout in ("rows", "single"))  # type: ignore[arg-type]
    assert isinstance(rows, MatrixForm)
    assert isinstance(single, MatrixForm)
    other = {"d1": "δ₁", "d2": "δ₂"}
    assert show(rows, other=other) == "δ₁ = (δ₂ W₂) ⊙ (1 − h∘²)"
    assert show(single, other=other) == "δ₁ = (W₂ᵀ δ₂) ⊙ (1 − h∘²)"
    assert show(single, ascii=True) == "d1 = (W2.T @ d2) * (1 - h**2)"
    assert latex(single) == r"d_{1} = \left({W_{2}}^{\top} \, d_{2}\right) \odot \left(1 - {h}^{\circ 2}\right)"
    assert (rows.shape, single.shape) == (("p", "j"), ("j", None))


@pytest.mark.parametrize(
    "text, reason",
    [
        ("z[i] = D[i,i]", "D[i,i] has the same letter twice, so it is the diagonal of an array."),
        ("z[i] = i*w[i]", "the value of the index i stands as a number."),
        ("z[i,j] = [i == 2]*A[i,j]", "[i == 2] asks where an index lies."),
        ("z[i] = max_j A[i,j]", "max_j is no sum, so no matrix product does it."),
        ("z[i,j,k] = T[i,j,k]", "z has 3 letters, a matrix two."),
        ("z[i] = sum_{j,k} T[i,j,k]", "T[i,j,k] has 3 letters, a matrix two."),
        ("z[i] = w[2]*v[i]", "w[2] takes one slice of an array."),
        ("z[i] = v[i+1]", "v[i+1] has an index that is not one letter."),
        ("z[i] = z[i-1]*c", "z is made of itself at another place: a recurrence is run slice by slice."),
        (
            "z = sum_{i,j,k,l} A[i,j]*C[i,k]*h[i,l]*h[j,k]*h[j,l]*h[k,l]",
            "the summed letter l joins more than two factors, so no matrix product sums over it.",
        ),
        ("z = E + mean y[p]", "mean y[p] runs over patterns that have no letter."),
        ("z = log(c - 9)*0 + log(-exp(c))", "z is no number wherever it was checked."),
    ],
)
def test_what_has_no_form_says_why(text: str, reason: str) -> None:
    assert shown(text) == reason


def test_a_hessian_is_a_matrix() -> None:
    w, other = (Ref("w", (index(letter),)) for letter in ("i", "i'"))
    equation = Equation(Derivative(Ref("E"), (w, other)), Mul((Number(Fraction(2)), w, other)))
    form = matrix_form(equation, MODEL)
    assert isinstance(form, MatrixForm)
    assert (show(form), form.shape) == ("∂²E/∂w∂w = 2 w wᵀ", ("i", "i'"))
    assert show(form, ascii=True) == "d2E_dw_dw = 2 * w @ w.T"


def test_two_patterns_cannot_be_written_for_one() -> None:
    text = "z[p] = y[p] - mean_p' y[p']"
    assert shown(text, "single") == "two patterns meet in the equation of z, so it cannot be written for one."


def test_a_deep_expression_is_refused_without_deep_recursion() -> None:
    body: Expr = Ref("c")
    for _ in range(5000):
        body = Neg(Add((body, Ref("s"))))
    form = matrix_form(Equation(Ref("z"), body), MODEL)
    assert isinstance(form, NoMatrixForm)
    assert form.reason == "z is nested more than 40 deep."


def test_the_deepest_that_is_read_is_printed() -> None:
    body: Expr = Ref("w", (index("i"),))
    for _ in range(39):
        body = Call("tanh", (body,))
    form = matrix_form(Equation(Ref("z", (index("i"),)), body), MODEL)
    assert isinstance(form, MatrixForm)
    assert show(form).count("tanh") == 39


def test_many_letters_are_refused() -> None:
    letters = tuple("ijkl") + tuple("ijkl'"[n] + "'" * n for n in range(1, 4)) + ("i''''", "j''''", "k''''", "l''''")
    body: Expr = Mul(tuple(Ref("w", (index(letter),)) for letter in letters))
    form = matrix_form(Equation(Ref("z"), Reduce("sum", letters, body)), MODEL)
    assert isinstance(form, NoMatrixForm)
    assert form.reason == "z has more than 8 letters."


def test_a_wrong_tree_is_caught_by_the_check() -> None:
    form = read("z[i,k] = sum_j A[i,j]*B[j,k]")
    assert isinstance(form, MatrixForm)
    assert checked(form, MODEL)
    for tree in (transpose(form.tree), Times((form.tree, form.tree))):
        with pytest.raises(DerivationError) as caught:
            checked(replace(form, tree=tree), MODEL)
        assert caught.value.code == "E291"
        assert caught.value.problem.startswith("the matrix form of z ")


def test_shapes_that_do_not_fit_make_no_tree() -> None:
    a = Name(Ref("A", (index("i"), index("j"))), ("i", "j"))
    with pytest.raises(BrokenPass):
        Product((a, a))
    with pytest.raises(BrokenPass):
        Times((a, Transpose(a)))


def test_the_hidden_letter_of_the_patterns_never_shows() -> None:
    model = build(
        parse("index p = 0..1, i = 0..1\ndata x[i], y[p]\nweight W[p,i]\nE = sum_p (y[p] - sum_i W[p,i]*x[i])^2")
    )
    program = lower(model)
    texts = []
    for equations in program.phases.values():
        for equation in equations:
            for layout in ("rows", "single"):
                form = matrix_form(equation, model, layout)  # type: ignore[arg-type]
                texts.append(show(form) if isinstance(form, MatrixForm) else form.reason)
                texts.append(latex(form) if isinstance(form, MatrixForm) else "")
    assert not [text for text in texts if "#" in text]
    assert "goal = Σ_p E/N_p" in texts
    assert "∂goal/∂W = −2 Σ_n (∂goal/∂E) (y − W x) xᵀ" in texts  # p is a letter of this equation
    assert "W = W − α ∂goal/∂W" in texts


AXES = {
    "w": "i",
    "v": "i",
    "u": "j",
    "b": "k",
    "A": "ij",
    "B": "jk",
    "C": "ik",
    "H": "kj",
    "x": "pi",
    "y": "p",
    "c": "",
    "s": "",
}


@st.composite
def expressions(draw: st.DrawFn, scope: str, depth: int) -> Expr:
    """An expression whose free letters are in scope."""
    kind = draw(st.sampled_from(["name", "name", "mul", "mul", "add", "div", "call", "neg", "square", "sum", "mean"]))
    if kind in ("sum", "mean") and depth and (free := [letter for letter in "ijkp" if letter not in scope]):
        letter = draw(st.sampled_from(free))
        return Reduce(kind, (letter,), draw(expressions(scope + letter, depth - 1)))  # type: ignore[arg-type]
    if kind == "name" or not depth:
        name = draw(st.sampled_from([name for name, letters in AXES.items() if set(letters) <= set(scope)]))
        return Ref(name, tuple(map(index, AXES[name])))
    inside = [draw(expressions(scope, depth - 1)) for _ in range(2)]
    match kind:
        case "mul":
            return Mul(tuple(inside))
        case "add":
            return Add((inside[0], Number(Fraction(1, 3)), inside[1]))
        case "div":
            return Div(inside[0], Call("exp", (inside[1],)))
        case "neg":
            return Neg(inside[0])
        case "square":
            return Pow(inside[0], Number(Fraction(2)))
        case _:
            return Call("tanh", (inside[0],))


def computed(form: MatrixForm) -> tuple[np.ndarray, np.ndarray]:
    """What the printed ASCII form gives in NumPy, and the index form in plain loops."""
    ranges = sizes(form, MODEL)
    values, axes = point(form.equation, MODEL, ranges, 0.2, 0.8)
    names: dict[str, Any] = {f"N_{letter}": len(span) for letter, span in ranges.items()}
    names |= {"ones": lambda n: np.ones((n, 1)), "diag": np.diagflat, "tanh": np.tanh, "exp": np.exp}
    for name, value in values.items():
        spans = [len(ranges[letter]) for letter in axes[name]]
        rows = np.array(list(value.values()) if isinstance(value, dict) else value)
        names[name] = rows.reshape([*spans, 1][:2] if spans else [])
    exec(show(form, ascii=True), names)
    spans = [ranges[letter] if letter else range(1) for letter in form.shape]
    setting = Setting(ranges, axes)
    right = [
        evaluate(form.equation.body, values, setting=setting, letters=dict(zip(form.shape, place, strict=True)))
        for place in product(*spans)
    ]
    shape = [len(span) for span in spans]
    return np.reshape(names["z"], shape), np.reshape(right, shape)


@given(st.data(), st.sampled_from(["", "i", "k", "ij", "ki", "p", "pj"]))
def test_a_random_equation_has_a_form_that_holds_as_printed_or_a_reason(data: st.DataObject, out: str) -> None:
    equation = Equation(Ref("z", tuple(map(index, out))), data.draw(expressions(out, 4)))
    form = matrix_form(equation, MODEL)
    if isinstance(form, NoMatrixForm):
        assert form.reason.endswith(".")
        return
    assert [letter for letter in form.shape if letter] == list(out)
    found, right = computed(form)
    assert abs(found - right).max() <= 1e-12 * max(1.0, abs(right).max()), show(form, ascii=True)


@given(st.data(), st.sampled_from(["", "i", "ij", "p", "pj"]))
def test_a_random_equation_for_one_pattern_has_a_form_that_holds_or_a_reason(data: st.DataObject, out: str) -> None:
    equation = Equation(Ref("z", tuple(map(index, out))), data.draw(expressions(out, 4)))
    form = matrix_form(equation, MODEL, layout="single")  # raises E291 for a form that does not hold
    if isinstance(form, MatrixForm):
        assert [letter for letter in form.shape if letter] == [letter for letter in out if letter != "p"]
    else:
        assert form.reason.endswith(".")
