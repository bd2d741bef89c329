"""Small networks whose story is known beforehand: each claim in both outcomes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from chainrule.explain import CLAIMS, Story, explain
from chainrule.train.run import Run

Trained = Callable[..., Run]


@dataclass(frozen=True)
class Case:
    """A network and what is true of its run. ``holds`` are claims that hold, ``fails`` those that do not."""

    name: str
    text: str
    end: str
    holds: str = ""
    fails: str = ""
    options: dict[str, Any] = field(default_factory=dict)


PARABOLA = "weight w := 1\nconst α := {rate}\nE = ½·{curvature}·w²"
SIGMOID = "data x in {{0, 1}}\ntarget y = x\nweight w{box} := 0.5\nconst α := 0.5\nŷ = 1/(1 + exp(-w·x))\nE = ½(ŷ − y)²"
PAIR = "data x in {0, 1}\ntarget y\nweight w := 0\nE = (w − y)²"
CLASH = {"x": [0, 0], "y": [0, 1]}

CASES = [
    Case(
        "below 2/λ",
        PARABOLA.format(rate=0.5, curvature=3),
        "minimum",
        "update sign size step decrease end",
        "dead",
        {"steps": 60},
    ),
    Case(
        "at 1/λ",
        PARABOLA.format(rate=0.25, curvature=4),
        "minimum",
        "update sign size step decrease end",
        "",
        {"steps": 3},
    ),
    Case(
        "above 2/λ",
        PARABOLA.format(rate=0.7, curvature=3),
        "growing",
        "sign size",
        "update step decrease end",
        {"steps": 60},
    ),
    Case(
        "far above 2/λ",
        PARABOLA.format(rate=5, curvature=3),
        "left the finite numbers",
        "sign size",
        "update step decrease end",
        {"steps": 2000},
    ),
    Case(
        "at 2/λ",
        PARABOLA.format(rate=0.5, curvature=4),
        "cycle",
        "sign size",
        "update step decrease end",
        {"steps": 60},
    ),
    Case(
        "two curvatures, short",
        "weight a := 1, b := 1\nconst α := 0.1\nE = a² + 4·b²",
        "minimum",
        "update sign size step decrease end",
        "",
        {"steps": 300},
    ),
    Case(
        "two curvatures, long",
        "weight a := 1, b := 1\nconst α := 0.3\nE = a² + 4·b²",
        "growing",
        "sign size",
        "update step decrease end",
        {"steps": 60},
    ),
    Case(
        "saddle, on its ridge",
        "weight a := 1, b := 0\nconst α := 0.1\nE = a² − b²",
        "saddle",
        "update sign size step decrease",
        "end",
        {"steps": 300},
    ),
    Case(
        "saddle, beside its ridge",
        "weight a := 1, b := 0.001\nconst α := 0.1\nE = a² − b²",
        "still falling",
        "update sign size step decrease",
        "end",
        {"steps": 20},
    ),
    Case(
        "top of a hill",
        "weight w := 0\nconst α := 0.1\nE = −w²",
        "maximum",
        "",
        "update sign size decrease end",
        {"steps": 5},
    ),
    Case(
        "at the minimum from the start",
        "weight w := 2\nconst α := 0.1\nE = (w − 2)²",
        "minimum",
        "end",
        "update sign size step decrease",
        {"steps": 5},
    ),
    Case(
        "flat",
        "weight w := 1\nconst α := 0.1\nE = 3 + 0·w",
        "asleep",
        "dead",
        "update sign size step decrease end",
        {"steps": 5},
    ),
    Case(
        "upper edge",
        "weight w in [0, 1] := 0.5\nconst α := 0.1\nE = (w − 3)²",
        "bound",
        "update sign size step decrease end",
        "dead",
        {"steps": 50},
    ),
    Case(
        "lower edge",
        "weight w in [0, 1] := 0.5\nconst α := 0.1\nE = (w + 1)²",
        "bound",
        "update sign size step decrease end",
        "",
        {"steps": 50},
    ),
    Case(
        "inside the box",
        "weight w in [0, 1] := 0.9\nconst α := 0.2\nE = (w − 0.25)²",
        "minimum",
        "update sign size step decrease end",
        "",
        {"steps": 100},
    ),
    Case(
        "one edge, one free",
        "weight a in [0, 1] := 0.5, b := 0\nconst α := 0.2\nE = (a − 2)² + (b − 0.3)²",
        "bound",
        "update sign size step decrease end",
        "",
        {"steps": 100},
    ),
    Case(
        "relu shut",
        "data x in {1, 2}\ntarget y = x\nweight w := -1\nconst α := 0.1\nŷ = relu(w·x)\nE = ½(ŷ − y)²",
        "asleep",
        "dead",
        "update sign size step decrease end",
        {"steps": 10},
    ),
    Case(
        "relu open",
        "data x in {1, 2}\ntarget y = x\nweight w := 0.2\nconst α := 0.1\nŷ = relu(w·x)\nE = ½(ŷ − y)²",
        "minimum",
        "update sign size step decrease end",
        "dead",
        {"steps": 400, "batch": "all"},
    ),
    Case(
        "identity without a box",
        SIGMOID.format(box=""),
        "falling without bound",
        "update sign size step decrease dead",
        "end",
        {"steps": 200},
    ),
    Case(
        "falls for ever",
        "weight w := 0\nconst α := 0.5\nE = exp(-w)",
        "falling without bound",
        "update sign size step decrease",
        "end",
        {"steps": 200},
    ),
    Case(
        "a slope and no bend",
        "weight w := 0\nconst α := 0.5\nE = 2·w",
        "falling without bound",
        "update sign size step decrease",
        "end dead",
        {"steps": 30},
    ),
    Case(
        "upward",
        "weight w := 0\nconst α := 0.1\nf = 1 − (w − 2)²\nmaximise f",
        "maximum",
        "update sign size step decrease end",
        "",
        {"steps": 100},
    ),
    Case(
        "two patterns pull in turn",
        PAIR,
        "cycle inside a pass",
        "update sign size step decrease",
        "end dead",
        {"columns": CLASH, "steps": 200, "rate": 0.1},
    ),
    Case(
        "two patterns at once",
        PAIR,
        "minimum",
        "update sign size step decrease end",
        "dead",
        {"columns": CLASH, "steps": 200, "rate": 0.1, "batch": "all"},
    ),
    Case(
        "a weight without effect",
        "weight a := 1, b := 2\nconst α := 0.1\nE = (a − 3)² + 0·b",
        "valley",
        "update sign size step decrease end dead",
        "",
        {"steps": 100},
    ),
    Case(
        "a curved valley",
        "weight a := 2, b := 0.1\nconst α := 0.05\nE = (a·b − 1)²",
        "valley",
        "update sign size step decrease end",
        "dead",
        {"steps": 2000},
    ),
    Case(
        "a kink that is jumped",
        "weight w := 1\nconst α := 0.3\nE = abs(w)",
        "cycle",
        "update sign size",
        "step end decrease",
        {"steps": 60},
    ),
    Case(
        "sum of patterns",
        "data x in {1, 2}\ntarget y = 2·x\nweight w := 0\nconst α := 0.05\nE = (w·x − y)²\nminimise sum E",
        "minimum",
        "update sign size step decrease end",
        "",
        {"steps": 200, "batch": "all"},
    ),
]


@pytest.fixture(scope="module")
def stories() -> dict[str, Story]:
    """Each story is told once and read by several tests."""
    return {}


def story_of(trained: Trained, stories: dict[str, Story], case: Case) -> Story:
    if case.name not in stories:
        stories[case.name] = explain(trained(case.text, **case.options))
    return stories[case.name]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_network_is_told_as_it_is(trained: Trained, stories: dict[str, Story], case: Case) -> None:
    story = story_of(trained, stories, case)
    found = {claim.id: claim for claim in story.claims}
    told = {id: (claim.holds, claim.statement) for id, claim in found.items()}
    assert found["end"].evidence["kind"] == case.end, told["end"]
    assert [id for id in case.holds.split() if not found[id].holds] == [], told
    assert [id for id in case.fails.split() if found[id].holds] == [], told


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_story_says_what_it_cannot_know(trained: Trained, stories: dict[str, Story], case: Case) -> None:
    text = story_of(trained, stories, case).text(tests=True)
    assert "diverge" not in text
    for word in ("nan", "None", "inf ", "not a number,", "{", "}", "  ."):
        assert word not in text, word
    assert len(text.splitlines()) < 220


def test_both_outcomes_of_every_claim_occur() -> None:
    elsewhere = {"steepest", "toward", "amount", "patterns", "vanish", "order"}  # in test_directions.py, test_chain.py
    holding = {id for case in CASES for id in case.holds.split()}
    failing = {id for case in CASES for id in case.fails.split()}
    assert holding == failing == set(CLAIMS) - elsewhere


@pytest.mark.parametrize(("curvature", "rate"), [(3, 0.5), (4, 0.25), (1, 1.9), (10, 0.19), (0.5, 0.1)])
def test_the_safe_step_of_a_parabola_is_two_over_its_curvature(trained: Trained, curvature: float, rate: float) -> None:
    claim = explain(trained(PARABOLA.format(rate=rate, curvature=curvature), steps=5), claims=["step"])["step"]
    assert claim.evidence["guaranteed"]
    assert claim.evidence["safe_step"] == pytest.approx(2 / curvature, rel=1e-3)
    assert claim.evidence["safe_step"] <= 2 / curvature
    assert claim.evidence["longest_better_step"] == pytest.approx(2 / curvature, rel=1e-9)
    assert claim.evidence["newton_step"] == pytest.approx(1 / curvature, rel=1e-9)
    assert "for every w" in claim.lines[0]
    assert claim.holds


def test_what_happens_beyond_was_tried(trained: Trained) -> None:
    trials = explain(trained(PARABOLA.format(rate=0.5, curvature=3), steps=5))["step"].evidence["trials"]
    assert [trial["rate"] < 2 / 3 for trial in trials] == [True, True, False, False, False]
    for trial in trials:
        beyond = trial["rate"] > 2 / 3
        assert beyond == bool(trial["rose"] or trial["left"])
        assert (trial["growth"] is not None or trial["left"] is not None) == beyond
        if trial["growth"] is not None:
            assert trial["growth"] == pytest.approx(3 * trial["rate"] - 1, rel=1e-6)


def test_a_step_that_jumps_to_the_other_side_is_a_cycle_of_two(trained: Trained) -> None:
    end = explain(trained(PARABOLA.format(rate=0.5, curvature=4), steps=60), claims=["end"])["end"]
    assert end.evidence["period"] == 2
    assert sorted(np.ravel(end.evidence["points"])) == pytest.approx([-1, 1])


def test_the_eigenvalues_of_a_saddle(trained: Trained) -> None:
    end = explain(trained("weight a := 1, b := 0\nconst α := 0.1\nE = a² − b²", steps=300), claims=["end"])["end"]
    assert sorted(end.evidence["eigenvalues"]) == pytest.approx([-2, 2], rel=1e-6)
    here, ahead, behind = end.evidence["sides"]
    assert ahead < here
    assert behind < here


def test_an_overflow_names_step_and_growth(trained: Trained) -> None:
    run = trained(PARABOLA.format(rate=5, curvature=3), steps=2000)
    end = explain(run, claims=["end"])["end"]
    assert run.departure is not None
    assert end.evidence["step"] == run.departure.step
    assert end.evidence["growth"] == pytest.approx(14, rel=1e-6)  # w ← w − 5·3·w = −14·w
    assert f"step {run.departure.step}" in end.statement


def test_the_multiplier_of_an_edge_is_the_slope_that_pushes_out(trained: Trained) -> None:
    end = explain(trained("weight w in [0, 1] := 0.5\nconst α := 0.1\nE = (w − 3)²", steps=50), claims=["end"])["end"]
    assert end.evidence["multipliers"] == {"w": pytest.approx(4)}
    assert "w = 1" in end.statement


def test_growing_is_said_only_of_what_grew(trained: Trained) -> None:
    end = explain(trained(PARABOLA.format(rate=0.7, curvature=3), steps=60), claims=["end"])["end"]
    assert end.evidence["growth"] == pytest.approx(1.1, rel=1e-6)
    assert "looks so" in end.statement
    short = explain(trained(PARABOLA.format(rate=0.7, curvature=3), steps=5), claims=["end"])["end"]
    assert short.evidence["kind"] != "growing"


def test_a_dead_weight_is_named_and_a_shut_relu_is_not_dead(trained: Trained) -> None:
    idle = explain(trained("weight a := 1, b := 2\nconst α := 0.1\nE = (a − 3)² + 0·b", steps=5), claims=["dead"])[
        "dead"
    ]
    assert idle.evidence["dead_weights"] == ["b"]
    shut = explain(
        trained("data x in {1, 2}\ntarget y = x\nweight w := -1\nŷ = relu(w·x)\nE = ½(ŷ − y)²", steps=5),
        claims=["dead"],
    )["dead"]
    assert shut.evidence["dead_patterns"] == []
    assert shut.evidence["saturated_patterns"] == [0, 1]
    assert "asleep" in shut.statement


def test_satisfied_and_saturated_patterns_are_told_apart(trained: Trained) -> None:
    text = "data x\ntarget y\nweight w := 40\nconst α := 1\nŷ = σ(w·x)\nE = ½(ŷ − y)²"
    dead = explain(trained(text, {"x": [1, -1, 2], "y": [0, 0, 1]}, steps=6), claims=["dead"])["dead"]
    assert dead.evidence["dead_patterns"] == []
    assert dead.evidence["saturated_patterns"] == [0]  # wrong by 1, and A′ is 4e−18
    assert dead.evidence["satisfied_patterns"] == [1, 2]


def test_another_patterns_step_is_not_an_overshoot(trained: Trained) -> None:
    found = explain(trained(PAIR, CLASH, steps=200, rate=0.1), claims=["decrease"])["decrease"]
    assert found.holds
    assert found.evidence["own_worse"] == 0
    assert found.evidence["total_worse"] == found.evidence["total_worse_by_another_pattern"] > 50
    over = explain(trained(PAIR, CLASH, steps=200, rate=1.1), claims=["decrease"])["decrease"]
    assert not over.holds
    assert over.evidence["own_worse"] > 50


def test_a_step_that_the_box_cuts_off_is_marked(trained: Trained) -> None:
    found = explain(
        trained("weight w in [0, 1] := 0.9\nconst α := 0.3\nE = (w − 3)²", steps=3), claims=["decrease", "update"]
    )
    assert found["decrease"].evidence["projected"] == 1
    assert found["update"].evidence["projected"]
    assert "box" in found["update"].statement


def test_where_a_circle_would_have_ended(trained: Trained) -> None:
    end = explain(trained(PAIR, CLASH, steps=400, rate=0.1), claims=["end"])["end"]
    assert end.evidence["target"] == pytest.approx([0.5])  # the minimum of the mean of w² and (w − 1)²
    assert end.evidence["spread"] == pytest.approx([1 / 9], rel=1e-6)


@pytest.mark.parametrize("options", [
    {"steps": 0}, {"steps": 1}, {"steps": 40, "record": 10}, {"steps": 40, "batch": "shuffled"},
    {"steps": 40, "batch": 2},
    {"steps": 40, "batch": [0, 2, 2]}, {"steps": 40, "hold": ("b",)}, {"steps": 4, "hold": ("w", "b")},
    {"steps": 40, "batch": "all"},
])  # fmt: skip
def test_every_way_of_training_has_a_story(trained: Trained, options: dict[str, Any]) -> None:
    text = "data x\ntarget y\nweight w := 0, b := 0\nconst α := 0.05\nE = (w·x + b − y)²"
    story = explain(trained(text, {"x": [1, 2, 3], "y": [2, 4, 7]}, **options))
    assert [claim.id for claim in story.claims] == list(CLAIMS)
    assert story.text(tests=True).count("\n") > 30


def test_a_hundred_patterns_are_summed_up(trained: Trained) -> None:
    x = np.linspace(-1, 1, 100)
    text = "data x\ntarget y\nweight w := 0, b := 0\nconst α := 0.1\nE = (w·x + b − y)²"
    story = explain(trained(text, {"x": x, "y": 2 * x - 1}, steps=1000))
    assert len(story.text(tests=True).splitlines()) < 270
    assert any("median" in line for line in story["end"].lines)
    assert (
        "of 4,950 pairs of patterns"
        in dict(story.questions)["What if a change is good for one pattern and bad for another?"]
    )


@pytest.mark.parametrize(
    "text",
    [
        "weight w := 0\nE = log(w)",
        "weight w := 2, v := 1\nE = sqrt(w - 3) + v",
        "data x in {0, 1}\ntarget y = x\nweight w := 1\nE = (1/x − y)² + w²",
        "weight w := 1\nE = 3",
        "data x in {1, 2}\ntarget y = x\nweight w in [0, ∞) := 1\nE = log(2) − y",
        "weight w := 1e200\nE = w²",
    ],
)
def test_what_is_not_finite_or_does_not_depend_has_a_story(trained: Trained, text: str) -> None:
    story = explain(trained(text, steps=3))
    assert [claim.id for claim in story.claims] == list(CLAIMS)
    assert "nan" not in story.text(tests=True)
    assert not story["step"].holds
