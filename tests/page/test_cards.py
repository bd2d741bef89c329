"""Statements about a training: each is as its numbers say, whatever the model is."""

from __future__ import annotations

import pytest

import chainrule as cr
from chainrule.page.cards import every
from chainrule.page.strings import english, load
from chainrule.page.subject import Subject


def said(text: str, **how: object) -> dict[str, tuple[bool, str]]:
    """Of a model the statements with whether they hold and why; at another rate the training never ends well."""
    run = cr.Model(text).train(**how)  # type: ignore[arg-type]
    assert isinstance(run, cr.Run)
    return {
        one.statement: (one.holds, one.because)
        for one in every(Subject(run), english(), lambda rate: (1.0 / rate, 5, rate > 10))
    }


def test_patterns_that_want_different_weights() -> None:
    found = said("data x in {1, 2}\ntarget y = 4 - 3·x\nweight w := 0\nconst α := 0.1\nE = ½(w·x − y)²", steps=5)
    holds, why = found["Step 1 lowers E of its own pattern. So it lowers E of every pattern."]
    assert (holds, why.startswith("Not so: for 1 pattern E rose.")) == (False, True)


def test_patterns_that_want_the_same() -> None:
    found = said("data x in {1, 2}\ntarget y = x\nweight w := 0\nconst α := 0.1\nE = ½(w·x − y)²", steps=5)
    assert found["Step 1 lowers E of its own pattern. So it lowers E of every pattern."][0]


@pytest.mark.parametrize(("rate", "holds"), [("0.5", False), ("0.000001", True)])
def test_how_far_the_tangent_tells(rate: str, holds: bool) -> None:
    found = said(f"data x in {{1}}\ntarget y = x\nweight w := 0\nconst α := {rate}\nE = ½(w·x − y)²", steps=3)
    [one] = [key for key in found if key.startswith("The slope says by how much step 1")]
    assert found[one][0] is holds


def test_other_rates() -> None:
    found = said("data x in {1}\ntarget y = x\nweight w := 0\nconst α := 0.5\nE = ½(w·x − y)²", steps=3)
    assert found["With a hundred times the rate, 50, this training runs away."][0]
    [one] = [key for key in found if key.startswith("With a fifth of the rate, 0.1,")]
    assert found[one] == (False, "Not so: it is 10, and with the rate of the file 2. Small steps also go less far.")


@pytest.mark.parametrize("text", [
    "weight w := 1\nconst α := 0.1\nE = w²", "weight w := 1\nmaximise E\nconst α := 0.1\nE = −w²",
    "data x in {0, 1}\ntarget y = x\nweight w := 0.5\nE = ½(w·x − y)²",
    "index i = 1..2\ndata x[i]\ntarget y\nweight W[i] := 0\nE = ½(Σ_i W[i]·x[i] − y)²",
])  # fmt: skip
def test_every_model_has_statements_or_none(text: str) -> None:
    data = {"x": [[1.0, 2.0], [0.0, 1.0]], "y": [1.0, 0.0]} if "index" in text else None
    run = cr.Model(text).train(data, steps=3)
    for strings in (english(), load("de")):
        for one in every(Subject(run), strings, None):
            assert one.statement
            assert one.because
