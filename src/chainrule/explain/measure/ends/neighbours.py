"""A point where a run rests → what the goal does around it: points at six distances, in many directions.

Along each principal direction and its opposite, along mixtures of the directions in which the goal does not bend, along
directions at random, and from the best of them on downhill over the sphere of that radius. A difference counts where it
is more than rounding may do, and more than what is left of the slope does. What a point is called follows from that.
"""

from __future__ import annotations

from dataclasses import field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from chainrule.data.draws import normals
from chainrule.engines.protocol import Array
from chainrule.explain.evaluate.equations import NUMBERS, value
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.dead_units import fires_on
from chainrule.explain.measure.rounding import PATTERNS, rounding
from chainrule.expr.walk import nodes
from chainrule.values import dataclass

SCALES = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1)
"""Distances at which neighbours are tried, of the size of the weights, 1 at least."""
DRAWN, MIXED, DESCENTS, TURNS, FEW_TURNS = 12, 48, 8, 60, 8
"""Directions at random, mixtures of flat directions; how many directions are led downhill over the sphere, in how many
moves (few with letters). Of the mixtures there are more: the best of few may all lead to the same way down."""
SCATTERED = 84
"""Directions at random besides, from which none is led: behind the edge of a unit a goal may be another in few."""
DRAWN_FLAT = 2_000
"""Directions at random where the goal bends in none: there nothing leads downhill, and a step or a shut unit that is
met tells by its own side alone."""
HELD = 0.25
"""A point that the box lets go less than this part of its distance is not tried there."""
WORK = 20_000_000
"""Numbers that are computed at most."""

Shape = Literal["minimum", "valley", "saddle", "degenerate saddle", "inflection", "maximum", "plateau", "slope"]


HALVED, HIGHEST = 3, 2.0**8
"""Distances, each half of the one before, at which a bent way must lead down; what a fall of the eighth order loses
from one to the next: a way that is lost while more was left meets a rim."""


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """``shape`` by the points that were tried; ``tried`` how many, ``higher`` and ``lower`` how many of them are
    clearly so; ``blurred`` that others are lower, by no more than rounding may do, ``sloped`` by no more than this and
    the slope that is left at the point. ``fall`` is by how much the goal falls towards ``way`` at the distance ``far``,
    where it falls at once."""

    shape: Shape
    tried: int
    higher: int
    lower: int
    fall: float = 0.0
    far: float = 0.0
    way: Array = field(default_factory=lambda: np.zeros(0))
    beyond: float | None = None  # a distance at which it is lower again, beyond a rim
    scales: int = len(SCALES)
    blurred: bool = False
    sloped: bool = False


def around(
    context: Context, at: Array, free: NDArray[np.bool_], values: Array, vectors: Array, flat: NDArray[np.bool_]
) -> Neighbourhood:
    """What kind of point it is; curvatures ``values`` along ``vectors``, of which some are ``flat``."""
    size = 1.0 + float(np.abs(at).max())
    cost = context.evaluator.width(context.patterns, False, True)
    most = DRAWN_FLAT if flat.all() else SCATTERED
    leading = chosen(free, vectors, flat, toward_edges(context, at))
    directions = np.concatenate([leading, scattered(free, max(0, min(most, WORK // (2 * cost * len(SCALES)))))])
    slope = float(np.linalg.norm(context.evaluator.gradient(at[None, :])[0][free])) if free.any() else 0.0
    most = TURNS if context.plain else FEW_TURNS
    turns = max(0, min(most, WORK // (cost * len(SCALES) * DESCENTS)))
    here, blur = context.sense * context.error(at), float(rounding(context, at[None, :])[0])
    warm: list[Array] = []  # the best of the shorter distances: where they led, longer ones may lead on
    level = np.ones(len(directions), dtype=bool)  # nowhere clearly different along it
    tried: list[Array] = []
    clear: list[Array] = []  # −1 where clearly lower, 1 where clearly higher, else 0
    low: list[tuple[float, float, Array]] = []  # distance, fall, direction
    blurred = sloped = False
    for scale in SCALES:
        far = scale * size
        ways = directions
        if turns and free.sum() > 1:
            best = led(context, at, np.concatenate([leading, *warm]), far, turns, free, values, vectors)
            ways, warm = np.concatenate([directions, best]), [best]
        points = context.project(at + far * ways)
        goals = context.sense * context.evaluator.goal(points)
        change = goals - here
        gone = np.linalg.norm(points - at, axis=1)
        rounded = blur + rounding(context, points)
        slack = rounded + 2 * slope * gone
        sure = np.where(change < -slack, -1, np.where(change > slack, 1, 0))
        moved = gone > HELD * far
        level &= (sure[: len(directions)] == 0) & moved[: len(directions)]
        hidden = (change < 0) & (sure == 0) & moved
        blurred |= bool(hidden.any())
        sloped |= bool((hidden & (change < -rounded)).any())
        tried.append(points[moved])
        clear.append(sure[moved])
        if (sure < 0).any():
            place = int(np.argmin(np.where(sure < 0, change, np.inf)))
            low.append((far, float(-change[place]), ways[place]))
    marks = np.concatenate(clear)
    higher, lower = int((marks > 0).sum()), int((marks < 0).sum())
    floor = level.any() or curved_floor(context, at, free, vectors, flat, here, blur)
    name: Shape = "plateau" if not higher else "valley" if floor else "minimum"
    for far, _, way in reversed(low):
        if at_once(context, at, way, far, here, blur, slope) or bent_at_once(
            context, at, way, far, turns, free, values, vectors, here, blur, slope
        ):
            name = falling(context, at, way, far, here, blur, values, flat, higher, int(free.sum()))
            furthest = max(low, key=lambda one: one[1])
            return Neighbourhood(name, len(marks), higher, lower, furthest[1], furthest[0], furthest[2])
    beyond = low[0][0] if low else None
    return Neighbourhood(name, len(marks), higher, lower, beyond=beyond, blurred=blurred, sloped=sloped)


FLOOR, CORRECTIONS, WAYS = 1e-3, 4, 6
"""How far a curved floor is followed, of the size of the weights; Newton's steps back to it; directions looked at."""
KEPT = 1e-9
"""Of the goal aside of the floor: after the steps back to it, no more than this is left, or the floor rises."""


def curved_floor(
    context: Context, at: Array, free: NDArray[np.bool_], vectors: Array, flat: NDArray[np.bool_], here: float, blur:
    float ) -> bool:
    """Whether the goal keeps its value along a way that begins in a flat direction and bends: a step that way, then
    Newton's steps across it, back to the floor."""
    if not flat.any() or flat.all():
        return False
    across = vectors[:, ~flat]
    for place in np.flatnonzero(flat)[:WAYS]:
        point = at.copy()
        point[free] += FLOOR * (1 + float(np.abs(at).max())) * vectors[:, place]
        point = context.project(point)
        aside = context.sense * context.error(point) - here
        for _ in range(CORRECTIONS):
            slope = context.sense * context.evaluator.gradient(point[None, :])[0][free]
            matrix = across.T @ (context.sense * context.hessian(point))[np.ix_(free, free)] @ across
            if not (np.isfinite(slope).all() and np.isfinite(matrix).all()):
                break
            point[free] -= across @ np.linalg.lstsq(matrix, across.T @ slope, rcond=None)[0]
            point = context.project(point)
        change = abs(context.sense * context.error(point) - here)
        if change <= blur + float(rounding(context, point[None, :])[0]) + KEPT * abs(aside):
            return True
    return False


WEIGHTS, EDGES, SHIFT = 32, 32, 2.0**-20
"""Weights of networks in which edges of units are looked for, and directions towards them, at most; how far a weight is
moved to find them."""


def toward_edges(context: Context, at: Array) -> Array:
    """The directions in which units are shut or opened soonest, for each pattern: behind its edge a goal may be another
    than near the point. Of small networks of plain numbers with few patterns."""
    if not context.plain or len(at) > WEIGHTS or context.patterns > PATTERNS:
        return np.zeros((0, len(at)))
    inside = [one for line in context.evaluator.forward for node in nodes(line.body) if (one := fires_on(node))]
    points = np.concatenate([at[None, :], at + SHIFT * (1 + np.abs(at)) * np.eye(len(at))])
    known = context.evaluator.values(points)
    found = []
    for one in dict.fromkeys(inside):
        values = np.asarray(value(one, known, context.patterns, NUMBERS))
        whole = np.broadcast_to(values, (len(points), values.shape[-1]))
        found.append(((whole[1:] - whole[0]) / (SHIFT * (1 + np.abs(at)))[:, None]).T)
    ways = np.unique(np.concatenate([np.zeros((0, len(at))), *found]), axis=0)
    return np.asarray(ways[np.isfinite(ways).all(axis=1) & ways.any(axis=1)][:EDGES])


def chosen(free: NDArray[np.bool_], vectors: Array, flat: NDArray[np.bool_], more: Array) -> Array:
    """Directions of length 1: principal ones, ``more``, mixtures of the flat ones, some at random, each with its
    opposite."""
    count = int(free.sum())
    parts = [vectors.T, (more := more[:, free])[more.any(axis=1)]]
    if flat.sum() > 1:
        drawn = normals(0, "flat", MIXED * int(flat.sum()))
        parts.append(drawn.reshape(MIXED, -1) @ vectors[:, flat].T)
    if count > 1:
        parts.append(normals(0, "around", DRAWN * count).reshape(DRAWN, count))
    return both(np.concatenate([part for part in parts if part.size]), free)


def scattered(free: NDArray[np.bool_], many: int) -> Array:
    """So many directions of length 1 at random, each with its opposite."""
    count = int(free.sum())
    return both(normals(0, "scattered", many * count).reshape(many, count)[: many * (count > 1)], free)


def both(ways: Array, free: NDArray[np.bool_]) -> Array:
    """Directions of the free weights as directions of length 1 of all, and their opposites."""
    whole = np.zeros((2 * len(ways), len(free)))
    whole[: len(ways), free] = ways / np.linalg.norm(ways, axis=1, keepdims=True)
    whole[len(ways) :] = -whole[: len(ways)]
    return whole


def led(
    context: Context, at: Array, directions: Array, far: float, turns: int, free: NDArray[np.bool_], values: Array,
    vectors: Array,
) -> Array:  # fmt: skip
    """The best of some directions, led downhill over the sphere of a radius.

    Each turn is Newton's, damped by the pull itself: where some directions bend and others hardly do, the pull alone
    would go to and fro across the first and never get on along the others.
    """
    goals = context.sense * context.evaluator.goal(at + far * directions)
    ways = directions[np.argsort(np.where(np.isfinite(goals), goals, np.inf), kind="stable")[:DESCENTS]]
    turn = np.full((len(ways), 1), 0.5)
    best = context.sense * context.evaluator.goal(at + far * ways)
    for _ in range(turns):
        pull = context.sense * context.evaluator.gradient(at + far * ways) * free
        pull -= (pull * ways).sum(axis=1, keepdims=True) * ways
        with np.errstate(all="ignore"):
            damped = np.abs(values) + np.linalg.norm(pull, axis=1, keepdims=True) / far
            pull[:, free] = (pull[:, free] @ vectors / damped) @ vectors.T
            pull -= (pull * ways).sum(axis=1, keepdims=True) * ways
            length = np.linalg.norm(pull, axis=1, keepdims=True)
            new = ways - turn * np.where(length > 0, pull / length, 0.0)
            new = new / np.linalg.norm(new, axis=1, keepdims=True)
            goals = context.sense * context.evaluator.goal(at + far * new)
        better = (goals < best)[:, None]
        ways, best = np.where(better, new, ways), np.where(better[:, 0], goals, best)
        turn = np.where(better, np.minimum(1.0, 1.5 * turn), 0.4 * turn)
    return np.asarray(ways)


def at_once(context: Context, at: Array, way: Array, far: float, here: float, blur: float, slope: float) -> bool:
    """Whether the goal falls from the point on towards a lower one, and not only beyond a rim."""
    lengths = far * 2.0 ** -np.arange(1, 21)
    points = context.project(at + lengths[:, None] * way)
    change = context.sense * context.evaluator.goal(points) - here
    slack = blur + rounding(context, points) + 2 * slope * lengths
    return not bool((change > slack).any())


def bent_at_once(
    context: Context, at: Array, way: Array, far: float, turns: int, free: NDArray[np.bool_], values: Array,
    vectors: Array, here: float, blur: float, slope: float,
) -> bool:  # fmt: skip
    """Whether a way that bends leads down from the point to a lower one: lower at each shorter distance too, as long
    as rounding would not hide a fall of a high order."""
    if not turns or free.sum() < 2:
        return False
    fall, steps = np.inf, 0
    for length in far * 2.0 ** -np.arange(0, 21):
        way = led(context, at, way[None, :], float(length), turns, free, values, vectors)[0]
        point = context.project(at + length * way)[None, :]
        new = here - float(context.sense * context.evaluator.goal(point)[0])
        slack = blur + float(rounding(context, point)[0]) + 2 * slope * float(length)
        if not new > slack:
            return steps >= HALVED and fall <= HIGHEST * slack
        fall, steps = new, steps + 1
    return True


def falling(
    context: Context, at: Array, way: Array, far: float, here: float, blur: float, values: Array, flat:
    NDArray[np.bool_], higher: int, count: int,
) -> Shape:  # fmt: skip
    """What a point is from which the goal falls at once."""
    if count == 1:
        other = context.project(at - far * way)[None, :]
        change = float(context.sense * context.evaluator.goal(other)[0] - here)
        slack = blur + float(rounding(context, other)[0])
        return "inflection" if change > slack else "maximum"
    down = (values < 0) & ~flat
    up = (values > 0) & ~flat
    if not higher and not up.any():
        return "maximum"
    return "saddle" if down.any() else "degenerate saddle"
