"""Arguments of a call as the rooms take them, or the error E452 that says what was meant."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from difflib import get_close_matches
from numbers import Integral, Real
from typing import Any

from chainrule.errors import ChainruleError, DataError, UsageError, shown
from chainrule.model.model import Model as Network
from chainrule.notation.names import ascii as ascii_name
from chainrule.notation.names import pretty


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


def quantity(network: Network, name: object) -> str:
    """A name of the model, typed either way."""
    known = list(network.quantities)
    typed = text("a quantity", name, f"one of {', '.join(map(pretty, known))}")
    try:
        found = typed if typed in known else ascii_name(typed)
    except ChainruleError:
        found = typed
    if found in known:
        return found
    near = get_close_matches(found, known, n=1)
    hint = f"did you mean {pretty(near[0])}?" if near else f"it has {', '.join(map(pretty, known))}"
    raise UsageError("E456", f"the model has no quantity {name}", hint)


def optional(what: str, value: object, wanted: str) -> str | None:
    """A value that has to be a text, or nothing."""
    return None if value is None else text(what, value, wanted)


def path(what: str, value: object) -> str:
    """The name of a file as a text, bytes that are no text kept as they are."""
    if isinstance(value, str | os.PathLike):
        with suppress(TypeError):
            return os.fsdecode(value)
    raise UsageError("E452", f"{what} cannot be {shown(value)}", "give the name of a file")


def mapping(what: str, value: object) -> dict[str, object] | None:
    """A mapping from names to values, or nothing."""
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise UsageError("E452", f"{what} cannot be {shown(value)}", f'give names with numbers: {what}={{"a": 0.5}}')
    return dict(zip(names(what, value), value.values(), strict=True))


def columns(data: object) -> None:
    """Nothing, or E200 for data of no known form. What stands in it is read when it is used."""
    forms = isinstance(data, str | os.PathLike | Mapping | list | tuple) or type(data).__name__ == "ndarray"
    # a data frame, a table of Arrow, or one that was read before
    marks = ("columns", "column_names", "by_row", "__arrow_c_stream__", "__dataframe__")
    if isinstance(data, type) or not (data is None or forms or any(hasattr(data, mark) for mark in marks)):
        help = "give a mapping {'x': [0, 1]}, a sequence of mappings, a data frame, or a file such as data.csv"
        raise DataError("E200", f"data cannot be {shown(data)}", help)


def starts(weights: Any) -> Any:
    """Starts as `data.starts` takes them: a mapping, a path, or nothing; a run's are the weights of its end."""
    weights = getattr(weights, "weights", weights)
    if weights is None or isinstance(weights, str):
        return weights
    if isinstance(weights, os.PathLike):
        return path("weights", weights)
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
    if type(value) is not bool and isinstance(value, Integral) and low <= int(value) <= high:
        return int(value)
    raise UsageError("E452", f"{what} cannot be {shown(value)}", f"give a whole number from {low} to {high}")


def number(what: str, value: object, low: float, high: float) -> float:
    """A number in a range."""
    if type(value) is not bool and isinstance(value, Real):
        with suppress(OverflowError):
            if low <= float(value) <= high:
                return float(value)
    raise UsageError("E452", f"{what} cannot be {shown(value)}", f"give a number from {low:g} to {high:g}")
