"""A program → the same with a state that remembers when the goal came to a level, which is a const of its own.

As the measure ``reach(e)`` of `watching`, for a level that is known only when the program runs; where the goal is to be
large, a level is reached from below.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from chainrule.engines.protocol import Bound
from chainrule.expr.nodes import Bracket, Cond, Equation, Ref, number
from chainrule.maps.watching import OWN, copied
from chainrule.program.program import STEP, Program, Symbol

LEVEL, REACHED = f"{OWN}level", f"{OWN}reached"


def reaching(program: Program, bound: Bound, sense: int, *, every: bool) -> tuple[Program, Bound]:
    """The program and its values. `REACHED` is the step, from 1, before which the goal over all patterns first was as
    good as `LEVEL`, 0 until then; ``every`` says that each step visits all patterns, ``sense`` is 1 where the goal is
    to be small and −1 where it is to be large."""
    longer, values, ranges = program, dict(bound.values), dict(bound.ranges)
    if not every:
        whole = copied(program, bound)
        longer, values, ranges = whole.program, values | dict(whole.values), ranges | dict(whole.ranges)
    old = Ref(REACHED)
    error = Ref(program.objective if every else OWN + program.objective)
    good = Bracket("<=" if sense > 0 else ">=", error, Ref(LEVEL))
    line = Equation(old, Cond(Bracket(">", old, number(0)), old, Cond(good, Ref(STEP), number(0))))
    watching = replace(
        longer,
        consts=(*longer.consts, Symbol(LEVEL)),
        states=(*longer.states, Symbol(REACHED)),
        watching=(REACHED,),
        phases={**longer.phases, "update": (*longer.phases["update"], line)},
    )
    return watching, type(bound)({**values, LEVEL: np.array(0.0)}, ranges, bound.patterns, bound.numerics)
