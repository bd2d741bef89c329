"""Parts of an expression that is being printed: their text, how tightly it holds together, and its axes."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from chainrule.errors import UsageError
from chainrule.expr.nodes import Index
from chainrule.numbers.kinds import nearest
from chainrule.values import dataclass

LOOSE, TEST, SUM, PRODUCT, SIGN, POWER, ATOM = range(7)
"""How tightly a printed piece holds together: a choice, a comparison, a ± b, a·b, −a, a^b, the rest."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A text that is worth a number, or an array with an axis for each of ``axes``.

    ``plain`` says that it is made of written numbers alone, ``test`` that it is true or false.
    """

    text: str
    holds: int = ATOM
    axes: tuple[str, ...] = ()
    plain: bool = False
    test: bool = False

    def at(self, level: int) -> str:
        """The text, in brackets where it does not hold together as tightly as that."""
        return self.text if self.holds >= level else f"({self.text})"


def number(value: Fraction, whole: bool = True) -> Piece:
    """A number exactly as the float that it is: 0.5, 2, or 1/3 where no short decimal is that number.

    ``whole`` says that the language divides and multiplies whole numbers as it does others.

    >>> number(Fraction(1, 2)).text, number(Fraction(1, 3)).text, number(Fraction(2), whole=False).text
    ('0.5', '1/3', '2.0')
    """
    near = nearest(value)
    text = repr(near)
    exact = text not in ("inf", "-inf") and Fraction(text) == value
    if exact or max(abs(value.numerator), value.denominator) >= 2**53:
        if whole and near == int(near) and abs(near) < 2**53 if abs(near) < float("inf") else False:
            text = str(int(near))
        return Piece(text, ATOM if near >= 0 else SIGN, plain=True)
    above, below = (f"{one}" if whole else f"{one}.0" for one in (value.numerator, value.denominator))
    return Piece(f"{above}/{below}", PRODUCT, plain=True)


def how_tight(text: str) -> int:
    """How tightly an index holds together, as it was written by `affine`.

    >>> how_tight("t - 1") == SUM, how_tight("t") == ATOM
    (True, True)
    """
    if " " in text:
        return SUM
    return SIGN if text.startswith("-") else PRODUCT if "*" in text else ATOM


def affine(index: Index, fixed: Mapping[str, str], shift: int = 0) -> str:
    """An index as whole-number arithmetic; ``fixed`` says what each letter is called.

    >>> affine(Index((("t", 1),), -1), {"t": "t"}), affine(Index((("s", 2), ("u", -1))), {"s": "s", "u": "u"}, 3)
    ('t - 1', '2*s - u + 3')
    """
    text = ""
    for letter, factor in index.terms:
        size = fixed[letter] if abs(factor) == 1 else f"{abs(factor)}*{fixed[letter]}"
        text += (" - " if factor < 0 else " + ") + size if text else ("-" if factor < 0 else "") + size
    rest = index.constant + shift
    if not text:
        return str(rest)
    return text + (f" {'-' if rest < 0 else '+'} {abs(rest)}" if rest else "")


def lacking(language: str, function: str) -> UsageError:
    """The error that a language has no such function."""
    return UsageError(
        "E061",
        f"{language} has no function {function}",
        'with exact=True a program in "numpy", "c" or "javascript" brings chainrule\'s own',
    )
