"""Two sides of a line and places → whether they agree, and where they do not.

Floats speak first: sides that agree to 10⁻⁹ agree. Where they do not, or one has no value, both are computed anew with
a hundred digits (`numbers.digits`), the derivative as a plain difference: what rounding alone had moved apart, or made
0/0 of, is told from what is wrong. At a kink the derivative has no value, and nothing can be said of the line. Where
the line has no value at all (0/0), places nearby decide. A line that asks for an entry that is not there, or for the
log of a negative number, has no value, and is not equal.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Literal

from chainrule.derive.judge.explicit_model import ExplicitModel
from chainrule.derive.judge.test_points import CheckedPoint, at, followed, normalise, size_of, tell, value
from chainrule.errors import ChainruleError
from chainrule.expr.nodes import Derivative, Expr
from chainrule.expr.walk import nodes
from chainrule.numbers import digits
from chainrule.numbers.digits import Digits, Side
from chainrule.numbers.evaluate import evaluate, solve
from chainrule.values import dataclass

Outcome = Literal["same", "kink", "off", "none", "lost", "skip"]
"""Of two sides at a place: they agree; they differ at a kink, where there is no derivative; they differ; the line has
no value there; it has none because of 0/0; the other side has none, so nothing is said."""

CLOSE = 1e-9
"""Of the larger side: a line is no nearer than the numbers that a reader types into it, and floats add long sums."""
FAINT = 1e-14
"""Two floats that both are nearer to 0 than this may be equal: rounding alone moves sums of numbers near 1 so far. More
digits decide, and where these are not asked, a place with a larger number does."""
JUMP = Decimal("1e15")
"""A difference quotient beyond this, by the largest number of a place where that is large, is a jump: there is no
slope."""
NEARBY = 6
SHIFT = 1e-3
"""How many places nearby decide about 0/0, and how far away they are."""


def exact(yours: float, ours: float) -> bool:
    """Equal up to the rounding of long sums."""
    return abs(yours - ours) <= CLOSE * max(abs(yours), abs(ours)) + FAINT


@dataclass(frozen=True, slots=True)
class Agreement:
    """Whether two sides agree wherever they can be compared; if not, the place; ``kink`` is a place on one where they
    differ, ``used`` how many places spoke."""

    holds: bool
    place: CheckedPoint | None = None
    outcome: Outcome = "same"
    kink: CheckedPoint | None = None
    used: int = 0


def agreement(explicit: ExplicitModel, places: Iterable[CheckedPoint], yours: Expr, ours: Expr) -> Agreement:
    """Two sides at every place; the first place where they differ ends it."""
    used, kink = 0, None
    for place in places:
        outcome = weighed_up(explicit, place, yours, ours)
        if outcome in ("off", "none"):
            return Agreement(False, place, outcome, kink, used)
        used += outcome == "same"
        kink = place if outcome == "kink" and kink is None else kink
    return Agreement(used > 0, kink=kink, used=used)


def weighed_up(explicit: ExplicitModel, place: CheckedPoint, yours: Expr, ours: Expr) -> Outcome:
    """How two sides stand at a place, places nearby asked where the line is 0/0."""
    found = at_once(explicit, place, yours, ours)
    if found == "none" and bare(explicit, place):
        return "skip"
    if found != "lost":
        return found
    near = [at_once(explicit, other, yours, ours) for other in nearby(explicit, place)]
    spoken = [one for one in near if one not in ("lost", "skip")]
    if any(one in ("off", "none") for one in spoken):
        return "off" if "off" in spoken else "none"
    return "skip" if spoken else "none"


def bare(explicit: ExplicitModel, place: CheckedPoint) -> bool:
    """Whether a quantity of the model itself has no value at a place: a line that has none either is not to blame."""
    try:
        return not math.isfinite(size_of(solve(explicit.forward, place.given, setting=place.setting)))
    except (ChainruleError, ArithmeticError):
        return True


def at_once(explicit: ExplicitModel, place: CheckedPoint, yours: Expr, ours: Expr) -> Outcome:
    """How two sides stand at a place itself."""
    one, other = value(explicit, place, yours), value(explicit, place, ours)
    faint = 0 < max(abs(one), abs(other)) < FAINT  # too near to 0 for floats to tell
    both = math.isfinite(one) and math.isfinite(other) and not faint
    if both and (exact(one, other) or (second(ours) and abs(one - other) <= 1e-7 * (1 + abs(other)))):
        return "same"
    try:
        left, right = (many(explicit, place, ours, side)[0] for side in ("left", "right"))
        truth = left if left == right else many(explicit, place, ours, "both")[0]
    except (ChainruleError, ArithmeticError):
        return "skip"
    if truth.is_nan() or left.is_nan() or right.is_nan():
        return "skip"
    largest = size_of(place.values)
    if max(abs(left), abs(right)) > JUMP * Decimal(max(1.0, largest) if math.isfinite(largest) else 1):
        return "skip"
    try:
        mine, outside = many(explicit, place, yours, "both")
    except ChainruleError:
        return "none"
    except ArithmeticError:
        return "lost"
    if not alike(left, right):
        return "kink"
    if not mine.is_finite():
        return "none" if outside else "lost"
    return "same" if alike(mine, truth) else "off"


def alike(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= Decimal(CLOSE) * max(abs(one), abs(other)) + Decimal("1e-30")


def second(expr: Expr) -> bool:
    """Whether a side is a second derivative, of which a complex step in two directions keeps fewer digits."""
    return isinstance(expr, Derivative) and len(expr.wrt) > 1


def many(explicit: ExplicitModel, place: CheckedPoint, expr: Expr, side: Side) -> tuple[Decimal, bool]:
    """An explicit expression with many digits, and whether it asked a function beyond its domain."""
    kind = Digits()

    def derivative(node: Derivative, letters: Mapping[str, int]) -> Decimal:
        return digits.slope(
            kind, node, explicit.equations, place.given, setting=place.setting, letters=letters, side=side
        )

    if not any(isinstance(node, Derivative) for node in nodes(expr)):
        kind.outside = False
    found = evaluate(
        expr, place.given, kind, setting=place.setting, letters=place.letters, equations=explicit.equations,
        derivative=derivative, made=explicit.work.add,
    )  # fmt: skip
    return found, kind.outside


def nearby(explicit: ExplicitModel, place: CheckedPoint) -> Iterator[CheckedPoint]:
    """Places a little way off, in several directions; what the text fixes and facts ask for still holds."""
    draw = random.Random(0)  # noqa: S311 - points of a check, not secrets
    for _ in range(NEARBY):
        given = dict(place.given)
        for name in place.free:
            own = given[name]
            given[name] = {key: shifted(one, draw) for key, one in own.items()} if isinstance(own, Mapping) \
                else shifted(own, draw)  # fmt: skip
        if place.told:
            tell(explicit, given, place.setting)
        normalise(explicit, given, place.setting)
        yield from followed(place, at(explicit, given, place.setting, iter((dict(place.letters),))))


def shifted(number: float, draw: random.Random) -> float:
    return number + draw.uniform(0.3, 1.0) * draw.choice((-SHIFT, SHIFT)) * max(1.0, abs(number))


def agree(explicit: ExplicitModel, places: Sequence[CheckedPoint], yours: Expr, ours: Expr) -> bool:
    """Whether two sides agree wherever they can be compared, and at one place at least."""
    return agreement(explicit, places, yours, ours).holds
