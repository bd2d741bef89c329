"""Words that fit what was: no data, no steps, no rate, a maximum, equal patterns, the run and not its first step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.explain import Story, explain
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.trials import descend
from chainrule.train.run import Run

Trained = Callable[..., Run]
SQUARE = "weight w := 1\nconst α := 0.1\nE = w²"


def text_of(story: Story) -> str:
    return story.text(width=10**5, tests=True)


def test_a_model_without_data_has_no_pattern(trained: Trained) -> None:
    told = text_of(explain(trained(SQUARE, steps=20)))
    for words in ("the one pattern", "1 pattern", "same pattern", "no other can lose", "the model, which"):
        assert words not in told, words


@pytest.mark.parametrize("text", ["x1 = 0.5\nw = x1", "x1 = 0.5\nw = 0.1\nE = x1·w", "data x in {1, 2}\nE = x²"])
def test_equations_without_a_weight_are_no_training(text: str) -> None:
    with pytest.raises(cr.ChainruleError) as caught:
        cr.Model(text).explain()
    assert caught.value.code == "E453"


def test_no_steps_no_rate_and_a_wrong_way(trained: Trained) -> None:
    none = explain(trained(SQUARE, steps=0))
    assert "record=1" not in text_of(none)
    assert none["end"].statement.startswith("No step was taken")
    still = explain(trained(SQUARE.replace("0.1", "0"), steps=5))
    assert "because α = 0 moves nothing" in still["end"].statement
    assert "goes the better way" not in text_of(still)
    back = explain(trained(SQUARE.replace("0.1", "-0.1"), steps=5))
    assert "goes the better way" not in text_of(back)


def test_a_maximum_is_called_one(trained: Trained) -> None:
    end = explain(trained("weight w := 0\nconst α := 0.1\nf = 1 − (w − 2)²\nmaximise f", steps=100))["end"]
    assert end.evidence["kind"] == "maximum"
    assert "minimum" not in end.statement
    assert end.holds


def test_a_sum_over_a_letter_is_a_sum(trained: Trained) -> None:
    text = "index i = 1..2\ndata x[i]\ntarget y[i]\nweight w := 0.6\nz[i] = w·x[i]\nE = ½·Σ_i (z[i] − y[i])²"
    order = explain(trained(text, {"x": [[1, 0.5]], "y": [[0, 1]]}, steps=3), claims=["order"])["order"]
    assert order.evidence["contributions"] == pytest.approx([0.6, -0.35])
    assert "0.6 + (−0.35) = 0.25" in order.statement


@pytest.mark.parametrize("text", [
    "index i = 1..2\ndata x[i]\nweight w := 0.6\nE = Σ_i (w·x[i] − 1)²",
    "index i = 1..2, k = 1..2\ndata x[i]\nweight w[k] := [0.6, 1]\nz[i,k] = w[k]·x[i]\nE = Σ_{i,k} z[i,k]²",
])  # fmt: skip
def test_a_shared_weight_is_never_said_to_need_no_sum(trained: Trained, text: str) -> None:
    order = explain(trained(text, {"x": [[1, 0.5]]}, steps=3), claims=["order"])["order"]
    assert "nothing has to be added" not in order.statement


def test_conflicts_are_counted_over_the_run(trained: Trained) -> None:
    text = "data x\ntarget y\nweight w := 3\nconst α := 0.1\nE = (w·x − y)²"
    story = explain(trained(text, {"x": [1, 1], "y": [0, 1]}, steps=200))
    patterns = story["patterns"]
    assert patterns.evidence["steps_that_hurt_others"] > 10
    assert patterns.statement.startswith("Yes")
    assert patterns.evidence["steps_that_hurt_others"] == story["decrease"].evidence[
        "total_worse_by_another_pattern"]


def test_equal_patterns_are_dead_together(trained: Trained) -> None:
    text = "data x\ntarget y\nweight w := 1\nŷ = w·x\nE = ½(ŷ − y)²"
    dead = explain(trained(text, {"x": [0, 0, 0], "y": [1, 1, 1]}, steps=5), claims=["dead"])["dead"]
    assert "asleep" not in dead.statement
    assert dead.evidence["dead_patterns"][0]["equal"] == [0, 1, 2]
    assert "Patterns 1 and 2 are equal" in dead.statement


def test_the_pace_is_that_of_the_runs_batch(trained: Trained) -> None:
    text = (
        "data a, b\ntarget y\nweight w11 := 0.01, w12 := -0.02, w21 := 0.03, w22 := 0.015, v1 := 0.02, v2 := "
        "-0.01, b1 := 0, "
        "b2 := 0, c := 0\nconst α := 0.5\nh1 = σ(w11·a + w12·b + b1)\nh2 = σ(w21·a + w22·b + b2)\n"
        "ŷ = σ(v1·h1 + v2·h2 + c)\nE = ½(ŷ − y)²"
    )
    rows = {"a": [0, 0, 1, 1], "b": [0, 1, 0, 1], "y": [0, 1, 1, 0]}
    vanish = explain(trained(text, rows, batch="all", steps=5), claims=["vanish"])["vanish"].statement
    assert "moves b₂ by 3.8e−7" in vanish
    assert "cancel" in vanish


def test_step_numbers_agree(trained: Trained) -> None:
    text = "data a\ntarget y\nweight p := 0, b := 0\nconst α := 0.001\nE = ½(p·a+b−y)²"
    rows = {"a": [2104, 1600, 2400], "y": [399900, 329900, 369000]}
    run = trained(text, rows, batch="all", steps=200)
    assert run.departure is not None
    context = Context(run)
    (trial,) = descend(context, context.start, np.array([0.001]))
    assert trial.left == run.departure.step


@pytest.mark.parametrize(("text", "start", "says"), [
    ("weight z := 40\nconst y := 0\np = sigmoid(z)\nE = -y·log(p) - (1-y)·log(1-p)", {}, "p is so near to 1"),
    ("weight a := 0\nconst α := 0.1\nE = a² + a/a", {}, "a/a, of a = 0"),
    ("weight w := -1\nconst α := 0.1\nE = log(w) + w²", {}, "log(w), of w = −1"),
    ("weight w := 3\nconst α := 1\nE = w^4", {}, "w⁴, of w = "),
    ("weight z := -800\nE = 1/(1 + exp(-z))·exp(-z)", {}, "exp(−z), of −z = 800"),
])  # fmt: skip
def test_the_operation_that_lost_the_number_is_named(trained: Trained, text: str, start: Any, says: str) -> None:
    end = explain(trained(text, steps=50, rate=None), claims=["end"])["end"].statement
    assert "It was made by" in end
    assert says in end


def test_the_seed_is_told_where_something_was_drawn(trained: Trained) -> None:
    rows = {"x": [1, 2, 3], "y": [2, 4, 7]}
    text = "data x\ntarget y\nweight w ~ normal(0, 1), b := 0\nconst α := 0.02\nE = (w·x + b − y)²"
    assert "and b = 0, drawn with seed 3." in explain(trained(text, rows, steps=3, seed=3)).about
    assert "seed" not in explain(trained(text, rows, steps=3, seed=3, start={"w": 0.5})).about
    assert "for each pass (seed 5)" in explain(trained(text, rows, steps=3, seed=5, batch="shuffled")).about
    plain_start = text.replace("~ normal(0, 1)", ":= 1")
    assert "seed" not in explain(trained(plain_start, rows, steps=3, seed=3)).about


@pytest.mark.parametrize(("batch", "wraps"), [(1, False), (2, True), (3, False)])
def test_a_batch_that_wraps_round_is_told(trained: Trained, batch: int, wraps: bool) -> None:
    rows = {"x": [1, 2, 3], "y": [2, 4, 7]}
    text = "data x\ntarget y\nweight w := 1\nconst α := 0.02\nE = (w·x − y)²"
    about = explain(trained(text, rows, steps=3, batch=batch)).about
    assert ("goes on with the first" in about) == wraps
    assert f"{batch} pattern{'s' * (batch > 1)} a step, in turn" in about


@pytest.mark.parametrize(("rate", "said"), [(-0.1, "the rate of the run is −0.1"), (0.0, "the rate of the run is 0")])
def test_a_rate_that_a_trial_replaced_is_told(trained: Trained, rate: float, said: str) -> None:
    story = explain(trained("weight w := 1\nE = w²", steps=5, rate=rate))
    for id in ("size", "amount", "step"):
        assert any(said in one and "α = 0.1 was tried instead" in one for one in story[id].conditions), id
    assert "(tried with α = 0.1)" in dict(story.questions)["Does the amount matter, or the sign alone?"]
    right = explain(trained("weight w := 1\nE = w²", steps=5, rate=0.3))
    assert not any("tried instead" in one for claim in right.claims for one in claim.conditions)


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_counts_are_singular_where_there_is_one(trained: Trained, steps: int) -> None:
    told = text_of(explain(trained(SQUARE, steps=steps)))
    for words in (" 1 steps", " 1 operations", " 1 patterns", " 1 weights", "1 of 1 steps"):
        assert words not in told, words


def test_a_constant_of_a_learning_rule_is_not_taken_for_a_rate(trained: Trained) -> None:
    model = cr.Model("weight w := 1\nE = (w − 2)²")
    told = model.explain(model.train(steps=3, update="adam")).warnings
    assert not any("not read as the rate" in one for one in told)


def test_steps_that_were_not_recorded_one_by_one_are_not_called_flat(trained: Trained) -> None:
    story = explain(trained(SQUARE, steps=40, record=10))
    assert "slope is 0" not in story["sign"].statement
    assert "not recorded one by one" in story["sign"].statement


@pytest.mark.parametrize("name", ["μ", "lr", "learning_rate", "eta2"])
def test_a_const_that_looks_like_the_rate(trained: Trained, name: str) -> None:
    told = explain(trained(f"weight w := 1\nconst {name} := 0.5, α := 0.2\nE = w²", steps=3, rate=None)).warnings
    assert any("is not read as the rate" in one for one in told) == (name != "eta2")


def test_a_quantity_of_the_batch_is_told(trained: Trained) -> None:
    text = (
        "patterns i\ndata x[i]\ntarget t[i]\nweight w := 0.5\nz[i] = w·x[i]\nc = mean_i z[i]\n"
        "L = mean_i (z[i] − c − t[i])²"
    )
    rows = {"x": [1, 3], "t": [-1, 1]}
    alone = explain(trained(text, rows, steps=20, batch="each"))
    assert "taken over the patterns of a step" in alone.about
    assert not alone["end"].holds
    together = explain(trained(text, rows, steps=400, batch="all"))
    assert "taken over" not in together.about
    assert together["end"].evidence["weights"]["w"] == pytest.approx(1)


def test_a_factor_is_never_told_as_one(trained: Trained) -> None:
    step = explain(trained("weight w := 1\nconst α := 2.001\nE = ½w²", steps=60), claims=["step", "end"])
    for claim in step.claims:
        assert " 1 times as far" not in claim.statement
        assert "1 times smaller" not in claim.statement


@pytest.mark.parametrize(("body", "kind", "holds"), [
    ("1 − w²", "maximum", True), ("w⁴ + 1", "minimum", False), ("w² + 1", "minimum", False),
    ("w³", "inflection", False),
    ("1 − w⁴", "maximum", True),
])  # fmt: skip
def test_kinds_where_a_goal_is_maximised(trained: Trained, body: str, kind: str, holds: bool) -> None:
    end = explain(trained(f"weight w := 0\nconst α := 0.1\nf = {body}\nmaximise f", steps=5))["end"]
    assert (end.evidence["kind"], end.holds) == (kind, holds), end.statement


def test_steps_that_were_not_looked_at_are_not_spoken_for(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "data x\ntarget y\nweight w := 0\nconst α := 0.05\nE = (w·x − y)²"
    run = trained(text, {"x": [1, 2], "y": [2, 5]}, steps=40)
    descent, others = "How do we know that subtracting leads to a minimum?", "What if a change is good"
    whole = dict(explain(run).questions)
    assert "looked at" not in " ".join(whole.values())
    monkeypatch.setattr("chainrule.explain.measure.ledger.MOST_STEPS", 10)
    some = dict(explain(run).questions)
    assert "10 steps looked at" in some[descent]
    assert any("looked at" in answer for question, answer in some.items() if question.startswith(others))
