"""The error over a weight: true to the run, honest about what is not in the picture."""

from __future__ import annotations

import numpy as np
import pytest

import chainrule as cr
from chainrule.explain.figures.section import section
from chainrule.explain.measure.context import Context
from chainrule.views.figures import error
from chainrule.views.scene import Line, Points


def test_the_curve_and_the_path_are_the_goal_of_the_engine() -> None:
    model = cr.example("xor")
    run = model.train(steps=50)
    of = section(Context(run), "c2")
    for place in (0, 17, 50):
        assert of.path[1][place] == pytest.approx(run.error_at(place), rel=1e-12)
        assert of.path[0][place] == run.at(place)["c2"]
    for w, value in zip(of.weights[::60], of.at_end[::60], strict=True):
        assert value == pytest.approx(model.evaluate({**run.weights, "c2": w}).error, rel=1e-12)
    assert of.step is not None
    assert of.step.slope == pytest.approx(model.evaluate().patterns[0].gradient["c2"], rel=1e-12)


def test_what_is_told_is_what_is_drawn() -> None:
    figure = cr.example("identity").figure.error()
    marks = {mark.label: mark for mark in figure.scene.panels[0].marks if isinstance(mark, Line | Points)}
    (path,) = [mark for label, mark in marks.items() if label.startswith("the run: 33 points")]
    assert f"{path.ys[0]:.4g}" in figure.description
    assert f"{path.ys[-1]:.4g}" in figure.description
    assert "−0.08872" in figure.description


def test_the_entry_that_moved_furthest_is_taken_and_others_can_be_named() -> None:
    model = cr.Model("weight a := 1, b := 1\nE = a² + 100·b²")
    run = model.train(steps=5, rate=0.001)
    assert model.figure.error(run).title == "E over b"
    assert model.figure.error(run, weight="a").title == "E over a"
    with pytest.raises(cr.UsageError) as caught:
        model.figure.error(run, weight="c")
    assert caught.value.code == "E456"
    with pytest.raises(cr.UsageError) as caught:
        model.figure.error(run, weight=3)  # type: ignore[arg-type]
    assert caught.value.code == "E456"
    held = model.train(steps=5, hold=["a", "b"])
    with pytest.raises(cr.UsageError) as caught:
        model.figure.error(held)
    assert caught.value.code == "E453"


def test_an_entry_of_an_array_can_be_named() -> None:
    model = cr.Model("index i = 1..2\ndata x[i]\ntarget y\nweight W[i] := 0.5\nE = ½(sum_i W[i]·x[i] − y)²")
    run = model.train({"x": [[1.0, 2.0], [3.0, 1.0]], "y": [1.0, 2.0]}, steps=4)
    assert model.figure.error(run, weight="W[2]").title == "mean E over W[2]"


def test_a_run_that_leaves_the_picture_says_so() -> None:
    model = cr.Model("weight w := 1\nE = ½·w²")
    figure = model.figure.error(model.train(rate=2.5, steps=40))
    assert "lies beyond the picture" in figure.description
    assert "end (beyond the picture)" in figure.svg()


def test_values_that_are_not_finite_are_counted() -> None:
    model = cr.Model("weight w := 0.5\nE = log(w) + w²")
    figure = model.figure.error(model.train(steps=20, rate=0.01))
    curve = next(mark for mark in figure.scene.panels[0].marks if isinstance(mark, Line) and mark.label == "E")
    path = next(mark for mark in figure.scene.panels[0].marks if isinstance(mark, Points) and "the run" in mark.label)
    missing = int(np.sum(~np.isfinite([*curve.ys, *path.ys])))
    assert missing > 100
    assert f"{missing} values that are not finite are left out" in figure.description
    assert "nan" not in figure.svg()


def test_errors_over_decades_stand_on_a_logarithmic_axis() -> None:
    model = cr.Model("weight w := 0\nE = exp(3·w)\nminimise E")
    of = section(Context(model.train(steps=60, rate=0.5)))
    panel = error.figure(of).scene.panels[0]
    assert panel.up is not None
    assert panel.up.scale == "log"
    tangent = next(mark for mark in panel.marks if isinstance(mark, Line) and mark.label.startswith("tangent"))
    assert "bent" in tangent.label
    for w, height in zip(tangent.xs, tangent.ys, strict=True):
        assert height == pytest.approx(1 + 3 * w)


def test_a_long_run_is_thinned_and_says_so() -> None:
    model = cr.Model("weight w := 1\nE = ½·w²")
    figure = model.figure.error(model.train(rate=1e-4, steps=5000))
    assert "of 5001 points" in figure.description
    points = [len(mark.xs) for mark in figure.scene.panels[0].marks if isinstance(mark, Points)]
    assert max(points) <= 400


def test_the_run_must_be_of_the_model() -> None:
    with pytest.raises(cr.UsageError) as caught:
        cr.example("xor").figure.error(cr.example("identity").train(steps=3))
    assert caught.value.code == "E455"
