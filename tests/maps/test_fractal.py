"""Maps of the paper's networks: the numbers of its notebook, cell by cell."""

import numpy as np
import pytest
from tests.maps.fractal import START, model

STATED = 6e-12
"""The fixtures state twelve digits."""

PLAIN = [
    ("tanh", 1, 1, (1.08560907898, 1.08401424094, 1.072561698), -436.178134829),
    ("tanh", 10, 10, (1.07181799319, 1.05980921215, 1.009322679), -128.042130817),
    ("relu", 1, 1, (1.10060654057, 1.09739787665, 1.076878334), -422.026865119),
    ("relu", 10, 10, (1.07440777484, 1.05729618833, 0.9975582178), -258.211320465),
]
ROUGH = [
    ("tanh", 1, 100, (1.0390293823, 1.02661064457, 1.012785199), -232.843035804),
    ("tanh", 1, 1000, (2.63695260092, 99.7420807968, 1.499392426e21), 1.42381784101),
]


@pytest.fixture(scope="module")
def maps():
    """The maps of both units over the rates of the fixtures."""
    axes = {"η0": [1, 10], "η1": [1, 10, 100, 1000]}
    return {
        unit: model(unit).map(axes, steps=500, start=START, batch="all", measures="trained")
        for unit in ("tanh", "relu")
    }  # fmt: skip


def losses(unit: str, run) -> np.ndarray:
    """The error at each step of a run's record."""
    return np.array([
        model(unit).evaluate({name: values[step] for name, values in run.trace.record.weights.items()}).error
        for step in range(len(run.trace))
    ])  # fmt: skip


@pytest.mark.parametrize(("unit", "first", "second", "stated", "measure"), PLAIN + ROUGH)
def test_first_errors_are_those_of_the_notebook(maps, unit, first, second, stated, measure) -> None:
    run = maps[unit].run_at(η0=first, η1=second)
    short = model(unit).train(start=START, steps=10, batch="all", consts={"η0": first, "η1": second})
    found = losses(unit, short)[[1, 2, 10]]
    close = [STATED, STATED, 2e-8 if (unit, first, second, stated, measure) in ROUGH else 6e-10]
    assert np.all(np.abs(found / stated - 1) <= close), found
    assert repr(run.error) == repr(float(maps[unit].cell(η0=first, η1=second)["error"]))


@pytest.mark.parametrize(("unit", "first", "second", "stated", "measure"), PLAIN)
def test_the_measure_is_that_of_the_notebook(maps, unit, first, second, stated, measure) -> None:
    found = maps[unit].cell(η0=first, η1=second)["trained"]
    assert abs(found - measure) <= 6e-10 * max(1.0, abs(measure) / 100)


@pytest.mark.parametrize(("unit", "first", "second", "stated", "measure"), ROUGH)
def test_where_rounding_grows_the_measure_is_as_near_as_rounding_lets_it_be(
    maps, unit, first, second, stated, measure
) -> None:
    """Here a start that differs in its last digit gives another measure: no order of a sum gives the notebook's."""
    found = maps[unit].cell(η0=first, η1=second)["trained"]
    other = START | {"W": np.nextafter(START["W"], 9)}
    moved = model(unit).map(
        {"η0": [first], "η1": [second]}, steps=500, start=other, batch="all", measures="trained"
    )["trained"].item()  # fmt: skip
    assert moved != found
    assert abs(found / measure - 1) <= 0.002
    assert abs(moved / measure - 1) <= 0.002
    assert np.sign(found) == np.sign(measure)


def test_batches_are_the_same_in_all_cells_and_scored_over_all_patterns() -> None:
    steps = 40
    batches = np.random.default_rng(42).integers(0, 272, (steps, 16))
    found = model("tanh").map(
        {"η0": [1, 3], "η1": [10, 30]}, steps=steps, start=START, batch=batches.tolist(),
        measures=["trained", "largest"],
    )  # fmt: skip
    for (place, measure), largest in zip(np.ndenumerate(found["trained"]), found["largest"].ravel(), strict=True):
        first, second = (axis.values[k] for axis, k in zip(found.plan.axes, place, strict=True))
        scored = by_numpy(first, second, batches)
        ratios = np.minimum(scored[:-1] / scored[0], 1e6)
        wanted = -ratios.sum() if ratios[-20:].mean() < 1 else (1 / ratios).sum()
        assert measure == pytest.approx(wanted, rel=1e-9)
        assert largest == pytest.approx(scored.max(), rel=1e-9)


def by_numpy(first: float, second: float, batches: np.ndarray) -> np.ndarray:
    """The error over all patterns before each step and after the last, the gradients written out by hand."""
    from tests.maps.fractal import DATA

    w, v = START["W"].copy(), START["v"].copy()
    x, y = DATA["x"], DATA["y"]

    def out(rows) -> tuple[np.ndarray, np.ndarray]:
        hidden = np.tanh(np.sqrt(2) * (x[rows] @ w / 4))
        return hidden, hidden @ v / 16

    scored = []
    for rows in batches:
        scored.append(np.mean((out(slice(None))[1] - y) ** 2))
        hidden, found = out(rows)
        slope = 2 * (found - y[rows]) / len(rows)
        inner = np.outer(slope, v) / 16 * (1 - hidden**2) * np.sqrt(2) / 4
        w, v = w - first * x[rows].T @ inner, v - second * hidden.T @ slope / 16
    return np.array([*scored, np.mean((out(slice(None))[1] - y) ** 2)])


def test_float32_agrees_but_near_the_boundary() -> None:
    axes = {"η0": "geometric(1e-3, 1e6, 12)", "η1": "geometric(1e-3, 1e6, 12)"}
    how = {"steps": 60, "start": START, "batch": "all", "measures": "trained"}
    double, single = (model("tanh").map(axes, numerics=name, **how) for name in ("fused", "float32"))
    compared = double.compare(single)
    assert not compared.same_bits
    assert compared.agree >= 0.95
    assert not (compared.different & ~compared.beside).any()
