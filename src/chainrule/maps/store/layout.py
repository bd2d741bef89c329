"""What a map is made of, before any of it is computed: axes, the cut into tiles, arrays, and the recipe of a cell.

The store knows no networks: a recipe is a JSON document, and two maps are one if their recipes have the same key.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cached_property
from itertools import pairwise, product
from math import prod
from typing import Any

from chainrule.errors import LimitError, RunError
from chainrule.maps.store.json_text import canonical, digest
from chainrule.maps.store.limits import LIMITS
from chainrule.values import dataclass

Tile = tuple[int, ...]
"""Which tile: of the level with every so-many-th cell along each axis, and where among that level's tiles, along each
axis."""

DTYPES = {"float32": 4, "float64": 8, "int8": 1, "int16": 2, "int32": 4, "int64": 8, "uint8": 1, "uint16": 2,
          "uint32": 4, "uint64": 8, "bool": 1}  # fmt: skip
"""The kinds of numbers that an array may have, and their bytes."""

LETTERS = 200
"""Letters of a name at most: a folder is called so."""
NAME = re.compile(rf"[A-Za-z][A-Za-z0-9_]{{0,{LETTERS - 1}}}")

STATUS = "status"
"""The array that is written last: 0 is a cell that was not run."""
NOT_RUN, FAILED = 0, 4

FORMAT = 1
"""The version of the layout on disk."""

LEVEL = ".chainrule/every_"
"""How the folder of a coarser level begins; the number follows. It is out of the way of readers of the map itself."""


@dataclass(frozen=True, slots=True)
class Array:
    """Numbers for each cell: one, or as many as it has sides of its own. ``fill`` is what a cell that was not run
    shows; of floats it is a NaN that no result has."""

    name: str
    dtype: str
    sides: tuple[int, ...] = ()
    attributes: Mapping[str, Any] = field(default_factory=dict)
    fill: int | None = None

    @property
    def blank(self) -> int | str | bool:
        """The fill value as zarr.json has it."""
        match self.dtype:
            case "float64":
                return "0x7ff8c4a100000001"
            case "float32":
                return "0x7fe4a101"
            case "bool":
                return False
        if self.fill is not None:
            return self.fill
        return -(2 ** (8 * DTYPES[self.dtype] - 1)) if self.dtype.startswith("int") else 0


@dataclass(frozen=True, slots=True)
class Axis:
    """The values along one side, in order; the attributes say the typed name and the scale."""

    name: str
    values: tuple[float, ...]
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class StoreLayout:
    """The whole of a store but its results. ``key`` names what its numbers follow from; ``levels`` are the pictures
    with every so-many-th cell along each axis, the coarsest first, and the last one is 1, the map itself.

    >>> arrays = (Array("status", "uint8"),)
    >>> layout = StoreLayout((Axis("alpha", (0.1, 0.2, 0.3)),), (2,), arrays, {"steps": 5}, "a")
    >>> layout.shape(1), list(layout.tiles()), layout.extent((1, 1))
    ((3,), [(1, 0), (1, 1)], (slice(2, 3, None),))
    """

    axes: tuple[Axis, ...]
    tile: tuple[int, ...]
    arrays: tuple[Array, ...]
    recipe: Mapping[str, Any]
    key: str
    levels: tuple[int, ...] = (1,)
    attributes: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        checked(self)

    def shape(self, every: int = 1) -> tuple[int, ...]:
        """Cells of a level along each axis."""
        return tuple(-(-len(axis.values) // every) for axis in self.axes)

    def count(self, every: int = 1) -> tuple[int, ...]:
        """Tiles of a level along each axis."""
        return tuple(-(-size // tile) for size, tile in zip(self.shape(every), self.tile, strict=True))

    def tiles(self) -> Iterator[Tile]:
        """Every tile, level by level, in a level in the order of rows: so the whole picture is seen early."""
        for every in self.levels:
            for block in product(*map(range, self.count(every))):
                yield (every, *block)

    @property
    def number(self) -> int:
        """How many tiles there are."""
        return sum(prod(self.count(every)) for every in self.levels)

    def has(self, tile: Tile) -> bool:
        """Whether there is such a tile."""
        if len(tile) != 1 + len(self.axes) or tile[0] not in self.levels:
            return False
        return all(0 <= at < count for at, count in zip(tile[1:], self.count(tile[0]), strict=True))

    def extent(self, tile: Tile) -> tuple[slice, ...]:
        """The cells of a tile in its level; those at the edge have fewer."""
        return tuple(
            slice(at * size, min((at + 1) * size, whole))
            for at, size, whole in zip(tile[1:], self.tile, self.shape(tile[0]), strict=True)
        )

    def size(self, tile: Tile) -> tuple[int, ...]:
        """The cells of a tile along each axis."""
        return tuple(cut.stop - cut.start for cut in self.extent(tile))

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of all of it."""
        return digest(self.json())

    def json(self) -> dict[str, Any]:
        """The layout as a JSON document."""
        return {
            "format": FORMAT,
            "axes": [
                {"name": axis.name, "values": list(axis.values), "attributes": dict(axis.attributes)}
                for axis in self.axes
            ],
            "tile": list(self.tile),
            "arrays": [
                {"name": one.name, "dtype": one.dtype, "sides": list(one.sides), "attributes": dict(one.attributes),
                 "fill": one.fill}
                for one in self.arrays
            ],
            "recipe": dict(self.recipe),
            "key": self.key,
            "levels": list(self.levels),
            "attributes": dict(self.attributes),
        }  # fmt: skip

    @classmethod
    def from_json(cls, found: Any, name: str) -> StoreLayout:
        """The layout that a document of a store describes; E600 where it is none, E603 where it is another
        version's."""
        match found:
            case {"format": int(version)} if version != FORMAT:
                problem = f"{name} is a map of another version of chainrule: format {version}, and this reads {FORMAT}"
                raise RunError("E603", problem, "go on with it by the version that began it, or begin a new store")
        try:
            one = cls(
                tuple(Axis(a["name"], tuple(a["values"]), a["attributes"]) for a in found["axes"]),
                tuple(found["tile"]),
                tuple(
                    Array(a["name"], a["dtype"], tuple(a["sides"]), a["attributes"], a["fill"]) for a in found["arrays"]
                ),
                found["recipe"], found["key"], tuple(found["levels"]), found["attributes"],
            )  # fmt: skip
            if canonical(one.json()) == canonical(found):
                return one
        except (KeyError, TypeError, AttributeError, ValueError, OverflowError):
            pass
        raise foreign(name, "its description is not one")


def foreign(name: str, why: str) -> RunError:
    """The error for what is no map."""
    return RunError("E600", f"{name} is not a map of chainrule: {why}", "give the folder of a map, or a new name")


def checked(layout: StoreLayout) -> None:
    """Nothing, or what is not possible about a layout."""
    sizes = [*layout.tile, *(side for one in layout.arrays for side in one.sides)]
    if len(layout.axes) != len(layout.tile) or not all(type(size) is int and size > 0 for size in sizes):
        raise ValueError(f"{len(layout.axes)} axes and a tile of {layout.tile}: a side has at least one cell")
    if not 0 < len(layout.arrays) <= LIMITS["arrays"].most or len(layout.levels) > LIMITS["levels"].most:
        raise ValueError(f"{len(layout.arrays)} arrays and {len(layout.levels)} levels")
    sides = len(layout.axes) + max(len(one.sides) for one in layout.arrays)
    if not all(layout.shape()) or sides > LIMITS["sides"].most:
        raise ValueError("an axis has at least one value, and an array at most 32 sides")
    if not (layout.levels and layout.levels[-1] == 1 and all(type(one) is int for one in layout.levels)) or any(
        one <= other for one, other in pairwise(layout.levels)
    ):
        raise ValueError(f"levels go down to 1: {layout.levels}")
    if layout.levels[0] > 2**20:
        raise ValueError(f"every {layout.levels[0]}th cell")
    names = [axis.name for axis in layout.axes] + [one.name for one in layout.arrays]
    if len(set(names)) < len(names) or not all(NAME.fullmatch(name) for name in names):
        raise ValueError(f"names are ASCII, and each stands once: {names}")
    for axis in layout.axes:
        if not all(type(value) in (int, float) and math.isfinite(float(value)) for value in axis.values):
            raise ValueError(f"a value of {axis.name} is no number")
    for array in layout.arrays:
        if array.dtype not in DTYPES:
            raise ValueError(f"{array.name} has numbers of no kind: {array.dtype}")
        if array.fill is not None and not (type(array.fill) is int and fits(array.fill, array.dtype)):
            raise ValueError(f"{array.name} cannot be filled with {array.fill}")
    if not any(one.name == STATUS and one.dtype == "uint8" and not one.fill and not one.sides for one in layout.arrays):
        raise ValueError("a map has an array of uint8 that is called status, and filled with 0")
    along, tiles, most = (LIMITS[name].most for name in ("along", "tiles", "tile"))
    if any(count > along for count in layout.count()) or layout.number > tiles:
        problem = f"{layout.number} tiles: at most {along} stand along an axis, and {tiles} in a map"
        raise LimitError("E607", problem, "make tiles larger: --tile")
    size = prod(layout.tile) * sum(prod(one.sides) * DTYPES[one.dtype] for one in layout.arrays)
    if size > most:
        problem = f"a tile of {prod(layout.tile)} cells has {size} bytes, more than the {most} that are held in memory"
        raise LimitError("E607", problem, "make tiles smaller: --tile")


def fits(value: int, dtype: str) -> bool:
    """Whether a whole number is one of a kind."""
    bits = 8 * DTYPES[dtype]
    if dtype.startswith("int"):
        return bool(-(2 ** (bits - 1)) <= value < 2 ** (bits - 1))
    return bool(dtype.startswith("uint") and 0 <= value < 2**bits)
