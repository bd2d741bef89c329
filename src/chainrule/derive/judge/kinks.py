"""The kinks of a network and of a line → their margins, and on which side of each a point lies.

A kink is where relu, abs, sign, floor, max, min, a bracket or a condition turns: its margin is the expression whose
sign says on which side a point is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from chainrule.derive.judge.explicit_model import ExplicitModel
from chainrule.derive.judge.line import TypedLine
from chainrule.derive.judge.test_points import Values
from chainrule.errors import ChainruleError
from chainrule.expr.nodes import Add, Bracket, Call, Derivative, Expr, Neg, Number, Reduce, Ref, number
from chainrule.expr.walk import children, nodes
from chainrule.gradient.reads import opened
from chainrule.gradient.simplify import simplify
from chainrule.numbers.environment import Environment
from chainrule.numbers.evaluate import drive, visit
from chainrule.numbers.guards import lifted
from chainrule.values import dataclass

Letters = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Kink:
    """A margin, and the letters that it is written with; of an ``extreme``, it is 0 where that entry is the one."""

    margin: Expr
    letters: tuple[str, ...]
    extreme: bool


Spot = tuple[Kink, Letters]
"""A kink with values for its letters."""


def kinks(explicit: ExplicitModel, line: TypedLine | None, more: Sequence[Expr]) -> list[Kink]:
    """The kinks of all equations, of the line, if there is one, and of more expressions in its letters."""
    found: dict[Expr, Kink] = {}
    sides = [(equation.body, equation.letters) for equation in explicit.equations]
    if line is not None:
        own = tuple(dict.fromkeys((*line.letters, explicit.pattern)))
        sides += [(body, own) for body in (explicit.written(line.body), *more)]
    for body, letters in sides:
        try:
            whole = opened(body, explicit.functions, lambda call: False, lambda inner: inner)
        except ChainruleError:
            whole = body
        for margin, bound, extreme in margins(whole):
            plainly = margin if extreme else simplify(margin)
            if any(isinstance(node, Ref) for node in nodes(plainly)) and simplify(Neg(plainly)) not in found:
                found.setdefault(plainly, Kink(plainly, tuple(dict.fromkeys((*letters, *bound))), extreme))
    return list(found.values())


def margins(expr: Expr) -> Iterator[tuple[Expr, tuple[str, ...], bool]]:
    """The margins in an expression, each with the letters bound around it, and whether it is that of an extreme.

    They are positive where what is not a number goes through, and where a bracket holds.
    """
    todo: list[tuple[Expr, tuple[str, ...]]] = [(expr, ())]
    while todo:
        node, bound = todo.pop()
        match node:
            case Call("relu" | "abs" | "sign", (inside,)):
                yield inside, bound, False
            case Call("floor", (inside,)):
                yield inside, bound, False
                yield Add((inside, Neg(number(1)))), bound, False
            case Call("max", (left, right)):
                yield Add((right, Neg(left)) if isinstance(left, Number) else (left, Neg(right))), bound, False
            case Call("min", (left, right)):
                yield Add((left, Neg(right)) if isinstance(left, Number) else (right, Neg(left))), bound, False
            case Bracket("==" | "!=", left, right) if not decided_by_letters(node):
                yield Add((left, Neg(right))), bound, False
            case Bracket("<" | "<=", left, right):
                yield Add((right, Neg(left))), bound, False
            case Bracket(">" | ">=", left, right):
                yield Add((left, Neg(right))), bound, False
            case Reduce("max" | "min", letters, body):
                yield Add((body, Neg(node))), (*bound, *letters), True
            case _:
                pass
        own = (*bound, *node.letters) if isinstance(node, Reduce) else bound
        if not isinstance(node, Derivative):
            todo.extend((child, own) for child in children(node))


def decided_by_letters(node: Bracket) -> bool:
    """Whether a comparison is of indices and numbers alone."""
    return not any(isinstance(inside, Ref | Derivative) for inside in nodes(node))


def has_derivative(expr: Expr) -> bool:
    return any(isinstance(node, Derivative) for node in nodes(expr))


class View:
    """A point, and on which side of each spot it lies: 1, −1, or 0 where that is not told."""

    def __init__(self, given: Values, environment: Environment[float], spots: Sequence[Spot]) -> None:
        self.given, self._world, self._spots = given, environment, spots
        self._known: dict[int, int] = {}

    def signs(self) -> tuple[int, ...]:
        return tuple(map(self.sign, range(len(self._spots))))

    def zero(self, n: int) -> bool:
        """Whether the point lies on a kink, as far as numbers tell."""
        return self.margin(n) == 0

    def margin(self, n: int) -> float:
        """How far the point is from a kink; NaN where that has no value."""
        kink, letters = self._spots[n]
        try:
            return drive(visit(self._world, lifted(kink.margin), letters, {}))
        except (ChainruleError, OverflowError, KeyError):
            self._world.running.clear()
            return math.nan

    def sign(self, n: int) -> int:
        if n not in self._known:
            kink, found = self._spots[n][0], self.margin(n)
            side = 0 if math.isnan(found) else (found > 0) - (found < 0)
            self._known[n] = (1 if found == 0 else -1) if kink.extreme and not math.isnan(found) else side
        return self._known[n]
