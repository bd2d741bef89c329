"""The goal of a program on whole ranges of weights: its value, slope and bend along a line, as intervals that hold.

Conventions. As in `evaluator`; a lane is a box of weights, ``low ≤ θ ≤ high``. What is found is proved for every θ of
the box, rounding included. Intervals are counted, never timed, so that a busy machine proves the same.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cached_property

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.evaluate.computing_order import plan
from chainrule.explain.evaluate.equations import Ready, ready
from chainrule.explain.evaluate.equations_with_letters import PlannedEquation
from chainrule.explain.evaluate.evaluator import LARGEST, Evaluator, Rows
from chainrule.explain.evaluate.instructions import Value
from chainrule.explain.evaluate.intervals import ZERO, Enclosure, point
from chainrule.explain.evaluate.jets import JETS, Jet, fixed, moving_weight, together
from chainrule.explain.evaluate.jets_with_letters import CALL, JetGrid, column, jet_of, lifted, put
from chainrule.explain.evaluate.named_arrays import KNOWN, LANE, PLAIN
from chainrule.expr.limits import most
from chainrule.expr.nodes import Add, Call, Div, Equation, Expr, Neg, Number
from chainrule.expr.walk import transform
from chainrule.values import dataclass

FEWEST = 16
"""Boxes that a proof looks at to begin with, at least: if there are not intervals for so many, it is not begun."""


@dataclass
class Prover:
    """``made`` counts the intervals that were computed to prove something."""

    evaluator: Evaluator
    made: int = 0

    def spent(self, row: int | None = None) -> bool:
        """Whether there have been as many as the limit allows; of networks with letters, whether those for a few boxes
        would be more."""
        left = most("proofs") - self.made
        return left < 0 or (not self.evaluator.plain and FEWEST * self.numbers(row) > left)

    def along(self, low: Array, high: Array, direction: Array, row: int | None = None) -> Jet:
        """The goal, its slope and its bend along ``direction`` on boxes (lanes, weights); a direction for all or for
        each. Each part is (lanes, 1), or (1, 1) where it is the same for all."""
        if self.evaluator.plain:
            return self.plainly(low, high, direction, row)
        rows = None if row is None else np.array([[row]])
        size = max(1, LARGEST // self.evaluator.width(self.evaluator.patterns(rows), rows is not None, False))
        ways = np.broadcast_to(direction, low.shape)
        cut = [slice(start, start + size) for start in range(0, len(low), size)]
        self.made += self.cost(len(low), row)
        return together([self.with_letters(low[part], high[part], ways[part], rows) for part in cut])

    def goal(self, points: Array, rows: Rows | None = None) -> Enclosure:
        """The goal at points, with all that rounding may do to it."""
        if self.evaluator.plain:
            given = {name: fixed(point(value)) for name, value in self.evaluator.put_in(points, rows).items()}
            found: Jet = self.ready(given, self.evaluator.patterns(rows))[self.evaluator.program.objective]
            return found.value
        return self.with_letters(points, points, np.zeros_like(points), rows).value

    # ---- networks of plain numbers -------------------------------------------------------------------------------

    @cached_property
    def equations(self) -> tuple[Equation, ...]:
        """The equations with 1/(1 + exp(−u)) read as sigmoid(u): equal for real numbers, and sharper on ranges."""
        return tuple(replace(line, body=transform(line.body, sigmoid)) for line in self.evaluator.forward)

    @cached_property
    def ready(self) -> Ready:
        return ready(self.equations, JETS)

    def plainly(self, low: Array, high: Array, direction: Array, row: int | None) -> Jet:
        evaluator = self.evaluator
        given: dict[str, Value] = {name: fixed(point([[number]])) for name, number in evaluator.fixed.items()}
        for name in evaluator.varying:
            values = np.asarray(evaluator.bound.values[name], dtype=np.float64)
            given[name] = fixed(point(values[None, :] if row is None else values[None, row : row + 1]))
        for place, name in enumerate(evaluator.names):
            part = Enclosure(low[:, place : place + 1], high[:, place : place + 1])
            given[name] = moving_weight(part, direction[..., place : place + 1])
        patterns = evaluator.bound.patterns if row is None else 1
        self.made += self.ready.slots * (len(low) * patterns + CALL)
        found: Jet = self.ready(given, patterns)[evaluator.program.objective]
        return found

    # ---- networks with letters -----------------------------------------------------------------------------------

    @cached_property
    def lines(self) -> tuple[PlannedEquation, ...]:
        """In which order a network with letters is computed."""
        return plan(self.equations, self.evaluator.program.sets, self.evaluator.ranges)

    def with_letters(self, low: Array, high: Array, ways: Array, rows: Rows | None) -> Jet:
        evaluator = self.evaluator
        given = evaluator.given(rows, evaluator.held, PLAIN)
        grid = JetGrid(given.sets, given.ranges, KNOWN, lanes=len(low))
        for name, one in given.known.items():
            grid.known[name] = replace(one, field=lifted(one.field))
        least, greatest, turned = evaluator.split(low), evaluator.split(high), evaluator.split(ways)
        for symbol in evaluator.trained:
            jet = Jet(Enclosure(least[symbol.name], greatest[symbol.name]), point(turned[symbol.name]), ZERO)
            letters = (LANE, *symbol.letters)
            grid.known[symbol.name] = replace(
                evaluator.named(symbol, least[symbol.name], letters), field=put(jet, letters)
            )
        grid.run(self.lines)
        return column(jet_of(grid.known[evaluator.program.objective].field, (LANE,)), len(low))

    def cost(self, lanes: int, row: int | None = None) -> int:
        """Intervals that a network with letters takes on so many boxes, about."""
        return lanes * self.numbers(row) + CALL * self.operations

    def numbers(self, row: int | None = None) -> int:
        """How many numbers the goal of a network with letters takes on one box, about."""
        patterns = self.evaluator.bound.patterns if row is None else 1
        if patterns not in self._numbers:
            rows = None if row is None else np.array([[row]])
            self._numbers[patterns] = self.evaluator.grid(np.zeros((1, len(self.evaluator.names))), rows).computed
        return self._numbers[patterns]

    @cached_property
    def _numbers(self) -> dict[int, int]:
        return {}

    @cached_property
    def operations(self) -> int:
        """What one evaluation does, whatever the number of boxes."""
        return self.ready.slots if self.evaluator.plain else sum(len(line.body) for line in self.lines)

    def width(self, row: int | None = None) -> int:
        """Numbers of an operation on one box, about: of plain numbers one a pattern."""
        if self.evaluator.plain:
            return self.evaluator.bound.patterns if row is None else 1
        return max(1, self.numbers(row) // self.operations)


def sigmoid(node: Expr) -> Expr:
    """1/(1 + exp(−u)) as sigmoid(u)."""
    match node:
        case Div(Number(top), Add((Number(one), Call("exp", (Neg(inside),), 0)))) if top == one == Fraction(1):
            return Call("sigmoid", (inside,))
        case Div(Number(top), Add((Call("exp", (Neg(inside),), 0), Number(one)))) if top == one == Fraction(1):
            return Call("sigmoid", (inside,))
    return node
