"""A range of numbers → the round numbers that stand at an axis, and how they are written."""

from __future__ import annotations

import math
from dataclasses import replace

from chainrule.explain.wording import num
from chainrule.views.scene import Axis

MANY = 6
"""Ticks that an axis has at most, about."""


def ticks(axis: Axis, many: int = MANY) -> tuple[tuple[float, str], ...]:
    """Value and label of each tick, in the order of the axis.

    >>> [label for _, label in ticks(Axis("w", 0.0, 1.0))]
    ['0', '0.2', '0.4', '0.6', '0.8', '1']
    >>> [label for _, label in ticks(Axis("E", 0.0005, 2.0, "log"))]
    ['0.001', '0.01', '0.1', '1']
    >>> [label for _, label in ticks(Axis("w", 1.0, 0.0))]
    ['1', '0.8', '0.6', '0.4', '0.2', '0']
    """
    if axis.ticks is not None:
        return tuple((value, label) for value, label in axis.ticks if 0 <= axis.place(value) <= 1)
    if axis.low > axis.high:
        return ticks(replace(axis, low=axis.high, high=axis.low), many)[::-1]
    values = decades(axis, many) if axis.scale == "log" else steps(axis.low, axis.high, many)
    return tuple((value, tick_text(value)) for value in values)


def steps(low: float, high: float, many: int = MANY) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten between two numbers.

    >>> steps(-0.31, 0.9)
    [-0.2, 0.0, 0.2, 0.4, 0.6, 0.8]
    """
    rough = high / many - low / many
    if not (math.isfinite(rough) and rough > 0):
        return [low]
    power = math.floor(math.log10(rough))
    size = next(factor for factor in (1, 2, 5, 10) if factor * 10.0**power >= rough * 0.75)
    if size == 10:
        size, power = 1, power + 1
    first, last = math.ceil(low / size / 10.0**power - 1e-9), math.floor(high / size / 10.0**power + 1e-9)
    return [float(f"{place * size}e{power}") for place in range(first, last + 1)]  # read, so that 3·0.1 is 0.3


def decades(axis: Axis, many: int) -> list[float]:
    """Powers of ten, every so many; with their halves and fifths where there are few."""
    low, high = math.log10(axis.low), math.log10(axis.high)
    first, last = math.ceil(low - 1e-9), math.floor(high + 1e-9)
    if last - first >= 2:
        stride = max(1, math.ceil((last - first + 1) / many))
        return [float(f"1e{power}") for power in range(first, last + 1) if power % stride == 0]
    found = [float(f"{digit}e{power}") for power in range(math.floor(low), last + 1) for digit in (1, 2, 5)]
    within = [value for value in found if axis.low * (1 - 1e-9) <= value <= axis.high * (1 + 1e-9)]
    return within if len(within) > 1 else [value for value in steps(axis.low, axis.high, many) if value > 0]


def tick_text(value: float) -> str:
    """A tick as it is written.

    >>> tick_text(0.30000000000000004), tick_text(-20000.0), tick_text(1e-7), tick_text(2.5e9)
    ('0.3', '−20000', '1e−7', '2.5e9')
    """
    return num(value, 6)


def spread(low: float, high: float, part: float = 0.04) -> tuple[float, float]:
    """A range with a margin on both sides, and some width where it has none.

    >>> spread(1.0, 1.0), spread(0.0, 10.0)
    ((0.5, 1.5), (-0.4, 10.4))
    """
    if not high / 2 - low / 2 > 1e-300:
        room = abs(low) / 2 or 0.5
        return low - room, high + room
    room = part * (high / 2 - low / 2) * 2
    return max(low - room, -1.7e308), min(high + room, 1.7e308)
