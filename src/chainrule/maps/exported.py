"""A map → what other programs read: an xarray dataset, NetCDF, and tables with a row for each cell."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.data.arrow import needed
from chainrule.errors import LimitError, MissingExtra
from chainrule.maps.plan import Plan

Arrays = Mapping[str, NDArray[np.generic]]

CELLS = 10**7
"""The most numbers of a table that is written as text."""


def library(what: str) -> Any:
    """xarray, or MissingExtra E654."""
    try:
        import xarray
    except ImportError:
        help = 'pip install "chainrule[map]"'
        raise MissingExtra("E654", f"{what} needs xarray, which is not installed", help) from None
    return xarray


def dataset(plan: Plan, arrays: Arrays) -> Any:
    """The arrays with their coordinates. A list whose values do not differ stays a coordinate all the same."""
    xarray = library("a dataset")
    layout = plan.layout
    variables = {spec.name: (spec.dims, arrays[spec.name], dict(spec.attributes)) for spec in layout.arrays}
    places = {one.name: (one.name, one.values, dict(one.attributes)) for one in layout.coordinates}
    about = {"title": plan.source, "plan": plan.digest, "steps": int(plan.steps), "numerics": plan.numerics}
    return xarray.Dataset(variables, places, about)


def content(plan: Plan, arrays: Arrays, ending: str) -> bytes:
    """The bytes of a file."""
    match ending:
        case ".csv":
            return text(plan, arrays)
        case ".parquet":
            return parquet(plan, arrays)
    return netcdf(plan, arrays)


def columns(plan: Plan, arrays: Arrays) -> dict[str, NDArray[np.generic]]:
    """A column for each axis, and for each number of a cell; rows are cells, the last axis fastest."""
    layout = plan.layout
    grids = np.meshgrid(*(one.values for one in layout.coordinates), indexing="ij")
    found: dict[str, NDArray[np.generic]] = {
        one.name: grid.ravel() for one, grid in zip(layout.coordinates, grids, strict=True)
    }
    axes = len(plan.axes)
    for spec in layout.arrays:
        values = arrays[spec.name]
        inner = np.moveaxis(values, range(axes, values.ndim), range(values.ndim - axes))
        for entry in product(*(range(side) for side in spec.shape[axes:])):
            name = spec.name + "".join(f"_{place}" for place in entry)
            found[name] = np.asarray(inner[entry]).ravel()
    return found


def text(plan: Plan, arrays: Arrays) -> bytes:
    """A table as text; a number that there is none of is an empty cell, and floats read back to the same bits."""
    table = columns(plan, arrays)
    count = len(next(iter(table.values())))
    if count * len(table) > CELLS:
        problem = f"the table would have {count * len(table):,} numbers, and a text has at most {CELLS:,}"
        raise LimitError("E642", problem, "write .parquet or .nc")
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(table)
    writer.writerows(rows(table))
    return file.getvalue().encode()


def rows(table: Mapping[str, NDArray[np.generic]]) -> Iterator[list[object]]:
    listed = [values.tolist() for values in table.values()]
    for row in zip(*listed, strict=True):
        yield ["" if one != one else repr(one) for one in row]


def parquet(plan: Plan, arrays: Arrays) -> bytes:
    arrow = needed("a .parquet file", "write .csv")
    import pyarrow.parquet

    table = arrow.table({name: arrow.array(values) for name, values in columns(plan, arrays).items()})
    table = table.replace_schema_metadata({"chainrule.map": plan.digest})
    out = io.BytesIO()
    pyarrow.parquet.write_table(table, out)
    return out.getvalue()


def netcdf(plan: Plan, arrays: Arrays) -> bytes:
    """NetCDF 4 where xarray finds what writes it."""
    found = dataset(plan, arrays)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "map.nc")
        try:
            found.to_netcdf(place, format="NETCDF4")
        except (ValueError, ImportError):
            help = "pip install \"chainrule[map]\""
            raise MissingExtra("E654", "a .nc file needs what writes NetCDF 4, which is not installed", help) from None
        return place.read_bytes()
