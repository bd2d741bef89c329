"""Spreadsheets compute what `train` computes, documents compile, notebooks run."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from tests.laws.handouts import LONG, Case, examples, programs, rules

import chainrule as cr

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
def test_spreadsheets(tmp_path: Path) -> None:
    """LibreOffice computes all formulas; 100 steps of mazur, a few of a recurrence, attention, rules and orders."""
    openpyxl = pytest.importorskip("openpyxl")
    cases: list[Case] = [*islice(examples(30), 0, 12, 3), *islice(programs(3), 8, 13, 2), *islice(rules(9), 0, 12, 3)]
    cases.append(("mazur", cr.example("mazur"), {"steps": 100}))
    for number, (_, model, how) in enumerate(cases):
        (tmp_path / f"p{number}.xlsx").write_bytes(model.code("spreadsheet", **how))
    command = [str(OFFICE), f"-env:UserInstallation={(tmp_path / 'home').as_uri()}", "--headless", "--convert-to"]
    command += ["xlsx:Calc MS Excel 2007 XML", "--outdir", "out", *(f"p{k}.xlsx" for k in range(len(cases)))]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=300)
    for number, (name, model, how) in enumerate(cases):
        book = openpyxl.load_workbook(tmp_path / "out" / f"p{number}.xlsx", data_only=True)
        found = [row[1] for row in book["weights"].iter_rows(min_row=2, values_only=True)]
        run = model.train(engine="reference", **how)
        wanted = np.concatenate([np.ravel(np.asarray(value, float)) for value in run.weights.values()])
        worst = np.max(np.abs(np.array(found, float) - wanted))
        assert worst <= LONG * max(1.0, float(np.max(np.abs(wanted)))), name


def test_a_text_in_a_sheet_is_no_formula() -> None:
    openpyxl = pytest.importorskip("openpyxl")
    text = "# =cmd|' /C calc'!A0\n#+1\ndata x in {1}\nweight w := 1\nE = (w·x)²"
    book = openpyxl.load_workbook(io.BytesIO(cr.Model(text, name="=1+1").code("spreadsheet", steps=2)))
    about = [cell for row in book["about"].iter_rows() for cell in row if cell.value]
    assert all(cell.data_type == "s" for cell in about)
    assert any(str(cell.value).startswith("=1+1") for cell in about)


def test_the_names_above_a_sheet_are_those_of_its_reader() -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.load_workbook(io.BytesIO(cr.example("identity").code("spreadsheet", steps=1)))
    names = [cell.value for cell in book["training"][1]]
    assert names == ["step", "pattern", "x", "y", "w", "ŷ", "E", "∂E/∂ŷ", "∂E/∂w", "w'", "w'"]


def test_what_a_spreadsheet_cannot_say_is_refused() -> None:
    pytest.importorskip("openpyxl")
    for model, how in (
        (cr.example("digits"), {"steps": 2}),
        (cr.example("xor"), {"batch": [[0, 1], [2]]}),
        (cr.example("xor"), {"steps": 10**6}),
    ):
        with pytest.raises(cr.ChainruleError, match="E061"):
            model.code("spreadsheet", **how)


def test_minus_has_brackets() -> None:
    openpyxl = pytest.importorskip("openpyxl")
    model = cr.Model("weight w := 3\nE = -w^2 + (-w)^4/100 - (-w^2)")
    book = openpyxl.load_workbook(io.BytesIO(model.code("spreadsheet", steps=1)))
    formulas = [str(cell.value) for row in book["training"].iter_rows(min_row=3) for cell in row]
    assert not any("=-" in one or "(-B3^" in one for one in formulas)


def test_documents_compile(tmp_path: Path) -> None:
    program = shutil.which("pdflatex")
    if program is None:
        pytest.skip("pdflatex is not installed")
    for number, model in enumerate([cr.example("identity"), cr.example("mazur"), cr.example("digits")]):
        (tmp_path / f"p{number}.tex").write_text(model.code("latex", steps=3), "utf-8")
        command = [program, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", f"p{number}.tex"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False)
        assert done.returncode == 0, done.stdout[-1500:]


def test_a_notebook_runs(tmp_path: Path) -> None:
    formats, client = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    text = cr.example("mazur").code("notebook", steps=20, rate=0.25)
    book = formats.reads(text, as_version=4)
    formats.validate(book)
    done = client.NotebookClient(book, timeout=120, kernel_name="python3").execute()
    told = json.dumps(done)
    assert "Why backwards" in told
    assert repr(float(cr.example("mazur").train(steps=20, rate=0.25).weights["w5"])) in told


def test_a_notebook_has_the_data_that_was_given() -> None:
    model = cr.Model("data x\ntarget y\nweight w := 0 # '''\nE = (w·x − y)²", data={"x": [1.0, 2.0], "y": [2.0, 4.0]})
    cells = json.loads(model.code("notebook", steps=5))["cells"]
    names: dict[str, object] = {}
    for cell in cells[:4]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
    made = names["model"]
    assert isinstance(made, cr.Model)
    assert made.train(steps=5).sha256 == model.train(steps=5).sha256


def test_a_notebook_says_no_argument_that_says_nothing() -> None:
    how = {"steps": 40, "hold": [], "seed": 0, "record": 1, "standardise": False, "rate": 0.5, "batch": [0, 1]}
    assert "run = model.train(steps=40, rate=0.5, batch=[0, 1])" in cr.example("identity").code("notebook", **how)
