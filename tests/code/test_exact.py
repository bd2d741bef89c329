"""Programs in C and NumPy with chainrule's own functions: the same bits after every step, and the same end."""

from __future__ import annotations

import json
import re
import struct
import subprocess
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from tests.code.test_handouts import CC, HOSTILE
from tests.laws.engines import random_model, random_training
from tests.laws.handouts import Case, examples, in_python, programs, rules

import chainrule as cr
from chainrule.program.parts import whole_name

FLAGS = ("-std=c99", "-Wall", "-Wextra", "-Werror", "-Wno-unused-variable", "-ffp-contract=off")
SHORT = 20_000
"""Letters of a program in C up to which the suite waits for the compiler to make it fast."""

needs_c = pytest.mark.skipif(CC is None, reason="there is no compiler of C")


def traced(text: str) -> str:
    """A program in Python as if it were asked for its trace."""
    return text.replace('sys.argv[1:] == ["trace"]', "True")


def in_numpy(texts: Sequence[str], folder: Path) -> list[str]:
    return in_python([traced(text) for text in texts], folder)


def in_c(texts: Sequence[str], folder: Path) -> list[str]:
    """What each program prints, with its trace."""
    found = []
    for number, text in enumerate(texts):
        path = folder / f"p{number}.c"
        path.write_text(text, "utf-8")
        level = "-O2" if len(text) < SHORT else "-O0"
        command = [str(CC), *FLAGS, level, path.name, "-o", "p", "-lm"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            found.append(f"error: {done.stderr}")
            continue
        found.append(subprocess.run([folder / "p", "trace"], capture_output=True, text=True, check=True).stdout)
    return found


WAYS: dict[str, Callable[[Sequence[str], Path], list[str]]] = {"c": in_c, "numpy": in_numpy}


def difference(case: Case, told: str) -> str:
    """How what a program printed differs from the run, in a bit; nothing if it does not."""
    name, model, how = case
    run = model.train(**{"engine": "reference", **how})
    if "error: " in told:
        return f"{name}: {told}"
    rows = [line.split(",") for line in told.splitlines() if re.match(r"\d+(,|$)", line)]
    record = run.trace.record
    arrays = [*record.weights.values(), *record.states.values()]
    wanted = np.concatenate([np.reshape(one, (len(record.steps), -1)) for one in arrays], axis=1)
    if [int(row[0]) for row in rows] != record.steps.tolist():
        return f"{name}: {len(rows)} rows for {len(record.steps)}"
    for (step, *numbers), right in zip(rows, wanted.tolist(), strict=True):
        if [struct.pack("<d", float(one)) for one in numbers] != [struct.pack("<d", one) for one in right]:
            return f"{name}: after step {step} {numbers} for {right}"
    ends = []
    if run.departure is not None:
        ends.append(f"{run.departure.equation} is no longer finite in step {run.departure.step}")
    if run.ended == "converged":
        ends.append(f"converged: a pass that ends with step {run.steps} changed nothing")
    put: dict[str, list[int]] = {}
    for stretch in run.projections:
        put.setdefault(stretch.weight, []).extend(range(stretch.first, stretch.last + 1))
    for weight, steps in put.items():
        ends.append(f"{weight} was put back into its box in {len(steps)} steps, the last of them step {steps[-1]}")
    lines = told.splitlines()
    for line in ends:
        if line not in lines:
            return f"{name}: {line!r} is not said, but {lines[-3:]}"
    if any("finite" in line or "converged" in line or "box" in line for line in set(lines) - set(ends)):
        return f"{name}: said {sorted(set(lines) - set(ends))[-2:]}"
    last = {line.partition(" = ")[0]: json.loads(line.partition(" = ")[2]) for line in lines if " = " in line}
    right = {whole_name(one): np.asarray(value).tolist() for one, value in run.weights.items()}
    return "" if last == right else f"{name}: {last} for {right}"


def differences(cases: Sequence[Case], language: str, folder: Path) -> list[str]:
    texts = [model.code(language, exact=True, **how) for _, model, how in cases]
    found = WAYS[language](texts, folder)
    return [one for case, told in zip(cases, found, strict=True) if (one := difference(case, told))]


def drawn(seeds: Sequence[int], steps: int) -> Iterator[Case]:
    """Random networks, some of which leave the finite numbers or converge."""
    for seed in seeds:
        yield f"random {seed}", random_model(seed), {**random_training(seed), "steps": steps, "record": 1}


def some(language: str) -> list[Case]:
    """What the suite has time for; the campaign has the rest."""
    begin = 1 if language == "c" else 0
    return [*islice(examples(30), begin, 14, 5), *islice(programs(2), 3 + 4*begin, 17, 9),
            *islice(rules(9), begin, None, 5), *drawn((1 + begin, 7), 12)]  # fmt: skip


@pytest.mark.parametrize("language", ["numpy", pytest.param("c", marks=needs_c)])
def test_bits(language: str, tmp_path: Path) -> None:
    assert differences(some(language), language, tmp_path) == []


@pytest.mark.parametrize("language", ["numpy", pytest.param("c", marks=needs_c)])
def test_names_and_comments_stay_what_they_are(language: str, tmp_path: Path) -> None:
    model = cr.Model(HOSTILE, name="net\nimport os\u2028process.exit(7)\x07\\")
    batches = ("shuffled", [[0, 1], [1]]) if language == "numpy" else ([[0], [1, 0]],)
    cases: list[Case] = [("hostile", model, {"steps": 5, "batch": batch, "rate": 0.001}) for batch in batches]
    assert differences(cases, language, tmp_path) == []


ENDS = (
    ("leaves", "table x | y\n 1 | 2\n 800 | 1\nweight w := 1\nE = exp(w·x) − y", {"steps": 9, "rate": 1e-6}),
    ("converges", "data x in {1}\nweight w := 1\nE = ½(w·x − 1)²", {"steps": 9, "rate": 1}),
    ("boxed", "weight w in [0, 2] := 1, v in [−1, 1] := 0\nE = w·(v + 2)", {"steps": 9, "rate": 0.2}),
    ("no division by zero is an error", "weight w := 2\nE = w² + 1/max(w − 3, 0)", {"steps": 3, "rate": 0.1}),
)


@pytest.mark.parametrize("language", ["numpy", pytest.param("c", marks=needs_c)])
def test_ends(language: str, tmp_path: Path) -> None:
    cases: list[Case] = [(name, cr.Model(text), dict(how)) for name, text, how in ENDS]
    assert differences(cases, language, tmp_path) == []


def test_a_planted_fault_is_found(tmp_path: Path) -> None:
    case: Case = ("identity", cr.example("identity"), {"steps": 3})
    text = case[1].code("numpy", exact=True, steps=3)
    assert isinstance(text, str)
    wrong = text.replace("w - alpha", "w * 1.0000000000000002 - alpha", 1)
    assert wrong != text
    told = in_numpy([text, wrong], tmp_path)
    assert difference(case, told[0]) == ""
    assert "after step 1" in difference(case, told[1])


def test_the_library_of_the_language_is_not_used() -> None:
    model = cr.example("xor")
    for language, others in (("numpy", r"np\.(exp|tanh|power)"), ("c", r"(?<!own_)\b(exp|tanh|pow)\(")):
        text = model.code(language, exact=True, steps=1)
        assert isinstance(text, str)
        code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(("//", "#")))
        code = re.sub(r"(//|#) .*", "", code)
        assert re.search(others, code) is None
    assert "-ffp-contract=off" in model.code("c", exact=True, steps=1)  # type: ignore[operator]
