"""step: how far may I go? Curvature proved or measured, the longest step that still helps, Newton's step, and what
really happens beyond."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.claim import Claim
from chainrule.explain.context import Context
from chainrule.explain.prove import Line, Peak, peak, polished, turns, unbounded
from chainrule.explain.trials import Trial, descend, longest
from chainrule.explain.words import count, num, table

QUESTION = "How far may a step go?"
MOST_PATTERNS = 64


@dataclass(frozen=True, slots=True)
class Limit:
    """Steps shorter than ``safe`` make the goal better; ``bound`` is the curvature behind it."""

    bound: float
    met: float
    at: str
    guaranteed: bool
    where: str
    work: str

    @property
    def safe(self) -> float:
        return 2 / self.bound if self.bound > 0 else math.inf


def claim(context: Context) -> Claim:
    """Is the rate of the run below the step that curvature allows?"""
    if not context.names:
        return Claim("step", QUESTION, "No weight is trained, so there is no step.", False)
    start = context.start
    goal, slope = context.engine(start)
    whole, alone, lines, extra = one(context) if len(context.names) == 1 else many(context, slope)
    seen = alone if alone is not None and _some(context) else whole
    rate = context.rate
    below = rate is not None and seen is not None and rate < seen.safe
    reach, looked = longest(context, start, slope) if np.any(slope) else (0.0, 0.0)
    newton = newtons(context, start, slope)
    tried = beyond(context, whole, reach)
    total = context.total_name
    alpha = context.rate_name
    evidence = {
        "rate": rate,
        "guaranteed": bool(seen and seen.guaranteed),
        "safe_step": seen.safe if seen else None,
        "curvature_bound": seen.bound if seen else None,
        "curvature_met": seen.met if seen else None,
        "safe_step_total": whole.safe if whole else None,
        "safe_step_one_pattern": alone.safe if alone else None,
        "longest_better_step": reach,
        "searched_up_to": looked,
        "newton_step": newton[0],
        "trials": [
            {"rate": t.rate, "steps": t.steps, "last": t.last, "rose": t.rose, "left": t.left, "period": t.period, "growth": t.growth}
            for t in tried
        ],
        **extra,
    }
    lines += searched(context, goal, slope, reach, looked)
    lines += newton[1]
    if tried and np.any(slope):
        lines.append(f"tried, all patterns in every step, from {context.point(start)} where {total} = {num(goal)}:")
        lines += [
            f"  {line}"
            for line in table([(alpha, f"last {total}", "")] + [(num(t.rate), num(t.last), t.words) for t in tried], left=(0, 2))
        ]
    near = extra.get("no_bound_near")
    kink = f" (near {context.weight(0)} = {num(near)} there is a kink, or no value)" if near is not None else ""
    statement = said(context, seen, whole, alone, below, tried, kink)
    conditions = [f"plain steps, w {'−' if context.sense > 0 else '+'} {alpha}·gradient; {seen.where if seen else 'no bound found'}"]
    if rate is None:
        conditions.append("the run itself used another learning rule or a rate of its own")
    moving = context.moment is not None
    return Claim("step", QUESTION, statement, below and moving, evidence, tuple(lines), tuple(conditions))


def _some(context: Context) -> bool:
    """Whether a step sees some of the patterns; its curvature is then at most the largest of a single one."""
    return context.patterns > len(context.rows(0))


def said(
    context: Context, seen: Limit | None, whole: Limit | None, alone: Limit | None, below: bool, tried: list[Trial], kink: str
) -> str:
    """The sentence."""
    alpha, rate = context.rate_name, context.rate
    if not np.any(context.gradient(context.start)) and context.moment is None:
        return f"No step of any length moves anything from the start: the slope is 0, and {alpha}·0 is 0."
    if seen is None:
        first = f"The curvature has no bound that could be found{kink}, so no length of step is sure to make {context.total_name} {context.lower}."
    else:
        word = "Guaranteed" if seen.guaranteed else "Measured, not proved"
        what = (
            context.total_name if seen is not alone
            else f"{context.goal_name} of its pattern" if len(context.rows(0)) == 1
            else f"{context.goal_name} of its patterns"
        )
        curvature = "curvature" if context.sense > 0 else "downward curvature"
        there = "" if seen.where == f"proved for every {context.weight(0)}" else f" {seen.where.removeprefix('proved ')}"
        bend = f"its {curvature} is nowhere above {num(seen.bound)}{there}" if seen.guaranteed else f"the largest {curvature} met is {num(seen.bound)}"
        if math.isinf(seen.safe):
            upward = "upward" if context.sense > 0 else "downward"
            first = (
                f"Guaranteed: no step is too long, because {what} nowhere bends {upward}{there}."
                if seen.guaranteed
                else f"No point was met at which {what} bends {upward}, so nothing speaks against a long step; that is measured, not proved."
            )
        elif rate is None:
            first = f"{word}: a plain step with {alpha} below {num(seen.safe)} = 2/{num(seen.bound)} makes {what} {context.lower}; {bend}."
        elif below and seen.guaranteed:
            first = (
                f"{word}: every step with {alpha} below {num(seen.safe)} = 2/{num(seen.bound)} that moves a weight makes {what} {context.lower}, "
                f"because {bend}; {alpha} = {num(rate)} is {num(seen.safe / rate, 3)} times smaller."
            )
        elif below:
            first = (
                f"{word}: {bend}, which speaks for {alpha} below {num(seen.safe)} = 2/{num(seen.bound)}; {alpha} = {num(rate)} is "
                f"{num(seen.safe / rate, 3)} times smaller."
            )
        else:
            first = (
                f"{alpha} = {num(rate)} is not below {num(seen.safe)} = 2/{num(seen.bound)}, "
                + (f"up to which a step is guaranteed to make {what} {context.lower}." if seen.guaranteed else
                   f"up to which the largest curvature met lets one expect that a step makes {what} {context.lower} (measured, not proved).")
            )
        if seen is alone and whole is not None and math.isfinite(whole.safe):
            first += f" For a step over all patterns: {num(whole.safe)} for their mean, {num(whole.safe / context.patterns)} for their sum." if _mean(context) else (
                f" For a step over all patterns: {num(whole.safe)}."
            )
    over = [trial for trial in tried if trial.rate > (whole.safe if whole is not None else 0.0)]
    bad = [trial for trial in over if not trial.good]
    good = [trial for trial in over if trial.good and (not bad or trial.rate < bad[0].rate)]
    rest = ""
    if over and not bad and whole is not None:
        box = " (its box stops it)" if context.boxed else ""
        rest = (
            f" The bound is sufficient, not necessary: with {alpha} up to {num(over[-1].rate)}, tried from the same start over all "
            f"patterns, {context.total_name} got {context.lower} at every step that moved a weight{box}."
        )
    elif bad:
        rest = f" What happens{' beyond' if whole is not None else ''}, tried over all patterns: with {alpha} = {num(bad[0].rate)} the training {bad[0].words}"
        rest += f", but with {alpha} = {num(good[-1].rate)} it {good[-1].words}: the bound is sufficient, not necessary." if good else "."
    return first + rest


def _mean(context: Context) -> bool:
    return context.total_name.startswith("mean ")


def one(context: Context) -> tuple[Limit | None, Limit | None, list[str], dict[str, object]]:
    """One weight: the curvature proved by intervals, over all patterns and for the worst pattern alone."""
    low, high = (float(end[0]) for end in context.box)
    w = context.weight(0)
    lines: list[str] = []
    ranges = [(low, high)]
    if not (math.isfinite(low) and math.isfinite(high)):
        path = context.path[np.isfinite(context.path).all(axis=1), 0]
        least, most = float(path.min()), float(path.max())
        if least == most:
            least, most = least - 1, most + 1
        ranges += [(max(low, least), high), (low, min(high, most)), (max(low, least), min(high, most))]
    whole: Peak | None = None
    line = _line(context, *ranges[0], None)
    for ends in ranges:
        line = _line(context, *ends, None)
        whole = peak(line)
        if whole is not None:
            break
    where = _where(w, line)
    symbol = f"{context.total_name}″"
    extra: dict[str, object] = {"range": [line.low, line.high]}
    total_limit = alone_limit = None
    if whole is not None:
        whole = polished(line, whole)
        total_limit = Limit(whole.bound, whole.met, f"{w} = {num(whole.at)}", True, f"proved {where}", count(whole.pieces, "piece"))
        sharp = f", met: {num(whole.met)} at {w} = {num(whole.at)}" if math.isfinite(whole.at) else ""
        lines.append(
            f"the curvature of {context.total_name} is at most {num(whole.bound)} {where}: proved by interval arithmetic on "
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
                f"met at {count(int(known.sum()), 'point')} {where}", "",
            )  # fmt: skip
            lines.append(f"no proof was found; the largest curvature met at {int(known.sum())} points {where} is {num(values[best])}")
    if context.patterns > 1 and total_limit is not None:
        alone_limit = _worst_pattern(context, line, where)
        if alone_limit is not None:
            lines.append(
                f"for one pattern alone it is at most {num(alone_limit.bound)} ({alone_limit.at}): 2/{num(alone_limit.bound)} = {num(alone_limit.safe)}"
            )
            extra["curvature_met_one_pattern"] = alone_limit.met
        if _mean(context):
            lines.append(
                f"2/curvature: {num(total_limit.safe)} for the mean of the {context.patterns} patterns, "
                f"{num(total_limit.safe / context.patterns)} for their sum"
            )
            extra["safe_step_sum"] = total_limit.safe / context.patterns
    lines += bends(context, line, extra)
    return total_limit, alone_limit, lines, extra


def _line(context: Context, low: float, high: float, row: int | None) -> Line:
    return Line(context.lanes, np.zeros(1), np.ones(1), low, high, row, context.sense)


def _where(w: str, line: Line) -> str:
    if math.isinf(line.low) and math.isinf(line.high):
        return f"for every {w}"
    if math.isinf(line.high):
        return f"for every {w} ≥ {num(line.low)}"
    if math.isinf(line.low):
        return f"for every {w} ≤ {num(line.high)}"
    return f"for {w} in [{num(line.low)}, {num(line.high)}]"


def _worst_pattern(context: Context, line: Line, where: str) -> Limit | None:
    """The largest curvature of a single pattern; None where there are too many patterns or one has no bound."""
    rows = distinct(context)
    if len(rows) > MOST_PATTERNS:
        return None
    worst: tuple[Peak, int] | None = None
    for row in rows:
        alone = _line(context, line.low, line.high, row)
        found = peak(alone, share=1e-4 if len(rows) < 9 else 1e-2)
        if found is None:
            return None
        if worst is None or found.bound > worst[0].bound:
            worst = polished(alone, found), row
    assert worst is not None
    found, row = worst
    return Limit(found.bound, found.met, context.pattern(row), True, f"proved {where}", count(found.pieces, "piece"))


def distinct(context: Context) -> list[int]:
    """The first row of each different pattern."""
    columns = [np.asarray(context.bound.values[name], dtype=np.float64) for name in sorted(context.lanes.varying)]
    if not columns:
        return [0]
    _, first = np.unique(np.stack(columns, axis=1), axis=0, return_index=True)
    return sorted(int(row) for row in first)


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
        return [f"the curve bends {up} only for {w} {'>' if after > 0 else '<'} {num(at)}, on the other side {down} (met between {num(low)} and {num(high)})"]
    return [f"the curve changes between bending upward and downward at {', '.join(f'{w} = {num(at)}' for at, _ in found[:6])} (met between {num(low)} and {num(high)})"]


def many(context: Context, slope: Array) -> tuple[Limit | None, Limit | None, list[str], dict[str, object]]:
    """Many weights: the largest curvature met at points of the run and around it, and a proof along the first step."""
    finite = context.path[np.isfinite(context.path).all(axis=1)]
    on = finite[np.unique(np.linspace(0, len(finite) - 1, 12).astype(np.int64))]
    low, high = finite.min(axis=0), finite.max(axis=0)
    around = low + (high - low) * np.random.default_rng(0).random((12, len(context.names)))
    points = np.concatenate([on, around])
    lines: list[str] = []
    extra: dict[str, object] = {}
    with np.errstate(all="ignore"):
        found = [context.sense * context.hessian(point) for point in points]
    usable = [matrix for matrix in found if np.isfinite(matrix).all()]
    limit = None
    if usable:
        largest = [float(np.linalg.eigvalsh(matrix)[-1]) for matrix in usable]
        top = max(largest)
        limit = Limit(top, top, "", False, f"curvature met at {count(len(usable), 'point')}: on the way of the run and between its ends", "")
        lines.append(
            f"the largest curvature in any direction, at {count(len(usable), 'point')} on and around the way of the run: from "
            f"{num(min(largest))} to {num(top)}" + (f"; 2/{num(top)} = {num(limit.safe)}" if top > 0 else "")
        )
        extra["points"] = len(usable)
    alone = worst_alone(context, points[:: max(1, len(points) // 8)]) if context.patterns > 1 else None
    if alone is not None:
        lines.append(
            f"for one pattern alone, at {count(len(points[:: max(1, len(points) // 8)]), 'point')}: at most {num(alone.bound)} ({alone.at})"
            + (f"; 2/{num(alone.bound)} = {num(alone.safe)}" if alone.bound > 0 else "")
        )
    proved = proved_step(context, slope)
    extra["guaranteed_first_step"] = proved
    if proved is not None:
        lines.append(
            f"guaranteed (interval arithmetic along the way of the step): from the start, a step over all patterns makes "
            f"{context.total_name} {context.lower} for every {context.rate_name} up to {num(proved)}"
        )
    elif np.any(slope):
        lines.append("no step over all patterns from the start could be proved to help: the intervals stayed too wide")
    return limit, alone, lines, extra


def worst_alone(context: Context, points: Array) -> Limit | None:
    """The largest curvature of a single pattern in any direction, met at some points; None with too many patterns."""
    rows, size = distinct(context), len(context.names)
    if len(rows) * len(points) * size > 50_000 or size > 64:
        return None
    top, worst = -math.inf, rows[0]
    for row in rows:
        for matrix in context.hessians(points, np.array([row], dtype=np.int64)):
            if np.isfinite(matrix).all():
                found = float(np.linalg.eigvalsh(context.sense * matrix)[-1])
                top, worst = (found, row) if found > top else (top, worst)
    if not math.isfinite(top):
        return None
    return Limit(top, top, context.pattern(worst), False, f"curvature of each pattern met at {count(len(points), 'point')} of the way of the run", "")


def proved_step(context: Context, slope: Array) -> float | None:
    """The longest of a few rates for which interval arithmetic proves that a first step over all patterns helps."""
    square = float(slope @ slope)
    if not square or not math.isfinite(square):
        return None
    best = None
    for power in range(-4, 9):
        rate = context.trial_rate * 2.0**power
        found = peak(Line(context.lanes, context.start, -context.sense * slope, 0.0, rate, None, context.sense), share=0.05)
        if found is None or not rate * found.bound < 2 * square:
            break
        best = rate
    return best


def searched(context: Context, goal: float, slope: Array, reach: float | None, looked: float) -> list[str]:
    """The longest step that still helps."""
    if not np.any(slope):
        return [f"at the start the slope over all patterns is 0: no step moves"]
    way = f"from {context.point(context.start, 3)}, one step over all patterns"
    if reach is None:
        box = ", because the box stops it" if context.boxed else ""
        return [f"{way}: every {context.rate_name} tried up to {num(looked)} makes {context.total_name} {context.lower}{box}"]
    if reach == 0:
        return [f"{way}: no {context.rate_name} that was tried makes {context.total_name} {context.lower}"]
    return [f"{way}: the longest that still makes {context.total_name} {context.lower} has {context.rate_name} = {num(reach)} (found by search)"]


def newtons(context: Context, start: Array, slope: Array) -> tuple[object, list[str]]:
    """Newton's step: where a parabola through the start, with its slope and curvature, has its lowest point."""
    with np.errstate(all="ignore"):
        matrix = context.sense * context.hessian(start)
    if len(start) == 1:  # exact, from the interval jets at one point
        matrix = _line(context, -math.inf, math.inf, None).bend(start)[:, None]
    if not np.any(slope) or not np.isfinite(matrix).all() or len(start) > 64:
        return None, []
    values = np.linalg.eigvalsh(matrix)
    extreme = "lowest" if context.sense > 0 else "highest"
    if values[0] <= 1e-9 * max(abs(values[-1]), 1e-300):
        many = " in some direction" if len(start) > 1 else ""
        return None, [f"Newton's step does not exist at the start: the curve does not bend {'upward' if context.sense > 0 else 'downward'} there{many}"]
    target = start - np.linalg.solve(matrix, context.sense * slope)
    target = np.where(np.abs(target) < 1e-9 * (1 + np.abs(start)), 0.0, target)
    reached = context.error(target)
    if len(start) == 1:
        step = float(1 / matrix[0, 0])
        return step, [
            f"Newton's step, 1/curvature at the start: {context.rate_name} = {num(step)}, to {context.point(target)}"
            f"{' (outside its box)' if bool((context.project(target) != target).any()) else ''}, where {context.total_name} = {num(reached)}"
        ]
    return target.tolist(), [
        f"Newton's step, to the {extreme} point of the parabola that fits the start: {context.point(target, 3)}, where {context.total_name} = {num(reached)}"
    ]


def beyond(context: Context, whole: Limit | None, reach: float | None) -> list[Trial]:
    """What plain steps over all patterns do at, below and far beyond the bound."""
    base = whole.safe if whole is not None and math.isfinite(whole.safe) else None
    rates = {context.trial_rate}
    if base is not None:
        rates |= {0.9 * base, 1.1 * base, 3 * base, 30 * base}
    elif reach:
        rates |= {0.5 * reach, 2 * reach}
    else:
        rates |= {10 * context.trial_rate, 1000 * context.trial_rate}
    tried = np.array(sorted(rate for rate in rates if 0 < rate < 1e15))
    cost = context.patterns * len(tried)
    return descend(context, context.start, tried, steps=200 if cost < 20_000 else 30)
