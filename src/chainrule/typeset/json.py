"""A derivation → the JSON that `derive --format json` prints; formulas are in the ASCII form of the notation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule.derive.derivation import Derivation, Step, TraceRow
from chainrule.derive.sentences import sentence
from chainrule.expr.nodes import Expr, Ref
from chainrule.notation import show

if TYPE_CHECKING:
    from chainrule.derive.matrix import MatrixForm, NoMatrixForm

FORMAT = 3
"""The number of the form that the JSON of stories and of judged lines has; it rises with every field that changes."""


def as_json(derivation: Derivation) -> dict[str, object]:
    """``{"wrt", "lines": [{"n", "left", "right", "rule", "because", "check": {"ok", "worst", "points"}, "sub"}],
    "result"}``, a line of a matrix form with ``"matrix"``; a trace has ``"rows"`` of ``{"name", "definition", "value",
    "adjoint", "slope"}``.

    >>> from chainrule.derive import derive
    >>> from chainrule.model import build
    >>> from chainrule.notation import parse
    >>> as_json(derive(build(parse("weight w\\nE = w^2")), "w"))["result"]
    '2*w'
    """
    return {
        "wrt": by(derivation.goal.wrt[0]),
        "lines": [line(step, number) for number, step in enumerate(derivation.steps, 1)],
        "result": shown(derivation.result),
        **({"rows": list(map(row, derivation.rows))} if derivation.rows else {}),
    }


def by(wrt: Ref) -> str:
    """What is differentiated by: a name, or an entry of an array."""
    return shown(wrt) if any(place.letter is None for place in wrt.indices) else wrt.name


def row(one: TraceRow) -> dict[str, object]:
    """A row of a trace; numbers in rows by the first letter."""
    definition = None if one.definition is None else shown(one.definition)
    found: dict[str, object] = {"name": shown(one.quantity), "definition": definition, "value": one.value}
    if one.step is not None:
        found |= {"adjoint": shown(one.step.after), "slope": one.slope}
    return found


def line(step: Step, number: int) -> dict[str, object]:
    """One line and its sub-steps."""
    return {
        "n": number,
        "left": shown(step.left),
        "right": shown(step.after),
        "rule": step.rule,
        "because": "; ".join(sentence(reason, shown) for reason in step.reasons),
        "check": {"ok": step.check.ok, "worst": step.check.worst, "points": step.check.points},
        "sub": [line(inside, place) for place, inside in enumerate(step.sub, 1)],
        **({"matrix": [form(one) for one in step.matrix]} if step.matrix else {}),
    }


def form(one: MatrixForm | NoMatrixForm) -> dict[str, str]:
    """A matrix form as NumPy computes it; or why there is none."""
    from chainrule.derive.matrix import NoMatrixForm, show  # only a network with letters has matrices

    if isinstance(one, NoMatrixForm):
        return {"reason": one.reason}
    return {"layout": one.layout, "form": show(one, ascii=True)}


def shown(expr: Expr) -> str:
    return show(expr, ascii=True)
