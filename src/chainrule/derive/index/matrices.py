"""A line with letters → the same in matrices, with patterns as rows and for one pattern at a time."""

from __future__ import annotations

from dataclasses import replace

from chainrule.derive.index.network import Network
from chainrule.derive.matrix import MatrixForm, NoMatrixForm, matrix_form
from chainrule.derive.matrix.form import Layout
from chainrule.expr.nodes import Derivative, Equation, Expr

LAYOUTS: tuple[Layout, ...] = ("rows", "single")


def beside(network: Network, left: Derivative, right: Expr, reasons: bool) -> tuple[MatrixForm | NoMatrixForm, ...]:
    """The matrix forms of ``left = right``, each computed and compared; if there is none and it is asked for, why."""
    model = network.model if network.axis is None else replace(network.model, pattern=network.axis)
    layouts = LAYOUTS if network.axis is not None else LAYOUTS[1:]
    found = [matrix_form(Equation(left, right), model, layout) for layout in layouts]
    forms = tuple(one for one in found if isinstance(one, MatrixForm))
    if len(forms) == 2 and forms[0].tree == forms[1].tree:
        return forms[:1]
    return forms if forms or not reasons else (found[0],)
