"""What a network gives over its data, and its predictions beside the targets."""

from __future__ import annotations

import math

import numpy as np
import pytest

import chainrule as cr
from chainrule.explain.figures.fitted import fitted
from chainrule.explain.figures.outputs import outputs, pairs
from chainrule.explain.measure.context import Context
from chainrule.views.scene import Heat, Line, Points, Text

CLASSES = cr.Model(
    "index i = 1..2, k = 1..3\ndata x[i], c\ntarget t[k] = [c == k]\nweight W[k,i] ~ normal(0, 1), b[k] := 0\n"
    "z[k] = sum_i W[k,i]·x[i] + b[k]\nq[k] = softmax_k(z[k])\nE = −sum_k t[k]·log(q[k])"
)


def blobs() -> dict[str, list[object]]:
    """Thirty points about three places."""
    turn = np.linspace(0, 6, 30)
    classes = np.arange(30) % 3
    middles = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 4.0]])[classes]
    points = middles + 0.7 * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    return {"x": points.tolist(), "c": (classes + 1.0).tolist()}


@pytest.mark.parametrize("name", ["identity", "xor", "growth", "line", "digits"])
def test_the_prediction_is_what_the_error_compares_with_the_target(name: str) -> None:
    model = cr.example(name)
    run = model.train(steps=3)
    of = outputs(Context(run))
    key = {"digits": "y"}.get(name, "y_hat")
    assert of.names == (key,)
    wanted = model.evaluate(run.weights).values[key]
    assert of.predicted.values.ravel() == pytest.approx(np.ravel(wanted), rel=1e-12)
    assert of.wanted is not None
    assert np.array_equal(of.wanted.values.ravel(), np.ravel(run.data[{"digits": "t"}.get(name, "y")]))


def test_several_targets_have_a_prediction_each() -> None:
    of = outputs(Context(cr.example("mazur").train(steps=3)))
    assert of.predicted.names == ("o₁", "o₂")
    assert of.wanted is not None
    assert of.wanted.names == ("t₁", "t₂")


def test_a_logarithm_of_the_prediction_does_not_hide_it() -> None:
    text = "data x\ntarget y\nweight w := 1, b := 0\nz = w·x + b\nq = σ(z)\nE = −(y·log(q) + (1 − y)·log(1 − q))"
    run = cr.Model(text).train({"x": [0.0, 1.0], "y": [0.0, 1.0]}, steps=3)
    assert [name for name, _ in pairs(Context(run))] == ["q"]


def test_the_function_of_one_column_is_the_network() -> None:
    model = cr.example("growth")
    run = model.train(steps=100)
    figure = model.figure.fit(run)
    line = next(m for m in figure.scene.panels[0].marks if isinstance(m, Line) and m.label == "ŷ at the end")
    for place in (0, 100, 240):
        assert line.ys[place] == pytest.approx(model.evaluate(run.weights, {"x": [line.xs[place]]}).values["y_hat"][0])
    points = next(m for m in figure.scene.panels[0].marks if isinstance(m, Points))
    assert points.ys == tuple(run.data["y"])
    far = np.max(np.abs(model.evaluate(run.weights).values["y_hat"] - run.data["y"]))
    assert f"is {far:.4g} at the end" in figure.description


def test_listed_domains_do_not_stop_what_lies_between() -> None:
    figure = cr.example("identity").figure.fit()
    line = next(m for m in figure.scene.panels[0].marks if isinstance(m, Line) and m.label == "ŷ at the end")
    half = min(range(len(line.xs)), key=lambda place: abs(line.xs[place] - 0.5))
    assert line.ys[half] == pytest.approx(1 / (1 + math.exp(-line.xs[half])))


def test_two_columns_have_a_boundary_half_way_between_the_targets() -> None:
    model = cr.example("xor")
    run = model.train(steps=3000)
    figure = model.figure.fit(run)
    marks = figure.scene.panels[0].marks
    boundary = next(m for m in marks if isinstance(m, Line) and m.width == 4)
    places = [(x, y) for x, y in zip(boundary.xs, boundary.ys, strict=True) if math.isfinite(x)]
    values = model.evaluate(run.weights, {"x1": [x for x, _ in places], "x2": [y for _, y in places]}).values["y_hat"]
    assert np.max(np.abs(values - 0.5)) < 0.05
    shapes = {m.label: (m.shape, m.filled) for m in marks if isinstance(m, Points)}
    assert len(set(shapes.values())) == 2
    assert set(shapes) == {"y = 0", "y = 1"}
    hidden = model.figure.fit(run, of="h1")
    assert hidden.title == "h₁ over x₁ and x₂"
    assert "boundary" not in hidden.svg()


def test_of_several_outputs_the_largest_is_shown() -> None:
    data = blobs()
    run = CLASSES.train(data, steps=600)
    figure = CLASSES.figure.fit(run)
    marks = figure.scene.panels[0].marks
    heat = next(m for m in marks if isinstance(m, Heat))
    assert {cell for row in heat.cells for cell in row} == {0, 1, 2}
    of = fitted(Context(run))
    assert heat.cells[0][0] == int(np.argmax(of.end.values[0]))
    assert [m.words for m in marks if isinstance(m, Text)] == ["q[1]", "q[2]", "q[3]"]
    assert len({(m.shape, m.filled) for m in marks if isinstance(m, Points)}) == 3


def test_classes_are_counted() -> None:
    run = CLASSES.train(blobs(), steps=600)
    figure = CLASSES.figure.predictions(run)
    counts = [int(m.words) for m in figure.scene.panels[0].marks if isinstance(m, Text)]
    assert sum(counts) == 30
    values = CLASSES.evaluate(run.weights, blobs()).values["q"]
    right = int(np.sum(np.argmax(values, axis=1) == np.array(blobs()["c"]) - 1))
    assert f"the right one for {right} " in figure.description


def test_few_patterns_stand_beside_their_targets_and_many_against_them() -> None:
    model = cr.example("xor")
    run = model.train(steps=50)
    few = model.figure.predictions(run)
    dots = next(m for m in few.scene.panels[0].marks if isinstance(m, Points) and m.label == "ŷ at the end")
    assert dots.ys == pytest.approx(model.evaluate(run.weights).values["y_hat"])
    line = cr.Model("data x\ntarget y\nweight w := 1\nŷ = w·x\nE = (ŷ − y)²")
    data = {"x": [k / 100 for k in range(2000)], "y": [k / 50 for k in range(2000)]}
    many = line.figure.predictions(line.train(data, steps=5))
    assert many.title == "ŷ against y"
    assert "of 2000 patterns" in many.description
    assert max(len(m.xs) for m in many.scene.panels[0].marks if isinstance(m, Points)) <= 800


@pytest.mark.parametrize(
    "text, data, code",
    [
        ("data x in {0, 1}\nweight w := 1\nE = (w − x)²", None, "E466"),
        ("data x, y, z\ntarget t\nweight w := 1\nŷ = w·x·y·z\nE = (ŷ − t)²", {k: [1.0] for k in "xyzt"}, "E466"),
    ],
)
def test_what_cannot_be_drawn_is_refused(text: str, data: object, code: str) -> None:
    model = cr.Model(text)
    with pytest.raises(cr.UsageError) as caught:
        model.figure.fit(model.train(data, steps=2))
    assert caught.value.code == code


def test_a_name_that_is_no_output_is_refused() -> None:
    model = cr.example("xor")
    run = model.train(steps=2)
    for wrong in ("E", "q", "w", 3, "x1"):
        with pytest.raises(cr.UsageError) as caught:
            model.figure.fit(run, of=wrong)  # type: ignore[arg-type]
        assert caught.value.code == "E456"
    with pytest.raises(cr.UsageError) as caught:
        model.figure.predictions(run, of="h1")
    assert caught.value.code == "E466"


def test_a_target_of_another_size_is_not_compared() -> None:
    text = (
        "index t = 1..2\ndata x[t]\ntarget y[t]\nweight w := 0.5\nh[0] = 0\nh[t] = w·h[t-1] + x[t]\n"
        "E = sum_t (h[t] − y[t])²"
    )
    model = cr.Model(text)
    run = model.train({"x": [[1.0, 2.0], [0.0, 1.0]], "y": [[1.0, 2.0], [0.0, 1.0]]}, steps=3)
    of = outputs(Context(run))
    assert of.predicted.values.shape == (2, 3)  # h[0] is one of them
    assert of.wanted is None
    with pytest.raises(cr.UsageError) as caught:
        model.figure.predictions(run)
    assert caught.value.code == "E466"


def test_a_network_that_gives_no_number_has_an_empty_picture_that_says_so() -> None:
    model = cr.Model("data x1, x2\ntarget y\nweight w := 1\nŷ = w·x1 + log(w·x2 − 9)\nE = (ŷ − y)²")
    data = {"x1": [0.0, 1.0, 2.0], "x2": [10.0, 12.0, 11.0], "y": [0.0, 1.0, 2.5]}
    figure = model.figure.fit(model.train(data, steps=0))
    heat = next(m for m in figure.scene.panels[0].marks if isinstance(m, Heat))
    assert any(cell >= 0 for row in heat.cells for cell in row)
    none = model.figure.fit(model.train(data, steps=0, start={"w": -1.0}))
    heat = next(m for m in none.scene.panels[0].marks if isinstance(m, Heat))
    assert all(cell < 0 for row in heat.cells for cell in row)
    assert "is not finite" in none.description
