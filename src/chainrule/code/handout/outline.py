"""A program with its values → what every handout is written from: equations by section, numbers, how it is trained."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, cast

import numpy as np

from chainrule.code.handout.single import single
from chainrule.errors import inline
from chainrule.expr.entries import hull
from chainrule.expr.indices import Extent, Letters, around, reach
from chainrule.expr.nodes import Derivative, Div, Equation, Expr, Index, Pow, Ref, key, places
from chainrule.expr.order import Part, ordered
from chainrule.expr.walk import nodes, reads, transform
from chainrule.notation.names import pretty
from chainrule.notation.show import show
from chainrule.program.parts import whole_name
from chainrule.program.program import NEW, PHASES, STEP, PhaseName, Program, Symbol, needed
from chainrule.program.show import renamed, visible
from chainrule.tape.bound import Array, Bound
from chainrule.values import dataclass

Order = Any
"""The order of visiting as it is stored: "each", "all", "shuffled", a number, or a tuple of tuples of rows."""


@dataclass(frozen=True)
class Outline:
    """What a handout says, before a language says it.

    ``rows`` is "one" where every step visits one pattern (then the equations have no letter of the patterns), "many"
    where it visits several, and "none" where the network has no patterns. The goal of every ``record``-th step is
    printed, if that is more than 1.
    """

    title: str
    text: tuple[str, ...]
    program: Program
    bound: Bound
    numbers: Mapping[str, Array]  # of consts, of weights and states at the start, of data with all patterns first
    varying: frozenset[str]  # data and targets that have numbers for each pattern
    order: Order
    seed: int
    steps: int
    rows: str
    record: int = 1

    # --- equations

    @cached_property
    def lines(self) -> tuple[Equation, ...]:
        """The equations that a step needs before the update, without those of entries that nothing reads."""
        lines = list(needed(self.program))
        kept = {self.program.objective, *map(self.program.gradient, (one.name for one in self.program.weights))}
        while True:
            read: dict[str, list[tuple[Extent, ...]]] = {}
            for line in (*lines, *self.program.phases["update"]):
                for name, indices in reads(line.body):
                    read.setdefault(name, []).append(tuple(reach(place, self.extent) for place in indices))
            keys = [key(line.target) for line in lines]
            left = [
                line for name, line in zip(keys, lines, strict=True)
                if name in kept or self.met(line, read.get(name, ()))
            ]  # fmt: skip
            if len(left) == len(lines):
                return tuple(lines)
            lines = left

    def extent(self, letter: str) -> Extent:
        return around(self.values(letter))

    def met(self, line: Equation, read: Iterable[tuple[Extent, ...]]) -> bool:
        """Whether an entry of an equation is read."""
        own = [around(self.at(place)) for place in places(line.target)]
        return any(all(map(Extent.meets, own, other)) for other in read)

    @property
    def counts_steps(self) -> bool:
        """Whether the learning rule reads the number of the step."""
        return any(name == STEP for line in self.program.phases["update"] for name, _ in reads(line.body))

    @cached_property
    def divides(self) -> bool:
        """Whether given numbers alone are divided or raised to a power, which stops Python's own where one is 0."""
        plain = {name for name in self.read if not np.ndim(self.array(name)) and not self.in_rows(name)}
        equations = (*self.lines, *self.program.phases["update"], *self.program.phases["project"])
        for line in equations:
            if {name for name, _ in reads(line.body)} <= plain:
                plain.add(key(line.target))
        found = (node for line in equations for node in nodes(line.body) if isinstance(node, Div | Pow))
        read = ({name for name, _ in reads(node)} for node in found)
        return any(names and names <= plain for names in read)

    @property
    def forward(self) -> tuple[Part, ...]:
        return self.parts(False)

    @property
    def backward(self) -> tuple[Part, ...]:
        return self.parts(True)

    def parts(self, adjoint: bool) -> tuple[Part, ...]:
        """The equations of what is computed forwards, or of the adjoints, in order."""
        own = set(map(id, self.program.phases["adjoint"]))
        lines = [line for line in self.lines if (id(line) in own) == adjoint]
        return ordered(lines, Letters(self.extent, self.program.sets.__getitem__))

    @property
    def gradients(self) -> dict[str, str]:
        """Weight → the key of its gradient, for each weight of which a step computes it."""
        made = {key(line.target) for line in self.lines}
        found = {symbol.name: self.program.gradient(symbol.name) for symbol in self.program.weights}
        return {name: gradient for name, gradient in found.items() if gradient in made}

    @property
    def updated(self) -> list[str]:
        """The weights and states that a step changes, in the order in which they are computed."""
        named = {symbol.name for symbol in self.program.weights + self.program.states}
        return [name for line in self.program.phases["update"] if (name := key(line.target)) in named]

    @property
    def read(self) -> list[str]:
        """The data, targets and consts that a step reads, in the order of the text."""
        lines = (*self.lines, *self.program.phases["update"], *self.program.phases["project"])
        names = {name for line in lines for name, _ in reads(line.body)}
        given = self.program.data + self.program.targets + self.program.consts
        return [symbol.name for symbol in given if symbol.name in names]

    @cached_property
    def symbols(self) -> dict[str, Symbol]:
        return {symbol.name: symbol for symbol in self.program.symbols()}

    @cached_property
    def groups(self) -> dict[str, list[str]]:
        """What a file begins with: the names that have numbers, each group under its title."""
        program = self.program
        data = {symbol.name for symbol in program.data + program.targets}
        rows = "" if self.rows == "none" else ": one row a pattern"
        return {
            f"the data{rows}": [one for one in self.read if one in data],
            "the constants": [one for one in self.read if one not in data],
            "the weights where they start": [symbol.name for symbol in program.weights],
            "what the learning rule remembers": [symbol.name for symbol in program.states],
        }

    @cached_property
    def moving(self) -> frozenset[str]:
        """The weights and what the learning rule remembers."""
        return frozenset(symbol.name for symbol in self.program.weights + self.program.states)

    def in_rows(self, name: str) -> bool:
        """Whether a name has numbers of which a step takes some rows."""
        return name in self.varying and self.rows != "none" and self.order != "all"

    def array(self, name: str) -> Array:
        """The numbers of a name; of a network without patterns those of its one row."""
        value = np.asarray(self.numbers[name], np.float64)
        return value[0] if name in self.varying and self.rows == "none" else value

    def values(self, letter: str) -> range:
        """The values of a letter; of the patterns', those of the largest step."""
        group = self.program.sets[letter]
        return range(self.widest) if group == self.program.pattern else self.bound.ranges[group]

    @property
    def widest(self) -> int:
        """The most patterns that a step visits."""
        match self.order:
            case "all":
                return self.bound.patterns
            case str():
                return 1
            case int(size):
                return size
            case listed:
                return max(map(len, listed))

    def is_pattern(self, letter: str) -> bool:
        return self.program.sets.get(letter) == self.program.pattern

    @cached_property
    def boxes(self) -> dict[str, tuple[range, ...]]:
        """The entries that each quantity has room for, along each of its positions."""
        found: dict[str, list[tuple[range, ...]]] = {}
        for line in self.lines:
            box = tuple(self.at(place) for place in places(line.target))
            found.setdefault(key(line.target), []).append(box)
        made = {name: hull(boxes) for name, boxes in found.items()}
        for symbol in self.program.symbols():
            made[symbol.name] = made[symbol.name + NEW] = tuple(map(self.values, symbol.letters))
        return made

    def at(self, place: Index) -> range:
        """The values of an index of a left side."""
        letter = place.letter
        return range(place.constant, place.constant + 1) if letter is None else self.values(letter)

    # --- what is told

    def told(self, line: Equation, sign: str = "=") -> str:
        """An equation as it stands in a comment: on one line, nothing in it that a language would obey."""
        letter = visible(self.program)
        left, right = (show(renamed(side, letter)) for side in (line.target, line.body))
        return inline(as_partial(f"{whole_name(left)} {sign} {whole_name(right)}"))

    def named(self, name: str) -> str:
        """A name as people read it, ``∂E/∂ŷ`` for the key ``∂E/∂y_hat`` too."""
        if sides := KEY.fullmatch(name):
            return inline(f"∂{pretty(sides[1])}/∂{pretty(sides[2])}")
        return inline(as_partial(show(Ref(name))))


KEY = re.compile(r"∂(\w+)/∂(\w+)")
SLOPE = re.compile(r"d\(([^()]*)\)/d\(([^()]*)\)")


def as_partial(text: str) -> str:
    """Derivatives as books write them.

    >>> as_partial("2·d(E)/d(y[p])")
    '2·∂E/∂y[p]'
    """
    return SLOPE.sub(r"∂\1/∂\2", text)


def outline(
    title: str, text: Iterable[str], program: Program, bound: Bound, start: Mapping[str, Array], order: Order,
    seed: int, steps: int, record: int = 1,
) -> Outline:  # fmt: skip
    """The outline of a training."""
    program, numbers, varying = patterns_first(program, bound)
    narrow = (isinstance(order, str) and order != "all") or (bound.patterns == 1 and order == "all") or order == 1
    narrow = narrow or (isinstance(order, tuple) and all(len(one) == 1 for one in order))
    rows = "many" if not narrow else "one" if varying and bound.patterns > 1 else "none"
    return Outline(
        title, tuple(text), single(program) if narrow else program, bound, numbers | dict(start), varying, order, seed,
        steps, rows, record,
    )  # fmt: skip


def patterns_first(program: Program, bound: Bound) -> tuple[Program, dict[str, Array], frozenset[str]]:
    """The program with the letter of the patterns first in data and targets, their numbers so, and which vary."""
    numbers = {name: np.asarray(value, np.float64) for name, value in bound.values.items()}
    numbers |= {name: np.asarray(float(value)) for name, value in program.defaults.items() if name not in numbers}
    places_of: dict[str, int] = {}
    for symbol in program.data + program.targets:
        for place, letter in enumerate(symbol.letters):
            if program.sets[letter] == program.pattern:
                places_of[symbol.name] = place
    moved = {name: place for name, place in places_of.items() if place}

    def first(indices: tuple[Any, ...], place: int) -> tuple[Any, ...]:
        return (indices[place], *indices[:place], *indices[place + 1 :])

    def change(node: Expr) -> Expr:
        if isinstance(node, Ref) and node.name in moved:
            return replace(node, indices=first(node.indices, moved[node.name]))
        return node

    def symbols(group: tuple[Symbol, ...]) -> tuple[Symbol, ...]:
        return tuple(
            replace(one, letters=first(one.letters, moved[one.name])) if one.name in moved else one for one in group
        )

    if moved:
        phases: dict[PhaseName, tuple[Equation, ...]] = {
            name: tuple(
                replace(line, target=cast("Ref | Derivative", transform(line.target, change)),
                        body=transform(line.body, change))
                for line in program.phases[name]
            )
            for name in PHASES
        }  # fmt: skip
        program = replace(program, phases=phases, data=symbols(program.data), targets=symbols(program.targets))
    for name, place in moved.items():
        if name in numbers:
            numbers[name] = np.moveaxis(numbers[name], place, 0)
    return program, numbers, frozenset(places_of)
