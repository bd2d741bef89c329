"""Claims of a model as it was handed out, then changed: what Python and Node tell, and what differs between them."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from tests.laws.javascript import NODE, printed
from tests.laws.truth.worlds import World, world

import chainrule as cr
from chainrule.explain.measure.context import Context
from chainrule.page.live.embed import embedded, widths
from chainrule.page.live.interpret import Outcome, told
from chainrule.page.live.probes import Probes
from chainrule.page.live.table import ClaimTable
from chainrule.train.run import Run

EXPORTS = "{ begin, advance, visits, passLength, starts, departed, PROGRAM, SHEETS, VALUES }"
MOST_STEPS = 120

RUNNER = """
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { probesOf, tell } from "./claims.js";
const [, , list, out] = process.argv, found = [];
const strange = (value) => Object.is(value, -0) ? "-0" : String(value).replace("Infinity", "inf").replace("NaN", "nan");
const shown = (value) => {
  if (typeof value === "string") return value;
  if (typeof value !== "number") return Array.from(value, shown);
  return Object.is(value, -0) || !Number.isFinite(value) ? strange(value) : value;
};
for (const { module, table, strings, about, settings, k } of JSON.parse(readFileSync(list))) {
  const { program, train } = await import(pathToFileURL(module));
  const given = { ...settings, state: Float64Array.from(settings.state) };
  const { trace, departure } = train(given), run = program.begin(given);
  const rate = program.PROGRAM.rate < 0 ? undefined : run.consts[program.PROGRAM.rate];
  const claims = tell(table, strings, probesOf(program, about, { ...run, rate, trace, departure }, k));
  found.push(claims.map(({ known, ...one }) => ({
    ...one, known: Object.fromEntries(Object.entries(known).map(([name, value]) => [name, shown(value)])),
  })));
}
writeFileSync(out, JSON.stringify(found));
"""


@dataclass
class Pair:
    """A random model as it is handed out, and the same with other settings, looked at before one of its steps."""

    seed: int

    @cached_property
    def world(self) -> World:
        return world(self.seed)

    @cached_property
    def model(self) -> cr.Model:
        return cr.Model(self.world.text)

    @cached_property
    def options(self) -> dict[str, Any]:
        """The world's own options, with no more steps than can be looked at one by one."""
        return {**self.world.options, "steps": min(MOST_STEPS, self.world.options["steps"])}

    @cached_property
    def handed(self) -> Context:
        return Context(self.model.train(self.world.data, **{**self.options, "steps": 1}))

    @cached_property
    def changed(self) -> dict[str, Any]:
        """What a learner made of the settings: rate, order, seed, the start of one weight, the steps."""
        choose = random.Random(f"settings {self.seed}")
        found = dict(self.options)
        if choose.random() < 0.5:
            found["rate"] = found["rate"] * choose.choice((0.1, 0.1, 0.5, 0.5, 2.0, 2.0, 7.0, 7.0, 0.0, -1.0))
        if self.world.data is not None and choose.random() < 0.4:
            found["batch"] = choose.choice(("each", "all", "shuffled"))
        if choose.random() < 0.3:
            found["seed"] = choose.randrange(100)
        if choose.random() < 0.4:
            found["steps"] = choose.choice((1, 3, 20, 61, MOST_STEPS))
        return found

    @cached_property
    def run(self) -> Run:
        """The training with those settings; some start with one weight elsewhere."""
        choose = random.Random(f"start {self.seed}")
        start = {}
        if choose.random() < 0.4:
            weight = choose.choice(sorted(self.handed.run.weights))
            values = np.array(self.handed.run.start[weight], np.float64)
            values.flat[0] = choose.choice((0.0, 0.3, -1.25, 2.0))
            start = {weight: values}
        given = {**self.changed, **({"start": start} if start else {})}
        with np.errstate(all="ignore"):
            return self.model.train(self.world.data, **given)

    @cached_property
    def context(self) -> Context:
        return Context(self.run)

    @cached_property
    def k(self) -> int:
        """A position: often one of the first, where most happens."""
        choose = random.Random(f"position {self.seed}")
        found = choose.choice((0, 0, 0, 1, 2, 5, 17, choose.randrange(MOST_STEPS + 1)))
        return min(self.run.steps - bool(choose.random() < 0.9 and self.run.steps), found)

    def told(self, table: ClaimTable) -> tuple[Outcome, ...]:
        return told(table, Probes(self.context, self.k))

    def given(self, table: ClaimTable) -> dict[str, Any]:
        """What Node needs: what was embedded when the page was made, and what the page changes."""
        recipe = self.run.recipe
        first = {**self.run.trace.record.weights, **self.run.trace.record.states}
        state = np.concatenate([np.ravel(values[0]) for values in first.values()]) if first else np.zeros(0)
        settings = {
            "order": recipe.order.batch, "seed": recipe.order.seed, "steps": recipe.steps, "state": state.tolist(),
        }  # fmt: skip
        if self.run.rate is not None:
            settings["rate"] = self.run.rate
        strings = {f"claims.{key}": said for key, said in table.strings.items()}
        return {**embedded(table, self.handed), "strings": strings, "settings": settings, "k": self.k}

    def printed(self) -> str:
        """The program of the page, over as many patterns as either order visits."""
        wide = widths(self.handed) | widths(self.context)
        text = printed(self.handed.run, widths=wide, watched=wide)
        return f"{text}\nexport const program = {EXPORTS};\n"


def node(table: ClaimTable, pairs: Sequence[Pair], folder: Path) -> list[list[dict[str, Any]]]:
    """What Node tells, in one process."""
    assert NODE is not None, "node is not installed"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text('{"type": "module"}', "utf-8")
    room = files("chainrule.page").joinpath("modules")
    for name in ("numbers.js", "claims.js"):
        (folder / name).write_text(room.joinpath(name).read_text("utf-8"), "utf-8")
    listed = []
    for pair in pairs:
        path = folder / f"m{pair.seed}.js"
        path.write_text(pair.printed(), "utf-8")
        listed.append({"module": str(path), **pair.given(table)})
    runner, read, out = folder / "claims.mjs", folder / "list.json", folder / "out.json"
    runner.write_text(RUNNER, "utf-8")
    read.write_text(json.dumps(listed), "utf-8")
    subprocess.run([NODE, str(runner), str(read), str(out)], check=True, timeout=500)
    found: list[list[dict[str, Any]]] = json.loads(out.read_text("utf-8"), parse_int=float)
    return found


def difference(mine: Sequence[Outcome], other: Sequence[Mapping[str, Any]]) -> list[str]:
    """What is not the same in what both tell."""
    found = []
    for one, two in zip(mine, other, strict=True):
        known = {name: shown(value) for name, value in one.known.items()}
        found += [
            f"{one.id}: {name} is {known.get(name)} in Python, {two['known'].get(name)} in Node"
            for name in sorted(known.keys() | two["known"].keys())
            if known.get(name) != two["known"].get(name)
        ]
        for name, value in (("id", one.id), ("holds", one.holds), ("keys", list(one.keys)), ("text", one.text)):
            if value != two[name]:
                found.append(f"{one.id}: {name} is {value} in Python, {two[name]} in Node")
    return found


def shown(value: Any) -> Any:
    """A value as the runner writes it."""
    if isinstance(value, str):
        return value
    if np.ndim(value):
        return [shown(one) for one in value]
    number = float(value)
    if number == 0 and np.signbit(number):
        return "-0"
    return number if np.isfinite(number) else str(number)


def lied(table: ClaimTable, id: str, **changed: Any) -> ClaimTable:
    """The table with other parts of one claim."""
    return replace(table, claims={**table.claims, id: replace(table.claims[id], **changed)})
