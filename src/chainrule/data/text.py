"""A start in the text → its numbers: written values, and draws that depend on seed, name and position alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np

from chainrule.data.draws import entries as drawn_entries
from chainrule.data.table import Array
from chainrule.errors import DataError
from chainrule.model.constants import entries_of
from chainrule.model.letters import free
from chainrule.model.model import Model, Quantity
from chainrule.notation.names import pretty
from chainrule.notation.statements import Drawn
from chainrule.numbers.environment import Setting
from chainrule.numbers.evaluate import evaluate
from chainrule.numbers.random import Draw


def draw(
    model: Model, quantity: Quantity, drawn: Drawn, values: Mapping[str, Any], setting: Setting
) -> Draw | None:
    """How an array is drawn from a distribution of the text; None for zeros.

    Error E226: a deviation below 0, or a range that ends before it begins.
    """
    shape = tuple(len(setting.range(letter)) for letter in quantity.letters)
    name = quantity.name
    if drawn.distribution == "zeros":
        return None
    if drawn.distribution == "glorot":
        # Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks, AISTATS 2010
        return Draw("glorot", (0.0,), (math.sqrt(6.0 / (shape[0] + shape[1])),))
    entries_of(quantity, setting)
    fixed = not any(free(one) for one in drawn.arguments)
    ends: list[tuple[float, float]] = []
    for place in product(*(setting.range(letter) for letter in quantity.letters)):
        letters = dict(zip(quantity.letters, place, strict=True))
        a, b = (float(evaluate(one, values, setting=setting, letters=letters)) for one in drawn.arguments)
        if not (math.isfinite(a) and math.isfinite(b)) or (b < 0 if drawn.distribution == "normal" else b < a):
            problem = f"{pretty(name)} cannot be drawn from {drawn.distribution}({a:g}, {b:g})"
            help = "a deviation is at least 0" if drawn.distribution == "normal" else "write the smaller number first"
            raise DataError("E226", problem, help, model.source, drawn.span)
        ends.append((a, b))
        if fixed:
            break
    low, high = zip(*ends, strict=True) if ends else ((0.0,), (0.0,))
    return Draw("normal" if drawn.distribution == "normal" else "uniform", low, high)


def entries(draw: Draw | None, quantity: Quantity, setting: Setting, seed: int) -> Array:
    """The numbers that are drawn; entry k, in row order, is a function of (seed, name, k)."""
    shape = tuple(len(setting.range(letter)) for letter in quantity.letters)
    if draw is None:
        return np.zeros(shape)
    count = entries_of(quantity, setting)
    return drawn_entries(draw, seed, quantity.name, count).reshape(shape)
