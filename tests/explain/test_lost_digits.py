"""Angles so large that the digits of their sine are lost: nothing is accused, and what is not known is called so."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from chainrule.explain import explain
from chainrule.train.run import Run

ACCUSING = ("inexact", "is wrong", "were wrong", "do not add up", "do not agree", "chain rule make", "by the equations")


@pytest.mark.parametrize("text", [
    "weight w := 1e10\nE = sin(w)²",
    "weight w := 1e17\nE = (sin(w) − 1)² + w/1e17",
    "weight w := −3e9, v := 1\nE = (v·cos(w))²",
    "index i = 1..2\nweight w[i] := [1, 4e12]\nE = Σ_i sin(w[i])²",
    "f(u) = sin(1000u)\nweight w := 1e7\nE = f(w)²",
    "weight w := 1e10\ng = −(sin(w)/cos(w))²\nmaximise g",
])  # fmt: skip
def test_nothing_is_compared_where_digits_are_lost(trained: Callable[..., Run], text: str) -> None:
    story = explain(trained(text, rate=0.01, steps=5))
    told = story.text(tests=True) + story.text()
    assert not [word for word in ACCUSING if word in told]
    for claim in story.claims:
        if claim.id != "dead":
            assert claim.evidence["kind"] == "lost digits", claim.id
            assert claim.evidence["lost"], claim.id
            assert claim.statement.startswith("It cannot be said: ")
            assert "digits of its result are lost" in claim.statement
    assert story.text().count("It cannot be said, for the same reason.") == 8
    assert "∞" not in told


@pytest.mark.parametrize(
    "text", ["weight w := 9e7\nE = sin(w)²", "weight w := 1e10\nE = (w/1e10 − 2)²", "weight w := 1e10\nE = sin(w/1e9)²"]
)
def test_large_numbers_that_are_no_such_angles_are_told_of(trained: Callable[..., Run], text: str) -> None:
    story = explain(trained(text, rate=0.01, steps=5))
    assert not [claim.id for claim in story.claims if claim.evidence["kind"] == "lost digits"]


def test_a_run_that_ends_in_such_angles_is_not_told_to_rest_there(trained: Callable[..., Run]) -> None:
    run = trained("weight w := 3, v := 1e-3\nE = (v·sin(w) − 1)⁴ + sin(w)", rate=1e60, steps=6)
    end = explain(run)["end"]
    assert end.evidence["kind"] in ("lost digits", "left the finite numbers")


def test_of_a_run_that_left_the_finite_numbers_that_is_told(trained: Callable[..., Run]) -> None:
    run = trained("weight w := 10\nE = w⁴ + sin(w)", rate=1.0, steps=20)
    story = explain(run)
    assert story["end"].evidence["kind"] == "left the finite numbers"
    assert story["update"].evidence["kind"] == "worse"
    assert story["decrease"].evidence["kind"] == "lost digits"
    assert "It left the finite numbers" in story.text()


def test_a_weight_too_large_for_a_picture_has_none(trained: Callable[..., Run]) -> None:
    """Beside 1e17 there are too few numbers for the points of a curve."""
    story = explain(trained("weight w := 1e17\nE = (w/1e17 − 2)²", rate=1.0, steps=2))
    assert story.curve is None or (np.diff(story.curve.weights) > 0).all()
    assert story.text()
    assert story.html()
