"""end: where does it end? The slope, the curvature and the box at the last weights, and what lies beyond."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.bounds import Bounds, just
from chainrule.explain.claim import Claim
from chainrule.explain.context import Context
from chainrule.explain.prove import Line, slope_sign
from chainrule.explain.trials import Trial, descend
from chainrule.explain.words import count, listing, num, table
from chainrule.notation.names import pretty

QUESTION = "Where does it end?"
FAR = 32.0
"""How far from 0 the slope of a network with one weight is looked at."""


@dataclass(slots=True)
class Ending:
    """What the end is, found by the first test that applies."""

    kind: str
    sentence: str
    settled: bool
    evidence: dict[str, object] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)


def claim(context: Context) -> Claim:
    """Has the run come to rest at a minimum, inside its box or on its edge?"""
    if not context.names:
        return Claim("end", QUESTION, "No weight is trained, so it ends where it began.", False)
    if context.run.departure is not None:
        found = departed(context)
    else:
        found = cycling(context) or resting(context)
    evidence = {
        "kind": found.kind,
        "weights": dict(zip(context.names, context.end.tolist(), strict=True)),
        "error": context.error(context.end),
        "steps": context.run.steps,
        **found.evidence,
    }
    lines = found.lines
    statement = found.sentence
    if context.run.departure is None and len(context.names) == 1:
        more, told = one_weight(context, found)
        statement += more
        evidence |= told
        lines = lines + edges(context)
    lines += patterns_at_end(context)
    evidence["kind"] = found.kind
    conditions = (f"after {count(context.run.steps, 'step')}, ended: {context.run.ended}; slopes and curvature {context.everything}",)
    return Claim("end", QUESTION, statement, found.settled, evidence, tuple(lines), conditions)


def departed(context: Context) -> Ending:
    """The run left the finite numbers."""
    departure = context.run.departure
    assert departure is not None
    sizes = np.abs(context.path).max(axis=1)
    recent = sizes[-6:]
    growth = float((recent[-1] / recent[0]) ** (1 / (len(recent) - 1))) if len(recent) > 1 and recent[0] > 0 else math.nan
    pattern = f", for {context.pattern(departure.pattern)}" if departure.pattern is not None else ""
    grew = f"; before that the largest weight grew about {num(growth, 3)} times at each step" if growth > 1.001 else ""
    sentence = (
        f"It left the finite numbers: in step {departure.step}, {_equation(departure.equation)} is no longer a number a computer can "
        f"hold{pattern}{grew}. The last finite weights are {context.point(context.end)}."
    )
    return Ending(
        "left the finite numbers", sentence, False,
        {"step": departure.step, "equation": departure.equation, "pattern": departure.pattern, "growth": growth},
    )  # fmt: skip


def _equation(name: str) -> str:
    if name.startswith("∂"):
        over, _, under = name[1:].partition("/∂")
        return f"∂{pretty(over)}/∂{pretty(under)}" if under else name
    return pretty(name)


def cycling(context: Context) -> Ending | None:
    """The weights at the ends of passes repeat, or they rest while the steps inside a pass go on."""
    length = context.run.recipe.order.pass_length
    if int(context.steps[-1]) != len(context.steps) - 1:
        return None  # not every step was recorded
    ends = context.path[:: length]
    if len(ends) < 12:
        return None
    ends = ends[-64:]
    scale = np.maximum(1.0, np.abs(ends[-1]))
    moves = np.abs(np.diff(ends, axis=0) / scale).max(axis=1)
    inside = context.path[-length - 1 :]
    travel = float((np.abs(np.diff(inside, axis=0)) / scale).max()) if length > 1 else 0.0
    if moves[-1] <= 1e-10:
        if travel <= 1e-7:
            return None
        spread = inside.max(axis=0) - inside.min(axis=0)
        place = int(np.argmax(spread))
        goal, slope = context.engine(context.end)
        target = newton_target(context, np.ones(len(context.names), dtype=bool))
        best = "lowest" if context.sense > 0 else "highest"
        beside = ""
        if target is not None:
            beside = f", while the {best} point nearby, {context.point(target)}, has {num(context.error(target))}"
        return Ending(
            "cycle inside a pass",
            f"It ends in a circle: after every pass of {count(length, 'step')} the weights are back, and in between {context.weight(place)} moves by "
            f"{num(spread[place])}, because the patterns pull in turn. At the end of a pass {context.total_name} = {num(goal)}{beside}.",
            False,
            {"period": length, "spread": spread.tolist(), "gradient": slope.tolist(), "target": None if target is None else target.tolist()},
        )  # fmt: skip
    for period in range(2, min(16, len(ends) // 3) + 1):
        back = np.abs(ends[-2 * period :] - ends[-3 * period : -period]) / scale
        if back.max() <= 1e-8 and moves[-period:].max() > 1e-6:
            places = ends[-period:]
            goals = context.lanes.goal(places)
            unit = "step" if length == 1 else "pass"
            shown = listing((context.point(place, 2) for place in places[:4]), 4)
            return Ending(
                "cycle",
                f"It does not settle: every {count(period, unit, unit + 's' if unit == 'step' else 'passes')} the weights repeat ({shown}), "
                f"and {context.total_name} goes round {listing((num(goal) for goal in goals[:4]), 4)}.",
                False,
                {"period": period, "unit": unit, "points": places.tolist(), "errors": goals.tolist()},
            )  # fmt: skip
    return None


def resting(context: Context) -> Ending:
    """Slope, box and curvature at the last weights decide."""
    end, sense = context.end, context.sense
    goal, slope = context.engine(end)
    slope = sense * slope  # of what is made smaller
    low, high = context.box
    at_low, at_high = (end <= low) & (slope > 0), (end >= high) & (slope < 0)
    held = at_low | at_high
    free = ~held
    with np.errstate(all="ignore"):
        matrix = sense * context.hessian(end)
    usable = bool(np.isfinite(matrix).all()) and len(end) <= 200
    inner = matrix[np.ix_(free, free)]
    values, vectors = np.linalg.eigh(inner) if usable and free.any() else (np.zeros(0), np.zeros((0, 0)))
    evidence: dict[str, object] = {
        "gradient": (sense * slope).tolist(),
        "at_bound": [context.names[place] for place in np.flatnonzero(held)],
        "multipliers": {context.names[place]: abs(float(slope[place])) for place in np.flatnonzero(held)},
        "eigenvalues": (sense * values).tolist(),
    }
    lines = []
    if len(values):
        shown = [num(sense * value) for value in values]
        shown = shown if len(shown) <= 8 else [*shown[:3], "…", *shown[-3:]]
        label = "curvature" if len(values) == 1 else "curvatures along the principal directions (eigenvalues of the Hessian)"
        lines.append(f"slope there: {num(float(np.linalg.norm(slope[free])))}; {label}: {', '.join(shown)}")
    largest = max(float(np.abs(values).max(initial=0.0)), 1e-300)
    norm = float(np.linalg.norm(slope[free])) if free.any() else 0.0
    reference = max(float(np.abs(context.lanes.gradient(context.path[:: max(1, len(context.path) // 50)])).max()), 1e-300)
    size = 1.0 + float(np.abs(end).max())
    rate = context.trial_rate
    where = context.point(end)
    total = context.total_name
    bounds = [f"{context.weight(p)} = {num(end[p])}" for p in np.flatnonzero(held)]
    edge = (
        f"on the edge of the box, {listing(bounds, 4)}: the slope {'there' if len(bounds) > 1 else num(sense * slope[held][0])} would push "
        f"{'them' if len(bounds) > 1 else 'it'} further out, the box holds {'them' if len(bounds) > 1 else 'it'}"
    ) if held.any() else ""  # fmt: skip
    if held.all():
        return Ending("bound", f"It ends {edge}. There {total} = {num(goal)}.", True, evidence, lines)
    flat = np.abs(values) <= 1e-7 * max(largest, 1e-3 * reference)
    down = (values < 0) & ~flat
    no_step = rate * norm <= 1e-9 * size
    distance = math.inf
    target = None
    if usable and not down.any() and not flat.any() and len(values):
        target = newton_target(context, free)
        if target is not None:
            distance = float(np.linalg.norm(target - end))
    if target is not None and distance <= 1e-3 * size:
        kind = "minimum" if not held.any() else "bound"
        best = "lowest" if sense > 0 else "highest"
        word = "minimum" if sense > 0 else "maximum"
        begin = f"It ends at a {word}, {where}" if not held.any() else f"It ends {edge}; the other weights are at a {word} along that edge"
        near = "" if distance <= 1e-6 * size else f" (the point itself lies {num(distance)} away: {context.point(target)})"
        tested = lowest(context, end if distance <= 1e-6 * size else target, free, vectors)
        evidence |= {"distance": distance, "neighbours_tested": tested[1], "neighbours_worse": tested[0]}
        sentence = (
            f"{begin}{near}: the slope is 0 to {num(norm, 2)}, the curve bends {'upward' if sense > 0 else 'downward'} in every direction, and "
            f"{total} = {num(goal)} was {best} there among {tested[1]} neighbours. A {word} nearby; others may exist elsewhere."
        )
        return Ending(kind, sentence, tested[0] == tested[1], evidence, lines)
    still = no_step and norm <= 1e-6 * reference or norm == 0
    if still and down.any():
        place = int(np.argmin(values))
        direction = np.zeros(len(end))
        direction[free] = vectors[:, place]
        step = 1e-3 * size
        sides = context.lanes.goal(np.array([end, end + step * direction, end - step * direction]))
        evidence["sides"] = sides.tolist()
        many = f"{int(down.sum())} of {len(values)} directions" if len(values) > 1 else "both sides"
        kind = "saddle" if (values > 0).any() and not down.all() else "maximum" if sense > 0 else "minimum"
        name = "a saddle" if kind == "saddle" else "a highest point" if sense > 0 else "a lowest point"
        return Ending(
            kind,
            f"It stands on {name}, {where}: the slope is 0, so no step moves it, but this is not where the error is least: towards {many} the "
            f"curve goes {'down' if sense > 0 else 'up'} ({total} = {num(sides[0], 8)} here, {num(sides[1], 8)} and {num(sides[2], 8)} on the two sides).",
            False, evidence, lines,
        )  # fmt: skip
    if still and flat.all():
        if norm == 0 and context.moment is None:
            return Ending(
                "asleep",
                f"It never moved from {where}: every slope is exactly 0 there, whatever {total} = {num(goal)} is elsewhere; that is no sign of a "
                f"{'minimum' if sense > 0 else 'maximum'}.",
                False, evidence, lines,
            )  # fmt: skip
        return Ending(
            "plateau",
            f"It rests on a plateau, {where}: slope and curvature are 0 there to {num(norm, 2)} and {num(largest if largest > 1e-299 else 0.0, 2)}, so nothing pulls "
            f"any weight, whatever {total} = {num(goal)} is elsewhere.",
            False, evidence, lines,
        )  # fmt: skip
    if still:
        return Ending(
            "valley",
            f"It ends in a flat valley, {where}: the slope is 0 to {num(norm, 2)}, in {int(flat.sum())} of {len(values)} directions {total} = {num(goal)} does not "
            f"change to second order, in the others the curve bends {'upward' if sense > 0 else 'downward'}.",
            True, evidence, lines,
        )  # fmt: skip
    return unsettled(context, goal, norm, target, distance, edge, evidence, lines)


def newton_target(context: Context, free: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Array | None:
    """The minimum to which Newton's method leads from the end, if it leads to one."""
    point, sense = context.end.copy(), context.sense
    first = None
    for _ in range(40):
        with np.errstate(all="ignore"):
            slope = sense * context.lanes.gradient(point[None, :])[0][free]
            matrix = (sense * context.hessian(point))[np.ix_(free, free)]
        if not (np.isfinite(slope).all() and np.isfinite(matrix).all()):
            return None
        values = np.linalg.eigvalsh(matrix)
        if values[0] <= 1e-12 * max(abs(values[-1]), 1e-300):
            return None
        first = np.linalg.norm(slope) if first is None else first
        move = np.linalg.solve(matrix, slope)
        new = context.project(np.where(free, point - _spread(move, free), point))
        if np.linalg.norm(new - point) <= 1e-10 * (1 + np.abs(point).max()):
            return new if np.linalg.norm(slope) <= 1e-6 * max(float(first), 1e-8) or first < 1e-8 else None
        point = new
    return None


def _spread(move: Array, free: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Array:
    found = np.zeros(len(free))
    found[free] = move
    return found


def lowest(context: Context, at: Array, free: np.ndarray[tuple[int], np.dtype[np.bool_]], vectors: Array) -> tuple[int, int]:
    """At how many of some neighbours the goal is not better: along each principal direction, both ways."""
    step = 1e-3 * (1 + float(np.abs(at).max()))
    moves = [sign * step * _spread(vectors[:, place], free) for place in range(vectors.shape[1]) for sign in (1, -1)]
    if not moves:
        return 0, 0
    goals = context.sense * context.lanes.goal(context.project(at + np.array(moves)))
    here = context.sense * context.error(at)
    return int(np.sum(goals >= here - 1e-12 * abs(here))), len(moves)


def unsettled(
    context: Context, goal: float, norm: float, target: Array | None, distance: float, edge: str,
    evidence: dict[str, object], lines: list[str],
) -> Ending:  # fmt: skip
    """The weights still move: towards what?"""
    total, sense = context.total_name, context.sense
    where = context.point(context.end)
    evidence["gradient_norm"] = norm
    begin = f"It has not settled after {count(context.run.steps, 'step')}: at {where} the slope {context.everything} is still {num(norm)}"
    growing = growth(context)
    if growing is not None:
        evidence["growth"] = growing
        return Ending(
            "growing",
            f"It moves away: at each of the last passes {total} got worse and the weights moved {num(growing, 3)} times as far as in the one before; "
            f"if that goes on, it looks so, the numbers will overflow. {total} is now {num(goal)} at {where}.",
            False, evidence, lines,
        )  # fmt: skip
    if target is not None and not edge:
        reached = context.error(target)
        evidence |= {"target": target.tolist(), "distance": distance, "target_error": reached}
        return Ending(
            "on the way to a minimum",
            f"{begin}, and {total} = {num(goal)}. It looks so that it goes to {context.point(target)}, {num(distance)} away: there the slope is 0, the curve "
            f"bends {'upward' if sense > 0 else 'downward'}, and {total} = {num(reached)} (found by Newton's method from the end of the run).",
            False, evidence, lines,
        )  # fmt: skip
    proved = len(context.names) == 1 and every_sign(context) != 0
    tried = None if proved or edge else continued(context)
    if tried is not None:
        evidence["continued"] = {"rate": tried.rate, "steps": tried.steps, "error": tried.last, "weights": tried.point.tolist()}
        return Ending(
            "falling without bound (looks so)",
            f"{begin}. Continued with {tried.steps} longer steps ({context.rate_name} = {num(tried.rate)}, all patterns), {total} goes on from {num(goal)} to "
            f"{num(tried.last)} while the weights grow from {num(float(np.abs(context.end).max()))} to {num(float(np.abs(tried.point).max()))}: it looks so that "
            f"there is no {'minimum' if sense > 0 else 'maximum'} at finite weights.",
            False, evidence, lines,
        )  # fmt: skip
    part = context.path[-max(2, len(context.path) // 10) :]
    goals = sense * context.lanes.goal(np.array([part[0], part[-1]]))
    trend = (
        f"over the last tenth of the run {total} still went from {num(sense * goals[0])} to {num(sense * goals[1])}"
        if goals[0] != goals[1]
        else f"{total} did not change over the last tenth of the run"
    )
    extra = f"; part of it rests {edge}" if edge else ""
    evidence["trend"] = [float(sense * goals[0]), float(sense * goals[1])]
    return Ending("not settled", f"{begin}; {trend}{extra}.", False, evidence, lines)


def continued(context: Context) -> Trial | None:
    """A continuation with longer steps that goes on getting better while the weights grow and the slopes shrink."""
    if context.patterns * len(context.names) > 20_000:
        return None
    first, size = context.error(context.end), float(np.abs(context.end).max())
    slope = np.linalg.norm(context.lanes.gradient(context.end[None, :]))
    found = None
    for trial in descend(context, context.end, context.trial_rate * np.array([1.0, 8.0, 64.0, 512.0])):
        after = np.linalg.norm(context.lanes.gradient(trial.point[None, :]))
        far = context.sense * (trial.last - first) < -0.5 * abs(first) and float(np.abs(trial.point).max()) > 1.1 * size
        if trial.good and not trial.still and far and after < 0.5 * slope:
            found = trial
    return found


def growth(context: Context) -> float | None:
    """By how much each pass moved the weights further than the one before, if all of the last ten did and cost."""
    length = context.run.recipe.order.pass_length
    if int(context.steps[-1]) != len(context.steps) - 1:
        return None
    ends = context.path[::length][-12:]
    if len(ends) < 12:
        return None
    moves = np.linalg.norm(np.diff(ends, axis=0), axis=1)
    goals = context.sense * context.lanes.goal(ends)
    if np.all(np.diff(goals) > 0) and np.all(moves[1:] > moves[:-1] * (1 + 1e-9)):
        return float((moves[-1] / moves[0]) ** (1 / (len(moves) - 1)))
    return None


# ---- one weight: what can be proved on a whole range ---------------------------------------------------------------


def one_weight(context: Context, found: Ending) -> tuple[str, dict[str, object]]:
    """Whether the slope keeps its sign for every weight, on the box and without it."""
    w, total = context.weight(0), context.total_name
    low, high = (float(end[0]) for end in context.box)
    told: dict[str, object] = {}
    said = ""
    sign = every_sign(context)
    told["slope_sign_for_every_weight"] = sign
    if sign:
        name, side = ("negative", "right") if sign < 0 else ("positive", "left")
        less = (sign < 0) == (context.sense > 0)
        extreme = "minimum" if context.sense > 0 else "maximum"
        towards = "grows" if less else "falls"
        dead = [row for row in range(min(context.patterns, 200)) if pattern_sign(context, row) == 0] if context.patterns > 1 else []
        but = f" (pattern {listing(str(row + 1) for row in dead)} adds exactly 0)" if dead else ""
        said += (
            f" Proved: the slope of {total} by {w} is {name} for every finite {w}{but}, so {total} has no {extreme} at a finite {w}: it "
            f"{context.falls} as long as {w} {towards}"
        )
        said += (
            f", and on the box [{num(low)}, {num(high)}] the {extreme} is the edge {w} = {num(high if less else low)}."
            if math.isfinite(high if less else low)
            else ", and nothing stops it."
        )
        if not (math.isfinite(high) or math.isfinite(low)) and found.kind in ("not settled", "plateau"):
            found.kind = "falling without bound"
        return said, told
    box_low, box_high = max(low, -FAR), min(high, FAR)
    if math.isfinite(box_low) and box_high > box_low:
        proved = slope_sign(Line(context.lanes, np.zeros(1), np.ones(1), box_low, box_high, None, 1))
        told["slope_sign_on_range"] = {"low": box_low, "high": box_high, "sign": proved}
        if proved:
            name = "negative" if proved < 0 else "positive"
            said += f" Proved: the slope of {total} by {w} is {name} for every {w} in [{num(box_low)}, {num(box_high)}]"
            best = box_high if (proved < 0) == (context.sense > 0) else box_low
            said += f", so on this range the {'lowest' if context.sense > 0 else 'highest'} point is the edge {w} = {num(best)}."
            if not math.isfinite(high if best == box_high else low) and found.kind in ("not settled", "plateau"):
                found.kind = "falling without bound (looks so)"
                said += " It looks so that it goes on beyond."
    return said, told


def edges(context: Context) -> list[str]:
    """The slope of each pattern at both ends of the box, and its sign in between and beyond, where it is proved."""
    low, high = (float(end[0]) for end in context.box)
    if not (math.isfinite(low) and math.isfinite(high)) or context.patterns > 8:
        return []
    w, lines = context.weight(0), []
    rows = np.repeat(np.arange(context.patterns), 2)[:, None]
    slopes = context.lanes.gradient(np.tile([[low], [high]], (context.patterns, 1)), rows)[:, 0].reshape(-1, 2)
    for row, (first, last) in enumerate(slopes):
        sign = pattern_sign(context, row)
        proved = "" if sign is None else f": {'exactly 0' if sign == 0 else 'negative' if sign < 0 else 'positive'} for every finite {w} (proved)"
        lines.append(f"{context.slope_names[0]} of {context.pattern(row)} is {num(first)} at {w} = {num(low)} and {num(last)} at {w} = {num(high)}{proved}")
    return lines


def every_sign(context: Context) -> int:
    """The sign of the slope over all patterns for every finite weight, proved from exact bounds; 0 where not."""
    if context.patterns > 200:
        return 0
    key = context.program.gradient(context.names[0])
    found = context.lanes.everywhere().get(key)
    if found is None:
        return 0
    return -1 if found.negative else 1 if found.positive else 0


def pattern_sign(context: Context, row: int) -> int | None:
    """The same for one pattern: −1, 1, 0 if it is exactly 0, None if nothing was proved."""
    found = context.lanes.everywhere(row).get(context.program.gradient(context.names[0]))
    if found is None:
        return None
    return 0 if found.constant == 0 else -1 if found.negative else 1 if found.positive else None


def box_of(context: Context) -> dict[str, Bounds]:
    """The boxes of the weights as exact bounds."""
    found = {}
    for place, name in enumerate(context.names):
        low, high = (float(end[place]) for end in context.box)
        if math.isfinite(low) and math.isfinite(high):
            found[name] = Bounds(just(low).low, just(high).high)
    return found


def patterns_at_end(context: Context) -> list[str]:
    """The patterns at the last weights: the first few, or the worst."""
    each = context.model.goal.each
    if each is None or context.patterns == 1:
        return []
    values = context.lanes.values(context.end[None, :])
    errors = np.broadcast_to(values[each], (1, context.patterns))[0]
    names = [
        equation.target.name
        for equation in context.lanes.forward
        if not hasattr(equation.target, "wrt") and equation.letters and equation.target.name != each  # type: ignore[union-attr]
    ][-2:]
    order = np.arange(context.patterns) if context.patterns <= 8 else np.argsort(-context.sense * errors, kind="stable")[:5]
    head = ("pattern", *(pretty(name) for name in names), pretty(each))
    rows = [
        (context.pattern(int(row)), *(num(np.broadcast_to(values[name], (1, context.patterns))[0, row]) for name in names), num(errors[row]))
        for row in order
    ]
    lines = [f"at the end, {'pattern by pattern' if context.patterns <= 8 else 'the five worst patterns'}:"]
    lines += [f"  {line}" for line in table([head, *rows])]
    if context.patterns > 8:
        lines.append(f"  median {pretty(each)} over all {context.patterns} patterns: {num(float(np.median(errors)))}")
    return lines
