"""Two vectors → the angle between them, in degrees."""

from __future__ import annotations

import numpy as np

from chainrule.engines.protocol import Array


def angle(one: Array, other: Array) -> float:
    """The angle between two vectors, in degrees, however small they are (Kahan's formula, exact near 0 and 180 too)."""
    one, other = unit(one), unit(other)
    return float(np.degrees(2 * np.arctan2(np.linalg.norm(one - other), np.linalg.norm(one + other))))


def unit(vector: Array) -> Array:
    """A vector brought to length 1; its largest entry to 1 first, so that no square of it is lost."""
    scaled = vector / np.max(np.abs(vector))
    return np.asarray(scaled / np.linalg.norm(scaled))
