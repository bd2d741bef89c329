"""Equations as written → equations in which the letter of the patterns stands everywhere it is meant.

A text without ``patterns`` speaks of one pattern; here each quantity that varies gets the hidden letter, as its first
index. A reduction without letters gets the letter of the patterns, hidden or declared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from chainrule.expr.nodes import Equation, Expr, Reduce, Ref, index
from chainrule.expr.walk import transform
from chainrule.model.model import HIDDEN, Definition, Model, Quantity


def letters(model: Model, quantity: Quantity) -> tuple[str, ...]:
    """The letters of a quantity's axes, the hidden one first.

    With a declared letter of the patterns, that one stands where the text put it.
    """
    return (HIDDEN, *quantity.letters) if model.pattern == HIDDEN and quantity.varies else quantity.letters


def explicit(expr: Expr, model: Model, parameters: tuple[str, ...] = ()) -> Expr:
    """An expression with the letter of the patterns; ``parameters`` are names that are arguments of a function."""
    hidden = model.pattern == HIDDEN

    def change(node: Expr) -> Expr:
        match node:
            case Ref(name, indices) if hidden and name not in parameters:
                quantity = model.quantities.get(name)
                return replace(node, indices=(index(HIDDEN), *indices)) if quantity and quantity.varies else node
            case Reduce(_, ()):
                return replace(node, letters=(model.pattern,))
            case _:
                return node

    return transform(expr, change)


def equations(model: Model) -> tuple[Equation, ...]:
    """The equations of the model, every letter explicit."""
    return tuple(
        replace(line, target=explicit(line.target, model), body=explicit(line.body, model))  # type: ignore[arg-type]
        for line in model.equations
    )


def functions(model: Model) -> Mapping[str, Definition]:
    """The functions of the model, every letter explicit but those of their parameters' values."""
    return {
        name: replace(
            function,
            body=explicit(function.body, model, function.parameters),
            rules={
                order: (parameter, explicit(body, model, (parameter,)))
                for order, (parameter, body) in function.rules.items()
            },
        )
        for name, function in model.functions.items()
    }
