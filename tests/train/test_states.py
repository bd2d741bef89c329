"""States of a learning rule in a run: begun, recorded, gone on with, saved, verified, waited for."""

from pathlib import Path

import numpy as np
import pytest

import chainrule as cr
from chainrule.errors import ChainruleError

TEXT = """index j = 1..2
data x in {1, 2}
weight W[j] := [0.5, -0.5], b := 0.25
const β := 0.5
E = (W[1]*x + W[2] + b)^2
update θ, g
  v := β/2
  v <- β*v + g
  θ <- θ - 0.05*v
"""


def test_states_begin_at_their_starts_and_stand_in_the_trace() -> None:
    run = cr.Model(TEXT).train(steps=2, batch="all")
    assert run.trace.columns[:7] == ("step", "W[1]", "W[2]", "b", "v.W[1]", "v.W[2]", "v.b")
    assert (run.trace["v.W[2]"][0], run.trace["v.b"][0]) == (0.25, 0.25)
    g = run.trace["d(E)/d(W)[2]"]
    assert run.trace["v.W[2]"].tolist() == [0.25, 0.5 * 0.25 + g[0], 0.5 * (0.5 * 0.25 + g[0]) + g[1]]
    assert run.trace["v.W"].shape == (3, 2)


def test_a_start_follows_the_consts_of_the_call() -> None:
    run = cr.Model(TEXT).train(steps=1, consts={"β": 0.25})
    assert run.trace["v.b"][0] == 0.125


@pytest.mark.parametrize("update", [None, "adam"])
def test_a_step_that_is_not_recorded_is_computed_again_with_its_states_and_number(update: str | None) -> None:
    every = cr.Model(TEXT).train(steps=40, update=update)
    some = cr.Model(TEXT).train(steps=40, update=update, record=7)
    for k in range(41):
        for name, value in every.at(k).items():
            assert np.array_equal(value, some.at(k)[name]), (k, name)


@pytest.mark.parametrize("ending", ["csv", "json", "npz"])
@pytest.mark.parametrize("update", [None, "adam", "const q := 2\nupdate θ, g\n  s <- s + g\n  θ <- θ - α*q*s/t"])
def test_a_saved_run_knows_its_rule_and_its_states(update: str | None, ending: str, tmp_path: Path) -> None:
    run = cr.Model(TEXT).train(steps=12, update=update, record=5, batch="shuffled", consts={"β": 0.125})
    run.save(tmp_path / f"run.{ending}")
    again = cr.load_run(tmp_path / f"run.{ending}")
    assert again.recipe.update == update
    assert again.verify().same
    assert again.trace.states.keys() == run.trace.states.keys() != set()
    for name, values in run.trace.states.items():
        assert np.array_equal(values, again.trace.states[name])
    assert all(np.array_equal(run.at(11)[name], again.at(11)[name]) for name in run.weights)


def test_a_run_has_not_converged_while_a_state_moves() -> None:
    text = "weight w := 1\nE = 0*w\nupdate θ, g\n  v := 1\n  v <- v/2\n  θ <- θ - g\n"
    assert cr.Model(text).train(steps=50).ended == "steps"
    run = cr.Model(text).train(steps=5000)
    assert (run.ended, float(run.trace["v.w"][-1])) == ("converged", 0.0)
    assert run.steps > 1000  # the halves run out below the least number


@pytest.mark.parametrize(
    ("line", "step", "culprit"),
    [
        ("v <- g*1e200*1e200^(t - 1)", 2, "v.w[1]"),
        ("v <- 1/(t - 3)*[g > 0]", 3, "v.w[1]"),
        ("v <- sqrt(0*g + 2 - t)", 3, "v.w[1]"),
    ],
)
def test_a_rule_that_leaves_the_finite_numbers_is_named(line: str, step: int, culprit: str) -> None:
    text = f"index i = 1..2\nweight w[i] := 3\nE = Σ_i w[i]^2\nupdate θ, g\n  {line}\n  θ <- θ - 0*tanh(v)\n"
    run = cr.Model(text).train(steps=9)
    assert (run.ended, run.steps, run.culprit) == ("left the finite numbers", step - 1, culprit)
    assert f"in step {step}, in the equation of {culprit}" in run.sentence
    assert np.isfinite(run.weights["w"]).all()


def test_boxes_hold_after_all_weights_changed_together() -> None:
    text = "weight u in [0, 1] := 0.5, w := 2\nE = u*w\nupdate θ, g\n  θ <- θ - g\n"
    run = cr.Model(text).train(steps=1)
    assert (float(run.weights["u"]), float(run.weights["w"])) == (0.0, 1.5)  # w moved by u before its box


def test_a_start_that_is_no_number_is_refused() -> None:
    with pytest.raises(ChainruleError) as caught:
        cr.Model(TEXT.replace("β/2", "1/(β - 0.5)")).train()
    assert (caught.value.code, caught.value.problem) == ("E355", "the start of the state v is not a finite number")


def test_what_is_held_has_no_states() -> None:
    run = cr.Model(TEXT).train(steps=3, hold=["W"])
    assert set(run.trace.states) == {"v.b"}
    assert run.weights["W"].tolist() == [0.5, -0.5]
