"""Names that are made of other names, and quantities that name something: lines are read back and checked too."""

import math

import numpy as np
import pytest

import chainrule as cr

SPLIT = {
    "a derived quantity": (
        "weight s := 0.5, c := 0.3\nsc = s^2\nL = (sc - 2*c)^2\n",
        ["∂L/∂sc = 2(sc − 2c)", "∂L/∂s = ∂L/∂sc·2·s"],
    ),
    "a weight": ("weight w := 0.5, x := 0.3, wx := 0.2\nE = (wx*w - x)^2\n", ["∂E/∂wx = 2(wx·w − x)·w"]),
    "an array": (
        "index i = 1..2\nweight a[i] := [0.5, 1], b := 0.3\nab[i] = a[i]*b\nE = sum_i ab[i]^2\n",
        ["∂E/∂ab[i] = 2·ab[i]", "∂E/∂b = Σ_i ∂E/∂ab[i]·a[i]"],
    ),
    "the error": ("weight m := 0.5, e := 0.3\nme = (m - 2*e)^2\nminimise me\n", ["∂me/∂m = 2(m − 2e)"]),
    "with digits": ("weight w1 := 0.5, x1 := 0.3\nw1x1 = w1*x1\nE = w1x1^2\n", ["∂E/∂w1x1 = 2·w1x1"]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "lines"), SPLIT.values(), ids=SPLIT)
def test_a_name_made_of_other_names_is_that_name(text: str, lines: list[str]) -> None:
    model = cr.Model(text)
    for weight in model.weights:
        for detail in ("brief", "normal", "full"):
            assert all(step.check.ok for step in model.derive(weight, detail=detail).steps.steps)
    for line in lines:
        assert model.check(line).equal is True, line


LABELLED = {
    "the logarithm of what was chosen": (
        "index a = 1..3\ndata A, r\ntable A r\n1 1\n2 0.5\n3 -1\nweight θ[a] := [0.1, 0.2, 0.3]\n"
        "p[a] = exp(θ[a])/sum_a' exp(θ[a'])\nJ = r*log(sum_a [a == A]*p[a])\nmaximise mean J\n",
        ["∂J/∂θ[a] = r·([a == A] − p[a])"],
        ["∂J/∂θ[a] = r·(1 − p[a])", "∂J/∂θ[a] = r·([a == A] − p[a]²)"],
    ),
    "a division by what was chosen": (
        "index k = 1..2\ndata c\ntable c\n1\n2\nweight v[k] := [0.5, 0.25]\nE = 1/sum_k [c == k]*v[k]\n",
        ["∂E/∂v[k] = −[c == k]/v[k]²"],
        ["∂E/∂v[k] = −1/v[k]²"],
    ),
    "one number against another": (
        "data y\ntable y\n1\n0\nweight q := 0.3\np = sigmoid(q)\nE = -log([y == 1]*p + [y == 0]*(1 - p))\n",
        ["∂E/∂q = p − y", "∂E/∂q = p − [y == 1]"],
        ["∂E/∂q = y − p"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "right", "wrong"), LABELLED.values(), ids=LABELLED)
def test_what_is_compared_with_letters_is_one_of_them(text: str, right: list[str], wrong: list[str]) -> None:
    model = cr.Model(text)
    for weight in model.weights:
        assert all(step.check.ok for step in model.derive(weight).steps.steps)
    for line in right:
        assert model.check(line).equal in (True, "here"), line
    for line in wrong:
        assert model.check(line).equal is False, line


def test_the_gradient_of_what_was_chosen() -> None:
    found = cr.Model(LABELLED["the logarithm of what was chosen"][0]).evaluate()
    θ = np.array([0.1, 0.2, 0.3])
    p = np.exp(θ) / np.exp(θ).sum()
    wanted = sum(r * (np.eye(3)[a] - p) for a, r in enumerate((1, 0.5, -1))) / 3
    assert found.gradient["theta"] == pytest.approx(wanted, rel=1e-13)
    assert found.error == pytest.approx(sum(r * math.log(p[a]) for a, r in enumerate((1, 0.5, -1))) / 3, rel=1e-13)
