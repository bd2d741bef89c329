"""step: curvature, the longest step that still helps, Newton's step, steps far beyond → whether the rate is below."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.curvature import is_mean, limits
from chainrule.explain.measure.finding import aside, sometimes
from chainrule.explain.measure.kinks import sides
from chainrule.explain.measure.limits import Limit, Limits, NoBound, Note, TurningPoints
from chainrule.explain.measure.proved_range import line_of
from chainrule.explain.measure.rounding import rounding
from chainrule.explain.measure.trials import Longest, Trial, descend, longest
from chainrule.explain.naming import Naming, tuple_of
from chainrule.expr.limits import most
from chainrule.values import dataclass

Kind = Literal["guaranteed", "measured", "no bound"]
LEAST, FAR = 10, 1e15
"""Steps that are tried at least; rates above this are not tried."""
STEPS, FEW_STEPS, DEAR = 200, 30, 20_000
"""Steps that are tried; fewer where a step computes more numbers than that."""
FLAT = 1e-9
"""Of the largest curvature: one below it has no lowest point that is worth a step."""
SHORT = 1e-6
"""Of a proved rate, and of what such a step gains: what a search falls short by, and rounding takes."""


@dataclass(frozen=True, slots=True)
class Newton:
    """Where Newton's step leads, and the goal there; or why there is none: a kink, or no bend the right way."""

    missing: Literal["kink", "no bend"] | None
    target: tuple[float, ...] = ()
    outside: bool = False
    error: float = math.nan


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What was found of how far a step may go."""

    naming: Naming = aside()
    start: tuple[float, ...] = aside()
    error: float = aside()
    """the goal at the start"""
    slope: tuple[float, ...] = aside()
    """the gradient there"""
    rate: float | None
    """the rate of plain descent; null under another rule"""
    guaranteed: bool
    """whether the bound is proved"""
    safe_step: float | None
    """the rate below which a step of the run helps"""
    curvature_bound: float | None
    """the curvature that this rests on"""
    curvature_met: float | None
    """the largest that was met"""
    safe_step_total: float | None
    """the same for steps over all patterns"""
    safe_step_one_pattern: float | None
    """the same for steps over one pattern"""
    longest_better_step: float | None
    """up to which rate every step tried from the start helps; null if all did"""
    searched_up_to: float
    """the largest rate tried"""
    better_again_at: float | None
    """a longer step that helps again"""
    hidden_up_to: float | None
    """up to which rate rounding hides what a step from the start does; null if it hides nothing"""
    newton_step: float | tuple[float, ...] | None
    """the rate of Newton's step, of many weights the point it leads to"""
    trials: tuple[Trial, ...]
    """trainings over all patterns: `rate`, `steps`, `last`, `rose`, `left`, `period`, `growth`"""
    whole: Limit | None = aside()
    """the limit of a step over all patterns"""
    alone: Limit | None = aside()
    """that of a step over one"""
    some: bool = aside()
    """whether a step of the run visits some of the patterns only"""
    visited: int = aside()
    """how many it visits"""
    mean: bool = aside()
    """whether the goal is the mean of the patterns"""
    notes: tuple[Note, ...] = aside()
    newton: Newton | None = aside()
    moving: bool = aside()
    """whether a step of the run has a gradient"""
    boxed: bool = aside()
    wrong: bool = aside()
    """whether a step that is proved to help does not: slope or curvature is wrong"""
    run_rate: float | None = aside()
    tried_rate: float = aside()

    @property
    def seen(self) -> Limit | None:
        """The limit of a step of the run."""
        return self.alone if self.alone is not None and self.some else self.whole

    @property
    def below(self) -> bool:
        """Whether the rate of the run is below it."""
        return self.rate is not None and self.seen is not None and 0 < self.rate < self.seen.safe

    @property
    def holds(self) -> bool:
        return self.below and self.moving and not self.wrong

    @property
    def kind(self) -> Kind:
        return "guaranteed" if self.guaranteed else "no bound" if self.safe_step is None else "measured"


@dataclass(frozen=True, slots=True, kw_only=True)
class OneWeight(Judged):
    """The same of one weight, where bounds are proved on a range."""

    range: tuple[float, ...]
    """the weights for which the bound was proved"""
    no_bound_near: float | None = sometimes()
    """a weight near which the curvature has no bound"""
    curvature_met_one_pattern: float | None = sometimes()
    """the largest that was met for one pattern"""
    safe_step_sum: float | None = sometimes()
    """the same for their sum"""
    bends_at: tuple[float, ...] | None = sometimes()
    """where the curve stops bending upward"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManyWeights(Judged):
    """The same of many weights, where curvature is met at points."""

    points: int | None = sometimes()
    """points at which curvature was looked at"""
    guaranteed_first_step: float | None
    """the rate that is proved along the first step"""


@dataclass(frozen=True, slots=True, kw_only=True)
class VeryManyWeights(Judged):
    """The same of more weights than a matrix is made for."""

    points: int | None = sometimes()
    """points at which curvature was looked at"""
    products: int | None = sometimes()
    """products with the Hessian that were needed"""
    found: bool | None = sometimes()
    """whether they were enough"""
    guaranteed_first_step: float | None
    """the rate that is proved along the first step"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoStep:
    """No weight is trained."""

    @property
    def holds(self) -> bool:
        return False

    @property
    def kind(self) -> Literal["no step"]:
        return "no step"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoNumber(NoStep):
    """The goal or its slope is no number at the start."""

    naming: Naming = aside()
    start: tuple[float, ...] = aside()
    error: float
    """the goal, where it or the gradient is no finite number"""
    gradient: tuple[float, ...]
    """the gradient there"""


Step = OneWeight | ManyWeights | VeryManyWeights | NoNumber | NoStep


def measure(context: Context) -> Step:
    """Is the rate of the run below the step that curvature allows?"""
    if not context.names:
        return NoStep()
    start = context.start
    goal, slope = context.engine(start)
    if not (np.isfinite(goal) and np.isfinite(slope).all()):
        return NoNumber(naming=context.naming, start=tuple_of(start), error=goal, gradient=tuple_of(slope))
    found = limits(context, slope)
    whole, alone = found.whole, found.alone
    some = context.patterns > len(context.rows(0))  # its curvature is then at most the largest of a single pattern
    seen = alone if alone is not None and some else whole
    search = longest(context, start, slope) if np.any(slope) else Longest(0.0, 0.0)
    newton, rate = newtons(context, start, slope)
    judged: dict[str, Any] = {
        "naming": context.naming, "start": tuple_of(start), "error": goal, "slope": tuple_of(slope),
        "rate": context.rate, "guaranteed": bool(seen and seen.guaranteed), "safe_step": seen.safe if seen else None,
        "curvature_bound": seen.bound if seen else None, "curvature_met": seen.met if seen else None,
        "safe_step_total": whole.safe if whole else None, "safe_step_one_pattern": alone.safe if alone else None,
        "longest_better_step": search.reach, "searched_up_to": search.looked, "better_again_at": search.again,
        "hidden_up_to": search.hidden,
        "newton_step": rate, "trials": tuple(beyond(context, whole, search.reach)), "whole": whole, "alone": alone,
        "some": some, "visited": len(context.rows(0)), "mean": is_mean(context), "notes": found.notes,
        "newton": newton, "moving": context.moment is not None, "boxed": context.boxed,
        "wrong": contradicted(context, whole, goal, slope, search.reach), "run_rate": context.run.rate,
        "tried_rate": context.trial_rate,
    }  # fmt: skip
    return of_kind(context, found, judged)


def of_kind(context: Context, found: Limits, judged: dict[str, Any]) -> Step:
    """The finding with what only one weight, or many, or very many have."""
    if found.line is not None:
        alone, line = found.alone, found.line
        turns = next((note for note in found.notes if isinstance(note, TurningPoints)), None)
        return OneWeight(
            **judged, range=(line.low, line.high),
            no_bound_near=next((note.near for note in found.notes if isinstance(note, NoBound)), None),
            curvature_met_one_pattern=None if alone is None else alone.met, safe_step_sum=found.sum,
            bends_at=None if turns is None else tuple(at for at, _ in turns.at),
        )  # fmt: skip
    if context.many:
        return VeryManyWeights(
            **judged, points=found.points, products=found.products, found=found.found,
            guaranteed_first_step=found.first,
        )  # fmt: skip
    return ManyWeights(**judged, points=found.points, guaranteed_first_step=found.first)


def contradicted(context: Context, whole: Limit | None, goal: float, slope: Array, reach: float | None) -> bool:
    """Whether a step that is proved to help does not: slope or curvature is wrong."""
    if whole is None or not whole.guaranteed or reach is None or context.boxed or not math.isfinite(whole.safe):
        return False
    gain = whole.safe * float(slope @ slope)  # what a step half as long may be expected to gain, and more
    if not (reach < (1 - SHORT) * whole.safe and gain > SHORT * abs(goal)):
        return False
    half = context.start - context.sense * 0.5 * whole.safe * slope
    return gain > 2 * float(rounding(context, np.array([context.start, half])).max())


def newtons(context: Context, start: Array, slope: Array) -> tuple[Newton | None, float | tuple[float, ...] | None]:
    """Newton's step, where a parabola through the start, with its slope and curvature, has its lowest point; and its
    rate, of many weights the point that it leads to."""
    if context.many:
        return None, None
    with np.errstate(all="ignore"):
        matrix = context.sense * context.hessian(start)
    if len(start) == 1 and not context.prover.spent():  # exact, from the interval jets at one point
        matrix = line_of(context, -math.inf, math.inf, None).bend(start)[:, None]
    if not np.any(slope) or not np.isfinite(matrix).all():
        return None, None
    if not sides(context, start).smooth:
        return Newton("kink"), None
    values = np.linalg.eigvalsh(matrix)
    if values[0] <= FLAT * max(abs(values[-1]), 1e-300):
        return Newton("no bend"), None
    target = start - np.linalg.solve(matrix, context.sense * slope)
    target = np.where(np.abs(target) < FLAT * (1 + np.abs(start)), 0.0, target)
    outside = bool((context.project(target) != target).any())
    found = Newton(None, tuple_of(target), outside, context.error(target))
    return found, float(1 / matrix[0, 0]) if len(start) == 1 else found.target


def beyond(context: Context, whole: Limit | None, reach: float | None) -> list[Trial]:
    """What plain steps over all patterns do at, below and far beyond the bound."""
    base = whole.safe if whole is not None and math.isfinite(whole.safe) else None
    rates = {context.trial_rate}
    if base is not None:
        rates |= {0.9 * base, 1.1 * base, 3 * base, 30 * base}
    elif reach:
        rates |= {0.5 * reach, 2 * reach}
    else:
        rates |= {10 * context.trial_rate, 1000 * context.trial_rate}
    tried = np.array(sorted(rate for rate in rates if 0 < rate < FAR))
    cost = context.evaluator.width(context.patterns, False, False) * len(tried)
    fewer = max(LEAST, most("tries") // max(1, context.evaluator.operations))
    return descend(context, context.start, tried, steps=min(STEPS if cost < DEAR else FEW_STEPS, fewer))
