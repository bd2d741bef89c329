"""The arrays of a map → on which side of the boundary each cell lies, and numbers in the order of their ranks."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array
from chainrule.maps.layout import Status

TRAINED = "trained"
"""The measure whose sign says on which side a cell lies."""

BUFFER = 0.25
"""Half the width of the part of the colours about the middle that no cell has."""


def usual(names: Collection[str], asked: str | None = None) -> str:
    """The array that is drawn: the one that is asked for, else the measure of training, else the error; where regions
    are filled the status, for of a cell that was not computed the error is not known."""
    found = (asked, TRAINED, "status" if "filled" in names else "error")
    return next(name for name in found if name is not None and name in names)


def sides(arrays: Mapping[str, NDArray[np.generic]]) -> Array:
    """−1 where a cell trains, 1 where it does not, NaN where it was not run or nothing is known.

    By the sign of the measure ``trained`` where there is one; else by whether the cell left the finite numbers.
    """
    status = arrays["status"]
    if TRAINED in arrays:
        return np.sign(np.asarray(arrays[TRAINED], np.float64))
    found = np.where(status == Status.LEFT, 1.0, -1.0)
    found[(status == Status.NOT_RUN) | (status == Status.FAILED)] = np.nan
    return found


def equalised(values: Array) -> Array:
    """Each value by its rank: those below 0 from −1 to −0.25, the others from 0.25 to 1; NaN stays NaN.

    As in Sohl-Dickstein's notebook, but for its last minus: there −1 is the colour of 1.

    >>> equalised(np.array([-3.0, -2.0, 5.0, 7.0, np.nan]))
    array([-1.  , -0.25,  0.25,  1.  ,   nan])
    """
    found = np.full(values.shape, np.nan)
    for here, low, high in ((values < 0, -1.0, -BUFFER), (values >= 0, BUFFER, 1.0)):
        if here.any():
            found[here] = ranked(values[here], low, high)
    return found


def ranked(values: Array, low: float, high: float) -> Array:
    """Values by their ranks from ``low`` to ``high``; equal values have equal ranks, the greatest of theirs."""
    ordered = np.sort(values)
    places = np.linspace(low, high, len(ordered)) if len(ordered) > 1 else np.array([low])
    return places[np.searchsorted(ordered, values, side="right") - 1]


DIGITS = 12
"""Significant digits in which two numbers must differ to have two ranks: the last ones are what rounding left of a
training that is at its end, and ranks would make a pattern of them."""


def plainly(values: Array) -> Array:
    """Numbers to so many digits that what rounding left of them is gone.

    >>> plainly(np.array([0.1 + 0.2, 0.3, 5e-324, 0.0, -np.inf])).tolist()
    [0.3, 0.3, 5e-324, 0.0, -inf]
    """
    size = np.abs(values)
    with np.errstate(all="ignore"):
        unit = 10.0 ** (np.floor(np.log10(size)) - DIGITS + 1)
        found = np.round(values / unit) * unit
    return np.where(np.isfinite(found) & (unit > 0) & (size > 0), found, values)
