"""A run that came to no rest → what it does, followed on: it comes to a place, gets on, runs away, or goes about."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.ends.bound import goal_bound
from chainrule.explain.measure.ends.continuation import follow
from chainrule.explain.measure.ends.neighbours import around
from chainrule.explain.measure.ends.newton import newton_target
from chainrule.explain.measure.ends.outcomes import Curved
from chainrule.explain.measure.ends.resting_place import RestingPlace
from chainrule.explain.measure.ends.standing import held_at
from chainrule.explain.measure.ends.stationary_point import nearest
from chainrule.explain.measure.ends.tolerances import FLAT, TINY
from chainrule.explain.measure.ends.ways import Edge, Moving, NearestPoint, NoiseFloor, Onward
from chainrule.explain.measure.kinks import sides
from chainrule.explain.measure.rounding import rounding
from chainrule.explain.measure.samples import evenly
from chainrule.explain.naming import tuple_of

NO_EDGE = Edge((), (), 0.0)
NOTHING: dict[str, Any] = {
    "eigenvalues": None, "both_ends_only": None, "products": None, "found": None, "at_bound": None, "growth": None,
    "target": None, "distance": None, "target_error": None, "shape": None, "arrived": None, "nearest": None,
    "followed": None, "trend": None, "bound": None, "noise_floor": None, "repelling": None,
    "rate_times_curvature": None, "smooth": True, "gained": 0.0, "steps_on": 0, "comes": False, "near": None,
    "near_error": 0.0, "onward": None,
}  # fmt: skip
"""Of a run that moves, what was not yet looked at."""
GROWS = 1e-9
"""By so much of itself a move is longer than the one before, or rounding made it so."""


def growth(context: Context) -> float | None:
    """By how much each pass moved the weights further than the one before, if all of the last ten did and cost."""
    length = context.run.recipe.order.pass_length
    if int(context.steps[-1]) != len(context.steps) - 1:
        return None
    ends = context.path[::length][-12:]
    if len(ends) < 12:
        return None
    moves = np.linalg.norm(np.diff(ends, axis=0), axis=1)
    goals = context.sense * context.evaluator.goal(ends)
    if np.all(np.diff(goals) > 0) and np.all(moves[1:] > moves[:-1] * (1 + GROWS)):
        return float((moves[-1] / moves[0]) ** (1 / (len(moves) - 1)))
    return None


def unsettled(
    context: Context, place: RestingPlace | None, edge: Edge = NO_EDGE, known: Curved | None = None,
    free: NDArray[np.bool_] | None = None,
) -> Moving:  # fmt: skip
    """The weights still move: what does the same run do, followed on? Of many weights, ``free`` no bound holds."""
    sense = context.sense
    goal, slope = context.engine(context.end)
    held = held_at(context, context.end, sense * slope)
    norm = float(np.linalg.norm(slope[~held])) if (~held).any() else 0.0
    many = {} if known is None else asdict(known)
    found = Moving(**{
        **NOTHING, **many, "gradient": tuple_of(slope), "gradient_norm": norm, "goal": goal, "edge": edge,
        "bend_norm": 0.0 if known is None else known.gradient_norm,
    })  # fmt: skip
    if (growing := growth(context)) is not None:
        return replace(found, growth=growing)
    if place is not None and context.run.steps:
        return on_the_way(context, place, found)
    near = nearest(context, free) if free is not None and not edge.places else None
    if near is not None:
        found = replace(
            found, near=near, near_error=context.error(near.point),
            nearest=NearestPoint(near.kind, near.distance, near.slope, near.first, near.products, near.curvature,
                                 tuple_of(near.point)),
        )  # fmt: skip
        if near.kind == "minimum" and comes(context, near.point):
            return replace(found, comes=True)
        if near.kind in ("minimum", "valley", "saddle"):
            return found
    if context.run.steps:
        found = onward(context, found)
    return repelled(context, found)


def comes(context: Context, target: Array) -> bool:
    """Whether the continuation of the run comes nearer to a point in every stretch that is looked at."""
    seen = context.once(follow)
    if seen is None or seen.left is not None:
        return False
    away = np.linalg.norm(seen.ends[evenly(len(seen.ends), 9)] - target, axis=1)
    return len(away) > 2 and bool((np.diff(away) < 0).all())


def on_the_way(context: Context, place: RestingPlace, found: Moving) -> Moving:
    """The continuation comes to a place, or nearer and nearer to it."""
    sense, seen = context.sense, context.once(follow)
    slope = sense * context.gradient(place.at)
    free = ~held_at(context, place.at, slope)
    with np.errstate(all="ignore"):
        matrix = (sense * context.hessian(place.at))[np.ix_(free, free)]
    smooth, shape = sides(context, place.at).smooth, ""
    if np.isfinite(matrix).all() and free.any() and smooth:
        values, vectors = np.linalg.eigh(matrix)
        flat = np.abs(values) <= FLAT * max(float(np.abs(values).max(initial=0.0)), TINY)
        beside = around(context, place.at, free, values, vectors, flat)
        shape = beside.shape if beside.beyond is None else ""  # lower again beyond a rim: a point, and no more is said
    return replace(
        found, target=tuple_of(place.at), distance=place.distance, target_error=context.error(place.at), shape=shape,
        arrived=place.arrived, smooth=smooth, gained=place.distance - place.left,
        steps_on=0 if seen is None else seen.steps,
    )  # fmt: skip


def onward(context: Context, found: Moving) -> Moving:
    """What the continuation does that comes to no rest and to no point."""
    seen = context.once(follow)
    if seen is None:
        return replace(found, onward=Onward("not followed"))
    if seen.left is not None:
        left = Onward("left", seen.steps, seen.left, context.error(seen.last))
        return replace(found, followed=seen.steps, onward=left)
    at = seen.ends[evenly(len(seen.ends), 9)]
    goals = context.evaluator.goal(at)
    change = context.sense * np.diff(goals)
    slack = rounding(context, at)
    sizes = np.abs(at).max(axis=1)
    found = replace(found, followed=seen.steps, trend=(float(goals[0]), float(goals[-1])))
    if len(change) and (change < 0).all() and -change.sum() > slack[0] + slack[-1]:
        grown = (float(sizes[0]), float(sizes[-1]))
        return replace(found, bound=goal_bound(context), onward=Onward("falls", seen.steps, sizes=grown))
    if (floor := noise_floor(context, seen.ends)) is not None:
        target = newton_target(context, np.ones(len(context.names), dtype=bool), seen.last)
        beside = (None, 0.0) if target is None else (tuple_of(target), context.error(target))
        goes = Onward("floor", seen.steps, target=beside[0], target_error=beside[1])
        return replace(found, noise_floor=floor, onward=goes)
    every = context.evaluator.goal(seen.ends[evenly(len(seen.ends), 200)])
    between = (float(every.min()), float(every.max()))
    return replace(found, onward=Onward("about", seen.steps, goals=between))


FEW_PASSES = 40
"""Passes that are looked at for a noise floor, at least."""


def noise_floor(context: Context, ends: Array) -> NoiseFloor | None:
    """Where weights go about that are visited in orders drawn anew: the second half of the continuation, if its own
    halves have the same middle, beside how far they spread."""
    if context.run.recipe.order.batch != "shuffled" or len(ends) < 2 * FEW_PASSES:
        return None
    late = ends[len(ends) // 2 :]
    half = len(late) // 2
    spread = late.std(axis=0)
    drift = np.abs(late[:half].mean(axis=0) - late[half:].mean(axis=0))
    if not spread.any() or (drift > spread).any():
        return None
    goals = context.evaluator.goal(late)
    middle = late.mean(axis=0)
    return NoiseFloor(
        len(late) - 1, tuple_of(middle), float(np.abs(late - middle).max()), (float(goals.min()), float(goals.max())),
    )  # fmt: skip


def repelled(context: Context, found: Moving) -> Moving:
    """Of plain steps over all patterns: a minimum near by that such steps do not come to, because they are too long."""
    rate = context.rate
    if context.many or rate is None or rate <= 0 or len(context.rows(0)) != context.patterns or context.boxed:
        return found
    target = newton_target(context, np.ones(len(context.names), dtype=bool))
    if target is None:
        return found
    top = float(np.linalg.eigvalsh(context.sense * context.hessian(target))[-1])
    return replace(found, repelling=tuple_of(target), rate_times_curvature=rate * top) if rate * top > 2 else found
