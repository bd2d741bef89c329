"""Model, program, engine and patterns → a run: the steps driven in chunks, recorded, told and, if asked, journalled.

Conventions. Nothing that was recorded is lost: Ctrl-C ends a training and returns its run; with ``save=`` each chunk is
in the journal beside the file before the next one begins, and `load_run` reads the journal of a training that was
killed.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from chainrule.data import Patterns, Starts
from chainrule.engines.protocol import Array, Chunk, Engine, State
from chainrule.errors import LimitError, RunError, UsageError, shown
from chainrule.model.model import Model
from chainrule.program.program import Program
from chainrule.train import document, files, held
from chainrule.train.choice import chosen
from chainrule.train.drive import drive, ending, error
from chainrule.train.format import SAID
from chainrule.train.journal import Journal, journal_of
from chainrule.train.order import Batch, whole
from chainrule.train.prepare import prepare
from chainrule.train.projection import Projection, boxed, merged, projected
from chainrule.train.recipe import Recipe
from chainrule.train.record import Recorder, single
from chainrule.train.run import Run
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
    made = prepare(model, program, patterns, start, batch, steps, rate, seed, record, update, numerics)
    told: tuple[str, ...] = ()
    if engine is None:
        engine, told = chosen(program, patterns.ranges, made.recipe.order, made.recipe.steps, numerics)
    recipe, state = replace(made.recipe, engine=engine.name), made.state
    notes = [*made.notes, *told, *notes, *SAID[numerics]]
    visiting, steps, every = recipe.order, recipe.steps, recipe.record
    loaded = engine.load(program, recipe.bound)
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
    trace = Trace(
        recorder.close(), visiting, model.goal.name, program, recipe.bound, loaded, held.loaded(recipe, program)
    )
    run = Run(
        recipe,
        trace,
        ended,
        error(loaded, program, state.weights),
        departure,
        projections,
        (*notes, *boxed(projections), *held.said(trace, model)),
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


def room(state: State, steps: int, every: int, memory: int, runs: int = 1) -> int:
    """How many rows the record of a run will have at most; E356 if those of all would take more memory than allowed."""
    allowed = whole(memory)
    if allowed is None and not (isinstance(memory, float) and memory == math.inf):
        raise UsageError("E353", f"memory={shown(memory)} is not a number of bytes", "write memory=2**30 for 1 GiB")
    rows = steps // every + 2
    width = 8 + sum(array.nbytes for group in (state.weights, state.states) for array in group.values())
    size = rows * width * runs
    if size > memory:
        fewer = memory // (width * runs) - 2
        sparse = f"record={-(-steps // fewer)} keeps fewer steps (the others are computed when read); " * (fewer > 0)
        raise LimitError(
            "E356",
            f"the record of {f'{runs} runs of ' * (runs > 1)}{steps} steps would take {size} bytes, more than {memory}",
            f"{sparse}memory={size} allows it",
        )
    return rows
