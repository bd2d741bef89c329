"""A point → the rates of the goal to both sides of each weight, and what the rule makes of them at a kink or a step.

At a kink there is no slope: the goal changes at one rate to the right and at another to the left. The rule of the
gradient then takes one number; any between the two slopes is allowed, as a subgradient is. Where the two sides agree
with each other and not with the rule, the goal is smooth, but it is written with functions that are not: a *seam*.
Rates are found by forward mode with one-sided rules (`one_sided`), so nothing is wrong here by a difference that
steps over a kink.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from chainrule.data.draws import normals
from chainrule.engines.protocol import Array
from chainrule.explain.evaluate.equations import NUMBERS, value
from chainrule.explain.evaluate.one_sided import SPECK
from chainrule.explain.measure.context import Context, lane
from chainrule.explain.measure.finding import aside
from chainrule.explain.measure.formulas import shown
from chainrule.expr.nodes import Add, Bracket, Call, Expr, Neg, Reduce, key
from chainrule.expr.walk import names, nodes
from chainrule.gradient.reverse import closure
from chainrule.numbers.functions import FUNCTIONS
from chainrule.values import dataclass

MOST = 64
"""Weights of which both sides are looked at one by one; of more, directions at random stand for them."""
APART = 1e-9
"""Rates that differ by a smaller share are one: both are computed by the same operations, and rounded alike."""
JUMP = 1e-12
"""A goal that differs just beside a point by a smaller share does not jump, it is rounded."""
ASIDE = 1e-4
"""How far beside a kink the gradient is looked at, of the size of the weights: there it is smooth."""
BROKEN = frozenset(name for name, row in FUNCTIONS.items() if row.kink)
STEPPING = frozenset(name for name in BROKEN if FUNCTIONS[name].slopes == ("0",))


@dataclass(frozen=True, slots=True)
class OneSidedRates:
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


def sides(context: Context, theta: Array, rows: tuple[int, ...] | None = None) -> OneSidedRates:
    """Both sides of the weights at a point, over some patterns; of many weights, of a sample."""
    size = len(theta)
    if not size:
        return OneSidedRates(np.zeros(0, np.int64), *(np.zeros(0) for _ in range(5)))
    places = np.arange(size) if size <= MOST else np.linspace(0, size - 1, MOST).astype(np.int64)
    units = np.zeros((len(places), size))
    units[np.arange(len(places)), places] = 1.0
    right, left, jump_right, jump_left = both(context, theta, units, rows)
    rule = context.evaluator.complex_step(theta, lane(rows), units)
    return OneSidedRates(places, right, left, jump_right, jump_left, rule)


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
        drawn = normals(0, "aside", len(theta), attempt * len(theta))
        point = context.project(theta + size * drawn)
        if sides(context, point, rows).smooth:
            return np.asarray(point)
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kink:
    """A weight at a kink or a jump: the rate of the goal per unit of it to the right, and to the left (of going away),
    the slope that the rule takes, and by how much the goal jumps to each side."""

    place: int = aside()
    weight: str
    at: float
    right: float
    left: float
    rule: float
    jump_right: float
    jump_left: float
    between: bool
    """whether the rule takes one of the two slopes, or a number between them"""
    one_of_two: bool
    """whether it takes one of them"""
    others: int
    """how many more weights are at one"""

    @property
    def jumps(self) -> bool:
        return self.jump_right != 0 or self.jump_left != 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seam:
    """A weight in which the goal is smooth, with one slope from both sides, where the rule takes another."""

    place: int = aside()
    weight: str
    at: float
    slope: float
    rule: float
    functions: tuple[str, ...]
    """the functions that stand on their kink, as they are written"""


@dataclass(frozen=True, slots=True)
class Uneven:
    """What is no slope at a point: the first weight at a kink, and the first at a seam."""

    kink: Kink | None
    seam: Seam | None


def uneven(context: Context, theta: Array, rows: tuple[int, ...] | None) -> Uneven | None:
    """The kinks, steps and seams at a point; None where there are none."""
    seen = sides(context, theta, rows)
    kinks, seams = np.flatnonzero(seen.kinks), np.flatnonzero(seen.seams)
    if not len(kinks) and not len(seams):
        return None
    kink, seam = None, None
    if len(kinks):
        at = int(kinks[0])
        place, right, left, rule = int(seen.places[at]), seen.right[at], seen.left[at], seen.rule[at]
        one = not apart(rule, right) or not apart(rule, -left)
        kink = Kink(
            place=place, weight=context.names[place], at=float(theta[place]), right=float(right), left=float(left),
            rule=float(rule), jump_right=float(seen.jump_right[at]), jump_left=float(seen.jump_left[at]),
            between=bool(seen.between[at]), one_of_two=bool(one), others=len(kinks) - 1,
        )  # fmt: skip
    if len(seams):
        at = int(seams[0])
        place = int(seen.places[at])
        seam = Seam(
            place=place, weight=context.names[place], at=float(theta[place]), slope=float(seen.right[at]),
            rule=float(seen.rule[at]), functions=tuple(switching(context, theta, rows)),
        )  # fmt: skip
    return Uneven(kink, seam)


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
            found.append(shown(node, context))
    return list(dict.fromkeys(found))


def kinked(context: Context, points: Array) -> bool:
    """Whether a function stands on its kink or its step at one of some points, or on different sides of it at two: then
    no second derivative tells how the goal bends between them. Where that cannot be seen, of a greatest of many or with
    letters, any such function counts."""
    met = broken(context)
    edges = [crossing(node) for node in met]
    if not context.plain or any(edge is None for edge in edges):
        return bool(met)
    values = context.evaluator.values(points)
    found = [np.real(np.asarray(value(edge, values, context.patterns, NUMBERS))) for edge in edges if edge is not None]
    signs = [np.broadcast_to(np.sign(one), (len(points), one.shape[-1])) for one in found]
    return any((one == 0).any() or (one != one[0]).any() for one in signs)


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
        shown(node, context) for node in broken(context)
        if isinstance(node, Bracket) or (isinstance(node, Call) and node.function in STEPPING)
    ))  # fmt: skip
