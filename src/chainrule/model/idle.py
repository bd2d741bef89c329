"""Lines that would do something else than they say: a step of learning as an equation, a letter without a size."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from chainrule.expr.nodes import Derivative, Expr
from chainrule.expr.walk import nodes
from chainrule.model.letters import every, plain
from chainrule.model.names import Names
from chainrule.notation.names import pretty

CHANGE = "Delta_"


def check_steps(names: Names, bodies: Mapping[str, Expr]) -> None:
    """``Δw = −α·∂E/∂w`` defines a number called Δw; nothing adds it to w."""
    for name, body in bodies.items():
        weight = names.quantities.get(name.removeprefix(CHANGE)) if name.startswith(CHANGE) else None
        if weight is not None and weight.role == "weight" and any(isinstance(node, Derivative) for node in nodes(body)):
            shown = pretty(weight.name)
            problem = f"{pretty(name)} is a name of its own, and nothing adds it to {shown}"
            help = f"write update {shown} <- {shown} - …"
            raise names.error("E139", problem, help, names.quantities[name].span)


def check_sizes(names: Names, exprs: Iterable[Expr]) -> None:
    """A letter without a range has its size from data, or from a weight of the call; else it has none."""
    open_sets = [group for group in names.sets if group.low is None]
    if not open_sets:
        return
    used = {plain(letter) for expr in exprs for letter in every(expr)}
    carried = {plain(letter) for one in names.quantities.values() if one.role != "derived" for letter in one.letters}
    for group in open_sets:
        if used.intersection(group.letters) and not carried.intersection(group.letters):
            shown = pretty(group.name)
            problem = f"{shown} has no range, and no data and no weight has it: its size comes from nowhere"
            raise names.error("E140", problem, f"give it its range: index {shown} = 1..3", group.span)
