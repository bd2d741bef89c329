"""A run in which there is no step to look at → why, where it is not that the gradient is 0."""

from __future__ import annotations

import numpy as np

from chainrule.explain.measure.context import Context


def unmoved(context: Context) -> str:
    """Why there is no first step, where it is not that the slope is 0; else nothing."""
    slope = context.gradient(context.start)
    if not np.isfinite(slope).all():
        return f"The slope {context.where(context.start)} is not a finite number, so there is nothing to look at."
    if not np.any(slope):
        return ""
    if len(context.path) < 2:
        return "The run has no step that could be looked at."
    if context.steps[1] != context.steps[0] + 1:
        return "The steps were not recorded one by one (train with record=1), so there is none to look at."
    return "The gradient is 0 on every pattern that was visited, though not over all of them."
