"""A text for people → the same in ASCII, or in what an encoding has: names as the notation keeps them.

``ŷ`` is ``y_hat``, and the text of a model stays the same model. What has no form of its own is written by its number,
``<U+4E2D>``.
"""

from __future__ import annotations

import re
import unicodedata

from chainrule.notation.names import ACCENTS, GREEK

SIGNS = {
    "−": "-", "·": "*", "⋅": "*", "×": "*", "←": "<-", "→": "->", "↑": "^", "↓": "v", "≤": "<=", "≥": ">=", "≠": "!=",
    "≈": "~", "∂": "d", "∞": "inf", "√": "sqrt", "Σ": "sum", "∑": "sum", "Π": "prod", "∏": "prod", "°": " deg",
    "…": "...", "‖": "|", "′": "'", "’": "'", "‘": "'", "″": "''", "“": '"', "”": '"', "±": "+-", "∈": "in", "–": "-",
    "—": "-", "•": "*", "✓": "ok", "│": "|", "┃": "|", "─": "-", "━": "-", "╸": "-", "╺": "-", "└": "+", "┼": "+",
    "⁄": "/", "●": "o", "○": "x", "■": "#", "ᵀ": "^T", "ᵍ": "^g", "⊙": "o", "\u00a0": " ",
}  # fmt: skip
"""Signs of sentences, formulas and tables."""

RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿ", "0123456789-+n", strict=True))
LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+-", strict=True)) | dict(
    zip("ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", [*"aehijklmnoprstuvx", "beta", "gamma", "rho", "phi", "chi"], strict=True)
)
SUMS = ("Σ", "∑", "Π", "∏")
FRACTIONS = "½¼¾⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"

PIECE = re.compile(rf"[{''.join(RAISED)}]+|[{''.join(LOWERED)}]+|[{FRACTIONS}]|[^\x00-\x7f]")


def ascii_text(text: str) -> str:
    """A text with every character written in ASCII.

    >>> ascii_text("ŷ − y ≤ ½·α²"), ascii_text("½(Δw)²x"), ascii_text("wᵢⱼ = 2α⁻¹")
    ('y_hat - y <= 1/2*alpha^2', '1/2*(Delta_w)^2*x', 'w[i,j] = 2alpha^-1')
    """
    return text if text.isascii() else replaced(text, 0, len(text))


def replaced(text: str, start: int, stop: int) -> str:
    """The ASCII form of a stretch of a text; what stands around it says what it means."""
    return PIECE.sub(lambda found: form(text, found.start() + start, found.end() + start), text[start:stop])


def form(text: str, start: int, stop: int) -> str:
    """The ASCII form of one piece."""
    piece, before, after = text[start:stop], text[start - 1 : start], text[stop : stop + 1]
    times = "*" if after.isalpha() or after == "(" else ""  # what stood side by side was multiplied
    if piece[0] in RAISED:
        raised = "".join(map(RAISED.__getitem__, piece))
        raised = f"({raised})" if "n" in raised and len(raised) > 1 else raised
        return ("" if before in RAISED else "^") + raised + times
    if piece[0] in LOWERED:
        lowered = separated([LOWERED[char] for char in piece])
        if before in SUMS:
            return f"_{{{lowered}}}" if len(piece) > 1 else f"_{lowered}"
        return lowered if piece.isdigit() else f"[{lowered}]"
    if piece in FRACTIONS:
        shown = unicodedata.normalize("NFKD", piece).replace("⁄", "/")
        tight = before in ("/", "^", "·", "*", "×") or after == "^" or after in RAISED
        return f"({shown}){times}" if tight else shown + times
    if piece in SIGNS:
        lead = " " if piece == "∈" and before.isalnum() else ""
        tail = " " if piece in (*SUMS, "∈") and after.isalnum() and after not in LOWERED else ""
        return lead + SIGNS[piece] + tail
    return letter_name(text, start) or f"<U+{behind(ord(piece)):04X}>"


def behind(point: int) -> int:
    """The character that a picture shows: ``␛`` stands for escape."""
    return {0x2421: 0x7F}.get(point, point - 0x2400 if 0x2400 <= point < 0x2420 else point)


def separated(lowered: list[str]) -> str:
    """Letters of an index, commas between them but where a sign stands."""
    out = ""
    for one in lowered:
        out += one if not out or one in "+-" or out[-1] in "+-" or (one.isdigit() and out[-1].isdigit()) else f",{one}"
    return out


def letter_name(text: str, at: int) -> str:
    """A letter of a name as the notation keeps it, with the underscores where scripts meet; nothing for any other."""
    base, *accents = list(unicodedata.normalize("NFD", text[at]))
    if base in ACCENTS:
        base, accents = "", [base, *accents]
    greek = GREEK.get(base)
    if not (greek or not base or (base.isascii() and base.isalpha())) or not all(one in ACCENTS for one in accents):
        return ""
    lead = "_" if greek and goes_on(text, at) else ""
    after = unicodedata.normalize("NFD", text[at + 1 : at + 2])[:1]
    tail = "_" if after.isascii() and after.isalpha() else ""
    return lead + (greek or base) + "".join(f"_{ACCENTS[one]}" for one in accents) + tail


def goes_on(text: str, at: int) -> bool:
    """Whether a letter continues a name: digits alone before it are a number."""
    while at and (text[at - 1].isdigit()):
        at -= 1
    before = text[at - 1 : at]
    return before in ACCENTS or (before.isalpha() and before not in SIGNS)
