"""What a derivation is: lines, each a whole right-hand side, with the rule that gave it and the check it passed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chainrule.derive.matrix.form import MatrixForm, NoMatrixForm
from chainrule.expr.nodes import Derivative, Expr
from chainrule.model.model import Model


@dataclass(frozen=True, slots=True)
class Equality:
    """Two expressions of which a sentence says that they are equal."""

    left: Expr
    right: Expr


Param = str | Expr | Equality | tuple[str | Expr, ...] | tuple[Equality, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a line follows: the id of a rule, and what its sentence speaks of."""

    rule: str
    params: Mapping[str, Param] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """How a printed line was checked: at how many points, with which worst relative difference of its two sides."""

    ok: bool
    worst: float
    points: int


@dataclass(frozen=True, slots=True)
class Step:
    """One line, ``left = after``: what stood there before, the reasons (the first names the rule), its sub-steps.

    ``level`` 1 is always shown, 2 only in full detail. ``matrix`` is the same line in matrices, in each layout, where
    it was asked for.
    """

    left: Derivative
    before: Expr
    after: Expr
    reasons: tuple[Reason, ...]
    check: Check
    sub: tuple[Step, ...] = ()
    level: int = 1
    matrix: tuple[MatrixForm | NoMatrixForm, ...] = ()

    @property
    def rule(self) -> str:
        """The id of the rule."""
        return self.reasons[0].rule


@dataclass(frozen=True, slots=True)
class Derivation:
    """The derivative of ``goal.of`` by ``goal.wrt``, line by line. ``notes`` are true of it and worth knowing;
    ``aliases`` are short names of adjoints by their keys, ``{"∂E/∂z1": "delta1"}``, to be printed."""

    model: Model
    goal: Derivative
    detail: str
    steps: tuple[Step, ...]
    notes: tuple[Reason, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)

    @property
    def result(self) -> Expr:
        """The right-hand side of the last line."""
        return self.steps[-1].after
