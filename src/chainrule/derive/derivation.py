"""What a derivation is: lines, each a whole right-hand side, with the rule that gave it and the check it passed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any

from chainrule.expr.nodes import Derivative, Expr, Ref
from chainrule.model.model import Model
from chainrule.values import dataclass

if TYPE_CHECKING:  # a network of plain numbers has no matrices
    from chainrule.derive.matrix.form import MatrixForm, NoMatrixForm


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


def reworded(reason: Reason, change: Callable[[Any], Any]) -> Reason:
    """A reason that speaks of expressions as ``change`` gives them."""

    def param(value: Any) -> Any:
        match value:
            case str():
                return value
            case Equality(left, right):
                return Equality(change(left), change(right))
            case tuple():
                return tuple(map(param, value))
            case _:
                return change(value)

    return Reason(reason.rule, {name: param(value) for name, value in reason.params.items()})


@dataclass(frozen=True, slots=True)
class Check:
    """How a printed line was checked: at how many points, with which worst relative difference of its two sides.

    ``ok`` is None for a line that was not checked: the limit ``checks`` was reached, or, where it is ``valueless``, no
    point was found at which it has a finite value.
    """

    ok: bool | None
    worst: float
    points: int
    valueless: bool = False


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


Numbers = tuple[tuple[float, ...], ...]
"""The entries of a quantity, in rows by its first letter."""


@dataclass(frozen=True, slots=True)
class TraceRow:
    """One quantity of a trace: its definition, if it has one, its numbers, its adjoint and the numbers of that."""

    quantity: Ref
    definition: Expr | None
    value: Numbers
    step: Step | None
    slope: Numbers = ()


@dataclass(frozen=True, slots=True)
class Derivation:
    """The derivative of ``goal.of`` by ``goal.wrt``, line by line. ``notes`` are true of it and worth knowing;
    ``aliases`` are short names of adjoints by their keys, ``{"∂E/∂z1": "delta1"}``, to be printed; ``rows`` are those
    of a trace."""

    model: Model
    goal: Derivative
    detail: str
    steps: tuple[Step, ...]
    notes: tuple[Reason, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[TraceRow, ...] = ()

    @property
    def result(self) -> Expr:
        """The right-hand side of the last line."""
        return self.steps[-1].after
