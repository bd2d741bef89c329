"""A run that goes round → its cycle: weights that come back after some passes, or a circle inside of each pass."""

from __future__ import annotations

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.ends.continuation import follow
from chainrule.explain.measure.ends.ending import Ending
from chainrule.explain.measure.ends.newton import newton_target
from chainrule.explain.wording import count, listing, num

MOST_PASSES, SAME, MOVES = 4096, 1e-8, 1e-6
"""Passes that are looked at for a cycle; how near weights must come back, of their size; how far a cycle moves at
least, which is more than what rounding moves."""


CLOSE = 0.01
"""Of its width: so near to a circle a run is in it."""


def cycling(context: Context) -> Ending | None:
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
    if moves[-1] <= 1e-10:
        return circle(context, before[-length - 1 :], scale) if length > 1 else None
    for period in periods(ends, scale):
        if moves[-period:].max() > max(MOVES, 10 * drift(ends / scale, period)):
            return cycle(context, ends, scale, period, length)
    return None


def periods(ends: Array, scale: Array) -> list[int]:
    """After how many passes the last weights were there before, three times over; the shortest first."""
    back = (np.abs(ends[:-1] - ends[-1]) / scale).max(axis=1)[::-1]  # of 1, 2, … passes ago
    found = [int(place) + 1 for place in np.flatnonzero(back <= SAME) if 2 <= place + 1 <= len(ends) // 3]
    for period in found:
        if (np.abs(ends[-2 * period :] - ends[-3 * period : -period]) / scale).max() <= SAME:
            return [period]  # a longer one is a multiple of it
    return []


def cycle(context: Context, ends: Array, scale: Array, period: int, length: int) -> Ending:
    """Weights that repeat after some passes."""
    places = ends[-period:]
    goals = context.evaluator.goal(places)
    unit = "step" if length == 1 else "pass"
    many = count(period, unit, unit + "s" if unit == "step" else "passes")
    shown = listing((context.point(place, 2) for place in places[:4]), 4)
    if period > 4:
        low, high = places.min(axis=0), places.max(axis=0)
        place = int(np.argmax((high - low) / scale))
        shown = f"{context.weight(place)} goes from {num(low[place])} to {num(high[place])}"
    around = "goes round " + listing((num(goal) for goal in goals[:4]), 4) if period <= 4 else (
        f"goes round between {num(goals.min())} and {num(goals.max())}"
    )  # fmt: skip
    if np.ptp(goals) <= 1e-9 * float(np.abs(goals).max()):
        around = f"is {num(goals[0])} at each of them"
    there = bool((np.abs(places - context.end) / scale).max(axis=1).min() <= 10 * MOVES)
    begin = "It does not settle:" if there else (
        f"It has not settled after {count(context.run.steps, 'step')}; followed by the same rule, it comes into "
        f"a cycle:"
    )  # fmt: skip
    return Ending(
        "cycle",
        f"{begin} every {many} the weights repeat ({shown}), and {context.total_name} {around}.",
        False,
        {"period": period, "unit": unit, "points": places[:64].tolist(), "errors": goals[:64].tolist(),
         "reached": there},
    )  # fmt: skip


def circle(context: Context, inside: Array, scale: Array) -> Ending | None:
    """The last pass, where it ends as it began and its steps move the weights in between."""
    length = len(inside) - 1
    if float((np.abs(np.diff(inside, axis=0)) / scale).max()) <= 1e-7:
        return None
    spread = inside.max(axis=0) - inside.min(axis=0)
    place = int(np.argmax(spread))
    _, slope = context.engine(context.end)
    target = newton_target(context, np.ones(len(context.names), dtype=bool))
    best = "lowest" if context.sense > 0 else "highest"
    goals = context.evaluator.goal(inside[1:])
    beside = ""
    if target is not None:
        beside = f", while the {best} point nearby, {context.point(target)}, has {num(context.error(target))}"
    there = bool((np.abs(inside - context.end) / scale).max(axis=1).min() <= max(10 * MOVES, CLOSE * spread.max()))
    begin = "It ends in a circle:" if there else (
        f"It has not settled after {count(context.run.steps, 'step')}; followed by the same rule, it comes into a "
        f"circle:"
    )  # fmt: skip
    off = (context.run.steps) % length  # the steps of ``inside`` begin where the run ended, within a pass
    ended, worse = float(goals[(length - off - 1) % length]), too_long(context, inside)
    return Ending(
        "cycle inside a pass",
        f"{begin} after every pass of {count(length, 'step')} the weights are back, and in between "
        f"{context.weight(place)} moves by {num(spread[place])}, {pulled(worse, length)}. At the end of a pass "
        f"{context.total_name} = {num(ended)}, within it between {num(goals.min())} and {num(goals.max())}{beside}.",
        False,
        {
            "period": length, "spread": spread.tolist(), "gradient": slope.tolist(),
            "target": None if target is None else target.tolist(), "error_at_end_of_pass": ended, "reached": there,
            "steps_too_long": worse,
        },
    )  # fmt: skip


def too_long(context: Context, inside: Array) -> int:
    """How many steps of a pass made the patterns worse that they visited."""
    length = len(inside) - 1
    visited = [context.rows(context.run.steps + step) for step in range(length)]
    before = np.array([context.error(inside[step], rows) for step, rows in enumerate(visited)])
    after = np.array([context.error(inside[step + 1], rows) for step, rows in enumerate(visited)])
    return int((context.sense * (after - before) > 1e-9 * np.abs(before)).sum())


def pulled(worse: int, length: int) -> str:
    """Why the weights go round in a pass: looked at step by step, whether each helped the patterns that it visited."""
    if not worse:
        return "because the patterns pull in turn: each step helps its own"
    if worse == length:
        return "because the steps are too long: each makes its own patterns worse"
    return f"because the patterns pull in turn, and {worse} of {count(length, 'step')} are too long for their own"


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
