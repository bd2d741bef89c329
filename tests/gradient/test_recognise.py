"""Functions of a text that are known ones under another name, and derivative rules that a text gives."""

import pytest

from chainrule.errors import DerivationError
from chainrule.expr.nodes import key
from chainrule.gradient.recognise import FORMS, known
from chainrule.gradient.reverse import reverse
from chainrule.model import build
from chainrule.notation import parse, show


def adjoint(definition: str, call: str = "A(w*x)") -> str:
    """∂E/∂w of E = v·A(w·x), written without the name of the call's value."""
    model = build(parse(f"{definition}\ndata x\nweight w\nconst v\nE = v*{call}"))
    (line,) = reverse(model.equations, "E", {"w": ()}, model.functions)
    assert key(line.target) == "∂E/∂w"
    return show(line.body, ascii=True)


@pytest.mark.parametrize(
    "body",
    ["1/(1 + exp(-u))", "1/(exp(-u) + 1)", "exp(u)/(1 + exp(u))", "exp(u)/(exp(u) + 1)", "½(1 + tanh(u/2))",
     "½ + ½*tanh(½*u)", "1 - 1/(1 + exp(u))", "(1 + exp(-u))^(-1)", "0.5*(tanh(u/2) + 1)", "sigmoid(u)"],
)  # fmt: skip
def test_the_sigmoid_in_any_dress_has_the_slope_of_a_textbook(body: str) -> None:
    assert adjoint(f"A(u) = {body}") == "v*x*(1 - A(w*x))*A(w*x)"


@pytest.mark.parametrize(
    "body, slope",
    [
        ("(exp(u) - exp(-u))/(exp(u) + exp(-u))", "v*x*(1 - A(w*x)^2)"),
        ("2/(1 + exp(-2u)) - 1", "v*x*(1 - A(w*x)^2)"),
        ("log(1 + exp(u))", "v*x*sigmoid(w*x)"),
        ("ln(exp(u) + 1)", "v*x*sigmoid(w*x)"),
    ],
)
def test_others_in_other_dress(body: str, slope: str) -> None:
    assert adjoint(f"A(u) = {body}") == slope


@pytest.mark.parametrize("body", ["1/(1 + exp(u))", "1/(2 + exp(-u))", "exp(-u)/(1 + exp(u))", "1 + tanh(u/2)"])
def test_what_only_looks_like_it_is_differentiated_from_its_body(body: str) -> None:
    model = build(parse(f"A(u) = {body}\nweight w\nE = A(w)"))
    assert known(model.functions["A"]) is None
    assert "A(" not in adjoint(f"A(u) = {body}")


def test_every_form_is_recognised_as_what_it_is_listed_under() -> None:
    for name, texts in FORMS.items():
        for text in texts:
            model = build(parse(f"B(u) = {text}\nweight w\nE = B(w)"))
            assert known(model.functions["B"]) == name


def test_a_rule_of_the_text_is_used() -> None:
    assert adjoint("A(u) = 1/(3 + exp(-u))\nA'(u) = (1 - 3*A(u))*A(u)") == "v*x*(1 - 3*A(w*x))*A(w*x)"


def test_a_wrong_rule_of_the_text_is_refused_with_the_point_and_both_values() -> None:
    with pytest.raises(DerivationError) as caught:
        adjoint("A(u) = 1/(1 + exp(-u))\nA'(u) = (1 + A(u))*A(u)")
    assert caught.value.code == "E251"
    assert "at u = 0.37 it gives 0.94" in caught.value.problem
    assert "the definition 0.24" in caught.value.problem
    assert "leave it out" in caught.value.help


def test_a_slope_that_needs_a_name_the_text_has_taken_is_refused() -> None:
    with pytest.raises(DerivationError) as caught:
        adjoint("cos(u) = u^2", "sin(w*x)")
    assert (caught.value.code, caught.value.help) == ("E252", "give your cos another name")


def test_a_weight_inside_a_function_is_found() -> None:
    assert adjoint("A(u) = tanh(w*u)", "A(x)") == "v*x*(1 - tanh(w*x)^2)"
    assert adjoint("A(u) = w*u", "A(A(x))") == "2*v*w*x"


def test_primes_are_written_out() -> None:
    assert adjoint("A(u) = u^3", "A'(w*x)") == "6*v*w*x^2"
    assert adjoint("A(u) = u^3", "tanh'(w)") == "-2*v*tanh(w)*(1 - tanh(w)^2)"
