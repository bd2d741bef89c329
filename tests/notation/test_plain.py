"""ASCII forms: of names and formulas as the notation reads them, of models as the same models."""

from importlib import resources
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import chainrule as cr
from chainrule.errors import ChainruleError, Source
from chainrule.expr.nodes import Expr
from chainrule.notation import names, parse, parse_expression, show, show_text
from chainrule.notation.plain import ascii_text, replaced

FORMS = [
    ("ŷ − y", "y_hat - y"),
    ("y\u0302", "y_hat"),
    ("Δw·η₀", "Delta_w*eta0"),
    ("αβ ŷw wα w₁α α₁w", "alpha_beta y_hat_w w_alpha w1_alpha alpha1w"),
    ("2α", "2alpha"),
    ("w²x", "w^2*x"),
    ("x⁻¹⁰", "x^-10"),
    ("fⁿ⁻¹", "f^(n-1)"),
    ("½(a)", "1/2*(a)"),
    ("½w ½²", "1/2*w (1/2)^2"),
    ("x^½", "x^(1/2)"),
    ("wᵢⱼ wₖ₋₁ w₁₂", "w[i,j] w[k-1] w12"),
    ("Σᵢ xᵢ", "sum_i x[i]"),
    ("Σᵢⱼ x", "sum_{i,j} x"),
    ("Σ_i x[i], Σx", "sum_i x[i], sum x"),
    ("x∈a, x ∈ {0, 1}", "x in a, x in {0, 1}"),
    ("∂E/∂ŷ", "dE/dy_hat"),
    ("≤ ≥ ≠ ← ∞ ✓", "<= >= != <- inf ok"),
    ("é 中 ␛ ␡", "<U+00E9> <U+4E2D> <U+001B> <U+007F>"),
    ("\u0301", "<U+0301>"),
]


@pytest.mark.parametrize("text, form", FORMS, ids=[form for _, form in FORMS])
def test_the_ascii_form_of_a_text(text: str, form: str) -> None:
    assert ascii_text(text) == form


@pytest.mark.parametrize("text", ["½(ŷ − y)²", "w²x", "Σᵢ wᵢ·xᵢ", "Σᵢⱼ wᵢⱼ", "½²·Δw", "x^½", "wₖ₋₁", "α·½", "log₂(x₁)"])
def test_a_formula_in_ascii_is_the_same_formula(text: str) -> None:
    def read(typed: str) -> Expr | str:
        return parse_expression(typed)

    assert show(read(ascii_text(text)), ascii=True) == show(read(text), ascii=True)


@given(st.lists(st.sampled_from([*"aEwβαΔŷT", "x̂", "δ̄", "₁", "2", "_"]), min_size=1, max_size=6))
def test_a_name_has_the_form_that_is_kept(parts: list[str]) -> None:
    name = "".join(parts)
    marks = any(one == two == "_" for one, two in pairwise(name)) or "_₁" in name or name.endswith("_")
    try:
        whole = show(parse_expression(name), ascii=True)
    except ChainruleError:
        return
    if whole == names.ascii(name) and not marks:
        assert names.ascii(ascii_text(name)) == whole


def shipped() -> list[tuple[str, str]]:
    files = (one for room in ("examples", "rules", "gallery") for one in resources.files(f"chainrule.{room}").iterdir())
    return sorted((one.name, one.read_text(encoding="utf-8")) for one in files if one.name.endswith((".eq", ".rule")))


@pytest.mark.parametrize("name, text", shipped(), ids=[name for name, _ in shipped()])
def test_a_model_in_ascii_is_the_same_model(name: str, text: str) -> None:
    plain = ascii_text(text)
    assert plain.isascii()
    again = show_text(parse(Source(plain))).replace("1/4", "¼")  # one number, typed in two ways
    assert again == show_text(parse(Source(text))).replace("1/4", "¼")
    if name.endswith(".eq") and name != "digits.eq":
        assert cr.Model(plain).weights == cr.Model(text).weights


@given(st.text(max_size=20))
def test_any_text_has_an_ascii_form_and_a_stretch_of_it_too(text: str) -> None:
    assert ascii_text(text).isascii()
    assert all(replaced(text, place, place + 1).isascii() for place in range(len(text)))
    assert ascii_text(ascii_text(text)) == ascii_text(text)
