"""Results can be compared, copied and sent to another process."""

import copy
import pickle
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np
import pytest

import chainrule as cr

LETTERS = cr.Model("""
index j = 1..2
data x
target y
table x | y
1 | 1
2 | 0
weight w[j] := [0.1, 0.2], v[j] := 0.3
h[j] = tanh(w[j]·x)
ŷ = Σ_j v[j]·h[j]
E = ½(ŷ − y)²
""")
LEAVES = cr.Model("data x in {1, 2}\ntarget y = x\nweight w := 0.5\nconst α := 5\nE = ½(w·x − y)²")

RESULTS: dict[str, Callable[[cr.Model], object]] = {
    "model": lambda model: cr.Model(model.text),
    "run": lambda model: model.train(steps=30, record=7),
    "weights": lambda model: model.train(steps=5).weights,
    "evaluation": lambda model: model.evaluate(),
    "evaluation of an array": lambda model: model.evaluate(of=model.network.equations[0].target.name),  # type: ignore[union-attr]
    "derivation": lambda model: model.derive(next(iter(model.weights))),
    "story": lambda model: model.explain(steps=3),
    "curvature": lambda model: model.curvature(),
    "answer": lambda model: model.check("∂E/∂ŷ = ŷ − y") if model is LETTERS else model.check("∂E/∂w = 0"),
}


@pytest.mark.parametrize("model", [LETTERS, LEAVES], ids=["letters", "leaves"])
@pytest.mark.parametrize("result", RESULTS)
def test_two_of_a_kind_are_equal_and_travel(result: str, model: cr.Model) -> None:
    one, other = RESULTS[result](model), RESULTS[result](model)
    assert one == other
    assert (one != other) is False
    for again in (travelled(one), copy.deepcopy(one), copy.copy(one)):
        assert again == one
        assert type(again) is type(one)


@pytest.mark.parametrize("model", [LETTERS, LEAVES], ids=["letters", "leaves"])
def test_what_differs_is_not_equal(model: cr.Model) -> None:
    run, other = model.train(steps=30), model.train(steps=29)
    assert run != other
    assert run != "run"
    assert model.train(steps=3).weights != run.weights
    assert model.evaluate(weights=run.at(2)) != model.evaluate()
    assert run.trace != other.trace
    assert run.trace == model.train(steps=30).trace
    assert len({run, other, model.train(steps=30)}) == 2


def test_numbers_are_compared_to_the_last_bit() -> None:
    weights = LETTERS.train(steps=5).weights
    changed = {name: np.array(value) for name, value in weights.items()}
    assert weights == changed
    changed["w"][0] = np.nextafter(changed["w"][0], 1)
    assert weights != changed
    assert weights != {"w": changed["w"]}
    nan = {name: np.full(np.shape(value), np.nan) for name, value in weights.items()}
    assert type(weights)(nan) == nan


def travelled(result: object) -> Any:
    return pickle.loads(pickle.dumps(result))  # noqa: S301


def trained(rate: float) -> cr.Run:
    return LETTERS.train(rate=rate, steps=20)


def test_runs_come_back_from_other_processes() -> None:
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        runs = list(pool.map(trained, [0.1, 0.5]))
    assert runs == [trained(0.1), trained(0.5)]
    assert all(run.verify() for run in runs)
    assert np.array_equal(runs[0].trace["E"], trained(0.1).trace["E"])


def test_a_run_that_left_keeps_where() -> None:
    run = LEAVES.train(steps=2000)
    again = travelled(run)
    assert (again.departure, again.culprit, again.notes) == (run.departure, run.culprit, run.notes)


def test_a_trace_says_what_to_pickle() -> None:
    with pytest.raises(TypeError, match="pickle the run"):
        pickle.dumps(LETTERS.train(steps=3).trace)


def test_numbers_of_a_user_are_compared_by_value() -> None:
    weights = cr.Model("weight w := 1, v := 0\nE = 0·w + 0·v").train(steps=1).weights
    assert weights == {"w": 1, "v": 0}
    assert weights == {"w": True, "v": 0.0}
    for other in ({"w": 1}, {"w": 2, "v": 0}, {"w": "1", "v": 0}, {"w": None, "v": 0}, {"w": [1.0], "v": 0}):
        assert weights != other
    assert type(weights)({"w": 0.0}) != type(weights)({"w": -0.0})  # runs of other bits have another hash
