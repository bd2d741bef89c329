"""Sentences that said more than was tested, or accused what is right: each kind with variants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from chainrule.explain import Story, explain
from chainrule.train.run import Run

Trained = Callable[..., Run]
ACCUSING = ("is wrong", "do not add up", "do not agree", "chain rule make")


def story(run: Run) -> Story:
    found = explain(run)
    for claim in found.claims:
        assert not any(word in claim.statement for word in ACCUSING), claim.statement
    return found


@pytest.mark.parametrize("text", [
    "weight x := 1, y := 1e-10\nE = ½x² + ¼y⁴ − ½y²",
    "weight x := 1, y := 1e-10\nf = −(½x² + ¼y⁴ − ½y²)\nmaximise f",
    "weight x := 3, y := 1e-12\nE = x² + y²",
    "index i = 1..2\nweight w[i] := [2, 1e-12]\nE = Σ_i w[i]²",
    "weight x := 1, y := 1e-10, z := −2\nE = x² + y⁴ − y² + z²",
])  # fmt: skip
def test_a_sign_that_rounding_hides_is_not_told_as_tested(trained: Trained, text: str) -> None:
    sign = story(trained(text, rate=0.1, steps=20))["sign"]
    assert sign.evidence["unclear"] == 1
    assert "y " not in sign.statement.partition("right:")[2].replace("by ", "")
    assert "w[2]" not in sign.statement


@pytest.mark.parametrize("text", [
    "weight w := −50, v := 1\nE = abs(2min(w + 50, 1)) + abs(2w) + v²",
    "weight w := −50, v := 1\nf = −abs(2min(w + 50, 1)) − abs(2w) − v²\nmaximise f",
    "weight w := 50, v := 1\nE = abs(2max(w − 50, −1)) + abs(2w) + v²",
    "weight w := −50, v := 1\nE = 2relu(w + 50) − 2relu(w + 49) + abs(2w) + v²",
    "index i = 1..2\nweight w[i] := [−50, 1]\nE = abs(2min(w[1] + 50, 1)) + abs(2w[1]) + w[2]²",
])  # fmt: skip
def test_a_sign_is_not_right_for_what_lies_beyond_another_kink(trained: Trained, text: str) -> None:
    """E is flat on the side the step takes, as far as the next kink, and falls from there."""
    sign = story(trained(text, rate=0.1, steps=2))["sign"]
    assert (sign.evidence["agree"], sign.evidence["disagree"], sign.evidence["unclear"]) == (1, 0, 1)


@pytest.mark.parametrize("text", [
    "weight w := 1\nE = w⁸ − 8w⁷ + 28w⁶ − 56w⁵ + 70w⁴ − 56w³ + 28w² − 8w + 1",
    "weight w := 2\nE = w⁶ − 12w⁵ + 60w⁴ − 160w³ + 240w² − 192w + 64",
    "weight w := 1\nf = −w⁸ + 8w⁷ − 28w⁶ + 56w⁵ − 70w⁴ + 56w³ − 28w² + 8w\nmaximise f",
    "weight w := 1, v := 0\nE = w⁸ − 8w⁷ + 28w⁶ − 56w⁵ + 70w⁴ − 56w³ + 28w² − 8w + 1 + v²",
    "weight w := 10\nE = w⁴ − 40w³ + 600w² − 4000w + 10000",
])  # fmt: skip
def test_a_curvature_that_is_rounding_contradicts_nothing(trained: Trained, text: str) -> None:
    end = story(trained(text, rate=0.1, steps=10))["end"]
    assert end.evidence["kind"] in ("minimum", "maximum", "valley", "plateau", "asleep")
    assert "cannot be said" not in end.statement


@pytest.mark.parametrize(("text", "rows"), [
    ("data x\ntarget y\nweight w := 1\nE = relu(1 − y·w·x)", {"x": [1, -2], "y": [1, -1]}),
    ("data x\ntarget y\nweight w := 3\nE = relu(1 − y·w·x)²", {"x": [1, -2], "y": [1, -1]}),
    ("data x\ntarget y\nweight w := 3, b := 0\nE = 2·relu(1 − y·(w·x + b))", {"x": [1, -2], "y": [1, -1]}),
    ("data x\ntarget y\nweight w := 3\nE = max(0, 1 − y·w·x)/2", {"x": [1, -2], "y": [1, -1]}),
    ("index i = 1..2\ndata x[i]\ntarget y\nweight w[i] := 3\nE = relu(1 − y·(Σ_i w[i]·x[i]))", {"x": [[1, 1], [-2, -1]],
                                                                                               "y": [1, -1]}),
])  # fmt: skip
def test_an_error_that_is_satisfied_is_no_dead_unit(trained: Trained, text: str, rows: dict[str, Any]) -> None:
    dead = story(trained(text, rows, rate=0.1, steps=5, batch="all"))["dead"]
    assert dead.evidence["dead_units"] == []


def test_a_unit_inside_of_an_error_is_one(trained: Trained) -> None:
    text = "data x\ntarget y\nweight w := −1\nE = ½(relu(w·x) − y)²"
    dead = story(trained(text, {"x": [1, 2], "y": [1, 1]}, rate=0.1, steps=5))["dead"]
    assert dead.evidence["dead_units"] == ["relu(w·x)"]


@pytest.mark.parametrize(("text", "told"), [
    ("weight w := 1\nE = −w + exp(w − 30)", 30.0),
    ("weight w := 1\nE = −w + ½·exp(w − 20)", 20 + np.log(2)),
    ("weight w := 1\nf = w − exp(w − 25)\nmaximise f", 25.0),
    ("weight w := 1\nE = softplus(w − 20) − ½w", 20.0),
    ("weight w := −1\nE = w + exp(−w − 12)", -12.0),
])  # fmt: skip
def test_what_lies_behind_a_plain_is_found_by_following(trained: Trained, text: str, told: float) -> None:
    end = story(trained(text, rate=0.2, steps=40))["end"]
    assert "goes to" in end.statement, end.statement
    assert end.evidence["target"] == pytest.approx([told], abs=1e-6)


@pytest.mark.parametrize(("text", "at"), [
    ("weight x := 2, y := 1\nE = x³ + y²", (0.0, 0.0)),
    ("weight x := 2, y := 1\nE = x⁴ + 100·y²", (0.0, 0.0)),
    ("weight x := 3, y := 1\nE = (x − 1)³ + 5·y²", (1.0, 0.0)),
    ("weight x := 2, y := 1\nE = x⁴ + x²·y² + y²", (0.0, 0.0)),
    ("weight x := 2\nE = (x − 1)⁵", (1.0,)),
])  # fmt: skip
def test_a_flat_place_is_told_exactly(trained: Trained, text: str, at: tuple[float, ...]) -> None:
    end = story(trained(text, rate=0.005, steps=1500))["end"]
    assert end.evidence["target"] == pytest.approx(at, abs=1e-9)


@pytest.mark.parametrize("steps", [0, 1, 2, 5, 9])
def test_a_circle_that_is_not_reached_is_to_come(trained: Trained, steps: int) -> None:
    text, rows = "data x\ntarget y\nweight w := 9\nE = ½(w·x − y)²", {"x": [1, 2], "y": [1, 1]}
    end = story(trained(text, rows, rate=0.1, steps=steps, batch="each"))["end"]
    assert not end.statement.startswith("It ends in a circle")
    assert ("No step was taken" in end.statement) == (steps == 0)
    later = story(trained(text, rows, rate=0.1, steps=400, batch="each"))["end"]
    assert later.statement.startswith("It ends in a circle")


@pytest.mark.parametrize("rate", [-0.1, -0.5, 0.9, 1.5, 3.0])
def test_no_more_patterns_get_worse_than_there_are(trained: Trained, rate: float) -> None:
    text, rows = "data x\ntarget y\nweight w := 1\nE = ½(w·x − y)²", {"x": [1, 2], "y": [1, 1]}
    told = story(trained(text, rows, rate=rate, steps=30, batch="each"))["patterns"].statement
    assert "of 1 others" not in told
    assert "2 of 1" not in told


@pytest.mark.parametrize(("text", "rate"), [
    ("weight z := 20\nE = −log(1 − tanh(z)²)", 0.1),
    ("weight z := 40\nconst y := 0\np = σ(z)\nE = −y·log(p) − (1 − y)·log(1 − p)", 0.1),
    ("weight z := 0\nE = sin(z)/z", 0.1),
    ("weight z := −1\nE = log(z)", 0.1),
    ("weight z := 800\nE = exp(z)", 0.1),
])  # fmt: skip
def test_a_start_without_a_value_is_said_and_nothing_is_accused(trained: Trained, text: str, rate: float) -> None:
    told = story(trained(text, rate=rate, steps=5))
    assert "makes a difference" not in told["amount"].statement
    assert not told["vanish"].holds


@pytest.mark.parametrize(("text", "value"), [
    ("weight z := 40\nconst y := 0\np = σ(z)\nE = −y·log(p) − (1 − y)·log(1 − p)", "40"),
    ("weight z := 60\np = σ(z)\nE = −log(1 − p)", "60"),
    ("weight z := 20\nE = −log(1 − tanh(z)²)", "38.61"),
    ("weight w := 20\nz = 2w\np = tanh(z)\nE = −log(1 − p)", "79.31"),
    ("weight w := 5\nf(u) = 1 − σ(u)\nE = −log(f(9w))", "45"),
])  # fmt: skip
def test_a_value_that_rounding_lost_is_told_in_more_digits(trained: Trained, text: str, value: str) -> None:
    end = story(trained(text, rate=0.1, steps=5))["end"]
    assert f"In a hundred digits E = {value} there" in end.statement, end.statement


@pytest.mark.parametrize("rule", ["adam", "rmsprop", "adagrad", "momentum", "adamw"])
def test_consts_of_a_rule_are_read_by_it(trained: Trained, rule: str) -> None:
    warnings = story(trained("weight w := 1\nE = w²", update=rule, steps=5)).warnings
    assert not any("is not read" in one for one in warnings)


@pytest.mark.parametrize(("rate", "rows"), [
    (0.1, {"x": [1, 2, 1], "y": [1, 1, -1]}), (0.3, {"x": [1, 1], "y": [0, 1]}), (0.05, {"x": [1, 2], "y": [3, -1]}),
    (0.2, {"x": [1, 1, 1], "y": [0, 1, 5]}), (0.15, {"x": [2, 1, -1], "y": [0, 1, 1]}),
])  # fmt: skip
def test_orders_drawn_anew_rest_at_a_noise_floor(trained: Trained, rate: float, rows: dict[str, Any]) -> None:
    text = "data x\ntarget y\nweight w := 0.5\nE = ½(w·x − y)²"
    end = story(trained(text, rows, rate=rate, steps=400, batch="shuffled"))["end"]
    assert "noise floor" in end.statement, end.statement
    x, y = np.array(rows["x"]), np.array(rows["y"])
    best = float(x @ y / (x @ x))
    low, high = end.evidence["noise_floor"]["goals"]
    least = float(np.mean((best * x - y) ** 2) / 2)
    assert least <= low <= high
    further = trained(text, rows, rate=rate, steps=4000, batch="shuffled").trace.weights["w"][2000 :: len(x)]
    goals = np.mean((further[:, None] * x - y) ** 2, axis=1) / 2
    assert np.mean((goals >= low) & (goals <= high)) > 0.95
    sharp = trained(text, {"x": [1, 2, 3], "y": [1, 2, 3]}, rate=0.05, steps=600, batch="shuffled")
    assert story(sharp)["end"].evidence["kind"] == "minimum"  # patterns that agree rest


def test_a_weight_behind_a_step_is_no_weight_that_nothing_depends_on(trained: Trained) -> None:
    text = "data x\ntarget y\nweight w := 0.5, v := 1\nh = [w·x > 0]\nE = ½(v·h − y)²"
    dead = story(trained(text, {"x": [1, -1], "y": [2, 0]}, rate=0.1, steps=50))["dead"]
    assert "does depend on w, through the step [w·x > 0] alone" in dead.statement


def test_ends_that_differ_are_told_apart(trained: Trained) -> None:
    text = "data a, b\ntarget y\nweight w1 := 0.01, w2 := −0.02, v := 0.02, c := 0\n"
    text += "h = tanh(w1·a + w2·b)\nŷ = σ(v·h + c)\n"
    rows = {"a": [0, 0, 1, 1], "b": [0, 1, 0, 1], "y": [0, 1, 1, 0]}
    told = story(trained(text + "E = ½(ŷ − y)²", rows, rate=0.5, steps=100, batch="all"))["amount"].statement
    assert "makes a difference" in told
    assert "from 0.125 to 0.125," not in told


@pytest.mark.parametrize(("text", "weight"), [
    ("weight w in [0, 1] := 0.5, v in [0, 1] := 0.5\nE = −w − 2v + w·v", "v = 1"),
    ("weight w := 0.5, v in [0, 1] := 0.5\nE = v + 0·w", "v = 0"),
    ("weight w := 0.5, v in [0, 1] := 0.5\nf = 3v + 0·w\nmaximise f", "v = 1"),
    ("weight w := 0.5, v in [−2, 1] := 0.5\nE = v³ + 3v + 0·w", "v = −2"),
    ("weight w := 1, v in [0, 1] := 0.5\nE = −v + relu(w − 5)", "v = 1"),
])  # fmt: skip
def test_a_level_edge_of_a_box_is_told_as_an_edge(trained: Trained, text: str, weight: str) -> None:
    end = story(trained(text, rate=0.1, steps=100))["end"]
    assert end.evidence["kind"] == "bound", end.statement
    assert f"on the edge of the box, {weight}" in end.statement
    assert "nothing pulls" not in end.statement


@pytest.mark.parametrize(("text", "rows"), [
    ("index t = 1..2\ndata x[t]\ntarget y\nweight a := 0.5\nh[0] = 0\nh[t] = [a·x[t] + h[t-1] > 0]\n"
     "E = ½(h[2] − y)²", {"x": [[1, 0], [-1, 1]], "y": [0, 1]}),
    ("data x, c\ntarget y\nweight w := 0.5\nE = ([w·x > 0] + c·[w > 0] − y)²", {"x": [1, 2], "c": [0, 0], "y": [0, 1]}),
    ("data x\ntarget y\nweight w := 0.5\nE = (sign(w·x) − y)²", {"x": [1, -1], "y": [-1, 1]}),
    ("data x\ntarget y\nweight w := 0.5\nE = (floor(w·x) − y)²", {"x": [1, 3], "y": [-1, 1]}),
    ("data x\ntarget y\nweight w := −1\nE = ½([w·x ≥ 0] − y)²", {"x": [1, 2], "y": [1, 0]}),
])  # fmt: skip
def test_a_pattern_behind_steps_is_not_said_to_be_dead(trained: Trained, text: str, rows: dict[str, Any]) -> None:
    dead = story(trained(text, rows, rate=0.5, steps=20))["dead"]
    assert "cannot be learned" not in dead.statement
    assert "does depend" in dead.statement


@pytest.mark.parametrize("text", [
    "weight w in [0, 2] := 0.5\nf = w³ − w\nmaximise f", "weight w in [0, 2] := 1\nf = w⁴\nmaximise f",
    "weight w := 1\nE = 2w", "weight w in [0, 3] := 1\nE = −w³", "weight w in [0, 2] := 1\nE = −w² + w",
])  # fmt: skip
def test_a_curve_that_nowhere_bends_has_no_bound_of_rounding(trained: Trained, text: str) -> None:
    step = story(trained(text, rate=0.01, steps=10))["step"].statement
    assert "nowhere bends" in step
    assert "e−3" not in step


def test_a_slope_that_was_lost_is_no_goal_in_more_digits(trained: Trained) -> None:
    end = story(trained("weight w := 0, v := 0\nE = sqrt(w² + v²)", rate=0.1, steps=5))["end"]
    assert "hundred digits" not in end.statement


@pytest.mark.parametrize(("start", "rate"), [("w := 10, b := 5", 0.15), ("w := 9, b := 5", 1e-3)])
def test_a_step_behind_a_saturated_unit_goes_down_by_little(trained: Trained, start: str, rate: float) -> None:
    """In the fourteenth digit of the error, which is no rounding: the slope along each step has one sign."""
    text = f"table x | y\n1 | 0\nweight {start}\nconst η := {rate}\na = σ(w*x + b)\nC = ½(y − a)²"
    found = story(trained(text, steps=50))
    assert found["decrease"].evidence["own_better"] == 50
    answers = dict(found.questions)
    assert "made C lower" in answers["How do we know that subtracting leads to a minimum?"]
    assert "hardly changes: by −" in answers["How does this number train the network?"]
    first, last = found["decrease"].statement.partition("went from ")[2].removesuffix(" over the run.").split(" to ")
    assert first != last


def test_a_rule_that_keeps_nothing_remembers_nothing(trained: Trained) -> None:
    """Decay in the rule pulls a weight up the slope of the error, and holds it where that is not 0."""
    text = (
        "table x | y\n1 | 1\n2 | 2\nweight w := 3\nconst α := 0.1, λ := 0.5\nE = ½(w*x − y)²\n"
        "update θ, g\n  θ <- θ − α*(g + λ*θ)"
    )
    found = story(trained(text, steps=500, batch="all"))
    assert "remember" not in found.text(tests=True)
    assert "carried on" not in found.text(tests=True)
    answers = dict(found.questions)
    assert "though the gradient there is not 0 (0.4167)" in answers["Where does it end?"]


@pytest.mark.parametrize("name", ["f", "loss", "h"])
def test_the_name_of_a_goal_keeps_its_letters(trained: Trained, name: str) -> None:
    found = story(trained(f"weight x := 0\n{name} = x^4 − 2*x^2\nminimise {name}", steps=3)).text(tests=True)
    assert f"{name} is lower" in found
    assert f"{name[0].upper()}{name[1:]} " not in found


def test_patterns_that_read_a_weight_many_times_read_it_more_than_once(trained: Trained) -> None:
    text = (
        "index t = 1..3\ndata x[t]\ntarget y\nweight u := 0.5, v := 0.3\nh[0] = 0\nh[t] = tanh(u*x[t] + v*h[t-1])\n"
        "E = ½(h[3] − y)²"
    )
    found = story(trained(text, {"x": [[1, 0, 1], [0, 1, 1]], "y": [1, 0]}, steps=2))
    assert "is used by each of 2 patterns" in found["order"].statement
    assert "once by each" not in found.text(tests=True)


def test_a_weight_on_the_edge_of_its_box_was_not_rounded(trained: Trained) -> None:
    run = trained("weight p in [0, 1] := 0.2\nconst α := 0.05\nL = 3*log(p) + 7*log(1 − p)\nmaximise L", steps=50)
    told = explain(run, claims=["end"])["end"].statement
    assert "log(1 − p)" in told
    assert "rounded" not in told
    assert "softplus" not in told
