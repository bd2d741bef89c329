"""The arguments of a call about one point → the patterns and the values of the weights there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from chainrule import data as patterns_of
from chainrule.api import arguments
from chainrule.engines.protocol import Array, Bound
from chainrule.train.prepare import seeded
from chainrule.train.run import Run

if TYPE_CHECKING:
    from chainrule.api.model import Model


def point(
    model: Model, weights: object, data: object, consts: Mapping[str, object] | None, seed: int
) -> tuple[Bound, Mapping[str, Array]]:
    """The end of a run on its own patterns, or weights as `evaluate` takes them; on other data if that is given."""
    if isinstance(weights, Run):
        model.owns(weights)
        if data is None and consts is None:
            return weights.recipe.bound, weights.weights
        weights = dict(weights.weights)
    seed, consts = seeded(seed), arguments.named("consts", consts)
    patterns = model._patterns(data, consts, seed)
    chosen = arguments.starts(weights)
    starts = patterns_of.starts(model.network, consts, seed, chosen, ranges=patterns.ranges)
    return Bound(patterns.values, patterns.ranges, patterns.patterns), starts.weights
