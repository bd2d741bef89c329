"""Callbacks of trainings: told of every recorded row, ending one at a step, raising, and never changing a bit."""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import chainrule as cr

TEXT = """index i = 1..2
data x in {0, 0.5, 1}
weight w[i] in [-5, 1.2] := 0.1
E = Σ_i (w[i]·x − i)²"""
GUIDE = Path(__file__).parents[2] / "docs/how-to/watch-a-training.md"


@pytest.mark.parametrize("engine", ["reference", "native"])
@pytest.mark.parametrize(
    "how",
    [{}, {"record": 7}, {"batch": "all", "update": "adam"}, {"batch": [[0, 1], [2]]}, {"steps": 0},
     {"validation": {"x": [0.5]}}],
    ids=str,
)  # fmt: skip
def test_every_recorded_row_is_told(engine: str, how: dict[str, Any]) -> None:
    if engine == "native":
        pytest.importorskip("llvmlite")
    how = {"steps": 40, "rate": 0.01, "engine": engine} | how
    told: list[tuple[int, dict[str, Any]]] = []
    model = cr.Model(TEXT)
    run = model.train(callback=lambda step, values: told.append((step, dict(values))), **how)
    plain = model.train(**how)
    assert run.sha256 == plain.sha256
    assert (run.ended, run.notes, run.projections) == (plain.ended, plain.notes, plain.projections)
    assert [step for step, _ in told] == plain.trace.steps.tolist()
    for name, column in plain.trace.to_numpy().items():
        assert [values[name] for _, values in told] == column.tolist(), name


def test_what_it_is_given_is_its_own() -> None:
    model = cr.Model(TEXT)

    def spoil(step: int, values: Any) -> None:
        assert len(values) == len([*values])
        assert "w[1]" in values
        assert "q" not in values
        assert "columns after" in repr(values)
        values["w"][:] = 7
        for name in values:
            np.asarray(values[name]).fill(3)

    how: dict[str, Any] = {"steps": 30, "rate": 0.01, "batch": "all"}
    assert model.train(callback=spoil, **how).sha256 == model.train(**how).sha256


@pytest.mark.parametrize("stop", [0, 1, 33, 34, 59, 60])
@pytest.mark.parametrize("record", [1, 7])
def test_it_ends_a_training_at_its_step(stop: int, record: int) -> None:
    model = cr.Model(TEXT)
    how: dict[str, Any] = {"rate": 0.1, "record": record, "update": "momentum", "batch": "each"}
    run = model.train(steps=60, callback=lambda step, values: step >= stop, **how)
    last = min(60, -(-stop // record) * record)
    plain = model.train(steps=last, **how)
    assert (run.steps, run.ended) == (last, "interrupted" if last < 60 else "steps")
    assert run.sha256 == plain.sha256
    assert run.projections == plain.projections
    assert run.error == plain.error


def test_nothing_else_that_it_returns_ends_it() -> None:
    for answer in (1, "stop", [0], None, False, np.True_):
        assert cr.Model(TEXT).train(steps=5, callback=lambda step, values, answer=answer: answer).steps == 5


def test_what_it_raises_ends_the_training_and_loses_nothing(tmp_path: Path) -> None:
    model = cr.Model(TEXT)
    how: dict[str, Any] = {"rate": 0.001, "steps": 200}

    def fail(step: int, values: Any) -> None:
        if step == 44:
            raise ValueError("\x1b[31m no")

    with pytest.raises(cr.RunError, match="E410") as caught:
        model.train(callback=fail, **how)
    assert isinstance(caught.value.__cause__, ValueError)
    assert "\x1b" not in str(caught.value)
    run: Any = caught.value.run  # type: ignore[attr-defined]
    assert (run.steps, run.ended, run.sha256) == (44, "interrupted", model.train(**how | {"steps": 44}).sha256)
    with pytest.raises(cr.RunError, match="to go on: chainrule resume"):
        model.train(callback=fail, save=tmp_path / "run.npz", **how)
    told: list[int] = []
    again = cr.resume(tmp_path / "run.npz.journal", callback=lambda step, values: told.append(step))
    assert again.sha256 == model.train(**how).sha256
    assert told[-1] == 200
    assert told == sorted(set(told))
    with pytest.raises(cr.UsageError, match="E452"):
        cr.resume(tmp_path / "run.npz", callback=3)  # type: ignore[arg-type]


def test_interrupted_converged_and_left() -> None:
    def interrupt(step: int, values: Any) -> None:
        if step == 20:
            raise KeyboardInterrupt

    assert cr.Model(TEXT).train(rate=0.001, callback=interrupt).ended == "interrupted"
    flat = cr.Model("weight w in [0, 1] := 0.5\nE = −w")
    assert flat.train(rate=0.3, callback=lambda step, values: step == 99).ended == "converged"
    steep = cr.Model("weight w := 2\nconst η := 10\nE = w⁴")
    told: list[float] = []
    run = steep.train(callback=lambda step, values: told.append(values["w"]))
    assert (run.ended, told) == ("left the finite numbers", run.trace["w"].tolist())


def test_lists_and_what_is_no_function() -> None:
    for how, code in (({"rate": [1, 2], "callback": print}, "E411"), ({"callback": 3}, "E452")):
        with pytest.raises(cr.UsageError, match=code):
            cr.Model(TEXT).train(**how)


def recipe(title: str) -> str:
    """The code below a heading of the guide."""
    found = re.search(rf"^## {title}$.*?^```\w+\n(.*?)^```", GUIDE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def test_tensorboard_reads_what_its_recipe_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    monkeypatch.chdir(tmp_path)
    model = cr.example("identity")
    exec(recipe("TensorBoard"), {"model": model})
    found = EventAccumulator(str(tmp_path / "logs/first"))
    found.Reload()
    assert found.Tags()["scalars"] == ["error", "w", "d(E)/d(w)"]
    trace = model.train(steps=60, record=10).trace
    for name in found.Tags()["scalars"]:
        read = found.Scalars(name)
        assert [one.step for one in read] == trace.steps.tolist()
        assert [one.value for one in read] == trace[name].astype(np.float32).tolist()  # its files hold float32


@pytest.mark.parametrize(("title", "module"), [("MLflow", "mlflow"), ("Weights & Biases", "wandb")])
def test_the_recipes_of_others_call_what_these_have(title: str, module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their packages are not installed: what stands in for them has the names and arguments that theirs have."""
    told: list[tuple[int, dict[str, float]]] = []

    @contextmanager
    def begun(**how: Any) -> Any:
        yield SimpleNamespace(log=lambda values, step: told.append((step, values)))

    double = SimpleNamespace(
        start_run=begun, init=begun, log_params=dict, log_text=lambda text, artifact_file: text,
        log_metrics=lambda metrics, step: told.append((step, metrics)),
    )  # fmt: skip
    monkeypatch.setitem(sys.modules, module, double)
    exec(recipe(title), {"model": cr.example("identity")})
    trace = cr.example("identity").train(steps=60, rate=0.5, record=10).trace
    assert told == [
        (step, {"error": error, "w": w})
        for step, error, w in zip(trace.steps.tolist(), trace["error"].tolist(), trace["w"].tolist(), strict=True)
    ]
