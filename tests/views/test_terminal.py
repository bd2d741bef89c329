"""The picture of one weight: its size, its marks, its limits."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.errors import width as columns
from chainrule.explain.figures.curve import Curve
from chainrule.views.terminal import draw


def parabola(high: float = 3.0, **changes: object) -> Curve:
    weights = np.linspace(-1, high, 201)
    values: dict[str, object] = {
        "weight": "w", "goal": "E", "rows": "pattern 1 (x = 1)", "weights": weights, "goals": (weights - 1) ** 2,
        "before": (0.0, 1.0),
        "slope": -2.0, "after": (0.4, 0.36), "end": (1.0, 0.0), "box": (-1.0, high),
    }  # fmt: skip
    return Curve(**(values | changes))  # type: ignore[arg-type]


def test_it_has_the_lines_and_columns_that_were_asked_for() -> None:
    lines = draw(parabola(), width=70, height=15).splitlines()
    assert 15 <= len(lines) <= 19
    assert all(columns(line) <= 70 for line in lines)


@pytest.mark.parametrize("ascii", [False, True])
def test_marks_stand_in_picture_and_legend(ascii: bool) -> None:
    text = draw(parabola(), ascii=ascii)
    for mark in ("o", "x", "#") if ascii else ("●", "○", "■"):
        assert text.count(mark) >= 2
    assert text.isascii() == ascii


def test_marks_stand_where_they_belong() -> None:
    lines = draw(parabola(), width=70).splitlines()
    rows = {mark: next(place for place, line in enumerate(lines) if mark in line) for mark in "●○■"}
    places = {mark: lines[rows[mark]].index(mark) for mark in "●○■"}
    assert rows["●"] < rows["○"] <= rows["■"]
    assert places["●"] < places["○"] < places["■"]


def test_the_curve_is_as_high_as_its_values() -> None:
    text = draw(parabola(), ascii=True)
    first = next(line for line in text.splitlines() if "*" in line)
    assert first.index("*") < 20  # (−1 − 1)² = 4 is the highest, on the left, and (3 − 1)² on the right
    assert first.rindex("*") > 60


def test_a_wall_does_not_flatten_the_rest() -> None:
    weights = np.linspace(-1, 3, 201)
    goals = np.where(weights > 2.9, 1e12, (weights - 1) ** 2)
    text = draw(parabola(goals=goals), ascii=True)
    assert len({row for row, line in enumerate(text.splitlines()) if "*" in line}) > 6


def test_what_is_not_finite_is_left_out() -> None:
    weights = np.linspace(-1, 3, 201)
    goals = np.where(weights < 0, np.nan, (weights - 1) ** 2)
    assert "nan" not in draw(parabola(goals=goals))
    assert draw(parabola(goals=np.full(201, np.nan))) == ""
