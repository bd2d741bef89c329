"""How much the goal bends: proved for one weight by intervals, measured at points for many; and the step it allows.

What is guaranteed of a step is proved on all of the way that it takes: from each weight that the run met, as far as
such a step can lead. Where a bound does not hold so far, the guarantee ends with the range on which it was proved.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.ends.spectrum import curvatures
from chainrule.explain.measure.proofs import Line, Peak, peak, polished, turns, unbounded
from chainrule.explain.measure.proved_range import Found, line_of, pulls, ranged, rate_to, span
from chainrule.explain.measure.samples import evenly
from chainrule.explain.wording import count, num
from chainrule.expr.limits import most

MOST_PATTERNS = 64
"""Patterns whose curvature is looked at one by one."""

POINTS, PRODUCTS = 6, 30
"""With many weights: points of the run, and products with the Hessian at each."""

MOST_ALONE, POWERS = 400, 12
"""With many weights: patterns looked at one by one, and steps of power iteration for each."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Steps shorter than ``safe`` make the goal better; ``bound`` is the curvature behind it, ``reach`` the rate up to
    which a step stays where that bound holds."""

    bound: float
    met: float
    at: str
    guaranteed: bool
    where: str
    reach: float = math.inf
    start: str = ""  # from where steps are taken, if not from anywhere

    @property
    def safe(self) -> float:
        return min(2 / self.bound if self.bound > 0 else math.inf, self.reach)

    @property
    def cut(self) -> bool:
        """Whether the range ends the guarantee, and not the curvature."""
        return self.bound <= 0 < math.inf > self.reach or self.reach < 2 / max(self.bound, 1e-300)


def one_weight(context: Context) -> tuple[Limit | None, Limit | None, list[str], dict[str, object]]:
    """One weight: the curvature proved by intervals, over all patterns and for the worst pattern alone."""
    w = context.weight(0)
    lines: list[str] = []
    found, steps = ranged(context), span(context)
    whole = None if found is None else polished(found.line, found.peak)
    low, high = (float(end[0]) for end in context.box)
    line = found.line if found is not None else line_of(
        context, max(low, steps.least - 1), min(high, steps.most + 1), None
    )  # fmt: skip
    where = _where(w, line)
    extra: dict[str, object] = {"range": [line.low, line.high]}
    total_limit = alone_limit = None
    if whole is not None and found is not None:
        start = "" if math.isinf(found.reach) and endless(context, line) else steps.told(w)
        total_limit = Limit(
            whole.bound, whole.met, f"{w} = {num(whole.at)}", True, f"proved {where}", found.reach, start
        )
        sharp = f", met: {num(whole.met)} at {w} = {num(whole.at)}" if math.isfinite(whole.at) else ""
        lines.append(
            f"the curvature of {context.total_name} is at most {num(whole.bound)} {where}: proved by interval "
            "arithmetic on "
            f"{count(whole.pieces, 'piece')}{sharp}"
        )
    elif (break_ := unbounded(line)) is not None:
        extra["no_bound_near"] = break_
        lines.append(f"the curvature has no bound near {w} = {num(break_)}: the curve has a kink there, or no value")
    else:
        grid = np.linspace(line.low, line.high, 2001)
        values = line.bend(grid)
        known = np.isfinite(values)
        if known.any():
            best = int(np.argmax(np.where(known, values, -np.inf)))
            total_limit = Limit(
                float(values[best]), float(values[best]), f"{w} = {num(grid[best])}", False,
                f"met at {count(int(known.sum()), 'point')} {where}",
            )  # fmt: skip
            lines.append(
                f"no proof was found; the largest curvature met at {int(known.sum())} points {where} is "
                f"{num(values[best])}"
            )
    if context.patterns > 1 and total_limit is not None:
        alone_limit = _worst_pattern(context, line)
        if alone_limit is not None:
            lines.append(
                f"for one pattern alone it is at most {num(alone_limit.bound)} ({alone_limit.at})"
                + (f": 2/{num(alone_limit.bound)} = {num(2 / alone_limit.bound)}" if alone_limit.bound > 0 else "")
            )
            extra["curvature_met_one_pattern"] = alone_limit.met
        if is_mean(context) and total_limit.bound > 0:
            safe = 2 / total_limit.bound
            lines.append(
                f"2/curvature: {num(safe)} for the mean of the {context.patterns} patterns, "
                f"{num(safe / context.patterns)} for their sum"
            )
            extra["safe_step_sum"] = total_limit.safe / context.patterns
    lines += bends(context, line, extra)
    if line.spent():
        lines.append(f"not looked for: what more than {most('proofs'):,} intervals would prove (--limit proofs=N)")
    return total_limit, alone_limit, lines, extra


def endless(context: Context, line: Line) -> bool:
    """Whether the line is all that the weight can be."""
    return (line.low, line.high) == tuple(float(end[0]) for end in context.box)


def _where(w: str, line: Line) -> str:
    if math.isinf(line.low) and math.isinf(line.high):
        return f"for every {w}"
    if math.isinf(line.high):
        return f"for every {w} ≥ {num(line.low)}"
    if math.isinf(line.low):
        return f"for every {w} ≤ {num(line.high)}"
    return f"for {w} in [{num(line.low)}, {num(line.high)}]"


def _worst_pattern(context: Context, line: Line) -> Limit | None:
    """The largest curvature of a single pattern, and the rate that no pattern's step may reach; None where there are
    too many patterns or one has no bound. Of a batch it is at most as many times as large as the goal adds patterns."""
    rows, batch, w = distinct(context), len(context.rows(0)), context.weight(0)
    if len(rows) > MOST_PATTERNS:
        return None
    share = 1e-4 if len(rows) < 9 else 1e-2
    worst: tuple[Peak, int] | None = None
    left, right, reach = line.low, line.high, math.inf
    for row in rows:
        alone = line_of(context, line.low, line.high, row)
        bound = peak(alone, share)
        found = None if bound is None else Found(alone, bound, rate_to(
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
    at = f"{context.pattern(row)}; met: {num(found_peak.met)} at {w} = {num(found_peak.at)}"
    sure = batch == 1 or context.reduced is not None  # a goal of another form need not be made of those of its patterns
    cut = math.isfinite(reach) or not endless(context, line)
    return Limit(
        times * found_peak.bound, times * found_peak.met, at, sure,
        f"{'proved' if sure else 'of each pattern alone,'} {_where(w, replace(line, low=left, high=right))}",
        reach / times, span(context).told(w) if cut else "",
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
    first: dict[bytes, int] = {}
    for place, row in enumerate(np.concatenate(columns, axis=1) + 0.0):  # −0 is 0
        first.setdefault(row.tobytes(), place)
    return list(first.values())


def bends(context: Context, line: Line, extra: dict[str, object]) -> list[str]:
    """Where the curve bends upward and where downward."""
    w = context.weight(0)
    reach = 20.0
    if context.patterns > 500:
        return []
    low = min(line.low if math.isfinite(line.low) else -reach, -reach)
    high = max(line.high if math.isfinite(line.high) else reach, reach)
    found = turns(line, low, high)
    extra["bends_at"] = [at for at, _ in found]
    if not found:
        return []
    up, down = ("upward", "downward") if context.sense > 0 else ("downward", "upward")
    if len(found) == 1:
        at, after = found[0]
        return [
            f"the curve bends {up} only for {w} {'>' if after > 0 else '<'} {num(at)}, on the other side {down} (met "
            f"between {num(low)} and {num(high)})"
        ]
    return [
        f"the curve changes between bending upward and downward at "
        f"{', '.join(f'{w} = {num(at)}' for at, _ in found[:6])} (met between {num(low)} and {num(high)})"
    ]


def many_weights(context: Context, slope: Array) -> tuple[Limit | None, Limit | None, list[str], dict[str, object]]:
    """Many weights: the largest curvature met at points of the run and around it, and a proof along the first step."""
    if context.many:
        return very_many(context)
    near = 100 * (1 + np.abs(context.start).max())  # a run that flies away says nothing of the steps near its start
    finite = context.path[(np.abs(context.path) <= near).all(axis=1)]
    on = finite[evenly(len(finite), 12)]
    low, high = finite.min(axis=0), finite.max(axis=0)
    around = low + (high - low) * np.random.default_rng(0).random((12, len(context.names)))
    points = np.concatenate([on, around])
    lines: list[str] = []
    extra: dict[str, object] = {}
    with np.errstate(all="ignore"):
        found = list(context.sense * context.hessians(points))
    usable = [matrix for matrix in found if np.isfinite(matrix).all()]
    limit = None
    if usable:
        largest = [float(np.linalg.eigvalsh(matrix)[-1]) for matrix in usable]
        top = max(largest)
        limit = Limit(
            top,
            top,
            "",
            False,
            f"curvature met at {count(len(usable), 'point')}: on the way of the run and between its ends",
        )
        lines.append(
            f"the largest curvature in any direction, at {count(len(usable), 'point')} on and around the way of the "
            "run: from "
            f"{num(min(largest))} to {num(top)}" + (f"; 2/{num(top)} = {num(limit.safe)}" if top > 0 else "")
        )
        extra["points"] = len(usable)
    alone = worst_alone(context, points[:: max(1, len(points) // 8)]) if context.patterns > 1 else None
    if alone is not None:
        lines.append(
            f"for one pattern alone, at {count(len(points[:: max(1, len(points) // 8)]), 'point')}: at most "
            f"{num(alone.bound)} ({alone.at})"
            + (f"; 2/{num(alone.bound)} = {num(alone.safe)}" if alone.bound > 0 else "")
        )
    proved = proved_step(context, slope)
    extra["guaranteed_first_step"] = proved
    if proved is not None:
        lines.append(
            f"guaranteed (interval arithmetic along the way of the step): from the start, a step over all patterns "
            "makes "
            f"{context.total_name} {context.lower} for every {context.rate_name} up to {num(proved)}"
        )
    elif np.any(slope) and context.plain:
        lines.append("no step over all patterns from the start could be proved to help: the intervals stayed too wide")
    return limit, alone, lines, extra


def very_many(context: Context) -> tuple[Limit | None, Limit | None, list[str], dict[str, object]]:
    """More weights than a matrix is made for: the largest curvature that Lanczos' iteration meets at a few points."""
    near = 100 * (1 + np.abs(context.start).max())
    finite = context.path[(np.abs(context.path) <= near).all(axis=1)]
    on = finite[evenly(len(finite), POINTS)]
    found = [curvatures(context, point, PRODUCTS) for point in on]
    met = [bend.largest for bend in found if np.isfinite(bend.largest)]
    if not met:
        return None, None, ["no curvature could be computed along the run"], {}
    top = max(met)
    products = sum(bend.iterations for bend in found)
    where = f"curvature met at {count(len(met), 'point')} on the way of the run"
    how = f"Lanczos' iteration, {count(products, 'product')} with the Hessian"
    lines = [
        f"the largest curvature in any direction, at {count(len(met), 'point')} on the way of the run: from "
        f"{num(min(met))} to {num(top)} ({how})" + (f"; 2/{num(top)} = {num(2 / top)}" if top > 0 else "")
    ]
    extra: dict[str, object] = {"points": len(met), "products": products, "found": all(bend.found for bend in found)}
    alone = alone_of_many(context, on[:: max(1, (len(on) - 1) // 2)]) if context.patterns > 1 else None
    if alone is not None:
        where_alone = alone.where.removeprefix("curvature met ")
        lines.append(f"for one pattern alone, {where_alone}: {num(alone.bound)} ({alone.at})")
    return Limit(top, top, "", False, where), alone, lines, extra


def alone_of_many(context: Context, points: Array) -> Limit | None:
    """The largest curvature of a single pattern, met at some points: power iteration for many patterns at once."""
    rows = np.array(distinct(context), dtype=np.int64)
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
    looked = count(len(rows), "pattern") + ("" if len(rows) == context.patterns else f" of {context.patterns}")
    where = f"curvature met at {count(len(points), 'point')} of the run, {looked} one by one"
    return Limit(float(most[best]), float(most[best]), context.pattern(int(rows[best])), False, where)


def worst_alone(context: Context, points: Array) -> Limit | None:
    """The largest curvature of a single pattern in any direction, met at some points; None with too many patterns."""
    rows, size = distinct(context), len(context.names)
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
    return Limit(
        top,
        top,
        context.pattern(worst),
        False,
        f"curvature of each pattern met at {count(len(points), 'point')} of the way of the run",
    )


def proved_step(context: Context, slope: Array) -> float | None:
    """The longest of a few rates for which interval arithmetic proves that a first step over all patterns helps."""
    square = float(slope @ slope)
    if not context.plain or not square or not math.isfinite(square):
        return None
    best = None
    for power in range(-4, 9):
        rate = context.trial_rate * 2.0**power
        to = context.start - context.sense * rate * slope
        if np.any(context.project(to) != to):
            break  # the box turns the step off the line that is looked at
        found = peak(
            Line(context.evaluator, context.start, -context.sense * slope, 0.0, rate, None, context.sense),
            share=0.05,
            first=32,
        )
        if found is None or not rate * found.bound < 2 * square:
            break
        best = rate
    return best


def is_mean(context: Context) -> bool:
    return context.total_name.startswith("mean ")
