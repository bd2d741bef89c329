"""Data is copied at most once, and never where no one can change it; what is changed later changes no run."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.data.table import column_of, frozen, lasting

ROWS, WIDTH = 50_000, 20
NAMES = (*(f"x{number}" for number in range(WIDTH)), "y")
LINE = f"data {', '.join(NAMES[:-1])}\ntarget y\nweight w := 0.1\nE = (w·({' + '.join(NAMES[:-1])}) − y)²"
VECTOR = f"index i = 1..{WIDTH}\ndata x[i]\ntarget y\nweight w := 0.1\nE = (w·Σ_i x[i] − y)²"

BESIDE = 0.6
"""What a training of a few steps needs beside the data, in times the data: the error of every pattern, mostly."""


def columns() -> dict[str, Any]:
    rng = np.random.default_rng(0)
    return {name: rng.normal(size=ROWS) for name in NAMES}


def matrix() -> dict[str, Any]:
    return {"x": np.random.default_rng(0).normal(size=(ROWS, WIDTH)), "y": np.zeros(ROWS)}


def held(data: dict[str, Any]) -> dict[str, Any]:
    return {name: frozen(values) for name, values in data.items()}


FORMS: dict[str, tuple[str, Callable[[], Any], int]] = {
    "arrays": (LINE, columns, 1),
    "arrays that no one can write to": (LINE, lambda: held(columns()), 0),
    "a matrix": (VECTOR, matrix, 1),
    "a matrix that no one can write to": (VECTOR, lambda: held(matrix()), 0),
    "pandas": (LINE, lambda: pytest.importorskip("pandas").DataFrame(columns()), 1),
    "polars": (LINE, lambda: pytest.importorskip("polars").DataFrame(columns()), 1),
    "pyarrow": (LINE, lambda: pytest.importorskip("pyarrow").table(columns()), 1),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("engine", ["reference", "native"])
def test_a_training_copies_its_data_once_or_never(form: str, engine: str) -> None:
    if engine == "native":
        pytest.importorskip("llvmlite")
    text, make, copies = FORMS[form]
    model, data = cr.Model(text), make()
    small = {name: np.ones((40, WIDTH) if name == "x" else 40) for name in (("x", "y") if text == VECTOR else NAMES)}
    model.train(small, steps=2, batch=16, engine=engine)  # what is compiled and kept for good
    tracemalloc.start()
    try:
        run = model.train(data, steps=4, batch=16, record=4, engine=engine)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert run.steps == 4
    assert most <= (copies + BESIDE + (text == VECTOR)) * 8 * len(NAMES) * ROWS, most / (8 * len(NAMES) * ROWS)


@pytest.mark.parametrize("form", FORMS)
def test_what_is_changed_later_changes_no_run(form: str) -> None:
    text, make, copies = FORMS[form]
    data = make()
    run = cr.Model(text).train(data, steps=3, record=1)
    before = run.trace["error"].tobytes(), run.data_hash
    if form == "polars":
        data[0, "y"] = 1e6
    elif form == "pandas":
        data.loc[:, "y"] = 1e6
    elif form != "pyarrow" and copies:
        for values in data.values():
            values[:] = 1e6
    again = cr.Model(text).evaluate(run.weights, run.data)
    assert (run.trace["error"].tobytes(), run.data_hash) == before
    assert float(again.patterns[0].values["y"]) != 1e6


def test_arrow_and_polars_may_share_the_memory_of_an_array() -> None:
    """Why frames are copied: whoever made one of an array can still write to it."""
    polars, pyarrow = pytest.importorskip("polars"), pytest.importorskip("pyarrow")
    for make in (lambda y: polars.DataFrame({"x": y, "y": y}), lambda y: pyarrow.table({"x": y, "y": y})):
        mine = np.arange(5.0)
        found = cr.Model("data x\ntarget y\nweight w := 0\nE = (w·x − y)²").train(make(mine), steps=1)
        mine[:] = 7
        assert found.data["y"].tolist() == [0, 1, 2, 3, 4]


def test_what_no_one_can_write_to() -> None:
    mine = np.arange(6.0)
    assert not lasting(mine)
    shown = mine[:]
    shown.flags.writeable = False
    assert not lasting(shown)  # a view of what can be written to
    mine.flags.writeable = False
    assert lasting(mine)
    assert lasting(mine.reshape(2, 3))
    assert not lasting(mine[:3])  # the rest would be held with it
    assert not lasting(mine.reshape(2, 3).T)
    for other in (mine.astype(np.float32), mine.astype(">f8"), np.frombuffer(bytes(48)), np.frombuffer(bytearray(48))):
        other.flags.writeable = False
        assert not lasting(other)
    assert column_of(mine, "x").values is mine
    assert column_of(mine.reshape(2, 3).T, "x").values.flags.c_contiguous


def test_a_file_that_is_mapped_is_copied(tmp_path: Any) -> None:
    np.save(tmp_path / "x.npy", np.arange(5.0))
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    assert not lasting(mapped)
    assert not lasting(np.asarray(mapped))
