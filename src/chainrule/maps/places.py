"""What a user says of a place on a map, ``α=0.5`` → the cell; a window, ``α=(0.1, 1)`` → the axes of a closer look."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from chainrule.errors import ChainruleError, UsageError, shown
from chainrule.maps.axis import Axis, number
from chainrule.notation.names import ascii as ascii_name


def known(axes: Sequence[Axis], given: Mapping[str, Any]) -> dict[int, Any]:
    """What is said of each axis, by its place. Errors: E652 for a name that is no axis."""
    found: dict[int, Any] = {}
    for typed, value in given.items():
        names = {str(typed)}
        with contextlib.suppress(ChainruleError):
            names.add(ascii_name(str(typed)))
        here = [k for k, axis in enumerate(axes) if names & {axis.label, axis.key, axis.name + axis.label[1:]}]
        here = here or [k for k, axis in enumerate(axes) if axis.name in names]
        if len(here) != 1 or here[0] in found:
            labels = ", ".join(axis.label for axis in axes)
            raise UsageError("E652", f"{shown(typed)} is no axis of the map", f"its axes are {labels}")
        found[here[0]] = value
    return found


def cell(axes: Sequence[Axis], given: Mapping[str, Any]) -> tuple[int, ...]:
    """The cell whose numbers are nearest. Errors: E652 where an axis of several cells is left out, or a number lies
    more than half a cell outside."""
    said = known(axes, given)
    found = []
    for place, axis in enumerate(axes):
        if place not in said:
            if axis.count > 1:
                raise UsageError("E652", f"nothing is said of {axis.label}", f"say where: {axis.label}={axis.low:g}")
            found.append(0)
            continue
        value = number(axis.label, said[place])
        found.append(nearest(axis, value))
    return tuple(found)


def nearest(axis: Axis, value: float) -> int:
    """The place of the value of an axis that is nearest, by ratio along a geometric one."""
    values = axis.values
    if value in values:
        return values.index(value)
    if axis.scale == "geometric":
        if value <= 0:
            raise outside(axis, value)
        apart = [abs(math.log(value / one)) for one in values]
        step = math.log(values[1] / values[0]) if len(values) > 1 else 0.0
    else:
        apart = [abs(value - one) for one in values]
        step = values[1] - values[0] if len(values) > 1 and axis.scale == "linear" else 0.0
    place = min(range(len(values)), key=apart.__getitem__)
    if apart[place] > abs(step) * 0.5000001:
        raise outside(axis, value)
    return place


def outside(axis: Axis, value: float) -> UsageError:
    if axis.scale == "list" or axis.count == 1:
        help = f"its values are {', '.join(f'{one:g}' for one in axis.values[:8])}{' …' * (axis.count > 8)}"
    else:
        help = f"it goes from {axis.low:g} to {axis.high:g}"
    return UsageError("E652", f"{axis.label} = {value:g} is not on the map", help)


def window(axes: Sequence[Axis], given: Mapping[str, Any], cells: Sequence[int]) -> tuple[Axis, ...]:
    """The axes of a window: each from one number to another, or about one, so many cells each; others stay."""
    said = known(axes, given)
    found = []
    for place, axis in enumerate(axes):
        if place not in said:
            found.append(axis)
            continue
        ends = said[place]
        if not isinstance(ends, Sequence) or isinstance(ends, str) or len(ends) != 2:
            raise UsageError("E652", f"{axis.label} = {shown(ends)} is no window", f"write {axis.label}=(0.1, 1)")
        low, high = (number(axis.label, one) for one in ends)
        if axis.scale == "list":
            inside = tuple(one for one in axis.values if low <= one <= high)
            found.append(replace(axis, low=inside[0], high=inside[-1], count=len(inside), listed=inside)
                         if inside else axis)  # fmt: skip
            if not inside:
                raise UsageError("E652", f"no value of {axis.label} lies in the window", "widen it")
        else:
            found.append(replace(axis, low=low, high=high, count=cells[place]))
    return tuple(found)


def coincide(axis: Axis, bits: int) -> int:
    """How many neighbours of an axis are one number in a format of so many bits."""
    import numpy as np

    values = np.array(axis.values, np.float32 if bits == 32 else np.float64)
    return int((values[1:] == values[:-1]).sum())
