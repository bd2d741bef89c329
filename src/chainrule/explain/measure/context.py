"""A run and what several claims ask of it, each computed when it is first wanted.

Conventions. Vectors hold the entries of the trained weights in the order of ``names``: weight by weight, the last
letter fastest, ``W[2,1]`` with the values of its letters. Gradients are the engine's own, in exact numerics also where
the run was fused; goals that they are compared with come from `Evaluator`. ``sense`` is 1 where the goal is minimised
and −1 where it is maximised: a step goes along −sense·gradient, and "better" means sense·goal is smaller.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from chainrule.derive import Derivation, derive
from chainrule.engines.protocol import Array
from chainrule.engines.reference import REFERENCE
from chainrule.errors import DerivationError, UsageError
from chainrule.explain.evaluate.evaluator import Evaluator, Rows
from chainrule.explain.evaluate.prover import Prover
from chainrule.explain.evaluate.weight_entries import entries_of
from chainrule.explain.naming import DATA, LISTED, Naming, Pattern, Visit, WeightPoint, tuple_of
from chainrule.expr.entries import entry_text
from chainrule.expr.nodes import Reduce, Ref
from chainrule.notation.names import pretty
from chainrule.numbers.numerics import EXACT, NUMERICS
from chainrule.program.program import Symbol
from chainrule.train.run import Run
from chainrule.values import dataclass

Found = TypeVar("Found")

MOST_EXACT = 64
"""Weights whose second derivatives are all computed; of more, only what a few products with the Hessian tell."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One step of the run: the weights before and after, the patterns it visited, what the engine computed."""

    step: int  # from 1
    before: Array
    after: Array
    rows: tuple[int, ...]
    gradient: Array
    projected: bool

    @property
    def change(self) -> Array:
        return self.after - self.before

    @property
    def predicted(self) -> float:
        """What the slope alone predicts: g·Δθ."""
        return float(self.gradient @ self.change)


class Context:
    """What the claims share."""

    def __init__(self, run: Run, derivations: Sequence[Derivation] = ()) -> None:
        self.run = run
        self.derived: dict[str, Derivation | None] = {}
        self.take(derivations)
        self.model = run.model
        self.program = run.program
        self.bound = replace(run.recipe.bound, numerics=EXACT)
        self.loaded = run.loaded if run.recipe.numerics == EXACT.name else REFERENCE.load(run.program, self.bound)
        self.patterns = self.bound.patterns
        self.known: dict[Callable[[Context], Any], Any] = {}  # by the function that found it
        self.targets: dict[bytes, Array | None] = {}  # what Newton's method found from the end, by the weights it moved

    def take(self, derivations: Sequence[Derivation]) -> None:
        """Derivations that were made already."""
        self.derived |= {one.goal.wrt[0].name: one for one in derivations}

    def refuse_what_is_too_large(self) -> None:
        """Nothing, or E402 or E321: before anything that takes long is begun."""
        _ = self.entries, self.evaluator.operations

    # ---- names ---------------------------------------------------------------------------------------------------

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The entries of the weights that are trained: ``w``, ``W[2,1]``."""
        return tuple(entry_text(name, at) for name, at in self.entries)

    @cached_property
    def trained(self) -> tuple[Symbol, ...]:
        """The weights that are trained, each with its letters."""
        return tuple(symbol for symbol in self.program.weights if symbol.name not in self.program.held)

    @cached_property
    def entries(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """Of each entry the weight, and the values of its letters."""
        return entries_of(self.trained, self.program.sets, self.bound.ranges)

    @property
    def plain(self) -> bool:
        """Whether every quantity is one number, or one number a pattern: what exact bounds are made for."""
        return self.evaluator.plain

    @property
    def many(self) -> bool:
        """Whether there are too many weights for a whole matrix of second derivatives."""
        return len(self.names) > MOST_EXACT

    def agree(self, wanted: Array, got: Array, moved: Array) -> bool:
        """Whether the weights after a step are those that it should give, but for roundings of the run's numerics."""
        if NUMERICS[self.run.recipe.numerics].bits == 64:
            return bool(np.allclose(wanted, got, rtol=1e-12, atol=1e-300))
        return bool(np.allclose(wanted, got, rtol=1e-5, atol=1e-5 * float(np.abs(moved).max(initial=0.0))))

    def derivation(self, name: str) -> Derivation | None:
        """The derivation of ∂E/∂name; None where the goal is no number of the text that can be derived."""
        if name not in self.derived:
            try:
                self.derived[name] = derive(self.model, name)
            except (UsageError, DerivationError):
                self.derived[name] = None
        return self.derived[name]

    @cached_property
    def evaluator(self) -> Evaluator:
        held = {name: np.asarray(self.run.weights[name], dtype=np.float64) for name in self.program.held}
        return Evaluator(self.program, self.bound, self.names, held)

    @cached_property
    def prover(self) -> Prover:
        """The same on whole ranges of weights; it counts what it computes."""
        return Prover(self.evaluator)

    def weight(self, place: int) -> str:
        name, at = self.entries[place]
        return entry_text(pretty(name), at)

    def vector(self, weights: Mapping[str, Array]) -> Array:
        """Arrays by weight as one vector."""
        return np.concatenate([np.ravel(np.asarray(weights[symbol.name], np.float64)) for symbol in self.trained])

    @cached_property
    def reduced(self) -> str | None:
        """``mean`` or ``sum``, where the goal is just that of one number a pattern; None where it is more."""
        match self.model.goal.value:
            case Reduce("mean" | "sum" as operator, _, Ref(name)) if name == self.model.goal.each:
                return operator
        return None

    @property
    def goal_name(self) -> str:
        """How the goal over one pattern is called: E."""
        if self.reduced is not None and self.model.goal.each is not None:
            return pretty(self.model.goal.each)
        return pretty(self.model.goal.name) if self.model.goal.name in self.model.quantities else "goal"

    @cached_property
    def total_name(self) -> str:
        """How the goal over all patterns is called: ``mean E``, ``sum E``, or its own name."""
        return f"{self.reduced} {self.goal_name}" if self.reduced is not None and self.patterns > 1 else self.goal_name

    @property
    def rate_name(self) -> str:
        return pretty(self.program.rate or "alpha")

    @cached_property
    def slope_names(self) -> tuple[str, ...]:
        return tuple(map(self.naming.slope, range(len(self.names))))

    @cached_property
    def naming(self) -> Naming:
        """The names, for what is measured to carry along."""
        weights = tuple(map(self.weight, range(len(self.names))))
        return Naming(
            weights, self.goal_name, self.total_name, self.rate_name, self.sense, self.patterns, self.bare
        )

    def spot(self, theta: Array) -> WeightPoint:
        """A point, and when the run was there; of few weights that is not looked for, as they are listed."""
        if len(self.names) <= LISTED:
            return WeightPoint(tuple_of(theta), None)
        if np.array_equal(theta, self.start):
            return WeightPoint(tuple_of(theta), 0)
        met = np.flatnonzero((self.path == theta).all(axis=1))
        return WeightPoint(tuple_of(theta), int(self.steps[met[0]]) if len(met) else None)

    def pattern_at(self, row: int) -> Pattern:
        """A pattern with the data that it has to itself, where these are few numbers."""
        data = [
            (pretty(symbol.name), found)
            for symbol in (*self.program.data, *self.program.targets)
            if symbol.name in self.bound.values and (found := self.seen(symbol, row)) is not None
        ]
        return Pattern(row, tuple(data))

    def seen(self, symbol: Symbol, row: int) -> tuple[float, ...] | None:
        """The numbers of data for one pattern; None where it has many or none of its own."""
        axis = self.evaluator.pattern_axis(symbol)
        if axis is None:
            return None
        values = np.take(np.asarray(self.bound.values[symbol.name]), row, axis).ravel()
        return tuple_of(values) if len(values) <= DATA else None

    def visit(self, rows: tuple[int, ...]) -> Visit:
        """The patterns of a step."""
        return Visit(rows, self.pattern_at(rows[0]) if len(rows) == 1 else None)

    @property
    def bare(self) -> bool:
        """Whether the model has no data, so that there is no pattern to speak of."""
        return not (self.program.data or self.program.targets)

    # ---- the way of the run --------------------------------------------------------------------------------------

    @property
    def sense(self) -> int:
        return 1 if self.model.goal.sense == "minimise" else -1

    @cached_property
    def rate(self) -> float | None:
        """The rate of plain gradient descent; None under another learning rule."""
        plain = self.run.recipe.update is None and not self.model.rules
        return self.run.rate if plain else None

    @property
    def remembers(self) -> bool:
        """Whether the learning rule keeps anything from step to step, as momentum does."""
        return bool(self.run.program.states)

    @property
    def backwards(self) -> bool:
        """Whether the rate is negative, so that each step goes the way in which the goal gets worse."""
        return self.rate is not None and self.rate < 0

    @cached_property
    def trial_rate(self) -> float:
        """The rate to try steps with: that of the run, or 0.1."""
        rate = self.run.rate
        return rate if rate is not None and rate > 0 else 0.1

    @cached_property
    def path(self) -> Array:
        """The weights at each recorded step, (steps, weights)."""
        weights = self.run.trace.weights
        if not self.names:
            return np.zeros((len(self.steps), 0))
        count = len(self.steps)
        every = [np.asarray(weights[symbol.name], np.float64).reshape(count, -1) for symbol in self.trained]
        return np.concatenate(every, axis=1)

    @cached_property
    def steps(self) -> NDArray[np.int64]:
        return np.asarray(self.run.trace.steps)

    @property
    def start(self) -> Array:
        return np.asarray(self.path[0])

    @property
    def end(self) -> Array:
        return np.asarray(self.path[-1])

    @cached_property
    def box(self) -> tuple[Array, Array]:
        """The least and the greatest value of each weight, ±∞ where it has none."""
        low, high = np.full(len(self.names), -np.inf), np.full(len(self.names), np.inf)
        owners = np.array([name for name, _ in self.entries])
        for symbol in self.trained:
            for side, bound in zip((low, high), self.program.boxes.get(symbol.name, (None, None)), strict=True):
                if bound is not None:
                    side[owners == symbol.name] = self.evaluator.entries(bound, symbol)
        return low, high

    @property
    def boxed(self) -> bool:
        return bool(np.isfinite(self.box).any())

    def project(self, points: Array) -> Array:
        return np.asarray(np.clip(points, *self.box))

    def rows(self, step: int) -> tuple[int, ...]:
        """The patterns visited by the step that follows ``step`` steps."""
        return tuple(self.run.rows(step))

    # ---- what the engine says ------------------------------------------------------------------------------------

    def engine(self, theta: Array, rows: tuple[int, ...] | None = None) -> tuple[float, Array]:
        """Goal and gradient from the engine."""
        with np.errstate(all="ignore"):
            named = {symbol.name: self.program.gradient(symbol.name) for symbol in self.trained}
            wanted = (self.program.objective, *named.values())
            found = self.loaded.evaluate(dict(self.run.weights) | self.arrays(theta), rows, wanted)
        slopes = {weight: found[slope] for weight, slope in named.items()}
        return float(np.asarray(found[self.program.objective])), self.vector(slopes) if slopes else np.zeros(0)

    def arrays(self, theta: Array) -> dict[str, Array]:
        """A vector as one array for each weight."""
        return {name: part[0] for name, part in self.evaluator.split(theta[None, :]).items()}

    def gradient(self, theta: Array, rows: tuple[int, ...] | None = None) -> Array:
        return self.engine(theta, rows)[1]

    def error(self, theta: Array, rows: tuple[int, ...] | None = None) -> float:
        """The goal at one point, from the equations."""
        return float(self.evaluator.goal(theta[None, :], lane(rows))[0])

    # ---- what several claims look at -----------------------------------------------------------------------------

    @cached_property
    def moment(self) -> Moment | None:
        """The first step whose gradient is not zero: the one that is shown in full. None if there is none early on."""
        last = min(len(self.path) - 1, 2 * self.patterns + 2)
        for place in range(last):
            step = int(self.steps[place])
            if self.steps[place + 1] != step + 1:
                break
            rows = self.rows(step)
            gradient = self.gradient(self.path[place], rows)
            if np.any(gradient != 0) and np.all(np.isfinite(gradient)):
                after = self.path[place + 1]
                return Moment(step + 1, self.path[place], after, rows, gradient, self.touched(after))
        return None

    @cached_property
    def looked_at(self) -> tuple[Array, int]:
        """Where one pattern is looked at: at the first step that moves a weight, the first one in it that pulls."""
        moment = self.moment
        if moment is None:
            return self.start, 0
        rows = np.array(moment.rows, dtype=np.int64)
        pulls = self.evaluator.gradient(np.repeat(moment.before[None, :], len(rows), axis=0), rows[:, None])
        return moment.before, int(rows[int(np.argmax(np.any(pulls != 0, axis=1)))])

    def touched(self, after: Array) -> bool:
        """Whether a step ends on a bound of the box: it may have been put back."""
        return bool(np.any(((after == self.box[0]) | (after == self.box[1])) & np.isfinite(after)))

    def once(self, found: Callable[[Context], Found]) -> Found:
        """What a function finds of this run, found when it is first wanted."""
        if found not in self.known:
            self.known[found] = found(self)
        return self.known[found]  # type: ignore[no-any-return]

    @cached_property
    def pulls(self) -> tuple[Array, NDArray[np.int64]]:
        """The gradient of each pattern alone at the start, (patterns, weights), and the numbers of those patterns."""
        chosen = np.arange(self.patterns)
        most = max(20, min(2000, 4_000_000 // max(1, len(self.names))))
        if self.patterns > most:
            chosen = np.linspace(0, self.patterns - 1, most).astype(np.int64)
        points = np.repeat(self.start[None, :], len(chosen), axis=0)
        return self.evaluator.gradient(points, chosen[:, None]), chosen

    def hessian(self, theta: Array) -> Array:
        """Second derivatives over all patterns."""
        return np.asarray(self.hessians(theta[None, :])[0])

    def hessians(self, points: Array, rows: Rows | None = None) -> Array:
        """Second derivatives at points, (points, weights, weights), by complex steps through the gradient equations:
        they cancel nothing, and at a kink are those of the side that the rule takes."""
        count, size = points.shape
        every = self.products(np.repeat(points, size, axis=0), np.tile(np.eye(size), (count, 1)), rows)
        found = every.reshape(count, size, size)
        return np.asarray((found + found.transpose(0, 2, 1)) / 2)

    def products(self, theta: Array, directions: Array, rows: Rows | None = None) -> Array:
        """The Hessian times directions of length 1, (directions, weights): Im ∇goal(θ + i·h·v)/h, h = 10⁻³⁰.
        ``theta`` and ``rows`` are a point and patterns for all directions, or one and a row of them for each."""
        step = 1e-30
        visited = np.repeat(rows[None, :], len(directions), axis=0) if rows is not None and rows.ndim == 1 else rows
        with np.errstate(all="ignore"):
            found = self.evaluator.gradient(theta + 1j * step * directions, visited).imag / step
        return np.where(np.abs(found) <= 1e-45, 0.0, found)  # h² times a fourth derivative is what is left of nothing


def rows_of(moment: Moment, lanes: int) -> Rows:
    """The patterns of the step, for every lane."""
    return np.repeat(np.array([moment.rows], dtype=np.int64), lanes, axis=0)


def lane(rows: tuple[int, ...] | None) -> Rows | None:
    """Rows as one lane has them."""
    return None if rows is None else np.array([rows], dtype=np.int64)
