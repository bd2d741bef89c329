"""A text → lines of tokens, each with its place in the text as typed.

Conventions. Places count code points of the text as typed, never of a normalised copy. What a token says is already in
the ASCII form (``·`` is ``*``, ``ŷ`` is ``y_hat``, ``∈`` is ``in``); white space separates and says nothing else. One
statement a line; a line goes on after an operator, a comma or an open bracket at its end. Every line of tokens ends
with one of kind ``end``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from types import MappingProxyType
from typing import NamedTuple, NoReturn

from chainrule.errors import NotationError, Source, Span
from chainrule.notation import corrections
from chainrule.notation.limits import LIMITS, Limits, exceeded
from chainrule.notation.names import ACCENTS, GREEK, accented, clip
from chainrule.notation.names import ascii as kept


class Token(NamedTuple):
    """A piece of a line.

    ``kind`` is number, fraction, name, operator, sum, subscript, superscript, prime, word or end.
    """

    kind: str
    text: str
    start: int
    stop: int

    @property
    def span(self) -> Span:
        return Span(self.start, self.stop)


Line = list[Token]

OPERATORS = MappingProxyType(
    {"·": "*", "⋅": "*", "×": "*", "**": "^", "−": "-", "←": "<-", "≤": "<=", "≥": ">=", "≠": "!=", "∈": "in"}
    | {"∞": "inf"}
)
"""Operators typed in another way."""

FRACTIONS = MappingProxyType(
    {char: unicodedata.normalize("NFKD", char).replace("⁄", "/") for char in "½¼¾⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"}
)

SUBSCRIPT_LETTERS = MappingProxyType(
    dict(zip("ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "aehijklmnoprstuvx", strict=True))
    | {"ᵦ": "beta", "ᵧ": "gamma", "ᵨ": "rho", "ᵩ": "phi", "ᵪ": "chi"}
)
SUBSCRIPT_DIGITS = "₀₁₂₃₄₅₆₇₈₉"
SUPERSCRIPTS = MappingProxyType(dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-", strict=True)))

CONTINUES = frozenset(
    ["+", "-", "*", "/", "^", "=", ":=", "<-", ",", "(", "[", "{", "<", "<=", ">", ">=", "==", "!=", "~", "in", ".."]
)
"""What the end of a line cannot be: the statement goes on in the next line."""

_LATIN = "".join(chr(code) for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)) if accented(chr(code)))
_GREEK = "".join(char for char in GREEK if char not in "ΣΠ") + "ᾱᾹῑῙῡῩ"
_START = f"A-Za-z{_LATIN}{_GREEK}"
_SPACES = " \t\u00a0\u2002-\u200a\u202f\u205f\u3000"

TOKEN = re.compile(
    rf"""[{_SPACES}]*(?:(?P<name>[{_START}][{_START}0-9{SUBSCRIPT_DIGITS}{"".join(ACCENTS)}_]*)
    |(?P<number>[0-9]+(?:\.[0-9]+|\.(?![.0-9]))?(?:[eE][+-]?[0-9]+)?)
    |(?P<newline>\r\n|\r|\n)
    |(?P<operator>\*\*|<=|>=|==|!=|:=|\.\.|[-+*/^=<>(),\[\]{{}}|~·⋅×−←≤≥≠∈∞∂])
    |(?P<comment>\#[^\n\r]*)
    |(?P<superscript>[{"".join(SUPERSCRIPTS)}]+)
    |(?P<subscript>[{"".join(SUBSCRIPT_LETTERS)}{SUBSCRIPT_DIGITS}₊₋]+)
    |(?P<fraction>[{"".join(FRACTIONS)}])
    |(?P<prime>['′’″]+)
    |(?P<sum>[Σ∑∏Π]_?)
    |(?P<word>"[^"\n\r]+"(?=[{_SPACES}\n\r]*[,}}]))
    |(?P<nothing>\Z))""",
    re.VERBOSE,
)


_SPACE = re.compile(f"[{_SPACES}]*")


def lex(source: Source, limits: Limits = LIMITS) -> list[Line]:
    """The lines of a text that say something, continued lines joined.

    >>> [[token.text for token in line] for line in lex(Source("E = ½·ŷ  # half\\n\\nx = a +\\n  b"))]
    [['E', '=', '1/2', '*', 'y_hat', ''], ['x', '=', 'a', '+', 'b', '']]
    """
    text = source.text
    if len(text) > limits.text or len(text.encode("utf-8", "replace")) > limits.text:
        raise exceeded(limits, "text", source, Span(0, 1))
    lines: list[Line] = []
    line: Line = []
    opened = 0
    for token in tokens(source, limits):
        if token.kind != "newline":
            line.append(token)
            if token.kind == "operator":
                opened += (token.text in "([{") - (token.text in ")]}")
                if opened > 2 * limits.depth:  # no tree within the limit needs more brackets
                    raise exceeded(limits, "depth", source, token.span)
        elif line and line[-1].text not in CONTINUES:
            lines.append([*line, Token("end", "", line[-1].stop, line[-1].stop)])
            line = []
            opened = 0
    if line:
        lines.append([*line, Token("end", "", line[-1].stop, line[-1].stop)])
    return lines


def tokens(source: Source, limits: Limits = LIMITS) -> Iterator[Token]:
    """The tokens of a text in order; ``newline`` tokens between the lines and one at the end."""
    text = source.text
    position = 1 if text.startswith("\ufeff") else 0
    end = len(text)
    names: set[str] = set()
    known: dict[str, str] = {}  # names as typed → as kept
    before, listing = "", False  # whether a list of values is open, where a word in quotes may stand
    match = TOKEN.match
    while position < end:
        found = match(text, position)
        if found is None:
            refuse(source, _SPACE.match(text, position).end())  # type: ignore[union-attr]
        kind = found.lastgroup or ""
        start, position = found.span(kind)
        said = typed = found[kind]
        if kind == "operator":
            said = OPERATORS.get(typed, typed)
        elif kind == "name":
            said = known.get(typed, "")
            if not said:
                said = known[typed] = kept(typed)
                names.add(said)
                if len(names) > limits.names:
                    raise exceeded(limits, "names", source, Span(start, position))
            if said == "in":
                kind = "operator"
        elif kind == "comment":
            _invisible(source, start, position)
            continue
        elif kind == "nothing":
            break
        elif kind == "number":
            _number(source, start, position, limits)
        elif kind == "word":
            if not listing:
                refuse(source, start)
            _invisible(source, start, position)
        elif kind == "fraction":
            said = FRACTIONS[typed]
        elif kind == "superscript":
            said = "".join(SUPERSCRIPTS[char] for char in typed)
        elif kind == "prime":
            said = "'" * (len(typed) + typed.count("″"))
        elif kind == "sum":
            said = "prod" if typed[0] in "∏Π" else "sum"
            said += typed[1:]
        if kind == "operator":
            listing = (said == "{" and before == "in") or (listing and said == ",")
            before = said
        yield Token(kind, said, start, position)
    yield Token("newline", "\n", end, end)


def comments(source: Source) -> Iterator[Token]:
    """The comments of a text that can be read, each with its ``#``."""
    position, end = int(source.text.startswith("\ufeff")), len(source.text)
    while position < end and (found := TOKEN.match(source.text, position)) is not None:
        kind = found.lastgroup or ""
        start, position = found.span(kind)
        if kind == "comment":
            yield Token(kind, found[kind], start, position)
        elif kind == "nothing":
            break


def _number(source: Source, start: int, stop: int, limits: Limits) -> None:
    """Refuse what is written around a number so that it might mean another one."""
    text = source.text
    typed = text[start:stop]
    after = text[stop : stop + 1]
    if stop - start > limits.digits and len(typed.lower().partition("e")[0].replace(".", "")) > limits.digits:
        raise exceeded(limits, "digits", source, Span(start, stop))
    if after == "." and text[stop : stop + 2] != "..":
        rest = re.compile(r"[0-9.]*").match(text, stop)
        end = rest.end() if rest else stop
        cure = f"{typed} or {typed}.0" if typed.isdigit() else "one point in a number"
        _fail(source, start, end, "E004", f"{clip(text[start:end])} is not a number", f"write {cure}")
    if after == "_" and text[stop + 1 : stop + 2].isdigit():
        rest = re.compile(r"[0-9_]*").match(text, stop)
        end = rest.end() if rest else stop
        plain = text[start:end].replace("_", "")
        _fail(source, start, end, "E004", "a number has no underscores", f"write {clip(plain)}")


def _invisible(source: Source, start: int, stop: int) -> None:
    """A comment may hold any writing, but nothing that hides or turns what stands about it."""
    if source.text[start:stop].isascii() and source.text[start:stop].isprintable():
        return
    for position in range(start, stop):
        char = source.text[position]
        if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") and char != "\t":
            refuse(source, position)


def refuse(source: Source, position: int) -> NoReturn:
    """The error of a character that no token begins with."""
    text = source.text
    char = text[position]
    code, problem, help = corrections.character(text, position)
    _fail(source, position, position + max(1, len(char)), code, problem, help)


def _fail(source: Source, start: int, stop: int, code: str, problem: str, help: str) -> NoReturn:
    raise NotationError(code, problem, help, source, Span(start, stop))
