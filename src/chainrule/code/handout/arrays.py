"""An expression → the same in NumPy or its kin: letters are axes of arrays, or names of loops.

Conventions. ``order`` are the letters that are axes, in the order in which arrays have them; ``fixed`` says what each
letter of a loop is called. A piece has those axes that it depends on; where it stands beside one with more, it gets
``None`` for each that it lacks. Sums of products are products of matrices where they are that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chainrule.code.handout.entries import ZERO, Fixed, Order, number_one
from chainrule.code.handout.pieces import ATOM, LOOSE, POWER, PRODUCT, SIGN, SUM, TEST, Piece, lacking, number
from chainrule.code.handout.reductions import Reductions
from chainrule.code.spelling import filled
from chainrule.expr.nodes import (
    Add,
    At,
    Bracket,
    Call,
    Cond,
    Constant,
    Derivative,
    Div,
    Expr,
    InRange,
    Mul,
    Neg,
    Number,
    Pow,
    Reduce,
    Ref,
    Size,
    key,
    places,
)
from chainrule.expr.walk import nodes
from chainrule.numbers.guards import integer_exponent

BREAK = "\v"
"""Where a long line may be broken."""


class Arrays(Reductions):
    """Prints the expressions of an outline in a dialect. ``names`` says what each key is called."""

    def value(self, expr: Expr, order: Order, fixed: Fixed) -> Piece:
        """The piece of an expression."""
        match expr:
            case Number(value):
                return number(value)
            case Constant():
                return Piece("math.pi", plain=True)
            case Size(letter):
                size = "n" if self.outline.is_pattern(letter) else str(len(self.outline.values(letter)))
                return Piece(size, plain=True)
            case Ref(name, indices):
                return self.reference(name, indices, order, fixed)
            case Derivative():
                return self.reference(key(expr), places(expr), order, fixed)
            case At(position):
                return self.index(position, order, fixed)
            case Bracket() | InRange():
                return self.one_or_zero(self.test(expr, order, fixed))
            case Neg(inner):
                piece = self.numeric(inner, order, fixed)
                return replace(piece, text=f"-{piece.at(PRODUCT)}", holds=SIGN, test=False)
            case Add(terms):
                return self.sum(terms, order, fixed)
            case Mul(factors):
                return self.product(factors, order, fixed)
            case Div(above, below_):
                one, other = self.aligned([self.numeric(side, order, fixed) for side in (above, below_)], order)
                if one.plain and other.plain and written(below_):  # Python's own numbers cannot be divided by 0
                    one = Piece(filled(self.dialect.scalar, one.text))
                return self.joined((one, other), f"{one.at(PRODUCT)}/{other.at(POWER)}", PRODUCT)
            case Pow(base, exponent):
                return self.power(base, exponent, order, fixed)
            case Call(function, arguments):
                return self.call(function, [self.value(one, order, fixed) for one in arguments], order)
            case Cond(test, then, otherwise):
                return self.choice(
                    self.test(test, order, fixed), self.numeric(then, order, fixed),
                    self.numeric(otherwise, order, fixed), order,
                )  # fmt: skip
            case Reduce(operator, letters, body):
                return self.reduce(operator, letters, body, order, fixed)

    def sum(self, terms: Sequence[Expr], order: Order, fixed: Fixed) -> Piece:
        signs = [isinstance(term, Neg) for term in terms]
        inner = [term.arg if isinstance(term, Neg) else term for term in terms]
        pieces = self.aligned([self.numeric(term, order, fixed) for term in inner], order)
        text = ("-" if signs[0] else "") + pieces[0].at(PRODUCT if signs[0] else SUM)
        for sign, piece in zip(signs[1:], pieces[1:], strict=True):
            text += f"{BREAK}{'-' if sign else '+'} {piece.at(PRODUCT)}"
        return self.joined(pieces, text, SUM)

    def product(self, factors: Sequence[Expr], order: Order, fixed: Fixed) -> Piece:
        """Factors from left to right; 0 where a bracket that guards them does not hold."""
        tests, rest = self.guarded(factors, order, fixed)
        if rest == [ZERO]:
            return Piece("0.0", plain=True)
        piece = self.times([self.value(factor, order, fixed) for factor in rest], order) if rest else number_one()
        return self.held_by(tests, piece, order)

    def held_by(self, tests: Sequence[Piece], piece: Piece, order: Order) -> Piece:
        """The piece where all tests hold, else 0."""
        zero = Piece("0.0", plain=True)
        plain = [test for test in tests if test.plain and not test.axes]
        for test in reversed([test for test in tests if test not in plain]):
            piece = self.choice(test, piece, zero, order)
        if plain:
            text = " and ".join(test.text for test in plain)
            piece = self.choice(Piece(text, LOOSE, (), True, True), piece, zero, order)
        return piece

    def times(self, pieces: Sequence[Piece], order: Order) -> Piece:
        """A product. One test among numbers stays a test: true is 1 there."""
        if len(pieces) == 1:
            return self.one_or_zero(pieces[0])
        if not any(not piece.test and piece.axes for piece in pieces):
            pieces = [self.one_or_zero(piece) for piece in pieces]
        groups: dict[Order, list[Piece]] = {}
        for piece in pieces:
            groups.setdefault(piece.axes, []).append(piece)
        if len(groups) > 1:  # numbers first, then what has the same axes together
            numbers = groups.pop((), [])
            pieces = numbers + [own[0] if len(own) == 1 else self.times(own, order) for own in groups.values()]
        made = self.aligned(pieces, order)
        texts = [piece.at(POWER if number else PRODUCT) for number, piece in enumerate(made)]
        return self.joined(made, "*".join(texts), PRODUCT)

    def power(self, base: Expr, exponent: Expr, order: Order, fixed: Fixed) -> Piece:
        whole = integer_exponent(exponent)
        if whole is not None:
            piece = self.numeric(base, order, fixed)
            return replace(piece, text=f"{piece.at(ATOM)}**{whole}", holds=POWER)
        return self.call("power", [self.numeric(one, order, fixed) for one in (base, exponent)], order)

    def call(self, function: str, arguments: Sequence[Piece], order: Order) -> Piece:
        """A known function."""
        made = self.aligned([self.one_or_zero(one) for one in arguments], order)
        texts = [filled(self.dialect.constant, one.text) if one.plain else one.text for one in made]
        if function not in self.dialect.functions:
            raise lacking(self.dialect.name, function)
        if function in self.dialect.helpers:
            self.helpers[function] = None
        return replace(self.joined(made, filled(self.dialect.functions[function], *texts), ATOM), plain=False)

    def choice(self, test: Piece, then: Piece, otherwise: Piece, order: Order) -> Piece:
        """One of two values."""
        if not test.axes and test.plain:
            axes = max((then.axes, otherwise.axes), key=len)
            return Piece(f"{then.at(TEST)} if {test.text} else {otherwise.at(TEST)}", LOOSE, axes)
        made = self.aligned((test, then, otherwise), order)
        text = f"{self.dialect.module}.where({', '.join(piece.text for piece in made)})"
        return replace(self.joined(made, text, ATOM), plain=False)


def written(expr: Expr) -> bool:
    """Whether a divisor is made of written numbers, and is not one of them alone but 0."""
    if isinstance(expr, Number):
        return expr.value == 0
    return not any(isinstance(node, Size | At | Ref) for node in nodes(expr))
