"""Several threads that make the steps of one run: the bits of one thread, every end, and no one left waiting."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import numpy as np
import pytest

pytest.importorskip("llvmlite")

from tests.laws.engines import difference, random_model, random_training
from tests.laws.test_indexed import PROGRAMS, program

import chainrule as cr
from chainrule.engines.native import barrier, engine
from chainrule.engines.native.kernel import KERNELS, kernel
from chainrule.engines.native.kernel_memory import Control
from chainrule.engines.native.thread_pool import cores
from chainrule.errors import UsageError
from chainrule.tape.tape import Loop

if not barrier.can_wait():
    pytest.skip("threads cannot offer the processor to others here", allow_module_level=True)


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Every step, however small, is made by so many threads, and all memory is shared but that of single numbers."""
    made: list[int] = []
    loops: list[bool] = []

    def seen(*arguments: object, **options: int) -> object:
        made.append(options["threads"])
        loops.append(any(isinstance(line.detail, Loop) for line in arguments[1].tape.instructions))  # type: ignore[attr-defined]
        return kernel(*arguments, **options)  # type: ignore[arg-type]

    with (
        patch.object(engine, "cores", lambda: count),
        patch.object(engine, "DIVIDED", 1),
        patch.object(engine.Pace, "next", lambda pace, steps: (True, steps)),
        patch.object(engine, "kernel", seen),
        patch("chainrule.engines.native.steps.OWN", 1),
        patch.object(KERNELS, "most", 0),
    ):
        yield
    assert count in made or all(loops)  # a step with loops is made by one


@pytest.mark.parametrize("numerics", ["exact", "fused", "fused32"])
@pytest.mark.parametrize("seed", range(5))  # campaign engines has more
def test_random_networks_have_the_bits_of_the_reference_engine(seed: int, numerics: str) -> None:
    how = random_training(seed)
    if numerics == "fused32":
        how["rate"] = min(how["rate"], 1e30)
    with threads(2 + seed % 3):
        assert not difference(random_model(seed), steps=40, numerics=numerics, **how)


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_programs(path: object) -> None:
    model, _ = program(path)  # type: ignore[arg-type]
    with threads(3):
        try:
            assert not difference(model, steps=30, batch=2, rate=0.05)
        except UsageError:  # one pattern has no batch of two
            assert not difference(model, steps=30, batch="all", rate=0.05)


def test_boxes_ends_and_departures_are_those_of_one_thread() -> None:
    text = "data x[i]\ntarget y\nindex i = 1..3\nweight w[i] in [-0.5, 0.5], b in [0, ∞)\n"
    text += "E = ((sum_i w[i]*x[i]) + b - y)^2"
    draw = np.random.default_rng(0)
    data = {"x": draw.normal(size=(5, 3)), "y": draw.normal(size=5)}
    with threads(2):
        for rate in (0.0, 0.01, 0.3, 5.0, 1e200):
            assert not difference(cr.Model(text), data=data, steps=60, rate=rate, seed=1, batch="all")


def test_a_large_step_is_divided_and_a_small_one_is_not() -> None:
    small = cr.example("xor").train(steps=1, engine="native")
    assert engine.hands(small.loaded.reference.recording(1)) == 1
    text = "index i = 1..30, j = 1..20\ndata x[i]\nweight W[j,i]\nh[j] = tanh(sum_i W[j,i]*x[i])\nE = sum_j h[j]^2"
    large = cr.Model(text, data={"x": np.zeros((400, 30))}).train(steps=0, engine="native")
    with patch.object(engine, "cores", lambda: 4), patch.object(engine, "DIVIDED", 2**16):
        assert engine.hands(large.loaded.reference.recording(400)) == 4


def test_a_thread_that_never_comes_is_not_waited_for() -> None:
    with threads(2):
        run = cr.example("xor").train(steps=3, engine="native")
        real = engine.Desk.advance

        def fails(desk: engine.Desk, *arguments: object) -> object:
            if desk.control[Control.OWN]:
                raise MemoryError
            return real(desk, *arguments)  # type: ignore[arg-type]

        with patch.object(engine.Desk, "advance", fails), pytest.raises(MemoryError):
            cr.example("xor").train(steps=3, engine="native")
        assert cr.example("xor").train(steps=3, engine="native").sha256 == run.sha256


def test_the_number_of_threads_can_be_limited() -> None:
    with patch.dict(os.environ, {"CHAINRULE_THREADS": "1"}):
        assert cores() == 1
    with patch.dict(os.environ, {"CHAINRULE_THREADS": ""}):
        assert cores() >= 1
    for wrong in ("0", "-1", "two", "1.5", "²", "9" * 40, " 1"):
        with patch.dict(os.environ, {"CHAINRULE_THREADS": wrong}), pytest.raises(UsageError) as refused:
            cores()
        assert refused.value.code == "E315"
