"""Ends beside a kink, in a box, in a shuffled order: what is told is what points, states and passes show."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.explain import explain
from chainrule.explain.measure.ends.neighbours import chosen
from chainrule.train.run import Run

Trained = Callable[..., Run]

UNIT = "data x\ntarget y\nweight w := {w}, b := {b}, v := {v}\nconst α := {rate}\nh = {f}(w·x + b)\nŷ = v·h\nE = {E}"
CHAIN = (
    "index t = 1..2\ndata x[t]\ntarget y\nweight a := 0.5, u := 2\nconst α := 0.3\nh[0] = 0\n"
    "h[t] = tanh(a·x[t] + u·h[t-1])\nE = {E}"
)
TWO, ONE = {"x": [-1.0, -1.0], "y": [2.0, 0.0]}, {"x": [1.0], "y": [0.0]}

BESIDE: dict[str, tuple[str, Any, dict[str, Any]]] = {
    "the kink of one pattern": (
        UNIT.format(w=0, b=0, v=0, rate=0.001, f="tanh", E="abs(ŷ − y)"), TWO, {"steps": 1000, "batch": "each"}),
    "sin": (UNIT.format(w=0, b=0, v=0, rate=1, f="sin", E="abs(ŷ − y)"), TWO, {"steps": 300, "batch": "each"}),
    "by max": (UNIT.format(w=0, b=0, v=0, rate=0.001, f="tanh", E="max(ŷ − y, y − ŷ)"), TWO,
               {"steps": 1000, "batch": "each"}),
    "by relu": (UNIT.format(w=0, b=0, v=0, rate=0.001, f="tanh", E="relu(ŷ − y) + relu(y − ŷ)"), TWO,
                {"steps": 1000, "batch": "each"}),
    "a hair beside it": (UNIT.format(w=-0.3, b=2, v=0.25, rate=0.1, f="tanh", E="abs(ŷ − y)"), ONE,
                         {"steps": 1000, "update": "nesterov", "batch": "all"}),
    "a recurrence": (CHAIN.format(E="abs(h[2] − y)"), {"x[1]": [-1.0], "x[2]": [1.0], "y": [0.0]}, {"steps": 1000}),
    "letters": (CHAIN.format(E="max(h[2] − y, y − h[2])"), {"x[1]": [-1.0], "x[2]": [1.0], "y": [0.0]},
                {"steps": 1000}),
}  # fmt: skip


@pytest.mark.parametrize("name", BESIDE)
def test_second_derivatives_are_not_accused_beside_a_kink(trained: Trained, name: str) -> None:
    """They are those of one side; the goal bends up by its slopes on both, and no point is lower."""
    text, data, options = BESIDE[name]
    claim = explain(trained(text, data, **options), claims=["end"])["end"]
    assert claim.evidence["kind"] != "contradicted", claim.statement
    assert "wrong" not in claim.statement
    if "curve bends" in claim.statement:
        assert "a kink there, or rounding, hides" in claim.statement


def test_second_derivatives_alone_are_accused_where_no_kink_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same words would hide a wrong second derivative of a smooth goal."""
    from chainrule.explain.measure.context import Context

    model = cr.Model("weight u := 0, v := 0\nconst α := 0.1\nE = u² + v²")
    run = model.train(steps=5)
    bends = Context.hessian
    monkeypatch.setattr(Context, "hessian", lambda self, at: -bends(self, at))
    claim = explain(run, claims=["end"])["end"]
    assert claim.evidence["kind"] == "contradicted", claim.statement


BOXED = (
    "index t = 1..3\ndata x[t]\ntarget y\nweight a in [−3, 0.5] := {a}, u in [−1, 2] := {u}\nconst α := {rate}\n"
    "h[0] = 0\nh[t] = a·x[t] + u·h[t-1]\nE = ½(h[3] − y)²\nminimise mean E"
)
BOXED_ROWS = {"x": [[0.0, 2.0, 1.0], [-1.0, 2.0, 0.0]], "y": [1.0, 2.0]}


@pytest.mark.parametrize(("a", "u", "rate"), [("1e-12", 2, 1.5), ("0.1", 2, 1.5), ("1e-12", 1, 2), ("0.5", 0, 3)])
@pytest.mark.parametrize("update", ["momentum", "nesterov"])
def test_a_cycle_repeats_with_all_that_the_rule_remembers(a: str, u: float, rate: float, update: str) -> None:
    """Weights that boxes hold repeat for a while as a velocity grows: told of a cycle, all that follows is alike."""
    model = cr.Model(BOXED.format(a=a, u=u, rate=rate))
    claim = model.explain(model.train(BOXED_ROWS, steps=60, update=update))["end"]
    if claim.evidence["kind"] != "cycle":
        assert "repeat" not in claim.statement.replace("nor repeats itself", "")
        return
    period = 2 * claim.evidence["period"]  # of two steps, one a pattern
    path = model.train(BOXED_ROWS, steps=700, update=update).trace.weights
    for one in path.values():
        late = np.asarray(one)[60:]
        assert np.allclose(late[period:], late[:-period], rtol=1e-6, atol=1e-9), claim.statement


SHUFFLED = (
    "index t = 1..2\ndata x[t]\ntarget y\nweight a in [−3, 2] := {a}, u in [−3, 2] := {u}\nconst α := {rate}\n"
    "h[0] = 0\nh[t] = max(a·x[t] + u·h[t-1], (a·x[t] + u·h[t-1])/8)\nE = relu(1 − y·h[2])\nminimise mean E"
)
SHUFFLED_ROWS = {"x": [[2.0, 2.0], [2.0, 2.0], [0.5, 0.5]], "y": [-1.0, 1.0, -1.0]}


@pytest.mark.parametrize(("a", "u", "rate"), [("−0.3", -1, 100), ("0.5", 1, 100), ("−1", 0, 10)])
def test_a_shuffled_order_rests_only_where_every_order_leaves_it(a: str, u: float, rate: int) -> None:
    """Few passes without a change are chance: another order moves the weights again."""
    model, options = cr.Model(SHUFFLED.format(a=a, u=u, rate=rate)), {"update": "adam", "batch": "shuffled"}
    claim = model.explain(model.train(SHUFFLED_ROWS, steps=1000, **options))["end"]
    path = model.train(SHUFFLED_ROWS, steps=10_000, **options).trace.weights
    late = np.stack([np.asarray(one)[-3000:] for one in path.values()], axis=1)
    if not np.allclose(late, late[-1], atol=1e-6):
        assert "goes to" not in claim.statement, claim.statement
        assert claim.evidence["kind"] == "not settled", claim.statement


CLIPPED = (
    "index t = 1..2\ndata x[t]\ntarget y\nweight a := −1, u := 0.5\nconst α := 0.001\nh[0] = 0\n"
    "h[t] = min(max(a·x[t] + u·h[t-1], −1), 1)\nE = ½(h[2] − y)²\nminimise sum E"
)


def test_behind_the_edge_of_a_unit_a_lower_place_is_met(trained: Trained) -> None:
    """Of the directions at a distance of 0.2 one in sixty leads lower."""
    rows = {"x[1]": [0.5, 2, 1, 0.5], "x[2]": [1, 1, 0.5, 1], "y": [0, 1, -1, 2]}
    claim = explain(trained(CLIPPED, rows, steps=300, update="rmsprop"), claims=["end"])["end"]
    assert "points tried at 6 distances up to 0.2 was lower" not in claim.statement, claim.statement


def test_more_mixtures_of_flat_directions_are_tried_than_lead_to_one_way() -> None:
    flat = np.array([True] * 8 + [False])
    ways = chosen(np.ones(9, dtype=bool), np.eye(9), flat, np.zeros((0, 9)))
    mixed = ways[(ways[:, 8] == 0) & ((ways != 0).sum(axis=1) > 1)]
    assert len(mixed) >= 80
    assert np.allclose(np.linalg.norm(ways, axis=1), 1)

INSIDE = (
    "index t = 1..3\ndata x[t]\ntarget y\nweight a := 2, u := −1\nconst α := 1\nh[0] = 0\n"
    "h[t] = {h}\nE = {E}\nminimise mean E"
)
LEAKY = "max(a·x[t] + u·h[t-1], (a·x[t] + u·h[t-1])/8)"


@pytest.mark.parametrize("h", [LEAKY, LEAKY.replace("/8", "·0.25"), "abs(a·x[t] + u·h[t-1]) + (a·x[t] + u·h[t-1])/2"])
@pytest.mark.parametrize("E", ["½(h[3] − y)²", "softplus(−y·h[3])"])
def test_kinks_inside_that_make_none_accuse_no_gradient(h: str, E: str) -> None:
    """h[2] and h[3] stand at kinks, and their sides make one slope together, which is not that of the rules."""
    model = cr.Model(INSIDE.format(h=h, E=E))
    claim = model.explain(model.train({"x": [[0.5, 0.5, 0.0]], "y": [-1.0]}, steps=7, batch="all"))["size"]
    assert "wrong" not in claim.statement, claim.statement
    assert not claim.holds or claim.evidence["ratio_of_short_steps"] == pytest.approx(1, abs=1e-3)


def test_a_wrong_gradient_is_still_accused_beside_kinks(trained: Trained) -> None:
    """A gradient that is twice as large is so everywhere beside the point too."""
    from chainrule.expr.nodes import Mul, number

    text = INSIDE.format(h=LEAKY, E="½(h[3] − y)²").replace("u := −1", "u := −1.2")
    run = trained(text, {"x[1]": [0.5], "x[2]": [0.5], "x[3]": [0.25], "y": [-1.0]}, steps=3, batch="all",
                  bend=lambda expr: Mul((number(2), expr)))  # fmt: skip
    assert "The gradient is wrong" in explain(run, claims=["size"])["size"].statement


def test_a_place_on_the_way_is_no_minimum_where_it_is_lower_beyond_a_rim() -> None:
    model = cr.Model(
        "index i = 1..2\ndata x[i]\ntarget y\nweight w := −1, b := 1e-12\nconst α := 0.001\n"
        "h[i] = sign(w·x[i] + b)·(w·x[i] + b)\nŷ = Σ_i h[i]\nE = ½(ŷ − y)²\nminimise mean E"
    )
    rows = {"x": [[2, 2], [2, 2], [-1, 0.5], [2, -1], [0, 1]], "y": [0.5, 1, 0.5, 0.5, 0]}
    claim = model.explain(model.train(rows, steps=300, batch="all"))["end"]
    assert "minimum" not in claim.statement, claim.statement
