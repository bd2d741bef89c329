"""Patterns that no step visits, and the goal over them: what a run knows of data that it was not trained on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from chainrule.data import Patterns
from chainrule.engines.protocol import Array, Bound
from chainrule.engines.reference import REFERENCE, LoadedReference
from chainrule.model.model import Model
from chainrule.program.program import Program
from chainrule.train.column import Column

if TYPE_CHECKING:
    from chainrule.train.recipe import Recipe
    from chainrule.train.trace import Trace

LOOKED = 129
"""Recorded steps at which the held-out error is computed for the sentence on it."""


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


def said(trace: Trace, model: Model) -> tuple[str, ...]:
    """A sentence on the held-out error: how it ends and, where it was better before, when."""
    sense = 1 if model.goal.sense == "minimise" else -1
    if trace.held is None:
        return ()
    places = np.unique(np.linspace(0, len(trace) - 1, min(len(trace), LOOKED)).astype(np.int64))
    errors = trace.reading.take(places, HELD)["validation"]
    first, last = errors[0], errors[-1]
    ends = f"the held-out error goes from {first:.4g} to {last:.4g}"
    if not np.isfinite(errors).all():
        return (ends,)
    best = int(np.argmin(sense * errors))
    if 0 < best < len(errors) - 1 and sense * (last - errors[best]) > RISE * abs(errors[best]):
        word = "rises" if sense > 0 else "falls"
        return (f"{ends}; from about step {trace.steps[places[best]]} on it {word}: there it is {errors[best]:.4g}",)
    return (ends,)


RISE = 1e-3
"""How much of itself the held-out error has to rise for a sentence to say that it rises."""

HELD = {"validation": Column("held")}
