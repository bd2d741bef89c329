"""What is computed to check lines has a limit, and rounding makes no line false."""

from __future__ import annotations

import pytest
from tests.laws.growth import FAMILIES

import chainrule as cr
from chainrule.derive.check import Checker
from chainrule.derive.ground import ground
from chainrule.errors import DerivationError
from chainrule.model import build
from chainrule.notation import parse

RECURRENCE = FAMILIES["recurrence"][1]


def test_a_short_recurrence_is_checked_whole() -> None:
    found = cr.Model(RECURRENCE(12)).derive("w")
    assert all(step.check.ok and step.check.points == 3 for step in found.steps.steps)
    assert "not checked" not in str(found)


@pytest.mark.parametrize("text", [RECURRENCE(400), FAMILIES["letters"][1](14)])
def test_lines_beyond_the_limit_are_shown_and_said(text: str) -> None:
    model = cr.Model(text)
    found = model.derive(model.weights[0])
    assert [str(step.after) for step in found.steps.steps]
    assert any(step.check.ok is None and not step.check.points for step in found.steps.steps)
    assert "checked: the limit checks, 50,000 numbers, was reached" in " ".join(str(found).split())
    assert found.json()["lines"][-1]["check"] == {"ok": None, "worst": 0.0, "points": 0}


def test_the_limit_is_raised_by_name() -> None:
    model = cr.Model(RECURRENCE(60))
    with cr.limits(checks=2_000):
        few = model.derive("w")
    assert any(step.check.ok is None for step in few.steps.steps)
    with cr.limits(checks=10**6):
        assert all(step.check.points == 3 for step in model.derive("w").steps.steps)


def test_after_half_of_the_limit_one_point_is_enough() -> None:
    with cr.limits(checks=24_000):
        found = cr.Model(RECURRENCE(60)).derive("w")
    assert {step.check.points for step in found.steps.steps} >= {1}


def test_the_last_lines_are_the_same_with_and_without_checks() -> None:
    model = cr.Model(RECURRENCE(40))
    with cr.limits(checks=10):
        few = model.derive("w")
    assert [step.after for step in few.steps.steps] == [step.after for step in model.derive("w").steps.steps]


@pytest.mark.parametrize("n", [20, 25, 30])
@pytest.mark.parametrize("family", ["skips", "layers"])
def test_a_line_is_not_false_for_digits_that_rounding_took(family: str, n: int) -> None:
    """1 − tanh(h)² beside tanh(h) = 1 has no digits left."""
    assert cr.Model(FAMILIES[family][1](n)).derive("w").steps.steps


def test_with_letters_too() -> None:
    text = """index k = 1..2
data x[k] in {0.5, 1}
weight w[k] := 0.3
h[k] = tanh(40*w[k]*x[k])
E = sum_k (1 - h[k])^2
"""
    assert all(step.check.ok for step in cr.Model(text).derive("w").steps.steps)


def test_a_false_line_is_still_found() -> None:
    checker = Checker(ground(cr.Model("data x in {1, 2}\nweight w := 0.5\nh = tanh(20*w*x)\nE = h^2\n").network))
    assert checker.text("d(E)/d(w)", "40*x*h*(1 - h^2)").ok
    for wrong in ("40*x*h*(1 - h)", "40*x*(1 - h^2)", "20*x*h*(1 - h^2)", "40*x*h"):
        with pytest.raises(DerivationError, match="E253"):
            checker.text("d(E)/d(w)", wrong)


@pytest.mark.parametrize("wrong", ["1/0", "exp(1000*h)*exp(1000)", "-1/0"])
def test_a_side_that_is_not_finite_is_no_matter_of_rounding(wrong: str) -> None:
    checker = Checker(ground(cr.Model("data x in {1, 2}\nweight w := 0.5\nh = tanh(w*x)\nE = h^2\n").network))
    with pytest.raises(DerivationError, match="E253"):
        checker.text("d(E)/d(w)", f"2*h*(1 - h^2)*x + ({wrong})")


DIVIDED = {
    "a scalar": ("weight w := 0.3\nE = atan(w/0)", 1),
    "a bracket": ("weight w := 0.3, h := 0.4\nE = h + w*atan([1/2 > h]/0)", 0),
    "letters": ("index j = 1..2\nweight w[j] := 0.3\nE = sum_j atan(w[j]/0)", 1),
    "too large": ("weight w := 0.3\nE = w + 1/(1 + exp(1000 + w))", 2),
    "too large, letters": ("index j = 1..2\nweight w[j] := 0.3\nE = sum_j 1/(1 + exp(1000 + w[j]))", 1),
}


@pytest.mark.parametrize(("text", "missing"), DIVIDED.values(), ids=DIVIDED)
def test_a_line_without_a_value_is_not_called_false(text: str, missing: int) -> None:
    """Where the model itself divides by 0 everywhere, a line may have no value: it is printed, and that is said."""
    found = cr.Model(text).derive("w")
    assert sum(step.check.ok is None for step in found.steps.steps) == missing
    assert ("no point was found at which it is a finite number" in str(found)) == bool(missing)
    assert "the limit checks" not in str(found)


@pytest.mark.parametrize("text", ["weight w := 0.3\nE = 1/(w - w)", "weight w := 0.3\nE = log(0)*w"])
def test_nor_is_a_model_without_a_value(text: str) -> None:
    with pytest.raises(DerivationError) as error:
        cr.Model(text).derive("w")
    assert error.value.code == "E255"


def test_points_at_which_everything_is_finite_come_first() -> None:
    """exp(800·w) is too large for some of the points: others are taken."""
    model = build(parse("weight w := 0.3\nE = w^2 + 1/(1 + exp(800*w))"))
    assert all(point.certain for point in ground(model).points)


def test_a_false_line_without_a_value_is_found() -> None:
    """Where the model is finite on the way, a line has to be a number."""
    checker = Checker(ground(build(parse("weight w := 0.3\nE = w^2"))))
    with pytest.raises(DerivationError) as error:
        checker.text("d(E)/d(w)", "2*w/(w - w)")
    assert error.value.code == "E253"


def test_a_fact_of_what_is_compared_with_0_holds_at_the_points() -> None:
    """Every entry that is drawn is 0: the sum is divided evenly."""
    text = """index k = 1..2
data x
target t[k]
fact sum_k t[k] = 1
weight w[k] := 0.3
E = sum_k [t[k] == 0]*(w[k]*x)^2 + sum_k t[k]*w[k]
"""
    assert all(step.check.ok for step in cr.Model(text).derive("w").steps.steps)
