"""What a line of a model can say: one frozen value a statement, as the parser reads it and ``show`` prints it.

Nothing is resolved here: whether a name exists, a letter has a size or a goal is one number is decided in `model`.
Spans are the culprit's place; equality ignores them. Names are ASCII forms (``y_hat``), letters may end in primes.
"""

from __future__ import annotations

from dataclasses import field
from fractions import Fraction
from typing import Literal

from chainrule.errors import NOWHERE, Source, Span
from chainrule.expr.nodes import Equation, Expr, Ref
from chainrule.values import dataclass

Role = Literal["data", "target", "weight", "const"]


def _span() -> Span:
    return field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class LetterGroup:
    """Letters of one set, ``j, l = 1..3``; without bounds the size comes from the data. A bound is a constant
    expression of integers and consts (``1..n``)."""

    letters: tuple[str, ...]
    low: Expr | None = None
    high: Expr | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Letters:
    """``index i = 1..2, j, k = 1..3`` or ``patterns p``."""

    kind: Literal["index", "patterns"]
    groups: tuple[LetterGroup, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Listed:
    """``in {0, 1}``: these values; ``in {"no", "yes"}``: 0, 1, … for these words of the data."""

    values: tuple[Expr, ...]
    span: Span = _span()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Box:
    """``in [0, 1]``, ``in [1, ∞)``: an interval; None is unbounded on that side."""

    low: Expr | None
    high: Expr | None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Kind:
    """``in reals``, ``in integers``."""

    name: Literal["reals", "integers"]
    span: Span = _span()


Domain = Listed | Box | Kind


@dataclass(frozen=True, slots=True)
class Listing:
    """``[[1, 2], [3, 4]]``: nested values after ``:=``."""

    items: tuple[Expr | Listing, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Given:
    """``:= value``: a start of a weight, the value of a const."""

    value: Expr | Listing
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Drawn:
    """``~ normal(0, 1)``: drawn from the seed."""

    distribution: str
    arguments: tuple[Expr, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Computed:
    """``= expression``: computed data or target."""

    value: Expr
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Declaration:
    """One declared quantity: ``x[p,i] in [0, 1]``, ``w in [0, 1] := 0.5``, ``t[k] = [label == k]``."""

    name: str
    letters: tuple[str, ...] = ()
    domain: Domain | None = None
    start: Given | Drawn | Computed | None = None
    span: Span = _span()  # of the name


@dataclass(frozen=True, slots=True)
class Declare:
    """A line of declarations of one role."""

    role: Role
    declarations: tuple[Declaration, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a table: ``x`` or one entry of it, ``x[2]``."""

    name: str
    position: tuple[int, ...] = ()
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class InlineTable:
    """Data left of ``|``, targets right of it; every row has as many numbers as the columns take, ``bar`` of them
    left of the bar."""

    data: tuple[TableColumn, ...]
    targets: tuple[TableColumn, ...]
    rows: tuple[tuple[Fraction, ...], ...]
    row_spans: tuple[Span, ...] = field(default=(), compare=False, repr=False)
    span: Span = _span()
    bar: int = 0


@dataclass(frozen=True, slots=True)
class Fact:
    """``fact Σ_k t[k] = 1``: true of data and targets; the data is tested against it."""

    left: Expr
    right: Expr
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Function:
    """``A(u) = 1/(1 + exp(-u))``."""

    name: str
    parameters: tuple[str, ...]
    body: Expr
    span: Span = _span()  # of the name


@dataclass(frozen=True, slots=True)
class DerivativeRule:
    """``A'(u) = (1 - A(u))*A(u)``; ``order`` counts the primes."""

    name: str
    parameter: str
    body: Expr
    order: int = 1
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Define:
    """``ŷ = A(w*x)``, ``h[t,j] = …``: an equation of the network; ``h[0,j] = 0``, a base line of a recurrence,
    has an integer index on its left side."""

    equation: Equation
    span: Span = _span()  # of the left side


@dataclass(frozen=True, slots=True)
class UpdateLine:
    """``v <- 0.9*v + g`` or ``s := 0.3`` (the state's beginning) inside a block."""

    name: str
    sign: Literal["<-", ":="]
    value: Expr
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class UpdateBlock:
    """``update θ, g`` with its lines: a rule for every weight. With ``update θ[k], g``, k is the letter of its entries.

    In the lines, a reduction over θ goes over the entries of all weights, one over k over those of this weight.
    """

    weight: str
    gradient: str
    lines: tuple[UpdateLine, ...]
    entry: str = ""
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Update:
    """``update W0 <- W0 - η0*∂E/∂W0``: the rule of one weight."""

    weight: Ref
    value: Expr
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Goal:
    """``minimise mean E + ½λ·R``."""

    sense: Literal["minimise", "maximise"]
    value: Expr
    span: Span = _span()


Statement = (
    Letters | Declare | InlineTable | Fact | Function | DerivativeRule | Define | UpdateBlock | Update | Goal
)  # closed


@dataclass(frozen=True, slots=True)
class Text:
    """A text read: its statements in order, and the notes the reading drew (``2e1`` beside a name ``e1``, …)."""

    statements: tuple[Statement, ...]
    source: Source = field(compare=False, repr=False)
    notes: tuple[tuple[str, Span], ...] = field(default=(), compare=False, repr=False)
