"""Sums that brackets make 0 out of a range: machine code leaves the zeros out, and the bits are those of all terms."""

from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

pytest.importorskip("llvmlite")

from tests.laws.engines import difference, polled

import chainrule as cr
from chainrule.engines.native import kernel as native
from chainrule.tape.plan import Plan

NUMERICS = ["exact", "fused", "fused32", "plain32"]

POOLED = """\
index r, s = 0..9, u, v = 0..2, m = 1..3, p, q = 0..7, a, b = 0..3, n = 1..{maps}, e, f = 0..1, i, j = 0..1
data x[r,s]
target y[n]
weight K[m,u,v], k[m], L[n,m,u,v]
const α := 0.05
h[m,p,q] = tanh(Σ_{{u,v}} K[m,u,v]·x[p+u,q+v] + k[m])
g[m,a,b] = {pooling}
z[n,e,f] = tanh(Σ_{{m,u,v}} L[n,m,u,v]·g[m,e+u,f+v])
E = ½·Σ_n (Σ_{{e,f}} z[n,e,f] − y[n])²
"""
"""Two convolutions with a pooling between them."""

POOLINGS = [
    "Σ_{i,j} h[m,2a+i,2b+j]/4", "max_{i,j} h[m,2a+i,2b+j]", "h[m,2a,2b]", "h[m,2a+1,7−2b]", "h[m,a,b]·h[m,a+4,b+1]",
]  # fmt: skip

PADDED = """\
index r = 1..{size}, u = 0..2
data x[r]
target y[r]
weight K[u], w[u]
h[r] = tanh(Σ_u K[u]·([r+u-1 in r]·x[r+u-1]))
E = ½·Σ_r (Σ_u w[u]·([r+u-1 in r]·h[r+u-1]) − y[r])²
"""


def of(text: str, shape: tuple[int, ...], targets: tuple[int, ...]) -> cr.Model:
    draw = np.random.default_rng(1)
    x, y = draw.uniform(-1, 1, (9, *shape)), draw.uniform(-1, 1, (9, *targets))
    x[x > 0.7] = -0.0
    return cr.Model(text, data={"x": x, "y": y})


def sums(model: cr.Model, **how: Any) -> int:
    """How many sums a training narrows."""
    found: list[Plan] = []
    made = native.plan

    def plan(*given: Any) -> Plan:
        found.append(made(*given))
        return found[-1]

    with patch.object(native, "plan", plan), patch.object(native.KERNELS, "most", 0):
        model.train(engine="native", **how)
    return max(len(one.narrow) for one in found)


@pytest.mark.parametrize("numerics", NUMERICS)
@pytest.mark.parametrize("pooling", POOLINGS)
def test_convolutions_and_poolings(pooling: str, numerics: str) -> None:
    for maps, batch in ((1, 1), (4, 2), (2, 9)) if numerics == "exact" else ((2, 9),):
        model = of(POOLED.format(maps=maps, pooling=pooling), (10, 10), (maps,))
        assert not difference(model, steps=3, batch=batch, numerics=numerics)


@pytest.mark.parametrize("numerics", NUMERICS)
@pytest.mark.parametrize("size", [1, 2, 5, 17])
def test_padding(size: int, numerics: str) -> None:
    for batch in (1, 9):
        assert not difference(of(PADDED.format(size=size), (size,), (size,)), steps=4, batch=batch, numerics=numerics)


def test_they_are_narrowed() -> None:
    """Else the others of these tests would show nothing."""
    assert sums(of(POOLED.format(maps=2, pooling=POOLINGS[0]), (10, 10), (2,)), steps=40, batch=2) == 2
    assert sums(of(PADDED.format(size=5), (5,), (5,)), steps=4000, batch=2) > 0


@pytest.mark.parametrize("bound", [0, 100])
def test_their_loops_ask_whether_to_end(bound: int) -> None:
    with polled(bound):
        assert not difference(of(POOLED.format(maps=2, pooling=POOLINGS[0]), (10, 10), (2,)), steps=3, batch=2)


@pytest.mark.parametrize("numerics", NUMERICS)
def test_the_sign_of_a_sum_of_zeros(numerics: str) -> None:
    """−0 + −0 is −0; with a term that is left out, which is +0, it is +0."""
    model = cr.Model(
        "index r = 1..9, u = 0..2\ndata x\nweight w[r]\n"
        "v[r] = Σ_u [r+u-1 in r]·w[r+u-1]\nE = Σ_r v[r]·x\nupdate w <- v",
        data={"x": [1.0, 2.0]},
    )
    assert sums(model, steps=1, numerics=numerics)
    for start in (-0.0, 0.0):
        runs = [
            model.train(steps=1, numerics=numerics, engine=engine, start={"w": np.full(9, start)}, record=1)
            for engine in ("native", "reference")
        ]
        for run in runs:
            assert np.signbit(run.weights["w"]).tolist() == [False, *[bool(np.signbit(start))] * 7, False]


def test_runs_side_by_side() -> None:
    model = of(POOLED.format(maps=2, pooling=POOLINGS[0]), (10, 10), (2,))
    rates = [0.01, 0.05, 0.1]
    together = model.train(steps=3, batch=3, rate=rates, engine="native")
    assert [run.sha256 for run in together] == [
        model.train(steps=3, batch=3, rate=rate, engine="reference").sha256 for rate in rates
    ]
