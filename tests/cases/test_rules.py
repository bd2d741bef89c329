"""Optimizers with published numbers give those numbers: written as the text of a rule, and as a rule of the package."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import chainrule as cr

CASES = json.loads(Path(__file__).with_name("rules.json").read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize("form", ["text", "at the call", "shipped"])
@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_published_numbers(case: dict[str, Any], form: str) -> None:
    model = cr.Model(case["text"] + (case["rule"] if form == "text" else ""))
    options: dict[str, Any] = {"rate": case["rate"], "data": case["data"], "batch": "all"}
    if form != "text":
        options["update"] = case["rule"] if form == "at the call" else case["shipped"]
    if form == "shipped":
        options["consts"] = case["consts"]
    run = model.train(steps=max(check["step"] for check in case["checks"]), **options)
    for check in case["checks"]:
        value = float(np.asarray(run.at(check["step"])[check["weight"]])[tuple(check["at"])])
        assert abs(value - check["value"]) <= check["tolerance"], check["what"]
        assert abs(value - check["recomputed"]) <= 1e-12 * abs(check["recomputed"]), check["what"]
