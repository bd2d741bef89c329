"""The network that a text describes, checked: the value every later room starts from.

Conventions. Equations stand as written, without the letter of the patterns where the text has none; `varies` tells
which quantities have one value for each pattern. `program` makes that letter explicit. Sizes stay expressions until
data is bound. Macros are expanded, function bodies are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from chainrule.errors import NOWHERE, Source, Span
from chainrule.expr.indices import base
from chainrule.expr.nodes import Equation, Expr
from chainrule.notation.statements import Computed, Domain, Drawn, Fact, Given, InlineTable, Text, Update, UpdateBlock
from chainrule.values import dataclass

Role = Literal["data", "target", "weight", "const", "derived"]

HIDDEN = "p#"
"""The letter of the patterns of a model that is written for one pattern."""


@dataclass(frozen=True, slots=True)
class LetterSet:
    """Letters that run over the same values, ``low..high``; None where the size comes from the data."""

    letters: tuple[str, ...]
    low: Expr | None
    high: Expr | None
    span: Span = field(default=NOWHERE, compare=False, repr=False)

    @property
    def name(self) -> str:
        """The first letter declared stands for the set."""
        return self.letters[0]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A named quantity: its role, the letters it is declared with, what its values may be and where they begin."""

    name: str
    role: Role
    letters: tuple[str, ...] = ()
    domain: Domain | None = None
    start: Given | Drawn | Computed | None = None
    varies: bool = False  # one value for each pattern
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Definition:
    """A function of the model, ``A(u) = …``, with the derivative rules the text gives for it (order → body).

    ``reads`` are the quantities that its body reads besides its parameters, through other functions too; ``reduced``
    those of which it reads nothing but a reduction over the patterns.
    """

    name: str
    parameters: tuple[str, ...]
    body: Expr
    rules: Mapping[int, tuple[str, Expr]] = field(default_factory=dict)  # order → (parameter, body)
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    reads: tuple[str, ...] = field(default=(), compare=False, repr=False)
    reduced: tuple[str, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Goal:
    """What a step lowers: ``value`` is one number, with every mean or sum over the patterns written out.

    ``name`` is how the goal is called: the scalar it is, or is the mean or sum of; else "goal". ``each`` names the
    quantity with one value a pattern that it reduces, where there is exactly one.
    """

    name: str
    sense: Literal["minimise", "maximise"]
    value: Expr
    each: str | None
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Warning:
    """Something true of the text that its author may not know."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Model:
    """A checked network. ``equations`` are the derived quantities in written order, base lines included."""

    text: Text
    sets: tuple[LetterSet, ...]
    pattern: str  # the declared letter of the patterns, or HIDDEN
    quantities: Mapping[str, Quantity]
    functions: Mapping[str, Definition]
    equations: tuple[Equation, ...]
    goal: Goal
    facts: tuple[Fact, ...] = ()
    table: InlineTable | None = None
    rules: tuple[UpdateBlock | Update, ...] = ()
    rate: str | None = None  # the const that is the learning rate: "alpha", "eta" or None
    watched: tuple[str, ...] = ()  # derived quantities off the goal's path
    warnings: tuple[Warning, ...] = ()
    pattern_set: LetterSet | None = None  # the declared set of the patterns; its bounds, where given, say how many

    @property
    def source(self) -> Source:
        return self.text.source

    def named(self, role: Role) -> tuple[Quantity, ...]:
        """The quantities of one role, in order of declaration."""
        return tuple(quantity for quantity in self.quantities.values() if quantity.role == role)

    def set_of(self, letter: str) -> LetterSet | None:
        """The set a letter belongs to; a prime is another letter of it. None for the letter of the patterns."""
        plain = base(letter)
        return next((group for group in self.sets if plain in group.letters), None)

    def equation(self, name: str) -> Equation | None:
        """The (first) equation that defines a derived quantity."""
        from chainrule.expr.nodes import key

        return next((equation for equation in self.equations if key(equation.target) == name), None)
