"""Trainings on a graphics card against the same trainings on the processor, bit for bit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import chainrule as cr
from chainrule.code.wgsl.arithmetic import OWN, Modes
from chainrule.code.wgsl.kernel import UNROLLED, kernel
from chainrule.engines.gpu.many import DeviceEnsemble, DeviceMany
from chainrule.train.device import Card
from chainrule.train.ensemble import follow
from chainrule.train.run import Run

WHY = {"steps": 0, "left the finite numbers": 1, "converged": 2}


def loaded(card: Card, runs: Sequence[Run], modes: Modes = OWN, unrolled: int = UNROLLED) -> tuple[DeviceMany, Any]:
    """The runs' program on a card, and their starts and own consts."""
    first = runs[0]
    program, recipe = first.program, first.recipe
    names = [one.name for one in program.consts if one.name in recipe.values]
    own = {name: np.stack([run.recipe.values[name] for run in runs]) for name in names}
    own = {name: each for name, each in own.items() if len({value.tobytes() for value in each}) > 1}

    def printer(count: int, every: bool) -> Any:
        return kernel(program, recipe.bound, tuple(own), count, every, modes, unrolled)

    records = [run.trace.record for run in runs]
    groups = [{**record.weights, **record.states} for record in records]
    starts = {name: np.stack([group[name][0] for group in groups]) for name in groups[0]}
    many = DeviceMany(card.device, program, recipe.bound, tuple(own), printer, int(card.found.turns * 0.9))
    return many, (starts, own)


def trained(
    card: Card, runs: Sequence[Run], modes: Modes = OWN, unrolled: int = UNROLLED
) -> tuple[DeviceMany, DeviceEnsemble]:
    """The same trainings on a card."""
    many, given = loaded(card, runs, modes, unrolled)
    ensemble = many.ensemble(*given)
    follow(many, ensemble, runs[0].recipe.order, runs[0].recipe.steps)
    return many, ensemble


def card_difference(
    card: Card, model: cr.Model, modes: Modes = OWN, unrolled: int = UNROLLED, engine: str = "native", **how: Any
) -> str:
    """What differs between trainings, which ``how`` has lists for, on the processor and on a card."""
    steps = how["steps"]
    found = model.train(**how, record=max(1, steps), numerics="plain32", engine=engine)
    runs = found if isinstance(found, tuple) else (found,)
    many, ensemble = trained(card, runs, modes, unrolled)
    errors = many.evaluate(ensemble, [runs[0].program.objective])[runs[0].program.objective]
    for place, run in enumerate(runs):
        record = run.trace.record
        last = {name: values[-1] for group in (record.weights, record.states) for name, values in group.items()}
        wanted = WHY[run.ended], run.steps, many.layout.row(last).tobytes(), repr(run.error)
        row = np.ascontiguousarray(ensemble.rows[place])
        got = int(ensemble.ended[place]), int(ensemble.steps[place]), row.tobytes(), repr(float(errors[place]))
        if wanted != got:
            return f"run {place}: {run.ended} after {run.steps}, {last}; on the card {got[0]}, {got[1]}, {row.tolist()}"
        if run.departure:
            rows = run.recipe.order.rows(run.steps)
            if (there := many.departed(ensemble, place, rows)) != run.departure:
                return f"run {place}: it left at {run.departure}, and on the card at {there}"
    return ""
