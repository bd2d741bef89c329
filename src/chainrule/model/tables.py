"""The inline table of a text → which number of which quantity each column gives.

A column is a name, which takes as many numbers as the quantity has entries, last letter fastest, or one entry of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from math import prod

from chainrule.errors import LimitError, ModelError
from chainrule.expr.entries import entry_text
from chainrule.model.model import Model
from chainrule.notation.names import pretty
from chainrule.notation.statements import InlineTable, TableColumn

COLUMNS = 10_000
"""More columns than this one table cannot have."""

Place = tuple[str, tuple[int, ...]]


def places(model: Model, table: InlineTable, ranges: Mapping[str, range]) -> tuple[Place, ...] | None:
    """What each number of a row is; None where an array has a size that is not known.

    Errors: E123 a row of the wrong length, E209 an entry that does not exist, E234 too many columns.
    """
    found: list[Place] = []
    for column in (*table.data, *table.targets):
        letters = tuple(letter for letter in model.quantities[column.name].letters if letter != model.pattern)
        if column.position and len(column.position) != len(letters):
            shown = pretty(column.name)
            help = f"write {shown} for one number, {shown}[1] for an entry of an array"
            problem = f"{_typed(column)} has {len(column.position)} indices, {shown} has {len(letters)}"
            raise ModelError("E110", problem, help, model.source, column.span)
        known = [ranges.get(group.name) for group in map(model.set_of, letters) if group is not None]
        if column.position:
            for letter, at, values in zip(letters, column.position, known, strict=True):
                if values is not None and at not in values:
                    problem = f"there is no {_typed(column)}: {letter} = {values.start}..{values.stop - 1}"
                    raise ModelError(
                        "E114", problem, "name the entries by the letters' own values", model.source, column.span
                    )
            found.append((column.name, column.position))
            continue
        sizes = [values for values in known if values is not None]
        if len(sizes) < len(letters):
            return None
        if len(found) + prod(map(len, sizes)) > COLUMNS:
            raise LimitError(
                "E234", f"the table has more than {COLUMNS:,} columns", "use a CSV file", model.source, column.span
            )
        found.extend((column.name, place) for place in product(*sizes))
    for number, row in enumerate(table.rows):
        if len(row) != len(found):
            problem = f"row {number + 1} of the table has {len(row)} numbers, its columns take {len(found)}"
            span = table.row_spans[number] if table.row_spans else table.span
            raise ModelError("E123", problem, "give every row one number for each column", model.source, span)
    return tuple(found)


def _typed(column: TableColumn) -> str:
    return entry_text(pretty(column.name), column.position)
