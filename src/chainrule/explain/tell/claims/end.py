"""end: where does it end? The slope, the curvature and the box at the last weights, and what lies beyond."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.ends.continuation import follow, returns
from chainrule.explain.measure.ends.cycles import cycling
from chainrule.explain.measure.ends.edge_of_stability import hovering
from chainrule.explain.measure.ends.ending import Ending
from chainrule.explain.measure.ends.neighbours import around
from chainrule.explain.measure.ends.not_a_number import departed
from chainrule.explain.measure.ends.recomputed_steps import looked_at, recompute, strayed
from chainrule.explain.measure.ends.resting_place import Place, rest_of
from chainrule.explain.measure.ends.slope_sign import edges, slope_sign_told
from chainrule.explain.measure.ends.spectrum import curved, standing
from chainrule.explain.measure.ends.unsettled import unsettled
from chainrule.explain.measure.rounding import bend_blur
from chainrule.explain.measure.samples import median
from chainrule.explain.measure.summary import FEWEST, summary
from chainrule.explain.tell.claim import Claim
from chainrule.explain.tell.kind_of_place import CLOSE_BY, best_word, cornered, flat_of, named
from chainrule.explain.wording import count, listing, num, table
from chainrule.notation.names import pretty
from chainrule.numbers.random import normal

QUESTION = "Where does it end?"


def claim(context: Context) -> Claim:
    """Has the run come to rest at a minimum, inside its box or on its edge?"""
    if not context.names:
        nothing = {"kind": "nothing trained"}
        return Claim("end", QUESTION, "No weight is trained, so it ends where it began.", False, nothing)
    departure, seen = context.run.departure, recompute(context)
    if departure is not None:
        found = strayed(seen) or departed(context, departure)
    else:
        going_round = cycling(context) if context.run.steps else None
        found = misled(context) or strayed(seen) or going_round or resting(context)
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
    evidence["kind"] = turned(context, found.kind)
    conditions = (
        f"after {count(context.run.steps, 'step')}, ended: {context.run.ended}; slopes and curvature "
        f"{context.everything}",
        *followed_for(context),
        *([looked_at(seen)] if seen.of else []),
    )
    return Claim("end", QUESTION, statement, found.settled, evidence, tuple(lines), conditions)


def followed_for(context: Context) -> list[str]:
    """As a condition: for how many steps the run was followed on."""
    seen = context.once(follow) if context.run.departure is None else None
    return [f"followed on by its own rule for {count(seen.steps, 'step')} more"] if seen is not None else []


def turned(context: Context, kind: str) -> str:
    """The kind by its own name: where a goal is maximised, what is best is a maximum."""
    names = {"minimum": "maximum", "maximum": "minimum", "on the way to a minimum": "on the way to a maximum"}
    return kind if context.sense > 0 else names.get(kind, kind)


def steepest_weight(context: Context) -> tuple[list[str], dict[str, object]]:
    """The weight with the largest slope at the end, the median, and for how many it is under a hundredth of that."""
    sizes = np.abs(context.gradient(context.end))
    if not np.isfinite(sizes).all() or not sizes.any():
        return [], {}
    found, small = summary(sizes), int(np.sum(sizes < 0.01 * sizes.max()))
    name = context.slope_names.__getitem__
    told = f"sizes of the slopes there: {found.told(name, 'largest')}; {small} below a hundredth of the largest"
    return [told], {"slopes_at_end": {**found.json(name), "below_a_hundredth": small}}


NEAR = 1e-3
"""Further off than this, it is on its way."""
CARRIED = 100.0
"""How many times further off a push grows where a rule does not hold a place: what is neutral does not grow so."""
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
        along, true = float(unit[0] @ slope), float(context.evaluator.complex_step(theta, None, unit)[0])
        scale = max(float(np.linalg.norm(slope)), float(np.linalg.norm(context.evaluator.gradient(theta[None, :]))))
        if not (np.isfinite(scale) and math.isfinite(true)) or abs(along - true) <= CLOSE * scale + 1e-14 * abs(
            context.error(theta) / size
        ):
            return None
    return Ending(
        "misled",
        f"It cannot be said where it ends: at {context.point(end)} the slope along a direction at random is given as "
        f"{num(unit[0] @ context.gradient(end))}, but by the equations it is "
        f"{num(context.evaluator.complex_step(end, None, unit)[0])}, so the steps were wrong.",
        False,
    )


def resting(context: Context) -> Ending:
    """Where the run rests, followed on by its own rule, and what that place is; or that it does not rest."""
    slope = context.gradient(context.end)
    if context.rate == 0 and context.run.steps and np.any(slope):
        return Ending(
            "asleep",
            f"It never moved from {context.point(context.end)}, because {context.rate_name} = 0 moves nothing; "
            f"the slope "
            f"there is {num(float(np.linalg.norm(slope)))}, so that is no sign of a "
            f"{'min' if context.sense > 0 else 'max'}imum.",
            False, {"gradient": slope.tolist()},
        )  # fmt: skip
    place = rest_of(context)
    if context.many:
        return of_many(context, place)
    if place is None or place.distance > NEAR * place.size:
        return unsettled(context, place)
    return standing_at(context, place)


def of_many(context: Context, place: Place | None) -> Ending:
    """The same for more weights than a matrix is made for."""
    end, sense = context.end, context.sense
    goal, slope = context.engine(end)
    slope = sense * slope  # of what is made smaller
    held = held_at(context, end, slope)
    free = ~held
    edge = edge_told(context, end, slope, held)
    if not free.any():
        return Ending("bound", f"It ends {edge}. There {context.total_name} = {num(goal)}.", True)
    bend, known, told = curved(context, slope, free)
    known["at_bound"] = [context.names[at] for at in np.flatnonzero(held)]
    found = standing(context, goal, slope, free, edge, bend, known, told)
    return found or unsettled(context, place, edge, known, told, free)


def held_at(context: Context, at: Array, slope: Array) -> NDArray[np.bool_]:
    """The weights that stand on their bound, with a slope (of what is made smaller) that would push them out."""
    low, high = context.box
    return np.asarray(((at <= low) & (slope > 0)) | ((at >= high) & (slope < 0)))


def edge_told(context: Context, at: Array, slope: Array, held: NDArray[np.bool_]) -> str:
    if not held.any():
        return ""
    bounds = [f"{context.weight(int(p))} = {num(at[p])}" for p in np.flatnonzero(held)]
    several = len(bounds) > 1
    return (
        f"on the edge of the box, {listing(bounds, 4)}: the slope "
        f"{'there' if several else num(context.sense * slope[held][0])} would push {'them' if several else 'it'} "
        f"further "
        f"out, the box holds {'them' if several else 'it'}"
    )


def standing_at(context: Context, place: Place) -> Ending:
    """What the place is at which the run rests, by slope, box, curvature, both sides and points around it."""
    at, sense, total = place.at, context.sense, context.total_name
    goal, slope = context.error(at), sense * context.gradient(at)
    held = held_at(context, at, slope)
    free = ~held
    edge = edge_told(context, at, slope, held)
    with np.errstate(all="ignore"):
        matrix = sense * context.hessian(at)
    usable = bool(np.isfinite(matrix).all())
    values, vectors = (
        np.linalg.eigh(matrix[np.ix_(free, free)]) if usable and free.any() else (np.zeros(0), np.zeros((0, 0)))
    )
    norm = float(np.linalg.norm(slope[free])) if free.any() else 0.0
    evidence: dict[str, object] = {
        "gradient": (sense * slope).tolist(),
        "at_bound": [context.names[p] for p in np.flatnonzero(held)],
        "multipliers": {context.names[p]: abs(float(slope[p])) for p in np.flatnonzero(held)},
        "eigenvalues": (sense * values).tolist(), "distance": place.distance, "rest": at.tolist(),
    }  # fmt: skip
    lines = curvatures_told(context, norm, values)
    if held.all() and len(held):
        return Ending("bound", f"It ends {edge}. There {total} = {num(goal)}.", True, evidence, lines)
    if not usable:
        return unsettled(context, place)
    if place.arrived and not held.any() and stalled(context, norm, place):
        return Ending(
            "stuck",
            f"It rests at {context.point(context.end)}, because the steps of this order move nothing there; but "
            f"the slope "
            f"{context.everything} is {num(norm)}, so that is no point where {total} is {best_word(sense)}: a "
            f"step follows "
            f"the patterns that it visits.",
            False, evidence, lines,
        )  # fmt: skip
    corner = cornered(context, place, free, goal, evidence)
    if corner is not None:
        return corner
    where = context.point(context.end)
    if place.distance <= CLOSE_BY * place.size:  # it is there: what is told are the numbers of the run's own end
        norm = float(np.linalg.norm(context.gradient(context.end)[free])) if free.any() else 0.0
        goal = context.error(context.end)
    else:
        where = f"{context.point(context.end)} (the point itself lies {num(place.distance)} away: {context.point(at)})"
    whole = np.zeros((len(values), len(at)))
    whole[:, free] = vectors.T
    flat = flat_of(context, values, goal, place.size) | (np.abs(values) <= bend_blur(context, at, whole))
    seen = around(context, at, free, values, vectors, flat)
    evidence |= {
        "neighbours_tested": seen.tried, "neighbours_worse": seen.higher, "neighbours_better": seen.lower,
        "shape": seen.shape, "falls_by": seen.fall, "at_distance": seen.far,
    }  # fmt: skip
    bends = (values < 0) & ~flat
    if bends.any() and not seen.lower:
        return Ending(
            "contradicted",
            f"It rests at {context.point(context.end)}, but what it is cannot be said: the second derivatives "
            f"there say that "
            f"in {int(bends.sum())} of {len(values)} directions {total} gets {context.lower}, and at none of "
            f"{seen.tried} "
            "points tried around it is it so. One of the two is wrong.",
            False, evidence, lines,
        )  # fmt: skip
    if seen.fall:
        sides = context.evaluator.goal(np.array([at, at + seen.far * seen.way, at - seen.far * seen.way]))
        evidence["sides"] = sides.tolist()
    kind, sentence = named(context, place, seen, goal, norm, values, flat, where, edge)
    settled = kind in ("minimum", "bound", "valley")
    stays, more = held_by_rule(context, place, kind, values)
    evidence["stays"] = stays
    return Ending(kind, sentence + more, settled and stays, evidence, lines)


def stalled(context: Context, norm: float, place: Place) -> bool:
    """Whether a run rests though the slope over all patterns is far from 0: its steps are not for that goal."""
    rate = context.rate
    if rate is None or len(context.rows(0)) == context.patterns:
        return False
    own = np.abs(context.pulls[0]).max(initial=0.0)
    seen = context.once(follow)
    inside = seen.path if seen is not None else context.path[-1:]
    travels = float(np.abs(inside - inside[-1]).max()) > 1e-9 * place.size
    return bool(not travels and norm > 1e-6 * max(own, 1e-300) and abs(rate) * norm > 1e-9 * place.size)


def curvatures_told(context: Context, norm: float, values: Array) -> list[str]:
    if not len(values):
        return []
    shown = [num(context.sense * value) for value in values]
    shown = shown if len(shown) <= 8 else [*shown[:3], "…", *shown[-3:]]
    label = "curvature" if len(values) == 1 else (
        "curvatures along the principal directions (eigenvalues of the Hessian)"
    )  # fmt: skip
    return [f"slope there: {num(norm)}; {label}: {', '.join(shown)}"]


def held_by_rule(context: Context, place: Place, kind: str, values: Array) -> tuple[bool, str]:
    """Whether the run's rule comes back to its place when it is pushed a little aside; where not, that is said."""
    if kind not in ("minimum", "bound", "valley") or not place.arrived:
        return True, ""
    rate, together = context.rate, len(context.rows(0)) == context.patterns
    factor = returns(context)
    if factor is None or factor <= CARRIED:
        seen = context.once(follow)
        if rate is not None or seen is None or not seen.steps:
            return True, ""
        return True, f" Its learning rule remembers; followed for {count(seen.steps, 'step')} more it stayed there."
    why = ""
    if rate is not None and rate > 0 and together and len(values) and rate * float(values[-1]) > 2:
        why = f", because {context.rate_name} times the largest curvature is {num(rate * values[-1])}, above 2"
    return False, f" But this rule does not hold it there: pushed a hundred-thousandth aside, it is carried off{why}."


def patterns_at_end(context: Context) -> list[str]:
    """The patterns at the last weights: the first few, or the worst."""
    each = context.model.goal.each
    if each is None or context.patterns == 1:
        return []
    values = context.evaluator.values(context.end[None, :])
    errors = np.broadcast_to(values[each], (1, context.patterns))[0]
    names = [
        equation.target.name
        for equation in context.evaluator.forward
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
