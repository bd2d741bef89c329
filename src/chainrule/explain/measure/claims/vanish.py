"""vanish: the chain from the error to the weight that gets least of it → its factors, and what share arrives."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.measure.chain.factors import Factor, Link, chain
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.dead_units import by_steps_alone
from chainrule.explain.measure.finding import aside, sometimes
from chainrule.explain.measure.kinks import stepping, uneven
from chainrule.explain.measure.rounding import slope_blur
from chainrule.explain.measure.samples import median
from chainrule.explain.naming import Naming, Pattern, Visit, WeightPoint
from chainrule.values import dataclass

SMALL = 0.01
"""Of a chain that passes on less than this share of the error's own slope the gradient vanishes."""
CLOSE = 1e-8
"""Of a slope: one that differs by less from the factors of the chain rule is the same, but for the rounding of both."""
SPECK = 1e-45
"""What a complex step leaves of a slope that is 0."""
MOST_WEIGHTS = 1000
"""Weights of which each slope is tested; of more, the smallest one."""
CANCELLED = 10.0
"""A slope over several patterns that is so many times smaller than that of one is told to be cancelled."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Of some numbers that are not 0: the least, the median, the greatest, and how many are below a hundredth of it."""

    many: int
    least: float
    median: float
    greatest: float
    low: int


@dataclass(frozen=True, slots=True)
class Pace:
    """What a step of the run makes of the slope: its rate, its patterns, the slope over them; whether the weight has no
    digit so small."""

    rate: float
    visit: Visit
    slope: float
    lost: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Where the chain was looked at: a point, a pattern, and the weight whose slope is the smallest that is not 0."""

    naming: Naming = aside()
    spot: WeightPoint = aside()
    seen: Pattern = aside()
    place: int = aside()
    over_weights: Sizes | None = aside()
    over_patterns: Sizes | None = aside()
    patterns_seen: int = aside()
    weight: str
    """the weight with the smallest gradient that is not 0"""
    pattern: int
    """the pattern"""
    slope: float
    """its gradient"""
    weights: int
    """how many there are"""
    weights_with_slope_0: int
    """how many have gradient 0 there"""


@dataclass(frozen=True, slots=True)
class ChainLink:
    """How the quantity ``of`` changes with the quantity ``wrt`` that it reads."""

    of: str
    wrt: str
    value: float


@dataclass(frozen=True, slots=True)
class ChainFactor:
    """A factor that the slope is multiplied by."""

    factor: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain(Looked):
    """The chain that was followed."""

    product: float
    """the product of the links"""
    passed_on: float
    """the share of the error's own slope that arrives"""
    one_path: bool
    """whether there is one path from the error to the weight"""
    vanishes: bool
    """whether less than a hundredth arrives"""
    links: tuple[ChainLink, ...]
    """the chain: `of`, `wrt`, `value`"""
    factors: tuple[ChainFactor, ...]
    """what the slope is multiplied by: `factor`, `value`"""
    chain: tuple[Link, ...] = aside()
    own: Factor = aside()
    """the error's own slope"""
    passed: tuple[Factor, ...] = aside()
    steps: tuple[str, ...] = aside()
    """the step functions through which alone the goal depends on the weight, where the slope is 0"""
    pace: Pace | None = aside()

    @property
    def holds(self) -> bool:
        return not self.vanishes

    @property
    def kind(self) -> Literal["vanishes", "arrives"]:
        return "vanishes" if self.vanishes else "arrives"


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongSlope(Looked):
    """The slope is not what the chain rule makes."""

    vanishes: bool
    """whether less than a hundredth arrives"""
    expected: float
    """what it should be, where it is wrong"""

    @property
    def holds(self) -> bool:
        return False

    @property
    def kind(self) -> Literal["wrong gradient"]:
        return "wrong gradient"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFollowed(Looked):
    """The chain has too many ways to be followed."""

    vanishes: bool
    """whether less than a hundredth arrives"""

    @property
    def holds(self) -> bool:
        return False

    @property
    def kind(self) -> Literal["not known"]:
        return "not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoChain:
    """There is no weight, or the slope or the goal is no number."""

    naming: Naming = aside()
    spot: WeightPoint | None = aside()
    seen: Pattern | None = aside()
    place: int | None = aside()
    """the weight whose slope is no number"""
    weight: str | None = sometimes()
    """the weight with the smallest gradient that is not 0"""
    vanishes: bool
    """whether less than a hundredth arrives"""

    @property
    def holds(self) -> bool:
        return False

    @property
    def kind(self) -> Literal["not known"]:
        return "not known"


Vanish = Chain | WrongSlope | NotFollowed | NoChain


def measure(context: Context) -> Vanish:
    """Does the slope of the error reach the weight that gets least of it? (It holds if a hundredth arrives.)"""
    naming = context.naming
    if not context.names:
        return NoChain(naming=naming, spot=None, seen=None, place=None, weight=None, vanishes=False)
    theta, row = context.looked_at
    slopes = context.gradient(theta, (row,))
    spot, seen = context.spot(theta), context.pattern_at(row)
    if not np.isfinite(slopes).all():
        place = int(np.argmin(np.isfinite(slopes)))
        return NoChain(naming=naming, spot=spot, seen=seen, place=place, weight=context.names[place], vanishes=False)
    if not np.isfinite(context.error(theta, (row,))):
        return NoChain(naming=naming, spot=spot, seen=seen, place=None, weight=None, vanishes=False)
    place, true = least_of(context, theta, row, slopes)
    slope = float(slopes[place])
    looked: dict[str, Any] = {
        "naming": naming, "spot": spot, "seen": seen, "place": place, "over_weights": sizes(slopes[slopes != 0]),
        "over_patterns": sizes(context.pulls[0][:, place]), "patterns_seen": len(context.pulls[1]),
        "weight": context.names[place], "pattern": row, "slope": slope, "weights": len(slopes),
        "weights_with_slope_0": int(np.count_nonzero(slopes == 0)),
    }  # fmt: skip
    blur = float(slope_blur(context, theta, row)[place])
    off = abs(slope - true) > CLOSE * max(abs(slope), abs(true)) + blur + SPECK
    if off and uneven(context, theta, (row,)) is None:
        return WrongSlope(**looked, vanishes=False, expected=true)
    links = chain(context, place, theta, row)
    if not links:
        return NotFollowed(**looked, vanishes=False)
    own, passed = divided(links)
    share = float(np.prod([factor.value for factor in passed])) if passed else 1.0
    steps = tuple(stepping(context)) if not slope and by_steps_alone(context) else ()
    starved = own.value != 0 and abs(share) < SMALL
    return Chain(
        **looked, product=float(np.prod([link.value for link in links])), passed_on=share,
        one_path=max(link.ways for link in links) <= 1, vanishes=bool(steps) or starved,
        links=tuple(ChainLink(link.of, link.wrt, link.value) for link in links),
        factors=tuple(ChainFactor(factor.written, factor.value) for factor in passed), chain=links, own=own,
        passed=passed, steps=steps, pace=pace(context, theta, place, slope),
    )  # fmt: skip


def least_of(context: Context, theta: Array, row: int, slopes: Array) -> tuple[int, float]:
    """The weight that gets the smallest slope that is not 0, and that slope by complex step, which knows no rule.

    A slope that should be 0, or should not, is found wherever there are not too many weights to look at each.
    """
    rows = np.array([[row]], dtype=np.int64)
    if len(slopes) <= MOST_WEIGHTS:
        exact = context.evaluator.complex_step(theta, rows)
        slack = CLOSE * np.maximum(np.abs(exact), np.abs(slopes)) + slope_blur(context, theta, row) + SPECK
        off = np.abs(exact - slopes) > slack
        size = np.where(exact == 0, np.inf, np.abs(exact))
        place = int(np.argmax(off)) if off.any() else int(np.argmin(size))
        return place, float(exact[place])
    place = int(np.argmin(np.where(slopes == 0, np.inf, np.abs(slopes))))
    unit = np.zeros((1, len(slopes)))
    unit[0, place] = 1.0
    return place, float(context.evaluator.complex_step(theta, rows, unit)[0])


def sizes(values: Array) -> Sizes | None:
    """The sizes of the finite ones of some numbers; None of fewer than two."""
    found = np.sort(np.abs(values))
    found = found[np.isfinite(found)]
    if len(found) < 2:
        return None
    low = int(np.count_nonzero(found < SMALL * found[-1]))
    return Sizes(len(found), float(found[0]), median(found), float(found[-1]), low)


def divided(links: tuple[Link, ...]) -> tuple[Factor, tuple[Factor, ...]]:
    """The error's own slope, and the factors that it passes through on its way to the weight.

    In an error of one equation the own slope is its first factor with a quantity in it, and the numbers before that:
    the chain rule writes the outer function first.
    """
    first = links[0]
    if len(links) > 1:
        rest = tuple(factor for link in links[1:] for factor in link.factors)
        return Factor(first.name, first.value, False), rest
    stop = next((place for place, factor in enumerate(first.factors) if not factor.fixed), len(first.factors) - 1) + 1
    outer = first.factors[:stop]
    written = "·".join(f"({factor.written})" if " " in factor.written else factor.written for factor in outer)
    alone = outer[0].written if len(outer) == 1 else written
    return Factor(alone, float(np.prod([factor.value for factor in outer])), outer[-1].fixed), first.factors[stop:]


def pace(context: Context, theta: Array, place: int, slope: float) -> Pace | None:
    """What such a slope means for the steps of the run, each over the patterns that it visits."""
    rows = context.moment.rows if context.moment is not None else context.rows(0)
    if not context.rate or not slope:
        return None
    over = slope if len(rows) == 1 else float(context.gradient(theta, rows)[place])
    moved = float(theta[place]) - context.rate * over
    return Pace(context.rate, context.visit(rows), over, moved == theta[place])
