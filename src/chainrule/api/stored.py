"""A map in a store: filled by whatever computes it, gone on with by the same call, and opened as a `Map`."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from chainrule.api import arguments
from chainrule.api.mapped import counted, fits
from chainrule.errors import UsageError, flag, shown
from chainrule.expr.limits import limited
from chainrule.maps.runners.choose import MOST, How

if TYPE_CHECKING:
    from chainrule.api.map import Map
    from chainrule.maps.plan import Plan
    from chainrule.maps.store.place import Place
    from chainrule.maps.store.store import Store


@limited
def load_map(store: str | os.PathLike[str], *, limits: Mapping[str, int] | None = None) -> Map:
    """The map in a store, a folder or ``s3://BUCKET/NAME``, also one that is half finished: cells that nothing is known
    of yet have status 0. It computes nothing; ``model.map(…, store=…)`` or ``chainrule map work`` go on with it.

    Errors: E600 where there is no map, E603 of another version, E604 where it was changed, E614 where it cannot be
    read.

    >>> import chainrule as cr, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = cr.example("identity").map("α=[0.1, 1]", steps=5, store=f"{folder}/m.zarr")
    ...     cr.load_map(f"{folder}/m.zarr")
    <Map of 2 cells, α: 2 all steps made>
    """
    from chainrule.maps.begin import plan_of
    from chainrule.maps.store.store import Store

    found = Store.open(place(store))
    try:
        return opened(found, plan_of(found))
    finally:
        found.close()


def filled(
    plan: Plan, store: object, on: object, workers: object, threads: object, again: object,
    progress: Callable[[float], object] | None,
) -> Map:  # fmt: skip
    """The map of a plan, computed in a store as far as it is not there yet."""
    from chainrule.maps.begin import begin
    from chainrule.maps.fill import fill
    from chainrule.maps.noted import look

    how, again = manner(on, workers, threads), flag("again", again)
    there = begin(plan, place(store))

    def told(done: int, of: int) -> None:
        if progress is not None:
            progress(done / of)

    try:
        made = fill(there, how, told, again=again)
        if made.computed:
            look(there, how.threads)
        return opened(there, plan)
    except KeyboardInterrupt as stop:
        done = sum(map(there.done, there.layout.tiles()))
        stop.add_note(
            f"nothing is lost: {there.place.name} holds {done} of {there.layout.number} tiles; the same call goes on"
        )
        raise
    finally:
        there.close()


def opened(store: Store, plan: Plan) -> Map:
    """What a store has, as a map in memory."""
    from chainrule.api.map import Map
    from chainrule.maps.known import known
    from chainrule.maps.noted import noted

    fits(plan)
    return Map(plan, known(store), noted(store))


def place(store: object) -> Place:
    """Where a store is."""
    from chainrule.maps.store.place import at

    name = arguments.path("store", store)
    try:
        known = name.strip() and b"\0" not in os.fsencode(name)
    except UnicodeError:
        known = False
    if not known:
        raise UsageError("E615", f"{shown(name)} is no name of a store", "give a folder, or s3://BUCKET/NAME")
    return at(name)


def manner(on: object, workers: object, threads: object) -> How:
    """By what it is computed."""
    many = None if workers is None else arguments.whole("workers", workers, 1, MOST)
    return How(arguments.text("on", on, "threads, processes, dask or the address of a scheduler"), many,
               counted(threads))  # fmt: skip


def without(on: object, workers: object, again: object) -> None:
    """Nothing, or the error for what only a map in a store has."""
    given = {
        "on": shown(on) not in ("'threads'", "'local'"), "workers": workers is not None, "again": again is not False
    }  # fmt: skip
    if name := next((name for name, is_given in given.items() if is_given), None):
        raise UsageError("E613", f"{name} needs a store", 'give one, where all processes find it: store="m.zarr"')
