"""The weights of a run → whether sin, cos or tan were taken of angles whose digits are lost.

Beyond `TRIGONOMETRIC_RANGE` a run goes by what the programs of these functions give, which is another number than the
mathematics has, and than a second opinion gives: nothing that compares the two holds there, and nothing is accused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.finding import aside
from chainrule.explain.naming import Naming, WeightPoint
from chainrule.train.lost_numbers import losses
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LostDigits:
    """Angles beyond all digits."""

    naming: Naming = aside()
    at: WeightPoint = aside()
    lost: tuple[str, ...]
    """the equations in which sin, cos or tan is taken of an angle whose digits are lost, with the angle"""

    @property
    def holds(self) -> bool:
        return False

    @property
    def kind(self) -> Literal["lost digits"]:
        return "lost digits"


def at_the_step(context: Context) -> LostDigits | None:
    """Looked for at the start and about the step that is shown."""
    moment = context.moment
    return looked_for(context, [context.start] if moment is None else [context.start, moment.before, moment.after])


def in_the_run(context: Context) -> LostDigits | None:
    """Looked for there, at the end, and where the weights were largest."""
    largest = context.path[int(np.argmax(np.abs(context.path).max(axis=1, initial=0.0)))]
    return context.once(at_the_step) or looked_for(context, [largest, context.end])


def looked_for(context: Context, points: list[Array]) -> LostDigits | None:
    for theta in points:
        lost = losses(context.model, context.bound, context.arrays(theta), only="angle")
        if lost:
            return LostDigits(naming=context.naming, at=context.spot(theta), lost=lost)
    return None


LOST: dict[str, Callable[[Context], LostDigits | None]] = {
    **dict.fromkeys(("update", "sign", "size", "steepest", "step", "vanish", "order"), at_the_step),
    **dict.fromkeys(("toward", "amount", "decrease", "patterns", "end", "map"), in_the_run),
}
"""Where digits must not be lost, by claim; one that compares no numbers of the run is not among them."""
