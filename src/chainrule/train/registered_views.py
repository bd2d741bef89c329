"""What rooms above show of a run: they enter it here, since a run lies below them and does not know them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Shown = Callable[..., Any]

_WAYS: dict[str, Shown] = {}


def enter(name: str, way: Shown) -> None:
    """A way to show a run, by the name of the method that calls it."""
    _WAYS[name] = way


def way(name: str) -> Shown:
    """The way that was entered: whatever hands out a run in public has entered it."""
    return _WAYS[name]
