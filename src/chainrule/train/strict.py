"""How JSON is read where it must mean one thing: numbers that a double holds, names that stand once, no NaN."""

from __future__ import annotations

import math
from typing import Any


def exact(text: str) -> float:
    """A number that a double holds: one too large, or so small that it would be 0, was not written by a run."""
    found = float(text)
    if not math.isfinite(found) or (found == 0 and text.lower().partition("e")[0].strip("-0.")):
        raise ValueError(f"{text[:40]} is no number of 64 bits")
    return found


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a name that stands twice could be read in two ways."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def refuse(name: str) -> float:
    """NaN and Infinity are not JSON, whatever Python's reader thinks."""
    raise ValueError(f"{name} is not JSON")
