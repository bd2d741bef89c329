"""How derivations are printed: text that reads back, ASCII that is ASCII, LaTeX in the order of the factors, JSON."""

import json

import pytest

from chainrule.derive import derive
from chainrule.derive.derivation import Derivation
from chainrule.errors import UsageError
from chainrule.expr.nodes import Derivative, Pow, Ref, number
from chainrule.model import build
from chainrule.notation import parse, parse_expression
from chainrule.typeset import as_json, latex, text
from chainrule.typeset.formula import formula
from chainrule.typeset.latex import formula as tex

IDENTITY = """T(x) = x
A(u) = 1/(1 + exp(-u))
data x in {0, 1}
target y = T(x)
weight w in [0, 1] := 0.5
T̂(x) = A(w·x)
ŷ = T̂(x)
E = ½(ŷ − y)²"""


@pytest.fixture(scope="module")
def derivation() -> Derivation:
    return derive(build(parse(IDENTITY)), "w", detail="full")


def test_ascii_is_ascii_and_reads_back(derivation: Derivation) -> None:
    printed = text(derivation, ascii=True)
    assert printed.isascii()
    right = [line.split(" = ")[1].split("  ")[0] for line in printed.splitlines() if line.startswith("(")]
    names = {"functions": ("A", "T_hat"), "quantities": ("x", "y", "w", "y_hat", "E")}
    assert [parse_expression(line, **names) for line in right] == [step.after for step in derivation.steps]  # type: ignore[arg-type]


def test_an_unknown_style_names_those_there_are(derivation: Derivation) -> None:
    with pytest.raises(UsageError) as caught:
        text(derivation, style="loose")
    assert (caught.value.code, caught.value.help) == ("E258", "write one of pretty, apart, strict")


def test_total_and_partial_are_told_apart_where_one_line_has_both() -> None:
    model = build(parse("data x\ntarget y\nweight w\nh = tanh(w*x)\nE = (h − y)² + w²"))
    assert text(derive(model, "w")).startswith("(1)  dE/dw = ∂E/∂h·dh/dw + ∂E/∂y·dy/dw + ∂E/∂w ")


def test_a_power_of_a_derivative_has_brackets() -> None:
    slope = Derivative(Ref("E"), (Ref("w"),))
    assert formula(Pow(slope, number(2))) == "(∂E/∂w)²"
    assert formula(Derivative(Ref("E"), (Ref("w"), Ref("w")))) == "∂²E/∂w²"
    assert formula(Derivative(Ref("E"), (Ref("w"), Ref("v")))) == "∂²E/∂w∂v"


def test_latex_of_the_founding_example(derivation: Derivation, golden) -> None:  # type: ignore[no-untyped-def]
    golden("typeset/identity.tex", latex(derivation))


@pytest.mark.parametrize(
    "typed, written",
    [
        ("½x", r"\tfrac12 \cdot x"),
        ("(a + b)/c²", r"\frac{a + b}{c^{2}}"),
        ("-a*(b - c)", r"-a \cdot \left(b - c\right)"),
        ("a - (b - c)", r"a - \left(b - c\right)"),
        ("(-a)^2", r"\left(-a\right)^{2}"),
        ("tanh(w₁₂·x)^2", r"\tanh\left(w_{12} \cdot x\right)^{2}"),
        ("W1[j,i]*h[t-1]", r"W_{1,j,i} \cdot h_{t-1}"),
        ("(Σ_i x[i])*y", r"\left(\sum_{i} x_{i}\right) \cdot y"),
        ("if(a > 0, a, 0.1*a)", r"\begin{cases} a & \text{if } a > 0 \\ 0.1 \cdot a & \text{else} \end{cases}"),
        ("[a >= b]", r"\left[a \ge b\right]"),
        ("δ_hat", r"\hat{\delta}"),
        ("exp(-u)/(1 + exp(-u))", r"\frac{\exp\left(-u\right)}{1 + \exp\left(-u\right)}"),
        ("sum E", r"\sum E"),
    ],
)
def test_formulas_in_latex(typed: str, written: str) -> None:
    assert tex(parse_expression(typed, letters=("i", "j", "t"))) == written


def test_json_has_the_shape_that_is_promised(derivation: Derivation) -> None:
    found = json.loads(json.dumps(as_json(derivation), allow_nan=False))
    assert set(found) == {"wrt", "lines", "result"}
    assert found["wrt"] == "w"
    assert found["result"] == "(y_hat - y)*x*(1 - A(w*x))*A(w*x)"
    first = found["lines"][0]
    assert set(first) == {"n", "left", "right", "rule", "because", "check", "sub"}
    assert (first["n"], first["left"], first["rule"]) == (1, "d(E)/d(w)", "total-derivative")
    assert first["check"]["ok"] is True
    assert first["check"]["points"] >= 3
    assert found["lines"][1]["sub"][0]["left"] == "partial(1/2*(y_hat - y)^2)/partial(y_hat)"
