"""The edge of stability: the largest curvature came to 2/rate and stays there, the most at which such steps can rest.

A curvature that is always near 2/rate is no such edge, it is a rate chosen near it: the curvature must have come there.
Source: Cohen, Kaur, Li, Kolter, Talwalkar, Gradient descent on neural networks typically occurs at the edge of
stability, ICLR 2021.
"""

from __future__ import annotations

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.samples import evenly
from chainrule.explain.measure.trials import descend
from chainrule.explain.wording import num, percent

NEAR = 0.05
"""Share of 2/rate within which the curvature is at the edge."""
LOOKS, SHORTER, MOST = 9, 10, 64
KINDS = ("minimum", "valley", "on the way to a minimum", "on the way", "still falling", "not settled")
"""Ends of which an edge can be said; in a cycle the weights are at no one place."""


def hovering(context: Context, kind: str) -> tuple[str, dict[str, object]]:
    """The sentence on the edge, and its numbers; nothing where the run is not at it.

    Plain steps over all patterns without a box only: of other steps 2/rate is not the edge.
    """
    rate = context.rate
    together = len(context.rows(0)) == context.patterns
    if kind not in KINDS or rate is None or rate <= 0 or not together or context.boxed or len(context.names) > MOST:
        return "", {}
    edge = 2 / rate
    last = evenly(len(context.path), LOOKS, 3 * (len(context.path) - 1) // 4)
    found = sharpness(context, context.path[[0, *last]])
    if not np.isfinite(found).all():
        return "", {}
    first, late, end = float(found[0]), found[1:], float(found[-1])
    if abs(end - first) <= NEAR * edge or not np.all(np.abs(late / edge - 1) <= NEAR):
        return "", {}
    side = "just below" if end < edge else "just above"
    evidence: dict[str, object] = {"sharpness_at_start": first, "sharpness": end, "two_over_rate": edge}
    said = (
        f" That is the edge of stability: the largest curvature was {num(first)} at the start, and over the last "
        f"quarter of the run it was within {percent(float(np.abs(late / edge - 1).max()))} of 2/{context.rate_name} = "
        f"{num(edge)}; it is now {num(end, 6)}, {side} it. Where the curvature is larger, steps with "
        f"{context.rate_name} = {num(rate)} cannot come to rest"
    )
    (slow,) = descend(context, context.start, np.array([rate / SHORTER]), 2000) or (None,)
    if slow is not None and slow.good and slow.still:
        there = float(sharpness(context, slow.point[None, :])[0])
        evidence["sharpness_of_shorter_steps"] = there
        said += f"; steps a tenth as long, tried from the same start, rest where it is {num(there)}"
    return f"{said}.", evidence


def sharpness(context: Context, points: Array) -> Array:
    """The largest eigenvalue of the Hessian of what is made smaller, at each point."""
    with np.errstate(all="ignore"):
        matrices = context.sense * context.hessians(points)
    good = np.isfinite(matrices).all(axis=(1, 2))
    largest = np.full(len(points), np.nan)
    if good.any():
        largest[good] = np.linalg.eigvalsh(matrices[good])[:, -1]
    return largest
