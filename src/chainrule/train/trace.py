"""What a run passed through: recorded weights and states, and any other column, computed from them when it is read.

Conventions. Row k of the record is the weights after ``steps[k]`` steps and the patterns that the next step visits, so
every value beside them is the one BEFORE that step: same program, same engine, same bits. A quantity with one value a
pattern has no axis for the patterns where each step visits one, else that axis comes after the one of the steps.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array, Bound, Loaded, State
from chainrule.errors import LimitError, UsageError, shown
from chainrule.program.program import Program
from chainrule.train.column import Column, quantities, ranges, read_name, renamed, show_name
from chainrule.train.order import Order, Rows, whole
from chainrule.train.record import Block

KEPT = 2**26
"""Bytes up to which every computed column is kept once one of them was read."""

LARGEST = 2**30
"""Bytes of the largest column that is computed."""


@dataclass(frozen=True, slots=True)
class Trace:
    """The recorded steps of a run, and its columns by name.

    ``trace["w"]`` is the weight at every recorded step, ``trace["E"]`` the error of the patterns about to be visited,
    ``trace["error"]`` the goal over them, ``trace["∂E/∂w"]`` the gradient that the step uses and ``trace["Δw"]`` how
    much it changes w. ``trace["W[2,1]"]`` is one entry, with the letters' own values.
    """

    record: Block
    order: Order
    goal: str
    program: Program = field(repr=False, compare=False)
    bound: Bound = field(repr=False, compare=False)
    loaded: Loaded = field(repr=False, compare=False)
    kept: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.record)

    def __repr__(self) -> str:
        return f"<Trace: {len(self)} recorded steps, {self.steps[0]} to {self.steps[-1]}>"

    @property
    def steps(self) -> NDArray[np.int64]:
        """The steps after which was recorded, 0 first."""
        return self.record.steps

    @property
    def weights(self) -> Mapping[str, Array]:
        """Each weight, the axis of the recorded steps first."""
        return self.record.weights

    @property
    def states(self) -> Mapping[str, Array]:
        """Each state of the learning rule, as ``weights``."""
        return self.record.states

    @property
    def quantities(self) -> Mapping[str, Column]:
        """All that can be read, by key."""
        return quantities(self.program, self.goal)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns with one number a step, arrays by entries; ``step`` comes first."""
        shown: list[str] = []
        for name, column in self.quantities.items():
            if self.single(column):
                letters = ranges(self.program, column, self.bound.ranges)
                shown += [show_name(name, entry) for entry in product(*letters)]
        return tuple(shown)

    def __getitem__(self, name: str) -> Any:
        """One column, the axis of the recorded steps first."""
        if not isinstance(name, str):
            raise UsageError("E358", f"a column has a name, not {shown(name)}", "the names are in trace.columns")
        quantity, entry = read_name(name)
        quantity = renamed(quantity, self.program.objective, self.goal)
        column = self.quantities.get(quantity)
        if column is None:
            raise self.unknown(name, quantity)
        return self.read(quantity, column)[(..., *self.places(name, column, entry))]

    def to_numpy(self, *names: str) -> dict[str, Any]:
        """Columns by name; all of ``columns`` if none is named."""
        return {name: self[name] for name in names or self.columns}

    def rows(self, start: int = 0, stop: int | None = None) -> list[dict[str, Any]]:
        """A part of the record, by place in it, as one mapping (key → value) for each recorded step.

        It can be read where a column cannot: steps may visit different numbers of patterns.
        """
        for name, end in (("start", start), ("stop", stop)):
            if whole(end) is None and not (name == "stop" and end is None):
                raise UsageError("E353", f"{name}={shown(end)} is not a place in the record", "write a whole number")
        wanted = self.quantities
        return [self.at(place, wanted) for place in range(*slice(start, stop).indices(len(self)))]

    def at(self, place: int, wanted: Mapping[str, Column]) -> dict[str, Any]:
        """Quantities at one place of the record."""
        state = self.record.state(place)
        visited = self.order.rows(state.step)
        kinds = {column.kind for column in wanted.values()}
        names = [column.name for column in wanted.values() if column.kind == "computed"]
        computed = self.loaded.evaluate(state.weights, visited, names) if names else {}
        after = self.after(state) if "change" in kinds else {}
        found: dict[str, Any] = {}
        for name, column in wanted.items():
            match column.kind:
                case "step":
                    found[name] = state.step
                case "rows":
                    found[name] = visited[0] if self.order.width == 1 else visited
                case "weight":
                    found[name] = state.weights[name][()]
                case "state":
                    found[name] = state.states[name][()]
                case "given":
                    found[name] = self.by_pattern(self.given(column, visited), column)
                case "computed":
                    found[name] = self.by_pattern(np.asarray(computed[column.name]), column)
                case "change":
                    found[name] = (after[column.name] - state.weights[column.name])[()]
        return found

    def after(self, state: State) -> Mapping[str, Array]:
        """The weights one step later; not numbers where that step leaves the finite ones."""
        chunk = self.loaded.advance(state, self.order.visits(state.step, state.step + 1), self.order.pass_length)
        if chunk.departure:
            return {name: np.full_like(values, np.nan) for name, values in state.weights.items()}
        return chunk.state.weights

    def given(self, column: Column, visited: Rows) -> Array:
        """Data or targets of the visited patterns."""
        values = np.asarray(self.bound.values[column.name])
        if not self.varies(column):
            return values
        return np.take(values, visited, axis=column.letters.index(self.program.pattern))

    def by_pattern(self, values: Array, column: Column) -> Any:
        """The axis of the patterns first, and gone where every step visits one; a single number as one."""
        if self.varies(column):
            values = np.moveaxis(values, column.letters.index(self.program.pattern), 0)
            values = values[0] if self.order.width == 1 else values
        return values[()]

    def varies(self, column: Column) -> bool:
        """Whether a column has one value a pattern."""
        return self.program.pattern in column.letters

    def single(self, column: Column) -> bool:
        """Whether each entry of a column is one number a step."""
        return column.kind != "rows" and (self.order.width == 1 or not self.varies(column))

    def read(self, name: str, column: Column) -> Any:
        """A whole column. Computing one costs little more than computing all: where they fit, all are kept."""
        match column.kind:
            case "step":
                return self.steps
            case "weight":
                return self.weights[name]
            case "state":
                return self.states[name]
        if name not in self.kept:
            same = {other: found for other, found in self.quantities.items() if found.kind == column.kind}
            self.require(name, column)
            sizes = {other: self.bytes(found) for other, found in same.items()}
            fits = sum(size or 0 for size in sizes.values()) <= KEPT
            wanted = {
                other: found for other, found in same.items() if other == name or (fits and sizes[other] is not None)
            }
            first = {other: np.asarray(value) for other, value in self.at(0, wanted).items()}
            made = {other: np.empty((len(self), *value.shape), value.dtype) for other, value in first.items()}
            for place in range(len(self)):
                for other, value in self.at(place, wanted).items():
                    made[other][place] = value
            for values in made.values():
                values.flags.writeable = False
            self.kept.update(made)
        return self.kept[name]

    def bytes(self, column: Column) -> int | None:
        """The size of a column; None where it is none, because its rows differ in length."""
        width = self.order.width if self.varies(column) or column.kind == "rows" else 1
        letters = ranges(self.program, column, self.bound.ranges)
        return None if width is None else 8 * len(self) * width * prod(map(len, letters))

    def require(self, name: str, column: Column) -> None:
        """An error unless a column can be computed whole."""
        size = self.bytes(column)
        shown = show_name(name)
        if size is None:
            raise UsageError(
                "E359",
                f"{shown} has one value a pattern, and the steps visit different numbers of patterns",
                "read it step by step: trace.rows(start, stop)",
            )
        if size > LARGEST:
            raise LimitError(
                "E356",
                f"the column {shown} would take {size / 2**30:.1f} GiB, more than 1 GiB",
                "read a part of it with trace.rows(start, stop), or train with a larger record=",
            )

    def places(self, name: str, column: Column, entry: tuple[int, ...]) -> tuple[int, ...]:
        """Where an entry lies, from the letters' own values."""
        letters = ranges(self.program, column, self.bound.ranges)
        if entry and len(entry) != len(letters):
            have = f"{len(letters)} letter{'s' * (len(letters) != 1)}" if letters else "no letter"
            raise UsageError("E358", f"the quantity in {name} has {have}", "write one number for each letter")
        for value, letter in zip(entry, letters, strict=False):
            if value not in letter:
                runs = f"from {letter[0]} to {letter[-1]}" if letter else "over no value"
                raise UsageError("E358", f"the trace has no column {name}", f"the letter that is {value} runs {runs}")
        return tuple(letter.index(value) for value, letter in zip(entry, letters, strict=False))

    def unknown(self, name: str, quantity: str) -> UsageError:
        """The error for a column that is not there, with the nearest that is."""
        shown = [show_name(known) for known in self.quantities]
        near = difflib.get_close_matches(show_name(quantity), shown, n=3, cutoff=0.5)
        guess = f"did you mean {' or '.join(near)}? " if near else ""
        listed = ", ".join(shown[:20]) + (", …" if len(shown) > 20 else "")
        return UsageError("E358", f"the trace has no column {name}", f"{guess}There are {listed}")
