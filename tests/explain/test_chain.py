"""Vanish and order: each in both outcomes, with numbers that are known otherwise."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from chainrule import example
from chainrule.explain import Claim, explain
from chainrule.explain.measure.chain.operations import backward, forward, forward_pass, goal, operations
from chainrule.expr.nodes import Expr, Mul, Neg, Number
from chainrule.train.run import Run

Trained = Callable[..., Run]
UNIT = "data x in {1}\ntarget y = 0\nweight w := %s\nconst α := 0.5\nŷ = sigmoid(w·x)\nE = ½(ŷ − y)²"
ONE = "weight w := 1\nconst α := 0.1\nE = (w − 3)²"


def sigmoid(u: float) -> float:
    return float(1 / (1 + np.exp(-u)))


def deep(layers: int) -> str:
    """A chain of sigmoids, one weight each, all 1; every h is near 0.65."""
    names = ", ".join(f"w{k} := 1" for k in range(1, layers + 1))
    lines = [f"h{k} = sigmoid(w{k}·{f'h{k - 1}' if k > 1 else 'x'})" for k in range(1, layers + 1)]
    return "\n".join(["data x in {1}", "target y = 0", f"weight {names}", "const α := 0.1", *lines,
                      f"E = ½(h{layers} − y)²"])  # fmt: skip


def told(run: Run, id: str) -> Claim:
    return explain(run, claims=[id])[id]


# ---- vanish


def test_a_saturated_unit_is_starved_by_the_factor_that_is_small(trained: Trained) -> None:
    claim = told(trained(UNIT % 12, steps=2), "vanish")
    y = sigmoid(12)
    assert not claim.holds
    assert claim.evidence["vanishes"]
    assert claim.evidence["slope"] == pytest.approx(y * y * (1 - y), rel=1e-9)
    assert claim.evidence["passed_on"] == pytest.approx(y * (1 - y), rel=1e-9)
    assert "The factor 1 − ŷ = 6.144e−6 makes it vanish: without it 100 % would arrive" in claim.statement
    assert "it takes 3.3e5 steps to move it by 1" in claim.statement


def test_a_unit_at_its_middle_is_not_starved(trained: Trained) -> None:
    claim = told(trained(UNIT % 0, steps=2), "vanish")
    assert claim.holds
    assert claim.evidence["passed_on"] == 0.25
    assert claim.evidence["one_path"]
    assert claim.statement.startswith("It does not vanish: ∂E/∂w = 0.125 at w = 0")


def test_many_factors_below_one_starve_together(trained: Trained) -> None:
    claim = told(trained(deep(6), steps=2), "vanish")
    h = [1.0]
    for _ in range(6):
        h.append(sigmoid(h[-1]))
    passed = float(np.prod([value * (1 - value) for value in h[1:]]))
    assert not claim.holds
    assert claim.evidence["weight"] == "w1"
    assert claim.evidence["passed_on"] == pytest.approx(passed, rel=1e-12)
    assert [link["of"] for link in claim.evidence["links"]] == ["E", "h6", "h5", "h4", "h3", "h2", "h1"]
    assert "No factor does it alone: 12 factors below 1" in claim.statement
    assert told(trained(deep(2), steps=2), "vanish").holds


def test_of_several_paths_the_strongest_is_followed() -> None:
    claim = example("mazur").explain(claims=["vanish"])["vanish"]
    evidence = claim.evidence
    assert not evidence["one_path"]
    assert evidence["slope"] == pytest.approx(0.000438568, rel=1e-6)  # Mazur's own number
    assert evidence["product"] == pytest.approx(0.055399425 * 0.241300709 * 0.05, rel=1e-6)
    assert "by the strongest of its paths" in claim.statement
    assert "has the part" in claim.lines[0]


def test_a_slope_of_zero_names_the_factor(trained: Trained) -> None:
    text = "data x in {0}\ntarget y = 1\nweight w := 1\nŷ = sigmoid(w·x)\nE = ½(ŷ − y)²"
    claim = told(trained(text, steps=2), "vanish")
    assert not claim.holds
    assert "The factor x is 0 there, and with it the product." in claim.statement


def test_an_error_of_one_equation_has_its_own_slope_first(trained: Trained) -> None:
    text = "data x in {1}\ntarget y = 3\nweight w := 1\nE = ½(tanh(w·x) − y)²"
    claim = told(trained(text, steps=2), "vanish")
    assert claim.holds
    assert claim.evidence["passed_on"] == pytest.approx(1 - np.tanh(1) ** 2, rel=1e-12)


# ---- order


def test_operations_are_counted_as_by_hand(trained: Trained) -> None:
    text = "data x in {1, 2, 3}\ntarget y = x\nweight w := 2, b := 0\nconst α := 0.1\nz = w·x + b\nE = ½(z − y)²"
    run = trained(text, steps=2)
    program, sizes = run.program, {run.program.pattern: 3}
    # z: · + for each pattern; E: − ² · for each; the mean: two + and one ÷
    assert operations(goal(program), sizes) == 3 * 2 + 3 * 3 + 3
    # ∂E = 1/3: 1; ∂z = ∂E·(z − y), of which z − y is there: 1 for each pattern; ∂w = Σ ∂z·x: 3 + 2; ∂b = Σ ∂z: 2
    assert operations(backward(program, ("w", "b")), sizes) == 18 + 1 + 3 + 5 + 2
    # of w: z' = x, E' = (z − y)·x: 3, Σ E'/3: 3; of b: z' = 1, E' = z − y, which is there, Σ E'/3: 3
    ways = forward_pass(run.model, program, ("w", "b"))
    assert forward(goal(program), ways, {"w": 1, "b": 1}, (), sizes) == (18 + 6 + 3, 18 + 6 + 3)


def test_backwards_pays_for_many_weights_and_not_for_one(trained: Trained) -> None:
    many = example("xor").explain(claims=["order"])["order"]
    assert many.holds
    assert many.evidence["operations_backward"] < many.evidence["operations_forward"]
    assert many.evidence["gradient_backward"] == pytest.approx(many.evidence["gradient_forward"], rel=1e-12)
    one = told(trained(ONE, steps=2), "order")
    assert not one.holds
    assert one.statement.startswith("With one weight backwards is no saving")
    assert one.evidence["gradient_forward"] == [-4]


def test_forward_grows_with_the_weights_and_backward_does_not(trained: Trained) -> None:
    ratios = {}
    for layers in (4, 8, 16):
        found = told(trained(deep(layers), steps=2), "order").evidence
        ratios[layers] = [found[f"operations_{way}"] / found["operations_error"] for way in ("backward", "forward")]
    assert ratios[16][0] < 1.5 * ratios[4][0]
    assert ratios[16][1] > 1.9 * ratios[4][1]


def test_two_uses_add_two_contributions() -> None:
    claim = example("mazur").explain(claims=["order"])["order"]
    assert claim.evidence["used"] == "h₁"
    assert claim.evidence["readers"] == ["o₁", "o₂"]
    # Mazur, A Step by Step Backpropagation Example: 0.055399425 − 0.019049119 = 0.036350306
    assert claim.evidence["contributions"] == pytest.approx([0.055399425, -0.019049119], abs=1e-9)
    assert claim.evidence["slope"] == pytest.approx(0.036350306, abs=1e-9)


def test_a_weight_that_is_read_twice_in_one_equation(trained: Trained) -> None:
    claim = told(trained("weight w := 2\nconst α := 0.01\nE = w·w + 3·w", steps=2), "order")
    assert claim.evidence["contributions"] == [2, 2, 3]
    assert claim.evidence["slope"] == 7


def test_patterns_add_their_parts_where_nothing_else_is_used_twice(trained: Trained) -> None:
    text = "data x in {1, 2}\ntarget y = 3·x\nweight w := 1\nconst α := 0.1\nE = ½(w·x − y)²"
    claim = told(trained(text, steps=2), "order")
    assert claim.evidence["contributions"] == [-1, -4]  # (w·x − y)·x/2 of each
    assert "w is used by each of 2 patterns" in claim.statement


def test_where_nothing_is_used_twice_nothing_is_added(trained: Trained) -> None:
    assert "nothing has to be added" in told(trained(ONE, steps=2), "order").statement


def test_a_hundred_layers_are_followed_and_cut_short(trained: Trained) -> None:
    story = explain(trained(deep(100), steps=1), claims=["vanish", "order"])
    vanish, order = story["vanish"], story["order"]
    assert len(vanish.evidence["links"]) == 101
    assert 1e-70 < vanish.evidence["slope"] < 1e-60
    assert vanish.evidence["product"] == pytest.approx(vanish.evidence["slope"], rel=1e-12)
    assert len(vanish.lines[0]) < 200
    assert "8 smallest of 101 links" in vanish.lines[-2]
    assert "96 below a hundredth of that" in vanish.lines[-1]
    assert order.holds
    assert order.evidence["compared"] == 64
    # h_k reads w_k: a pass for w_k has the derivative of that line and of those behind it
    assert order.evidence["operations_forward"] == order.evidence["operations_forward_at_most"]


def test_a_slope_that_is_0_is_not_the_smallest(trained: Trained) -> None:
    text = "data x in {1}\ntarget y = 0\nweight w := 0, v := 1\nconst α := 0.1\nE = ½(w·x − y + 1)² + 0·v"
    statement = told(trained(text, steps=1), "vanish").statement
    assert "the smallest of 2 slopes that is not 0 (1 is)" in statement


def test_a_satisfied_pattern_starves_nothing(trained: Trained) -> None:
    text = "data x in {1}\ntarget y = 1\nweight w := 1\nconst α := 0.1\nŷ = w·x\nE = ½(ŷ − y)²"
    claim = told(trained(text, steps=1), "vanish")
    assert claim.holds
    assert "the error's own slope, ∂E/∂ŷ, is 0" in claim.statement
    assert not claim.evidence["vanishes"]


def test_an_error_that_reads_the_weight_has_no_chain(trained: Trained) -> None:
    claim = told(trained(ONE, steps=1), "vanish")
    assert claim.holds
    assert "which is the error's own slope: nothing stands between the two" in claim.statement


@pytest.mark.parametrize(("text", "word"), [
    ("data x in {1}\ntarget y = 0\nweight w := -1\nŷ = log(w·x)\nE = ½(ŷ − y)²", "is no number"),
    ("data x in {1}\ntarget y = 0\nweight w := 1000\nŷ = exp(w·x)\nE = ½(ŷ − y)²", "is no number"),
], ids=["nan", "overflow"])  # fmt: skip
def test_where_the_slope_is_no_number_nothing_is_followed(trained: Trained, text: str, word: str) -> None:
    story = explain(trained(text, steps=1), claims=["vanish", "order"])
    assert word in story["vanish"].statement
    assert "no numbers" in story["order"].statement
    assert not any(claim.holds for claim in story.claims)


LETTERS = """index i = 0..1, j = 0..2
data x[i]
target y
weight W[j,i] := 0.3, c[j] := 0.1, V[j] := 0.5
const α := 0.1
z[j] = Σ_i W[j,i]·x[i] + c[j]
h[j] = tanh(z[j])
ŷ = Σ_j V[j]·h[j]
E = ½(ŷ − y)²"""
COLUMNS = {"x": np.array([[1.0, 2.0], [0.0, 1.0], [3.0, 0.0]]), "y": [1.0, 0.0, 2.0]}


def test_with_letters_the_chain_goes_from_entry_to_entry(trained: Trained) -> None:
    claim = told(trained(LETTERS, COLUMNS, steps=3), "vanish")
    h = np.tanh(0.3 * 1 + 0.3 * 2 + 0.1)
    assert claim.evidence["weight"] == "W[0,0]"
    assert [link["wrt"] for link in claim.evidence["links"]] == ["y_hat", "h[0]", "z[0]", "W[0,0]"]
    assert claim.evidence["passed_on"] == pytest.approx(0.5 * (1 - h * h), rel=1e-12)
    assert claim.evidence["slope"] == pytest.approx((1.5 * h - 1) * 0.5 * (1 - h * h), rel=1e-9)


def test_with_letters_forward_mode_has_a_least_and_a_most(trained: Trained) -> None:
    claim = told(trained(LETTERS, COLUMNS, steps=3), "order")
    assert claim.holds
    assert claim.evidence["operations_backward"] < claim.evidence["operations_forward"]
    assert claim.evidence["operations_forward"] < claim.evidence["operations_forward_at_most"]
    assert claim.evidence["gradient_forward"] == pytest.approx(claim.evidence["gradient_backward"], rel=1e-12)


def test_digits_are_followed() -> None:
    run = example("digits").train(steps=1)
    story = example("digits").explain(run, claims=["vanish", "order"])
    vanish, order = story["vanish"], story["order"]
    assert [link["of"].split("[")[0] for link in vanish.evidence["links"]] == ["E", "y", "z"]
    assert vanish.evidence["product"] == pytest.approx(vanish.evidence["slope"], rel=1e-9)
    assert "for each of 1797 patterns" in vanish.lines[-1]
    assert order.holds
    assert "for 64 of 650 weights" in order.conditions[-1]
    assert sum(order.evidence.get("contributions", [])) == 0  # too many to be listed


# ---- planted faults


@pytest.mark.parametrize("id", ["vanish", "order"])
def test_a_wrong_gradient_of_arrays_turns_the_claim(trained: Trained, id: str) -> None:
    right, wrong = (told(trained(LETTERS, COLUMNS, steps=2, bend=crook), id) for crook in (None, Neg))
    assert right.holds
    assert not wrong.holds
    assert ("factors of the chain rule make" if id == "vanish" else "do not agree") in wrong.statement


@pytest.mark.parametrize("bend", [
    Neg, lambda body: Mul((Number(Fraction(1001, 1000)), body)),
], ids=["sign", "a tenth of a per cent"])  # fmt: skip
@pytest.mark.parametrize("id", ["vanish", "order"])
def test_a_wrong_gradient_turns_the_claim(trained: Trained, id: str, bend: Callable[[Expr], Expr]) -> None:
    text = deep(6 if id == "order" else 2)  # with two weights backward is no saving
    right, wrong = (told(trained(text, steps=2, bend=crook), id) for crook in (None, bend))
    assert right.holds
    assert not wrong.holds
    assert ("factors of the chain rule make" if id == "vanish" else "do not agree") in wrong.statement
    assert wrong.statement != right.statement
