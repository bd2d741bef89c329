"""steepest: why this direction and no other? The goal's rate of change along many directions, −gradient among them."""

from __future__ import annotations

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.measure.context import Context, Moment, lane
from chainrule.explain.measure.kinks import APART, apart, both, sides
from chainrule.explain.measure.samples import norm
from chainrule.explain.tell.claim import Claim
from chainrule.explain.tell.kinks import told as told_of
from chainrule.explain.tell.no_step import unmoved
from chainrule.explain.wording import num, table
from chainrule.numbers.random import normal

QUESTION = "Why this direction and no other?"
SAMPLED, TURNS, CLOSE = 64, (1.0, 5.0, 20.0), 1e-4
OTHER_UNIT = 10.0
TINY = 1e-250
"""Slopes below this are lost in the products of a complex step."""
MOST_DRAWN = 20_000
"""Random numbers that are drawn: with many weights there are fewer directions."""


def claim(context: Context) -> Claim:
    """Is the rate of change along −g/‖g‖ equal to −‖g‖, and along every other direction tried no better?"""
    moment = context.moment
    if moment is None:
        return Claim(
            "steepest", QUESTION,
            unmoved(context) or told_of(context, context.start, None, context.total_name)
            or "The slope is 0 at the start: to first order no direction is better than another.",
            False, {"gradient": context.gradient(context.start).tolist()},
        )  # fmt: skip
    gradient = context.sense * moment.gradient
    length = norm(gradient)
    if not TINY < length < 1 / TINY:
        told = "The slopes are so small or so large here that directions cannot be told apart."
        return Claim("steepest", QUESTION, told, False, {"gradient": moment.gradient.tolist()})
    along = -gradient / length
    names, directions = tried(along)
    error = context.naming.error(context.visit(moment.rows))
    broken = told_of(context, moment.before, moment.rows, error)
    if broken and len(context.names) > 1:
        more = downhill(context, moment, length)
        names, directions = [*names[:1], *["the better side of each weight"] * len(more), *names[1:]], np.concatenate(
            [directions[:1], more, directions[1:]]
        )  # fmt: skip
    rates = slopes(context, moment, directions)
    predicted = directions @ gradient
    right = abs(rates[0] + length) <= CLOSE * length
    best = bool(np.all(rates >= rates[0] - CLOSE * length))
    agree = bool(np.all(np.abs(rates - predicted) <= CLOSE * length))
    evidence = {
        "gradient": moment.gradient.tolist(), "gradient_norm": length, "along_minus_gradient": float(rates[0]),
        "directions_tried": len(directions), "least_of_the_others": float(rates[1:].min()),
    }  # fmt: skip
    lines = [("direction", f"{error} changes by", "g·v")]
    shown = zip(names, context.sense * rates, context.sense * predicted, strict=True)
    lines += [(name, num(rate), num(product)) for name, rate, product in shown]
    where = f"from {context.point(moment.before)} on {context.visited(moment.rows)}, per unit of length"
    if len(context.names) > 1:
        where += f"; {len(directions)} directions, those at random from seed 0"
    if not (right and best and agree) and (broken or bent_between(context, moment, directions)):
        told = kinked(context, directions, rates, length, error)
        return Claim("steepest", QUESTION, told, False, evidence, table(lines[:8]), (where,))
    if not (right and best and agree):
        told = (
            f"The direction that the gradient gives is not the steepest here: along it {error} changes by "
            f"{num(context.sense * rates[0])} per unit of length, where {num(-context.sense * length)} was promised, "
            f"and the best direction tried gives {num(context.sense * rates.min())}. The gradient is wrong."
        )
        return Claim("steepest", QUESTION, told, False, evidence, table(lines[:8]), (where,))
    side = "worse" if context.backwards else "better"
    if len(context.names) == 1:
        told = (
            f"With one weight there are only two directions, up and down: along one {error} changes by "
            f"{num(rates[0] * context.sense)} per unit of {context.weight(0)}, along the other by "
            f"{num(rates[1] * context.sense)}, and the step "
            f"{'is too short to move it' if not np.any(moment.change) else 'goes the ' + side + ' way'}"
            f"{', because ' + context.rate_name + ' is negative' if context.backwards else ''}."
        )
        return Claim("steepest", QUESTION, told, True, evidence, table(lines), (where,))
    corner = -np.sign(gradient)
    most = float(slopes(context, moment, corner[None, :])[0])
    place = int(np.argmin(np.abs(np.where(gradient == 0, np.inf, gradient))))
    other = gradient.copy()
    other[place] *= OTHER_UNIT**2
    turned = angle(other, gradient)
    total = float(np.abs(gradient).sum())
    evidence |= {"along_minus_sign": most, "sum_of_sizes": total, "angle_in_other_units": turned}
    verb = "falls" if context.sense > 0 else "rises"
    told = (
        f"Because, of all {len(directions)} directions tried, {error} {verb} fastest along "
        f"{'−' if context.sense > 0 else ''}g: by {num(length)} = ‖g‖ per unit of length; along any other v it changes "
        f"by g·v, which is never better (Cauchy and Schwarz). Steepest means per unit of length: per unit of the "
        f"largest change it is the direction of the signs, with {num(abs(most))}, the sum of the sizes"
        + (
            f"; and if {context.weight(place)} were measured in a unit {num(OTHER_UNIT)} times as large, the steepest "
            f"direction would be another, {num(turned, 3)}° away."
            if turned > 0.05 else "."
        )
    )
    return Claim("steepest", QUESTION, told, True, evidence, table(lines[:7]), (where,))


def tried(along: Array) -> tuple[list[str], Array]:
    """−g itself, small turns away from it, the opposite, and directions at random; each of length 1."""
    size = len(along)
    if size == 1:
        return ["along the step", "against it"], np.array([along, -along])
    names, found = ["along the step"], [along]
    for number, degrees in enumerate(TURNS):
        aside = np.array([normal(0, "turn", number * size + place) for place in range(size)])
        aside -= (aside @ along) * along
        aside /= np.linalg.norm(aside) or 1.0
        radians = np.radians(degrees)
        names.append(f"turned by {num(degrees)}°")
        found.append(np.cos(radians) * along + np.sin(radians) * aside)
    names.append("against it")
    found.append(-along)
    for number in range(max(4, min(SAMPLED, MOST_DRAWN // size))):
        one = np.array([normal(0, "direction", number * size + place) for place in range(size)])
        names.append("at random")
        found.append(one / (np.linalg.norm(one) or 1.0))
    return names, np.array(found)


def slopes(context: Context, moment: Moment, directions: Array) -> Array:
    """How fast sense·E changes along each direction: one-sided, and exact to rounding."""
    return np.asarray(context.sense * context.evaluator.beside(moment.before, directions, lane(moment.rows))[1])


def bent_between(context: Context, moment: Moment, directions: Array) -> bool:
    """Whether a kink or a step is met in a direction that is none of a single weight."""
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


def kinked(context: Context, directions: Array, rates: Array, length: float, error: str) -> str:
    """What is so at a kink: the rate along the step, and the best of the directions tried."""
    along, best = context.sense * rates[0], context.sense * rates.min()
    verb = "falls" if context.sense > 0 else "rises"
    if len(directions) == 2:
        return (
            f"With one weight there are only two directions, and a kink between them. Along the step {error} "
            f"changes by {num(along)} per unit of "
            f"{context.weight(0)}, the other way by {num(context.sense * rates[1])}; the slope that the rule "
            f"takes says "
            f"{num(-context.sense * length)} for the step."
        )
    if rates.min() >= 0:
        return f"No direction is better here: along none of {len(directions)} directions tried {error} {verb}."
    than = "the step itself" if rates[0] <= rates.min() + CLOSE * length else "another than −g"
    return (
        f"At a kink −g need not be the steepest way. Along it {error} changes by {num(along)} per unit of "
        f"length, where "
        f"the slopes that the rule takes say {num(-context.sense * length)}; the best of {len(directions)} directions "
        f"tried, {than}, gives {num(best)}."
    )


def angle(one: Array, other: Array) -> float:
    """The angle between two vectors, in degrees, however small they are (Kahan's formula, exact near 0 and 180 too)."""
    one, other = unit(one), unit(other)
    return float(np.degrees(2 * np.arctan2(np.linalg.norm(one - other), np.linalg.norm(one + other))))


def unit(vector: Array) -> Array:
    """A vector brought to length 1; its largest entry to 1 first, so that no square of it is lost."""
    scaled = vector / np.max(np.abs(vector))
    return np.asarray(scaled / np.linalg.norm(scaled))
