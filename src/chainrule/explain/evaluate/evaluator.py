"""The goal of a program at many weights at once, its slopes, and what is true of it on whole ranges of weights.

Conventions. A point is a row of the array ``points`` (lanes, weights), in the order of ``names``: the entries of the
weights that are trained, weight by weight, the last letter fastest. ``rows`` says which patterns a lane sees: None for
all, or an integer array (lanes, patterns of the lane). The equations are evaluated as they stand, by NumPy's own
functions: a second opinion beside the engine. Sets of weights are looked at in networks of plain numbers only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array, Bound
from chainrule.explain.evaluate.bounds import ANYTHING, BOUNDS, Bounds, just
from chainrule.explain.evaluate.computing_order import plan
from chainrule.explain.evaluate.equations import NUMBERS, Ready, evaluate, ready, value, with_keys
from chainrule.explain.evaluate.equations_with_letters import Grid, NamedNumbers, PlannedEquation, steps, table
from chainrule.explain.evaluate.instructions import Value
from chainrule.explain.evaluate.named_arrays import BESIDE, KNOWN, LANE, PLAIN, Kind, field
from chainrule.explain.evaluate.one_sided import SIDED
from chainrule.expr.nodes import At, Equation, Expr, InRange, Reduce
from chainrule.expr.walk import nodes
from chainrule.model.letters import base
from chainrule.program.program import Program, Symbol, computed
from chainrule.values import dataclass

Rows = NDArray[np.int64]

LARGEST = 500_000
"""Numbers computed at once, for each quantity."""

UNSEEN = 1e-277
"""A slope that is smaller, times a complex step of 1e-30, is no number that a computer holds to its last digit."""


def units(count: int, places: Sequence[int] | NDArray[np.int64]) -> Array:
    """The directions of some of so many weights, a row for each: of very many, all would not fit."""
    found = np.zeros((len(places), count))
    found[np.arange(len(places)), places] = 1.0
    return found


def plain_numbers(program: Program) -> bool:
    """Whether no quantity has a letter besides that of the patterns, and no equation counts with indices."""
    letters = {letter for symbol in program.symbols() for letter in symbol.letters}
    letters |= {letter for line in computed(program) for letter in line.letters}
    counting = any(isinstance(node, At | InRange) for line in computed(program) for node in nodes(line.body))
    return letters <= {program.pattern} and not counting


@dataclass(frozen=True)
class Evaluator:
    """A program with its patterns, and the weights that are not trained."""

    program: Program
    bound: Bound
    names: tuple[str, ...]
    held: Mapping[str, Array]

    @cached_property
    def plain(self) -> bool:
        """Whether every quantity is one number, or one number a pattern."""
        return plain_numbers(self.program)

    @cached_property
    def trained(self) -> tuple[Symbol, ...]:
        """The weights whose entries are the names."""
        return tuple(symbol for symbol in self.program.weights if symbol.name not in self.held)

    def shape(self, symbol: Symbol) -> tuple[int, ...]:
        """How many values each letter of a weight has."""
        return tuple(len(self.bound.ranges[self.program.sets[letter]]) for letter in symbol.letters)

    @cached_property
    def varying(self) -> frozenset[str]:
        """The data and targets with one value a pattern."""
        given = (*self.program.data, *self.program.targets)
        return frozenset(symbol.name for symbol in given if self.pattern_axis(symbol) is not None)

    def pattern_axis(self, symbol: Symbol) -> int | None:
        """Which letter of a symbol is that of the patterns."""
        groups = [self.program.sets[letter] for letter in symbol.letters]
        return groups.index(self.program.pattern) if self.program.pattern in groups else None

    @cached_property
    def fixed(self) -> Mapping[str, float]:
        """What has one value for the whole run: consts, data without a pattern, weights that are held."""
        program = self.program
        found = {name: float(exact) for name, exact in program.defaults.items()}
        for symbol in (*program.data, *program.targets, *program.consts):
            if symbol.name in self.bound.values and symbol.name not in self.varying:
                found[symbol.name] = float(np.asarray(self.bound.values[symbol.name]))
        return found | {name: float(np.asarray(number)) for name, number in self.held.items()}

    @cached_property
    def forward(self) -> tuple[Equation, ...]:
        return tuple(map(with_keys, (*self.program.phases["forward"], *self.program.phases["error"])))

    @cached_property
    def backward(self) -> tuple[Equation, ...]:
        return (*self.forward, *map(with_keys, self.program.phases["adjoint"]))

    @cached_property
    def ready(self) -> tuple[Ready, Ready]:
        """The equations on numbers: forward alone, and forward and backward."""
        return ready(self.forward, NUMBERS), ready(self.backward, NUMBERS)

    @cached_property
    def ready_beside(self) -> Ready:
        """The equations forward on numbers that know to which side they move."""
        return ready(self.forward, SIDED)

    @cached_property
    def plans(self) -> tuple[tuple[PlannedEquation, ...], tuple[PlannedEquation, ...]]:
        """In which order a network with letters is computed: forward alone, and forward and backward."""
        sets, ranges = self.program.sets, self.ranges
        return plan(self.forward, sets, ranges), plan(self.backward, sets, ranges)

    @cached_property
    def ranges(self) -> dict[str, range]:
        """The values of each letter, those of the patterns counted from 0."""
        return {
            letter: self.bound.ranges.get(group, range(self.bound.patterns))
            for letter, group in self.program.sets.items()
        }

    @cached_property
    def operations(self) -> int:
        """What one evaluation does, forward and backward, whatever the number of points."""
        if self.plain:
            return self.ready[True].slots
        return sum(len(line.body) for line in self.plans[True])

    def patterns(self, rows: Rows | None) -> int:
        return self.bound.patterns if rows is None else rows.shape[1]

    def values(self, points: Array, rows: Rows | None = None, backward: bool = False) -> dict[str, Value]:
        """Every quantity by key, arrays that broadcast to (lanes, patterns), then an axis for each other letter."""
        if not self.plain:
            grid = self.grid(points, rows, backward)
            return {name: table(grid, name, self.program.pattern) for name in grid.known}
        return self.ready[backward](self.put_in(points, rows), self.patterns(rows))

    def put_in(self, points: Array, rows: Rows | None) -> dict[str, Value]:
        """What is given to the equations of a network of plain numbers."""
        given: dict[str, Value] = {name: np.array([[number]]) for name, number in self.fixed.items()}
        for name in self.varying:
            column = np.asarray(self.bound.values[name], dtype=np.float64)
            given[name] = column[None, :] if rows is None else column[rows]
        for place, name in enumerate(self.names):
            given[name] = points[:, place : place + 1]
        return given

    def goal(self, points: Array, rows: Rows | None = None) -> Array:
        """The goal at each point, over the patterns of its lane."""
        return self.asked(points, rows, (self.program.objective,))[:, 0]

    def gradient(self, points: Array, rows: Rows | None = None) -> Array:
        """∂goal/∂weight at each point: (lanes, weights), by the adjoint equations of the program."""
        return self.asked(points, rows, tuple(self.program.gradient(symbol.name) for symbol in self.trained))

    def both(self, points: Array) -> tuple[Array, Array]:
        """The goal and its gradient at each point, over all patterns, from one evaluation."""
        keys = tuple(self.program.gradient(symbol.name) for symbol in self.trained)
        found = self.asked(points, None, (self.program.objective, *keys))
        return found[:, 0], found[:, 1:]

    def asked(self, points: Array, rows: Rows | None, keys: tuple[str, ...]) -> Array:
        """Some quantities without patterns at each point, their entries side by side, a part of the lanes at a time."""
        if not keys:
            return np.zeros((len(points), 0))
        backward = keys != (self.program.objective,)
        every = []
        for part in self.parts(len(points), rows, backward):
            seen = None if rows is None else rows[part]
            if self.plain:
                found = self.values(points[part], seen, backward)
            else:
                grid = self.grid(points[part], seen, backward)
                found = {key: table(grid, key, self.program.pattern) for key in keys}
            count = len(points[part])
            columns = [np.broadcast_to(found[key], (count, 1, *found[key].shape[2:])) for key in keys]
            every.append(np.concatenate([column.reshape(count, -1) for column in columns], axis=1))
        return np.concatenate(every)

    def complex_step(self, at: Array, rows: Rows | None = None, directions: Array | None = None) -> Array:
        """The slopes at one point along directions (without any: the gradient) by Im goal(θ + i·h·v)/h, h = 10⁻³⁰:
        exact to rounding, and it knows no rule."""
        step = 1e-30
        ways, found = np.eye(len(at)) if directions is None else directions, []
        for part in self.parts(len(ways), rows, False):
            points = at[None, :] + 1j * step * ways[part]
            every = None if rows is None else np.repeat(rows, len(points), axis=0)
            found.append(self.goal(points, every).imag / step)
        return np.concatenate(found)

    def beside(self, at: Array, directions: Array, rows: Rows | None = None) -> tuple[Array, Array]:
        """The goal just beside a point in each direction, and the rate at which it changes that way: one-sided, so that
        a kink or a step is passed to the side to which the direction leads. ``rows`` are the patterns, for all."""
        step, values, rates = 1e-30, np.zeros(len(directions)), np.zeros(len(directions))
        for part in self.parts(len(directions), rows, False):
            points = at[None, :] + 1j * step * directions[part]
            seen = None if rows is None else np.repeat(rows, len(points), axis=0)
            if self.plain:
                found = self.ready_beside(self.put_in(points, seen), self.patterns(rows))[self.program.objective]
            else:
                found = table(self.grid(points, seen, kind=BESIDE), self.program.objective, self.program.pattern)
            goals = np.broadcast_to(found, (len(points), 1))[:, 0]
            values[part], rates[part] = goals.real, goals.imag / step
        return values, rates

    def forward_along(self, at: Array, directions: Array, equations: Sequence[Equation], mark: str) -> Array:
        """How the goal changes along directions by equations of forward mode, which read them under marked names."""
        found = np.zeros(len(directions))
        for part in self.parts(len(directions), None, True):
            units = self.split(directions[part])
            if self.plain:
                known = self.values(at[None, :])
                known |= {f"{mark}{name}": column[:, None] for name, column in units.items()}
                made = evaluate(map(with_keys, equations), known, self.bound.patterns, NUMBERS)
                changes = np.asarray(made.get(f"{mark}{self.program.objective}", 0.0))
            else:
                grid = self.grid(np.repeat(at[None, :], len(directions[part]), axis=0))
                for symbol in self.trained:
                    grid.known[mark + symbol.name] = self.named(symbol, units[symbol.name], (LANE, *symbol.letters))
                grid = with_letters(grid, equations)
                grid.run(plan(tuple(map(with_keys, equations)), grid.sets, grid.ranges))
                goal = f"{mark}{self.program.objective}"
                changes = table(grid, goal, self.program.pattern) if goal in grid.known else np.zeros((1, 1))
            found[part] = np.broadcast_to(changes, (len(units[self.trained[0].name]), 1)).ravel()
        return found

    def parts(self, lanes: int, rows: Rows | None, backward: bool) -> Sequence[slice]:
        size = max(1, LARGEST // self.width(self.patterns(rows), rows is not None, backward))
        return [slice(start, start + size) for start in range(0, lanes, size)]

    def width(self, patterns: int, own: bool, backward: bool) -> int:
        """Numbers of the largest quantity, for one lane of so many patterns, met by computing one."""
        if self.plain:
            return max(1, patterns)
        if (patterns, own, backward) not in self._widths:
            rows = np.zeros((1, patterns), dtype=np.int64) if own else None
            self._widths[patterns, own, backward] = self.grid(np.zeros((1, len(self.names))), rows, backward).largest
        return max(self._widths[patterns, own, backward], len(self.names))

    @cached_property
    def _widths(self) -> dict[tuple[int, bool, bool], int]:
        return {}

    def split(self, points: Array) -> dict[str, Array]:
        """Points as an array for each weight: (lanes, the axes of its letters)."""
        found, start = {}, 0
        for symbol in self.trained:
            shape = self.shape(symbol)
            stop = start + int(np.prod(shape, dtype=np.int64))
            found[symbol.name] = points[:, start:stop].reshape(len(points), *shape)
            start = stop
        return found

    # ---- networks with letters -----------------------------------------------------------------------------------

    def grid(self, points: Array, rows: Rows | None = None, backward: bool = False, kind: Kind = PLAIN) -> Grid:
        """The quantities of a network with letters at some points."""
        found = self.given(rows, self.held, kind)
        weights = self.split(points)
        for symbol in self.trained:
            found.known[symbol.name] = self.named(symbol, weights[symbol.name], (LANE, *symbol.letters))
        found.run(self.plans[backward])
        return found

    def knowing(self, rows: Rows | None = None, only: Mapping[str, Array] | None = None) -> Grid:
        """What is known of each quantity for every finite value of the weights: NaN, or what it then is.

        ``only`` are values of data to know instead of all of them; the rest of the data is then unknown.
        """
        found = self.given(rows, self.held, KNOWN, only)
        for symbol in self.trained:
            found.known[symbol.name] = self.named(symbol, np.full(self.shape(symbol), np.nan), symbol.letters)
        found.run(self.plans[True])
        return found

    def given(
        self, rows: Rows | None, held: Mapping[str, Array], kind: Kind, only: Mapping[str, Array] | None = None
    ) -> Grid:
        """The quantities that no equation computes and no training changes."""
        program = self.program
        patterns = range(self.patterns(rows))
        ranges = {
            letter: patterns if group == program.pattern else self.bound.ranges[group]
            for letter, group in program.sets.items()
        }
        grid = Grid(program.sets, ranges, kind)
        for name, exact in program.defaults.items():
            grid.known[name] = NamedNumbers(field(np.array(float(exact)), ()))
        for symbol in program.symbols():
            values = held.get(symbol.name, self.bound.values.get(symbol.name))
            if values is None:
                continue
            values = np.asarray(values, dtype=np.float64)
            axis = self.pattern_axis(symbol)
            if only is not None and symbol in (*program.data, *program.targets):
                values = only.get(symbol.name, np.full(values.shape, np.nan))
            letters: tuple[str, ...] = symbol.letters
            if axis is not None and rows is not None:
                values = np.moveaxis(values, axis, 0)[rows]
                rest = (*symbol.letters[:axis], *symbol.letters[axis + 1 :])
                letters = (LANE, symbol.letters[axis], *rest)
            grid.known[symbol.name] = NamedNumbers(
                field(values, letters), symbol.letters, tuple(ranges[letter] for letter in symbol.letters)
            )
        return grid

    def named(self, symbol: Symbol, values: Array, letters: tuple[str, ...]) -> NamedNumbers:
        ranges = tuple(self.bound.ranges[self.program.sets[letter]] for letter in symbol.letters)
        return NamedNumbers(field(values, letters), symbol.letters, ranges)

    # ---- networks of plain numbers -------------------------------------------------------------------------------

    def everywhere(self, row: int | None = None, box: Mapping[str, Bounds] | None = None) -> dict[str, Bounds]:
        """What is true of every quantity for all finite weights, or for all weights in the box, over one pattern."""
        given: dict[str, Value] = {name: np.array([[just(number)]]) for name, number in self.fixed.items()}
        for name in self.varying:
            column = np.asarray(self.bound.values[name], dtype=np.float64)
            seen = column if row is None else column[row : row + 1]
            given[name] = np.array([[just(float(number)) for number in seen]])
        for name in self.names:
            given[name] = np.array([[(box or {}).get(name, ANYTHING)]])
        found = evaluate(self.backward, given, self.bound.patterns if row is None else 1, BOUNDS)
        return {name: entries.ravel()[0] for name, entries in found.items() if entries.size == 1}

    def entries(self, expr: Expr, symbol: Symbol) -> Array:
        """An expression of consts for each entry of a weight."""
        if self.plain:
            given = {name: np.array([[number]]) for name, number in self.fixed.items()}
            return np.asarray(value(expr, given, self.bound.patterns, NUMBERS), dtype=np.float64).ravel()
        grid = self.given(None, self.held, PLAIN)
        grid.run([PlannedEquation("#", steps(expr), symbol.letters)])
        return table(grid, "#", self.program.pattern).ravel()


def with_letters(grid: Grid, equations: Sequence[Equation]) -> Grid:
    """The quantities with the letters of more equations, each of which is another of a set of the program."""
    met = {
        letter for line in equations for node in nodes(line.body) if isinstance(node, Reduce) for letter in node.letters
    } - set(grid.sets)
    sets = {**grid.sets, **{letter: grid.sets[base(letter)] for letter in met}}
    ranges = {**grid.ranges, **{letter: grid.ranges[base(letter)] for letter in met}}
    return replace(grid, sets=sets, ranges=ranges)
