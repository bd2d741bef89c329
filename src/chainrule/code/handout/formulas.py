"""An expression at given values of its letters → a formula of a spreadsheet.

Spreadsheets read ``-x^2`` as (−x)²: a minus always has its own brackets. What speaks of letters alone is decided here;
nothing of it is left in a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import product

from chainrule.code.handout.pieces import lacking
from chainrule.code.spelling import filled
from chainrule.errors import BrokenPass, UsageError
from chainrule.expr.indices import index_value, speaks_of_indices, truth
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
from chainrule.numbers.guards import guards

Place = tuple[int, ...]
Values = Mapping[str, int]

FUNCTIONS = {
    "exp": "EXP({0})", "log": "LN({0})", "sqrt": "SQRT({0})", "tanh": "TANH({0})", "sin": "SIN({0})", "cos": "COS({0})",
    "sinh": "SINH({0})", "cosh": "COSH({0})", "arctan": "ATAN({0})", "abs": "ABS({0})", "sign": "SIGN({0})",
    "floor": "INT({0})", "max": "MAX({0},{1})", "min": "MIN({0},{1})", "relu": "MAX({0},0)",
    "sigmoid": "1/(1+EXP(-({0})))", "softplus": "(MAX({0},0)+LN(1+EXP(-ABS({0}))))", "expm1": "(EXP({0})-1)",
    "log1p": "LN(1+{0})", "erf": "ERF({0})", "asinh": "ASINH({0})", "power": "({0})^({1})",
}  # fmt: skip
"""How spreadsheets write the known functions."""

LONGEST = 8000
"""Letters of a formula; spreadsheets take 8,192."""


class Formulas:
    """Prints formulas. ``cell`` says where the number of an entry is, ``ranges`` which values a letter has."""

    def __init__(self, cell: Callable[[str, Place], str], ranges: Callable[[str], range]) -> None:
        self.cell, self.ranges = cell, ranges

    def formula(self, expr: Expr, at: Values) -> str:
        """The formula, without the sign of equality before it."""
        text = self.value(expr, at)
        if len(text) > LONGEST:
            raise UsageError(
                "E061",
                f"a formula of this network would have {len(text):,} letters, and a spreadsheet takes {LONGEST:,}",
                "give names to parts of the equation, or write the program in another language",
            )
        return text

    def value(self, expr: Expr, at: Values) -> str:
        """The text of a node; sums and quotients in brackets where they stand inside others."""
        match expr:
            case Number(value):
                return written(value)
            case Constant():
                return "PI()"
            case Size(letter):
                return str(len(self.ranges(letter)))
            case Ref(name, indices):
                return self.cell(name, tuple(index_value(one, at.__getitem__) for one in indices))
            case Derivative():
                return self.cell(key(expr), tuple(index_value(one, at.__getitem__) for one in places(expr)))
            case At(index):
                return written(Fraction(index_value(index, at.__getitem__)))
            case Bracket() | InRange():
                known = self.known(expr, at)
                return str(int(known)) if known is not None else f"IF({self.test(expr, at)},1,0)"
            case Neg(inner):
                return f"(-{self.tight(inner, at)})"
            case Add(terms):
                return self.sum(terms, at)
            case Mul(factors):
                return self.product(factors, at)
            case Div(above, below):
                return f"{self.factor(above, at)}/{self.tight(below, at)}"
            case Pow(base, exponent):
                return f"{self.tight(base, at)}^{self.tight(exponent, at)}"
            case Call(function, arguments):
                if function not in FUNCTIONS:
                    raise lacking("a spreadsheet", function)
                return filled(FUNCTIONS[function], *(self.value(one, at) for one in arguments))
            case Cond(test, then, otherwise):
                known = self.known(test, at)
                if known is not None:
                    return self.value(then if known else otherwise, at)
                return f"IF({self.test(test, at)},{self.value(then, at)},{self.value(otherwise, at)})"
            case Reduce(operator, letters, body):
                return self.reduce(operator, letters, body, at)

    def tight(self, expr: Expr, at: Values) -> str:
        """The text of a node where it has to hold together."""
        text = self.value(expr, at)
        return text if whole(text) else f"({text})"

    def factor(self, expr: Expr, at: Values) -> str:
        """The text of a node as the first factor."""
        text = self.value(expr, at)
        return text if whole(text) or (isinstance(expr, Mul | Div) and not loose(text)) else f"({text})"

    def sum(self, terms: tuple[Expr, ...], at: Values) -> str:
        text = ""
        for term in terms:
            inner = term.arg if isinstance(term, Neg) else term
            piece = self.value(inner, at)
            if piece == "0" and len(terms) > 1:
                continue
            if isinstance(term, Neg) and text:
                text += f"-({piece})" if loose(piece) else f"-{piece}"
            elif isinstance(term, Neg):
                text = f"(-{self.tight(inner, at)})"
            else:
                text += f"+{piece}" if text else piece
        return text or "0"

    def product(self, factors: tuple[Expr, ...], at: Values) -> str:
        """Factors from left to right; what is 0 by its letters alone is not written."""
        guarding = guards(factors)
        tests, rest = list[Expr](), list[Expr]()
        for factor, guard in zip(factors, guarding, strict=True):
            known = self.known(factor, at) if guard else None
            if known is False:
                return "0"
            if known is None:
                (tests if guard else rest).append(factor)
        texts = [self.factor(one, at) if not number else self.tight(one, at) for number, one in enumerate(rest)]
        text = "0" if "0" in texts else "*".join(texts) or "1"
        for test in reversed(tests):
            text = f"IF({self.test(test, at)},{text},0)"
        return text

    def known(self, test: Expr, at: Values) -> bool | None:
        return truth(test, at, self.ranges) if speaks_of_indices(test) else None

    def test(self, expr: Expr, at: Values) -> str:
        match expr:
            case Bracket(comparison, left, right):
                sign = {"==": "=", "!=": "<>"}.get(comparison, comparison)
                return f"{self.tight(left, at)}{sign}{self.tight(right, at)}"
        raise BrokenPass("printing", f"{expr!r} is no test")

    def reduce(self, operator: str, letters: tuple[str, ...], body: Expr, at: Values) -> str:
        """A reduction, term by term."""
        spaces = product(*(self.ranges(letter) for letter in letters))
        texts = [self.value(body, {**at, **dict(zip(letters, place, strict=True))}) for place in spaces]
        if operator in ("sum", "mean"):
            terms = [text for text in texts if text != "0"]
            total = "+".join(terms) if terms else "0"
            total = total if len(terms) == 1 and whole(total) else f"({total})"
            return total if operator == "sum" else f"{total}/{len(texts)}"
        if operator == "prod":
            return "*".join(text if whole(text) else f"({text})" for text in texts) or "1"
        if operator == "logsumexp":
            return f"LN({'+'.join(f'EXP({text})' for text in texts)})"
        return f"{operator.upper()}({','.join(texts)})"


def written(value: Fraction) -> str:
    """A number as a formula has it.

    >>> written(Fraction(1, 2)), written(Fraction(-3)), written(Fraction(1, 3))
    ('0.5', '(-3)', '(1/3)')
    """
    if value < 0:
        return f"(-{written(-value)})"
    if value.denominator == 1 and value < 10**15:
        return str(value.numerator)
    text = repr(float(value)).replace("e", "E")
    if Fraction(text) == value or max(value.numerator, value.denominator) > 10**15:
        return text
    return f"({value.numerator}/{value.denominator})"


def whole(text: str) -> bool:
    """Whether a text holds together by itself: a cell, a number, a call or something in brackets.

    >>> whole("EXP(A1+B1)"), whole("(A1)*(B1)"), whole("A1+1")
    (True, False, False)
    """
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0 and letter in "+-*/^<>=&" and not (letter in "+-" and text[place - 1 : place] == "E"):
            return False
        if depth == 0 and letter == ")" and place < len(text) - 1:
            return False
    return True


def loose(text: str) -> bool:
    """Whether a text is a sum, seen from outside.

    >>> loose("A1+B1"), loose("A1*(B1+C1)")
    (True, False)
    """
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0 and letter in "+-" and place and text[place - 1] != "E":
            return True
    return False
