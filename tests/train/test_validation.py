"""Patterns that are held out: no step sees them, and the goal over them stands beside the run's own."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.data import split
from chainrule.errors import ChainruleError
from chainrule.explain.figures.section import section
from chainrule.explain.measure.context import Context
from chainrule.model import build
from chainrule.notation import parse
from chainrule.numbers.random import uniform

TEXT = "data x\ntarget y\nweight w := 0, b := 0\nŷ = w·x + b\nE = (ŷ − y)²\n"
MODEL = cr.Model(TEXT)
X = np.linspace(-1, 1, 20)
DATA = {"x": X, "y": 2 * X + 1 + 0.1 * np.cos(50 * X)}


@pytest.mark.parametrize("engine", ["reference", "native"])
@pytest.mark.parametrize("part", [0.01, 0.2, 0.5, 0.99])
def test_a_part_is_held_out_and_the_rest_is_trained_alone(part: float, engine: str) -> None:
    run = MODEL.train(DATA, steps=30, validation=part, seed=3, engine=engine, rate=0.05)
    held = run.recipe.held
    assert held is not None
    many = max(1, round(part * 20)) if part < 0.97 else 19
    assert (held.patterns, run.recipe.order.patterns) == (many, 20 - many)
    assert sorted([*held.values["x"].tolist(), *run.data["x"].tolist()]) == X.tolist()
    assert np.all(np.diff(run.data["x"]) > 0)
    alone = MODEL.train(run.data, steps=30, seed=3, engine=engine, rate=0.05)
    assert alone.sha256 == run.sha256
    assert run.validation is not None
    for place in (0, 7, 30):
        w, b = (float(run.trace.weights[name][place]) for name in "wb")
        expected = np.mean((w * held.values["x"] + b - held.values["y"]) ** 2)
        assert run.validation[place] == pytest.approx(expected, rel=1e-13)  # NumPy sums in another order
    assert run.trace["validation"].tolist() == run.validation.tolist()
    assert run.trace.columns[-1] == "validation"
    assert run.json()["validation"] == {"patterns": many, "error": run.validation[-1]}


def test_the_seed_chooses_and_nothing_else() -> None:
    held = [MODEL.train(DATA, steps=1, validation=0.3, seed=seed, rate=rate).recipe.held
            for seed, rate in ((0, 0.1), (0, 0.2), (1, 0.1))]  # fmt: skip
    rows = [one.values["x"].tolist() for one in held if one is not None]
    assert rows[0] == rows[1] != rows[2]


@pytest.mark.parametrize("ending", ["npz", "json", "csv"])
def test_a_saved_run_has_them_too(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"run.{ending}"
    run = MODEL.train(DATA, steps=9, validation=0.25, standardise=True, save=path)
    other = cr.load_run(path)
    assert other.verify()
    assert other.validation is not None
    assert run.validation is not None
    assert other.validation.tobytes() == run.validation.tobytes()
    assert (other.json(), other.notes) == (run.json(), run.notes)
    if ending == "csv":
        assert path.read_text().split("\n")[0].endswith(",validation")


def test_other_data_is_read_and_scaled_as_the_training_data_was(tmp_path: Path) -> None:
    path = tmp_path / "held.csv"
    path.write_text("X,y,note\n1,3,a\n,4,b\n2,5,c\n")
    data = {"X": [0, 10], "y": [1, 2]}
    run = MODEL.train(data, steps=2, validation=path, columns={"x": "X"}, standardise=True, drop_missing=True)
    held = run.recipe.held
    assert held is not None
    assert (held.patterns, held.origin, held.values["x"].tolist()) == (2, "held.csv", [(1 - 5) / 5, (2 - 5) / 5])
    assert "2 patterns of held.csv are held out" in run.notes
    assert run.scales["x"][0] == 5


def test_several_runs_at_once_have_their_own() -> None:
    together = MODEL.train(DATA, rate=[0.01, 0.1], steps=20, validation=0.2)
    alone = [MODEL.train(DATA, rate=rate, steps=20, validation=0.2) for rate in (0.01, 0.1)]
    for one, other in zip(together, alone, strict=True):
        assert one.validation is not None
        assert other.validation is not None
        assert one.validation.tobytes() == other.validation.tobytes()
        assert one.notes == other.notes or one.recipe.engine != other.recipe.engine


def test_it_is_said_where_the_held_out_error_rises() -> None:
    data = {"x": [1.0, 2.0], "y": [2.0, 4.0]}
    worse = MODEL.train(data, steps=400, rate=0.01, batch="all", validation={"x": [1.0], "y": [1.0]})
    note = worse.notes[-1]
    assert note.startswith("the held-out error goes from 1 to ")
    assert "on it rises: there it is" in note
    assert worse.validation is not None
    step = int(np.argmin(worse.validation))
    assert f"; from step {step} on it rises: there it is {worse.validation[step]:.4g}" in note
    rare = MODEL.train(data, steps=4000, rate=0.001, record=7, batch="all", validation={"x": [1.0], "y": [1.0]})
    assert rare.validation is not None
    assert f"from step {rare.trace.steps[np.argmin(rare.validation)]} on it rises" in rare.notes[-1]
    better = MODEL.train(data, steps=400, rate=0.01, batch="all", validation={"x": [3.0], "y": [6.0]})
    assert "rises" not in better.notes[-1]
    assert "the held-out error goes from 1 to " in MODEL.explain(worse).text()


def test_figures_and_tables_show_it() -> None:
    run = MODEL.train(DATA, steps=20, validation=0.2)
    assert "Dotted: the goal over the held-out patterns" in MODEL.figure.patterns(run).description
    assert "Dotted" not in MODEL.figure.patterns(MODEL.train(DATA, steps=20)).description


@pytest.mark.parametrize("goal", ["minimise mean E", "maximise mean (−E)"])
def test_the_error_over_a_weight_is_drawn_over_the_held_out_patterns_too(goal: str) -> None:
    model = cr.Model(f"{TEXT}{goal}\n")
    run = model.train(DATA, steps=20, validation=0.2)
    held, over = run.recipe.held, section(Context(run), "w")
    assert over.held is not None
    assert held is not None
    assert run.validation is not None
    b, sign = float(run.weights["b"]), 1 if goal.startswith("minimise") else -1
    for w, goal_there in zip(over.weights, over.held.goals, strict=True):
        expected = sign * np.mean((w * held.values["x"] + b - held.values["y"]) ** 2)
        assert goal_there == pytest.approx(expected, rel=1e-12)
    assert over.held.path.tolist() == pytest.approx(run.validation[over.steps].tolist(), rel=1e-12)
    figure = model.figure.error(run)
    assert "Dotted in black: over the held-out patterns, where the run goes from" in figure.description
    assert "over the held-out patterns" in figure.svg()
    assert "held-out" not in model.figure.error(model.train(DATA, steps=20)).description


def test_the_held_out_error_is_read_at_once_and_has_the_bits_of_each_step_alone() -> None:
    run = MODEL.train(DATA, steps=300, record=3, validation=0.3, rate=0.02)
    assert run.validation is not None
    alone = [run.held_error(run.at(step)) for step in run.trace.steps.tolist()]
    assert run.validation.tolist() == alone
    assert run.held_errors([0, 30, 300]).tolist() == [alone[0], alone[10], alone[100]]
    assert run.held_errors([0, 1, 2]).tolist() == [run.held_error(run.at(step)) for step in (0, 1, 2)]
    assert run.held_errors([]).shape == (0,)


def test_many_patterns_are_divided_quickly_and_as_the_seed_says() -> None:
    x = np.arange(200_000.0)
    begun = time.process_time()
    training = split(build(parse(TEXT)), {"x": x, "y": x}, 0.25, seed=7)
    assert time.process_time() - begun < 2  # seconds; drawn one by one it takes ten
    held = training.held
    assert held is not None
    assert held.patterns == 50_000
    limit = max(uniform(7, "validation", int(row)) for row in held.values["x"][:500])
    assert all(uniform(7, "validation", int(row)) > limit - 1e-3 for row in training.values["x"][:500])


def test_without_any_there_is_none() -> None:
    run = MODEL.train(DATA, steps=3)
    assert run.validation is None
    assert "validation" not in run.trace.columns
    assert "validation" not in run.json()
    named = cr.Model(TEXT + "validation = w*x\nminimise mean E\n").train(DATA, steps=3, validation=0.5)
    assert named.trace["validation"].shape == (4,)
    assert named.validation is not None


@pytest.mark.parametrize(
    ("text", "data", "validation"),
    [
        (TEXT, DATA, 0), (TEXT, DATA, 1), (TEXT, DATA, -0.5), (TEXT, DATA, 20), (TEXT, DATA, float("nan")),
        (TEXT, DATA, True), (TEXT, {"x": [1], "y": [1]}, 0.5), ("weight w\nE = w²", None, 0.5),
        ("patterns p = 1..3\ndata x[p]\nweight w\nE[p] = (w·x[p])²", {"x": [1, 2, 3]}, 0.5),
        ("index i\ndata x[i]\nweight w\nE = Σ_i (w·x[i])²", {"x": [[1, 2], [3, 4]]}, {"x": [[1, 2, 3]]}),
    ],
)  # fmt: skip
def test_what_cannot_be_held_out(text: str, data: Any, validation: object) -> None:
    with pytest.raises(ChainruleError) as caught:
        cr.Model(text).train(data, steps=1, validation=validation)
    assert caught.value.code == "E248"
    assert caught.value.help


def test_letters_and_listed_values() -> None:
    lettered = cr.Model("patterns p\ndata x[p], s\ntarget y[p]\nweight w\nE[p] = (w·s·x[p] − y[p])²")
    run = lettered.train({"x": [1, 2, 3, 4], "s": 2, "y": [1, 2, 3, 4]}, steps=4, validation=0.5)
    assert run.recipe.held is not None
    assert run.recipe.held.values["x"].shape == (2,)
    xor = cr.example("xor").train(steps=4, validation=0.25)
    assert (xor.recipe.order.patterns, xor.trace["validation"].shape) == (3, (5,))
