"""Wide networks: sums by panels of a factor that the nearest cache does not hold, and rows with a gap between them."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import numpy as np
import pytest

pytest.importorskip("llvmlite")

from tests.engines.test_barrier import threads
from tests.laws.engines import difference, random_model, random_training

import chainrule as cr
from chainrule.engines.native import kernel_memory, steps, stores
from chainrule.engines.native.kernel import KERNELS
from chainrule.engines.native.loops import Loops

NUMERICS = ("exact", "fused", "plain32", "fused32")
LAYERS = """index i = 1..{i}, j = 1..{j}, k = 1..{k}
data x[i]
target y[k]
weight W[j,i] ~ normal(0, 0.1), b[j] := 0.1, V[k,j] ~ normal(0, 0.1), c[k] := 0
h[j] = tanh(sum_i W[j,i]*x[i] + b[j])
o[k] = sum_j V[k,j]*h[j] + c[k]
E = sum_k (o[k] - y[k])^2
minimise mean E
"""


@contextmanager
def panels(near: int | None = None) -> Iterator[list[bool]]:
    """Kernels written anew, with another size of the nearest cache; which groups went by panels."""
    seen: list[bool] = []
    plain = Loops.nest

    def nest(*arguments: object, **named: object) -> None:
        seen.append(bool(arguments[6]) if len(arguments) > 6 else False)
        plain(*arguments, **named)  # type: ignore[arg-type]

    with (
        patch.object(steps, "NEAR", steps.NEAR if near is None else near),
        patch.object(Loops, "nest", nest),
        patch.object(KERNELS, "most", 0),
    ):
        yield seen


def layers(i: int, j: int, k: int, patterns: int) -> cr.Model:
    draw = np.random.default_rng(i + j + k)
    data = {"x": draw.normal(size=(patterns, i)), "y": draw.normal(size=(patterns, k))}
    return cr.Model(LAYERS.format(i=i, j=j, k=k), data=data)


SIZES = [(130, 128, 3, 9), (64, 64, 64, 64), (65, 129, 1, 7), (127, 63, 2, 5), (256, 33, 4, 16), (1, 512, 8, 17)]
"""Rows of 512 bytes and a number more or less; one entry, and as many as fill no tile."""


@pytest.mark.parametrize("numerics", NUMERICS)
@pytest.mark.parametrize("sizes", SIZES)
def test_wide_layers_have_the_bits_of_the_reference_engine(sizes: tuple[int, ...], numerics: str) -> None:
    with panels(near=4096):
        assert not difference(layers(*sizes), steps=3, rate=0.01, batch="all", numerics=numerics)


def test_a_layer_larger_than_the_nearest_cache_goes_by_panels_and_a_small_one_does_not() -> None:
    with panels() as wide:
        assert not difference(layers(130, 128, 3, 64), steps=2, rate=0.01, batch="all")
    assert any(wide)
    with panels() as small:
        assert not difference(layers(8, 16, 3, 9), steps=2, rate=0.01, batch="all")
    assert small
    assert not any(small)


@pytest.mark.parametrize("seed", range(12))  # campaign engines has more
def test_random_networks_by_panels(seed: int) -> None:
    with panels(near=0):
        assert not difference(random_model(seed), steps=30, **random_training(seed))


@pytest.mark.parametrize("count", [2, 3])
def test_several_threads_divide_what_goes_by_panels(count: int) -> None:
    with panels(near=0) as seen, threads(count):
        for sizes in SIZES[:3]:
            assert not difference(layers(*sizes), steps=3, rate=0.01, batch="all")
    assert any(seen)


@pytest.mark.parametrize("gap", [0, 1, 8])
def test_a_gap_between_rows_changes_no_bit(gap: int) -> None:
    with panels(), patch.object(kernel_memory, "row_gap", lambda numbers, size: gap):
        for seed in range(4):
            assert not difference(random_model(seed), steps=20, **random_training(seed))


def test_rows_that_would_crowd_begin_a_line_apart() -> None:
    sizes = {"i": 3, "j": 128}
    gap = stores.row_gap(sizes["j"], 8)
    found = stores.store("memory", ("i", "j"), sizes, gap=gap)
    assert (found.strides["i"], found.strides["j"]) == (136, 1)
    assert stores.row_gap(127, 8) == 0
    assert stores.row_gap(128, 4) == 16
