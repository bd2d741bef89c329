"""What is guaranteed of steps holds for every step that is meant: tried from many weights of the run, at many rates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from chainrule.explain import explain
from chainrule.explain.measure.context import Context
from chainrule.explain.tell.claim import Claim
from chainrule.train.run import Run

Trained = Callable[..., Run]

WALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "a wall far away": ("weight w := 1\nconst α := 0.1\nE = −w + relu(w − 200)³", {}),
    "a soft wall": ("weight w := 1\nconst α := 0.1\nE = −w + exp(w − 200)", {}),
    "a wall on the left": ("weight w := 1\nconst α := 0.1\nE = w + relu(−w − 50)³", {"steps": 20}),
    "a wall near by": ("weight w := 0\nconst α := 0.5\nE = −w + relu(w − 3)²·w²", {"steps": 4}),
    "upward": ("weight w := 1\nconst α := 0.1\nf = w − relu(w − 200)³\nmaximise f", {}),
    "two wells": ("weight w := 0.3\nconst α := 1.35\nE = ¼(w²−1)²", {}),
    "an inflection": ("weight w := 2\nconst α := 0.1\nE = w³ − 3w² + 3w", {"steps": 2000}),
    "a parabola": ("weight w := 3\nconst α := 0.1\nE = ½w²", {}),
    "a box": ("weight w in [0, 2] := 0.5\nconst α := 0.5\nE = w⁴ − 2w", {"steps": 40}),
    "half a box": ("weight w in [0, ∞) := 0.5\nconst α := 0.01\nE = w⁴ − 2w", {"steps": 40}),
    "never moved": ("weight w := 1\nconst α := 0\nE = w⁴ + w", {"steps": 3}),
    "a run that leaves": ("weight w := 1\nconst α := 5\nE = w⁴ + w", {"steps": 20}),
    "a pattern a step": (
        "data x\ntarget y\nweight w := 0.2\nconst α := 0.1\nE = (w·x − y)² + ¼·w⁴",
        {"columns": ([1, 2, -1], [1, -2, 3])},
    ),
    "two patterns a step, summed": (
        "data x\ntarget y\nweight w := 0.2\nconst α := 0.02\nE = (w·x − y)² + ¼·w⁴\nminimise sum E",
        {"columns": ([1, 2, -1], [1, -2, 3]), "batch": 2},
    ),
}  # fmt: skip


def told(trained: Trained, name: str) -> tuple[Run, Claim]:
    text, options = WALLS[name]
    options = dict(options)
    if "columns" in options:
        options["columns"] = dict(zip("xy", options["columns"], strict=True))
    run = trained(text, **options)
    return run, explain(run, claims=["step"])["step"]


@pytest.mark.parametrize("name", WALLS)
def test_no_step_below_the_guaranteed_rate_makes_it_worse(trained: Trained, name: str) -> None:
    run, claim = told(trained, name)
    assert claim.evidence["guaranteed"], claim.statement
    context = Context(run)
    path = context.path[:, 0]
    near = path[np.abs(path) <= 1e9] if run.departure is None else path[:1]
    starts = np.linspace(near.min(), near.max(), 101)
    safe = min(float(claim.evidence["safe_step"]), 1e12)
    rates = safe * np.append(np.geomspace(1e-4, 0.999, 40), 0.9999)
    batches = {context.rows(step) for step in range(6)}
    for rows in batches:
        with np.errstate(all="ignore"):
            for w in starts:
                here = context.error(np.array([w]), rows)
                slope = context.evaluator.gradient(np.array([[w]]), np.array([rows]))
                after = context.project(w - context.sense * rates[:, None] * slope[0])
                goals = context.evaluator.goal(after, np.repeat(np.array([rows]), len(rates), axis=0))
                clear = np.abs(after[:, 0] - w) > 1e-7 * (1 + abs(w))
                assert np.all(context.sense * (goals - here)[clear] < 1e-12 * abs(here)), (w, rows)


@pytest.mark.parametrize("name", ["a wall far away", "a soft wall", "a wall on the left", "upward"])
def test_a_bound_proved_on_a_range_is_not_told_of_every_step(trained: Trained, name: str) -> None:
    _, claim = told(trained, name)
    assert "no step is too long" not in claim.statement
    assert "wrong" not in claim.statement
    assert "beyond where that was proved" in claim.statement


def test_no_step_is_too_long_is_said_where_it_is_so(trained: Trained) -> None:
    line = explain(trained("weight w := 1\nconst α := 0.1\nE = 2·w", steps=5), claims=["step"])["step"]
    assert "Guaranteed: no step is too long, because E nowhere bends upward." in line.statement


def test_longer_steps_that_help_again_are_told(trained: Trained) -> None:
    """A bowl, and far away a valley that is deeper: the first rate that fails is not the last that helps."""
    text = "weight w := 2\nconst α := 0.1\nE = ½w² − 1e9·exp(−(w + 2000)²/1e5)"
    step = explain(trained(text, steps=5), claims=["step"])["step"]
    assert step.evidence["longest_better_step"] == pytest.approx(2, rel=1e-6)
    assert step.evidence["better_again_at"] is not None
    context = Context(trained(text, steps=1))
    slope = context.gradient(context.start)
    again = context.error(context.start - step.evidence["better_again_at"] * slope)
    assert again < context.error(context.start)
    assert any("longer steps do again" in line for line in step.lines)


def test_a_box_that_turns_a_step_aside_ends_the_proof_of_the_first_step(trained: Trained) -> None:
    text = "weight a in [0, 1] := 0.9, b := 1\nconst α := 0.1\nE = (a − 5)² + (b − a)²·3"
    proved = explain(trained(text, steps=3), claims=["step"])["step"].evidence["guaranteed_first_step"]
    run = trained(text, steps=1)
    context = Context(run)
    if proved is not None:
        after = context.start - proved * context.gradient(context.start)
        assert np.array_equal(context.project(after), after)
