"""A run with its derivations → what a page shows of it: quantities with their lines, entries of weights, numbers at a
position.

Conventions. A key names a quantity as the program does (``y_hat``, ``∂goal/∂w``); ``q`` is how a reader sees it (``ŷ``,
``∂E/∂w``). Behind a step a key has a prime: ``w'``. The position k is the weights after k steps and the step that
follows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from chainrule.derive import Derivation
from chainrule.engines.protocol import Array
from chainrule.engines.reference import REFERENCE
from chainrule.errors import UsageError
from chainrule.explain.figures.outputs import pairs
from chainrule.explain.measure.context import Context
from chainrule.expr.nodes import Equation, Mul, Reduce, Ref, key
from chainrule.notation.names import pretty
from chainrule.page.watched import Watched, watched
from chainrule.program.extents import axes, bases, extents
from chainrule.program.parts import of_the_text
from chainrule.program.program import NEW, Program
from chainrule.train.run import Run
from chainrule.values import dataclass

FORWARD, ERROR, BACKWARD, UPDATE = 1, 2, 3, 4
"""In which phase of a step a number is made; 0 is given."""

STRONGEST = 200
"""So many patterns at most are tried for the one with the largest slope."""


COLUMNS = 4
"""So many columns of data say which pattern it is."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One number of a weight: as it is written, its key, its place in the weight, and among all weights and states."""

    q: str
    key: str
    place: int
    at: int
    box: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Moment:
    """The numbers at a position. ``values`` are those of the shown pattern, ``used`` those over the patterns of the
    step, ``raw`` the weights and states that the step gives before boxes act; None where it is not finite."""

    k: int
    rows: tuple[int, ...]
    shown: int
    values: Mapping[str, Array]
    used: Mapping[str, Array]
    before: Mapping[str, Array]
    after: Mapping[str, Array] | None
    boxed: frozenset[str]


class Subject:
    """What a page is about."""

    def __init__(self, run: Run, derivations: Sequence[Derivation] = ()) -> None:
        self.run, self.derivations = run, tuple(derivations)
        self.context = Context(run, derivations)
        self.model, self.bound = run.model, self.context.bound
        self.watched: Watched = watched(run.model, run.program, derivations)
        self.program: Program = self.watched.program
        self.loaded = REFERENCE.load(self.program, self.bound)
        self.axes = axes(self.program)
        self.goal = self.context.goal_name
        self.patterns = self.bound.patterns

    # ---- names

    def q(self, key: str) -> str:
        """A key as a reader sees it."""
        new = key.endswith(NEW)
        key = key.removesuffix(NEW)
        start = f"∂{self.program.objective}/∂"
        name = f"∂{self.goal}/∂{pretty(key.removeprefix(start))}" if key.startswith(start) else pretty(key)
        return f"{name}′" if new else name

    @cached_property
    def each(self) -> str:
        """The key of the error of one pattern, or of the goal where it is not made of such."""
        return self.model.goal.each or self.program.objective

    @property
    def together(self) -> bool:
        """Whether the patterns of a step have one goal that is made of no errors of their own."""
        return self.model.goal.each is None and self.run.recipe.order.width != 1

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Every number of the weights that are trained."""
        found, start = list[Entry](), 0
        names = iter([self.context.weight(k) for k in range(len(self.context.names))])
        low, high = self.context.box
        number = 0
        for symbol in self.program.weights:
            size = int(np.size(self.run.start[symbol.name]))
            for place in range(size) if symbol.name not in self.program.held else ():
                ends = float(low[number]), float(high[number])
                box = None if ends == (-np.inf, np.inf) else ends
                found.append(Entry(next(names), symbol.name, place, start + place, box))
                number += 1
            start += size
        return tuple(found)

    @cached_property
    def answers(self) -> list[tuple[str, str]]:
        """Computed quantities, with the targets that the error compares them with."""
        try:
            return [(name, target.name) for name, target in pairs(self.context) if target is not None]
        except UsageError:
            return []

    @cached_property
    def columns(self) -> list[str]:
        """Data and targets of one number a pattern that say which pattern it is; none where they are many."""
        found = [
            symbol.name
            for symbol in (*self.program.data, *self.program.targets)
            if symbol.name in self.bound.values and symbol.letters == (self.program.pattern,)
        ]
        return found if len(found) <= COLUMNS else []

    @cached_property
    def targets(self) -> frozenset[str]:
        return frozenset(symbol.name for symbol in self.program.targets)

    @cached_property
    def follows(self) -> bool:
        """Whether a step is the rate times the slope, and nothing else."""
        return self.context.rate is not None

    @cached_property
    def plain_too(self) -> bool:
        """Whether plain descent can be chosen in place of the rule of the training."""
        rate = self.program.rate
        return self.context.rate is None and rate is not None and self.size(rate) == 1

    @cached_property
    def factors(self) -> frozenset[tuple[str, str]]:
        """Pairs of a column and a weight of whose slope the column is a factor."""
        found = set()
        for name in {entry.key for entry in self.entries}:
            line = self.slopes.get(name)
            body = line.body if line is not None else None
            while isinstance(body, Reduce):
                body = body.body
            if isinstance(body, Mul):
                found |= {(one.name, name) for one in body.args if isinstance(one, Ref) and one.name in self.columns}
        return frozenset(found)

    def phase(self, name: str) -> int:
        """In which phase a quantity is made."""
        if name.endswith(NEW):
            return UPDATE
        for phase, lines in self.program.phases.items():
            if phase in ("forward", "error", "adjoint") and any(key(line.target) == name for line in lines):
                return {"forward": FORWARD, "error": ERROR, "adjoint": BACKWARD}[phase]
        return 0

    @cached_property
    def lines(self) -> dict[str, Equation]:
        """The equations of the text by key, as far as a step needs them, in the order in which they are computed."""
        found: dict[str, Equation] = {}
        for line in (*self.program.phases["forward"], *self.program.phases["error"]):
            name = key(line.target)
            written = self.model.equation(name)
            if written is not None and name not in self.model.watched and of_the_text(name):
                found.setdefault(name, written)
        return found

    @cached_property
    def slopes(self) -> dict[str, Equation]:
        """The equations of the slopes by the key of the quantity, users before makers; that of the error is 1."""
        start = f"∂{self.program.objective}/∂"
        found: dict[str, Equation] = {}
        for line in self.run.program.phases["adjoint"]:
            name = key(line.target).removeprefix(start)
            if name in self.model.quantities and name != self.model.goal.each:
                found.setdefault(name, line)
        return found

    def size(self, name: str) -> int:
        """How many numbers a quantity has for one pattern."""
        return int(np.prod(self.shape(name), dtype=np.int64))

    def shape(self, name: str) -> tuple[int, ...]:
        """The lengths of its axes, that of the patterns left out."""
        name = name.removesuffix(NEW)
        letters = self.axes.get(name)
        if letters is None:
            return ()
        found = extents(self.program, letters, bases(self.program).get(name, ()), self.bound.ranges)
        return tuple(map(len, found))

    # ---- numbers

    @cached_property
    def path(self) -> Mapping[str, Array]:
        """Weights and states after each recorded step."""
        return {**self.run.trace.weights, **self.run.trace.states}

    def weights(self, k: int) -> dict[str, Array]:
        return {name: values[k] for name, values in self.run.trace.weights.items()}

    def evaluated(self, weights: Mapping[str, Array], rows: Sequence[int] | None = None) -> dict[str, Array]:
        """Every quantity at weights, over some patterns; of one pattern without its axis."""
        with np.errstate(all="ignore"):
            found: dict[str, Any] = self.loaded.evaluate(weights, rows)
        for symbol in self.program.symbols():
            if symbol.name in self.bound.values:
                found[symbol.name] = self.given(symbol.name, rows)
        found |= weights
        if rows is None or len(rows) != 1:
            return {name: np.asarray(value) for name, value in found.items()}
        return {name: self.alone(name, np.asarray(value)) for name, value in found.items()}

    def given(self, name: str, rows: Sequence[int] | None) -> Array:
        letters, value = self.axes[name], np.asarray(self.bound.values[name], np.float64)
        if rows is None or self.program.pattern not in letters:
            return value
        return np.take(value, list(rows), axis=letters.index(self.program.pattern))

    def among(self, found: Mapping[str, Array], place: int) -> dict[str, Array]:
        """Of quantities over several patterns those of one."""
        own = dict(found)
        for name, value in found.items():
            letters = self.axes.get(name, ())
            if self.program.pattern in letters and np.ndim(value) == len(letters):
                own[name] = np.take(value, place, letters.index(self.program.pattern))
        return own

    def alone(self, name: str, value: Array) -> Array:
        letters = self.axes.get(name, ())
        return np.take(value, 0, letters.index(self.program.pattern)) if self.program.pattern in letters else value

    @property
    def steps(self) -> int:
        return self.run.steps

    @cached_property
    def opening(self) -> int:
        """The first step that moves a weight, as a position; 0 where none does."""
        moment = self.context.moment
        return moment.step - 1 if moment is not None else 0

    def moment(self, k: int) -> Moment:
        """The numbers at a position."""
        rows, weights = self.run.recipe.order.rows(k), self.weights(k)
        shown = rows[0] if len(rows) == 1 else self.strongest(weights, rows)
        put = {one.weight for one in self.run.projections if one.first <= k + 1 <= one.last}
        with np.errstate(all="ignore"):
            after = {name: values[0] for name, values in self.stepped(k).items()}
        finite = all(np.isfinite(value).all() for value in after.values())
        states = {name: values[k] for name, values in self.run.trace.states.items()}
        used = self.evaluated(weights, rows)
        own = self.among(used, rows.index(shown)) if self.together else self.evaluated(weights, [shown])
        return Moment(
            k,
            rows,
            shown,
            {**own, **states},
            used,
            weights,
            after if finite else None,
            frozenset(put),
        )

    def stepped(self, k: int) -> Mapping[str, Array]:
        """Weights one step after position k."""
        if k < self.steps:
            return {name: values[k + 1 : k + 2] for name, values in self.path.items()}
        from chainrule.engines.protocol import States

        states = States(
            {name: values[k : k + 1] for name, values in self.run.trace.weights.items()},
            {name: values[k : k + 1] for name, values in self.run.trace.states.items()},
            np.array([k]),
        )
        return self.loaded.step_each(states, np.array([self.run.recipe.order.rows(k)], np.int64))

    def strongest(self, weights: Mapping[str, Array], rows: Sequence[int]) -> int:
        """Of some patterns the one with the largest slope of any weight; the first where there are many."""
        best, most = rows[0], -1.0
        for row in rows if len(rows) <= STRONGEST else ():
            found = self.evaluated(weights, [row])
            size = max(
                (float(np.max(np.abs(found[self.program.gradient(one.key)]))) for one in self.entries), default=0
            )
            if size > most:
                best, most = row, size
        return best
