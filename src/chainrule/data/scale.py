"""Data arrays → the same with mean 0 and spread 1 over the patterns, and the numbers by which that was done.

Sums are those of `math.fsum`, rounded once: the same numbers on every machine, whatever the order of the rows.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from chainrule.data.reading import Scales
from chainrule.data.table import Array, frozen
from chainrule.errors import DataError
from chainrule.model.model import Model, Quantity
from chainrule.notation.names import pretty

SAID = 6
"""Entries of an array whose numbers a note says."""


def chosen(model: Model, values: Mapping[str, Array], how: bool | tuple[str, ...] | Scales) -> tuple[str, ...]:
    """The names that are to be scaled. Error E247: one that is the same for all patterns, or has no values."""
    if isinstance(how, bool):
        data = [quantity for quantity in model.named("data") if quantity.name in values] if how else []
        return tuple(quantity.name for quantity in data if axis(model, quantity) is not None)
    for name in how:
        if name not in values or axis(model, model.quantities[name]) is None:
            why = "is shared by all patterns" if name in values else "has no values of its own"
            problem = f"{pretty(name)} {why}, so it cannot be standardised"
            raise DataError("E247", problem, "name data that each pattern has, or leave it out")
    return tuple(how)


def axis(model: Model, quantity: Quantity) -> int | None:
    """The axis of the patterns in a quantity's array."""
    if model.pattern_set is None:
        return 0
    return quantity.letters.index(model.pattern) if model.pattern in quantity.letters else None


def scales(model: Model, values: Mapping[str, Array], how: bool | tuple[str, ...] | Scales) -> Scales:
    """Mean and spread of each name to be scaled, an entry each; a spread of 0 becomes 1: such data is only shifted.

    Errors: E247 numbers that cannot be scaled.
    """
    names = chosen(model, values, how)
    if isinstance(how, Mapping):
        return {name: fitting(model, name, values[name], how[name]) for name in names}
    return {name: measured(name, np.moveaxis(values[name], axis(model, model.quantities[name]) or 0, 0))
            for name in names}  # fmt: skip


def measured(name: str, value: Array) -> tuple[Array, Array]:
    """Mean and spread over the first axis."""
    means, spreads = [], []
    for column in value.reshape(len(value), -1).T.tolist():
        try:
            mean = math.fsum(column) / len(column)
            spread = math.sqrt(math.fsum((one - mean) ** 2 for one in column) / len(column))
        except OverflowError:
            mean = spread = math.inf
        if not (math.isfinite(mean) and math.isfinite(spread)):
            problem = f"{pretty(name)} has numbers too large to be standardised"
            raise DataError("E247", problem, "give it in another unit")
        means.append(mean)
        same = max(column) == min(column)
        spreads.append(1.0 if same or spread == 0 else spread)
        means[-1] = column[0] if same else mean
    shape = value.shape[1:]
    return frozen(np.array(means).reshape(shape)), frozen(np.array(spreads).reshape(shape))


def fitting(model: Model, name: str, value: Array, pair: tuple[Array, Array]) -> tuple[Array, Array]:
    """Numbers that were known before, in the shape of the array's entries."""
    shape = np.moveaxis(value, axis(model, model.quantities[name]) or 0, 0).shape[1:]
    try:
        mean, spread = (frozen(np.array(np.broadcast_to(one, shape))) for one in pair)
    except ValueError:
        problem = f"the scale of {pretty(name)} has the shape {pair[0].shape}, its entries {shape}"
        raise DataError("E247", problem, "give one number for each entry") from None
    return mean, spread


def scaled(model: Model, name: str, value: Array, pair: tuple[Array, Array]) -> Array:
    """The array, less the mean, over the spread."""
    where = axis(model, model.quantities[name]) or 0
    moved = (np.moveaxis(value, where, 0) - pair[0]) / pair[1]
    return np.moveaxis(moved, 0, where)


def notes(found: Scales, now: Mapping[str, Array]) -> list[str]:
    """What was done, a sentence each, with both numbers; ``now`` are the arrays as they became."""
    said = []
    for name, (mean, spread) in found.items():
        flat = list(zip(mean.ravel().tolist(), spread.ravel().tolist(), strict=True))
        entries = ", ".join(f"mean {one:.6g} and spread {other:.6g}" for one, other in flat[:SAID])
        more = f", … ({len(flat)} entries)" if len(flat) > SAID else ""
        still = " (where all rows are the same they became 0)" if not now[name].any(axis=0).all() else ""
        said.append(f"{pretty(name)} is standardised: {entries}{more} became 0 and 1{still}")
    return said
