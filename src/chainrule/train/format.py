"""Numbers as they are given → numbers of the format that a training computes in."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from chainrule.engines.machine import machine_of
from chainrule.engines.protocol import Array
from chainrule.errors import UsageError
from chainrule.notation.names import pretty
from chainrule.numbers.numerics import Numerics

SAID = {
    "exact": (),
    "fused": ("The steps were made in fused numerics: each sum is one chain of fused multiply-adds.",),
    "fused32": ("The steps were made in fused32 numerics: in float32, each sum one chain of fused multiply-adds.",),
    "plain32": ("The steps were made in plain32 numerics: in float32, each operation rounded.",),
}
"""What a run says of its numbers."""


def fitted(given: Mapping[str, Array], numerics: Numerics) -> dict[str, Array]:
    """Each number rounded once to the format; still in float64 arrays. E370 if one is too large.

    >>> from chainrule.numbers.numerics import FUSED32
    >>> fitted({"w": np.array(0.1)}, FUSED32)["w"].item()
    0.10000000149011612
    """
    return {name: np.array(fits(name, values, numerics), np.float64) for name, values in given.items()}


def fits(name: str, values: Array, numerics: Numerics) -> Array:
    """Numbers in the format: the same array where it is in it. E370 if one is too large."""
    rounded = machine_of(numerics).number(values)
    if rounded is not values and (np.isfinite(values) & ~np.isfinite(rounded)).any():
        largest = float(np.max(np.abs(values)))
        raise UsageError(
            "E370",
            f"{pretty(name)} has the number {largest:g}, and float32 ends at 3.4e+38",
            'scale the numbers, or train with numerics="exact" or "fused"',
        )
    return rounded
