"""Maps of the status alone: what is filled, what is checked, and what a wrong fill leads to."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import chainrule as cr
from chainrule.errors import UsageError
from chainrule.maps.filling import Arrays, Filled, filled
from chainrule.maps.layout import Status

TEXT = "data x in {1}\nweight w := 0\nE = (w·x − 1)²"
AXES = {"α": "linear(0.05, 1.3, 70)", "w": "linear(-1, 1, 41)"}


def painted(picture: NDArray[np.uint8], seed: int = 0) -> tuple[Arrays, int]:
    """What comes of a picture whose cells are its statuses, and how many of its cells were asked for."""
    asked = np.zeros(picture.size, bool)

    def compute(wanted: NDArray[np.bool_]) -> Arrays:
        assert not (asked & wanted).any(), "a cell is computed once"
        asked[wanted] = True
        return {"status": np.where(wanted, picture.ravel(), Status.FAILED).astype(np.uint8)}

    empty: Arrays = {"status": np.zeros(picture.size, np.uint8), "filled": np.zeros(picture.size, np.uint8)}
    rows, columns = picture.shape
    return filled((rows, columns), empty, compute, seed), int(asked.sum())


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (2, 2), (3, 3), (16, 16), (17, 16), (64, 5), (33, 47)])
def test_one_status_is_filled_from_borders(shape: tuple[int, int]) -> None:
    found, asked = painted(np.full(shape, Status.LEFT, np.uint8))
    assert (found["status"] == Status.LEFT).all()
    assert asked == (found["filled"] != Filled.FROM_BORDER).sum()
    if min(shape) > 2:
        assert (found["filled"] == Filled.CHECKED).sum() >= 0.01 * (found["filled"] > 0).sum() > 0


@pytest.mark.parametrize("seed", range(8))
def test_half_planes_and_discs_are_right_to_the_last_cell(seed: int) -> None:
    draw = np.random.default_rng(seed)
    y, x = np.mgrid[0:60, 0:75]
    disc = (x - draw.uniform(0, 75)) ** 2 + (y - draw.uniform(0, 60)) ** 2 < draw.uniform(20, 60) ** 2
    for side in (disc, x * draw.normal() + y * draw.normal() > draw.normal() * 20):
        picture = np.where(side, Status.LEFT, Status.CONVERGED).astype(np.uint8)
        found, asked = painted(picture, seed)
        assert (found["status"].reshape(picture.shape) == picture).all()
        assert asked < 0.75 * picture.size


def test_an_island_that_a_check_meets_has_its_rectangle_computed_whole() -> None:
    picture = np.full((16, 16), Status.LEFT, np.uint8)
    picture[3:13, 3:13] = Status.STEPS  # no border meets it, and nearly every check
    found, asked = painted(picture)
    assert (found["status"].reshape(16, 16) == picture).all()
    assert asked == 256
    assert (found["filled"] == Filled.COMPUTED).all()


def test_what_could_not_be_begun_is_never_filled() -> None:
    picture = np.full((20, 20), Status.FAILED, np.uint8)
    found, _ = painted(picture)
    assert (found["filled"] == Filled.COMPUTED).all()


def test_a_map_of_the_status_alone_is_that_of_the_whole_map(tmp_path: Path) -> None:
    model = cr.Model(TEXT)
    how: dict[str, Any] = {"steps": 200}
    whole, quick = model.map(AXES, **how), model.map(AXES, status_only=True, **how)
    assert (quick.status == whole.status).all()
    computed = quick["filled"] != Filled.FROM_BORDER
    assert 0.05 < computed.mean() < 0.7
    for name in ("error", "departure"):
        np.testing.assert_array_equal(quick[name][computed], whole[name][computed])
    assert np.isnan(np.asarray(quick["error"], float)[~computed]).all()
    assert quick.figure().title == quick.figure("status").title
    many = int((quick["filled"] > 0).sum())
    assert f"{many} of these filled from borders" in repr(quick)
    assert f"{many} of these filled from borders" in quick.figure().description
    shown = quick.figure("error").description
    assert "filled, not computed" in shown
    assert "not finite" not in shown  # nobody has looked at their numbers
    kept = model.map(AXES, status_only=True, store=tmp_path / "m.zarr", **how)
    for name, values in quick.arrays.items():
        np.testing.assert_array_equal(values, kept[name])
    with pytest.raises(cr.ChainruleError, match=r"E602.*whether regions are filled"):
        model.map(AXES, store=tmp_path / "m.zarr", **how)


@pytest.mark.parametrize(
    ("axes", "more"),
    [(AXES, {"measures": "largest"}), (AXES, {"chosen": "w"}), ({"α": "[0.1, 0.2]"}, {}), (AXES, {"device": "gpu"})],
)
def test_what_cannot_be_filled_is_refused(axes: dict[str, str], more: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="E657"):
        cr.Model(TEXT).map(axes, steps=3, status_only=True, **more)
