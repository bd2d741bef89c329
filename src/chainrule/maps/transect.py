"""A map, an axis and a place on the others → what each cell along it does in its last steps: a bifurcation picture."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.native.run_status import Ended
from chainrule.engines.protocol import Array
from chainrule.maps.layout import Status
from chainrule.maps.plan import Plan
from chainrule.maps.tile import begun
from chainrule.train.ensemble import follow
from chainrule.values import dataclass

LAST = 64
"""Values of each cell."""


@dataclass(frozen=True, slots=True)
class Transect:
    """``values`` has a row for each cell along the axis, a column for each of the last passes; NaN where a cell left
    the finite numbers or was not begun. ``at`` says where on the other axes it lies, by their labels."""

    label: str
    scale: str
    along: Array
    of: str
    values: Array
    status: NDArray[np.uint8]
    at: tuple[tuple[str, float], ...]


def transect(
    plan: Plan, axis: int, at: tuple[int, ...], of: str, entry: tuple[int, ...], last: int, threads: int | None,
    told: Callable[[float], None] = lambda done: None,
) -> Transect:  # fmt: skip
    """The quantity ``of`` (an entry of it) over the last passes of each cell along an axis."""
    places = tuple(range(plan.cells[k]) if k == axis else range(at[k], at[k] + 1) for k in range(len(plan.axes)))
    ground, steps = plan.ground, int(plan.steps)
    count = plan.cells[axis]
    values, status = np.full((count, last), np.nan), np.full(count, int(Status.FAILED), np.uint8)
    for group in ground.groups(places):
        several = begun(ground, group, np.arange(len(group.cells)), threads)
        if several is None:
            continue
        many, ensemble, fits = several
        cells, length = group.cells[fits], group.order.pass_length
        first = max(0, steps - (last - 1) * length)
        stops = list(range(first, steps + 1, length))[-last:]
        made = 0
        for column, stop in enumerate(stops, last - len(stops)):
            follow(many, ensemble, group.order, stop, made=made)
            made = stop
            rows = many.layout.parts(ensemble.rows)
            whole = rows[of] if of in rows else many.evaluate(ensemble, (of,))[of]
            values[cells, column] = np.moveaxis(whole, 0, -1)[entry]
            told(stop / steps if steps else 1.0)
        left = ensemble.ended == Ended.LEFT
        values[cells[left]] = np.nan
        status[cells] = np.where(left, Status.LEFT, np.where(ensemble.ended == Ended.CONVERGED, 2, 1))
    where = tuple((own.label, own.values[at[k]]) for k, own in enumerate(plan.axes) if k != axis)
    own = plan.axes[axis]
    return Transect(own.label, own.scale, np.array(own.values), of, values, status, where)
