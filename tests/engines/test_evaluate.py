"""Quantities at given weights: by name or all, from the reference engine or from machine code, with the same bits."""

from unittest.mock import patch

import numpy as np
import pytest

pytest.importorskip("llvmlite")

from tests.laws.engines import random_model

import chainrule as cr
from chainrule.engines.native.engine import ENGINE
from chainrule.engines.native.quantities import Quantities
from chainrule.engines.protocol import Bound
from chainrule.engines.reference import REFERENCE
from chainrule.errors import UsageError
from chainrule.model import build
from chainrule.notation import parse
from chainrule.numbers.numerics import EXACT, FUSED, FUSED32, Numerics
from chainrule.program import lower

CODE = patch("chainrule.engines.native.engine.DEAR", 0)
"""Code is made for everything."""


def same(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> bool:
    return list(one) == list(other) and all(np.array_equal(one[name], other[name], equal_nan=True) for name in one)


@pytest.mark.parametrize("numerics", [EXACT, FUSED, FUSED32], ids=lambda one: one.name)
@pytest.mark.parametrize("seed", range(8))
def test_machine_code_computes_every_quantity_to_the_bit(seed: int, numerics: Numerics) -> None:
    run = random_model(seed).train(steps=3, rate=0.01, engine="reference", numerics=numerics.name)
    one, other = (engine.load(run.program, run.recipe.bound) for engine in (REFERENCE, ENGINE))
    for rows in (None, [0], [2, 0, 2]):
        wanted = one.evaluate(run.weights, rows)
        with CODE:
            assert same(other.evaluate(run.weights, rows), wanted)
            assert same(other.evaluate(run.weights, rows, [run.program.objective]), {
                run.program.objective: wanted[run.program.objective]
            })  # fmt: skip


def test_names_choose_and_what_is_not_there_is_left_out() -> None:
    program = lower(build(parse("data x\ntarget y\nweight w\ny_hat = w*x\nE = (y_hat - y)^2")))
    bound = Bound({"x": np.array([1.0, 2.0])}, {}, 2)
    for engine in (REFERENCE, ENGINE):
        loaded = engine.load(program, bound)
        with CODE:
            found = loaded.evaluate({"w": np.array(3.0)}, names=["y_hat", "goal", "nonsense"])
            assert {name: value.tolist() for name, value in found.items()} == {"y_hat": [3.0, 6.0]}
            with pytest.raises(UsageError) as refused:
                loaded.evaluate({"w": np.array(3.0)}, [2])
        assert refused.value.code == "E311"


def test_code_is_made_for_what_is_large_or_asked_often() -> None:
    with patch("chainrule.engines.native.engine.Quantities", wraps=Quantities) as made:
        run = cr.example("xor").train(steps=5, engine="native", batch="all")
        assert not made.called
        with patch("chainrule.engines.native.engine.DEAR", 100 * 1000):
            for _ in range(1000):
                run.loaded.evaluate(run.weights, names=[run.program.objective])
        assert made.call_count == 1
    with CODE:
        large = cr.example("xor").train(steps=5, engine="native", batch="all")
    assert large.error == run.error
