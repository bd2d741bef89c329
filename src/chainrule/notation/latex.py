"""A line of LaTeX → the same formula in the notation, as far as it can be told; only ever shown in the help of an error."""

from __future__ import annotations


def translate(line: str) -> str | None:
    """The line in the notation, or None where it is not clear enough."""
    return None
