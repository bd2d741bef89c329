"""The edge of stability: the largest curvature came to 2/rate and stays there, the most at which such steps can rest.

A curvature that is always near 2/rate is no such edge, it is a rate chosen near it: the curvature must have come there.
Source: Cohen, Kaur, Li, Kolter, Talwalkar, Gradient descent on neural networks typically occurs at the edge of
stability, ICLR 2021.
"""

from __future__ import annotations

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.finding import aside, sometimes
from chainrule.explain.measure.samples import evenly
from chainrule.explain.measure.trials import descend
from chainrule.values import dataclass

NEAR = 0.05
"""Share of 2/rate within which the curvature is at the edge."""
LOOKS, SHORTER, MOST = 9, 10, 64
KINDS = ("minimum", "valley", "on the way to a minimum", "on the way", "still falling", "not settled")
"""Ends of which an edge can be said; in a cycle the weights are at no one place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hovering:
    """A run at the edge of stability."""

    sharpness_at_start: float
    """the largest curvature at the start"""
    sharpness: float
    """and at the end"""
    two_over_rate: float
    """where steps of this rate begin to swing"""
    sharpness_of_shorter_steps: float | None = sometimes()
    """the largest curvature where steps a tenth as long rest"""
    rate: float = aside()
    off: float = aside()
    """the largest share by which it was off 2/rate over the last quarter of the run"""


def hovering(context: Context, kind: str) -> Hovering | None:
    """The numbers of the edge; None where the run is not at it.

    Plain steps over all patterns without a box only: of other steps 2/rate is not the edge.
    """
    rate = context.rate
    together = len(context.rows(0)) == context.patterns
    if kind not in KINDS or rate is None or rate <= 0 or not together or context.boxed or len(context.names) > MOST:
        return None
    edge = 2 / rate
    last = evenly(len(context.path), LOOKS, 3 * (len(context.path) - 1) // 4)
    found = sharpness(context, context.path[[0, *last]])
    if not np.isfinite(found).all():
        return None
    first, late, end = float(found[0]), found[1:], float(found[-1])
    if abs(end - first) <= NEAR * edge or not np.all(np.abs(late / edge - 1) <= NEAR):
        return None
    (slow,) = descend(context, context.start, np.array([rate / SHORTER]), 2000) or (None,)
    shorter = None
    if slow is not None and slow.good and slow.still:
        shorter = float(sharpness(context, slow.point[None, :])[0])
    return Hovering(
        sharpness_at_start=first, sharpness=end, two_over_rate=edge, sharpness_of_shorter_steps=shorter, rate=rate,
        off=float(np.abs(late / edge - 1).max()),
    )  # fmt: skip


def sharpness(context: Context, points: Array) -> Array:
    """The largest eigenvalue of the Hessian of what is made smaller, at each point."""
    with np.errstate(all="ignore"):
        matrices = context.sense * context.hessians(points)
    good = np.isfinite(matrices).all(axis=(1, 2))
    largest = np.full(len(points), np.nan)
    if good.any():
        largest[good] = np.linalg.eigvalsh(matrices[good])[:, -1]
    return largest
