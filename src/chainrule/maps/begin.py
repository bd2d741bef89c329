"""A plan → its store: a new one, or the one that was begun with the same plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from chainrule.errors import UsageError
from chainrule.maps.store.layout import LETTERS, Array, Axis, StoreLayout
from chainrule.maps.store.place import Place
from chainrule.maps.store.store import Store
from chainrule.train.device import CPU

if TYPE_CHECKING:
    from chainrule.maps.plan import Plan


def begin(plan: Plan, place: Place) -> Store:
    """The store of a plan. Errors: RunError E602 where another map is there, which says in what it differs."""
    return Store.create(place, layout_of(plan), differ)


def layout_of(plan: Plan) -> StoreLayout:
    """What the store of a plan is made of."""
    count = len(plan.axes)
    axes = [Axis(one.name, tuple(one.values.tolist()), dict(one.attributes)) for one in plan.layout.coordinates]
    arrays = [
        Array(
            spec.name, spec.dtype.name, tuple(spec.shape[count:]), dict(spec.attributes),
            int(spec.fill) if spec.dtype.kind in "iu" else None,
        )
        for spec in plan.layout.arrays
    ]  # fmt: skip
    names = [one.name for one in axes] + [one.name for one in arrays]
    if long := next((name for name in names if len(name) > LETTERS), None):
        problem = f"{long[:20]}… has {len(long)} letters, and folders of a store at most {LETTERS}"
        raise UsageError("E619", problem, "give it a shorter name in the model")
    recipe = {"kind": "trainings", "plan": plan.to_json()}
    device = {} if plan.device == CPU else {"device": plan.device}
    about = {
        "title": "a map of trainings", "model": plan.text, "steps": plan.steps, "numerics": plan.numerics, **device
    }  # fmt: skip
    return StoreLayout(tuple(axes), tuple(plan.tile), tuple(arrays), recipe, plan.digest, tuple(plan.levels), about)


def plan_of(store: Store) -> Plan:
    """The plan that a store was begun with."""
    from chainrule.maps.plan import Plan

    return Plan.from_json(str(store.layout.recipe.get("plan")))


def differ(there: Mapping[str, Any], asked: Mapping[str, Any]) -> str:
    """In what two plans differ."""
    from chainrule.maps.plan import Plan

    found = Plan.from_json(str(there.get("plan"))).differences(Plan.from_json(str(asked.get("plan"))))
    return "; ".join(found) or "its recipe is of another kind"
