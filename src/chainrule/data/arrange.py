"""Columns → an array for each data and target of the model, the sizes that they give, and how many patterns there are.

The axes of an array are the letters of its quantity in order, the hidden letter of the patterns first. Arrays given
by name have the patterns' axis all or none; without it there is one pattern.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from chainrule.data.header import no_names
from chainrule.data.refused import bare, similar
from chainrule.data.table import NUMBER, Array
from chainrule.data.used import Columns
from chainrule.errors import DataError
from chainrule.expr.entries import entry_text
from chainrule.model.model import Model, Quantity
from chainrule.notation.names import pretty
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Arranged:
    """Arrays by name; the length and, where entries were named, the first value of letter sets; how many patterns;
    which rows they are, if some were left out, and what is said of that."""

    values: Mapping[str, Array]
    lengths: Mapping[str, tuple[int, int | None, str]]  # set → (length, first value or None, who says so)
    count: int | None
    rows: NDArray[np.intp] | None = None
    notes: tuple[str, ...] = ()


def arrange(
    model: Model, columns: Columns, wanted: Iterable[Quantity], known: Mapping[str, range], missing_ok: bool
) -> Arranged:
    """The arrays of the wanted quantities.

    Errors: E206 a column is missing, E207 an array of the wrong number of axes, E208 lengths that differ, E209 entries
    that are missing or do not exist, E223 no row without a missing value. Rows with NaN, which stands for a missing
    value, are left out.
    """
    found: dict[str, tuple[Quantity, Array, bool]] = {}
    entries: dict[str, tuple[tuple[int, ...], ...]] = {}
    absent: list[Quantity] = []
    for quantity in wanted:
        mine = {place[1]: value for place, value in columns.values.items() if place[0] == quantity.name}
        if not mine:
            absent.append(quantity)
            continue
        if () in mine:
            value, rows = mine[()], _with_rows(quantity, mine[()], columns, model)
        else:
            value, places, rows = _stacked(quantity, mine, known, columns, model)
            entries[quantity.name] = places
        found[quantity.name] = (quantity, value, rows)
    for quantity in absent:
        if not (missing_ok and quantity.role == "target"):
            raise _missing(quantity, columns, model)
    count = _count(found, columns, model)
    whole = _whole(found, count, model)
    notes: tuple[str, ...] = ()
    if whole is not None and count is not None:
        notes = (_left_out(found, whole, model, columns),)
        found = {
            name: (quantity, value if (at := _axis(quantity, rows, model)) is None else value.take(whole, at), rows)
            for name, (quantity, value, rows) in found.items()
        }
        count = len(whole)
    values: dict[str, Array] = {}
    lengths: dict[str, tuple[int, int | None, str]] = {}
    for name, (quantity, value, rows) in found.items():
        values[name] = _placed(quantity, value, rows, columns, model)
        _lengths(quantity, values[name], entries.get(name), lengths, model)
    return Arranged(values, lengths, count, whole, notes)


def inner(quantity: Quantity, model: Model) -> tuple[str, ...]:
    """The letters of a quantity within one pattern."""
    return tuple(letter for letter in quantity.letters if letter != model.pattern)


def form(quantity: Quantity, model: Model) -> str:
    """How a quantity is written with its letters."""
    letters = ",".join(quantity.letters)
    return pretty(quantity.name) + (f"[{letters}]" if letters else "")


def _with_rows(quantity: Quantity, value: Array, columns: Columns, model: Model) -> bool:
    """Whether an array has an axis for the patterns in front that its letters do not name."""
    count = len(inner(quantity, model))
    if columns.by_row:
        if value.ndim != count + 1:
            raise _axes(quantity, value.ndim - 1, (count,), model, "in a row ")
        return True
    possible = (count, count + 1) if model.pattern_set is None else (len(quantity.letters),)
    if value.ndim not in possible:
        raise _axes(quantity, value.ndim, possible, model)
    return model.pattern_set is None and value.ndim == count + 1


def _axes(quantity: Quantity, count: int, possible: tuple[int, ...], model: Model, where: str = "") -> DataError:
    expected = " or, with the patterns first, ".join(map(str, possible))
    shown = form(quantity, model)
    return DataError(
        "E207",
        f"{shown} is given with {count} axes {where}where {expected} are expected",
        "give one axis for each letter",
    )


def _stacked(
    quantity: Quantity,
    mine: Mapping[tuple[int, ...], Array],
    known: Mapping[str, range],
    columns: Columns,
    model: Model,
) -> tuple[Array, tuple[tuple[int, ...], ...], bool]:
    """The array whose entries are columns of their own; the patterns, if any, first."""
    letters = inner(quantity, model)
    shown = form(quantity, model)
    for place in mine:
        if len(place) != len(letters):
            typed = entry_text(pretty(quantity.name), place)
            raise DataError("E209", f"{typed} has {len(place)} indices, {shown} has {len(letters)}", f"it is {shown}")
    ranges = []
    for axis, letter in enumerate(letters):
        group = model.set_of(letter)
        values = [place[axis] for place in mine]
        ranges.append(known.get(group.name if group else "", range(min(values), max(values) + 1)))
    whole = 1
    for one in ranges:
        whole *= len(one)
    for place in mine:
        if any(at not in one for at, one in zip(place, ranges, strict=True)):
            typed = entry_text(pretty(quantity.name), place)
            runs = ", ".join(f"{a} = {one.start}..{one.stop - 1}" for a, one in zip(letters, ranges, strict=True))
            raise DataError("E209", f"there is no {typed}: {runs}", "name the entries by the letters' own values")
    if len(mine) < whole:
        lacking = next(place for number in range(whole) if (place := _place(number, ranges)) not in mine)
        typed = entry_text(pretty(quantity.name), lacking)
        raise DataError("E209", f"the column {typed} is missing", "give a column for every entry")
    parts = [mine[place] for place in product(*ranges)]
    if any(part.ndim != parts[0].ndim or part.shape != parts[0].shape or part.ndim > 1 for part in parts):
        raise DataError(
            "E208", f"the columns of {shown} have different lengths", "give them one number for each pattern"
        )
    value = np.stack(parts, axis=-1).reshape(*parts[0].shape, *(len(one) for one in ranges))
    return value, tuple(product(*ranges)), parts[0].ndim == 1


def _place(number: int, ranges: list[range]) -> tuple[int, ...]:
    """The place with this number in row order; `product` would first list a range that one mistyped entry made long."""
    found: list[int] = []
    for one in reversed(ranges):
        number, at = divmod(number, len(one))
        found.append(one[at])
    return tuple(reversed(found))


def _missing(quantity: Quantity, columns: Columns, model: Model) -> DataError:
    shown = pretty(quantity.name)
    others = columns.ignored
    meant = similar(quantity.name, others) or similar(shown, others)
    where = columns.rows.file or "the data"
    framed = columns.by_row and not columns.rows.file
    counted = columns.nameless or (framed and bool(others) and all(map(str.isdecimal, others)))
    array = len(inner(quantity, model)) == 1
    if counted:
        many = "0,1,…" if array else "0"
        said = f'--column "{shown}={many}" (columns={{"{shown}": {"[0, 1, …]" if array else "0"}}})'
        help = f"say which of its {len(others) + len(columns.values)} columns is {shown}, counted from 0: {said}"
        return DataError("E200", f"{where.removeprefix('the ')} is an array without names", help)
    lines = columns.rows.lines
    if lines is not None and len(lines) and {shown, quantity.name} & columns.below:
        help = no_names(int(lines[0]) - 1)
    elif array and others and not (meant and bare(meant) == bare(shown)):
        own = alike(shown, others)
        said = f'--column "{shown}={",".join(own)}" (columns={{"{shown}": [{", ".join(map(repr, own))}]}})'
        help = f"say which columns are its entries, in order: {said}"
    elif not meant and sum(NUMBER.fullmatch(one) is not None for one in others) > 1:
        help = f"is the first line a row? Its cells are taken for names: put a line of names above it, with {shown}"
    elif meant:
        help = f'is it the column {meant}? Say so: --column "{shown}={meant}" (columns={{"{shown}": "{meant}"}})'
    elif others:
        few = ", ".join(others[:6]) + (", …" if len(others) > 6 else "")
        help = f'its other columns are {few}: say which it is, --column "{shown}=…" (columns={{"{shown}": "…"}})'
    else:
        help = f"give it a column {shown}"
    return DataError("E206", f"{where} has no column {shown}", help)


def alike(name: str, others: Sequence[str]) -> list[str]:
    """The columns that an array's entries may be: those that are called like it and numbered, else the first ones."""
    own = [one for one in others if re.fullmatch(rf"{re.escape(bare(name))}\d+", bare(one))]
    return own if len(own) > 1 and sum(map(len, own)) < LISTED else [*others[:2], "…"]


LISTED = 200
"""Characters of column names that a help lists; more of them are cut short."""


def _axis(quantity: Quantity, rows: bool, model: Model) -> int | None:
    """The axis of the patterns, before the axes are put in the order of the letters."""
    if rows or model.pattern_set is None:
        return 0 if rows else None
    return quantity.letters.index(model.pattern) if model.pattern in quantity.letters else None


def _gaps(quantity: Quantity, value: Array, rows: bool, model: Model) -> NDArray[np.bool_] | None:
    """For each pattern whether it has a missing value; None where there is no axis for them."""
    at = _axis(quantity, rows, model)
    if at is None:
        return None
    return np.asarray(np.isnan(np.moveaxis(value, at, 0)).reshape(value.shape[at], -1).any(axis=1), np.bool_)


def _whole(
    found: Mapping[str, tuple[Quantity, Array, bool]], count: int | None, model: Model
) -> NDArray[np.intp] | None:
    """The rows in which nothing is missing; None where nothing is missing at all."""
    gaps: NDArray[np.bool_] = np.zeros(count or 0, bool)
    for name, (quantity, value, rows) in found.items():
        mine = _gaps(quantity, value, rows, model)
        if mine is not None:
            gaps[mine] = True
        elif np.isnan(value).any():
            problem = f"{pretty(name)} is not complete, and belongs to no row that could be left out"
            raise DataError("E205", problem, "fill it with finite numbers")
    if gaps.size and gaps.all():
        problem = f"no pattern at all: each of the {len(gaps)} rows has a missing value"
        raise DataError("E223", problem, "fill some, or use fewer columns")
    return np.flatnonzero(~gaps) if gaps.any() else None


def _left_out(
    found: Mapping[str, tuple[Quantity, Array, bool]], whole: NDArray[np.intp], model: Model, columns: Columns
) -> str:
    """How many rows are left out, and which columns are to blame."""
    blame: dict[str, int] = {}
    for name, (quantity, value, rows) in found.items():
        gaps = _gaps(quantity, value, rows, model)
        if gaps is not None and gaps.any():
            blame[pretty(name)] = int(gaps.sum())
            total = len(gaps)
    left = total - len(whole)
    each = ", ".join(f"{name} in {many}" for name, many in blame.items())
    return f"{left} of {total} rows {'is' if left == 1 else 'are'} left out for want of a value: {each}"


def _count(found: Mapping[str, tuple[Quantity, Array, bool]], columns: Columns, model: Model) -> int | None:
    """How many patterns the arrays have; None where none of them says."""
    said: tuple[int, str] | None = None
    plain: str | None = None
    for name, (quantity, value, rows) in found.items():
        if model.pattern_set is not None and model.pattern in quantity.letters and not rows:
            length = value.shape[quantity.letters.index(model.pattern)]
        elif rows:
            length = len(value)
        else:
            plain = plain or (name if model.pattern_set is None else None)
            continue
        if said is not None and said[0] != length:
            problem = f"{pretty(said[1])} has {said[0]} patterns, {pretty(name)} has {length}"
            raise DataError("E208", problem, "give every column as many rows")
        said = (length, name)
    if said is not None and plain is not None:
        problem = f"{pretty(said[1])} has an axis for the patterns, {pretty(plain)} has none"
        raise DataError("E208", problem, "give all arrays the patterns as first axis, or none of them")
    if said is not None and said[0] == 0:
        raise DataError("E223", "no pattern at all: the data has no rows", "give at least one row")
    if said is not None:
        return said[0]
    if columns.by_row and columns.values:
        return len(next(iter(columns.values.values())))
    return 1 if model.pattern_set is None else None


def _placed(quantity: Quantity, value: Array, rows: bool, columns: Columns, model: Model) -> Array:
    """The array with its axes in the order of the letters."""
    if model.pattern_set is None:
        return value if rows else value[np.newaxis]
    if not rows:
        return value
    if model.pattern in quantity.letters:
        return np.moveaxis(value, 0, quantity.letters.index(model.pattern))
    changed = np.argwhere((value != value[:1]).reshape(len(value), -1).any(axis=1))
    if len(changed):
        row = columns.row(int(changed[0][0]))
        problem = f"{pretty(quantity.name)} is shared by all patterns, and {row} gives another value than the first"
        raise DataError(
            "E208", problem, f"declare {pretty(quantity.name)}[{model.pattern}] if it belongs to the pattern"
        )
    shared: Array = value[0]
    return shared


def _lengths(
    quantity: Quantity,
    value: Array,
    entries: tuple[tuple[int, ...], ...] | None,
    lengths: dict[str, tuple[int, int | None, str]],
    model: Model,
) -> None:
    hidden = model.pattern_set is None
    letters = inner(quantity, model)
    for axis, letter in enumerate(quantity.letters):
        group = model.set_of(letter)
        if letter == model.pattern or group is None:
            continue
        length = value.shape[axis + hidden]
        first = entries[0][letters.index(letter)] if entries else None
        known = lengths.get(group.name)
        if known is not None and (known[0] != length or (None not in (first, known[1]) and first != known[1])):
            problem = f"{known[2]} has {known[0]} values along {letter}, {pretty(quantity.name)} has {length}"
            raise DataError("E208", problem, f"letters of one set have one size: index {letter} = …")
        if known is None or known[1] is None:
            lengths[group.name] = (length, first, pretty(quantity.name))
        if length == 0:
            raise DataError("E208", f"{pretty(quantity.name)} has no values along {letter}", "give at least one")
