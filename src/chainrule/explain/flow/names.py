"""A network of any size at a pattern → its flow with one node for each name, computed by the engine.

Each term of an adjoint equation is what one reading adds; here every term is an equation of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from chainrule.engines import reference
from chainrule.engines.protocol import Array, Bound
from chainrule.explain.flow.flow import Flow, Node, Role, Use, folded
from chainrule.expr.nodes import Equation, Index, Ref, key
from chainrule.gradient.ranges import Ranges
from chainrule.gradient.reads import reads
from chainrule.gradient.reverse import between, closure, contribution, form_of, readings_of
from chainrule.gradient.simplify import Simplifier
from chainrule.model.model import Model
from chainrule.notation.names import pretty
from chainrule.program import patterns
from chainrule.program.derivatives import written_out
from chainrule.program.extents import axes, bases, extents
from chainrule.program.lower import lower, objective, open_calls, sets
from chainrule.program.program import Program
from chainrule.train.evaluation import Sheet

Term = tuple[str, str, tuple[Index, ...], Equation]
"""The maker, the user, where the maker stands, and what the user adds to its adjoint there."""


def by_names(model: Model, bound: Bound, weights: Mapping[str, Array], pattern: int) -> Flow:
    """The flow of a pattern with one node for each name."""
    each = model.goal.each
    program = lower(model, goal=each, wanted=[name for name in model.quantities if name != each])
    terms = tuple(terms_of(model, each))
    more = open_calls(tuple(term for *_, term in terms), patterns.functions(model))
    program = replace(program, phases={**program.phases, "adjoint": program.phases["adjoint"] + more})
    program = replace(program, sets=sets(model, program))
    loaded = reference.ENGINE.load(program, bound)
    found = loaded.evaluate(weights, [pattern])
    read = Sheet(model, program, bound, loaded, weights).read(pattern)
    goal = each or program.objective
    pairs = reading(model, goal, each)
    made = list(dict.fromkeys(user for _, user in pairs))
    names = dict.fromkeys([*(maker for maker, _ in pairs if maker not in made), *made, goal])
    places = {name: at for at, name in enumerate(names)}
    nodes = []
    for name in names:
        adjoint: Any = 1.0 if name == goal else read.adjoints.get(name, 0.0)
        value = read.values[name] if name in read.values else found[name]
        nodes.append(node(model, program, bound, name, np.asarray(value), np.asarray(adjoint)))
    uses = []
    for maker, user, position, term in terms:
        at = places[maker]
        parts = spread(program, bound, maker, position, term, np.asarray(found[key(term.target)]))
        uses.append(Use(at, places[user], parts, None, maker == user))
    told = {(maker, user) for maker, user, *_ in terms}
    for maker, user in pairs:
        if (maker, user) not in told:  # it is read, and no change of it matters: in a bracket, say
            uses.append(Use(places[maker], places[user], np.zeros(nodes[places[maker]].values.size)))
    flow = Flow(goal, pattern, "names", tuple(nodes), tuple(uses))
    return folded(flow, lambda one: one.name, lambda own: own[0].words, "names")


def reading(model: Model, goal: str, each: str | None) -> list[tuple[str, str]]:
    """Every pair of a quantity and what reads it, from the goal upwards."""
    functions, equations = patterns.functions(model), all_equations(model, each)
    makers: dict[str, dict[str, None]] = {}
    for line in equations:
        makers.setdefault(key(line.target), {}).update(dict.fromkeys(reads(line.body, functions)))
    reached = closure((goal,), {user: set(own) for user, own in makers.items()})
    return [(maker, user) for user, own in makers.items() if user in reached for maker in own]


def all_equations(model: Model, each: str | None) -> tuple[Equation, ...]:
    """The equations with that of the goal, every letter explicit."""
    name, value = objective(model, each)
    equations = patterns.equations(model)
    if value is not None:
        equations = (*equations, Equation(Ref(name), value))
    return written_out(model, equations, patterns.functions(model))


def terms_of(model: Model, each: str | None) -> Iterator[Term]:
    """What every reading of every quantity adds to its adjoint, but for the mean of the error over the patterns."""
    functions, equations = patterns.functions(model), all_equations(model, each)
    name, _ = objective(model, each)
    wanted = [quantity for quantity in model.quantities if quantity != name]
    active = between(equations, name, wanted, functions)
    ranges, count = Ranges(model.sets), 0
    simplify = Simplifier(ranges)
    forms = [form_of(line.target) for line in equations if key(line.target) in active]
    for other in model.quantities.values():
        letters = patterns.letters(model, other)
        forms.append((other.name, tuple(Index(((letter, 1),)) for letter in letters)))
    readings = readings_of(equations, active, functions)
    for maker, position in dict.fromkeys(forms):
        for reading in readings.get(maker, ()):
            user, _ = form_of(reading.user)
            term = contribution(reading, name, position, ranges)
            if term is None or (each is not None and user == name):
                continue
            free = tuple(one for one in position if one.letter is not None)
            yield maker, user, position, Equation(Ref(f"#{count}", free), simplify(term))
            count += 1


def spread(
    program: Program, bound: Bound, maker: str, position: tuple[Index, ...], term: Equation, found: Array
) -> Array:
    """What a term adds, in the places of the maker's own array, all in a row."""
    letters = axes(program)[maker]
    whole = extents(program, letters, bases(program).get(program.gradient(maker), ()), bound.ranges)
    own = [one for one, letter in zip(position, letters, strict=False) if program.sets[letter] != program.pattern]
    parts = np.zeros([len(values) for values in whole])
    at: list[int | slice] = []
    for one, values in zip(own, whole, strict=True):
        if one.letter is None:
            at.append(one.constant - values.start)
        else:
            span = bound.ranges[program.sets[one.letter]]
            at.append(slice(span.start - values.start, span.stop - values.start))
    parts[tuple(at)] = squeezed(program, term, found)
    return parts.ravel()


def squeezed(program: Program, term: Equation, found: Array) -> Array:
    """An array of one pattern without the axis of the patterns."""
    letters = term.letters
    at = next((axis for axis, letter in enumerate(letters) if program.sets[letter] == program.pattern), None)
    return found if at is None or found.ndim < len(letters) else np.take(found, 0, at)


def node(model: Model, program: Program, bound: Bound, name: str, value: Array, adjoint: Array) -> Node:
    """A name with all its numbers."""
    quantity = model.quantities.get(name)
    letters = axes(program).get(name, ())
    whole = extents(program, letters, bases(program).get(name, ()), bound.ranges)
    role: Role = quantity.role if quantity else "derived"
    ranges = ", ".join(f"{one.start}…{one.stop - 1}" if len(one) > 1 else str(one.start) for one in whole)
    words = f"{pretty(name)}[{ranges}]" if whole else pretty(name)
    return Node(name, (), role, words, value.ravel(), np.broadcast_to(adjoint, value.shape).ravel())
