"""Numbers of the text that stand for names: how many ways are looked at thoroughly."""

from __future__ import annotations

from typing import Any

import pytest

import chainrule as cr
from chainrule.derive.judge import checked_points
from chainrule.derive.judge.explicit_model import ExplicitModel
from chainrule.derive.judge.line import TypedLine


def test_names_for_numbers_are_sought_where_the_line_can_be_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line with many numbers that are weights too: kinks are looked for anew only for ways that agree elsewhere."""
    made: list[TypedLine] = []
    true = checked_points.Spots.__init__

    def counted(self: checked_points.Spots, explicit: ExplicitModel, line: TypedLine, *rest: Any) -> None:
        made.append(line)
        true(self, explicit, line, *rest)

    monkeypatch.setattr(checked_points.Spots, "__init__", counted)
    model = cr.Model(
        "index k = 1..2, j = 1..3, i = 1..2\ndata x[i]\ntarget y[k]\ntable x[1] x[2] | y[1] y[2]\n-1 0.5 | 0.5 0\n"
        "weight W[j,i] := [[0.5, 0], [0.5, -1], [2, -0.5]]\nweight b[j] := [0.3, 1, 0]\n"
        "weight V[k,j] := [[-0.5, -0.5, 2], [0.3, -0.4, 1]]\nweight c[k] := [0, 0]\nz[j] = (Σ_i W[j,i]·x[i]) + b[j]\n"
        "h[j] = relu(z[j])\nq[k] = (Σ_j V[k,j]·h[j]) + c[k]\no[k] = min(q[k], 1)\nE = Σ_k abs(o[k] − y[k])"
    )
    line = "∂E/∂b[j] = 2·(−(−(−if(z[j] > 0, 1, 0)·(Σ_k sign(o[k] − y[k])·[1 − q[k] > 0]·V[k,j]))))/2"
    assert model.check(line).equal is False
    assert len(made) < 10


HINGE = (
    "data x\ntarget y\ntable x | y\n3 | -1\n0 | 0\nweight w := 4\nweight v := 1\nweight u := 1\nz = w·x + 2\n"
    "q = v·sigmoid(z) − 0.5\no = u·relu(q)\nE = relu(1 − y·o)"
)


@pytest.mark.parametrize("line", [
    "∂E/∂w = if(q > 0, 1, 0)·(−y)·[1 − y·o > 0]·u·(1 − σ(z))·σ(z)·x",
    "∂E/∂w = [q > 0]·(−y)·if(1 − y·o > 0, 1, 0)·u·(1 − σ(z))·σ(z)·x",
    "∂E/∂u = −y·relu(q)·if(2.5 − y·o > 0, 1, 0)",
    "∂E/∂u = −y·relu(q)·[1.5 − 3·y·o > 0]",
    "∂E/∂v = −y·u·[q > 0]·[1.2 + y·o > 0]·σ(z)",
])  # fmt: skip
def test_what_a_condition_gives_or_compares_stands_for_no_number_of_the_text(line: str) -> None:
    """1 for true is no weight that starts at 1, and a number that is compared is no rounded result."""
    assert cr.Model(HINGE).check(line).equal is False


@pytest.mark.parametrize("line", [
    "∂E/∂w = −1·if(q > 0, 1, 0)·(−y)·[1 − y·o > 0]·(−1)·u·v·(1 − σ(z))·σ(z)·x",
    "∂E/∂w = if(q > 0, 1, 0)·(−y)·[1 − y·o > 0]·u·v·(1 − σ(z))·σ(z)·x",
])  # fmt: skip
def test_a_right_line_with_conditions_is_right(line: str) -> None:
    assert cr.Model(HINGE).check(line).equal is True
