"""A run → the same run, followed on: its own rule, order, rate, states and boxes, from where it stands.

What a run goes to is what its own continuation goes to. So it is trained on, without touching it, and what is met
there is told with the number of steps: that it comes to rest and where, that it repeats itself, that it gets on or runs
away.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from chainrule.data.draws import normals
from chainrule.engines.protocol import Array, State
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.ends.tolerances import TINY
from chainrule.train.drive import drive
from chainrule.values import dataclass

TIMES, PASSES = 10, 60
"""How many times the steps of the run it is followed, and how many passes at least."""
MOST, WORK, KEPT, LETTERS = 20_000, 20_000_000, 4_000_000, 20_000
"""Steps at most; numbers that are computed at most, and that are kept; what a step with letters costs beside them."""
REST = 8.0
"""Last places of a weight by which a pass may move one that is at rest: a step rounds, and rounds back."""
ZERO = 1e-3
"""Of the size of the weights of the run: what is smaller is taken as a number of that size that came near 0."""
PUSH, PUSHED, RETURNS = 1e-5, 60, 3
"""How far weights are pushed away from where they rest, of their size; for how many passes; how often it is tried."""


LEAST = 1e-3
"""The size of weights that stand at 0, where a share of their size is needed."""


@dataclass(frozen=True, slots=True)
class Continuation:
    """``path`` has the weights after each step, the end of the run first; ``left`` is the step that left the finite
    numbers; ``rests`` says that a whole pass changed nothing, to the last bit. ``states`` has what the rule remembers
    after each step, such as velocities."""

    path: Array
    states: Array
    left: int | None
    rests: bool
    length: int

    @property
    def steps(self) -> int:
        return len(self.path) - 1

    @property
    def ends(self) -> Array:
        """The weights a whole number of passes after the end of the run."""
        return np.asarray(self.path[:: self.length])

    @property
    def last(self) -> Array:
        return np.asarray(self.path[-1])

    @property
    def stride(self) -> float:
        """The longest step of the last pass, of the size of the weights."""
        inside = self.path[-self.length - 1 :]
        return float((np.abs(np.diff(inside, axis=0)) / np.maximum(1.0, np.abs(inside[-1]))).max(initial=0.0))

    def move(self, passes: int, size: float) -> float:
        """By how many last places each of the last passes moved a weight at most; ``size`` is that of the run's."""
        ends = self.ends
        if self.rests:
            return 0.0
        if len(ends) < passes + 1:
            return np.inf
        unit = np.spacing(np.maximum(np.abs(ends[-1]), ZERO * size) + TINY)
        return float((np.abs(np.diff(ends[-passes - 1 :], axis=0)) / unit).max(initial=0.0))


def follow(context: Context) -> Continuation | None:
    """The run, followed on; None where that would be too much work, or it stands where no step can be taken."""
    run, order = context.run, context.run.recipe.order
    length = order.pass_length
    if not context.names or run.departure is not None:
        return None
    most = min(MOST, WORK // cost(context), KEPT // len(context.names))
    steps = min(max(TIMES * run.steps, PASSES * length), most) // length * length
    if steps < 2 * length:
        return None
    if run.ended == "converged":  # nothing changes any more: the same pass again, for what is seen inside of it
        steps = 2 * length
    state = run.trace.record.state(len(context.steps) - 1)
    return driven(context, replace(state, unchanged=0), steps)


def cost(context: Context) -> int:
    """Numbers that a step computes, about; equations with letters take their time even for few."""
    width = max(context.evaluator.width(len(context.rows(0)), True, True), len(context.names))
    return width + (0 if context.plain else LETTERS)


def driven(context: Context, state: State, steps: int) -> Continuation:
    """So many steps of the run's own rule from a state."""
    order = context.run.recipe.order
    parts, left, rests = [context.vector(state.weights)[None, :]], None, False
    states: list[Array] = []
    with np.errstate(all="ignore"):
        for chunk in drive(context.run.loaded, order, state, state.step + steps):
            many = len(chunk.steps)
            if many:
                arrays = [np.asarray(chunk.weights[one.name], np.float64).reshape(many, -1) for one in context.trained]
                parts.append(np.concatenate(arrays, axis=1))
                states.append(np.hstack([np.zeros((many, 0)), *(s.reshape(many, -1) for s in chunk.states.values())]))
            left = chunk.departure.step if chunk.departure else None
            rests = chunk.converged
    remembered = np.concatenate(states) if states else np.zeros((0, 0))
    return Continuation(np.concatenate(parts), remembered, left, rests, order.pass_length)


def returns(context: Context, rest: State | None = None) -> float | None:
    """How many times as far from the run itself a run is, that was pushed a little aside and then followed for some
    passes: below 1 it comes back, far above 1 it is carried off. The largest of a few pushes; None where none is tried.

    This is the spectral radius of the map of one pass, to the power of the passes, found without a derivative: it holds
    for every rule, with its states. A run that still swings about its place, as one with momentum does, is further from
    its end than any push: it is held against the same run that was not pushed.
    """
    state = context.run.trace.record.state(len(context.steps) - 1) if rest is None else rest
    at = context.vector(state.weights)
    length = context.run.recipe.order.pass_length
    passes = min(PUSHED, WORK // ((RETURNS + 1) * cost(context) * length))
    if passes < 8:
        return None
    alone = driven(context, State(dict(state.weights), state.states, state.step), passes * length)
    if alone.left is not None:
        return float(np.inf)
    found = 0.0
    for attempt in range(RETURNS):
        drawn = normals(attempt, "push", len(at))
        size = PUSH * (LEAST + float(np.abs(at).max()))
        start = context.project(at + size * drawn / np.linalg.norm(drawn))
        pushed = float(np.abs(start - at).max())
        if pushed == 0:
            continue
        weights = dict(state.weights) | context.arrays(start)
        seen = driven(context, State(weights, state.states, state.step), passes * length)
        found = max(found, np.inf if seen.left is not None else float(np.abs(seen.last - alone.last).max()) / pushed)
    return found
