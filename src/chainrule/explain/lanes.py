"""The goal of a program at many weights at once, its slopes, and what is true of it on whole ranges of weights.

Conventions. A point is a row of the array ``points`` (lanes, weights), in the order of ``names``: the weights that are
trained. ``rows`` says which patterns a lane sees: None for all, or an integer array (lanes, patterns of the lane).
The equations are evaluated as they stand, by NumPy's own functions: a second opinion beside the engine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array, Bound
from chainrule.errors import UsageError
from chainrule.explain.bounds import ANYTHING, BOUNDS, Bounds, just
from chainrule.explain.enclosure import Enclosure, point
from chainrule.explain.jet import JETS, Jet, along, fixed
from chainrule.explain.landscape import NUMBERS, Value, evaluate, named, value
from chainrule.expr.nodes import Add, Call, Div, Equation, Expr, Neg, Number
from chainrule.expr.walk import transform
from chainrule.notation.names import pretty
from chainrule.program.program import Program

Rows = NDArray[np.int64]

LARGEST = 2_000_000
"""Numbers computed at once, for each quantity."""


def refuse_arrays(program: Program) -> None:
    """E400 if a quantity of the program has a letter besides that of the patterns."""
    for symbol in program.symbols():
        if set(symbol.letters) - {program.pattern}:
            raise UsageError(
                "E400",
                f"{pretty(symbol.name)} is an array: the explanation works on networks of plain numbers",
                "write the network out, one weight a name, as the example xor does; training it works as it is",
            )


@dataclass(frozen=True)
class Lanes:
    """A program with its patterns, and the weights that are not trained."""

    program: Program
    bound: Bound
    names: tuple[str, ...]
    held: Mapping[str, float]

    @cached_property
    def varying(self) -> frozenset[str]:
        """The data and targets with one value a pattern."""
        program = self.program
        return frozenset(symbol.name for symbol in (*program.data, *program.targets) if symbol.letters)

    @cached_property
    def fixed(self) -> Mapping[str, float]:
        """What has one value for the whole run: consts, data without a pattern, weights that are held."""
        program = self.program
        found = {name: float(exact) for name, exact in program.defaults.items()}
        for symbol in (*program.data, *program.targets, *program.consts):
            if symbol.name in self.bound.values and symbol.name not in self.varying:
                found[symbol.name] = float(np.asarray(self.bound.values[symbol.name]))
        return found | dict(self.held)

    @cached_property
    def forward(self) -> tuple[Equation, ...]:
        return tuple(map(named, (*self.program.phases["forward"], *self.program.phases["error"])))

    @cached_property
    def backward(self) -> tuple[Equation, ...]:
        return (*self.forward, *map(named, self.program.phases["adjoint"]))

    @cached_property
    def proving(self) -> tuple[Equation, ...]:
        """The equations with 1/(1 + exp(−u)) read as sigmoid(u): equal for real numbers, and sharper on ranges."""
        return tuple(Equation(equation.target, transform(equation.body, _sigmoid)) for equation in self.forward)

    def patterns(self, rows: Rows | None) -> int:
        return self.bound.patterns if rows is None else rows.shape[1]

    def values(self, points: Array, rows: Rows | None = None, backward: bool = False) -> dict[str, Value]:
        """Every quantity by key, arrays that broadcast to (lanes, patterns)."""
        given: dict[str, Value] = {name: np.array([[number]]) for name, number in self.fixed.items()}
        for name in self.varying:
            column = np.asarray(self.bound.values[name], dtype=np.float64)
            given[name] = column[None, :] if rows is None else column[rows]
        for place, name in enumerate(self.names):
            given[name] = points[:, place : place + 1]
        return evaluate(self.backward if backward else self.forward, given, self.patterns(rows), NUMBERS)

    def goal(self, points: Array, rows: Rows | None = None) -> Array:
        """The goal at each point, over the patterns of its lane."""
        every = []
        for part in self.parts(len(points), self.patterns(rows)):
            found = self.values(points[part], None if rows is None else rows[part])[self.program.objective]
            every.append(np.broadcast_to(found, (len(points[part]), 1))[:, 0])
        return np.concatenate(every)

    def gradient(self, points: Array, rows: Rows | None = None) -> Array:
        """∂goal/∂weight at each point: (lanes, weights), by the adjoint equations of the program."""
        every = []
        for part in self.parts(len(points), self.patterns(rows)):
            found = self.values(points[part], None if rows is None else rows[part], backward=True)
            every.append(
                np.concatenate(
                    [
                        np.broadcast_to(found[self.program.gradient(name)], (len(points[part]), 1))
                        for name in self.names
                    ],
                    axis=1,
                )
            )
        return np.concatenate(every)

    def complex_step(self, at: Array, rows: Rows | None = None) -> Array:
        """The gradient at one point by Im goal(θ + i·h·e)/h, h = 10⁻³⁰: exact to rounding, and it knows no rule."""
        step = 1e-30
        points = at[None, :] + 1j * step * np.eye(len(at))
        every = None if rows is None else np.repeat(rows, len(at), axis=0)
        return np.asarray(self.goal(points, every).imag / step)

    def parts(self, lanes: int, patterns: int) -> Sequence[slice]:
        size = max(1, LARGEST // max(1, patterns))
        return [slice(start, start + size) for start in range(0, lanes, size)]

    def along(self, low: Array, high: Array, direction: Array, row: int | None = None) -> dict[str, Jet]:
        """Each quantity, its slope and its bend along ``direction`` on boxes ``low ≤ θ ≤ high`` (lanes, weights)."""
        given: dict[str, Value] = {name: fixed(point([[number]])) for name, number in self.fixed.items()}
        for name in self.varying:
            column = np.asarray(self.bound.values[name], dtype=np.float64)
            given[name] = fixed(point(column[None, :] if row is None else column[None, row : row + 1]))
        for place, name in enumerate(self.names):
            part = Enclosure(low[:, place : place + 1], high[:, place : place + 1])
            given[name] = along(part, float(direction[place]))
        patterns = self.bound.patterns if row is None else 1
        return evaluate(self.proving, given, patterns, JETS)

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

    def number(self, expr: Expr) -> float:
        """The value of an expression of consts."""
        given = {name: np.array([[number]]) for name, number in self.fixed.items()}
        return float(np.asarray(value(expr, given, self.bound.patterns, NUMBERS)).ravel()[0])


def _sigmoid(node: Expr) -> Expr:
    match node:
        case Div(Number(top), Add((Number(one), Call("exp", (Neg(inside),), 0)))) if top == one == Fraction(1):
            return Call("sigmoid", (inside,))
        case Div(Number(top), Add((Call("exp", (Neg(inside),), 0), Number(one)))) if top == one == Fraction(1):
            return Call("sigmoid", (inside,))
    return node
