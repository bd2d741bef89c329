"""Matrices of rows, as scikit-learn has them → the data and targets of a model, and sizes that the text leaves open."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from math import prod

import numpy as np

from chainrule.errors import UsageError
from chainrule.expr.entries import entry_text
from chainrule.model.model import Model as Network
from chainrule.model.model import Quantity
from chainrule.notation.names import pretty
from chainrule.notation.statements import Computed, Drawn
from chainrule.tape.bound import Array
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class FileLayout:
    """Which columns of a matrix are which quantity: the quantities in the order of the text, each with the values of
    its letters."""

    quantities: tuple[tuple[Quantity, tuple[range, ...]], ...]
    pattern: str

    @property
    def names(self) -> tuple[str, ...]:
        """What each column is called."""
        return tuple(
            entry_text(pretty(one.name), entry)
            for one, ranges in self.quantities for entry in product(*ranges)
        )  # fmt: skip

    @property
    def width(self) -> int:
        """How many columns it takes."""
        return sum(prod(map(len, ranges)) for _, ranges in self.quantities)

    def arrays(self, rows: Array) -> dict[str, Array]:
        """The matrix as data that a model takes."""
        found, at = {}, 0
        for one, ranges in self.quantities:
            width = prod(map(len, ranges))
            part = rows[:, at : at + width].reshape(len(rows), *map(len, ranges))
            found[one.name] = np.moveaxis(part, 0, place(one.letters, self.pattern))
            at += width
        return found


def place(letters: tuple[str, ...], pattern: str) -> int:
    """The axis of the patterns: first where they have no letter in the text."""
    return letters.index(pattern) if pattern in letters else 0


def given(network: Network, role: str) -> tuple[Quantity, ...]:
    """The data, or the targets, that a table gives: those that the text does not make itself.

    Errors: E407 where there are none, or for one that all patterns share: a matrix has a row for each pattern.
    """
    named = network.named("data" if role == "data" else "target")
    found = tuple(one for one in named if not isinstance(one.start, Computed | Drawn))
    if not found:
        made = f"computes {pretty(named[0].name)} itself" if named else f"has no {role}"
        line = "data x[i]" if role == "data" else "target y"
        raise UsageError("E407", f"an estimator learns y from X, and the model {made}", f"declare one alone: {line}")
    for one in found:
        if network.pattern_set is not None and network.pattern not in one.letters:
            problem = f"{role} {pretty(one.name)} is shared by all patterns, and a matrix has a row for each"
            raise UsageError("E407", problem, f"make it a const, or give it the letter {network.pattern}")
    return found


def laid(network: Network, role: str, width: int, known: Mapping[str, range]) -> tuple[FileLayout, dict[str, range]]:
    """How ``width`` columns are laid out; and every size known then, the one that they say among them.

    Errors: E407 where they do not fit.
    """
    what, quantities = "X" if role == "data" else "y", given(network, role)
    sets = [[group.name for letter in one.letters if (group := network.set_of(letter))] for one in quantities]
    unknown = sorted({name for own in sets for name in own} - known.keys())
    if len(unknown) > 1:
        problem = f"{what} cannot say the sizes of both {unknown[0]} and {unknown[1]}: it has one number of columns"
        raise UsageError("E407", problem, f"write one of them in the text: index {unknown[0]} = 1..3")
    for size in range(1, width + 1) if unknown else [1]:
        ranges = {**known, **dict.fromkeys(unknown, range(1, size + 1))}
        pairs = zip(quantities, sets, strict=True)
        layout = FileLayout(tuple((one, tuple(ranges[name] for name in own)) for one, own in pairs), network.pattern)
        if layout.width == width:
            return layout, ranges
    names = layout.names
    shown = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
    count = f"{width} column{'s' * (width != 1)}"
    raise UsageError("E407", f"{what} has {count}, and the model takes {layout.width}", f"they are, in order, {shown}")
