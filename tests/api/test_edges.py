"""Numbers at awkward points, by every way to compute them: powers at 0, guards, ties, functions in declarations."""

from typing import Any

import numpy as np
import pytest

import chainrule as cr

WAYS = [(engine, numerics) for engine in ("reference", "native") for numerics in ("exact", "fused")]


def stepped(text: str, **how: Any) -> list[dict[str, list[float]]]:
    """The weights after one step of rate 1, by both engines in both numerics."""
    return [
        {
            name: np.asarray(value).tolist()
            for name, value in cr.Model(text)
            .train(steps=1, rate=1.0, batch="all", engine=engine, numerics=numerics, **how)
            .weights.items()
        }
        for engine, numerics in WAYS
    ]


def test_a_power_of_0_does_not_move_with_its_exponent() -> None:
    text = "data a in {0, 2}\nweight b := 1\nE = a^b\nminimise sum E"
    found = cr.Model(text).evaluate(second=True)
    assert found.patterns[0].gradient["b"] == 0
    assert found.gradient["b"] == pytest.approx(2 * np.log(2))
    assert found.hessian["b"]["b"] == pytest.approx(2 * np.log(2) ** 2)
    assert all(one["b"] == pytest.approx(1 - 2 * np.log(2)) for one in stepped(text))


@pytest.mark.parametrize("role", ["data n in {0, 1, 2, 3}", "data m in {0, 1, 2, 3}\nn = m + 0"])
def test_powers_of_0_with_a_given_or_computed_exponent(role: str) -> None:
    text = f"{role}\nweight a := 0\nE = a^n\nminimise sum E"
    found = cr.Model(text).evaluate(second=True)
    assert [pattern.gradient["a"] for pattern in found.patterns] == [0, 1, 0, 0]
    assert found.gradient["a"] == 1
    assert found.hessian["a"]["a"] == 2
    assert all(one["a"] == -1 for one in stepped(text))


def test_powers_of_0_whose_exponent_is_a_letter() -> None:
    text = "index j = 0..3\nweight u := 0\nE = Σ_j (j + 1)*u^j\nminimise E"
    found = cr.Model(text).evaluate(second=True)
    assert (found.error, found.gradient["u"], found.hessian["u"]["u"]) == (1, 2, 6)
    assert "[j ≠ 0]" in str(cr.Model(text).derive("u", detail="brief"))
    # from 1 on there is nothing to guard
    assert "≠" not in str(cr.Model("index j = 1..3\nweight u\nE = Σ_j u^j").derive("u", detail="brief"))


def test_a_moving_exponent_at_0_keeps_the_mixed_derivative() -> None:
    found = cr.Model("weight a := 2, b := 0\nE = a^b").evaluate(second=True)
    assert found.hessian["a"]["b"] == found.hessian["b"]["a"] == 0.5


@pytest.mark.parametrize(
    ("form", "value", "slope"),
    [
        ("[x > 0]*x*log(w*x)", 0, 0),
        ("if(x > 0, x*log(w*x), 0)", 0, 0),
        ("[x > 0]*w/x", 0, 0),
        ("-[x != 0]*(w/x^2)", 0, 0),
        ("w^2*[x > 0]/x/x", 0, 0),
        ("w + [x > 0]*sqrt(x - w)*w", 2, 1),
    ],
)
def test_a_bracket_guards_what_has_no_value_beside_it(form: str, value: float, slope: float) -> None:
    text = f"data x in {{0}}\nweight w := 2\nE = {form}\nminimise sum E"
    found = cr.Model(text).evaluate(second=True)
    assert (found.error, found.gradient["w"], found.hessian["w"]["w"]) == (value, slope, 0)
    assert all(one["w"] == 2 - slope for one in stepped(text))
    model = cr.Model(text)
    assert "nan" not in model.explain(model.train(steps=1)).text(tests=True).lower()


@pytest.mark.parametrize("operator", ["max", "min", "prod"])
def test_a_reduction_of_products_is_no_sum_of_products_in_fused_numbers(operator: str) -> None:
    text = f"index j = 1..3\nweight p[j] := [0.2, 0.5, 0.9], v[j] := [0.3, -0.2, 0.7]\nE = {operator}_j (p[j]*v[j])"
    gradient = cr.Model(text).evaluate().gradient
    for found in stepped(text):
        assert found["p"] == pytest.approx(np.array([0.2, 0.5, 0.9]) - gradient["p"], rel=1e-14)


TIE = "index j = 1..3\nweight p[j] := [0.2, 0.5, 0.9], v[j] := [0.3, -0.2, 0.7]\n"


@pytest.mark.parametrize(
    ("form", "wanted"),
    [
        ("E = max_j ((p[j] + v[j])·0.1 + (p[j] + v[j])·0.7)", [0, 0, 0.8]),
        ("E = -min_j (-(p[j] + v[j])·0.1 - 0.7·(p[j] + v[j]))", [0, 0, 0.8]),
        ("z[j] = (p[j] + v[j])·0.1 + (p[j] + v[j])·0.7\nE = max_j z[j]", [0, 0, 0.8]),
        ("E = max_j (0·p[j] + 2·v[1] + p[2]·3)", [0, 3, 0]),
        ("E = max_j max((p[j] + v[j])·0.1 + (p[j] + v[j])·0.7, v[j])", [0, 0, 0.8]),
    ],
)
def test_a_tie_is_decided_on_the_bits_that_were_compared(form: str, wanted: list[float]) -> None:
    model = cr.Model(TIE + form)
    found = model.evaluate(second=True)
    assert found.gradient["p"] == pytest.approx(wanted)
    assert model.derive("p").steps
    run = model.train(steps=3, rate=0.1)
    assert "gradient used in step 1 is wrong" not in model.explain(run).text(tests=True)


def test_three_that_are_equal_share_equally() -> None:
    model = cr.Model("index j = 1..3\nweight w := 1, p[j] := [1, 1, 1]\nz[j] = w·p[j]\nE = max_j z[j] + min_j z[j]")
    found = model.evaluate()
    assert found.gradient["p"] == pytest.approx([2 / 3] * 3)
    assert found.gradient["w"] == pytest.approx(2)
    model.derive("p")
    patterns = cr.Model("data x in {1, 1, 1}\nweight w := 1\nz = w·x\nminimise max z")
    assert patterns.evaluate().gradient["w"] == pytest.approx(1)
    assert "is wrong" not in patterns.explain(patterns.train(steps=2, rate=0.1)).text(tests=True)


def test_functions_and_macros_may_stand_in_declarations() -> None:
    gelu = cr.Model("data x in {-1}\nweight w := 0\nE = gelu(x) + w\n").evaluate().error
    text = (
        "f(u) = u^2\nconst c := gelu(-1), n := f(2)\nindex i = 1..n, k = 1..floor(gelu(3))\n"
        "data x in {gelu(-1), elu(-1)}\nweight w in [gelu(-1), swish(3)] := elu(-0.1)\n"
        "weight v[i,k] ~ normal(0, swish(c + 2))\n"
        "E = (w*x - c)^2 + 0*v[1,1]\nminimise sum E"
    )
    model = cr.Model(text)
    assert model.evaluate().values["c"] == gelu
    assert model.evaluate().values["v"].shape == (4, 2)
    run = model.train(steps=2, rate=100.0)
    assert gelu <= run.weights["w"] <= 3
    assert model.explain(run).text(tests=True)
    fact = "index k = 1..2\ndata x\ntarget y[k]\nfact Σ_k y[k] = gelu(1)\nweight w := 1\nE = Σ_k (w*x - y[k])^2"
    assert cr.Model(fact).derive("w").steps


@pytest.mark.parametrize(
    "text",
    [
        "f(u) = u^9\nweight w := 0.5\nE = f'(w)",
        "f(u) = tanh(u)\nweight w := 0.5\nE = f''(w)",
        "f(u) = u*w*u\nweight w := 0.5\nE = f'(w) + f''(2*w)",
        "data x in {0, 1}\nweight w := 0.5\nE = (w*x - 250000)^2",
        "index i = 1..100\nweight w := 0.5\nE = Σ_i (w − i)²",
        "index j = 0..3\nweight w := 0.5\nE = Σ_j (w*j^(1/4) - 1)^2",
        "index j = 1..3\nweight w := 0.5, v := 0.3\nE = max_j (w*v + 0*j)",
        "data x in {0, 1}\nweight w := 0.5\nE = x^w + asinh(w) + floor(w*x)",
    ],
)
def test_derivations_at_large_numbers_primes_and_ties(text: str) -> None:
    assert cr.Model(text).derive("w").steps
