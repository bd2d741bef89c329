"""order: operations backward and forward, the gradient by both, and what each use of a quantity adds to its slope."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array
from chainrule.explain.measure.chain.contributions import By, Shared, Uses, shared, used_more_than_once
from chainrule.explain.measure.chain.operations import (
    DIRECTION,
    backward,
    forward,
    forward_pass,
    goal,
    operations,
    sizes_of,
)
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.finding import aside, sometimes
from chainrule.explain.measure.kinks import sides
from chainrule.explain.measure.rounding import slope_blur
from chainrule.explain.naming import Naming, WeightPoint
from chainrule.expr.nodes import Equation
from chainrule.values import dataclass

Kind = Literal[
    "backward is cheaper", "backward is not cheaper", "not decided", "forward differs", "does not add up",
]  # fmt: skip
TINY = 1e-100
"""Slopes below this are lost in the products of a complex step."""
CLOSE = 1e-8
"""Of the largest slope, and of what contributions are together: so near they are the same, but for rounding."""
MOST = 64
"""Weights for which forward mode is run; uses that are listed one by one."""
LARGEST = 20_000_000
"""Numbers of a quantity that are computed at most, over all passes."""


@dataclass(frozen=True, slots=True)
class Differs:
    """A slope that forward mode gives otherwise: of which weight, backward and forward."""

    place: int
    backward: float
    forward: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Both modes, counted and compared."""

    naming: Naming = aside()
    spot: WeightPoint = aside()
    weights: int
    """how many there are"""
    operations_error: int
    """operations of the goal alone"""
    operations_backward: int
    """of the goal and the gradient backward"""
    operations_forward: int
    """of the same forward, at least"""
    operations_forward_at_most: int
    """at most"""
    compared: int
    """gradients that were compared"""
    gradient_backward: tuple[float, ...]
    """those, backward"""
    gradient_forward: tuple[float, ...]
    """and forward"""
    agree: bool
    """whether they agree"""
    adds: bool
    """whether contributions add up"""
    used: str | None = sometimes()
    """a quantity that is used more than once"""
    where: By | None = sometimes()
    """by what: its `kind` (`quantities`, `patterns` or `letter`), their `names`, the `pattern`, the `letter`"""
    times: int | None = sometimes()
    """how often"""
    slope_of: str | None = sometimes()
    """the gradient that its contributions add up to"""
    slope: float | None = sometimes()
    """its value"""
    sum: float | None = sometimes()
    """what they add up to"""
    readers: tuple[str, ...] | None = sometimes()
    """what uses it"""
    contributions: tuple[float, ...] | None = sometimes()
    """what each use adds"""
    worst: Differs | None = aside()
    uses: Uses | None = aside()
    shared: Shared | None = aside()
    """a weight that is read under letters that it does not have"""
    smooth: bool = aside()
    """whether no kink stands at the start"""

    @property
    def holds(self) -> bool:
        return self.agree and self.adds and self.operations_backward < self.operations_forward

    @property
    def kind(self) -> Kind:
        if not self.agree:
            return "forward differs"
        if not self.adds:
            return "does not add up"
        if self.holds:
            return "backward is cheaper"
        undecided = self.operations_backward < self.operations_forward_at_most
        return "not decided" if undecided else "backward is not cheaper"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoSlopes:
    """There is no weight, or the slopes are no numbers."""

    naming: Naming = aside()
    spot: WeightPoint = aside()
    weights: int
    """how many there are"""

    @property
    def holds(self) -> bool:
        return False

    @property
    def kind(self) -> Literal["no slope"]:
        return "no slope"


Order = Compared | NoSlopes


@dataclass(frozen=True, slots=True)
class Passes:
    """Forward mode: the equations of a pass, what the error and all passes take, and for which entries it is run."""

    equations: tuple[Equation, ...]
    least: int
    most: int
    places: NDArray[np.int64]


def measure(context: Context) -> Order:
    """Does going backward take fewer operations for the same gradient, and do contributions add up to it?"""
    theta, many = context.start, len(context.names)
    nothing = NoSlopes(naming=context.naming, spot=context.spot(theta), weights=many)
    if not many:
        return nothing
    way, given = passes(context), context.gradient(theta)
    places, other = way.places, ahead_of(context, theta, way)
    if not np.isfinite(given).all() or not np.isfinite(other).all():
        return nothing
    program, sizes = context.program, sizes_of(context)
    off = np.abs(given[places] - other)
    same = bool(np.all(off <= CLOSE * np.abs(other).max() + slope_blur(context, theta)[places]))
    worst = int(np.argmax(off))
    uses, adds = added(context, used_more_than_once(context))
    return Compared(
        naming=context.naming, spot=context.spot(theta), weights=many,
        operations_error=operations(goal(program), sizes),
        operations_backward=operations(backward(program, [symbol.name for symbol in context.trained]), sizes),
        operations_forward=way.least, operations_forward_at_most=way.most, compared=len(places),
        gradient_backward=tuple(given[places].tolist()), gradient_forward=tuple(other.tolist()), agree=same,
        adds=adds, **evidence_of(uses),
        worst=None if same else Differs(int(places[worst]), float(given[places[worst]]), float(other[worst])),
        uses=uses, shared=shared(context) if uses is None else None,
        smooth=uses is not None or sides(context, theta).smooth,
    )  # fmt: skip


def evidence_of(uses: Uses | None) -> dict[str, Any]:
    """What is used more than once, as the fields of the finding; of very many uses not each."""
    few = uses is not None and len(uses.parts) <= MOST
    return {
        "used": uses.name if uses else None, "where": uses.where if uses else None,
        "times": len(uses.parts) if uses else None, "slope_of": uses.slope if uses else None,
        "slope": uses.whole if uses else None, "sum": sum(uses.parts) if uses else None,
        "readers": uses.readers if uses and few else None, "contributions": uses.parts if uses and few else None,
    }  # fmt: skip


def added(context: Context, uses: Uses | None) -> tuple[Uses | None, bool]:
    """What each use of a quantity adds, and whether that adds up to its slope; at a kink there is no slope to add up
    to."""
    if uses is None:
        return None, True
    if max(map(abs, (uses.whole, *uses.parts))) < TINY:
        return None, True  # it says nothing: products of a complex step are lost below the smallest number
    off = abs(sum(uses.parts) - uses.whole)
    if off <= CLOSE * (sum(map(abs, uses.parts)) or 1.0):
        return uses, True
    at, row = context.looked_at
    blur = max(float(slope_blur(context, at, row).max()), float(slope_blur(context, context.start).max()))
    if off <= len(uses.parts) * blur:
        return replace(uses, blur=len(uses.parts) * blur), True
    return (None, True) if kinks(context) else (uses, False)


def kinks(context: Context) -> bool:
    """Whether a kink stands where the uses were looked at."""
    theta, row = context.looked_at
    return any(not sides(context, at, rows).smooth for at, rows in ((theta, (row,)), (context.start, None)))


def passes(context: Context) -> Passes:
    """A pass for each entry of a weight. For plain weights the operations are counted, for arrays there are bounds."""
    names = [symbol.name for symbol in context.trained]
    equations = forward_pass(context.model, context.program, names)
    entries = {name: sum(name == other for other, _ in context.entries) for name in names}
    arrays = [symbol.name for symbol in context.trained if symbol.letters]
    low, high = forward(goal(context.program), equations, entries, arrays, sizes_of(context))
    width = context.evaluator.width(context.patterns, False, False)
    most = max(1, min(len(context.names), MOST, LARGEST // width))
    chosen = np.linspace(0, len(context.names) - 1, most).astype(np.int64)
    return Passes(equations, low, high, chosen)


def ahead_of(context: Context, theta: Array, way: Passes) -> Array:
    """The slopes over all patterns in forward mode."""
    units = np.zeros((len(way.places), len(theta)))
    units[np.arange(len(way.places)), way.places] = 1.0
    return context.evaluator.forward_along(theta, units, way.equations, DIRECTION)
