"""The arguments of `Model.map` → the plan of a map: files are read, columns are bound, starts are numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from chainrule import data as patterns_of
from chainrule.api import arguments
from chainrule.data.reading import HowRead
from chainrule.errors import UsageError, flag, shown
from chainrule.maps.axis import axes_of
from chainrule.maps.plan import Plan, frozen, several
from chainrule.model.constants import constants
from chainrule.model.learning import ruled
from chainrule.model.model import Model as Network
from chainrule.notation.names import ascii as ascii_name
from chainrule.notation.names import pretty
from chainrule.notation.statements import Computed, Drawn, Role
from chainrule.train.device import CPU, known, numerics_of
from chainrule.train.order import Batch, whole
from chainrule.train.prepare import number, seeded

if TYPE_CHECKING:
    from chainrule.api.model import Model, Start


def planned(
    model: Model,
    axes: object,
    *,
    steps: int = 500,
    data: object = None,
    rate: float | None = None,
    batch: Batch | None = None,
    update: str | None = None,
    start: Start | None = None,
    hold: Iterable[str] = (),
    consts: Mapping[str, object] | None = None,
    seed: int = 0,
    numerics: str | None = None,
    measures: str | Sequence[str] = (),
    chosen: str | Sequence[str] = (),
    tile: Sequence[int] | int | None = None,
    device: str = CPU,
    status_only: bool = False,
    how: HowRead | None = None,
) -> Plan:
    """The plan of a map of a model; `Model.map` says what the arguments are."""
    network = ruled(model.network, arguments.optional("update", update, "the name of a rule, or its lines")).model
    found = axes_of(axes)
    seed = seeded(seed)
    rate = None if rate is None else number(rate)
    settings = {ascii_of(name): value for name, value in (arguments.mapping("consts", consts) or {}).items()}
    varied = {axis.name: axis.values[0] for axis in found if role(network, axis.name) == "const"}
    if twice := next((name for name in varied if name in settings), None):
        raise UsageError("E649", f"{pretty(twice)} is an axis, and given in consts too", "leave it out of consts")
    begun = settings | varied | ({network.rate: rate} if network.rate and rate is not None else {})
    given = model.data if data is None else data
    reading = patterns_of.reading(**(how or {}))
    values: Mapping[str, Any] = constants(network, begun, partial=True).values
    columns, ranges = None, None
    if given is not None:
        patterns = patterns_of.bind(network, given, begun, seed, reading=reading)
        values, ranges = patterns.values, patterns.ranges
        read = [one for kind in ROLES for one in network.named(kind)]
        columns = {one.name: values[one.name] for one in read if not isinstance(one.start, Computed | Drawn)}
    placed = {}
    if start is not None:
        starts = patterns_of.starts(network, begun, seed, arguments.starts(start), ranges=ranges)
        placed = {name: starts.weights[name] for name, origin in starts.origins.items() if origin == "call"}
    settled = {name: values[name] for name in settings if name in values}
    count = whole(steps)
    if count is None or count < 0:
        raise UsageError("E353", f"{shown(steps)} is not a number of steps", "write a whole number from 0")
    plan = Plan(
        text=model.text,
        source=model.name,
        axes=found,
        steps=count,
        update=update,
        hold=tuple(map(ascii_of, arguments.names("hold", hold))),
        batch=batch,
        rate=rate,
        seed=seed,
        consts=frozen(settled),
        start=frozen(placed),
        data=None if columns is None else frozen(columns),
        numerics=numerics_of(known(device), arguments.optional("numerics", numerics, NAMED)),
        device=device,
        measures=several(measures if isinstance(measures, str) else arguments.names("measures", measures)),
        chosen=tuple(arguments.quantity(network, name) for name in arguments.names("chosen", chosen)),
        tile=sides(tile, len(found)),
        status_only=flag("status_only", status_only),
    )
    _ = plan.layout  # whatever is wrong is said before anything is computed
    return plan if batch is None else replace(plan, batch=plan.ground.order.batch)


NAMED = "exact, fused, fused32 or plain32"

ROLES: tuple[Role, ...] = ("data", "target")


def ascii_of(name: Any) -> str:
    """A name in its ASCII form."""
    return ascii_name(name) if isinstance(name, str) else str(name)


def role(network: Network, name: str) -> str:
    quantity = network.quantities.get(name)
    return "" if quantity is None else quantity.role


def sides(tile: object, axes: int) -> tuple[int, ...]:
    """The shape of a tile; one number is the length along each axis."""
    if tile is None:
        return ()
    one = whole(tile)
    several = isinstance(tile, Sequence) or (isinstance(tile, np.ndarray) and tile.ndim > 0)
    listed = [one] * axes if one is not None else list(cast(Sequence[Any], tile)) if several else [tile]
    found = tuple(whole(each) or 0 for each in listed)
    if len(found) != axes or min(found) < 1 or max(found) > 2**20:
        raise UsageError("E646", f"a tile cannot be {shown(tile)}", "give a whole number above 0 for each axis")
    return found
