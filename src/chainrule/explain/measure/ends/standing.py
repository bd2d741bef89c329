"""A place at which a run rests → what it is: by slope, box, curvature, both sides, and what was tried around it."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from chainrule.data.draws import normals
from chainrule.engines.protocol import Array
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.ends.continuation import REST, ZERO, follow, returns
from chainrule.explain.measure.ends.neighbours import SCALES, around
from chainrule.explain.measure.ends.newton import spread
from chainrule.explain.measure.ends.outcomes import (
    Contradicted,
    Corner,
    Curved,
    Edged,
    ManyResting,
    Stalled,
    Standing,
    Unseen,
)
from chainrule.explain.measure.ends.resting_place import RestingPlace
from chainrule.explain.measure.ends.tolerances import BENT, FLAT, NO_SLOPE, NO_STEP, ROUNDED_GOAL, TINY
from chainrule.explain.measure.ends.ways import Edge
from chainrule.explain.measure.kinks import kinked, sides, uneven
from chainrule.explain.measure.rounding import bend_blur, rounding, slope_rounding
from chainrule.explain.naming import tuple_of
from chainrule.train.curvature import Curvature

CLOSE_BY = 1e-6
"""Of the size of the weights: nearer than this a run is at its place, further off close to it."""
SEEN = 1e-9
"""A rate of change that is more than rounding."""
DRAWN = 128
"""Directions at random in which a kink is looked at, besides those of the weights and of the curvature."""
SLIDE = (1e-5, 1e-4, 1e-3, 1e-2, 1e-1)
"""Distances, of the size of the weights, at which a goal that slides is ever lower: past a minimum it rises again."""
BELOW = 2.0**-50
"""Of the size of the weights: a step along the gradient that is no longer is lost in their last places."""
CARRIED = 100.0
"""How many times further off a push grows where a rule does not hold a place: what is neutral does not grow so."""
BESIDE = 16
"""Directions drawn at random in which neighbours of a minimum of many weights are looked at, both ways."""
ASIDE = 1e-3
"""How far they are, of the size of the weights: near enough that no other valley is met, far enough to be seen."""


def flat_of(context: Context, values: Array, goal: float, size: float) -> NDArray[np.bool_]:
    """Along which principal directions the goal does not bend, beside how it bends elsewhere."""
    largest = float(np.abs(values).max(initial=0.0))
    path = context.path[:: max(1, len(context.path) // 50)]
    reference = float(np.nanmax(np.abs(context.evaluator.gradient(path)), initial=TINY))
    flat = max(FLAT * max(largest, BENT * reference), ROUNDED_GOAL * abs(goal) / size / size)
    return np.asarray(np.abs(values) <= flat)


def held_at(context: Context, at: Array, slope: Array) -> NDArray[np.bool_]:
    """The weights that stand on their bound, with a slope (of what is made smaller) that would push them out; one that
    rounding may have made, or a place that is off by last places, pushes nowhere."""
    low, high = context.box
    outside = np.asarray(((at <= low) & (slope > 0)) | ((at >= high) & (slope < 0)))
    if not outside.any():
        return outside
    blur = np.full(len(at), slope_rounding(context, at))
    if not context.many:
        with np.errstate(all="ignore"):
            bends = np.abs(context.hessian(at)).sum(axis=1)
        blur += np.where(np.isfinite(bends), bends, 0.0) * REST * np.spacing(ZERO * (1 + np.abs(at).max()))
    return outside & (np.abs(slope) > blur)


def edge_of(context: Context, at: Array, slope: Array, held: NDArray[np.bool_]) -> Edge:
    """The weights that the box holds."""
    places = tuple(int(place) for place in np.flatnonzero(held))
    first = float(context.sense * slope[held][0]) if places else 0.0
    return Edge(places, tuple_of(at[held]), first)


def standing_at(
    context: Context, place: RestingPlace
) -> Edged | Stalled | Unseen | Corner | Contradicted | Standing | None:
    """What the place is at which the run rests; None where its curvature is no number."""
    at, sense = place.at, context.sense
    goal, slope = context.error(at), sense * context.gradient(at)
    held = held_at(context, at, slope)
    free = ~held
    with np.errstate(all="ignore"):
        matrix = sense * context.hessian(at)
    usable = bool(np.isfinite(matrix).all())
    values, vectors = (
        np.linalg.eigh(matrix[np.ix_(free, free)]) if usable and free.any() else (np.zeros(0), np.zeros((0, 0)))
    )
    norm = float(np.linalg.norm(slope[free])) if free.any() else 0.0
    known: dict[str, Any] = {
        "gradient": tuple_of(sense * slope), "at_bound": tuple(context.names[p] for p in np.flatnonzero(held)),
        "multipliers": {context.names[p]: abs(float(slope[p])) for p in np.flatnonzero(held)},
        "eigenvalues": tuple_of(sense * values), "distance": place.distance, "rest": tuple_of(at),
        "edge": edge_of(context, at, slope, held), "goal": goal, "norm": norm,
    }  # fmt: skip
    if held.all() and len(held):
        return Edged(**known)
    if not usable:
        return None
    if place.arrived and not held.any() and stalled(context, norm, place):
        return Stalled(**known)
    return cornered(context, place, free, known) or tried(context, place, free, values, vectors, known)


def stalled(context: Context, norm: float, place: RestingPlace) -> bool:
    """Whether a run rests though the slope over all patterns is far from 0: its steps are not for that goal."""
    rate = context.rate
    if rate is None or len(context.rows(0)) == context.patterns:
        return False
    own = np.abs(context.pulls[0]).max(initial=0.0)
    seen = context.once(follow)
    inside = seen.path if seen is not None else context.path[-1:]
    travels = float(np.abs(inside - inside[-1]).max()) > NO_STEP * place.size
    return bool(not travels and norm > NO_SLOPE * max(own, TINY) and abs(rate) * norm > NO_STEP * place.size)


def cornered(
    context: Context, place: RestingPlace, free: NDArray[np.bool_], known: dict[str, Any]
) -> Unseen | Corner | None:
    """A rest at a kink, or where the rule does not see the slope; None where both sides are those of one slope."""
    at, sense, goal = place.at, context.sense, known["goal"]
    seen = sides(context, at)
    mine = free[seen.places]
    right, left = sense * seen.right, sense * seen.left
    falls = mine & ((right < -SEEN) | (left < -SEEN)) & (seen.kinks | seen.seams)
    if falls.any():
        k = int(np.argmin(np.where(falls, np.minimum(right, left), np.inf)))
        return Unseen(
            **{**known, "eigenvalues": ()}, place=int(seen.places[k]), side="right" if right[k] < left[k] else "left",
            rate=float(sense * min(right[k], left[k])), uneven=uneven(context, at, None),
        )  # fmt: skip
    corner = mine & seen.kinks
    if not corner.any():
        return None
    k = int(np.flatnonzero(corner)[0])
    smooth = free.copy()
    smooth[seen.places[seen.kinks]] = False
    bends, principal = bent(context, at, smooth)
    directions = ways(context, at, free, smooth, principal)
    points = np.concatenate([context.project(at + scale * place.size * directions) for scale in SCALES])
    change = sense * context.evaluator.goal(points) - sense * goal
    many, better = len(points), int((change < -2 * rounding(context, points)).sum())
    if len(bends) > 1:  # and among the weights that stand on no kink alone: the others' slopes hide a way of high order
        along = around(context, at, smooth, bends, principal, flat_of(context, bends, goal, place.size))
        many, better = many + along.tried, better + (along.lower if along.fall else 0)
    return Corner(
        **{**known, "eigenvalues": ()}, slopes_beside=(-float(seen.left[k]), float(seen.right[k])),
        neighbours_tested=many, neighbours_better=better, place=int(seen.places[k]),
        far=SCALES[-1] * place.size,
    )  # fmt: skip


def bent(context: Context, at: Array, smooth: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Curvatures along the principal directions of the weights that stand on no kink, and these directions; none where
    the curvature is no number."""
    with np.errstate(all="ignore"):
        matrix = context.sense * context.hessian(at)[np.ix_(smooth, smooth)]
    if not (smooth.any() and np.isfinite(matrix).all()):
        return np.zeros(0), np.zeros((0, 0))
    values, vectors = np.linalg.eigh(matrix)
    return values, vectors


def ways(context: Context, at: Array, free: NDArray[np.bool_], smooth: NDArray[np.bool_], principal: Array) -> Array:
    """Directions at a kink: along each weight, along the principal directions of the weights that stand on none, where
    a saddle may lie, and some at random."""
    axes = np.eye(len(at))[free]
    if len(axes) < 2:
        return np.concatenate([axes, -axes])
    found = [axes]
    if principal.size:
        whole = np.zeros((len(principal), len(at)))
        whole[:, smooth] = principal.T
        found.append(whole)
    drawn = normals(0, "corner", DRAWN * len(at)).reshape(DRAWN, -1) * free
    found.append(drawn / np.maximum(np.linalg.norm(drawn, axis=1, keepdims=True), TINY))
    return np.concatenate([*found, *(-one for one in found)])


def tried(
    context: Context, place: RestingPlace, free: NDArray[np.bool_], values: Array, vectors: Array, known: dict[str, Any]
) -> Contradicted | Standing:
    """What points around the place say of it."""
    at, norm, goal = place.at, known["norm"], known["goal"]
    away = place.distance > CLOSE_BY * place.size
    if not away:  # it is there: what is told are the numbers of the run's own end
        own = context.gradient(context.end)
        known = {**known, "gradient": tuple_of(own)}
        norm = float(np.linalg.norm(own[free])) if free.any() else 0.0
        goal = context.error(context.end)
    whole = np.zeros((len(values), len(at)))
    whole[:, free] = vectors.T
    level = flat_of(context, values, goal, place.size)
    hidden = ~level & (np.abs(values) <= bend_blur(context, at, whole))
    flat = level | hidden
    lost = norm > 4 * slope_rounding(context, at)
    seen = around(context, at, free, values, vectors, flat)
    down = (values < 0) & ~flat
    nearest = place.size * SCALES[0]
    beside = np.concatenate([context.project(at + side * nearest * whole) for side in (1, -1)])
    kink_near = kinked(context, np.concatenate([at[None, :], beside]))
    if down.any() and not seen.lower and kink_near:  # the bend that is computed is that of one side alone
        hidden, flat, down = hidden | down, flat | down, np.zeros_like(down)
        seen = around(context, at, free, values, vectors, flat)
    if lost and not seen.fall and (fall := slides(context, at, free)):
        seen = replace(seen, shape="slope", fall=fall, far=SLIDE[-1] * place.size, lower=seen.lower + len(SLIDE))
    found: dict[str, Any] = {
        **known, "neighbours_tested": seen.tried, "neighbours_worse": seen.higher, "neighbours_better": seen.lower,
        "shape": seen.shape, "falls_by": seen.fall, "at_distance": seen.far,
    }  # fmt: skip
    if down.any() and not seen.lower:
        return Contradicted(**found, down=int(down.sum()))
    both_sides = lower_at = None
    if seen.fall and len(seen.way):
        lower_at = tuple_of(context.project(at + seen.far * seen.way))
        goals = context.evaluator.goal(np.array([at, at + seen.far * seen.way, at - seen.far * seen.way]))
        both_sides = tuple_of(goals)
    standing = Standing(
        **found, sides=both_sides, lower_at=lower_at, stays=None, seen=seen, away=away,
        bent=int(((values > 0) & ~flat).sum()), hidden=int(hidden.sum()),
        down=int((values < 0).sum()), end_norm=float(np.linalg.norm(context.gradient(context.end))),
        never=place.never, size=place.size, lost=lost,
        below=context.trial_rate * norm <= BELOW * place.size, rate_times_curvature=None,
        remembered=None, remembers=context.remembers, told_norm=norm, told_goal=goal,
    )  # fmt: skip
    # a push over the kink is one that another slope answers: some come back and others do not
    return standing if kink_near else held_by_rule(context, place, standing, values)


def slides(context: Context, at: Array, free: NDArray[np.bool_]) -> float:
    """By how much the goal is lower far along what is left of the slope, if it falls all the way; else 0. Steps that
    move no weight any more stand anywhere, where the slope is small enough."""
    slope = context.sense * context.gradient(at) * free
    lengths = np.array(SLIDE) * (1 + float(np.abs(at).max(initial=0.0)))
    points = np.concatenate([at[None, :], context.project(at - lengths[:, None] * slope / np.linalg.norm(slope))])
    goals = context.sense * context.evaluator.goal(points)
    clear = rounding(context, points[1:]) + rounding(context, points[:-1])
    return float(goals[0] - goals[-1]) if (-np.diff(goals) > clear).all() else 0.0


def held_by_rule(context: Context, place: RestingPlace, found: Standing, values: Array) -> Standing:
    """Whether the run's rule comes back to its place when it is pushed a little aside."""
    if found.name not in ("minimum", "bound", "valley") or not place.arrived:
        return found
    rate, together = context.rate, len(context.rows(0)) == context.patterns
    factor = returns(context)
    if factor is None or factor <= CARRIED:
        seen = context.once(follow)
        found = replace(found, stays=None if factor is None else True)
        return found if rate is not None or seen is None or not seen.steps else replace(found, remembered=seen.steps)
    above = None
    if rate is not None and rate > 0 and together and len(values) and rate * float(values[-1]) > 2:
        above = rate * float(values[-1])
    return replace(found, stays=False, rate_times_curvature=above)


# ---- many weights ------------------------------------------------------------------------------------------------


def many_resting(
    context: Context, goal: float, slope: Array, free: NDArray[np.bool_], edge: Edge, bend: Curvature, known: Curved
) -> ManyResting | None:
    """What the place is at which a run with very many weights rests; None if it has not come to rest. ``slope`` is that
    of sense·goal."""
    end = context.end
    norm, size = float(np.linalg.norm(slope[free])), 1.0 + float(np.abs(end).max())
    some = context.path[:: max(1, len(context.path) // 50)]
    reference = max(float(np.abs(context.evaluator.gradient(some)).max()), TINY)
    no_step = context.trial_rate * norm <= NO_STEP * size
    if not ((no_step and norm <= NO_SLOPE * reference) or norm == 0 or (no_step and context.run.ended == "converged")):
        return None
    largest = max(abs(bend.smallest), abs(bend.largest), TINY)
    flat = max(FLAT * max(largest, BENT * reference), ROUNDED_GOAL * abs(goal) / (size * size))
    worse, looked = None, None
    name: Literal["saddle", "maximum", "plateau", "valley", "bound", "minimum"]
    if bend.smallest < -flat:
        name = "saddle" if bend.largest > flat else "maximum"
    elif bend.largest <= flat:
        name = "plateau"
    elif bend.smallest <= flat or not bend.found:
        name = "valley"
    else:
        name = "bound" if edge.places else "minimum"
        worse, looked = neighbours(context, free, bend)
    return ManyResting(
        **asdict(known), neighbours_tested=looked,
        neighbours_worse=worse, name=name, goal=goal, edge=edge, least=bend.smallest, greatest=bend.largest,
    )  # fmt: skip


def neighbours(context: Context, free: NDArray[np.bool_], bend: Curvature) -> tuple[int, int]:
    """At how many of some neighbours the goal is not better: along both ends of the curvature, and at random."""
    count = int(free.sum())
    drawn = normals(0, "beside", BESIDE * count).reshape(BESIDE, count)
    directions = [np.asarray(one["θ"])[free] for one in bend.directions] + list(drawn)
    step = ASIDE * (1 + float(np.abs(context.end).max()))
    moves = np.array([sign * step * spread(one / np.linalg.norm(one), free) for one in directions for sign in (1, -1)])
    goals = context.sense * context.evaluator.goal(context.project(context.end + moves))
    here = context.sense * context.error(context.end)
    return int(np.sum(goals >= here - ROUNDED_GOAL * abs(here))), len(moves)
