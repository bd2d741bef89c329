"""Derivations of networks with letters as they are read, every weight of every program, and what is refused."""

import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import chainrule as cr
from chainrule.derive import Derivation, derive
from chainrule.derive.matrix import NoMatrixForm
from chainrule.derive.sentences import SENTENCES
from chainrule.errors import UsageError
from chainrule.expr.limits import limits
from chainrule.model import build
from chainrule.model.model import Model
from chainrule.notation import parse, show
from chainrule.typeset import as_json, latex, text

ROOT = Path(__file__).parents[3]
PROGRAMS = {path.stem: path for path in sorted((ROOT / "tests" / "programs").glob("*.eq"))}
EXAMPLES = ROOT / "src" / "chainrule" / "examples"

PAGES = {
    "04-logistic-regression": "w", "05-two-three-one": "W1", "07-softmax-classifier": "W", "09-two-convolutions": "K1",
    "10-recurrent-net": "U", "11-tied-autoencoder": "W", "12-layer-normalisation": "W", "13-self-attention": "K",
}  # fmt: skip

LAYER = """index i = 1..2, j = 1..3
data x[i]
target y
const λ := 0.1
weight W[j,i], v[j]
h[j] = tanh(Σ_i W[j,i]·x[i])
ŷ = Σ_j v[j]·h[j]
E = ½(ŷ − y)²
"""
PATTERNS = """patterns p
index i = 1..2, j = 1..3
data x[p,i]
target y[p]
weight W[j,i], v[j]
h[p,j] = tanh(Σ_i W[j,i]·x[p,i])
ŷ[p] = Σ_j v[j]·h[p,j]
E[p] = ½(ŷ[p] − y[p])²
minimise mean_p E[p]
"""


@cache
def program(name: str) -> Model:
    return build(parse(PROGRAMS[name].read_text("utf-8")))


def last(text: str, wrt: str, **options: object) -> str:
    return show(derive(build(parse(text)), wrt, **options).result)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", PAGES)
def test_a_derivation_reads_as_before(name, golden) -> None:  # type: ignore[no-untyped-def]
    details = [text(derive(program(name), PAGES[name], detail=detail)) for detail in ("brief", "normal")]
    golden(f"derive/index/{name}.txt", "\n\n".join(details))


def test_full_detail_and_every_adjoint_put_in_read_as_before(golden) -> None:  # type: ignore[no-untyped-def]
    details = ("full", "substituted")
    golden("derive/index/full.txt", "\n\n".join(text(derive(program("05-two-three-one"), "b2", detail=detail))
                                               for detail in details))  # fmt: skip


def every_step(found: Derivation) -> list[object]:
    return [*found.steps, *(inside for step in found.steps for inside in step.sub)]


MANY = 10
"""Of networks with more weights, gate after gate alike, one is enough."""


SOME = [name for name in PROGRAMS if name[:2] not in ("15", "16")]  # which are as 14 and 17 are, at length


@pytest.mark.parametrize("name", SOME)
def test_the_first_weights_of_every_program_have_their_lines_checked(name: str) -> None:
    model = program(name)
    weights = model.named("weight")
    for weight in weights[: 3 if len(weights) <= MANY else 1]:
        for detail in ("normal", "brief") if len(weights) <= MANY else ("normal",):
            with limits(checks=10**7):  # all of them at three points, however long that takes
                found = derive(model, weight.name, detail=detail)
            assert found.steps[-1].left == found.goal
            for step in every_step(found):
                assert step.check.ok  # type: ignore[attr-defined]
                assert step.check.points >= 3  # type: ignore[attr-defined]
                assert step.check.worst < 1e-9  # type: ignore[attr-defined]


def test_every_rule_that_the_code_can_name_has_a_sentence() -> None:
    folder = ROOT / "src" / "chainrule" / "derive" / "index"
    rules = {rule for path in folder.glob("*.py")
             for rule in re.findall(r'Reason\(\s*"([\w:-]+)"', path.read_text("utf-8"))}  # fmt: skip
    assert len(rules) >= 10
    assert rules <= set(SENTENCES)


def test_the_delta_equations_of_two_layers() -> None:
    lines = text(derive(program("05-two-three-one"), "W1", detail="brief")).splitlines()
    stripped = [line.strip() for line in lines]
    assert stripped[0].startswith("(1)  δ₂[p,k] = (ŷ[p,k] − y[p,k])·(1 − ŷ[p,k])·ŷ[p,k]")
    assert "patterns as rows: δ₁ = (δ₂ W₂) ⊙ (1 − h∘²)" in stripped
    assert "one pattern: δ₁ = (W₂ᵀ δ₂) ⊙ (1 − h∘²)" in stripped
    assert "one pattern: ∂E/∂W₁ = Σ_p δ₁ xᵀ" in stripped


def test_softmax_with_cross_entropy_shows_where_the_targets_sum_to_one() -> None:
    whole = PROGRAMS["07-softmax-classifier"].read_text("utf-8")
    steps = derive(build(parse(whole)), "W").steps
    (place,) = [place for place, step in enumerate(steps) if step.rule == "fact"]
    assert show(steps[place - 1].after) == "((Σ_k' t[p,k'])·y[p,k] − t[p,k])/size(p)"
    assert show(steps[place].after) == "(y[p,k] − t[p,k])/size(p)"
    without = derive(build(parse(whole.replace("fact sum_k t[p,k] = 1\n", ""))), "W")
    assert all(step.rule != "fact" for step in without.steps)
    assert any(show(step.after) == "((Σ_k' t[p,k'])·y[p,k] − t[p,k])/size(p)" for step in without.steps)


def test_softmax_by_logsumexp_of_the_digits_uses_the_fact_too() -> None:
    steps = derive(build(parse((EXAMPLES / "digits.eq").read_text("utf-8"))), "W").steps
    assert [show(step.after) for step in steps if step.rule == "fact"] == ["y[k] − t[k]"]


def test_a_fact_that_no_point_fulfils_is_not_used() -> None:
    whole = PROGRAMS["07-softmax-classifier"].read_text("utf-8").replace("sum_k t[p,k] = 1", "sum_k t[p,k]^2 = 1")
    assert all(step.rule != "fact" for step in derive(build(parse(whole)), "W").steps)


def test_logistic_regression_comes_to_the_difference() -> None:
    assert "(q[p] − y[p])/size(p)" in [
        show(step.after) for step in derive(program("04-logistic-regression"), "b").steps
    ]


def test_a_recurrence_gives_the_equation_of_backpropagation_through_time() -> None:
    page = text(derive(program("10-recurrent-net"), "U"))
    assert "[t+1 ∈ t]·(Σ_j' ∂E/∂a[t+1,j']·U[j',j])·(1 − tanh(a[t,j])²) + [4 = t]·∂E/∂o·v[j]" in page
    assert "[t+1 ∈ t] is 1 for t < 4, else 0" in page
    assert "[t−1 ∈ t] is 1 for t > 1, else 0" in page


def test_a_bracket_under_a_sum_is_printed_as_its_range() -> None:
    derivation = derive(program("09-two-convolutions"), "K1")
    assert "= Σ_{v: p−v ∈ q} ∂E/∂a[p−v]·K₂[v]" in text(derivation)
    assert "= Σ_v [p−v ∈ q]·d(E)/d(a[p−v])·K₂[v]" in text(derivation, "strict")


# ── which number, which pattern ──────────────────────────────────────────────────────────────────────────────────


def test_without_a_letter_of_the_patterns_the_lines_are_for_one() -> None:
    assert last(LAYER, "W") == "d(E)/d(h[j])·(1 − h[j]²)·x[i]"


def test_a_number_of_each_pattern_is_differentiated_for_one_and_keeps_its_letter() -> None:
    derivation = derive(build(parse(PATTERNS)), "W")
    assert show(derivation.goal) == "d(E[p])/d(W[j,i])"
    assert show(derivation.result) == "d(E[p])/d(h[p,j])·(1 − h[p,j]²)·x[p,i]"


def test_the_mean_over_the_patterns_gives_their_letter_a_name_that_is_free() -> None:
    goal = "R = Σ_{j,i} W[j,i]²\nJ = mean E + ½λ·R\nminimise J\n"
    assert last(LAYER + goal, "W") == "Σ_p d(J)/d(h[p,j])·(1 − h[p,j]²)·x[p,i] + 2·d(J)/d(R)·W[j,i]"
    taken = LAYER.replace("v[j]", "p[j]").replace("λ", "n") + goal.replace("λ", "n")
    assert last(taken, "W").startswith("Σ_m d(J)/d(h[m,j])")


def test_no_path_and_the_number_itself() -> None:
    whole = LAYER.replace("v[j]\n", "v[j], u[j]\n", 1)
    (step,) = derive(build(parse(whole)), "u").steps
    assert (show(step.after), step.rule) == ("0", "no-path")
    assert last(LAYER, "E") == "1"


def test_products_and_extremes_over_letters() -> None:
    whole = LAYER.replace("tanh(Σ_i W[j,i]·x[i])", "max_i (W[j,i]·x[i])").replace(
        "Σ_j v[j]·h[j]", "(Σ_j v[j]·h[j]) + (prod_j h[j]) + (min_j h[j])"
    )
    for detail in ("full", "brief", "substituted"):
        assert all(step.check.ok for step in derive(build(parse(whole)), "W", detail=detail).steps)


def test_names_that_are_chosen_are_put_in_and_no_others() -> None:
    derivation = derive(build(parse(LAYER)), "W", detail="substituted", substitute=["h"])
    assert [show(step.after) for step in derivation.steps] == [
        "d(E)/d(h[j])·(1 − h[j]²)·x[i]",
        "d(E)/d(ŷ)·v[j]·(1 − h[j]²)·x[i]",
        "d(E)/d(ŷ)·v[j]·(1 − tanh(Σ_i' W[j,i']·x[i'])²)·x[i]",
    ]
    assert last(LAYER, "W", detail="substituted") == "(ŷ − y)·v[j]·(1 − h[j]²)·x[i]"


@pytest.mark.parametrize(
    "source, of, said",
    [
        (LAYER, "h", "h[j] is many numbers"),
        (LAYER.replace("½(ŷ − y)²", "½(ŷ − mean ŷ)²"), "E", "each depends on all patterns"),
        (PATTERNS.replace("½(ŷ[p]", "p·½(ŷ[p]"), "E", "counts with the number of the pattern"),
    ],
)
def test_what_is_not_one_number_is_refused(source: str, of: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        derive(build(parse(source)), "W", of=of)
    assert caught.value.code == "E257"
    assert said in caught.value.problem
    assert "equation" in caught.value.help


# ── matrices, formats, traces ────────────────────────────────────────────────────────────────────────────────────


def test_matrices_stand_beside_the_lines_on_request_or_the_reason_why_not() -> None:
    steps = derive(program("09-two-convolutions"), "K1", matrix=True).steps
    (reason,) = steps[-1].matrix
    assert isinstance(reason, NoMatrixForm)
    page = text(derive(program("05-two-three-one"), "W1", matrix=True))
    assert "one pattern: ∂E/∂h = W₂ᵀ (∂E/∂z₂)" in page
    assert "matrix" not in text(derive(program("05-two-three-one"), "W1"))


def test_formats() -> None:
    derivation = derive(program("05-two-three-one"), "W1", detail="brief")
    lines = as_json(derivation)["lines"]
    assert lines[1]["left"] == "d(E)/d(z1[p,j])"  # type: ignore[index]
    assert lines[1]["matrix"][1] == {  # type: ignore[index]
        "layout": "single", "form": "dE_dz1 = (W2.T @ dE_dz2) * (1 - h**2)",
    }  # fmt: skip
    assert text(derivation, ascii=True).isascii()
    assert r"\sum_{p}" in latex(derivation)


def test_a_trace_has_the_numbers_that_evaluation_gives() -> None:
    table = "table x[1] x[2] | y\n 1 2 | 0.5\n 0.5 -1 | 1\n"
    model = cr.Model(LAYER.replace("target y\n", table))
    found = model.evaluate(seed=3)
    values = {"x": [[1.0, 2.0], [0.5, -1.0]], "y": [0.5, 1.0], **found.weights}
    ranges = {"i": range(1, 3), "j": range(1, 4)}
    for pattern in (0, 1):
        trace = derive(model.network, "W", detail="trace", values=values, ranges=ranges, pattern=pattern)
        (row,) = [row for row in trace.rows if row.quantity.name == "W"]
        gradient = found.patterns[pattern].gradient["W"]
        assert np.allclose(row.slope, gradient, rtol=1e-14, atol=0)
        assert trace.rows[-1].value == ((pytest.approx(found.patterns[pattern].error, rel=1e-14),),)
    page = text(trace).splitlines()
    assert page[0].split() == ["forward", "↓", "reverse", "↑"]
    assert page[1].split() == ["x[i]", "0.5", "−1"]
    rows = as_json(trace)["rows"]
    assert rows[0] == {"name": "x[i]", "definition": None, "value": ((0.5, -1.0),)}  # type: ignore[index]
    assert rows[4]["adjoint"] == "d(E)/d(y_hat)*v[j]"  # type: ignore[index]


def test_a_trace_over_all_patterns_says_which_one_is_shown() -> None:
    goal = "J = mean E\nminimise J\n"
    values = {"x": [[1.0, 2.0], [0.5, -1.0]], "y": [0.5, 1.0], "W": [[1, 2], [3, 4], [5, 6]], "v": [1, 2, 3]}
    ranges = {"i": range(1, 3), "j": range(1, 4), "p#": range(2)}
    trace = derive(build(parse(LAYER + goal)), "v", detail="trace", values=values, ranges=ranges, pattern=1)
    assert "what has the letter p is shown for pattern 1" in text(trace)
    assert trace.rows[0].value == ((0.5, -1.0),)


@pytest.mark.parametrize("values", [{}, {"x": [[1.0, 2.0]], "y": [1.0], "v": [1.0], "W": [[1.0, 2.0]] * 3}])
def test_a_trace_without_its_numbers_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(UsageError) as caught:
        derive(build(parse(LAYER)), "W", detail="trace", values=values, ranges={"i": range(1, 3), "j": range(1, 4)})
    assert caught.value.code == "E262"


def test_a_trace_of_an_example_stands_at_its_starts() -> None:
    page = cr.example("identity").derive("w", detail="trace", pattern=1).text()
    assert page.splitlines()[3].split() == ["w", "0.5", "∂E/∂w", "=", "∂E/∂ŷ·x·(1", "−", "ŷ)·ŷ", "−0.08872"]
    with pytest.raises(UsageError) as caught:
        cr.example("identity").derive("w", detail="trace", pattern=2)
    assert caught.value.code == "E262"
    over_all = cr.Model("data x in {0, 1}\nindex j = 1..2\nweight w[j] := 1\nE = (Σ_j w[j]·x)²\nJ = sum E\nminimise J")
    assert over_all.derive("w", detail="trace").text().splitlines()[1].split() == ["x[p]", "0"]


def test_a_trace_never_shows_what_is_not_finite() -> None:
    with pytest.raises(UsageError) as caught:
        derive(build(parse("data x\nweight w\nE = w*log(x)")), "w", detail="trace", values={"x": [0.0], "w": 1.0})
    assert caught.value.code == "E262"
    assert "not finite" in caught.value.problem
