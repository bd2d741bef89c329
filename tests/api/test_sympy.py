"""Equations to SymPy and back: what crosses means the same, and what cannot is refused with the reason."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
from tests.laws.engines import random_model

import chainrule as cr
from chainrule.model.constants import constants

sympy = pytest.importorskip("sympy")

LAW = 1e-9
"""Terms and factors stand in another order, so sums of some ten terms of about 1 are rounded elsewhere."""

TEXTS = {
    "functions": "data x in {-1, 0.5, 2}\nweight w := 0.7, v := −0.3\nf(u) = u²/(1 + u²)\n"
    "E = (f(w·x) + tanh(v·x) + σ(w + v·x) + softplus(x·w) + relu(v·x) + log(1 + w²) + sqrt(w² + 1) + exp(v) + "
    "erf(w·x) + sin(x) + cos(w) + sinh(v) + cosh(v) + arctan(w) + asinh(x·v) + abs(x − w) + sign(x) + floor(2·x) + "
    "max(w·x, v) + min(x, w) + gelu(w·x) + elu(v·x) + x^3 + w^(2/3) + π)²",
    "brackets": "data x in {-1, 0.5, 2}\nweight w := 0.7\nE = ([x > 0]·w + if(x < w, x, w²))²",
    "primes": "data x in {-1, 0.5, 2}\nweight w := 0.7\nf(u) = tanh(u)\nE = (f'(w·x) + f''(w))²",
    "shifts": "index i = 1..4, p = 1..3, u = 1..2\ndata x[i] in {0, 1}\nweight k[u] := [0.5, −0.2]\n"
    "z[p] = Σ_u k[u]·x[p + u − 1]\nE = ½·Σ_p (z[p] − p)²",
    "recurrence": "index t = 1..3\ndata x[t] in {0, 1}\nweight u := 0.5, w := 0.3\nh[0] = 0.1\n"
    "h[t] = tanh(u·h[t-1] + w·x[t])\nE = h[3]² + mean_t h[t] + Π_t (1 + h[t]²)",
    "softmax": "index i = 1..2, k = 1..3\ndata x[i] in {0, 1}\nweight W[k,i] := [[1, 2], [3, −4], [0.5, 0]]\n"
    "z[k] = Σ_i W[k,i]·x[i]\np[k] = softmax_k(z[k])\nE = −log(p[1]) − 2·log(p[3])",
    "border": "index t = 1..3\ndata x[t] in {0, 1}\nweight w := 0.5\nE = Σ_t ([t-1 in t]·w·x[t-1] + t·w)²",
}  # fmt: skip


def back(model: cr.Model) -> cr.Model:
    """A model through SymPy, each name in its role."""
    named = {
        role: [one.name + (f"[{','.join(one.letters)}]" if one.letters else "") for one in model.network.named(role)]
        for role in ("data", "target", "weight", "const")
    }
    goal = next((line.split(" ", 1)[1] for line in model.text.splitlines() if line.startswith("minimise ")), None)
    ranges = constants(model.network, partial=True).ranges
    index = {letter: (ranges[one.name][0], ranges[one.name][-1])
             for one in model.network.sets if one.name in ranges for letter in one.letters}  # fmt: skip
    return cr.from_sympy(
        model.to_sympy(), data=named["data"], targets=named["target"], weights=dict.fromkeys(named["weight"]),
        consts=dict.fromkeys(named["const"]), minimise=goal, index=index,
    )  # fmt: skip


def same(model: cr.Model) -> None:
    """The law: what comes back has the same values and slopes, and goes out again as the same."""
    other = back(model)
    assert other.to_sympy() == model.to_sympy()
    run = model.train(steps=0)
    consts = {name: np.asarray(value).tolist() for name, value in run.consts.items()}
    known = {one.name for one in other.network.named("const")}
    found = other.evaluate(run.start, dict(run.data), {name: one for name, one in consts.items() if name in known})
    wanted = model.evaluate(run)
    assert abs(found.error - wanted.error) <= LAW * (1 + abs(wanted.error))  # type: ignore[operator]
    for name, slope in wanted.gradient.items():
        assert np.allclose(found.gradient[name], slope, rtol=LAW, atol=LAW), name


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_there_and_back(text: str) -> None:
    same(cr.Model(text))


@pytest.mark.parametrize("name", ["identity", "xor", "mazur"])
def test_examples_there_and_back(name: str) -> None:
    same(cr.example(name))


def test_random_models_there_and_back() -> None:
    crossed = 0
    for seed in range(25):
        model = random_model(seed)
        try:
            model.to_sympy()
        except cr.UsageError:
            continue  # a maximum over a letter, a mean over the patterns
        crossed += 1
        same(model)
    assert crossed > 5


def test_sizes_from_the_data() -> None:
    model = cr.mlp(None, 3, None)
    other = back(model)
    assert "index i\n" in other.text
    data = {"x": np.eye(4), "y": np.ones((4, 2))}
    start = model.train(data=data, steps=0, batch="all").start
    assert np.isclose(other.evaluate(start, data).error, model.evaluate(start, data).error, rtol=LAW)


x, y, w = sympy.symbols("x y w")


@pytest.mark.parametrize(
    ("expr", "line"),
    [
        (sympy.tan(x), "sin(x)/cos(x)"), (sympy.coth(x), "(exp(x) + exp(−x))/(exp(x) − exp(−x))"),
        (x * sympy.exp(-x), "x·exp(−x)"), (sympy.Max(x, y, 0), "max(0, max(x, y))"), (sympy.Max(x, 0), "relu(x)"),
        (sympy.Float("0.1") * x, "0.1·x"), (x ** sympy.Rational(-3, 2), "1/x^(3/2)"), (-x / 3, "−x/3"),
        (sympy.log(1 + sympy.exp(x)), "softplus(x)"), (sympy.Heaviside(x), "sign(x)/2 + ½"), (2**x, "2^x"),
        (sympy.Piecewise((x, sympy.And(x > 0, y > 1)), (y, True)), "if(x > 0, if(y > 1, x, y), y)"),
        (sympy.Piecewise((x, sympy.Or(x > 0, y > 1)), (y, True)), "if(x > 0, x, if(y > 1, x, y))"),
        (sympy.erfc(x), "1 − erf(x)"), (sympy.E**2, "exp(2)"), (sympy.sqrt(x) / x, None),
    ],
    ids=str,
)  # fmt: skip
def test_what_comes_in(expr: Any, line: str | None) -> None:
    model = cr.from_sympy({"f": expr, "E": w**2}, weights={"w": 1}, data=["x", "y"], minimise="E")
    if line:
        assert f"f = {line}\n" in model.text
    values = model.evaluate(data={"x": [0.5, 2.0], "y": [1.5, 0.5]}).values["f"]
    wanted = [float(expr.subs({x: a, y: b})) for a, b in ((0.5, 1.5), (2.0, 0.5))]
    assert np.allclose(values, wanted, rtol=LAW)


def test_arrays_come_in() -> None:
    i, j = sympy.symbols("i j", integer=True)
    k = sympy.Idx("k", (1, 2))
    W, v, X, h = map(sympy.IndexedBase, ("W", "v", "x", "h"))
    equations = [
        sympy.Eq(h[j], sympy.tanh(sympy.Sum(W[j, i] * X[i], (i, 1, 3)))),
        sympy.Eq(sympy.Symbol("q"), sympy.Sum(v[k] * h[k], (k, 1, 2))),
        sympy.Eq(sympy.Symbol("E"), (sympy.Symbol("q") - y) ** 2 / 2),
    ]
    model = cr.from_sympy(
        equations, data=["x"], targets=["y"], weights={"W": "normal(0, 1)", "v": [0.5, -1]}, index={"j": (1, 2)}
    )
    assert "weight W[j,i] ~ normal(0, 1)" in model.text
    run = model.train(data={"x": np.eye(3), "y": [0.0, 1.0, 0.0]}, steps=5)
    assert run.weights["W"].shape == (2, 3)


@pytest.mark.parametrize(
    ("given", "how", "code"),
    [
        ({"E": sympy.gamma(x)}, {"data": ["x"]}, "E412"), ({"E": sympy.I * x}, {"data": ["x"]}, "E412"),
        ({"E": sympy.oo}, {}, "E412"), ({"E": sympy.Piecewise((x, x > 0))}, {"data": ["x"]}, "E412"),
        ({"E": sympy.Derivative(sympy.sin(x), x)}, {"data": ["x"]}, "E412"), ({"E": sympy.Symbol("a b")}, {}, "E413"),
        ({"E": w * x}, {"weights": {"w": 1}}, "E413"), ([], {}, "E413"), (3, {}, "E413"), ([x + 1], {}, "E413"),
        ({"E": w}, {"weights": {"w": 1}, "data": ["E"]}, "E413"), ({"E": w}, {"weights": {"w": dict}}, "E413"),
        ({"E": w}, {"weights": {"w": 1}, "index": {"i": 3}}, "E413"), ({"E": "w"}, {}, "E413"),
        ({"E": sympy.Sum(x, (y, 1, 2)) + sympy.Sum(x, (y, 1, 3))}, {"data": "x"}, "E413"),
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_come_in(given: Any, how: dict[str, Any], code: str) -> None:
    with pytest.raises(cr.ChainruleError) as caught:
        cr.from_sympy(given, **how)
    assert caught.value.code == code


def test_what_cannot_go_out() -> None:
    for text in ("index i = 1..3\nweight w[i] := 1\nq = max_i w[i]\nE = Σ_i w[i]²\nminimise E",
                 "data x in {0, 1}\nweight w := 1\nf = w·x\nE = (f − mean f)²"):  # fmt: skip
        with pytest.raises(cr.UsageError, match="E412"):
            cr.Model(text).to_sympy()
    model = cr.Model("index i = 1..3\nweight w[i] := 1\nq = max_i w[i]\nE = Σ_i w[i]²\nminimise E")
    assert len(model.to_sympy("E")) == 1
    with pytest.raises(cr.UsageError, match="E456"):
        model.to_sympy("p")


def test_without_sympy(monkeypatch: pytest.MonkeyPatch) -> None:
    for file in ("outward", "written"):
        monkeypatch.setitem(sys.modules, f"chainrule.api.symbolic.{file}", None)
    with pytest.raises(cr.MissingExtra, match=r"chainrule\[sympy\]"):
        cr.example("identity").to_sympy()
    with pytest.raises(cr.MissingExtra, match=r"chainrule\[sympy\]"):
        cr.from_sympy({"E": w})
