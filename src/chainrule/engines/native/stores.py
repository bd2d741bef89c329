"""Where the numbers of a slot lie in memory: the steps along its axes, and what is left free between its rows."""

from __future__ import annotations

from collections.abc import Mapping

from chainrule.tape.plan import Axes
from chainrule.values import dataclass

LINE = 64
"""Bytes of a line of the cache."""

CROWDED = 512
"""Rows of a multiple of so many bytes begin in few places of the nearest cache, and drive each other out: of 128 rows
16 would share a place that holds 8 or 12. So they are a line longer."""


@dataclass(frozen=True, slots=True)
class Store:
    """A slot in memory: where, its axes from the slowest to the fastest, and how many numbers an entry has."""

    base: str
    axes: Axes
    strides: Mapping[str, int]
    width: int = 1
    one: str = ""  # LLVM's name of its numbers, if they are not of the format of the others


def row_gap(numbers: int, size: int) -> int:
    """How many numbers, of ``size`` bytes each, are left free after a row of so many.

    >>> row_gap(128, 8), row_gap(784, 8)
    (8, 0)
    """
    return LINE // size if numbers * size % CROWDED == 0 else 0


def store(base: str, axes: Axes, sizes: Mapping[str, int], width: int = 1, one: str = "", gap: int = 0) -> Store:
    """Memory with so many numbers left free after each row of the last axis."""
    strides, stride = {}, width
    for own in reversed(axes):
        strides[own] = stride
        stride, gap = stride * sizes[own] + gap, 0
    return Store(base, axes, strides, width, one)
