"""Expressions, statements and texts → text; what `parse` reads back as the same.

Conventions. Products always have their sign, sums have spaces, a reduction takes all that follows in its term, and no
bracket stands that the precedence makes needless. ``ascii=True`` prints ASCII alone; else names are pretty (ŷ, W₁, α).
Totals are ``d(E)/d(w)``, partials ``partial(E)/partial(y)``, second derivatives ``d(E)/d(w, v)``, in both forms.
"""

from __future__ import annotations

from fractions import Fraction

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
    Index,
    InRange,
    Mul,
    Neg,
    Number,
    Pow,
    Reduce,
    Ref,
    Size,
)  # fmt: skip
from chainrule.notation.known import LINEAR
from chainrule.notation.lexer import FRACTIONS
from chainrule.notation.names import pretty

SUM, SIGN, PRODUCT, FACTOR, POWER, ATOM = range(6)
"""How tightly a printed piece holds together: a ± b, −a, a·b and a/b, a reduction or derivative, a^b, the rest."""

_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")

Piece = str | tuple[Expr, int, bool, bool]
"""Text, or an expression still to print: how tightly it must hold, whether its term ends with it (else a reduction
would take what follows), and whether a term begins with it (only there 1/2 is one number)."""


def show(expr: Expr, ascii: bool = False) -> str:
    """The text of an expression: ``parse_expression(show(e)) == e`` for every e that a text can say, its names given.

    Beyond texts, the value of an index that is no plain letter prints as the sum it is.

    >>> from chainrule.notation.parser import parse_expression
    >>> show(parse_expression("½(y_hat-y)**2 / exp(-(a*b)x)")), show(parse_expression("½(ŷ−y)²"), ascii=True)
    ('½·(ŷ − y)²/exp(−(a·b)·x)', '1/2*(y_hat - y)^2')
    """
    printer = Printer(ascii)
    return printer.expression(expr)


class Printer:
    """Prints in one of the two forms; remembers how names look."""

    __slots__ = ("ascii", "dot", "minus", "names")

    def __init__(self, ascii: bool) -> None:
        self.ascii = ascii
        self.dot, self.minus = ("*", "-") if ascii else ("·", "−")
        self.names: dict[str, str] = {}

    def name(self, kept: str) -> str:
        """A name as shown; the primes of a letter or of a macro stay."""
        if self.ascii:
            return kept
        shown = self.names.get(kept)
        if shown is None:
            stem = kept.rstrip("'")
            shown = self.names[kept] = pretty(stem) + kept[len(stem) :]
        return shown

    def expression(self, expr: Expr) -> str:
        out: list[str] = []
        todo: list[Piece] = [(expr, SUM, True, True)]
        while todo:
            part = todo.pop()
            if isinstance(part, str):
                out.append(part)
                continue
            node, floor, last, first = part
            level, parts = self.parts(node, last, first)
            if level < floor:
                _, parts = self.parts(node, True, True)
                out.append("(")
                todo.append(")")
            todo.extend(reversed(parts))
        return "".join(out)

    def parts(self, node: Expr, last: bool, first: bool) -> tuple[int, list[Piece]]:
        """How tightly a node holds together, and of what its text is made."""
        match node:
            case Number():
                text = self.number(node)
                if node.value < 0:  # never from a text; printed so that its value is read back
                    return SIGN, [text]
                return (ATOM if "/" not in text else FACTOR if first else SUM), [text]
            case Ref(name, indices):
                return ATOM, [self.name(name) + (f"[{','.join(map(self.index, indices))}]" if indices else "")]
            case At(index):
                plain = index.letter is not None or (not index.terms and index.constant >= 0)
                return (ATOM if plain else SUM), [self.index(index)]
            case Size(letter):
                return ATOM, [f"size({self.name(letter)})"]
            case Constant():
                return ATOM, ["pi" if self.ascii else "π"]
            case Add(args):
                return SUM, self.sum(args)
            case Neg(arg):
                return SIGN, [self.minus, (arg, PRODUCT, last, True)]
            case Mul(args):
                return PRODUCT, self.product(args, last, first)
            case Div(above, below):
                whole = self.digits(above) and self.digits(below)
                bracketed = first and whole  # (3)/7: without the bracket it would be one number
                return PRODUCT, [
                    (above, ATOM + 1 if bracketed else PRODUCT, False, first),
                    "/",
                    (below, POWER, last, False),
                ]
            case Pow(base, exponent):
                return POWER, [(base, ATOM, False, False), *self.exponent(exponent, last)]
            case Call(function, args, order):
                return ATOM, [self.name(function) + "'" * order + "(", *self.separated(args), ")"]
            case Reduce(operator, letters, body):
                held = PRODUCT if operator in LINEAR else POWER
                return (FACTOR if last else SUM), [self.reduction(operator, letters) + " ", (body, held, True, True)]
            case Bracket():
                return ATOM, ["[", *self.comparison(node), "]"]
            case InRange():
                return ATOM, ["[", *self.comparison(node), "]"]
            case Cond(test, then, otherwise):
                return ATOM, ["if(", *self.comparison(test), ", ", *self.separated((then, otherwise)), ")"]
            case Derivative(of, wrt, kind):
                d = "d" if kind == "total" else "partial"
                return FACTOR, [f"{d}(", (of, SUM, True, True), f")/{d}(", *self.separated(wrt), ")"]

    def sum(self, args: tuple[Expr, ...]) -> list[Piece]:
        parts: list[Piece] = []
        for number, arg in enumerate(args):
            if isinstance(arg, Neg):
                parts += [f" {self.minus} " if number else self.minus, (arg.arg, PRODUCT, True, True)]
            else:
                parts += [" + " if number else "", (arg, PRODUCT, True, True)]
        return parts

    def product(self, args: tuple[Expr, ...], last: bool, first: bool) -> list[Piece]:
        parts: list[Piece] = []
        for number, arg in enumerate(args):
            floor = PRODUCT if number == 0 and isinstance(arg, Div) else FACTOR
            parts += [self.dot if number else "", (arg, floor, last and number == len(args) - 1, first and number == 0)]
        return parts

    def exponent(self, exponent: Expr, last: bool) -> list[Piece]:
        negative = isinstance(exponent, Neg)
        size = exponent.arg if isinstance(exponent, Neg) else exponent
        if not self.ascii and isinstance(size, Number) and self.digits(size):
            return [(("-" if negative else "") + self.number(size)).translate(_SUPERSCRIPTS)]
        return ["^", self.minus if negative else "", (size, POWER, last, False)]

    def comparison(self, test: Bracket | InRange) -> list[Piece]:
        if isinstance(test, InRange):
            return [self.index(test.index), " in " if self.ascii else " ∈ ", self.name(test.letter)]
        sign: str = test.comparison
        if not self.ascii:
            sign = {"<=": "≤", ">=": "≥", "!=": "≠"}.get(sign, sign)
        return [(test.left, SUM, True, True), f" {sign} ", (test.right, SUM, True, True)]

    def separated(self, args: tuple[Expr, ...]) -> list[Piece]:
        parts: list[Piece] = []
        for number, arg in enumerate(args):
            parts += [", " if number else "", (arg, SUM, True, True)]
        return parts

    def reduction(self, operator: str, letters: tuple[str, ...]) -> str:
        if not letters:
            return operator
        sign = "Σ" if operator == "sum" and not self.ascii else operator
        names = ",".join(map(self.name, letters))
        return f"{sign}_{names}" if len(letters) == 1 else f"{sign}_{{{names}}}"

    def index(self, index: Index) -> str:
        """``2*s+u-1``."""
        text = ""
        for letter, factor in index.terms:
            sign = self.minus if factor < 0 else "+" if text else ""
            size = "" if abs(factor) == 1 else f"{abs(factor)}{self.dot}"
            text += sign + size + self.name(letter)
        if index.constant or not text:
            sign = self.minus if index.constant < 0 else "+" if text else ""
            text += f"{sign}{abs(index.constant)}"
        return text

    def digits(self, expr: Expr) -> bool:
        return isinstance(expr, Number) and self.number(expr).isdecimal()

    def number(self, node: Number) -> str:
        """A number as typed, if it still is that number; else exactly: an integer or a fraction."""
        value, typed = node.value, node.text
        if value == Fraction(1, 2) and typed in ("", "½", "1/2"):
            return "1/2" if self.ascii else "½"
        if typed and Fraction(FRACTIONS.get(typed, typed)) == value:
            return FRACTIONS.get(typed, typed) if self.ascii else typed
        return exact(value)


def exact(value: Fraction, decimal: bool = False) -> str:
    """A number exactly, with at most 64 digits in a row where that is possible; ``decimal`` prefers 0.05 to 1/20.

    >>> exact(Fraction(1, 20)), exact(Fraction(1, 20), decimal=True), exact(Fraction(10) ** 300)
    ('1/20', '0.05', '1e300')
    """
    above, below = abs(value.numerator), value.denominator
    sign = "-" if value < 0 else ""
    if not decimal and max(above, below) < 10**64:
        return f"{sign}{above}" if below == 1 else f"{sign}{above}/{below}"
    places = 0
    while below % 10 == 0:
        below, places = below // 10, places + 1
    for prime, other in ((2, 5), (5, 2)):
        while below % prime == 0:
            above, below, places = above * other, below // prime, places + 1
    while above and above % 10 == 0:
        above, places = above // 10, places - 1
    if below == 1 and above < 10**64:
        return sign + _decimal(above, places)
    if max(abs(value.numerator), value.denominator) < 10**64:
        return f"{value.numerator}/{value.denominator}"
    return sign + _decimal(above, places) + (f"/{below}" if below > 1 else "")


def _decimal(digits: int, places: int) -> str:
    """``digits``·10^−``places``."""
    text = str(digits)
    if places <= 0 or digits == 0:
        text = text if digits == 0 else str(digits * 10**-places)
        short = text.rstrip("0")
        return text if len(text) <= 21 or short == text else f"{short}e{len(text) - len(short)}"
    if places > 20 or len(text) > 40:
        return f"{text}e-{places}"
    text = text.rjust(places + 1, "0")
    return f"{text[:-places]}.{text[-places:]}"
