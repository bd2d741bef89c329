"""Names as typed ↔ names as kept: ``ŷ`` and ``y_hat``, ``W₁`` and ``W1``, ``Δw`` and ``Delta_w`` are one name.

Conventions. The kept form is ASCII: accents are words after an underscore (``_hat _bar _dot _tilde``), Greek letters
their English names, subscript digits plain digits without an underscore, and an underscore stands where scripts meet.
``ascii(pretty(name)) == name`` for every kept name.
"""

from __future__ import annotations

import re
import unicodedata
from types import MappingProxyType

ACCENTS = MappingProxyType({"̂": "hat", "̄": "bar", "̅": "bar", "̇": "dot", "̃": "tilde"})

_LOWER = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "zeta",
    "eta",
    "theta",
    "iota",
    "kappa",
    "lambda",
    "mu",
    "nu",
    "xi",
    "omicron",
    "pi",
    "rho",
    "sigma",
    "tau",
    "upsilon",
    "phi",
    "chi",
    "psi",
    "omega",
]
_LETTERS = "αβγδεζηθικλμνξοπρστυφχψω"

GREEK = MappingProxyType(
    dict(zip(_LETTERS, _LOWER, strict=True))
    | {letter.upper(): word.capitalize() for letter, word in zip(_LETTERS, _LOWER, strict=True)}
    | {"ϵ": "epsilon", "ϑ": "theta", "ϕ": "phi", "ϱ": "rho", "ϖ": "pi", "ς": "sigma", "µ": "mu", "Ω": "Omega"}
)
"""Greek letters and their names. ``Σ`` and ``Π`` are not among the letters of names: they write sums and products."""

_SHOWN = MappingProxyType(
    {word: letter for letter, word in zip(_LETTERS, _LOWER, strict=True) if word not in ("omicron", "upsilon")}
    | {GREEK[letter]: letter for letter in "ΓΔΘΛΞΦΨΩ"}
)
_MARKS = MappingProxyType({"hat": "̂", "bar": "̄", "dot": "̇", "tilde": "̃"})
_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_LOOSE = re.compile(r"(?<=[A-Za-z])_(?=[0-9])")


def ascii(typed: str) -> str:
    """The kept form of a name as typed.

    >>> ascii("ŷ"), ascii("W₁"), ascii("x_1"), ascii("Δw"), ascii("η0"), ascii("T̂")
    ('y_hat', 'W1', 'x1', 'Delta_w', 'eta0', 'T_hat')
    """
    if typed.isascii():
        return _LOOSE.sub("", typed) if "_" in typed else typed
    out: list[str] = []
    last = "_"
    for char in unicodedata.normalize("NFD", typed).translate(_DIGITS):
        if char in GREEK:
            out.append(GREEK[char] if last == "_" else "_" + GREEK[char])
            last = "greek"
        elif char in ACCENTS:
            out.append("_" + ACCENTS[char])
            last = "greek"
        elif char.isalpha():
            out.append("_" + char if last == "greek" else char)
            last = "latin"
        else:
            out.append(char)
            last = "_" if char == "_" else "digit"
    return _LOOSE.sub("", "".join(out))


def _derivative(name: str) -> str:
    """How the quantity is shown that a derivative is, by one weight after the other."""
    *weights, of = name.split(".")
    by = [pretty(weight.removeprefix("∂_")) for weight in reversed(weights)]
    order = str(len(by)).translate(_SUPERSCRIPTS) if len(by) > 1 else ""
    under = f"∂{by[0]}{order}" if len(set(by)) == 1 else "".join(f"∂{one}" for one in by)
    return f"∂{order}{pretty(of)}/{under}"


def pretty(name: str) -> str:
    """How a kept name is shown.

    >>> pretty("y_hat"), pretty("W1"), pretty("Delta_w"), pretty("mean_error"), pretty("alpha")
    ('ŷ', 'W₁', 'Δw', 'mean_error', 'α')

    The derivatives that equations read are quantities too, ``∂_x.f``:

    >>> pretty("∂_w1.y_hat"), pretty("∂_x.∂_x.f"), pretty("∂_y.∂_x.f")
    ('∂ŷ/∂w₁', '∂²f/∂x²', '∂²f/∂x∂y')
    """
    if len(name) == 1:
        return name
    if name.startswith("∂_"):
        return _derivative(name)
    shown = ""
    bare = False  # the last part is one symbol, with or without accents: another accent may follow
    greek = False  # the last part ends in a Greek letter or an accent
    for part in name.split("_"):
        stem = part.rstrip("0123456789")
        digits = part[len(stem) :].translate(_SUBSCRIPTS) if stem else part
        symbol = _SHOWN.get(stem)
        if bare and stem in _MARKS:
            shown += _MARKS[stem] + digits
            bare = greek = not digits
            continue
        joined = not shown or greek or symbol is not None
        shown += ("" if joined else "_") + (symbol or stem) + digits
        bare = not digits and (symbol is not None or len(stem) == 1)
        greek = not digits and symbol is not None
    shown = unicodedata.normalize("NFC", shown)
    return shown if ascii(shown) == name else name


def accented(char: str) -> bool:
    """Whether one typed character is a letter of a name: Latin or Greek, with no accents but the four."""
    parts = unicodedata.normalize("NFD", char)
    return (parts[0] in GREEK or (parts[0].isascii() and parts[0].isalpha())) and all(c in ACCENTS for c in parts[1:])


def clip(text: str, most: int = 40) -> str:
    """A piece of a text short enough for a message."""
    return text if len(text) <= most else text[: most - 1] + "…"
