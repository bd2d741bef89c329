"""Whether a goal is a sum or mean of numbers of one pattern each, and the order of a training that follows from it."""

from __future__ import annotations

import numpy as np
import pytest

import chainrule as cr
from chainrule.program.lower import lower
from chainrule.program.rowwise import rowwise, taken_over

HEAD = "data x\ntarget y\nweight w := 1\nE = (w·x − y)²\n"
LETTER = "patterns p\ndata x[p]\ntarget y[p]\nweight w := 1\nz[p] = w·x[p]\n"
DATA = {"x": [1.0, 2.0, 4.0], "y": [0.0, 1.0, 1.0]}

APART = {
    "nothing said": HEAD,
    "a mean": HEAD + "minimise mean E",
    "a sum": HEAD + "minimise sum E",
    "maximised": HEAD + "maximise −mean E",
    "terms without patterns": HEAD + "minimise mean E + 0.1·w² + sqrt(abs(w))",
    "times what is free": HEAD + "minimise w²·(mean E)/3 − w",
    "two sums": HEAD + "F = x·w\nminimise mean E + sum F",
    "watched only": HEAD + "m = mean E\nroot = sqrt(m)\nminimise mean E",
    "a letter": LETTER + "E = mean_p (z[p] − y[p])²",
    "a mean by hand": LETTER + "E = (Σ_p (z[p] − y[p])²)/size(p)",
    "shares": LETTER + "E = Σ_p (z[p] − y[p])²/size(p)",
    "what is free, for each": LETTER + "E = Σ_p (z[p] − y[p])² + Σ_p w²",
    "letters inside": "index i = 1..2\ndata x[i]\ntarget y\nweight w[i] := 1\nE = (max_i (w[i]·x[i]) − y)²",
    "no data": "weight w := 1\nE = (w − 1)²",
    "a recurrence": "index t = 1..3\ndata x[t]\nweight w := 1\nh[0] = 0\nh[t] = tanh(w·x[t] + h[t-1])\nE = h[3]²",
    "a bracket on the weight": HEAD + "minimise if(w > 0, mean E, 2·(mean E))",
}  # fmt: skip

TOGETHER = {
    "a root of the mean": (HEAD + "minimise sqrt(mean E)", ("goal",)),
    "the square of a mean": (HEAD + "minimise (mean E)^2", ("goal",)),
    "a product of means": (HEAD + "F = x·w\nminimise (mean E)·(mean F)", ("goal",)),
    "the worst": (HEAD + "minimise max E", ("goal",)),
    "the least": (HEAD + "minimise min E", ("goal",)),
    "a mean that is named": (HEAD + "m = mean E\nminimise sqrt(m)", ("m",)),
    "a mean taken off": (LETTER + "c = mean_p z[p]\nL = mean_p (z[p] − c − y[p])²", ("c",)),
    "a mean of data": (LETTER + "c = mean_p x[p]\nL = mean_p (z[p] − w·c − y[p])²", ("c",)),
    "a spread": (LETTER + "m = mean_p z[p]\nv = mean_p (z[p] − m)²\nL = mean_p (z[p]/sqrt(v + 1) − y[p])²", ("m",)),
    "one less than all": (LETTER + "E = (Σ_p (z[p] − y[p])²)/(size(p) − 1)", ("E",)),
    "through a function": ("data x\ntarget y\nweight w := 1\nf(u) = u − mean x\nE = (w·f(x) − y)²", ("E",)),
    "pairs": (LETTER + "E = mean_p mean_p' (z[p] − z[p'] − y[p])²", ("E",)),
    "a test of the mean": (HEAD + "minimise if(mean E > 1, mean E, sum E)", ("goal",)),
}  # fmt: skip


@pytest.mark.parametrize("name", APART)
def test_one_pattern_a_step(name: str) -> None:
    model = cr.Model(APART[name])
    program = lower(model.network)
    assert rowwise(program)
    assert taken_over(program) == ()


@pytest.mark.parametrize("name", TOGETHER)
def test_all_patterns_in_each_step(name: str) -> None:
    text, causes = TOGETHER[name]
    model = cr.Model(text)
    program = lower(model.network)
    assert not rowwise(program)
    assert taken_over(program) == causes
    run = model.train(DATA, steps=3, rate=0.01)
    assert run.recipe.order.batch == "all"
    assert run.notes[0].startswith("every step visits all 3 patterns, because ")
    same = model.train(DATA, steps=3, rate=0.01, batch="all")
    assert same.sha256 == run.sha256  # the run keeps what it was made with
    assert not any("taken over" in note for note in same.notes)
    for batch in ("each", "shuffled", 1, 2, [0, 1, 2], [[0, 1], [2]]):
        asked = model.train(DATA, steps=3, rate=0.01, batch=batch)
        assert asked.recipe.order.batch != "all"
        assert asked.notes[0].startswith("here "), batch
        assert 'train with batch="all"' in model.explain(asked, claims=["order"]).about


SCALED = ("no data", "letters inside", "a recurrence", "terms without patterns", "what is free, for each", "two sums")
"""Without data of these names, or with terms that a step of one pattern counts whole."""


@pytest.mark.parametrize("name", APART)
def test_a_pass_over_the_patterns_is_a_step_for_the_goal(name: str) -> None:
    """What the words mean: with a short rate, steps of one pattern add up to a multiple of the step of all."""
    model = cr.Model(APART[name])
    if name in SCALED:
        return
    start = model.train(DATA, steps=0).weights
    each = model.train(DATA, steps=3, rate=1e-7)
    whole = model.train(DATA, steps=1, rate=1e-7, batch="all")
    assert each.recipe.order.batch == "each"
    one, other = (np.array([run.weights[k] - start[k] for k in start]) for run in (each, whole))
    assert abs(one @ other) == pytest.approx(np.linalg.norm(one) * np.linalg.norm(other), rel=1e-4)


def test_one_pattern_needs_no_word() -> None:
    run = cr.Model(HEAD + "minimise sqrt(mean E)").train({"x": [1.0], "y": [0.5]}, steps=2)
    assert not any("visits" in note or "taken over" in note for note in run.notes)


def test_the_root_of_a_mean_is_trained_to_its_minimum() -> None:
    run = cr.Model(HEAD + "minimise sqrt(mean E)").train(DATA, steps=4000, rate=0.01)
    assert run.weights["w"] == pytest.approx(6 / 21, abs=1e-9)
    assert run.notes[0].endswith("each step would be for another goal")
    story = cr.Model(HEAD + "minimise sqrt(mean E)").explain(run, claims=["order"])
    assert "Every step visits all 3 patterns, because the goal is taken over them" in story.about
    assert not any("visits all" in warning for warning in story.warnings)  # once
