"""Quantities whose entries are given one by one: which letter numbers them, and that they are computed as written."""

from __future__ import annotations

import math

import numpy as np
import pytest

import chainrule as cr
from chainrule import ChainruleError

H1 = math.tanh(0.5)

RIGHT = {
    "read by its letter": (
        "index k = 1..2\ndata x\ntarget y[k]\ntable x | y[1] y[2]\n1 | 0 1\nweight w := 0.5\n"
        "z[1] = w*x\nz[2] = w^2\nE = sum_k (z[k] - y[k])^2\n",
        0.25 + 0.5625,
        2 * 0.5 + 2 * (0.25 - 1) * 2 * 0.5,
    ),
    "read with a prime": (
        "index k = 1..2\nweight w := 0.5\nz[1] = w\nz[2] = w^2\ns[k] = z[k]/sum_k' z[k']\nE = s[1]\n",
        0.5 / 0.75,
        -1 / 1.5**2,
    ),
    "read by numbers alone": (
        "index t = 0..2\nweight w := 0.5\nh[0] = 1\nh[1] = tanh(w*h[0])\nh[2] = w*h[1]\nE = h[2]\n",
        0.5 * H1,
        H1 + 0.5 * (1 - H1**2),
    ),
    "the one letter of two that runs over these numbers": (
        "index i = 1..3, k = 1..2\nweight w := 0.5, v[i]\nz[1] = w\nz[2] = 3*w\nE = z[1]*z[2] + 0*sum_i v[i]\n",
        0.75,
        3.0,
    ),
    "in another order": (
        "index k = 1..3\nweight w := 0.5\nz[3] = w\nz[1] = 2*z[3]\nz[2] = z[1] + z[3]\nE = sum_k k*z[k]\n",
        1 + 3 + 1.5,
        11.0,
    ),
    "of patterns": (
        "patterns p\nindex k = 1..2\ndata x[p]\ntable x\n1\n2\nweight w := 0.5\nz[p,1] = w*x[p]\nz[p,2] = x[p]\n"
        "E[p] = sum_k z[p,k]^2\nminimise sum_p E[p]\n",
        0.25 + 1 + 1 + 4,
        5.0,
    ),
    "a matrix": (
        "index i = 1..2, j = 1..2\nweight w := 0.5\nM[1,1] = w\nM[1,2] = 1\nM[2,1] = 2\nM[2,2] = w\n"
        "E = sum_{i,j} M[i,j]*M[j,i]\n",
        2 * 0.25 + 4,
        2.0,
    ),
    "a letter on one side, numbers on the other": (
        "index i = 1..2, j = 1..2\nweight w := 0.5\nM[i,1] = w*i\nM[i,2] = 1\nE = sum_{i,j} M[i,j]^2\n",
        0.25 + 1 + 2,
        2 * 0.5 * 5,
    ),
    "one entry": ("index k = 1..1\nweight w := 0.5\nz[1] = w\nE = sum_k z[k]\n", 0.5, 1.0),
}  # fmt: skip


@pytest.mark.parametrize(("text", "value", "slope"), RIGHT.values(), ids=RIGHT)
def test_entries_given_one_by_one_are_an_array(text: str, value: float, slope: float) -> None:
    model = cr.Model(text)
    found = model.evaluate(weights={"v": [0, 0, 0]} if "v[i]" in text else {})
    assert found.error == pytest.approx(value, rel=1e-14)
    assert found.gradient["w"] == pytest.approx(slope, rel=1e-14)
    assert not [warning for warning in model.warnings if "no entry" in warning.message]
    assert cr.Model(model.text).text == model.text


@pytest.mark.parametrize("text", [text for text, *_ in RIGHT.values()], ids=RIGHT)
def test_they_train_and_are_derived(text: str) -> None:
    model = cr.Model(text)
    start = {"v": [0.0, 0.0, 0.0]} if "v[i]" in text else {}
    ends = [
        model.train(rate=0.01, steps=5, start=start, batch="all", engine=engine).weights["w"]
        for engine in ("native", "reference")
    ]
    assert ends[0] == ends[1] != 0.5
    assert all(step.check.ok for step in model.derive("w").steps.steps)


REFUSED = {
    "an entry is missing": (
        "index k = 1..3\nweight w := 0.5\nz[1] = w\nz[2] = w\nE = sum_k z[k]\n",
        ("E130", 3, 1, "z[3] has no equation"),
    ),
    "a hole": (
        "index k = 1..3\nweight w := 0.5\nz[1] = w\nz[3] = w\nE = sum_k z[k]\n",
        ("E130", 3, 1, "z[2] has no equation"),
    ),
    "of a matrix": (
        "index i = 1..2, j = 1..2\nweight w := 0.5\nM[1,1] = w\nM[2,2] = w\nM[1,2] = 0\nE = sum_{i,j} M[i,j]\n",
        ("E130", 3, 1, "M[2,1] has no equation"),
    ),
    "no letter at all": (
        "weight w := 0.5\nz[1] = w\nz[2] = w\nE = z[1] + z[2]\n",
        ("E130", 2, 1, "no letter says what the 1 of z is one of"),
    ),
    "a letter without a size of its own": (
        "index k\ndata x[k]\nweight w := 0.5\nz[1] = w\nz[2] = w\nE = sum_k z[k]*x[k]\n",
        ("E130", 4, 1, "which entries z has is not known"),
    ),
    "a range by a const": (
        "const K := 2\nindex k = 1..K\nweight w := 0.5\nz[1] = w\nz[2] = w\nE = sum_k z[k]\n",
        ("E130", 4, 1, "which entries z has is not known"),
    ),
    "each by the other": (
        "index k = 1..2\nweight w := 0.5\nz[1] = z[2]\nz[2] = z[1]*w\nE = sum_k z[k]\n", ("E102", 3, 8, "itself"),
    ),
    "twice": (
        "index k = 1..2\nweight w := 0.5\nz[1] = w\nz[1] = 2*w\nz[2] = w\nE = sum_k z[k]\n",
        ("E135", 4, 1, ""),
    ),
    "with another number of indices": (
        "index k = 1..2\nweight w := 0.5\nz[1] = w\nz[1,2] = w\nE = sum_k z[k]\n",
        ("E110", 3, 1, ""),
    ),
    "a name that is taken": (
        "index k = 1..2\nweight w := 0.5\ndata z[k]\nz[1] = w\nz[2] = w\nE = sum_k z[k]\n",
        ("E103", 4, 1, ""),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "error"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_given_is_said(text: str, error: tuple[str, int, int, str]) -> None:
    code, line, column, problem = error
    with pytest.raises(ChainruleError) as caught:
        cr.Model(text).evaluate(data={"x": [np.ones(2)]} if "x[k]" in text else None)
    assert (caught.value.code, caught.value.place) == (code, (line, column))
    assert problem in str(caught.value)
