"""The rows that a text itself gives: its table, or every combination of the values listed for its data."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from math import prod
from typing import Any

import numpy as np

from chainrule.data.given import Place
from chainrule.data.limits import Limits, exceeded
from chainrule.data.used import Columns
from chainrule.errors import DataError, ModelError
from chainrule.model.constants import Constants, setting_of
from chainrule.model.model import Model, Quantity
from chainrule.model.tables import places
from chainrule.notation.names import pretty
from chainrule.notation.statements import InlineTable, Listed
from chainrule.numbers.evaluate import evaluate


def tabled(model: Model, table: InlineTable, known: Mapping[str, range]) -> Columns:
    """The columns of the inline table."""
    found = places(model, table, known)
    if found is None:
        raise ModelError(
            "E122",
            "how many numbers the columns of the table take is not known",
            "give the letters their range (index i = 1..2), or write a column for every entry: x[1] x[2]",
            model.source,
            table.span,
        )
    cells = np.array([[float(cell) for cell in row] for row in table.rows], np.float64)
    return Columns({place: cells[:, at] for at, place in enumerate(found)}, "table", by_row=True)


def combined(model: Model, wanted: tuple[Quantity, ...], found: Constants, limits: Limits) -> Columns | None:
    """Every combination of the listed values of the data, the last name fastest; None where one is not listed."""
    found_places: list[Place] = []
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
            found_places.append((quantity.name, place))
            choices.append(
                listed(quantity.domain, found.values, setting, dict(zip(quantity.letters, place, strict=True)))
            )
    if prod(map(len, choices)) > limits.combinations:
        raise exceeded("the listed values have", limits.combinations, "combinations")
    rows = np.array(list(product(*choices)), np.float64).reshape(-1, len(found_places))
    return Columns({place: rows[:, at] for at, place in enumerate(found_places)}, "domains", by_row=True)


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
