"""How much the goal bends: proved for one weight by intervals, measured at points for many; and the step it allows.

What is guaranteed of a step is proved on all of the way that it takes: from each weight that the run met, as far as
such a step can lead. Where a bound does not hold so far, the guarantee ends with the range on which it was proved.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.ends.spectrum import curvatures
from chainrule.explain.measure.limits import (
    Basis,
    CurvatureAround,
    FirstStep,
    LargestCurvature,
    Limit,
    Limits,
    MeanAndSum,
    Met,
    NoBound,
    NoCurvature,
    Note,
    OnePattern,
    Proved,
    Spent,
    Stretch,
    TurningPoints,
)
from chainrule.explain.measure.proofs import Peak, Restriction, peak, polished, turns, unbounded
from chainrule.explain.measure.proved_range import ProvedRange, line_of, pulls, ranged, rate_to, span
from chainrule.explain.measure.samples import evenly
from chainrule.expr.limits import most

MOST_PATTERNS, MOST_BENDS = 64, 500
"""Patterns whose curvature is looked at one by one; and over so many at most it is looked at where the curve bends."""
GRID = 2001
"""Points of a stretch at which curvature is looked at where nothing could be proved."""
LOOKED = 20.0
"""How far from 0 it is looked at where the curve bends, at least."""

POINTS, PRODUCTS = 6, 30
"""With many weights: points of the run, and products with the Hessian at each."""

MOST_ALONE, POWERS = 400, 12
"""With many weights: patterns looked at one by one, and steps of power iteration for each."""


def limits(context: Context, slope: Array) -> Limits:
    """How long a step may be: proved for one weight, met at points for many."""
    if len(context.names) == 1 and (context.plain or GRID * context.prover.numbers() <= most("proofs")):
        return one_weight(context)
    found = very_many(context) if context.many else many_weights(context)
    if not np.any(slope):
        return found
    first = proved_step(context, slope)
    note: Note = Spent(most("proofs")) if first is None and context.prover.spent() else FirstStep(first)
    return replace(found, notes=(*found.notes, note), first=first)


def one_weight(context: Context) -> Limits:
    """One weight: the curvature proved by intervals, over all patterns and for the worst pattern alone."""
    notes: list[Note] = []
    found, steps = ranged(context), span(context)
    whole = None if found is None else polished(found.line, found.peak)
    low, high = (float(end[0]) for end in context.box)
    line = found.line if found is not None else line_of(
        context, max(low, steps.least - 1), min(high, steps.most + 1), None
    )  # fmt: skip
    stretch = Stretch(line.low, line.high)
    total: Limit | None = None
    if whole is not None and found is not None:
        start = None if math.isinf(found.reach) and endless(context, line) else steps
        total = Limit(whole.bound, whole.met, True, Basis("proved", stretch), found.reach, start)
        notes.append(Proved(stretch, whole.bound, whole.pieces, whole.met, whole.at))
    elif (break_ := unbounded(line)) is not None:
        notes.append(NoBound(break_))
    else:
        values = line.bend(np.linspace(line.low, line.high, GRID))
        known = np.isfinite(values)
        if known.any():
            points, top = int(known.sum()), float(values[known].max())
            total = Limit(top, top, False, Basis("met", stretch, points))
            notes.append(Met(stretch, points, top))
    alone, sum_ = None, None
    if context.patterns > 1 and total is not None:
        alone = _worst_pattern(context, line)
        if alone is not None:
            notes.append(OnePattern(alone))
        if is_mean(context) and total.bound > 0:
            notes.append(MeanAndSum(2 / total.bound))
            sum_ = total.safe / context.patterns
    if context.patterns <= MOST_BENDS:
        notes.append(bends(line))
    if line.spent():
        notes.append(Spent(most("proofs")))
    return Limits(total, alone, tuple(notes), stretch, sum_)


def endless(context: Context, line: Restriction) -> bool:
    """Whether the line is all that the weight can be."""
    return (line.low, line.high) == tuple(float(end[0]) for end in context.box)


def _worst_pattern(context: Context, line: Restriction) -> Limit | None:
    """The largest curvature of a single pattern, and the rate that no pattern's step may reach; None where there are
    too many patterns or one has no bound. Of a batch it is at most as many times as large as the goal adds patterns."""
    rows, batch = context.once(distinct), len(context.rows(0))
    if len(rows) > MOST_PATTERNS:
        return None
    share = 1e-4 if len(rows) < 9 else 1e-2
    worst: tuple[Peak, int] | None = None
    left, right, reach = line.low, line.high, math.inf
    for row in rows:
        alone = line_of(context, line.low, line.high, row)
        bound = peak(alone, share)
        found = None if bound is None else ProvedRange(alone, bound, rate_to(
            context, span(context), (line.low, line.high), pulls(context, span(context), row)
        ) if not endless(context, line) else math.inf)  # fmt: skip
        if found is None or (found.reach < 2 / max(found.peak.bound, 1e-300) and len(rows) < 9):
            found = ranged(context, row, share) or found
        if found is None:
            return None
        left, right, reach = max(left, found.line.low), min(right, found.line.high), min(reach, found.reach)
        if worst is None or found.peak.bound > worst[0].bound:
            worst = polished(found.line, found.peak), row
    if worst is None:
        return None
    (found_peak, row), times = worst, batch if context.reduced == "sum" else 1
    sure = batch == 1 or context.reduced is not None  # a goal of another form need not be made of those of its patterns
    cut = math.isfinite(reach) or not endless(context, line)
    return Limit(
        times * found_peak.bound, times * found_peak.met, sure,
        Basis("proved" if sure else "each pattern", Stretch(left, right)), reach / times,
        span(context) if cut else None, LargestCurvature(context.pattern_at(row), found_peak.met, found_peak.at),
    )  # fmt: skip


def distinct(context: Context) -> list[int]:
    """The first row of each different pattern."""
    given = (*context.program.data, *context.program.targets)
    columns = [
        np.moveaxis(np.asarray(context.bound.values[symbol.name], np.float64), axis, 0).reshape(context.patterns, -1)
        for symbol in given
        if (axis := context.evaluator.pattern_axis(symbol)) is not None and symbol.name in context.bound.values
    ]
    if not columns:
        return [0]
    whole = np.concatenate(columns, axis=1) + 0.0  # −0 is 0
    if not whole.size:
        return [0]
    rows = whole.view(np.dtype((np.void, whole.itemsize * whole.shape[1])))[:, 0].tolist()
    return sorted({row: context.patterns - place for place, row in enumerate(reversed(rows), 1)}.values())


def bends(line: Restriction) -> TurningPoints:
    """Where the curve bends upward and where downward."""
    low = min(line.low if math.isfinite(line.low) else -LOOKED, -LOOKED)
    high = max(line.high if math.isfinite(line.high) else LOOKED, LOOKED)
    return TurningPoints(tuple(turns(line, low, high)), Stretch(low, high))


def many_weights(context: Context) -> Limits:
    """Many weights: the largest curvature met at points of the run and around it."""
    near = 100 * (1 + np.abs(context.start).max())  # a run that flies away says nothing of the steps near its start
    finite = context.path[(np.abs(context.path) <= near).all(axis=1)]
    on = finite[evenly(len(finite), 12)]
    low, high = finite.min(axis=0), finite.max(axis=0)
    around = low + (high - low) * np.random.default_rng(0).random((12, len(context.names)))
    points = np.concatenate([on, around])
    notes: list[Note] = []
    with np.errstate(all="ignore"):
        found = list(context.sense * context.hessians(points))
    usable = [matrix for matrix in found if np.isfinite(matrix).all()]
    limit = None
    if usable:
        largest = [float(np.linalg.eigvalsh(matrix)[-1]) for matrix in usable]
        limit = Limit(max(largest), max(largest), False, Basis("around the run", points=len(usable)))
        notes.append(CurvatureAround(len(usable), min(largest), max(largest)))
    some = points[:: max(1, len(points) // 8)]
    alone = worst_alone(context, some) if context.patterns > 1 else None
    if alone is not None:
        notes.append(OnePattern(alone, len(some)))
    return Limits(limit, alone, tuple(notes), points=len(usable) or None)


def very_many(context: Context) -> Limits:
    """More weights than a matrix is made for: the largest curvature that Lanczos' iteration meets at a few points."""
    near = 100 * (1 + np.abs(context.start).max())
    finite = context.path[(np.abs(context.path) <= near).all(axis=1)]
    on = finite[evenly(len(finite), POINTS)]
    found = [curvatures(context, point, PRODUCTS) for point in on]
    met = [bend.largest for bend in found if np.isfinite(bend.largest)]
    if not met:
        return Limits(None, None, (NoCurvature(),))
    top, products = max(met), sum(bend.iterations for bend in found)
    notes: list[Note] = [CurvatureAround(len(met), min(met), top, products)]
    alone = alone_of_many(context, on[:: max(1, (len(on) - 1) // 2)]) if context.patterns > 1 else None
    if alone is not None:
        notes.append(OnePattern(alone))
    limit = Limit(top, top, False, Basis("on the run", points=len(met)))
    enough = all(bend.found for bend in found)
    return Limits(limit, alone, tuple(notes), points=len(met), products=products, found=enough)


def alone_of_many(context: Context, points: Array) -> Limit | None:
    """The largest curvature of a single pattern, met at some points: power iteration for many patterns at once."""
    rows = np.array(context.once(distinct), dtype=np.int64)
    if len(rows) > MOST_ALONE:
        rows = rows[np.linspace(0, len(rows) - 1, MOST_ALONE).astype(np.int64)]
    most = np.full(len(rows), -np.inf)
    with np.errstate(all="ignore"):
        for at in points:
            same = np.repeat(at[None, :], len(rows), axis=0)
            directions = context.evaluator.gradient(same, rows[:, None])
            for _ in range(POWERS):
                length = np.linalg.norm(directions, axis=1, keepdims=True)
                directions = np.where(length > 0, directions / length, len(at) ** -0.5)
                bent = context.sense * context.products(at, directions, rows[:, None])
                met = np.einsum("lw,lw->l", directions, bent)
                most = np.fmax(most, np.where(np.isfinite(met), met, -np.inf))
                directions = bent
    best = int(np.argmax(most))
    if not np.isfinite(most[best]):
        return None
    basis = Basis("some patterns on the run", points=len(points), patterns=len(rows))
    where = LargestCurvature(context.pattern_at(int(rows[best])))
    return Limit(float(most[best]), float(most[best]), False, basis, where=where)


def worst_alone(context: Context, points: Array) -> Limit | None:
    """The largest curvature of a single pattern in any direction, met at some points; None with too many patterns."""
    rows, size = context.once(distinct), len(context.names)
    if size > 64 or len(rows) * len(points) * size > 50_000:
        return None
    top, worst = -math.inf, rows[0]
    for row in rows:
        for matrix in context.hessians(points, np.array([row], dtype=np.int64)):
            if np.isfinite(matrix).all():
                found = float(np.linalg.eigvalsh(context.sense * matrix)[-1])
                top, worst = (found, row) if found > top else (top, worst)
    if not math.isfinite(top):
        return None
    basis = Basis("each pattern on the run", points=len(points))
    return Limit(top, top, False, basis, where=LargestCurvature(context.pattern_at(worst)))


def proved_step(context: Context, slope: Array) -> float | None:
    """The longest of a few rates for which interval arithmetic proves that a first step over all patterns helps."""
    square = float(slope @ slope)
    if not square or not math.isfinite(square):
        return None
    best = None
    for power in range(-4, 9):
        rate = context.trial_rate * 2.0**power
        to = context.start - context.sense * rate * slope
        if np.any(context.project(to) != to):
            break  # the box turns the step off the line that is looked at
        found = peak(
            Restriction(context.prover, context.start, -context.sense * slope, 0.0, rate, None, context.sense),
            share=0.05,
            first=32,
        )
        if found is None or not rate * found.bound < 2 * square:
            break
        best = rate
    return best


def is_mean(context: Context) -> bool:
    return context.total_name.startswith("mean ")
