"""Whether two results hold the same: numbers to the last bit, NaN equal to NaN, arrays of one shape, parts by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

import numpy as np

C = TypeVar("C")


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal, where ``==`` of arrays would give an array.

    >>> same({"w": np.array([1.0, np.nan])}, {"w": np.array([1.0, np.nan])}), same((1.0, 2), (1.0, 3))
    (True, False)
    """
    if isinstance(one, np.ndarray | float) or isinstance(other, np.ndarray | float):
        return _numbers(one, other)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())
    if is_dataclass(one):
        return same_parts(one, other)
    if isinstance(one, str | range) or isinstance(other, str | range):
        return bool(one == other)
    if isinstance(one, Sequence) and isinstance(other, Sequence):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def by_parts(cls: type[C]) -> type[C]:
    """A dataclass whose values are equal where every field that is compared is `same`."""
    cls.__eq__ = same_parts  # type: ignore[method-assign]
    return cls


def same_parts(one: Any, other: Any) -> bool:
    """Whether two values of one dataclass are equal in every field that is compared."""
    if type(one) is not type(other):
        return False
    return one is other or all(
        same(getattr(one, part.name), getattr(other, part.name)) for part in fields(one) if part.compare
    )


def _numbers(one: Any, other: Any) -> bool:
    try:
        left, right = np.asarray(one), np.asarray(other)
    except ValueError:  # nested lists that are no array
        return False
    if left.shape != right.shape or not {left.dtype.kind, right.dtype.kind} <= set("fiub"):
        return False
    signs = (np.signbit(left * 1.0) == np.signbit(right * 1.0)) | np.isnan(left * 1.0)  # −0 is not 0, in a hash too
    return bool(np.array_equal(left, right, equal_nan=True) and signs.all())
