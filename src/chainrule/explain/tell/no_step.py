"""Why there is no step to look at → the sentence on it."""

from __future__ import annotations

from chainrule.explain.measure.no_step import Reason
from chainrule.explain.naming import Naming, WeightPoint


def no_step_told(naming: Naming, reason: Reason | None, start: WeightPoint) -> str:
    """The sentence; nothing where the slope is 0 at the start."""
    match reason:
        case "no number":
            return f"The slope {naming.where(start)} is not a finite number, so there is nothing to look at."
        case "not taken":
            return "The run has no step that could be looked at."
        case "not recorded":
            return "The steps were not recorded one by one (train with record=1), so there is none to look at."
        case "not visited":
            return "The gradient is 0 on every pattern that was visited, though not over all of them."
        case None:
            return ""
