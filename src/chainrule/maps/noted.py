"""A store → by what its cells were made: each process that has computed on a device says so, and the last check too."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from chainrule.maps.begin import plan_of
from chainrule.maps.made import Made, looked_at, made, together
from chainrule.maps.store.json_text import canonical
from chainrule.maps.store.store import Store
from chainrule.train.device import CPU

if TYPE_CHECKING:
    from chainrule.maps.plan import Plan

FOLDER = ".chainrule/devices"
CHECK = ".chainrule/checked.json"

LONG = 2**16
"""Bytes of a note at most."""


def note(store: Store, plan: Plan) -> None:
    """Say what this process has made so far, where a device was asked for."""
    if plan.device != CPU:
        store.place.put(f"{FOLDER}/{store.owner}", canonical(made(plan, plan.ground.maker).json()))


def noted(store: Store) -> Made | None:
    """By what the cells of a store were made; None where it was the processor alone, or nothing is known."""
    parts = [one for name in store.place.names(FOLDER) if (one := read(store, f"{FOLDER}/{name}")) is not None]
    found, check = together(parts), read(store, CHECK)
    if found is None or check is None:
        return found
    return replace(found, checked=check.checked, agreed=check.agreed, numerics=check.numerics)


def look(store: Store, threads: int | None = None) -> Made | None:
    """Train some of its cells again on the processor, keep what came of that, and say it."""
    found = noted(store)
    if found is None:  # the processor alone, or a map of something else than trainings
        return None
    plan = plan_of(store)

    def window(cuts: tuple[slice, ...]) -> dict[str, NDArray[np.generic]]:
        return store.window(1, cuts)

    found = looked_at(plan, found, window, threads)
    store.place.put(CHECK, canonical(found.json()))
    return found


def read(store: Store, key: str) -> Made | None:
    """What stands in a note; None for one that is none."""
    content = store.place.read(key, LONG)
    try:
        found: Any = json.loads(content or b"")
        return Made.from_json(found)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
