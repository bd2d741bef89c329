"""The page computes what Python computes, to the last bit: what it gives to be taken away is held against a run."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.page.browser import Page
from tests.page.conftest import FACTS, Made, Opened, facts_of

import chainrule as cr
from chainrule.page.script import packed

KEEP = """window.taken = [];
const give = URL.createObjectURL;
URL.createObjectURL = (blob) => { window.taken.push(blob); return give.call(URL, blob); };"""


def taken(page: Page, button: str, click: Callable[[str], object] | None = None) -> str:
    """What a button gives to be taken away."""
    page.run(f"(() => {{ {KEEP} }})()")
    (click or page.click)(button)
    page.until("window.taken.length > 0")
    return str(page.run("window.taken[0].text()"))


LEFT = "data x in {0, 1, 2}\ntarget y = x\nweight w := 0.5\nconst α := 5\nE = ½(w·x − y)²"
LETTERS = """index i = 1..2, j = 1..3
data x[i]
target y
weight W[j,i] ~ normal(0, 1), v[j] ~ normal(0, 1)
h[j] = tanh(Σ_i W[j,i]·x[i])
ŷ = σ(Σ_j v[j]·h[j])
E = ½(ŷ − y)²"""
POINTS = {"x": [[0.0, 1.0], [1.0, 0.5], [-1.0, 2.0]], "y": [0.0, 1.0, 0.5]}

CASES: dict[str, tuple[cr.Model, dict[str, Any]]] = {
    "identity": (cr.example("identity"), {}),
    "xor": (cr.example("xor"), {"steps": 300}),
    "shuffled": (cr.example("xor"), {"steps": 100, "batch": "shuffled", "seed": 3}),
    "all": (cr.example("mazur"), {"steps": 100, "batch": "all"}),
    "leaves the finite numbers": (cr.Model(LEFT, "left"), {}),
    "letters": (cr.Model(LETTERS, "letters", POINTS), {"steps": 100, "seed": 7}),
    "momentum": (cr.example("and"), {"steps": 50, "update": "momentum"}),
}


@pytest.mark.parametrize("name", list(CASES))
def test_the_table_has_the_bits_of_python(name: str, opened: Opened, made: Made) -> None:
    model, how = CASES[name]
    run = model.train(**how)
    page = opened(made(model, name, **how))
    rows = list(csv.DictReader(io.StringIO(taken(page, "#b-csv"))))
    assert len(rows) == run.steps + 1
    for weight in model.weights:
        values = run.trace[weight].reshape(run.steps + 1, -1)
        columns = [key for key in rows[0] if named(key) == weight]
        found = np.array([[float(row[key]) for key in columns] for row in rows])
        assert np.array_equal(found, values), weight
    slopes = [key for key in rows[0] if key.startswith("∂")]
    assert slopes
    first = np.array([float(rows[0][key]) for key in slopes])
    gradient = [np.ravel(run.trace[f"∂{run.model.goal.name}/∂{weight}"][0]) for weight in model.weights]
    assert np.array_equal(first, np.concatenate(gradient))


def named(column: str) -> str:
    """The weight that a column is an entry of."""
    from chainrule.notation.names import ascii as plain

    return "" if column.startswith("∂") else plain(column.partition("[")[0])


def test_a_browser_that_computes_otherwise_says_so(opened: Opened, made: Made, tmp_path: Path) -> None:
    path = made("identity")
    assert "to the last bit" in opened(path).text("#foot")
    known = facts_of(path)
    known["trials"]["exp"]["sum"] ^= 1
    planted = FACTS.sub(lambda found: found[1] + packed(known), path.read_text("utf-8"))
    (tmp_path / "planted.html").write_text(planted, "utf-8")
    assert "may differ in the last digit" in opened(tmp_path / "planted.html").text("#foot")


def test_another_seed_draws_the_same_starts(opened: Opened, made: Made) -> None:
    model, how = CASES["letters"]
    page = opened(made(model, "letters", **how), "#seed=11")
    row = next(csv.DictReader(io.StringIO(taken(page, "#b-csv"))))
    run = model.train(steps=0, seed=11)
    assert [float(row[f"v[{j}]"]) for j in (1, 2, 3)] == run.trace["v"][0].tolist()
