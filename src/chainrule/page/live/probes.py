"""A run and a position in it → what claims may look at: goals and slopes by the exact engine, the way of the run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np

from chainrule.engines.protocol import Array, State
from chainrule.explain.evaluate.evaluator import Rows
from chainrule.explain.measure.claims.amount import FEW_STEPS, MOST_NUMBERS, STEPS
from chainrule.explain.measure.context import Context
from chainrule.expr.nodes import Derivative, key
from chainrule.expr.walk import nodes
from chainrule.notation.names import pretty
from chainrule.train.drive import drive
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Owned:
    """The quantity through which every chain leaves the error, where it is one for all weights."""

    quantity: str
    adjoint: str


class Probes:
    """What the words of the table ask."""

    def __init__(self, context: Context, k: int = 0, total: str | None = None) -> None:
        """``total`` is how the goal over all patterns is called, in the language of the page."""
        self.context, self.k, self.total = context, k, context.total_name if total is None else total
        self.names = [context.weight(place) for place in range(len(context.names))]
        self.path, self.patterns, self.sense = context.path, context.patterns, context.sense
        self.low, self.high = context.box
        program = context.program
        self.slots = [(symbol.name, program.gradient(symbol.name)) for symbol in context.trained]
        self.held = {name: np.asarray(context.run.weights[name], np.float64)[None] for name in program.held}

    @property
    def start(self) -> Array:
        return np.asarray(self.path[0])

    def rows(self, step: int) -> tuple[int, ...]:
        return self.context.rows(step)

    # ---- the exact engine ----------------------------------------------------------------------------------------

    def asked(self, points: Array, rows: Rows, names: tuple[str, ...]) -> tuple[int, Mapping[str, Array]]:
        """Quantities at many points, over one row of patterns or a row for each."""
        weights = {**self.held, **self.context.evaluator.split(points)} if self.names else dict(self.held)
        with np.errstate(all="ignore"):
            return max(len(points), len(rows)), self.context.loaded.evaluate_each(weights, rows, names)

    def goals(self, points: Array, rows: Rows) -> Array:
        """The goal at each point; one point stands for as many as there are rows."""
        if not (len(points) and len(rows)):
            return np.zeros(0)
        many, found = self.asked(points, rows, (self.context.program.objective,))
        return np.array(np.broadcast_to(found[self.context.program.objective], (many,)), np.float64)

    def slopes(self, points: Array, rows: Rows) -> Array:
        """Its slopes by the weights that are trained, (points, weights)."""
        if not self.names:
            return np.zeros((max(len(points), len(rows)), 0))
        many, found = self.asked(points, rows, tuple(slope for _, slope in self.slots))
        parts = [np.asarray(found[slope], np.float64) for _, slope in self.slots]
        flat = [part.reshape(len(part) if part.ndim else 1, -1) for part in parts]
        return np.concatenate([np.broadcast_to(part, (many, part.shape[1])) for part in flat], axis=1)

    def own(self, theta: Array, row: int) -> float:
        if self.owned is None:
            return math.nan
        _, found = self.asked(theta[None, :], np.array([[row]], np.int64), (self.owned.adjoint,))
        return float(np.ravel(found[self.owned.adjoint])[0])

    def onward(self, steps: int) -> Array:
        """The last weights, and those after each of so many steps more by the run's own rule; it ends early where the
        numbers are no longer finite, and rests where nothing changes."""
        context = self.context
        record = context.run.trace.record
        last = {name: np.asarray(values[-1]) for name, values in record.weights.items()}
        states = {name: np.asarray(values[-1]) for name, values in record.states.items()}
        state = State(weights=last, states=states, step=context.run.steps)
        parts = [context.end[None, :]]
        for chunk in drive(context.loaded, context.run.recipe.order, state, context.run.steps + steps):
            if len(chunk.steps):
                found = {name: np.asarray(values, np.float64) for name, values in chunk.weights.items()}
                parts.append(np.array([
                    context.vector({name: values[row] for name, values in found.items()})
                    for row in range(len(chunk.steps))
                ]))  # fmt: skip
            if chunk.converged:
                short = 1 + steps - sum(map(len, parts))
                parts.append(np.repeat(parts[-1][-1:], short, axis=0))
        return np.concatenate(parts)

    # ---- what is known beforehand --------------------------------------------------------------------------------

    @cached_property
    def owned(self) -> Owned | None:
        """Where each chain has one path, whatever the numbers, and all leave the error by one quantity: that, and its
        adjoint."""
        context, error = self.context, self.context.model.goal.each
        if context.reduced is None or not context.plain or not self.slots:
            return None
        reads = {
            key(line.target): {one.wrt[0].name for one in nodes(line.body) if isinstance(one, Derivative)}
            for line in context.program.phases["adjoint"]
        }
        left = set()
        for name, slope in self.slots:
            while reads.get(slope, set()) != {error}:
                if len(reads.get(slope, ())) != 1:
                    return None
                [name] = reads[slope]
                slope = context.program.gradient(name)
            left.add(name)
        [name, *more] = left
        return None if more or name in dict(self.slots) else Owned(name, context.program.gradient(name))

    @cached_property
    def fixed(self) -> dict[str, Any]:
        """What needs the model and its data alone."""
        context = self.context
        steps = STEPS if context.evaluator.width(self.patterns, False, True) * 3 < MOST_NUMBERS else FEW_STEPS
        return {
            "weights": float(len(self.names)), "patterns": float(self.patterns), "sense": float(self.sense),
            "trial_steps": float(steps), "chained": float(self.owned is not None),
            "own_name": f"∂{context.goal_name}/∂{pretty(self.owned.quantity)}" if self.owned else "",
            "error": context.goal_name, "total": self.total, "rate_name": context.rate_name,
            "op": context.naming.minus, "bare": float(context.bare),
        }  # fmt: skip

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What claims know without looking."""
        context, k, run = self.context, self.k, self.context.run
        rate = math.nan if run.rate is None else float(run.rate)
        stepped = k < len(self.path) - 1
        rows = np.array(context.rows(k), np.float64)
        return {
            **self.fixed,
            "k": float(k), "step": float(k + 1), "steps": float(run.steps), "stepped": float(stepped), "rate": rate,
            "trial_rate": rate if rate > 0 else 0.1, "plain": float(context.rate is not None),
            "boxed": float(context.boxed), "pass": float(run.recipe.order.pass_length), "rows": rows,
            "all": np.arange(self.patterns, dtype=np.float64), "pattern": float(rows[0]), "visited": float(len(rows)),
            "at": np.asarray(self.path[k]), "after": np.asarray(self.path[k + stepped]), "start": self.start,
            "end": np.asarray(self.path[-1]), "way": self.path, "bottom": self.low, "ceiling": self.high,
            "left": float(run.departure is not None),
            "left_step": math.nan if run.departure is None else float(run.departure.step),
        }  # fmt: skip


def whole(context: Context) -> bool:
    """Whether every step of the run was recorded, without which a position is none of its rows."""
    return bool(np.array_equal(context.steps, np.arange(len(context.steps))))
