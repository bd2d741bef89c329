"""Second derivatives: one way to compute them, held to closed forms, to JAX and to steps into the imaginary numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.derive.second import second
from chainrule.explain.measure.context import Context
from chainrule.numbers.evaluate import evaluate

CLOSE = 1e-12
"""Of the largest entry: rounding of sums of products, in another order; no way here takes a difference."""

SCALARS = {
    "two layers": "weight w := 0.4, v := -0.7, b := 0.1\nE = ½(v·tanh(w·0.8 + b) − 0.3)²",
    "every kind": "weight a := 0.6, b := 1.3\nE = sigmoid(a·b) + softplus(a − b²) + exp(a)·log(b) + sqrt(a)·arctan(b)"
                  " + asinh(a·b) + sinh(a)·cosh(b) + sin(a)·cos(b) + a^b",
    "apart": "weight a := 2, b := 3\nE = a³ + b⁴",
    "through a quantity": "weight a := 0.5, b := 0.25\nz = a·b\nh = z² + a\nE = exp(h)·z",
}  # fmt: skip


def matrix(model: cr.Model, **how: Any) -> np.ndarray:
    """All blocks as one matrix."""
    found = model.evaluate(second=True, **how)
    sizes = {name: int(np.size(value)) for name, value in found.weights.items()}
    return np.block(
        [[np.reshape(found.hessian[w][v], (m, n)) for v, n in sizes.items()] for w, m in sizes.items()]
    )


def close(found: np.ndarray, wanted: np.ndarray) -> bool:
    return bool(np.abs(found - wanted).max() <= CLOSE * np.abs(wanted).max())


@pytest.mark.parametrize("text", SCALARS.values(), ids=SCALARS)
def test_it_is_what_the_printed_derivatives_give(text: str) -> None:
    model = cr.Model(text)
    network, found = model.network, model.evaluate(second=True)
    names = list(model.weights)
    point = {name: float(found.weights[name]) for name in names}
    for one in names:
        for other in names:
            line = second(network, one, other)
            wanted = evaluate(line.result, point, equations=network.equations)
            assert found.hessian[one][other] == pytest.approx(wanted, rel=CLOSE, abs=CLOSE)


@pytest.mark.parametrize("name", ["xor", "identity-bias", "mazur"])
def test_it_is_what_complex_steps_through_the_gradient_give(name: str) -> None:
    model = cr.example(name)
    run = model.train(steps=1)
    context = Context(run)
    at = np.concatenate([np.ravel(value) for value in model.evaluate(weights=run).weights.values()])
    assert close(matrix(model, weights=run), context.hessian(at))


ARRAYS = "index i = 1..3, j = 1..2\nweight W[j,i] ~ normal(0, 1), v[j] := 0.3\nh[j] = tanh(Σ_i W[j,i]·i)\n"


@pytest.mark.parametrize("text", [*SCALARS.values(), ARRAYS + "E = ½(Σ_j v[j]·h[j] − 1)²"])
def test_it_is_symmetric(text: str) -> None:
    found = matrix(cr.Model(text))
    assert close(found, found.T)


@pytest.mark.parametrize(("text", "wanted"), [
    # a slope that is ∞ beside weights that stand still: 0·∞ is no number, and must not reach what is finite
    ("weight a := 0, b := 2\nE = sqrt(a) + a·b", [[-np.inf, 1.0], [1.0, 0.0]]),
    ("weight a := 0, b := 2\nE = sqrt(a) + b²", [[-np.inf, 0.0], [0.0, 2.0]]),
    ("weight a := 0, b := 3, c := 1\nE = b²·c + a·log(a)", [[np.nan, 0, 0], [0, 2.0, 6.0], [0, 6.0, 0]]),
    ("weight a := 1\nE = 3 + 0·a", [[0.0]]),
    ("weight a := 1, b := 2\nE = a", [[0.0, 0.0], [0.0, 0.0]]),
])  # fmt: skip
def test_what_is_not_finite_stays_where_it_is(text: str, wanted: list[list[float]]) -> None:
    found, expected = matrix(cr.Model(text)), np.array(wanted)
    known = np.isfinite(expected)
    assert np.array_equal(found[known], expected[known])
    assert not np.isfinite(found[~known]).any()


def test_a_model_without_weights_has_none() -> None:
    assert cr.Model("x = 3\nE = x²").evaluate(second=True).hessian == {}
