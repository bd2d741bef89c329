"""The surface of the error: its values, its directions, its path, its lines of equal error."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

import chainrule as cr
from chainrule.explain.figures.plane import WAYS, plane
from chainrule.explain.measure.context import Context
from chainrule.views.colours import scale
from chainrule.views.contours import contours
from chainrule.views.figures import landscape
from chainrule.views.scene import Heat, Line, Points, Rect
from chainrule.views.ticks import ticks

BOWL = cr.Model("weight a := 1, b := 1\nE = a² + 4·b² + a·b")


def test_the_surface_is_the_goal_of_the_engine() -> None:
    run = BOWL.train(steps=30)
    of = plane(Context(run))
    for row, column in ((0, 0), (20, 11), (38, 51)):
        wanted = BOWL.evaluate({"a": of.xs[column], "b": of.ys[row]}).error
        assert of.goals[row, column] == pytest.approx(wanted, rel=1e-12)
    assert of.path[0][5] == pytest.approx(float(run.at(5)["a"]))
    assert of.errors[5] == pytest.approx(run.error_at(5), rel=1e-12)
    assert of.off == pytest.approx(0, abs=1e-12)  # two weights: the plane is the whole space


@pytest.mark.parametrize("axes", [*WAYS, ("c1", "b0"), ("c₁", "b₀")])
def test_the_plane_goes_through_the_end_of_the_run(axes: object) -> None:
    model = cr.example("xor")
    run = model.train(steps=200)
    context = Context(run)
    of = plane(context, axes)
    assert of.errors[-1] == pytest.approx(run.error, rel=1e-12)
    surface = of.goals[np.argmin(np.abs(of.ys - of.path[1][-1])), np.argmin(np.abs(of.xs - of.path[0][-1]))]
    step = float(np.abs(np.diff(of.goals, axis=0)).max() + np.abs(np.diff(of.goals, axis=1)).max())
    assert abs(surface - run.error) <= step  # the cell beneath the end
    figure = model.figure.landscape(run, axes=axes)  # type: ignore[arg-type]
    assert "up to" in figure.description
    assert all(name in figure.description for name in of.names)


def test_principal_components_explain_what_they_say() -> None:
    model = cr.Model("weight a := 1, b := 1, c := 1\nE = a² + b²/4 + 0·c")
    context = Context(model.train(steps=60, rate=0.2))
    of = plane(context, "path")
    path = context.path - context.path.mean(axis=0)
    parts = np.linalg.eigvalsh(path.T @ path)[::-1] / np.sum(path**2)
    assert f"{100 * parts[0]:.3g} % of" in of.names[0]
    assert of.off < 1e-9  # c never moves


def test_of_a_long_path_the_components_are_those_of_all_of_it() -> None:
    model = cr.example("xor")
    context = Context(model.train(steps=4000))
    path = context.path - context.path.mean(axis=0)
    parts = np.linalg.eigvalsh(path.T @ path)[::-1] / np.sum(path**2)
    said = float(plane(context, "path").names[0].split("(")[1].split(" %")[0])
    assert said == pytest.approx(100 * parts[0], rel=0.01)


def test_eigenvectors_have_the_curvature_that_they_say() -> None:
    of = plane(Context(BOWL.train(steps=40)), "curvature")
    values = np.linalg.eigvalsh([[2.0, 1.0], [1.0, 8.0]])
    assert f"λ = {values[1]:.4g}" in of.names[0]
    assert f"λ = {values[0]:.4g}" in of.names[1]
    middle = len(of.ys) // 2
    along = np.polynomial.Polynomial.fit(of.xs, of.goals[middle], 2).convert().coef[2]
    assert 2 * along == pytest.approx(values[1], rel=1e-6)


def test_filters_are_as_long_as_the_weights_own() -> None:
    from chainrule.explain.figures.plane import normalised, of_random

    context = Context(cr.example("digits").train(steps=20))
    along = normalised(context, of_random(context, context.path, context.end, 3), context.end)
    rows = along.span[0][:640].reshape(10, 64)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.linalg.norm(context.end[:640].reshape(10, 64), axis=1))
    with pytest.raises(cr.UsageError) as caught:
        plane(context, ("W[1,1]", "b[2]"), normalise=True)
    assert caught.value.code == "E452"


@pytest.mark.parametrize("axes", ["path", "curvature"])
def test_the_run_goes_to_the_right_and_upwards(axes: str) -> None:
    for start in (0.3, 1.0):
        model = cr.example("xor")
        of = plane(Context(model.train(steps=150, start={"c1": start})), axes)
        assert all(way[-1] >= way[0] for way in of.path)


def test_a_straight_path_and_one_that_stands_still_have_a_plane() -> None:
    straight = cr.Model("weight a := 1, b := 1, c := 2\nE = a² + b²")
    assert "does not go" in plane(Context(straight.train(steps=20)), "path").names[1]
    assert np.isfinite(plane(Context(straight.train(steps=0)), "path").goals).all()


def test_boxes_bound_the_picture() -> None:
    model = cr.Model("weight a in [0, 1] := 0.2, b in [−1, ∞) := 0\nE = (a − 3)² + (b + 0.9)²")
    figure = model.figure.landscape(model.train(steps=50))
    panel = figure.scene.panels[0]
    assert panel.across is not None
    assert panel.up is not None
    assert (panel.across.low, panel.across.high) == pytest.approx((0, 1))
    assert panel.up.low == pytest.approx(-1)


def test_what_is_not_finite_is_a_hole_and_said() -> None:
    model = cr.Model("weight a := 2, b := 2\nE = log(a) + b² + a²")
    figure = model.figure.landscape(model.train(steps=5))
    heat = next(mark for mark in figure.scene.panels[0].marks if isinstance(mark, Heat))
    holes = sum(cell < 0 for row in heat.cells for cell in row)
    assert holes == 0 or f"At {holes} points it is not finite" in figure.description
    far = model.figure.landscape(model.train(steps=50))
    assert any(isinstance(mark, Rect) and "not finite" in mark.label for mark in far.scene.panels[0].marks)


def test_a_run_that_diverges_is_followed_as_far_as_it_can_be_seen() -> None:
    model = cr.Model("weight x := −1.2, y := 1\nE = (1 − x)² + 100·(y − x²)²")
    figure = model.figure.landscape(model.train(steps=300, rate=0.02))
    assert "beyond the picture" in figure.description
    panel = figure.scene.panels[0]
    assert panel.across is not None
    assert panel.across.high - panel.across.low < 200


def test_a_plane_goes_through_the_last_point_that_can_be_seen() -> None:
    model = cr.Model("weight x := 1, y := 1, z := 0.1\nE = x² + y² + 0.1·z²")
    run = model.train(steps=200, rate=3.0)
    of = plane(Context(run), ("x", "z"))
    assert of.middle < run.steps
    y = float(run.at(of.middle)["y"])
    assert of.goals[0, 0] == pytest.approx(of.xs[0] ** 2 + y**2 + 0.1 * of.ys[0] ** 2)
    assert f"The other weight is as it was after {of.middle} step" in landscape.figure(of).description


def test_lines_of_equal_error_are_where_the_error_is_equal() -> None:
    xs, ys = np.linspace(-2, 2, 81), np.linspace(-2, 2, 61)
    values = xs[None, :] ** 2 + ys[:, None] ** 2
    (ring,) = contours(xs, ys, values, 1.0)
    assert ring[0] == ring[-1]
    assert all(math.hypot(x, y) == pytest.approx(1, abs=2e-3) for x, y in ring)
    values[40, :] = np.nan
    assert all(abs(y - ys[40]) >= ys[1] - ys[0] - 1e-9 for line in contours(xs, ys, values, 1.0) for _, y in line)
    figure = BOWL.figure.landscape(BOWL.train(steps=20))
    lines = [mark for mark in figure.scene.panels[0].marks if isinstance(mark, Line) and len(mark.xs) > 60]
    points = [(x, y) for x, y in zip(lines[0].xs, lines[0].ys, strict=True) if math.isfinite(x)][::40]
    bar = figure.scene.panels[1].up
    assert bar is not None
    levels = [level for level, _ in ticks(bar, 10)]
    met = [min(levels, key=lambda level: abs(level - a * a - 4 * b * b - a * b)) for a, b in points]
    assert len(set(met)) > 1
    for level, (a, b) in zip(met, points, strict=True):
        if level >= 0.1:  # a smaller ring lies between the nearest values of the grid
            assert a * a + 4 * b * b + a * b == pytest.approx(level, rel=0.05)


def test_the_colours_rise_in_lightness() -> None:
    def light(colour: str) -> float:
        parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    lights = [light(colour) for colour in scale()]
    assert all(one < two for one, two in pairwise(lights))


@pytest.mark.parametrize(
    "axes, code",
    [(("a", "a"), "E452"), (("a", "q"), "E456"), ("a", "E452"), (3, "E452"), (("a", 3), "E456"), (("a",), "E452")],
)
def test_wrong_directions_are_refused(axes: object, code: str) -> None:
    with pytest.raises(cr.UsageError) as caught:
        BOWL.figure.landscape(BOWL.train(steps=3), axes=axes)  # type: ignore[arg-type]
    assert caught.value.code == code


def test_one_weight_has_no_landscape() -> None:
    with pytest.raises(cr.UsageError) as caught:
        cr.example("identity").figure.landscape()
    assert caught.value.code == "E466"
    assert "`error`" in caught.value.help


def test_the_run_is_on_the_picture() -> None:
    run = BOWL.train(steps=12)
    figure = landscape.figure(plane(Context(run)))
    start = next(m for m in figure.scene.panels[0].marks if isinstance(m, Points) and m.label == "start")
    assert (start.xs, start.ys) == ((1.0,), (1.0,))
    assert "drawn: 13 points of it" in figure.description
