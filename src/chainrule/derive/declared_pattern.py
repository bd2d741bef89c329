"""A network of plain numbers with a declared letter of the patterns → its derivation, as without the letter.

Conventions. Lines are made of the model without the letter and are printed with it, and they are checked as they are
printed, on the model with it: so both texts are derived alike, but for the letter. Within the line of one pattern a sum
over the patterns has the letter primed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar, cast

from chainrule.derive.check import Checker
from chainrule.derive.derivation import Derivation, Step, reworded
from chainrule.derive.ground import ground
from chainrule.derive.index.ground import ground as ground_with_letters
from chainrule.derive.index.network import network
from chainrule.errors import UsageError
from chainrule.expr.nodes import Equation, Expr, Reduce, index
from chainrule.expr.walk import rename_letters, transform
from chainrule.model.explicit import written
from chainrule.model.model import Model
from chainrule.values import dataclass

E = TypeVar("E", bound=Expr)


@dataclass(frozen=True, slots=True)
class WithPattern:
    """How lines are printed that were made without the letter; ``single`` are those of one pattern."""

    model: Model
    single: bool

    def __call__(self, expr: E) -> E:
        """An expression of a line with the letter."""
        if not self.single:
            return self.apart(expr)
        letter = self.model.pattern

        def primed(node: Expr) -> Expr:
            if not isinstance(node, Reduce) or node.letters != (letter,):
                return node
            other = letter + "'"
            return replace(node, letters=(other,), body=rename_letters(node.body, {letter: index(other)}))

        return cast(E, transform(self.apart(expr), primed))

    def apart(self, expr: E) -> E:
        """An expression that stands in no line, as the text has it."""
        names = {name for name, quantity in self.model.quantities.items() if quantity.letters}
        return written(expr, self.model.pattern, names)

    def derivation(self, made: Derivation) -> Derivation:
        """The derivation with the letter."""
        steps = tuple(map(self.step, made.steps))
        notes = tuple(reworded(one, self.apart) for one in made.notes)
        return replace(made, model=self.model, goal=self(made.goal), steps=steps, notes=notes)

    def step(self, one: Step) -> Step:
        return replace(
            one, left=self(one.left), before=self(one.before), after=self(one.after),
            reasons=tuple(reworded(why, self) for why in one.reasons), sub=tuple(map(self.step, one.sub)),
        )  # fmt: skip


def as_printed(printed: WithPattern, plain: Model, equations: tuple[Equation, ...], of: str, seed: int) -> Checker:
    """What checks such lines, on the equations that ``of`` depends on; ``plain`` is the model without the letter, on
    which they are checked as they were made where one pattern depends on all."""
    try:
        own = ground_with_letters(network(printed.model, equations, of), seed)
    except UsageError:
        return Checker(ground(plain, seed=seed))
    return Checker(replace(own, printed=printed))
