"""Index equations → matrix form: recognised, checked in numbers, evaluated and printed."""

from chainrule.derive.matrix.evaluate import evaluate
from chainrule.derive.matrix.form import MatrixForm, NoMatrixForm
from chainrule.derive.matrix.latex import latex
from chainrule.derive.matrix.recognise import matrix_form
from chainrule.derive.matrix.show import show

__all__ = ["MatrixForm", "NoMatrixForm", "evaluate", "latex", "matrix_form", "show"]
