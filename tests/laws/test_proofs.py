"""What intervals say of a network holds at every point: at the start, and at points drawn from boxes around it.

Networks of plain numbers and networks with letters are computed by two programs. Where both can, they agree to the bit
but for constants, and where letters are, values, slopes and bends are held against numbers that know no interval.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.explain.flow.test_flow import drawn, program
from tests.laws import indexed
from tests.laws.truth.worlds import world

import chainrule as cr
from chainrule.explain.evaluate.evaluator import Evaluator
from chainrule.explain.evaluate.prover import Prover
from chainrule.explain.measure.context import Context

PROGRAMS = sorted((Path(__file__).parents[1] / "programs").glob("*.eq"))
WIDTH = 0.05
"""How far a box reaches from the start."""
ROUNDED, STEPPED = 1e-12, 1e-5
"""Of its size: what rounding may do to a slope by complex step; what differences of slopes lose."""


def holds(context: Context, seed: int) -> None:
    """Value, slope and bend at the start and on boxes around it, along a direction drawn at random."""
    evaluator, prover, draw = context.evaluator, context.prover, np.random.default_rng(seed)
    at, count = context.start, len(context.names)
    way = draw.normal(size=count) / max(1.0, count**0.5)
    exact = prover.along(at[None, :], at[None, :], way)
    goal, slope = evaluator.goal(at[None, :])[0], evaluator.complex_step(at, None, way[None, :])[0]
    within(exact.value, goal, 1e-14 * abs(goal))
    within(exact.slope, slope, ROUNDED * (1 + abs(slope)))
    low, high = at - WIDTH * draw.random(count), at + WIDTH * draw.random(count)
    box = prover.along(low[None, :], high[None, :], way)
    points = low + (high - low) * draw.random((6, count))
    for point in points:
        ahead, behind = (evaluator.complex_step(point + h * way, None, way[None, :])[0] for h in (1e-6, -1e-6))
        within(box.value, evaluator.goal(point[None, :])[0], ROUNDED * abs(goal))
        within(box.slope, evaluator.complex_step(point, None, way[None, :])[0], ROUNDED * (1 + abs(slope)))
        bend = (ahead - behind) / 2e-6
        within(box.bend, bend, STEPPED * (1 + abs(bend) + abs(ahead)))


def within(interval: object, number: float, slack: float) -> None:
    low, high = float(np.min(interval.low)), float(np.max(interval.high))  # type: ignore[attr-defined]
    if np.isfinite(number):
        assert low - slack <= number <= high + slack


def started(model: cr.Model) -> Context:
    return Context(model.train(steps=0))


@pytest.mark.parametrize("path", PROGRAMS, ids=[one.stem for one in PROGRAMS])
def test_programs(path: Path) -> None:
    holds(started(program(path)), 1)


@pytest.mark.parametrize("seed", range(25))
def test_networks_with_letters(seed: int) -> None:
    text, data = indexed.network(seed)
    holds(started(cr.Model(text, data=data)), seed)


@pytest.mark.parametrize("seed", range(80000, 80040))
def test_random_trainings(seed: int) -> None:
    """Kinks, steps, recurrences, saturated starts, models without data."""
    one = world(seed)
    context = Context(cr.Model(one.text).train(one.data, **{**one.options, "steps": 0}))
    evaluator, at = context.evaluator, context.start
    point = context.prover.along(at[None, :], at[None, :], np.ones(len(at)))
    within(point.value, evaluator.goal(at[None, :])[0], 1e-14 * abs(float(evaluator.goal(at[None, :])[0])))
    draw = np.random.default_rng(seed)
    box = context.prover.along(at[None, :] - 0.1, at[None, :] + 0.1, np.ones(len(at)))
    for goal in evaluator.goal(at + 0.2 * (draw.random((20, len(at))) - 0.5)):
        within(box.value, float(goal), ROUNDED * abs(float(goal)))


@pytest.mark.parametrize("seed", range(30))
def test_both_programs_prove_the_same(seed: int) -> None:
    """A network of plain numbers, computed as one without letters and as one with them."""
    context = started(drawn(seed))
    plain = context.evaluator
    assert plain.plain
    other = Evaluator(plain.program, plain.bound, plain.names, plain.held)
    other.__dict__["plain"] = False
    at = context.start[None, :]
    way = np.random.default_rng(seed).normal(size=at.shape[1])
    one, two = (prover.along(at - 0.02, at + 0.02, way) for prover in (context.prover, Prover(other)))
    for part in ("value", "slope", "bend"):
        for end in ("low", "high"):
            first, second = (float(np.ravel(getattr(getattr(jet, part), end))[0]) for jet in (one, two))
            assert second == pytest.approx(first, rel=1e-9, abs=1e-12), (part, end)


def test_one_box_is_one_lane_of_many() -> None:
    context = started(program(PROGRAMS[4]))
    at = context.start
    low, high = np.stack([at, at - 0.1, at - 0.01]), np.stack([at, at + 0.1, at + 0.01])
    ways = np.random.default_rng(0).normal(size=low.shape)
    every = context.prover.along(low, high, ways)
    for lane in range(3):
        alone = context.prover.along(low[lane : lane + 1], high[lane : lane + 1], ways[lane])
        for part in ("value", "slope", "bend"):
            for end in ("low", "high"):
                found = getattr(getattr(every, part), end)[lane, 0]
                assert found == pytest.approx(float(getattr(getattr(alone, part), end)[0, 0]), rel=1e-12, abs=1e-300)
