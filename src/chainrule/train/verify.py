"""A run → the same run, trained again from its start, compared bit for bit."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np

from chainrule.engines.protocol import Chunk
from chainrule.train.drive import drive, ending, error
from chainrule.train.record import Block, kept, single
from chainrule.train.run import Run, Verification


def verify(run: Run) -> Verification:
    """Train again and compare: the record, how it ended, the error at the end.

    A run that was interrupted is compared up to where it came.
    """
    total = hashlib.sha256()
    differs = ""
    place = 0
    last: Chunk | None = None
    for block, last in again(run):  # noqa: B007 - the last chunk says how it ended
        bits = block.bits()
        total.update(bits.tobytes())
        recorded = run.trace.record[place : place + len(block)].bits()
        unequal = np.flatnonzero((bits[: len(recorded)] != recorded).any(axis=1))
        if not differs and len(unequal):
            differs = f"the weights or states after step {block.steps[unequal[0]]}"
        place += len(block)
    if not differs and place != len(run.trace):
        differs = "the number of recorded steps"
    if not differs and run.ended != "interrupted" and ending(last) != (run.ended, run.departure):
        differs = "how the run ended"
    if not differs and repr(error(run.loaded, run.program, run.weights)) != repr(run.error):
        differs = "the error at the end"
    if not differs and run.rate is not None and repr(run.rate) != repr(float(run.consts[str(run.program.rate)])):
        differs = "the rate that it says"
    return Verification(run.sha256, total.hexdigest(), differs)


def again(run: Run) -> Iterator[tuple[Block, Chunk | None]]:
    """The record of a run, computed again, with the chunk that each part came in."""
    recipe = run.recipe
    state = run.trace.record.state(0)
    yield single(state), None
    # one step more than it has is enough to see that it should not have ended
    stop = run.steps if run.ended == "interrupted" else min(recipe.steps, run.steps + 1)
    last = 0
    chunk = None
    for chunk in drive(run.loaded, recipe.order, state, stop, recipe.record):
        block = kept(chunk, recipe.record, last)
        last = int(block.steps[-1]) if len(block) else last
        yield block, chunk
    if chunk and chunk.state.step != last:
        yield single(chunk.state), chunk
