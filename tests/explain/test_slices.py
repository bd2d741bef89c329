"""An explanation of a recurrence that is too long is refused at once, and says how to go on."""

from __future__ import annotations

import numpy as np
import pytest
from tests.laws.growth import FAMILIES, counted

import chainrule as cr
from chainrule.explain.measure.context import Context

RECURRENCE = FAMILIES["recurrence"][1]


@pytest.mark.parametrize("n", [3_000])
def test_a_long_recurrence_is_refused(n: int) -> None:
    model = cr.Model(RECURRENCE(n))
    run = model.train(steps=2, rate=0.001)
    with pytest.raises(cr.LimitError, match="E321") as caught:
        model.explain(run)
    assert "with chainrule.limits(slices=N)" in str(caught.value)


def test_weights_that_are_very_many_are_refused_at_once() -> None:
    model = cr.Model("index i = 1..20000\ndata x in {0.5, 1}\nweight w[i] := 0.1\nE = (Σ_i w[i]·x − 1)²")
    run = model.train(steps=2, rate=1e-6)
    with pytest.raises(cr.LimitError, match="E402") as caught:
        model.explain(run)
    assert 'limits={"weights": 20000}' in str(caught.value)


def test_a_short_one_is_explained_and_the_limit_counts() -> None:
    model = cr.Model(RECURRENCE(12))
    run = model.train(steps=2, rate=0.001)
    assert model.explain(run, claims=["update"]).claims
    with cr.limits(slices=5), pytest.raises(cr.LimitError, match="E321"):
        model.explain(run, claims=["update"])


CALLS = 150
"""Calls of Python for a slice, forward and backward: the equations of one are done in fewer than twenty operations."""


def test_an_evaluation_takes_few_calls_for_a_slice_and_as_many_for_each() -> None:
    made = []
    for n in (50, 100):
        context = Context(cr.Model(RECURRENCE(n)).train(steps=1, rate=0.001))
        context.evaluator.gradient(context.start[None, :])
        with counted() as calls:
            context.evaluator.gradient(context.start[None, :])
        made.append(calls.made)
    assert made[0] < CALLS * 50
    assert made[1] < 2.1 * made[0]


BRACKETS = ("[t < size(t)]*u", "[t == 2]*u + [3 in t]*w", "u*[t > 1]*x/(w + [2 == 2])", "size(t)*u*[t <= 3]",
            "[t == 1]*log(w)/(t - 1 + [t == 1])")  # fmt: skip


@pytest.mark.parametrize("more", BRACKETS)
@pytest.mark.parametrize("read", ["h[t-1]", "h[t-1]*w"])
def test_brackets_that_a_slice_decides_change_nothing(more: str, read: str) -> None:
    """The engine, which knows no slices, has the same slopes: over all patterns, and over one alone."""
    text = (
        "index t = 1..4\ndata x in {0.5, 1, 2}\nweight w := 0.3, u := 0.7\nh[0] = x\n"
        f"h[t] = tanh({read} + {more})\nE = sum_t [t != 3]*h[t]^2 + h[2]*h[4]\n"
    )
    context = Context(cr.Model(text).train(steps=1, rate=0.001))
    points = np.array([context.start, context.start * 1.1])
    for rows in (None, (1,), (0, 2)):
        lanes = None if rows is None else np.array([rows, rows])
        expected = np.array([context.gradient(point, rows) for point in points])
        assert np.allclose(context.evaluator.gradient(points, lanes), expected, rtol=1e-12)
