"""By how many threads the next steps are made, on clocks that are made up: what is quicker, and little of the other."""

import pytest

from chainrule.engines.native.pace import LONGEST, Pace


def followed(one: float, several: float, seconds: float, pace: Pace | None = None) -> tuple[Pace, float, float]:
    """A run of so many seconds: seconds by one thread and by several. Steps take as long as is said."""
    pace, spent = pace or Pace(), {False: 0.0, True: 0.0}
    while sum(spent.values()) < seconds:
        threads, steps = pace.next(10**6)
        took = steps * (several if threads else one)
        assert steps >= 1
        pace.took(threads, steps, took)
        spent[threads] += took
    return pace, spent[False], spent[True]


TIMES = [(1e-3, 6e-4), (1e-3, 1e-2), (1e-3, 0.2), (0.05, 0.03), (0.05, 0.5), (1e-3, 1e-3)]


@pytest.mark.parametrize("one, several", TIMES)
def test_the_slower_way_takes_a_small_part_of_the_time(one: float, several: float) -> None:
    _, alone, together = followed(one, several, 100)
    worse = alone if several < one else together
    assert worse <= 0.05 * 100
    steps = alone / one + together / several
    assert 100 / steps <= 1.05 * min(one, several)


def test_it_follows_what_other_programs_do() -> None:
    pace, _, together = followed(1e-3, 6e-4, 5)
    assert together > 4.5
    pace, alone, _ = followed(1.5e-3, 8e-3, 20, pace)
    assert alone > 18
    _, _, together = followed(1e-3, 6e-4, 20, pace)
    assert together > 16  # it is asked anew a few seconds after other programs ended


def test_one_lucky_measurement_costs_little() -> None:
    pace, *_ = followed(1e-3, 4e-3, 5)
    pace.took(True, 10, 10 * 1e-5)
    spent = 0.0
    for _ in range(3):
        several, steps = pace.next(10**6)
        took = steps * (4e-3 if several else 1e-3)
        pace.took(several, steps, took)
        spent += took * several
    assert not pace.best()
    assert spent < 5 * LONGEST


def test_pieces_are_short_and_never_more_than_is_left() -> None:
    pace, *_ = followed(1e-3, 6e-4, 5)
    assert pace.next(10**6)[1] * 6e-4 <= LONGEST * 1.01
    assert pace.next(3)[1] <= 3
    assert Pace().next(1) == (True, 1)


def test_a_call_that_made_no_step_tells_nothing() -> None:
    pace, *_ = followed(1e-3, 6e-4, 5)
    before = (pace.one, pace.several)
    pace.took(True, 0, 3.0)
    assert (pace.one, pace.several) == before


def test_a_clock_that_stands_still_is_no_fault() -> None:
    pace = Pace()
    for _ in range(10):
        several, steps = pace.next(5)
        assert 1 <= steps <= 5
        pace.took(several, steps, 0.0)
