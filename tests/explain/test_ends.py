"""Where runs end: what is said follows the run's own rule, and is attacked by the same run, followed on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from chainrule.explain import explain
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.ends.continuation import follow, returns
from chainrule.explain.measure.rounding import rounding
from chainrule.explain.tell.claim import Claim
from chainrule.train.run import Run

Trained = Callable[..., Run]


def end(run: Run) -> Claim:
    return explain(run, claims=["end"])["end"]


XOR = (
    "data a, b\ntarget y\nweight w11 := 0, w12 := 0, w21 := 0, w22 := 0, v1 := 0, v2 := 0, b1 := 0, b2 := 0, c := 0\n"
    "const α := 0.5\nh1 = σ(w11·a + w12·b + b1)\nh2 = σ(w21·a + w22·b + b2)\nŷ = σ(v1·h1 + v2·h2 + c)\nE = ½(ŷ − y)²"
)
XOR_ROWS = {"a": [0, 0, 1, 1], "b": [0, 1, 0, 1], "y": [0, 1, 1, 0]}

KINDS: list[tuple[str, str, dict[str, Any], str]] = [
    ("quartic", "weight w := 0\nconst α := 0.1\nE = 3(¾ − w)⁴", {"steps": 1000}, "on the way to a minimum"),
    ("quartic, two", "weight u := 1, v := 0.5\nconst α := 0.1\nE = u² + v⁴", {"steps": 300}, "on the way to a minimum"),
    ("at a quartic", "weight u := 0, v := 0\nconst α := 0.1\nE = u² + v⁴", {"steps": 5}, "minimum"),
    ("inflection", "weight x := 2\nconst η := 0.1\nE = x³ − 3x² + 3x", {"steps": 2000}, "inflection"),
    ("inflection, at it", "weight x := 0\nconst η := 0.1\nE = x⁵ + 1", {"steps": 5}, "inflection"),
    ("monkey saddle", "weight x := 0, y := 0\nconst η := 0.1\nE = x³ − 3·x·y²", {"steps": 5}, "degenerate saddle"),
    ("fourth order", "weight x := 0, y := 0\nconst η := 0.1\nE = x² − y⁴", {"steps": 5}, "degenerate saddle"),
    ("hill, fourth order", "weight x := 0\nconst η := 0.1\nE = −x⁴", {"steps": 5}, "maximum"),
    ("saddle", "weight x := 0, y := 0\nconst η := 0.1\nE = x² − y²", {"steps": 5}, "saddle"),
    ("to the minimum beyond a saddle", "weight x := 1, y := 1e-12\nconst η := 0.1\nE = ½x² + ¼y⁴ − ½y²", {"steps": 200},
     "on the way to a minimum"),
    ("curved valley", "weight a := 2, b := 0.1\nconst α := 0.05\nE = (a·b − 1)²", {"steps": 2000}, "valley"),
    ("flat on one side", "weight w := 1\nconst α := 0.1\nE = relu(w − 1)² + 2", {"steps": 3}, "valley"),
    ("expanded sixth power", "weight w := 2\nconst α := 0.1\nE = w⁶ − 12w⁵ + 60w⁴ − 160w³ + 240w² − 192w + 64",
     {"steps": 5}, "minimum"),
    ("hops over a kink", "weight w := 0.2\nconst α := 0.1\nE = abs(w − 0.35)", {"steps": 100}, "cycle"),
    ("on a kink", "weight w := 0.5\nconst α := 0.25\nE = abs(w)", {"steps": 10}, "kink"),
    ("on a wrong kink", "weight w := 0\nconst α := 0.25\nE = −abs(w)", {"steps": 10}, "stuck"),
    ("a wall", "weight w := 1\nconst α := 0.1\nE = −w + relu(w − 200)³", {"steps": 1000}, "on the way to a minimum"),
    ("chaos", "weight x := 0.3\nconst η := 1.35\nE = ¼(x²−1)²", {"steps": 1000}, "not settled"),
    ("no rate", "weight w := 1\nconst α := 0\nE = w²", {"steps": 3}, "asleep"),
    ("separable", "data x in {1, 2}\ntarget y = 1\nweight w := 0, b := 0\nconst α := 1\nE = log(1 + exp(−(w·x + b)))",
     {"steps": 100, "batch": "all"}, "still falling"),
    ("a third order that a kink hides", "weight a := 0, b := 0, c := 0\nconst α := 1\nE = a·b² + abs(c)", {"steps": 3},
     "kink"),
    ("too flat for a step", "weight a := 30, b := 30\nconst α := 1\nE = exp(−a − b)", {"steps": 3}, "plateau"),
    ("lost in the last places", "weight a := −30, b := 2\nconst α := 1\nE = softplus(a)² + softplus(a + b)²",
     {"steps": 9}, "plateau"),
    ("a bound that only rounding pushes against", "weight a := 1e-18, u in [−1, 2] := −1\nconst α := 0.01\n"
     "E = (1 + 3.5·a·(u + 1) + a²)", {"steps": 5}, "saddle"),
    ("passes that come back by chance", "data x in {1, 2}\ntarget y = 3 − 2·x\nweight w in [−1, 1] := 0\n"
     "const α := 10\nE = ½(w·x − y)²", {"steps": 7, "batch": "shuffled"}, "not settled"),
    ("no rate, another rule", "weight a := 1, b := 2\nconst α := 0\nE = (a − 3)² + b²",
     {"steps": 3, "update": "adam"}, "asleep"),
    ("a rule that stops early", "weight a := 3, b := 2\nconst α := 0.1\nE = a² + b²\n"
     "update a <- a − α·[abs(∂E/∂a) > 1]·∂E/∂a\nupdate b <- b − α·[abs(∂E/∂b) > 1]·∂E/∂b", {"steps": 80}, "plateau"),
    ("runs away", "weight a := 1, b := 1\nconst α := 0.1\nE = a² − b² + 0.001·b⁴·a", {"steps": 60}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "options", "kind"), KINDS, ids=[case[0] for case in KINDS])
def test_kinds_of_ends(trained: Trained, name: str, text: str, options: dict[str, Any], kind: str) -> None:
    claim = end(trained(text, **options))
    if kind:
        assert claim.evidence["kind"] == kind, claim.statement
    assert "no minimum at finite" not in claim.statement
    if kind in ("minimum", "valley"):
        assert claim.evidence["neighbours_better"] == 0


def test_a_start_of_all_zeros_is_no_valley(trained: Trained) -> None:
    claim = end(trained(XOR, XOR_ROWS, batch="all"))
    assert claim.evidence["kind"] == "degenerate saddle"
    assert not claim.holds
    assert claim.evidence["at_distance"] == pytest.approx(0.1)
    assert claim.evidence["falls_by"] == pytest.approx(4.52e-8, rel=0.02)  # the most there, by BFGS from 30 starts
    here, there, _ = claim.evidence["sides"]
    assert there < here


def test_a_minimum_that_repels_is_said_to(trained: Trained) -> None:
    """At η·E″ = 2.7 the minimum does not hold the run, which stands on it exactly."""
    run = trained("weight x := 1\nconst η := 1.35\nE = ¼(x²−1)²", steps=50)
    assert (returns(Context(run)) or 0) > 100
    claim = end(run)
    assert not claim.holds
    assert "carried off" in claim.statement
    assert "2.7" in claim.statement
    held = trained("weight x := 1\nconst η := 0.9\nE = ¼(x²−1)²", steps=50)
    assert (returns(Context(held)) or 0) < 1
    assert end(held).holds


def test_a_minimum_near_by_that_repels_is_no_goal(trained: Trained) -> None:
    claim = end(trained("weight x := 0.3\nconst η := 1.35\nE = ¼(x²−1)²", steps=1000))
    assert "goes to" not in claim.statement
    assert "repels such steps" in claim.statement


@pytest.mark.parametrize(("rate", "period"), [(1.1, 2), (1.27, 4), (1.285, 8)])
def test_cycles_of_any_period(trained: Trained, rate: float, period: int) -> None:
    """The logistic family in disguise: w ← w − η·w·(w² − 1)."""
    claim = end(trained(f"weight w := 0.7\nconst η := {rate}\nE = ¼·w⁴ − ½·w²", steps=5000))
    found = claim.evidence.get("period")
    w = claim.evidence["weights"]["w"]
    values = [w]
    for _ in range(3 * (found or period)):
        values.append(values[-1] - rate * values[-1] * (values[-1] ** 2 - 1))
    if found:
        assert np.allclose(values[:found], values[found : 2 * found], atol=1e-6)
        assert all(abs(values[k] - w) > 1e-6 for k in range(1, found))


def test_a_circle_is_measured_at_the_end_of_its_pass(trained: Trained) -> None:
    text = "data x\ntarget y\nweight w := 0\nE = (w − y)²"
    for steps in (400, 401):
        run = trained(text, {"x": [0, 0], "y": [0, 1]}, steps=steps, rate=0.1)
        claim = end(run)
        assert claim.evidence["kind"] == "cycle inside a pass"
        w = 0.0
        for _ in range(2000):
            w -= 0.2 * w
            w -= 0.2 * (w - 1)
        assert claim.evidence["error_at_end_of_pass"] == pytest.approx((w**2 + (w - 1) ** 2) / 2, rel=1e-6)
        assert "each helps its own" in claim.statement or "each step helps its own" in claim.statement


def test_too_long_steps_are_the_cause_where_they_are(trained: Trained) -> None:
    text = "data x\ntarget y\nweight w := 0.3\nE = ½·(x·w − y)²"
    claim = end(trained(text, {"x": [1.5, -1.5], "y": [1, 1]}, steps=400, rate=1.0))
    if claim.evidence["kind"] == "cycle inside a pass":
        assert "too long" in claim.statement


def test_the_run_followed_on_is_the_run(trained: Trained) -> None:
    text = "data x\ntarget y\nweight w := 0, b := 0\nconst α := 0.05\nE = (w·x + b − y)²"
    columns = {"x": [1, 2, 3], "y": [2, 4, 7]}
    batches: list[dict[str, Any]] = [{"batch": one} for one in ("each", "all", "shuffled", 2)]
    for options in (*batches, {"update": "adam"}, {"update": "momentum"}):
        short, long = trained(text, columns, steps=7, **options), trained(text, columns, steps=30, **options)
        seen = follow(Context(short))
        assert seen is not None
        assert np.array_equal(seen.path[:20], Context(long).path[7:27])


def test_rounding_is_bounded_where_it_cancels(trained: Trained) -> None:
    text = "weight w := 2\nconst α := 0.1\nE = w⁶ − 12w⁵ + 60w⁴ − 160w³ + 240w² − 192w + 64"
    context = Context(trained(text, steps=1))
    points = 2 + np.linspace(-1e-3, 1e-3, 101)[:, None]
    off = np.abs(context.evaluator.goal(points) - (points[:, 0] - 2) ** 6)
    bound = rounding(context, points)
    assert (off <= bound).all()
    assert bound.max() < 1e-9


@pytest.mark.parametrize(("beta", "rate", "steps"), [(0.9, 0.3, 200), (0.9, 3.0, 300), (0.5, 0.3, 60)])
def test_a_run_that_still_swings_is_not_carried_off(trained: Trained, beta: float, rate: float, steps: int) -> None:
    """Momentum is stable up to α·E″ = 2(1 + β); the end of such a run lies further from the minimum than any push."""
    momentum = "update θ, g\n  v <- β*v + g\n  θ <- θ - α*v"
    run = trained(f"weight w := 5\nconst α := {rate}, β := {beta}\nE = ½*w²\n{momentum}", steps=steps)
    assert (returns(Context(run)) or 0) < 1
    assert "carried off" not in end(run).statement
