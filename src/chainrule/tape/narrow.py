"""Sums of terms that are 0 out of a range → the ranges in which they are not, so that no loop goes through the zeros.

The derivative of a convolution or of a pooling has such sums: Σ_a [0 ≤ p − 2a < 2] g[a] has one term that counts for
each p. A term that its bracket makes 0 is +0, and x + 0 is x unless x is −0: so such a sum has the bits of the sum of
the terms that count, begun from +0 if it has a term that does not, else from −0.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from chainrule.expr.nodes import Index
from chainrule.tape.tape import Fold, Instruction, Tape
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Guard:
    """Where a letter of a sum counts: from ``low`` up to ``high``, for each value of the letter ``entry``; "" is none.

    There an index is one of some values: so says ``held``.
    """

    entry: str
    low: tuple[int, ...]
    high: tuple[int, ...]
    size: int
    held: tuple[Index, range]

    @property
    def begin(self) -> tuple[float, ...]:
        """What a sum begins from."""
        spans = zip(self.low, self.high, strict=True)
        return tuple(-0.0 if high - low == self.size else 0.0 for low, high in spans)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A sum over ranges: a guard for some of its letters, the slot of the terms, what only made the others 0."""

    guards: dict[str, Guard]
    term: int
    skipped: frozenset[int]

    def letters(self) -> set[str]:
        """Those that its ranges depend on, and those that have one."""
        return {*self.guards, *(guard.entry for guard in self.guards.values() if guard.entry)}

    def entries(self) -> set[str]:
        return {guard.entry for guard in self.guards.values() if guard.entry}


def narrowed(tape: Tape, line: Instruction, own: Callable[[int], Instruction | None]) -> Narrowed | None:
    """The ranges of a sum, if it has any; ``own`` gives what makes a slot that this alone reads."""
    if not (isinstance(line.detail, Fold) and line.detail.operator == "sum"):
        return None
    names = {slot: name for name, slot in tape._known.items() if slot in tape.constants}
    guards: dict[str, Guard] = {}
    skipped = []
    (slot,) = line.inputs
    while (made := own(slot)) and made.operation == "select" and made.detail == "!=":
        test, against, then, otherwise = made.inputs
        found = guard(tape, test, names.get(test), line.detail.letters)
        if found is None or found[0] in guards or not (zero(tape, against) and zero(tape, otherwise)):
            break
        guards[found[0]] = found[1]
        skipped.append(slot)
        slot = then
    return Narrowed(guards, slot, frozenset(skipped)) if guards else None


def guard(tape: Tape, test: int, name: object, letters: tuple[str, ...]) -> tuple[str, Guard] | None:
    """The letter of a sum that a test narrows, and how: where 1 stands in one stretch for each value of another."""
    match name:
        case ("in", Index() as position, range() as values):
            axes = tape.axes[test]
        case _:
            return None
    long = [letter for letter in axes if len(tape.ranges[letter]) > 1]
    folded = [letter for letter in long if letter in letters]
    entries = [letter for letter in long if letter not in letters]
    if len(folded) != 1 or len(entries) > 1:
        return None
    (letter,) = folded
    table = np.asarray(tape.constants[test]) != 0
    rows = np.moveaxis(table, axes.index(letter), -1).reshape(-1, len(tape.ranges[letter]))
    low, high = rows.argmax(axis=1), rows.argmax(axis=1) + rows.sum(axis=1)
    places = np.arange(rows.shape[1])
    if not ((places >= low[:, None]) & (places < high[:, None]) == rows).all():
        return None
    entry = entries[0] if entries else ""
    return letter, Guard(entry, tuple(low.tolist()), tuple(high.tolist()), rows.shape[1], (position, values))


def zero(tape: Tape, slot: int) -> bool:
    """Whether a slot is +0."""
    value = tape.constants.get(slot)
    return isinstance(value, float) and value == 0.0 and math.copysign(1.0, value) > 0
