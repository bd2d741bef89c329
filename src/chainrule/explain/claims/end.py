"""end: where does it end? The slope, the curvature and the box at the last weights, and what lies beyond."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array
from chainrule.explain.among import FEWEST, among
from chainrule.explain.claim import Claim
from chainrule.explain.context import Context
from chainrule.explain.edge import hovering
from chainrule.explain.landing import Ending, lowest, newton_target
from chainrule.explain.restless import cycling, departed, unsettled
from chainrule.explain.retrace import looked_at, retrace, strayed
from chainrule.explain.spectrum import curved, standing
from chainrule.explain.thin import median
from chainrule.explain.whole import edges, slope_sign_told
from chainrule.explain.words import count, listing, num, table
from chainrule.notation.names import pretty
from chainrule.numbers.random import normal

QUESTION = "Where does it end?"


def claim(context: Context) -> Claim:
    """Has the run come to rest at a minimum, inside its box or on its edge?"""
    if not context.names:
        return Claim("end", QUESTION, "No weight is trained, so it ends where it began.", False)
    departure, seen = context.run.departure, retrace(context)
    if departure is not None:
        found = strayed(seen) or departed(context, departure)
    else:
        found = misled(context) or strayed(seen) or cycling(context) or resting(context)
    evidence = {
        "kind": found.kind,
        "weights": dict(zip(context.names, context.end.tolist(), strict=True)),
        "error": context.error(context.end),
        "steps": context.run.steps,
        "steps_computed_again": seen.looked,
        **found.evidence,
    }
    lines, statement = found.lines, found.sentence
    if departure is None and len(context.names) == 1 and context.plain:
        more, told, found.kind = slope_sign_told(context, found.kind)
        statement += more
        evidence |= told
        lines = lines + edges(context)
    if departure is None and len(context.names) >= FEWEST:
        shown, known = steepest_weight(context)
        lines, evidence = [*lines, *shown], evidence | known
    said, numbers = hovering(context, found.kind)
    statement += said
    evidence |= numbers
    lines += patterns_at_end(context)
    evidence["kind"] = found.kind
    conditions = (
        f"after {count(context.run.steps, 'step')}, ended: {context.run.ended}; slopes and curvature "
        f"{context.everything}",
        *([looked_at(seen)] if seen.of else []),
    )
    return Claim("end", QUESTION, statement, found.settled, evidence, tuple(lines), conditions)


def steepest_weight(context: Context) -> tuple[list[str], dict[str, object]]:
    """The weight with the largest slope at the end, the median, and for how many it is under a hundredth of that."""
    sizes = np.abs(context.gradient(context.end))
    if not np.isfinite(sizes).all() or not sizes.any():
        return [], {}
    found, small = among(sizes), int(np.sum(sizes < 0.01 * sizes.max()))
    name = context.slope_names.__getitem__
    told = f"sizes of the slopes there: {found.told(name, 'largest')}; {small} below a hundredth of the largest"
    return [told], {"slopes_at_end": {**found.json(name), "below_a_hundredth": small}}


CLOSE = 1e-8
BESIDE = 1e-3
"""How far beside the end the slope is looked at too, of the size of the weights: at a kink it may be any of two."""


def misled(context: Context) -> Ending | None:
    """The slope at the end is not that of the equations, so the run was led elsewhere."""
    end = context.end
    size = 1.0 + float(np.abs(end).max())
    drawn = np.array([normal(0, "led", place) for place in range(len(end))])
    unit = (drawn / np.linalg.norm(drawn))[None, :]
    for theta in (end, context.start, end + BESIDE * size * unit[0]):
        slope = context.gradient(theta)
        along, true = float(unit[0] @ slope), float(context.lanes.complex_step(theta, None, unit)[0])
        scale = max(float(np.linalg.norm(slope)), float(np.linalg.norm(context.lanes.gradient(theta[None, :]))))
        if not (np.isfinite(scale) and math.isfinite(true)) or abs(along - true) <= CLOSE * scale + 1e-14 * abs(
            context.error(theta) / size
        ):
            return None
    return Ending(
        "misled",
        f"It cannot be said where it ends: at {context.point(end)} the slope along a direction at random is given as "
        f"{num(unit[0] @ context.gradient(end))}, but by the equations it is "
        f"{num(context.lanes.complex_step(end, None, unit)[0])}, so the steps were wrong.",
        False,
    )


def resting(context: Context) -> Ending:
    """Slope, box and curvature at the last weights decide."""
    end, sense = context.end, context.sense
    goal, slope = context.engine(end)
    slope = sense * slope  # of what is made smaller
    low, high = context.box
    at_low, at_high = (end <= low) & (slope > 0), (end >= high) & (slope < 0)
    held = at_low | at_high
    free = ~held
    bounds = [f"{context.weight(int(p))} = {num(end[p])}" for p in np.flatnonzero(held)]
    edge = (
        f"on the edge of the box, {listing(bounds, 4)}: the slope "
        f"{'there' if len(bounds) > 1 else num(sense * slope[held][0])} would push "
        f"{'them' if len(bounds) > 1 else 'it'} further out, the box holds {'them' if len(bounds) > 1 else 'it'}"
    ) if held.any() else ""  # fmt: skip
    if context.many and free.any():
        bend, known, told = curved(context, slope, free)
        known["at_bound"] = [context.names[place] for place in np.flatnonzero(held)]
        found = standing(context, goal, slope, free, edge, bend, known, told)
        norm = float(np.linalg.norm(slope[free]))
        return found or unsettled(context, goal, norm, None, math.inf, edge, known, told, free)
    with np.errstate(all="ignore"):
        matrix = sense * context.hessian(end)
    usable = bool(np.isfinite(matrix).all())
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
        label = (
            "curvature"
            if len(values) == 1
            else "curvatures along the principal directions (eigenvalues of the Hessian)"
        )
        lines.append(f"slope there: {num(float(np.linalg.norm(slope[free])))}; {label}: {', '.join(shown)}")
    for left, right in bent(context, end, free):
        if sense * left < 0 < sense * right:
            beside = np.array([end - 1e-6, end + 1e-6])
            worse = int(np.sum(sense * context.lanes.goal(beside) > sense * goal))
            lowest_word = "lowest" if sense > 0 else "highest"
            return Ending(
                "kink",
                f"It ends at a {lowest_word} point that is a kink, {context.point(end)}: the slope jumps there from "
                f"{num(left)} to {num(right)}, so there is no curvature, and {context.total_name} = {num(goal)} was "
                f"{lowest_word} there among 2 neighbours.",
                worse == 2,
                {**evidence, "eigenvalues": [], "slopes_beside": [left, right]},
                [f"slope on the one side {num(left)}, on the other {num(right)}"],
            )
    largest = max(float(np.abs(values).max(initial=0.0)), 1e-300)
    norm = float(np.linalg.norm(slope[free])) if free.any() else 0.0
    reference = max(
        float(np.abs(context.lanes.gradient(context.path[:: max(1, len(context.path) // 50)])).max()), 1e-300
    )
    size = 1.0 + float(np.abs(end).max())
    rate = context.trial_rate
    where = context.point(end)
    total = context.total_name
    if held.all():
        return Ending("bound", f"It ends {edge}. There {total} = {num(goal)}.", True, evidence, lines)
    flat = np.abs(values) <= max(1e-7 * max(largest, 1e-3 * reference), 1e-12 * abs(goal) / (size * size))
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
        begin = (
            f"It ends at a {word}, {where}"
            if not held.any()
            else f"It ends {edge}; the other weights are at a {word} along that edge"
        )
        near = (
            "" if distance <= 1e-6 * size else f" (the point itself lies {num(distance)} away: {context.point(target)})"
        )
        tested = lowest(context, end if distance <= 1e-6 * size else target, free, vectors)
        evidence |= {"distance": distance, "neighbours_tested": tested[1], "neighbours_worse": tested[0]}
        sentence = (
            f"{begin}{near}: the slope is 0 to {num(norm, 2)}, the curve bends "
            f"{'upward' if sense > 0 else 'downward'} in every direction, and "
            f"{total} = {num(goal)} was {best} there among {tested[1]} neighbours. A {word} nearby; others may exist "
            "elsewhere."
        )
        return Ending(kind, sentence, tested[0] == tested[1], evidence, lines)
    still = (no_step and norm <= 1e-6 * reference) or norm == 0 or (no_step and context.run.ended == "converged")
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
            f"It stands on {name}, {where}: the slope is 0{'' if norm == 0 else f' to {num(norm, 2)}'}, so "
            f"{'no step moves it' if norm == 0 else 'the steps hardly move it'}, but this is not where "
            f"{total} is {best_word(sense)}: towards {many} the "
            f"curve goes {'down' if sense > 0 else 'up'} ({total} = {num(sides[0], 8)} here, {num(sides[1], 8)} and "
            f"{num(sides[2], 8)} on the two sides).",
            False, evidence, lines,
        )  # fmt: skip
    if still and flat.all():
        if norm == 0 and context.moment is None:
            return Ending(
                "asleep",
                f"It never moved from {where}: every slope is computed as 0 there, whatever {total} = {num(goal)} is "
                "elsewhere; that is no sign of a "
                f"{'minimum' if sense > 0 else 'maximum'}.",
                False, evidence, lines,
            )  # fmt: skip
        return Ending(
            "plateau",
            f"It rests on a plateau, {where}: slope and curvature are 0 there to {num(norm, 2)} and "
            f"{num(largest if largest > 1e-299 else 0.0, 2)}, so nothing pulls "
            f"any weight, whatever {total} = {num(goal)} is elsewhere.",
            False, evidence, lines,
        )  # fmt: skip
    if still:
        return Ending(
            "valley",
            f"It ends in a flat valley, {where}: the slope is 0 to {num(norm, 2)}, in {int(flat.sum())} of "
            f"{len(values)} directions {total} = {num(goal)} does not "
            f"change to second order, in the others the curve bends {'upward' if sense > 0 else 'downward'}.",
            True, evidence, lines,
        )  # fmt: skip
    return unsettled(context, goal, norm, target, distance, edge, evidence, lines)


def best_word(sense: int) -> str:
    return "least" if sense > 0 else "greatest"


def bent(context: Context, end: Array, free: NDArray[np.bool_]) -> list[tuple[float, float]]:
    """The slopes on both sides of a kink at the end, for one weight; none where the slope does not jump.

    A slope that jumps has the same difference across a step and across one a thousand times shorter.
    """
    if len(end) != 1 or not free.all():
        return []
    wide, short = (np.array([[end[0] - h], [end[0] + h]]) for h in (1e-6, 1e-9))
    with np.errstate(all="ignore"):
        far, near = (context.lanes.gradient(points)[:, 0] for points in (wide, short))
    jump, jump_near = float(far[1] - far[0]), float(near[1] - near[0])
    if not np.isfinite([jump, jump_near]).all() or jump == 0 or abs(jump_near / jump - 1) > 1e-2:
        return []
    return [(float(near[0]), float(near[1]))]


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
        if not hasattr(equation.target, "wrt")
        and equation.letters == (context.program.pattern,)
        and equation.target.name != each
        and values[equation.target.name].ndim == 2
    ][-2:]
    order = (
        np.arange(context.patterns) if context.patterns <= 8 else np.argsort(-context.sense * errors, kind="stable")[:5]
    )
    head = ("pattern", *(pretty(name) for name in names), pretty(each))
    rows = [
        (
            context.pattern(int(row)),
            *(num(np.broadcast_to(values[name], (1, context.patterns))[0, row]) for name in names),
            num(errors[row]),
        )
        for row in order
    ]
    lines = [f"at the end, {'pattern by pattern' if context.patterns <= 8 else 'the five worst patterns'}:"]
    lines += [f"  {line}" for line in table([head, *rows])]
    if context.patterns > 8:
        lines.append(f"  median {pretty(each)} over all {context.patterns} patterns: {num(median(errors))}")
    return lines
