"""amount: the same start trained by the gradient, by its signs, by steps of one length → whether the amount matters."""

from __future__ import annotations

from typing import Literal

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.measure.angles import angle
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.finding import aside
from chainrule.explain.measure.other_rules import Way, fixed, gradient, own, signs
from chainrule.explain.measure.summary import summary
from chainrule.explain.naming import Naming, Pattern
from chainrule.values import dataclass

STEPS, FEW_STEPS = 200, 50
MOST_NUMBERS = 30_000
"""Numbers a step for which there are 200 steps; a larger network is trained for fewer."""
SHARE = 0.01
"""Of what the gradient gained: ends that differ by less make no difference."""
QUICK = 2.0
"""One way that needs so many times the steps of another is slower, and that is told."""
SAME = 1e-9
"""Of the way that a goal went: so near to another it is the same, to the rounding of so many steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """One way of training: its name, the goal at its end, after how many steps it was as good as the gradient's end
    (null if never), and how far its last step moved a weight."""

    way: str
    error: float
    steps_to_error_of_gradient: int | None
    last_move: float
    finite: bool = aside()


@dataclass(frozen=True, slots=True)
class ByPattern:
    """For how many patterns the signs end better than the gradient, by how much they end worse at most, and for which,
    and the median of that."""

    better: int
    worst: float
    pattern: Pattern
    median: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """Where the ways of training end."""

    naming: Naming = aside()
    rate: float
    """the rate of the trials"""
    steps: int
    """their steps"""
    error_at_start: float
    """the goal over all patterns at the start"""
    ways: tuple[Trained, ...]
    """`way`, the `error` at its end, `steps_to_error_of_gradient`, `last_move`"""
    angle_of_signs: float
    """degrees between the gradient and its signs"""
    run_rate: float | None = aside()
    apart: float = aside()
    """how far the ends are apart at most"""
    gained: float = aside()
    """by how much the gradient made the goal better"""
    boxed: bool = aside()
    by_pattern: ByPattern | None = aside()

    @property
    def ends_differ(self) -> bool:
        """Whether the ways end at different goals, or not all at one."""
        finite = all(way.finite for way in self.ways[:3])
        return not finite or self.apart > SHARE * max(abs(self.gained), 1e-300)

    @property
    def pace_differs(self) -> bool:
        """Whether one way took far more steps than another to the same goal, or never came to it."""
        reached = [way.steps_to_error_of_gradient for way in self.ways[:3]]
        known = [many for many in reached if many is not None]
        if not known or len(known) < len(reached):
            return bool(known)
        return max(known) >= QUICK * max(1, min(known))

    @property
    def holds(self) -> bool:
        return self.ends_differ or self.pace_differs

    @property
    def kind(self) -> Literal["matters", "does not matter"]:
        return "matters" if self.holds else "does not matter"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoWays:
    """There is nothing to try."""

    naming: Naming = aside()
    reason: Literal["no number", "no slope", "too large", "no goal"] = aside()

    @property
    def holds(self) -> bool:
        return False

    @property
    def kind(self) -> Literal["nothing to try"]:
        return "nothing to try"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoGoal(NoWays):
    """The goal is no number at the start."""

    error_at_start: float
    """the goal over all patterns at the start"""


Amount = Ways | NoGoal | NoWays


def measure(context: Context) -> Amount:
    """Does training by the signs alone, or by steps of one length, end elsewhere than training by the gradient?"""
    slope, naming = context.gradient(context.start), context.naming
    if not np.all(np.isfinite(slope)):
        return NoWays(naming=naming, reason="no number")
    if not np.any(slope):
        return NoWays(naming=naming, reason="no slope")
    rate = context.trial_rate
    length = rate * float(np.linalg.norm(slope))
    if not np.isfinite(length):
        return NoWays(naming=naming, reason="too large")
    steps = STEPS if context.evaluator.width(context.patterns, False, True) * 3 < MOST_NUMBERS else FEW_STEPS
    ways = [gradient(context, rate, steps), signs(context, rate, steps), fixed(context, length, steps)]
    ways += [own(context, steps)] if context.rate is None else []
    goals = [context.evaluator.goal(way.path) for way in ways]
    begun = float(goals[0][0])
    if not np.isfinite(begun):
        return NoGoal(naming=naming, reason="no goal", error_at_start=begun)
    finite = [way.finite and bool(np.isfinite(found).all()) for way, found in zip(ways, goals, strict=True)]
    last = np.array([float(found[-1]) for found in goals])
    reach = [reached(context, found, float(last[0])) if finite[0] else None for found in goals]
    return Ways(
        naming=naming, rate=rate, steps=steps, error_at_start=begun,
        ways=tuple(
            Trained(way=way.name, error=float(end) if good else np.nan, steps_to_error_of_gradient=many,
                    last_move=way.last_move, finite=good)
            for way, end, good, many in zip(ways, last, finite, reach, strict=True)
        ),
        angle_of_signs=angle(np.sign(slope), slope), run_rate=context.run.rate,
        apart=float(np.abs(last[1:3] - last[0]).max()), gained=float(context.sense * (begun - last[0])),
        boxed=context.boxed, by_pattern=by_pattern(context, ways),
    )  # fmt: skip


def by_pattern(context: Context, ways: list[Way]) -> ByPattern | None:
    """For how many patterns the signs alone end better than the gradient, and the one for which they end worst."""
    each = context.model.goal.each
    if each is None or context.patterns == 1:
        return None
    values = context.evaluator.values(np.array([way.path[-1] for way in ways[:2]]))[each]
    errors = context.sense * np.broadcast_to(values, (2, context.patterns))
    if not np.isfinite(errors).all():
        return None
    worse = errors[1] - errors[0]
    found = summary(worse)
    return ByPattern(int(np.sum(worse < 0)), found.worst, context.pattern_at(found.place), found.median)


def reached(context: Context, goals: Array, wanted: float) -> int | None:
    """After how many steps a goal is as good as wanted, to rounding; None if it never is."""
    slack = SAME * max(abs(wanted), abs(float(goals[0]) - wanted))
    good = np.flatnonzero(context.sense * (goals - wanted) <= slack)
    return int(good[0]) if len(good) else None
