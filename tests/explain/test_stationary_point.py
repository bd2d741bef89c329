"""The nearest point without slope of a run with many weights: where it is known beforehand, and where there is none."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from chainrule.explain import explain
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.ends.stationary_point import nearest
from chainrule.train.run import Run

Trained = Callable[..., Run]
MANY = "index i = 1..100\nweight w[i] := 1\nconst α := 0.001\n"
RIDGE = """patterns p
index i = 1..70
data x[p,i]
target y[p]
weight w[i] := 0
const α := 0.01, λ := 0.1
ŷ[p] = Σ_i w[i]·x[p,i]
E = mean_p ½(ŷ[p] − y[p])² + ½·λ·Σ_i w[i]²"""
BOWL = MANY + "E = ½·Σ_i i·(w[i] − 3)²"


@pytest.mark.parametrize(
    ("text", "kind", "ends", "source"),
    [
        ("E = ½·Σ_i i·(w[i] − 3)²", "minimum", (1, 100), "derived: the curvatures are 1 to 100"),
        ("E = −½·Σ_i i·(w[i] − 3)²", "saddle", (-100, -1), "derived: a highest point"),
        ("E = ½·Σ_i (i − 1.5)·(w[i] − 3)²", "saddle", (-0.5, 98.5), "derived: one curvature is −½"),
        ("E = ½·(Σ_i w[i] − 300)²", "valley", (0, 100), "derived: 99 directions do not matter"),
        ("E = Σ_i (w[i] − 3)⁴", "valley", (0, 0), "derived: no curvature at all"),
        ("E = Σ_i cosh(w[i] − 3)", "minimum", (1, 1), "derived: cosh″(0) = 1"),
    ],
)
def test_the_nearest_point_is_found(
    trained: Trained, text: str, kind: str, ends: tuple[float, float], source: str
) -> None:
    context = Context(trained(MANY + text, steps=3))
    found = nearest(context, np.ones(100, dtype=bool))
    assert found.kind == kind, source
    assert found.curvature == pytest.approx(ends, abs=1e-6), source
    assert found.distance == pytest.approx(float(np.linalg.norm(context.end - found.point)))
    if ends != (0, 0):  # there Newton's steps get shorter by a third only
        assert found.point == pytest.approx(np.full(100, 3.0), abs=1e-5), source


def test_a_ridge_regression_goes_to_its_closed_form(trained: Trained) -> None:
    draw = np.random.default_rng(0)
    x, y = draw.normal(size=(40, 70)), draw.normal(size=40)
    run = trained(RIDGE, {"x": x, "y": y}, steps=3, batch="all")
    end = explain(run, claims=["end"])["end"]
    assert end.evidence["kind"] == "on the way to a minimum"
    wanted = np.linalg.solve(x.T @ x / 40 + 0.1 * np.eye(70), x.T @ y / 40)
    assert end.evidence["nearest"]["weights"] == pytest.approx(wanted, abs=1e-6)
    low, high = np.linalg.eigvalsh(x.T @ x / 40)[[0, -1]] + 0.1
    assert end.evidence["nearest"]["curvature"] == pytest.approx((low, high), rel=1e-6)
    assert "It looks so that it goes to a minimum" in end.statement


def test_weights_that_grow_without_end_go_to_no_point(trained: Trained) -> None:
    end = explain(trained(MANY + "E = Σ_i exp(−w[i])", steps=3), claims=["end"])["end"]
    assert end.evidence["nearest"]["kind"] == "further"
    assert "No point without slope was met" in end.statement
    assert not end.holds


def test_what_takes_too_long_is_not_looked_for(trained: Trained) -> None:
    draw = np.random.default_rng(0)
    columns = {"x": draw.normal(size=(30_000, 70)), "y": draw.normal(size=30_000)}
    context = Context(trained(RIDGE, columns, steps=1, batch="all"))
    assert nearest(context, np.ones(70, dtype=bool)).kind == "not looked for"


@pytest.mark.parametrize("fault", ["the products have the wrong sign", "the engine has another slope there"])
def test_a_planted_fault_finds_no_point(trained: Trained, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    run = trained(BOWL, steps=3)
    assert nearest(Context(run), np.ones(100, dtype=bool)).kind == "minimum"
    if "products" in fault:
        right = Context.products
        monkeypatch.setattr(Context, "products", lambda self, *args: -right(self, *args))
    else:
        engine = Context.gradient
        monkeypatch.setattr(Context, "gradient", lambda self, *args: engine(self, *args) + 0.1)
    assert nearest(Context(run), np.ones(100, dtype=bool)).kind == "not found"
