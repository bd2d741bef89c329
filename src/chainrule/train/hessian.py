"""A network at given weights → all second derivatives of its goal, ∂²goal/∂w∂v.

Of weights that are single numbers, the gradient equations are differentiated once more. Of arrays, the equations are
differentiated along a direction (Pearlmutter's R-operator) and run for each entry as the direction, many at once: each
gives a row of the matrix.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from chainrule.engines import reference
from chainrule.engines.protocol import Array, Bound
from chainrule.errors import LimitError
from chainrule.expr.nodes import Equation, key
from chainrule.expr.order import flat, ordered
from chainrule.gradient.derivatives import derivative_name, forward
from chainrule.gradient.forward import changes_along
from chainrule.model.model import Model
from chainrule.model.ranges import letters
from chainrule.program.lower import lower, sets
from chainrule.program.program import Program, Symbol, computed

Blocks = dict[str, dict[str, Array]]

LONGEST = 2000
"""Entries of all weights: their second derivatives are as many squared."""


def hessian(
    model: Model, bound: Bound, weights: Mapping[str, Array], of: str | None, entry: tuple[int, ...] = ()
) -> Blocks:
    """``[w][v]`` is ∂²goal/∂w∂v, the axes of w first; the same matrix from either side but for rounding.

    Errors: LimitError E309 if the weights have more than 2,000 entries.
    """
    entries = sum(np.size(value) for value in weights.values())
    if entries > LONGEST:
        raise LimitError(
            "E309",
            f"the weights have {entries} entries, and their second derivatives are {entries} × {entries} numbers",
            f"ask for them of a model with at most {LONGEST} entries",
        )
    program = lower(model, goal=of, entry=entry, wanted=[quantity.name for quantity in model.named("weight")])
    if any(symbol.letters for symbol in program.weights):
        return by_rows(model, program, bound, weights)
    return by_equations(model, program, bound, weights)


def by_equations(model: Model, program: Program, bound: Bound, weights: Mapping[str, Array]) -> Blocks:
    """Of single numbers: a new equation for each change of an adjoint with a weight."""
    ours = [symbol.name for symbol in program.weights]
    first = computed(program)
    known = {key(line.target) for line in first}  # equations of the text may read derivatives too
    new = (
        line for one in ours for line in forward(first, model.quantities[one], {}, model.sets)
        if key(line.target) not in known
    )  # fmt: skip
    values = reference.ENGINE.load(extended(model, program, tuple(new)), bound).evaluate(weights)
    zero = np.zeros(())
    return {one: {two: values.get(derivative_name(program.gradient(two), [one]), zero) for two in ours} for one in ours}


def by_rows(model: Model, program: Program, bound: Bound, weights: Mapping[str, Array]) -> Blocks:
    """Of arrays: the Hessian times the direction of each entry."""
    directions = {symbol.name: f"r.{symbol.name}" for symbol in program.weights}
    new = changes_along(computed(program), directions, sets=model.sets)
    inputs = tuple(Symbol(directions[symbol.name], symbol.letters) for symbol in program.weights)
    changed = replace(extended(model, program, new), weights=(*program.weights, *inputs))
    loaded = reference.ENGINE.load(changed, bound)
    size = sum(np.size(value) for value in weights.values())
    numbers: dict[str, Array] = {name: np.asarray(value, np.float64)[None] for name, value in weights.items()}
    blocks: Blocks = {one: {} for one in directions}
    first = 0
    for one, direction in directions.items():  # each entry of this weight is a direction of its own
        count, shape = np.size(weights[one]), np.shape(weights[one])
        numbers[direction] = np.eye(size, count, -first).reshape(size, *shape)
        first += count
    rows = np.arange(bound.patterns)[None]
    changes = {two: f"R.{program.gradient(two)}" for two in directions}
    found = loaded.evaluate_each(numbers, rows, list(changes.values())) if size else {}
    first = 0
    for one in directions:
        mine = slice(first, first + np.size(weights[one]))
        for two, change in changes.items():
            shape = (*np.shape(weights[one]), *np.shape(weights[two]))
            none = np.zeros((size, *np.shape(weights[two])))  # no equation: nothing changes it
            blocks[one][two] = np.array(np.broadcast_to(found.get(change, none), none.shape)[mine]).reshape(shape)
        first = mine.stop
    return blocks


def extended(model: Model, program: Program, new: tuple[Equation, ...]) -> Program:
    """The program with more equations after its adjoints."""
    adjoints = (*program.phases["adjoint"], *flat(ordered(new, letters(model.sets))))
    longer = replace(program, phases={**program.phases, "adjoint": adjoints})
    return replace(longer, sets=sets(model, longer))
