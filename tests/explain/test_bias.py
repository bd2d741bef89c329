"""A bias for dead patterns of networks with letters: the line that is proposed, and what became of the patterns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.explain import Claim, explain
from chainrule.explain.measure.dead import bias_with_letters
from chainrule.train.run import Run

Trained = Callable[..., Run]

HEAD = "index i = 1..2, k = 1..3\ndata x[i]\ntarget y\nconst α := 0.25\n"
LINEAR = HEAD + "weight w[i] := 0.5\nŷ = Σ_i w[i]·x[i]\nE = ½(ŷ − y)²"
TWO = HEAD + "weight W[k,i] := [[0.5, 0.1], [-0.3, 0.4], [0.2, -0.6]], V[k] := [0.5, -0.2, 0.3]\n"
TWO += "h[k] = {}(Σ_i W[k,i]·x[i]/2)\nŷ = Σ_k V[k]·h[k]\nE = ½(ŷ − y)²"
SHUT = TWO.format("relu").replace("[[0.5, 0.1], [-0.3, 0.4], [0.2, -0.6]]", "-0.5")
CORNERS = [[0, 0], [0, 1], [1, 0], [1, 1]]
RECURRENT = """index t = 1..3, k = 1..2
data x[t]
target y
weight U[k] := [0.5, 0.3], R[k,k'] := 0.1, V[k] := 0.4
const α := 0.1
h[0,k] = 0
h[t,k] = tanh(U[k]·x[t] + Σ_k' R[k,k']·h[t-1,k'])
ŷ = Σ_k V[k]·h[3,k]
E = ½(ŷ − y)²"""
SHIFTED = """index i = 0..3, u = 0..1, s = 0..2, k = 0..1
data x[i]
target y
weight W[k,u] := 0.5, V[k] := 0.4
const α := 0.1
c[k,s] = tanh(Σ_u W[k,u]·x[s+u])
ŷ = Σ_{k,s} V[k]·c[k,s]
E = ½(ŷ − y)²"""


def told(trained: Trained, text: str, data: Any, steps: int = 5) -> Claim:
    return explain(trained(text, data, steps=steps), claims=["dead"])["dead"]


@pytest.mark.parametrize(
    ("targets", "after", "source"),
    [
        ([3.0, 3.0, 3.0, 3.0], [0.0], "w = 0 and b = 3 meet every pattern"),
        ([1.0, 2.0, -1.0, 0.0], [0.0], "y = 1 + x₂ − 2x₁ on three of them, and on the fourth too"),
        ([1.0, 0.0, 0.0, 1.0], [0.125], "least squares: the plane through the corners of XOR is ½ everywhere"),
    ],
)
def test_a_linear_unit_gets_what_least_squares_gives(
    trained: Trained, targets: list[float], after: list[float], source: str
) -> None:
    claim = told(trained, LINEAR, {"x": CORNERS, "y": targets})
    (found,) = claim.evidence["cures"]
    assert (found["line"], found["declared"], found["rows"]) == ("ŷ = Σ_i w[i]·x[i] + b", "weight b := 0", [0])
    assert found["errors_before"] == [targets[0] ** 2 / 2]
    assert found["errors_after"] == pytest.approx(after, abs=1e-6), source
    assert "A bias cures it: with ŷ = Σ_i w[i]·x[i] + b and weight b := 0" in claim.statement


def test_two_dead_patterns_that_disagree_meet_in_the_middle(trained: Trained) -> None:
    """Derived: (b − 1)² + (b − ½)² is least at b = ¾, where each E is 1/32."""
    claim = told(trained, LINEAR, {"x": [[0, 0], [1, 0], [0, 0]], "y": [1.0, 0.75, 0.5]})
    (found,) = claim.evidence["cures"]
    assert found["rows"] == [0, 2]
    assert found["errors_after"] == pytest.approx([1 / 32, 1 / 32], abs=1e-6)
    assert (found["better"], found["still_dead"]) == (2, 0)
    assert "A bias cures both dead patterns" in claim.statement


@pytest.mark.parametrize(
    ("text", "width", "line", "declared"),
    [
        (TWO.format("tanh"), 2, "h[k] = tanh(Σ_i W[k,i]·x[i]/2 + b[k])", "weight b[k] := 0"),
        (SHUT, 2, "ŷ = Σ_k V[k]·h[k] + b", "weight b := 0"),
        (RECURRENT, 3, "h[t,k] = tanh(U[k]·x[t] + Σ_k' R[k,k']·h[t−1,k'] + b[k])", "weight b[k] := 0"),
        (SHIFTED, 4, "c[k,s] = tanh(Σ_u W[k,u]·x[s+u] + b[k])", "weight b[k] := 0"),
        ("const b := 2\n" + LINEAR.replace("½", "b"), 2, "ŷ = Σ_i w[i]·x[i] + bias", "weight bias := 0"),
    ],
    ids=["hidden", "where a unit is shut", "recurrent", "shifted", "its name is taken"],
)
def test_the_line_has_a_bias_of_the_right_letters(
    trained: Trained, text: str, width: int, line: str, declared: str
) -> None:
    """Where every relu is shut a bias inside moves nothing, so it stands at the next sum of zeros."""
    data = {"x": [[0] * width, *np.eye(width)[1:].tolist()], "y": [1.0] + [0.2] * (width - 1)}
    (found,) = told(trained, text, data).evidence["cures"]
    assert (found["line"], found["declared"]) == (line, declared)
    other = cr.Model(found["text"], data=data)  # the text that is proposed can be read, and nothing in it is dead
    assert other.explain(other.train(steps=3), claims=["dead"])["dead"].evidence["dead_patterns"] == []


def test_a_pattern_that_is_right_as_it_is_gets_no_bias(trained: Trained) -> None:
    assert told(trained, LINEAR, {"x": CORNERS, "y": [0.0, 1.0, 1.0, 2.0]}).evidence["cures"] == []


def test_a_bias_that_does_not_count_cures_nothing(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: the line is written without it; and the training goes nowhere."""
    run = trained(TWO.format("tanh"), {"x": CORNERS, "y": [1.0, 0.0, 0.0, 1.0]}, steps=5)
    right = explain(run, claims=["dead"])["dead"]
    assert "A bias cures it" in right.statement
    with monkeypatch.context() as patch:
        idle = lambda context, place: (context.model.text, "ŷ = 0", "weight b")  # noqa: E731
        patch.setattr(bias_with_letters, "text_with_bias", idle)
        wrong = explain(run, claims=["dead"])["dead"]
        assert wrong.evidence["cures"] == []
        assert "cures" not in wrong.statement
    descend = bias_with_letters.descend
    with monkeypatch.context() as patch:
        patch.setattr(bias_with_letters, "descend", lambda context, start, rates, steps: [
            replace(trial, point=start) for trial in descend(context, start, rates, 2)
        ])  # fmt: skip
        assert explain(run, claims=["dead"])["dead"].evidence["cures"] == []
