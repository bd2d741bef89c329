"""A run without a step to look at → that there is no slope, or why there is none to see."""

from __future__ import annotations

from typing import Literal

from chainrule.explain.measure.context import Context
from chainrule.explain.measure.finding import aside
from chainrule.explain.measure.kinks import Uneven, broken, uneven
from chainrule.explain.measure.no_step import Reason, no_step
from chainrule.explain.naming import Naming, WeightPoint, tuple_of
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NoSlope:
    """There is no step with a gradient."""

    naming: Naming = aside()
    start: WeightPoint = aside()
    reason: Reason | None = aside()
    uneven: Uneven | None = aside()
    broken: bool = aside()
    """whether the equations have kinks or steps at all"""
    gradient: tuple[float, ...]
    """the gradient at the start, where there was no step to look at"""

    @property
    def nothing(self) -> bool:
        """Whether there is no direction at all: the gradient is 0 at the start, and on both sides of it."""
        return self.reason is None and not self.broken

    @property
    def holds(self) -> bool:
        return False

    @property
    def kind(self) -> Literal["no slope"]:
        return "no slope"


def no_slope(context: Context) -> NoSlope:
    """What is so at the start of a run of which no step can be looked at."""
    start = context.start
    return NoSlope(
        naming=context.naming, start=context.spot(start), reason=no_step(context),
        uneven=uneven(context, start, None), broken=bool(broken(context)), gradient=tuple_of(context.gradient(start)),
    )  # fmt: skip
