"""A run in which there is no step to look at → why, where it is not that the gradient is 0."""

from __future__ import annotations

from typing import Literal

import numpy as np

from chainrule.explain.measure.context import Context

Reason = Literal["no number", "not taken", "not recorded", "not visited"]
"""The slope at the start is no number; no step was taken; steps were not recorded one by one; the gradient is 0 on
every pattern that was visited, though not over all of them."""


def no_step(context: Context) -> Reason | None:
    """Why there is no first step; None where the slope at the start is 0."""
    slope = context.gradient(context.start)
    if not np.isfinite(slope).all():
        return "no number"
    if not np.any(slope):
        return None
    if len(context.path) < 2:
        return "not taken"
    return "not recorded" if context.steps[1] != context.steps[0] + 1 else "not visited"
