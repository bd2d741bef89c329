"""Steps whose effect on the error rounding hides: it is said, and neither slope nor curvature is accused."""

import pytest

import chainrule as cr

HIDDEN = {
    "log": "weight w := 1e-12\nE = log(w² + 1)",
    "beside one": "weight w := 1e-10\nE = 1 + w²",
    "of two weights": "weight w := 1e-11, v := -1e-11\nE = log(1 + w² + v²)",
    "cosh": "weight w := 1e-10\nE = (exp(w) + exp(-w))/2",
    "maximised": "weight w := 1e-11\nE = 1 - w²\nmaximise E",
    "with data": "data x in {1, 2}\ntarget y = x\nweight w := 1e-11\nE = log(1 + (w·x)²)\nminimise mean E",
}


@pytest.mark.parametrize("name", HIDDEN)
def test_what_rounding_hides_is_said(name: str) -> None:
    story = cr.Model(HIDDEN[name]).explain(steps=50, batch="all")
    assert not any("is wrong" in claim.statement for claim in story.claims)
    hidden = story["step"].evidence["hidden_up_to"]
    assert hidden is not None
    assert hidden >= 0.1
    assert "by no more than rounding may" in " ".join(str(story).split())


def test_short_steps_that_are_not_seen_are_left_out() -> None:
    """With α = 1e−7 the fall is 1e−17 of E = 1; from 1e−5 on it is seen."""
    story = cr.Model("weight w := 1e-5\nE = 1 + w²").explain(steps=5)
    evidence = story["step"].evidence
    assert 1e-7 < evidence["hidden_up_to"] < 0.1 < evidence["longest_better_step"]
    assert "up to where it does no more than rounding may" in "\n".join(story["step"].lines)


def test_where_the_shortest_step_is_seen_nothing_is_said_of_rounding() -> None:
    evidence = cr.Model("weight w := 1\nE = w²").explain(steps=5)["step"].evidence
    assert evidence["hidden_up_to"] is None
    assert evidence["longest_better_step"] == pytest.approx(1, abs=1e-6)


def test_short_steps_that_hurt_are_no_better_than_long_ones() -> None:
    """At a kink the slope that is given goes the wrong way: short steps hurt, a long one lands in the valley."""
    model = cr.Model("weight w := 0\nE = if(w >= 0, 1 + w, if(w > -1, 1 - w, 0))")
    evidence = model.explain(steps=5)["step"].evidence
    assert evidence["longest_better_step"] == 0
    assert evidence["hidden_up_to"] is None
    assert evidence["better_again_at"] >= 1


def test_steps_that_are_proved_to_help_by_less_than_shows() -> None:
    story = cr.Model(HIDDEN["log"]).explain(steps=20)
    assert story["decrease"].evidence["helped_by_proof"] == 20
    assert "by less than its digits show" in story["decrease"].statement
    assert cr.Model("weight w := 1\nE = w²").explain(steps=5)["decrease"].evidence.get("helped_by_proof") is None


def test_slopes_too_small_for_a_complex_step_are_not_accused() -> None:
    story = cr.Model("weight w := 20\nE = softplus(-35·w)\nconst α := 1e-4").explain(steps=1)
    assert 0 < abs(story["update"].evidence["gradient"]["w"]) < 1e-290
    assert not any("wrong" in claim.statement for claim in story.claims)
