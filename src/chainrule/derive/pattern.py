"""A network of plain numbers with a declared letter of the patterns → its derivation, as without the letter.

Conventions. Lines are made of the model without the letter and are printed with it, and they are checked as they are
printed, on the model with it: so both texts are derived alike, but for the letter. Within the line of one pattern a sum
over the patterns has the letter primed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol, TypeVar, cast

from chainrule.derive.check import Checker
from chainrule.derive.derivation import Check, Derivation, Step, reworded
from chainrule.derive.index.check import Checker as LetteredChecker
from chainrule.derive.index.network import network
from chainrule.errors import UsageError
from chainrule.expr.nodes import Equation, Expr, Reduce, index
from chainrule.expr.walk import rename_letters, transform
from chainrule.model.explicit import written
from chainrule.model.model import Model
from chainrule.notation import show

E = TypeVar("E", bound=Expr)


class Lines(Protocol):
    """Whatever checks lines."""

    def line(self, left: Expr, right: Expr) -> Check: ...


@dataclass(frozen=True, slots=True)
class Said:
    """How lines are printed that were made without the letter, and the check of them; ``single`` are those of one
    pattern. ``unlettered`` checks them as they were made, where one pattern depends on all."""

    model: Model
    single: bool
    lettered: LetteredChecker | None
    unlettered: Checker

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

    def line(self, left: Expr, right: Expr) -> Check:
        """The check of ``left = right`` as it is printed."""
        if self.lettered is None:
            return self.unlettered.line(left, right)
        return self.lettered.text(show(self(left)), show(self(right)))

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


def said(model: Model, plain: Model, equations: tuple[Equation, ...], of: str, seed: int) -> Said:
    """Of the equations that ``of`` depends on; ``plain`` is the model without the letter."""
    try:
        lettered = LetteredChecker(network(model, equations, of), seed)
    except UsageError:  # the number of one pattern that depends on all of them
        lettered = None
    return Said(model, model.quantities[of].varies, lettered, Checker(plain, seed=seed))
