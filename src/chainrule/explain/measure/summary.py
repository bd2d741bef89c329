"""A number for each of many weights, patterns or steps → the worst with its name, the median, and of how many."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.measure.samples import median
from chainrule.explain.wording import num

FEWEST = 3
"""Fewer weights than these stand in the story one by one, and need no summing up."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The worst of some numbers, the place of it, the median, and how many there are."""

    place: int
    worst: float
    median: float
    of: int

    def told(self, name: Callable[[int], str], word: str = "worst") -> str:
        """``worst c₀ with 0.148, median 0.0406, of 5``"""
        return f"{word} {name(self.place)} with {num(self.worst)}, median {num(self.median)}, of {self.of}"

    def json(self, name: Callable[[int], str]) -> Mapping[str, Any]:
        """The same as evidence."""
        return {"worst": name(self.place), "worst_value": self.worst, "median": self.median, "of": self.of}


def summary(values: Array, badness: Array | None = None) -> Summary:
    """The greatest of some numbers with the median; with ``badness``, the one that is greatest in that.

    >>> summary(np.array([1.0, 5.0, 2.0])).told("abc".__getitem__)
    'worst b with 5, median 2, of 3'
    """
    place = int(np.argmax(np.nan_to_num(values if badness is None else badness, nan=np.inf)))
    return Summary(place, float(values[place]), median(values), len(values))
