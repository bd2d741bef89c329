"""Weights and the states of the learning rule ↔ one row of numbers: what a step changes, compares and records."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from chainrule.engines.protocol import Array, Bound, State
from chainrule.program.program import Program, Symbol
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each weight and state lies in a row: weights first, as the program orders them, the last letter fastest."""

    weights: tuple[str, ...]
    states: tuple[str, ...]
    shapes: Mapping[str, tuple[int, ...]]

    @property
    def names(self) -> tuple[str, ...]:
        return self.weights + self.states

    @property
    def width(self) -> int:
        return sum(math.prod(shape) for shape in self.shapes.values())

    def parts(self, rows: Array) -> dict[str, Array]:
        """Views of rows (the last axis) by name.

        >>> layout = Layout(("w", "W"), (), {"w": (), "W": (2, 1)})
        >>> {name: part.shape for name, part in layout.parts(np.zeros((5, 3))).items()}
        {'w': (5,), 'W': (5, 2, 1)}
        """
        found: dict[str, Array] = {}
        start = 0
        for name in self.names:
            shape = self.shapes[name]
            stop = start + math.prod(shape)
            found[name] = rows[..., start:stop].reshape((*rows.shape[:-1], *shape))
            start = stop
        return found

    def rows(self, values: Mapping[str, Array], count: int) -> Array:
        """So many new rows, the axis of the rows first in the values; 0 where one is not given."""
        made = np.zeros((count, self.width))
        for name, part in self.parts(made).items():
            if name in values:
                part[...] = values[name]
        return made

    def row(self, values: Mapping[str, Array]) -> Array:
        """A new row with these values."""
        made = np.empty(self.width)
        for name, part in self.parts(made).items():
            part[...] = values[name]
        return made

    def state(self, row: Array, step: int, unchanged: int) -> State:
        parts = self.parts(row.copy())
        return State(
            {name: parts[name] for name in self.weights},
            {name: parts[name] for name in self.states},
            step,
            unchanged,
        )


def layout(program: Program, bound: Bound) -> Layout:
    """The layout of a program's weights and states."""

    def shape(symbol: Symbol) -> tuple[int, ...]:
        return tuple(len(bound.ranges[program.sets[letter]]) for letter in symbol.letters)

    return Layout(
        tuple(symbol.name for symbol in program.weights),
        tuple(symbol.name for symbol in program.states),
        {symbol.name: shape(symbol) for symbol in program.weights + program.states},
    )
