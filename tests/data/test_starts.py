"""Starts: given at the call, else in the text, else drawn; the same seed gives the same numbers, name by name."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from chainrule.data import bind, starts
from chainrule.errors import ChainruleError
from chainrule.model import build
from chainrule.model.model import Model
from chainrule.notation.parser import parse
from chainrule.numbers.random import normal, uniform

ALL = """index i = 1..2, j = 1..3
const a := 2
weight u := 0.5, v[i] := 0.25, list[i] := [1, a], by[i] := a*i + sin(i), n[j,i] ~ normal(1, a)
weight f[j,i] ~ uniform(-1, a), z[i] ~ zeros(), g[j,i] ~ glorot(), box[i] in [1, 3], free[i], side[j] in [a, ∞)
E = u*sum_i v[i]*list[i]*by[i]*z[i]*box[i]*free[i]*sum_j n[j,i]*f[j,i]*g[j,i]*side[j]
"""


def model(text: str) -> Model:
    return build(parse(text))


def test_each_kind_of_start() -> None:
    found = starts(model(ALL), seed=3)
    weights = {name: value.tolist() for name, value in found.weights.items()}
    assert weights["u"] == 0.5
    assert weights["v"] == [0.25, 0.25]
    assert weights["list"] == [1.0, 2.0]
    assert weights["n"] == [[1 + 2 * normal(3, "n", 2 * j + i) for i in range(2)] for j in range(3)]
    assert weights["f"] == [[-1 + 3 * uniform(3, "f", 2 * j + i) for i in range(2)] for j in range(3)]
    assert weights["z"] == [0, 0]
    bound = (6 / 5) ** 0.5
    assert np.abs(found.weights["g"]).max() <= bound
    assert weights["g"][0][0] == (2 * uniform(3, "g", 0) - 1) * bound
    assert weights["box"] == [1 + 2 * uniform(3, "box", i) for i in range(2)]
    assert weights["free"] == [normal(3, "free", i) for i in range(2)]
    assert weights["side"] == [max(normal(3, "side", j), 2) for j in range(3)]
    assert found.outside == ()
    assert found.origins == {
        "u": "text", "v": "text", "list": "text", "by": "text", "n": "drawn", "f": "drawn", "z": "drawn", "g": "drawn",
        "box": "default", "free": "default", "side": "default",
    }  # fmt: skip


def test_what_was_chosen_unasked_is_said() -> None:
    assert starts(
        model("weight w in [0, 1], v, u in [0, ∞), s ~ normal(0, 2), t := 1\nE = w*v*u*s*t"), seed=7
    ).notes == (
        "w has no start in the text: uniform on its box, seed 7",
        "v has no start in the text: normal(0, 1), seed 7",
        "u has no start in the text: normal(0, 1), seed 7, put into its box",
    )
    assert starts(model("weight s ~ normal(0, 2)\nE = s")).said["s"] == "is drawn from normal(0, 2), seed 0"


def test_a_draw_depends_on_seed_and_name_alone() -> None:
    first = starts(model("weight w, v\nE = w*v"), seed=1).weights
    other = starts(model("weight v\nweight q, w\nE = w*v*q"), seed=1).weights
    assert (first["w"], first["v"]) == (other["w"], other["v"])
    assert starts(model("weight w\nE = w"), seed=2).weights["w"] != first["w"]


def test_a_start_outside_its_box_is_kept_and_noted() -> None:
    found = starts(model("weight w in [0, 1] := 2\nE = w"))
    assert (float(found.weights["w"]), found.outside) == (2.0, ("w",))
    assert found.notes == ("w starts outside its box; the first step puts it back",)


def test_consts_move_starts_and_boxes() -> None:
    text = "const a := 1\nweight w in [0, a] := a/2, v in [0, a]\nE = w*v"
    found = starts(model(text), {"a": 4})
    assert float(found.weights["w"]) == 2.0
    assert float(found.weights["v"]) == 4 * uniform(0, "v")


def test_given_at_the_call(tmp_path: Path) -> None:
    found = model("index i = 1..2\nweight w[i], ŵ := 3\nE = ŵ*w[1]*w[2]")
    path = tmp_path / "start.json"
    path.write_text(json.dumps({"w": [1, 2], "w_hat": 5}))
    for given in ({"w": [1, 2], "ŵ": 5}, {"w": np.array([1, 2]), "w_hat": np.float64(5)}, path, str(path)):
        result = starts(found, given=given)
        assert {name: value.tolist() for name, value in result.weights.items()} == {"w": [1, 2], "w_hat": 5}
        assert set(result.origins.values()) == {"call"}
    assert starts(found, given={"w": 4}).weights["w"].tolist() == [4, 4]


def test_sizes_may_come_from_the_patterns() -> None:
    found = model("index i\ndata x[i]\nweight w[i] := 0.5\nE = sum_i w[i]*x[i]")
    patterns = bind(found, {"x": [[1, 2, 3]]})
    assert starts(found, ranges=patterns.ranges).weights["w"].shape == (3,)


@pytest.mark.parametrize(
    ("text", "given", "code", "problem", "help"),
    [
        ("weight w\nE = w", {"v": 1}, "E240", "no weight is called v", "the weights are w"),
        ("weight bias\nE = bias", {"bais": 1}, "E240", "no weight is called bais", "did you mean bias?"),
        ("const c := 1\nweight w\nE = w*c", {"c": 1}, "E240", "no weight is called c", "c is a const"),
        ("weight ŵ\nE = ŵ", {"ŵ": 1, "w_hat": 1}, "E240", "is given twice", "once"),
        ("weight w\nE = w", {"w": "a"}, "E232", "the start of w is 'a', which is not a number", "finite"),
        ("weight w\nE = w", {"w": float("inf")}, "E232", "the start of w is infinite", "finite"),
        ("weight w\nE = w", {"w": [1]}, "E233", "the start of w is one number, not a list", "one number"),
        ("index i=1..2\nweight w[i]\nE = w[1]", {"w": [1, 2, 3]}, "E233", "has 3 entries where 2 are expected", "2"),
        ("index i=1..2\nweight w[i]\nE = w[1]", {"w": [1, [2]]}, "E233", "nests deeper", "2"),
        ("index i=1..2\nweight w[i,i']\nE = w[1,1]", {"w": [1, 2]}, "E233", "nests less deep", "2×2"),
        ("weight w\nE = w", "no.json", "E241", "there is no file no.json", "JSON"),
        ("index i\nweight w[i]\nE = sum_i w[i]", {}, "E235", "the size of i is not known", "index i = 1..3"),
        ("const a\nweight w := a\nE = w", {}, "E230", "const a has no value", "const a := 0.5"),
        ("weight w := 1/0\nE = w", {}, "E232", "the start of w is infinite", "finite"),
        ("weight w ~ uniform(1, 0)\nE = w", {}, "E226", "w cannot be drawn from uniform(1, 0)", "smaller"),
        ("weight w ~ normal(0, -1)\nE = w", {}, "E226", "w cannot be drawn from normal(0, -1)", "at least 0"),
        ("const a := 3\nweight w in [a, 1]\nE = w", {}, "E228", "the box of w ends before it begins", "smaller"),
    ],
)  # fmt: skip
def test_errors(text: str, given: dict[str, object], code: str, problem: str, help: str) -> None:
    with pytest.raises(ChainruleError) as caught:
        starts(model(text), given=given)
    assert caught.value.code == code
    assert problem in caught.value.problem
    assert help in caught.value.help
