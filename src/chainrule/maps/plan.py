"""All that decides the numbers of a map, as one value: whoever has it computes the same bits, in any process.

A plan is text, numbers and arrays: nothing in it is a path or an object, and it is stored as JSON.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from functools import cached_property
from math import prod
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from chainrule.errors import UsageError, shown
from chainrule.expr.limits import most, over
from chainrule.maps import written
from chainrule.maps.axis import Axis
from chainrule.maps.grid import Grid, Tile, tile_shape
from chainrule.maps.layout import MapLayout, layout
from chainrule.maps.measures import Measure, named
from chainrule.numbers.numerics import NUMERICS
from chainrule.train.device import CPU, known, numerics_of
from chainrule.train.order import Batch, whole
from chainrule.values import dataclass

if TYPE_CHECKING:
    from chainrule.engines.protocol import Array
    from chainrule.maps.ground import Ground

ALIASES = {"float32": "fused32", "float64": "fused"}


@dataclass(frozen=True, eq=False)
class Plan:
    """``consts``, ``start`` and ``data`` are what was given at the call: numbers and arrays by name, data with the axis
    of the patterns first. ``numerics`` is "exact", "fused", "fused32" or "plain32"; ``device`` is "cpu", "gpu" or
    "opencl". ``tile`` is the shape of a tile. With ``status_only`` regions are filled whose border is of one status."""

    text: str
    axes: tuple[Axis, ...]
    steps: int
    source: str = "<text>"
    update: str | None = None
    hold: tuple[str, ...] = ()
    batch: Batch | None = None
    rate: float | None = None
    seed: int = 0
    consts: Mapping[str, Array] = field(default_factory=lambda: MappingProxyType({}))
    start: Mapping[str, Array] = field(default_factory=lambda: MappingProxyType({}))
    data: Mapping[str, Array] | None = None
    numerics: str = "exact"
    device: str = CPU
    measures: tuple[Measure, ...] = ()
    chosen: tuple[str, ...] = ()
    tile: tuple[int, ...] = ()
    status_only: bool = False

    def __post_init__(self) -> None:
        checked(self)
        object.__setattr__(self, "tile", self.tile or tile_shape(tuple(axis.count for axis in self.axes)))
        object.__setattr__(self, "numerics", ALIASES.get(self.numerics, self.numerics))

    # --- what it is

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Plan) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the plan, its text in canonical form: 64 letters. Two plans of one digest give the same bits."""
        return written.digest(self)

    def to_json(self) -> str:
        """The plan as JSON; arrays as base64 of little-endian float64."""
        return written.text(self)

    @staticmethod
    def from_json(text: str) -> Plan:
        """The plan that `to_json` wrote. Errors: RunError E645 for anything else."""
        return written.read(text)

    def differences(self, other: Plan) -> tuple[str, ...]:
        """In what another plan differs, a sentence each; empty if both give the same map."""
        return written.differences(self, other)

    # --- its cells

    @cached_property
    def cells(self) -> tuple[int, ...]:
        """How many cells there are along each axis."""
        return tuple(axis.count for axis in self.axes)

    @cached_property
    def grid(self) -> Grid:
        return Grid(self.cells, self.tile)

    @property
    def levels(self) -> tuple[int, ...]:
        """The levels of the picture, every so-many-th cell along each axis, the coarsest first; the last is 1."""
        return self.grid.levels

    @property
    def tiles(self) -> int:
        """How many tiles there are, of all levels."""
        return self.grid.tiles

    def tile_at(self, number: int) -> Tile:
        """A tile by its number, in the order in which they are best computed."""
        return self.grid.tile(number)

    @cached_property
    def measured(self) -> Mapping[str, Measure]:
        """The measures by the names of their arrays."""
        return named(self.measures)

    @cached_property
    def ground(self) -> Ground:
        """What is built from the plan: the network, the program, patterns and starts."""
        from chainrule.maps.ground import Ground

        return Ground(self)

    @cached_property
    def layout(self) -> MapLayout:
        """The arrays of the map, and the coordinates."""
        return layout(self.axes, self.measured, self.ground.shapes, self.ground.labels, self.status_only)


def checked(plan: Plan) -> None:
    """Nothing, or what can be said to be wrong without the network."""
    if not plan.axes:
        raise UsageError("E640", "a map needs an axis", "give one: α=geometric(1e-3, 1e6, 512)")
    labels = [axis.label for axis in plan.axes]
    if twice := next((label for label in labels if labels.count(label) > 1), None):
        raise UsageError("E640", f"there are two axes {twice}", "give each once")
    cells = prod(axis.count for axis in plan.axes)
    if cells > most("cells"):
        raise over("E642", "cells", f"the map would have {cells:,} cells", "take fewer", cells)
    count = whole(plan.steps)
    if count is None or count < 0:
        raise UsageError("E353", f"{shown(plan.steps)} is not a number of steps", "write a whole number from 0")
    if plan.numerics not in NUMERICS and plan.numerics not in ALIASES:
        help = 'write numerics="exact", "fused", "fused32" or "plain32"'
        raise UsageError("E454", f"there is no numerics {shown(plan.numerics)}", help)
    if plan.status_only and (plan.measures or plan.chosen):
        problem = "of a region that is filled from its border nothing is known but its status"
        raise UsageError("E657", problem, "leave out measures and chosen quantities, or the status alone")
    if plan.status_only and (len(plan.axes) != 2 or plan.device != CPU):
        what = f"{len(plan.axes)} axes" if len(plan.axes) != 2 else f"the device {plan.device}"
        problem = f"regions are filled in maps of two axes on the processor, and this has {what}"
        raise UsageError("E657", problem, "leave out the status alone, and every cell is computed")
    numerics_of(known(plan.device), ALIASES.get(plan.numerics, plan.numerics))
    if plan.tile and (len(plan.tile) != len(plan.axes) or not all(whole(one) and one > 0 for one in plan.tile)):
        raise UsageError("E646", f"a tile cannot be {shown(plan.tile)}", "give a whole number above 0 for each axis")


def several(typed: str | Sequence[str | Measure]) -> tuple[Measure, ...]:
    """Measures of a call."""
    listed = [typed] if isinstance(typed, str) else list(typed)
    return tuple(dict.fromkeys(one if isinstance(one, Measure) else Measure.parse(one) for one in listed))


def frozen(values: Mapping[str, Any]) -> Mapping[str, Array]:
    """Arrays that cannot be written to."""
    import numpy as np

    found = {}
    for name, value in values.items():
        found[name] = np.array(value, np.float64)
        found[name].setflags(write=False)
    return MappingProxyType(found)
