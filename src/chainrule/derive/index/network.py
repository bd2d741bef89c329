"""A model → its equations as the lines of a derivation speak of them, and back to how they are printed.

Conventions. A number of one pattern is differentiated for one pattern: with a declared letter of the patterns, that
letter is left out while the lines are made and put back when they are printed. Where patterns meet (``mean E``) every
quantity that varies carries their letter; the hidden letter gets a name that is free.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar, cast

from chainrule.errors import UsageError
from chainrule.expr.nodes import At, Equation, Expr, InRange, Reduce, Ref, Size, index, key
from chainrule.expr.walk import nodes, transform
from chainrule.gradient.ranges import Ranges
from chainrule.gradient.reads import reads
from chainrule.model.explicit import letters as letters_of
from chainrule.model.explicit import spoken_letter, unwritten, varying, written, written_equation, written_function
from chainrule.model.letters import base, every
from chainrule.model.model import HIDDEN, Definition, Model
from chainrule.notation.names import pretty
from chainrule.notation.statements import Fact
from chainrule.values import dataclass

E = TypeVar("E", bound=Expr)


@dataclass(frozen=True, slots=True)
class Network:
    """The equations that a number depends on, its functions, and the letters of each name in them; and ``shown``, the
    same as printed lines mean them. ``pattern`` is the letter that printed lines have and the equations have not."""

    model: Model
    of: str
    equations: tuple[Equation, ...]
    functions: Mapping[str, Definition]
    letters: Mapping[str, tuple[str, ...]]
    shown: tuple[Equation, ...]
    shown_functions: Mapping[str, Definition]
    shown_letters: Mapping[str, tuple[str, ...]]
    facts: tuple[Fact, ...]  # as printed lines mean them
    pattern: str | None = None
    axis: str | None = None  # the letter of the patterns in the equations, if they have it

    @property
    def ranges(self) -> Ranges:
        return Ranges(self.model.sets)

    def printed(self, expr: E) -> E:
        """An expression as it is printed: with the letter of the pattern."""
        if self.pattern is None:
            return expr
        return cast(E, transform(expr, self._with_pattern))

    def _with_pattern(self, node: Expr) -> Expr:
        quantity = self.model.quantities.get(node.name) if isinstance(node, Ref) else None
        if not isinstance(node, Ref) or quantity is None or self.pattern not in quantity.letters:
            return node
        place = quantity.letters.index(self.pattern)
        return replace(node, indices=(*node.indices[:place], index(self.pattern), *node.indices[place:]))


def network(model: Model, equations: tuple[Equation, ...], of: str) -> Network:
    """The network of the equations that ``of`` depends on. Raises UsageError E257 if it is not one number."""
    quantity = model.quantities[of]
    rest = tuple(letter for letter in quantity.letters if letter != model.pattern)
    if rest:
        one = f"{pretty(of)}[{','.join(quantity.letters)}]"
        raise UsageError(
            "E257",
            f"{one} is many numbers, and a derivation takes the derivative of one",
            f'name the number you mean by an equation of its own, as in u = {pretty(of)}[…], and ask for of="u"',
        )
    bodies = [equation.body for equation in equations]
    bodies += [definition.body for definition in model.functions.values() if used(definition.name, bodies, model)]
    meeting = next((node for body in bodies for node in nodes(body) if over_patterns(node, model.pattern)), None)
    if meeting is not None and quantity.varies:
        raise UsageError(
            "E257",
            f"{pretty(of)} has a value for each pattern, and each depends on all patterns",
            f'name one number by an equation, as in J = mean {pretty(of)}, and ask for of="J"',
        )
    hidden = model.pattern == HIDDEN
    functions, axis = model.functions, None if hidden else model.pattern
    letters = {name: one.letters for name, one in model.quantities.items()}
    pattern = None
    shown, shown_functions, shown_letters, facts = equations, functions, letters, model.facts
    if meeting is not None:
        axis = name = free_letter(model, equations) if hidden else model.pattern
        names = varying(model)
        letters = {n: letters_of(model, q, name) for n, q in model.quantities.items()}
        functions = {n: written_function(one, name, names) for n, one in functions.items()}
        shown_functions, shown_letters = functions, letters
        facts = tuple(replace(one, left=written(one.left, name, names),
                              right=written(one.right, name, names)) for one in facts)  # fmt: skip
        equations = shown = tuple(written_equation(one, name, names) for one in equations)
    elif quantity.varies and not hidden and model.pattern in quantity.letters:
        if any(speaks_of(node, model.pattern) for body in bodies for node in nodes(body)):
            raise UsageError(
                "E257",
                f"{pretty(of)} is the number of one pattern, and an equation counts with the number of the pattern",
                f'name one number by an equation, as in J = mean_{model.pattern} {pretty(of)}, and ask for of="J"',
            )
        pattern, axis = model.pattern, None
        letters = {n: tuple(one for one in own if one != pattern) for n, own in letters.items()}
        equations = tuple(replace(one, target=unwritten(one.target, pattern), body=unwritten(one.body, pattern))
                          for one in equations)  # fmt: skip
        functions = {n: replace(one, body=unwritten(one.body, pattern)) for n, one in functions.items()}
    return Network(
        model, of, equations, functions, letters, shown, shown_functions, shown_letters, facts, pattern, axis
    )


def used(function: str, bodies: list[Expr], model: Model) -> bool:
    """Whether a function of the text is called, by way of others too."""
    from chainrule.expr.nodes import Call

    called = {node.function for body in bodies for node in nodes(body) if isinstance(node, Call)}
    grown = -1
    while grown != len(called):
        grown = len(called)
        inside = [model.functions[name].body for name in called if name in model.functions]
        called |= {node.function for body in inside for node in nodes(body) if isinstance(node, Call)}
    return function in called


def over_patterns(node: Expr, pattern: str) -> bool:
    """Whether a node reduces over the patterns."""
    return isinstance(node, Reduce) and (not node.letters or any(base(one) == pattern for one in node.letters))


def speaks_of(node: Expr, pattern: str) -> bool:
    """Whether a node means the number of the pattern, or how many there are."""
    match node:
        case At(place) | InRange(place):
            return any(letter == pattern for letter, _ in place.terms)
        case Size(letter):
            return base(letter) == pattern
        case _:
            return False


def free_letter(model: Model, equations: tuple[Equation, ...]) -> str:
    """A letter for the patterns that is no name and no letter of the text."""
    taken = {*model.quantities, *model.functions, *(letter for group in model.sets for letter in group.letters)}
    for equation in equations:
        taken |= {*map(base, every(equation.body)), *reads(equation.body, model.functions), key(equation.target)}
    return spoken_letter(taken)
