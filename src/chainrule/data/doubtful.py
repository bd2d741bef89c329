"""A table as it was read → what its owner may not have meant: a row of totals at the end, a number for no value."""

from __future__ import annotations

import re
from collections.abc import Mapping

from chainrule.data.table import Array, Column, Table

TOTAL = re.compile(r"(?:grand |sub)?totals?|sums?|all|average|mean|gesamt|summe|mittelwert|total général|somme", re.I)
"""What a last row is called that is no row of its own."""

NOTHING = (-9.0, -99.0, -999.0, -9999.0, -99999.0)
"""Numbers that stand for no value in files of many makers, where all others are far above."""

FAR = 10
"""So many times nearer to zero than such a number all others are."""


def doubts(table: Table, values: Mapping[str, Array]) -> tuple[str, ...]:
    """Sentences about rows and numbers; ``values`` are the columns that are used, by their names as typed."""
    return (*totals(table), *(said for name, column in values.items() if (said := gaps(name, column))))


def totals(table: Table) -> tuple[str, ...]:
    """Whether the last row is called a total."""
    for column in table.values:
        if isinstance(column, Column) and len(column.values) > 2:
            word = column.odd.get(len(column.values) - 1)
            if isinstance(word, str) and TOTAL.fullmatch(word.strip()) and list(column.odd.values()).count(word) == 1:
                row = table.rows.row(len(column.values) - 1)
                return (f"the last row is called {word} ({row}) and is a pattern as the others are: is it their sum?",)
    return ()


def gaps(name: str, values: Array) -> str:
    """Whether a column has a number that may stand for no value."""
    least = float(values.min()) if values.size else 0.0
    if least not in NOTHING:
        return ""
    others = values[values != least]
    count = values.size - others.size
    if not others.size or count > values.size / 2 or float(others.min()) <= least / FAR:
        return ""
    rows = "1 row" if count == 1 else f"{count} rows"
    return f"{name} is {least:g} in {rows}: does that mean no value? Then leave these cells empty"
