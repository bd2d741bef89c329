"""Columns of a trace against what the reference engine gives for each row of the record alone, down to the last bit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import numpy as np

import chainrule as cr
from chainrule.engines.protocol import State
from chainrule.engines.reference import REFERENCE
from chainrule.errors import UsageError
from chainrule.train.run import Run

CODE = patch("chainrule.engines.native.engine.DEAR_EACH", 0)
"""Code is made for everything."""


def one_by_one(run: Run) -> Iterator[dict[str, Any]]:
    """What the reference engine gives for each row of the record alone."""
    loaded, program, order = REFERENCE.load(run.program, run.recipe.bound), run.program, run.recipe.order
    for place in range(len(run.trace)):
        state = run.trace.record.state(place)
        visited = order.rows(state.step)
        row = dict(loaded.evaluate(state.weights, visited))
        begun = State(state.weights, state.states, state.step)
        chunk = loaded.advance(begun, [visited], order.pass_length)
        for name, before in state.weights.items():
            later = np.full_like(before, np.nan) if chunk.departure else chunk.state.weights[name]
            row[f"Delta_{name}"] = later - before
        for symbol in (*program.data, *program.targets):
            whole = run.recipe.bound.values[symbol.name]
            own = program.pattern in symbol.letters
            row[symbol.name] = np.take(whole, visited, symbol.letters.index(program.pattern)) if own else whole
        yield row


def difference(run: Run) -> str:
    """What differs between the columns of a trace and the rows alone."""
    rows = list(one_by_one(run))
    found = run.trace.rows()
    for name, column in run.trace.quantities.items():
        if column.kind not in ("computed", "given", "change"):
            continue
        wanted = [row[f"Delta_{column.name}" if column.kind == "change" else column.name] for row in rows]
        if run.program.pattern in column.letters:
            wanted = [np.moveaxis(one, column.letters.index(run.program.pattern), 0) for one in wanted]
            wanted = [one[0] if run.recipe.order.width == 1 else one for one in wanted]
        for place, (one, row) in enumerate(zip(wanted, found, strict=True)):
            if not np.array_equal(one, row[name], equal_nan=True) or np.shape(one) != np.shape(row[name]):
                return f"{name} at row {place}: {one} and {row[name]}"
        try:
            whole = run.trace[name]
        except UsageError as fault:
            if fault.code != "E359":
                raise
            continue
        if not np.array_equal(whole, np.array(wanted), equal_nan=True):
            return f"the column {name}"
    return ""


def column_difference(model: cr.Model, **how: Any) -> str:
    """What differs in a training, by the engine that made it; ``how`` may say the numerics."""
    for engine in ("reference", "native"):
        run = model.train(engine=engine, **how)
        with CODE:
            if found := difference(run):
                return f"{engine}: {found}"
    return ""
