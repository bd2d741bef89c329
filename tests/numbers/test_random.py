"""Random numbers: the published answers, and values that depend on seed, name and index alone."""

import math
from itertools import pairwise
from statistics import fmean, pvariance

import pytest

from chainrule.errors import UsageError
from chainrule.numbers.random import hashed, normal, permutation, threefry, uniform

ONES = 0xFFFFFFFF


@pytest.mark.parametrize(
    ("key", "counter", "wanted"),
    [  # the known answers published with Random123 for threefry2x32, 20 rounds
        ((0, 0), (0, 0), (0x6B200159, 0x99BA4EFE)),
        ((ONES, ONES), (ONES, ONES), (0x1CB996FC, 0xBB002BE7)),
        ((0x13198A2E, 0x03707344), (0x243F6A88, 0x85A308D3), (0xC4923A9C, 0x483DF7A0)),
    ],
)
def test_threefry_gives_the_published_answers(
    key: tuple[int, int], counter: tuple[int, int], wanted: tuple[int, int]
) -> None:
    assert threefry(key, counter) == wanted


@pytest.mark.parametrize(("name", "wanted"), [("", 0x811C9DC5), ("a", 0xE40C292C), ("foobar", 0xBF9CF968)])
def test_names_are_hashed_by_fnv_1a(name: str, wanted: int) -> None:
    assert hashed(name) == wanted


def test_golden_values() -> None:
    """Whoever changes these changes every random start that was ever recorded."""
    assert [uniform(0, "w"), uniform(1, "w"), uniform(0, "v"), uniform(0, "w", 1)] == [
        0.04444811269666504,
        0.6807444564939705,
        0.6936748137557045,
        0.25997766112128107,
    ]
    assert [normal(0, "w"), normal(0, "w", 1)] == [0.11588098145994323, -1.7115412938734618]
    assert permutation(0, "epoch 1", 5) == (2, 3, 1, 4, 0)


def test_numbers_look_as_they_should() -> None:
    n = 4000
    flat = [uniform(7, "W", k) for k in range(n)]
    bell = [normal(7, "W", k) for k in range(n)]
    assert all(0.0 <= x < 1.0 for x in flat)
    assert abs(fmean(flat) - 0.5) < 4 * math.sqrt(1 / 12 / n)
    assert abs(fmean(bell)) < 4 / math.sqrt(n)
    assert abs(pvariance(bell) - 1.0) < 4 * math.sqrt(2 / n)
    assert abs(fmean(a * b for a, b in pairwise(bell))) < 4 / math.sqrt(n)
    assert len(set(flat)) == n


def test_a_permutation_has_each_number_once_and_each_order_comes_up() -> None:
    assert sorted(permutation(3, "rows", 50)) == list(range(50))
    assert permutation(3, "rows", 0) == ()
    orders = [permutation(seed, "rows", 3) for seed in range(600)]
    assert min(orders.count(order) for order in set(orders)) > 60
    assert len(set(orders)) == 6


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_of_more_than_32_bits_is_refused(seed: int) -> None:
    with pytest.raises(UsageError) as caught:
        uniform(seed, "w")
    assert caught.value.code == "E290"
    assert "4294967295" in caught.value.help
    assert 0.0 <= uniform(2**32 - 1, "w") < 1.0
