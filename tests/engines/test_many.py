"""Many runs side by side against the same runs one by one: the same bits, at any width, on any number of threads."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

pytest.importorskip("llvmlite")

from tests.laws.engines import ensemble_difference, overflow_difference

from chainrule.engines.native.many import NEVER, LoadedEnsemble, LoadedMany
from chainrule.engines.native.thread_pool import share_out
from chainrule.engines.protocol import Bound, Chunk, State
from chainrule.engines.reference import REFERENCE
from chainrule.model import build
from chainrule.notation import parse
from chainrule.program import lower
from chainrule.program.program import Program

TEXT = """data x
target y
weight w in [-0.7, 0.9], b
const α := 0.1, c := 1
h = c*exp(w*x) + b
E = (h - y)^2
"""
STARTS = np.array([0.3, -0.5, 0.1, 0.2, 0.8, 0.0, 0.4])
RATES = np.array([0.01, 0.0, 3.0, 0.1, 1e150, 1e-30, 0.7])  # they converge, leave, or go on
CONSTS = np.array([1.0, 0.5, 2.0, 1.0, 1.0, 1.5, -1.0])


@pytest.fixture
def network() -> tuple[Program, Bound]:
    draw = np.random.default_rng(0)
    values = {"x": draw.normal(size=5), "y": draw.normal(size=5), "c": np.array(1.0), "alpha": np.array(0.1)}
    return lower(build(parse(TEXT))), Bound(values, {}, 5)


def alone(program: Program, bound: Bound, rows: list[list[int]]) -> list[Chunk]:
    """Each run on the reference engine."""
    found = []
    for start, rate, const in zip(STARTS, RATES, CONSTS, strict=True):
        own = Bound({**bound.values, "alpha": np.array(rate), "c": np.array(const)}, bound.ranges, bound.patterns)
        state = State({"w": np.array(start), "b": np.array(-start)}, {})
        found.append(REFERENCE.load(program, own).advance(state, rows, 5))
    return found


def together(many: LoadedMany, runs: slice = slice(None)) -> LoadedEnsemble:
    return many.ensemble({"w": STARTS[runs], "b": -STARTS[runs]}, {"alpha": RATES[runs], "c": CONSTS[runs]})


ROWS = [[step % 5] if step % 4 else [0, step % 5, 1] for step in range(60)]
OWN = ("alpha", "c")


@pytest.mark.parametrize(("width", "threads"), [(1, 1), (2, 3), (4, 1), (8, 2), (16, 1)])
def test_runs_side_by_side_are_the_runs_alone(network: tuple[Program, Bound], width: int, threads: int) -> None:
    wanted = alone(*network, ROWS)
    assert {("left" if chunk.departure else "converged" if chunk.converged else "on") for chunk in wanted} == {
        "left", "converged", "on",
    }  # fmt: skip
    many = LoadedMany(*network, OWN, width, threads)
    ensemble = together(many)
    tables: dict[int, list[Any]] = {}
    for first, stop in ((0, 1), (1, 24), (24, 60)):
        rows = ROWS[first:stop]
        many.advance(ensemble, rows, first, 5, 1, lambda group, _, new: tables.setdefault(group, []).append(new))
    error = many.evaluate(ensemble, ["goal", "h"])
    for run, chunk in enumerate(wanted):
        assert ensemble.steps[run] == chunk.state.step
        assert ensemble.ended[run] == (1 if chunk.departure else 2 if chunk.converged else 0)
        row = many.layout.row({**chunk.state.weights, **chunk.state.states})
        assert ensemble.rows[run].tobytes() == row.tobytes()
        trace = np.concatenate([part.table[:, :, run % width] for part in tables[run // width]])[: chunk.state.step]
        assert np.array_equal(trace, np.stack([chunk.weights["w"], chunk.weights["b"]], axis=1))
        if chunk.departure:
            assert many.departed(ensemble, run, ROWS[ensemble.steps[run]]) == chunk.departure
        own = Bound({**network[1].values, "c": CONSTS[run]}, {}, 5)
        found = REFERENCE.load(network[0], own).evaluate(chunk.state.weights)
        assert float(error["goal"][run]) == float(found["goal"])
        assert error["h"][run].tolist() == found["h"].tolist()


def test_neighbours_change_nothing(network: tuple[Program, Bound]) -> None:
    many = LoadedMany(*network, OWN, 4)
    whole, part = together(many), together(many, slice(3, 5))
    for ensemble in (whole, part):
        many.advance(ensemble, ROWS, 0, 5)
    assert part.rows.tobytes() == whole.rows[3:5].tobytes()
    assert part.steps.tolist() == whole.steps[3:5].tolist()


def test_numbers_given_in_float32_are_those_numbers(network: tuple[Program, Bound]) -> None:
    program, bound = network
    short = {"alpha": np.array([0.25, 0.5], np.float32), "c": np.array([1.0, 2.0], np.float32)}
    ensembles = []
    for own in (short, {name: value.astype(np.float64) for name, value in short.items()}):
        many = LoadedMany(program, bound, OWN, 4)
        ensembles.append(many.ensemble({"w": STARTS[:2], "b": -STARTS[:2]}, own))
        many.advance(ensembles[-1], ROWS[:3], 0, 5)
    assert ensembles[0].rows.tobytes() == ensembles[1].rows.tobytes()


def test_a_group_that_has_ended_makes_no_more_steps(network: tuple[Program, Bound]) -> None:
    many = LoadedMany(*network, OWN, 1)
    ensemble = many.ensemble({"w": np.zeros(2), "b": np.zeros(2)}, {"alpha": np.array([1e300, 0.1]), "c": np.ones(2)})
    many.advance(ensemble, ROWS, 0, 5)
    assert ensemble.going() == [1]
    kept: list[int] = []
    many.advance(ensemble, ROWS, 60, 10**9, 1, lambda group, _, part: kept.append(group))
    assert set(kept) == {1}
    assert ensemble.steps.tolist() == [1, 120]


def test_an_interruption_stops_every_kernel(network: tuple[Program, Bound]) -> None:
    before = threading.active_count()  # other tests may have left some
    many = LoadedMany(*network, OWN, 2, 2)
    ensemble = many.ensemble({"w": np.zeros(8), "b": np.zeros(8)}, {"alpha": np.full(8, 1e-9), "c": np.ones(8)})
    rows = np.zeros((10**7, 1), np.int64)
    many.advance(ensemble, rows[:10], 0, 10**9)

    def interrupt(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        many.advance(ensemble, rows, 10, 10**9, NEVER, told=interrupt)
    assert (ensemble.steps < 10**7).all()
    assert (ensemble.ended == 0).all()
    assert threading.active_count() <= before


def test_what_a_thread_raises_is_raised() -> None:
    stopped: list[int] = []

    def work(thread: int, piece: int) -> None:
        if piece == 3:
            raise ValueError("three")

    with pytest.raises(ValueError, match="three"):
        share_out(range(100), work, 2, lambda: stopped.append(1))
    assert stopped == [1]


@pytest.mark.parametrize("seed", range(10))
def test_random_networks_at_every_width(seed: int) -> None:
    assert not ensemble_difference(seed, steps=200)


def test_three_hundred_overflows_are_flagged_at_the_same_step_equation_pattern_and_entry() -> None:
    assert not overflow_difference(0, 300)
