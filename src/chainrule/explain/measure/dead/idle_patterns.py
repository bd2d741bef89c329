"""Patterns without slope at the end that are not dead: satisfied, or asleep at these weights."""

from __future__ import annotations

import numpy as np

from chainrule.data.draws import normals
from chainrule.explain.evaluate.equations import NUMBERS, value
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.formulas import shown
from chainrule.explain.naming import Pattern
from chainrule.expr.nodes import Derivative, Mul, Ref
from chainrule.expr.walk import nodes
from chainrule.values import dataclass

SHOWN = 5
"""Saturated patterns that are shown one by one."""
SMALL = 0.1
"""A factor above this makes no gradient vanish."""


@dataclass(frozen=True, slots=True)
class Idle:
    """Patterns without slope at the end that are not dead: those that are satisfied, by row with their error; those
    that are saturated, by row with error and slope, the first of them with their data, the worst, and the factor that
    is nearly 0 for it."""

    satisfied: tuple[tuple[int, float], ...]
    saturated: tuple[tuple[int, float, float], ...]
    shown: tuple[Pattern, ...]
    worst: Pattern | None
    factor: tuple[str, float] | None


def idle_patterns(context: Context, dead: set[int]) -> Idle:
    """What is so of patterns without slope at the end that are not dead."""
    satisfied, saturated = asleep(context, dead)
    if not saturated:
        return Idle(tuple(satisfied), (), (), None, None)
    worst = max(saturated, key=lambda one: abs(one[1]))[0]
    shown = tuple(context.pattern_at(row) for row, _, _ in saturated[:SHOWN])
    return Idle(
        tuple(satisfied), tuple(saturated), shown, context.pattern_at(worst), smallest_factor(context, worst)
    )


def asleep(context: Context, dead: set[int]) -> tuple[list[tuple[int, float]], list[tuple[int, float, float]]]:
    """Patterns without slope at the end that are not dead: satisfied (row, error) or saturated (row, error, slope)."""
    each = context.model.goal.each
    if each is None or not context.names or not np.isfinite(context.error(context.end)):
        return [], []
    slopes, rows = context.pulls
    first = float(np.abs(slopes).max(initial=0.0))
    points = np.repeat(context.end[None, :], len(rows), axis=0)
    late = np.abs(context.evaluator.gradient(points, rows[:, None])).max(axis=1)
    every = (1, context.patterns)
    start = np.broadcast_to(context.evaluator.values(context.start[None, :])[each], every)[0]
    errors = np.broadcast_to(context.evaluator.values(context.end[None, :])[each], every)[0][rows]
    scale = float(np.abs(start).max(initial=0.0))
    if not (scale > 0 and np.isfinite(first)):
        return [], []
    none = np.array([int(row) not in dead for row in rows])
    done = none & (np.abs(errors) <= 1e-6 * scale)
    size = 1 + float(np.abs(context.end).max())
    weak = (late <= 1e-4 * first) | (late * size <= 1e-6 * np.abs(errors))
    starved = none & ~done & weak & (np.abs(errors) >= 1e-2 * scale)
    for k in np.flatnonzero(starved)[
        :50
    ]:  # a pattern at a minimum of its own has no slope either, but it has a curvature
        bend = steepness(context, rows[k : k + 1])
        starved[k] = bend * (size * size) <= 0.1 * abs(errors[k])
    return (
        [(int(rows[k]), float(errors[k])) for k in np.flatnonzero(done)],
        [(int(rows[k]), float(errors[k]), float(late[k])) for k in np.flatnonzero(starved)],
    )


def steepness(context: Context, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> float:
    """The largest second derivative at the end over some patterns; with many weights, power iteration's."""
    if not context.many:
        return float(np.abs(context.hessians(context.end[None, :], rows)[0]).max())
    direction = normals(0, "bend", len(context.names))
    largest = 0.0
    for _ in range(8):
        bent = context.products(context.end, direction[None, :] / np.linalg.norm(direction), rows)[0]
        largest = max(largest, float(np.linalg.norm(bent)))
        if not np.any(bent):
            break
        direction = bent
    return largest


def smallest_factor(context: Context, row: int) -> tuple[str, float] | None:
    """The factor of the adjoint equations with the least size for one pattern at the end."""
    if not context.plain:
        return None
    values = context.evaluator.values(context.end[None, :], np.array([[row]], dtype=np.int64), backward=True)
    best: tuple[str, float] | None = None
    for equation in context.program.phases["adjoint"]:
        for node in nodes(equation.body):
            for factor in node.args if isinstance(node, Mul) else ():
                if any(isinstance(inside, Derivative) for inside in nodes(factor)) or not any(
                    isinstance(n, Ref) for n in nodes(factor)
                ):
                    continue
                size = abs(float(np.asarray(value(factor, values, 1, NUMBERS)).ravel()[0]))
                if np.isfinite(size) and (best is None or size < best[1]):
                    best = shown(factor, context), size
    return best if best is not None and best[1] < SMALL else None
