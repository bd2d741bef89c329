"""A network with letters → which entries and patterns data that are 0 keep still, whatever the weights are.

Every equation is computed with the weights unknown: 0 times any finite number is 0, and whatever else an unknown
number goes into is unknown. An entry whose gradient is then 0 is dead. A reason is tested before it is told: with
nothing known but the zeros of one name of the data, the gradient must still be 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from chainrule.data.draws import normals
from chainrule.explain.evaluate.equations_with_letters import Grid, table
from chainrule.explain.evaluate.evaluator import LARGEST, Rows
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.samples import evenly
from chainrule.explain.wording import listing
from chainrule.expr.entries import entry_text
from chainrule.notation.names import pretty
from chainrule.program.program import Symbol
from chainrule.values import dataclass

POINTS = 6
"""Points drawn at random at which a slope that is not proved to be 0 is looked at, beside those of the run."""


@dataclass(frozen=True, slots=True)
class Still:
    """What has slope 0. ``entries`` for every value of the weights, ``met`` at the ``points`` that were looked at."""

    entries: NDArray[np.bool_]
    because: tuple[str, ...]  # "x[0], x[32] and x[39]": data that are 0 in every pattern
    explained: int  # of the entries, how many these keep still
    met: NDArray[np.bool_]
    points: int


def zero(context: Context, grid: Grid) -> NDArray[np.bool_]:
    """Which entries have gradient 0 for sure: (lanes, weights)."""
    keys = [context.program.gradient(symbol.name) for symbol in context.trained]
    columns = [table(grid, key, context.program.pattern) for key in keys]
    lanes = max(column.shape[0] for column in columns)
    flat = [np.broadcast_to(column, (lanes, *column.shape[1:])).reshape(lanes, -1) for column in columns]
    return np.asarray(np.concatenate(flat, axis=1) == 0)


def still(context: Context) -> Still:
    """The entries that no pattern moves, and why."""
    entries = zero(context, context.evaluator.knowing())[0]
    because: list[str] = []
    explained = np.zeros(len(entries), dtype=bool)
    for symbol, values in given(context):
        axis = context.evaluator.pattern_axis(symbol)
        never = (values == 0).all(axis=axis, keepdims=True)
        if not never.any():
            continue
        only = {symbol.name: np.where(np.broadcast_to(never, values.shape), 0.0, np.nan)}
        kept = zero(context, context.evaluator.knowing(None, only))[0] & entries
        if kept.any():
            because += entry_names(context, symbol, never.squeeze(axis))
            explained |= kept
    met, points = sampled(context)
    return Still(entries, tuple(because), int(explained.sum()), met & ~entries, points)


def given(context: Context) -> Iterator[tuple[Symbol, NDArray[np.float64]]]:
    """The data that have a value for each pattern."""
    for symbol in context.program.data:
        if symbol.name in context.bound.values and context.evaluator.pattern_axis(symbol) is not None:
            yield symbol, np.asarray(context.bound.values[symbol.name], dtype=np.float64)


def entry_names(context: Context, symbol: Symbol, chosen: NDArray[np.bool_]) -> list[str]:
    """Entries of data by their letters: ``x[0]``."""
    rest = [letter for letter in symbol.letters if context.program.sets[letter] != context.program.pattern]
    ranges = [context.bound.ranges[context.program.sets[letter]] for letter in rest]
    if not rest:
        return [pretty(symbol.name)] if bool(chosen) else []
    return [
        entry_text(pretty(symbol.name), [values[place] for values, place in zip(ranges, at, strict=True)])
        for at in np.argwhere(chosen)
    ]


def sampled(context: Context) -> tuple[NDArray[np.bool_], int]:
    """Which entries have slope exactly 0 at the ends of the run, between them, and at points drawn at random."""
    size = len(context.names)
    on = context.path[evenly(len(context.path), 4)]
    most = max(1, min(POINTS, 20_000 // size))
    drawn = normals(0, "still", most * size).reshape(most, size)
    points = np.concatenate([on[np.isfinite(on).all(axis=1)], context.project(drawn)])
    slopes = context.evaluator.gradient(points)
    return np.asarray((slopes == 0).all(axis=0)), len(points)


def dead_patterns(context: Context) -> NDArray[np.int64]:
    """The patterns whose own gradient is 0 for every value of the weights, all of them looked at."""
    rows = np.arange(context.patterns)[:, None]
    largest = context.evaluator.knowing(rows[:1]).largest
    size = max(1, LARGEST // max(largest, len(context.names)))
    parts = [rows[start : start + size] for start in range(0, len(rows), size)]
    found = [whole(zero(context, context.evaluator.knowing(part)), len(part)) for part in parts]
    return np.flatnonzero(np.concatenate(found))


def whole(entries: NDArray[np.bool_], count: int) -> NDArray[np.bool_]:
    return np.broadcast_to(np.all(entries, axis=1), (count,))


def reason(context: Context, row: int) -> tuple[str, ...]:
    """The data of a dead pattern whose zeros keep every weight still."""
    rows: Rows = np.array([[row]], dtype=np.int64)
    found = []
    for symbol, values in given(context):
        axis = context.evaluator.pattern_axis(symbol) or 0
        mine = np.take(values, row, axis) == 0
        if not mine.any():
            continue
        only = {symbol.name: np.where(values == 0, 0.0, np.nan)}
        if zero(context, context.evaluator.knowing(rows, only)).all():
            every = mine.all() and mine.ndim
            found.append(f"{pretty(symbol.name)} = 0" if every or not mine.ndim else "")
            if not found[-1]:
                found[-1] = f"{listing(entry_names(context, symbol, mine), 4)} = 0"
    return tuple(found)


def constants(context: Context, row: int) -> dict[str, Fraction]:
    """The quantities with one number a pattern that are the same for every weight, for one pattern."""
    rows: Rows = np.array([[row]], dtype=np.int64)
    grid = context.evaluator.knowing(rows)
    found = {}
    for equation in context.evaluator.forward:
        name = getattr(equation.target, "name", "")
        one = table(grid, name, context.program.pattern)
        if name != context.program.objective and one.size == 1 and len(equation.letters) == 1:
            value = float(one.ravel()[0])
            if np.isfinite(value):
                found[name] = Fraction(value)
    return found
