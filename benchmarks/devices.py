"""How many run-steps a second each device of this machine makes, beside the native engine: a table and a record.

    python3 dev.py bench devices [--side N] [--steps N] [--json]

A map of N × N trainings of each work, twice: the second time counts, because the first compiles. Runs that end early
count as far as they came. A driver that plays a device on the processor is for tests, and is measured all the same.
"""

from __future__ import annotations

import argparse
import json
from time import perf_counter
from typing import Any

from _record import keep

import numpy as np

import chainrule as cr
from chainrule.api.map import Map
from chainrule.views.devices import listing

BASIN = "weight x := 0.5, y := 0.5\nE = 1/4*(1 − x²·y²)²"

AXES = {
    "identity": ("identity", ["α=geometric(0.1, 1e3, {n})", "w=linear(0, 1, {n})"], {}),
    "xor": ("xor", ["α=geometric(0.1, 1e3, {n})", "a1+=linear(0, 1, {n})"], {"batch": "all"}),
    "basin": (BASIN, ["x=linear(-4, 4, {n})", "y=linear(-4, 4, {n})"], {"rate": 0.4}),
}  # fmt: skip


def made(found: Map, steps: int) -> int:
    """Run-steps of a map: those that left made fewer."""
    left = np.asarray(found["departure"], np.int64)
    return int(np.where(left > 0, left, steps).sum())


def measured(model: cr.Model, axes: list[str], steps: int, **how: Any) -> tuple[float, Map]:
    """Run-steps in a second, and the map."""
    model.map(axes, steps=steps, **how)
    began = perf_counter()
    found = model.map(axes, steps=steps, **how)
    return made(found, steps) / (perf_counter() - began), found


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--side", type=int, default=64)
    options.add_argument("--steps", type=int, default=500)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    rows = [one for one in listing().rows if one.device != "cpu"]
    first = {row.device: row for row in reversed(rows)}  # the one that maps take
    asked = [("cpu", name, "the processor") for name in ("plain32", "exact")]
    asked += [(row.device, name, row.name) for row in first.values() for name in row.numerics]
    found = []
    for work, (text, axes, how) in AXES.items():
        model = cr.example(text) if text in ("identity", "xor") else cr.Model(text)
        for device, numerics, name in asked:
            filled = [one.format(n=chosen.side) for one in axes]
            rate, one = measured(model, filled, chosen.steps, device=device, numerics=numerics, **how)
            why = one.made.why if one.made is not None else ""
            found.append({"work": work, "device": device, "numerics": numerics, "name": name, "rate": rate, "why": why})
            if not chosen.json:
                print(f"{work:<10}{device:<8}{numerics:<9}{rate / 1e6:>10.2f} M run-steps/s  {why or name}")
    record = {"side": chosen.side, "steps": chosen.steps, "rows": found}
    if chosen.json:
        print(json.dumps(record, indent=2))
    keep("devices", record)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
