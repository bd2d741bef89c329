"""A plan and a cell → its training as a run, with the numbers of the map; what `explain` says of its rate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from chainrule.data import Patterns
from chainrule.errors import ChainruleError, RunError, UsageError
from chainrule.maps.plan import Plan
from chainrule.notation.names import ascii as ascii_name
from chainrule.notation.names import pretty
from chainrule.train.column import entry_of
from chainrule.train.train import train

if TYPE_CHECKING:
    from chainrule.api.map import Map
    from chainrule.train.run import Run
    from chainrule.views.figures.map import Bound

BOUND_STEPS = 30
"""Steps of the training of which bounds are asked: they are taken from its start."""


def trained(plan: Plan, place: tuple[int, ...], record: int = 1, steps: int | None = None) -> Run:
    """The run of a cell. Errors: E651 for a cell that cannot be begun."""
    ground = plan.ground
    groups = list(ground.groups(tuple(range(k, k + 1) for k in place)))
    if not groups:
        deep = tuple(plan.axes[k].values[place[k]] for k in ground.deep)
        ground.begin(deep)  # raises what is wrong with it
        raise RunError("E651", "the cell cannot be begun", "take another cell")
    group = groups[0]
    begun = ground.begin(tuple(plan.axes[k].values[place[k]] for k in ground.deep))
    values = dict(begun.values) | {name: np.asarray(float(own[0])) for name, own in group.own.items()}
    rate = ground.program.rate
    one: Patterns = begun.patterns
    patterns = Patterns(values, one.ranges, one.patterns, one.origin, one.notes, one.missing, None, one.scales)
    start = {name: np.asarray(each[0]) for name, each in group.starts.items()}
    from chainrule.engines.native.machine import there

    engine = None
    if there():
        from chainrule.train.choice import native

        engine = native()
    return train(
        ground.network, ground.program, engine, patterns, start=start, batch=group.order.batch,
        steps=int(plan.steps) if steps is None else steps, rate=float(values[rate]) if rate is not None else None,
        seed=group.order.seed, record=record, update=plan.update, numerics=plan.numerics,
    )  # fmt: skip


def entry(plan: Plan, typed: str) -> tuple[str, tuple[int, ...]]:
    """A weight or quantity of one number, and the places of the entry."""
    model = plan.ground.model
    plain, letters = entry_of(typed)
    try:
        name = ascii_name(plain)
    except ChainruleError:
        name = plain
    quantity = model.quantities.get(name)
    if quantity is None or quantity.role not in ("weight", "derived"):
        raise UsageError("E650", f"{typed} is no weight and no computed quantity", 'name one: of="w"')
    if quantity.varies:
        raise UsageError("E650", f"{pretty(name)} has a value for each pattern", "name a quantity of one number")
    ranges = [plan.ground.first.patterns.ranges[group.name] for one in quantity.letters if (group := model.set_of(one))]
    if len(letters) != len(ranges) or any(one not in own for one, own in zip(letters, ranges, strict=True)):
        raise UsageError("E650", f"{typed} is not one number", f"name an entry of {pretty(name)}: W[1,2]")
    return name, tuple(own.index(one) for one, own in zip(letters, ranges, strict=True))


def bounds(of: Map) -> list[Bound]:
    """What `explain` says of the rate, for the training of the first cell; nothing where it says nothing."""
    from chainrule.views.figures.map import Bound

    plan = of.plan
    rate = plan.ground.program.rate
    if rate is None or all(axis.name != rate for axis in plan.axes):
        return []
    try:
        run = trained(plan, (0,) * len(plan.axes), steps=min(BOUND_STEPS, int(plan.steps)))
        evidence: dict[str, Any] = dict(of.model.explain(run, claims=["step"])["step"].evidence)
    except ChainruleError:
        return []  # a run that no story can be told of
    safe = evidence.get("safe_step_total") if run.recipe.order.batch == "all" else evidence.get("safe_step")
    if not isinstance(safe, float | int) or not np.isfinite(safe) or safe <= 0:
        return []
    if evidence.get("guaranteed"):
        words = f"below this {pretty(rate)} each step of the first cell is guaranteed to lower the error"
        return [Bound(float(safe), words, True)]
    words = "two over the greatest curvature met by the first cell, nothing proved"
    return [Bound(float(safe), words, False)]
