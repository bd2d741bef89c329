"""What is found out about each cell while its training goes on: a name such as ``reach(0.01)`` → what it is.

The *error* is the goal over all patterns, before each step and after the last. A cell that left the finite numbers made
no more steps; what a measure adds for each step that was not made is added at once.

==================  ================================================================================================
``reach(e)``        steps made until the error was e or less; −1 if it never was
``largest``         the largest error; ∞ where the cell left the finite numbers
``trained``         M: minus the sum of the errors over the first one if the last twenty are on average below it, else
                    the sum of the inverses (each ratio at most 10⁶)
``period``          1, 2, 4, … 64: after so many passes the weights are where they were; 0: after none of these
``sharpness``       the greatest curvature at the end times the rate; 2 is the edge of stability
==================  ================================================================================================

Source of ``trained``: Sohl-Dickstein, The boundary of neural network trainability is fractal (2024), arXiv:2402.06184.
"""

from __future__ import annotations

import math
import re

from chainrule.errors import UsageError, shown
from chainrule.values import dataclass

NAMES = ("reach", "largest", "trained", "period", "sharpness")
WHOLE = ("reach", "period")
"""Measures that are whole numbers; −1 where there is none."""

FORM = re.compile(r"\s*(\w+)\s*(?:\(\s*([^()]+?)\s*\))?\s*")
HELP = "the measures are reach(0.01), largest, trained, period and sharpness"

CLOSE = 1e-6
"""How near the weights have to come to where they were, beside the largest of them, to count as there."""


@dataclass(frozen=True, slots=True)
class Measure:
    """``number`` is the error to reach, or how near weights have to come."""

    name: str
    number: float | None = None

    @property
    def text(self) -> str:
        return self.name if self.number is None else f"{self.name}({self.number!r})"

    @staticmethod
    def parse(typed: object) -> Measure:
        """The measure of a name. Errors: E643."""
        found = FORM.fullmatch(typed) if isinstance(typed, str) else None
        if not found or found[1] not in NAMES:
            raise UsageError("E643", f"there is no measure {shown(typed)}", HELP)
        number = None
        if found[2] is not None:
            try:
                number = float(found[2])
            except ValueError:
                number = math.nan
            if not math.isfinite(number) or found[1] not in WHOLE or (found[1] == "period" and number <= 0):
                raise UsageError("E643", f"{shown(typed)} is no measure", HELP)
        if found[1] == "reach" and number is None:
            raise UsageError("E643", "the measure reach needs the error to reach", "write reach(0.01)")
        return Measure(found[1], CLOSE if found[1] == "period" and number is None else number)


def named(measures: tuple[Measure, ...]) -> dict[str, Measure]:
    """Each measure by the name of its array; the second of one name is ``reach_2``."""
    found: dict[str, Measure] = {}
    for one in measures:
        count = sum(other.name == one.name for other in found.values())
        found[one.name if not count else f"{one.name}_{count + 1}"] = one
    return found
