"""Columns of a trace or an evaluation → frames of pandas and polars, and tables of Arrow.

A frame has a row for each recorded step, or for each pattern; an array is a column for each of its entries. None of the
three libraries is imported before it is asked for. An array that lies in memory as Arrow has it is not copied.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from chainrule.errors import UsageError, absent, shown
from chainrule.expr.limits import limited
from chainrule.train.column import quotient, ranges, read_name, show_name

if TYPE_CHECKING:
    from chainrule.train.evaluation import Evaluation
    from chainrule.train.trace import Trace


class Framed:
    """What can be read as a frame."""

    __slots__ = ()

    def framed(self, names: tuple[Any, ...]) -> dict[str, Any]:
        """The columns of the frame, each with one number a row."""
        raise NotImplementedError

    @limited
    def to_pandas(self, *names: str, limits: Mapping[str, int] | None = None) -> Any:
        """A data frame of pandas: the columns that are named, or all with one number a row.

        Errors: E409 for a column that a frame cannot have, E062 without pandas.
        """
        try:
            import pandas as pd
        except ImportError:
            raise absent("this frame", "pandas") from None
        return pd.DataFrame(self.framed(names), copy=False)

    @limited
    def to_polars(self, *names: str, limits: Mapping[str, int] | None = None) -> Any:
        """A data frame of polars; see `to_pandas`."""
        try:
            import polars as pl
        except ImportError:
            raise absent("this frame", "polars") from None
        return pl.DataFrame(self.framed(names))

    @limited
    def to_arrow(self, *names: str, limits: Mapping[str, int] | None = None) -> Any:
        """A table of Arrow, whose columns are the arrays themselves where these lie in one piece; see `to_pandas`."""
        try:
            import pyarrow as pa
        except ImportError:
            raise absent("this table", "pyarrow", "arrow") from None
        return pa.table({name: pa.array(values) for name, values in self.framed(names).items()})

    def __arrow_c_stream__(self, requested_schema: object = None) -> Any:
        """Arrow's stream, by which polars, DuckDB and their like read a trace as it is."""
        return self.to_arrow().__arrow_c_stream__(requested_schema)


def of_trace(trace: Trace, names: tuple[Any, ...]) -> dict[str, Any]:
    """Columns with one number for each recorded step."""
    wanted: list[str] = []
    for name in names or trace.columns:
        key, column, entry = trace.asked(name)
        if column.kind != "rows" and not trace.single(column):
            raise many(f"{show_name(key)} has a value for each pattern of a step", f'read trace["{show_name(key)}"]')
        letters = () if entry else ranges(trace.program, column, trace.bound.ranges)
        wanted += [show_name(key, one) for one in product(*letters)] if letters else [name]
    found = trace.to_numpy(*wanted)
    for name, values in found.items():
        if np.ndim(values) != 1:
            raise many(f"{name} has several values for each step", f'read trace["{name}"]')
    return found


def many(problem: str, help: str) -> UsageError:
    """The error about a column that has more than one number a row."""
    return UsageError("E409", f"{problem}, and a frame one a row", help)


def of_evaluation(found: Evaluation, names: tuple[Any, ...]) -> dict[str, Any]:
    """Columns with one number for each pattern; those of the values that differ among patterns if none is named."""
    count = patterns(found)
    if not names:
        varying = tuple(name for name in found.values if name in found.axes)
        return {"pattern": np.arange(count)} | of_evaluation(found, varying or tuple(found.values))
    columns: dict[str, Any] = {}
    for name in names:
        key, entry = read_name(name) if isinstance(name, str) else ("", ())
        sides = quotient(key)
        if name == "pattern" and name not in found.values:
            columns[name] = np.arange(count)
        elif sides:
            values = derivatives(found).get(sides[1]) if sides[0] == found.each else None
            columns |= entries(found, name, key, entry, sides[1], values)
        else:
            columns |= entries(found, name, key, entry, key, by_pattern(found, key, count))
    return columns


def patterns(found: Evaluation) -> int:
    """How many patterns were evaluated."""
    return next((found.values[name].shape[at] for name, at in found.axes.items() if name in found.values), 1)


def by_pattern(found: Evaluation, key: str, count: int) -> Any:
    """A value with the patterns first; what is the same for all is repeated. None where there is no such value."""
    if key not in found.values:
        return None
    values = np.asarray(found.values[key])
    if key in found.axes:
        return np.moveaxis(values, found.axes[key], 0)
    return np.broadcast_to(values, (count, *values.shape))


def derivatives(found: Evaluation) -> dict[str, Any]:
    """The derivatives of the error of each pattern by every quantity, the patterns first."""
    if found.error is None and found.of is not None:
        raise many(f"there is a derivative of each entry of {found.of}", "ask for one entry: evaluate(of=…)")
    if len(found.patterns) != patterns(found):
        raise many(f"{found.goal} has no value for one pattern alone, so none has a derivative", "read .gradient")
    parts: dict[str, list[Any]] = {}
    for one in found.patterns:
        for name, value in one.adjoints.items():
            parts.setdefault(name, []).append(value)
    return {name: np.stack(values) for name, values in parts.items()}


def entries(
    found: Evaluation, name: str, key: str, entry: tuple[int, ...], quantity: str, values: Any
) -> dict[str, Any]:  # fmt: skip
    """A column for each entry, or for the one that is named, by the values of the letters of the quantity."""
    letters = found.letters.get(quantity, ())
    places = [entry] if entry else list(product(*letters))
    known = all(len(place) == len(letters) and all(map(range.__contains__, letters, place)) for place in places)
    if values is None or not known:
        has = ", ".join(map(show_name, list(found.values)[:12]))
        help = f"there is pattern, {has}, and the derivative of {found.each} by each; entries by their letters' values"
        raise UsageError("E409", f"the evaluation has no column {shown(name)}", help)
    columns = {}
    for place in places:
        at = tuple(map(range.index, letters, place))
        columns[name if entry or not letters else show_name(key, place)] = values[(slice(None), *at)]
    return columns
