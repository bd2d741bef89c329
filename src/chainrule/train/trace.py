"""What a run passed through: recorded weights and states, and any other column, computed from them when it is read.

Conventions. Row k of the record is the weights after ``steps[k]`` steps and the patterns that the next step visits, so
every value beside them is the one BEFORE that step: same program, same engine, same bits. A quantity with one value a
pattern has no axis for the patterns where each step visits one, else that axis comes after the one of the steps.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import field
from itertools import product
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array, Bound, Loaded
from chainrule.engines.reference import LoadedReference
from chainrule.errors import LimitError, UsageError, shown
from chainrule.expr.limits import limited
from chainrule.program.identity_cache import IdentityCache
from chainrule.program.program import Program
from chainrule.train.column import TraceColumn, quantities, ranges, read_name, renamed, show_name
from chainrule.train.frames import Framed, of_trace
from chainrule.train.order import Order, whole
from chainrule.train.reading import RecordReader
from chainrule.train.record import Block
from chainrule.train.same import by_parts
from chainrule.values import dataclass

KEPT = 2**26
"""Bytes up to which every computed column is kept once one of them was read."""

LARGEST = 2**30
"""Bytes of the largest column that is computed, or of one entry of a larger one."""

RECORDED = ("step", "weight", "state")
"""The kinds of columns that stand in the record."""

QUANTITIES = IdentityCache[Mapping[str, TraceColumn]](16)
"""What the latest programs can be asked for: it is looked up for every column."""


@by_parts
@dataclass(frozen=True, slots=True)
class Trace(Framed):
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
    held: LoadedReference | None = field(default=None, repr=False, compare=False)
    kept: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a trace belongs to its run, which computes the columns: pickle the run")

    def __deepcopy__(self, memo: object) -> Trace:
        return self  # nothing in it can be changed

    framed = of_trace

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
    def quantities(self) -> Mapping[str, TraceColumn]:
        """All that can be read, by key."""
        found = QUANTITIES.get(self.program, self.goal, lambda: quantities(self.program, self.goal))
        if self.held is None or "validation" in found:
            return found
        # the goal over the patterns that are held out, unless the model has such a name
        return {**found, "validation": TraceColumn("held")}

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
        key, column, entry = self.asked(name)
        if entry and column.kind not in RECORDED and key not in self.kept and self.size(column) > KEPT:
            self.require(name, key, column, entry)
            return self.collected({key: column}, entry)[key]
        return self.whole(key, column)[(..., *entry)]

    @limited
    def to_numpy(self, *names: str, limits: Mapping[str, int] | None = None) -> dict[str, Any]:
        """Columns by name; all of ``columns`` if none is named. What has to be computed is computed together."""
        asked = {name: self.asked(name) for name in names or self.columns}
        missing = {
            key: column
            for key, column, _ in asked.values()
            if not (column.kind in RECORDED or key in self.kept or self.fits(column.kind))
            and self.even(column) and self.size(column) <= LARGEST
        }  # fmt: skip
        made = self.collected(missing) if len(missing) > 1 else {}
        return {
            name: made[key][(..., *entry)] if key in made else self[name] for name, (key, _, entry) in asked.items()
        }

    @limited
    def rows(
        self, start: int = 0, stop: int | None = None, *, limits: Mapping[str, int] | None = None
    ) -> list[dict[str, Any]]:
        """A part of the record, by place in it, as one mapping (key → value) for each recorded step.

        It can be read where a column cannot: steps may visit different numbers of patterns.
        """
        for name, end in (("start", start), ("stop", stop)):
            if whole(end) is None and not (name == "stop" and end is None):
                raise UsageError("E353", f"{name}={shown(end)} is not a place in the record", "write a whole number")
        wanted, places = self.quantities, range(*slice(start, stop).indices(len(self)))
        made: list[dict[str, Any]] = [{} for _ in places]
        for part in self.reading.parts(wanted, places.start, places.stop):
            for here, found in self.reading.alike(np.arange(part.start, part.stop), wanted):
                for at, place in enumerate(here.tolist()):
                    row = {name: values[at] for name, values in found.items()}
                    visited = row["rows"].tolist()
                    row |= {"step": int(row["step"]), "rows": visited if self.order.width == 1 else tuple(visited)}
                    made[part.start - places.start + place] = row
        return made

    @property
    def reading(self) -> RecordReader:
        """What computes quantities from the record."""
        return RecordReader(self.record, self.order, self.program, self.bound, self.loaded, self.held)

    def single(self, column: TraceColumn) -> bool:
        """Whether each entry of a column is one number a step."""
        return column.kind != "rows" and (self.order.width == 1 or not self.reading.varies(column))

    def asked(self, name: str) -> tuple[str, TraceColumn, tuple[int, ...]]:
        """What a name means: the key of a quantity, its column, and the places of an entry."""
        if not isinstance(name, str):
            raise UsageError("E358", f"a column has a name, not {shown(name)}", "the names are in trace.columns")
        quantity, entry = read_name(name)
        quantity = renamed(quantity, self.program.objective, self.goal)
        column = self.quantities.get(quantity)
        if column is None:
            raise self.unknown(name, quantity)
        return quantity, column, self.places(name, column, entry)

    def whole(self, name: str, column: TraceColumn) -> Any:
        """A whole column. Computing one costs little more than computing all: where they fit, all are kept; else the
        latest of each kind."""
        match column.kind:
            case "step":
                return self.steps
            case "weight":
                return self.weights[name]
            case "state":
                return self.states[name]
        if name not in self.kept:
            self.require(name, name, column)
            same = {other: found for other, found in self.quantities.items() if found.kind == column.kind}
            fits = self.fits(column.kind)
            wanted = {other: found for other, found in same.items() if other == name or (fits and self.even(found))}
            made = self.collected(wanted)
            for other in same:
                self.kept.pop(other, None)
            self.kept.update(made)
        return self.kept[name]

    def collected(self, wanted: Mapping[str, TraceColumn], entry: tuple[int, ...] = ()) -> dict[str, Any]:
        """Columns, or one entry of each, computed part by part."""
        made: dict[str, Any] = {}
        for part in self.reading.parts(wanted):
            values: Any
            for name, values in self.reading.take(np.arange(part.start, part.stop), wanted).items():
                chosen = values[(..., *entry)]
                made.setdefault(name, np.empty((len(self), *chosen.shape[1:]), chosen.dtype))[part] = chosen
        for values in made.values():
            values.flags.writeable = False
        return made

    def fits(self, kind: str) -> bool:
        """Whether all columns of a kind are kept once one of them was read."""
        same = [column for column in self.quantities.values() if column.kind == kind]
        return sum(self.size(column) for column in same if self.even(column)) <= KEPT

    def even(self, column: TraceColumn) -> bool:
        """Whether the rows of a column are equally long."""
        return self.order.width is not None or not self.reading.varies(column)

    def size(self, column: TraceColumn, entry: tuple[int, ...] = ()) -> int:
        """The bytes of a column, or of an entry."""
        width = (self.order.width or 1) if self.reading.varies(column) else 1
        return 8 * len(self) * width * (1 if entry else self.reading.entries(column))

    def require(self, name: str, key: str, column: TraceColumn, entry: tuple[int, ...] = ()) -> None:
        """An error unless a column, or an entry, can be computed whole."""
        size = self.size(column, entry)
        shown = name if entry else show_name(key)
        if not self.even(column):
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

    def places(self, name: str, column: TraceColumn, entry: tuple[int, ...]) -> tuple[int, ...]:
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
