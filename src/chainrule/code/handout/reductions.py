"""Sums, means and other reductions over axes of arrays and over loops, as NumPy and its kin write them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace

from chainrule.code.handout.entries import RESERVED, Entries, Fixed, Order, number_one, ranged, untwice
from chainrule.code.handout.loops import clashing
from chainrule.code.handout.pieces import ATOM, POWER, PRODUCT, SIGN, SUM, Piece
from chainrule.code.spelling import filled
from chainrule.expr.nodes import (
    Cond,
    Div,
    Expr,
    Mul,
    Neg,
)
from chainrule.model.letters import free
from chainrule.numbers.guards import guards


class Reductions(Entries):
    """What `Arrays` knows of reductions."""

    @abstractmethod
    def times(self, pieces: Sequence[Piece], order: Order) -> Piece:
        """A product."""

    @abstractmethod
    def held_by(self, tests: Sequence[Piece], piece: Piece, order: Order) -> Piece:
        """The piece where all tests hold, else 0."""

    def reduce(self, operator: str, letters: Sequence[str], body: Expr, order: Order, fixed: Fixed) -> Piece:
        """A reduction: over letters of loops by Python, over the others by the dialect."""
        needed = clashing(body, set(letters), set(free(body)) - set(fixed) - set(letters), self.looped)
        if not needed:
            return self.over_axes(operator, letters, body, order, fixed)
        led = [letter for letter in letters if letter in needed]
        rest = tuple(letter for letter in letters if letter not in needed)
        names = {letter: self.loop_name(letter, fixed) for letter in led}
        inner = {**fixed, **names}
        linear = operator in ("sum", "mean")
        tests: list[Piece] = []
        if linear and isinstance(body, Mul):
            found, factors = self.guarded(body.args, (*order, *rest), inner)
            if all(test.plain and not test.axes for test in found) and factors:
                tests, body = found, Mul(tuple(factors)) if len(factors) > 1 else factors[0]
        own = "sum" if operator == "mean" else operator
        piece = self.over_axes(own, rest, body, order, inner) if rest else self.numeric(body, order, inner)
        loops = " ".join(f"for {names[letter]} in {ranged(self.outline.values(letter))}" for letter in led)
        loops += "".join(f" if {test.text}" for test in tests)
        if linear:
            count = 1
            for letter in letters:
                count *= len(self.outline.values(letter))
            made = Piece(f"sum({piece.text} {loops})", ATOM, piece.axes)
            return Piece(f"{made.text}/{count}", PRODUCT, made.axes) if operator == "mean" else made
        listed = f"[{piece.text} {loops}]"
        if isinstance(body, Cond) and piece.axes:  # a branch may be a number where the other is an array
            listed = filled(self.dialect.alike, listed)
        stack = f"{self.dialect.module}.stack({listed})"
        text = f"{self.dialect.reductions[operator]}({stack}, {self.dialect.axis}=0)"
        self.helped(operator)
        return Piece(text, ATOM, piece.axes)

    def loop_name(self, letter: str, fixed: Fixed) -> str:
        """What a letter of a loop is called."""
        base = letter.replace("#", "").rstrip("'") or "k"
        taken = {*fixed.values(), *self.names.values(), *self.dialect.reserved(), *RESERVED}
        name, count = base, 1
        while name in taken or not name.isidentifier() or not name.isascii():
            count += 1
            name = f"{base if base.isidentifier() and base.isascii() else 'k'}{count}"
        return name

    def helped(self, operator: str) -> None:
        if operator in self.dialect.helpers:
            self.helpers[operator] = None

    def over_axes(self, operator: str, letters: Sequence[str], body: Expr, order: Order, fixed: Fixed) -> Piece:
        """A reduction over axes."""
        inner = (*order, *letters)
        if operator in ("sum", "mean"):
            tests, rest = self.guarded(body.args, inner, fixed) if isinstance(body, Mul) else ([], [])
            if rest and tests and all(test.plain and not test.axes for test in tests):
                body = Mul(tuple(rest)) if len(rest) > 1 else rest[0]
                return self.held_by(tests, self.contracted(operator, letters, body, order, fixed), order)
            return self.contracted(operator, letters, body, order, fixed)
        piece = self.numeric(body, inner, fixed)
        missing = 1
        for letter in letters:
            missing *= 1 if letter in piece.axes else len(self.outline.values(letter))
        if any(letter in piece.axes for letter in letters):
            self.helped(operator)
            piece = self.called(self.dialect.reductions[operator], piece, letters, always=operator == "logsumexp")
        if missing > 1 and operator == "prod":
            piece = Piece(f"{piece.at(ATOM)}**{missing}", POWER, piece.axes)
        if missing > 1 and operator == "logsumexp":
            log = filled(self.dialect.functions["log"], filled(self.dialect.constant, str(missing)))
            piece = Piece(f"{piece.at(SUM)} + {log}", SUM, piece.axes)
        return piece

    def called(self, function: str, piece: Piece, letters: Sequence[str], always: bool = False) -> Piece:
        """A reduction of an array over its last axes."""
        left = tuple(letter for letter in piece.axes if letter not in letters)
        gone = len(piece.axes) - len(left)
        if left or (always and self.dialect.tensors):
            axis = "-1" if gone == 1 else f"({', '.join(str(k - gone) for k in range(gone))})"
            return Piece(f"{function}({piece.text}, {self.dialect.axis}={axis})", ATOM, left)
        return Piece(f"{function}({piece.text})", ATOM, ())

    def contracted(self, operator: str, letters: Sequence[str], body: Expr, order: Order, fixed: Fixed) -> Piece:
        """A sum or mean of products: a product of matrices where it is one, and what has no letter stands outside."""
        inner = (*order, *letters)
        negative, below_, factors = self.stripped(body, letters, order, fixed)
        pieces = [self.value(factor, inner, fixed) for factor in factors]
        outside = [piece for piece in pieces if not set(piece.axes) & set(letters)]
        inside = [piece for piece in pieces if set(piece.axes) & set(letters)]
        present = tuple(letter for letter in letters if any(letter in piece.axes for piece in inside))
        if operator == "mean" and len(pieces) == len(inside) == 1 and present == tuple(letters):
            made = self.called(self.dialect.reductions["mean"], self.one_or_zero(inside[0]), letters)
        else:
            missing = [letter for letter in letters if letter not in present]
            parts = [*(self.sizes(missing) if operator == "sum" else ()), *outside]
            parts += [self.product_of_arrays(inside, inner, present)] if inside else []
            made = self.times(parts, order) if parts else number_one()
            below_ += self.sizes(present) if operator == "mean" else ()
        for piece in below_:
            one, other = self.aligned((made, piece), order)
            made = self.joined((one, other), f"{one.at(PRODUCT)}/{other.at(POWER)}", PRODUCT)
        return replace(made, text=f"-{made.at(PRODUCT)}", holds=SIGN) if negative else made

    def stripped(
        self, body: Expr, letters: Sequence[str], order: Order, fixed: Fixed
    ) -> tuple[bool, list[Piece], list[Expr]]:
        """The sign of what is summed, what it is divided by that has none of the letters, and its factors."""
        negative, below_, factors = False, list[Piece](), [body]
        while True:
            match factors:
                case [Neg(inner)]:
                    negative, factors = not negative, [inner]
                case [Mul(args)] if not any(guards(args)):
                    factors = list(args)
                case [Div(above, under), *rest] if not set(free(under)) & set(letters):
                    below_.append(self.numeric(under, order, fixed))
                    factors = [above, *rest]
                case [Mul(args), *rest] if not any(guards(args)):
                    factors = [*args, *rest]
                case _:
                    return negative, below_, factors

    def sizes(self, letters: Sequence[str]) -> list[Piece]:
        """How many values letters have together: factors."""
        count = 1
        for letter in letters:
            count *= 1 if self.outline.is_pattern(letter) else len(self.outline.values(letter))
        patterns = [Piece("n", plain=True) for letter in letters if self.outline.is_pattern(letter)]
        return patterns + [Piece(str(count), plain=True)] * (count > 1)

    def product_of_arrays(self, pieces: Sequence[Piece], inner: Order, letters: Order) -> Piece:
        """The sum over letters of a product of arrays."""
        groups: dict[Order, list[Piece]] = {}
        for piece in pieces:
            groups.setdefault(piece.axes, []).append(piece)
        if len(groups) == 1:
            axes, own = next(iter(groups.items()))
            if len(own) == 2 and len(axes) == 1 and not any(piece.test for piece in own):
                return Piece(f"{own[0].at(POWER)} @ {own[1].at(POWER)}", PRODUCT, ())
            return self.called(self.dialect.reductions["sum"], self.times(own, inner), letters)
        made = [self.times(group, inner) for group in groups.values()]
        left = tuple(letter for letter in inner if letter not in letters and any(letter in one.axes for one in made))
        if len(made) == 2 and (product := self.matrix(made[0], made[1], letters, left)):
            return product
        return self.einsum(made, left)

    def matrix(self, one: Piece, other: Piece, letters: Order, left: Order) -> Piece | None:
        """Two arrays as a product of matrices or of a matrix and a vector, if they are one."""
        shared = [letter for letter in one.axes if letter in other.axes]
        if shared != list(letters) or len(letters) != 1 or max(len(one.axes), len(other.axes)) > 2:
            return None
        (letter,) = letters
        mine = [axis for axis in one.axes if axis != letter]
        if mine and mine[0] != left[0]:
            one, other = other, one
        first = one.at(ATOM) + ".T" if one.axes[-1] != letter else one.at(POWER)
        second = other.at(ATOM) + ".T" if other.axes[0] != letter else other.at(POWER)
        return Piece(f"{untwice(first)} @ {untwice(second)}", PRODUCT, left)

    def einsum(self, pieces: Sequence[Piece], left: Order) -> Piece:
        """Arrays multiplied and summed by letters."""
        letters: dict[str, str] = {}
        for piece in pieces:
            for letter in piece.axes:
                if letter not in letters:
                    wishes = [letter[0], *"abcdefghijklmnopqrstuvwxyz"]
                    free_ones = (one for one in wishes if one.isascii() and one.isalpha())
                    letters[letter] = next(one for one in free_ones if one not in letters.values())
        spec = ",".join("".join(letters[letter] for letter in piece.axes) for piece in pieces)
        spec += "->" + "".join(letters[letter] for letter in left)
        texts = ", ".join(self.one_or_zero(piece).text for piece in pieces)
        return Piece(f'{self.dialect.module}.einsum("{spec}", {texts})', ATOM, left)


