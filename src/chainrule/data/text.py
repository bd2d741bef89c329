"""A start in the text → its numbers: written values, and draws that depend on seed, name and position alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np

from chainrule.data.table import Array
from chainrule.errors import DataError
from chainrule.model.constants import entries_of
from chainrule.model.letters import free
from chainrule.model.model import Model, Quantity
from chainrule.notation.names import pretty
from chainrule.notation.statements import Drawn
from chainrule.numbers.evaluate import evaluate
from chainrule.numbers.random import normal, uniform
from chainrule.numbers.world import Setting


def draw(
    model: Model, quantity: Quantity, drawn: Drawn, values: Mapping[str, Any], setting: Setting, seed: int
) -> Array:
    """An array drawn from a distribution; entry k, in row order, is a function of (seed, name, k).

    Error E226: a deviation below 0, or a range that ends before it begins.
    """
    shape = tuple(len(setting.range(letter)) for letter in quantity.letters)
    count = entries_of(quantity, setting)
    name = quantity.name
    if drawn.distribution == "zeros":
        return np.zeros(shape)
    if drawn.distribution == "glorot":
        # Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks, AISTATS 2010
        bound = math.sqrt(6.0 / (shape[0] + shape[1]))
        return np.array([(2.0 * uniform(seed, name, k) - 1.0) * bound for k in range(count)]).reshape(shape)
    entries = np.empty(count)
    fixed = not any(free(one) for one in drawn.arguments)
    a, b = 0.0, 0.0
    for k, place in enumerate(product(*(setting.range(letter) for letter in quantity.letters))):
        if k == 0 or not fixed:
            letters = dict(zip(quantity.letters, place, strict=True))
            a, b = (float(evaluate(one, values, setting=setting, letters=letters)) for one in drawn.arguments)
        if not (math.isfinite(a) and math.isfinite(b)) or (b < 0 if drawn.distribution == "normal" else b < a):
            problem = f"{pretty(name)} cannot be drawn from {drawn.distribution}({a:g}, {b:g})"
            help = "a deviation is at least 0" if drawn.distribution == "normal" else "write the smaller number first"
            raise DataError("E226", problem, help, model.source, drawn.span)
        entries[k] = (
            a + b * normal(seed, name, k) if drawn.distribution == "normal" else a + (b - a) * uniform(seed, name, k)
        )
    return entries.reshape(shape)
