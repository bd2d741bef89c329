"""A plan and a point → the plans of ever closer looks at it: each window half as wide as the one before.

All windows have the point at the same part of their sides, so that each is the one before, scaled about the point.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from chainrule.errors import UsageError
from chainrule.maps import places
from chainrule.maps.axis import PRECISE, Axis, number
from chainrule.maps.plan import Plan

NARROWER = 2
"""A window is so many times as wide as the next."""

MOST = 10_000
"""Windows of a film."""


def keyframes(plan: Plan, about: Mapping[str, Any], count: int) -> tuple[list[Plan], list[float]]:
    """So many plans, the first of the whole window; and which part of each side lies before the point.

    Errors: E665 where the numbers of the last windows are no more told apart; E666 for axes that have no width; E652
    for a point that is not in the window.
    """
    if len(plan.axes) != 2 or any(axis.scale == "list" or axis.count < 2 for axis in plan.axes):
        problem = f"no film zooms into {' and '.join(axis.text for axis in plan.axes)}"
        raise UsageError("E666", problem, "give two axes, each linear or geometric, of two cells or more")
    said = places.known(plan.axes, about)
    points = []
    for place, axis in enumerate(plan.axes):
        if place not in said:
            help = f"say where: --about {axis.label}={axis.low:g}"
            raise UsageError("E666", f"nothing is said of {axis.label}", help)
        point = number(axis.label, said[place])
        if not min(axis.low, axis.high) <= point <= max(axis.low, axis.high):
            raise places.outside(axis, point)
        points.append(point)
    told_apart(plan, points, count)
    parts = [part(axis, point) for axis, point in zip(plan.axes, points, strict=True)]
    return [framed(plan, points, frame) for frame in range(count)], parts


def part(axis: Axis, point: float) -> float:
    """Which part of a side lies before the point, from 0 to 1."""
    if axis.scale == "linear":
        return float((Fraction(point) - Fraction(axis.low)) / (Fraction(axis.high) - Fraction(axis.low)))
    first, end, here = (PRECISE.ln(Decimal(one)) for one in (axis.low, axis.high, point))
    return float((here - first) / (end - first))


def framed(plan: Plan, points: list[float], frame: int) -> Plan:
    """The plan of a window."""
    axes = (narrowed(axis, point, frame) for axis, point in zip(plan.axes, points, strict=True))
    return replace(plan, axes=tuple(axes)) if frame else plan


def narrowed(axis: Axis, point: float, frame: int) -> Axis:
    """An axis whose ends have come so near to the point."""
    low, high = (end(axis, point, one, frame) for one in (axis.low, axis.high))
    return replace(axis, low=low, high=high)


def end(axis: Axis, point: float, one: float, frame: int) -> float:
    """An end of a window: the nearest number to the exact one."""
    times = NARROWER**frame
    if axis.scale == "linear":
        return float(Fraction(point) + (Fraction(one) - Fraction(point)) / times)
    here, there = PRECISE.ln(Decimal(point)), PRECISE.ln(Decimal(one))
    return float(PRECISE.exp(PRECISE.add(here, PRECISE.divide(PRECISE.subtract(there, here), Decimal(times)))))


def told_apart(plan: Plan, points: list[float], count: int) -> None:
    """Nothing, or the error for the first window in which neighbours are one number."""
    if blurred(plan, points, count - 1) is None:
        return
    low, high = -1, count - 1  # a narrower window has no fewer neighbours that are one number
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if blurred(plan, points, middle) is None else (low, middle)
    axis, different, bits = blurred(plan, points, high) or (plan.axes[0], 0, 64)
    ends = [end(axis, points[plan.axes.index(axis)], one, high) for one in (axis.low, axis.high)]
    problem = (
        f"keyframe {high + 1} of {count} cannot be told from its neighbours: float{bits} has {different} different "
        f"numbers for the {axis.count} cells of {axis.label} from {ends[0]!r} to {ends[1]!r}"
    )
    help = f"ask for at most {high} keyframes, or fewer cells" if high else "ask for fewer cells, or a wider window"
    raise UsageError("E665", problem, help + (', or for numerics="fused"' if bits == 32 else ""))


def blurred(plan: Plan, points: list[float], frame: int) -> tuple[Axis, int, int] | None:
    """The first axis of a window of which neighbours are one number, how many different ones it has, and their bits."""
    bits = 32 if plan.numerics == "fused32" else 64
    for axis, point in zip(plan.axes, points, strict=True):
        ends = [end(axis, point, one, frame) for one in (axis.low, axis.high)]
        if ends[0] == ends[1]:
            return axis, 1, bits
        if twice := places.coincide(replace(axis, low=ends[0], high=ends[1]), bits):
            return axis, axis.count - twice, bits
    return None
