"""A run → steps of it computed once more, spread evenly over the run: did each go where the rule sends it?

Plain steps are computed by NumPy from the equations, w ← w − α·gradient, and where one differs, by a complex step
along a direction too: then no rule of the gradient is trusted. Steps of another rule, and steps between which not all
was recorded, are taken again by the reference engine, to the bit. One step is drawn from each of as many equal parts of
the run as are looked at, so a fault in a single step is met with the same chance wherever it is.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from chainrule.data.draws import normals
from chainrule.engines.protocol import Array
from chainrule.engines.reference import REFERENCE
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.rate_of_change import ROUNDING, SAFETY, SAMPLES
from chainrule.explain.measure.samples import once
from chainrule.numbers.numerics import NUMERICS
from chainrule.numbers.random import uniform
from chainrule.train.drive import finish
from chainrule.values import dataclass

WORK, MOST, AGAIN = 4_000_000, 2_000, 100
"""Numbers computed at most, steps looked at at most, and steps taken again at most by the engine."""
SHARE, SHARE_OF_SHORT, ROUNDING_OF_SHORT = 1e-8, 1e-3, 2.0**-24
"""Of how far a step goes: what it may be off beside rounding, in numbers of 64 bits and of 32, whose gradients are
so exact; and half a last place of 32 bits."""


@dataclass(frozen=True, slots=True)
class Recomputed:
    """How many of the steps were looked at, and the first that is wrong, with how far it went and should have gone."""

    looked: int
    of: int
    by: Literal["NumPy", "engine"]
    """by NumPy from the equations, and by a complex step where they differ; or again by the reference engine"""
    wrong: int | None = None
    went: float = 0.0
    wanted: float = 0.0

    @property
    def chance(self) -> float:
        """With which probability a fault in one step is met."""
        return self.looked / max(1, self.of)


def recompute(context: Context, seed: int = 0) -> Recomputed:
    """Steps of the run, computed once more."""
    gaps = np.diff(context.steps)
    if context.rate is None or not len(gaps) or gaps.max() > 1 or not context.names:
        return taken_again(context, gaps, seed)
    steps = len(gaps)
    width = max(context.evaluator.width(len(context.rows(0)), True, True), len(context.names))
    places = spread_over(steps, max(1, min(MOST, WORK // width)), seed)
    slopes = gradients(context, places)
    after = context.project(context.path[places] - context.sense * context.rate * slopes)
    before, got = context.path[places], context.path[places + 1]
    moved = np.abs(got - before).max(axis=1, keepdims=True)
    exact = NUMERICS[context.run.recipe.numerics].bits == 64
    share, unit = (SHARE, ROUNDING) if exact else (SHARE_OF_SHORT, ROUNDING_OF_SHORT)
    far = np.maximum(moved, np.abs(after - before).max(axis=1, keepdims=True))
    rounding = 8 * unit * np.maximum(np.abs(before), np.abs(got))
    rounding = rounding + SAFETY * unit * abs(context.rate) * np.abs(slopes).max(axis=0)  # what cancels was as large
    off = np.abs(after - got) > share * far + rounding
    for at in np.flatnonzero(off.any(axis=1)):
        place = int(places[at])
        if not (np.abs(after[at] - got[at]) > doubt(context, place, unit))[off[at]].any():
            continue
        if not context.boxed and complex_agrees(context, place, share, unit):
            continue
        entry = int(np.argmax(np.abs(after[at] - got[at])))
        went, wanted = got[at, entry] - before[at, entry], after[at, entry] - before[at, entry]
        return Recomputed(len(places), steps, "NumPy", int(context.steps[place]) + 1, float(went), float(wanted))
    return Recomputed(len(places), steps, "NumPy")


def spread_over(steps: int, most: int, seed: int) -> NDArray[np.int64]:
    """One step drawn from each of as many equal parts of the run."""
    parts = min(steps, most)
    drawn = np.array([uniform(seed, "retrace", place) for place in range(parts)])
    edges = np.linspace(0, steps, parts + 1)
    return once(np.minimum((edges[:-1] + drawn * np.diff(edges)).astype(np.int64), steps - 1))


def gradients(context: Context, places: NDArray[np.int64]) -> Array:
    """The gradient of each step, by NumPy."""
    before, slopes = context.path[places], np.zeros((len(places), len(context.names)))
    visited = [context.rows(int(context.steps[place])) for place in places]
    for width in {len(rows) for rows in visited}:
        chosen = np.array([at for at, rows in enumerate(visited) if len(rows) == width])
        rows = np.array([visited[at] for at in chosen], dtype=np.int64)
        slopes[chosen] = context.evaluator.gradient(before[chosen], rows)
    return slopes


def doubt(context: Context, place: int, unit: float) -> Array:
    """How far rounding may move each weight in a step: by a last place of what each pattern adds, and by as much as
    the step changes with weights moved by a last place."""
    before = context.path[place]
    drawn = normals(0, "doubt", SAMPLES * len(before)).reshape(SAMPLES, len(before))
    points = np.concatenate([before[None, :], before * (1 + 2 * unit * np.sign(drawn))])
    visited = np.array(context.rows(int(context.steps[place])), dtype=np.int64)
    slopes = context.evaluator.gradient(points, np.repeat(visited[None, :], len(points), axis=0))
    own = np.abs(context.evaluator.gradient(np.repeat(before[None, :], len(visited), axis=0), visited[:, None]))
    sums = unit * (own.mean(axis=0) if context.reduced == "mean" else own.sum(axis=0))
    return np.asarray(SAFETY * abs(context.rate or 0.0) * (np.abs(slopes[1:] - slopes[0]).max(axis=0) + sums))


def complex_agrees(context: Context, place: int, share: float, unit: float) -> bool:
    """Whether a step without a box went along a direction at random as far as a complex step says."""
    before, got = context.path[place], context.path[place + 1]
    rows = np.array([context.rows(int(context.steps[place]))], dtype=np.int64)
    way = np.array([2 * uniform(place, "way", at) - 1 for at in range(len(before))])
    true = float(context.evaluator.complex_step(before, rows, way[None, :])[0])
    wanted, went = -context.sense * (context.rate or 0.0) * true, float((got - before) @ way)
    far = max(abs(wanted), float(np.linalg.norm(got - before)))
    return abs(wanted - went) <= share * far + 8 * unit * float(np.abs(before) @ np.abs(way))


def taken_again(context: Context, gaps: NDArray[np.int64], seed: int) -> Recomputed:
    """Stretches of the record, taken again by the reference engine and compared bit for bit."""
    run = context.run
    if not len(gaps) or not context.names:
        return Recomputed(0, 0, "engine")
    record, loaded = run.trace.record, REFERENCE.load(run.program, run.recipe.bound)
    places = spread_over(len(gaps), max(1, int(AGAIN // gaps.max())), seed)
    looked, of = int(gaps[places].sum()), int(gaps.sum())
    for place in places:
        stop = int(context.steps[place + 1])
        state = finish(loaded, run.recipe.order, record.state(int(place)), stop)
        after, got = context.vector(state.weights), context.path[place + 1]
        if not np.array_equal(after, got):
            entry, before = int(np.argmax(np.abs(after - got))), context.path[place]
            return Recomputed(looked, of, "engine", stop, float((got - before)[entry]), float((after - before)[entry]))
    return Recomputed(looked, of, "engine")
