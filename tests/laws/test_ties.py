"""Ties and kinks are decided on the bits that were compared; `campaigns/ties.py` is the long form."""

import pytest
from tests.laws.ties import engines_differ, worst


@pytest.mark.parametrize("first", range(0, 48, 12))
def test_slopes_at_ties_are_those_of_a_step_that_knows_no_rule(first: int) -> None:
    for seed in range(first, first + 12):
        assert worst(seed) < 1e-12, f"network {seed}"


def test_the_engines_agree_at_ties() -> None:
    for seed in range(10):
        assert engines_differ(seed) == "", f"network {seed}"
