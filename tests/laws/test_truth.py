"""What stories say of random trainings is not refuted."""

from __future__ import annotations

import pytest

from .truth import refuted


@pytest.mark.parametrize("seed", range(25))
def test_nothing_that_a_story_says_is_refuted(seed: int) -> None:
    assert refuted(seed) == []
