"""Maps of small problems whose answer is known: thresholds, cycles, smooth boundaries and a fractal one."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from tests.maps.fractal import DATA, START, model

import chainrule as cr

QUADRATIC = "const λ := 1.7\nweight x := 1\nE = ½λ·x²"
SIX = 1e-6
"""Thresholds are found to six digits."""


def threshold(
    network: cr.Model, name: str, low: float, high: float, above: Callable[[cr.Map], np.ndarray], **how
) -> float:
    """Where something begins along an axis, by maps of 16 cells, each of the cells between which it began before."""
    while (high - low) / high > SIX:
        steps = round(40 * high / (high - low))  # the nearest cell is a sixteenth away: it has grown e^5 times
        found = network.map(f"{name}=linear({low!r}, {high!r}, 16)", steps=steps, **how)
        values = found.plan.axes[0].values
        yes = above(found)
        assert yes[-1], (low, high, yes)
        assert not yes[0], (low, high, yes)
        first = int(np.argmax(yes))
        assert yes[first:].all()
        low, high = values[first - 1], values[first]
    return (low + high) / 2


def grows(found: cr.Map) -> np.ndarray:
    """A quadratic that is not stable has an error above the first at the end."""
    return (found.error > 0.5 * 1.7) | (found.status == 3)


@pytest.mark.parametrize(
    ("rule", "factor"),
    [(None, lambda b: 2.0), ("momentum", lambda b: 2 + 2 * b), ("nesterov", lambda b: (2 + 2 * b) / (1 + 2 * b))],
)
def test_a_quadratic_is_stable_up_to_the_known_rate(rule, factor) -> None:
    network, momentum = cr.Model(QUADRATIC), 0.6
    consts = {"λ": 1.7} | ({"β": momentum} if rule else {})
    found = threshold(network, "α", 0.3, 3.0, grows, update=rule, consts=consts, numerics="fused")
    assert found == pytest.approx(factor(momentum) / 1.7, rel=SIX)


def test_sharpness_times_the_rate_is_two_at_the_edge() -> None:
    found = cr.Model(QUADRATIC).map("α=linear(0.1, 1.1, 11)", steps=50, measures="sharpness")
    assert found["sharpness"] == pytest.approx(1.7 * np.array(found.plan.axes[0].values), rel=1e-12)


def test_sharpness_is_that_of_the_place_where_no_const_varies() -> None:
    found = cr.Model(QUADRATIC).map("x=[0, 1, 2]", steps=5, rate=0.25, measures="sharpness", update="momentum")
    assert found["sharpness"] == pytest.approx([0.25 * 1.7] * 3, rel=1e-12)


PRODUCTS = {
    count: cr.Model("weight u := 0.7\n" + f"E = ½(u^{count} − 1)²/{count}") for count in (2, 3, 4)
}  # a balanced product of so many numbers: all of them make this one's steps
"""½(∏x − 1)² on the line where its numbers are equal, u ← u − α(u^k − 1)u^(k−1)."""

DOUBLINGS = [
    (2, 1, 1.0, 1e-7), (2, 2, math.sqrt(5) - 1, 1e-7), (2, 4, 1.2880318, 2e-7), (3, 1, 2 / 3, 1e-7),
    (3, 2, 0.8297383, 2e-7), (4, 1, 0.5, 1e-7), (4, 2, 0.6235846, 2e-7), (4, 4, 0.6520750, 2e-7),
]  # fmt: skip


@pytest.mark.parametrize(("count", "period", "rate", "stated"), DOUBLINGS)
def test_periods_of_products_double_where_they_are_known_to(count, period, rate, stated) -> None:
    near = 3e-6  # the first cell beyond has the longer period, the last one before it the shorter
    found = PRODUCTS[count].map(
        {"α": [rate * (1 - near), rate * (1 + near)]}, steps=2**23, measures="period(1e-5)", numerics="fused"
    )["period"].tolist()  # fmt: skip
    assert found == [period, 2 * period]


def test_a_product_of_two_is_bounded_up_to_a_rate_of_two() -> None:
    found = PRODUCTS[2].map("α=[1.999, 2.001]", steps=200_000, numerics="fused")
    assert found.status.tolist() == [1, 3]


def test_the_imbalance_law_holds_in_each_cell() -> None:
    network = cr.Model("weight x := 1.4, y := 0.3\nE = ½(x·y − 1)²")
    found = network.map("α=linear(0.05, 0.4, 8)", steps=1, chosen=["x", "y"])
    rate, residual = np.array(found.plan.axes[0].values), 1.4 * 0.3 - 1
    after = found["end_x"] ** 2 - found["end_y"] ** 2
    assert after == pytest.approx((1.4**2 - 0.3**2) * (1 - rate**2 * residual**2), rel=1e-12)


ZHU = "weight x := 3, y := 0.3\nconst α := 0.2\nE = ¼(x²·y² − 1)²"
"""½(1 − xyzw)² with z = x and w = y, whose steps are those of a quarter of it."""


@pytest.mark.parametrize(
    ("rate", "x", "y", "sharpness"),
    [(0.01, 12.5, 0.05, 199.995004), (0.2, 2.5, 0.5, 9.927360), (0.2, 2.4, 0.5, 9.927360), (0.05, 4, 0.3, 32.0406)],
)
def test_the_end_lies_just_below_the_edge_of_stability(rate, x, y, sharpness) -> None:
    network = cr.Model(ZHU)
    found = network.map({"α": [rate]}, start={"x": x, "y": y}, steps=2_000_000, chosen=["x", "y"], numerics="fused")
    x, y = found["end_x"].item(), found["end_y"].item()
    assert x * y == pytest.approx(1, abs=1e-9)
    assert 2 * (x**2 + y**2) == pytest.approx(sharpness, rel=2e-6)
    assert 2 * (x**2 + y**2) < 2 / rate


def basin(cells: int) -> cr.Map:
    axes = {"x": f"linear(3, 3.4, {cells})", "y": f"linear(0.1, 0.5, {cells})"}
    return cr.Model(ZHU).map(axes, steps=400, measures="trained", numerics="fused")


def test_the_boundary_of_zhus_basin_is_fractal() -> None:
    found = basin(384).dimension()
    assert found.flips == pytest.approx(1.728, abs=0.02)
    assert found.cells == pytest.approx(1.728, abs=0.05)
    assert 1.5 < found.value < 1.8  # the paper's boxes see less of so few cells


def test_the_boundary_of_a_product_of_two_is_a_curve() -> None:
    """It is the ellipse x² + y² − α·x·y = 4/α − α, which the steps map to itself."""
    network = cr.Model("weight x := 1, y := 1\nconst α := 0.2\nE = ½(x·y − 1)²")
    axes = {"x": "linear(-6, 6, 384)", "y": "linear(-6, 6, 384)"}
    found = network.map(axes, steps=1000, numerics="fused")
    x, y = np.meshgrid(*(axis.values for axis in found.plan.axes), indexing="ij")
    assert np.array_equal(found.status == 3, x**2 + y**2 - 0.2 * x * y > 4 / 0.2 - 0.2)
    assert found.dimension().flips == pytest.approx(1.0, abs=0.03)
    assert found.dimension().cells == pytest.approx(1.0, abs=0.1)
    curve = found.boundary()
    assert np.abs(curve[:, 0] ** 2 + curve[:, 1] ** 2 - 0.2 * curve[:, 0] * curve[:, 1] - 19.8).max() < 0.5


def test_the_boundary_of_one_point_and_no_bend_is_known() -> None:
    one_point(48)


def one_point(cells: int) -> None:
    """In h = x·W/4, ŷ = h·v/16: with a = 2η0·|x|²/256 and b = 2η1/16 a step maps
    b|h|² + a|v|² − a·b·y·(h·v) = 16(4 − a·b·y²) to itself, and what begins beyond it leaves the finite numbers."""
    network = model("identity", 1)
    axes = {"η0": f"geometric(1e-1, 1e4, {cells})", "η1": f"geometric(1e-1, 1e4, {cells})"}
    found = network.map(axes, steps=3000, start=START, batch="all", numerics="fused")
    first, second = np.meshgrid(*(axis.values for axis in found.plan.axes), indexing="ij")
    x, y, v = DATA["x"][0], DATA["y"][0], START["v"]
    h = x @ START["W"] / 4
    a, b = 2 * first * (x @ x) / 256, 2 * second / 16
    inside = b * (h @ h) + a * (v @ v) - a * b * y * (h @ v) < 16 * (4 - a * b * y**2)
    assert np.array_equal(found.status != 3, inside)
    assert 0.1 < inside.mean() < 0.9


def test_linear_networks_lose_stability_at_the_known_rate() -> None:
    """Three layers, top singular value 10: 2/(L·σ^(2 − 2/L)) = 0.0309439."""
    network = cr.Model("weight u := 2.1\nE = ½(u^3 − 10)²/3")

    how = {"steps": 2**23, "measures": "period(1e-5)", "numerics": "fused"}
    found = [network.map({"α": [0.0309439 * (1 + off)]}, **how)["period"].item() for off in (-5e-6, 5e-6)]
    assert found == [1, 2]
