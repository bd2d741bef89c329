r"""Scripts as print and LaTeX set them → indices: ``x_i``, ``W_{ji}``, ``z_j^{(l)}``, ``h_{t-1}``, ``Σ_{i=1}^{n}``.

A subscript of letters is an index, one of digits an entry of an array or a part of the name. A superscript in brackets
is a layer: a letter is an index, digits go to the name; ``x^{(i)}`` of a pattern says nothing, each is computed alone.
"""

from __future__ import annotations

import re

from chainrule.notation.familiar import Familiar
from chainrule.notation.known import REDUCTIONS
from chainrule.notation.names import ACCENTS
from chainrule.notation.names import ascii as kept

STEM = rf"[^\W\d_][^\W_{''.join(ACCENTS)}]*[{''.join(ACCENTS)}]*(?:_(?:hat|bar|dot|tilde)(?![^\W_]))?"
_SCRIPT = r"(?:_(?:\{[^{}]*\}|[^\W_]+)|\^(?:\{[^{}]*\}|\[[^\[\]]*\]|[^\W_]|\*))"
_SCRIPTED = re.compile(rf"(?<![^\W])({STEM})((?:{_SCRIPT})+)")
_ONE = re.compile(r"([_^])(\{[^{}]*\}|\[[^\[\]]*\]|[^\W_]+|\*)")
_SUM = re.compile(
    r"(Σ|∑|∏|\bsum|\bprod|\bmean|\bmax|\bmin)\s*_\s*(?:\{([^{}]*)\}|([^\W\d_]'*))(?:\s*=\s*(\w+))?"
    r"(?:\s*\^\s*(?:\{([^{}]*)\}|(\w)))?\s*"
)
SHIFT = re.compile(r"-\d+(?![\w.])")
WHOLE = "\x01"
"""After digits that are of a name and no index; it never leaves this file."""

_UNDER = re.compile(r"(?:Σ|sum|mean|prod)_\{?([\w,]+)")
HELD = "\x00"
"""Where an index is still open; it never leaves this file."""

_SHIFTED = re.compile(r"[^\W\d_]'*(?:[+-]\d+)?|\d+")


def scripts(text: str, known: Familiar) -> str:
    """The line with indices in square brackets, sums without bounds.

    >>> scripts("z_j^{(2)} = sum_{i=1}^{3} W_{ji} x_i^2 + h_{t-1}", Familiar())
    'z2[j] = sum_i W[j,i] x[i]^2 + h[t-1]'
    """
    text = re.sub(r"(Σ|sum|prod)_([^\W\d_]{2,3})(?!\w)", lambda found: several(found, known), text)
    text = _SUM.sub(lambda found: reduced(found), text)
    layers = set(re.findall(r"[(\[{]\s*([^\W\d_])\s*[-+]\s*\d", text))
    text = _SCRIPTED.sub(lambda found: indexed(found, known, layers), text)
    text = re.sub(rf"{HELD}(-\d+)", r"\1]", text)
    text = over_patterns(text, known)
    text = re.sub(r"\[([^\[\]<>=]*)\]\[([^\[\]<>=]*)\]", r"[\1,\2]", text)
    text = re.sub(r"(?<=\w)\[([^\W\d_]{2,})\]", lambda found: split(found, known), text)
    text = re.sub(rf"(?<![\w∂])({STEM})\(([^()]*)\)", lambda found: squared(found, known), text)
    number = rf"(?<![\w.])([^\W\d_])_?([0-9]+)(?![\w\[(.{WHOLE}])"
    return re.sub(number, lambda found: numbered(found, known), text).replace(WHOLE, "")


def over_patterns(text: str, known: Familiar) -> str:
    """``(1/n) Σ_i (y_i − ŷ_i)²`` of the patterns, which have no letter here, is ``mean (y − ŷ)²``."""

    def whole(found: re.Match[str]) -> str:
        letter, count = found[4] or "#", found[3] or ""
        used = re.search(rf"\[[^\[\]]*(?<!\w){letter}(?!\w)[^\[\]]*\]", text)
        if not (found[1] or found[4]) or known.letter(letter) or (count and known.taken(count)) or used:
            return found[0]
        half = "½·" if found[2] else ""
        return f"{half}mean " if found[1] else "sum "

    return _MEAN.sub(whole, text)


_MEAN = re.compile(
    r"(\(?1/\(?\s*(2?)\s*[·*]?\s*([nNmMP])\)?\)?\s*[·*]?\s*)?(?<!\w)(?:Σ|sum)(?:_([^\W\d_]) |(?![\w_])\s*)"
)


def split(found: re.Match[str], known: Familiar) -> str:
    """``W[ji]``."""
    apart = not known.letter(found[1]) and all(map(known.letter, found[1]))
    return f"[{','.join(found[1])}]" if apart else found[0]


def squared(found: re.Match[str], known: Familiar) -> str:
    """``W(j,i)`` of an array, ``z(j) = …`` of a letter."""
    parts = [one.replace(" ", "") for one in found[2].split(",")]
    placed = all(_SHIFTED.fullmatch(one) and (one[0].isdigit() or known.letter(one[0])) for one in parts)
    if found[1] == "size" or not placed:
        return found[0]
    own = known.of(found[1])
    lettered = any(not one[0].isdigit() for one in parts)
    if len(own) == len(parts) if own else own is None and lettered and not known.function(found[1]):
        return f"{found[1]}[{','.join(parts)}]"
    return found[0]


def numbered(found: re.Match[str], known: Familiar) -> str:
    """``w1`` where w is an array and nothing is called w1."""
    own = known.of(found[1])
    if not own or known.taken(found[0]):
        return found[0]
    if len(own) == len(found[2]):
        return f"{found[1]}[{','.join(found[2])}]"
    return f"{found[1]}[{found[2]}]" if len(own) == 1 else found[0]


def several(found: re.Match[str], known: Familiar) -> str:
    """``Σ_ij``."""
    apart = not known.letter(found[2]) and all(map(known.letter, found[2]))
    return f"{found[1]}_{{{','.join(found[2])}}}" if apart else found[0]


def reduced(found: re.Match[str]) -> str:
    """``Σ_{i=1}^{n}`` without its bounds: the range of a letter is given once."""
    under = (found[2] or found[3] or "").split(",")
    letters = [re.split(r"=|∈| in ", one)[0].strip() for one in under]
    word = {"∑": "Σ", "∏": "prod"}.get(found[1], found[1])
    if not all(one.rstrip("'").isalpha() for one in letters):
        return found[0]
    return f"{word}_{letters[0]} " if len(letters) == 1 else f"{word}_{{{','.join(letters)}}} "


def indexed(found: re.Match[str], known: Familiar, layers: set[str]) -> str:
    """One name with its scripts. ``layers`` are letters that are shifted somewhere in the line."""
    stem, after = found[1], found[2]
    if stem in REDUCTIONS or stem in "Σ∑∏" or known.taken(found[0]) or kept(stem) in ("d", "e"):
        return found[0]
    if not re.search(r"[_{\[]", after):
        return found[0]  # a power as the language has it
    lower: list[str] = []
    layer: list[str] = []
    power = ""
    shift = SHIFT.match(found.string, found.end())
    own_side = re.match(rf"\s*{re.escape(stem)}\s*[_\[(^]", found.string) and "=" in found.string[: found.start()]
    if shift and own_side and after.startswith("_") and known.letter(after[1:]):
        return f"{stem}[{after[1:]}{HELD}"  # `h_t-1` where h_t is defined: the bracket closes after the shift
    for sign, raw in _ONE.findall(after):
        inside = raw.strip("{}").strip()
        bare = inside.strip("()[]").strip()
        if sign == "_":
            if (new := subscript(stem, bare, known)) is None:
                if not re.fullmatch(r"\w+", bare):
                    return found[0]
                stem += f"_{bare}"
            elif new == ["digits"]:
                stem += bare
            else:
                lower += new
        elif bare in ("T", "⊤"):
            power += "⊤" if not power else ""
        elif inside != bare or raw[0] in "([":
            layer.append(bare)
        else:
            power = f"^{inside}" if re.fullmatch(r"\w+|\d+\.\d+", inside) else f"^({inside})"
    for one in layer:
        letter = one[:1]
        if one.isdigit():
            stem += one + WHOLE
        elif not re.fullmatch(r"[^\W\d_](\s*[-+]\s*\d+)?", one):
            return found[0]
        elif letter in layers or (known.letter(letter) and letter in (known.of(stem) or letter)):
            lower.insert(0, one.replace(" ", ""))
    own = known.of(stem.rstrip(WHOLE))
    summed = set("".join(_UNDER.findall(found.string)))
    shared = kept(stem) in known.weights and summed.intersection(lower)
    if own == () and not shared and all(len(one) == 1 and not known.letter(one) for one in lower):
        lower = []  # one number: `w_i` in a formula for any weight
    if own and len(own) == len(lower) and set(own) == {one[0] for one in lower}:
        lower = sorted(lower, key=lambda one: own.index(one[0]))
    multiplied = power.startswith("^") and not known.function(stem)
    times = "·" if multiplied and re.match(r"\s*[\w(]", found.string[found.end() :]) else ""
    return stem + (f"[{','.join(lower)}]" if lower else "") + power + times


def subscript(stem: str, inside: str, known: Familiar) -> list[str] | None:
    """The indices a subscript is; ``["digits"]`` where its digits belong to the name, None where it does as a word."""
    if inside.isdigit():
        own = known.of(stem)
        if own and len(own) == len(inside):
            return list(inside)
        return [inside] if own and len(own) == 1 else ["digits"]
    own = known.of(stem) or ()
    if len(own) == len(inside) == 2 and re.fullmatch(r"[^\W\d_]\d|\d[^\W\d_]", inside):
        return list(inside)  # `W_{j1}`
    parts = [one.replace(" ", "") for one in inside.split(",")] if "," in inside else [inside.replace(" ", "")]
    if len(parts) == 1 and parts[0].isalpha() and len(parts[0]) > 1:
        if not all(known.index(one) for one in parts[0]):
            return None
        parts = list(parts[0])
    if not all(_SHIFTED.fullmatch(one) for one in parts):
        return None
    return parts if all(one[0].isdigit() or known.index(one[0]) for one in parts) else None
