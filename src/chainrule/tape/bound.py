"""A program's letters, data and consts with their values: what it is run on.

Arrays are float64 with one axis for each letter of a symbol, in the order of its letters.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from chainrule.numbers.numerics import EXACT, Numerics
from chainrule.values import dataclass

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bound:
    """What a program is run on: the values of data, targets and consts, the ranges of the letters, how many patterns,
    and what its numbers are.

    Data and targets carry ALL patterns; a step takes the rows it visits.
    """

    values: Mapping[str, Array]
    ranges: Mapping[str, range]  # name of a letter set → its values, the pattern letter's excluded
    patterns: int
    numerics: Numerics = EXACT
