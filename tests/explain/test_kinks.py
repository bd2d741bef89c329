"""Kinks, steps and shut units: one-sided slopes, nothing accused, and no slope of 0 told as if E did not depend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.explain import explain
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.dead_units import by_steps_alone, shut
from chainrule.explain.measure.kinks import sides
from chainrule.expr.nodes import Mul, Number
from chainrule.train.run import Run

Trained = Callable[..., Run]

LINE = {"x": [1, 2, 3], "y": [2, 3.9, 6.1]}
KINKS: dict[str, tuple[str, object, dict[str, Any]]] = {
    "lasso": (
        "data x\ntarget y\nweight w := 0, b := 0\nconst λ := 0.5, α := 0.05\nE = ½(w·x+b−y)²\n"
        "minimise mean E + λ·(abs(w)+abs(b))", LINE, {"batch": "all"},
    ),
    "absolute error": (
        "data x\ntarget y\nweight w := 1\nconst η := 0.5\nŷ = w·x\nL = abs(y − ŷ)", {"x": [1, 2], "y": [1, 4]},
        {"batch": "all"},
    ),
    "hinge": ("data x\ntarget y\nweight w := 1\nconst η := 0.1\nE = relu(1 − y·w·x)", {"x": [1, 2], "y": [1, -1]},
              {"batch": "all"}),
    "a tie": ("weight u := 1, v := 1\nconst η := 0.1\nE = max(u, v) + ½u²", None, {}),
    "a length": ("weight u := 0, v := 1\nconst η := 0.1\nE = abs(u) + (v − u)²", None, {}),
    "letters": (
        "index k = 1..3\ndata x\ntarget y\nweight w[k] := [0, 0, 1]\nconst η := 0.1\nh = max_k (w[k]·x)\n"
        "E = ½(h − y)² + 0.1·Σ_k abs(w[k])", {"x": [1, 2], "y": [1, 3]}, {"batch": "all"},
    ),
    "upward": ("weight w := 0\nconst η := 0.1\nf = 3 − abs(w) + w\nmaximise f", None, {}),
}  # fmt: skip


def run_of(trained: Trained, name: str, **more: Any) -> Run:
    text, columns, options = KINKS[name]
    return trained(text, columns, steps=20, **options, **more)


@pytest.mark.parametrize("name", KINKS)
def test_one_sided_slopes_are_those_of_differences(trained: Trained, name: str) -> None:
    context = Context(run_of(trained, name))
    seen = sides(context, context.start)
    assert seen.kinks.any()
    for at, place in enumerate(seen.places):
        for rate, sign in ((seen.right[at], 1), (seen.left[at], -1)):
            goals = []
            for h in (1e-5, 1e-6, 1e-7):
                moved = context.start.copy()
                moved[place] += sign * h
                goals.append((context.error(moved) - context.error(context.start)) / h)
            assert goals[-1] == pytest.approx(rate, abs=1e-4)
            assert goals[0] == pytest.approx(rate, abs=1e-3)


@pytest.mark.parametrize("name", KINKS)
def test_nothing_is_accused_at_a_kink_and_it_is_named(trained: Trained, name: str) -> None:
    story = explain(run_of(trained, name))
    told = " ".join(claim.statement for claim in story.claims)
    for word in ("is wrong", "sign is wrong", "do not add up", "factors of the chain rule make"):
        assert word not in told, told
    assert "has a kink" in story["update"].statement, story["update"].statement
    assert story["step"].evidence["curvature_met"] is None or story["step"].evidence["curvature_met"] < 100
    for line in story["step"].lines:
        assert "parabola that fits" not in line


@pytest.mark.parametrize("name", ["lasso", "absolute error", "a tie", "letters"])
def test_a_wrong_gradient_is_still_found_at_a_kink(trained: Trained, name: str) -> None:
    run = run_of(trained, name, bend=lambda body: Mul((Number(3, "3"), body)))
    update = explain(run, claims=["update"])["update"]
    assert not update.holds
    assert "is wrong" in update.statement


def test_a_step_that_only_two_weights_together_meet(trained: Trained) -> None:
    """At [u + v > 0]·v with v = 0 neither weight alone changes anything but by its slope; both together do."""
    text = "weight u := 1, v := 0, w := -1\nconst α := 0.1\nE = (w·[u + w > 0]·v − 1)² + u + 2·v"
    story = explain(trained(text, steps=3))
    assert "is wrong" not in " ".join(claim.statement for claim in story.claims)


def test_the_numbers_of_both_sides(trained: Trained) -> None:
    story = explain(run_of(trained, "absolute error"))
    update = story["update"].statement
    assert "by −0.5 to the right and by 1.5 to the left" in update
    assert "between the two slopes −1.5 and −0.5" in update
    assert story["size"].evidence["ratio_of_short_steps"] == pytest.approx(0.5)
    assert not story["size"].holds
    assert "curvature" not in story["size"].statement


def test_a_corner_has_its_own_steepest_way(trained: Trained) -> None:
    """Of E = |u| + |v| − 2u − 2v at 0 the sides are −1 and 3: the least is −√2, where −g promises −√8."""
    text = "weight u := 0, v := 0\nconst α := 0.1\nE = abs(u) + abs(v) − 2u − 2v"
    steepest = explain(trained(text, steps=3), claims=["steepest"])["steepest"]
    assert not steepest.holds
    assert steepest.evidence["along_minus_gradient"] == pytest.approx(-np.sqrt(2))
    assert "−2.828" in steepest.statement
    assert "−1.414" in steepest.statement


SEAM = (
    "data x\ntarget y\nweight w := 0, b := 0.3\nconst α := 0.1\nz = w·x\n"
    "ŷ = sign(z)·log(abs(z)+sqrt(z²+1)) + b\nE = ½(ŷ−y)²"
)


def test_a_smooth_function_written_with_sign_and_abs_is_found_out(trained: Trained) -> None:
    update = explain(trained(SEAM, {"x": [1, 2], "y": [1, 1.4]}, batch="all"), claims=["update"])["update"]
    assert "smooth in w, with the slope −1.45 from both sides, but the rule takes 0" in update.statement
    sign = explain(trained(SEAM, {"x": [1, 2], "y": [1, 1.4]}, batch="all"), claims=["sign"])["sign"]
    assert not any("does not depend" in line for line in sign.lines)


@pytest.mark.parametrize("text", [
    "weight w := 0\nconst α := 0.1\nE = relu(w) − relu(−w)",
    "weight w := 0\nconst α := 0.1\nE = w·sign(w)·sign(w)",
    "weight w := 1\nconst α := 0.1\nE = max(w, 1) + min(w, 1)",
])  # fmt: skip
def test_other_seams(trained: Trained, text: str) -> None:
    update = explain(trained(text, steps=3), claims=["update"])["update"]
    assert "has a kink" not in update.statement
    context = Context(trained(text, steps=1))
    seen = sides(context, context.start)
    if seen.seams.any():
        assert "from both sides, but the rule takes" in update.statement


STEPS = {
    "threshold": ("data x\ntarget y\nweight w := -1\nE = ½([w·x >= 0] − y)²", {"x": [1, 2], "y": [1, 0]}),
    "perceptron": (
        "data x\ntarget y\nweight w := 0.5\no = [w·x > 0]\nE = ½(o − y)²", {"x": [2, -1], "y": [0, 0]}
    ),
    "sign": ("data x\ntarget y\nweight w := 0.5, b := 0.1\nE = (sign(w·x + b) − y)²", {"x": [2, -1], "y": [1, -1]}),
    "floor": ("weight w := 0.5\nE = floor(w)²", None),
    "letters": (
        "index k = 1..2\ndata x\ntarget y\nweight w[k] := [0.5, -1]\nE = (Σ_k [w[k]·x > 0] − y)²",
        {"x": [2, -1], "y": [1, 2]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STEPS)
def test_a_step_is_not_told_as_if_nothing_depended_on_the_weight(trained: Trained, name: str) -> None:
    text, columns = STEPS[name]
    run = trained(text, columns, steps=3)
    assert by_steps_alone(Context(run))
    story = explain(run)
    for claim in story.claims:
        assert "does not depend" not in claim.statement, claim.statement
        assert "the error's own slope" not in claim.statement or "whatever" in claim.statement, claim.statement
    assert "through steps alone" in story["update"].statement


def test_what_a_step_is_worth_was_tried(trained: Trained) -> None:
    text, columns = STEPS["threshold"]
    dead = explain(trained(text, columns, steps=3), claims=["dead"])["dead"].statement
    assert "through the step [w·x ≥ 0] alone: it was 0 and 0.5" in dead


def test_what_does_not_depend_is_still_said(trained: Trained) -> None:
    dead = explain(trained("data x\nweight w := 1\nE = 3 + 0·w·x", {"x": [1, 2]}, steps=3), claims=["dead"])["dead"]
    assert "depend" in dead.statement or "0" in dead.statement
    assert not by_steps_alone(Context(trained("weight w := 1\nE = w·[w > 0]", steps=1)))


SHUT: dict[str, tuple[str, object, list[str]]] = {
    "one of two": (
        "data x in {1, 2}\ntarget y = x\nweight w := -1, v := 1, u := 0.5\nconst α := 0.1\nh = relu(w·x)\n"
        "g = relu(u·x)\nŷ = v·h + g\nE = ½(ŷ − y)²", None, ["h"],
    ),
    "the only one": (
        "data x in {1, 2}\ntarget y = x\nweight w := -1\nconst α := 0.1\nŷ = relu(w·x)\nE = ½(ŷ − y)²", None, ["ŷ"]
    ),
    "max": (
        "data x in {1, 2}\ntarget y = x\nweight w := -1, u := 1\nconst α := 0.1\nE = ½(u·x + max(0, w·x) − y)²", None,
        ["max(0, w·x)"],
    ),
    "letters": (
        "index k = 1..3\ndata x\ntarget y\nweight w[k] := [-1, 0.5, -2], v[k] := 1\nconst α := 0.01\n"
        "h[k] = relu(w[k]·x)\nE = ½(Σ_k v[k]·h[k] − y)²", {"x": [1, 2], "y": [1, 2]}, ["h[1]", "h[3]"],
    ),
    "none": (
        "data x\ntarget y\nweight w := -1, v := 1\nconst α := 0.01\nh = relu(w·x)\nE = ½(v·h − y)²",
        {"x": [1, -2], "y": [1, 2]}, [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SHUT)
def test_units_that_fire_on_no_pattern_are_named(trained: Trained, name: str) -> None:
    text, columns, wanted = SHUT[name]
    run = trained(text, columns, steps=10)
    assert [unit.name for unit in shut(Context(run))] == wanted
    dead = explain(run, claims=["dead"])["dead"]
    assert dead.evidence["dead_units"] == wanted
    assert ("dead unit" in dead.statement) == bool(wanted)
    if wanted:
        assert "Nothing is dead" not in dead.statement
        assert dead.holds


@pytest.mark.parametrize(
    ("kink", "right", "left"),
    [("abs(w·v)", 3.0, 1.0), ("relu(w·v)", 3.0, -1.0), ("max(w·v, 0)", 3.0, -1.0), ("abs(w·v·v)/2", 3.0, 1.0)],
)
def test_a_kink_of_a_product_has_the_slopes_of_both_factors(kink: str, right: float, left: float) -> None:
    model = cr.Model(f"weight w := 0, v := 2\nconst α := 0.3\nE = {kink} + ½·((w + v) − 1)²")
    story = model.explain(model.train(steps=20))
    found = story["update"].evidence["kink"]["kink"]
    assert (found["right"], found["left"]) == pytest.approx((right, left))
    assert "wrong" not in story["size"].statement
    assert "kink" in story["size"].statement


@pytest.mark.parametrize("text", [
    "weight w := 0, v := 0\nE = abs(v·w − 1) + abs(2·v·w) + abs(v·w)",
    "weight w := 0, v := 0\nh = max(w, w/8)\nE = abs(v·h − 1) + abs(2·v·h)",
    "weight w := 0, v := 0, u := 0\nh = max(w, w/8)\nE = abs(v·h − 1) + abs(2·v·h) + u²",
    "weight w := 0, v := 0\nf = −abs(v·w − 1) − abs(2·v·w)\nmaximise f",
    "data x in {1, 2}\ntarget y = 0\nweight w := 0, v := 0\nE = abs(v·w·x) − v·w\nminimise mean E",
])  # fmt: skip
def test_where_a_kink_hides_whether_it_bends_it_is_not_called_flat(trained: Callable[..., Run], text: str) -> None:
    """Each curvature there is that of one side alone."""
    told = explain(trained(text, rate=0.1, steps=5))["end"].statement
    assert "hides whether it bends" in told or "does not change to second order" not in told
    assert "2 of 2 directions" not in told
