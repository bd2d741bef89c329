"""The arguments of a call about one point → the patterns and the values of the weights there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from chainrule import data as patterns_of
from chainrule.api import arguments
from chainrule.engines.protocol import Array, Bound
from chainrule.errors import DataError, UsageError
from chainrule.notation.names import ascii as ascii_name
from chainrule.train.prepare import seeded
from chainrule.train.recipe import fingerprint
from chainrule.train.run import Run
from chainrule.values import dataclass

if TYPE_CHECKING:
    from chainrule.api.model import Model
    from chainrule.data.reading import HowRead


@dataclass(frozen=True)
class Point:
    """Patterns with consts, the weights, and what was chosen unasked."""

    bound: Bound
    weights: Mapping[str, Array]
    notes: tuple[str, ...] = ()


def same_data(model: Model, run: Run, consts: Mapping[str, object], seed: int) -> None:
    """An error where a run was trained on other data than the model's own: with other consts they are needed again."""
    try:
        own = model._patterns(None, consts, seeded(seed), allow_missing_targets=True).values
    except DataError:
        own = {}
    if not run.data.keys() <= own.keys() or fingerprint(own, run.data) != run.data_hash:
        problem = "the run was trained on data of its call, and with other consts they are read again"
        raise UsageError("E452", problem, "give data= as the training had it")


def carried(model: Model, weights: object) -> dict[str, range]:
    """The letter sets of weights that are given, with their values: they say sizes that the new data may not have."""
    found: dict[str, range] = {}
    given = {ascii_name(str(name)): value for name, value in weights.items()} if isinstance(weights, Mapping) else {}
    for weight in model.network.named("weight"):
        sets = [group.name for letter in weight.letters if (group := model.network.set_of(letter)) is not None]
        if isinstance(weights, Run):
            found |= {name: weights.recipe.ranges[name] for name in sets}
        elif isinstance(value := given.get(weight.name), np.ndarray) and value.ndim == len(sets):
            found |= {name: range(1, size + 1) for name, size in zip(sets, value.shape, strict=True)}
    return found


def point(
    model: Model,
    weights: object,
    data: object,
    consts: Mapping[str, object] | None,
    seed: int,
    how: HowRead | None = None,
    *,
    loose: bool = False,
) -> Point:
    """The end of a run on its own patterns, or weights as `evaluate` takes them; on other data if that is given.

    The consts are those of the run where the call gives no others. ``loose`` lets targets be missing.
    """
    consts = arguments.mapping("consts", consts)
    sizes = carried(model, weights)
    if isinstance(weights, Run):
        model.owns(weights)
        if data is None and consts is None and not how:
            return Point(weights.recipe.bound, weights.weights)
        own = [quantity.name for quantity in model.network.named("const")]
        kept = {name: value for name, value in weights.consts.items() if name in own}
        given = {ascii_name(name): value for name, value in (consts or {}).items()}
        if data is None:
            same_data(model, weights, kept, seed)
        weights, consts = dict(weights.weights), kept | given
    seed = seeded(seed)
    patterns = model._patterns(data, consts, seed, how, allow_missing_targets=loose, sizes=sizes)
    chosen = arguments.starts(weights)
    starts = patterns_of.starts(model.network, consts, seed, chosen, ranges=patterns.ranges)
    bound = Bound(patterns.values, patterns.ranges, patterns.patterns)
    return Point(bound, starts.weights, (*patterns.notes, *starts.notes))
