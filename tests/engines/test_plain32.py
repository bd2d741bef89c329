"""`plain32`: the rules of `exact` in float32, with the same bits on both engines."""

from typing import Any

import numpy as np
import pytest
from tests.laws.engines import difference, random_model, random_training

import chainrule as cr
from chainrule.engines.machine import ARRAYS, SINGLES
from chainrule.engines.protocol import Bound
from chainrule.engines.reference import REFERENCE
from chainrule.model import build
from chainrule.notation import parse
from chainrule.numbers.functions import FUNCTIONS
from chainrule.numbers.functions import PROGRAMS as FUNCTION_PROGRAMS
from chainrule.numbers.numerics import PLAIN32
from chainrule.program import lower

DRAW = np.random.default_rng(5)
A, B, C, D = (DRAW.normal(size=50) * 10 ** DRAW.uniform(-6, 6, 50) for _ in range(4))
SINGLE = [one.astype(np.float32) for one in (A, B, C, D)]

RULE = (
    ("a + b*c", lambda a, b, c, d: a + b * c),
    ("a*b + c*d", lambda a, b, c, d: a * b + c * d),
    ("a + b + c - d", lambda a, b, c, d: ((a + b) + c) - d),
    ("a + b^3", lambda a, b, c, d: a + b * b * b),
    ("a/b - c", lambda a, b, c, d: a / b - c),
    ("0.1*a", lambda a, b, c, d: np.float32(0.1) * a),
    ("a + tanh(b*c)", lambda a, b, c, d: a + FUNCTION_PROGRAMS["tanh"](SINGLES, b * c)),
)


@pytest.mark.parametrize(("line", "wanted"), RULE, ids=[line for line, _ in RULE])
def test_each_operation_is_rounded_once_to_float32(line: str, wanted: Any) -> None:
    text = f"data a, b, c, d\nweight w := 1\nz = {line}\nE = w*z"
    bound = Bound({"a": A, "b": B, "c": C, "d": D}, {}, 50, PLAIN32)
    found = REFERENCE.load(lower(build(parse(text))), bound).evaluate({"w": np.array(1.0)})["z"]
    with np.errstate(all="ignore"):
        right = wanted(*SINGLE)
    assert right.dtype == np.float32
    assert found.tolist() == right.tolist()


@pytest.mark.parametrize("name", [name for name, row in FUNCTIONS.items() if row.arity == 1])
def test_functions_keep_their_promise_unfused_too(name: str) -> None:
    x = np.linspace(-8, 8, 4001).astype(np.float32)
    with np.errstate(all="ignore"):
        got = FUNCTION_PROGRAMS[name](SINGLES, x)
        right = FUNCTION_PROGRAMS[name](ARRAYS, x.astype(np.float64))
    assert got.dtype == np.float32
    assert (np.isnan(got) == np.isnan(right)).all()
    held = np.isfinite(right) & (right != 0)
    places = np.abs(got[held].astype(np.float64) - right[held]) / np.spacing(np.abs(right[held]).astype(np.float32))
    assert places.max(initial=0) <= FUNCTIONS[name].ulps


@pytest.mark.parametrize(
    ("name", "how"),
    [("identity", {}), ("growth", {}), ("xor", {"update": "adam", "batch": "shuffled"}), ("mazur", {"batch": "all"})],
    ids=["identity", "growth", "xor", "mazur"],
)
def test_both_engines_have_the_same_bits(name: str, how: dict[str, Any]) -> None:
    pytest.importorskip("llvmlite")
    assert not difference(cr.example(name), numerics="plain32", steps=60, **how)


@pytest.mark.parametrize("seed", [2, 5, 9])
def test_random_networks(seed: int) -> None:
    pytest.importorskip("llvmlite")
    how = random_training(seed)
    how["rate"] = min(how["rate"], 1e30)
    assert not difference(random_model(seed), steps=30, numerics="plain32", **how)


def test_a_run_leaves_the_finite_numbers_where_float32_ends() -> None:
    pytest.importorskip("llvmlite")
    model = cr.Model("data x\nweight w := 1\nE = exp(w*x)\nmaximise mean E", data={"x": [0.5, 30.0]})
    ended = {name: model.train(steps=60, numerics=name, engine="native") for name in ("exact", "plain32")}
    assert [run.ended for run in ended.values()] == ["left the finite numbers"] * 2
    assert model.train(steps=60, numerics="plain32", engine="reference").departure == ended["plain32"].departure
    steps = [run.departure.step for run in ended.values() if run.departure]
    assert steps[1] <= steps[0]


def test_small_steps_are_made_in_float32_too() -> None:
    """Steps of a few numbers run on Python's floats in `exact`; those have 53 bits."""
    run = cr.example("identity").train(steps=7, numerics="plain32", engine="reference")
    for row in range(8):
        weight = float(run.at(row)["w"])
        assert weight == float(np.float32(weight))


def test_runs_side_by_side_are_those_alone() -> None:
    pytest.importorskip("llvmlite")
    model, rates = cr.example("xor"), [0.1, 3.0, 1e20]
    several = model.train(rate=rates, steps=40, numerics="plain32", engine="native")
    assert isinstance(several, tuple)
    for rate, run in zip(rates, several, strict=True):
        assert run.sha256 == model.train(rate=rate, steps=40, numerics="plain32", engine="reference").sha256
