"""A run → what the answers say of it beside the findings of the claims: its names and rates, its end, who pulls."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from chainrule.explain.measure.claims.dead import ByZeros, Exact
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.finding import Finding
from chainrule.explain.naming import Naming, Pattern, tuple_of
from chainrule.values import dataclass

FEW = 50
"""Patterns of which each is looked at for every value of the weights: that takes as long as some steps for each."""


@dataclass(frozen=True, slots=True)
class Pulls:
    """The gradients of single patterns at the start."""

    looked_at: int
    """so many patterns"""
    finite: bool
    """whether all of them are finite numbers"""
    pulling: int
    """how many are not 0"""
    up: int
    """where there is one weight: how many patterns want it to go up"""
    down: int
    """and how many down"""
    alone: bool
    """whether all patterns but one have gradient 0 for every value of the weights, as far as that is known"""


@dataclass(frozen=True, slots=True)
class Ran:
    """What answers ask of a run."""

    naming: Naming
    names: tuple[str, ...]
    """the entries of the weights by the names that findings have: ``w``, ``W[2,1]``"""
    quantities: frozenset[str]
    each: str
    """the error of one pattern, by its key; "" where the goal has none"""
    steps: int
    visited: int
    """patterns of its first step"""
    rate: float | None
    """of plain gradient descent; None under another rule"""
    own_rate: float | None
    """whatever the rule"""
    trial_rate: float
    """with which steps were tried"""
    boxed: bool
    """whether a weight has bounds"""
    moved: bool
    """whether a step moved a weight"""
    end: tuple[float, ...]
    gradient: tuple[float, ...]
    """at the end, over all patterns"""
    pulls: Pulls | None
    """None where there is one pattern, or no weight"""
    patterns: Mapping[int, Pattern]
    """those that are told by their data"""

    @property
    def backwards(self) -> bool:
        """Whether the rate is negative, so that each step goes the way in which the goal gets worse."""
        return self.rate is not None and self.rate < 0


def ran(context: Context, found: Finding | None) -> Ran:
    """What answers ask of a run of which it is known what is dead."""
    return Ran(
        naming=context.naming, names=context.names, quantities=frozenset(context.model.quantities),
        each=context.model.goal.each or "", steps=context.run.steps, visited=len(context.rows(0)), rate=context.rate,
        own_rate=context.run.rate, trial_rate=context.trial_rate, boxed=context.boxed,
        moved=not bool((context.path == context.end).all()), end=tuple_of(context.end),
        gradient=tuple_of(context.gradient(context.end)),
        pulls=pulls(context) if context.patterns > 1 and context.names else None,
        patterns={row: context.pattern_at(row) for row in told_alone(found)},
    )  # fmt: skip


def pulls(context: Context) -> Pulls:
    """Which patterns pull at the start, and where to."""
    slopes, rows = context.pulls
    pulling = slopes[np.any(slopes != 0, axis=1)]
    up, down = (int(np.sum(way * context.sense * pulling[:, 0] < 0)) for way in (1, -1))
    alone = len(pulling) == 1 and dead_but_one(context)
    return Pulls(len(rows), bool(np.isfinite(slopes).all()), len(pulling), up, down, alone)


def dead_but_one(context: Context) -> bool:
    """Whether all patterns but one have gradient 0 for every value of the weights."""
    if context.patterns > FEW or not context.plain:
        return False
    keys = [context.program.gradient(name) for name in context.names]
    awake = 0
    for row in range(context.patterns):
        facts = context.evaluator.everywhere(row)
        awake += not all((found := facts.get(key)) is not None and found.constant == 0 for key in keys)
    return awake <= 1


def told_alone(found: Finding | None) -> set[int]:
    """The patterns that are told by their data: where one alone is dead, or hardly pulls."""
    if not isinstance(found, Exact | ByZeros):
        return set()
    rows = {row for one in found.dead_patterns for row in one.equal or (one.row,)}
    return {row for one in (rows, set(found.saturated_patterns)) if len(one) == 1 for row in one}
