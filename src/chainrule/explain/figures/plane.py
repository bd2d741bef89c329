"""A run and two directions → the goal over the plane that they span, and where in it the run passed.

Only numbers: how they are drawn is a matter of the views. The plane goes through the end of the run; what lies beside
it is projected onto it. Goals are those over all patterns.

Sources: filter-wise normalisation and principal components of the path: Li, Xu, Taylor, Studer, Goldstein, Visualizing
the Loss Landscape of Neural Nets, NeurIPS 2018, arXiv:1712.09913.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.data.draws import normals
from chainrule.engines.protocol import Array
from chainrule.errors import UsageError, shown
from chainrule.explain.evaluate.evaluator import units
from chainrule.explain.figures.section import ASTRAY, FAR, STEPS, entry
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.samples import evenly, places
from chainrule.explain.wording import num, percent
from chainrule.train.curvature import ends
from chainrule.train.hessian_products import bend
from chainrule.values import dataclass

WORK = 5e8
"""Patterns times weights times points that are computed for a surface, about."""

FINEST = (52, 39)
"""Points of a surface in each direction, where the network is not too large for that."""

EVEN = 1500
"""Points of a path of which its principal components are taken."""

WAYS = ("path", "curvature", "random")
"""Directions that are not weights, by name."""


@dataclass(frozen=True, slots=True)
class Directions:
    """Two directions (rows of ``span``), what each means, and where along each the centre of the plane is called."""

    span: Array
    names: tuple[str, str]
    origin: tuple[float, float]
    about: str
    weights: bool


@dataclass(frozen=True, slots=True)
class Plane:
    """``goals[k, l]`` is the goal at ``ys[k]`` and ``xs[l]``; the path has a point for each of ``steps``, with its own
    goal in ``errors``. ``off`` is the greatest distance of a point of the path from the plane; ``sense`` is −1 where
    the goal is to be made large. The plane goes through the point of the run after ``middle`` steps,
    its last that is not too far.
    """

    names: tuple[str, str]
    about: str
    goal: str
    xs: Array
    ys: Array
    goals: Array
    steps: NDArray[np.int64]
    path: tuple[Array, Array]
    errors: Array
    recorded: int
    off: float
    others: int
    sense: int = 1
    middle: int = 0


def plane(context: Context, axes: Any = None, normalise: bool | None = None, seed: int = 0) -> Plane:
    """The goal over a plane: see `chainrule.api.figures.Figures.landscape` for the arguments."""
    chosen = places(len(context.steps), STEPS)
    path, near = context.path[chosen], close(context)[chosen]
    middle = int(np.flatnonzero(near)[-1])
    centre = path[middle]
    along = directions(context, path[near], centre, axes, seed)
    if along.weights and normalise:
        raise UsageError("E452", "weights are not normalised", f"take normalise with one of {', '.join(WAYS)}")
    if normalise or (normalise is None and axes == "random"):
        along = normalised(context, along, centre)
    span = along.span
    with np.errstate(all="ignore"):
        inside = np.where(np.isfinite(path), path, 0.0) - centre
        found, *_ = np.linalg.lstsq(span.T, inside.T, rcond=None)
        beside = np.linalg.norm(inside[near] - found.T[near] @ span, axis=1)
        found[:, ~np.isfinite(path).all(axis=1)] = np.nan
        grid = size(context)
        xs, ys = (
            ticks(context, along, axis, found[:, near], count) for axis, count in zip((0, 1), grid, strict=True)
        )
        u, v = (values - origin for values, origin in zip((xs, ys), along.origin, strict=True))
        points = centre + u[None, :, None] * span[0] + v[:, None, None] * span[1]
        goals = context.evaluator.goal(points.reshape(-1, len(centre))).reshape(len(ys), len(xs))
        errors = context.evaluator.goal(path)
    if not (np.isfinite(xs).all() and np.isfinite(ys).all()):
        raise UsageError("E466", "the weights are too large for a picture about them", "start them at smaller numbers")
    drawn = found[0] + along.origin[0], found[1] + along.origin[1]
    return Plane(
        along.names, along.about, context.total_name, xs, ys, goals, context.steps[chosen], drawn, errors,
        len(context.steps), float(beside.max(initial=0.0)), len(centre) - 2, context.sense,
        int(context.steps[chosen[middle]]),
    )  # fmt: skip


def close(context: Context) -> NDArray[np.bool_]:
    """Which points of the path are not too far from its start to be in one picture with it."""
    path = context.path
    with np.errstate(all="ignore"):
        first, last = (float(goal) for goal in context.evaluator.goal(np.stack([context.start, context.end])))
        good = context.sense * (last - first) <= 0 and context.run.departure is None
        far = (FAR if good else ASTRAY) * max(1.0, float(np.linalg.norm(path[0])))
        return np.asarray(np.linalg.norm(path - path[0], axis=1) <= far)


def directions(context: Context, path: Array, centre: Array, axes: Any, seed: int) -> Directions:
    """The two directions that ``axes`` asks for."""
    count = len(context.names)
    if count < 2:
        what = "one weight that is trained" if count else "no weight that is trained"
        help = "ask for the figure `error`: a curve needs one weight" if count else "declare two weights"
        raise UsageError("E466", f"a landscape needs two weights, and there is {what}", help)
    if axes is None:
        axes = context.names if count == 2 else "path"
    if isinstance(axes, str) and axes in WAYS:
        return {"path": of_path, "curvature": of_curvature, "random": of_random}[axes](context, path, centre, seed)
    if isinstance(axes, Sequence) and not isinstance(axes, str) and len(axes) == 2:
        one, two = (entry(context, name if isinstance(name, str) else shown(name)) for name in axes)
        if one != two:
            span = units(count, [one, two])
            names = context.weight(one), context.weight(two)
            return Directions(span, names, (float(centre[one]), float(centre[two])), "two weights", True)
        raise UsageError("E452", f"both directions are {context.weight(one)}", "name two different weights")
    raise UsageError(
        "E452", f"axes is {shown(axes)}", f'name two weights, such as ("w", "b"), or one of {", ".join(WAYS)}'
    )


def of_path(context: Context, path: Array, centre: Array, seed: int) -> Directions:
    """The two directions in which the path is widest: the whole of it, of a long one an even sample."""
    whole = context.path[close(context)]
    path = whole[evenly(len(whole), min(len(whole), EVEN))]
    top = float(np.abs(path).max(initial=0.0))
    path = path / top if top > 1e100 else path  # so that no square is too large
    _, lengths, span = np.linalg.svd(path - path.mean(axis=0), full_matrices=False)
    lengths = lengths / max(float(lengths.max(initial=0.0)), 1e-300)  # their squares may be too small for a number
    total = float(np.sum(lengths**2)) or 1.0
    found = [span[k] for k in range(min(2, len(lengths))) if lengths[k] > 1e-12 * max(float(lengths[0]), 1e-300)]
    names = [
        f"{word} principal component ({percent(float(lengths[k] ** 2) / total)} of the path's variance)"
        for k, word in zip(range(len(found)), ("1st", "2nd"), strict=False)
    ]
    while len(found) < 2:  # a path that stands still, or is straight
        found.append(beside(found, len(centre), seed))
        names.append("at right angles, where the path does not go")
    span = np.stack([forward(one, path) for one in found])
    return Directions(span, (names[0], names[1]), (0.0, 0.0), "principal components of the path", False)


def of_curvature(context: Context, path: Array, centre: Array, seed: int) -> Directions:
    """The eigenvectors of the Hessian at the centre with the greatest and the least eigenvalue."""
    weights = {**dict(context.run.weights), **context.arrays(centre)}
    found = ends(bend(context.model, context.bound, weights), seed)
    span = [context.vector(direction) for direction in found.directions]
    if not np.all(np.isfinite(span)):
        raise UsageError("E466", "the second derivatives are not finite there", 'write axes="path" or "random"')
    span[0] = span[0] / (np.linalg.norm(span[0]) or 1.0)
    span[1] = span[1] - span[0] * (span[0] @ span[1])
    if np.linalg.norm(span[1]) < 1e-9:
        span[1] = beside(span[:1], len(centre), seed)
    span = [forward(one / np.linalg.norm(one), path) for one in span]
    about = "" if found.found else ", as far as it was found"
    names = (
        f"along the greatest curvature (λ = {num(found.largest)}{about})",
        f"along the least curvature (λ = {num(found.smallest)}{about})",
    )
    return Directions(np.stack(span), names, (0.0, 0.0), "eigenvectors of the Hessian", False)


def forward(direction: Array, path: Array) -> Array:
    """The direction or its opposite: the one in which the run went, so that it goes to the right and upwards."""
    along = float(direction @ (path[-1] - path[0]))
    if abs(along) <= 1e-12 * float(np.linalg.norm(path[-1] - path[0])):
        along = float(direction[np.argmax(np.abs(direction))])
    return direction if along >= 0 else -direction


def of_random(context: Context, path: Array, centre: Array, seed: int) -> Directions:
    """Two random directions at right angles."""
    first = beside([], len(centre), seed)
    span = np.stack([first, beside([first], len(centre), seed)])
    names = (f"1st random direction (seed {seed})", f"2nd random direction (seed {seed})")
    return Directions(span, names, (0.0, 0.0), "two random directions", False)


def beside(taken: Sequence[Array], count: int, seed: int) -> Array:
    """A random direction of length 1 at right angles to others."""
    found = normals(seed, f"landscape {len(taken)}", count)
    for other in taken:
        found = found - other * (other @ found)
    return np.asarray(found / np.linalg.norm(found))


def normalised(context: Context, along: Directions, centre: Array) -> Directions:
    """The directions with each filter as long as the weights' own: the weights of one unit where a weight has two
    letters or more, else the whole weight."""
    span, start = along.span.copy(), 0
    for symbol in context.trained:
        shape = context.evaluator.shape(symbol)
        whole = int(np.prod(shape, dtype=np.int64))
        length = whole // shape[0] if len(shape) >= 2 else whole
        for first in range(start, start + whole, max(1, length)):
            part = slice(first, first + length)
            for row in span:
                row[part] *= np.linalg.norm(centre[part]) / (np.linalg.norm(row[part]) or 1.0)
        start += whole
    if np.any(np.linalg.norm(span, axis=1) == 0) or np.linalg.matrix_rank(span) < 2:
        raise UsageError("E466", "the weights are 0, and so are directions normalised to them", "write normalise=False")
    one, two = (f"{name}, filter-normalised" for name in along.names)
    return Directions(span, (one, two), along.origin, f"{along.about}, normalised filter by filter", False)


def size(context: Context) -> tuple[int, int]:
    """How many values each direction has: fewer for large networks."""
    most = WORK / max(1, context.patterns * len(context.names))
    across = int(np.clip(np.sqrt(most * 4 / 3), 16, FINEST[0]))
    return across, across * FINEST[1] // FINEST[0]


def ticks(context: Context, along: Directions, axis: int, path: Array, count: int) -> Array:
    """Values along one direction: about the path, and within the box of a weight; they are the middles of cells."""
    least, most = (float(value) + along.origin[axis] for value in (path[axis].min(), path[axis].max()))
    widest = float(np.max(np.ptp(path, axis=1)))
    margin = max(0.25 * (most - least), 0.15 * widest, 0.5 if along.weights or widest == 0 else 0.0)
    if "random" in along.about:
        margin = max(margin, 1.0 - (most - least) / 2)
    low, high = least - margin, most + margin
    if along.weights:
        place = int(np.argmax(along.span[axis]))
        bottom, top = (float(end[place]) for end in context.box)
        low, high = (bottom, top) if np.isfinite(bottom) and np.isfinite(top) else (max(low, bottom), min(high, top))
    edges = np.linspace(low, high, count + 1)
    return np.asarray((edges[1:] + edges[:-1]) / 2)
