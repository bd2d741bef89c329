"""Trainings that differ in rates, consts, starts and seeds → a run each, made side by side where that can be.

Conventions. Each run is the one that `train.train` gives, to the bit. Side by side go runs over the same data in the
same order; those that share neither with another, and all of them where the native engine does not make the steps, are
trained one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.native.code import RecordedPart
from chainrule.engines.native.many import LoadedEnsemble, LoadedMany
from chainrule.engines.native.run_status import Ended
from chainrule.engines.protocol import Array, Departure, Engine
from chainrule.model.model import Model
from chainrule.program.program import Program
from chainrule.train import validation
from chainrule.train.cases import Case
from chainrule.train.choice import chosen
from chainrule.train.drive import Why, error
from chainrule.train.ensemble import follow
from chainrule.train.format import SAID
from chainrule.train.lost_numbers import losses
from chainrule.train.order import Batch
from chainrule.train.prepare import Prepared, prepare
from chainrule.train.projection import Projection, boxed, merged, stretches
from chainrule.train.recipe import fingerprint
from chainrule.train.record import Block, single
from chainrule.train.run import Run
from chainrule.train.trace import Trace
from chainrule.train.train import room, train


def train_each(
    model: Model,
    program: Program,
    engine: Engine | None,
    cases: Sequence[Case],
    *,
    batch: Batch | None = None,
    steps: int = 1000,
    record: int = 1,
    update: str | None = None,
    numerics: str = "exact",
    progress: Callable[[int, int], object] | None = None,
    memory: int | None = None,
    notes: Iterable[str] = (),
) -> tuple[Run, ...]:
    """A run for each case; arguments and errors are those of `train.train`.

    ``memory`` is for all records together. ``progress`` is told of the steps made on average over the runs. Ctrl-C ends
    all of them: each is returned as far as it came.
    """
    made = [
        prepare(
            model, program, case.patterns, case.start, batch, steps, case.rate, case.seed, record, update, numerics
        )
        for case in cases
    ]  # fmt: skip
    first = made[0].recipe
    told: tuple[str, ...] = ()
    if engine is None:
        engine, told = chosen(program, first.ranges, first.order, first.steps * len(made), numerics)
    room(made[0].state, first.steps, first.record, memory, len(made))
    notes = (*told, *notes)
    runs: dict[int, Run] = {}

    def tell(count: int, done: float, _: int = 0) -> None:
        """Of ``count`` runs ``done`` steps are made, all those of the ones before."""
        if progress:
            progress(int((len(runs) * first.steps + count * done) / len(made)), first.steps)

    for places in alike(program, made) if engine.name == "native" else [[place] for place in range(len(made))]:
        ready = [replace(made[place], recipe=replace(made[place].recipe, engine=engine.name)) for place in places]
        if any(run.ended == "interrupted" for run in runs.values()):
            found = [still(model, program, engine, one, notes) for one in ready]
        elif len(places) > 1:
            found = side_by_side(model, program, engine, ready, notes, partial(tell, len(places)))
        else:
            case = cases[places[0]]
            found = [train(
                model, program, engine, case.patterns, start=case.start, batch=batch, steps=steps, rate=case.rate,
                seed=case.seed, record=record, update=update, numerics=numerics, memory=memory, notes=notes,
                progress=partial(tell, 1),
            )]  # fmt: skip
        runs |= zip(places, found, strict=True)
    return tuple(runs[place] for place in range(len(made)))


def alike(program: Program, made: Sequence[Prepared]) -> list[list[int]]:
    """The places of the trainings that can be made side by side: same data, same order, same sizes."""
    names = [symbol.name for symbol in (*program.data, *program.targets)]
    found: dict[object, list[int]] = {}
    hashes: dict[tuple[int, ...], str] = {}
    for place, one in enumerate(made):
        recipe = one.recipe
        arrays = tuple(id(recipe.values[name]) for name in names if name in recipe.values)
        if arrays not in hashes:
            hashes[arrays] = fingerprint(recipe.values, [name for name in names if name in recipe.values])
        order = recipe.order
        drawn = order.seed if order.batch == "shuffled" else 0
        shapes = tuple(np.shape(value) for value in recipe.values.values())
        sizes = tuple(recipe.ranges.items())
        found.setdefault((order.batch, order.patterns, drawn, hashes[arrays], shapes, sizes), []).append(place)
    return list(found.values())


def side_by_side(
    model: Model,
    program: Program,
    engine: Engine,
    made: Sequence[Prepared],
    notes: Sequence[str],
    told: Callable[[float], None],
) -> list[Run]:
    """Trainings that share data and order, on the native engine."""
    recipe = made[0].recipe
    consts = [symbol.name for symbol in program.consts if symbol.name in recipe.values]
    own = {name: np.stack([one.recipe.values[name] for one in made]) for name in consts}
    own = {name: each for name, each in own.items() if len({value.tobytes() for value in each}) > 1}
    visited = recipe.order.width or recipe.order.patterns
    many = LoadedMany(program, recipe.bound, tuple(own), fitting(len(made)), visited=visited)
    starts = [{**one.state.weights, **one.state.states} for one in made]
    ensemble = many.ensemble({name: np.stack([start[name] for start in starts]) for name in starts[0]}, own)
    parts: dict[int, list[tuple[int, RecordedPart]]] = {}
    interrupted = False
    try:
        follow(
            many, ensemble, recipe.order, recipe.steps, recipe.record,
            lambda group, first, part: parts.setdefault(group, []).append((first, part)), told,
        )  # fmt: skip
    except KeyboardInterrupt:
        interrupted = True
    errors = many.evaluate(ensemble, (program.objective,))[program.objective].tolist()
    runs = []
    for place, one in enumerate(made):
        block, projections = recorded(many, ensemble, place, parts.get(place // ensemble.width, []), one)
        ended: Why = ENDED[int(ensemble.ended[place])]
        if interrupted and ended == "steps" and block.steps[-1] < recipe.steps:
            ended = "interrupted"
        departure = None
        if ensemble.ended[place] == Ended.LEFT:
            departure = many.departed(ensemble, place, recipe.order.rows(int(ensemble.steps[place])))
        runs.append(finished(model, program, engine, one, block, ended, errors[place], departure, projections, notes))
    return runs


ENDED: dict[int, Why] = {
    Ended.STEPS: "steps",
    Ended.LEFT: "left the finite numbers",
    Ended.CONVERGED: "converged",
}


def fitting(runs: int) -> int | None:
    """How many runs go side by side, if they are fewer than the engine would take by itself."""
    return next((width for width in (1, 2, 4, 8) if width >= runs), None)


def recorded(
    many: LoadedMany, ensemble: LoadedEnsemble, place: int, parts: Sequence[tuple[int, RecordedPart]], one: Prepared
) -> tuple[Block, tuple[Projection, ...]]:
    """The record of one run of an ensemble, and where boxes put its weights back."""
    lane, last = place % ensemble.width, int(ensemble.steps[place])
    steps = [np.zeros(1, np.int64)]
    rows = [many.layout.row({**one.state.weights, **one.state.states})[None]]
    put: list[Projection] = []
    for first, part in parts:
        upto = int(np.searchsorted(part.numbers, last, side="right"))
        steps.append(part.numbers[:upto])
        rows.append(part.table[:upto, :, lane])
        put += stretches(part.put(lane, first, last))
    if last != next(numbers[-1] for numbers in reversed(steps) if len(numbers)):
        steps.append(np.array([last]))
        rows.append(ensemble.rows[place][None])
    return block(many, np.concatenate(steps), np.concatenate(rows)), merged(put)


def block(many: LoadedMany, steps: NDArray[np.int64], rows: Array) -> Block:
    """A record that cannot be written to."""
    steps.flags.writeable = rows.flags.writeable = False
    named = many.layout.parts(rows)
    weights = {name: named[name] for name in many.layout.weights}
    return Block(steps, weights, {name: named[name] for name in many.layout.states})


def still(model: Model, program: Program, engine: Engine, one: Prepared, notes: Sequence[str]) -> Run:
    """A run that was interrupted before its first step."""
    loaded = engine.load(program, one.recipe.bound)
    here = error(loaded, program, one.state.weights)
    return finished(model, program, engine, one, single(one.state), "interrupted", here, None, (), notes)


def finished(
    model: Model,
    program: Program,
    engine: Engine,
    one: Prepared,
    block: Block,
    ended: Why,
    error: float,
    departure: Departure | None,
    projections: tuple[Projection, ...],
    notes: Sequence[str],
) -> Run:
    """A training that was done, as a run."""
    recipe = one.recipe
    loaded = engine.load(program, recipe.bound)
    apart = validation.loaded(recipe, program)
    trace = Trace(block, recipe.order, model.goal.name, program, recipe.bound, loaded, apart)
    lost = losses(model, recipe.bound, block.state(len(block) - 1).weights, not isfinite(error))
    told = (*validation.note_on_validation(trace, model), *lost)
    return Run(
        recipe,
        trace,
        ended,
        error,
        departure,
        projections,
        (*one.notes, *notes, *SAID[recipe.numerics], *boxed(projections), *told),
        model=model,
        program=program,
        loaded=loaded,
    )
