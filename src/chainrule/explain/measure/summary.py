"""A number for each of many weights, patterns or steps → the worst with its name, the median, and of how many."""

from __future__ import annotations

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.measure.samples import median
from chainrule.values import dataclass

FEWEST = 3
"""Fewer weights than these stand in the story one by one, and need no summing up."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The worst of some numbers, the place of it, the median, and how many there are."""

    place: int
    worst: float
    median: float
    of: int


def summary(values: Array, badness: Array | None = None) -> Summary:
    """The greatest of some numbers with the median; with ``badness``, the one that is greatest in that.

    >>> summary(np.array([1.0, 5.0, 2.0]))
    Summary(place=1, worst=5.0, median=2.0, of=3)
    """
    place = int(np.argmax(np.nan_to_num(values if badness is None else badness, nan=np.inf)))
    return Summary(place, float(values[place]), median(values), len(values))
