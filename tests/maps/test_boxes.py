"""The counter of boxes on pictures whose dimension is known: what it gives is what its calibration says."""

import numpy as np
import pytest

from chainrule.maps.boxes import CALIBRATION, boxes, counted, dimension, edges, sizes_of
from chainrule.maps.field import equalised

DRAWN_OTHERWISE = ("a straight line, 512²", "white noise, 1024²")
"""Which line it was, and which noise, is not known."""


def picture(name: str) -> np.ndarray:
    """The sides of a picture."""
    what, size = name.rstrip("²").split(", ")
    count = int(size)
    x, y = np.meshgrid(np.arange(count), np.arange(count), indexing="ij", sparse=True)
    match what:
        case "a straight line":
            inside = y > 0.3 * x + 0.3 * count
        case "a circle":
            inside = (x - count / 2) ** 2 + (y - count / 2) ** 2 < (0.3 * count) ** 2
        case "Sierpinski's pattern":
            inside = (x & y) == 0
        case _:
            inside = np.random.default_rng(0).random((count, count)) < 0.5
    return np.where(inside, 1.0, -1.0)


@pytest.mark.parametrize("name", [name for name in CALIBRATION if "4096" not in name])
def test_known_pictures_have_their_dimension(name) -> None:
    row(name)


def row(name: str) -> None:
    """A row of the calibration; `campaigns/boundaries.py` has the largest too."""
    known, stated = CALIBRATION[name]
    found = dimension(picture(name))
    assert found.value == pytest.approx(stated, abs=0.02 if name in DRAWN_OTHERWISE else 0.0015)
    assert found.cells == pytest.approx(known, abs=0.1)
    if "Sierpinski" not in name:  # a pattern of powers of two, looked at at distances that are powers of two
        assert found.flips == pytest.approx(known, abs=0.06)


def test_sizes_are_those_of_the_paper() -> None:
    assert sizes_of(4095).tolist() == [10, 19, 38, 74, 144, 282, 551, 1075, 2098, 4095]
    assert sizes_of(1023).tolist() == [10, 16, 27, 46, 78, 130, 218, 365, 611, 1023]


def test_boxes_that_are_all_boundary_do_not_count_and_the_last_are_partial() -> None:
    edge = np.zeros((5, 5), bool)
    edge[:2, :2] = edge[4, 4] = True
    assert (boxes(edge, 2), boxes(edge, 3), boxes(edge, 5)) == (1, 2, 1)


def test_no_boundary_has_no_dimension_and_what_was_not_run_is_on_none() -> None:
    assert np.isnan(dimension(np.ones((64, 64))).value)
    assert np.isnan(dimension(np.ones((64, 64))).flips)
    sides = np.array([[1.0, np.nan, -1.0], [1.0, np.nan, -1.0]])
    assert not edges(sides).any()
    assert np.isnan(counted(edges(np.ones((1, 1)))).value)


def test_colours_go_by_rank_on_each_side() -> None:
    found = equalised(np.array([-500.0, -1.0, -20.0, 3.0, np.nan, 1e6, 0.0]))
    assert found[[0, 2, 1]].tolist() == [-1, -0.625, -0.25]
    assert found[[6, 3, 5]].tolist() == [0.25, 0.625, 1]
    assert np.isnan(found[4])
