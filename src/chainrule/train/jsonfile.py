"""Words and arrays ↔ the bytes of a .json file, on one line.

Conventions. ``{"about": {…}, "arrays": {name: {"shape": […], "values": […]}}, "sha256": "…"}``; numbers are written by
their shortest form that reads back to the same bits, those that are not finite as "nan", "inf", "-inf". The SHA-256 is
that of all bytes before it.
"""

from __future__ import annotations

import json
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.errors import RunError
from chainrule.train.document import OURS, About, Arrays
from chainrule.train.seal import seal, unseal
from chainrule.train.strict import exact, refuse, unique
from chainrule.train.weights import listed

CLOSING = b'"}'


def to_json(about: About, arrays: Arrays) -> bytes:
    """The bytes of a file."""
    shown = {
        name: {"shape": list(array.shape), "values": listed(array.reshape(-1))}
        for name, array in arrays.items()
    }
    return seal(dumped({"about": about, "arrays": shown})[:-1] + b', "sha256": "', CLOSING) + b"\n"


def dumped(value: object) -> bytes:
    r"""JSON in UTF-8. The bytes of a file's name that are no text are lone surrogates here; as JSON they are escaped.

    >>> dumped("caf\udce9")
    b'"caf\\udce9"'
    """
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8", "backslashreplace")


def from_json(content: bytes, path: object) -> tuple[About, Arrays]:
    """What a file holds."""
    whole = content.rstrip(b"\r\n")
    unseal(whole, path, CLOSING)
    found = words(whole, path)
    match found:
        case {"about": dict(about), "arrays": dict(arrays)}:
            return about, {name: array(item, name, path) for name, item in arrays.items()}
    raise foreign(path, "it has no fields 'about' and 'arrays'")


def words(content: bytes, path: object) -> dict[str, Any]:
    """A JSON object, or E364."""
    try:
        found = json.loads(content.decode(), parse_constant=refuse, parse_float=exact, object_pairs_hook=unique)
    except (ValueError, RecursionError) as fault:
        raise foreign(path, f"its text is not JSON ({fault})") from None
    if not isinstance(found, dict):
        raise foreign(path, "its text is not a JSON object")
    return found


def array(item: object, name: str, path: object) -> NDArray[Any]:
    """An array from its shape and its numbers in row order."""
    match item:
        case {"shape": list(shape), "values": list(values)} if all(type(size) is int and size >= 0 for size in shape):
            kinds = {type(value) for value in values}
            whole = kinds == {int}
            if len(shape) <= 32 and prod(shape) == len(values) and kinds <= {int, float, str}:
                try:
                    if whole and name == "steps":
                        return np.array(values, np.int64).reshape(shape)
                    return np.array([number(value) for value in values], np.float64).reshape(shape)
                except (ValueError, OverflowError):
                    pass
    raise foreign(path, f"its array {name!r} is not a shape and as many numbers")


def number(value: float | str) -> float:
    """A number; of texts only the three that are one."""
    if isinstance(value, str) and value not in ("nan", "inf", "-inf"):
        raise ValueError(value)
    return float(value)


def foreign(path: object, problem: str) -> RunError:
    """The error for a file of another kind."""
    return RunError("E364", f"{path} is not a run of chainrule: {problem}", OURS)
