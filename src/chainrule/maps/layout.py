"""A plan → the arrays of its map: their names, types and sides, what stands where nothing is yet; and coordinates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from chainrule.maps.axis import Axis
from chainrule.maps.measures import WHOLE, Measure
from chainrule.values import dataclass


class Status(IntEnum):
    """What came of a cell."""

    NOT_RUN = 0
    STEPS = 1  # it made all its steps
    CONVERGED = 2  # a whole pass changed no bit
    LEFT = 3  # it left the finite numbers
    FAILED = 4  # it could not be begun: its numbers do not fit the model


SAID = {
    Status.NOT_RUN: "not run", Status.STEPS: "all steps made", Status.CONVERGED: "converged",
    Status.LEFT: "left the finite numbers", Status.FAILED: "failed",
}  # fmt: skip

NONE = -1
"""A whole number where there is none."""


@dataclass(frozen=True, slots=True)
class ArraySpec:
    """An array of a map: ``dims`` names its sides, the axes first; ``fill`` stands in cells that were not run."""

    name: str
    dtype: np.dtype
    dims: tuple[str, ...]
    shape: tuple[int, ...]
    fill: float | int
    attributes: Mapping[str, object] = field(default_factory=dict)

    def empty(self, cells: tuple[int, ...]) -> NDArray[np.generic]:
        """The array for so many cells along each axis, nothing run yet."""
        return np.full((*cells, *self.shape[len(cells) :]), self.fill, self.dtype)


@dataclass(frozen=True, slots=True)
class Coordinate:
    """The numbers along an axis, under a name of ASCII letters; the typed name and the scale are attributes."""

    name: str
    values: NDArray[np.float64]
    attributes: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class MapLayout:
    coordinates: tuple[Coordinate, ...]
    arrays: tuple[ArraySpec, ...]

    def __getitem__(self, name: str) -> ArraySpec:
        return next(one for one in self.arrays if one.name == name)


RESERVED = ("status", "departure", "error", "filled")


def key_of(axis: Axis) -> str:
    """The name of an axis among the arrays."""
    return f"{axis.key}_axis" if axis.key in RESERVED or axis.key.startswith("end_") else axis.key


def layout(
    axes: tuple[Axis, ...],
    measures: Mapping[str, Measure],
    chosen: Mapping[str, tuple[int, ...]],
    labels: Mapping[str, str],
    filled: bool = False,
) -> MapLayout:
    """The arrays of a map; ``chosen`` are quantities at the end with the lengths of their own sides; ``filled`` says
    that regions may be filled."""
    names: list[str] = []
    for axis in axes:
        name = key_of(axis)
        while name in measures or name in names:  # w_offset, and w+
            name += "_axis"
        names.append(name)
    cells = tuple(axis.count for axis in axes)
    places = [
        Coordinate(
            name, np.array(axis.values), {"long_name": axis.label, "scale": axis.scale, "text": axis.text}
        )
        for name, axis in zip(names, axes, strict=True)
    ]  # fmt: skip
    dims = tuple(names)

    def spec(name: str, kind: str, fill: float, said: str, own: tuple[int, ...] = ()) -> ArraySpec:
        sides = (*dims, *(f"{name}_{place}" for place in range(len(own))))
        return ArraySpec(name, np.dtype(kind), sides, (*cells, *own), fill, {"long_name": said})

    flags = {"flag_values": [int(one) for one in SAID], "flag_meanings": " ".join(one.name for one in SAID)}
    arrays = [
        spec("status", "u1", int(Status.NOT_RUN), "what came of the cell"),
        spec("departure", "<i8", NONE, "the step, from 1, in which it left the finite numbers; −1: it did not"),
        spec("error", "<f8", np.nan, "the goal over all patterns at the end"),
    ]
    arrays[0] = replace(arrays[0], attributes={**arrays[0].attributes, **flags})
    if filled:
        arrays.append(spec("filled", "u1", 0, "0 computed, 1 filled from a border, 2 filled and computed as a check"))
    for name, measure in measures.items():
        whole = measure.name in WHOLE
        arrays.append(spec(name, "<i8" if whole else "<f8", NONE if whole else np.nan, measure.text))
    for name, own in chosen.items():
        arrays.append(spec(f"end_{name}", "<f8", np.nan, f"{labels.get(name, name)} at the end", own))
    return MapLayout(tuple(places), tuple(arrays))
