"""A run → the same training at many rates, and from many starts of one weight: when each learned, and how it ended.

The trainings are those of the run itself in rule, order, boxes and numerics; they are made side by side, by the native
engine. Two states of the program watch the error over all patterns before each step and change no bit of a training.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array, Bound
from chainrule.explain.measure.context import Context
from chainrule.expr.nodes import Bracket, Cond, Equation, Ref, number
from chainrule.program.program import STEP, Program, Symbol
from chainrule.train.format import fitted
from chainrule.values import dataclass

if TYPE_CHECKING:
    from chainrule.engines.native.many import LoadedMany

LEVEL, REACHED, BEST = "sweep.level", "sweep.reached", "sweep.best"
"""No name of a text has a dot."""

Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Trained:
    """What came of trainings, one place each.

    ``learned`` is after how many steps the error was first at the level or better, −1 where it never was, or where it
    was not at the end; ``left`` the step in which a training left the finite numbers, 0 where it did not; ``best`` the
    best error before any step or at the end, ``error`` that at the end.
    """

    learned: Whole
    left: Whole
    best: Array
    error: Array


class Sweep:
    """The run's program ready for trainings side by side."""

    def __init__(self, context: Context) -> None:
        from chainrule.engines.native.many import LoadedMany

        self.context, self.order = context, context.run.recipe.order
        program, bound = watching(context)
        self.rate = context.program.rate or ""
        visited = self.order.width or self.order.patterns
        self.many: LoadedMany = LoadedMany(program, bound, (self.rate, LEVEL), None, None, visited)
        tape = self.many.reference.recording(visited).tape
        self.work = int(sum(np.prod(tape.shape(slot), dtype=np.int64) for slot in range(len(tape.axes))))

    def run(self, rates: Array, steps: int, level: float, starts: tuple[int, Array] | None = None) -> Trained:
        """Train at each of the rates; ``starts`` are an entry of the weights and its value at the start of each."""
        from chainrule.engines.native.run_status import Ended
        from chainrule.train.ensemble import begin, follow

        context, many, runs = self.context, self.many, len(rates)
        theta = np.repeat(context.start[None, :], runs, axis=0)
        if starts is not None:
            theta[:, starts[0]] = starts[1]
        own = {self.rate: np.asarray(rates, np.float64), LEVEL: np.full(runs, level)}
        held = {name: np.repeat(np.asarray(context.run.start[name])[None], runs, axis=0)
                for name in (symbol.name for symbol in context.program.weights)}  # fmt: skip
        begun: dict[str, Array] = {**held, **context.evaluator.split(theta)}
        for symbol in many.program.states:
            shape = many.layout.shapes[symbol.name]
            value = begin(many.program, symbol.name, many.bound, own, runs)
            begun[symbol.name] = np.broadcast_to(value.reshape(runs, *[1] * len(shape)), (runs, *shape))
        ensemble = many.ensemble(fitted(begun, many.bound.numerics), own)
        with np.errstate(all="ignore"):
            follow(many, ensemble, self.order, steps)
            error = many.evaluate(ensemble, (context.program.objective,))[context.program.objective]
            parts = many.layout.parts(ensemble.rows)
            return self.trained(
                ensemble.ended == Ended.LEFT, ensemble.steps, parts[REACHED].ravel(), parts[BEST].ravel(), error, level
            )

    def trained(
        self, left: NDArray[np.bool_], made: Whole, reached: Array, best: Array, error: Array, level: float
    ) -> Trained:
        """What the watching states say, with the error at the end."""
        sense = self.context.sense
        good = (sense * (error - level) <= 0) & ~left
        learned = np.where(good, np.where(reached > 0, reached - 1, made), -1).astype(np.int64)
        before = np.where(made > 0, best, error)
        better = (sense * (error - before) < 0) & ~left
        return Trained(learned, np.where(left, made + 1, 0), np.where(better, error, before), error)


def watching(context: Context) -> tuple[Program, Bound]:
    """The program with states for when the error was good enough, and for the best there was; and what it reads."""
    from chainrule.maps.watching import OWN, Watched, copied

    program, bound = context.program, context.run.recipe.bound
    every = context.run.recipe.order.batch == "all"
    whole = Watched(program, {}, {}) if every else copied(program, bound)
    error = Ref(program.objective if every else OWN + program.objective)
    least = context.sense > 0
    step, reached, best = Ref(STEP), Ref(REACHED), Ref(BEST)
    good = Bracket("<=" if least else ">=", error, Ref(LEVEL))
    better = Bracket("<" if least else ">", error, best)
    here = Cond(good, step, number(0))
    first = Bracket("==", step, number(1))
    lines = (
        Equation(reached, Cond(Bracket(">", reached, number(0)), reached, here)),
        Equation(best, Cond(first, error, Cond(better, error, best))),
    )
    inner = whole.program
    longer = replace(
        inner,
        consts=(*inner.consts, Symbol(LEVEL)),
        states=(*inner.states, Symbol(REACHED), Symbol(BEST)),
        watching=(*inner.watching, REACHED, BEST),
        phases={**inner.phases, "update": (*inner.phases["update"], *lines)},
    )
    values: Mapping[str, Array] = {**bound.values, **whole.values, LEVEL: np.array(0.0)}
    return longer, replace(bound, values=values, ranges={**bound.ranges, **whole.ranges})
