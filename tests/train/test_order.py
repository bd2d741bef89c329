"""Every way to visit the patterns, and every way that is none."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainrule.errors import UsageError
from chainrule.train.order import Order, order


@pytest.mark.parametrize(
    ("batch", "visits", "pass_length"),
    [
        ("each", [(0,), (1,), (2,), (0,)], 3),
        ("all", [(0, 1, 2)] * 4, 1),
        (1, [(0,), (1,), (2,), (0,)], 3),
        (2, [(0, 1), (2, 0), (1, 2), (0, 1)], 3),
        (3, [(0, 1, 2)] * 4, 1),
        (np.int64(2), [(0, 1), (2, 0), (1, 2), (0, 1)], 3),
        ([2, 0], [(2,), (0,), (2,), (0,)], 2),
        ([[0, 1], [2]], [(0, 1), (2,), (0, 1), (2,)], 2),
        ([[1, 1]], [(1, 1)] * 4, 1),
        (np.array([2, 0]), [(2,), (0,), (2,), (0,)], 2),
        ([np.array([0, 1]), 2], [(0, 1), (2,), (0, 1), (2,)], 2),
    ],
)
def test_what_each_step_visits(batch: Any, visits: list[tuple[int, ...]], pass_length: int) -> None:
    found = order(batch, 3)
    assert found.visits(0, 4) == visits
    assert [found.rows(step) for step in range(4)] == visits
    assert found.pass_length == pass_length


def test_a_shuffled_pass_visits_every_pattern_once_in_an_order_of_its_own() -> None:
    found = order("shuffled", 50, seed=3)
    passes = [[row for (row,) in found.visits(50 * number, 50 * number + 50)] for number in range(4)]
    assert all(sorted(visited) == list(range(50)) for visited in passes)
    assert len({tuple(visited) for visited in passes}) == 4
    assert order("shuffled", 50, seed=4).visits(0, 50) != found.visits(0, 50)
    assert order("shuffled", 50, seed=3).visits(0, 50) == found.visits(0, 50)


ORDERS = st.sampled_from(["each", "all", "shuffled", 2, 3, 5, [4, 0], [[0, 1], [2]]])


@given(ORDERS, st.integers(0, 60), st.integers(0, 30))
def test_visits_do_not_depend_on_where_one_begins_to_ask(batch: Any, start: int, count: int) -> None:
    assert order(batch, 5, 1).visits(start, start + count) == order(batch, 5, 1).visits(0, start + count)[start:]


@given(ORDERS, st.integers(0, 60))
def test_a_pass_repeats_the_visiting_or_every_pattern(batch: Any, step: int) -> None:
    found = order(batch, 5, 1)
    if batch == "shuffled":
        assert sorted(found.visits(5 * step, 5 * step + 5)) == [(row,) for row in range(5)]
    else:
        assert found.rows(step) == found.rows(step + found.pass_length)


@pytest.mark.parametrize("batch", ["each", "shuffled", 2, 3, 4, 6, [[0, 1], [5, 2]]])
@pytest.mark.parametrize(("start", "stop"), [(0, 1), (0, 40), (7, 9), (11, 60), (5, 5)])
def test_a_table_has_the_same_rows_as_the_list_of_visits(batch: Any, start: int, stop: int) -> None:
    found = order(batch, 6, 1)
    assert found.table(start, stop).tolist() == [list(rows) for rows in found.visits(start, stop)]


@pytest.mark.parametrize(
    ("batch", "code", "problem"),
    [
        ("eahc", "E350", "batch 'eahc' is not a way to visit the patterns"),
        (None, "E350", "batch cannot be None"),
        (True, "E350", "batch cannot be True"),
        (2.0, "E350", "batch cannot be 2.0"),
        ({1: 2}, "E350", "batch cannot be a dict"),
        (b"each", "E350", "batch cannot be a bytes"),
        (0, "E351", "a step cannot visit 0 of 3 patterns"),
        (-1, "E351", "a step cannot visit -1 of 3 patterns"),
        (4, "E351", "a step cannot visit 4 of 3 patterns"),
        ([], "E352", "the order has no step"),
        ([0, []], "E352", "step 1 of the order visits no pattern"),
        ([0, 3], "E352", "step 1 of the order visits row 3, which is not a pattern"),
        ([[0], [-1]], "E352", "step 1 of the order visits row -1, which is not a pattern"),
        ([0, True], "E352", "step 1 of the order is True, not a row or a list of rows"),
        ([0.5], "E352", "step 0 of the order is 0.5, not a row or a list of rows"),
        ([[0.5]], "E352", "step 0 of the order visits row 0.5, which is not a pattern"),
        (["each"], "E352", "step 0 of the order is 'each', not a row or a list of rows"),
        (np.zeros((2, 2)), "E352", "step 0 of the order visits row 0.0, which is not a pattern"),
    ],
)
def test_what_is_no_order(batch: Any, code: str, problem: str) -> None:
    with pytest.raises(UsageError) as caught:
        order(batch, 3)
    assert (caught.value.code, caught.value.problem) == (code, problem)
    assert caught.value.help


def test_an_order_is_a_value() -> None:
    one, other = Order("shuffled", 4, 1), Order("shuffled", 4, 1)
    one.rows(0)
    assert one == other
    assert hash(one) == hash(other)


def test_a_table_has_the_rows_of_the_visits() -> None:
    for batch in ("each", "shuffled", 1, 2, 3, 5, [3, 0, 1], [[0, 1], [2, 2], [4, 0]]):
        one = order(batch, 5, 7)
        for start, stop in ((0, 13), (11, 30), (10**9, 10**9 + 3), (4, 4)):
            table = one.table(start, stop)
            assert table is not None
            assert [tuple(row) for row in table.tolist()] == one.visits(start, stop)
    assert order("all", 5).table(0, 3) is None
    assert order([[0, 1], [2]], 5).table(0, 3) is None
