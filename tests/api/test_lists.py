"""Lists of rates, seeds, starts and consts: a run for each entry, the one that it is alone."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from tests.laws.engines import told

import chainrule as cr
from chainrule.engines.native import machine
from chainrule.errors import ChainruleError

NETWORK = cr.Model(
    """index i = 1..2
data x[i]
target y
weight w[i] in [-0.6, 0.9], b
const α := 0.1, k[i] := 1
h = tanh((Σ_i k[i]·w[i]·x[i]) + b)
E = (h - y)^2
""",
    data={"x": np.random.default_rng(0).normal(size=(6, 2)), "y": np.linspace(-1, 1, 6)},
)
ENGINES = ("reference", "native") if machine.there() else ("reference",)

LISTS: list[dict[str, Any]] = [
    {"rate": [0.01, 0.0, 30.0, 1e300]},
    {"rate": np.array([0.1, 3.0]), "seed": (1, 2)},
    {"seed": range(3), "update": "adam", "rate": 0.01},
    {"seed": [5, 5, 6], "batch": "shuffled"},
    {"start": [{"w": 0.2}, {"w": [0.3, -0.4], "b": 1.5}], "batch": 4},
    {"consts": {"α": [0.1, 0.2], "k": [[1, 2], [3, 4]]}, "batch": "all"},
    {"rate": [0.01, 30.0, 1e30], "numerics": "fused32", "batch": 5},
    {"seed": [1, 2], "numerics": "fused"},
    {"consts": {"α": np.array([0.1, 0.2, 0.3]), "k": [5, 6]}, "record": 7, "update": "momentum"},
]


def entry(given: Any, place: int, name: str = "") -> Any:
    """What an argument is for one of the runs."""
    if name == "consts":
        return {key: value if key == "k" and np.ndim(value) == 1 else value[place] for key, value in given.items()}
    return given[place] if name in ("rate", "seed", "start") and not isinstance(given, float | int) else given


@pytest.mark.parametrize("lists", LISTS, ids=lambda lists: "-".join(lists))
@pytest.mark.parametrize("engine", ENGINES)
def test_each_run_is_the_one_it_is_alone(engine: str, lists: dict[str, Any]) -> None:
    runs = NETWORK.train(**lists, steps=60, engine=engine)
    assert isinstance(runs, tuple)
    for place, run in enumerate(runs):
        one = NETWORK.train(
            **{name: entry(given, place, name) for name, given in lists.items()}, steps=60, engine="reference"
        )
        assert told(run) == told(one)
        assert run.recipe.engine == engine
        assert (run.rate, run.recipe.order.seed) == (one.rate, one.recipe.order.seed)
        assert run.trace["E"].tobytes() == one.trace["E"].tobytes()
        assert run.verify()


def test_the_kinds_of_end_stand_side_by_side() -> None:
    runs = NETWORK.train(rate=[0.0, 1.7e308, 0.01], steps=60, engine=ENGINES[-1])
    assert [run.ended for run in runs] == ["converged", "left the finite numbers", "steps"]
    assert [run.steps for run in runs] == [6, 0, 60]
    assert runs[1].departure is not None


def test_data_drawn_from_the_seed_differ() -> None:
    model = cr.Model("data x ~ normal(0, 1)\nindex p = 1..4\ntarget y = 2*x\nweight w := 0\nE = (w*x - y)^2")
    runs = model.train(seed=[0, 1, 0], steps=5)
    assert runs[0].data_hash == runs[2].data_hash != runs[1].data_hash
    assert runs[0].sha256 == runs[2].sha256 != runs[1].sha256


@pytest.mark.parametrize("engine", ENGINES)
def test_progress_is_told_of_all_runs_together(engine: str) -> None:
    seen: list[tuple[int, int]] = []
    NETWORK.train(seed=range(5), steps=300, engine=engine, progress=lambda *told: seen.append(told))
    assert seen[-1] == (300, 300)
    assert seen == sorted(seen)
    assert seen[0][0] < 300


@pytest.mark.parametrize("engine", ENGINES)
def test_ctrl_c_ends_all_and_keeps_what_was_made(engine: str) -> None:
    def interrupt(done: int, steps: int) -> None:
        raise KeyboardInterrupt

    runs = NETWORK.train(seed=range(5), steps=10**6, record=10, engine=engine, progress=interrupt)
    assert {run.ended for run in runs} == {"interrupted"}
    for seed, run in enumerate(runs):
        assert run.steps < 10**6
        assert run.weights["b"] == NETWORK.train(seed=seed, steps=run.steps, engine="reference").weights["b"]


WRONG = [
    ({"rate": [0.1, 0.2], "seed": [1]}, "E371", "rate has 2, seed has 1"),
    ({"consts": {"α": [0.1, 0.2], "k": [[1, 2]]}}, "E371", "α has 2, k has 1"),
    ({"seed": []}, "E371", "seed is empty"),
    ({"rate": [0.1, 0.2], "save": "run.npz"}, "E372", "'run.npz' is one file"),
    ({"rate": [0.1, "fast"]}, "E354", "'fast' is not a rate"),
    ({"seed": [1, -1]}, "E290", "-1"),
    ({"start": [{"w": 1}, {"v": 1}]}, "E240", "no weight is called v"),
    ({"seed": range(1000), "steps": 10**5}, "E356", "the record of 1000 runs of 100000 steps"),
]


@pytest.mark.parametrize(("lists", "code", "words"), WRONG, ids=lambda value: value if isinstance(value, str) else "")
def test_lists_that_cannot_be_are_refused(lists: dict[str, Any], code: str, words: str) -> None:
    with pytest.raises(ChainruleError) as caught:
        NETWORK.train(**lists)
    assert caught.value.code == code
    assert words in str(caught.value)


def test_without_llvmlite_the_reference_engine_makes_them_and_says_so() -> None:
    with patch.object(machine, "there", lambda: False), patch.multiple("chainrule.train.choice", LONG=1, COMPILED=1):
        runs = NETWORK.train(seed=range(2), steps=10)
    assert {run.recipe.engine for run in runs} == {"reference"}
    assert all("llvmlite is not installed" in " ".join(run.notes) for run in runs)
