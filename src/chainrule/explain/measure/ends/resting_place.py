"""A run → the place at which it rests, or to which it comes, by its own continuation.

It rests where a whole pass changes nothing beyond rounding. Where it still moves, the point without slope that Newton's
method finds is its place only if the continuation comes nearer to it with every stretch that is looked at.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.ends.continuation import LEAST, REST, Continuation, follow
from chainrule.explain.measure.ends.newton import newton_target
from chainrule.explain.measure.ends.tolerances import FLAT
from chainrule.explain.measure.samples import evenly
from chainrule.numbers.numerics import NUMERICS
from chainrule.values import dataclass

ACROSS = 8
"""Newton's steps across a valley."""
NEAR = 1e-6
"""Of the size of the weights: so near to the floor of a valley, and staying near, a run is in it."""
DRAWN = 64
"""Passes that must move nothing where their orders are drawn."""
LOOKS = 9
"""Stretches of the continuation in which it must come nearer."""
WANDER = 1e-9
"""A swing so small that leads nowhere is what rounding makes of a rest."""
STRIDE = 1e-7
"""Of their size: steps of the last pass that move weights further do not rest, wherever the pass ends."""
SHORT = 2.0**29
"""A last place of numbers of 32 bits in those of 64: 53 bits against 24."""
LEADS = 0.25
"""Of the way that it walked: a swing that comes so far from where it began leads somewhere."""
LEFT = 1e-3
"""Of the slope at the end of the run: where more is left after Newton's steps, the floor was not found."""


@dataclass(frozen=True, slots=True)
class RestingPlace:
    """``at`` is the point, ``distance`` how far the end of the run is from it; ``arrived`` says that the continuation
    rests there, else it ``left`` so much of the way; ``never`` that no step moved a weight at all."""

    at: Array
    distance: float
    arrived: bool
    left: float = 0.0
    never: bool = False

    @property
    def size(self) -> float:
        return 1.0 + float(np.abs(self.at).max(initial=0.0))


def rest_of(context: Context) -> RestingPlace | None:
    """Where the run rests, or to where it comes; None where it does neither, as far as it was followed."""
    end, seen = context.end, context.once(follow)
    if not np.isfinite(end).all():
        return None
    never = bool((context.path == end).all())
    if seen is None:
        slope = context.gradient(end)
        if never and len(context.path) > 1 and not np.any(slope):
            return RestingPlace(end, 0.0, True, never=True)
        return coming(context, np.array([end]))
    if seen.left is not None:
        return None
    if rests(context, seen):
        distance = float(np.linalg.norm(seen.last - end))
        return RestingPlace(seen.last, distance, True, never=never and distance == 0)
    return coming(context, seen.ends)


def rests(context: Context, seen: Continuation) -> bool:
    """Whether the last passes change nothing beyond rounding."""
    places = REST if NUMERICS[context.run.recipe.numerics].bits == 64 else REST * SHORT
    size = float(np.abs(context.path[np.isfinite(context.path).all(axis=1)]).max(initial=0.0))
    if seen.move(1, size) <= places:
        if seen.stride > STRIDE:
            return False  # its passes come back, its steps do not
        drawn = context.run.recipe.order.batch == "shuffled"  # an order in which it moves may come seldom
        many = min(DRAWN if drawn else 3, len(seen.ends) - 1)
        return seen.rests or len(seen.ends) < 4 or seen.move(many, size) <= 4 * places
    late = seen.ends[len(seen.ends) // 2 :]
    if len(late) < 8:
        return False
    swing = np.abs(late - late[-1]).max(axis=0)
    walked = np.abs(np.diff(late, axis=0)).sum(axis=0)
    leads = np.abs(late[-1] - late[0]) > LEADS * walked
    return bool((swing <= WANDER * (LEAST + np.abs(late[-1]))).all() and not (leads & (walked > 0)).any())


def coming(context: Context, ends: Array) -> RestingPlace | None:
    """The point without slope that Newton's method finds from the end, if the continuation comes nearer to it."""
    slope = context.sense * context.gradient(context.end)
    low, high = context.box
    held = ((context.end <= low) & (slope > 0)) | ((context.end >= high) & (slope < 0))
    if held.all() or context.many:
        return None
    target = newton_target(context, ~held)
    if target is None and len(ends) > 1 and np.isfinite(ends[-1]).all():
        target = newton_target(context, ~held, ends[-1])  # from the end it may lead elsewhere, or nowhere
    if target is None:
        return on_floor(context, ends, ~held)
    away = np.linalg.norm(ends[evenly(len(ends), LOOKS)] - target, axis=1)
    distance = float(away[0])
    if len(away) > 1 and not (np.diff(away) < 0).all():
        return None
    return RestingPlace(target, distance, False, left=float(away[-1]))


def on_floor(context: Context, ends: Array, free: NDArray[np.bool_]) -> RestingPlace | None:
    """The floor of a valley, straight across from the end, if the run stands next to it and stays there."""
    point = context.end.copy()
    for _ in range(ACROSS):
        with np.errstate(all="ignore"):
            slope = context.sense * context.evaluator.gradient(point[None, :])[0][free]
            matrix = (context.sense * context.hessian(point))[np.ix_(free, free)]
        if not (np.isfinite(slope).all() and np.isfinite(matrix).all()):
            return None
        values, vectors = np.linalg.eigh(matrix)
        steep = values > FLAT * np.abs(values).max()
        if not steep.any():
            return None
        point[free] -= vectors[:, steep] @ (vectors[:, steep].T @ slope / values[steep])
    size = 1.0 + float(np.abs(point).max())
    left = float(np.linalg.norm(context.evaluator.gradient(point[None, :])[0][free]))
    away = np.linalg.norm(ends - point, axis=1)
    if left > LEFT * float(np.linalg.norm(context.gradient(context.end)[free])) or away.max() > NEAR * size:
        return None
    return RestingPlace(point, float(away[0]), False, left=float(away[-1]))
