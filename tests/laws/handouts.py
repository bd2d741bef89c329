"""Programs that leave, run by what they are written for, against the trace: the weights that each prints.

All programs in Python run in one process, so that PyTorch is imported once.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tests.laws.engines import RULES, random_model, random_training
from tests.laws.test_indexed import PROGRAMS
from tests.laws.test_indexed import program as read

import chainrule as cr

ONE_STEP, LONG = 1e-12, 1e-9
"""How far a weight may lie from the trace, in sizes of the largest number about: after one step, and after a hundred.
The functions of the targets differ from chainrule's in their last places."""

RUNNER = """
import contextlib, io, json, sys, traceback, warnings
warnings.simplefilter("ignore")
found = []
for path in json.load(open(sys.argv[1])):
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            exec(compile(open(path, encoding="utf-8").read(), path, "exec"), {"__name__": "__main__"})
    except BaseException:
        out.write("error: " + traceback.format_exc())
    found.append(out.getvalue())
json.dump(found, open(sys.argv[2], "w"))
"""

Case = tuple[str, cr.Model, dict[str, Any]]


def in_python(texts: Sequence[str], folder: Path) -> list[str]:
    """What each program prints, all in one process."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, text in enumerate(texts):
        path = folder / f"p{number}.py"
        path.write_text(text, "utf-8")
        paths.append(str(path))
    runner, listed, out = folder / "run.py", folder / "list.json", folder / "out.json"
    runner.write_text(RUNNER, "utf-8")
    listed.write_text(json.dumps(paths), "utf-8")
    subprocess.run([sys.executable, str(runner), str(listed), str(out)], check=True, timeout=500, cwd=folder)
    found: list[str] = json.loads(out.read_text("utf-8"))
    return found


def printed(told: str) -> dict[str, Any]:
    """The weights that a program printed, by name."""
    if "error: " in told:
        return {"error": told}
    found: dict[str, Any] = {}
    for line in told.splitlines():
        name, sign, value = line.partition(" = ")
        if sign:
            found[name] = np.asarray(json.loads(value.replace("inf", "Infinity").replace("nan", "NaN")), float)
    return found


def difference(case: Case, told: str, within: float) -> str:
    """How what a program printed differs from the run; nothing if it does not."""
    name, model, how = case
    run = model.train(**{"engine": "reference", **how})
    found = printed(told)
    if "error" in found:
        return f"{name}: {found['error']}"
    wanted = {one: np.asarray(value, float) for one, value in run.weights.items()}
    if len(found) != len(wanted):
        return f"{name}: printed {sorted(found)} for {sorted(wanted)}"
    size = max((float(np.max(np.abs(value))) for value in wanted.values() if value.size), default=1.0)
    for (one, value), other in zip(wanted.items(), found.values(), strict=True):
        if value.shape != other.shape:
            return f"{name}: {one} has shape {other.shape} for {value.shape}"
        worst = float(np.max(np.abs(value - other), initial=0.0))
        if not worst <= within * max(size, 1.0):
            return f"{name}: {one} differs by {worst:.1e}"
    return ""


ORDERS: tuple[Any, ...] = ("each", "all", "shuffled", 3, [0, 3, 1], [[0, 1], [2], [3, 1, 1], [2]])


def examples(steps: int) -> Iterator[Case]:
    """Every example, as `train` has it by default, and over all patterns."""
    for name in ("identity", "identity-bias", "and", "or", "xor", "mazur", "line", "growth", "digits"):
        for batch in ("each", "all"):
            if name != "digits" or batch == "each":
                yield f"{name} {batch}", cr.example(name), {"steps": steps, "batch": batch}


def programs(steps: int) -> Iterator[Case]:
    """The networks of the test suite: convolutions, recurrences, attention."""
    for place, path in enumerate(PROGRAMS):
        how = {"steps": steps, "rate": 0.02, **({"batch": "all"} if place % 2 else {})}
        yield path.stem, read(path)[0], how


def rules(steps: int) -> Iterator[Case]:
    """Every learning rule and every order."""
    for place, rule in enumerate(sorted({rule for rule in RULES if rule})):
        yield f"xor {rule}", cr.example("xor"), {
            "steps": steps, "rate": 0.1, "update": rule, "batch": ORDERS[place % len(ORDERS)]}  # fmt: skip
    for order in ORDERS:
        yield f"xor {order}", cr.example("xor"), {"steps": steps, "rate": 0.3, "batch": order, "seed": 5}


def drawn(seeds: Sequence[int], steps: int) -> Iterator[Case]:
    """Random networks, trained at rates that stay finite."""
    for seed in seeds:
        how = random_training(seed)
        how = {"steps": steps, "batch": how["batch"], "seed": seed, "rate": 0.01, "update": how["update"]}
        yield f"random {seed}", random_model(seed), how


def texts(cases: Sequence[Case], language: str, **more: Any) -> list[str]:
    return [model.code(language, **how, **more) for _, model, how in cases]


def differences(cases: Sequence[Case], found: Sequence[str], within: float) -> list[str]:
    """The cases that differ, and how."""
    return [one for case, told in zip(cases, found, strict=True) if (one := difference(case, told, within))]


def finite(run: Mapping[str, Any]) -> bool:
    return all(math.isfinite(float(np.max(np.abs(value)))) for value in run.values())
