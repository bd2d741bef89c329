"""Cells near their ends → after how many passes their weights are where they were: 1, 2, 4, …, or none of these."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.native.run_status import Ended
from chainrule.engines.protocol import Array, Ensemble, Many
from chainrule.maps.layout import NONE
from chainrule.maps.measures import Measure
from chainrule.train.ensemble import follow
from chainrule.train.order import Order

LONGEST = 64
"""The longest period that is looked for, in passes; the last so many passes, or half of all if those are fewer."""


def period(
    many: Many[Any],
    ensemble: Ensemble,
    order: Order,
    steps: int,
    measures: Mapping[str, Measure],
    told: Callable[[float], None],
) -> dict[str, NDArray[np.generic]]:
    """Make the steps, and compare the weights of the last passes with those before them."""
    length = order.pass_length
    longest = LONGEST
    while longest > 1 and 2 * longest * length > steps:
        longest //= 2
    if longest * length > steps:
        follow(many, ensemble, order, steps, told=told)
        return {name: np.full(ensemble.runs, NONE) for name in measures}
    begun = steps - longest * length
    follow(many, ensemble, order, begun, told=told)
    before = weights(many, ensemble)
    found = {name: np.zeros(ensemble.runs, np.int64) for name in measures}
    passes, made = 1, begun
    while passes <= longest:
        follow(many, ensemble, order, begun + passes * length, told=told, made=made)
        made = begun + passes * length
        now = weights(many, ensemble)
        with np.errstate(all="ignore"):
            apart = np.abs(now - before).max(axis=1, initial=0.0)
            size = np.abs(before).max(axis=1, initial=0.0)
        for name, measure in measures.items():
            near = apart <= (measure.number or 0.0) * size
            found[name][near & (found[name] == 0)] = passes
        passes *= 2
    for values in found.values():
        values[ensemble.ended == Ended.LEFT] = NONE
    return dict(found)


def weights(many: Many[Any], ensemble: Ensemble) -> Array:
    """The weights of each cell in a row, without the states of the rule."""
    rows = ensemble.rows
    parts = many.layout.parts(rows)
    return np.concatenate([parts[name].reshape(len(rows), -1) for name in many.layout.weights], axis=1)

