"""Units that fire on no pattern, and errors that make steps → the sentences on them."""

from __future__ import annotations

from collections.abc import Sequence

from chainrule.explain.measure.dead_units import Stepped, Unit
from chainrule.explain.naming import Naming, Pattern
from chainrule.explain.wording import count, listing, num

FEW = 6
"""So many different values are listed, of more the least and the greatest."""


def units_told(naming: Naming, units: Sequence[Unit]) -> str:
    """The sentence on units that fire on no pattern."""
    many = len(units)
    which = listing((unit.name for unit in units), 6)
    fires = "fires" if many == 1 else "fire"
    on = f"{fires} on none of {naming.patterns} patterns" if naming.patterns > 1 else (
        f"{'does' if many == 1 else 'do'} not fire on the one pattern"
    )  # fmt: skip
    most = max(unit.most for unit in units)
    when = "neither at the start nor at the end" if all(unit.always for unit in units) else "at the end"
    inputs = "its input is" if many == 1 else "their inputs are"
    return (
        f"{'A dead unit' if many == 1 else f'{many} dead units'}: {which} {on}, {when} "
        f"({inputs} at most {num(most)} there), so no slope passes through {'it' if many == 1 else 'them'}; with other "
        f"weights {'it' if many == 1 else 'they'} may fire"
    )


def stepped_told(naming: Naming, pattern: Pattern, found: Stepped) -> str:
    """The sentence on a pattern whose slope is 0 because its error makes steps."""
    values = listing((num(goal) for goal in found.values), FEW) if len(found.values) <= FEW else (
        f"{len(found.values)} different values from {num(found.values[0])} to {num(found.values[-1])}"
    )  # fmt: skip
    which = naming.weights[0] if len(naming.weights) == 1 else "the weights"
    return (
        f"The slope of {naming.pattern(pattern)} is 0 wherever it has one, so steps learn nothing from it; but "
        f"{naming.goal} does depend on {which}, through {steps_named(found.functions)} alone: it was {values} at "
        f"{count(found.tried, 'point')} tried"
    )


def through_told(naming: Naming, functions: Sequence[str], weights: Sequence[str]) -> str:
    """That the goal depends on weights whose slope is always 0."""
    return (
        f"; {naming.total} does depend on {listing(weights, 4)}, through {steps_named(functions)} alone, and a step "
        "passes no slope on"
    )


def steps_named(functions: Sequence[str]) -> str:
    return f"the step{'s' if len(functions) > 1 else ''} {listing(functions, 3)}"
