"""A plan and the number of a tile → the tile's arrays: a pure function, the same bits on any threads and in any order.

No number of a cell depends on which cells it was computed beside: they share a kernel, its data and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.machine import machine_of
from chainrule.engines.native.run_status import Ended
from chainrule.engines.protocol import Array, Ensemble, Many
from chainrule.errors import ChainruleError
from chainrule.maps import sharpness, watching
from chainrule.maps.filling import filled
from chainrule.maps.grid import by_neighbours
from chainrule.maps.ground import CellGroup, Ground
from chainrule.maps.layout import Status
from chainrule.maps.periods import period
from chainrule.maps.plan import Plan
from chainrule.train.ensemble import begin, follow

Arrays = dict[str, NDArray[np.generic]]

BYTES = 2**27
"""Bytes of weights that are held at once: the cells of a tile are computed in several lots where there are more."""

STATUS = {Ended.STEPS: Status.STEPS, Ended.CONVERGED: Status.CONVERGED, Ended.LEFT: Status.LEFT}


def compute(
    plan: Plan,
    tile: int,
    threads: int | None = None,
    *,
    parent: Mapping[str, NDArray[np.generic]] | None = None,
    told: Callable[[float], None] = lambda done: None,
) -> Arrays:
    """The arrays of a tile by the names of `Plan.layout`, in the shape of `Plan.tile_at(tile)`.

    ``parent`` may hold what is known of every second cell of it, from the level before: the cells at even places of
    the level's own grid, which are not computed again. ``told(done)`` is called about ten times a second with the part
    that is done, from 0 to 1.

    Errors: MissingExtra E313 without llvmlite, E314 where the processor has no fused multiply-add and the numerics
    need one.
    """
    at = plan.tile_at(tile)
    if plan.status_only:
        return regions(plan, tile, threads, told)
    arrays = {spec.name: spec.empty(at.shape) for spec in plan.layout.arrays}
    known = np.zeros(at.shape, bool)
    if parent is not None:
        even = tuple(slice(start % 2, None, 2) for start in at.start)
        for name, values in parent.items():
            arrays[name][even] = values
        known[even] = arrays["status"][even] != Status.NOT_RUN
    block = computed(plan, at.places, threads, known.ravel(), told)
    for name, array in arrays.items():
        flat = array.reshape(known.size, *array.shape[len(at.shape) :])
        flat[~known.ravel()] = block[name][~known.ravel()]
    return arrays


def regions(plan: Plan, tile: int, threads: int | None, told: Callable[[float], None]) -> Arrays:
    """The arrays of a tile of which the status alone is asked. What a coarser level knows is not used, so that they are
    the same whoever computes them."""
    at = plan.tile_at(tile)
    shape = at.shape[0], at.shape[1]
    empty = {spec.name: np.full(prod(shape), spec.fill, spec.dtype) for spec in plan.layout.arrays}

    def compute(wanted: NDArray[np.bool_]) -> Arrays:
        return computed(plan, at.places, threads, ~wanted, told)

    found = filled(shape, empty, compute, plan.seed + tile)
    return {name: values.reshape(shape) for name, values in found.items()}


def computed(
    plan: Plan,
    places: tuple[range, ...],
    threads: int | None,
    known: NDArray[np.bool_] | None = None,
    told: Callable[[float], None] = lambda done: None,
) -> Arrays:
    """The arrays of any block of cells, its cells along one side, the last axis fastest; those known are left out."""
    ground = plan.ground
    count = int(np.prod([len(one) for one in places]))
    arrays = {}
    for spec in plan.layout.arrays:
        arrays[spec.name] = np.full((count, *spec.shape[len(places) :]), spec.fill, spec.dtype)
    arrays["status"][:] = Status.FAILED
    turn = np.argsort(by_neighbours(tuple(map(len, places))))
    before = 0
    for group in ground.groups(places):
        wanted = np.argsort(turn[group.cells])
        if known is not None:
            wanted = wanted[~known[group.cells[wanted]]]
        size = sum(np.asarray(start[0]).nbytes for start in group.starts.values()) + 8 * len(group.own) + 64
        most = max(1, BYTES // size)
        for first in range(0, len(wanted), most):
            lot = wanted[first : first + most]

            def tell(done: float, before: int = before, lot: NDArray[np.int64] = lot) -> None:
                told((before + done * len(lot)) / count)

            for name, values in cells(ground, group, lot, threads, tell).items():
                arrays[name][group.cells[lot]] = values
            before += len(lot)
    return arrays


def cells(
    ground: Ground, group: CellGroup, lot: NDArray[np.int64], threads: int | None, told: Callable[[float], None]
) -> Arrays:
    """What came of some cells of a group."""
    plan = ground.plan
    found: Arrays = {spec.name: np.full((len(lot), *spec.shape[len(plan.axes) :]), spec.fill, spec.dtype)
                     for spec in plan.layout.arrays}  # fmt: skip
    found["status"][:] = Status.FAILED
    while True:
        device = ground.maker.on_device
        try:
            ready = begun(ground, group, lot, threads, device)
            if ready is not None:
                many, ensemble, fits = ready
                for name, results in trained(ground, group, many, ensemble, int(plan.steps), told).items():
                    found[name][fits] = results
                ground.maker.count(int(fits.sum()), device)
            return found
        except ChainruleError as error:
            if not device or not ground.maker.given_up(error):
                raise


def begun(
    ground: Ground, group: CellGroup, lot: NDArray[np.int64], threads: int | None, device: bool = False
) -> tuple[Many[Any], Ensemble, NDArray[np.bool_]] | None:
    """The code, cells of a group before their first step, and which of those asked for they are: all whose numbers are
    finite in the format. None if there is none."""
    format = machine_of(ground.numerics)
    with np.errstate(all="ignore"):
        starts = {name: np.asarray(format.number(values[lot]), np.float64) for name, values in group.starts.items()}
        own = {name: values[lot] for name, values in group.own.items()}
        fits = np.ones(len(lot), bool)
        for values in (*starts.values(), *(format.number(values) for values in own.values())):
            fits &= np.isfinite(np.asarray(values, np.float64)).reshape(len(lot), -1).all(axis=1)
    if not fits.any():
        return None
    given: dict[str, Array] = {name: values[fits] for name, values in starts.items()}
    own = {name: values[fits] for name, values in own.items()}
    many = loaded(ground, group, threads, device)
    for symbol in many.program.states:
        shape = many.layout.shapes[symbol.name]
        value = begin(many.program, symbol.name, many.bound, own, int(fits.sum()))
        given[symbol.name] = np.broadcast_to(value.reshape(-1, *[1] * len(shape)), (int(fits.sum()), *shape))
    return many, many.ensemble(given, own), fits


def trained(
    ground: Ground, group: CellGroup, many: Many[Any], ensemble: Ensemble, steps: int, told: Callable[[float], None]
) -> Arrays:
    """Make the steps of some cells, and look at what came of them."""
    plan = ground.plan

    def tell(done: float) -> None:
        told(done / steps if steps else 1.0)

    found: Arrays = {}
    periods = {name: measure for name, measure in plan.measured.items() if measure.name == "period"}
    if periods:
        found |= period(many, ensemble, group.order, steps, periods, tell)
    else:
        follow(many, ensemble, group.order, steps, told=tell)
    objective = ground.program.objective
    quantities = [name for name in ground.chosen if name not in many.layout.weights]
    values = many.evaluate(ensemble, tuple(dict.fromkeys((objective, *quantities))))
    rows = many.layout.parts(ensemble.rows)
    left = ensemble.ended == Ended.LEFT
    status = np.zeros(ensemble.runs, np.uint8)
    for why, code in STATUS.items():
        status[ensemble.ended == why] = code
    error: Array = values[objective]
    found |= {"status": status, "departure": np.where(left, ensemble.steps + 1, -1), "error": error}
    states = {name: rows[name] for name in many.program.watching}
    found |= watching.found(plan.measured, states, ensemble.steps, error, left, steps)
    for name in ground.chosen:
        found[f"end_{name}"] = rows[name] if name in rows else values[name]
    for name, measure in plan.measured.items():
        if measure.name == "sharpness":
            found[name] = sharpness.sharpness(ground, group, many, ensemble)
    return found


def loaded(ground: Ground, group: CellGroup, threads: int | None, device: bool = False) -> Many[Any]:
    """The code for a group. It belongs to the thread that asks: two that compute tiles at once share none."""
    kept: dict[tuple[str, int | None, bool], Many[Any]] = ground.local.__dict__.setdefault("loaded", {})
    name = group.digest, threads, device
    if name not in kept:
        if len(kept) >= CODES:
            kept.clear()
        order, bound = group.order, group.bound
        made = watching.watched(
            ground.program, ground.plan.measured, int(ground.plan.steps), bound, every=order.batch == "all"
        )
        values = {**bound.values, **made.values}
        longer = type(bound)(values, {**bound.ranges, **made.ranges}, bound.patterns, bound.numerics)
        visited = order.width or order.patterns
        kept[name] = ground.maker.ready(made.program, longer, ground.own, threads, visited, device)
    return kept[name]


CODES = 16
"""Programs with their data that are kept for a thread."""
