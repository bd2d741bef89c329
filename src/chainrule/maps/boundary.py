"""The sides of a map's cells → where the boundary runs: the points between neighbours on different sides; and two maps
→ in which cells they differ."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array
from chainrule.maps.axis import Axis
from chainrule.values import dataclass

Yes = NDArray[np.bool_]


def points(sides: Array, axes: Sequence[Axis]) -> Array:
    """A row for each pair of neighbours of different sides, in the numbers of the axes: halfway between the two, by
    their ratio along a geometric axis."""
    found = []
    columns = [np.array(axis.values) for axis in axes]
    for place, axis in enumerate(axes):
        one = np.take(sides, range(len(columns[place]) - 1), place)
        other = np.take(sides, range(1, len(columns[place])), place)
        with np.errstate(invalid="ignore"):
            pairs = np.argwhere(one * other < 0)
        rows = np.stack([columns[k][pairs[:, k]] for k in range(len(axes))], axis=1) if len(pairs) else None
        if rows is not None:
            left, right = rows[:, place], columns[place][pairs[:, place] + 1]
            between = left * np.sqrt(right / left) if axis.scale == "geometric" else left + (right - left) / 2
            rows[:, place] = between
            found.append(rows)
    return np.concatenate(found) if found else np.zeros((0, len(axes)))


def beside(sides: Array) -> Yes:
    """The cells with a neighbour on the other side."""
    found = np.zeros(sides.shape, bool)
    for place in range(sides.ndim):
        one = np.moveaxis(sides, place, 0)
        with np.errstate(invalid="ignore"):
            differ = one[:-1] * one[1:] < 0
        turned = np.moveaxis(found, place, 0)
        turned[:-1] |= differ
        turned[1:] |= differ
    return found


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two maps over the same cells. ``different`` has the cells of which the two have different sides; ``beside`` those
    on the boundary of either; ``compared`` those that both have. ``same_bits`` says that errors and ends are equal."""

    different: Yes
    beside: Yes
    compared: Yes
    same_bits: bool

    @property
    def agree(self) -> float:
        """The part of the compared cells that lie on the same side; NaN if none is compared."""
        count = int(self.compared.sum())
        return float("nan") if not count else 1 - int(self.different.sum()) / count

    @property
    def flipped(self) -> float:
        """Of the cells on a boundary, the part that lies on different sides; 0 where there is no boundary."""
        count = int((self.beside & self.compared).sum())
        return int((self.different & self.beside).sum()) / count if count else 0.0

    def __repr__(self) -> str:
        return f"<Comparison of {int(self.compared.sum())} cells: {int(self.different.sum())} on different sides>"


def compare(one: Array, other: Array, same_bits: bool) -> Comparison:
    """How the sides of two maps differ."""
    both = ~np.isnan(one) & ~np.isnan(other)
    return Comparison(both & (one != other), beside(one) | beside(other), both, same_bits)
