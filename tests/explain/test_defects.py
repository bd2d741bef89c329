"""Planted faults: an engine with a wrong gradient is found out, by the claims whose business it is."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from chainrule.explain import Story, explain
from chainrule.expr.nodes import Expr, Mul, Neg, Number
from chainrule.train.run import Run

PARABOLA = "data x in {1, 2}\ntarget y = 3·x\nweight w := 1\nconst α := 0.02\nE = ½(w·x − y)²"
TWO = "data x in {1, 2}\ntarget y = 3·x + 1\nweight w := 1, b := 0\nconst α := 0.02\nE = ½(w·x + b − y)²"
SIGMOID = "data x in {0, 1}\ntarget y = x\nweight w := 0.5\nconst α := 0.5\nŷ = 1/(1 + exp(-w·x))\nE = ½(ŷ − y)²"


def times(factor: Fraction) -> Callable[[Expr], Expr]:
    return lambda body: Mul((Number(factor), body))


DEFECTS: dict[str, tuple[Callable[[Expr], Expr], set[str]]] = {
    "the sign is wrong": (Neg, {"update", "sign", "size", "decrease"}),
    "one per cent too large": (times(Fraction(101, 100)), {"update", "size"}),
    "a tenth of a per cent too small": (times(Fraction(998, 1000)), {"update", "size"}),
    "the ½ was forgotten twice": (times(Fraction(2)), {"update", "size"}),
}


@pytest.mark.parametrize("text", [PARABOLA, TWO, SIGMOID], ids=["parabola", "two weights", "sigmoid"])
@pytest.mark.parametrize("defect", DEFECTS)
def test_a_wrong_gradient_turns_the_claims(trained: Callable[..., Run], text: str, defect: str) -> None:
    bend, turned = DEFECTS[defect]
    ids = ("update", "sign", "size", "decrease")
    right = explain(trained(text, steps=20), claims=ids)
    wrong = explain(trained(text, steps=20, bend=bend), claims=ids)
    assert {id for id in ids if right[id].holds} == set(ids), told(right)
    assert {id for id in ids if not wrong[id].holds} == turned, told(wrong)


def told(story: Story) -> list[str]:
    return [claim.statement for claim in story.claims]


def test_what_is_said_of_a_wrong_sign(trained: Callable[..., Run]) -> None:
    story = explain(trained(PARABOLA, steps=20, bend=Neg), claims=["update", "sign", "size"])
    assert story["update"].statement.startswith("The gradient used in step 1 is wrong")
    assert story["sign"].statement.startswith(
        "The sign is wrong for 1 weight: the slope by w is given as 2, but raising w"
    )
    assert "goes to −1 times what the gradient predicts" in story["size"].statement


def test_a_run_that_does_not_follow_its_rule_is_noticed(trained: Callable[..., Run]) -> None:
    run = trained(PARABOLA, steps=5)
    run.trace.weights["w"].flags.writeable = True
    run.trace.weights["w"][1] += 1e-6
    claim = explain(run, claims=["update"])["update"]
    assert not claim.holds
    assert "did not follow" in claim.statement
