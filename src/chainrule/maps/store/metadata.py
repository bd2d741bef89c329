"""A layout → the documents zarr.json by which Zarr and xarray read a store.

They follow from the layout to the byte. So a store is opened only where they are what they would be if it were made
now: a kind of numbers, a codec, a shape or an array that chainrule does not write is refused before anything is
decoded.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule.maps.store.chunk import sealed
from chainrule.maps.store.layout import LEVEL, Array, Axis, StoreLayout, Tile

ZARR = "zarr.json"


def level(every: int) -> str:
    """How the keys of a level begin: those of the map itself with nothing, of others with a folder's name."""
    return "" if every == 1 else f"{LEVEL}{every}/"


def nodes(layout: StoreLayout, every: int) -> dict[str, dict[str, Any]]:
    """The document of each array and of each axis of a level, by name."""
    names = [axis.name for axis in layout.axes]
    found: dict[str, dict[str, Any]] = {}
    for axis, count in zip(layout.axes, layout.shape(every), strict=True):
        kind = axis_kind(axis)
        fill = 0 if kind == "int64" else 0.0
        found[axis.name] = node(kind, [count], [count], fill, axis.attributes, [axis.name])
    for one in layout.arrays:
        shape, chunk = [*layout.shape(every), *one.sides], [*layout.tile, *one.sides]
        dims = [*names, *(f"{one.name}_{place}" for place in range(len(one.sides)))]
        found[one.name] = node(one.dtype, shape, chunk, one.blank, one.attributes, dims)
    return found


def documents(layout: StoreLayout) -> dict[str, dict[str, Any]]:
    """Each document by its place in the store; that of the map comes last."""
    found: dict[str, dict[str, Any]] = {}
    for every in layout.levels:
        inside = nodes(layout, every)
        about = {**layout.attributes, "chainrule": layout.digest} if every == 1 else {"every": every}
        found |= {f"{level(every)}{name}/{ZARR}": document for name, document in inside.items()}
        found[f"{level(every)}{ZARR}"] = group(about, inside)
    return found


def group(attributes: dict[str, Any], inside: dict[str, Any]) -> dict[str, Any]:
    """The document of a group; it repeats those inside, so that a reader needs to open one file alone."""
    return {
        "zarr_format": 3,
        "node_type": "group",
        "attributes": attributes,
        "consolidated_metadata": {"kind": "inline", "must_understand": False, "metadata": inside},
    }


def node(
    dtype: str, shape: list[int], chunk: list[int], fill: object, attributes: Any, names: list[str]
) -> dict[str, Any]:
    """The document of one array."""
    numbers: dict[str, Any] = {"name": "bytes"}
    if dtype not in ("int8", "uint8", "bool"):
        numbers["configuration"] = {"endian": "little"}
    return {
        "zarr_format": 3,
        "node_type": "array",
        "shape": shape,
        "data_type": dtype,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": chunk}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "fill_value": fill,
        "codecs": [numbers, {"name": "crc32c"}],
        "attributes": dict(attributes),
        "dimension_names": names,
    }


def axis_kind(axis: Axis) -> str:
    """The kind of an axis's numbers: whole ones are kept as such, where they can be."""
    whole = all(type(value) is int and abs(value) < 2**63 for value in axis.values)
    return "int64" if whole else "float64"


def coordinates(layout: StoreLayout) -> dict[str, bytes]:
    """The files with the values along the axes."""
    return {
        f"{level(every)}{axis.name}/c/0": sealed(
            np.array(axis.values[::every], np.dtype(axis_kind(axis)).newbyteorder("<"))
        )
        for every in layout.levels
        for axis in layout.axes
    }


def twins(layout: StoreLayout) -> list[str]:
    """Two names that differ by the case of letters alone, if there are such: some disks do not tell them apart."""
    seen: dict[str, str] = {}
    for name in [axis.name for axis in layout.axes] + [one.name for one in layout.arrays]:
        if seen.setdefault(name.lower(), name) != name:
            return [seen[name.lower()], name]
    return []


def key(array: Array, tile: Tile) -> str:
    """Where the file of a tile lies; sides of its own are not cut."""
    return level(tile[0]) + "/".join([array.name, "c", *map(str, tile[1:]), *("0" for _ in array.sides)])
