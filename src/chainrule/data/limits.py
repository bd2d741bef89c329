"""How much data is accepted unasked; every limit is a field, so a caller can raise it."""

from __future__ import annotations

from dataclasses import dataclass

from chainrule.errors import LimitError


@dataclass(frozen=True, slots=True)
class Limits:
    """What data may hold at most.

    >>> Limits(rows=10**8).rows
    100000000
    """

    rows: int = 10_000_000  # patterns
    bytes: int = 2**30  # of a file
    columns: int = 10_000  # of a file
    field: int = 1_000  # characters of one cell
    combinations: int = 100_000  # of the values listed in domains


LIMITS = Limits()


def exceeded(what: str, limit: int, field: str, unit: str = "") -> LimitError:
    """A limit was met: which, its value, and the argument that raises it."""
    return LimitError("E234", f"{what} more than {limit:,} {unit or field}", f"raise it with limits=Limits({field}=…)")
