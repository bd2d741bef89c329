"""Derivations as they are read: the founding example, line for line, and networks of other shapes."""

import inspect
import re
from pathlib import Path

import pytest

from chainrule.derive import derive
from chainrule.derive.sentences import SENTENCES
from chainrule.errors import ChainruleError, UsageError
from chainrule.model import build
from chainrule.notation import parse, show
from chainrule.typeset import text

IDENTITY = """T(x) = x                          # the target function
A(u) = 1/(1 + exp(-u))            # the activation function
data x in {0, 1}
target y = T(x)
weight w in [0, 1] := 0.5
const α := 0.5                    # the learning rate
T̂(x) = A(w·x)                     # the network
ŷ = T̂(x)
E = ½(ŷ − y)²"""

MAZUR = """const b1 := 0.35, b2 := 0.60
data i1, i2
target t1, t2
weight w1, w2, w3, w4, w5, w6, w7, w8
h1 = sigmoid(w1*i1 + w2*i2 + b1)
h2 = sigmoid(w3*i1 + w4*i2 + b1)
o1 = sigmoid(w5*h1 + w6*h2 + b2)
o2 = sigmoid(w7*h1 + w8*h2 + b2)
E = ½(t1 − o1)² + ½(t2 − o2)²"""

XOR = """A(u) = 1/(1 + exp(-u))
data x1, x2 in {0, 1}
target y
weight a1, a2, a0, b1, b2, b0, c1, c2, c0
h1 = A(a1*x1 + a2*x2 + a0)
h2 = A(b1*x1 + b2*x2 + b0)
ŷ = A(c1*h1 + c2*h2 + c0)
E = ½(ŷ − y)²"""

BIAS = IDENTITY.replace("weight w", "weight b := 0\nweight w").replace("w·x)", "w·x + b)")

LAYERS = "data x\ntarget y\nweight w, b, v, c\nz = w*x + b\nh = tanh(z)\nŷ = v*h + c\nE = (ŷ − y)²"

CASES = "data x\ntarget y\nweight w\nh = max(w*x, 0.1*w)\nq = if(h > 0.2, relu(h), h^2)\nE = (q − y)²"

PATTERNS = """data x in {0, 1}
target y
weight w, v
const λ := 0.1
ŷ = tanh(w*x)*v
E = ½(ŷ − y)²
R = w² + v²
J = mean E + ½λ·R
minimise J"""

NETWORKS = {
    "identity": (IDENTITY, "w", "normal"),
    "identity-full": (IDENTITY, "w", "full"),
    "identity-bias": (BIAS, "b", "normal"),
    "two-layers": (LAYERS, "w", "normal"),
    "two-layers-full": (LAYERS, "w", "full"),
    "xor": (XOR, "a1", "normal"),
    "mazur": (MAZUR, "w1", "normal"),
    "mazur-brief": (MAZUR, "w1", "brief"),
    "mazur-substituted": (MAZUR, "w1", "substituted"),
    "used-twice": ("data x\ntarget y\nweight w\nh = sin(w*x)\nŷ = w*h\nE = abs(ŷ − y)", "w", "full"),
    "quotient": ("data x\ntarget y\nweight a, b\nq = (a + x)/(b + x^2)\nE = ½(q − y)²", "b", "full"),
    "powers": ("data x\ntarget y\nweight a, n\nq = x^n + 2^a + a^3\nE = log(q) − y", "n", "full"),
    "cases": (CASES, "w", "full"),
    "patterns": (PATTERNS, "w", "full"),
    "own-function": ("G(u) = u/(1 + abs(u))\ndata x\ntarget y\nweight w\nŷ = G(w*x)\nE = ½(ŷ − y)²", "w", "full"),
    "own-rule": ("G(u) = 1/(3 + exp(-u))\nG'(u) = (1 - 3*G(u))*G(u)\ndata x\nweight w\nE = G(w*x)", "w", "full"),
}  # fmt: skip


@pytest.mark.parametrize("name", NETWORKS)
def test_a_derivation_reads_as_before(name, golden) -> None:  # type: ignore[no-untyped-def]
    network, wrt, detail = NETWORKS[name]
    golden(f"derive/{name}.txt", text(derive(build(parse(network)), wrt, detail=detail)))


def test_the_founding_example_in_six_lines() -> None:
    steps = derive(build(parse(IDENTITY)), "w").steps
    assert [show(step.after) for step in steps] == [
        "partial(E)/partial(ŷ)·d(ŷ)/d(w) + partial(E)/partial(y)·d(y)/d(w)",
        "(ŷ − y)·d(ŷ)/d(w) − (ŷ − y)·0",
        "(ŷ − y)·d(ŷ)/d(w)",
        "(ŷ − y)·d(T̂(x))/d(w)",
        "(ŷ − y)·d(A(w·x))/d(w)",
        "(ŷ − y)·x·(1 − A(w·x))·A(w·x)",
    ]
    assert [step.rule for step in steps] == [
        "total-derivative", "local-derivatives", "times-zero", "definition", "definition", "chain-rule",
    ]  # fmt: skip


def test_the_zero_is_explained_by_the_target_that_is_given() -> None:
    printed = text(derive(build(parse(IDENTITY)), "w"))
    assert "y = T(x) is the target: given by the data, so ∂y/∂w = 0" in printed


def test_d_is_told_from_partial_on_request() -> None:
    model = build(parse(IDENTITY))
    assert "dE/dw = ∂E/∂ŷ·dŷ/dw + ∂E/∂y·dy/dw" in text(derive(model, "w"), "apart")
    assert "d(E)/d(w) = partial(E)/partial(ŷ)·d(ŷ)/d(w)" in text(derive(model, "w"), "strict")


@pytest.mark.parametrize("name", NETWORKS)
def test_every_line_was_checked_and_has_a_sentence(name: str) -> None:
    network, wrt, detail = NETWORKS[name]
    found = derive(build(parse(network)), wrt, detail=detail)
    every = [*found.steps, *(inside for step in found.steps for inside in step.sub)]
    for step in every:
        assert step.check.ok
        assert step.check.points >= 3
        assert step.check.worst < 1e-9
        assert all(reason.rule in SENTENCES for reason in step.reasons)


def test_every_rule_has_a_label_and_a_sentence() -> None:
    for rule, (short, long) in SENTENCES.items():
        assert rule == rule.lower()
        assert short
        assert long


def test_a_quantity_that_nothing_leads_to() -> None:
    model = build(parse("data x\nweight w, v\nu = v*x\nE = (w*x)^2\nminimise E"))
    (step,) = derive(model, "v").steps
    assert (show(step.after), step.rule) == ("0", "no-path")


def test_other_quantities_can_be_differentiated_by_any_name() -> None:
    model = build(parse(MAZUR))
    assert show(derive(model, "w5", of="o1").result) == "h₁·(1 − o₁)·o₁"
    assert show(derive(model, "h1", of="o1").result).startswith("w₅·")
    assert show(derive(model, "o1", of="o1").result) == "1"
    assert show(derive(model, "i1", of="h1").result).startswith("w₁·")


def test_a_derivation_too_long_to_read_is_given_by_adjoints() -> None:
    lines = ["data x", "weight " + ", ".join(f"w{k}" for k in range(40)), "a0 = tanh(w0*x)", "b0 = sin(w1*x)"]
    for k in range(1, 12):
        lines.append(f"a{k} = tanh(w{2 * k}*a{k - 1} + w{2 * k + 1}*b{k - 1})")
        lines.append(f"b{k} = sin(w{2 * k}*a{k - 1} - w{2 * k + 1}*b{k - 1})")
    found = derive(build(parse("\n".join([*lines, "E = a11*b11"]))), "w0")
    assert found.detail == "brief"
    assert found.notes[0].rule == "long"
    assert len(found.steps) == 24


@pytest.mark.parametrize(
    "arguments, problem, help",
    [
        ({"wrt": "q"}, "wrt: no quantity is called q", "the quantities of this model: x, y, w, α, ŷ, E"),
        ({"wrt": "yhat"}, "wrt: no quantity is called yhat", "did you mean ŷ?"),
        ({"wrt": "w", "of": "F"}, "of: no quantity is called F", "the quantities of this model: x, y, w, α, ŷ, E"),
        (
            {"wrt": "w", "detail": "all"},
            "no detail is called 'all'",
            "write one of normal, full, brief, substituted, trace",
        ),
    ],
)
def test_what_cannot_be_asked_for(arguments: dict[str, str], problem: str, help: str) -> None:
    with pytest.raises(UsageError) as caught:
        derive(build(parse(IDENTITY)), **arguments)
    assert (caught.value.code, caught.value.problem, caught.value.help) == ("E256", problem, help)


@pytest.mark.parametrize(
    "network, detail, help",
    [
        (PATTERNS, "brief", "detail normal or full"),
        (PATTERNS, "substituted", "detail normal or full"),
        (
            "data x in {0, 1}\nweight w\nE = (w*x)^2\nm = max E\nminimise m",
            "normal",
            "sums and means over the patterns",
        ),
    ],
)
def test_what_is_made_of_all_patterns_has_its_limits(network: str, detail: str, help: str) -> None:
    with pytest.raises(ChainruleError) as caught:
        derive(build(parse(network)), "w", detail=detail)
    assert caught.value.code == "E254"
    assert help in caught.value.help


def test_every_rule_that_the_code_can_name_has_a_sentence() -> None:
    folder = Path(inspect.getfile(derive)).parent
    named = {
        rule for path in folder.glob("*.py") for rule in re.findall(r'Reason\(\s*"([\w:-]+)"', path.read_text("utf-8"))
    }
    assert len(named) > 15
    assert named <= set(SENTENCES)


def test_a_deep_expression_is_derived() -> None:
    deep = "w"
    for _ in range(60):
        deep = f"sin({deep} + x)"
    found = derive(build(parse(f"data x\nweight w\nE = {deep}")), "w", detail="brief")
    assert found.steps[-1].check.ok


@pytest.mark.parametrize(
    "equations",
    [
        "E = gelu(w*x + b)",
        "sq(u) = u*u\nE = w*sq(tanh(w*x + b))",
        "E = w*(x*w) + (b + (w + b^2))",
        "E = w*(-x)*(b*w)",
    ],
)
@pytest.mark.parametrize("detail", ["brief", "normal", "full"])
def test_products_in_products_are_differentiated_to_the_end(equations: str, detail: str) -> None:
    model = build(parse(f"data x\nweight w := 1, b := 2\n{equations}"))
    assert not re.search(r"∂.*/∂", show(derive(model, "w", detail=detail).result))
