"""A cell that begins or ends as a number does → what to write in its place: units, marks, bounds, other digits.

Nothing is read so: a person is told what to write, and where a cell can mean two numbers both are named.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from fractions import Fraction

from chainrule.data.commas import Convention
from chainrule.data.table import number_in

MARKS = " \u00a0\u202f\u2009'’_"
"""What some put between thousands."""

DIGITS = "digits and a point, nothing else"
_NUMBER = r"[+-]?(?:[0-9][0-9.,]*|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?"
_UNIT = re.compile(rf"({_NUMBER})\s?(?!st$|nd$|rd$|th$)(°?[A-Za-zµμΩ°][A-Za-z²³/°]{{0,9}})")
_SIZES = {"k": 10**3, "K": 10**3, "M": 10**6, "Mio": 10**6, "mio": 10**6, "B": 10**9, "bn": 10**9, "Mrd": 10**9}

Made = Callable[[re.Match[str]], str | None]


def meant(text: str) -> str | None:
    """What to write for a cell; None where no number can be seen in it.

    >>> meant("12,50 €"), meant("2/3"), meant("word")
    ('write 12.5: digits and a point, nothing else', 'write 0.66666666666666663', None)
    """
    plain = "".join(digit(char) for char in text.strip()).replace("−", "-").replace("–", "-")
    for pattern, made in FORMS:
        if (found := pattern.fullmatch(plain)) is not None and (said := made(found)) is not None:
            return said
    return None


def measured(text: str, cells: Iterable[object]) -> str | None:
    """What to write for a number with a unit that all the cells have.

    >>> measured("12 kg", ["12 kg", "13 kg"]), measured("1st", ["1st", "2nd"])
    ('write 12: digits and a point, nothing else', None)
    """
    found = _UNIT.fullmatch(text.strip())
    others = [_UNIT.fullmatch(one.strip()) for one in cells if isinstance(one, str)]
    alike = found is not None and all(one is not None and one[2] == found[2] for one in others)
    return to_write(found[1]) if found is not None and alike else None


def digit(char: str) -> str:
    """A digit of any script as one of 0 to 9; any other character as it is."""
    return str(unicodedata.decimal(char)) if unicodedata.category(char) == "Nd" else char


def numbers(text: str) -> list[str]:
    """The numbers that a text can be: one, or two where a comma can be read in two ways."""
    bare = "".join(char for char in text if char not in MARKS)
    if number_in(bare) is not None:
        return [bare.lstrip("+")]
    found = {value for one in Convention if (value := one.number(bare)) is not None}
    if not found and re.fullmatch(r"[+-]?[0-9]{1,2}(?:,[0-9]{2})*,[0-9]{3}(?:\.[0-9]*)?", bare):  # as in India
        return [bare.replace(",", "")]
    return sorted(f"{value:.15g}" for value in found)


def to_write(text: str, sign: str = "") -> str | None:
    """To write the number that a text is."""
    found = [sign + one.lstrip("-") if sign else one for one in numbers(text)]
    return f"write {' or '.join(found)}: {DIGITS}" if found else None


def percent(found: re.Match[str]) -> str | None:
    """``12 %``."""
    one = numbers(found[1])
    if len(one) != 1:
        return None
    return f"write {one[0]}, or {float(one[0]) / 100:.15g} for the part of one, alike in all rows: {DIGITS}"


def sized(found: re.Match[str]) -> str | None:
    """``12k``."""
    one, size = numbers(found[1]), found[2]
    if len(one) != 1:
        return None
    return f"write {float(one[0]) * _SIZES[size]:.15g} if {size} counts by {_SIZES[size]:,}, else {one[0]}: {DIGITS}"


def unsure(found: re.Match[str]) -> str | None:
    """``5 ± 1``."""
    said = to_write(found[1])
    return f"{said.partition(':')[0]}, and how sure it is in another column" if said else None


def divided(found: re.Match[str]) -> str | None:
    """``1/2``."""
    return f"write {float(Fraction(int(found[1]), int(found[2]))):.17g}" if int(found[2]) else None


def powered(found: re.Match[str]) -> str | None:
    """``1.5×10^3``."""
    one, power = numbers(found[1]), unicodedata.normalize("NFKC", found[2]).replace("−", "-")
    return f"write {one[0]}e{int(power)}: an exponent is an e" if len(one) == 1 else None


def based(found: re.Match[str]) -> str:
    """``0x1F``."""
    return f"write {int(found[0], 0)}: {DIGITS}"


FORMS: tuple[tuple[re.Pattern[str], Made], ...] = tuple(
    (re.compile(pattern), made)
    for pattern, made in (
        (rf"({_NUMBER})\s*%", percent),
        (rf"\(\s*[$€£¥]?\s*({_NUMBER})\s*\)", lambda found: to_write(found[1], "-")),
        (rf"({_NUMBER})\s*({'|'.join(_SIZES)})", sized),
        (r"([+-]?[0-9]{1,9})\s*[/⁄]\s*([0-9]{1,9})", divided),
        (r"0[xX][0-9a-fA-F]{1,12}|0[bB][01]{1,40}|0[oO][0-7]{1,12}", based),
        (rf"({_NUMBER})\s*[×x*·]\s*10\s*\^?\s*[({{]?([-+]?[0-9]{{1,3}}|[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{{1,3}})[)}}]?", powered),
        (rf"[<>≤≥~≈]=?\s*{_NUMBER}", lambda _: "a bound is no number: decide on one, or take the row out"),
        (rf"({_NUMBER})\s*(?:±|\+/-|\+-)\s*{_NUMBER}", unsure),
        (rf"{_NUMBER}\s*(?:-|to|…|\.\.)\s*{_NUMBER}",
         lambda _: "it is a range: write one number, such as its middle, or its two ends in two columns"),
        (rf"{_NUMBER}\s*[+-]\s*(?:[0-9.]+)?[ij]", lambda _: "a complex number: write its two parts in two columns"),
        (r"[$£]\s*([0-9]{1,3}(?:,[0-9]{3})+)", lambda found: to_write(found[1].replace(",", ""))),
        (rf"[$€£¥]\s*({_NUMBER})|({_NUMBER})\s*(?:[$€£¥]|[A-Z]{{3}})", lambda found: to_write(found[1] or found[2])),
        (rf"({_NUMBER})\s*(?:[*†‡§¶]+|\[\w{{1,3}}\]|\(\w{{1,2}}\)|[¹²³ᵃᵇᶜ]|[#;].*)", lambda found: to_write(found[1])),
        (rf"({_NUMBER}(?:[{MARKS}][0-9]{{3}})*(?:[.,][0-9]+)?)", lambda found: to_write(found[1])),
        (rf"'({_NUMBER})'|’({_NUMBER})’", lambda found: to_write(found[1] or found[2])),
    )
)  # fmt: skip
