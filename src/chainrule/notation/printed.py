r"""Names as books print them → as the text has them: ``w_5`` that is w5, ``a^1_j`` of a layer, ``h_θ(x)`` that depends
on what is known, ``v_j(n)`` and ``E_p`` of a pattern.

The value stays; what a row cannot be sure of it leaves. All of it is only offered after it was tried.
"""

from __future__ import annotations

import re

from chainrule.notation.familiar import Familiar
from chainrule.notation.known import ROLES
from chainrule.notation.names import ascii as kept
from chainrule.notation.scripts import STEM

GOALS = ("E", "J", "L", "C", "R", "loss", "cost", "error")
"""What is to be made small depends on everything, and books say on what."""

PATTERN = "npmsq"
"""Letters that books give a pattern or a step."""

_LEFT = re.compile(rf"\s*({STEM}(?:_\{{?\w+\}}?)?)\s*\(([^()=]*)\)\s*(?=:?=(?!=))")
_APPLIED = re.compile(rf"(?<![\w∂])({STEM}(?:_\{{?\w+\}}?)?)\s*\(([\w,; ]+)\)")
_LAYERED = re.compile(rf"({STEM})\^\{{?(\d)\}}?(?=_)")


def printed(text: str, known: Familiar) -> str:
    """The line with the names that the text has."""
    text = timeless(text, known)
    text = re.sub(r"\^\{\((\d+)\)\s*[⊤T]\}", r"^{(\1)}^⊤", text)
    text = _LAYERED.sub(lambda found: layered(found, known), text)
    text = re.sub(r"(?<!\w)([^\W\d_])_\{?(\d+|[^\W\d_]\w+)\}?(?![\w}])", lambda found: joined(found, known), text)
    text = re.sub(r"(?<!\w)([^\W\d_])_\{(\d)([^\W\d_])\}", lambda found: mixed(found, known), text)
    return unapplied(text, known)


def joined(found: re.Match[str], known: Familiar) -> str:
    """``w_5`` where the text has w5, and ``E_{total}`` where it has E_total."""
    name = found[1] + (found[2] if found[2].isdigit() else f"_{found[2]}")
    return name if known.quantity(name) else found[0]


def mixed(found: re.Match[str], known: Familiar) -> str:
    """``α_{0m}`` where the text has α0[m]."""
    own = known.of(found[1] + found[2])
    return f"{found[1]}{found[2]}[{found[3]}]" if own == (found[3],) else found[0]


def layered(found: re.Match[str], known: Familiar) -> str:
    """``a^1_j``: on the left, and where the text has a1 and no a, the digit is the layer's."""
    left = "=" not in found.string[: found.start()] and "=" in found.string
    whole = known.quantity(found[1] + found[2]) and not known.quantity(found[1])
    return f"{found[1]}^{{({found[2]})}}" if left or whole else found[0]


def timeless(text: str, known: Familiar) -> str:
    """``v_j(n) = …``: every name at the step or pattern n, which has no letter here."""
    left = re.match(rf"\s*({STEM})[^=(]*\(([{PATTERN}tk])\)\s*=", text)
    if left is None or known.taken(left[2]) or kept(left[1]) in known.weights:
        return text
    if re.search(rf"\({left[2]}\s*[-+]", text):  # a recurrence
        return text
    return re.sub(rf"(?<=[\w}}\])²])\({left[2]}\)", "", text)


def unapplied(text: str, known: Familiar) -> str:
    """``f(x; W, b) = …`` and ``h_θ(x)`` where arrays of the text stand in the brackets: they are known there."""

    def arrays(inside: str) -> bool:
        letters = [known.of(one.strip()) for one in re.split(r"[,;]", inside)]
        return all(one is not None for one in letters) and any(letters)

    if found := _LEFT.match(text):
        rest, names = text[found.end() :], [one.strip() for one in re.split(r"[,;]", found[2])]
        unused = found[1] in GOALS and not any(re.search(rf"(?<!\w){re.escape(one)}(?!\w)", rest) for one in names)
        learned = any(kept(one) in known.weights for one in names)
        learned = learned or any(kept(one) in known.weights for one in re.findall(STEM, rest))
        if (arrays(found[2]) and learned) or (unused and all(re.fullmatch(STEM, one) for one in names)):
            text = f"{found[1]} {rest}"

    def bare(one: re.Match[str]) -> str:
        name = one[1].replace("{", "").replace("}", "")
        return one[1] if known.of(name) is not None and arrays(one[2]) else one[0]

    return _APPLIED.sub(bare, text)


def unpatterned(line: str, letter: str) -> str:
    """The line without a letter that no line declares and nothing sums over: that of the pattern."""
    summed = re.search(rf"(?:Σ|sum|mean|prod|max|min)_\{{?[^ ]*{letter}", line)
    declares = line.partition(" ")[0] in (*ROLES, "index", "patterns", "table", "update")
    if letter not in PATTERN or declares or summed or re.search(rf"\[[^\[\]]*(?<!\w){letter}\s*[-+]", line):
        return line

    def without(found: re.Match[str]) -> str:
        parts = [one.strip() for one in found[1].split(",") if one.strip() != letter]
        return f"[{','.join(parts)}]" if parts else ""

    return re.sub(r"(?<=\w)\[([^\[\]<>=]*)\]", without, line)
