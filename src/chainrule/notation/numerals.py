"""A number as typed → the exact number."""

from __future__ import annotations

from fractions import Fraction

from chainrule.notation.lexer import Token
from chainrule.notation.names import clip
from chainrule.notation.reader import Reader
from chainrule.notation.scope import Scope

LARGEST = Fraction(2) ** 1024 - Fraction(2) ** 970
SMALLEST = Fraction(1, 2**1075)
"""Beyond the one a number rounds to infinity, below the other to zero."""


def spelled(text: str) -> str:
    """A number as the notation writes it: ``2.`` and ``1.e-3``, as NumPy prints them, are 2 and 1e-3.

    >>> spelled("2."), spelled("1.e-3"), spelled("0.5")
    ('2', '1e-3', '0.5')
    """
    return text.replace(".e", "e").replace(".E", "E").removesuffix(".")


def exact(reader: Reader, token: Token, scope: Scope, cell: bool = False) -> Fraction:
    """The number as typed; one that floating point cannot hold is an error. A ``cell`` of a table stands by itself."""
    text = spelled(token.text)
    after = reader.peek()
    if text != token.text and scope.printed and not cell and after.kind == "number":
        help = f"write {clip(text)}, {clip(spelled(after.text))}"
        reader.fail("E045", "values in a list are separated by commas", help, reader.at, reader.at + 1)
    alone = cell or (after.kind in ("operator", "end") and after.text not in ("(", "[", "∂"))
    if text != token.text and not (scope.printed and alone):
        short = token.text.partition(".")[0]
        cure = f"{short} or {short}.0" if token.text.endswith(".") else text
        reader.fail("E004", f"{clip(token.text)} is not a number", f"write {cure}")
    if text.isdigit():
        return Fraction(int(text))
    digits, letter, exponent = text.lower().partition("e")
    if letter and scope.quantity(f"e{exponent}"):
        note = f"{text} is a number; for the product with e{exponent} write {digits}*e{exponent}"
        reader.budget.notes.append((note, token.span))
    if len(exponent) > 4:  # never raise 10 to a power that a text chose freely
        value = Fraction(0) if "-" in exponent else LARGEST * 2
    else:
        value = Fraction(text)
    if value > LARGEST or (digits.strip("0.") and value <= SMALLEST):
        size = "large" if value > 1 else "small"
        reader.fail("E005", f"{clip(text)} is too {size}", "numbers reach from 5e-324 to 1.797e308")
    return value
