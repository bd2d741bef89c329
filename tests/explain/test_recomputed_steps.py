"""Steps of a run computed once more: a fault in one step alone is met, as often as it is said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from tests.laws.networks import network
from tests.laws.test_indexed import PROGRAMS, program

import chainrule as cr
from chainrule.engines.reference import REFERENCE
from chainrule.explain import explain
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.ends import recomputed_steps
from chainrule.train.run import Run

Trained = Callable[..., Run]
MOMENTUM = """data x in {1, 2}
target y = 3·x
weight w := 1
const α := 0.02
E = ½(w·x − y)²
update w, g
  v <- 0.9*v + g
  w <- w - α*v"""
PARABOLA = MOMENTUM.partition("\nupdate")[0]
BOXED = "weight w in [0, 1] := 0.5\nconst α := 0.002\nE = (w − 3)²"


def faulty(run: Run, step: int, by: float = 1e-3) -> Run:
    """The run of an engine that has a fault in one step alone: from there on it goes rightly from the wrong place."""
    record = run.trace.record
    name = next(iter(record.weights))
    state = record.state(step)
    weights = {**state.weights, name: np.asarray(state.weights[name]) * (1 + by)}
    loaded = REFERENCE.load(run.program, run.recipe.bound)
    rows = run.recipe.order.visits(step, run.steps)
    rest = loaded.advance(replace(state, weights=weights), rows, run.recipe.order.pass_length)
    for values, block, ahead in (
        *((record.weights[one], weights[one], rest.weights[one]) for one in record.weights),
        *((record.states[one], state.states[one], rest.states[one]) for one in record.states),
    ):
        values.flags.writeable = True
        values[step] = block
        values[step + 1 : step + 1 + len(ahead)] = ahead
    return run


@pytest.mark.parametrize("text", [PARABOLA, BOXED, MOMENTUM], ids=["plain", "with a box", "momentum"])
@pytest.mark.parametrize("step", [1, 20, 39])
def test_a_fault_in_one_step_is_found(trained: Trained, text: str, step: int) -> None:
    right = explain(trained(text, steps=40), claims=["end"])["end"]
    assert right.evidence["steps_computed_again"] == 40
    assert "each of the 40 steps was computed" in right.conditions[-1]
    wrong = explain(faulty(trained(text, steps=40), step), claims=["end"])["end"]
    assert not wrong.holds
    assert wrong.evidence["kind"] == "strayed"
    assert wrong.evidence["wrong_step"] == step
    assert f"step {step} moved a weight by" in wrong.statement


@pytest.mark.parametrize("name", ["identity", "identity-bias", "xor", "mazur", "line", "growth", "digits"])
@pytest.mark.parametrize("batch", ["each", "all"])
def test_no_step_of_an_example_is_called_wrong(name: str, batch: str) -> None:
    steps = 30 if name == "digits" else 100
    assert recomputed_steps.recompute(Context(cr.example(name).train(steps=steps, batch=batch))).wrong is None


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_no_step_with_letters_is_called_wrong(path: object) -> None:
    model = program(path)[0]  # type: ignore[arg-type]
    assert recomputed_steps.recompute(Context(model.train(steps=15, rate=1e-3))).wrong is None


@pytest.mark.parametrize("seed", range(12))
def test_no_step_of_a_random_network_is_called_wrong(trained: Trained, seed: int) -> None:
    text = network(seed)
    names = [*text.split("data ")[1].split("\n")[0].split(", "), "y"]
    draw = np.random.default_rng(seed)
    for options in ({"rate": 1e-2}, {"rate": 1e-2, "numerics": "fused32"}):
        run = trained(text, {name: draw.normal(size=4) for name in names}, steps=40, seed=seed, **options)
        assert recomputed_steps.recompute(Context(run)).wrong is None


def test_a_fault_is_met_as_often_as_is_said(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 40 steps 10 are looked at: over 200 draws a fault in one step is met in a quarter, within four deviations."""
    monkeypatch.setattr(recomputed_steps, "MOST", 10)
    context = Context(faulty(trained(PARABOLA, steps=40), 17))
    found = [recomputed_steps.recompute(context, seed) for seed in range(200)]
    assert all(one.looked == 10 and one.chance == 0.25 for one in found)
    met = sum(one.wrong == 17 for one in found)
    assert abs(met - 50) <= 4 * (200 * 0.25 * 0.75) ** 0.5
    assert met + sum(one.wrong is None for one in found) == 200
    claim = explain(trained(PARABOLA, steps=40), claims=["end"])["end"]
    assert "10 of 40 steps, drawn evenly over the run" in claim.conditions[-1]
    assert "with a probability of 0.25" in claim.conditions[-1]


def test_steps_that_were_not_recorded_are_taken_again(trained: Trained) -> None:
    run = trained(PARABOLA, steps=40, record=4)
    right = recomputed_steps.recompute(Context(run))
    assert (right.looked, right.of, right.wrong) == (40, 40, None)
    run.trace.weights["w"].flags.writeable = True
    run.trace.weights["w"][5] += 1e-9
    assert recomputed_steps.recompute(Context(run)).wrong == 20
