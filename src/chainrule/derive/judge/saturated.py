"""A network and places → the arguments of its functions that are saturated at all of them.

There a slope is 0 or 1 to all digits, and a line that forgot it looks right.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from chainrule.derive.judge.explicit_model import ExplicitModel
from chainrule.derive.judge.kinks import Kink
from chainrule.derive.judge.test_points import CheckedPoint, value
from chainrule.errors import ChainruleError
from chainrule.expr.nodes import Call, Expr
from chainrule.expr.walk import nodes
from chainrule.gradient.reads import opened
from chainrule.model.letters import free
from chainrule.numbers.functions import FUNCTIONS

SATURATING = frozenset(name for name, row in FUNCTIONS.items() if row.saturates)
"""Functions that are flat far from 0."""

FLAT = 10.0
"""Beyond this argument the slope of σ is nearer than 10⁻⁴ to 0, and a factor 1 − σ hard to tell from 1."""


def saturated(explicit: ExplicitModel, places: Sequence[CheckedPoint]) -> list[Kink]:
    """Arguments of σ, tanh, exp and their kin that are far from 0 at all places, to be crossed as a kink is."""
    found: list[Kink] = []
    for equation in explicit.equations if places else ():
        letters = equation.letters
        try:
            whole = opened(equation.body, explicit.functions, lambda call: False, lambda inner: inner)
        except ChainruleError:
            continue
        for node in nodes(whole):
            match node:
                case Call(name, (inside,)) if name in SATURATING and set(free(inside)) <= set(letters):
                    if all(abs(at_first(explicit, place, inside, letters)) > FLAT for place in places):
                        found.append(Kink(inside, letters, False))
                case _:
                    pass
    return found


def at_first(explicit: ExplicitModel, place: CheckedPoint, expr: Expr, letters: Sequence[str]) -> float:
    """An expression at a place, letters without a value there being the first of their set; 0 where it has no value."""
    own = {letter: place.letters.get(letter, place.setting.range(letter)[0]) for letter in letters}
    found = value(explicit, replace(place, letters=own), expr)
    return 0.0 if math.isnan(found) else found
