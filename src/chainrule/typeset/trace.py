"""A trace → two columns for a terminal: what is computed, read down, and its derivatives, read up, with numbers."""

from __future__ import annotations

from collections.abc import Callable

from chainrule.derive.derivation import Derivation, Numbers, TraceRow
from chainrule.errors import width
from chainrule.expr.nodes import Expr

MOST = 8
"""More numbers than these are counted, not shown."""

Cells = tuple[str, str, str, str]


def columns(derivation: Derivation, show: Callable[[Expr], str]) -> str:
    """The rows as text; ``show`` prints a formula."""
    table: list[Cells] = [("forward ↓", "", "reverse ↑", "")]
    table += [cells(row, show) for row in derivation.rows]
    wide = [max(width(line[place]) for line in table) for place in range(4)]
    lines = ("  ".join(cell + " " * (wide[place] - width(cell)) for place, cell in enumerate(line)) for line in table)
    return "\n".join(line.rstrip() for line in lines)


def cells(row: TraceRow, show: Callable[[Expr], str]) -> Cells:
    """One row: the equation and its numbers, the adjoint and its numbers."""
    name = show(row.quantity)
    forward = name if row.definition is None else f"{name} = {show(row.definition)}"
    reverse = "" if row.step is None else f"{show(row.step.left)} = {show(row.step.after)}"
    return forward, numbers(row.value), reverse, numbers(row.slope)


def numbers(found: Numbers) -> str:
    """Numbers to four digits, rows apart by a bar."""
    count = sum(map(len, found))
    if count > MOST:
        every = [abs(one) for row in found for one in row]
        return f"{count} numbers, at most {max(every):.4g} in size"
    return " | ".join(" ".join(f"{one + 0.0:.4g}".replace("-", "−") for one in row) for row in found)
