"""Trainings in Node and in Python: whether a bit differs, in the weights after any step, in how they end and where."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chainrule.code.javascript.module import module
from chainrule.code.training import Training
from chainrule.numbers.random import Draw
from chainrule.train.run import Run

NODE = shutil.which("node") or shutil.which("nodejs")

RUNNER = """
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
const [, , list, out] = process.argv, found = [];
const digest = (rows) => {
  const hash = createHash("sha256");
  for (const row of rows) hash.update(Buffer.from(row.buffer, row.byteOffset, row.byteLength));
  return hash.digest("hex");
};
for (const path of JSON.parse(readFileSync(list))) {
  try {
    const { train } = await import(pathToFileURL(path));
    const { steps, trace, put, step, ended, departure } = train();
    found.push({ steps, step, ended, departure, put, rows: digest(trace), first: digest(trace.slice(0, 1)) });
  } catch (error) {
    found.push({ error: String(error.stack ?? error) });
  }
}
writeFileSync(out, JSON.stringify(found));
"""


def needs_node() -> pytest.MarkDecorator:
    """Skips where there is no Node, which is a failure where everything has to be there."""
    return pytest.mark.skipif(NODE is None, reason="node is not installed")


def printed(run: Run, draws: Mapping[str, Draw] | None = None, **how: Any) -> str:
    """A run's training as a module."""
    recipe = run.recipe
    start = {name: values[0] for name, values in (*run.trace.record.weights.items(), *run.trace.record.states.items())}
    order = recipe.order.batch
    listed = [list(one) for one in order] if isinstance(order, tuple) else order
    training = Training(start, listed, recipe.order.seed, recipe.steps, recipe.record, draws or {})
    return module(run.program, recipe.bound, training, **how) + "\nexport { train, starts, begin, advance };\n"


def wanted(run: Run) -> dict[str, Any]:
    """What Node has to give."""
    record = run.trace.record
    columns = [*record.weights.values(), *record.states.values()]
    rows = np.concatenate([np.reshape(one, (len(record.steps), -1)) for one in columns], axis=1)
    rows = np.ascontiguousarray(rows, "<f8")
    where = None
    if run.departure is not None:
        one = run.departure
        where = {"step": one.step, "equation": one.equation, "pattern": one.pattern, "entry": list(one.entry)}
    put: dict[str, list[int]] = {}
    for stretch in run.projections:
        put.setdefault(stretch.weight, []).extend(range(stretch.first, stretch.last + 1))
    return {
        "steps": record.steps.tolist(),
        "step": int(record.steps[-1]),
        "ended": run.ended,
        "departure": where,
        "put": put,
        "rows": hashlib.sha256(rows.tobytes()).hexdigest(),
        "first": hashlib.sha256(rows[:1].tobytes()).hexdigest(),
    }


def in_node(texts: Iterable[str], folder: Path) -> list[dict[str, Any]]:
    """What each module gives, all in one process."""
    assert NODE is not None, "node is not installed"
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, text in enumerate(texts):
        path = folder / f"m{number}.mjs"
        path.write_text(text, "utf-8")
        paths.append(str(path))
    runner, listed, out = folder / "run.mjs", folder / "list.json", folder / "out.json"
    runner.write_text(RUNNER, "utf-8")
    listed.write_text(json.dumps(paths), "utf-8")
    subprocess.run([NODE, str(runner), str(listed), str(out)], check=True, timeout=500)
    found: list[dict[str, Any]] = json.loads(out.read_text("utf-8"))
    return found


def differences(runs: Sequence[Run], folder: Path, **how: int) -> list[str]:
    """For each run what differs, or nothing."""
    found = in_node([printed(run, **how) for run in runs], folder)
    return [difference(run, one) for run, one in zip(runs, found, strict=True)]


def difference(run: Run, found: dict[str, Any]) -> str:
    if "error" in found:
        return str(found["error"])
    right = wanted(run)
    found = {**found, "put": {name: steps for name, steps in found["put"].items() if steps}}
    return "; ".join(f"{name}: {found[name]} for {value}" for name, value in right.items() if found[name] != value)
