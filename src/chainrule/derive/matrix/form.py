"""What the reading of an index equation comes to: a matrix form, or the reason why there is none.

Two layouts. "rows": every pattern is a row, and the letter of the patterns is an axis like any other. "single": the
equation is written for one pattern, data are columns, and a sum over the patterns stands outside, ``Σ_p δ xᵀ``. The
derivative by a weight has the shape of the weight.
"""

from __future__ import annotations

from typing import Literal

from chainrule.derive.matrix.tree import Shape, Tree
from chainrule.expr.nodes import Equation, places
from chainrule.values import dataclass

Layout = Literal["rows", "single"]


@dataclass(frozen=True, slots=True)
class MatrixForm:
    """``target = tree``; ``pattern`` is the letter of the patterns where the form is written for one of them."""

    equation: Equation
    tree: Tree
    layout: Layout
    pattern: str | None

    @property
    def shape(self) -> Shape:
        """Rows and columns, each a letter, or None for one."""
        return self.tree.shape


@dataclass(frozen=True, slots=True)
class NoMatrixForm:
    """The equation has its index form alone; ``reason`` is a sentence that says why."""

    equation: Equation
    reason: str


def letters_of(equation: Equation) -> tuple[str, ...]:
    """The letters of a left side, those of both names of a second derivative."""
    return tuple(index.letter for index in places(equation.target) if index.letter is not None)
