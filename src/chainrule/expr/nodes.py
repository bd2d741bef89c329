"""The nodes of which every expression, derivation and program is made.

Conventions. Nodes are values: equality is structural and ignores where a node was typed (``span``) and how a number
was typed (``text``). Constructors only construct; order of terms and factors is the order written. Names are the ASCII
forms (``y_hat``, ``alpha``, ``W1``): how they look is a matter of printing. A letter is an index such as ``i`` or
``j'``; letters of machines contain ``#`` and are never printed.

===============  =============================================  ==========================================
``Number``       an exact number, never negative from a text    ``2``, ``0.1``, ``½``, ``3/4``
``Ref``          a named quantity at given indices              ``w``, ``W[j,i]``, ``x[2*p+u]``
``At``           the value of an index where a number is meant  ``j`` in ``sin(j)``
``Size``         how many values a letter has                   ``size(p)``
``Constant``     a number with a name of its own                ``π``
``Add``          a sum of two or more terms; a − b is a + (−b)  ``a + b - c``
``Mul``          a product of two or more factors               ``a*b*c``
``Neg``          the negative                                   ``-a``
``Div``          a quotient                                     ``a/b``
``Pow``          a power                                        ``a^b``
``Call``         a function of its arguments, ``order`` primes  ``A(u)``, ``A'(u)``, ``max(a, b)``
``Reduce``       a reduction over letters; without letters      ``sum_i …``, ``mean …``
                 over the patterns of the step
``Bracket``      1 if the comparison holds, else 0 (Iverson)    ``[z > 0]``, ``[i == j]``
``InRange``      1 if an index lies in the range of a letter    ``[t-1 in t]``
``Cond``         one of two values                              ``if(a > b, c, d)``
``Derivative``   inert: the NAME of a derivative                ``d(E)/d(w)``, ``partial(E)/partial(y)``
===============  =============================================  ==========================================

``Derivative`` has two kinds. "total" (written ``d(u)/d(v)`` or ``∂u/∂v`` by a user) perturbs v and lets everything that
is defined after it follow. "partial" differentiates only the right-hand side of u's own equation, all other names held
fixed. ``wrt`` has one reference, or two for a second derivative.
"""

from __future__ import annotations

from dataclasses import field
from fractions import Fraction
from typing import Literal, TypeVar

from chainrule.errors import NOWHERE, Span
from chainrule.values import dataclass

Operator = Literal["sum", "mean", "max", "min", "prod", "logsumexp"]
Comparison = Literal["<", "<=", ">", ">=", "==", "!="]
Kind = Literal["total", "partial"]


def _span() -> Span:
    return field(default=NOWHERE, compare=False, repr=False)


class _Hashed:
    """A value that remembers its hash: what looks up each part of an expression would else go through all below it."""

    __slots__ = ("hashed",)
    hashed: int


N = TypeVar("N", bound=type[_Hashed])


def _hashed(node: N) -> N:
    """A class of nodes whose hash is computed once for each value."""
    compute = node.__hash__

    def remembered(self: _Hashed) -> int:
        try:
            return self.hashed
        except AttributeError:
            object.__setattr__(self, "hashed", compute(self))
            return self.hashed

    node.__hash__ = remembered  # type: ignore[method-assign,assignment]
    return node


@dataclass(frozen=True, slots=True)
class Index:
    """An affine index, ``2*s + u - 1``: terms (letter, coefficient ≠ 0) in written order, each letter once."""

    terms: tuple[tuple[str, int], ...] = ()
    constant: int = 0

    @property
    def letter(self) -> str | None:
        """The letter, if the index is a plain one."""
        return self.terms[0][0] if self.constant == 0 and len(self.terms) == 1 and self.terms[0][1] == 1 else None


def index(letter: str) -> Index:
    """The plain index of a letter."""
    return Index(((letter, 1),))


@_hashed
@dataclass(frozen=True, slots=True)
class Number(_Hashed):
    """An exact number, never negative from a text."""

    value: Fraction
    text: str = field(default="", compare=False, repr=False)
    span: Span = _span()


@_hashed
@dataclass(frozen=True, slots=True)
class Ref(_Hashed):
    """A named quantity at given indices."""

    name: str
    indices: tuple[Index, ...] = ()
    span: Span = _span()


@_hashed
@dataclass(frozen=True, slots=True)
class At(_Hashed):
    """The value of an index where a number is meant."""

    index: Index
    span: Span = _span()


@_hashed
@dataclass(frozen=True, slots=True)
class Size(_Hashed):
    """How many values a letter has."""

    letter: str
    span: Span = _span()


@_hashed
@dataclass(frozen=True, slots=True)
class Constant(_Hashed):
    """A number with a name of its own."""

    name: Literal["pi"]
    span: Span = _span()


@_hashed
@dataclass(frozen=True, slots=True)
class Add(_Hashed):
    """A sum of two or more terms."""

    args: tuple[Expr, ...]
    span: Span = _span()


@_hashed
@dataclass(frozen=True, slots=True)
class Mul(_Hashed):
    """A product of two or more factors."""

    args: tuple[Expr, ...]
    span: Span = _span()


@_hashed
@dataclass(frozen=True, slots=True)
class Neg(_Hashed):
    """The negative."""

    arg: Expr
    span: Span = _span()


@_hashed
@dataclass(frozen=True, slots=True)
class Div(_Hashed):
    """A quotient."""

    numerator: Expr
    denominator: Expr
    span: Span = _span()


@_hashed
@dataclass(frozen=True, slots=True)
class Pow(_Hashed):
    """A power."""

    base: Expr
    exponent: Expr
    span: Span = _span()


@_hashed
@dataclass(frozen=True, slots=True)
class Call(_Hashed):
    """A function of its arguments."""

    function: str
    args: tuple[Expr, ...]
    order: int = 0
    span: Span = _span()


@_hashed
@dataclass(frozen=True, slots=True)
class Reduce(_Hashed):
    """A reduction over letters."""

    operator: Operator
    letters: tuple[str, ...]
    body: Expr
    span: Span = _span()


@_hashed
@dataclass(frozen=True, slots=True)
class Bracket(_Hashed):
    """1 if the comparison holds, else 0."""

    comparison: Comparison
    left: Expr
    right: Expr
    span: Span = _span()


@_hashed
@dataclass(frozen=True, slots=True)
class InRange(_Hashed):
    """1 if an index lies in the range of a letter."""

    index: Index
    letter: str
    span: Span = _span()


@_hashed
@dataclass(frozen=True, slots=True)
class Cond(_Hashed):
    """One of two values."""

    test: Bracket | InRange
    then: Expr
    otherwise: Expr
    span: Span = _span()


@_hashed
@dataclass(frozen=True, slots=True)
class Derivative(_Hashed):
    """The name of a derivative."""

    of: Expr
    wrt: tuple[Ref, ...]
    kind: Kind = "total"
    span: Span = _span()


Expr = (
    Number | Ref | At | Size | Constant | Add | Mul | Neg | Div | Pow | Call | Reduce | Bracket | InRange | Cond
    | Derivative
)  # closed: every `match` over Expr names all sixteen


@dataclass(frozen=True, slots=True)
class Equation:
    """``target = body``. The target is a reference with distinct plain letters or integers, or the derivative it names.

    It holds for the values of its letters at which every bracket of ``where`` is 1: the other entries have an equation
    of their own (``h[0] = …`` beside ``h[t] = …`` where t runs from 0).
    """

    target: Ref | Derivative
    body: Expr
    span: Span = _span()
    where: tuple[Expr, ...] = ()

    @property
    def letters(self) -> tuple[str, ...]:
        """The letters of the left side, in order."""
        reference = self.target if isinstance(self.target, Ref) else self.target.wrt[0]
        return tuple(position.letter for position in reference.indices if position.letter is not None)


def number(value: int | Fraction | str) -> Expr:
    """An exact number; a negative one is the negative of a positive ``Number``.

    >>> number(-2)
    Neg(arg=Number(value=Fraction(2, 1)))
    """
    exact = Fraction(value)
    return Number(exact) if exact >= 0 else Neg(Number(-exact))


def key(target: Ref | Derivative) -> str:
    """The name under which the value of a left side is kept: ``ŷ`` is "y_hat", its adjoint "∂E/∂y_hat".

    >>> key(Derivative(Ref("E"), (Ref("W", (index("j"), index("i"))),)))
    '∂E/∂W'
    """
    match target:
        case Ref(name):
            return name
        case Derivative(Ref(of), (Ref(wrt),), kind):
            return f"∂{of}/∂{wrt}" if kind == "total" else f"partial {of}/partial {wrt}"
        case Derivative(Ref(of), (Ref(first), Ref(second))):
            return f"∂²{of}/∂{first}∂{second}"
    raise TypeError(f"no name for the derivative of an expression: {target!r}")


def places(target: Ref | Derivative) -> tuple[Index, ...]:
    """The indices of a value: those of a reference, or of all the names that a derivative is taken by."""
    return target.indices if isinstance(target, Ref) else tuple(place for name in target.wrt for place in name.indices)
