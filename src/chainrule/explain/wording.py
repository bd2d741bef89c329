"""Numbers, counts and lists as a sentence has them: four significant digits, a true minus sign, plurals."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any


def num(value: Any, digits: int = 4) -> str:
    """A number for a sentence.

    >>> num(-0.0887234), num(0.5), num(1234567.0), num(2), num(float("inf")), num(-1.5e-12)
    ('−0.08872', '0.5', '1.235e6', '2', '∞', '−1.5e−12')
    """
    number = float(value)
    if math.isnan(number):
        return "not a number"
    if math.isinf(number):
        return "∞" if number > 0 else "−∞"
    text = f"{number:.0f}" if number == round(number) and abs(number) < 1e6 else f"{number:.{digits}g}"
    mantissa, letter, exponent = text.partition("e")
    shown = mantissa + (f"e{int(exponent)}" if letter else "")
    return "0" if shown == "-0" else shown.replace("-", "−")


def sentence(text: str) -> str:
    """A text that begins with a capital.

    >>> sentence("it rests")
    'It rests'
    """
    return text[:1].upper() + text[1:]


def told_apart(*values: float) -> list[str]:
    """Numbers with as many digits as tell them apart, where they differ at all.

    >>> told_apart(1.00000012, 1.0000001), told_apart(2, 1.5)
    (['1.00000012', '1.0000001'], ['2', '1.5'])
    """
    for digits in range(4, 18):
        shown = [num(value, digits) for value in values]
        if len(set(shown)) == len(set(values)):
            return shown
    return [num(value) for value in values]


def times(factor: float) -> str:
    """A factor with as many digits as tell it from 1.

    >>> times(1.2), times(1.00123), times(5.0)
    ('1.2', '1.001', '5')
    """
    return next((shown for digits in range(3, 18) if (shown := num(factor, digits)) != "1"), "1")


def put(value: Any) -> str:
    """A number where it stands for a name in a formula: a negative one in brackets.

    >>> put(-0.5), put(2.0)
    ('(−0.5)', '2')
    """
    shown = num(value)
    return f"({shown})" if shown.startswith("−") else shown


def exact(value: Fraction) -> str:
    """An exact number: a short fraction as itself, a longer one as a decimal.

    >>> exact(Fraction(1, 8)), exact(Fraction(1, 2)), exact(Fraction(3)), exact(Fraction(12345, 67891))
    ('1/8', '½', '3', '0.1818')
    """
    if value == Fraction(1, 2):
        return "½"
    if value.denominator <= 100 and abs(value.numerator) <= 1000:
        return str(value).replace("-", "−")
    return num(float(value))


def percent(part: float) -> str:
    """A share: ``98 %``.

    >>> percent(0.981), percent(0.00123)
    ('98.1 %', '0.123 %')
    """
    return f"{num(100 * part, 3)} %"


def count(many: int, noun: str, plural: str | None = None) -> str:
    """A count with its noun.

    >>> count(1, "step"), count(3, "step"), count(2, "other", "others")
    ('1 step', '3 steps', '2 others')
    """
    return f"{many} {noun if many == 1 else plural or noun + 's'}"


def listing(items: Iterable[str], most: int = 6, join: str = "and") -> str:
    """Items as a list in a sentence; what is left out is counted.

    >>> listing(["a"]), listing(["a", "b", "c"]), listing("abcdefgh", most=3)
    ('a', 'a, b and c', 'a, b, c and 5 more')
    """
    every = list(items)
    if len(every) > most + 1:
        return f"{', '.join(every[:most])} {join} {len(every) - most} more"
    if len(every) < 2:
        return "".join(every)
    return f"{', '.join(every[:-1])} {join} {every[-1]}"


def table(rows: Sequence[Sequence[str]], left: Sequence[int] = (0,)) -> tuple[str, ...]:
    """Rows of cells as aligned lines, the columns in ``left`` flush left, the others right.

    >>> table([("α", "E"), ("0.25", "1")])
    ('α     E', '0.25  1')
    """
    from chainrule.errors import width

    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return tuple(
        "  ".join(
            cell + " " * (wide - width(cell)) if place in left else " " * (wide - width(cell)) + cell
            for place, (cell, wide) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
