"""Groups that are so long that they ask in their loops whether to end: the bits of the reference engine, and an end."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import numpy as np
import pytest

pytest.importorskip("llvmlite")

from tests.laws.engines import difference, ensemble_difference, polled, random_model, random_training

import chainrule as cr
from chainrule.engines.native import barrier, engine, kernel_memory
from chainrule.engines.native.engine import ENGINE, LoadedNative
from chainrule.engines.protocol import Bound, State
from chainrule.engines.reference import REFERENCE
from chainrule.model import build
from chainrule.notation import parse
from chainrule.program import lower

TEXTS = {
    "a fold to one number": "weight w[i] := 0.5\nE = Σ_i w[i]^2",
    "two folds in one another": "weight w[i] := 0.5\nE = Σ_{i,j} (w[i] - j)^2",
    "a letter": "weight w[i] := 0.5\nh[i] = tanh(w[i])\nE = Σ_i h[i]^2",
    "few axes and a fold": "weight w[j,i] := 0.1\nh[j] = tanh(Σ_i w[j,i])\nE = Σ_j h[j]^2",
    "nothing long": "weight w := 0.5\nE = (w - 1)^2",
    "a loop": "weight u := 1.2\nz[0] = 1\nz[t] = tanh(u*z[t-1])\nE = z[40]^2",
    "a loop over a letter": "weight u[i] := 1.2\nz[0,i] = 1\nz[t,i] = tanh(u[i]*z[t-1,i])\nE = Σ_i z[40,i]^2",
    "a loop that folds": "weight u[i] := 0.1\nz[0,i] = 1\nz[t,i] = tanh(u[i]*Σ_j z[t-1,j])\nE = Σ_i z[40,i]^2",
    "a largest": "weight w[i] := 0.5\nE = max_i (w[i] - i)^2",
    "over the batch": "data x\nweight w := 0.5\nE = (w*x - 1)^2",
}
"""Every kind of group: entries, folds, loops, what several threads share and what each does for itself."""

def model(text: str) -> cr.Model:
    letters = "index t = 1..40\n" if "z[0] =" in text else ""
    for letter, size in (("i", 70), ("j", 70)):
        letters += f"index {letter} = 1..{size}\n" if f"{letter}]" in text or f"_{letter}" in text else ""
    letters += "index j = 1..70\n" if "{i,j}" in text else ""
    letters += "index t = 1..40\n" if "z[0,i]" in text else ""
    return cr.Model(letters + text, data={"x": np.linspace(-1, 1, 70)} if "data" in text else None)


@contextmanager
def divided(threads: int) -> Iterator[None]:
    """Steps by so many threads that share whatever has more than one entry."""
    with (
        patch.object(engine, "cores", lambda: threads),
        patch.object(engine, "DIVIDED", 1),
        patch.object(engine.Pace, "next", lambda pace, steps: (True, steps)),
        patch("chainrule.engines.native.steps.OWN", 1),
    ):
        yield


THREADS = [1, *([3] if barrier.can_wait() else [])]


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("bound", [1, 500])
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_step_has_the_bits_of_the_reference_engine(text: str, bound: int, threads: int) -> None:
    with polled(bound), divided(threads):
        assert not difference(model(text), steps=3, batch="all", rate=0.01)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_an_evaluation_and_runs_side_by_side_have_them_too(text: str) -> None:
    made = model(text)
    with polled(1):
        with patch.object(engine, "DEAR", 0), patch.object(engine, "DEAR_EACH", 0):
            ours, theirs = (loaded(made, one) for one in (ENGINE, REFERENCE))
            start = state(made).weights
            one, other = (each.evaluate(start) for each in (ours, theirs))
            assert one.keys() == other.keys()
            assert all(np.array_equal(one[name], other[name], equal_nan=True) for name in one)
        how = {"steps": 3, "batch": "all", "rate": [0.01, 0.02, 0.0]}
        one, other = ([run.sha256 for run in made.train(engine=name, **how)] for name in ("native", "reference"))
        assert one == other


def loaded(made: cr.Model, one: object) -> LoadedNative:
    program = lower(build(parse(made.text)))
    ranges = {letter: range(1, 71) for letter in "ij"} | {"t": range(1, 41)}
    values = {"x": np.linspace(-1, 1, 70), "α": np.array(0.1), "alpha": np.array(0.1)}
    used = {group: ranges[group] for group in program.sets.values() if group in ranges}
    return one.load(program, Bound(values, used, 70 if "data" in made.text else 1))  # type: ignore[attr-defined]


def state(made: cr.Model) -> State:
    return State({name: np.asarray(value) for name, value in made.train(steps=0).weights.items()}, {})


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("text", [text for kind, text in TEXTS.items() if kind != "nothing long"])
def test_a_step_that_is_asked_to_end_is_dropped(text: str, threads: int) -> None:
    made = model(text)
    with polled(1), divided(threads):
        ours = loaded(made, ENGINE)
        rows = [list(range(70 if "data" in text else 1))] * 2
        with patch.object(engine.Desk, "go_on", engine.Desk.stop):
            assert ours.advance(state(made), rows, 1).state.step == 0
        assert ours.advance(state(made), rows, 1).state.step == 2


def test_without_the_bound_the_step_is_made_to_its_end() -> None:
    """What the test above sees is the asking."""
    made = model(TEXTS["a letter"])
    ours = loaded(made, ENGINE)
    with patch.object(engine.Desk, "go_on", engine.Desk.stop):
        assert ours.advance(state(made), [[0]] * 2, 1).state.step == 1


@pytest.mark.parametrize("seed", range(4))
def test_random_networks(seed: int) -> None:
    with polled(1 + 7 * seed), divided(1 + seed % len(THREADS)):
        assert not difference(random_model(seed), steps=20, **random_training(seed))
    with polled(1 + 7 * seed):
        assert not ensemble_difference(seed, 10, (1, 8))


def test_a_real_size() -> None:
    made = cr.Model("data x\nweight w\nE = (w*x - 1)^2", data={"x": np.linspace(0, 1, 2**21)})
    assert kernel_memory.POLLED <= 2**23
    assert not difference(made, steps=1, batch="all", rate=0.1)
