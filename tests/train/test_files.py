"""Runs in files: read back to the bit, every change found, nothing hostile believed, nothing lost."""

import copy
import csv
import io
import json
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chainrule.errors import ChainruleError, LimitError, RunError
from chainrule.train import csvfile, files
from chainrule.train.csvfile import safe
from chainrule.train.files import load_run, save
from chainrule.train.run import Run

Trained = Callable[..., Run]
KINDS = ("npz", "json", "csv")

MODEL = """\
index i = 1..2, j = 0..2
const α := 0.3
data x[i] in {0, 1}
target y = x[1]
weight W[j,i] ~ normal(0, 1), b in [-1, 1]
h[j] = Σ_i W[j,i]*x[i] + b
E = (Σ_j h[j] - y)^2/2
"""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("batch", ["each", "all", "shuffled", 3, [[0, 1], [2]]], ids=str)
def test_a_run_is_read_back_to_the_bit(trained: Trained, tmp_path: Path, kind: str, batch: Any) -> None:
    run = trained(MODEL, batch=batch, record=4, seed=9, steps=30)
    path = tmp_path / f"run.{kind}"
    run.save(path)
    found = load_run(path)
    assert found.sha256 == run.sha256
    assert found.data_hash == run.data_hash
    assert found.recipe.order == run.recipe.order
    assert (found.ended, found.error, found.departure, found.notes, found.projections) == (
        run.ended, run.error, run.departure, run.notes, run.projections,
    )  # fmt: skip
    assert (found.recipe.text, found.recipe.source, found.recipe.hold, found.recipe.rate, found.recipe.steps) == (
        MODEL, "net.eq", (), 0.3, 30,
    )  # fmt: skip
    assert found.trace.columns == run.trace.columns
    assert found.trace["∂E/∂W"].tobytes() == run.trace["∂E/∂W"].tobytes()
    assert found.at(13)["W"].tobytes() == run.at(13)["W"].tobytes()
    assert found.verify()
    assert sorted(tmp_path.iterdir()) == sorted({path, *([path.with_name("run.csv.json")] if kind == "csv" else [])})


@pytest.mark.parametrize("batch", ["each", 3, [[0, 1], [2]]], ids=str)
def test_a_run_crosses_to_another_process(trained: Trained, batch: Any) -> None:
    run = trained(MODEL, batch=batch, record=4, seed=9, steps=30)
    for other in (pickle.loads(pickle.dumps(run)), copy.deepcopy(run)):  # noqa: S301 - our own
        assert (other.sha256, other.ended, other.notes, other.projections) == (
            run.sha256, run.ended, run.notes, run.projections)  # fmt: skip
        assert other.verify()
        assert other.trace["error"].tobytes() == run.trace["error"].tobytes()


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_that_overflowed_is_read_back(trained: Trained, tmp_path: Path, kind: str) -> None:
    run = trained(steps=10**4, rate=100.0)
    run.save(tmp_path / f"run.{kind}")
    found = load_run(tmp_path / f"run.{kind}")
    assert (found.ended, found.departure) == ("left the finite numbers", run.departure)
    assert repr(found.error) == repr(run.error)
    assert found.verify()


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_run_gives_the_same_bytes(trained: Trained, tmp_path: Path, kind: str) -> None:
    for name in ("one", "two"):
        trained(MODEL, seed=2).save(tmp_path / f"{name}.{kind}")
    assert (tmp_path / f"one.{kind}").read_bytes() == (tmp_path / f"two.{kind}").read_bytes()


def test_numpy_reads_the_arrays(trained: Trained, tmp_path: Path) -> None:
    run = trained(MODEL)
    run.save(tmp_path / "run.npz")
    with np.load(tmp_path / "run.npz", allow_pickle=False) as found:
        assert found["weights/W"].tobytes() == run.trace["W"].tobytes()
        assert found["steps"].tolist() == run.trace.steps.tolist()


def test_json_has_no_number_that_is_not_json(trained: Trained, tmp_path: Path) -> None:
    trained(steps=10**4, rate=100.0).save(tmp_path / "run.json")
    found = json.loads((tmp_path / "run.json").read_text("utf-8"), parse_constant=pytest.fail)
    assert found["about"]["ended"] == "left the finite numbers"
    assert found["about"]["error"] in ("inf", "nan")


def test_a_table_is_plain_and_keeps_every_bit(trained: Trained, tmp_path: Path) -> None:
    run = trained(MODEL, steps=5)
    run.save(tmp_path / "run.csv")
    text = (tmp_path / "run.csv").read_text("ascii")
    head, *rows = csv.reader(io.StringIO(text))
    assert head[:4] == ["step", "rows", "W[0,1]", "W[0,2]"]
    assert len(rows) == 6
    for place, name in enumerate(head):
        if name not in ("step", "rows"):
            assert [float(row[place]) for row in rows] == run.trace[name].tolist()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "\ta", "\ra", "\0a"])
def test_no_text_of_a_table_is_a_formula(text: str) -> None:
    assert safe(text) == f"'{text}"
    assert safe(f"a{text}") == f"a{text}"


def test_files_larger_than_the_limit_are_not_read(trained: Trained, tmp_path: Path) -> None:
    for kind in KINDS:
        path = tmp_path / f"run.{kind}"
        trained(steps=3).save(path)
        with pytest.raises(LimitError) as caught:
            load_run(path, limit=100)
        assert caught.value.code == "E363"
        assert load_run(path, limit=10**5).steps == 3


def test_what_is_not_a_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.npz")
    for name in ("missing.npz", "pipe.npz", ".", "a\0b.npz"):
        with pytest.raises(RunError) as caught:
            load_run(tmp_path / name)
        assert caught.value.code == "E362"


@pytest.mark.parametrize("name", ["run", "run.txt", "run.pkl", "run.zip"])
def test_a_name_that_says_no_kind(trained: Trained, tmp_path: Path, name: str) -> None:
    with pytest.raises(ChainruleError, match="E360"):
        save(trained(steps=1), tmp_path / name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", KINDS)
def test_a_place_that_cannot_be_written_is_named(trained: Trained, tmp_path: Path, kind: str) -> None:
    with pytest.raises(RunError) as caught:
        save(trained(steps=1), tmp_path / "nowhere" / f"run.{kind}")
    assert caught.value.code == "E361"
    assert "nowhere" in caught.value.problem
    (tmp_path / f"a.{kind}").mkdir()
    with pytest.raises(RunError, match="E361"):
        save(trained(steps=1), tmp_path / f"a.{kind}")
    assert {path.name for path in tmp_path.iterdir()} <= {f"a.{kind}", f"a.{kind}.json"}


def test_a_table_too_large_is_refused(trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csvfile, "CELLS", 10)
    with pytest.raises(LimitError, match="E369"):
        trained(steps=3).save(tmp_path / "run.csv")
    monkeypatch.setattr(files, "TEXT", 10)
    with pytest.raises(LimitError, match="E369"):
        trained(steps=3).save(tmp_path / "run.json")
    assert not list(tmp_path.iterdir())
