"""A model → the same with every letter written, that of the patterns too; and back to how a text speaks of one pattern.

Conventions. In a text without ``patterns`` each quantity that has one value a pattern gets the hidden letter as its
first index; what has one value for all gets none. A reduction without letters gets the letter of the patterns, hidden
or declared. Arguments of a function hide quantities of their name in its body. Nobody can type the hidden letter.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from itertools import chain, count
from typing import Literal, TypeVar, cast

from chainrule.expr.nodes import At, Equation, Expr, InRange, Reduce, Ref, Size, index, number
from chainrule.expr.walk import nodes, transform
from chainrule.model.letters import base
from chainrule.model.model import HIDDEN, Definition, Model, Quantity

E = TypeVar("E", bound=Expr)

SPOKEN = ("p", "n", "m", "r", "patterns")
"""Names for the hidden letter, the likeliest first."""

Over = Literal["hidden", "alone", "written"]
"""What becomes of a reduction over the patterns that loses their letter."""


def spoken_letter(taken: Collection[str]) -> str:
    """What the hidden letter is called where it is shown: the first that is not taken.

    >>> spoken_letter({"p", "x"})
    'n'
    """
    return next(letter for letter in chain(SPOKEN, (f"p{number}" for number in count(2))) if letter not in taken)


def letters(model: Model, quantity: Quantity, letter: str = HIDDEN) -> tuple[str, ...]:
    """The letters of a quantity's axes, the hidden one first, under the name that is given.

    With a declared letter of the patterns, that one stands where the text put it.
    """
    return (letter, *quantity.letters) if model.pattern == HIDDEN and quantity.varies else quantity.letters


def varying(model: Model) -> frozenset[str]:
    """The names that have the hidden letter."""
    if model.pattern != HIDDEN:
        return frozenset()
    return frozenset(name for name, quantity in model.quantities.items() if quantity.varies)


def explicit(expr: E, model: Model, parameters: Collection[str] = ()) -> E:
    """An expression of a model with the letter of the patterns; ``parameters`` are a function's arguments."""
    return written(expr, model.pattern, varying(model), parameters)


def written(expr: E, letter: str, names: Collection[str], parameters: Collection[str] = ()) -> E:
    """An expression with a letter of the patterns as the first index of names, and on reductions without letters.

    >>> from chainrule.notation import parse_expression, show
    >>> one = parse_expression("mean (w·x)", quantities=("w", "x"))
    >>> show(written(one, "p", {"x"}), ascii=True)
    'mean_p w*x[p]'
    """

    def change(node: Expr) -> Expr:
        match node:
            case Ref(name, indices) if name in names and name not in parameters:
                return replace(node, indices=(index(letter), *indices))
            case Reduce(_, ()):
                return replace(node, letters=(letter,))
            case _:
                return node

    return cast(E, transform(expr, change))


def equations(model: Model) -> tuple[Equation, ...]:
    """The equations of the model, every letter explicit."""
    return tuple(written_equation(line, model.pattern, varying(model)) for line in model.equations)


def written_equation(line: Equation, letter: str, names: Collection[str]) -> Equation:
    return replace(line, target=written(line.target, letter, names), body=written(line.body, letter, names))


def functions(model: Model) -> Mapping[str, Definition]:
    """The functions of the model, every letter explicit but those of their parameters' values."""
    names = varying(model)
    return {name: written_function(function, model.pattern, names) for name, function in model.functions.items()}


def written_function(function: Definition, letter: str, names: Collection[str]) -> Definition:
    rules = {order: (u, written(body, letter, names, (u,))) for order, (u, body) in function.rules.items()}
    return replace(function, body=written(function.body, letter, names, function.parameters), rules=rules)


def unwritten(expr: E, letter: str, over: Over = "hidden", names: Collection[str] | None = None) -> E:
    """The inverse of `written`: names, these or all, without the letter of the patterns.

    Reductions over it are ``hidden``: they have no letter, as in a text that hides it; a primed letter, of which such a
    text does not know, stays. Of one pattern ``alone`` they are their one term, and there is one pattern. Or they stay
    ``written``. In these two every letter of the patterns is meant, primed or not.

    >>> from chainrule.notation import parse_expression, show
    >>> one = parse_expression("mean_p w·x[p]", quantities=("w", "x"), letters=("p",))
    >>> [show(unwritten(one, "p", over), ascii=True) for over in ("hidden", "alone", "written")]
    ['mean w*x', 'w*x', 'mean_p w*x']
    """

    def of_patterns(own: str | None) -> bool:
        return own is not None and (own if over == "hidden" else base(own)) == letter

    def change(node: Expr) -> Expr:
        match node:
            case Ref(name, indices) if indices and (names is None or name in names):
                kept = tuple(place for place in indices if not of_patterns(place.letter))
                return node if len(kept) == len(indices) else replace(node, indices=kept)
            case Reduce(operator, letters, body) if over != "written" and any(map(of_patterns, letters)):
                others = tuple(own for own in letters if not of_patterns(own))
                inside = Reduce(operator, others, body) if others else body
                return inside if over == "alone" else replace(node, letters=(), body=inside)
            case Size(own) if over == "alone" and of_patterns(own):
                return number(1)
            case _:
                return node

    return cast(E, transform(expr, change))


def hidden(model: Model) -> Model | None:
    """The model as a text has it that hides the letter of the patterns, its learning rules left out; None where there
    is none to hide, where equations count with it, and where there are other letters."""
    letter = model.pattern
    if letter == HIDDEN or any(quantity.letters not in ((), (letter,)) for quantity in model.quantities.values()):
        return None
    bodies = [part for line in model.equations for part in (line.target, line.body)] + [model.goal.value]
    for one in model.functions.values():
        bodies += [one.body, *(body for _, body in one.rules.values())]
    if any(counts(node, letter) for body in bodies for node in nodes(body)):
        return None
    lines = (
        replace(one, target=unwritten(one.target, letter), body=unwritten(one.body, letter)) for one in model.equations
    )
    functions_ = {
        name: replace(
            one, body=unwritten(one.body, letter),
            rules={order: (u, unwritten(body, letter)) for order, (u, body) in one.rules.items()},
        )
        for name, one in model.functions.items()
    }  # fmt: skip
    return replace(
        model, pattern=HIDDEN, pattern_set=None, equations=tuple(lines), functions=functions_, rules=(),
        quantities={name: replace(one, letters=()) for name, one in model.quantities.items()},
        goal=replace(model.goal, value=unwritten(model.goal.value, letter)),
        facts=tuple(replace(one, left=unwritten(one.left, letter), right=unwritten(one.right, letter))
                    for one in model.facts),
    )  # fmt: skip


def counts(node: Expr, letter: str) -> bool:
    """Whether a node means the number of a pattern or how many there are, or shifts their letter, or has another."""
    match node:
        case At() | InRange() | Size():
            return True
        case Ref(_, indices):
            return any(place.letter != letter for place in indices)
        case Reduce(_, letters):
            return letters not in ((), (letter,))
        case _:
            return False
