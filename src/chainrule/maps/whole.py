"""A plan → the arrays of the whole map, held in memory; tiles in turn, each on all threads."""

from __future__ import annotations

from collections.abc import Callable

from chainrule.maps.plan import Plan
from chainrule.maps.tile import Arrays, compute


def whole(plan: Plan, threads: int | None = None, progress: Callable[[float], object] | None = None) -> Arrays:
    """The arrays of all cells. The coarse levels are for whoever watches: here each cell is computed once.

    ``progress(part)`` is called about ten times a second, from 0 to 1.
    """
    arrays = {spec.name: spec.empty(plan.cells) for spec in plan.layout.arrays}
    grid = plan.grid
    first = grid.first(1)
    count = grid.tiles - first
    for place in range(count):

        def told(done: float, place: int = place) -> None:
            if progress:
                progress((place + done) / count)

        tile = grid.tile(first + place)
        for name, values in compute(plan, tile.number, threads, told=told).items():
            arrays[name][tile.slices] = values
    if progress:
        progress(1.0)
    return arrays
