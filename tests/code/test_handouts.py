"""Programs for people train as `train` does: after one step to rounding, after a hundred nearly."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import pytest
from tests.laws.handouts import (
    LONG,
    ONE_STEP,
    Case,
    differences,
    drawn,
    examples,
    in_python,
    printed,
    programs,
    rules,
    texts,
)
from tests.laws.javascript import NODE, needs_node

import chainrule as cr

CC = shutil.which("cc") or shutil.which("gcc")

NODE_RUNNER = """
const { readFileSync, writeFileSync } = require("node:fs"), vm = require("node:vm");
const found = JSON.parse(readFileSync(process.argv[2])).map((path) => {
  const lines = [];
  try {
    vm.runInNewContext(readFileSync(path, "utf-8"), { console: { log: (line) => lines.push(line) } });
  } catch (error) {
    lines.push(`error: ${error.stack}`);
  }
  return lines.join("\\n");
});
writeFileSync(process.argv[3], JSON.stringify(found));
"""


SEEDS = (*range(5), 1003)
"""Of random networks; the last has a product whose factors are numbers here and arrays there."""


def in_node(programs: Sequence[str], folder: Path) -> list[str]:
    """What each program prints, all in one process."""
    paths = [folder / f"p{number}.js" for number in range(len(programs))]
    for path, text in zip(paths, programs, strict=True):
        path.write_text(text, "utf-8")
    (folder / "list.json").write_text(json.dumps([str(path) for path in paths]), "utf-8")
    (folder / "run.cjs").write_text(NODE_RUNNER, "utf-8")
    subprocess.run([str(NODE), "run.cjs", "list.json", "out.json"], cwd=folder, check=True, timeout=300)
    found: list[str] = json.loads((folder / "out.json").read_text("utf-8"))
    return found


def in_c(programs: Sequence[str], folder: Path) -> list[str]:
    """What each program prints."""
    found = []
    for number, text in enumerate(programs):
        (folder / f"p{number}.c").write_text(text, "utf-8")
        strict = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-Wno-unused-variable", "-ffp-contract=off"]
        command = [str(CC), *strict, f"p{number}.c", "-o", "p", "-lm"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            found.append(f"error: {done.stderr}")
            continue
        found.append(subprocess.run([folder / "p"], capture_output=True, text=True, check=True).stdout)
    return found


def every(steps: int) -> list[Case]:
    return [*examples(steps), *programs(steps), *rules(steps), *drawn(SEEDS, steps)]


@pytest.mark.parametrize(("steps", "within"), [(1, ONE_STEP), (100, LONG)])
def test_numpy(steps: int, within: float, tmp_path: Path) -> None:
    cases = every(steps) if steps == 1 else [*islice(examples(steps), 16), *islice(rules(steps), 1, 16, 3)]
    assert differences(cases, in_python(texts(cases, "numpy"), tmp_path), within) == []


def test_torch(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    cases = [*islice(examples(3), 0, 18, 6), *islice(programs(2), 0, 17, 5), *islice(rules(3), 0, 16, 5)]
    assert differences(cases, in_python(texts(cases, "torch"), tmp_path), LONG) == []


def test_jax(tmp_path: Path) -> None:
    pytest.importorskip("jax")
    cases = [*islice(examples(3), 0, 12, 6), *islice(programs(2), 6, 7), *islice(rules(3), 0, 1)]
    assert differences(cases, in_python(texts(cases, "jax"), tmp_path), LONG) == []


@needs_node()
def test_javascript(tmp_path: Path) -> None:
    cases = [*islice(examples(100), 0, 16, 2), *programs(1), *islice(rules(2), 0, 16, 2)]
    assert differences(cases, in_node(texts(cases, "javascript"), tmp_path), LONG) == []


@pytest.mark.skipif(CC is None, reason="there is no compiler of C")
def test_c(tmp_path: Path) -> None:
    cases = [*islice(examples(100), 0, 18, 6), *islice(programs(2), 6, 17, 4), *islice(rules(60), 0, 16, 4)]
    assert differences(cases, in_c(texts(cases, "c"), tmp_path), LONG) == []


LSTM = """index t = 1..3
data x[t]
target y
weight wf := 0.1, uf := 0.2, bf := 1, wi := 0.3, ui := 0.1, bi := 0, wo := 0.2, uo := 0.3, bo := 0, v := 1
weight wg := 0.5, ug := 0.4, bg := 0
table x[1] x[2] x[3] | y
  1 0 1 | 1
  0 1 0 | 0
h[0] = 0
c[0] = 0
f[t] = σ(wf·x[t] + uf·h[t-1] + bf)
i[t] = σ(wi·x[t] + ui·h[t-1] + bi)
o[t] = σ(wo·x[t] + uo·h[t-1] + bo)
g[t] = tanh(wg·x[t] + ug·h[t-1] + bg)
c[t] = f[t]·c[t-1] + i[t]·g[t]
h[t] = o[t]·tanh(c[t])
ŷ = v·h[3]
E = ½(ŷ − y)²"""


@pytest.mark.parametrize("language", ["torch", "jax"])
@pytest.mark.parametrize("batch", ["each", "all"])
def test_many_weights_and_slices_that_are_plain_numbers(language: str, batch: str, tmp_path: Path) -> None:
    pytest.importorskip(language)
    cases = [("lstm", cr.Model(LSTM), {"steps": 20, "batch": batch})]
    [text] = texts(cases, language)
    assert max(map(len, text.splitlines())) <= 120
    assert "import math" not in text
    assert differences(cases, in_python([text], tmp_path), LONG) == []


def test_a_planted_fault_is_found(tmp_path: Path) -> None:
    case = "xor", cr.example("xor"), {"steps": 2}
    (text,) = texts([case], "numpy")
    wrong = text.replace("(1 - y_hat)", "(1.000000001 - y_hat)", 1)
    assert wrong != text
    told = in_python([text, wrong], tmp_path)
    assert differences([case], told[:1], ONE_STEP) == []
    assert differences([case], told[1:], ONE_STEP) != []


def test_autograd_is_compared_with_what_was_derived(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    text = cr.example("xor").code("torch", steps=1)
    wrong = text.replace("dE_dy_hat = y_hat - y", "dE_dy_hat = 2*(y_hat - y)")
    assert wrong != text
    assert "AssertionError" in in_python([wrong], tmp_path)[0]


HOSTILE = """\
# */ \"\"\" ''' </script> `${process.exit(7)}` \\
# ends in a trigraph ??/
data lambda in {1, 2}, x in {3, 4}, x_data in {5, 6}
target class = lambda
weight main := 0.5, double := 0.25, np := 0.1, let := 0.2, step := 0.3, E_new := 0.01, n := 0.2, row := 1, t := 0.5
weight ΔŴ := 0.125, ROWS := 0.5, y1 := 0.25
const order := 0.01
update main <- main - order·∂E/∂main
def = main·lambda + double·x_data·0.01 + np·x + let·lambda + ΔŴ·x + y1 + row·t
E = (def·step + E_new + n − class + ROWS)²
"""


def test_names_and_comments_stay_what_they_are(tmp_path: Path) -> None:
    model = cr.Model(HOSTILE, name="net\nimport os\u2028process.exit(7)\x07\\")
    for batch in ("each", "all", 2, [1, 0]):
        case: Case = ("hostile", model, {"steps": 5, "batch": batch, "rate": 0.001})
        assert differences([case], in_python(texts([case], "numpy"), tmp_path), ONE_STEP) == []
        if NODE:
            assert differences([case], in_node(texts([case], "javascript"), tmp_path), ONE_STEP) == []
        if CC:
            assert differences([case], in_c(texts([case], "c"), tmp_path), ONE_STEP) == []


def test_a_run_that_leaves_the_finite_numbers_keeps_its_last_weights(tmp_path: Path) -> None:
    model = cr.Model("table x | y\n 1 | 2\n 800 | 1\nweight w := 1\nE = exp(w·x) − y")
    case: Case = ("leaves", model, {"steps": 9, "rate": 1e-6})
    found = in_python(texts([case], "numpy"), tmp_path)
    assert "no longer finite" in found[0]
    assert differences([case], found, ONE_STEP) == []


def test_what_a_language_cannot_say_is_refused() -> None:
    newton = cr.Model("weight w := 3\nE = (w² − 2)²\nupdate w <- w − (∂E/∂w)/(∂²E/∂w²)")
    with pytest.raises(cr.ChainruleError, match="E061"):
        newton.code("torch")
    assert "dE_dw" in newton.code("numpy")
    with pytest.raises(cr.ChainruleError, match="E061"):
        cr.example("xor").code("torch", exact=True)


def test_second_derivatives_in_a_rule(tmp_path: Path) -> None:
    model = cr.Model("weight w := 3\nE = (w² − 2)²\nupdate w <- w − (∂E/∂w)/(∂²E/∂w²)")
    case: Case = ("newton", model, {"steps": 5})
    assert differences([case], in_python(texts([case], "numpy"), tmp_path), LONG) == []


def test_the_names_are_those_of_the_text() -> None:
    text = cr.example("identity").code("numpy", steps=2)
    assert "y_hat = 1/(1 + np.exp(-w*x))" in text
    assert "# ŷ = 1/(1 + exp(−w·x))" in text
    assert printed("w = [0.5, -0]")["w"].tolist() == [0.5, 0.0]


def goals(told: str) -> list[tuple[int, float]]:
    """The goals that a program printed, each with its step."""
    lines = [line.removeprefix("step ").split(": E ") for line in told.splitlines() if line.startswith("step ")]
    return [(int(step), float(value)) for step, value in lines]


def test_the_goal_of_some_steps_is_printed(tmp_path: Path) -> None:
    model = cr.example("mazur")
    trace = model.train(steps=7).trace
    case: Case = ("mazur", model, {"steps": 7, "record": 3})
    ways = {"numpy": in_python, "torch": in_python, **({"javascript": in_node} if NODE else {}),
            **({"c": in_c} if CC else {})}  # fmt: skip
    for language, run in ways.items():
        if language == "torch":
            pytest.importorskip("torch")
        (told,) = run(texts([case], language), tmp_path)
        assert goals(told) == [(step, pytest.approx(trace["E"][step - 1], rel=1e-5)) for step in (3, 6)], language
        assert len(printed(told)) == 8
    assert "step + 1 ==" not in texts([("mazur", model, {"steps": 7})], "numpy")[0]
    assert goals(in_python(texts([("mazur", model, {"steps": 7})], "numpy"), tmp_path)[0]) == []


ZEROS = (
    ("const", "const c := 1\nweight w := 2\nE = ½(w − c/(1 − 1))²"),
    ("written", "weight w := 2\nE = ½(w − 1/(1 − 1))²"),
    ("one pattern", "data x in {0}\nweight w := 2\nE = w·(1/x)"),
    ("through a quantity", "const c := 3\nu = c − 3\nweight w := 2\nE = w·(2/u)"),
    ("power", "const c := 1e300\nweight w := 2\nE = w·c²"),
    ("inverse", "const c := 0\nweight w := 2\nE = w·c^−1"),
    ("only the gradient", "weight w := 2\nE = w² + 1/max(w − 3, 0)"),
)


@pytest.mark.parametrize("language", ["numpy", "torch"])
def test_a_division_by_zero_is_no_error_of_python(language: str, tmp_path: Path) -> None:
    if language == "torch":
        pytest.importorskip("torch")
    cases: list[Case] = [(name, cr.Model(text), {"steps": 2}) for name, text in ZEROS]
    found = in_python(texts(cases, language), tmp_path)
    assert differences(cases, found, ONE_STEP) == []
    assert all("no longer finite in step 1" in told for told in found)
