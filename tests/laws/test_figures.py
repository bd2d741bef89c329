"""Figures of random networks; `dev.py campaign figures` draws those of many more."""

import pytest
from tests.laws.figures import faults, trained


@pytest.mark.parametrize("seed", [3, 8, 17, 24, 41, 50, 119, 177, 426, 460])
def test_every_figure_is_drawn_or_refused(seed: int) -> None:
    assert trained(seed) is not None
    assert faults(seed) == []


def test_a_place_that_is_no_number_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chainrule.views.svg.short", lambda value: "nan" if value > 500 else f"{value:.2f}")
    assert "error of 8 has a place that is no number" in faults(8)
