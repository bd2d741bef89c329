"""What a training was asked for → what it is made of: a recipe, a state to begin with, and what has to be said."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from chainrule.data import Patterns, Starts
from chainrule.engines.protocol import Array, State
from chainrule.errors import UsageError, shown
from chainrule.model.model import Model
from chainrule.notation.names import pretty
from chainrule.numbers.evaluate import evaluate
from chainrule.program.program import Program
from chainrule.train.default_batch import default, other_goals, whole_goal
from chainrule.train.format import fits, fitted
from chainrule.train.order import Batch, order, whole
from chainrule.train.recipe import Recipe
from chainrule.train.run import count
from chainrule.train.validation import held_of
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Prepared:
    """A training before its first step. Its recipe names no engine yet."""

    recipe: Recipe
    state: State
    notes: tuple[str, ...]


def prepare(
    model: Model,
    program: Program,
    patterns: Patterns,
    start: Starts | Mapping[str, Array],
    batch: Batch | None,
    steps: int,
    rate: float | None,
    seed: int,
    record: int,
    update: str | None,
    numerics: str,
) -> Prepared:
    """The training that is asked for; the errors are those of `train.train`."""
    visiting = order(default(program, batch), patterns.patterns, seeded(seed))
    first = whole_goal(program, patterns.patterns) if batch is None else other_goals(program, visiting)
    steps, every = count(steps), count(record)
    if not every:
        raise UsageError("E353", "record=0 would record nothing", "write 1 to record every step, N for every N-th")
    values, rate, said = rated(program, patterns.values, rate)
    weights = start.weights if isinstance(start, Starts) else start
    recipe = Recipe(
        text=model.source.text,
        source=model.source.name,
        update=update,
        hold=program.held,
        order=visiting,
        steps=steps,
        record=every,
        rate=rate,
        engine="",
        numerics=numerics,
        origin=patterns.origin,
        values=values,
        ranges=dict(patterns.ranges),
        scales=dict(patterns.scales),
        held=held_of(patterns, program),
    )
    for name, value in values.items():
        fits(name, value, recipe.bound.numerics)
    notes = (*first, *patterns.notes, *(start.notes if isinstance(start, Starts) else ()), *said)
    return Prepared(recipe, beginning(program, recipe, weights), notes)


def rated(
    program: Program, values: Mapping[str, Array], rate: float | None
) -> tuple[dict[str, Array], float | None, list[str]]:
    """The values with the rate among them, the rate, and what has to be said of it."""
    name = program.rate
    consts = {default: np.asarray(float(value)) for default, value in program.defaults.items()} | dict(values)
    if name is None:
        if rate is None:
            return consts, None, []
        raise UsageError("E354", "no rule of this model reads a rate", "leave rate= out, or set the rule's own consts")
    if rate is None:
        chosen = float(consts[name])
        notes = [] if name in values else [f"no rate is given, so {pretty(name)} = {chosen}"]
    else:
        chosen, notes = number(rate), []
        consts[name] = np.asarray(chosen)
    if chosen < 0:
        notes.append(f"the rate {pretty(name)} = {chosen} is negative: each step goes the other way")
    if chosen == 0:
        notes.append(f"the rate {pretty(name)} is 0: no step changes anything")
    return consts, chosen, notes


def number(rate: object) -> float:
    """A finite number, or E354."""
    if not isinstance(rate, bool | np.bool_ | str | bytes):
        try:
            found = float(rate)  # type: ignore[arg-type]
        except (TypeError, ValueError, OverflowError):
            found = math.nan
        if math.isfinite(found):
            return found
    raise UsageError("E354", f"{shown(rate)} is not a rate", "write a finite number, such as rate=0.1")


def seeded(seed: object) -> int:
    """A seed, or E353."""
    found = whole(seed)
    if found is None or not 0 <= found < 2**32:
        raise UsageError("E353", f"{shown(seed)} is not a seed", f"write a whole number from 0 to {2**32 - 1}")
    return found


def beginning(program: Program, recipe: Recipe, start: Mapping[str, Array]) -> State:
    """The state before the first step: the starts of the weights, and of the learning rule's own states."""
    weights = {symbol.name: np.array(start[symbol.name], np.float64) for symbol in program.weights}
    numerics = recipe.bound.numerics
    states = {}
    for symbol in program.states:
        shape = [len(recipe.ranges[program.sets[letter]]) for letter in symbol.letters]
        states[symbol.name] = np.full(shape, first(program, symbol.name, recipe.values))
    return State(fitted(weights, numerics), fitted(states, numerics))


def first(program: Program, state: str, values: Mapping[str, Array]) -> float:
    """The number a state begins with, 0 unless the rule says another; E355 where it is not finite."""
    if state not in program.starts:
        return 0.0
    consts = {symbol.name: float(values[symbol.name]) for symbol in program.consts if not symbol.letters}
    found = float(evaluate(program.starts[state], consts))
    if not math.isfinite(found):
        name = pretty(state.partition(".")[0])
        raise UsageError("E355", f"the start of the state {name} is not a finite number", "write a finite start")
    return found
