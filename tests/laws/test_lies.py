"""Lies planted one by one into what is measured: each is told, and found out by arithmetic that knows nothing of it.

A claim is told from its finding alone. So a finding in which one field is false makes a story with one false claim, and
a trial of that story must refute it; a story whose findings are all true is refuted by none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from chainrule.explain.story import TELL
from chainrule.explain.tell.claim import Claim
from chainrule.explain.tell.claims import FINDINGS

from .test_truth import BOWL, LINE, ROWS, trained
from .truth.case import Case, made
from .truth.rates import mapped
from .truth.trials import TRIALS
from .truth.worlds import world

Lie = Callable[[Any], dict[str, Any]]


@dataclass(frozen=True)
class Planted:
    """A claim, which field of its finding is false, and in the story of which training."""

    claim: str
    field: str
    lie: Lie
    case: str = "line"


def same(**changed: Any) -> Lie:
    return lambda finding: changed


def side(**changed: Any) -> Lie:
    return lambda finding: {"weights": {"w": replace(finding.weights["w"], **changed)}}


def way(place: int, **changed: Any) -> Lie:
    def lie(finding: Any) -> dict[str, Any]:
        ways = list(finding.ways)
        ways[place] = replace(ways[place], **changed)
        return {"ways": tuple(ways)}

    return lie


def outcome(**changed: Any) -> Lie:
    return lambda finding: {"outcome": replace(finding.outcome, **changed)}


def first_step(**changed: Any) -> Lie:
    return lambda finding: {"steps": (replace(finding.steps[0], **changed), *finding.steps[1:])}


PLANTED = (
    Planted("update", "gradient", same(gradient={"w": 0.7})),
    Planted("update", "error_before", same(error_before=9.0)),
    Planted("update", "error_after", same(error_after=0.7)),
    Planted("update", "gradient_right", same(gradient_right=False)),
    Planted("sign", "slope", side(slope=0.7)),
    Planted("sign", "above", side(above=0.0)),
    Planted("sign", "agrees", lambda found: {**side(agrees=False)(found), "disagree": 1}),
    Planted("size", "actual", first_step(actual=0.5)),
    Planted("size", "predicted", first_step(predicted=0.5)),
    Planted("size", "gradient_norm", same(gradient_norm=0.1)),
    Planted("size", "verdict", same(verdict="wrong")),
    Planted("steepest", "gradient_norm", same(gradient_norm=0.1)),
    Planted("steepest", "along_minus_gradient", same(along_minus_gradient=-0.1)),
    Planted("steepest", "verdict", same(verdict="wrong")),
    Planted("toward", "angle", same(angle=12.0), "several"),
    Planted("toward", "way", same(way=99.0), "several"),
    Planted("toward", "towards", lambda found: {"towards": found.away, "away": found.towards}, "several"),
    Planted("step", "guaranteed", lambda found: {
        "guaranteed": True, "safe_step": 50.0, "whole": replace(found.whole, bound=0.04, guaranteed=True),
    }),
    Planted("step", "longest_better_step", same(longest_better_step=40.0)),
    Planted("step", "wrong", same(wrong=True)),
    Planted("amount", "error", way(0, error=7.0)),
    Planted("amount", "error of the signs", way(1, error=7.0)),
    Planted("amount", "error_at_start", same(error_at_start=7.0)),
    Planted("decrease", "own_better", same(own_better=3)),
    Planted("decrease", "own_worse", same(own_worse=40, steps_own_worse=(1,), top=0.1)),
    Planted("decrease", "moved", same(moved=1)),
    Planted("decrease", "total_worse", same(total_worse=50)),
    Planted("patterns", "opposed_pairs", same(opposed_pairs=0)),
    Planted("patterns", "steps_that_hurt_others", same(steps_that_hurt_others=0)),
    Planted("patterns", "steps_that_helped_their_own", same(steps_that_helped_their_own=2)),
    Planted("dead", "dead_weights", same(dead_weights=("w",))),
    Planted("dead", "dead_patterns", lambda found: {"dead_patterns": (buried(1, found),)}),
    Planted("dead", "another dead pattern", lambda found: {"dead_patterns": (buried(0, found),)}),
    Planted("vanish", "slope", same(slope=0.25)),
    Planted("vanish", "product", same(product=0.25)),
    Planted("vanish", "weights_with_slope_0", same(weights_with_slope_0=1)),
    Planted("end", "spread", outcome(spread=(5.0,))),
    Planted("end", "rest", outcome(rest=(0.9,)), "bowl"),
    Planted("end", "stays", outcome(stays=False), "bowl"),
    Planted("map", "learned_in", same(learned_in=7), "mapped"),
    Planted("map", "quickest_in", same(quickest_in=3), "mapped"),
    Planted("map", "level", same(level=0.2), "mapped"),
    Planted("map", "quickest", same(quickest=0.01), "mapped"),
    Planted("order", "contributions", lambda found: {"contributions": (0.1, 0.2)}),
    Planted("order", "slope", same(slope=0.7)),
    Planted("order", "agree", lambda found: {"agree": False, "worst": differs(found)}),
)  # fmt: skip


def buried(row: int, found: Any) -> Any:
    from chainrule.explain.measure.claims.dead import DeadPattern
    from chainrule.explain.naming import Pattern

    return DeadPattern(
        row=row, equal=(row,), constants={}, zero=("x = 0",), pattern=Pattern(row, ()), exact=(), steps=None,
        formulas=(),
    )  # fmt: skip


def differs(found: Any) -> Any:
    from chainrule.explain.measure.claims.order import Differs

    return Differs(0, 0.1, 0.2)


@cache
def case_of(name: str) -> Case:
    match name:
        case "several":
            return made(world(2))
        case "mapped":
            return mapped(trained(LINE, ROWS, rate=0.05, steps=50, batch="all"))
        case "bowl":
            return trained(BOWL, rate=0.1, steps=400)
    return trained(LINE, ROWS, rate=0.1, steps=50)


def lied(case: Case, planted: Planted) -> Case:
    """The story with one claim told anew, from a finding with a false field."""

    def told(claim: Claim) -> Claim:
        if claim.id != planted.claim:
            return claim
        return TELL[claim.id](replace(claim.finding, **planted.lie(claim.finding)))  # type: ignore[type-var]

    return replace(case, story=replace(case.story, claims=tuple(map(told, case.story.claims))))


def refuted(case: Case) -> list[str]:
    with np.errstate(all="ignore"):
        return [f"{trial.__name__}: {one}" for trial in TRIALS for one in trial(case)]


@pytest.mark.parametrize("name", ["line", "several", "bowl", "mapped"])
def test_true_findings_are_not_refuted(name: str) -> None:
    case = case_of(name)
    assert refuted(case) == []
    told = [TELL[claim.id](claim.finding) for claim in case.story.claims]
    assert [claim.json() for claim in told] == [claim.json() for claim in case.story.claims]


@pytest.mark.parametrize("planted", PLANTED, ids=lambda one: f"{one.claim}: {one.field}")
def test_a_lie_is_refuted(planted: Planted) -> None:
    assert refuted(lied(case_of(planted.case), planted)) != []


def test_every_claim_that_is_told_from_a_finding_has_three_lies() -> None:
    assert {id for id in FINDINGS if sum(one.claim == id for one in PLANTED) < 3} == set()


@pytest.mark.parametrize("planted", PLANTED, ids=lambda one: f"{one.claim}: {one.field}")
def test_a_false_field_is_told(planted: Planted) -> None:
    """What is measured falsely is said falsely: no field is measured again by the telling."""
    case = case_of(planted.case)
    true, false = case.story[planted.claim], lied(case, planted).story[planted.claim]
    assert (true.statement, true.lines, true.json()) != (false.statement, false.lines, false.json())


def test_findings_are_values() -> None:
    for findings in FINDINGS.values():
        for finding in findings:
            assert finding.__dataclass_params__.frozen, finding
            assert all(field.name not in ("statement", "lines", "conditions") for field in fields(finding)), finding
