"""Equations that read derivatives by the entries of an array: their values, trained, derived and judged."""

from __future__ import annotations

import numpy as np
import pytest

import chainrule as cr

PLANE = "index i = 1..2, j = 1..2\nweight x[i] := [1, 2]\nf = (x[1] − 1)⁴ + 2·(x[2] + 1)² + x[1]·x[2] + x[1]²\n"
FIT = (
    "index i = 1..2\ndata a[i]\ntarget y\ntable a[1] a[2] | y\n 1 0 | 1\n 0 1 | 2\n 1 1 | 2\n"
    "weight w[i] := [0.3, −0.2]\nŷ = tanh(Σ_i w[i]·a[i])\nE = ½(ŷ − y)²\n"
)
LAYER = (
    "index i = 1..2, k = 1..2\nweight W[k,i] := [[0.4, 0.2], [0.5, −1]], v[k] := 1\nh[k] = tanh(Σ_i W[k,i]·i)\n"
    "f = Σ_k v[k]·h[k]²\n"
)
TEXTS = {
    "the length of a gradient": PLANE + "G = Σ_i (∂f/∂x[i])²\nminimise G",
    "a matrix of second derivatives": PLANE + "H[i,j] = ∂²f/∂x[i]∂x[j]\nminimise f + Σ_i Σ_j H[i,j]²",
    "one entry": PLANE + "minimise (∂f/∂x[2])² + ∂²f/∂x[1]∂x[2] + ∂²f/∂x[1]²",
    "for each pattern": FIT + "G[i] = ∂E/∂w[i]\nminimise mean E + 0.01·mean Σ_i G[i]²",
    "a Jacobian": (
        "index i = 1..2, k = 1..3, l = 1..2\nweight x[i] := [0.5, 0.3]\nr[k] = x[1]·exp(x[2]·k) − k²\n"
        "J[k,i] = ∂r[k]/∂x[i]\nA[i,l] = Σ_k J[k,i]·J[k,l]\nminimise Σ_k r[k]² + A[1,2]"
    ),
    "by two arrays, and one of them twice": (
        LAYER + "A[k,i] = ∂f/∂W[k,i]\nC[k,i] = ∂²f/∂W[k,i]∂v[k]\nminimise f + 0.1·Σ_k Σ_i A[k,i]² + Σ_k Σ_i C[k,i]"
    ),
    "a shifted letter": (
        "index t = 1..3\nweight x[t] := [1, 2, 3]\nf = Σ_t x[t]³\nd[t] = [t < 3]·(∂f/∂x[t+1])\nminimise f + Σ_t d[t]"
    ),
    "through a recurrence": (
        "index t = 1..3\ndata u[t]\ntable u[1] u[2] u[3]\n 1 2 3\nweight a := 0.5\nindex i = 1..2\n"
        "weight c[i] := [0.1, 0.2]\nh[0] = 0\nh[t] = tanh(a·h[t−1] + c[1]·u[t] + c[2])\nE = h[3]²\ng[i] = ∂E/∂c[i]\n"
        "minimise mean E + mean Σ_i g[i]²"
    ),
    "no way there": PLANE + "weight z[i] := 1\nminimise f + Σ_i (∂f/∂z[i])² + Σ_i z[i]²",
}


def differences(model: cr.Model) -> dict[str, np.ndarray]:
    """The gradient of the goal at the starts by central differences."""
    at = {name: np.array(value, dtype=float) for name, value in model.evaluate().weights.items()}

    def goal(name: str, entry: tuple[int, ...], by: float) -> float:
        moved = {own: value.copy() for own, value in at.items()}
        moved[name][entry] += by
        return float(model.evaluate(weights=moved).error)

    found = {name: np.zeros_like(value) for name, value in at.items()}
    for name, value in at.items():
        for entry in np.ndindex(value.shape):
            found[name][entry] = (goal(name, entry, 1e-5) - goal(name, entry, -1e-5)) / 2e-5
    return found


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_trained_through_them(name: str) -> None:
    model = cr.Model(TEXTS[name])
    gradient = model.evaluate().gradient
    for weight, slope in differences(model).items():
        assert np.asarray(gradient[weight]) == pytest.approx(slope, rel=1e-6, abs=1e-7), weight
    runs = [model.train(steps=5, rate=1e-3, engine=engine) for engine in ("reference", "native")]
    for weight in gradient:
        assert np.array_equal(runs[0].weights[weight], runs[1].weights[weight])


@pytest.mark.parametrize("name", TEXTS)
def test_their_lines_are_derived_and_judged_right(name: str) -> None:
    model = cr.Model(TEXTS[name])
    goal = model.network.goal.name
    for weight in model.evaluate().weights:
        derivation = model.derive(weight, of=goal)
        assert all(step.check is None or step.check.ok is not False for step in derivation.steps.steps)
        assert (
            model.explain(model.train(steps=3, rate=1e-3), claims=["update"])["update"].evidence["gradient_off_by"]
            < 1e-9
        )


def test_their_values_are_those_of_the_gradient_and_the_hessian() -> None:
    model = cr.Model(
        PLANE + "g[i] = ∂f/∂x[i]\nH[i,j] = ∂²f/∂x[i]∂x[j]\nd[i] = ∂²f/∂x[i]²\nm = ∂²f/∂x[1]∂x[2]\nminimise f"
    )
    found = model.evaluate(second=True)
    assert np.array_equal(found.values["g"], found.gradient["x"])
    assert found.values["H"] == pytest.approx(found.hessian["x"]["x"], abs=1e-14)
    assert list(found.values["d"]) == list(np.diag(found.values["H"]))
    assert found.values["m"] == found.values["H"][0][1]


def test_the_step_of_newton_for_two_weights() -> None:
    text = (
        PLANE + "a = ∂²f/∂x[1]²\nb = ∂²f/∂x[1]∂x[2]\nc = ∂²f/∂x[2]²\n"
        "n[1] = (c·∂f/∂x[1] − b·∂f/∂x[2])/(a·c − b²)\nn[2] = (a·∂f/∂x[2] − b·∂f/∂x[1])/(a·c − b²)\nminimise f\n"
        "update x <- x − n"
    )
    run = cr.Model(text).train(steps=12)
    assert np.abs(cr.Model(PLANE + "minimise f").evaluate(weights=dict(run.weights)).gradient["x"]).max() < 1e-12


def test_a_rule_divides_by_the_diagonal_that_an_equation_names() -> None:
    run = cr.Model(PLANE + "h[i] = ∂²f/∂x[i]²\nminimise f\nupdate x <- x − ∂f/∂x/h").train(steps=1)
    assert list(run.weights["x"]) == [1 - 4 / 2, 2 - 13 / 4]


GOAL = "weight x := 1, y := 2\nconst α := 0.01\nf = (x − 1)⁴ + x·y\nminimise (∂f/∂x)² + f"


def test_a_goal_that_reads_a_derivative_is_judged_stepped_and_not_accused() -> None:
    model = cr.Model(GOAL)
    assert model.check("∂goal/∂y = 2·∂f/∂x + x").equal is True
    assert model.check("∂goal/∂y = 2·∂f/∂x").equal is False
    assert model.check("x = 0.98").equal
    assert not model.check("x = 1").equal
    assert "f_x is written for ∂f/∂x" in str(model.derive("y", of="goal"))
    order = model.explain(model.train(steps=5), claims=["order"])["order"]
    assert order.evidence["gradient_forward"] == pytest.approx(order.evidence["gradient_backward"], rel=1e-12)


LINES = [
    ("∂G/∂x[2] = 2·f_x[1] + 8·f_x[2]", True),
    ("∂G/∂x[2] = 2·(∂f/∂x[1]) + 8·(∂f/∂x[2])", True),
    ("∂G/∂x[2] = 2·f_x[2] + 8·f_x[1]", False),
    ("∂f/∂x[2] = 4·(x[2] + 1) + x[1]", True),
    ("∂f/∂x[2] = 4·(x[2] + 1)", False),
]


@pytest.mark.parametrize(("line", "right"), LINES)
def test_lines_are_judged(line: str, right: bool) -> None:
    assert cr.Model(TEXTS["the length of a gradient"]).check(line).equal is right


def test_what_stands_for_a_derivative_is_said() -> None:
    said = str(cr.Model(TEXTS["the length of a gradient"]).derive("x"))
    assert "f_x[i] is written for ∂f/∂x[i]" in said
    taken = "weight x := 1\nf_x = x²\nf = x³\nG = (∂f/∂x)² + f_x\nminimise G"
    assert "f_x₂ is written for ∂f/∂x" in str(cr.Model(taken).derive("x"))


WRONG = [
    ("g = ∂f/∂x", "E128", "∂f/∂x[i]"),
    ("g = ∂f/∂x[i]", "E112", "sum_i"),
    ("g[i] = ∂f/∂x[i,j]", "E128", "∂f/∂x[i]"),
    ("g = ∂f/∂x[3]", "E114", ""),
    ("g[i] = ∂g[i]/∂x[i]", "E302", "below"),
]


@pytest.mark.parametrize(("line", "code", "help"), WRONG)
def test_what_is_wrong_is_said(line: str, code: str, help: str) -> None:
    with pytest.raises(cr.ChainruleError) as caught:
        cr.Model(f"{PLANE}{line}\nminimise f").train(steps=1)
    assert caught.value.code == code
    assert help in str(caught.value)
