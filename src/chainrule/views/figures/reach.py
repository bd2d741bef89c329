"""Values that are to be seen → an axis that holds them, and what is said of those that it does not."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from chainrule.explain.wording import count
from chainrule.views.scene import Axis
from chainrule.views.ticks import spread, tick_text
from chainrule.views.ticks import steps as ticked

DECADES = 1e3
"""From this ratio on, positive values stand on a logarithmic axis."""

DEEPEST, HIGHEST = 1e-18, 1e12
"""Beside the values that must be seen: what lies further away would only stretch a logarithmic axis."""


def reach(
    label: str, values: Iterable[ArrayLike], marked: Iterable[float] = (), wall: float = 20, ratio: float = DECADES
) -> Axis:
    """An axis for values of which the ``marked`` ones must be seen; others may run into a wall and are cut off there.

    >>> reach("E", [[0.1, 0.5, 1.0]]).scale, reach("E", [[1e-9, 1e-5, 0.5, 1.0]]).scale
    ('linear', 'log')
    """
    every = together(values)
    must = together([list(marked)])
    if not len(every):
        return Axis(label, *spread(0.0, 1.0))
    if decades(every, must, ratio):
        positive = every[every > 0]
        low, high = float(positive.min()), float(positive.max())
        seen = must[must > 0] if np.any(must > 0) else np.median(positive, keepdims=True)
        low, high = max(low, float(seen.min()) * DEEPEST), min(high, float(seen.max()) * HIGHEST)
        room = (high / low) ** 0.04
        return Axis(label, max(low / room, 1e-300), min(high * room, 1e300), "log")
    low, high = float(every.min()), float(every.max())
    if len(must):
        near = max(float(must.max()), float(np.quantile(every, 0.6)))
        if high / 2 - low / 2 > wall / 2 * max(near - low, 1e-300):
            high = low + 4 * max(near - low, 1e-300)
    return Axis(label, *spread(low, high))


def together(values: Iterable[ArrayLike]) -> NDArray[np.float64]:
    """All finite numbers of several rows."""
    rows = [np.asarray(row, np.float64).ravel() for row in values]
    every = np.concatenate([*rows, np.zeros(0)])
    return np.asarray(every[np.isfinite(every)])


def decades(every: NDArray[np.float64], must: NDArray[np.float64], ratio: float) -> bool:
    """Whether values are better seen on a logarithmic axis: positive but for a few zeros, over several decades.

    Those that must be seen count whole, of the others the middle eighty of a hundred.
    """
    positive = every[every > 0]
    if np.any(every < 0) or len(positive) < 0.8 * len(every) or not len(positive):
        return False
    low, high = np.quantile(positive, [0.1, 0.9])
    high = max(float(high), float(must.max(initial=0.0)))
    return bool(high / 2 >= ratio / 2 * float(low))


def left_out(axis: Axis, values: Iterable[ArrayLike]) -> str:
    """A sentence on what the axis does not show, with a space before it; nothing where it shows all.

    >>> left_out(Axis("E", 0.0, 1.0), [[0.5, float("nan"), 3.0]])
    ' 1 value that is not finite is left out. 1 value lies outside the picture.'
    """
    every = np.concatenate([*(np.asarray(row, np.float64).ravel() for row in values), np.zeros(0)])
    finite = every[np.isfinite(every)]
    missing = len(every) - len(finite)
    zeros = int(np.sum(finite <= 0)) if axis.scale == "log" else 0
    outside = int(np.sum((finite < axis.low) | (finite > axis.high))) - zeros
    told = ""
    if missing:
        told += f" {count(missing, 'value')} that {'is' if missing == 1 else 'are'} not finite {was(missing)} left out."
    if zeros:
        told += f" {count(zeros, 'value')} of 0 {'has' if zeros == 1 else 'have'} no place on the logarithmic axis."
    if outside > 0:
        told += f" {count(outside, 'value')} {'lies' if outside == 1 else 'lie'} outside the picture."
    return told


def was(many: int) -> str:
    return "is" if many == 1 else "are"


def steps_axis(steps: NDArray[np.int64]) -> Axis:
    """The axis of steps, with whole numbers at it."""
    low, high = float(steps[0]), float(max(steps[-1], steps[0] + 1))
    room = 0.02 * (high - low)
    labels = tuple((value, tick_text(value)) for value in ticked(low, high) if value == int(value))
    return Axis("steps done", low - room, high + room, ticks=labels)
