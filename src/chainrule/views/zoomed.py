"""Two maps, the second the inner half of the first → the pictures between them, by scaling.

Colours go by rank among the cells of a map; between two maps from those of the first to those of the second. Where the
second map has the place, it is shown. Source: the films of Sohl-Dickstein (2024).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array
from chainrule.maps.field import BUFFER, TRAINED, sides
from chainrule.maps.layout import Status
from chainrule.maps.zooming import NARROWER
from chainrule.values import dataclass
from chainrule.views.colours import mixed
from chainrule.views.colours import scale as viridis
from chainrule.views.figures.map import HOLES, MANY, PALETTES, rgb

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Key:
    """A map of two axes, and the array that is shown of it."""

    arrays: Mapping[str, NDArray[np.generic]]
    of: str

    @cached_property
    def values(self) -> Array:
        """What is shown; NaN where there is nothing to show."""
        values = sides(self.arrays) if self.of == "status" else np.array(self.arrays[self.of], np.float64)
        status = self.arrays["status"]
        lacking = (status == Status.NOT_RUN) | (status == Status.FAILED) | ~np.isfinite(values)
        if self.of.startswith(("reach", "period")):
            lacking |= values < 0
        return np.where(lacking, np.nan, values)

    @cached_property
    def sorted(self) -> tuple[Array, Array]:
        """The values below 0 and the others, each in order; of what has no sides all are among the others."""
        seen = self.values[~np.isnan(self.values)]
        signed = self.of in (TRAINED, "status")
        below = seen < 0 if signed else np.zeros(len(seen), bool)
        return np.sort(seen[below]), np.sort(seen[~below])

    def levels(self, values: Array) -> Array:
        """Values by their ranks among those of this map: from −1 to −0.25 and from 0.25 to 1, or from 0 to 1."""
        signed = self.of in (TRAINED, "status")
        found = np.full(values.shape, np.nan)
        ends = ((-1.0, -BUFFER), (BUFFER, 1.0)) if signed else ((0.0, 0.0), (0.0, 1.0))
        with np.errstate(invalid="ignore"):
            parts = (values < 0, values >= 0) if signed else (np.zeros(values.shape, bool), ~np.isnan(values))
        for here, (low, high), own in zip(parts, ends, self.sorted, strict=True):
            if here.any():
                places = np.linspace(low, high, len(own)) if len(own) > 1 else np.array([low])
                at = np.searchsorted(own, values[here], side="right") - 1
                found[here] = places[np.clip(at, 0, len(places) - 1)]
        return found


def frames(
    one: Key, other: Key, parts: Sequence[float], count: int, sizes: Sequence[int], palette: str
) -> Iterator[Pixels]:
    """So many pictures from the first map on, without the second itself; ``parts`` say where the point lies along each
    side, and ``sizes`` how many pixels it has."""
    for step in range(count):
        yield frame(one, other, parts, step / count, sizes, palette)


def frame(
    one: Key, other: Key | None, parts: Sequence[float], way: float, sizes: Sequence[int], palette: str
) -> Pixels:
    """The picture so much of the way, from 0 to 1, from a map to the next."""
    units = [np.arange(size) / max(1, size - 1) for size in sizes]
    near = [part + (unit - part) * NARROWER**-way for part, unit in zip(parts, units, strict=True)]
    values = one.values[np.ix_(*places(one, near))]
    if other is not None and way > 0:  # at its own keyframe a pixel is a cell of the first
        nearer = [part + (unit - part) * NARROWER ** (1 - way) for part, unit in zip(parts, units, strict=True)]
        inside = [(side >= -1e-9) & (side <= 1 + 1e-9) for side in nearer]
        block, here = np.ix_(*places(other, nearer)), np.ix_(*inside)
        values[here] = other.values[block][here]
        blend = math.sin(math.pi * way / 2) ** 2
        levels = (1 - blend) * one.levels(values) + blend * other.levels(values)
    else:
        levels = one.levels(values)
    return painted(levels, one.of, palette)


def places(key: Key, sides_: Sequence[Array]) -> list[NDArray[np.int64]]:
    """The nearest cells to parts of the sides."""
    found = []
    for side, count in zip(sides_, key.values.shape, strict=True):
        found.append(np.clip(np.rint(side * (count - 1)), 0, count - 1).astype(np.int64))
    return found


def painted(levels: Array, of: str, palette: str) -> Pixels:
    """Colours of levels, the first axis across and the second upwards."""
    signed = of in (TRAINED, "status")
    colours = mixed(PALETTES[palette], MANY) if signed else viridis(MANY)
    table = np.array([rgb(one) for one in (*colours, HOLES["not finite"])], np.uint8)
    parts = np.nan_to_num((levels + 1) / 2 if signed else levels)
    at = np.where(np.isnan(levels), MANY, np.clip(parts * MANY, 0, MANY - 1).astype(np.int64))
    return np.ascontiguousarray(table[at].transpose(1, 0, 2)[::-1])
