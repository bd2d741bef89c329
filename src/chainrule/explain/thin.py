"""A long record → the places in it that are looked at: the first ones, the last, and others evenly between."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


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
    even = np.linspace(0, count - 1, most // 2)
    early = np.geomspace(1, count, most - most // 2) - 1
    return np.unique(np.round(np.concatenate([even, early])).astype(np.int64))
