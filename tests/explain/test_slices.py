"""An explanation of a recurrence that is too long is refused at once, and says how to go on."""

from __future__ import annotations

import pytest
from tests.laws.growth import FAMILIES

import chainrule as cr

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
