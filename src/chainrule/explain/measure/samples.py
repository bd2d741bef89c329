"""Many numbers → a few that stand for them: places of a long record, evenly or crowded early; a median, a norm.

NumPy's own unique, median and quantile would first read its masked arrays, which takes a twentieth of a short story.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from chainrule.engines.protocol import Array


def places(count: int, most: int) -> NDArray[np.int64]:
    """At most ``most`` places of ``count``, in order: half of them lie evenly, half crowd towards the beginning, where
    a training moves most.

    >>> places(5, 10).tolist()
    [0, 1, 2, 3, 4]
    >>> found = places(10**6, 100)
    >>> len(found) <= 100, found[:4].tolist(), int(found[-1])
    (True, [0, 1, 2, 3], 999999)
    """
    if count <= most:
        return np.arange(count)
    between = np.linspace(0, count - 1, most // 2)
    early = np.geomspace(1, count, most - most // 2) - 1
    return once(np.sort(np.round(np.concatenate([between, early])).astype(np.int64)))


def evenly(count: int, most: int, first: int = 0) -> NDArray[np.int64]:
    """At most ``most`` places of ``count``, from ``first`` to the last, evenly between.

    >>> evenly(9, 3).tolist(), evenly(2, 9).tolist(), evenly(10, 3, 5).tolist()
    ([0, 4, 8], [0, 1], [5, 7, 9])
    """
    return once(np.linspace(first, count - 1, most).astype(np.int64))


def once(ordered: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each of what is in order once."""
    return np.asarray(ordered[np.append(True, np.diff(ordered) > 0)])


def median(values: ArrayLike) -> float:
    """The middle of numbers in order of size, or halfway between the two that are; NaN where one of them is none.

    >>> median([3.0, 1.0, 2.0]), median([4, 1]), median([1.0, float("nan")])
    (2.0, 2.5, nan)
    """
    ordered = np.sort(np.asarray(values, np.float64), axis=None)
    half = -1 if np.isnan(ordered[-1]) else len(ordered) // 2  # NaN is sorted last
    return float(ordered[half] if half < 0 or len(ordered) % 2 else ordered[half - 1 : half + 1].mean())


def quantile(values: ArrayLike, share: float) -> float:
    """The number below which so large a share of finite numbers lies, between two of them by their distance.

    >>> quantile([4.0, 1.0, 3.0, 2.0], 0.5), quantile([1.0, 2.0], 1.0)
    (2.5, 2.0)
    """
    ordered = np.sort(np.asarray(values, np.float64), axis=None)
    place = share * (len(ordered) - 1)
    low = ordered[int(place)]
    return float(low + (ordered[min(int(place) + 1, len(ordered) - 1)] - low) * (place - int(place)))


def norm(values: Array) -> float:
    """The root of the sum of squares, whatever their size."""
    largest = float(np.max(np.abs(values), initial=0.0))
    if largest == 0 or not np.isfinite(largest):
        return largest
    return largest * float(np.sqrt(np.sum((values / largest) ** 2)))
