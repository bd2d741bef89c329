"""What the answers share: a few weights as a place, the goal of some patterns by name, the first sentence of a text."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from chainrule.explain.naming import Naming, Visit
from chainrule.explain.wording import num, told_apart
from chainrule.notation.names import pretty

DIGITS = 11
"""So many digits at most tell two numbers apart: what differs beyond them is rounding, or not worth a word."""
ROUNDED = 16
"""By so many last places a goal may be off; a change within them is not told."""
LISTED = 3
"""So many weights are listed in an answer; of more a place says nothing to a reader."""


def first_sentence(text: str) -> str:
    """Up to the first full stop that ends a sentence.

    >>> first_sentence("It rests. There E = 0.5."), first_sentence("E = 0.5.")
    ('It rests.', 'E = 0.5.')
    """
    head, stop, _ = text.partition(". ")
    return head + "." if stop else text


def place(naming: Naming, theta: Sequence[float], before: str = ", ") -> str:
    """``, w = 1`` where the weights are few, else nothing."""
    return before + naming.point(theta) if len(theta) <= LISTED else ""


def goal_of(naming: Naming, visit: Visit) -> str:
    """What the goal over these patterns is called: ``E of pattern 1 (x = 1, y = 1)``, ``mean E``."""
    if len(visit.rows) == naming.patterns:
        return naming.total
    if visit.alone is not None:
        return f"{naming.goal} of {naming.pattern(visit.alone)}"
    return f"{naming.goal} over the {len(visit.rows)} patterns of this step"


def looked_at(decrease: Mapping[str, Any]) -> str:
    """That not every step of the run was, where the record or their number did not allow it."""
    return " looked at" if decrease["steps"] < decrease["of"] else ""


def apart(*values: float) -> list[str]:
    """Numbers with as many digits as tell them apart, where they differ by more than rounding.

    >>> apart(0.1250003, 0.1250001), apart(1.0, 1.0 + 1e-15)
    (['0.1250003', '0.1250001'], ['1', '1'])
    """
    return told_apart(*(float(f"{value:.{DIGITS}g}") for value in values))


def went(before: float, after: float) -> str:
    """``falls from 2 to 1``, ``rises from 1 to 2`` or ``stays 2``; what no digits show is told by its size.

    >>> went(2.0, 1.0), went(0.5, 0.5 - 1e-14)
    ('falls from 2 to 1', 'hardly changes: by −1e−14')
    """
    one, other = apart(before, after)
    if one == other:
        small = abs(after - before) <= ROUNDED * math.ulp(before)
        return f"stays {one}" if small else f"hardly changes: by {num(after - before, 2)}"
    verb = "goes" if not math.isfinite(after) else "falls" if after < before else "rises"
    return f"{verb} from {one} to {other}"


def goes(naming: Naming) -> str:
    """``down`` or ``up``: the way that the goal should go."""
    return "down" if naming.sense > 0 else "up"


def lowers(naming: Naming) -> str:
    return "lowers" if naming.sense > 0 else "raises"


def raises(naming: Naming) -> str:
    return "raises" if naming.sense > 0 else "lowers"


def minimum(naming: Naming) -> str:
    return "minimum" if naming.sense > 0 else "maximum"


def shown(name: str) -> str:
    """The name of an entry as it is written: ``W[2,1]`` and ``ŷ``."""
    head, bracket, rest = name.partition("[")
    return pretty(head) + bracket + rest
