"""A plan → what its cells are made of: network, program, and for each block of cells patterns, starts and consts.

Along most axes a number changes and nothing else. Where an axis is read by what a training begins with (data that the
text computes or draws, starts, other consts, sizes), each of its values is bound anew.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice, product
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from chainrule import data as patterns_of
from chainrule.data import Patterns, Starts
from chainrule.engines.protocol import Array, Bound
from chainrule.errors import ChainruleError, Source, UsageError
from chainrule.expr.nodes import Expr
from chainrule.expr.walk import reads
from chainrule.maps.axis import Axis
from chainrule.maps.maker import Maker
from chainrule.maps.plan import Plan
from chainrule.model import build
from chainrule.model.declared import leaves
from chainrule.model.functions import names_read
from chainrule.model.learning import ruled
from chainrule.model.model import Model, Quantity
from chainrule.notation import parse
from chainrule.notation.names import ascii as ascii_name
from chainrule.notation.names import pretty
from chainrule.notation.statements import Box, Computed, Drawn, Given, Listed
from chainrule.numbers.numerics import NUMERICS
from chainrule.program.lower import checked, lower
from chainrule.program.program import PHASES, Program
from chainrule.train.default_batch import default
from chainrule.train.order import Order, order
from chainrule.train.prepare import rated, seeded
from chainrule.train.recipe import fingerprint
from chainrule.values import dataclass

Kind = Literal["const", "start", "seed"]

SEED = "seed"
ABOUT = "an axis is a const, the start of a weight (w, W[1,2], W+, W*), or seed"


@dataclass(frozen=True, slots=True)
class Begun:
    """What a training begins with at some values of the deep axes."""

    values: Mapping[str, Array]
    starts: Starts
    patterns: Patterns


@dataclass(frozen=True, slots=True)
class CellGroup:
    """Cells that share patterns and order: their places in the block, counted with the last axis fastest; the start of
    each, and its own consts."""

    cells: NDArray[np.int64]
    bound: Bound
    order: Order
    starts: Mapping[str, Array]
    own: Mapping[str, Array]
    digest: str


class Ground:
    """Built once for a plan. Errors: whatever the text, the data and the axes give; E647-E649 about axes."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.network: Model = build(parse(Source(plan.text, plan.source)))
        self.model: Model = ruled(self.network, plan.update).model
        if not self.model.named("weight"):
            raise UsageError("E453", "the model has no weight, so nothing can be trained", "declare one: weight w := 0")
        self.program: Program = lower(self.model, hold=plan.hold)
        self.kinds = [self.kind(axis) for axis in plan.axes]
        self.deep = [
            place
            for place, (axis, kind) in enumerate(zip(plan.axes, self.kinds, strict=True))
            if kind == "seed" or (kind == "const" and self.reaches(axis.name) > {axis.name})
        ]
        self.local = threading.local()
        self._begun: dict[tuple[float, ...], Begun | ChainruleError] = {}
        self.first = self.some()
        for axis, kind in zip(plan.axes, self.kinds, strict=True):
            self.check(axis, kind)
        self.order: Order = order(
            default(self.program, plan.batch), self.first.patterns.patterns, seeded(plan.seed)
        )  # fmt: skip
        self.numerics = NUMERICS[plan.numerics]
        self.maker = Maker(plan)
        if self.program.rate is None and any(one.name == "sharpness" for one in plan.measures):
            problem = "no rule of this model reads a rate, and sharpness is the curvature times the rate"
            raise UsageError("E651", problem, "leave the measure out, or write the rule with α")

    # --- axes

    def kind(self, axis: Axis) -> Kind:
        """What an axis varies."""
        quantity = self.model.quantities.get(axis.name)
        if quantity is None and axis.name == SEED and axis.entry is None and axis.way == "set":
            return "seed"
        default_rate = quantity is None and axis.name == self.program.rate
        if (default_rate or (quantity is not None and quantity.role == "const")) and axis.way == "set":
            if axis.entry is not None or (quantity is not None and quantity.letters):
                raise UsageError("E647", f"{axis.label} is a const with letters, and an axis needs one number", ABOUT)
            if axis.name == self.program.rate and self.plan.rate is not None:
                raise UsageError("E649", f"{axis.label} is an axis, and the rate is given too", "leave rate= out")
            if axis.name in self.plan.consts:
                raise UsageError("E649", f"{axis.label} is an axis, and given in consts too", "leave it out of consts")
            return "const"
        if quantity is not None and quantity.role == "weight":
            return "start"
        if quantity is None:
            near = ", ".join(pretty(one.name) for role in ("const", "weight") for one in self.model.named(role))
            if axis.name in ("alpha", "eta"):
                raise UsageError("E648", f"no rule of this model reads a rate {axis.label}", f"there are {near}")
            raise UsageError("E647", f"the model has no {axis.label}", f"{ABOUT}: {near}")
        raise UsageError("E647", f"{axis.label} is {ROLES.get(quantity.role, quantity.role)}", ABOUT)

    def check(self, axis: Axis, kind: Kind) -> None:
        """Nothing, or why an axis changes nothing or has no place."""
        if kind == "seed":
            for value in axis.values:
                seeded(int(value) if value == int(value) else value)
            if not (self.first.starts.draws or self.drawn or self.order_of(0).batch == "shuffled"):
                raise UsageError("E648", "nothing is drawn, so every seed gives the same", "leave the axis out")
        elif kind == "start" and axis.entry is not None:
            self.place(axis)
        elif kind == "const" and axis.name not in self.read and not self.reaches(axis.name) > {axis.name}:
            raise UsageError(
                "E648", f"nothing reads {axis.label}: all cells along it would be the same", "leave the axis out"
            )

    def place(self, axis: Axis) -> tuple[int, ...]:
        """Where an entry lies in the array of its weight."""
        quantity = self.model.quantities[axis.name]
        entry = axis.entry or ()
        ranges = []
        for letter in quantity.letters:
            group = self.model.set_of(letter)
            ranges.append(self.first.patterns.ranges[group.name] if group else range(0))
        if len(entry) != len(ranges) or any(one not in values for one, values in zip(entry, ranges, strict=True)):
            sides = " and ".join(f"{values.start} to {values.stop - 1}" for values in ranges) or "no letters"
            raise UsageError("E647", f"there is no entry {axis.label}: its letters go from {sides}", ABOUT)
        return tuple(values.index(one) for one, values in zip(entry, ranges, strict=True))

    @cached_property
    def read(self) -> set[str]:
        """What the equations of a step read, its boxes and the starts of the rule's states."""
        program = self.program
        bodies = [line.body for phase in PHASES for line in program.phases[phase]]
        return {name for body in (*bodies, *program.starts.values()) for name, _ in reads(body)}

    @cached_property
    def readers(self) -> Mapping[str, set[str]]:
        """Name → what a training begins with that reads it: consts, data, targets, starts, sizes, facts."""
        model, found = self.model, dict[str, set[str]]()

        def note(reader: str, bodies: Sequence[Expr | None]) -> None:
            for body in bodies:
                for name in names_read(body, model.functions) if body is not None else ():
                    found.setdefault(name, set()).add(reader)

        for quantity in model.quantities.values():
            note(quantity.name, parts(quantity))
        for group in (*model.sets, *((model.pattern_set,) if model.pattern_set else ())):
            note(f"range of {group.name}", (group.low, group.high))
        for number, fact in enumerate(model.facts):
            note(f"fact {number}", (fact.left, fact.right))
        return found

    def reaches(self, name: str) -> set[str]:
        """What depends on a const before the first step, itself among it."""
        wanted, todo = set[str](), {name}
        while todo:
            wanted |= todo
            todo = set().union(*(self.readers.get(one, set()) for one in todo)) - wanted
        return wanted

    @property
    def drawn(self) -> bool:
        """Whether the text draws data."""
        return any(
            isinstance(quantity.start, Drawn) for role in ("data", "target") for quantity in self.model.named(role)
        )

    # --- what a training begins with

    def some(self) -> Begun:
        """What the first cell that can be begun begins with; of none, the error of the first."""
        fault: ChainruleError | None = None
        for deep in islice(product(*(self.plan.axes[place].values for place in self.deep)), TRIED):
            try:
                return self.begin(deep)
            except ChainruleError as error:
                fault = fault or error
        raise fault or AssertionError("a map has a cell")

    def begin(self, deep: tuple[float, ...]) -> Begun:
        """Patterns and starts at some values of the deep axes; the error is raised again each time."""
        if deep not in self._begun:
            if len(self._begun) >= KEPT:
                self._begun.clear()
            try:
                self._begun[deep] = self.bind(deep)
            except ChainruleError as error:
                self._begun[deep] = error
        found = self._begun[deep]
        if isinstance(found, ChainruleError):
            raise found
        return found

    def bind(self, deep: tuple[float, ...]) -> Begun:
        plan, seed = self.plan, self.plan.seed
        consts: dict[str, Any] = {name: value.tolist() for name, value in plan.consts.items()}
        rate = plan.rate
        at = dict(zip(self.deep, deep, strict=True))
        for place, (axis, kind) in enumerate(zip(plan.axes, self.kinds, strict=True)):
            value = at.get(place, axis.values[0])
            if kind == "seed":
                seed = int(value)
            elif kind == "const" and axis.name == self.program.rate:
                rate = value
            elif kind == "const":
                consts[axis.name] = value
        if rate is not None and self.model.rate is not None:
            consts[self.model.rate] = rate
        data = None if plan.data is None else dict(plan.data)
        patterns = patterns_of.bind(self.model, data, consts, seeded(seed))
        given = {name: value.tolist() for name, value in plan.start.items()}
        starts = patterns_of.starts(self.model, consts, seeded(seed), given or None, ranges=patterns.ranges)
        values, _, _ = rated(self.program, patterns.values, rate)
        return Begun(values, starts, patterns)

    def order_of(self, seed: int) -> Order:
        patterns = self.first.patterns.patterns
        return order(default(self.program, self.plan.batch), patterns, seeded(seed))

    @cached_property
    def own(self) -> tuple[str, ...]:
        """The consts of which each cell has its own: those of axes, and what is computed of them."""
        names = {axis.name for axis, kind in zip(self.plan.axes, self.kinds, strict=True) if kind == "const"}
        reached = set().union(*(self.reaches(name) for name in names)) if names else set()
        return tuple(one.name for one in self.program.consts if not one.letters and one.name in names | reached)

    def groups(self, places: Sequence[range]) -> Iterator[CellGroup]:
        """The cells of a block, by what they share; cells that cannot be begun are in none."""
        axes = self.plan.axes
        columns = [np.array(axis.values)[list(own)] for axis, own in zip(axes, places, strict=True)]
        grids = [grid.ravel() for grid in np.meshgrid(*columns, indexing="ij")]
        groups: dict[str, list[tuple[NDArray[np.int64], Begun, int]]] = {}
        for deep in product(*(dict.fromkeys(columns[place].tolist()) for place in self.deep)):
            here = np.ones(len(grids[0]), bool)
            for place, value in zip(self.deep, deep, strict=True):
                here &= grids[place] == value
            cells = np.flatnonzero(here)
            try:
                begun = self.begin(deep)
            except ChainruleError:
                continue
            seed = self.plan.seed
            if self.order.batch == "shuffled":
                at = dict(zip(self.deep, deep, strict=True))
                seed = next((int(at[one]) for one in at if self.kinds[one] == "seed"), seed)
            groups.setdefault(f"{self.shared(begun)} {seed}", []).append((cells, begun, seed))
        for digest, members in groups.items():
            yield self.group(digest, members, grids)

    def shared(self, begun: Begun) -> str:
        """What names the patterns that cells have in common."""
        names = [one.name for one in (*self.program.data, *self.program.targets) if one.name in begun.values]
        names += [one.name for one in self.program.consts if one.letters]
        return fingerprint(begun.values, names) + str(sorted(begun.patterns.ranges.items(), key=str))

    def group(
        self, digest: str, members: Sequence[tuple[NDArray[np.int64], Begun, int]], grids: Sequence[Array]
    ) -> CellGroup:
        """Cells of one set of patterns."""
        plan = self.plan
        cells = np.concatenate([cells for cells, _, _ in members])
        begun, seed = members[0][1], members[0][2]
        counts = [len(mine) for mine, _, _ in members]
        starts = {}
        for symbol in self.program.weights:
            each = np.stack([np.asarray(one.starts.weights[symbol.name], np.float64) for _, one, _ in members])
            starts[symbol.name] = np.repeat(each, counts, axis=0)
        own = {}
        for name in self.own:
            own[name] = np.repeat([float(one.values[name]) for _, one, _ in members], counts)
        for axis, kind, grid in zip(plan.axes, self.kinds, grids, strict=True):
            if kind == "const" and axis.name in own:
                own[axis.name] = grid[cells]
        for way in ("set", "times", "add", "entry"):
            for axis, kind, grid in zip(plan.axes, self.kinds, grids, strict=True):
                if kind == "start" and way == (axis.way if axis.entry is None else "entry"):
                    self.move(starts, axis, grid[cells])
        bound = Bound(begun.values, begun.patterns.ranges, begun.patterns.patterns, self.numerics)
        return CellGroup(cells, bound, self.order_of(seed), starts, own, digest)

    def move(self, starts: dict[str, Array], axis: Axis, values: Array) -> None:
        """Change the starts of cells along an axis."""
        whole = starts[axis.name]
        each = values.reshape(-1, *[1] * (whole.ndim - 1))
        if axis.entry is not None:
            np.moveaxis(whole, 0, -1)[self.place(axis)] = values
        elif axis.way == "set":
            whole[...] = each
        else:
            with np.errstate(all="ignore"):
                starts[axis.name] = whole * each if axis.way == "times" else whole + each

    # --- what is chosen

    @cached_property
    def chosen(self) -> tuple[str, ...]:
        """The chosen quantities by their ASCII names."""
        return checked(self.model, map(ascii_name, self.plan.chosen), None, "E304")

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The sides of each chosen quantity."""
        from chainrule.engines.reference import REFERENCE

        found = {}
        begun = self.first
        bound = Bound(begun.values, begun.patterns.ranges, begun.patterns.patterns, self.numerics)
        recording = REFERENCE.load(self.program, bound).sheet(bound.patterns) if self.chosen else None
        for name in self.chosen:
            if name in begun.starts.weights:
                found[name] = np.shape(begun.starts.weights[name])
            elif recording is not None and name in recording.computed:
                found[name] = tuple(len(values) for values in recording.named[name].ranges)
            else:
                help = "choose a weight, or what is computed"
                raise UsageError("E650", f"{pretty(name)} is given, not computed", help)
        return found

    @cached_property
    def labels(self) -> dict[str, str]:
        return {name: pretty(name) for name in self.chosen}


KEPT = 4096
"""Bindings that are kept at once."""

TRIED = 256
"""Cells that are tried before a map is refused because none can be begun."""

ROLES = {"data": "data", "target": "a target", "derived": "computed", "weight": "a weight", "const": "a const"}


def parts(quantity: Quantity) -> tuple[Expr, ...]:
    """The expressions of what a quantity may be and where it begins."""
    found: list[Expr] = []
    match quantity.domain:
        case Box(low, high):
            found += [end for end in (low, high) if end is not None]
        case Listed(values):
            found += values
    match quantity.start:
        case Given(value):
            found += leaves(value)
        case Drawn(arguments=arguments):
            found += arguments
        case Computed(value):
            found.append(value)
    return tuple(found)
