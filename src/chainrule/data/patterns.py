"""Model and data → patterns: the number of every data, target and const, and the values of every letter.

One source gives all rows, never column by column: data at the call, else the table of the text, else the listed values
of its data, every combination, the last name fastest. A model without data has one pattern.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from chainrule.data.arrange import Arranged, arrange
from chainrule.data.computed import check_domains, check_facts, fill
from chainrule.data.given import Array, Columns, columns
from chainrule.data.limits import LIMITS, Limits
from chainrule.data.rows import combined, nothing, tabled
from chainrule.errors import DataError, inline
from chainrule.model.constants import Constants, constants
from chainrule.model.legality import check_indices
from chainrule.model.model import Model, Quantity
from chainrule.notation.names import pretty
from chainrule.notation.statements import Computed, Drawn, Listed


@dataclass(frozen=True, slots=True)
class Patterns:
    """What a model is run on. Arrays are float64 and read-only, with an axis for each letter in the order of the
    quantity's letters, the hidden letter of the patterns first; a const of one number has no axis."""

    values: Mapping[str, Array]  # data, targets and consts, all patterns
    ranges: Mapping[str, range]  # name of a letter set → its values, the patterns' excluded
    patterns: int
    origin: str  # "call", "table", "domains", "none", or the name of a file
    notes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()  # targets without values


def bind(
    model: Model,
    data: object = None,
    consts: Mapping[str, object] | None = None,
    seed: int = 0,
    limits: Limits = LIMITS,
    *,
    allow_missing_targets: bool = False,
) -> Patterns:
    """The patterns of a model.

    ``data`` is a mapping name → array, a sequence of mappings, a table of columns, or the path of a CSV or JSON file;
    a column is a name or one entry, ``x[2]``. ``consts`` win over the text. ``seed`` is for data drawn with ``~``.

    Errors: E200-E209 and E210-E216 about the data given; E206 a missing column; E220-E226 about values; E230-E235 about
    consts and sizes; E234 a limit.
    """
    given = tuple(
        q for role in ("data", "target") for q in model.named(role) if not isinstance(q.start, Computed | Drawn)
    )
    first = constants(model, consts, partial=True)
    source = _source(model, data, given, first, limits)
    arranged = Arranged({}, {}, None, ())
    if source is not None:
        _not_computed(model, source)
        loose = allow_missing_targets or source.origin == "domains"
        arranged = arrange(model, source, given, first.ranges, loose)
    missing = tuple(quantity for quantity in given if quantity.name not in arranged.values)
    if missing and not allow_missing_targets:
        raise _no_target(model, missing[0])
    count = arranged.count if arranged.count is not None else (1 if model.pattern_set is None else None)
    found = constants(model, consts, _sizes(model, arranged, first.ranges), count)
    _count(model, found, count)
    _lengths(model, arranged, found)
    if model.sets:
        check_indices(model, found.ranges)
    values = fill(model, dict(arranged.values), found, seed)
    row = source.row if source is not None else _row
    check_domains(model, values, found, row)
    check_facts(model, values, found, row)
    everything: dict[str, Any] = {**found.values, **values}
    return Patterns(
        MappingProxyType({name: _frozen(value) for name, value in everything.items()}),
        MappingProxyType(dict(found.ranges)),
        len(found.patterns) if found.patterns is not None else 1,
        source.origin if source is not None else "none",
        _notes(model, arranged, missing),
        tuple(quantity.name for quantity in missing),
    )


def _row(number: int) -> str:
    return f"row {number + 1}"


def _source(
    model: Model, data: object, given: tuple[Quantity, ...], found: Constants, limits: Limits
) -> Columns | None:
    """The one source of the rows; None where the model needs none."""
    if data is not None:
        return columns(data, limits)
    if model.table is not None:
        return tabled(model, model.table, found.ranges)
    wanted = tuple(quantity for quantity in given if quantity.role == "data")
    if not wanted:
        return None
    if model.pattern_set is None:
        listed = combined(model, wanted, found, limits)
        if listed is not None:
            return listed
    raise nothing(model, wanted)


def _not_computed(model: Model, source: Columns) -> None:
    for name, _ in source.values:
        quantity = model.quantities.get(name)
        if quantity is not None and isinstance(quantity.start, Computed | Drawn):
            shown, verb = pretty(name), "computed" if isinstance(quantity.start, Computed) else "drawn"
            problem = f"{quantity.role} {shown} is {verb} by the text and is given too"
            raise DataError(
                "E227",
                problem,
                f"take the column {shown} out, or declare `{quantity.role} {shown}` alone",
                model.source,
                quantity.span,
            )


def _no_target(model: Model, quantity: Quantity) -> DataError:
    shown = pretty(quantity.name)
    what = f"{quantity.role} {shown} has no values"
    if isinstance(quantity.domain, Listed):
        what += ": a listed domain only says what they may be"
    help = f"compute it (target {shown} = …), table it, or give it (--data FILE)"
    return DataError("E222", what, help, model.source, quantity.span)


def _sizes(model: Model, arranged: Arranged, known: Mapping[str, range]) -> dict[str, range]:
    """The values of the sets whose size the text leaves to the data: from 1, or from the first entry named."""
    found = {}
    for name, (length, first, _) in arranged.lengths.items():
        group = model.set_of(name)
        if group is not None and group.low is None and name not in known:
            start = 1 if first is None else first
            found[name] = range(start, start + length)
    return found


def _count(model: Model, found: Constants, count: int | None) -> None:
    """An error if the patterns' letter has other values than the data has rows, or none are known."""
    if found.patterns is None:
        group = model.pattern_set
        raise DataError(
            "E224",
            f"neither the text nor the data says how many patterns {model.pattern} runs over",
            f"write patterns {model.pattern} = 1..20, or give data that carries {model.pattern}",
            model.source,
            group.span if group else None,
        )
    if count is not None and len(found.patterns) != count:
        runs = f"{model.pattern} = {found.patterns.start}..{found.patterns.stop - 1}"
        raise DataError("E208", f"the data has {count} patterns, {runs}", "give as many rows, or change the range")


def _lengths(model: Model, arranged: Arranged, found: Constants) -> None:
    for name, (length, _, who) in arranged.lengths.items():
        values = found.ranges[name]
        if len(values) != length:
            runs = f"{name} = {values.start}..{values.stop - 1}"
            raise DataError("E208", f"{who} has {length} values along {name}, where {runs}", f"give {len(values)}")


def _frozen(value: Any) -> Array:
    found = np.array(value, np.float64, order="C")
    found.setflags(write=False)
    return found


def _notes(model: Model, arranged: Arranged, missing: tuple[Quantity, ...]) -> tuple[str, ...]:
    notes = []
    for name in arranged.ignored:
        known = model.quantities.get(name)
        why = f": {pretty(name)} is a {known.role} here" if known is not None and known.role != "derived" else ""
        notes.append(f"the column {inline(pretty(name))} is not used{why}")
    notes.extend(f"target {pretty(quantity.name)} has no values: what depends on it is absent" for quantity in missing)
    return tuple(notes)
