"""What programs and print put around a formula → the formula: remarks, types, options of calls, dots, rows, lists.

It is the first step of a correction, on the line as typed. The value stays; what a row cannot be sure of it leaves.
"""

from __future__ import annotations

import re

from chainrule.notation.bracketed import closing, operand_before
from chainrule.notation.familiar import Familiar
from chainrule.notation.known import WORDS
from chainrule.notation.meant import sloped
from chainrule.notation.scripts import STEM

ROWS = tuple(
    (re.compile(pattern), made)
    for pattern, made in (
        (r"(?<![\w.])(\d+)\.(?![\d.\w])", r"\1.0"),  # `1.` is a number
        (r"\.(?=[-+*/^])", " "),  # MATLAB and Julia work entry by entry with a point
        (r"(?<=[^\W\d])\.(?=\()", ""),
        (r"\.(?:float|double|item|detach|numpy|squeeze|flatten|ravel|contiguous)\(\)", ""),
        (r"\.astype\(\s*[\w.]+\s*\)", ""),
        (r"\((?:axis|dim)\s*=\s*-?\d+\s*(?:,\s*keepdims?\s*=\s*\w+)?\)", "()"),
        (r"\.pow\(\s*2\s*\)", ".square()"),
        (r"\bnorm\(([^(),]+),\s*2\)", r"norm(\1)"),
        (r"\b(sum|mean|max|min)\(\s*\[([^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*)\]\s*\)", r"\1(\2)"),
        (r"\b(max|min)\s*\{([^{}]*)\}", r"\1(\2)"),
        (r";(?=[^()]*\))", ","),
        (r"(?<![\w\])])\(([^()<>=!≤≥]*(?:<=|>=|==|!=|[<>≤≥])[^()<>=!≤≥]*)\)", r"[\1]"),
        (r"(?<!\w)[I1𝟙]\s*\(([^()]*[<>=≤≥][^()]*)\)", r"[\1]"),
        (r"(Σ|∑|\bsum)\s*\(\s*([^\W\d_])\s*=\s*[^()]*\)\s*", r"\1_\2 "),
        (r"(_\{?)∀\s*", r"\1"),
        (r"\[(\w),\s*:\]", r"[\1]"),
        (r"_\{(\w),\s*:\}", r"_\1"),
        (r"\^\s*⊤|\^\s*\{⊤\}", "⊤"),
        (rf"^update\s+({STEM})\s*:(?!=)\s*", r"update \1 <- "),
        (rf"^({STEM})\s*(?:→|->|←)\s*(?=\1(?:'|_new)?\s*=)", ""),
        (rf"^(?:double|float|var|val|auto|real)\s+(?={STEM}\s*=)", ""),
    )
)
_CLAMP = re.compile(r"\b(?:clamp|clip)\(")
_CALLED = re.compile(r"(?<=[\w)\]])(?<!np)(?<!torch)(?<!tf)(?<!\bK)\.(clamp|clip|pow)\(([^()]*)\)")
_ZIP = re.compile(r"\bsum\(\s*(.+?)\s+for\s+(\w+)\s*,\s*(\w+)\s+in\s+zip\(\s*(\w+)\s*,\s*(\w+)\s*\)\s*\)")
_FOR = re.compile(r"\bsum\(\s*(.+?)\s+for\s+([^\W\d_])\s+in\s+[^()]*(?:\([^()]*\))?\s*\)")
_FIRST = re.compile(r"\bsum\(\s*([^\W\d_])\s*,\s*")
_INNER = re.compile(rf"[⟨<]\s*({STEM})\s*,\s*({STEM})\s*[⟩>]")
_ENTRY = re.compile(r"(?<!\w)(\([^()]*\)|\[[^\[\]]*\])_\{?([^\W\d_])\}?(?!\w)")
_SERIES = re.compile(
    r"([^\W\d_])_?\{?1\}?\s*[·*]?\s*([^\W\d_])_?\{?1\}?\s*\+\s*(?:…|\.\.\.|⋯)\s*\+\s*\1_?\{?(\w+)\}?\s*[·*]?\s*\2_?\{?\3\}?"
)
_DIGITS = re.compile(r"([^\W\d_])([₀-₉]+)")
_TURNED = re.compile(rf"(?<![\w∂])({STEM})'(?=\s*[*·@]?\s*[^\W\d_])")
_ROW = re.compile(rf"({STEM})\[([^\[\]]*)\]⊤?\s*(?:@|·|\*|\s)\s*({STEM})(?![\w\[(])")
_WHOLE = re.compile(r"\b(?:np|numpy|torch|jnp|tf|K)\.(?:sum|mean|prod|reduce_sum|reduce_mean)\s*\(")


def idioms(text: str, known: Familiar) -> str:
    """The line without what programs and print put around it."""
    text = remarks(text, known)
    text = apart(sloped(re.sub(r"\.data(?!\w)", "", text), known))
    for pattern, made in ROWS:
        text = pattern.sub(made, text)
    if re.match(r"new\s+\w+\s*=", text) and not known.taken("new"):
        text = re.sub(r"\b(?:new|old)\s+(?=[^\W\d_])", "", text)
    word, colon, rest = text.partition(":")
    if colon and not rest.startswith("=") and re.fullmatch(rf"{STEM}\s*", word) and word.strip() not in WORDS:
        text = f"{word.strip()} = {rest.strip()}" if not re.search(r"->|→|↦|\\to", rest) else text
    if not known.taken("t"):
        text = re.sub(r"(?<=\w)\s*\^\s*t(?=\s+[^\W\d_])", "⊤", text)
    text = clamped(text)
    return lists(text, known)


def remarks(text: str, known: Familiar) -> str:
    """Without a remark at the end, as other languages begin them or in brackets; its words are no names here."""
    for form in (r"\s+(?://|--)\s+([^\W\d][\w ,.'-]*)$", r"\s{2,}\(([^\W\d]\w{2,}(?: \w+)*)\)$"):
        found = re.search(form, text)
        if found and not any(known.taken(word) for word in re.findall(r"\w+", found[1])):
            text = text[: found.start()]
    return text


def apart(text: str) -> str:
    """``np.sum(a)**2`` is the square of the sum, and keeps its brackets."""
    for found in reversed(list(_WHOLE.finditer(text))):
        last = closing(text, found.end() - 1)
        if last > 0 and re.match(r"\s*(?:\*\*|\^)", text[last + 1 :]):
            text = f"{text[: found.start()]}({text[found.start() : last + 1]}){text[last + 1 :]}"
    return text


def clamped(text: str) -> str:
    """``x.clamp(min=0)``, ``clip(x, 0, 1)``: the least and the greatest of what they leave."""
    while found := _CALLED.search(text):
        begin = operand_before(text, found.start())
        text = f"{text[:begin]}{found[1]}({text[begin : found.start()]}, {found[2]}){text[found.end() :]}"
    for found in reversed(list(_CLAMP.finditer(text))):
        last = closing(text, found.end() - 1)
        given = [one.strip() for one in text[found.end() : last].split(",")] if last > 0 else []
        ends = {key: value.strip() for one in given[1:] for key, _, value in [one.rpartition("=")]}
        low, high = (given[1], given[2]) if len(given) == 3 and "=" not in given[1] else (None, None)
        low, high = (next((v for k, v in ends.items() if k.strip().endswith(end)), other)
                     for end, other in (("min", low), ("max", high)))  # fmt: skip
        if low is None and high is None:
            continue
        made = f"max({given[0]}, {low})" if low is not None else given[0]
        made = f"min({made}, {high})" if high is not None else made
        text = re.sub(r"(?:np|torch|jnp|tf|K)\.$", "", text[: found.start()]) + made + text[last + 1 :]
    return text


def lists(text: str, known: Familiar) -> str:
    """Sums as programs write them, inner products, entries of a bracket, and the first and last of a series."""
    if found := _ZIP.search(text):
        body = re.sub(rf"\b{found[2]}\b", found[4], re.sub(rf"\b{found[3]}\b", found[5], found[1]))
        text = f"{text[: found.start()]}sum({body}){text[found.end() :]}"
    text = _FOR.sub(lambda one: f"(sum_{one[2]} ({one[1]}))" if known.letter(one[2]) else one[0], text)
    if (found := _FIRST.search(text)) and known.letter(found[1]) and (last := closing(text, found.start() + 3)) > 0:
        text = f"{text[: found.start()]}(sum_{found[1]} ({text[found.end() : last]})){text[last + 1 :]}"
    text = _INNER.sub(lambda one: f"{one[1]} @ {one[2]}" if known.of(one[1]) and known.of(one[2]) else one[0], text)
    text = _ENTRY.sub(lambda one: f"({one[1][1:-1]})" if known.letter(one[2]) else one[0], text)
    text = _SERIES.sub(lambda one: series(one, known), text)
    text = _DIGITS.sub(lambda one: entries(one, known), text)
    head, equals, body = text.partition("=")
    turned = _TURNED.sub(lambda one: f"{one[1]}⊤" if given(one[1], known) else one[0], body)
    return head + equals + turned if equals else text


def series(found: re.Match[str], known: Familiar) -> str:
    """``w_1 x_1 + … + w_n x_n``."""
    own = known.of(found[1]) or ()
    return f"Σ_{own[0]} {found[1]}_{own[0]} {found[2]}_{own[0]}" if len(own) == 1 else found[0]


def entries(found: re.Match[str], known: Familiar) -> str:
    """``w₁`` of an array."""
    own = known.of(found[1]) or ()
    digits = "".join(str("₀₁₂₃₄₅₆₇₈₉".index(one)) for one in found[2])
    if known.taken(found[0]) or not own or len(own) not in (1, len(digits)):
        return found[0]
    return f"{found[1]}[{digits if len(own) == 1 else ','.join(digits)}]"


def given(name: str, known: Familiar) -> bool:
    """Whether a name is a weight or data, so that a prime at it turns it and is no derivative."""
    return known.of(name) is not None and not known.function(name)


def rows(text: str, known: Familiar) -> str:
    """``W[j]·x`` of an array W[j,i]: the row times x."""

    def product(found: re.Match[str]) -> str:
        letters = tuple(one.strip() for one in found[2].split(","))
        own, theirs = known.of(found[1]) or (), known.of(found[3])
        rest = own[len(letters) :]
        if len(rest) != 1 or own[: len(letters)] != letters or theirs != rest:
            return found[0]
        return f"Σ_{rest[0]} {found[1]}[{','.join(own)}]·{found[3]}[{rest[0]}]"

    return _ROW.sub(product, text)


def dummies(text: str, known: Familiar) -> str:
    """A letter under a sum that is another one's by the arrays in it: ``Σ_j w[j]·x[j]`` of w[i] and x[i]."""
    for letter in dict.fromkeys(re.findall(r"(?:Σ|sum|prod|mean)_([^\W\d_]) ", text)):
        own: set[str] = set()
        for name, inside in re.findall(rf"({STEM})\[([^\[\]]*)\]", text):
            parts, theirs = [one.strip() for one in inside.split(",")], known.of(name) or ()
            if letter in parts:
                own.add(theirs[parts.index(letter)] if len(theirs) == len(parts) else letter)
        if len(own) == 1 and (other := own.pop()) != letter and not re.search(rf"[\[,_ ]{other}[\],' ]", text):
            text = re.sub(rf"(?<=[\[,_]){letter}(?=[\],' ])", other, text)
    return text
