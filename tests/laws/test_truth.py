"""What stories say of random trainings is not refuted; and the trials can refute."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

import chainrule as cr

from .truth import ends, steps
from .truth.answers import known, missed
from .truth.case import Case, made
from .truth.rates import tried_rates
from .truth.trials import tried
from .truth.worlds import FEATURES, world

LEAST, DRAWN = 0.1, 1000


REFUTED_ONCE = (
    20097, 20118, 20163, 30023, 30110, 30111, 30159, 30245, 30476, 40181, 40264, 40284, 40389, 40428, 40554, 40597,
    61026, 61982, 40651, 40666, 40763, 40778, 50370, 50384, 50592, 50730,
)  # fmt: skip
"""Saturated recurrences whose slopes are 0 but for rounding, patterns that cancel but for the last digits, a saddle at
a kink, a sum that is no number, a rate far too large, a move below the last digit, a kink of a product, passes that
come back though their steps go elsewhere, rests on a slope too small to move a weight, a bound that rounding alone
pushes against."""


@pytest.mark.parametrize("seed", [*range(24), *REFUTED_ONCE])
def test_nothing_that_a_story_says_is_refuted(seed: int) -> None:
    assert tried(seed).refuted == ()


def test_no_number_about_rates_is_refuted() -> None:
    found = [tried_rates(seed) for seed in (1, 2, 9)]
    assert [refuted for refuted, _ in found if refuted] == []
    assert {"learns", "no map"} & {kind for _, kind in found}


def test_every_feature_is_met_in_a_tenth_of_the_models() -> None:
    found = Counter(feature for seed in range(DRAWN) for feature in world(seed).features)
    assert {feature: found[feature] / DRAWN for feature in FEATURES if found[feature] < LEAST * DRAWN} == {}


@pytest.mark.parametrize("seed", range(60))
def test_the_two_forms_of_a_model_are_one(seed: int) -> None:
    """The text and the arithmetic that it is held against have one value at the start."""
    one = world(seed)
    given = cr.Model(one.text).train(one.data, **{**one.options, "steps": 0}).error
    mine = float(one.goal(np.array([one.start]))[0])
    assert mine == pytest.approx(given, rel=1e-9, abs=1e-12)
    assert float(one.exact(one.start)) == pytest.approx(given, rel=1e-9, abs=1e-12)


# ---- the trials can refute: each is shown a story with one thing changed ------------------------------------------


def lied(case: Case, claim: str, **evidence: object) -> Case:
    """The same story with other evidence in one claim."""
    claims = tuple(
        replace(one, holds=True, evidence={**one.evidence, **evidence}) if one.id == claim else one
        for one in case.story.claims
    )
    return replace(case, story=replace(case.story, claims=claims))


def said(case: Case, claim: str, statement: str, **evidence: object) -> Case:
    """The same story with another sentence in one claim."""
    case = lied(case, claim, **evidence)
    claims = tuple(replace(one, statement=statement) if one.id == claim else one for one in case.story.claims)
    return replace(case, story=replace(case.story, claims=claims))


def trained(text: str, data: dict[str, list[float]] | None = None, **options: object) -> Case:
    """A story of a text whose arithmetic is that of E = (w − 1)², or of ½(w·x − y)² where there are data."""
    from .truth.terms import name, number
    from .truth.worlds import World

    each = (name("w") - 1.0) ** 2 if data is None else number(0.5) * (name("w") * name("x") - name("y")) ** 2
    model = cr.Model(text)
    run = model.train(data, **options)  # type: ignore[arg-type]
    start = float(run.at(0)["w"])
    made = World(text, ("w",), (start,), each, None, "mean", data, dict(data or {}), dict(options), {}, 1)
    return Case(made, model, run, model.explain(run))


BOWL = "weight w := 3\nE = (w − 1)²"
LINE = "data x\ntarget y\nweight w := 0.5\nE = ½(w·x − y)²"
ROWS = {"x": [1.0, 2.0], "y": [1.0, 0.0]}


def test_trials_of_ends_refute() -> None:
    case = trained(BOWL, rate=0.1, steps=400)
    assert [trial(case) for trial in ends.TRIALS] == [[]] * len(ends.TRIALS)
    assert ends.neighbours(lied(case, "end", rest=[0.9])) != []
    assert ends.stays(lied(case, "end", rest=[0.9])) != []
    assert ends.pushed(lied(case, "end", stays=False)) != []
    assert ends.goes_to(said(case, "end", "It looks so that it goes to w = 5.", target=[5.0])) != []
    assert ends.no_minimum(said(case, "end", "so E has no minimum at a finite w")) != []
    assert ends.no_minimum(lied(case, "end", slope_sign_for_every_weight=1)) != []
    assert ends.falls(lied(case, "end", kind="saddle", falls_by=1.0, at_distance=0.1)) != []
    circle = trained(LINE, ROWS, rate=0.3, steps=400)
    assert circle.end.evidence["kind"] == "cycle inside a pass"
    assert ends.repeats(circle) == []
    assert ends.repeats(lied(circle, "end", spread=[5.0])) != []
    swing = trained(BOWL, rate=1.0, steps=50)
    assert swing.end.evidence["kind"] == "cycle"
    assert ends.repeats(swing) == []
    assert ends.repeats(lied(swing, "end", period=3)) != []
    away = trained(BOWL, rate=1.5, steps=100)
    told = "Followed by the same rule it leaves the finite numbers in step 200"
    assert ends.runs_away(said(away, "end", told, kind="running away")) != []


def test_trials_of_steps_refute() -> None:
    case = trained(LINE, ROWS, rate=0.1, steps=50)
    assert [trial(case) for trial in steps.TRIALS] == [[]] * len(steps.TRIALS)
    assert steps.accuses(said(case, "size", "The gradient is wrong.")) != []
    assert steps.slopes(lied(case, "update", gradient={"w": 0.7})) != []
    assert steps.shown(lied(case, "update", error_after=0.7)) != []
    known = case.story["sign"].evidence["weights"]
    turned = lied(lied(case, "update", gradient={"w": 0.5}), "sign", weights=known)
    assert steps.sides(turned) != []
    assert steps.steepest(lied(case, "steepest", gradient_norm=0.1)) != []
    assert steps.guaranteed(lied(case, "step", guaranteed=True, safe_step=50.0)) != []
    assert steps.counted(lied(case, "decrease", own_better=3)) != []
    assert steps.opposed(lied(case, "patterns", opposed_pairs=0)) != []
    assert steps.dead(lied(case, "dead", dead_weights=["w"])) != []
    assert steps.dead(lied(case, "dead", dead_patterns=[{"row": 1}])) != []
    assert steps.promised(said(case, "vanish", "A step moves w by 0.5: at that pace", weight="w")) != []
    ways = [{"way": "the gradient", "error": 7.0}]
    assert steps.amounts(lied(case, "amount", ways=ways)) != []
    assert steps.angle(lied(made(world(2)), "toward", angle=12.0)) != []
    assert steps.contributions(lied(case, "order", contributions=[0.1, 0.2], slope=0.7)) != []


@pytest.mark.parametrize("seed", range(40))
def test_an_end_that_is_known_is_found(seed: int) -> None:
    """Silence is counted: a story that says nothing is not refuted, and is of no use."""
    assert missed(known(seed)) is None
