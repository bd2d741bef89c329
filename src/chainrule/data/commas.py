"""What the commas in numbers are: decimal commas, or marks between thousands; and when nothing says which."""

from __future__ import annotations

import re
from enum import Enum

from chainrule.data.table import Column, number_in

_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]*),[0-9]+(?:[eE][+-]?[0-9]+)?")


class Convention(Enum):
    """How a table writes its numbers."""

    DECIMAL = "decimal commas"
    THOUSANDS = "marks between thousands"

    def number(self, text: str) -> float | None:
        """The number that a text is in this convention; None if it is none.

        >>> Convention.DECIMAL.number("1.234,5"), Convention.THOUSANDS.number("1,234.5")
        (1234.5, 1234.5)
        """
        text = text.strip()
        if self is Convention.DECIMAL:
            return number_in(text.replace(".", "").replace(",", ".")) if _DECIMAL.fullmatch(text) else None
        return number_in(text.replace(",", "")) if _THOUSANDS.fullmatch(text) else None


def comma_number(text: str) -> bool:
    """Whether a text is a number in either convention."""
    return any(one.number(text) is not None for one in Convention)


def convention(column: Column) -> set[Convention]:
    """What those entries of a column say that can be read in one way only.

    >>> from chainrule.data.table import from_texts
    >>> [one.name for one in convention(from_texts(["1,234", "0,5"]))], convention(from_texts(["1,234"]))
    (['DECIMAL'], set())
    """
    found: set[Convention] = set()
    for cell in column.odd.values():
        if isinstance(cell, str) and "," in cell:
            possible = [one for one in Convention if one.number(cell) is not None]
            if len(possible) == 1 or (len(possible) == 2 and cell.lstrip("+- ").startswith("0")):
                found.add(possible[0])
        if len(found) == len(Convention):
            break
    return found
