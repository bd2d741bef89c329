"""Words of the table of claims → what they do to numbers, vectors and texts; claims.js does the same.

Both give the same bits: every operation is one of + − × ÷, √ and comparison, and sums are taken from the first to the
last. A truth is 1 or 0, a comparison with no number is false, −0 that a fold gives is 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain import wording

Value: TypeAlias = Any
"""A float, a vector, vectors one below the other, or a text."""


def drawn(seed: int, count: int) -> Array:
    """Numbers in [−1, 1) by xorshift."""
    x, found = (seed * 2654435761) % 2**32 or 1, np.zeros(count)
    for place in range(count):
        x ^= (x << 13) % 2**32
        x ^= x >> 17
        x ^= (x << 5) % 2**32
        found[place] = x / 2**31 - 1
    return found


# ---- numbers and vectors --------------------------------------------------------------------------------------------


def truth(value: Any) -> Any:
    return np.asarray(value, np.float64)[()]


def larger(a: Value, b: Value) -> Value:
    return np.where(np.greater_equal(a, b), a, np.where(np.greater_equal(b, a), b, np.nan))[()]


def smaller(a: Value, b: Value) -> Value:
    return np.where(np.less_equal(a, b), a, np.where(np.less_equal(b, a), b, np.nan))[()]


def total(values: Array) -> Value:
    if not np.shape(values)[-1]:
        return np.zeros(np.shape(values)[:-1])[()]
    return np.add.accumulate(values, axis=-1)[..., -1] + 0.0


def top(values: Array) -> float:
    return float(np.max(values, initial=-np.inf)) + 0.0


def low(values: Array) -> float:
    return float(np.min(values, initial=np.inf)) + 0.0


def norm(values: Array) -> float:
    """The root of the sum of squares, whatever their size."""
    largest = np.float64(top(np.abs(values)))
    if not largest > 0 or not np.isfinite(largest):
        return 0.0 if largest < 0 else float(largest)
    shares = values / largest
    return float(largest * np.sqrt(total(shares * shares)))


def median(values: Array) -> float:
    if not len(values) or np.isnan(values).any():
        return float("nan")
    ordered, half = np.sort(values), len(values) // 2
    return float(ordered[half] if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2) + 0.0


def at(values: Array, place: float) -> float:
    return float(values[int(place)]) if 0 <= place < len(values) else float("nan")


def sample(values: Array, most: float) -> Array:
    """At most so many of them, evenly."""
    if len(values) <= most:
        return values
    return values[np.floor(np.arange(int(most)) * (len(values) - 1) / (most - 1)).astype(np.int64)]


def pick(values: Array, places: Array) -> Array:
    return np.asarray(values[np.asarray(places, np.int64)])


def cosines(rows: Array) -> Array:
    """Of each pair of vectors, in order."""
    units = np.array([row / norm(row) for row in rows]) if len(rows) else rows
    pairs = [total(one * other) for place, one in enumerate(units) for other in units[place + 1 :]]
    return np.array(pairs, np.float64)


def ways(many: float, count: float) -> Array:
    """Directions of length 1."""
    found = [drawn(place + 1, int(many)) for place in range(int(count))]
    return np.array([one / norm(one) for one in found])


def period(path: Array, close: float) -> float:
    """After how many rows, 2 or more, the last rows were there before, three times over; 0 if they were not."""
    size = larger(1.0, np.abs(path[-1]))
    for length in range(2, len(path) // 3 + 1):
        tail, earlier = path[-2 * length :], path[-3 * length : -length]
        if (np.abs(tail - earlier) <= close * size).all():
            return float(length)
    return 0.0


def apart(value: float, other: float) -> str:
    return wording.told_apart(value, other)[0]


PLAIN: dict[str, tuple[int, Callable[..., Value]]] = {
    "+": (2, lambda a, b: a + b), "-": (2, lambda a, b: a - b), "*": (2, lambda a, b: a * b), "/": (2, np.divide),
    "neg": (1, np.negative), "abs": (1, np.abs), "sqrt": (1, np.sqrt), "sign": (1, lambda a: np.sign(a) + 0.0),
    "<": (2, lambda a, b: truth(np.less(a, b))), "<=": (2, lambda a, b: truth(np.less_equal(a, b))),
    ">": (2, lambda a, b: truth(np.greater(a, b))), ">=": (2, lambda a, b: truth(np.greater_equal(a, b))),
    "==": (2, lambda a, b: truth(np.equal(a, b))), "!=": (2, lambda a, b: truth(np.not_equal(a, b))),
    "both": (2, lambda a, b: truth((np.asarray(a) != 0) & (np.asarray(b) != 0))),
    "either": (2, lambda a, b: truth((np.asarray(a) != 0) | (np.asarray(b) != 0))),
    "isfinite": (1, lambda a: truth(np.isfinite(a))), "finite": (1, lambda a: float(np.isfinite(a).all())),
    "max": (2, larger), "min": (2, smaller), "top": (1, top), "low": (1, low), "total": (1, total),
    "count": (1, lambda a: float(np.count_nonzero(a))), "size": (1, lambda a: float(len(a))), "median": (1, median),
    "where": (1, lambda a: np.flatnonzero(a).astype(np.float64)),
    "first": (1, lambda a: float(np.argmax(a != 0)) if np.any(a != 0) else -1.0), "at": (2, at), "pick": (2, pick),
    "sample": (2, sample), "dot": (2, lambda a, b: float(total(a * b))), "norm": (1, norm),
    "norms": (1, lambda a: np.array([norm(row) for row in a])), "products": (2, lambda a, b: total(a * b)),
    "cosines": (1, cosines), "ways": (2, ways), "units": (1, lambda n: np.eye(int(n))), "period": (2, period),
    "every": (2, lambda path, many: path[:: int(many)]),
    "leading": (2, lambda path, many: path[: int(many)]),
    "ending": (2, lambda path, many: path[len(path) - int(many) :]),
    "spread": (1, lambda path: path.max(axis=0) - path.min(axis=0)),
    "range": (1, lambda n: np.arange(int(n), dtype=np.float64)), "row": (2, lambda path, place: path[int(place)]),
    "num": (1, wording.num), "put": (1, wording.put), "apart": (2, apart),
}  # fmt: skip
"""Of words that need nothing but their arguments: how many those are, and what is done."""

LAZY = {"and": 2, "or": 2, "not": 1, "choose": 3}
"""Words whose arguments are looked at only when needed."""
