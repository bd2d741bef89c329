"""What a run passed through, drawn: errors of patterns, sizes of gradients and updates, runs beside each other."""

from __future__ import annotations

import numpy as np
import pytest

import chainrule as cr
from chainrule.explain.figures import over_steps
from chainrule.explain.measure.context import Context
from chainrule.views.scene import Area, Line, Points


def lines(figure: cr.Figure, panel: int = 0) -> dict[str, Line]:
    return {mark.label: mark for mark in figure.scene.panels[panel].marks if isinstance(mark, Line)}


def test_the_error_of_each_pattern_is_that_of_the_engine() -> None:
    model = cr.example("xor")
    run = model.train(steps=20)
    found = lines(model.figure.patterns(run))
    for row, line in enumerate(found.values()):
        for place in (0, 7, 20):
            wanted = model.evaluate(run.at(place)).patterns[row].error
            assert line.ys[place] == pytest.approx(wanted, rel=1e-12)
    assert list(found)[3] == "pattern 3 (x₁ = 1, x₂ = 1, y = 0)"


def test_each_pattern_differs_in_more_than_its_colour() -> None:
    figure = cr.example("xor").figure.patterns(cr.example("xor").train(steps=20))
    assert len({line.dash for line in lines(figure).values()}) == 4
    assert len({mark.shape for mark in figure.scene.panels[0].marks if isinstance(mark, Points)}) == 4


def test_many_patterns_are_folded_and_it_is_said_of_how_many() -> None:
    model = cr.Model("data x\ntarget y = 2·x\nweight w := 0\nE = ½(w·x − y)²")
    run = model.train({"x": [float(x) for x in range(30)]}, steps=40, rate=0.001)
    figure = model.figure.patterns(run)
    found = lines(figure)
    assert set(found) == {"worst pattern at that step", "median", "best pattern at that step"}
    evaluated = [one.error for one in model.evaluate(run.weights, {"x": [float(x) for x in range(30)]}).patterns]
    assert found["worst pattern at that step"].ys[-1] == pytest.approx(max(evaluated))
    assert found["median"].ys[-1] == pytest.approx(np.median(evaluated))
    assert "of 30 patterns" in figure.description
    assert "(pattern 29)" in figure.description


def test_a_goal_without_errors_of_patterns_is_refused() -> None:
    model = cr.Model("data x in {0, 1}\nweight w := 1\nm = mean (w − x)\nE = m²")
    with pytest.raises(cr.UsageError) as caught:
        model.figure.patterns()
    assert caught.value.code == "E466"


def test_gradients_and_updates_are_those_of_the_trace() -> None:
    model = cr.example("growth")
    run = model.train(steps=30, batch="all")
    figure = model.figure.gradients(run)
    for panel, column in enumerate(("∂E/∂{}", "Delta_{}")):
        for name, line in lines(figure, panel).items():
            wanted = np.abs(run.trace[column.format(name)])[:-1]
            assert line.ys == pytest.approx(wanted, rel=1e-12)


def test_the_sign_is_told_by_the_fill() -> None:
    model = cr.Model("weight up := 0, down := 0\nE = (up − 1)² + (down + 1)²")
    figure = model.figure.gradients(model.train(steps=10))
    dots = [mark for mark in figure.scene.panels[1].marks if isinstance(mark, Points) and np.isfinite(mark.xs[0])]
    assert [mark.filled for mark in dots] == [True, False]  # up rises, down falls
    assert "open: negative" in figure.svg()


def test_an_array_is_shown_by_its_norm_and_many_weights_are_folded() -> None:
    model = cr.example("digits")
    run = model.train(steps=3)
    found = lines(model.figure.gradients(run), 0)
    assert found["‖W‖, of 640 numbers"].ys[1] == pytest.approx(float(np.linalg.norm(run.trace["∂E/∂W"][1])))
    xor = cr.example("xor")
    folded = xor.figure.gradients(xor.train(steps=12))
    assert [mark.label for mark in folded.scene.panels[0].marks if isinstance(mark, Area)] == ["all 9 weights"]
    assert "of 9" in folded.description


def test_passes_are_gathered_where_each_step_sees_one_pattern() -> None:
    model = cr.example("xor")
    run = model.train(steps=200)
    of = over_steps.moves(Context(run))
    assert of.over == 4
    wanted = np.sqrt(np.mean(run.trace["∂E/∂c0"][:4] ** 2))
    assert of.gradients[0, of.names.index("c₀")] == pytest.approx(wanted)
    assert all(step % 4 == 0 for step in over_steps.errors(Context(run)).steps)


def test_no_figure_computes_more_than_some_hundred_steps() -> None:
    model = cr.Model("weight w := 1\nE = ½·w²")
    run = model.train(steps=20_000, rate=1e-5)
    of = over_steps.errors(Context(run))
    assert len(of.steps) <= over_steps.MOST
    assert of.steps[-1] == 20_000
    assert "of 20001 recorded steps" in model.figure.compare([run]).description


def test_runs_are_called_by_what_tells_them_apart() -> None:
    model = cr.example("identity")
    runs = [model.train(rate=rate, steps=9) for rate in (0.1, 1.0)]
    assert list(lines(model.figure.compare(runs))) == ["α = 0.1", "α = 1"]
    assert list(lines(model.figure.compare({"slow": runs[0], "<quick>": runs[1]}))) == ["slow", "<quick>"]
    assert list(lines(model.figure.compare([runs[0], runs[0]]))) == ["run 1", "run 2"]
    assert "<quick>" not in model.figure.compare({"<quick>": runs[1]}).svg()
    for wrong in ("ab", 3, [], [runs[0]] * 29, [1]):
        with pytest.raises(cr.UsageError) as caught:
            model.figure.compare(wrong)  # type: ignore[arg-type]
        assert caught.value.code == "E452"


def test_a_run_that_diverges_is_cut_off_and_said() -> None:
    model = cr.Model("weight w := 1\nE = ½·w²")
    figure = model.figure.compare({"far": model.train(rate=2.5, steps=3000), "near": model.train(rate=0.5, steps=50)})
    assert "It left the finite numbers in step" in figure.description
    assert "lie outside the picture" in figure.description
    up = figure.scene.panels[0].up
    assert up is not None
    assert up.low < 0.5 < up.high  # where both begin is seen


def test_where_the_goal_is_to_be_large_the_best_is_the_largest() -> None:
    text = "data x in {0, 1, 2}\nweight w := 0.2\nG = x·w − w²\nmaximise mean G"
    model = cr.Model(text, data={"x": [float(k % 3) for k in range(15)]})
    run = model.train(steps=60, rate=0.05, batch="all")
    found = lines(model.figure.patterns(run))
    best, worst = (found[f"{which} pattern at that step"].ys[-1] for which in ("best", "worst"))
    assert best > worst
    assert "The greatest on the curve is" in model.figure.error(run).description
    assert "the greatest drawn" in model.figure.compare([run]).description
