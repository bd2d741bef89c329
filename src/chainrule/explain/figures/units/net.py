"""A model at a pattern → its units one by one, with values and slopes, and every weight between two of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from itertools import product
from math import prod
from typing import Any, Literal

import numpy as np

from chainrule.engines.protocol import Array, Bound
from chainrule.errors import BrokenPass
from chainrule.explain.figures.flow.pieces import fixed
from chainrule.explain.figures.units.connections import Bias, Link
from chainrule.explain.figures.units.unit_names import UnitNames, unit_names
from chainrule.expr.nodes import Index, Ref, key
from chainrule.expr.walk import rename_letters
from chainrule.model.constants import setting_of
from chainrule.model.letters import base
from chainrule.model.model import Model
from chainrule.notation.show import show
from chainrule.numbers.environment import Environment, Setting, definition_of, maker_of
from chainrule.numbers.evaluate import evaluate
from chainrule.numbers.kinds import FLOATS
from chainrule.train.evaluation import PatternEvaluation, letters, sheet
from chainrule.values import dataclass

MOST = 20_000
"""Wires that are made one by one; in a network of more only the first and the last numbers of a name are units."""

FIRST, LAST = 20, 4

Place = tuple[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A weight or const by itself: its name, its value, and the slope of the goal by it (None: it has none)."""

    words: str
    value: float
    slope: float | None


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit, under the name of its last form; ``biases`` are what it reads by itself."""

    words: str
    role: Literal["input", "unit", "output"]
    value: float | None
    slope: float | None
    biases: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True)
class Wire:
    """From one unit to another, by a weight or (None) without one."""

    source: int
    target: int
    weight: Parameter | None


@dataclass(frozen=True, slots=True)
class Net:
    """All units, grouped by name in the order of the text, and the wires between them.

    ``left_out`` tells after which unit how many were not made; ``weights`` and ``gradient`` hold all, drawn or not.
    """

    goal: str
    pattern: int
    units: tuple[Unit, ...]
    wires: tuple[Wire, ...]
    weights: Mapping[str, Array]
    gradient: Mapping[str, Array]
    left_out: Mapping[int, int] = field(default_factory=dict)

    @property
    def weighted(self) -> bool:
        """Whether any wire has a weight: whether this is a network of units at all."""
        return any(wire.weight is not None for wire in self.wires)


def net_of(model: Model, bound: Bound, weights: Mapping[str, Array], pattern: int) -> Net:
    """The units of a network at a pattern."""
    each = model.goal.each
    whole = sheet(model, bound, weights, each)
    ranges = dict(setting_of(model, bound.ranges).ranges) | {model.pattern: range(1)}
    axes = {
        one.name: tuple(letter for letter in one.letters if base(letter) != model.pattern)
        for one in model.quantities.values()
    }
    setting = Setting(ranges, axes, model.functions, model.pattern)
    return Sight(model, unit_names(model), whole.evaluate(pattern), setting, letters(whole.program, bound)).net(pattern)


@dataclass(frozen=True, slots=True)
class Sight:
    """What units are read from."""

    model: Model
    named: UnitNames
    read: PatternEvaluation
    setting: Setting
    extents: Mapping[str, tuple[range, ...]]

    def net(self, pattern: int) -> Net:
        """All units and wires."""
        few = self.many() > MOST
        places: dict[Place, int] = {}
        left_out: dict[int, int] = {}
        environment = Environment(FLOATS, {}, self.setting, self.named.equations, None)
        for name in self.named.units:
            every = list(product(*self.ranges(name)))
            if len(environment.defining.get(name, ())) > 1:  # some corners may have no equation
                every = [place for place in every if maker_of(environment, (name, place))]
            kept = [*every[:FIRST], *every[-LAST:]] if few and len(every) > FIRST + LAST else every
            if len(kept) < len(every):
                left_out[len(places) + FIRST - 1] = len(every) - len(kept)
            places.update({(name, place): len(places) + at for at, place in enumerate(kept)})
        links = {id(line): self.named.links[at] for at, line in enumerate(self.named.equations)}
        units: list[Unit] = []
        wires: list[Wire] = []
        for (name, place), at in places.items():
            biases: dict[str, Parameter] = {}
            if name in environment.defining:
                line, bound = definition_of(environment, (name, place))
                found = links[id(line)]
                wires += self.wires(found, bound, places, at)
                biases = {one.words: one for one in self.biases(found, bound)}
            units.append(self.unit(name, place, tuple(biases.values())))
        idle = unread(wires, [at for (name, _), at in places.items() if name in self.named.unnamed])
        number = {at: place for place, at in enumerate(at for at in range(len(units)) if at not in idle)}
        left_out = {number[at]: many for at, many in left_out.items() if at in number}
        once = dict.fromkeys(
            replace(wire, source=number[wire.source], target=number[wire.target])
            for wire in wires
            if wire.source in number and wire.target in number
        )
        units = [unit for at, unit in enumerate(units) if at in number]
        weights = {one.name: self.read.values[one.name] for one in self.model.named("weight")}
        goal = self.model.goal.each or self.model.goal.name
        gradient = dict(self.read.gradient)
        return Net(goal, pattern, tuple(units), tuple(once), arrays(weights), arrays(gradient), left_out)

    def many(self) -> int:
        """How many wires there are, about."""
        total = 0
        for at, line in enumerate(self.named.equations):
            sizes = [len(self.setting.range(base(letter))) for letter in line.letters]
            for link in self.named.links[at]:
                total += prod([*sizes, *(len(self.setting.range(base(letter))) for letter in link.sums)])
        return total

    def ranges(self, name: str) -> tuple[range, ...]:
        """The values of the letters of a unit."""
        if name in self.extents:
            return self.extents[name]
        return tuple(self.setting.range(base(letter)) for letter in self.letters(name))

    def letters(self, name: str) -> tuple[str, ...]:
        """The letters of a unit without a name."""
        return next(line.letters for line in self.named.equations if key(line.target) == name)

    def unit(self, name: str, place: tuple[int, ...], biases: tuple[Parameter, ...]) -> Unit:
        """One unit."""
        seen = self.named.shown.get(name, name)
        given = name in self.model.quantities and self.model.quantities[name].role in ("data", "target")
        role: Literal["input", "unit", "output"] = "input" if given else "unit"
        if name in self.named.outputs:
            role = "output"
        if name in self.named.unnamed:
            own = dict(zip(self.letters(name), place, strict=True))
            expr = rename_letters(self.named.unnamed[name], {letter: Index((), at) for letter, at in own.items()})
            return Unit(show(expr), role, self.unnamed(name, own), None, biases)
        words = show(Ref(seen, tuple(Index((), at) for at in place)))
        return Unit(words, role, self.entry(self.read.values, seen, place), self.slope(seen, place), biases)

    def unnamed(self, name: str, own: Mapping[str, int]) -> float | None:
        """The value of a unit without a name."""
        lines = [line for line in self.named.equations if key(line.target) in self.named.unnamed]
        try:
            expr = self.named.unnamed[name]
            return float(evaluate(expr, self.read.values, setting=self.setting, letters=own, equations=lines))
        except BrokenPass:  # it reads a place before the first
            return None

    def entry(self, of: Mapping[str, Any], name: str, place: tuple[int, ...]) -> float | None:
        """A number of an array, by the values of its letters; None where there is none."""
        array, ranges = np.asarray(of.get(name, np.nan)), self.extents.get(name, ())
        if name not in of or not len(place) == len(ranges) == array.ndim:
            return None
        at = tuple(here - values.start for here, values in zip(place, ranges, strict=True))
        inside = all(0 <= here < size for here, size in zip(at, array.shape, strict=True))
        return float(array[at]) if inside else None

    def slope(self, name: str, place: tuple[int, ...]) -> float | None:
        """The derivative of the error by a quantity."""
        if name == (self.model.goal.each or self.model.goal.name):
            return 1.0
        return self.entry(self.read.adjoints, name, place)

    def parameter(self, weight: Ref, bound: Mapping[str, int]) -> Parameter | None:
        """A weight or const where the letters have values."""
        place = tuple(fixed(one, bound) for one in weight.indices)
        value = self.entry(self.read.values, weight.name, place)
        if value is None:
            return None
        words = show(Ref(weight.name, tuple(Index((), at) for at in place)))
        return Parameter(words, value, self.entry(self.read.adjoints, weight.name, place))

    def bindings(self, of: Link | Bias, bound: Mapping[str, int]) -> Iterator[Mapping[str, int]]:
        """Every assignment of values to the letters summed over at which the guards hold."""
        ranges = [self.setting.range(base(letter)) for letter in of.sums]
        for values in product(*ranges):
            own = {**bound, **dict(zip(of.sums, values, strict=True))}
            if all(evaluate(guard, {}, setting=self.setting, letters=own) for guard in of.guards):
                yield own

    def wires(
        self, found: tuple[Link | Bias, ...], bound: Mapping[str, int], places: Mapping[Place, int], target: int
    ) -> Iterator[Wire]:
        """The wires into a unit."""
        for link in found:
            if not isinstance(link, Link):
                continue
            name = self.named.same.get(link.source.name, link.source.name)
            for own in self.bindings(link, bound):
                source = places.get((name, tuple(fixed(one, own) for one in link.source.indices)))
                if source is None or source == target:
                    continue
                if link.weight is None:
                    yield Wire(source, target, None)
                elif (weight := self.parameter(link.weight, own)) is not None:
                    yield Wire(source, target, weight)

    def biases(self, found: tuple[Link | Bias, ...], bound: Mapping[str, int]) -> Iterator[Parameter]:
        """What a unit reads by itself."""
        for one in found:
            if isinstance(one, Bias):
                for own in self.bindings(one, bound):
                    parameter = self.parameter(one.weight, own)
                    if parameter is not None:
                        yield parameter


def unread(wires: list[Wire], unnamed: list[int]) -> set[int]:
    """Units without a name that no unit reads, such as those where the guard of a sum fails."""
    idle: set[int] = set()
    while True:
        read = {wire.source for wire in wires if wire.target not in idle}
        more = {at for at in unnamed if at not in read}
        if more == idle:
            return idle
        idle = more


def arrays(found: Mapping[str, Any]) -> dict[str, Array]:
    return {name: np.asarray(value, np.float64) for name, value in found.items()}
