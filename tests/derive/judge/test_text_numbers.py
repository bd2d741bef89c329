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
