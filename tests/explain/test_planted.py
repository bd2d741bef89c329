"""Planted faults, one table: each is found out by the claim whose business it is, and every claim has one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import pytest

from chainrule.explain import Claim, explain
from chainrule.explain.measure.context import Context
from chainrule.explain.story import CLAIMS
from chainrule.expr.nodes import Add, Expr, Mul, Neg, Number, number
from chainrule.program.program import Program
from chainrule.train.run import Run

from .conftest import bent

Trained = Callable[..., Run]
Plant = Callable[[Program], Program]

PARABOLA = "data x in {1, 2}\ntarget y = 3·x\nweight w := 1\nconst α := 0.02\nE = ½(w·x − y)²"
ONE = "weight w := 1\nconst α := 0.1\nE = (w − 3)²"
ROUND = "weight u := 4, v := 1\nconst α := 0.1\nE = u² + v²"
BOXED = "weight w in [0, 1] := 0.5\nconst α := 0.5\nE = (w − 3)²"
AGREE = "data x in {1, 2}\ntarget y = x\nweight w := 0\nconst α := 0.1\nE = ½(w·x − y)²"
SILENT = "data x in {0, 1}\ntarget y = x\nweight w := 0.5\nconst α := 0.5\nŷ = sigmoid(w·x)\nE = ½(ŷ − y)²"
DEEP = "data x in {1}\ntarget y = 0\nweight v := 1, w := 1\nconst α := 0.1\nŷ = v·sigmoid(w·x)\nE = ½(ŷ − y)²"
LETTERS = """index i = 0..1, k = 0..2
data x[i] in {0, 1}
target y = x[0]
weight W[k,i] := 0.3, V[k] := 0.5
const α := 0.1
h[k] = tanh(Σ_i W[k,i]·x[i])
ŷ = Σ_k V[k]·h[k]
E = ½(ŷ − y)²"""

CHAIN = "but the factors of the chain rule make"


def times(factor: Fraction | int) -> Callable[[Expr], Expr]:
    return lambda body: Mul((Number(Fraction(factor)), body))


def plus(more: Expr) -> Callable[[Expr], Expr]:
    return lambda body: Add((body, more))


def without_box(program: Program) -> Program:
    return replace(program, phases={**program.phases, "project": ()})


@dataclass(frozen=True)
class Planted:
    claim: str
    fault: str
    text: str
    plant: Plant
    says: str  # what is said of it
    steps: int = 20
    options: tuple[tuple[str, Any], ...] = ()


PLANTED = (
    Planted("update", "the sign is wrong", PARABOLA, bent(Neg), "is wrong"),
    Planted("update", "a factor is missing", PARABOLA, bent(times(2)), "is wrong"),
    Planted("update", "with letters", LETTERS, bent(times(2)), "is wrong"),
    Planted("update", "the step is not put back into its box", BOXED, without_box, "did not follow"),
    Planted("sign", "the sign is wrong", PARABOLA, bent(Neg), "The sign is wrong"),
    Planted("sign", "with letters", LETTERS, bent(Neg), "wrong"),
    Planted("size", "one per cent too large", PARABOLA, bent(times(Fraction(101, 100))), "predicts"),
    Planted("size", "with letters", LETTERS, bent(times(2)), "predicts"),
    Planted("steepest", "one weight has another factor", ROUND, bent(times(2), "v"), "not the steepest"),
    Planted("steepest", "with letters", LETTERS, bent(times(2), "V"), "not the steepest"),
    Planted("toward", "the sign is wrong", ONE, bent(Neg), "does not point"),
    Planted("toward", "one weight goes the wrong way", ROUND, bent(Neg, "v"), "are 98° apart"),
    Planted("step", "ten times the slope", ONE, bent(times(10)), "One of the two is wrong"),
    Planted("step", "the sign is wrong", ONE, bent(Neg), "One of the two is wrong"),
    Planted("decrease", "the sign is wrong", PARABOLA, bent(Neg), "No: 20 of 20 steps"),
    Planted("decrease", "a hundred times the slope", PARABOLA, bent(times(100)), "stepped too far"),
    Planted("patterns", "the sign is wrong", AGREE, bent(Neg), "Yes: "),
    Planted("dead", "a dead pattern is made alive", SILENT, bent(plus(number(1))), "One of them is wrong"),
    Planted("vanish", "a tenth of a per cent too large", DEEP, bent(times(Fraction(1001, 1000))), CHAIN),
    Planted("vanish", "another slope", ROUND, bent(lambda body: number(1), "v"), CHAIN),
    Planted("vanish", "a slope is lost", DEEP, bent(lambda body: number(0), "w"), CHAIN),
    Planted("end", "it rests elsewhere", ROUND, bent(plus(number(1))), "so the steps were wrong", 200),
    Planted("end", "with letters", LETTERS, bent(plus(number(1)), "V"), "so the steps were wrong", 200),
    Planted("order", "a tenth of a per cent too large", DEEP, bent(times(Fraction(1001, 1000))), "do not agree"),
    Planted("order", "with letters", LETTERS, bent(times(2)), "do not agree"),
)  # fmt: skip


def told(run: Run, id: str) -> Claim:
    return explain(run, claims=[id])[id]


@pytest.mark.parametrize("case", PLANTED, ids=lambda case: f"{case.claim}: {case.fault}")
def test_a_planted_fault_is_found_out(trained: Trained, case: Planted) -> None:
    right = told(trained(case.text, steps=case.steps), case.claim)
    wrong = told(trained(case.text, steps=case.steps, plant=case.plant), case.claim)
    assert right.statement != wrong.statement
    assert not wrong.holds, wrong.statement
    assert case.says in wrong.statement, wrong.statement
    assert case.says not in right.statement


@pytest.mark.parametrize("case", [case for case in PLANTED if case.claim not in ("order", "end", "dead")],
                         ids=lambda case: f"{case.claim}: {case.fault}")  # fmt: skip
def test_without_the_fault_the_claim_holds(trained: Trained, case: Planted) -> None:
    assert told(trained(case.text, steps=case.steps), case.claim).holds


def test_a_wrong_sign_makes_the_amount_matter_where_it_does_not(trained: Trained) -> None:
    right, wrong = (told(trained(BOXED, steps=20, plant=plant), "amount") for plant in (None, bent(Neg)))
    assert not right.holds
    assert wrong.holds
    assert wrong.evidence["ways"][0]["error"] == pytest.approx(9)  # it went to w = 0 and not to 1
    assert wrong.evidence["ways"][1]["error"] == pytest.approx(4)


def test_a_curvature_that_is_wrong_is_contradicted_by_the_search(
    trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chainrule.explain.measure import curvature, proved_range

    peak = proved_range.peak

    def tenth(line: Any, share: float = 1e-4) -> Any:
        found = peak(line, share)
        return found if found is None else replace(found, bound=found.bound / 10, met=found.met / 10)

    run = trained(ONE, steps=20)
    assert told(run, "step").holds
    monkeypatch.setattr(proved_range, "peak", tenth)
    monkeypatch.setattr(curvature, "polished", lambda line, found: found)
    claim = told(run, "step")
    assert not claim.holds
    assert "One of the two is wrong" in claim.statement


def test_a_hessian_that_is_wrong_turns_a_minimum_into_a_saddle(
    trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = trained(ROUND, steps=300)
    assert told(run, "end").evidence["kind"] == "minimum"
    right = Context.hessians
    monkeypatch.setattr(Context, "hessians", lambda self, points, rows=None: -right(self, points, rows))
    claim = told(run, "end")
    assert not claim.holds
    assert claim.evidence["kind"] != "minimum"


def test_every_claim_has_a_planted_fault() -> None:
    assert {case.claim for case in PLANTED} | {"amount"} == set(CLAIMS)


@pytest.mark.parametrize(("bend", "first"), [
    (Neg, "The sign is wrong for 1 weight"), (times(2), "The size is not the rate of change"),
], ids=["turned round", "twice"])  # fmt: skip
def test_answers_say_that_a_gradient_is_wrong(trained: Trained, bend: Callable[[Expr], Expr], first: str) -> None:
    answers = [answer for _, answer in explain(trained(PARABOLA, steps=30, bend=bend)).questions]
    told = " ".join(answers)
    assert answers[0].startswith("The gradient used in step 1 is wrong")
    assert answers[1].startswith(first)
    assert answers[5].startswith("The direction that the gradient gives is not the steepest here")
    assert CHAIN in answers[7]
    assert answers[8].startswith("It cannot be said where it ends")
    assert answers[9].startswith("Forward and backward do not agree")
    assert "too long" not in told
    assert "Both." not in told
    assert "steepest of" not in told
