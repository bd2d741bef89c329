"""Units that fire on no pattern → the sentence on them."""

from __future__ import annotations

from collections.abc import Sequence

from chainrule.explain.measure.dead_units import Unit
from chainrule.explain.naming import Naming
from chainrule.explain.wording import listing, num


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
