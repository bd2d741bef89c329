"""A point → the rates of the goal to both sides of each weight, and what the rule makes of them at a kink or a step.

At a kink there is no slope: the goal changes at one rate to the right and at another to the left. The rule of the
gradient then takes one number; any between the two slopes is allowed, as a subgradient is. Where the two sides agree
with each other and not with the rule, the goal is smooth, but it is written with functions that are not: a *seam*.
Rates are found by forward mode with one-sided rules (`sided`), so nothing is wrong here by a difference that
steps over a kink.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array
from chainrule.explain.evaluate.equations import NUMBERS, value
from chainrule.explain.evaluate.one_sided import SPECK
from chainrule.explain.measure.context import Context, lane
from chainrule.explain.measure.formulas import shown
from chainrule.explain.wording import count, listing, num
from chainrule.expr.nodes import Add, Bracket, Call, Expr, Neg, Reduce, key
from chainrule.expr.walk import names, nodes
from chainrule.gradient.reverse import closure
from chainrule.numbers.random import normal

MOST = 64
"""Weights of which both sides are looked at one by one; of more, directions at random stand for them."""
APART = 1e-9
"""Rates that differ by a smaller share are one: both are computed by the same operations, and rounded alike."""
JUMP = 1e-12
"""A goal that differs just beside a point by a smaller share does not jump, it is rounded."""
ASIDE = 1e-4
"""How far beside a kink the gradient is looked at, of the size of the weights: there it is smooth."""
BROKEN = frozenset({"abs", "relu", "sign", "floor", "max", "min"})
STEPPING = frozenset({"sign", "floor"})


@dataclass(frozen=True, slots=True)
class Sides:
    """Of each place the rate to the right, the rate to the left (both of going away), the goal just there less the goal
    at the point, and the slope that the rule takes."""

    places: NDArray[np.int64]
    right: Array
    left: Array
    jump_right: Array
    jump_left: Array
    rule: Array

    @property
    def jumps(self) -> NDArray[np.bool_]:
        return np.asarray((self.jump_right != 0) | (self.jump_left != 0))

    @property
    def kinks(self) -> NDArray[np.bool_]:
        """Where the rates of the two sides are not those of one slope, or the goal jumps."""
        return apart(self.right, -self.left) | self.jumps

    @property
    def seams(self) -> NDArray[np.bool_]:
        """Where both sides have one slope and the rule takes another."""
        return ~self.kinks & apart(self.right, self.rule)

    @property
    def between(self) -> NDArray[np.bool_]:
        """Where the rule takes one of the two slopes, or a number between them."""
        low, high = np.minimum(-self.left, self.right), np.maximum(-self.left, self.right)
        slack = APART * np.maximum(np.abs(low), np.abs(high))
        return (self.rule >= low - slack) & (self.rule <= high + slack)

    @property
    def smooth(self) -> bool:
        return not (self.kinks | self.seams).any()


def apart(one: Array, other: Array) -> NDArray[np.bool_]:
    scale = np.maximum(np.abs(one), np.abs(other))
    with np.errstate(all="ignore"):
        found: NDArray[np.bool_] = np.isfinite(one) & np.isfinite(other) & (np.abs(one - other) > APART * scale)
    return found


def sides(context: Context, theta: Array, rows: tuple[int, ...] | None = None) -> Sides:
    """Both sides of the weights at a point, over some patterns; of many weights, of a sample."""
    size = len(theta)
    if not size:
        return Sides(np.zeros(0, np.int64), *(np.zeros(0) for _ in range(5)))
    places = np.arange(size) if size <= MOST else np.linspace(0, size - 1, MOST).astype(np.int64)
    units = np.zeros((len(places), size))
    units[np.arange(len(places)), places] = 1.0
    right, left, jump_right, jump_left = both(context, theta, units, rows)
    rule = context.evaluator.complex_step(theta, lane(rows), units)
    return Sides(places, right, left, jump_right, jump_left, rule)


def both(
    context: Context, theta: Array, directions: Array, rows: tuple[int, ...] | None
) -> tuple[Array, Array, Array, Array]:
    """Along directions and against them: the rates, and by how much the goal jumps."""
    still = np.zeros((1, len(theta)))
    goals, rates = context.evaluator.beside(theta, np.concatenate([still, directions, -directions]), lane(rows))
    jumps = goals[1:] - goals[0]
    jumps = np.where(np.abs(jumps) > JUMP * abs(float(goals[0])) + SPECK, jumps, 0.0)
    many, rates = len(directions), rates[1:]
    return rates[:many], rates[many:], jumps[:many], jumps[many:]


def smooth_beside(context: Context, theta: Array, rows: tuple[int, ...] | None) -> Array | None:
    """A point beside a kink at which the goal is smooth, to look at the gradient there; None if none is met."""
    size = ASIDE * (1 + float(np.abs(theta).max()))
    for attempt in range(4):
        drawn = np.array([normal(0, "aside", attempt * len(theta) + place) for place in range(len(theta))])
        point = context.project(theta + size * drawn)
        if sides(context, point, rows).smooth:
            return np.asarray(point)
    return None


# ---- what is said of it ------------------------------------------------------------------------------------------


def told(context: Context, theta: Array, rows: tuple[int, ...] | None, error: str) -> str:
    """The sentences on kinks, steps and seams at a point; nothing where there are none."""
    seen = sides(context, theta, rows)
    kinks, seams = np.flatnonzero(seen.kinks), np.flatnonzero(seen.seams)
    parts = []
    if len(kinks):
        parts.append(kink_told(context, theta, seen, int(kinks[0]), error))
        if len(kinks) > 1:
            parts[-1] += f" So it is for {count(len(kinks) - 1, 'more weight')}."
    if len(seams):
        parts.append(seam_told(context, theta, rows, seen, int(seams[0]), error))
    return " ".join(parts)


def kink_told(context: Context, theta: Array, seen: Sides, at: int, error: str) -> str:
    place = int(seen.places[at])
    w, here = context.weight(place), num(theta[place])
    right, left, rule = seen.right[at], seen.left[at], seen.rule[at]
    if seen.jumps[at]:
        here_goal = "the same" if seen.jump_right[at] == 0 else f"{num(seen.jump_right[at])} away"
        there_goal = "the same" if seen.jump_left[at] == 0 else f"{num(seen.jump_left[at])} away"
        return (
            f"{error[:1].upper()}{error[1:]} jumps at {w} = {here}: just right of it, it is {here_goal}, just "
            f"left of it "
            f"{there_goal}; no slope tells of a jump."
        )
    which = "which is one of the two slopes" if not apart(rule, right) or not apart(rule, -left) else (
        f"between the two slopes {num(-left)} and {num(right)}"
        if seen.between[at]
        else f"which does not lie between the two slopes {num(-left)} and {num(right)}"
    )  # fmt: skip
    allowed = ", as a subgradient may" if seen.between[at] else ", so a step may go the wrong way"
    return (
        f"At {w} = {here} {error} has a kink: per unit of {w} it changes by {num(right)} to the right and by "
        f"{num(left)} "
        f"to the left. The rule takes {num(rule)}, {which}{allowed}."
    )


def seam_told(
    context: Context, theta: Array, rows: tuple[int, ...] | None, seen: Sides, at: int, error: str
) -> str:
    place = int(seen.places[at])
    w = context.weight(place)
    written = switching(context, theta, rows)
    because = f" it is written with {listing(written, 4)}, whose slope at 0 is taken as 0" if written else (
        " it is written with functions that have a kink there"
    )  # fmt: skip
    return (
        f"At {w} = {num(theta[place])} {error} is smooth in {w}, with the slope {num(seen.right[at])} from both sides, "
        f"but the rule takes {num(seen.rule[at])}:{because}. Steps from here do not follow the true slope."
    )


def switching(context: Context, theta: Array, rows: tuple[int, ...] | None) -> list[str]:
    """The functions with a kink or a step that stand on it at a point, as they are written."""
    if not context.plain:
        return sorted({node.function for node in broken(context) if isinstance(node, Call)})
    values = context.evaluator.values(theta[None, :], lane(rows))
    patterns = context.patterns if rows is None else len(rows)
    found = []
    for node in broken(context):
        edge = crossing(node)
        if edge is not None and np.any(np.real(np.asarray(value(edge, values, patterns, NUMBERS))) == 0):
            found.append(shown(node))
    return list(dict.fromkeys(found))


def crossing(node: Expr) -> Expr | None:
    """What is 0 where a function has its kink or its step."""
    match node:
        case Call("max" | "min", (one, other)) | Bracket(_, one, other):
            return Add((one, Neg(other)))
        case Call(_, (inside,)):
            return inside
    return None


def moving(context: Context) -> frozenset[str]:
    """The weights and the quantities that depend on one."""
    users: dict[str, set[str]] = {}
    for line in context.evaluator.forward:
        for name in names(line.body):
            users.setdefault(name, set()).add(key(line.target))
    return frozenset(closure([symbol.name for symbol in context.trained], users))


def broken(context: Context) -> list[Expr]:
    """The functions with a kink or a step, and the comparisons, that a weight moves."""
    moved = moving(context)
    return [
        node
        for line in context.evaluator.forward
        for node in nodes(line.body)
        if ((isinstance(node, Call) and node.function in BROKEN) or isinstance(node, Bracket)
            or (isinstance(node, Reduce) and node.operator in ("max", "min")))
        and moved & set(names(node))
    ]  # fmt: skip


def stepping(context: Context) -> list[str]:
    """The functions that make a step where a weight moves them, as they are written."""
    return list(dict.fromkeys(
        shown(node) for node in broken(context)
        if isinstance(node, Bracket) or (isinstance(node, Call) and node.function in STEPPING)
    ))  # fmt: skip
