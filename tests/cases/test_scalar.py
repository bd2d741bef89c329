"""Networks with published numbers give those numbers through the public face.

`scalar.json` holds each network as a model in the notation, where its numbers come from, and the numbers. Quantities:
``v:NAME`` a value, ``d:NAME`` the derivative of the goal (of that pattern's error if a pattern is named), ``loss`` the
goal, ``h:a,b`` a second derivative. ``step`` counts updates of the weights.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import chainrule as cr

CASES = json.loads(Path(__file__).with_name("scalar.json").read_text(encoding="utf-8"))["cases"]
TRAINED: dict[tuple[str, int], dict[str, Any]] = {}  # weights by case and step: several numbers are read off one run
CHECKS = [(case, check) for case in CASES for check in case["checks"]]


@pytest.mark.parametrize(("case", "check"), CHECKS, ids=[f"{case['id']}: {check['what']}" for case, check in CHECKS])
def test_published_number(case: dict[str, Any], check: dict[str, Any]) -> None:
    model = cr.Model(case["text"])
    weights = {**trained(model, case, check["step"]), **check.get("weights", {})}
    data = {name: [value] for name, value in check["input"].items()} if "input" in check else None
    found = model.evaluate(weights=weights, data=data, second=check["quantity"].startswith("h:"))
    value = asked(found, check) * check.get("scale", 1)
    assert abs(value - check["value"]) <= check["tolerance"], (value, check["value"])


def trained(model: cr.Model, case: dict[str, Any], steps: int) -> dict[str, Any]:
    """The weights after so many updates."""
    if steps == 0:
        return {}
    if (case["id"], steps) in TRAINED:
        return TRAINED[case["id"], steps]
    run = model.train(steps=steps, batch=case["batch"], rate=case["rate"], hold=case["hold"], record=max(1, steps))
    TRAINED[case["id"], steps] = dict(run.at(steps))
    return TRAINED[case["id"], steps]


def asked(found: cr.Evaluation, check: dict[str, Any]) -> float:
    """The number a quantity names."""
    kind, _, name = check["quantity"].partition(":")
    if kind == "loss":
        return found.error
    if kind == "h":
        first, second = name.split(",")
        return float(found.hessian[first][second])
    place = found.patterns[check["pattern"]] if "pattern" in check else found
    if kind == "d":
        table = place.gradient if name in place.gradient else place.adjoints
    else:
        table = place.values
    return float(np.ravel(table[name])[0])
