"""The text of objects and arrays against json.dumps."""

import json
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.train import evaluation, jsontext
from chainrule.train.jsontext import Each, Series, pieces

ARRAY = np.random.default_rng(0).normal(size=(4, 3, 2))


def text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)


@pytest.mark.parametrize(
    "value",
    [{}, [], {"a": {}, "b": [], "c": [{}, [1]]}, "ŷ \" \x01 %s \0", 3, None, True, {"%d": "100 %", "\0": ["\0"]}, 0.1],
)
def test_plain_values(value: object) -> None:
    assert "".join(pieces(value)) == text(value)


@pytest.mark.parametrize("array", [
    ARRAY, ARRAY[0, 0, 0], ARRAY[:, 0, 0], np.zeros((0,)), np.zeros((2, 0)), np.zeros((0, 2)), np.zeros((2, 0, 3)),
    np.array([[1.0, -0.0], [1e300, 5e-324]]),
])  # fmt: skip
def test_arrays_are_lists(array: Any) -> None:
    assert "".join(pieces({"a": array})) == text({"a": array.tolist()})


def test_what_is_not_finite_is_named() -> None:
    assert json.loads("".join(pieces(np.array([np.nan, np.inf, -np.inf, 1.0])))) == ["nan", "inf", "-inf", 1.0]


def test_a_series_is_a_list_of_objects(monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = [
        {
            "%s": 1.5,
            "a": Each(part),
            "b": {"c": Each(part[:, 0]), "d": "100 %", "e": np.ones(2)},
            "f": Each(part[:, 1, 1]),
        }
        for part in (ARRAY[:3], ARRAY[3:])
    ]
    wanted = [
        {"%s": 1.5, "a": row.tolist(), "b": {"c": row[0].tolist(), "d": "100 %", "e": [1, 1.0]}, "f": row[1, 1].item()}
        for row in ARRAY
    ]
    wanted = json.loads(json.dumps(wanted).replace("[1, 1.0]", "[1.0, 1.0]"))
    for size in (1, 10, 10**6):
        monkeypatch.setattr(jsontext, "BLOCK", size)
        assert "".join(pieces({"of": Series(blocks)})) == text({"of": wanted})
    assert "".join(pieces(Series([]))) == "[]"


@pytest.mark.parametrize("name", ["identity", "mazur", "xor", "growth"])
def test_the_text_of_an_evaluation_is_that_of_its_json(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = cr.example(name).evaluate(second=True)
    assert "".join(found.text()) == text(found.json())
    monkeypatch.setattr(evaluation, "PART", 1)  # every pattern by itself
    assert "".join(found.text()) == text(found.json())


@pytest.mark.parametrize("given", [{"y": [1, 2, 3, 1e200]}, {}])
def test_numbers_that_are_not_finite_and_targets_that_are_missing(given: dict[str, list[float]]) -> None:
    model = cr.Model("data x\ntarget y\nweight w := 1\nz = log(w*x)\nE = z*y")
    found = model.evaluate(data={"x": [1, 0, -1, 1e200], **given})
    assert "".join(found.text()) == text(found.json())
    assert "inf" in "".join(found.text())
    assert (found.patterns[0].error is None) == (not given)


def test_patterns_one_by_one_and_together() -> None:
    found = cr.example("growth").evaluate().patterns
    alone = [found[k].json() for k in range(len(found))]
    assert [one.json() for one in found] == [one.json() for one in found[:]] == alone
    assert [one.json() for one in found[7:2:-2]] == alone[7:2:-2]
    assert found[-1].json() == alone[-1]
    assert list(found[3:3]) == []
