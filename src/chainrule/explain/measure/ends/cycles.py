"""A run that goes round → its cycle: weights that come back after some passes, or a circle inside of each pass."""

from __future__ import annotations

import math

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.ends.continuation import Continuation, follow
from chainrule.explain.measure.ends.newton import newton_target
from chainrule.explain.measure.ends.outcomes import Circling, Repeating
from chainrule.explain.naming import tuple_of

MOST_PASSES, SAME, MOVES = 4096, 1e-8, 1e-6
"""Passes that are looked at for a cycle; how near weights must come back, of their size; how far a cycle moves at
least, which is more than what rounding moves."""


CLOSE = 0.01
"""Of its width: so near to a circle a run is in it."""
ALIKE, DRAWN = 12, 150
"""Passes that must go the same way before it is called a circle: one alone may come back by chance, in a longer cycle
whose state does not; and where orders are drawn: an order in which it would go another way may come seldom."""
LISTED, LEVEL = 64, 1e-9
"""Points of a cycle that are listed; goals of a cycle that differ by a smaller share are one."""
RESTS, STEPS_REST = 1e-10, 1e-7
"""Of the size of the weights: passes that move them less are at rest; so are the steps of a pass, which come back."""
EXACT = 1e-13
"""Of the size of the weights: passes that differ by less repeat to rounding, and drift nowhere."""


def cycling(context: Context) -> Repeating | Circling | None:
    """The weights at the ends of passes repeat, or they rest while the steps inside a pass go on."""
    length, seen = context.run.recipe.order.pass_length, context.once(follow)
    every = int(context.steps[-1]) == len(context.steps) - 1
    before = context.path if every else context.path[-1:]
    if seen is not None and seen.left is None:
        before = np.concatenate([before, seen.path[1:]])
    ends = before[::-1][::length][::-1][-MOST_PASSES:]
    if len(ends) < 12 and not (seen is not None and seen.rests and length > 1):
        return None
    scale = np.maximum(1.0, np.abs(ends[-1]))
    moves = np.abs(np.diff(ends, axis=0) / scale).max(axis=1)
    drawn = context.run.recipe.order.batch == "shuffled"
    if moves[-1] <= RESTS:
        return None if length == 1 else inside_passes(context, before, scale, length, drawn)
    for period in periods(ends, scale, drawn):
        if seen is not None and not remembered_alike(seen, period * length):
            return None
        if moves[-period:].max() > max(MOVES, 10 * drift(ends / scale, period)):
            return cycle(context, ends, scale, period, length)
    return None


def inside_passes(
    context: Context, before: Array, scale: Array, length: int, drawn: bool
) -> Repeating | Circling | None:
    """Passes that end where they began: each step comes to where it came to in the pass before, or some passes ago."""
    whole = (len(before) - 1) // length
    passes = before[-whole * length :].reshape(whole, -1)
    alike = passes[-min(DRAWN if drawn else ALIKE, whole) :]
    sizes = np.tile(scale, length)
    if len(alike) > 1 and (np.abs(np.diff(alike, axis=0)) / sizes).max() <= SAME:
        return circle(context, before[-length - 1 :], scale)
    for period in periods(passes[-MOST_PASSES:], sizes, drawn):
        return cycle(context, before, scale, period * length, 1)
    return None


def periods(ends: Array, scale: Array, drawn: bool) -> list[int]:
    """After how many passes the last weights were there before, three times over, where orders are ``drawn`` in more
    passes; the shortest first."""
    back = (np.abs(ends[:-1] - ends[-1]) / scale).max(axis=1)[::-1]  # of 1, 2, … passes ago
    found = [int(place) + 1 for place in np.flatnonzero(back <= SAME) if 2 <= place + 1 <= len(ends) // 3]
    for period in found:
        many = max(2 * period, DRAWN if drawn else 0)
        if many + period <= len(ends) and (
            np.abs(ends[-many:] - ends[-many - period : -period]) / scale
        ).max() <= SAME:  # fmt: skip
            return [period]  # a longer one is a multiple of it
    return []


def remembered_alike(seen: Continuation, steps: int) -> bool:
    """Whether what the rule remembers, such as a velocity, repeats too: a box may hold the weights while it drifts."""
    last = seen.states[-2 * steps :]
    if len(last) < 2 * steps or not last.size:
        return True
    late, early = last[steps:], last[:steps]
    return bool((np.abs(late - early) <= SAME * np.maximum(1.0, np.abs(late))).all())


def cycle(context: Context, ends: Array, scale: Array, period: int, length: int) -> Repeating:
    """Weights that repeat after some passes."""
    places = ends[-period:]
    goals = context.evaluator.goal(places)
    low, high = places.min(axis=0), places.max(axis=0)
    widest = int(np.argmax((high - low) / scale))
    return Repeating(
        period=period, unit="step" if length == 1 else "pass", points=tuple(map(tuple_of, places[:LISTED])),
        errors=tuple_of(goals[:LISTED]),
        reached=bool((np.abs(places - context.end) / scale).max(axis=1).min() <= 10 * MOVES),
        widest=(widest, float(low[widest]), float(high[widest])), least=float(goals.min()),
        greatest=float(goals.max()), level=bool(np.ptp(goals) <= LEVEL * float(np.abs(goals).max())),
    )  # fmt: skip


def circle(context: Context, inside: Array, scale: Array) -> Circling | None:
    """The last pass, where it ends as it began and its steps move the weights in between."""
    length = len(inside) - 1
    if float((np.abs(np.diff(inside, axis=0)) / scale).max()) <= STEPS_REST:
        return None
    spread = inside.max(axis=0) - inside.min(axis=0)
    _, slope = context.engine(context.end)
    target = newton_target(context, np.ones(len(context.names), dtype=bool))
    goals = context.evaluator.goal(inside[1:])
    off = (context.run.steps) % length  # the steps of ``inside`` begin where the run ended, within a pass
    away = (np.abs(inside - context.end) / scale).max(axis=1).min()
    return Circling(
        period=length, spread=tuple_of(spread), gradient=tuple_of(slope),
        target=None if target is None else tuple_of(target),
        error_at_end_of_pass=float(goals[(length - off - 1) % length]),
        reached=bool(away <= max(10 * MOVES, CLOSE * spread.max())), steps_too_long=too_long(context, inside),
        least=float(goals.min()), greatest=float(goals.max()),
        target_error=math.nan if target is None else context.error(target),
    )  # fmt: skip


def too_long(context: Context, inside: Array) -> int:
    """How many steps of a pass made the patterns worse that they visited."""
    length = len(inside) - 1
    visited = [context.rows(context.run.steps + step) for step in range(length)]
    before = np.array([context.error(inside[step], rows) for step, rows in enumerate(visited)])
    after = np.array([context.error(inside[step + 1], rows) for step, rows in enumerate(visited)])
    return int((context.sense * (after - before) > LEVEL * np.abs(before)).sum())


def drift(ends: Array, period: int) -> float:
    """How far a swing of some period will still wander, if it goes on as it did: a slow landing swings as well.

    The differences from one period to the next are taken to shrink by the same factor each time.
    """
    apart = np.abs(ends[period:] - ends[:-period]).max(axis=1)
    late, early = float(apart[-period:].max()), float(apart[:period].max())
    if late <= EXACT:
        return 0.0  # it is exact, to rounding
    times = (len(apart) - period) / period
    if early == 0.0:
        return float("inf")  # it was exact, and is no longer: nothing of it shrinks
    shrinks = (late / early) ** (1 / times) if times > 0 else 1.0
    return late * shrinks / (1 - shrinks) if shrinks < 1 else float("inf")
