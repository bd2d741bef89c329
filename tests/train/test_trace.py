"""Columns of a record: by every spelling of their names, before the update, and only those that are there."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.errors import LimitError, UsageError
from chainrule.train import trace
from chainrule.train.column import read_name, show_name
from chainrule.train.run import Run

Trained = Callable[..., Run]

ONE = "data x in {1, 2}\ntarget y = 3*x\nweight w := 1\nŷ = w*x\nE = (ŷ - y)^2/2"
LAYER = """\
index i = 1..2, j = 0..2
data x[i] in {0, 1}
target y = x[1]
weight W[j,i] := 0.1*j + i
h[j] = Σ_i W[j,i]*x[i]
E = (Σ_j h[j] - y)^2/2
"""


def test_a_row_holds_what_was_before_its_step(trained: Trained) -> None:
    run = trained(ONE, steps=2, rate=0.5)
    # w = 1, x = 1: ŷ = 1, y = 3, E = 2, ∂E/∂w = −2, so w becomes 2; then x = 2: ŷ = 4, y = 6, E = 2, ∂E/∂w = −4
    assert run.trace["w"].tolist() == [1, 2, 4]
    assert run.trace["rows"].tolist() == [0, 1, 0]
    assert run.trace["x"].tolist() == [1, 2, 1]
    assert run.trace["y"].tolist() == [3, 6, 3]
    assert run.trace["E"].tolist() == [2, 2, 0.5]
    assert run.trace["error"].tolist() == [2, 2, 0.5]
    assert run.trace["d(E)/d(w)"].tolist() == [-2, -4, 1]
    assert run.trace["Delta_w"].tolist() == [1, 2, -0.5]
    assert run.trace.columns == (
        "step", "w", "x", "y", "y_hat", "E", *run.trace.columns[6:-2], "error", "Delta_w",
    )  # fmt: skip
    assert {"d(E)/d(w)", "d(E)/d(y_hat)"} <= set(run.trace.columns)


@pytest.mark.parametrize(
    ("typed", "name"),
    [("ŷ", "y_hat"), (" y_hat ", "y_hat"), ("∂E/∂w", "d(E)/d(w)"), ("∂E/∂ŷ", "d(E)/d(y_hat)"), ("Δw", "Delta_w")],
)
def test_names_as_typed(trained: Trained, typed: str, name: str) -> None:
    run = trained(ONE, steps=2)
    assert run.trace[typed].tolist() == run.trace[name].tolist()


@pytest.mark.parametrize("key", ["w", "∂E/∂W", "v.W", "Delta_w", "y_hat"])
@pytest.mark.parametrize("entry", [(), (2,), (-1, 3)])
def test_a_shown_name_is_read_back(key: str, entry: tuple[int, ...]) -> None:
    assert read_name(show_name(key, entry)) == (key, entry)


def test_entries_have_the_letters_own_values(trained: Trained) -> None:
    run = trained(LAYER, steps=3)
    assert run.trace["W"].shape == (4, 3, 2)
    assert run.trace["W[0,2]"].tolist() == run.trace["W"][:, 0, 1].tolist()
    assert run.trace["∂E/∂W[2, 1]"].tolist() == run.trace["∂E/∂W"][:, 2, 0].tolist()
    assert run.trace["h[0]"].tolist() == run.trace["h"][:, 0].tolist()
    assert [name for name in run.trace.columns if name.startswith("W")] == [
        "W[0,1]", "W[0,2]", "W[1,1]", "W[1,2]", "W[2,1]", "W[2,2]",
    ]  # fmt: skip
    assert set(run.trace.to_numpy()) == set(run.trace.columns)
    assert all(values.shape == (4,) for values in run.trace.to_numpy().values())


def test_steps_that_visit_more_patterns_give_their_axis(trained: Trained) -> None:
    run = trained(LAYER, steps=3, batch="all")
    assert run.trace["E"].shape == (4, 4)
    assert run.trace["h"].shape == (4, 4, 3)
    assert run.trace["x"].shape == (4, 4, 2)
    assert run.trace["rows"].tolist() == [[0, 1, 2, 3]] * 4
    assert run.trace["error"].tolist() == pytest.approx(run.trace["E"].mean(axis=1), rel=1e-15)
    assert "E" not in run.trace.columns
    assert "error" in run.trace.columns


def test_steps_of_different_widths_are_read_one_by_one(trained: Trained) -> None:
    run = trained(ONE, steps=3, batch=[[0, 1], [1]])
    with pytest.raises(UsageError) as caught:
        run.trace["E"]
    assert caught.value.code == "E359"
    rows = run.trace.rows(0, 2)
    assert [row["rows"] for row in rows] == [(0, 1), (1,)]
    assert [row["E"].shape for row in rows] == [(2,), (1,)]
    assert run.trace["error"].shape == run.trace["w"].shape == (4,)


def test_a_part_of_the_record(trained: Trained) -> None:
    run = trained(ONE, steps=5)
    rows = run.trace.rows(2, 4)
    assert [row["step"] for row in rows] == [2, 3]
    assert [row["w"] for row in rows] == run.trace["w"][2:4].tolist()
    assert [row["∂E/∂w"] for row in rows] == run.trace["∂E/∂w"][2:4].tolist()
    assert len(run.trace.rows()) == len(run.trace) == 6


def test_the_last_row_of_a_run_that_overflowed_has_no_change(trained: Trained) -> None:
    run = trained(ONE, steps=10**4, rate=100.0)
    assert run.ended == "left the finite numbers"
    assert np.isnan(run.trace["Δw"][-1])
    assert np.isfinite(run.trace["Δw"][:-1]).all()


@pytest.mark.parametrize(
    ("name", "problem", "help"),
    [
        ("y_hut", "the trace has no column y_hut", "did you mean y_hat?"),
        ("dE/dv", "the trace has no column dE/dv", "d(E)/d(w)"),
        ("d/dw", "the trace has no column d/dw", "d(E)/d(w)"),
        ("", "the trace has no column ", "There are step, rows, w"),
        ("w[1]", "the quantity in w[1] has no letter", "write one number for each letter"),
        ("w]\x1b[2J", "the trace has no column w]␛[2J", "There are step"),
    ],
)
def test_columns_that_are_not_there(trained: Trained, name: str, problem: str, help: str) -> None:
    with pytest.raises(UsageError) as caught:
        trained(ONE, steps=2).trace[name]
    assert (caught.value.code, caught.value.problem) == ("E358", problem)
    assert help in caught.value.help


@pytest.mark.parametrize(
    ("name", "help"),
    [("W[1]", "write one number for each letter"), ("W[3,1]", "the letter that is 3 runs from 0 to 2")],
)
def test_entries_that_are_not_there(trained: Trained, name: str, help: str) -> None:
    with pytest.raises(UsageError) as caught:
        trained(LAYER, steps=1).trace[name]
    assert (caught.value.code, caught.value.help) == ("E358", help)


def test_a_quantity_of_the_model_keeps_its_name(trained: Trained) -> None:
    run = trained("data x in {1}\nweight w := 1\nerror = w*x\nE = error^2\n", steps=1)
    assert run.trace["error"].tolist() == [1, 0.8]
    assert run.trace["E"].tolist() == [1, 0.8 * 0.8]


def test_a_column_larger_than_memory_is_refused(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace, "LARGEST", 16)
    with pytest.raises(LimitError) as caught:
        trained(ONE, steps=5).trace["E"]
    assert caught.value.code == "E356"
    assert "trace.rows" in caught.value.help


def test_columns_are_the_same_whether_all_are_kept_or_none(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = trained(LAYER, steps=5).trace
    monkeypatch.setattr(trace, "KEPT", 0)
    one_by_one = trained(LAYER, steps=5).trace
    names: Any = kept.columns
    assert {name: kept[name].tobytes() for name in names} == {name: one_by_one[name].tobytes() for name in names}


@pytest.mark.parametrize("name", ["dE/dw", "d(E)/d(w)", "∂E/∂w", "∂E / ∂w", "dE / dw", "d(E)/dw"])
def test_a_derivative_is_found_however_it_is_typed(trained: Trained, name: str) -> None:
    run = trained(ONE, steps=3)
    assert run.trace[name].tolist() == run.trace["d(E)/d(w)"].tolist()


def test_entries_and_names_in_ascii() -> None:
    run = cr.Model("index i, j = 1..2\nweight Ŵ[j,i] := 0.5\nŷ = Σ_{i,j} Ŵ[j,i]\nE = ŷ^2").train(steps=2)
    wanted = run.trace["d(E)/d(W_hat)"][:, 1, 0].tolist()
    for name in ("dE/dŴ[2,1]", "dE/dW_hat[2,1]", "d(E)/d(W_hat[2,1])", "∂E/∂Ŵ[2, 1]", "d(E)/d(W_hat)[2,1]"):
        assert run.trace[name].tolist() == wanted, name
    assert run.trace["dE/dy_hat"].tolist() == run.trace["∂E/∂ŷ"].tolist()


def test_weights_are_written_as_json() -> None:
    run = cr.Model("index i = 1..2\nweight ŵ := 0.5, v[i] := [1, 2]\nE = ŵ²·v[1]·v[2]").train(steps=2)
    for weights in (run.weights, run.at(1), run.start):
        assert json.loads(json.dumps(weights.json())) == {"w_hat": float(weights["ŵ"]), "v": weights["v"].tolist()}
        assert isinstance(weights["ŵ"], float)
        assert (weights["v"].shape, weights["w_hat"].shape) == ((2,), ())
    single = cr.example("identity").train(steps=2)
    assert json.loads(json.dumps(single.weights)) == {"w": float(single.weights["w"])}
    with pytest.raises(KeyError):
        run.weights["nope"]
    with pytest.raises(KeyError):
        run.weights[3]  # type: ignore[index]
