"""Data, consts, weights and states of a program → where a printed step finds each of their numbers.

Conventions. Weights and states stand in one array, ``state``, one after another, weights first, each in the order of
its own letters, the last fastest; consts in ``consts`` likewise. Data and targets have an array each, with all
patterns. The patterns that a step visits are numbers in ``visited``, from ``at`` on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from math import prod

import numpy as np

from chainrule.code.names import Names
from chainrule.code.spelling import SUM, Spelling, filled
from chainrule.code.value import Value, formed, plus, spelled, total
from chainrule.code.walk import START, Places
from chainrule.expr.nodes import Index
from chainrule.program.program import STEP, Program, Symbol
from chainrule.tape.bound import Array, Bound
from chainrule.values import dataclass

AT = Index((("at", 1),))


@dataclass(frozen=True, slots=True)
class Arrays:
    """The arrays of a program: where each weight, state and const begins, and the names and numbers of data."""

    program: Program
    bound: Bound
    state: Mapping[str, int]
    consts: Mapping[str, int]
    data: Mapping[str, str] = field(default_factory=dict)  # data or target → the name of its array
    begins: Mapping[str, int] = field(default_factory=dict)  # data or target → where in its array, if not at 0
    every: bool = False  # whether each step visits all patterns in order
    at: Index = AT  # where in ``visited`` the patterns of a step begin

    @property
    def width(self) -> int:
        """How many numbers weights and states have."""
        return sum(self.size(symbol) for symbol in self.program.weights + self.program.states)

    def shape(self, symbol: Symbol) -> tuple[int, ...]:
        """The lengths of a symbol's axes, all patterns among them."""
        return tuple(len(self.values(letter)) for letter in symbol.letters)

    def values(self, letter: str) -> range:
        program, bound = self.program, self.bound
        group = program.sets[letter]
        return range(bound.patterns) if group == program.pattern else bound.ranges[group]

    def size(self, symbol: Symbol) -> int:
        return prod(self.shape(symbol))

    def given(self, symbol: Symbol) -> Array:
        """The numbers of a data, target or const: those bound, else the default."""
        found = self.bound.values.get(symbol.name)
        if found is None:
            return np.asarray(float(self.program.defaults[symbol.name]))
        return np.asarray(found, np.float64)


def arrays(program: Program, bound: Bound, names: Names) -> Arrays:
    """Where everything is; the names of data are taken."""
    made = Arrays(program, bound, {}, {})
    state, consts, data = {}, {}, {}
    start = 0
    for symbol in program.weights + program.states:
        state[symbol.name] = start
        start += made.size(symbol)
    start = 0
    for symbol in program.consts:
        if symbol.name in bound.values or symbol.name in program.defaults:
            consts[symbol.name] = start
            start += made.size(symbol)
    for symbol in program.data + program.targets:
        if symbol.name in bound.values:
            data[symbol.name] = names.fresh(f"{symbol.name}s")
    return Arrays(program, bound, state, consts, data)


def reader(arrays: Arrays, spelling: Spelling, symbol: Symbol, places: Places) -> Value:
    """A number of a symbol at places of its letters."""
    program = arrays.program
    if symbol.name == STEP:
        return formed(spelling.real, Value("step + 1", SUM))
    parts, stride, row = [], 1, None
    for letter, length in reversed(list(zip(symbol.letters, arrays.shape(symbol), strict=True))):
        place = places.get(letter, START)
        if program.sets[letter] == program.pattern:
            visited = spelled(place).text
            if not arrays.every:
                visited = filled(spelling.read, array="visited", index=spelled(plus(arrays.at, place)).text)
            elif stride != 1:
                visited = f"({visited})"
            row = visited if stride == 1 else f"{visited} * {stride}"
        else:
            parts.append((stride, place))
        stride *= length
    if symbol.name in arrays.data:
        where, array = total(arrays.begins.get(symbol.name, 0), reversed(parts)), arrays.data[symbol.name]
    elif symbol.name in arrays.consts:
        where, array = total(arrays.consts[symbol.name], reversed(parts)), "consts"
    else:
        where, array = total(arrays.state[symbol.name], reversed(parts)), "state"
    index = spelled(where).text
    if row is not None:
        index = row if where == START else f"{row} + {index}"
    return Value(filled(spelling.read, array=array, index=index))


def entries(symbol: Symbol, axes: Sequence[str], shape: Sequence[int]) -> list[Places]:
    """The places of each entry of a slot, in the order of its axes; for each letter from 0 on."""
    return [
        {letter: Index((), place) for letter, place in zip(axes, where, strict=True)} for where in np.ndindex(*shape)
    ]
