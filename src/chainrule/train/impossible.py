"""What a file says of a run → nothing, or the reason why no training can have left it."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from chainrule.engines.protocol import Departure
from chainrule.program.program import Program
from chainrule.train.column import ranges, renamed
from chainrule.train.projection import Projection
from chainrule.train.recipe import Recipe
from chainrule.train.record import Block
from chainrule.train.trace import Trace

ENGINES = ("reference", "native")


class Foreign(Exception):
    """Something in a file is not what a run has there."""


def check_recipe(program: Program, recipe: Recipe) -> None:
    """There is a finite rate where a rule reads one; nothing stands there that the model has not got."""
    if recipe.engine not in ENGINES:
        raise Foreign("no engine of that name makes steps")
    if not 0 <= recipe.order.seed < 2**32:
        raise Foreign("its field 'seed' is not a seed")
    if (recipe.rate is None) != (program.rate is None) or not math.isfinite(recipe.rate or 0.0):
        raise Foreign("its field 'rate' is not a finite number, or no rule reads one")
    known = {symbol.name for symbol in program.data + program.targets + program.consts}
    for name in recipe.values:
        if name not in known:
            raise Foreign(f"its model has no data, target or const {name[:40]!r}")
    columns = {symbol.name for symbol in program.data + program.targets}
    for name in [*recipe.scales, *(recipe.held.values if recipe.held else ())]:
        if name not in columns:
            raise Foreign(f"its model has no data or target {name[:40]!r}")
    groups = set(program.sets.values())
    for name, values in recipe.ranges.items():
        if name not in groups and len(values) > 10**8:
            raise Foreign(f"the letter {name[:40]!r} has too many values")


def check_rows(block: Block, recipe: Recipe) -> None:
    """Each row but the last is one that was to be recorded, and every weight in it is a finite number."""
    if (block.steps[:-1] % recipe.record).any():
        raise Foreign(f"it was to record every {recipe.record}th step, and has others")
    for name, values in block.weights.items():
        if not np.isfinite(values).all():
            raise Foreign(f"the weight {name} is not finite in every row")


def check_departure(found: Departure | None, trace: Trace, program: Program, recipe: Recipe, ended: str) -> None:
    """A run leaves the finite numbers in the step after its last, in a quantity, pattern and entry that there is."""
    if found is None:
        return
    if ended != "left the finite numbers":
        raise Foreign("its field 'departure' does not go with how it ended")
    name = renamed(found.equation, program.objective, trace.goal)
    column = trace.quantities.get(name)
    if column is None or column.kind in ("step", "rows", "given", "held"):
        raise Foreign(f"its field 'departure' names no equation of its model: {found.equation[:40]!r}")
    letters = ranges(program, column, recipe.ranges)
    inside = all(0 <= place < len(letter) for place, letter in zip(found.entry, letters, strict=False))
    if len(found.entry) != len(letters) or not inside:
        raise Foreign(f"its field 'departure' names an entry that {name} has not got")
    if found.pattern is not None and not 0 <= found.pattern < recipe.order.patterns:
        raise Foreign(f"its field 'departure' names the pattern {found.pattern}, and there is none")
    if found.step != int(trace.steps[-1]) + 1:
        raise Foreign("its field 'departure' is not in the step after its last")


def check_projections(found: Iterable[Projection], program: Program, recipe: Recipe) -> None:
    """What was put back into its box is a weight, after steps that there are."""
    weights = {symbol.name for symbol in program.weights}
    for put in found:
        if put.weight not in weights or not 1 <= put.first <= put.last <= recipe.steps:
            raise Foreign("its field 'projections' is not a list of weight, first and last step")
