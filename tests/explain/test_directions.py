"""Steepest, toward, amount, patterns: each in both outcomes, with numbers that are known otherwise."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from chainrule.explain import Story, explain
from chainrule.expr.nodes import Expr, Mul, Neg, Number
from chainrule.train.run import Run

Trained = Callable[..., Run]
BOWL = "weight u := 4, v := 1\nconst α := 0.05\nE = ½u² + 5v²"  # gradient (4, 10)
ROUND = "weight u := 4, v := 1\nconst α := 0.1\nE = u² + v²"
CLASH = "data x\ntarget y\nweight w := 0\nconst α := 0.1\nE = ½(w·x − y)²"


def told(run: Run, *ids: str) -> Story:
    return explain(run, claims=ids)


def test_the_steepest_direction_and_its_rates(trained: Trained) -> None:
    claim = told(trained(BOWL, steps=5), "steepest")["steepest"]
    assert claim.holds
    assert claim.evidence["gradient_norm"] == pytest.approx(116**0.5)
    assert claim.evidence["along_minus_gradient"] == pytest.approx(-(116**0.5), rel=1e-6)
    assert claim.evidence["along_minus_sign"] == pytest.approx(-14, rel=1e-6)
    assert claim.evidence["sum_of_sizes"] == 14
    turned = np.degrees(np.arctan2(10, 400) - np.arctan2(10, 4))
    assert claim.evidence["angle_in_other_units"] == pytest.approx(abs(turned), abs=1e-6)


def test_with_one_weight_there_are_two_directions(trained: Trained) -> None:
    claim = told(trained(CLASH, {"x": [1.0], "y": [1.0]}, steps=5), "steepest")["steepest"]
    assert claim.holds
    assert claim.statement.startswith("With one weight there are only two directions")


@pytest.mark.parametrize("bend", [
    Neg, lambda body: Mul((Number(Fraction(101, 100)), body)),
], ids=["sign", "one per cent"])  # fmt: skip
def test_a_wrong_gradient_is_not_called_steepest(trained: Trained, bend: Callable[[Expr], Expr]) -> None:
    claim = told(trained(BOWL, steps=5, bend=bend), "steepest")["steepest"]
    assert not claim.holds
    assert "not the steepest" in claim.statement


def test_uphill_the_steepest_direction_is_the_gradient(trained: Trained) -> None:
    text = "weight u := 4, v := 1\nconst α := 0.05\nf = −½u² − 5v²\nmaximise f"
    claim = told(trained(text, steps=5), "steepest")["steepest"]
    assert claim.holds
    assert "f rises fastest along g" in claim.statement


def test_a_step_points_at_the_minimum_of_a_round_bowl_and_not_of_a_long_one(trained: Trained) -> None:
    straight = told(trained(ROUND, steps=300), "toward")["toward"]
    assert straight.holds
    assert straight.evidence["angle"] == pytest.approx(0, abs=1e-4)
    aside = told(trained(BOWL, steps=2000), "toward")["toward"]
    assert not aside.holds
    assert aside.evidence["angle"] == pytest.approx(np.degrees(np.arctan2(10, 4) - np.arctan2(1, 4)), abs=1e-4)
    assert "not to arrive" in aside.statement


def test_a_wrong_sign_points_away(trained: Trained) -> None:
    text = "weight w := 1\nconst α := 0.1\nE = w²"
    assert told(trained(text, steps=20), "toward")["toward"].holds
    away = trained(text, steps=20, bend=Neg)
    claim = told(away, "toward", "steepest")
    assert not claim["steepest"].holds


def test_where_nothing_moves_nothing_is_compared(trained: Trained) -> None:
    flat = trained("weight a := 1, b := 2\nconst α := 0.1\nE = 3 + 0·a + 0·b", steps=3)
    for claim in told(flat, "steepest", "toward", "amount").claims:
        assert not claim.holds
        assert "0 at the start" in claim.statement


def test_signs_alone_do_not_settle(trained: Trained) -> None:
    claim = told(trained(BOWL.replace("0.05", "0.15"), steps=50), "amount")["amount"]
    ways = {way["way"]: way for way in claim.evidence["ways"]}
    assert claim.holds
    assert ways["the gradient"]["error"] < 1e-20
    # after 27 steps of 0.15 from 4 and 7 from 1, u hops between ±0.05 and 0.1, v likewise
    assert ways["its signs"]["last_move"] == pytest.approx(0.15)
    assert ways["its signs"]["error"] > 1e-3
    assert ways["its signs"]["steps_to_error_of_gradient"] is None
    assert claim.evidence["angle_of_signs"] == pytest.approx(np.degrees(np.arctan2(10, 4) - np.pi / 4))


def test_on_a_box_the_amount_can_make_no_difference(trained: Trained) -> None:
    text = "weight w in [0, 1] := 0.5\nconst α := 0.5\nE = (w − 3)²"
    claim = told(trained(text, steps=20), "amount")["amount"]
    assert not claim.holds
    assert "no difference" in claim.statement


def test_a_run_away_is_told_as_one(trained: Trained) -> None:
    claim = told(trained("weight w := 1\nconst α := 3\nE = w^4", steps=3), "amount")["amount"]
    assert claim.holds
    assert "no longer a number" in claim.statement


def test_patterns_that_pull_against_each_other(trained: Trained) -> None:
    run = trained(CLASH, {"x": [1.0, 1.0, 2.0, 0.0], "y": [1.0, -1.0, 2.0, 5.0]}, steps=8)
    claim = told(run, "patterns")["patterns"]
    assert not claim.holds
    evidence = claim.evidence  # gradients −1, 1, −4, 0
    assert (evidence["pulling"], evidence["pairs"], evidence["opposed_pairs"]) == (3, 3, 2)
    assert evidence["worst_angle"] == pytest.approx(180)
    assert evidence["worse_in_first_step"] == [1]


def test_patterns_that_agree(trained: Trained) -> None:
    run = trained(CLASH, {"x": [1.0, 2.0], "y": [1.0, 2.0]}, steps=8)
    claim = told(run, "patterns")["patterns"]
    assert claim.holds
    assert claim.evidence["opposed_pairs"] == 0
    assert claim.evidence["worse_in_first_step"] == []
