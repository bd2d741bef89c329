"""Places of a record → quantities there, many places at once: what is not recorded is computed from what is.

Conventions. The axis of the places comes first; then, of a quantity with one value a pattern, that of the patterns,
which is gone where every step visits one. A part of a record that is computed in one go takes about PART bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array, Bound, Loaded, States
from chainrule.engines.reference import LoadedReference
from chainrule.program.program import Program
from chainrule.train.column import TraceColumn, ranges
from chainrule.train.order import Order
from chainrule.train.record import Block
from chainrule.values import dataclass

PART = 2**25
"""Bytes of what is computed for one part of a record, unless a single place takes more."""

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class RecordReader:
    """A record with what its quantities are computed by."""

    record: Block
    order: Order
    program: Program
    bound: Bound
    loaded: Loaded
    held: LoadedReference | None = None  # the patterns that are held out

    def parts(self, wanted: Mapping[str, TraceColumn], start: int = 0, stop: int | None = None) -> Iterator[slice]:
        """Stretches of the record that are computed in one go each."""
        widest = max(map(len, self.order.batch)) if isinstance(self.order.batch, tuple) else self.order.width or 1
        each = sum(self.entries(column) * (widest if self.varies(column) else 1) for column in wanted.values())
        state = sum(prod(values.shape[1:]) for values in (*self.record.weights.values(), *self.record.states.values()))
        size = max(1, PART // (8 * (1 + each + state + widest)))
        stop = len(self.record) if stop is None else stop
        for first in range(start, stop, size):
            yield slice(first, min(stop, first + size))

    def take(self, places: Places, wanted: Mapping[str, TraceColumn]) -> dict[str, Array]:
        """Quantities at places of the record. Where the steps there visit different numbers of patterns, none may have
        one value a pattern."""
        made: dict[str, Array] = {}
        for here, found in self.alike(places, wanted):
            if len(here) == len(places):
                return found
            for name, values in found.items():
                made.setdefault(name, np.empty((len(places), *values.shape[1:]), values.dtype))[here] = values
        return made

    def alike(self, places: Places, wanted: Mapping[str, TraceColumn]) -> Iterator[tuple[Places, dict[str, Array]]]:
        """Quantities at places of the record, together for those that visit equally many patterns."""
        for here, rows in self.order.at(self.record.steps[places]):
            yield here, self.together(places[here], rows, wanted)

    def together(self, places: Places, rows: Places, wanted: Mapping[str, TraceColumn]) -> dict[str, Array]:
        """Quantities at places that visit equally many patterns, a row of ``rows`` each or all the same."""
        record, kinds = self.record, {column.kind for column in wanted.values()}
        weights = {name: values[places] for name, values in record.weights.items()}
        names = [column.name for column in wanted.values() if column.kind == "computed"]
        computed = self.loaded.evaluate_each(weights, rows, names) if names else {}
        later = self.after(places, rows, weights) if "change" in kinds else {}
        found: dict[str, Array] = {}
        for name, column in wanted.items():
            values: Any
            match column.kind:
                case "step":
                    values = record.steps[places]
                case "rows":
                    whole = np.broadcast_to(rows, (len(places), rows.shape[1]))
                    values = whole[:, 0] if self.order.width == 1 else whole
                case "weight":
                    values = weights[name]
                case "state":
                    values = record.states[name][places]
                case "given":
                    values = self.given(column, places, rows)
                case "computed":
                    values = self.by_pattern(computed[column.name], column)
                    values = np.broadcast_to(values, (len(places), *values.shape[1:]))
                case "held":
                    values = self.apart(weights, len(places))
                case "change":
                    values = later[column.name] - weights[column.name]
            found[name] = values
        return found

    def apart(self, weights: Mapping[str, Array], count: int) -> Array:
        """The goal over the patterns that are held out."""
        if self.held is None:
            return np.full(count, np.nan)
        rows, goal = np.arange(self.held.bound.patterns)[None], self.program.objective
        return np.broadcast_to(self.held.evaluate_each(weights, rows, [goal])[goal], (count,))

    def after(self, places: Places, rows: Places, weights: Mapping[str, Array]) -> Mapping[str, Array]:
        """The weights one step later: recorded, or computed; not numbers where that step leaves the finite ones."""
        record, last = self.record, len(self.record) - 1
        following = np.minimum(places + 1, last)
        alone = record.steps[following] != record.steps[places] + 1
        made = {name: values[following] for name, values in record.weights.items()}
        if alone.any():
            where = places[alone]
            states = {name: values[where] for name, values in record.states.items()}
            before = {name: values[alone] for name, values in weights.items()}
            visited = rows[alone] if len(rows) == len(places) else rows
            for name, values in self.loaded.step_each(States(before, states, record.steps[where]), visited).items():
                made[name][alone] = values
        return made

    def given(self, column: TraceColumn, places: Places, rows: Places) -> Array:
        """Data or targets of the visited patterns."""
        values = np.asarray(self.bound.values[column.name])
        if not self.varies(column):
            return np.broadcast_to(values, (len(places), *values.shape))
        axis = column.letters.index(self.program.pattern)
        found = np.moveaxis(np.take(values, rows, axis=axis), (axis, axis + 1), (0, 1))
        found = found[:, 0] if self.order.width == 1 else found
        return np.broadcast_to(found, (len(places), *found.shape[1:]))

    def by_pattern(self, values: Array, column: TraceColumn) -> Array:
        """The axis of the patterns after that of the places, and gone where every step visits one."""
        if self.varies(column):
            values = np.moveaxis(values, 1 + column.letters.index(self.program.pattern), 1)
            values = values[:, 0] if self.order.width == 1 else values
        return values

    def varies(self, column: TraceColumn) -> bool:
        """Whether a column has one value a pattern."""
        return column.kind == "rows" or self.program.pattern in column.letters

    def entries(self, column: TraceColumn) -> int:
        """How many numbers a column has at a place, or for each of its patterns."""
        return prod(map(len, ranges(self.program, column, self.bound.ranges)))
