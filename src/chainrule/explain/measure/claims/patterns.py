"""patterns: each pattern's own gradient at the start, and what steps do to the others → whether patterns conflict."""

from __future__ import annotations

from typing import Literal

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.measure.angles import angle
from chainrule.explain.measure.claims.decrease import ways_of
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.finding import aside, sometimes
from chainrule.explain.measure.samples import median
from chainrule.explain.naming import Naming, Pattern, Visit, tuple_of
from chainrule.values import dataclass

Kind = Literal["agree", "conflict"]
ROUNDING = 1e-12
"""Cosines below this are those of a right angle."""
PLACES = 8.0
"""Last places of the goal that rounding may change it by."""
FEW, COLUMNS = 8, 6
"""Patterns whose gradients are shown, and weights of each."""


@dataclass(frozen=True, slots=True)
class Risen:
    """What the first step that has a gradient did to each pattern: those that got worse, worst first."""

    rows: tuple[int, ...]
    worst: Pattern | None
    rise: float
    """by how much the worst got worse"""
    median: float
    """of those that did"""
    step: int
    visit: Visit
    others: int
    """how many patterns could have"""
    alone: bool
    """whether none that it visited did"""
    moved: bool
    """whether the step moved a weight"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulls:
    """The gradients of the patterns, each alone."""

    naming: Naming = aside()
    patterns: int
    """how many there are"""
    looked_at: int
    """how many were looked at"""
    pulling: int
    """those with a gradient at the start"""
    pairs: int
    """pairs of them"""
    opposed_pairs: int
    """pairs more than 90° apart"""
    worse_in_first_step: tuple[int, ...] | None
    """patterns that the first step hurt, worst first"""
    worst_pair: tuple[int, ...] | None = sometimes()
    """the two that are furthest apart"""
    worst_angle: float | None = sometimes()
    """their angle in degrees"""
    median_angle: float | None = sometimes()
    """the median of all pairs"""
    steps_that_hurt_others: int
    """steps that helped their own patterns and made the whole worse"""
    steps_that_helped_their_own: int
    """steps that helped their own"""
    pair: tuple[Pattern, ...] = aside()
    """the two with their data"""
    broken: int = aside()
    """patterns whose gradient is no finite number"""
    risen: Risen | None = aside()
    gradients: tuple[tuple[int, tuple[float, ...]], ...] = aside()
    """a few patterns with their gradients, by a few weights"""

    @property
    def holds(self) -> bool:
        return not (self.opposed_pairs or self.broken or self.worse_in_first_step or self.steps_that_hurt_others)

    @property
    def kind(self) -> Kind:
        return "agree" if self.holds else "conflict"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoOthers:
    """There are no two patterns, or no weight is trained."""

    naming: Naming = aside()
    patterns: int
    """how many there are"""

    @property
    def holds(self) -> bool:
        return bool(self.naming.weights)

    @property
    def kind(self) -> Literal["no others"]:
        return "no others"


Patterns = Pulls | NoOthers


def measure(context: Context) -> Patterns:
    """Do the patterns agree: does no pair pull against each other, and does no pattern get worse in the first step?"""
    if context.patterns < 2 or not context.names:
        return NoOthers(naming=context.naming, patterns=context.patterns)
    pulls, chosen = context.pulls
    sizes = np.linalg.norm(pulls, axis=1)
    pulling = np.flatnonzero((sizes > 0) & np.isfinite(sizes))
    units = pulls[pulling] / sizes[pulling, None]
    pairs = ~np.tri(len(pulling), dtype=bool)  # each pair once, row after row
    cosines = (units @ units.T)[pairs]
    risen = worse(context)
    hurt, helped = over_run(context)
    pair: tuple[int, ...] = ()
    turned, middle = None, None
    if len(cosines):
        least = np.flatnonzero(pairs)[int(np.argmin(cosines))]
        one, other = (int(pulling[place]) for place in divmod(int(least), len(pulling)))
        turned, middle = angle(pulls[one], pulls[other]), middle_angle(cosines)
        pair = (int(chosen[one]), int(chosen[other]))
    shown = range(min(len(chosen), FEW)) if len(pulling) <= FEW else range(0)
    return Pulls(
        naming=context.naming, patterns=context.patterns, looked_at=len(chosen), pulling=len(pulling),
        pairs=len(cosines), opposed_pairs=int(np.count_nonzero(cosines < -ROUNDING)),
        worse_in_first_step=None if risen is None else risen.rows, worst_pair=pair or None, worst_angle=turned,
        median_angle=middle, steps_that_hurt_others=hurt, steps_that_helped_their_own=helped,
        pair=tuple(map(context.pattern_at, pair)), broken=int(np.count_nonzero(~np.isfinite(sizes))), risen=risen,
        gradients=tuple((int(chosen[row]), tuple_of(pulls[row][:COLUMNS])) for row in shown),
    )  # fmt: skip


def over_run(context: Context) -> tuple[int, int]:
    """How many of the steps that were looked at helped the patterns they visited and hurt the goal over all, and how
    many helped their own."""
    ways = context.once(ways_of)
    if ways is None:
        return 0, 0
    _, _, helped, _, hurt_all = ways
    return int((helped & hurt_all).sum()), int(helped.sum())


def middle_angle(cosines: Array) -> float:
    """The median angle, in degrees."""
    return median(np.degrees(np.arccos(np.clip(cosines, -1.0, 1.0))))


def worse(context: Context) -> Risen | None:
    """What the first step that moved a weight did to each pattern that is looked at."""
    moment = context.moment
    if moment is None:
        return None
    chosen = context.pulls[1]
    before = context.evaluator.goal(np.repeat(moment.before[None, :], len(chosen), axis=0), chosen[:, None])
    after = context.evaluator.goal(np.repeat(moment.after[None, :], len(chosen), axis=0), chosen[:, None])
    change = context.sense * (after - before)
    noise = PLACES * np.finfo(float).eps * np.maximum(np.abs(before), np.abs(after))
    rows = np.flatnonzero(change > noise)
    rows = rows[np.argsort(-change[rows], kind="stable")]
    own = len(moment.rows) == context.patterns or bool(np.isin(chosen[rows], moment.rows).any())
    others = len(chosen) if own else int(np.sum(~np.isin(chosen, moment.rows)))
    hurt = tuple(int(row) for row in chosen[rows])
    return Risen(
        hurt, context.pattern_at(hurt[0]) if hurt else None, float(change[rows[0]]) if hurt else 0.0,
        median(change[rows]) if hurt else 0.0, moment.step, context.visit(moment.rows), others,
        len(moment.rows) < context.patterns and not set(hurt) & set(moment.rows), bool(np.any(moment.change)),
    )  # fmt: skip
