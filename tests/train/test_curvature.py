"""Curvature without a matrix: products with the Hessian, both ends of its spectrum, the slope along a direction."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import chainrule as cr
from chainrule.views import tables

PROGRAMS = sorted((Path(__file__).parents[1] / "programs").glob("*.eq"))
TWO = "index i = 1..2, j = 1..3\ndata x[i]\ntarget y\nweight W[j,i], b[j], v[j], c := 0\n"
NETWORK = TWO + "h[j] = tanh(Σ_i W[j,i]·x[i] + b[j])\nE = ½(Σ_j v[j]·h[j] + c − y)²"
DATA = {"x": [[0.5, -1.0], [1.5, 0.25], [-0.75, 2.0]], "y": [1.0, -1.0, 0.5]}


def matrix(model: cr.Model, data: object) -> np.ndarray:
    found = model.evaluate(data=data, second=True)
    sizes = {name: int(np.size(value)) for name, value in found.weights.items()}
    return np.block(
        [[np.reshape(found.hessian[w][v], (m, n)) for v, n in sizes.items()] for w, m in sizes.items()]
    )


def test_the_ends_are_those_of_the_matrix() -> None:
    model = cr.Model(NETWORK)
    values = np.linalg.eigvalsh(matrix(model, DATA))
    found = model.curvature(data=DATA)
    assert found.found
    assert (found.smallest, found.largest) == pytest.approx((values[0], values[-1]), abs=1e-9)
    assert found.smallest < 0 < found.largest
    for end, direction in zip((found.largest, found.smallest), found.directions, strict=True):
        bent = model.curvature(data=DATA, along=dict(direction))
        for name, part in direction.items():
            assert np.asarray(bent.product[name]) == pytest.approx(end * np.asarray(part), abs=1e-6)


def test_a_product_is_the_matrix_times_the_direction() -> None:
    model = cr.Model(NETWORK)
    direction = {"W": np.arange(6.0).reshape(3, 2), "b": [1.0, -2.0, 0.5], "v": 0.25, "c": -1.0}
    flat = np.concatenate([np.arange(6.0), [1.0, -2.0, 0.5], np.full(3, 0.25), [-1.0]])
    found = model.curvature(data=DATA, along=direction)
    product = np.concatenate([np.ravel(part) for part in found.product.values()])
    expected = matrix(model, DATA) @ flat
    assert product == pytest.approx(expected, rel=1e-12, abs=1e-12 * float(np.abs(expected).max()))
    gradient = model.evaluate(data=DATA).gradient
    slope = sum(float(np.sum(np.asarray(gradient[name]) * np.asarray(part))) for name, part in direction.items())
    assert found.slope == pytest.approx(slope, rel=1e-12)


@pytest.mark.parametrize(("text", "ends"), [
    ("weight w := 3\nE = ½·4·w²", (4.0, 4.0)),
    ("weight a := 1, b := 0\nE = a² − b²", (2.0, -2.0)),
    ("weight a := 1, b := 1, c := 1\nE = ½(a·b·c − 1)²", (3.0, 0.0)),
    ("weight w := 1\nE = 3 + 0·w", (0.0, 0.0)),
])  # fmt: skip
def test_known_curvatures(text: str, ends: tuple[float, float]) -> None:
    found = cr.Model(text).curvature()
    assert (found.largest, found.smallest) == pytest.approx(ends, abs=1e-9)
    assert found.found


def test_the_product_agrees_with_jax() -> None:
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    jnp = jax.numpy
    x, y = jnp.array(DATA["x"]), jnp.array(DATA["y"])
    model = cr.Model(NETWORK)
    weights = {name: np.asarray(value) for name, value in model.evaluate(data=DATA).weights.items()}

    def error(w: dict) -> object:  # type: ignore[type-arg]
        return jnp.mean(0.5 * (jnp.tanh(x @ w["W"].T + w["b"]) @ w["v"] + w["c"] - y) ** 2)

    direction = {name: np.cos(np.arange(value.size)).reshape(value.shape) for name, value in weights.items()}
    inside = {name: jnp.array(value) for name, value in weights.items()}
    product = jax.jvp(jax.grad(error), (inside,), ({name: jnp.array(part) for name, part in direction.items()},))[1]
    found = model.curvature(data=DATA, along=direction).product
    scale = max(float(np.abs(part).max()) for part in product.values())
    for name, part in product.items():
        assert np.abs(np.asarray(found[name]) - np.asarray(part)).max() <= 1e-12 * scale


@pytest.mark.parametrize(("along", "code"), [
    ({"q": 1}, "E456"), ({"x": 1}, "E456"), ({"b": [1.0, 2.0]}, "E452"), ({"c": "up"}, "E452"),
    ({"c": float("nan")}, "E452"),
])  # fmt: skip
def test_directions_that_are_none(along: dict[str, object], code: str) -> None:
    with pytest.raises(cr.UsageError, match=code):
        cr.Model(NETWORK).curvature(data=DATA, along=along)
    with pytest.raises(cr.UsageError, match="E453"):
        cr.Model("data x in {1}\nE = x²").curvature()


@pytest.mark.parametrize("text", ["weight w := 400\nE = exp(exp(w))", "weight w := 0\nE = sqrt(w)"])
def test_a_curvature_that_is_not_finite_is_no_number(text: str) -> None:
    found = cr.Model(text).curvature()
    assert np.isnan([found.largest, found.smallest]).all()
    assert not found.found
    assert json.loads(json.dumps(found.json(), allow_nan=False))["largest"] == "nan"
    assert "not finite" in str(tables.bent(found))


def test_a_small_end_beside_a_large_one_is_found_or_said_not_to_be() -> None:
    names = [f"w{place}" for place in range(60)]
    bends = [1000.0, *(0.5 + 0.01 * place for place in range(58)), -0.001]
    signs = ("−" if bend < 0 else "+" for bend in bends)
    parts = zip(signs, bends, names, strict=True)
    terms = "".join(f" {sign} {abs(bend) / 2:.10f}·{name}²" for sign, bend, name in parts)
    found = cr.Model(f"weight {', '.join(name + ' := 1' for name in names)}\nE = 0{terms}").curvature()
    assert found.largest == pytest.approx(1000, rel=1e-9)
    assert not found.found or found.smallest == pytest.approx(-0.001, abs=2e-5)


def test_the_weights_may_be_those_of_a_run() -> None:
    model = cr.example("xor")
    run = model.train(steps=20)
    assert model.curvature(run).largest == model.curvature(dict(run.weights)).largest
    other = cr.Model("weight w := 1\nconst a := 1\nE = a*w^4")
    ended = other.train(steps=5, rate=0.01, consts={"a": 2})
    assert other.curvature(ended).largest == pytest.approx(24 * ended.weights["w"] ** 2)
