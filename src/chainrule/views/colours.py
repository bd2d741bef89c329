"""Numbers → colours whose lightness only rises, so that they can be read in grey and by the colour-blind."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from chainrule.views.scene import Axis

ANCHORS = ("440154", "472d7b", "3b528b", "2c728e", "21918c", "28ae80", "5ec962", "addc30", "fde725")
"""Viridis, by S. van der Walt and N. Smith (2015), in the public domain."""

MANY = 32
"""Colours of a scale."""


def scale(many: int = MANY) -> tuple[str, ...]:
    """Colours from dark to light.

    >>> scale(3)
    ('#440154', '#21918c', '#fde725')
    """
    return mixed(ANCHORS, many)


def mixed(anchors: Sequence[str], many: int) -> tuple[str, ...]:
    """So many colours between those of a few anchors.

    >>> mixed(("000000", "ffffff"), 3)
    ('#000000', '#808080', '#ffffff')
    """
    parts = np.array([[int(anchor[k : k + 2], 16) for k in (0, 2, 4)] for anchor in anchors], float)
    at = np.linspace(0, len(parts) - 1, many)
    mixed = np.stack([np.interp(at, np.arange(len(parts)), parts[:, k]) for k in range(3)], axis=1)
    return tuple("#" + "".join(f"{round(value):02x}" for value in row) for row in mixed)


def cells(values: NDArray[np.float64], axis: Axis, many: int = MANY) -> tuple[tuple[int, ...], ...]:
    """The colour of each value: the last one for what lies above the axis, none (−1) where a value is not finite.

    >>> cells(np.array([[0.0, 0.5, 9.0, np.nan]]), Axis("", 0.0, 1.0), 4)
    ((0, 2, 3, -1),)
    """

    def place(value: float) -> int:
        at = axis.place(min(max(value, axis.low), axis.high)) if np.isfinite(value) else np.nan
        return -1 if np.isnan(at) else min(int(at * many), many - 1)

    return tuple(tuple(map(place, row)) for row in values.tolist())
