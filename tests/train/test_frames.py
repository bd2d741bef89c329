"""Traces and evaluations as frames of pandas and polars and as tables of Arrow: the numbers of their columns."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

import chainrule as cr

LETTERS = """index i = 1..2, j = 0..1
data x[i] in {0, 1}
target y = x[1]
weight W[j,i] := 0.1*j + i
h[j] = Σ_i W[j,i]*x[i]
E = (Σ_j h[j] - y)^2/2"""
PATTERNS = """patterns p
index i = 1..2
data x[i,p]
target y[p]
weight w[i] := 1
ŷ[p] = Σ_i w[i]·x[i,p]
E = mean_p (ŷ[p] − y[p])²"""
DATA = {"x": [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], "y": [1.0, 2.0, 3.0]}
WAYS = ("to_pandas", "to_polars", "to_arrow")


def read(frame: Any) -> dict[str, list[float]]:
    """A frame of any of the three as lists."""
    if hasattr(frame, "to_pydict"):
        return dict(frame.to_pydict())
    names = frame.column_names if hasattr(frame, "column_names") else list(frame.columns)
    return {name: frame[name].to_numpy().tolist() for name in names}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("batch", ["each", "all", 3, [[0, 1], [2]]], ids=str)
def test_a_trace_is_a_frame_of_its_columns(way: str, batch: Any) -> None:
    pytest.importorskip({"to_arrow": "pyarrow"}.get(way, way.removeprefix("to_")))
    run = cr.Model(LETTERS).train(steps=4, batch=batch, update="momentum")
    wanted = {name: values.tolist() for name, values in run.trace.to_numpy().items()}
    assert read(getattr(run.trace, way)()) == wanted
    some = getattr(run.trace, way)("W", "step", "dE/dW[1,2]")
    assert list(read(some)) == ["W[0,1]", "W[0,2]", "W[1,1]", "W[1,2]", "step", "dE/dW[1,2]"]
    assert read(some)["dE/dW[1,2]"] == run.trace["∂E/∂W[1,2]"].tolist()


@pytest.mark.parametrize("way", WAYS)
def test_an_evaluation_is_a_frame_of_its_patterns(way: str) -> None:
    pytest.importorskip({"to_arrow": "pyarrow"}.get(way, way.removeprefix("to_")))
    found = cr.Model(LETTERS).evaluate()
    frame = read(getattr(found, way)())
    assert list(frame) == ["pattern", "x[1]", "x[2]", "y", "h[0]", "h[1]", "E"]
    assert frame["h[1]"] == [one.values["h"][1] for one in found.patterns]
    frame = read(getattr(found, way)("∂E/∂W", "W[1,2]", "dE/dh[0]"))
    assert frame["d(E)/d(W)[1,2]"] == [one.gradient["W"][1, 1] for one in found.patterns]
    assert frame["dE/dh[0]"] == [one.adjoints["h"][0] for one in found.patterns]
    assert frame["W[1,2]"] == [2.1] * 4
    written = cr.Model(PATTERNS, data=DATA).evaluate()
    frame = read(getattr(written, way)())
    assert frame == {"pattern": [0, 1, 2], "x[1]": [1, 2, 3], "x[2]": [4, 5, 6], "y": [1, 2, 3], "y_hat": [5, 7, 9]}
    alone = cr.Model("weight w := 3\nE = w²").evaluate()
    assert read(getattr(alone, way)("w", "∂E/∂w")) == {"w": [3.0], "∂E/∂w": [6.0]}


def test_arrays_in_one_piece_are_not_copied() -> None:
    pytest.importorskip("pyarrow")
    run = cr.Model(LETTERS).train(steps=4, batch="all")
    for name in ("error", "step"):
        column = run.trace.to_arrow(name)[name].chunk(0).to_numpy(zero_copy_only=True)
        assert column.__array_interface__["data"][0] == run.trace[name].__array_interface__["data"][0]
    polars = pytest.importorskip("polars")
    assert polars.DataFrame(run.trace).columns == list(run.trace.columns)


def test_numbers_that_are_none_stay() -> None:
    pytest.importorskip("pyarrow")
    found = cr.Model("data x\nweight w := 1\nf = log(w·x)\nE = (w·x)²\nminimise E").evaluate(data={"x": [0.0, -1.0]})
    for way in WAYS:
        frame = read(getattr(found, way)("f"))
        assert np.array_equal(frame["f"], [-np.inf, np.nan], equal_nan=True)


@pytest.mark.parametrize(
    ("read", "code"),
    [
        (lambda run, found: run.trace.to_pandas("E"), "E409"),
        (lambda run, found: run.trace.to_pandas("rows"), "E409"),
        (lambda run, found: run.trace.to_pandas("q"), "E358"),
        (lambda run, found: run.trace.to_polars(3), "E358"),
        (lambda run, found: found.to_pandas("q"), "E409"),
        (lambda run, found: found.to_pandas("h[7]"), "E409"),
        (lambda run, found: found.to_pandas("h[1,1]"), "E409"),
        (lambda run, found: found.to_polars("∂h/∂W"), "E409"),
        (lambda run, found: found.to_arrow(None), "E409"),
        (lambda run, found: cr.Model(LETTERS).evaluate(of="h").to_pandas("∂h/∂W"), "E409"),
        (lambda run, found: cr.Model(PATTERNS, data=DATA).evaluate().to_pandas("∂E/∂w"), "E409"),
    ],
)
def test_what_no_frame_has(read: Any, code: str) -> None:
    pytest.importorskip("pandas")
    model = cr.Model(LETTERS)
    with pytest.raises(cr.ChainruleError) as caught:
        read(model.train(steps=2, batch="all"), model.evaluate())
    assert caught.value.code == code


@pytest.mark.parametrize("way", WAYS)
def test_a_library_that_is_not_there(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name = {"to_arrow": "pyarrow"}.get(way, way.removeprefix("to_"))
    monkeypatch.setitem(sys.modules, name, None)
    run = cr.example("identity").train(steps=2)
    for one in (run.trace, cr.example("identity").evaluate()):
        with pytest.raises(cr.MissingExtra, match=f"pip install .*{'arrow' if way == 'to_arrow' else name}"):
            getattr(one, way)()
