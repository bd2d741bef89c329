"""Quantities by name → where their numbers are on a tape."""

from __future__ import annotations

from collections.abc import Mapping

from chainrule.expr.nodes import Index
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class NamedSlot:
    """Where a quantity's numbers are: a slot, and for each position its letter and the values of that letter."""

    slot: int
    letters: tuple[str, ...]
    ranges: tuple[range, ...]


@dataclass(frozen=True, slots=True)
class Now:
    """What a loop has just computed of a quantity: at fixed indices at some positions, over letters at the others."""

    fixed: Mapping[int, Index]
    value: NamedSlot
