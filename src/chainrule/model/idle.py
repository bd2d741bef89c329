"""Lines that would do something else than they say: a step of learning as an equation, a letter without a size."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from chainrule.expr.nodes import Derivative, Expr, Ref
from chainrule.expr.walk import nodes
from chainrule.model.letters import every, unprimed
from chainrule.model.model import Quantity
from chainrule.model.names import Names
from chainrule.notation.names import pretty

CHANGED, NEXT = ("Delta_", "d"), ("_new", "_next", "new")
"""What books put before the change of a weight, and after its next value."""


def check_steps(names: Names, bodies: Mapping[str, Expr]) -> None:
    """``Δw = −α·∂E/∂w`` defines a number called Δw, ``w_new = w − α·∂E/∂w`` one called w_new; neither moves w."""
    for name, body in bodies.items():
        weight = moved(name, names)
        sloping = any(isinstance(node, Derivative) for node in nodes(body)) and not isinstance(body, Derivative)
        if weight is None or not sloping:
            continue
        if not name.startswith(CHANGED[0]) and any(name in refs(other) for key, other in bodies.items() if key != name):
            continue  # something is done with it
        shown = pretty(weight.name)
        nothing = "adds it to" if name.startswith(CHANGED) else "gives it to"
        problem = f"{pretty(name)} is a name of its own, and nothing {nothing} {shown}"
        raise names.error("E139", problem, f"write update {shown} <- {shown} - …", names.quantities[name].span)


def moved(name: str, names: Names) -> Quantity | None:
    """The weight whose change or next value is called so."""
    called = [name.removeprefix(one) for one in CHANGED if name.startswith(one)]
    called += [name.removesuffix(one) for one in NEXT if name.endswith(one)]
    weights = (names.quantities.get(one) for one in called)
    return next((one for one in weights if one is not None and one.role == "weight"), None)


def refs(body: Expr) -> set[str]:
    """The names that an expression reads."""
    return {node.name for node in nodes(body) if isinstance(node, Ref)}


def check_sizes(names: Names, exprs: Iterable[Expr]) -> None:
    """A letter without a range has its size from data, or from a weight of the call; else it has none."""
    open_sets = [group for group in names.sets if group.low is None]
    if not open_sets:
        return
    used = {unprimed(letter) for expr in exprs for letter in every(expr)}
    carried = {unprimed(letter) for one in names.quantities.values() if one.role != "derived" for letter in one.letters}
    for group in open_sets:
        if used.intersection(group.letters) and not carried.intersection(group.letters):
            shown = pretty(group.name)
            problem = f"{shown} has no range, and no data and no weight has it: its size comes from nowhere"
            raise names.error("E140", problem, f"give it its range: index {shown} = 1..3", group.span)
