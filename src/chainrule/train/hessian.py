"""A network at given weights → all second derivatives of its goal, ∂²goal/∂w∂v: its products with the direction of each
entry of its weights, stacked."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from chainrule.engines.protocol import Array, Bound
from chainrule.errors import LimitError
from chainrule.model.model import Model
from chainrule.train.hessian_products import bend

Blocks = dict[str, dict[str, Array]]

LONGEST = 2000
"""Entries of all weights: their second derivatives are as many squared."""


def hessian(
    model: Model, bound: Bound, weights: Mapping[str, Array], of: str | None, entry: tuple[int, ...] = ()
) -> Blocks:
    """``[w][v]`` is ∂²goal/∂w∂v, the axes of w first; the same matrix from either side but for rounding.

    Errors: LimitError E309 if the weights have more than 2,000 entries.
    """
    entries = sum(np.size(value) for value in weights.values())
    if entries > LONGEST:
        raise LimitError(
            "E309",
            f"the weights have {entries} entries, and their second derivatives are {entries} × {entries} numbers",
            f"ask for them of a model with at most {LONGEST} entries",
        )
    if not entries:
        return {}
    at = bend(model, bound, weights, of, entry)
    every = np.eye(at.size)
    found = at.products(every)
    blocks: Blocks = {}
    start = 0
    for name, value in at.weights.items():
        mine = slice(start, start + np.size(value))
        # a weight that does not move times a slope that is ∞ is no number: the others then stand still altogether
        if not np.isfinite(found[mine]).all() and len(at.weights) > 1:
            found[mine] = bend(model, bound, weights, of, entry, (name,)).products(every[mine])
        blocks[name] = {
            other: np.array(part).reshape((*np.shape(value), *np.shape(at.weights[other])))
            for other, part in at.parts(found[mine]).items()
        }
        start = mine.stop
    return blocks
