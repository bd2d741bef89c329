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


def exact(reader: Reader, token: Token, scope: Scope) -> Fraction:
    """The number as typed; one that floating point cannot hold is an error."""
    text = token.text
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
