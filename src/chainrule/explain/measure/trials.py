"""Steps that the run did not take, tried: plain gradient descent over all patterns at several rates at once."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.finding import aside
from chainrule.explain.measure.rounding import rounding
from chainrule.values import dataclass

MANY = 500
"""Operations of an evaluation from which on rates are tried many at once."""

NOISE = 1e-12
"""Changes below this share of the goal are rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What plain steps over all patterns did at one rate."""

    rate: float
    steps: int
    first: float = aside()
    last: float
    rose: int  # steps after which the goal was worse
    left: int | None  # the step in which the numbers were no longer finite
    period: int | None  # 2 or more: the last weights repeat
    still: bool = aside()  # the last step changed nothing worth seeing
    growth: float | None  # > 1: each of the last moves was longer than the one before, by this factor
    point: Array = aside()  # the last finite weights
    on_edge: bool = aside()  # whether they are on the edge of a box

    @property
    def good(self) -> bool:
        """Whether it got better, and no step made it worse."""
        return self.left is None and self.period is None and self.growth is None and not self.rose and not self.idle

    @property
    def idle(self) -> bool:
        """Whether it changed nothing."""
        return self.left is None and self.first == self.last and not self.rose and self.period is None


def descend(context: Context, start: Array, rates: Array, steps: int = 200) -> list[Trial]:
    """Plain gradient descent over all patterns from one start, at each of the rates; none if the goal is no number."""
    if not len(rates) or not np.isfinite(context.error(start)):
        return []
    count = len(rates)
    points = np.repeat(start[None, :], count, axis=0)
    goal, slopes = context.evaluator.both(points)
    path, goals = [points], [goal]
    with np.errstate(all="ignore"):
        for _ in range(steps):
            points = context.project(points - context.sense * rates[:, None] * slopes)
            goal, slopes = context.evaluator.both(points)
            path.append(points)
            goals.append(goal)
            if not np.isfinite(goals[-1]).any():
                break
    return [trial(context, float(rate), np.array(path)[:, k], np.array(goals)[:, k]) for k, rate in enumerate(rates)]


def trial(context: Context, rate: float, path: Array, goals: Array) -> Trial:
    """What a path of weights with its goals shows."""
    finite = np.isfinite(goals) & np.isfinite(path).all(axis=1)
    left = None if finite.all() else int(np.argmin(finite))
    stop = len(goals) if left is None else left
    if left is not None and np.isfinite(path[left]).all():
        left += 1  # the weights are numbers still; it is the next step that computes the goal and fails
    goals, path = goals[:stop], path[:stop]
    change = context.sense * np.diff(goals)
    noise = NOISE * np.maximum(np.abs(goals[:-1]), np.abs(goals[1:])) + 1e-30 * float(np.abs(goals[0]))
    moves = np.abs(np.diff(path, axis=0)).max(axis=1) if len(path) > 1 and path.shape[1] else np.zeros(0)
    scale = max(1.0, float(np.abs(path[-1]).max(initial=0.0)))
    still = bool(len(moves) and moves[-1] <= 1e-12 * scale)
    growing = (
        len(moves) > 20
        and left is None
        and bool(np.all(moves[-10:] > moves[-11:-1] * (1 + 1e-6)))
        and change[-10:].min() > 0
    )
    (low, high), point = context.box, path[-1]
    return Trial(
        rate=rate, steps=stop - 1, first=float(goals[0]), last=float(goals[-1]), rose=int(np.sum(change > noise)),
        left=left, period=None if left is not None or still else period(path), still=still,
        growth=float((moves[-1] / moves[-11]) ** 0.1) if growing else None, point=point,
        on_edge=bool(np.any((point <= low) | (point >= high))),
    )  # fmt: skip


def period(path: Array, most: int = 16) -> int | None:
    """After how many steps the last weights repeat; None if they do not, or rest."""
    if len(path) < 4:
        return None
    scale = np.maximum(1.0, np.abs(path[-1]))
    for length in range(1, min(most, len(path) // 3) + 1):
        tail = path[-2 * length :]
        if np.all(np.abs(tail - path[-3 * length : -length]) <= 1e-9 * scale):
            return length if length > 1 else None
    return None


@dataclass(frozen=True, slots=True)
class Longest:
    """Up to which rate every step that was tried makes the goal better: ``reach`` (None: all of them, 0: not even the
    shortest), how far was ``looked``, and a longer step that makes it better ``again``, if one was met. What steps at
    rates up to ``hidden`` do is less than rounding."""

    reach: float | None
    looked: float
    again: float | None = None
    hidden: float | None = None


def longest(context: Context, start: Array, slope: Array) -> Longest:
    """The first rate at which a plain step from here no longer makes the goal better, by search."""
    here = context.error(start)
    rates: Array = context.trial_rate * 10.0 ** np.arange(-6.0, 9.01, 0.25)

    def to(tried: Array) -> Array:
        return context.project(start - context.sense * tried[:, None] * slope)

    def better(tried: Array) -> NDArray[np.bool_]:
        with np.errstate(all="ignore"):
            return np.asarray(context.sense * (context.evaluator.goal(to(tried)) - here) < 0)

    def hidden(tried: Array) -> float | None:
        """The rate up to which rounding hides what steps do; None where the shortest is seen to do no good."""
        with np.errstate(all="ignore"):
            changes = np.abs(context.evaluator.goal(to(tried)) - here)
            seen = ~(changes <= 2 * rounding(context, to(tried)))
        return float(tried[int(np.argmax(seen)) - 1 if seen.any() else -1]) if not seen[0] else None

    found = better(rates)
    looked = float(rates[-1])
    if not found.any():  # the rate of the run may be far too large for so steep a place
        rates = np.concatenate([context.trial_rate * 10.0 ** np.arange(-40.0, -6.1, 0.25), rates])
        found = better(rates)
        lower = int(np.argmax(found))
        if found.any() and hidden(rates[:lower] if lower else rates[:1]) is not None:
            rates, found = rates[lower:], found[lower:]  # down to the first that is seen
    if not found.any():
        return Longest(0.0, looked, None, hidden(rates))
    first = int(np.argmax(found))
    short = hidden(rates[:first]) if first else None
    if first and (short is None or short < rates[first - 1]):
        return Longest(0.0, looked, float(rates[first]), short)
    fails = np.flatnonzero(~found[first:])
    if not len(fails):
        return Longest(None, looked, None, short)
    place = first + int(fails[0])
    beyond = np.flatnonzero(found[place:])
    again = float(rates[place + int(beyond[0])]) if len(beyond) else None
    low, high = float(rates[place - 1]), float(rates[place])
    if context.evaluator.operations > MANY:  # as many rates at once as halve it six times: an evaluation more is dear
        for _ in range(7):
            inner = np.geomspace(low, high, 65)
            fails = np.flatnonzero(~better(inner[1:-1]))
            last = int(fails[0]) + 1 if len(fails) else 64
            low, high = float(inner[last - 1]), float(inner[last])
        return Longest(low, looked, again, short)
    for _ in range(40):
        middle = math.sqrt(low * high)
        if better(np.array([middle]))[0]:
            low = middle
        else:
            high = middle
    return Longest(low, looked, again, short)
