"""What lies around the end of a run: the minimum that Newton's method finds, the neighbours, longer steps."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array
from chainrule.explain.context import Context
from chainrule.explain.trials import Trial, descend


@dataclass(slots=True)
class Ending:
    """What the end is, found by the first test that applies."""

    kind: str
    sentence: str
    settled: bool
    evidence: dict[str, object] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)


def newton_target(context: Context, free: NDArray[np.bool_]) -> Array | None:
    """The minimum to which Newton's method leads from the end, if it leads to one."""
    if context.many:
        return None
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
        new = context.project(np.where(free, point - spread(move, free), point))
        if np.linalg.norm(new - point) <= 1e-10 * (1 + np.abs(point).max()):
            rounding = 1e-12 * float(values[-1]) * (1 + float(np.abs(point).max()))
            settled = np.linalg.norm(slope) <= max(1e-6 * max(float(first), 1e-8), rounding) or first < 1e-8
            return new if settled else None
        point = new
    return None


def spread(move: Array, free: NDArray[np.bool_]) -> Array:
    found = np.zeros(len(free))
    found[free] = move
    return found


def lowest(context: Context, at: Array, free: NDArray[np.bool_], vectors: Array) -> tuple[int, int]:
    """At how many of some neighbours the goal is not better: along each principal direction, both ways."""
    step = 1e-3 * (1 + float(np.abs(at).max()))
    moves = [sign * step * spread(vectors[:, place], free) for place in range(vectors.shape[1]) for sign in (1, -1)]
    if not moves:
        return 0, 0
    goals = context.sense * context.lanes.goal(context.project(at + np.array(moves)))
    here = context.sense * context.error(at)
    return int(np.sum(goals >= here - 1e-12 * abs(here))), len(moves)


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


def drift(ends: Array, period: int) -> float:
    """How far a swing of some period will still wander, if it goes on as it did: a slow landing swings as well.

    The differences from one period to the next are taken to shrink by the same factor each time.
    """
    apart = np.abs(ends[period:] - ends[:-period]).max(axis=1)
    late, early = float(apart[-period:].max()), float(apart[:period].max())
    if late <= 1e-13:
        return 0.0  # it is exact, to rounding
    times = (len(apart) - period) / period
    shrinks = (late / early) ** (1 / times) if times > 0 else 1.0
    return late * shrinks / (1 - shrinks) if shrinks < 1 else float("inf")
