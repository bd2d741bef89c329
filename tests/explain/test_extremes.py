"""Sentences at the edges of what a run can be: no rate, a negative one, overflow, kinks, rounding, slow approach."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import chainrule as cr
from chainrule.explain import Story, explain
from chainrule.explain.wording import num
from chainrule.train.run import Run

Trained = Callable[..., Run]
LINE = "data x in {1, 2}\ntarget y = 2x\nweight w := 1\nE = (w·x − y)²"


def told(story: Story) -> str:
    return " ".join(story.text(tests=True).split())


def test_a_rate_of_zero_moves_nothing(trained: Trained) -> None:
    story = explain(trained(LINE, rate=0.0, steps=3))
    assert story["step"].statement.startswith("α = 0 moves nothing. With α between 0 and 0.25 = 2/8 a step")
    assert not story["step"].holds


def test_a_negative_rate_is_never_called_safe_or_too_long(trained: Trained) -> None:
    story = explain(trained(LINE, rate=-0.05, steps=20))
    assert "is negative: each step goes the way in which E of its pattern gets worse" in story["step"].statement
    assert not story["step"].holds
    assert "they went the wrong way, because α is negative" in story["decrease"].statement
    assert story["sign"].statement.endswith("so w goes up with a positive α; but α is negative in this run, and its "
                                            "steps go the other way.")  # fmt: skip
    assert "too long" not in told(story)
    assert "too far" not in told(story)
    assert "the run's own" not in told(story)


def test_a_step_into_infinity_made_the_error_worse(trained: Trained) -> None:
    story = explain(trained("weight w := 5\nconst α := 1\nE = exp(w²)"))
    assert story["decrease"].evidence["own_worse"] == 1
    assert story["decrease"].statement.startswith("No: 1 of 1 step")
    assert "every α that was tried up to 1.389e−11" in " ".join(told(story).split())  # to w = −5


def test_a_pattern_whose_error_overflowed_is_not_asleep(trained: Trained) -> None:
    story = explain(trained(LINE, rate=10.0, steps=1000))
    assert story["dead"].statement.startswith("Nothing is dead")
    assert "asleep" not in story["dead"].statement


def test_a_lowest_point_that_is_a_kink_has_no_curvature(trained: Trained) -> None:
    claim = explain(trained("weight w := 2\nconst α := 1\nE = abs(w)"))["end"]
    assert (claim.evidence["kind"], claim.evidence["slopes_beside"], claim.holds) == ("kink", [-1.0, 1.0], True)
    assert "there is no curvature; per unit of w E changes by 1 to the right and by 1 to the left" in claim.statement
    assert "curvature:" not in " ".join(claim.lines)


def test_a_slope_that_is_not_exactly_zero_is_not_called_zero(trained: Trained) -> None:
    claim = explain(trained("weight x := 1, y := 0\nconst α := 0.1\nf = x² − y²", steps=1000))["end"]
    assert claim.evidence["kind"] == "saddle"
    assert "the slope is 0 to 2.5e−97, so steps hardly move it" in claim.statement


def test_a_slope_lost_by_rounding_is_computed_as_zero(trained: Trained) -> None:
    story = explain(trained("data x in {1, 2}\ntarget y = 0\nweight w := 60\nŷ = σ(w·x)\nE = ½(ŷ − y)²", rate=1.0))
    assert "the slope is computed as 0 there" in story["end"].statement
    assert "the slope of mean E by w is positive for every finite w" in story["end"].statement


def test_a_gradient_off_by_rounding_is_not_called_wrong(trained: Trained) -> None:
    claim = explain(trained("data x in {1}\ntarget y = 0\nweight w := 30\nŷ = σ(w·x)\nE = ½(ŷ − y)²", rate=1.0))[
        "update"
    ]
    assert claim.statement.startswith("The gradient used in step 1 is inexact")
    assert not claim.holds


def test_steps_that_change_next_to_nothing_are_not_counted_as_better(trained: Trained) -> None:
    story = explain(trained("weight w := 3\nconst α := 0.45\nE = 2·(w − 1)²", steps=1000))
    better, moved = story["decrease"].evidence["own_better"], story["decrease"].evidence["moved"]
    assert better < moved
    assert f"Here {better} of {moved} steps made E lower, and the others changed it too little to count." in told(story)


def test_a_box_that_no_trial_reached_stops_nothing(trained: Trained) -> None:
    text = "weight p in [0.001, 0.999] := 0.5\nconst α := 0.001\nL = 7·log(p) + 3·log(1 − p)\nmaximise L"
    statement = explain(trained(text))["step"].statement
    assert "L got higher at every step that moved a weight." in statement


@pytest.mark.parametrize(("scale", "rate"), [("1e8", 1e-18), ("1e-8", 1e14)])
def test_a_minimum_is_found_at_every_scale(trained: Trained, scale: str, rate: float) -> None:
    text = f"data x in {{{scale}, 2{scale[1:]}}}\ntarget y = 3x\nweight w := 0\nE = (w·x − y)²"
    claim = explain(trained(text, rate=rate))["end"]
    assert claim.evidence["kind"] == "minimum"
    assert "0 of 1 directions" not in claim.statement


def test_the_factors_of_a_dead_pattern_are_the_models_own(trained: Trained) -> None:
    text = "data x in {0, 1}\ntarget y = x\nweight w := 0.5, u := 3\nE = (w·x − y)² + 0·u"
    statement = explain(trained(text))["dead"].statement
    assert "because w·x − y = 0 and x = 0 are factors of it" in statement


@pytest.mark.parametrize(("start", "steps"), [(2, 2000), (1.5, 3000), (3, 4000)])
def test_a_place_beside_the_end_has_another_slope_than_the_end(start: float, steps: int) -> None:
    """The slope that is told of the weights at which a run ended is theirs, not that of the point it is close to."""
    model = cr.Model(f"weight x := {start}\nconst η := 0.1\nE = x³ − 3x² + 3x")
    run = model.train(steps=steps)
    story = model.explain(run)
    own = 3 * (float(run.weights["x"]) - 1) ** 2
    assert f"(where the run ended it is {num(own, 2)})" in story["end"].statement
    answer = next(text for question, text in story.questions if question == "Where does it end?")
    assert f"({num(own, 1)})" in answer
