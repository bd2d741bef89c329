"""Arguments of a call as the rooms take them, or the error E452 that says what was meant."""

from __future__ import annotations

import os
from collections.abc import Mapping
from numbers import Integral
from typing import Any

from chainrule.errors import UsageError, shown


def text(what: str, value: object, wanted: str) -> str:
    """A value that has to be a text."""
    if isinstance(value, str):
        return value
    raise UsageError("E452", f"{what} cannot be {shown(value)}", f"give {wanted}, a text")


def names(what: str, value: object) -> tuple[str, ...]:
    """One name, or several."""
    if isinstance(value, str):
        return (value,)
    try:
        listed = [value] if isinstance(value, bytes) else list(value)  # type: ignore[call-overload]
    except TypeError:  # not iterable, or an array of no axes
        listed = [value]
    found = [one for one in listed if isinstance(one, str)]
    if len(found) < len(listed):
        other = next(one for one in listed if not isinstance(one, str))
        raise UsageError("E452", f"{what} cannot be {shown(other)}", f'give names: {what}=["a", "b"]')
    return tuple(found)


def named(what: str, value: object) -> dict[str, object] | None:
    """A mapping from names to values, or nothing."""
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise UsageError("E452", f"{what} cannot be {shown(value)}", f'give names with numbers: {what}={{"a": 0.5}}')
    return dict(zip(names(what, value), value.values(), strict=True))


def starts(weights: Any) -> Any:
    """Starts as `data.starts` takes them: a mapping, a path, or nothing."""
    if weights is None or isinstance(weights, (str, os.PathLike)):
        return weights
    if not isinstance(weights, Mapping):
        raise UsageError("E452", "weights are a mapping from names to numbers", 'write {"w": 0.5}, or name a JSON file')
    return dict(weights)


def pattern(value: object, many: int) -> int:
    """The number of one of so many patterns, or the error E470."""
    if type(value) is not bool and isinstance(value, Integral) and 0 <= int(value) < many:
        return int(value)
    there = f"the patterns are 0 to {many - 1}" if many > 1 else "there is one pattern, 0"
    raise UsageError("E470", f"there is no pattern {shown(value)}", there)


def whole(what: str, value: object, low: int, high: int) -> int:
    """A whole number in a range."""
    if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
        return value
    raise UsageError("E452", f"{what} cannot be {shown(value)}", f"give a whole number from {low} to {high}")


def number(what: str, value: object, low: float, high: float) -> float:
    """A number in a range."""
    if isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high:
        return float(value)
    raise UsageError("E452", f"{what} cannot be {shown(value)}", f"give a number from {low:g} to {high:g}")
