"""The rows that a text itself gives: its table, or every combination of the values listed for its data."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from math import prod
from typing import Any

import numpy as np

from chainrule.data.given import Columns, Place
from chainrule.data.limits import Limits, exceeded
from chainrule.errors import DataError, ModelError
from chainrule.model.constants import Constants, setting_of
from chainrule.model.model import Model, Quantity
from chainrule.notation.names import pretty
from chainrule.notation.statements import Listed, Table
from chainrule.numbers.evaluate import evaluate


def tabled(model: Model, table: Table, known: Mapping[str, range], limits: Limits) -> Columns:
    """The columns of the inline table; an array without an index takes as many numbers as it has entries."""
    places: list[Place] = []
    for column in (*table.data, *table.targets):
        quantity = model.quantities[column.name]
        letters = tuple(letter for letter in quantity.letters if letter != model.pattern)
        if column.position or not letters:
            places.append((column.name, column.position))
            continue
        ranges = []
        for letter in letters:
            group = model.set_of(letter)
            if group is None or group.name not in known:
                raise ModelError(
                    "E122",
                    f"how many numbers {pretty(column.name)} takes in the table is not known",
                    f"give the letter its range (index {letter} = 1..2), or write {pretty(column.name)}[1], …",
                    model.source,
                    column.span,
                )
            ranges.append(known[group.name])
        if prod(len(one) for one in ranges) > limits.columns:
            raise exceeded("the table has columns", limits.columns, "columns")
        places.extend((column.name, place) for place in product(*ranges))
    for number, row in enumerate(table.rows):
        if len(row) != len(places):
            span = table.row_spans[number] if table.row_spans else table.span
            raise ModelError(
                "E123",
                f"row {number + 1} of the table has {len(row)} numbers, its columns take {len(places)}",
                "give every row one number for each column",
                model.source,
                span,
            )
    if not table.rows:
        raise ModelError("E123", "the table has no rows", "write one row of numbers under it", model.source, table.span)
    cells = np.array([[float(cell) for cell in row] for row in table.rows], np.float64)
    return Columns({place: cells[:, at] for at, place in enumerate(places)}, "table", by_row=True)


def combined(model: Model, wanted: tuple[Quantity, ...], found: Constants, limits: Limits) -> Columns | None:
    """Every combination of the listed values of the data, the last name fastest; None where one is not listed."""
    places: list[Place] = []
    choices: list[list[float]] = []
    for quantity in wanted:
        if not isinstance(quantity.domain, Listed):
            return None
        if not all(_known(model, letter, found) for letter in quantity.letters):
            return None
        setting = setting_of(model, found.ranges)
        for place in product(*(setting.range(letter) for letter in quantity.letters)):
            if len(choices) > 64 and prod(map(len, choices)) > limits.combinations:
                break
            places.append((quantity.name, place))
            choices.append(
                listed(quantity.domain, found.values, setting, dict(zip(quantity.letters, place, strict=True)))
            )
    if prod(map(len, choices)) > limits.combinations:
        raise exceeded("the listed values have combinations", limits.combinations, "combinations")
    rows = np.array(list(product(*choices)), np.float64).reshape(-1, len(places))
    return Columns({place: rows[:, at] for at, place in enumerate(places)}, "domains", by_row=True)


def _known(model: Model, letter: str, found: Constants) -> bool:
    group = model.set_of(letter)
    return group is not None and group.name in found.ranges


def listed(domain: Listed, values: Mapping[str, Any], setting: Any, letters: Mapping[str, int]) -> list[float]:
    """The values of a listed domain, each once, in written order."""
    found = (float(evaluate(value, values, setting=setting, letters=letters)) for value in domain.values)
    return list(dict.fromkeys(found))


def nothing(model: Model, wanted: tuple[Quantity, ...]) -> DataError:
    """No source gives rows."""
    first = next((quantity for quantity in wanted if not isinstance(quantity.domain, Listed)), wanted[0])
    shown = pretty(first.name)
    if isinstance(first.domain, Listed):
        help = f"with `patterns {model.pattern}` listed values are only a check: give data at the call, or a table"
    else:
        help = f"give data at the call (--data FILE), write a table, or list the values: data {shown} in {{0, 1}}"
    return DataError("E223", f"no pattern at all: data {shown} has no values", help, model.source, first.span)
