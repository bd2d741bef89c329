"""Our own JavaScript → its tokens, and the text of tokens without comments and layout.

It reads what this package writes, no more: semicolons end statements, and a brace is an object where an expression
stands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from chainrule.values import dataclass

NAME, NUMBER, STRING, REGEX, SIGN, LINE = "name", "number", "string", "regex", "sign", "line"

WORDS = """
async await break case catch class const continue default delete do else extends false finally for function if in
instanceof let new null of return static super switch this throw true try typeof undefined var void while with yield
constructor arguments get set
"""
KEYWORDS = frozenset(WORDS.split())

OBJECT, BLOCK, ROUND, SQUARE, PLACE, CLASS = "object", "block", "(", "[", "${", "class"

LEFT = """
( , = : [ ? & | ?? || && ... return const let var of in typeof += case
"""
BEFORE_OBJECT = frozenset(LEFT.split())
"""Behind these a brace is an object, or a pattern."""

SIGNS = re.compile(r"=>|\.\.\.|\?\.(?!\d)|\?\?=?|\*\*|[=!]==?|[<>]=|&&=?|\|\|=?|\+\+|--|[-+*/]=|>>>?|<<|.", re.S)
WORD = re.compile(r"[^\W\d][\w$]*|\$[\w$]*")
DIGITS = re.compile(r"0x[\da-fA-F]+|\d[\d.]*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?")
QUOTED = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'')
PATTERN = re.compile(r"/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/[a-z]*")
GAP = re.compile(r"(?:[ \t\r\n]+|//[^\n]*|/\*.*?\*/)+", re.S)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text. ``role`` of a name: "" where it means what it names, "key" where it is a property, "short"
    where it is both, as in ``{ a }``."""

    kind: str
    text: str
    role: str = ""
    depth: int = 0


def tokens(text: str) -> list[Token]:
    """The pieces of a text; a template is its parts, with tokens between.

    >>> [(one.text, one.role) for one in tokens("const { a, b: c } = d.e;") if one.kind == NAME][1:]
    [('a', 'short'), ('b', 'key'), ('c', ''), ('d', ''), ('e', 'key')]
    """
    reading = Scanner(text)
    while reading.at < len(text):
        reading.token()
    return reading.found


class Scanner:
    """A text that is read: up to where, what was found, and in which brackets one is."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.found: list[Token] = []
        self.frames: list[str] = []
        self.labels: list[bool] = []  # of each bracket, whether a case in it has begun
        self.naming = False  # whether a class has begun

    def token(self) -> None:
        """Reads one token, or a gap."""
        text, at = self.text, self.at
        inside = self.frames[-1] if self.frames else ""
        if gap := GAP.match(text, at):
            self.at = gap.end()
            if "\n" in gap[0] and self.found and self.found[-1].kind != LINE:
                self.found.append(Token(LINE, "\n"))
        elif text[at] == "`" or (text[at] == "}" and inside == PLACE):
            if text[at] == "}":
                self.leave()
            piece = template(text, at)
            self.add(STRING, piece)
            if piece.endswith("${"):
                self.enter(PLACE)
        elif one := QUOTED.match(text, at):
            self.add(STRING, one[0])
        elif one := WORD.match(text, at):
            self.word(one[0], inside)
        elif one := DIGITS.match(text, at):
            self.add(NUMBER, one[0])
        elif (one := PATTERN.match(text, at)) and begins(self.found):
            self.add(REGEX, one[0])
        elif one := SIGNS.match(text, at):
            self.sign(one[0])

    def add(self, kind: str, text: str, role: str = "") -> None:
        self.found.append(Token(kind, text, role, len(self.frames)))
        self.at += len(text)

    def enter(self, frame: str) -> None:
        self.frames.append(frame)
        self.labels.append(False)

    def leave(self) -> None:
        self.frames.pop()
        self.labels.pop()

    def word(self, word: str, inside: str) -> None:
        before = next((one.text for one in reversed(self.found) if one.kind != LINE), ";")
        role = "key" if before in (".", "?.") else ""
        if not role and inside in (OBJECT, CLASS):
            role = keyed(self.text[self.at + len(word) :].lstrip(), before, inside)
        self.naming = self.naming or (word == "class" and not role)
        if word in ("case", "default") and not role and self.labels:
            self.labels[-1] = True
        self.add(NAME, word, role)

    def sign(self, sign: str) -> None:
        if sign in ("}", ")", "]"):
            self.leave()
        label = sign == ":" and bool(self.labels) and self.labels[-1]
        frame = {"(": ROUND, "[": SQUARE}.get(sign) or brace(self.found, self.naming)
        self.add(SIGN, sign, "label" if label else "")
        if label:
            self.labels[-1] = False
        if sign in ("{", "(", "["):
            self.naming = self.naming and sign != "{"
            self.enter(frame)


def template(text: str, at: int) -> str:
    """A part of a template, from its quote or from where a place ends, up to the next place or its end."""
    end = at + 1
    while text[end] != "`" and not text.startswith("${", end):
        end += 2 if text[end] == "\\" else 1
    return text[at : end + (1 if text[end] == "`" else 2)]


BEFORE_METHOD = ("{", "}", ";", "get", "set", "static", "async")


def keyed(rest: str, before: str, frame: str) -> str:
    """What a name in an object, or in a class, is, by what stands on both sides."""
    if frame == CLASS:
        return "key" if rest.startswith(("(", "=")) and before in BEFORE_METHOD else ""
    if before not in ("{", ","):
        return ""
    if rest.startswith((":", "(")):
        return "key"
    return "short" if rest.startswith((",", "}")) or re.match(r"=(?![=>])", rest) else ""


def begins(found: Sequence[Token]) -> bool:
    """Whether a slash begins a pattern here: where a value cannot have ended."""
    known = [one for one in found[-2:] if one.kind != LINE]
    if not known:
        return True
    one = known[-1]
    if one.kind == NAME:
        return one.text in KEYWORDS - {"this", "null", "true", "false", "undefined", "super"} and one.role == ""
    return one.kind == SIGN and one.text not in (")", "]", "}")


def brace(found: Sequence[Token], of_class: bool) -> str:
    """What a brace opens, by what stands before it."""
    if of_class:
        return CLASS
    one = next((one for one in reversed(found) if one.kind != LINE), None)
    if one is None or one.role in ("label", "key"):
        return BLOCK
    return OBJECT if one.text in BEFORE_OBJECT else BLOCK


# ---- layout

OPEN = """
; { , ( [ = : ? & | && || ?? => + - * / < > <= >= === !== ! . ?. ... += -=
"""
JOINED = frozenset(OPEN.split())
"""Behind these an end of a line says nothing."""
CLOSING = """
. ?. , : ? ) ] } ; && || ?? => = === !== < > <= >= * & |
"""
LEADING = frozenset(CLOSING.split())
"""Nor before these."""


def joined_tokens(found: Sequence[Token]) -> str:
    """The text of tokens with nothing between them that need not be.

    >>> joined_tokens(tokens("if (a) {\\n  return b + +c;  // why\\n}\\nconst d = [1, 2];\\n"))
    'if(a){return b+ +c}\\nconst d=[1,2];'
    """
    out, broken, heads = list[str](), False, list[bool]()
    closed = before = None
    for one in found:
        if one.kind == LINE:
            broken = True
            continue
        text = one.text
        if text == "}" and one.kind == SIGN and out and out[-1] == ";" and closed != len(out) - 1:
            out.pop()
        if before is not None:
            if broken and not (before.kind == SIGN and before.text in JOINED) and text not in LEADING:
                out.append("\n")
            elif apart(before, one):
                out.append(" ")
        if text == "(" and one.kind == SIGN:
            heads.append(before is not None and before.text in ("for", "while", "if"))
        out.append(text)
        if text == ")" and one.kind == SIGN and heads.pop():
            closed = len(out)  # an empty statement may follow
        broken, before = False, one
    return "".join(out)


def apart(before: Token, one: Token) -> bool:
    """Whether two tokens would be one without a space."""
    left, right = before.text[-1:], one.text[:1]
    if before.kind == STRING or one.kind == STRING:
        return False
    if before.kind == NUMBER and right == ".":
        return True
    return (of_word(left) and of_word(right)) or (left in "+-" and right == left) or (left == "/" and right == "/")


def of_word(char: str) -> bool:
    """Whether a character may stand in a name or a number."""
    return char.isalnum() or char in "_$"
