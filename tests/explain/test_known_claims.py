"""Answers known beforehand to the other questions: where a step points, what signs leave out, who pulls against whom,
how much of a slope arrives, and what all slopes cost. Each with the source of its answer."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from chainrule.explain import explain
from chainrule.explain.measure.angles import angle
from chainrule.train.run import Run

Trained = Callable[..., Run]


def bowl(curvatures: tuple[float, float], start: tuple[float, float]) -> str:
    (one, two), (u, v) = curvatures, start
    return f"weight u := {u}, v := {v}\nconst α := {1 / max(curvatures)}\nE = ½·{one}·u² + ½·{two}·v²"


@pytest.mark.parametrize(
    ("curvatures", "start", "cosine", "source"),
    [
        ((1.0, 1.0), (3.0, -2.0), 1.0, "a round bowl: the gradient is the way itself"),
        ((1.0, 9.0), (3.0, 1.0), 0.6, "Kantorovich: at worst 2√κ/(κ + 1), here κ = 9"),
        ((1.0, 100.0), (10.0, 1.0), 20 / 101, "Kantorovich: at worst 2√κ/(κ + 1), here κ = 100"),
        ((1.0, 9.0), (9.0, 1.0), 90 / math.sqrt(162 * 82), "derived: Σλu² / (‖λu‖·‖u‖)"),
        ((2.0, 8.0), (5.0, 0.0), 1.0, "on an axis of the bowl the gradient points at its middle"),
    ],
)
def test_the_angle_between_a_step_and_the_minimum(
    trained: Trained, curvatures: tuple[float, float], start: tuple[float, float], cosine: float, source: str
) -> None:
    toward = explain(trained(bowl(curvatures, start), steps=6000), claims=["toward"])["toward"]
    assert math.cos(math.radians(toward.evidence["angle"])) == pytest.approx(cosine, abs=1e-6), source
    assert toward.holds is (cosine == 1.0)


@pytest.mark.parametrize(
    ("start", "angle", "source"),
    [
        ((1.0, 1.0), 0.0, "equal slopes: their signs point the same way"),
        ((3.0, 1.0), math.degrees(math.acos(4 / math.sqrt(20))), "derived: Σ|g| / (√n·‖g‖)"),
        ((1.0, 0.0), 0.0, "derived: the sign of 0 is 0"),
    ],
)
def test_the_angle_between_a_gradient_and_its_signs(
    trained: Trained, start: tuple[float, float], angle: float, source: str
) -> None:
    amount = explain(trained(bowl((1.0, 1.0), start), steps=50), claims=["amount"])["amount"]
    assert amount.evidence["angle_of_signs"] == pytest.approx(angle, abs=1e-6), source


@pytest.mark.parametrize("degrees", [30, 90, 120, 180])
def test_the_angle_between_two_patterns_is_that_of_their_inputs(trained: Trained, degrees: int) -> None:
    """At ŷ = 0 and y = 1 the gradient of ½(w·x − y)² is −x (derived)."""
    x, y = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    columns = {"a": [1.0, x], "b": [0.0, y], "t": [1.0, 1.0]}
    text = "data a, b\ntarget t\nweight u := 0, v := 0\nconst α := 0.1\nE = ½(u·a + v·b − t)²"
    patterns = explain(trained(text, columns=columns, steps=2), claims=["patterns"])["patterns"]
    assert patterns.evidence["worst_angle"] == pytest.approx(degrees, abs=1e-6)
    assert patterns.evidence["opposed_pairs"] == (1 if degrees > 90 else 0)
    assert patterns.holds is (degrees <= 90)


@pytest.mark.parametrize("depth", [2, 4, 8])
def test_a_chain_of_sigmoids_passes_on_at_most_a_quarter_a_layer(trained: Trained, depth: int) -> None:
    """At its middle σ passes on σ′ = ¼ of a slope (derived): a factor 4 inside makes that 1, a factor 1 leaves it."""
    layers = [f"h{k} = sigmoid(4·(h{k - 1} − ½))" for k in range(1, depth)]
    text = "\n".join([
        "data x in {0}", "target y = 1", "weight w := 0.5", "const α := 0.1", "h0 = w + x", *layers,
        f"E = ½(h{depth - 1} − y)²",
    ])  # fmt: skip
    vanish = explain(trained(text, steps=1), claims=["vanish"])["vanish"]
    assert vanish.evidence["passed_on"] == pytest.approx(1.0)
    assert vanish.holds
    thin = text.replace("sigmoid(4·", "sigmoid(1·")
    vanish = explain(trained(thin, steps=1), claims=["vanish"])["vanish"]
    assert vanish.evidence["passed_on"] == pytest.approx(0.25 ** (depth - 1), rel=0.05)
    assert vanish.holds is (0.25 ** (depth - 1) > 0.01)


@pytest.mark.parametrize("depth", [4, 12, 24])
def test_all_slopes_cost_a_few_errors_backward_and_one_each_forward(trained: Trained, depth: int) -> None:
    """Baur and Strassen (1983): backward, at most five times the operations of the error, however many weights;
    forward, a pass for each weight, which multiplies at least once in each layer behind it (derived)."""
    layers = [f"h{k} = tanh(w{k}·h{k - 1})" for k in range(1, depth + 1)]
    weights = ", ".join(f"w{k} := 0.5" for k in range(1, depth + 1))
    text = "\n".join(["const h0 := 1", "const α := 0.1", f"weight {weights}", *layers, f"E = (h{depth} − 1)²"])
    order = explain(trained(text, steps=1), claims=["order"])["order"].evidence
    assert order["operations_backward"] <= 5 * order["operations_error"]
    assert order["operations_forward"] > order["operations_error"] + depth * (depth - 1) / 2
    assert order["gradient_backward"] == pytest.approx(order["gradient_forward"])


def test_an_angle_is_found_however_small_its_sides_are(trained: Trained) -> None:
    """A run that goes on to 5·10⁻³²⁴ has slopes and ways whose squares are 0."""
    run = trained("weight u := 3, v := -2\nconst α := 0.1\nE = ½·u² + ½·v²", steps=8000)
    toward = explain(run, claims=["toward"])["toward"]
    assert toward.holds
    assert angle(np.array([1e-300, 0.0]), np.array([1e-310, 1e-310])) == pytest.approx(45)
    assert angle(np.array([1.0, 1e-9]), np.array([1.0, 0.0])) == pytest.approx(math.degrees(1e-9))
