"""Products of matrices in parts: those of NumPy, and no part for which its library takes more than one thread."""

from unittest.mock import patch

import numpy as np
import pytest

from chainrule.engines import products
from chainrule.engines.products import product

ROUNDING = 1e-10
"""Of sums of up to 2,000 terms of about 1."""

SHAPES = [
    ((1797, 64), (64, 10)), ((10, 1797), (1797, 64)), ((5, 900, 64), (5, 64, 10)), ((900, 64), (5, 64, 10)),
    ((300, 650), (650,)), ((650,), (650, 300)), ((70, 70), (70, 70)), ((3, 0), (0, 4)), ((0, 3), (3, 2)),
    ((1, 20000), (20000, 1)), ((2, 100_000), (100_000, 2)), ((2, 1, 300), (2, 300, 300)),
]  # fmt: skip


def drawn(shape: tuple[int, ...], kind: str, seed: int) -> np.ndarray:
    draw = np.random.default_rng(seed)
    real = draw.normal(size=shape)
    return real + 1j * draw.normal(size=shape) if kind == "complex" else real


@pytest.mark.parametrize("kinds", [("real", "real"), ("complex", "real"), ("real", "complex"), ("complex", "complex")])
@pytest.mark.parametrize("shapes", SHAPES)
def test_it_is_that_of_numpy(shapes: tuple[tuple[int, ...], tuple[int, ...]], kinds: tuple[str, str]) -> None:
    first, second = (drawn(shape, kind, seed) for seed, (shape, kind) in enumerate(zip(shapes, kinds, strict=True)))
    known, found = np.matmul(first, second), product(first, second)
    assert found.dtype == known.dtype
    assert found.shape == known.shape
    assert np.allclose(found, known, rtol=ROUNDING, atol=ROUNDING * first.shape[-1])


def test_a_derivative_by_a_complex_step_keeps_its_digits() -> None:
    first, second = drawn((300, 64), "real", 0), drawn((64, 20), "real", 1)
    step = 1e-200
    found = product(first + 1j * step * first, second).imag / step
    assert np.allclose(found, first @ second, rtol=ROUNDING, atol=ROUNDING)


@pytest.mark.parametrize("kind", ["real", "complex"])
@pytest.mark.parametrize("shapes", SHAPES)
def test_every_part_is_small_and_real(shapes: tuple[tuple[int, ...], tuple[int, ...]], kind: str) -> None:
    first, second = (drawn(shape, kind, 0) for shape in shapes)
    seen = []

    def seeing(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        seen.append(one.shape[-2] * one.shape[-1] * other.shape[-1])
        assert not any(map(np.iscomplexobj, (one, other)))
        assert 1 not in (one.shape[-2], other.shape[-1])
        return real(one, other)

    real = np.matmul
    with patch.object(products.np, "matmul", seeing):
        product(first, second)
    assert all(size <= products.ALONE for size in seen)


def test_a_real_matrix_times_a_complex_one_has_the_bits_of_all_four_products() -> None:
    draws = np.random.default_rng(3)
    for rows, inner, columns in [(1, 1, 1), (5, 6, 4), (300, 80, 40), (3, 70, 2)]:
        first, second = draws.normal(size=(rows, inner)), draws.normal(size=(inner, columns)) + 0j
        second += 1e-30j * draws.normal(size=second.shape)
        for numbers in (first, second.real, second.imag):
            numbers[draws.random(numbers.shape) < 0.3] *= 0.0  # of both signs
        for value in (1.0, np.inf, np.nan):
            with np.errstate(all="ignore"):
                second[0, 0] *= value
                given = products.complexes(first, second)
                same = products.complexes(first.astype(complex), second)
            assert given.tobytes() == same.tobytes()
