"""A recipe → the function that computes a tile, found by the recipe's kind: so a process elsewhere needs the store
alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from typing import Any

from numpy.typing import NDArray

from chainrule.errors import RunError
from chainrule.maps.store.layout import StoreLayout, Tile
from chainrule.maps.store.store import Store, changed

Told = Callable[[float], None]
"""Is told about ten times a second which part of a tile is done; what it raises ends the tile."""

Compute = Callable[[Tile, Told], Mapping[str, NDArray[Any]]]
"""A tile → its arrays."""


def trainings(store: Store, threads: int | None) -> Compute:
    """The tiles of a map of trainings; what the coarser level has of a tile is not computed again."""
    from chainrule.maps.begin import layout_of
    from chainrule.maps.noted import note
    from chainrule.maps.plan import Plan
    from chainrule.maps.tile import compute

    layout = store.layout
    plan = Plan.from_json(str(layout.recipe.get("plan")))
    if plan.digest != layout.key or shape(layout_of(plan)) != shape(layout):
        raise changed(store.place.name, ".chainrule/store.json", "its plan is another")

    def computed(tile: Tile, told: Told) -> Mapping[str, NDArray[Any]]:
        every, *block = tile
        number = plan.grid.first(every)
        for place, at in enumerate(block):
            number += at * prod(layout.count(every)[place + 1 :])
        parent = None
        if 2 * every in layout.levels:
            halves = tuple(slice(-(-cut.start // 2), -(-cut.stop // 2)) for cut in layout.extent(tile))
            parent = store.window(2 * every, halves)
        numbers = compute(plan, number, threads, parent=parent, told=told)
        note(store, plan)
        return numbers

    return computed


def shape(layout: StoreLayout) -> tuple[object, ...]:
    """All of a layout that the numbers of a tile follow from, beside the recipe."""
    arrays = [(one.name, one.dtype, one.sides) for one in layout.arrays]
    return arrays, [(one.name, one.values) for one in layout.axes], layout.tile, layout.levels


KINDS: dict[str, Callable[[Store, int | None], Compute]] = {"trainings": trainings}
"""What maps are of; tests add another."""


def computation(store: Store, threads: int | None = None) -> Compute:
    """The function for a store; E603 where this version has none."""
    kind = store.layout.recipe.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        problem = f"{store.place.name} is a map of {kind!r}, which this version of chainrule cannot compute"
        raise RunError("E603", problem, "go on with it by the version that began it")
    return KINDS[kind](store, threads)
