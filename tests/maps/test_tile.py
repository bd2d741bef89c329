"""Tiles: each cell is the training of `train`, to the bit, in any tiles, numerics and batches; and its measures."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

import chainrule as cr
from chainrule.api.planned import planned
from chainrule.maps import Plan, compute
from chainrule.maps.whole import whole

TEXT = """index i = 1..2, j = 1..3
data x[i] in {0, 1}
target y = x[1] + x[2] - 2*x[1]*x[2]
weight W[j,i] ~ normal(0, 1), v[j] ~ normal(0, 1)
h[j] = tanh(Σ_i W[j,i]·x[i])
E = ½(Σ_j v[j]·h[j] − y)²
"""
AXES = ["α=geometric(0.01, 1000, 5)", "W*=linear(-1, 3, 3)", "seed=[0, 3]"]
ALL = ["reach(0.1)", "largest", "trained", "period", "sharpness"]
STEPS = 60
ENDS = {"steps": 1, "converged": 2, "left the finite numbers": 3}
ORDERS = ["all", "each", "shuffled", 2, [[0, 1], [2]]]


def plan(**how) -> Plan:
    return planned(cr.Model(TEXT), AXES, **({"steps": STEPS, "measures": ALL, "chosen": ["W", "E"]} | how))


@pytest.mark.parametrize("batch", ORDERS, ids=str)
@pytest.mark.parametrize("numerics", ["exact", "fused32"])
def test_a_cell_is_the_training_alone_in_any_tile(batch, numerics) -> None:
    of = plan(batch=batch, numerics=numerics)
    found = whole(of)
    other = whole(replace(of, tile=(2, 2, 1)), threads=1)
    assert [name for name in found if found[name].tobytes() != other[name].tobytes()] == []
    model = cr.Model(TEXT)
    for place in itertools.product(range(0, 5, 2), (0, 2), (1,)):
        rate, times, seed = (axis.values[k] for axis, k in zip(of.axes, place, strict=True))
        start = model.train(steps=0, seed=int(seed)).weights
        start = {"W": np.array(start["W"]) * times, "v": start["v"]}
        run = model.train(rate=rate, steps=STEPS, batch=batch, start=start, seed=int(seed), numerics=numerics)
        assert repr(run.error) == repr(float(found["error"][place]))
        assert ENDS[run.ended] == found["status"][place]
        assert (run.departure.step if run.departure else -1) == found["departure"][place]
        assert np.array_equal(run.weights["W"], found["end_W"][place])
        if numerics == "exact" and run.departure is None:
            measured(model, run, {name: values[place] for name, values in found.items()}, rate)


def measured(model: cr.Model, run: cr.Run, cell: dict, rate: float) -> None:
    """The measures of a cell, from the record of its run."""
    table = run.trace.record.weights
    each = run.loaded.evaluate_each(table, np.arange(4)[None], [run.program.objective])[run.program.objective]
    errors = np.append(each, [each[-1]] * (STEPS + 1 - len(each)))
    ratios = np.minimum(errors[:STEPS] / errors[0], 1e6)
    wanted = -ratios.sum() if ratios[-20:].mean() < 1 else (1 / ratios).sum()
    assert cell["trained"] == pytest.approx(wanted, rel=1e-12)
    assert cell["largest"] == errors.max()
    assert cell["reach"] == next((step for step, error in enumerate(errors) if error <= 0.1), -1)
    assert cell["sharpness"] == pytest.approx(rate * model.curvature(run).largest, rel=1e-6, nan_ok=True)


@pytest.mark.parametrize("update", ["momentum", "adam", "θ <- θ - α*g*t/(t + 1)", "clip"])
def test_rules_with_states_and_steps_are_followed(update) -> None:
    update = update if "<-" not in update else f"update θ, g\n  {update}"
    model = cr.Model("data x in {0, 1}\ntarget y = 1 - x\nweight w := 0.3, b := 0.1\nE = (w·x + b − y)²")
    found = model.map({"α": [0.01, 0.3, 3], "b": [0, 2]}, steps=40, update=update, measures=["trained", "period"])
    for rate, bias in itertools.product([0.01, 0.3, 3], [0, 2]):
        run = model.train(rate=rate, start={"b": bias}, steps=40, update=update)
        assert repr(run.error) == repr(found.cell(α=rate, b=bias)["error"])
        assert repr(found.run_at(α=rate, b=bias).error) == repr(run.error)


def test_what_watches_changes_neither_bits_nor_ends() -> None:
    bare, watched = (whole(plan(measures=measures, batch=2)) for measures in ([], ALL))
    assert [name for name in bare if bare[name].tobytes() != watched[name].tobytes()] == []


def test_boxes_starts_and_consts_that_others_read() -> None:
    model = cr.Model(
        "const a := 2, c := a + 1\ndata x in {0, 1, 2}\ntarget y = a·x\nweight w in [0, c] := c/4\nE = (w·x − y)²"
    )
    found = model.map({"a": [0.5, 1, 4], "α": "geometric(1e-3, 10, 4)"}, steps=30, chosen="w", batch="all")
    for a, rate in itertools.product([0.5, 1, 4], found.plan.axes[1].values):
        run = model.train(rate=rate, consts={"a": a}, steps=30, batch="all")
        assert found.cell(a=a, α=rate)["end_w"] == run.weights["w"]
        assert repr(found.run_at(a=a, α=rate).error) == repr(run.error)


def test_cells_that_cannot_be_begun_are_said_to_be_so() -> None:
    model = cr.Model("const c := 1\nweight w in [0, c] := 0\nE = (w − 2)²")
    found = model.map({"c": [-1, 1, 2]}, steps=5)
    assert found.status.tolist() == [4, 2, 1]
    assert np.isnan(found.error[0])
    assert found.counts["failed"] == 1
    with pytest.raises(cr.DataError, match="E228"):
        found.run_at(c=-1)
    large = cr.Model("weight w := 1\nE = w^2").map({"w": [1, 1e39]}, steps=3, numerics="float32")
    assert large.status.tolist() == [1, 4]


def test_ends_before_and_in_the_first_step() -> None:
    model = cr.Model("weight w := 1\nE = w^2")
    found = model.map({"w": [0, 1, 1e200]}, steps=10, measures=["reach(0.5)", "largest", "trained", "period"])
    assert found.status.tolist() == [2, 1, 3]
    assert found["departure"].tolist() == [-1, -1, 1]
    assert found["reach"].tolist() == [0, 2, -1]
    assert np.isinf(found["largest"][2])
    assert np.isnan(found["trained"][[0, 2]]).all()  # there is no first error to compare with
    assert found["period"].tolist() == [1, 0, -1]
    none = model.map({"w": [2.0]}, steps=0, measures=["reach(0.5)", "largest", "trained", "period"])
    assert (none.status.item(), none.error.item(), none["largest"].item()) == (1, 4.0, 4.0)


def test_parents_save_work_and_change_nothing() -> None:
    of = planned(cr.Model(TEXT), ["α=geometric(0.01, 9, 15)", "v+=linear(-1, 1, 13)"], steps=9, measures="trained",
                 tile=(2, 4))  # fmt: skip
    assert of.levels == (4, 2, 1)
    levels: dict = {}
    for tile in of.grid:
        every = tile.every
        known = levels.setdefault(every, {one.name: one.empty(of.grid.shape(every)) for one in of.layout.arrays})
        parent = None
        if 2 * every in levels:
            inside = tuple(slice(-(-a // 2), -(-b // 2)) for a, b in zip(tile.start, tile.stop, strict=True))
            parent = {name: values[inside] for name, values in levels[2 * every].items()}
        found = compute(of, tile.number, parent=parent)
        again = compute(of, tile.number, threads=1)
        for name, values in found.items():
            assert values.tobytes() == again[name].tobytes()
            known[name][tile.slices] = values
    assert levels[1]["error"].tobytes() == whole(of)["error"].tobytes()
    assert np.array_equal(levels[4]["error"], levels[1]["error"][::4, ::4])
