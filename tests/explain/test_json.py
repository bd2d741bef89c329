"""The JSON of stories and answers: every key is on its page, of the type that stands there, and none changes unsaid."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import pytest
from click.testing import CliRunner

import chainrule as cr
from chainrule.cli import cli
from chainrule.explain import CLAIMS, Claim, Story
from chainrule.explain.measure.claims import map as rates
from chainrule.explain.story import ASKED
from chainrule.explain.tell.claims import FINDINGS
from chainrule.typeset.json import FORMAT

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/reference/json.md").read_text("utf-8")
GOLDEN = ROOT / f"tests/golden/json/format-{FORMAT}.txt"
ROW = re.compile(r"^\| `(?P<key>\w+)` \| (?P<type>[\w ]+) \| .+ \|$", re.MULTILINE)
HEAD = re.compile(r"^## (?:The evidence of `(?P<claim>\w+)`|(?P<other>.+))$", re.MULTILINE)

XOR = "table a b | y\n 0 0 | 0\n 0 1 | 1\n 1 0 | 1\n 1 1 | 0\n"
TEXTS: dict[str, tuple[str, dict[str, Any]]] = {
    "lost digits": ("weight w := 1e10\nE = sin(w)²", {"rate": 0.01, "steps": 3}),
    "edge": ("data x in {0, 1}\ntarget y = x\nweight w in [0, 1] := 0.5\nŷ = sigmoid(w·x)\nE = ½(ŷ − y)²", {}),
    "circle": ("data x in {1, 2}\ntarget y = x²\nweight w := 0\nconst α := 0.1\nE = ½(w·x − y)²", {}),
    "cycle": ("weight w := 1\nconst α := 1\nE = w²", {}),
    "repels": ("weight x := 0.3\nconst η := 1.35\nE = ¼(x²−1)²", {}),
    "away": ("weight w := 1\nconst α := 1.1\nE = w²", {"steps": 60}),
    "left": ("weight w := 1\nconst α := 2\nE = w²", {}),
    "inflection": ("weight x := 2\nconst η := 0.1\nE = x³ − 3x² + 3x", {"steps": 2000}),
    "kink": ("weight w := 1\nconst η := 0.1\nE = abs(w − 1)", {}),
    "corner": ("weight w := 0, v := 1\nconst η := 0.1\nE = (w − 1)² + abs(w) + v²", {}),
    "flat": ("weight w := 5\nconst α := 1\nE = relu(1 − w)", {}),
    "still falling": ("weight w := 1, v := 1\nconst α := 1\nE = exp(−w) + (v − w)²/10", {"steps": 50}),
    "on the way": ("weight w := 1, v := 2, u := 3\nconst α := 0.01\nE = (w − 3)² + v² + u²", {"steps": 100}),
    "stability": (
        "weight x := 2.5, y := 0.5, z := 2.5, w := 0.5\nconst α := 0.2\nE = ½(1 − x·y·z·w)²", {"steps": 4000},
    ),
    "nothing": ("weight w := 1\nE = w²", {"steps": 0}),
    "held": ("weight w := 1, v := 2\nE = w²·v²", {"hold": ["w", "v"], "steps": 3}),
    "no number": ("weight z := 40\nconst y := 0\np = sigmoid(z)\nE = −y·log(p) − (1−y)·log(1−p)", {}),
    "wall": ("weight w := 1\nconst α := 0.1\nE = sqrt(w)", {"steps": 4}),
    "hidden units": (
        f"{XOR}weight p := 0.1, q := −0.2, r := 0.3, s := 0.4, v := 0.2, c := 0\nconst α := 0.5\n"
        "h = relu(p·a + q·b + r)\nŷ = sigmoid(v·h + s·a + c)\nE = ½(ŷ − y)²", {"steps": 30, "batch": "all"},
    ),
    "dead unit": (
        "table x | y\n 1 | 1\n 2 | 2\nweight w := −1, v := 1, b := 0\nconst α := 0.1\nh = relu(w·x)\nŷ = v·h + b\n"
        "E = ½(ŷ − y)²", {"steps": 50},
    ),
    "many": ("index i = 1..100\nweight w[i] := 1\nconst α := 0.001\nE = ½·Σ_i i·(w[i] − 3)²", {"steps": 3}),
    "many at rest": ("index i = 1..70\nweight w[i] := 1\nconst α := 0.5\nE = ½·Σ_i (w[i] − 3)²", {"steps": 200}),
    "letters": (
        "index i = 1..2, k = 1..2\ndata x[i]\ntarget y\ntable x[1] x[2] | y\n 0 0 | 1\n 1 0 | 0\n 2 0 | 1\n"
        "weight W[k,i] := [[0.9, −0.7], [−0.8, 0.6]], V[k] := [1.1, 0.9]\nconst α := 0.5\n"
        "h[k] = tanh(Σ_i W[k,i]·x[i])\nŷ = Σ_k V[k]·h[k]\nE = ½(ŷ − y)²", {"steps": 20},
    ),
    "adam": ("table x | y\n 1 | 2\n 2 | 3.9\nweight w := 0, b := 0\nE = ½(w·x + b − y)²", {"update": "adam"}),
    "lost": ("weight a := 50, b := 1\nconst α := 1\nE = ½(σ(a) − 2)² + 1e-40·b", {"steps": 2}),
    "maximise": ("weight w := 0, v := 1\nconst α := 0.1\nf = 1 − (w − 2)² − v²\nmaximise f", {}),
    "shuffled": (
        "table x | y\n 1 | 1\n 2 | 0\nweight w := 0.5\nconst α := 0.2\nE = ½(w·x − y)²",
        {"batch": "shuffled", "steps": 100},
    ),
}  # fmt: skip
MAPPED = ("lost digits", "cycle", "left", "held", "maximise", "letters")
"""Those whose rates are mapped too."""
CROOKED = {"expected", "wrong_step", "went", "wanted"}
"""Keys that only a crooked engine brings about; test_planted has those."""


def sections(page: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Each part of the page: what its keys are of, and key → type."""
    heads = list(HEAD.finditer(page))
    for head, after in zip(heads, [*heads[1:], None], strict=True):
        body = page[head.end() : after.start() if after else len(page)]
        yield head["claim"] or head["other"], {row["key"]: row["type"] for row in ROW.finditer(body)}


TABLES = dict(sections(PAGE))


def is_of(value: Any, kind: str) -> bool:
    """Whether a value of JSON is of a type of the page."""
    if " or " in kind.replace("true or false", "bool"):
        return any(is_of(value, one) for one in kind.replace("true or false", "bool").split(" or "))
    if kind.startswith("list of "):
        return isinstance(value, list) and all(is_of(one, kind.removeprefix("list of ")) for one in value)
    match kind:
        case "true or false" | "bool":
            return isinstance(value, bool)
        case "whole":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return (isinstance(value, int | float) and not isinstance(value, bool)) or value in ("nan", "inf", "-inf")
        case "text":
            return isinstance(value, str)
        case "object":
            return isinstance(value, dict)
        case "null":
            return value is None
    raise AssertionError(f"no type is called {kind}")


def wrong(shape: dict[str, Any], table: dict[str, str]) -> list[str]:
    """Keys that are not on the page, or are of another type than stands there."""
    return [key for key, value in shape.items() if key not in table or not is_of(value, table[key])]


@pytest.fixture(scope="module")
def stories() -> dict[str, Story]:
    found = {}
    for name, (text, how) in TEXTS.items():
        model = cr.Model(text)
        found[name] = model.explain(model.train(**how), map=name in MAPPED)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rates, "OPERATIONS", 1)
        found["too large"] = cr.Model(TEXTS["cycle"][0]).explain(map=True)
    return found


def test_every_key_of_a_story_is_on_the_page(stories: dict[str, Story]) -> None:
    for name, story in stories.items():
        shape = json.loads(json.dumps(story.json(), allow_nan=False))
        assert wrong(shape, TABLES["A story"]) == [], name
        assert set(shape) == set(TABLES["A story"])
        assert shape["format"] == FORMAT
        for claim in shape["claims"]:
            assert set(claim) == set(TABLES["A claim"])
            assert wrong(claim, TABLES["A claim"]) == [], (name, claim["id"])
            assert wrong(claim["evidence"], TABLES[claim["id"]]) == [], (name, claim["id"])


def told(stories: dict[str, Story], id: str) -> list[Claim]:
    """A claim in all stories that have it."""
    return [claim for story in stories.values() for claim in story.claims if claim.id == id]


def test_every_key_on_the_page_is_made(stories: dict[str, Story]) -> None:
    for id in FINDINGS:
        made = {key for claim in told(stories, id) for key in claim.evidence}
        assert set(TABLES[id]) - made - CROOKED == set(), id


def test_every_kind_is_on_the_page(stories: dict[str, Story]) -> None:
    for id in FINDINGS:
        body = PAGE.partition(f"## The evidence of `{id}`")[2].partition("\n|")[0]
        for claim in told(stories, id):
            assert f"`{claim.evidence['kind']}`" in body, id
    assert list(FINDINGS) == [*CLAIMS, *ASKED]


LINES = ["∂E/∂w = (ŷ − y)·x·(1 − ŷ)·ŷ", "∂E/∂w = (ŷ − y)·x", "∂E/∂w = -0.0887", "w <- w", "∂E/∂w = log(w − 9)"]


def test_every_key_of_an_answer_is_on_the_page() -> None:
    kinds = set()
    for line in LINES:
        shape = json.loads(json.dumps(cr.example("identity").check(line).json(), allow_nan=False))
        assert set(shape) == set(TABLES["A judged line"])
        assert wrong(shape, TABLES["A judged line"]) == [], line
        assert shape["format"] == FORMAT
        kinds.add(shape["kind"])
    assert {"equal", "equal here", "not equal"} <= kinds


def test_every_key_of_a_map_is_on_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    made: set[str] = set()
    begun = ["identity", "--axis", "w=[0, 1]", "--steps", "3", "-o", "m"]
    for line in (begun, ["work", "m"], ["status", "m"], ["repair", "m"]):
        shape = json.loads(CliRunner().invoke(cli, ["map", *line, "--json"]).output)
        assert wrong(shape, TABLES["How far a map is"]) == [], line
        made |= set(shape)
    assert made == set(TABLES["How far a map is"])


def test_a_field_that_changes_raises_the_number() -> None:
    """A key may be added to the page and to this file; one that goes or becomes another needs a new number and file."""
    now = {f"{part}.{key}: {kind}" for part, table in TABLES.items() for key, kind in table.items()}
    then = set(GOLDEN.read_text("utf-8").splitlines())
    assert then - now == set(), "a field was changed or removed: raise FORMAT and write the new list beside this one"
    assert now - then == set(), f"a field is new: add it to {GOLDEN.name}"


def reference() -> ModuleType:
    """The script that writes the page."""
    spec = importlib.util.spec_from_file_location("json_reference", ROOT / "scripts" / "json_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_written_from_what_is_measured() -> None:
    assert reference().written(PAGE) == PAGE, "python scripts/json_reference.py writes it anew"


def test_a_field_of_another_name_or_type_changes_the_page() -> None:
    @dataclass(frozen=True)
    class Found:
        far: float | None
        """how far it went"""
        rows: tuple[int, ...]
        """which ones"""

        @property
        def kind(self) -> Literal["near", "far"]:
            return "near"

    assert list(reference().rows((Found,))) == [
        ("kind", "text", "what was found"), ("far", "number or null", "how far it went"),
        ("rows", "list of whole", "which ones"),
    ]  # fmt: skip


def test_the_comparison_finds_what_is_wrong() -> None:
    table = {"a": "whole", "b": "list of number", "c": "text or null", "d": "true or false or text or null"}
    assert wrong({"a": 1, "b": [1, "nan", 0.5], "c": None, "d": True}, table) == []
    assert wrong({"a": True, "b": ["x"], "c": 1, "e": 2}, table) == ["a", "b", "c", "e"]
    assert wrong({"d": "here"}, table) == []
    assert wrong({"d": 1}, table) == ["d"]
