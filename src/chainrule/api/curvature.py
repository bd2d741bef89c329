"""A model and weights → how its goal bends there, with every argument read as a user may give it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from chainrule.api import arguments
from chainrule.api.point import point
from chainrule.data.reading import HowRead
from chainrule.errors import UsageError, shown
from chainrule.notation.names import pretty
from chainrule.train.curvature import Curvature, ends
from chainrule.train.hessian_products import bend
from chainrule.train.prepare import seeded
from chainrule.train.values import Values

if TYPE_CHECKING:
    from chainrule.api.model import Model
    from chainrule.train.run import Run


def curvature(
    model: Model,
    weights: Run | Mapping[str, object] | str | os.PathLike[str] | None,
    data: object,
    consts: Mapping[str, object] | None,
    along: Mapping[str, object] | None,
    seed: int,
    how: HowRead,
) -> Curvature:
    """See `Model.curvature`."""
    seed = seeded(seed)
    if not model.weights:
        raise UsageError("E453", "the model has no weight", "declare one: weight w := 0.5")
    place = point(model, weights, data, consts, seed, how)
    at = bend(model.network, place.bound, place.weights)
    found = ends(at, seed)
    if along is None:
        return found
    named = {model._quantity(name): value for name, value in (arguments.mapping("along", along) or {}).items()}
    for name, value in named.items():
        if name not in at.weights:
            known = ", ".join(map(pretty, model.weights))
            raise UsageError("E456", f"{pretty(name)} is no weight", f"the weights are {known}")
        shape, wanted = shape_of(value), np.shape(at.weights[name])
        if shape not in ((), wanted):
            problem = f"the direction of {pretty(name)} is {shown(value)}" + (f" of shape {shape}" if shape else "")
            raise UsageError("E452", problem, f"give numbers in the shape of the weight, {wanted}, or one number")
    product, slope = at.along(at.vector(named))
    return replace(found, slope=slope, product=Values(at.parts(product)))


def shape_of(value: object) -> tuple[int, ...] | None:
    """The shape of finite numbers; None for anything else."""
    try:
        numbers = np.asarray(value, float)
    except (TypeError, ValueError):
        return None
    return numbers.shape if np.isfinite(numbers).all() else None
