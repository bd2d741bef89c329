"""steepest: how fast the goal changes along many directions → whether it falls fastest against the gradient."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np

from chainrule.data.draws import normals
from chainrule.engines.protocol import Array
from chainrule.explain.measure.angles import angle
from chainrule.explain.measure.context import Context, Moment, lane
from chainrule.explain.measure.finding import aside, sometimes
from chainrule.explain.measure.kinks import APART, Uneven, apart, both, sides, uneven
from chainrule.explain.measure.no_slope import NoSlope, no_slope
from chainrule.explain.measure.rounding import slope_blur
from chainrule.explain.measure.samples import norm
from chainrule.explain.naming import Naming, Visit, tuple_of
from chainrule.values import dataclass

Kind = Literal["steepest", "not the steepest", "lost in rounding"]
Verdict = Literal["steepest", "kink", "lost", "wrong"]
Way = Literal["along the step", "turned", "against it", "at random", "to the better side of each weight"]
SAMPLED, TURNS = 64, (1.0, 5.0, 20.0)
"""Directions at random; degrees by which the step is turned."""
CLOSE = 1e-4
"""Of the length of the gradient: rates that differ by less are one, as those of directions within a degree are."""
OTHER_UNIT = 10.0
"""How many times as large the other unit of a weight is."""
TINY = 1e-250
"""Slopes below this are lost in the products of a complex step."""
MOST_DRAWN = 20_000
"""Random numbers that are drawn: with many weights there are fewer directions."""
SHOWN = 7
"""Directions that are shown."""


@dataclass(frozen=True, slots=True)
class Direction:
    """A direction: how fast the goal changes along it per unit of length, and what the gradient says of it."""

    way: Way
    degrees: float
    rate: float
    product: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Directions:
    """The rates of the goal along the step and along other directions."""

    naming: Naming = aside()
    visit: Visit = aside()
    point: tuple[float, ...] = aside()
    gradient: tuple[float, ...]
    """the gradient"""
    gradient_norm: float
    """its length"""
    along_minus_gradient: float
    """the rate of change along the step, of what is made smaller"""
    directions_tried: int
    """how many"""
    least_of_the_others: float
    """the best rate among the others"""
    along_minus_sign: float | None = sometimes()
    """the rate along the signs alone"""
    sum_of_sizes: float | None = sometimes()
    """Σ|g|, what that should be but for its sign"""
    angle_in_other_units: float | None = sometimes()
    """degrees by which the steepest direction turns if one weight has another unit"""
    rounding: float | None = sometimes()
    """where rounding hides which direction is the steepest: how far it may have moved the gradient"""
    verdict: Verdict = aside()
    turned: int | None = aside()
    """the weight that has another unit"""
    shown: tuple[Direction, ...] = aside()
    moved: bool = aside()
    """whether the step moved a weight"""
    backwards: bool = aside()
    """whether the rate of the run is negative"""

    @property
    def best(self) -> float:
        """The best rate of all, of what is made smaller."""
        return min(self.along_minus_gradient, self.least_of_the_others)

    @property
    def holds(self) -> bool:
        return self.verdict == "steepest"

    @property
    def kind(self) -> Kind:
        return "steepest" if self.holds else "lost in rounding" if self.verdict == "lost" else "not the steepest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extreme:
    """Slopes so small or so large that directions cannot be told apart."""

    gradient: tuple[float, ...]
    """the gradient"""

    @property
    def holds(self) -> bool:
        return False

    @property
    def kind(self) -> Literal["no slope"]:
        return "no slope"


Steepest = Directions | Extreme | NoSlope


def measure(context: Context) -> Steepest:
    """Is the rate of change along −g/‖g‖ equal to −‖g‖, and along every other direction tried no better?"""
    moment = context.moment
    if moment is None:
        return no_slope(context)
    gradient = context.sense * moment.gradient
    length = norm(gradient)
    if not TINY < length < 1 / TINY:
        return Extreme(gradient=tuple_of(moment.gradient))
    ways, directions = tried(-gradient / length)
    broken = uneven(context, moment.before, moment.rows)
    if broken is not None and len(context.names) > 1:
        more = downhill(context, moment, length)
        better: list[tuple[Way, float]] = [("to the better side of each weight", 0.0)] * len(more)
        ways = [*ways[:1], *better, *ways[1:]]
        directions = np.concatenate([directions[:1], more, directions[1:]])
    rates, predicted = slopes(context, moment, directions), directions @ gradient
    off = max(
        abs(rates[0] + length), float(np.max(rates[0] - rates)), float(np.max(np.abs(rates - predicted)))
    )  # fmt: skip
    blur = 0.0
    verdict: Verdict = "steepest" if off <= CLOSE * length else "wrong"
    if verdict == "wrong" and kinked(context, moment, directions, broken):
        verdict = "kink"
    elif verdict == "wrong" and off <= CLOSE * length + (blur := rounded(context, moment)):
        verdict = "lost"
    several = verdict == "steepest" and len(context.names) > 1
    corner, place, turned = other_measures(context, moment, gradient) if several else (None, None, None)
    return Directions(
        naming=context.naming, visit=context.visit(moment.rows), point=tuple_of(moment.before),
        gradient=tuple_of(moment.gradient), gradient_norm=length, along_minus_gradient=float(rates[0]),
        directions_tried=len(directions), least_of_the_others=float(rates[1:].min()), along_minus_sign=corner,
        sum_of_sizes=float(np.abs(gradient).sum()) if several else None, angle_in_other_units=turned, verdict=verdict,
        rounding=blur if verdict == "lost" else None, turned=place,
        shown=tuple(listed(context, ways, rates, predicted)), moved=bool(np.any(moment.change)),
        backwards=context.backwards,
    )  # fmt: skip


def rounded(context: Context, moment: Moment) -> float:
    """How far rounding may have moved the gradient of a step: where there is a kink this means nothing."""
    rows = moment.rows
    return float(np.linalg.norm(slope_blur(context, moment.before, int(rows[0]) if len(rows) == 1 else None)))


def listed(
    context: Context, ways: list[tuple[Way, float]], rates: Array, predicted: Array
) -> Iterator[Direction]:
    """The first of the directions, with the rates of the goal itself."""
    for (way, degrees), rate, product in list(zip(ways, rates, predicted, strict=True))[:SHOWN]:
        yield Direction(way, degrees, float(context.sense * rate), float(context.sense * product))


def other_measures(context: Context, moment: Moment, gradient: Array) -> tuple[float, int, float]:
    """The rate along the signs alone; the weight with the smallest slope, and by how many degrees the steepest
    direction turns if it has another unit."""
    most = float(slopes(context, moment, -np.sign(gradient)[None, :])[0])
    place = int(np.argmin(np.abs(np.where(gradient == 0, np.inf, gradient))))
    other = gradient.copy()
    other[place] *= OTHER_UNIT**2
    return most, place, angle(other, gradient)


def tried(along: Array) -> tuple[list[tuple[Way, float]], Array]:
    """−g itself, small turns away from it, the opposite, and directions at random; each of length 1."""
    size = len(along)
    if size == 1:
        return [("along the step", 0.0), ("against it", 0.0)], np.array([along, -along])
    ways: list[tuple[Way, float]] = [("along the step", 0.0)]
    found = [along]
    for degrees, turn in zip(TURNS, normals(0, "turn", len(TURNS) * size).reshape(-1, size), strict=True):
        turn -= (turn @ along) * along
        turn /= np.linalg.norm(turn) or 1.0
        radians = np.radians(degrees)
        ways.append(("turned", degrees))
        found.append(np.cos(radians) * along + np.sin(radians) * turn)
    ways.append(("against it", 0.0))
    found.append(-along)
    many = max(4, min(SAMPLED, MOST_DRAWN // size))
    for one in normals(0, "direction", many * size).reshape(many, size):
        ways.append(("at random", 0.0))
        found.append(one / (np.linalg.norm(one) or 1.0))
    return ways, np.array(found)


def slopes(context: Context, moment: Moment, directions: Array) -> Array:
    """How fast sense·E changes along each direction: one-sided, and exact to rounding."""
    return np.asarray(context.sense * context.evaluator.beside(moment.before, directions, lane(moment.rows))[1])


def kinked(context: Context, moment: Moment, directions: Array, broken: Uneven | None) -> bool:
    """Whether a kink or a step stands at the point, or is met in a direction that is none of a single weight."""
    if broken is not None:
        return True
    right, left, *jumps = both(context, moment.before, directions, moment.rows)
    return bool(apart(right, -left).any() or any(jump.any() for jump in jumps))


def downhill(context: Context, moment: Moment, length: float) -> Array:
    """The direction of the least of all subgradients, where they are those of each weight alone: against the least
    number between the slopes of both sides. It is one more that is tried; none where every side is worse."""
    seen = sides(context, moment.before, moment.rows)
    low, high = np.minimum(context.sense * seen.right, -context.sense * seen.left), np.maximum(
        context.sense * seen.right, -context.sense * seen.left
    )  # fmt: skip
    way = np.zeros(len(moment.before))
    way[seen.places] = -np.where(low > 0, low, np.where(high < 0, high, 0.0))
    size = float(np.linalg.norm(way))
    return way[None, :] / size if np.isfinite(size) and size > APART * length else np.zeros((0, len(way)))
