"""steepest: why this direction and no other? The goal's rate of change along many directions, −gradient among them."""

from __future__ import annotations

from chainrule.explain.measure.claims.steepest import CLOSE, OTHER_UNIT, Direction, Directions, Extreme, Steepest
from chainrule.explain.measure.no_slope import NoSlope
from chainrule.explain.tell.claim import Claim, claimed
from chainrule.explain.tell.kinks import uneven_told
from chainrule.explain.tell.no_step import no_step_told
from chainrule.explain.wording import num, table

QUESTION = "Why this direction and no other?"
FEW = 6
"""Directions that are shown of many."""
TURN = 0.05
"""Degrees: a direction that turns by less is the same one."""


def tell(found: Steepest) -> Claim:
    """Whether the goal falls fastest against the gradient."""
    match found:
        case NoSlope():
            return claimed("steepest", QUESTION, found, none(found))
        case Extreme():
            told = "The slopes are so small or so large here that directions cannot be told apart."
            return claimed("steepest", QUESTION, found, told)
        case Directions():
            return claimed("steepest", QUESTION, found, said(found), working(found), (where(found),))


def none(found: NoSlope) -> str:
    return (
        no_step_told(found.naming, found.reason, found.start)
        or uneven_told(found.naming, found.uneven, found.naming.total)
        or "The slope is 0 at the start: to first order no direction is better than another."
    )


def said(found: Directions) -> str:
    error = found.naming.error(found.visit)
    match found.verdict:
        case "kink":
            return kinked(found, error)
        case "lost":
            return (
                f"Which direction is the steepest is lost in rounding here: the gradient has a length of "
                f"{num(found.gradient_norm)}, and rounding may have moved it by {num(found.rounding or 0.0, 2)}."
            )
        case "wrong":
            sense = found.naming.sense
            return (
                f"The direction that the gradient gives is not the steepest here: along it {error} changes by "
                f"{num(sense * found.along_minus_gradient)} per unit of length, where "
                f"{num(-sense * found.gradient_norm)} was promised, and the best direction tried gives "
                f"{num(sense * found.best)}. The gradient is wrong."
            )
    return of_one(found, error) if len(found.gradient) == 1 else of_many(found, error)


def of_one(found: Directions, error: str) -> str:
    """With one weight there are two directions."""
    naming, (one, other) = found.naming, found.shown
    goes = f"goes the {'worse' if found.backwards else 'better'} way" if found.moved else "is too short to move it"
    because = f", because {naming.rate} is negative" if found.backwards else ""
    return (
        f"With one weight there are only two directions, up and down: along one {error} changes by {num(one.rate)} per "
        f"unit of {naming.weights[0]}, along the other by {num(other.rate)}, and the step {goes}{because}."
    )


def of_many(found: Directions, error: str) -> str:
    naming = found.naming
    told = (
        f"Because, of all {found.directions_tried} directions tried, {error} {naming.falls} fastest along "
        f"{'−' if naming.sense > 0 else ''}g: by {num(found.gradient_norm)} = ‖g‖ per unit of length; along any other "
        "v it changes by g·v, which is never better (Cauchy and Schwarz). Steepest means per unit of length: per unit "
        f"of the largest change it is the direction of the signs, with {num(abs(found.along_minus_sign or 0.0))}, the "
        "sum of the sizes"
    )
    turned = found.angle_in_other_units or 0.0
    if found.turned is None or turned <= TURN:
        return f"{told}."
    return (
        f"{told}; and if {naming.weights[found.turned]} were measured in a unit {num(OTHER_UNIT)} times as large, the "
        f"steepest direction would be another, {num(turned, 3)}° away."
    )


def kinked(found: Directions, error: str) -> str:
    """What is so at a kink: the rate along the step, and the best of the directions tried."""
    naming, sense, length = found.naming, found.naming.sense, found.gradient_norm
    along = sense * found.along_minus_gradient
    if found.directions_tried == 2:
        return (
            f"With one weight there are only two directions, and a kink between them. Along the step {error} changes "
            f"by {num(along)} per unit of {naming.weights[0]}, the other way by {num(found.shown[1].rate)}; the slope "
            f"that the rule takes says {num(-sense * length)} for the step."
        )
    tried = f"{found.directions_tried} directions tried"
    if found.best >= 0:
        return f"No direction is better here: along none of {tried} {error} {naming.falls}."
    than = "the step itself" if found.along_minus_gradient <= found.best + CLOSE * length else "another than −g"
    return (
        f"At a kink −g need not be the steepest way. Along it {error} changes by {num(along)} per unit of length, "
        f"where the slopes that the rule takes say {num(-sense * length)}; the best of {tried}, {than}, gives "
        f"{num(sense * found.best)}."
    )


def where(found: Directions) -> str:
    naming = found.naming
    told = f"from {naming.point(found.point)} on {naming.visited(found.visit)}, per unit of length"
    if len(found.gradient) > 1:
        told += f"; {found.directions_tried} directions, those at random from seed 0"
    return told


def working(found: Directions) -> tuple[str, ...]:
    """The first of the directions, of those that are all as they should be fewer."""
    shown = found.shown[:FEW] if found.holds else found.shown
    head = ("direction", f"{found.naming.error(found.visit)} changes by", "g·v")
    return table([head, *((way(one), num(one.rate), num(one.product)) for one in shown)])


def way(one: Direction) -> str:
    match one.way:
        case "turned":
            return f"turned by {num(one.degrees)}°"
        case "to the better side of each weight":
            return "the better side of each weight"
    return one.way
