"""A training that was cut short, in its journal or in a saved run → the run that it would have been, to the bit."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from math import isfinite
from pathlib import Path

import numpy as np

from chainrule.errors import UsageError
from chainrule.expr.limits import limited
from chainrule.train import files, journal, validation
from chainrule.train.disk import ready
from chainrule.train.lost_numbers import losses
from chainrule.train.projection import boxed, until
from chainrule.train.record import Recorder
from chainrule.train.run import Run
from chainrule.train.telling import Callback, called
from chainrule.train.train import Begun, room


@limited
def resume(
    path: str | os.PathLike[str],
    save: str | os.PathLike[str] | None = None,
    *,
    progress: Callable[[int, int], object] | None = None,
    callback: Callback | None = None,
    memory: int | None = None,
    limits: Mapping[str, int] | None = None,
) -> Run:
    """Go on with a training that was cut short, and save it where it was to be saved, or in ``save``.

    ``path`` is its journal, ``run.npz.journal``, which is written on and removed once the run is saved; or a saved run
    that ended "interrupted", which is replaced. All that the training needs stands in there. The run is the one that
    it would have been: the same steps, the same bits. ``progress``, ``memory`` and ``limits`` are those of
    `Model.train`; ``callback`` is told of the steps that are made now.

    Errors: E374 if there is nothing to go on with, E360 and E361 for ``save``, E367 if another process is writing the
    journal, and those of `load_run`.

    >>> from tempfile import TemporaryDirectory
    >>> import chainrule as cr
    >>> model = cr.example("identity")
    >>> def stop(done, steps):
    ...     if done > 5:
    ...         raise KeyboardInterrupt
    >>> with TemporaryDirectory() as folder:
    ...     cut = model.train(rate=0.01, save=f"{folder}/run.npz", progress=stop)
    ...     run = cr.resume(f"{folder}/run.npz")
    >>> cut.ended, run.ended, run.steps, run.sha256 == model.train(rate=0.01).sha256
    ('interrupted', 'steps', 1000, True)
    """
    place, callback = files.place(path), called(callback)
    target = aim(place) if save is None else files.place(save)
    if files.journalled(place):
        ready(*files.parts(target))
        log, content = journal.Journal.again(place, files.LIMIT)
        try:
            begun = where(files.interrupted(content, place), memory)
        except BaseException:
            log.close()
            raise
        return begun.follow(progress, target, log, callback)
    found = files.load_run(place)
    if found.ended != "interrupted":
        help = "there is nothing to go on with; train anew to go further"
        raise UsageError("E374", f"{place} is a whole run: {found.sentence}", help)
    begun = where(found, memory)
    return begun.follow(progress, target, begun.journal(target), callback)


def aim(place: Path) -> Path:
    """The file that a run was to be saved in."""
    return place.with_suffix("") if place.suffix == ".journal" else place


def where(found: Run, memory: int | None) -> Begun:
    """Where to begin again: at the last recorded row after which something changed.

    So many of the latest steps as left everything as it was are counted, for a training that converges; the count is
    not recorded, but it is 0 after any step that changes something. Steps after that row are made once more, and not
    recorded twice.
    """
    every, steps = found.recipe.record, found.trace.steps
    rows = found.trace.record[(steps % every == 0) & (steps <= found.recipe.steps)]
    bits = rows.bits()[:, 1:]
    changed = np.flatnonzero((bits[1:] != bits[:-1]).any(axis=1))
    state = rows.state(int(changed[-1]) if len(changed) else 0)
    recorder = Recorder(state, room(state, found.recipe.steps, every, memory), every, rows)
    lost = losses(found.model, found.recipe.bound, found.weights, not isfinite(found.error))
    apart = validation.note_on_validation(found.trace, found.model)
    told = (*boxed(found.projections), *apart, *lost)  # at its end, where it has one
    own = len(found.notes) - len(told)
    notes = found.notes[:own] if found.notes[own:] == told else found.notes
    put = until(found.projections, state.step)  # the later ones are told again when their steps are made again
    return Begun(found.model, found.program, found.loaded, found.recipe, recorder, notes, put)
