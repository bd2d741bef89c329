"""Model, program, engine and patterns → a run: the steps driven in chunks, recorded, told and, if asked, journalled.

Conventions. Nothing that was recorded is lost: Ctrl-C ends a training and returns its run; with ``save=`` each chunk is
in the journal beside the file before the next one begins, and `load_run` reads the journal of a training that was
killed.
"""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from chainrule.data import Patterns, Starts
from chainrule.engines.protocol import Array, Chunk, Engine, Loaded, State
from chainrule.errors import ChainruleError, LimitError, RunError, UsageError, inline, shown
from chainrule.expr.limits import most, raise_it
from chainrule.model.model import Model
from chainrule.program.program import Program
from chainrule.train import document, files, validation
from chainrule.train.choice import chosen
from chainrule.train.csvfile import fits
from chainrule.train.disk import ready
from chainrule.train.drive import drive, ending, error
from chainrule.train.format import SAID
from chainrule.train.journal import Journal, command, journal_of
from chainrule.train.lost_numbers import losses
from chainrule.train.order import Batch, whole
from chainrule.train.prepare import prepare
from chainrule.train.projection import Projection, boxed, merged, projected, until
from chainrule.train.recipe import Recipe
from chainrule.train.record import Block, Recorder, single
from chainrule.train.run import Run
from chainrule.train.telling import Callback, Ended, tell
from chainrule.train.trace import Trace
from chainrule.values import dataclass


def train(
    model: Model,
    program: Program,
    engine: Engine | None,
    patterns: Patterns,
    *,
    start: Starts | Mapping[str, Array],
    batch: Batch | None = None,
    steps: int = 1000,
    rate: float | None = None,
    seed: int = 0,
    record: int = 1,
    update: str | None = None,
    numerics: str = "exact",
    progress: Callable[[int, int], object] | None = None,
    callback: Callback | None = None,
    save: str | os.PathLike[str] | None = None,
    memory: int | None = None,
    notes: Iterable[str] = (),
) -> Run:
    """Follow the program's rule for a number of steps.

    ``start`` holds every weight: what `data.starts` gives, or an array for each. Without a ``batch`` each step visits
    one pattern if the goal is a sum or mean of numbers of one pattern each, else all. ``record=N`` keeps every N-th
    step: the others can be computed again from them, to the bit. ``rate`` beats the const α or η of the text, which
    beats 0.1; it may be zero or negative, and the notes then say so. ``progress(done, steps)`` is called about ten
    times a second. ``callback(step, values)`` is told of each recorded row, see `telling`. ``save`` is a
    file for the run: while it trains, what is recorded stands in a journal beside it.
    ``notes`` are sentences that stand with those of the run. Without an ``engine`` the one is taken that is sooner
    done; the bits are the same.

    Errors: E350-E352 for ``batch``, E353 for ``steps``, ``record`` and ``seed``, E354 for ``rate``, E356 if the record
    would take more than ``memory`` bytes (by default the limit of that name), E360, E361 and E367 for ``save``. Numbers
    that overflow are not an error: the run says where it left the finite numbers.
    """
    made = prepare(model, program, patterns, start, batch, steps, rate, seed, record, update, numerics)
    told: tuple[str, ...] = ()
    if engine is None:
        engine, told = chosen(program, patterns.ranges, made.recipe.order, made.recipe.steps, numerics)
    recipe, state = replace(made.recipe, engine=engine.name), made.state
    notes = (*made.notes, *told, *notes, *SAID[numerics])
    loaded = engine.load(program, recipe.bound)
    recorder = Recorder(state, room(state, recipe.steps, recipe.record, memory), recipe.record)
    begun = Begun(model, program, loaded, recipe, recorder, notes)
    target = None if save is None else files.place(save)
    return begun.follow(progress, target, None if target is None else begun.journal(target), callback)


@dataclass(frozen=True, slots=True)
class Begun:
    """A training that stands somewhere, at its start or where it was cut short, and what it takes to go on."""

    model: Model
    program: Program
    loaded: Loaded
    recipe: Recipe
    recorder: Recorder
    notes: tuple[str, ...]
    put: tuple[Projection, ...] = ()

    def follow(
        self, progress: Callable[[int, int], object] | None, target: Path | None, log: Journal | None,
        callback: Callback | None = None,
    ) -> Run:  # fmt: skip
        """Make the steps that are left; then save the run, and remove the journal once the file is on the disk."""
        try:
            run, fault = self._followed(progress, log, callback)
            if fault and not log:
                raise files.NotSaved(fault, "the error has what was recorded as .run", run) from fault.__cause__
            if target and log:
                end_journal(run, target, log, fault)
        finally:
            if log:
                log.close()
        return run

    def _followed(
        self, progress: Callable[[int, int], object] | None, log: Journal | None, callback: Callback | None
    ) -> tuple[Run, RunError | None]:
        recipe, recorder, put = self.recipe, self.recorder, list(self.put)
        chunk: Chunk | None = None
        interrupted = False
        fault: RunError | None = None
        goal, apart = self.model.goal.name, validation.loaded(recipe, self.program)

        def traced(block: Block) -> Trace:
            return Trace(block, recipe.order, goal, self.program, recipe.bound, self.loaded, apart)

        try:
            if callback and recorder.whole[0] == 1:  # on a training that is gone on with it was told before
                tell(callback, traced(recorder.rows[:1]))
            for chunk in drive(self.loaded, recipe.order, recorder.whole[1], recipe.steps, recipe.record):
                new = recorder.add(chunk)
                boxes = projected(chunk)
                put += boxes
                if log:
                    log.add(about_boxes(boxes), document.record(new))
                if progress:
                    progress(chunk.state.step, recipe.steps)
                if callback:
                    tell(callback, traced(new))
            if callback and recorder.state.step > recorder.rows.steps[recorder.whole[0] - 1]:
                tell(callback, traced(single(recorder.state)))
        except KeyboardInterrupt:
            interrupted = True
        except Ended as by:
            recorder.cut(by.step)
            put, interrupted, fault = list(until(put, by.step)), True, by.fault
        except RunError as stopped:  # the journal cannot be written: what is recorded is kept, and said to be unsaved
            if log is None:
                raise
            interrupted, fault = True, stopped
        state = recorder.state
        ended, departure = ending(chunk)
        partial = chunk is None or chunk.state is not state or ended == "steps"
        if interrupted and partial and state.step < recipe.steps:
            ended, departure = "interrupted", None
        projections = merged(put)
        last = error(self.loaded, self.program, state.weights)
        lost = losses(self.model, recipe.bound, state.weights, not math.isfinite(last))
        trace = traced(recorder.close())
        run = Run(
            recipe,
            trace,
            ended,
            last,
            departure,
            projections,
            (*self.notes, *boxed(projections), *validation.note_on_validation(trace, self.model), *lost),
            model=self.model,
            program=self.program,
            loaded=self.loaded,
        )
        return run, fault

    def journal(self, target: Path) -> Journal:
        """The journal beside the file that the run will be saved in, with all that is recorded by now. Whatever can be
        known to go wrong when the run is saved is an error here, before the first step."""
        rows = self.recorder.rows[: self.recorder.whole[0]]
        names = files.parts(target)
        if len(names) > 1:
            bound, goal = self.recipe.bound, self.model.goal.name
            columns = Trace(rows[:1], self.recipe.order, goal, self.program, bound, self.loaded).columns
            fits(len(columns), len(self.recorder.rows))
        ready(*names)
        log = Journal(journal_of(target))
        try:
            about = document.about_recipe(self.recipe) | {"notes": list(self.notes)}
            log.add(about, document.values(self.recipe) | document.record(rows[:1]))
            if len(rows) > 1:
                log.add(about_boxes(self.put), document.record(rows[1:]))
        except (RunError, KeyboardInterrupt):
            log.remove()
            raise
        return log


def about_boxes(put: Iterable[Projection]) -> document.About:
    """Projections as a record of a journal has them."""
    return {"projections": [[one.weight, one.first, one.last] for one in put]}


def end_journal(run: Run, target: Path, log: Journal, fault: RunError | None) -> None:
    """Save the run and delete the journal; if that fails the journal stays and the error carries the run."""
    try:
        if fault:
            raise fault
        files.save(run, target)
    except KeyboardInterrupt:
        cut = RunError("E373", f"the saving of {target} was interrupted", "its journal is kept until the file is whole")
        raise files.NotSaved(cut, kept(run, target, log, cut), run) from None
    except (RunError, LimitError) as failed:
        raise files.NotSaved(failed, kept(run, target, log, failed), run) from failed.__cause__
    log.remove()


def kept(run: Run, target: Path, log: Journal, fault: ChainruleError) -> str:
    """Where what was recorded stands on the disk, and how to go on; a copy is made where the journal is gone."""
    if log.stands:
        beside = f"{target.stem}-resumed"
        other = target.with_name(f"{beside}.npz" if fault.code == "E369" else f"{beside}{target.suffix}")
        out = other if fault.code == "E369" or target.is_dir() else None
        return (
            f"nothing is lost: load_run reads {inline(log.path)}, and the error has the run as .run\n"
            f"to go on: {command(log.path, out)}"
        )
    for folder in (os.curdir, tempfile.gettempdir()):
        copy = Path(folder).absolute() / f"{target.stem}-{os.getpid()}-{run.sha256[:8]}.npz"
        with suppress(RunError):
            files.save(run, copy)
            return f"nothing is lost: load_run reads {inline(copy)}, and the error has the run as .run"
    return "the journal is gone; the error has the run as .run: save it elsewhere"


def room(state: State, steps: int, every: int, memory: int | None, runs: int = 1) -> int:
    """How many rows the record of a run will have at most; E356 if those of all would take more memory than allowed."""
    memory = most("memory") if memory is None else memory
    allowed = whole(memory)
    if allowed is None and not (isinstance(memory, float) and memory == math.inf):
        raise UsageError("E353", f"memory={shown(memory)} is not a number of bytes", "write memory=2**30 for 1 GiB")
    rows = steps // every + 2
    width = 8 + sum(array.nbytes for group in (state.weights, state.states) for array in group.values())
    size = rows * width * runs
    memory = memory if allowed is None else allowed
    if size > memory:
        fewer = memory // (width * runs) - 2
        sparse = f"record={-(-steps // fewer)} keeps fewer steps (the others are computed when read); " * (fewer > 0)
        raise LimitError(
            "E356",
            f"the record of {f'{runs} runs of ' * (runs > 1)}{steps} steps would take {size} bytes, more than {memory}",
            f"{sparse}{raise_it('memory', size)}",
        )
    return rows
