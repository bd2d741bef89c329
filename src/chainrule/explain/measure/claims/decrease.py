"""decrease: the goal before and after each step, over the patterns visited and over all → how many helped, and hurt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.finding import aside, sometimes
from chainrule.explain.measure.ledger import Ledger, booked
from chainrule.explain.measure.rounding import PATTERNS
from chainrule.explain.measure.summary import summary
from chainrule.explain.measure.trials import NOISE
from chainrule.explain.naming import Naming
from chainrule.values import dataclass

Kind = Literal["better", "some worse", "unchanged", "nothing moved"]
Chosen = NDArray[np.bool_]
HOP = 1e-6
"""A move of so large a share of the weights is no landing: where it changes nothing, it hops."""
SPECK = 1e-30
"""Of the first goal: a change that is smaller is none."""
PROVED = 2_000
"""Changes too small to count by their size alone that are held against what rounding is proved to do, at most."""
LISTED, FIRST, RISEN = 20, 4, 5
"""Steps whose numbers are listed; the first steps that are shown, and how many that made something worse."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A step: which patterns it visited, the goal over them and over all before and after, and what is so of it."""

    step: int
    visited: tuple[int, ...]
    before: float
    after: float
    all_before: float
    all_after: float
    moved: bool
    worse: bool
    costs_others: bool
    uphill: bool
    projected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What the steps of the run did to the goal."""

    naming: Naming = aside()
    steps: int
    """steps that were looked at"""
    of: int
    """steps of the run"""
    moved: int
    """steps that moved a weight"""
    own_better: int
    """those that helped the patterns they visited"""
    helped_by_proof: int | None = sometimes()
    """those of them that changed the goal by less than its last digits, where the slope is proved all along the step"""
    own_worse: int
    """those that hurt them"""
    total_worse: int
    """those after which the goal over all patterns was worse"""
    total_worse_by_another_pattern: int
    """those of them that helped their own"""
    worst_own: float
    """the largest rise of their own"""
    worst_total: float
    """the largest rise over all"""
    projected: int
    """steps that ended on the edge of a box"""
    uphill: int
    """steps against their own gradient"""
    total_first: float
    """the goal over all patterns before the first step"""
    total_last: float
    """and after the last"""
    steps_own_worse: tuple[int, ...]
    """the first of them"""
    steps_total_worse: tuple[int, ...]
    """the first of them"""
    moved_without_change: int | None = sometimes()
    """steps that moved a weight far and changed nothing"""
    single: bool = aside()
    """whether each step visits all patterns"""
    wide: bool = aside()
    """whether a step visits several"""
    backwards: bool = aside()
    """whether the rate of the run is negative"""
    remembers: bool = aside()
    """whether the learning rule keeps anything from step to step"""
    top: float = aside()
    """the largest rise among the steps that hurt their own, infinite or no number where one is"""
    top_step: int | None = aside()
    """in which step, where there are several and all are numbers"""
    top_median: float = aside()
    entries: tuple[Entry, ...] = aside()
    """the first steps, and the first that hurt"""

    @property
    def hops(self) -> bool:
        """Whether more steps moved far and changed nothing than helped."""
        return (self.moved_without_change or 0) > self.own_better

    @property
    def holds(self) -> bool:
        return not self.own_worse and self.own_better > 0 and not self.hops

    @property
    def kind(self) -> Kind:
        if not self.moved:
            return "nothing moved"
        if self.own_worse:
            return "some worse"
        return "better" if self.holds else "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotRecorded:
    """No two steps in a row were recorded, or none was taken."""

    naming: Naming = aside()
    steps: int
    """steps that were looked at"""
    error: float = aside()

    @property
    def holds(self) -> bool:
        return False

    @property
    def kind(self) -> Literal["not recorded"]:
        return "not recorded"


Decrease = Steps | NotRecorded


def measure(context: Context) -> Decrease:
    """Did every step that moved a weight make the goal over the patterns it visited better?"""
    ledger, ways = context.once(booked), context.once(ways_of)
    if ledger is None or ways is None:
        return NotRecorded(naming=context.naming, steps=context.run.steps, error=context.error(context.start))
    change, change_all, better, worse, worse_all = ways
    other = worse_all & better  # the step helped its own patterns and hurt the rest
    against = uphill(context, ledger, worse)
    moved, looked = int(ledger.moved.sum()), len(ledger.steps)
    single = context.patterns == 1 or all(
        len(context.rows(int(step) - 1)) == context.patterns for step in ledger.steps[:50]
    )
    far = np.abs(ledger.to - ledger.at).max(axis=1, initial=0.0) > HOP * size_of(ledger)
    known = int(worse.sum()) > 1 and bool(np.isfinite(change[worse]).all())
    by_proof = int((better & ~(change < -rounding(ledger.before, ledger.after))).sum())
    top = summary(change[worse]) if known else None
    return Steps(
        naming=context.naming, steps=looked, of=ledger.of, moved=moved, own_better=int(better.sum()),
        helped_by_proof=by_proof or None, own_worse=int(worse.sum()), total_worse=int(worse_all.sum()),
        total_worse_by_another_pattern=int(other.sum()),
        worst_own=float(np.where(ledger.moved, change, -np.inf).max()) if moved else 0.0,
        worst_total=float(np.where(ledger.moved, change_all, -np.inf).max()) if moved else 0.0,
        projected=int(ledger.projected.sum()), uphill=int(against.sum()), total_first=float(ledger.all_before[0]),
        total_last=float(ledger.all_after[-1]), steps_own_worse=tuple(ledger.steps[worse][:LISTED].tolist()),
        steps_total_worse=tuple(ledger.steps[worse_all][:LISTED].tolist()),
        moved_without_change=int((ledger.moved & ~better & ~worse & far).sum()) if moved else None,
        single=single, wide=len(context.rows(0)) > 1,
        backwards=context.backwards, remembers=context.remembers, top=float(change[worse].max(initial=-np.inf)),
        top_step=None if top is None else int(ledger.steps[worse][top.place]),
        top_median=np.nan if top is None else top.median,
        entries=tuple(entries(context, ledger, worse, other, against)),
    )  # fmt: skip


Ways = tuple[Array, Array, Chosen, Chosen, Chosen]


def ways_of(context: Context) -> Ways | None:
    """Of each step the change of the goal over its own patterns and over all, made better counted below 0; which steps
    helped their own, which hurt their own, which hurt all. None without a record."""
    ledger = context.once(booked)
    if ledger is None:
        return None
    noise, noise_all = rounding(ledger.before, ledger.after), rounding(ledger.all_before, ledger.all_after)
    change = context.sense * (ledger.after - ledger.before)
    change_all = context.sense * (ledger.all_after - ledger.all_before)
    signs = proved(context, ledger, change, noise)
    better = ledger.moved & ((change < -noise) | (signs < 0))
    worse = ledger.moved & (~(change <= noise) | (signs > 0))
    return change, change_all, better, worse, ledger.moved & ~(change_all <= noise_all)  # ∞ hurts too


def size_of(ledger: Ledger) -> float:
    finite = ledger.to[np.isfinite(ledger.to).all(axis=1)]
    return 1e-3 + float(np.abs(finite).max(initial=0.0))


def rounding(before: Array, after: Array) -> Array:
    """Below this a change is too small to count; one to a number that is not finite always counts."""
    larger = np.where(np.isfinite(after), np.maximum(np.abs(before), np.abs(after)), np.abs(before))
    return NOISE * larger + SPECK * float(np.abs(before[0]))


def proved(context: Context, ledger: Ledger, change: Array, noise: Array) -> Array:
    """1 where a change that is too small to count by its size is proved a rise, −1 where a fall, else 0: the slope
    along the step has one sign on the whole way. Behind a saturated unit a step changes the goal in the fourteenth
    digit, and that is no rounding."""
    signs = np.zeros(len(change))
    small = np.flatnonzero(ledger.moved & (np.abs(change) <= noise))
    if not context.plain or not 0 < len(small) <= PROVED or context.patterns > PATTERNS:
        return signs
    visited = [context.rows(int(ledger.steps[place]) - 1) for place in small]
    for rows in set(visited):
        row = None if sorted(rows) == list(range(context.patterns)) else rows[0]
        if row is not None and len(rows) > 1:
            continue
        places = np.array([place for place, own in zip(small, visited, strict=True) if own == rows])
        before, after = ledger.at[places], ledger.to[places]
        low, high = np.minimum(before, after), np.maximum(before, after)
        with np.errstate(all="ignore"):
            slope = context.prover.along(low, high, after - before, row).slope
        least, most = (np.broadcast_to(side, (len(places), 1))[:, 0] for side in (slope.low, slope.high))
        signs[places] = context.sense * ((least > 0) * 1.0 - (most < 0))
    return signs


def uphill(context: Context, ledger: Ledger, worse: Chosen) -> Chosen:
    """Which of the worse steps went against their own slope, as a learning rule with a memory can."""
    found = np.zeros(len(worse), dtype=np.bool_)
    if context.rate is None:
        for place in np.flatnonzero(worse):
            rows = np.array([context.rows(int(ledger.steps[place]) - 1)], dtype=np.int64)
            slope = context.evaluator.gradient(ledger.at[place][None, :], rows)[0]
            found[place] = context.sense * float(slope @ (ledger.to[place] - ledger.at[place])) > 0
    return found


def entries(context: Context, ledger: Ledger, worse: Chosen, other: Chosen, against: Chosen) -> Iterator[Entry]:
    """The first steps, and the first that made something worse."""
    first = list(range(min(FIRST, len(ledger.steps))))
    risen = [int(place) for place in np.flatnonzero(worse | other)[:RISEN] if place not in first]
    for place in first + risen:
        step = int(ledger.steps[place])
        yield Entry(
            step, context.rows(step - 1), float(ledger.before[place]), float(ledger.after[place]),
            float(ledger.all_before[place]), float(ledger.all_after[place]), bool(ledger.moved[place]),
            bool(worse[place]), bool(other[place]), bool(against[place]), bool(ledger.projected[place]),
        )  # fmt: skip
