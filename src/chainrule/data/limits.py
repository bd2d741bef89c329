"""How much data is accepted unasked; every limit is a field, so a caller can raise it."""

from __future__ import annotations

from dataclasses import field as fields
from functools import partial

from chainrule.errors import LimitError
from chainrule.expr.limits import most, raise_it
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What data may hold at most.

    >>> Limits(rows=10**8).rows
    100000000
    """

    rows: int = fields(default_factory=partial(most, "rows"))  # patterns
    bytes: int = fields(default_factory=partial(most, "bytes"))  # of a file
    columns: int = fields(default_factory=partial(most, "columns"))  # of a file
    field: int = fields(default_factory=partial(most, "field"))  # characters of one cell
    combinations: int = fields(default_factory=partial(most, "combinations"))  # of the values listed in domains


LIMITS = Limits()


def exceeded(what: str, limit: int, field: str, unit: str = "") -> LimitError:
    """A limit was met: which, its value, and the argument that raises it."""
    return LimitError("E234", f"{what} more than {limit:,} {unit or field}", raise_it(field))
