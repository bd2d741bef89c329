"""size: steps along the gradient → whether its size is the rate at which the goal changes."""

from __future__ import annotations

from typing import Literal

import numpy as np

from chainrule.data.draws import normals
from chainrule.engines.protocol import Array
from chainrule.explain.measure.context import Context, Moment, rows_of
from chainrule.explain.measure.finding import aside
from chainrule.explain.measure.kinks import apart, both, broken
from chainrule.explain.measure.no_slope import NoSlope, no_slope
from chainrule.explain.measure.rate_of_change import rate as rate_along
from chainrule.explain.measure.samples import evenly, median
from chainrule.explain.measure.summary import FEWEST, summary
from chainrule.explain.naming import Naming, Visit, tuple_of
from chainrule.values import dataclass

Verdict = Literal["right", "hidden", "kink", "kink close by", "kinks inside", "wrong"]
Kind = Literal["rate of change", "not the rate of change", "hidden"]
ALONE, NEAR = 200, 0.1
"""Weights that are moved alone, of more an even sample; how near to 1 a ratio is called near."""
SHARES = (4.0, 2.0, 1.0, 0.5, 0.25, 0.0625)
"""How many times as long as the run's own the steps are that are tried."""
SHORT = 1e-3
"""So near to 1 the ratio of short steps must come, where differences tell it: curvature and rounding leave as much."""
AGREE = 0.1
"""Of how far a ratio is from 1: so near to it comes that of another length, where it is no work of the curvature."""
CORNER = 1e-9
"""A ratio that is off by more at a kink is no rounding."""
HAIR, BESIDE = 1e-9, 8
"""How far beside the point gradients are looked at, of the size of the weights, 1 at least; at how many points."""
JUMP = 1e-4
"""Of its largest slope: by more a smooth gradient does not change over so short a way."""
CLEAR = 1e4
"""How many last places of the goal a change must have to tell a ratio to a ten-thousandth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedStep:
    """One step along the gradient: its rate, what was predicted, what happened, and their ratio."""

    share: float = aside()
    rate: float
    predicted: float
    actual: float
    ratio: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Alone:
    """Each weight moved alone: actual/predicted where it is furthest from 1, the median, of how many weights."""

    worst: str
    worst_value: float
    median: float
    of: int
    within_a_tenth: int
    with_a_slope: int = aside()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sized:
    """The change that the gradient predicts beside the change that happens."""

    naming: Naming = aside()
    visit: Visit = aside()
    point: tuple[float, ...] = aside()
    rate: float
    """the rate of the steps that were tried"""
    gradient: tuple[float, ...]
    """the gradient"""
    gradient_norm: float
    """its length"""
    error: float
    """the goal there"""
    steps: tuple[TriedStep, ...]
    """`rate`, the `predicted` and the `actual` change, their `ratio`"""
    ratio_of_short_steps: float | None
    """where that ratio goes for ever shorter steps; null where rounding hides it"""
    ratio_tolerance: float
    """how far from 1 rounding may leave it"""
    weights_alone: Alone | None
    """each weight moved alone: `worst`, `worst_value`, `median`, `of`, `within_a_tenth`"""
    verdict: Verdict = aside()
    run_rate: float | None = aside()
    tolerance: float | None = aside()
    """the same by a complex step; None where it decides nothing"""

    @property
    def own(self) -> TriedStep:
        """The step of the run's own length."""
        return next(step for step in self.steps if step.share == 1.0)

    @property
    def holds(self) -> bool:
        return self.verdict == "right"

    @property
    def kind(self) -> Kind:
        if self.ratio_of_short_steps is None:
            return "hidden"
        return "rate of change" if self.holds else "not the rate of change"


Size = Sized | NoSlope


def measure(context: Context) -> Size:
    """Is the size of the gradient the rate of change? Then actual/predicted goes to 1 for short steps."""
    moment = context.moment
    if moment is None:
        return no_slope(context)
    rate, direction = context.trial_rate, -context.sense * moment.gradient
    norm = float(moment.gradient @ moment.gradient)
    shares = np.array(SHARES)
    found = context.evaluator.goal(
        np.concatenate([moment.before[None, :], moment.before + rate * shares[:, None] * direction]),
        rows_of(moment, len(shares) + 1),
    )
    here, actual = float(found[0]), found[1:] - found[0]
    predicted = -context.sense * rate * shares * norm
    ratios = actual / predicted
    beside = kink_along(context, moment, direction, norm)
    limit = slope_ratio(context, moment, direction, norm)
    exact = limit is not None and abs(limit - 1) < SHORT
    along = None if limit is None else rate_along(context, moment)
    if along is not None and along.clear and beside is None:
        limit, exact = along.ratio, along.right
    else:
        along = None  # at a kink, or hidden by rounding
    verdict: Verdict = "right" if exact else "wrong"
    if limit is None:
        verdict = "hidden"
    elif beside is not None and abs(beside - 1) > CORNER:
        verdict, limit = "kink", beside
    elif not exact and near_kink(context, moment):
        verdict = "kink close by"
    elif not exact and kinks_inside(context, moment):
        verdict = "kinks inside"
    return Sized(
        naming=context.naming, visit=context.visit(moment.rows), point=tuple_of(moment.before), rate=rate,
        gradient=tuple_of(moment.gradient), gradient_norm=norm**0.5, error=here,
        steps=tuple(
            TriedStep(share=share, rate=rate * share, predicted=float(p), actual=float(a), ratio=float(r))
            for share, p, a, r in zip(SHARES, predicted, actual, ratios, strict=True)
        ),
        ratio_of_short_steps=limit, ratio_tolerance=SHORT if along is None else along.tolerance,
        weights_alone=alone(context, moment, rate, here), verdict=verdict, run_rate=context.run.rate,
        tolerance=None if along is None else along.tolerance,
    )  # fmt: skip


def kink_along(context: Context, moment: Moment, direction: Array, norm: float) -> float | None:
    """Actual over predicted change for ever shorter steps, where a kink stands in the way; None where none does."""
    right, left, *jumps = both(context, moment.before, direction[None, :], moment.rows)
    if not (apart(right, -left).any() or any(jump.any() for jump in jumps)):
        return None
    return float(right[0]) / (-context.sense * norm)


def near_kink(context: Context, moment: Moment) -> bool:
    """Whether the slopes at the point itself are those of the equations, by complex steps, which step over nothing."""
    exact = context.evaluator.complex_step(moment.before, rows_of(moment, 1), moment.gradient[None, :])[0]
    return bool(abs(exact - moment.gradient @ moment.gradient) <= CORNER * abs(exact)) and bool(broken(context))


def kinks_inside(context: Context, moment: Moment) -> bool:
    """Whether quantities stand on kinks that in the goal are none: at each the rules take a slope between those of both
    sides, and what these make together is the slope of no side. The gradient is that of the rules then, and everywhere
    beside the point it is another."""
    at = context.evaluator.gradient(moment.before[None, :], rows_of(moment, 1))[0]
    size = float(np.abs(at).max())
    if not (np.isfinite(at).all() and np.abs(at - moment.gradient).max() <= CORNER * size):
        return False
    far = HAIR * (1 + float(np.abs(moment.before).max()))
    drawn = normals(0, "beside", BESIDE * len(at)).reshape(BESIDE, -1)
    beside = context.evaluator.gradient(moment.before + far * drawn, rows_of(moment, BESIDE))
    return bool(broken(context)) and bool((np.abs(beside - at).max(axis=1) > JUMP * size).all())


def alone(context: Context, moment: Moment, rate: float, here: float) -> Alone | None:
    """Each weight moved alone by its share of the step: where actual/predicted is furthest from 1, and of how many."""
    sloped = np.flatnonzero(moment.gradient)
    if len(sloped) < FEWEST:
        return None
    places = sloped[evenly(len(sloped), ALONE)]
    moves = np.zeros((len(places), len(context.names)))
    moves[np.arange(len(places)), places] = -context.sense * rate * moment.gradient[places]
    goals = context.evaluator.goal(moment.before + moves, rows_of(moment, len(places)))
    predicted = -context.sense * rate * moment.gradient[places] ** 2
    clear = np.isfinite(goals) & (np.abs(predicted) > CLEAR * np.finfo(float).eps * abs(here))
    if clear.sum() < 2:
        return None
    places, ratios = places[clear], (goals[clear] - here) / predicted[clear]
    found = summary(ratios, np.abs(ratios - 1))
    return Alone(
        worst=context.weight(int(places[found.place])), worst_value=found.worst, median=found.median, of=found.of,
        within_a_tenth=int(np.sum(np.abs(ratios - 1) <= NEAR)), with_a_slope=len(sloped),
    )  # fmt: skip


def slope_ratio(context: Context, moment: Moment, direction: Array, norm: float) -> float | None:
    """Actual over predicted change as the step gets short: by symmetric differences, where they are clearest.
    None where rounding hides it, or where no step is short enough to tell."""
    size = max(1.0, float(np.abs(moment.before).max()))
    lengths = size * 10.0 ** np.arange(-3.0, -6.5, -0.5) / float(np.abs(direction).max())
    points = np.concatenate(
        [moment.before + lengths[:, None] * direction, moment.before - lengths[:, None] * direction]
    )
    found = context.evaluator.goal(points, rows_of(moment, len(points)))
    ahead, behind = found[: len(lengths)], found[len(lengths) :]
    change, expected = (ahead - behind) / 2, -context.sense * lengths * norm
    noise = CLEAR * np.finfo(float).eps * np.maximum(np.abs(ahead), np.abs(behind))
    clear = (np.abs(expected) > noise) & np.isfinite(change)
    if not clear.any():
        return None
    ratios = change[clear] / expected[clear]
    chosen = int(np.argmin(np.abs(ratios - median(ratios))))
    nearest, others = float(ratios[chosen]), np.delete(ratios, chosen)
    settled = bool(len(others)) and float(np.min(np.abs(others - nearest))) <= AGREE * abs(nearest - 1)
    return nearest if abs(nearest - 1) < SHORT or settled else None  # curvature still shows, or rounding does
