"""Patterns that no step visits, and the goal over them: what a run knows of data that it was not trained on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from chainrule.data import Patterns
from chainrule.engines.protocol import Array, Bound
from chainrule.engines.reference import REFERENCE, LoadedReference
from chainrule.model.model import Model
from chainrule.program.program import Program
from chainrule.train.column import TraceColumn
from chainrule.values import dataclass

if TYPE_CHECKING:
    from chainrule.train.reading import Places
    from chainrule.train.recipe import Recipe
    from chainrule.train.trace import Trace

LOOKED = 129
"""Recorded steps at which the held-out error is computed at once for the sentence on it."""


@dataclass(frozen=True, slots=True)
class Held:
    """Data and targets of the patterns that are held out."""

    values: Mapping[str, Array]
    patterns: int
    origin: str


def held_of(patterns: Patterns, program: Program) -> Held | None:
    """What is held out of a training."""
    if patterns.held is None:
        return None
    names = [symbol.name for symbol in (*program.data, *program.targets)]
    values = {name: patterns.held.values[name] for name in names}
    return Held(values, patterns.held.patterns, patterns.held.origin)


def loaded(recipe: Recipe, program: Program) -> LoadedReference | None:
    """The program on the patterns that are held out; every engine gives the same bits."""
    if recipe.held is None:
        return None
    bound = recipe.bound
    values = {**recipe.values, **recipe.held.values}
    return REFERENCE.load(program, Bound(values, bound.ranges, recipe.held.patterns, bound.numerics))


def errors(trace: Trace, places: Places | None = None) -> Array:
    """The goal over the held-out patterns at places of the record, or at all of them."""
    reading = trace.reading
    if places is not None:
        return np.asarray(reading.take(places, HELD)["validation"])
    parts = [reading.take(np.arange(len(trace))[part], HELD)["validation"] for part in reading.parts(HELD)]
    return np.concatenate(parts)


def note_on_validation(trace: Trace, model: Model) -> tuple[str, ...]:
    """A sentence on the held-out error: how it ends and, where it was better before, when."""
    sense = 1 if model.goal.sense == "minimise" else -1
    if trace.held is None:
        return ()
    places, found = looked(trace, 0, len(trace) - 1)
    first, last = found[0], found[-1]
    ends = f"the held-out error goes from {first:.4g} to {last:.4g}"
    if not np.isfinite(found).all():
        return (ends,)
    best = int(np.argmin(sense * found))
    if not 0 < best < len(found) - 1 or not sense * (last - found[best]) > RISE * abs(found[best]):
        return (ends,)
    while places[best + 1] - places[best - 1] > 2:  # nearer, until the steps beside it are looked at
        places, found = looked(trace, int(places[best - 1]), int(places[best + 1]))
        best = min(max(1, int(np.argmin(sense * found))), len(found) - 2)
    word = "rises" if sense > 0 else "falls"
    return (f"{ends}; from step {trace.steps[places[best]]} on it {word}: there it is {found[best]:.4g}",)


def looked(trace: Trace, low: int, high: int) -> tuple[Places, Array]:
    """Some places of the record from one to another, and the held-out error there."""
    places = np.unique(np.linspace(low, high, min(high - low + 1, LOOKED)).astype(np.int64))
    return places, errors(trace, places)


RISE = 1e-3
"""How much of itself the held-out error has to rise for a sentence to say that it rises."""

HELD = {"validation": TraceColumn("held")}
