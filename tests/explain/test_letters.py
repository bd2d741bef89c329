"""Networks with letters: the same claims, entry by entry, held against formulas written out in NumPy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest
from tests.laws.test_indexed import PROGRAMS, program
from tests.laws.test_letters import NETWORKS

import chainrule as cr
from chainrule.explain import explain
from chainrule.explain.measure.claims import sign, update
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.dead.zero_data import dead_patterns, still
from chainrule.expr.nodes import Expr, Mul, Neg, Number
from chainrule.train.run import Run

Trained = Callable[..., Run]
WITH_LETTERS = [path for path in PROGRAMS if path.stem not in ("01-one-weight", "06-xor-without-letters")]
LINEAR = "patterns p\nindex i = 1..2\ndata x[p,i]\ntarget y[p]\nweight w[i] := 0, b := 0\nconst α := 0.2\n"
LINEAR += "ŷ[p] = Σ_i w[i]·x[p,i] + b\nE = mean_p (ŷ[p] − y[p])²"
ROWS = {"x": [[0.5, -1.0], [1.5, 0.25], [-0.75, 2.0], [1.0, 1.0]], "y": [1.0, -1.0, 0.5, 2.0]}
NEURON = "index i = 1..2\ndata x[i]\ntarget y\nweight w[i] := [0.5, -0.25]{}\nconst α := 0.5\n"
NEURON += "ŷ = sigmoid(Σ_i w[i]·x[i]{})\nE = ½(ŷ − y)²"
FACTS = {"x": [[0, 0], [1, 0], [1, 1]], "y": [0.0, 1.0, 1.0]}


NAMES = [*[path.stem for path in WITH_LETTERS], *NETWORKS]


@cache
def model_of(name: str) -> cr.Model:
    if name in NETWORKS:
        text, data = NETWORKS[name]
        return cr.Model("\n".join(line.strip() for line in text.splitlines()), data=data)
    return program(next(path for path in WITH_LETTERS if path.stem == name))[0]


@cache
def digits(batch: str = "each", steps: int = 40) -> Run:
    return cr.example("digits").train(steps=steps, batch=batch)


# ---- the second opinion ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_both_evaluations_agree(name: str) -> None:
    """The engine, the equations in NumPy, and complex steps, at points beside the start and over several patterns."""
    context = Context(model_of(name).train(steps=2, batch="all", rate=1e-3))
    draw = np.random.default_rng(0)
    points = context.start + 0.3 * draw.normal(size=(3, len(context.names)))
    for rows in (None, (1,), (0, 2)) if context.patterns > 2 else (None,):
        every = None if rows is None else np.array([rows] * 3)
        goals, slopes = context.evaluator.goal(points, every), context.evaluator.gradient(points, every)
        for point, goal, slope in zip(points, goals, slopes, strict=True):
            error, gradient = context.engine(point, rows)
            oracle = context.evaluator.complex_step(point, None if rows is None else np.array([rows]))
            assert goal == pytest.approx(error, rel=1e-12)
            assert np.abs(slope - gradient).max() <= 1e-12 * np.abs(gradient).max()
            assert np.abs(oracle - gradient).max() <= 1e-12 * np.abs(gradient).max()


@pytest.mark.parametrize("name", ["05-two-three-one", "10-recurrent-net", "11-tied-autoencoder", "13-self-attention"])
def test_second_derivatives_are_those_of_the_engine(name: str) -> None:
    context = Context(model_of(name).train(steps=1, batch="all", rate=1e-3))
    found = model_of(name).evaluate(second=True).hessian
    sizes = {symbol.name: int(np.prod(context.evaluator.shape(symbol))) for symbol in context.trained}
    wanted = np.block([[np.reshape(found[w][v], (m, n)) for v, n in sizes.items()] for w, m in sizes.items()])
    assert np.abs(context.hessian(context.start) - wanted).max() <= 1e-11 * np.abs(wanted).max()


@pytest.mark.parametrize("name", [name for name in NAMES if name[:2] not in ("15", "16", "17")])  # as 14, at length
def test_stories_say_nothing_of_machines_and_hold_what_they_guarantee(name: str) -> None:
    model = model_of(name)
    run = model.train(steps=12, batch="all", rate=1e-3)
    story = model.explain(run)
    text = story.text(tests=True)
    for word in ("#", "nan", "d(goal)"):
        assert word not in text, word
    assert story["update"].evidence["gradient_off_by"] <= 1e-9 * max(map(abs, story["size"].evidence["gradient"]))
    assert story["sign"].evidence["disagree"] == 0
    weights = story["update"].evidence["weights"]
    for weight, values in run.start.items():
        assert float(np.ravel(values)[0]) in (value for key, value in weights.items() if key.split("[")[0] == weight)
    helps_at_every_rate_below(Context(run), story["step"].evidence)


def helps_at_every_rate_below(context: Context, found: dict[str, Any]) -> None:
    """A first step is guaranteed up to some rate, and one with any rate below it makes the goal lower."""
    rate = found.get("guaranteed_first_step") or (found["safe_step_total"] if found["guaranteed"] else None)
    assert rate is not None
    goal, slope = context.engine(context.start)
    rates = np.concatenate([[0.999, 1e-3], np.random.default_rng(0).random(50)])[:, None] * min(rate, 1e6)
    goals = context.evaluator.goal(context.project(context.start - context.sense * rates * slope))
    assert (context.sense * goals < context.sense * goal).all()


def test_entries_have_the_values_of_their_letters() -> None:
    run = digits()
    context = Context(run)
    assert context.names[:2] == ("W[0,0]", "W[0,1]")
    assert context.names[-1] == "b[9]"
    assert context.start[context.names.index("W[3,20]")] == run.start["W"][3, 20]


# ---- the digits, against softmax regression in NumPy -------------------------------------------------------------


def regression(run: Run, weights: dict[str, Any]) -> tuple[Any, Any, Any, Any]:
    """Inputs with a 1 behind them, probabilities, targets, and the errors of all patterns."""
    x = np.concatenate([np.asarray(run.data["x"]) / 16, np.ones((1797, 1))], axis=1)
    z = x @ np.concatenate([weights["W"], weights["b"][:, None]], axis=1).T
    y = np.exp(z - z.max(axis=1, keepdims=True))
    y /= y.sum(axis=1, keepdims=True)
    target = np.eye(10)[np.asarray(run.data["label"]).astype(int)]
    return x, y, target, -np.log(y[target == 1])


def test_the_first_step_on_the_digits() -> None:
    run = digits()
    story = explain(run, claims=["update", "sign"])
    x, y, target, errors = regression(run, dict(run.start))
    slopes = np.outer(y[0] - target[0], x[0])
    evidence = story["update"].evidence
    assert story["update"].holds
    assert evidence["error_before"] == pytest.approx(errors[0], rel=1e-12)
    assert evidence["error_after"] == pytest.approx(regression(run, dict(run.at(1)))[3][0], rel=1e-9)
    assert evidence["gradient"]["b[4]"] == pytest.approx(slopes[4, 64], rel=1e-12)
    assert evidence["gradient"]["W[4,11]"] == pytest.approx(slopes[4, 11], rel=1e-12)
    assert story["sign"].evidence["agree"] == np.count_nonzero(slopes)
    assert "so it visited 40 of the 1797" in story.about


def test_the_steps_of_the_digits_are_counted() -> None:
    run = digits()
    story = explain(run, claims=["decrease"])
    own = rose = 0
    for step in range(40):
        before, after = (regression(run, dict(run.at(step + k)))[3] for k in (0, 1))
        own += after[step] < before[step]
        rose += after.mean() > before.mean() and after[step] < before[step]
    assert story["decrease"].evidence["own_better"] == own
    assert story["decrease"].evidence["total_worse_by_another_pattern"] == rose


def test_pixels_that_are_always_0_keep_their_weights_still() -> None:
    run = digits()
    story = explain(run, claims=["dead"])
    never = np.flatnonzero((np.asarray(run.data["x"]) == 0).all(axis=0))
    claim = story["dead"]
    assert claim.holds
    assert set(claim.evidence["dead_weights"]) == {f"W[{k},{i}]" for k in range(10) for i in never}
    assert claim.evidence["dead_patterns"] == []
    assert f"because {', '.join(f'x[{i}]' for i in never[:-1])} and x[{never[-1]}] are 0 in every pattern" in (
        claim.statement
    )


def test_both_ends_of_the_curvature_of_the_digits() -> None:
    run = digits("all", 30)
    story = explain(run, claims=["step", "end"])
    x, y, _, _ = regression(run, dict(run.weights))
    inner = np.einsum("pk,kl->pkl", y, np.eye(10)) - np.einsum("pk,pl->pkl", y, y)
    whole = np.einsum("pkl,pi,pj->kilj", inner, x, x, optimize=True).reshape(650, 650) / 1797
    values = np.linalg.eigvalsh(whole)
    found = story["end"].evidence
    assert found["both_ends_only"]
    assert found["eigenvalues"][1] == pytest.approx(values[-1], rel=1e-6)
    assert found["eigenvalues"][0] >= values[0] - 1e-12
    assert not story["step"].evidence["guaranteed"]
    assert "Measured, not proved" in story["step"].statement


def test_patterns_of_the_digits_pull() -> None:
    run = digits("all", 30)
    story = explain(run, claims=["patterns"])
    x, y, target, _ = regression(run, dict(run.start))
    pulls = np.einsum("pk,pi->pki", y - target, x).reshape(1797, -1)
    opposed = int(np.count_nonzero(np.triu(pulls @ pulls.T < 0, 1)))
    assert story["patterns"].evidence["opposed_pairs"] == pytest.approx(opposed, abs=2)


# ---- small networks whose answers are known ----------------------------------------------------------------------


def test_a_linear_regression_ends_at_its_least_squares(trained: Trained) -> None:
    story = explain(trained(LINEAR, ROWS, batch="all", steps=2000))
    x = np.concatenate([ROWS["x"], np.ones((4, 1))], axis=1)
    best = np.linalg.lstsq(x, np.array(ROWS["y"]), rcond=None)[0]
    curvature = np.linalg.eigvalsh(2 * x.T @ x / 4)
    end = story["end"]
    assert end.evidence["kind"] == "minimum"
    assert list(end.evidence["weights"].values()) == pytest.approx(best, abs=1e-6)
    assert sorted(end.evidence["eigenvalues"]) == pytest.approx(curvature, rel=1e-9)
    assert story["step"].evidence["curvature_bound"] == pytest.approx(curvature[-1], rel=1e-9)
    assert story["step"].evidence["newton_step"] == pytest.approx(best, abs=1e-9)


def test_with_and_without_letters_the_story_has_the_same_numbers(trained: Trained) -> None:
    plain = "data x1, x2\ntarget y\nweight w1 := 0.5, w2 := -0.25\nconst α := 0.5\n"
    plain += "ŷ = sigmoid(w1·x1 + w2·x2)\nE = ½(ŷ − y)²"
    columns = {"x1": [0, 1, 1], "x2": [0, 0, 1], "y": [0.0, 1.0, 1.0]}
    ids = ("update", "decrease", "patterns", "end", "step")
    one = explain(trained(plain, columns, steps=60), claims=ids)
    other = explain(trained(NEURON.format("", ""), FACTS, steps=60), claims=ids)
    for id, name in (
        ("update", "error_after"), ("update", "predicted_change"), ("decrease", "total_last"),
        ("step", "safe_step_total"), ("step", "longest_better_step"), ("patterns", "opposed_pairs"), ("end", "error"),
        ("end", "gradient_norm"),
    ):  # fmt: skip
        found, wanted = other[id].evidence[name], one[id].evidence[name]
        assert found == wanted or found == pytest.approx(wanted, rel=1e-6), (id, name)
    assert [claim.holds for claim in one.claims] == [claim.holds for claim in other.claims]


def test_a_pattern_whose_data_are_all_0_is_dead_and_a_bias_wakes_it(trained: Trained) -> None:
    claim = explain(trained(NEURON.format("", ""), FACTS, steps=9), claims=["dead"])["dead"]
    assert claim.holds
    (found,) = claim.evidence["dead_patterns"]
    assert found["row"] == 0
    assert found["zero"] == ["x = 0"]
    assert found["constants"]["E"] == "1/8"
    assert "it cannot be learned" in claim.statement
    awake = explain(trained(NEURON.format(", b := 0", " + b"), FACTS, steps=9), claims=["dead"])["dead"]
    assert not awake.holds
    assert awake.evidence["dead_patterns"] == []


def test_a_slope_that_is_only_met_as_0_is_not_called_dead(trained: Trained) -> None:
    text = "index i = 1..2\ndata x[i]\nweight w[i] := 0.1, b := 1\nh = relu(Σ_i w[i]·x[i] − 1000)\nE = (b + h)²"
    claim = explain(trained(text, {"x": [[1.0, 2.0]]}, steps=5), claims=["dead"])["dead"]
    assert claim.evidence["dead_weights"] == []
    assert claim.evidence["dead_units"] == ["h"]
    assert claim.evidence["slope_0_at_all_points"] == ["w[1]", "w[2]"]
    assert "Measured, not proved" in claim.statement


@pytest.mark.parametrize("name", NAMES)
def test_what_is_called_dead_has_no_slope_anywhere(name: str) -> None:
    """Data with many zeros; then the engine at points drawn at random."""
    model = model_of(name)
    draw = np.random.default_rng(3)
    data = {
        key: np.where(draw.random(np.shape(values)) < 0.6, 0.0, np.asarray(values, float))
        for key, values in (model.data or {}).items()  # type: ignore[attr-defined]
        if key in {quantity.name for quantity in model.network.named("data")}
    }
    given = dict(model.data or {}) | data  # type: ignore[call-overload]
    context = Context(cr.Model(model.text).train(data=given or None, steps=1, batch="all", rate=1e-3))
    dead, rows = still(context).entries, dead_patterns(context)
    for point in draw.normal(size=(5, len(context.names))):
        assert not np.any(context.gradient(point)[dead])
        for row in rows:
            assert not np.any(context.gradient(point, (int(row),)))


@pytest.mark.parametrize(("text", "kind", "ends"), [
    ("E = ½·Σ_i i·(w[i] − 1)²", "minimum", (1, 100)),
    ("E = ½·Σ_i (i − 1.5)·(w[i] − 1)²", "saddle", (-0.5, 98.5)),
    ("E = ½·(Σ_i w[i] − 100)²", "valley", (0, 100)),
    ("E = Σ_i (w[i] − 1)⁴", "plateau", (0, 0)),
], ids=["minimum", "saddle", "valley", "plateau"])  # fmt: skip
def test_the_end_of_a_hundred_weights(trained: Trained, text: str, kind: str, ends: tuple[float, float]) -> None:
    story = explain(trained(f"index i = 1..100\nweight w[i] := 1\nconst α := 0.01\n{text}", steps=3), claims=["end"])
    assert story["end"].evidence["kind"] == kind
    assert story["end"].evidence["eigenvalues"] == pytest.approx(ends, abs=1e-6)


def test_weights_of_a_box_end_on_its_edge(trained: Trained) -> None:
    text = "index i = 1..3\nweight w[i] in [0, i] := 0.5\nconst α := 0.1\nE = Σ_i (w[i] − 2)²"
    story = explain(trained(text, steps=200), claims=["end"])["end"]
    assert story.evidence["at_bound"] == ["w[1]"]
    assert story.evidence["kind"] == "bound"
    assert list(story.evidence["weights"].values()) == pytest.approx([1, 2, 2])


def test_the_curvature_of_one_weight_is_proved_with_letters_too() -> None:
    story = model_of("02-one-weight-all-patterns").explain()
    assert story["step"].evidence["guaranteed"]
    assert story["step"].evidence["range"] == [0, 1]
    assert story["step"].evidence["curvature_bound"] == pytest.approx(0.15407, rel=1e-3)
    assert "proved by interval arithmetic" in "\n".join(story["step"].lines)
    assert "slope_sign_for_every_weight" not in story["end"].evidence


def test_a_slope_is_written_with_the_values_of_its_letters() -> None:
    lines = "\n".join(model_of("08-relu-logsumexp-decay").explain(claims=["update"])["update"].lines)
    assert "∂E/∂W₂[3,6] = ∂E/∂z₂[3]·h[6] + 2·decay·W₂[3,6]" in lines
    assert "= (−0.7799)·2.18 + 2·0.01·(−0.103) = −1.702" in lines


@pytest.mark.parametrize(("name", "options"), [
    ("05-two-three-one", {"hold": ["W1"]}),
    ("05-two-three-one", {"hold": ["W1", "b1", "W2", "b2"]}),
    ("05-two-three-one", {"steps": 0}),
    ("05-two-three-one", {"record": 7, "steps": 50}),
    ("08-relu-logsumexp-decay", {"update": "adam", "batch": 2, "steps": 30}),
    ("08-relu-logsumexp-decay", {"rate": 1e3, "batch": "all", "steps": 300}),
    ("03-linear-regression", {"rate": 50.0, "batch": "shuffled", "steps": 500}),
    ("03-linear-regression", {"rate": -0.1, "steps": 20}),
], ids=str)  # fmt: skip
def test_other_ways_to_train_have_their_story(name: str, options: dict[str, Any]) -> None:
    run = model_of(name).train(**options)
    story = model_of(name).explain(run)
    assert "#" not in story.text(tests=True)
    departed = run.ended == "left the finite numbers"
    assert (story["end"].evidence.get("kind") == "left the finite numbers") == departed
    held = options.get("hold", [])
    assert not [name for name in Context(run).names if name.split("[")[0] in held]


# ---- planted faults ----------------------------------------------------------------------------------------------


def times(factor: Fraction) -> Callable[[Expr], Expr]:
    return lambda body: Mul((Number(factor), body))


@pytest.mark.parametrize(("bend", "turned"), [
    (Neg, {"update", "sign", "size", "steepest", "decrease"}),
    (times(Fraction(101, 100)), {"update", "size", "steepest"}),
], ids=["sign", "one per cent"])  # fmt: skip
@pytest.mark.parametrize("text", [LINEAR, NEURON.format(", b := 0", " + b")], ids=["linear", "neuron"])
def test_a_wrong_gradient_turns_the_claims(
    trained: Trained, text: str, bend: Callable[[Expr], Expr], turned: set[str]
) -> None:
    data = ROWS if text == LINEAR else FACTS
    ids = ("update", "sign", "size", "steepest", "decrease")
    options: dict[str, Any] = {"steps": 15, "batch": "all", "rate": 0.02}
    right = explain(trained(text, data, **options), claims=ids)
    wrong = explain(trained(text, data, bend=bend, **options), claims=ids)
    assert {id for id in ids if right[id].holds} == set(ids)
    assert {id for id in ids if not wrong[id].holds} == turned


def test_one_wrong_slope_of_650_is_found_without_looking_at_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(update, "WORK", 0)
    context = Context(digits())
    moment = context.moment
    assert moment is not None
    off, scale, checked = update.compared(context, moment)
    assert checked < 650
    assert off <= 1e-9 * scale
    bent = moment.gradient.copy()
    bent[np.argmin(np.abs(bent))] += 1e-3
    off, scale, checked = update.compared(context, replace(moment, gradient=bent))
    assert off >= 1e-3 * (1 - 1e-6)


def test_a_sample_of_the_weights_is_said_to_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign, "WORK", 0)
    claim = explain(digits(), claims=["sign"])["sign"]
    assert claim.statement.startswith("On both sides of 8 of 360 weights with a slope")
    assert len(claim.evidence["weights"]) == 8
