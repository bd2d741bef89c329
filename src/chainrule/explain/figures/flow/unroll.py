"""Equations and a pattern → every operation on the way to the goal, entry by entry, with what flows back through it.

Functions of the text that read nothing but their arguments stay functions; all others are opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from chainrule.engines.protocol import Array, Bound
from chainrule.explain.figures.flow.flow import Flow, Node, Role, Use, spoken
from chainrule.explain.figures.flow.pieces import Templates
from chainrule.explain.figures.flow.unrolled import Piece, Unrolled, Visit, add, make, offset, seen
from chainrule.explain.figures.flow.visit import text, visit, without_patterns
from chainrule.expr.nodes import Call, Equation, Expr, Ref
from chainrule.gradient.derivatives import written_out
from chainrule.gradient.letters import printable
from chainrule.gradient.reads import opened
from chainrule.model import explicit
from chainrule.model.constants import setting_of
from chainrule.model.model import Definition, Model
from chainrule.notation.show import show
from chainrule.numbers.environment import Environment, definition_of
from chainrule.numbers.evaluate import drive
from chainrule.numbers.guards import lifted
from chainrule.numbers.kinds import FLOATS
from chainrule.program.lower import objective


def unroll(model: Model, bound: Bound, weights: Mapping[str, Array], pattern: int) -> Flow:
    """Every operation below the error of one pattern, or below the goal over this pattern alone.

    Raises TooLarge beyond ``MOST`` operations.
    """
    functions = explicit.functions(model)
    name, value = objective(model, model.goal.each)
    equations = explicit.equations(model)
    if model.goal.each is not None:
        name = model.goal.each
    elif value is not None:
        equations = (*equations, Equation(Ref(name), value))
    templates = Templates(functions)
    equations = written_out(model, equations, functions)
    setting = replace(setting_of(model, bound.ranges, range(pattern, pattern + 1)), functions=functions)
    ready = tuple(replace(line, body=opened_body(line, functions, templates)) for line in equations)
    known = Unrolled(model, bound, weights, pattern, Environment(FLOATS, {}, setting, ready, None), templates, entry)
    letters = setting.axes.get(name, ())
    drive(entry(known, name, tuple(pattern for letter in letters)))
    return backward(known, name)


def opened_body(line: Equation, functions: Mapping[str, Definition], templates: Templates) -> Expr:
    """The right side of an equation with every function opened that reads more than its arguments."""

    def closed(call: Call) -> bool:
        return not functions[call.function].reads and templates.slopes.row(call.function) is not None

    body = opened(templates.slopes.opened(line.body), functions, closed, lambda inner: inner)
    return printable(templates.slopes.opened(body), line.letters)


def backward(known: Unrolled, goal: str) -> Flow:
    """The flow of what was unrolled: adjoints from the goal, which stands last, to the first."""
    adjoints = [0.0] * len(known.values)
    adjoints[-1] = 1.0
    for user in range(len(known.values) - 1, -1, -1):
        for maker, local in known.inputs[user].items():
            adjoints[maker] += adjoints[user] * local
    uses = [
        Use(maker, user, np.array([adjoints[user] * local]), local)
        for user, inputs in enumerate(known.inputs)
        for maker, local in inputs.items()
    ]
    nodes = tuple(
        Node(name, place, role, words, np.array([value]), np.array([adjoint]), formula, known.whole.get(at, ""))
        for at, ((name, place, role, words, formula), value, adjoint) in enumerate(
            zip(known.nodes, known.values, adjoints, strict=True)
        )
    )
    return Flow(goal, known.pattern, "operations", nodes, tuple(uses))


def entry(known: Unrolled, name: str, place: tuple[int, ...]) -> Visit:
    """The node of one number of a quantity."""
    if (name, place) in known.at:
        return known.at[name, place]
    shown = spoken(name, seen(known, name, place))
    quantity = known.model.quantities.get(name)
    given = known.weights.get(name, known.bound.values.get(name))
    if given is not None:
        role: Role = quantity.role if quantity else "const"
        value = float(np.asarray(given)[offset(known, name, place)])
        return add(known, (name, place), role, shown, value, {})
    equation, letters = definition_of(known.environment, (name, place))
    known.owner.append((name, place))
    piece: Piece = yield visit(known, lifted(equation.body), dict(letters))
    known.owner.pop()
    words = text(known, equation.body, letters, piece)
    known.whole[len(known.values)] = show(without_patterns(known, equation.body, letters))
    return make(known, piece, (name, place), "derived", shown, words)
