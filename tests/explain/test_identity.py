"""The founding example: every fact that is true of it is stated, and nothing else."""

from __future__ import annotations

import math
from collections.abc import Callable
from importlib import resources

import numpy as np
import pytest

from chainrule.explain import Story, explain
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.formulas import as_written, formula
from chainrule.explain.measure.proofs import Restriction, peak, turns
from chainrule.train.run import Run

TEXT = (resources.files("chainrule.examples") / "identity.eq").read_text(encoding="utf-8")
ALIVE = "pattern 1 (x = 1, y = 1)"


def A(u: float) -> float:
    return 1 / (1 + math.exp(-u))


@pytest.fixture(scope="module")
def run(trained: Callable[..., Run]) -> Run:
    return trained(TEXT)


@pytest.fixture(scope="module")
def story(run: Run) -> Story:
    return explain(run)


def test_the_formula_is_the_textbooks(run: Run) -> None:
    found = formula(Context(run), "w")
    assert found is not None
    assert as_written(found) == "(ŷ − y)·x·(1 − A(w·x))·A(w·x)"


def test_one_step_in_full(story: Story) -> None:
    claim = story["update"]
    assert claim.holds
    assert claim.statement == (
        "On pattern 1 (x = 1, y = 1), at w = 0.5, ∂E/∂w = −0.08872; so w ← 0.5 − 0.5·(−0.08872) = 0.5444, "
        "and E of that pattern falls from 0.07127 to 0.06741."
    )
    assert claim.lines[0] == "step 1, pattern 0 (x = 0, y = 0): the gradient is 0, nothing moves"
    assert "  ∂E/∂w = (ŷ − y)·x·(1 − A(w·x))·A(w·x)" in claim.lines
    assert "        = (0.6225 − 1)·1·(1 − 0.6225)·0.6225 = −0.08872" in claim.lines
    assert claim.evidence["gradient"]["w"] == pytest.approx(-A(0.5) * (1 - A(0.5)) ** 2, rel=1e-14)
    assert claim.evidence["predicted_change"] == pytest.approx(-0.00394, abs=5e-6)
    assert claim.evidence["actual_change"] == pytest.approx(-0.00386, abs=5e-6)


def test_the_dead_pattern(story: Story) -> None:
    claim = story["dead"]
    assert claim.holds
    (dead,) = claim.evidence["dead_patterns"]
    assert dead == {"row": 0, "constants": {"y_hat": "1/2", "y": "0", "E": "1/8"} | {}, "zero": ["x = 0"]} or (
        dead["row"], dead["constants"]["y_hat"], dead["constants"]["E"], dead["zero"]
    ) == (0, "1/2", "1/8", ["x = 0"])  # fmt: skip
    assert (
        "Pattern 0 (x = 0, y = 0) is dead: its gradient is exactly 0 for every w, because x = 0 is a factor of it. "
        "For it ŷ = ½ and E = 1/8 whatever w is, so it cannot be learned." in claim.statement
    )
    assert "A bias cures it" in claim.statement
    assert claim.evidence["cures"][0]["error"] < 0.9 / 8
    assert "conflict" not in claim.statement


def test_it_is_no_conflict(story: Story) -> None:
    answer = dict(story.questions)["What if a change is good for one pattern and bad for another?"]
    assert answer == "Here it cannot happen: only one of 2 patterns has a gradient at all."


def test_the_slope_is_negative_for_every_finite_weight(story: Story) -> None:
    end = story["end"]
    assert end.evidence["slope_sign_for_every_weight"] == -1
    assert (
        f"∂E/∂w of {ALIVE} is −0.125 at w = 0 and −0.05288 at w = 1: negative for every finite w (proved)" in end.lines
    )
    assert (
        "∂E/∂w of pattern 0 (x = 0, y = 0) is 0 at w = 0 and 0 at w = 1: exactly 0 for every finite w (proved)"
        in end.lines
    )


def test_where_it_ends(story: Story) -> None:
    end = story["end"]
    assert end.holds
    assert end.evidence["kind"] == "bound"
    assert end.evidence["weights"] == {"w": 1.0}
    assert "no minimum at a finite w" in end.statement
    assert "on the box [0, 1] the minimum is the edge w = 1" in end.statement
    row = next(line for line in end.lines if ALIVE in line and "slope" not in line and "∂" not in line)
    assert row.split()[-2:] == ["0.7311", "0.03616"]


def test_the_curvature(run: Run, story: Story) -> None:
    claim = story["step"]
    assert (
        "the curve bends upward only for w > −0.6931, on the other side downward (met between −20 and 20)"
        in claim.lines
    )
    assert claim.evidence["bends_at"] == [pytest.approx(math.log(0.5), abs=1e-9)]
    assert claim.evidence["curvature_met_one_pattern"] == pytest.approx(0.07703, abs=1e-5)
    assert any("w = 0.465" in line for line in claim.lines)  # 0.466 to three digits

    def curvature(w: float) -> float:
        return A(w) * (1 - A(w)) * (1 - A(w)) * (3 * A(w) - 1)

    line = Restriction(Context(run).prover, np.zeros(1), np.ones(1), -5.0, 5.0, 1)
    for w in (-3.0, -0.7, 0.0, 0.466, 2.0):
        assert line.bend(np.array([w]))[0] == pytest.approx(curvature(w), abs=1e-13)  # ends are moved outward by 2⁻⁴⁶
    assert [round(at, 9) for at, _ in turns(line, -5, 5)] == [round(math.log(0.5), 9)]
    everywhere = peak(Restriction(Context(run).prover, np.zeros(1), np.ones(1), -math.inf, math.inf, 1))
    assert everywhere is not None
    assert curvature(0.4657) <= everywhere.bound <= 0.0771


def test_the_guaranteed_step(story: Story) -> None:
    claim = story["step"]
    assert claim.holds
    assert claim.evidence["guaranteed"]
    for name, exact in (("safe_step_one_pattern", 25.964), ("safe_step_sum", 25.964), ("safe_step_total", 51.928)):
        assert exact * 25.9 / 25.97 <= claim.evidence[name] <= exact, name
    assert claim.statement.startswith("Guaranteed: every step with α below 25.9")
    assert "sufficient, not necessary" in claim.statement
    assert claim.evidence["longest_better_step"] is None
    assert all(trial["rose"] == 0 and trial["left"] is None for trial in claim.evidence["trials"])


def test_nothing_says_that_it_would_diverge(story: Story) -> None:
    text = story.text(tests=True)
    for word in ("diverge", "overflow", "finite numbers", "explode", "unstable"):
        assert word not in text


def test_every_step_that_moved_helped_and_the_others_were_the_dead_pattern(story: Story) -> None:
    claim = story["decrease"]
    assert claim.holds
    assert (claim.evidence["own_worse"], claim.evidence["total_worse"]) == (0, 0)
    assert claim.evidence["moved"] == claim.evidence["own_better"] == 15
    assert "different patterns" in " ".join(claim.conditions)


def test_the_questions_are_answered_in_a_few_sentences_each(story: Story) -> None:
    assert [question for question, _ in story.questions][:5] == [
        "How does this number train the network?",
        "Is it a direction or only a magnitude?",
        "How do we know that subtracting leads to a minimum?",
        "Does the amount matter, or the sign alone?",
        "What if a change is good for one pattern and bad for another?",
    ]
    for _, answer in story.questions:
        assert answer.endswith(".")
        assert answer.count(". ") <= 3
        assert ";" not in answer


def test_sign_and_size(story: Story) -> None:
    assert story["sign"].holds
    assert "raising w lowers E of that pattern here" in story["sign"].statement
    assert story["size"].holds
    assert story["size"].evidence["ratio_of_short_steps"] == pytest.approx(1, abs=1e-6)
    steps = {step["rate"]: step["ratio"] for step in story["size"].evidence["steps"]}
    assert steps[0.5] == pytest.approx(0.00386 / 0.003936, abs=1e-3)


def test_the_curve_for_the_picture(story: Story) -> None:
    curve = story.curve
    assert curve is not None
    assert (curve.weight, curve.goal, curve.rows) == ("w", "E", ALIVE)
    assert curve.box == (0, 1)
    assert (curve.weights[0], curve.weights[-1]) == (0, 1)
    assert curve.goals == pytest.approx([0.5 * (A(w) - 1) ** 2 for w in curve.weights], rel=1e-12)
    assert curve.before == pytest.approx((0.5, 0.0712685), rel=1e-6)
    assert curve.end == pytest.approx((1, 0.0361647), rel=1e-5)
