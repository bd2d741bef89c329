"""Columns computed many rows at once: the bits of each row alone, whatever the engine, the visiting, the sizes."""

from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

pytest.importorskip("llvmlite")

from tests.laws.columns import CODE, column_difference, difference

import chainrule as cr
from chainrule.errors import LimitError
from chainrule.train import reading, trace
from chainrule.train.run import Run
from chainrule.train.trace import Trace

BATCHES = ("each", "all", "shuffled", 2, [0, 2, 1], [[0, 1], [1, 1], [2, 0]], [[0, 1], [2], [1, 1, 2], [2]])
LETTERS = """\
index i = 1..3, j = 1..2
data x[i]
target y
weight W[j,i] in [-0.4, 0.4] ~ normal(0, 1), v[j] ~ normal(0, 1)
const k := 3
h[j] = tanh(sum_i W[j,i]*x[i])
o = sum_j v[j]*h[j]
m = max_j h[j]
s = k^2
E = (o - y)^2 + 0.1*m*s
"""


PLAIN = """\
data x
target y
weight w := 0.5, b in [-0.1, 0.1] := 0
const α := 0.2
z = w*x + b
o = if(z > 0.1, tanh(z), z^2)
E = (o - y)^2
"""


@pytest.mark.parametrize("batch", BATCHES, ids=str)
def test_every_way_to_visit(batch: object) -> None:
    data = {"x": [0.5, -1.0, 2.0], "y": [1.0, 0.0, -0.5]}
    model = cr.Model(PLAIN, data=data)
    assert column_difference(model, batch=batch, steps=20, record=3, update="adam", seed=1) == ""


@pytest.mark.parametrize("numerics", ["fused", "fused32"])
@pytest.mark.parametrize("batch", ["each", "all"])
def test_fused_sums(batch: object, numerics: str) -> None:
    draw = np.random.default_rng(0)
    data = {"x": draw.normal(size=(5, 3)), "y": draw.normal(size=5)}
    model = cr.Model(LETTERS, data=data)
    assert column_difference(model, batch=batch, steps=9, record=2, numerics=numerics) == ""


@pytest.mark.parametrize("record", [1, 2, 5])
@pytest.mark.parametrize("batch", ["each", "all", 2, "shuffled"])
def test_letters_boxes_and_runs_that_leave(batch: object, record: int) -> None:
    draw = np.random.default_rng(0)
    data = {"x": draw.normal(size=(5, 3)), "y": draw.normal(size=5)}
    for rate, ended in ((0.1, "steps"), (1e120, "left the finite numbers")):
        how: dict[str, Any] = {"batch": batch, "record": record, "rate": rate, "update": "adam", "steps": 13}
        if rate > 1:
            how["update"] = "momentum"
        for engine in ("reference", "native"):
            run = cr.Model(LETTERS, data=data).train(engine=engine, **how)
            assert run.ended == ended
            assert bool(run.projections)
            with CODE:
                assert difference(run) == "", engine


def test_parts_and_lanes_change_no_bit() -> None:
    draw = np.random.default_rng(0)
    model = cr.Model(LETTERS, data={"x": draw.normal(size=(5, 3)), "y": draw.normal(size=5)})
    run, other = (model.train(steps=50, engine="native", record=2, batch=2) for _ in range(2))
    with CODE, patch.object(reading, "PART", 2000), patch("chainrule.engines.native.engine.PIECE", 100):
        one = run.trace.to_numpy()
    with patch("chainrule.engines.wide.AT_ONCE", 3000):
        two = other.trace.to_numpy()
    assert list(one) == list(two)
    assert all(one[name].tobytes() == two[name].tobytes() for name in one)


def test_a_record_is_read_part_by_part() -> None:
    run = cr.example("xor").train(steps=1000)
    with patch.object(reading, "PART", 2**15):
        parts = list(run.trace.reading.parts({"E": run.trace.quantities["E"]}))
    assert len(parts) == 3
    assert [place for part in parts for place in range(part.start, part.stop)] == list(range(len(run.trace)))


def test_an_entry_of_a_column_too_large_to_keep_is_read_alone() -> None:
    draw = np.random.default_rng(0)
    data = {"x": draw.normal(size=(5, 3)), "y": draw.normal(size=5)}
    run = cr.Model(LETTERS, data=data).train(steps=20, rate=0.1, batch="all")
    wanted = run.trace["∂E/∂W[2,1]"], run.trace["∂E/∂W"][:, 1, 0]
    assert wanted[0].tobytes() == wanted[1].tobytes()
    with patch.object(trace, "KEPT", 0), patch.object(trace, "LARGEST", 200):
        fresh = again(run)
        assert fresh["∂E/∂W[2,1]"].tobytes() == wanted[0].tobytes()
        assert fresh.kept == {}
        for name, size in (("∂E/∂W", "0.0 GiB"), ("h[1]", "0.0 GiB")):
            with pytest.raises(LimitError) as caught:
                fresh[name]
            assert caught.value.code == "E356"
            assert size in caught.value.problem


def test_only_the_latest_large_column_is_kept() -> None:
    run = cr.example("xor").train(steps=50)
    with patch.object(trace, "KEPT", 0):
        fresh = again(run)
        for name in ("E", "error"):
            fresh[name]
            assert list(fresh.kept) == [name]
        together = fresh.to_numpy()
    assert all(together[name].tobytes() == run.trace[name].tobytes() for name in together)


def again(run: Run) -> Trace:
    """The same trace, with nothing read yet."""
    return Trace(run.trace.record, run.trace.order, run.trace.goal, run.program, run.recipe.bound, run.loaded)


def test_shuffled_rows_of_far_steps() -> None:
    run = cr.example("xor").train(steps=200, batch="shuffled", record=7, seed=5)
    assert run.trace["rows"].tolist() == [run.rows(step)[0] for step in run.trace.steps.tolist()]


def test_reading_can_be_interrupted_and_begun_again() -> None:
    run = cr.example("xor").train(steps=1000, engine="native", record=2)
    whole = again(run)["∂E/∂W" if "∂E/∂W" in run.trace.quantities else "error"]
    with CODE, patch.object(reading, "PART", 2**14):
        calls = [0]

        def pressed(*what: Any) -> Any:
            calls[0] += 1
            if calls[0] == 2:
                raise KeyboardInterrupt
            return real(*what)

        real = run.loaded.evaluate_each
        with patch.object(type(run.loaded), "evaluate_each", lambda self, *what: pressed(*what)), pytest.raises(
            KeyboardInterrupt
        ):
            run.trace["error"]
        assert run.trace.kept == {}
        assert run.trace["error"].tobytes() == again(run)["error"].tobytes()
    assert len(whole) == len(run.trace)
