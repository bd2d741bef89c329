"""A run and one of its weights → the goal over that weight, the others held, and where the run passed.

Only numbers: how they are drawn is a matter of the views. Goals are those over all patterns, except in ``visited``.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array
from chainrule.errors import ChainruleError, UsageError, shown
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.samples import places
from chainrule.explain.wording import listing
from chainrule.notation.names import ascii as ascii_name
from chainrule.values import dataclass

FAR, ASTRAY = 1e3, 30.0
"""A run is followed up to so many times its start; one that ends worse than it began less far."""

POINTS = 241
STEPS = 400
"""Values of a curve, and points of the path, that are computed at most."""


@dataclass(frozen=True, slots=True)
class Step:
    """The first step that moved the weight: the goal of the patterns that it visited over ``weights``.

    ``slope`` is the derivative of that goal by the weight at ``before``.
    """

    rows: str
    whole: bool
    goals: Array
    before: tuple[float, float]
    slope: float
    after: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Held:
    """The goal over the patterns that were held out: over the weights, the others as at the end, and along the path."""

    goals: Array
    path: Array


@dataclass(frozen=True, slots=True)
class Section:
    """The goal over ``weights``, the others as they were at the end of the run, and as they were at its start.

    ``steps`` are the numbers of the recorded steps that the ``path`` has points of, each with the weight and the goal
    over all patterns; ``recorded`` says of how many. ``sense`` is −1 where the goal is to be made large.
    """

    weight: str
    goal: str
    others: int
    weights: Array
    at_end: Array
    at_start: Array
    steps: NDArray[np.int64]
    path: tuple[Array, Array]
    recorded: int
    step: Step | None
    sense: int = 1
    held: Held | None = None


def section(context: Context, weight: str | None = None) -> Section:
    """The goal over one entry of the weights; without a name over the one that moved furthest.

    Errors: E456 for a name that no trained entry has, E453 where none is trained.
    """
    place = entry(context, weight)
    chosen = places(len(context.steps), STEPS)
    path = context.path[chosen]
    steps = context.steps[chosen]
    weights = span(context, place)
    evaluator = context.evaluator

    def along(theta: Array, values: Array) -> Array:
        lines = np.repeat(theta[None, :], len(values), axis=0)
        lines[:, place] = values
        return lines

    with np.errstate(all="ignore"):
        at_end = evaluator.goal(along(context.end, weights))
        at_start = at_end if len(context.names) == 1 else evaluator.goal(along(context.start, weights))
        goals = evaluator.goal(path)
        apart = context.run.trace.held
        held = None
        if apart is not None:
            others = replace(evaluator, bound=apart.bound)
            held = Held(others.goal(along(context.end, weights)), others.goal(path))
        moment = context.moment
        step = None
        if moment is not None and moment.change[place] != 0:
            rows = np.array([moment.rows], dtype=np.int64)
            line = along(moment.before, np.append(weights, moment.before[place]))
            both = np.stack([moment.before, moment.after])
            seen = evaluator.goal(line, np.repeat(rows, len(line), axis=0))
            ends = evaluator.goal(both, np.repeat(rows, 2, axis=0))
            step = Step(
                context.naming.visited(context.visit(moment.rows)), len(set(moment.rows)) == context.patterns,
                seen[:-1],
                (float(moment.before[place]), float(ends[0])), float(moment.gradient[place]),
                (float(moment.after[place]), float(ends[1])),
            )  # fmt: skip
    return Section(
        context.weight(place), context.total_name, len(context.names) - 1, weights, at_end, at_start,
        steps, (path[:, place], goals), len(context.steps), step, context.sense, held,
    )  # fmt: skip


def entry(context: Context, weight: str | None) -> int:
    """Which entry of the trained weights a name is; without one the entry that moved furthest."""
    if not context.names:
        raise UsageError("E453", "no weight is trained", "declare one: weight w := 0.5; or hold fewer")
    if weight is None:
        with np.errstate(all="ignore"):
            moved = np.nan_to_num(np.abs(context.end - context.start), nan=-1.0, posinf=-1.0)
        return int(np.argmax(moved))
    known = [context.weight(place) for place in range(len(context.names))]
    for one in (weight, ascii_weight(weight)) if type(weight) is str else ():
        for names in (known, list(context.names)):
            if one in names:
                return names.index(one)
    raise UsageError(
        "E456", f"no trained weight is called {shown(weight)}", f"write one entry: {listing(known, 8, 'or')}"
    )


def ascii_weight(weight: object) -> str:
    """A name typed with letters of its own in its ASCII form, spaces in an index left out."""
    if not isinstance(weight, str):
        return ""
    name, bracket, index = weight.replace(" ", "").partition("[")
    try:
        return ascii_name(name) + bracket + index
    except ChainruleError:  # not even a name
        return weight


def span(context: Context, place: int) -> Array:
    """From where to where the weight is looked at: its box, or its path with a margin."""
    low, high = (float(end[place]) for end in context.box)
    if np.isfinite(low) and np.isfinite(high):
        return np.linspace(low, high, POINTS)
    values = context.path[:, place]
    with np.errstate(all="ignore"):
        first, last = (float(goal) for goal in context.evaluator.goal(np.stack([context.start, context.end])))
        far = FAR if context.sense * (last - first) <= 0 and context.run.departure is None else ASTRAY
    near = values[np.isfinite(values) & (np.abs(values) <= far * max(1.0, abs(float(values[0]))))]
    least, most = float(near.min()), float(near.max())
    margin = max(0.35 * (most - least), 0.5)
    return np.linspace(max(low, least - margin), min(high, most + margin), POINTS)
