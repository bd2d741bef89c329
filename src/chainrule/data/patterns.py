"""Model and data → patterns: the number of every data, target and const, and the values of every letter.

One source gives all rows, never column by column: data at the call, else the table of the text, else the listed values
of its data, every combination, the last name fastest. A model without data has one pattern.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Any

import numpy as np

from chainrule.data.arrange import Arranged, arrange
from chainrule.data.computed import check_domains, check_facts, fill
from chainrule.data.given import place_of, table
from chainrule.data.limits import Limits
from chainrule.data.reading import AS_IT_IS, Reading, Scales
from chainrule.data.rows import combined, nothing, tabled
from chainrule.data.scale import notes as scale_notes
from chainrule.data.scale import scaled, scales
from chainrule.data.table import Array, lasting
from chainrule.data.used import Columns, used
from chainrule.errors import DataError, inline
from chainrule.model.constants import Constants, constants
from chainrule.model.legality import check_indices
from chainrule.model.model import Model, Quantity
from chainrule.notation.names import pretty
from chainrule.notation.statements import Computed, Drawn, Listed
from chainrule.values import dataclass


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
    held: Patterns | None = None  # those that no step visits
    scales: Scales = field(default_factory=lambda: MappingProxyType({}))  # what was taken away, and divided by


def bind(
    model: Model,
    data: object = None,
    consts: Mapping[str, object] | None = None,
    seed: int = 0,
    limits: Limits | None = None,
    *,
    allow_missing_targets: bool = False,
    reading: Reading = AS_IT_IS,
    sizes: Mapping[str, range] | None = None,
) -> Patterns:
    """The patterns of a model.

    ``data`` is a mapping name → array, a sequence of mappings, a data frame, or the path of a file; a column is a name
    or one entry, ``x[2]``. ``reading`` says how it is read. ``consts`` win over the text. ``seed`` is for data drawn
    with ``~``. ``sizes`` are those of letter sets that neither the text nor the data gives, because weights carry them.

    Errors: E200-E216 and E242-E247 about the data given; E206 a missing column; E220-E226 about values; E230-E235 about
    consts and sizes; E234 a limit.
    """
    limits = Limits() if limits is None else limits
    return Binding(model, consts, seed, limits, allow_missing_targets, reading, sizes or {}).patterns(data)


@dataclass(frozen=True, slots=True)
class Binding:
    """How a model is bound to data: everything but the data."""

    model: Model
    consts: Mapping[str, object] | None
    seed: int
    limits: Limits
    loose: bool
    reading: Reading
    sizes: Mapping[str, range] = field(default_factory=dict)

    def patterns(self, data: object) -> Patterns:
        """The patterns of all rows."""
        source, arranged = self.arranged(data)
        return self.finished(source, arranged)

    @property
    def given(self) -> tuple[Quantity, ...]:
        """Data and targets that the text does not make itself."""
        named = (quantity for role in ("data", "target") for quantity in self.model.named(role))
        return tuple(quantity for quantity in named if not isinstance(quantity.start, Computed | Drawn))

    def arranged(self, data: object) -> tuple[Columns | None, Arranged]:
        """The one source of the rows, and its arrays."""
        model = self.model
        first = constants(model, self.consts, partial=True)
        source = _source(model, data, self.given, first, self.limits, self.reading)
        if source is None:
            return None, Arranged({}, {}, None)
        _not_computed(model, source)
        loose = self.loose or source.origin == "domains"
        return source, arrange(model, source, self.given, first.ranges, loose)

    def finished(self, source: Columns | None, arranged: Arranged) -> Patterns:
        """The patterns of arrays: sizes, scales, what the text computes, and what has to be true of all of it."""
        model = self.model
        missing = tuple(quantity for quantity in self.given if quantity.name not in arranged.values)
        if missing and not self.loose:
            raise _no_target(model, missing[0])
        first = constants(model, self.consts, partial=True)
        count = arranged.count if arranged.count is not None else (1 if model.pattern_set is None else None)
        known = {name: values for name, values in self.sizes.items() if name not in first.ranges}
        found = constants(model, self.consts, known | _sizes(model, arranged, first.ranges), count)
        _count(model, found, count)
        _lengths(model, arranged, found)
        if model.sets:
            check_indices(model, found.ranges)

        def row(number: int) -> str:
            number = number if arranged.rows is None else int(arranged.rows[number])
            return source.row(number) if source is not None else f"row {number + 1}"

        by = scales(model, arranged.values, self.reading.standardise)
        check_domains(model, {name: arranged.values[name] for name in by}, found, row)
        own = {name: scaled(model, name, arranged.values[name], pair) for name, pair in by.items()}
        values = fill(model, {**arranged.values, **own}, found, self.seed)
        check_domains(model, {name: value for name, value in values.items() if name not in by}, found, row)
        check_facts(model, values, found, row)
        everything: dict[str, Any] = {**found.values, **values}
        return Patterns(
            MappingProxyType({name: _frozen(value) for name, value in everything.items()}),
            MappingProxyType(dict(found.ranges)),
            len(found.patterns) if found.patterns is not None else 1,
            source.origin if source is not None else "none",
            (*_notes(model, source, missing), *arranged.notes, *scale_notes(by, own)),
            tuple(quantity.name for quantity in missing),
            scales=MappingProxyType(dict(by)),
        )


def _source(
    model: Model, data: object, given: tuple[Quantity, ...], found: Constants, limits: Limits, reading: Reading
) -> Columns | None:
    """The one source of the rows; None where the model needs none."""
    if data is not None:
        return used(table(data, limits), model, reading, limits, found.ranges)
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
    if isinstance(value, np.ndarray) and lasting(value):
        read: Array = value  # a column, which was copied once when it was read
        return read
    found = np.array(value, np.float64, order="C")
    found.setflags(write=False)
    return found


NAMED = 8
"""Columns without a use that a note names."""


def _notes(model: Model, source: Columns | None, missing: tuple[Quantity, ...]) -> tuple[str, ...]:
    notes = list(source.notes) if source is not None else []
    plain: list[str] = []
    for name in source.ignored if source is not None else ():
        known = model.quantities.get((place_of(name) or (name, ()))[0])
        if known is None or known.role == "derived":
            plain.append(inline(name))
        else:
            notes.append(f"the column {inline(name)} is not used: {pretty(known.name)} is a {known.role} here")
    if len(plain) == 1:
        notes.insert(0, f"the column {plain[0]} is not used")
    elif plain:
        few, rest = plain[:NAMED], len(plain) - NAMED
        named = f"{', '.join(few)} and {rest} more" if rest > 0 else f"{', '.join(few[:-1])} and {few[-1]}"
        notes.insert(0, f"the columns {named} are not used")
    notes.extend(f"target {pretty(quantity.name)} has no values: what depends on it is absent" for quantity in missing)
    return tuple(notes)
