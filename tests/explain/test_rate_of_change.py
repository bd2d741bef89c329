"""The rate of change along a step: a factor that is wrong by 1e-5 is found, and rounding alone raises no alarm."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from tests.laws.networks import network

import chainrule as cr
from chainrule.explain import explain
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.rate_of_change import rate
from chainrule.expr.nodes import Expr, Mul, Number
from chainrule.train.run import Run

from .conftest import bent

Trained = Callable[..., Run]

SCALED = {
    "tiny weights": "weight w := 1e-150\nconst α := 1e-300\nE = (w·1e150 − 3)²",
    "huge weights": "weight w := 1e150, v := 3e150\nconst α := 0.1\nE = (w·1e-150 − 3)² + w·v·1e-300",
    "tiny and huge": "weight w := 1e-100, v := 1e100\nconst α := 1e-9\nE = (w·1e100 + v·1e-100 − 3)²",
    "a residual that cancels": "data x in {1, 2}\nweight w := 1.0000001\nconst α := 0.1\nE = (w·x·1e6 − 1e6·x)²",
    "a sum that cancels": "data x in {1, -1}\nweight w := 0.3, b := 1e-9\nconst α := 0.1\nE = 1e8·w·x + b",
    "a long chain": "weight w := 0.9\nconst α := 0.1\nE = w^200",
}


def times(factor: str) -> Callable[[Expr], Expr]:
    return lambda body: Mul((Number(Fraction(factor)), body))


def drawn(trained: Trained, seed: int, **options: object) -> Run:
    """A random network on five random patterns."""
    text = network(seed)
    names = [*text.split("data ")[1].split("\n")[0].split(", "), "y"]
    draw = np.random.default_rng(seed)
    return trained(text, {name: draw.normal(size=5) for name in names}, steps=2, rate=1e-3, seed=seed, **options)


@pytest.mark.parametrize("factor", ["1.001", "1.00001", "0.99999", "1.000001"])
@pytest.mark.parametrize("name", ["identity", "identity-bias", "and", "or", "xor", "mazur", "line", "growth"])
def test_a_small_wrong_factor_is_found_in_every_example(trained: Trained, name: str, factor: str) -> None:
    model = cr.example(name)
    run = model.train(steps=2)
    right = explain(run, claims=["size"])["size"]
    assert right.holds, right.statement
    assert right.evidence["ratio_tolerance"] < 1e-8
    text, columns = model.text, model.data
    wrong = explain(trained(text, columns, steps=2, plant=bent(times(factor))), claims=["size"])["size"]
    assert not wrong.holds
    assert wrong.evidence["ratio_of_short_steps"] == pytest.approx(1 / float(factor), abs=1e-9)
    assert "The size is not the rate of change" in wrong.statement


@pytest.mark.parametrize("name", SCALED)
def test_networks_of_odd_sizes(trained: Trained, name: str) -> None:
    right = rate_of(trained(SCALED[name], steps=2))
    assert right.clear
    assert right.right, right
    wrong = rate_of(trained(SCALED[name], steps=2, plant=bent(times("1.00001"))))
    assert not wrong.right, wrong


def test_where_rounding_hides_the_slope_only_differences_are_told(trained: Trained) -> None:
    """σ(30) is 1 to 13 digits, so 1 − σ in its slope has three: the equations themselves are off by 2e-4."""
    run = trained("weight w := 30\nconst α := 0.1\nE = ½(sigmoid(w) − 0.2)² + 1e-6·w", steps=2)
    assert rate_of(run).right
    saturated = rate_of(trained("weight w := 30\nconst α := 0.1\nE = ½(sigmoid(w) − 0.2)²", steps=2))
    assert not saturated.clear
    assert abs(saturated.ratio - 1) > 1e-5


def rate_of(run: Run):  # type: ignore[no-untyped-def]
    context = Context(run)
    assert context.moment is not None
    return rate(context, context.moment)


@pytest.mark.parametrize("seed", range(20))
def test_random_networks_raise_no_alarm_and_hide_no_fault(trained: Trained, seed: int) -> None:
    found = rate_of(drawn(trained, seed, batch="all" if seed % 2 else "each"))
    assert found.clear
    assert found.right, found
    assert not rate_of(drawn(trained, seed, plant=bent(times("1.00001")))).right


def test_the_digits_raise_no_alarm() -> None:
    size = explain(cr.example("digits").train(steps=2, batch="all"), claims=["size"])["size"]
    assert size.holds
    assert size.evidence["ratio_tolerance"] < 1e-9
