"""Networks with letters and published numbers give those numbers through the public face.

`indexed.json` is made as `scalar.json`; besides, ``at`` is the position of an entry, from 0, ``m:NAME`` a quantity that
is only watched, and ``turns:NAME`` how often an entry's updates change their sign up to a step. Numbers after more than
LONGEST steps are checked by `python3 dev.py campaign cases`.
"""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import chainrule as cr

CASES = json.loads(Path(__file__).with_name("indexed.json").read_text(encoding="utf-8"))["cases"]
LONGEST = 10_000


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_published_numbers(case: dict[str, Any]) -> None:
    compared = list(numbers(case, LONGEST))
    assert compared
    for check, value in compared:
        assert abs(value - check["value"]) <= check["tolerance"], (check["what"], value, check["value"])


def numbers(case: dict[str, Any], longest: int) -> Iterator[tuple[dict[str, Any], float]]:
    """Each check that needs no more than so many steps, with the number that it asks for."""
    model = cr.Model(case["text"], data=case.get("data"))
    checks = [check for check in case["checks"] if check["step"] <= longest]
    last = max(check["step"] for check in checks)
    turns = any(check["quantity"].startswith("turns:") for check in checks)
    record = 1 if turns else max(1, math.gcd(*(check["step"] for check in checks)))
    run = model.train(steps=last, batch=case["batch"], rate=case["rate"], record=record) if last else None
    found: dict[str, cr.Evaluation] = {}
    for check in checks:
        at = tuple(check.get("at", ()))
        kind, _, name = check["quantity"].partition(":")
        if kind == "turns":
            assert run is not None
            updates = np.sign(np.diff(run.trace[name][(slice(check["step"] + 1), *at)], axis=0))
            yield check, float(np.sum(updates[1:] != updates[:-1]))
            continue
        where = f"{check['step']} {check.get('input')}"
        if where not in found:
            data = {name: [value] for name, value in check["input"].items()} if "input" in check else None
            found[where] = model.evaluate(weights=dict(run.at(check["step"])) if run else None, data=data)
        yield check, asked(found[where], kind, name, at, check.get("pattern")) * check.get("scale", 1)


def asked(found: cr.Evaluation, kind: str, name: str, at: tuple[int, ...], pattern: int | None) -> float:
    """The number a quantity names."""
    if kind == "loss":
        assert found.error is not None
        return found.error
    place = found if pattern is None else found.patterns[pattern]
    value = (place.adjoints if kind == "d" else place.values)[name]
    return float(value[at] if at else np.ravel(value)[0])
