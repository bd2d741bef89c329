"""A network of any size at a pattern → its flow with one node for each name, computed by the engine.

Each term of an adjoint equation is what one reading adds; here every term is an equation of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.engines import reference
from chainrule.engines.protocol import Array, Bound
from chainrule.explain.figures.flow.flow import Flow, Node, Role, Use, folded, spoken
from chainrule.expr.entries import box, uncovered
from chainrule.expr.nodes import Equation, Index, Ref, key, places
from chainrule.gradient.derivatives import written_out
from chainrule.gradient.occurrences import product
from chainrule.gradient.ranges import Ranges
from chainrule.gradient.reads import reads
from chainrule.gradient.reverse import between, closure, contribution, form_of, readings_of
from chainrule.gradient.simplify import Simplifier
from chainrule.model import explicit
from chainrule.model.model import Model
from chainrule.program.extents import Bases, axes, bases, extents
from chainrule.program.lower import lower, objective, open_calls, sets
from chainrule.program.program import Program, computed
from chainrule.train.evaluation import EvaluationPlan
from chainrule.values import dataclass

Term = tuple[str, str, tuple[Index, ...], Equation]
"""The maker, the user, where the maker stands, and what the user adds to its adjoint there."""


def by_names(model: Model, bound: Bound, weights: Mapping[str, Array], pattern: int) -> Flow:
    """The flow of a pattern with one node for each name."""
    each = model.goal.each
    program = lower(model, goal=each, wanted=[name for name in model.quantities if name != each])
    terms = tuple(terms_of(model, each))
    more = open_calls(tuple(term for *_, term in terms), explicit.functions(model))
    program = replace(program, phases={**program.phases, "adjoint": program.phases["adjoint"] + more})
    program = replace(program, sets=sets(model, program))
    loaded = reference.ENGINE.load(program, bound)
    found = loaded.evaluate(weights, [pattern])
    evaluated = EvaluationPlan(model, program, bound, loaded, weights).evaluate(pattern)
    goal = each or program.objective
    pairs = reading(model, goal, each)
    made = list(dict.fromkeys(user for _, user in pairs))
    names = dict.fromkeys([*(maker for maker, _ in pairs if maker not in made), *made, goal])
    at = {name: number for number, name in enumerate(names)}
    arrays = Arrays(program, bound, axes(program), bases(program))
    nodes = []
    for name in names:
        letters = arrays.axes.get(name, ())
        slope = arrays.alone(letters, found.get(program.gradient(name), 0.0))
        value = evaluated.values[name] if name in evaluated.values else arrays.alone(letters, found[name])
        nodes.append(arrays.node(model, name, np.asarray(value), np.asarray(1.0 if name == goal else slope)))
    uses = []
    for maker, user, position, term in terms:
        parts = arrays.spread(maker, position, term, np.asarray(found[key(term.target)]))
        uses.append(Use(at[maker], at[user], parts, None, maker == user))
    told = {(maker, user) for maker, user, *_ in terms}
    for maker, user in pairs:
        if (maker, user) not in told:  # it is read, and no change of it matters: in a bracket, say
            uses.append(Use(at[maker], at[user], np.zeros(nodes[at[maker]].values.size)))
    flow = Flow(goal, pattern, "names", tuple(nodes), tuple(uses))
    return folded(flow, lambda one: one.name, lambda own: own[0].words, "names")


def reading(model: Model, goal: str, each: str | None) -> list[tuple[str, str]]:
    """Every pair of a quantity and what reads it, from the goal upwards."""
    functions, equations = explicit.functions(model), all_equations(model, each)
    makers: dict[str, dict[str, None]] = {}
    for line in equations:
        makers.setdefault(key(line.target), {}).update(dict.fromkeys(reads(line.body, functions)))
    reached = closure((goal,), {user: set(own) for user, own in makers.items()})
    return [(maker, user) for user, own in makers.items() if user in reached for maker in own]


def all_equations(model: Model, each: str | None) -> tuple[Equation, ...]:
    """The equations with that of the goal, every letter explicit."""
    name, value = objective(model, each)
    equations = explicit.equations(model)
    if value is not None:
        equations = (*equations, Equation(Ref(name), value))
    return written_out(model, equations, explicit.functions(model))


def terms_of(model: Model, each: str | None) -> Iterator[Term]:
    """What every reading of every quantity adds to its adjoint, but for the mean of the error over the patterns."""
    functions, equations = explicit.functions(model), all_equations(model, each)
    name, _ = objective(model, each)
    wanted = [quantity for quantity in model.quantities if quantity != name]
    active = between(equations, name, wanted, functions)
    ranges, count = Ranges(model.sets), 0
    simplify = Simplifier(ranges)
    forms = [(*form_of(line.target), line.where) for line in equations if key(line.target) in active]
    for other in model.quantities.values():
        letters = explicit.letters(model, other)
        if all(name != other.name for name, *_ in forms):
            forms.append((other.name, tuple(Index(((letter, 1),)) for letter in letters), ()))
    readings = readings_of(equations, active, functions)
    for maker, position, where in dict.fromkeys(forms):
        for reading in readings.get(maker, ()):
            user, _ = form_of(reading.user)
            term = contribution(reading, name, position, ranges)
            if term is None or (each is not None and user == name):
                continue
            free = tuple(one for one in position if one.letter is not None)
            yield maker, user, position, Equation(Ref(f"#{count}", free), simplify(product((*where, term))))
            count += 1


@dataclass(frozen=True, slots=True)
class Arrays:
    """Where the numbers of each name stand in its array: the letters of its axes and the places written one by one."""

    program: Program
    bound: Bound
    axes: Mapping[str, tuple[str, ...]]
    bases: Mapping[str, Bases]

    def extents(self, name: str, key: str) -> tuple[range, ...]:
        """The values of the letters of a name, the patterns' left out; ``key`` is that of its array."""
        return extents(self.program, self.axes.get(name, ()), self.bases.get(key, ()), self.bound.ranges)

    def alone(self, letters: tuple[str, ...], found: Any) -> Any:
        """An array of one pattern without the axis of the patterns."""
        patterns = (axis for axis, letter in enumerate(letters) if self.program.sets[letter] == self.program.pattern)
        at = next(patterns, None)
        return found if at is None or np.ndim(found) < len(letters) else np.take(found, 0, at)

    def spread(self, maker: str, position: tuple[Index, ...], term: Equation, found: Array) -> Array:
        """What a term adds, in the places of the maker's own array, all in a row."""
        program = self.program
        whole = self.extents(maker, program.gradient(maker))
        pairs = zip(position, self.axes[maker], strict=False)
        own = [one for one, letter in pairs if program.sets[letter] != program.pattern]
        parts = np.zeros([len(values) for values in whole])
        at: list[int | slice] = []
        for one, values in zip(own, whole, strict=True):
            if one.letter is None:
                at.append(one.constant - values.start)
            else:
                span = self.bound.ranges[program.sets[one.letter]]
                at.append(slice(span.start - values.start, span.stop - values.start))
        parts[tuple(at)] = self.alone(term.letters, found)
        return parts.ravel()[self.defined(maker)]

    def defined(self, name: str) -> NDArray[np.bool_]:
        """Which numbers of a name an equation defines: all, but for corners between base lines."""
        whole = self.extents(name, name)
        lines = [line for line in computed(self.program) if key(line.target) == name]
        found = np.ones([len(values) for values in whole], dtype=bool)
        if len(lines) > 1:
            own = [axis for axis, one in enumerate(self.axes[name]) if self.program.sets[one] != self.program.pattern]

            def values(letter: str) -> range | None:
                return self.bound.ranges.get(self.program.sets[letter])

            boxes = [box(tuple(places(line.target)[axis] for axis in own), values) for line in lines]
            for left in uncovered(whole, [one for one in boxes if one is not None]):
                pairs = zip(left, whole, strict=True)
                found[tuple(slice(a.start - b.start, a.stop - b.start) for a, b in pairs)] = False
        return found.ravel()

    def node(self, model: Model, name: str, value: Array, adjoint: Array) -> Node:
        """A name with all its numbers."""
        quantity = model.quantities.get(name)
        role: Role = quantity.role if quantity else "derived"
        whole = self.extents(name, name)
        ranges = ", ".join(f"{one.start}…{one.stop - 1}" if len(one) > 1 else str(one.start) for one in whole)
        words = spoken(name) + (f"[{ranges}]" if whole else "")
        there = self.defined(name)
        slopes = np.broadcast_to(adjoint, value.shape).ravel()
        return Node(name, (), role, words, value.ravel()[there], slopes[there])
