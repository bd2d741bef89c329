"""A model whose equations read derivatives → the same with a quantity for each of them, so that it can be derived.

Conventions. ∂f/∂x is called ``f_x``, ∂²f/∂x∂y ``f_xy``, as textbooks do, with the letters of f and then those of what
it is taken by. Its equation is that of the derivative, by forward mode; on the way to it there may be others, such as
``h_x``. A name that the text has already gets a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from chainrule.derive.derivation import Reason
from chainrule.expr.nodes import Equation, Expr, Ref, key
from chainrule.expr.walk import transform
from chainrule.gradient.derivatives import by, derivative_name, derivatives, written_out
from chainrule.model.model import Model, Quantity

GOAL = "goal#"
"""The left side of the goal, which need have none: no name of a text."""


def spelled(model: Model) -> tuple[Model, tuple[Reason, ...]]:
    """The model, and a note for each derivative that its equations or its goal read: what stands for it."""
    every = (*model.equations, Equation(Ref(GOAL), model.goal.value))
    read = derivatives(every)
    if not read:
        return model, ()
    *lines, last = written_out(model, every, model.functions)
    names: dict[str, str] = {}
    for made in map(key, (line.target for line in lines)):
        if made not in model.quantities and made not in names:
            names[made] = called(made, {*model.quantities, *names.values()})
    quantities = dict(model.quantities)
    for line in lines:
        made = key(line.target)
        if made in names:
            varies = model.quantities[made.rpartition(".")[2]].varies
            quantities[names[made]] = Quantity(names[made], "derived", line.letters, varies=varies)
    notes = []
    for node in read:
        of = derivative_name(node.of.name, [weight.name for weight in node.wrt]) if isinstance(node.of, Ref) else ""
        if of in names and isinstance(node.of, Ref):
            notes.append(Reason("stands-for", {"u": Ref(names[of], (*node.of.indices, *by(node))), "d": node}))
    equations = tuple(renamed(line, names) for line in lines)
    goal = replace(model.goal, value=renamed(last, names).body)
    return replace(model, quantities=quantities, equations=equations, goal=goal), tuple(notes)


def called(made: str, taken: set[str]) -> str:
    """The name of a derivative for people.

    >>> called("∂_y.∂_x.f", {"f"}), called("∂_x.f", {"f_x"})
    ('f_xy', 'f_x2')
    """
    *weights, of = made.split(".")
    name = plain = f"{of}_{''.join(weight.removeprefix('∂_') for weight in reversed(weights))}"
    number = 2
    while name in taken:
        name, number = f"{plain}{number}", number + 1
    return name


def renamed(line: Equation, names: Mapping[str, str]) -> Equation:
    """A line with the names for people."""

    def change(node: Expr) -> Expr:
        return replace(node, name=names[node.name]) if isinstance(node, Ref) and node.name in names else node

    target = change(line.target) if isinstance(line.target, Ref) else line.target
    return replace(line, target=target, body=transform(line.body, change))  # type: ignore[arg-type]
