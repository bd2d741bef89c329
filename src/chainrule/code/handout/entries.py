"""Entries of arrays and comparisons of letters, as NumPy and its kin write them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from chainrule.code.handout.dialect import Dialect
from chainrule.code.handout.loops import Looped
from chainrule.code.handout.outline import Outline
from chainrule.code.handout.pieces import ATOM, LOOSE, PRODUCT, SUM, TEST, Piece, affine, how_tight
from chainrule.code.spelling import filled
from chainrule.errors import BrokenPass
from chainrule.expr.indices import Extent, around, below, reach, speaks_of_indices
from chainrule.expr.nodes import (
    At,
    Bracket,
    Expr,
    Index,
    InRange,
    Number,
)
from chainrule.numbers.guards import guards

Order = tuple[str, ...]
Fixed = Mapping[str, str]

ZERO = Number(Fraction(0))


class Entries(ABC):
    """What `Arrays` knows of entries. ``names`` says what each key is called."""

    def __init__(self, outline: Outline, dialect: Dialect, names: Mapping[str, str], looped: Looped) -> None:
        self.outline, self.dialect, self.names, self.looped = outline, dialect, names, looped
        self.kept: dict[str, tuple[int, ...]] = {}  # key → the positions that its array has axes for
        self.helpers: dict[str, None] = {}

    @abstractmethod
    def value(self, expr: Expr, order: Order, fixed: Fixed) -> Piece:
        """The piece of an expression."""

    def numeric(self, expr: Expr, order: Order, fixed: Fixed) -> Piece:
        return self.one_or_zero(self.value(expr, order, fixed))

    def one_or_zero(self, piece: Piece) -> Piece:
        """A test as a number."""
        if not piece.test:
            return piece
        if not piece.axes and piece.plain:
            return Piece(f"1.0 if {piece.text} else 0.0", LOOSE, (), True)
        return Piece(f"1.0*({piece.text})", PRODUCT, piece.axes)

    def joined(self, pieces: Sequence[Piece], text: str, holds: int) -> Piece:
        """A piece made of others, which are aligned."""
        axes = max((piece.axes for piece in pieces), key=len, default=())
        return Piece(text, holds, axes, all(piece.plain for piece in pieces))

    def aligned(self, pieces: Sequence[Piece], order: Order) -> list[Piece]:
        """The pieces with a None for each axis that they lack; all then say that they have all axes, or none."""
        axes = tuple(letter for letter in order if any(letter in piece.axes for piece in pieces))
        return [self.widened(piece, axes) for piece in pieces]

    def widened(self, piece: Piece, axes: Order) -> Piece:
        """A piece that can stand beside arrays with these axes."""
        if not piece.axes or piece.axes == axes:
            return piece
        first = axes.index(piece.axes[0])
        if piece.axes == axes[first:]:
            return replace(piece, axes=axes)
        inside = ", ".join(":" if letter in piece.axes else "None" for letter in axes[first:])
        return replace(piece, text=f"{piece.at(ATOM)}[{inside}]", holds=ATOM, axes=axes)

    def guarded(self, factors: Sequence[Expr], order: Order, fixed: Fixed) -> tuple[list[Piece], list[Expr]]:
        """The tests that guard a product, and its other factors."""
        guarding = guards(factors)
        held = {id(one): self.held(one) for one, guard in zip(factors, guarding, strict=True) if guard}
        if False in held.values():
            return [], [ZERO]
        tests = [self.test(one, order, fixed) for one in factors if held.get(id(one), True) is None]
        return tests, [one for one in factors if id(one) not in held]

    def held(self, test: Expr) -> bool | None:
        """Whether a bracket about letters holds for all their values, for none, or (None) for some."""
        match test:
            case InRange(index, letter):
                own, values = reach(index, self.extent), self.extent(letter)
                if not own.meets(values):
                    return False
                return None if below(own.low, values.low) or below(values.high, own.high) else True
            case Bracket("==", At(index), Number(value)) | Bracket("==", Number(value), At(index)):
                whole = int(value)
                met = value.denominator == 1 and reach(index, self.extent).meets(Extent(whole, whole))
                return None if met else False
        return None

    def test(self, expr: Expr, order: Order, fixed: Fixed) -> Piece:
        """A comparison; plain where it speaks of letters of loops and of numbers alone."""
        match expr:
            case InRange(index, letter):
                return self.inside(index, self.outline.values(letter), order, fixed)
            case Bracket(comparison, left, right):
                one, other = self.aligned([self.numeric(side, order, fixed) for side in (left, right)], order)
                text = f"{one.at(SUM)} {comparison} {other.at(SUM)}"
                plain = speaks_of_indices(expr) and not one.axes and not other.axes
                return replace(self.joined((one, other), text, TEST), plain=plain, test=True)
        raise BrokenPass("printing", f"{expr!r} is no test")

    def inside(self, index: Index, values: range, order: Order, fixed: Fixed) -> Piece:
        """Whether an index is one of the values."""
        extent = reach(index, self.extent)
        low, high = below(extent.low, values.start), below(values.stop - 1, extent.high)
        piece = self.index(index, order, fixed)
        if not piece.axes:
            text = f"{values.start} <= " * low + piece.text + f" <= {values.stop - 1}" * high
            return Piece(text if low or high else "True", TEST, (), True, True)
        text = " & ".join([f"({values.start} <= {piece.text})"] * low + [f"({piece.text} <= {values.stop - 1})"] * high)
        return Piece(text or f"({piece.text} == {piece.text})", TEST, piece.axes, False, True)

    def extent(self, letter: str) -> Extent:
        return around(self.outline.values(letter))

    def index(self, index: Index, order: Order, fixed: Fixed) -> Piece:
        """The value of an index, for each value of its letters."""
        moving = [letter for letter, _ in index.terms if letter not in fixed]
        if not moving:
            return Piece(affine(index, fixed), how_tight(affine(index, fixed)), (), True)
        axes = tuple(letter for letter in order if letter in moving)
        names = dict(fixed)
        for letter in moving:
            values = self.outline.values(letter)
            text = f"{self.dialect.module}.arange({values.start}, {values.stop})"
            names[letter] = self.widened(Piece(text, axes=(letter,)), axes).text
        return Piece(affine(index, names), SUM, axes)

    def reference(self, name: str, indices: Sequence[Index], order: Order, fixed: Fixed) -> Piece:
        """An entry, a slice or the whole of a quantity."""
        text, boxes, looped = self.names[name], self.outline.boxes.get(name, ()), self.looped.get(name, frozenset())
        if looped:
            text += f"[{', '.join(affine(indices[place], fixed) for place in sorted(looped))}]"
        kept = self.kept.get(name, tuple(place for place in range(len(indices)) if place not in looped))
        inside, axes = list[str](), list[str]()
        for place in kept:
            index, values = indices[place], boxes[place]
            moving = [(letter, factor) for letter, factor in index.terms if letter not in fixed]
            if not moving:
                inside.append(affine(index, fixed, -values.start))
                continue
            letter, factor = moving[0]
            own = self.outline.values(letter)
            axes.append(letter)
            rest = Index(tuple((one, by) for one, by in index.terms if one in fixed), index.constant)
            reached = reach(index, self.extent)
            whole = factor == 1 and not rest.terms and own == values and not rest.constant
            if whole:
                inside.append(":")
            elif factor < 1 or below(reached.low, values.start) or below(values.stop - 1, reached.high):
                self.helpers["at"] = None
                arange = {letter: f"{self.dialect.module}.arange({own.start}, {own.stop})"}
                where = affine(index, {**fixed, **arange}, -values.start)
                text = f"{self.dialect.prefix}at({text}, {where}, {len(inside)})"
                inside.append(":")
            else:
                first = affine(rest, fixed, factor * own.start - values.start)
                last = affine(rest, fixed, factor * (own.stop - 1) - values.start + 1)
                inside.append(f"{first}:{last}" + (f":{factor}" if factor > 1 else ""))
        while inside and inside[-1] == ":":
            inside.pop()
        if inside:
            text += f"[{', '.join(inside)}]"
        return self.turned(Piece(text, ATOM, tuple(axes)), order)

    def turned(self, piece: Piece, order: Order) -> Piece:
        """A piece with its axes in order."""
        axes = tuple(letter for letter in order if letter in piece.axes)
        if axes == piece.axes:
            return piece
        if len(axes) == 2:
            return replace(piece, text=f"{piece.text}.T", axes=axes)
        where = ", ".join(str(piece.axes.index(letter)) for letter in axes)
        return replace(piece, text=filled(self.dialect.transposed, piece.text, f"({where})"), axes=axes)


WORDS = """
False None True and as assert async await break class continue def del elif else except finally for from global if
import in is lambda nonlocal not or pass raise return try while with yield match case print range sum len all zip
np torch jnp jax math n row rows step finite numbers weight max min abs list dict tuple int float main
"""

RESERVED = frozenset(WORDS.split())
"""Words of Python, and of the files that are written."""


def untwice(text: str) -> str:
    """A matrix turned twice is itself.

    >>> untwice("W.T.T")
    'W'
    """
    return text.removesuffix(".T.T") if text.endswith(".T.T") else text


def ranged(values: range) -> str:
    """A loop over values.

    >>> ranged(range(0, 3)), ranged(range(1, 4))
    ('range(3)', 'range(1, 4)')
    """
    return f"range({values.stop})" if values.start == 0 else f"range({values.start}, {values.stop})"


def number_one() -> Piece:
    return Piece("1.0", plain=True)
