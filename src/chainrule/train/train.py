"""Model, program, engine and patterns → a run: the steps driven in chunks, recorded, told and, if asked, journalled.

Conventions. Nothing that was recorded is lost: Ctrl-C ends a training and returns its run; with ``save=`` each chunk is
in the journal beside the file before the next one begins, and `load_run` reads the journal of a training that was
killed.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np

from chainrule.data import Patterns, Starts
from chainrule.engines.protocol import Array, Chunk, Engine, State
from chainrule.errors import LimitError, RunError, UsageError, shown
from chainrule.model.model import Model
from chainrule.notation.names import pretty
from chainrule.numbers.evaluate import evaluate
from chainrule.program.program import Program
from chainrule.train import document, files
from chainrule.train.choice import chosen
from chainrule.train.drive import drive, ending, error
from chainrule.train.format import SAID, fitted
from chainrule.train.journal import Journal, journal_of
from chainrule.train.order import Batch, order, whole
from chainrule.train.projection import Projection, boxed, merged, projected
from chainrule.train.recipe import Recipe
from chainrule.train.record import Recorder, single
from chainrule.train.run import Run, count
from chainrule.train.trace import Trace

MEMORY = 2**30
"""Bytes of recorded weights and states that are accepted unasked."""


def train(
    model: Model,
    program: Program,
    engine: Engine | None,
    patterns: Patterns,
    *,
    start: Starts | Mapping[str, Array],
    batch: Batch = "each",
    steps: int = 1000,
    rate: float | None = None,
    seed: int = 0,
    record: int = 1,
    update: str | None = None,
    numerics: str = "exact",
    progress: Callable[[int, int], object] | None = None,
    save: str | os.PathLike[str] | None = None,
    memory: int = MEMORY,
    notes: Iterable[str] = (),
) -> Run:
    """Follow the program's rule for a number of steps.

    ``start`` holds every weight: what `data.starts` gives, or an array for each. ``record=N`` keeps every N-th step:
    the others can be computed again from them, to the bit. ``rate`` beats the const α or η of the text, which beats
    0.1; it may be zero or negative, and the notes then say so. ``progress(done, steps)`` is called about ten times a
    second. ``save`` is a file for the run: while it trains, what is recorded stands in a journal beside it. ``notes``
    are sentences that stand with those of the run. Without an ``engine`` the one is taken that is sooner done; the bits
    are the same.

    Errors: E350-E352 for ``batch``, E353 for ``steps``, ``record`` and ``seed``, E354 for ``rate``, E356 if the record
    would take more than ``memory`` bytes, E360, E361 and E367 for ``save``. Numbers that overflow are not an error: the
    run says where it left the finite numbers.
    """
    visiting = order(batch, patterns.patterns, seeded(seed))
    steps, every = count(steps), count(record)
    if not every:
        raise UsageError("E353", "record=0 would record nothing", "write 1 to record every step, N for every N-th")
    values, rate, said = rated(program, patterns.values, rate)
    weights = start.weights if isinstance(start, Starts) else start
    told: tuple[str, ...] = ()
    if engine is None:
        engine, told = chosen(program, patterns.ranges, visiting, steps, numerics)
    notes = [*patterns.notes, *(start.notes if isinstance(start, Starts) else ()), *said, *told, *notes]
    notes += SAID[numerics]
    recipe = Recipe(
        text=model.source.text,
        source=model.source.name,
        update=update,
        hold=program.held,
        order=visiting,
        steps=steps,
        record=every,
        rate=rate,
        engine=engine.name,
        numerics=numerics,
        origin=patterns.origin,
        values=values,
        ranges=dict(patterns.ranges),
    )
    fitted(values, recipe.bound.numerics)
    loaded = engine.load(program, recipe.bound)
    state = beginning(program, recipe, weights)
    recorder = Recorder(state, room(state, steps, every, memory), every)
    target = None if save is None else files.place(save)
    log = begin_journal(target, recipe, state, notes)
    put: list[Projection] = []
    chunk: Chunk | None = None
    interrupted = False
    fault: RunError | None = None
    try:
        for chunk in drive(loaded, visiting, state, steps, every):
            new = recorder.add(chunk)
            boxes = projected(chunk)
            put += boxes
            if log:
                log.add({"projections": [[one.weight, one.first, one.last] for one in boxes]}, document.record(new))
            if progress:
                progress(chunk.state.step, steps)
    except KeyboardInterrupt:
        interrupted = True
    except RunError as stopped:  # the journal cannot be written: what is recorded is kept, and said to be unsaved
        if log is None:
            raise
        interrupted, fault = True, stopped
    finally:
        if log:
            log.close()
    state = recorder.state
    ended, departure = ending(chunk)
    if interrupted and (chunk is None or chunk.state is not state or ended == "steps") and state.step < steps:
        ended, departure = "interrupted", None
    projections = merged(put)
    run = Run(
        recipe,
        Trace(recorder.close(), visiting, model.goal.name, program, recipe.bound, loaded),
        ended,
        error(loaded, program, state.weights),
        departure,
        projections,
        (*notes, *boxed(projections)),
        model=model,
        program=program,
        loaded=loaded,
    )
    if target and log:
        end_journal(run, target, log, fault)
    return run


def begin_journal(target: Path | None, recipe: Recipe, state: State, notes: list[str]) -> Journal | None:
    """The journal beside the file that a run will be saved in, with the recipe and the start as its first record."""
    if target is None:
        return None
    files.ending_of(target)
    log = Journal(journal_of(target))
    try:
        about = document.about_recipe(recipe) | {"notes": notes}
        log.add(about, document.values(recipe) | document.record(single(state)))
    except RunError:
        log.close()
        log.remove()
        raise
    return log


def end_journal(run: Run, target: Path, log: Journal, fault: RunError | None) -> None:
    """Save the run and delete the journal; if that fails the journal stays and the error carries the run."""
    try:
        if fault:
            raise fault
        files.save(run, target)
        log.remove()
    except (RunError, LimitError) as failed:
        raise files.NotSaved(failed, log.path, run) from None


def rated(
    program: Program, values: Mapping[str, Array], rate: float | None
) -> tuple[dict[str, Array], float | None, list[str]]:
    """The values with the rate among them, the rate, and what has to be said of it."""
    name = program.rate
    consts = {default: np.asarray(float(value)) for default, value in program.defaults.items()} | dict(values)
    if name is None:
        if rate is None:
            return consts, None, []
        raise UsageError("E354", "no rule of this model reads a rate", "leave rate= out, or set the rule's own consts")
    if rate is None:
        chosen = float(consts[name])
        notes = [] if name in values else [f"no rate is given, so {pretty(name)} = {chosen}"]
    else:
        chosen, notes = number(rate), []
        consts[name] = np.asarray(chosen)
    if chosen < 0:
        notes.append(f"the rate {pretty(name)} = {chosen} is negative: each step goes the other way")
    if chosen == 0:
        notes.append(f"the rate {pretty(name)} is 0: no step changes anything")
    return consts, chosen, notes


def number(rate: object) -> float:
    """A finite number, or E354."""
    if not isinstance(rate, bool | np.bool_ | str | bytes):
        try:
            found = float(rate)  # type: ignore[arg-type]
        except (TypeError, ValueError, OverflowError):
            found = math.nan
        if math.isfinite(found):
            return found
    raise UsageError("E354", f"{shown(rate)} is not a rate", "write a finite number, such as rate=0.1")


def seeded(seed: object) -> int:
    """A seed, or E353."""
    found = whole(seed)
    if found is None or not 0 <= found < 2**32:
        raise UsageError("E353", f"{shown(seed)} is not a seed", f"write a whole number from 0 to {2**32 - 1}")
    return found


def beginning(program: Program, recipe: Recipe, start: Mapping[str, Array]) -> State:
    """The state before the first step: the starts of the weights, and of the learning rule's own states."""
    weights = {symbol.name: np.array(start[symbol.name], np.float64) for symbol in program.weights}
    numerics = recipe.bound.numerics
    states = {}
    for symbol in program.states:
        shape = [len(recipe.ranges[program.sets[letter]]) for letter in symbol.letters]
        states[symbol.name] = np.full(shape, first(program, symbol.name, recipe.values))
    return State(fitted(weights, numerics), fitted(states, numerics))


def first(program: Program, state: str, values: Mapping[str, Array]) -> float:
    """The number a state begins with, 0 unless the rule says another; E355 where it is not finite."""
    if state not in program.starts:
        return 0.0
    consts = {symbol.name: float(values[symbol.name]) for symbol in program.consts if not symbol.letters}
    found = float(evaluate(program.starts[state], consts))
    if not math.isfinite(found):
        name = pretty(state.partition(".")[0])
        raise UsageError("E355", f"the start of the state {name} is not a finite number", "write a finite start")
    return found


def room(state: State, steps: int, every: int, memory: int) -> int:
    """How many rows the record will have at most; E356 if they would take more memory than is allowed."""
    allowed = whole(memory)
    if allowed is None and not (isinstance(memory, float) and memory == math.inf):
        raise UsageError("E353", f"memory={shown(memory)} is not a number of bytes", "write memory=2**30 for 1 GiB")
    rows = steps // every + 2
    width = 8 + sum(array.nbytes for group in (state.weights, state.states) for array in group.values())
    size = rows * width
    if size > memory:
        fewer = memory // width - 2
        sparse = f"record={-(-steps // fewer)} keeps fewer steps (the others are computed when read); " * (fewer > 0)
        raise LimitError(
            "E356",
            f"the record of {steps} steps would take {size} bytes, more than {memory}",
            f"{sparse}memory={size} allows it",
        )
    return rows
