r"""A line of LaTeX → the same line with the commands replaced; scripts, ``_{ji}`` and ``^{(l)}``, stay for `scripts`.

Only shown in the help of an error, after it was tried. Braces nest a few levels at most, so recursion is bounded.
"""

from __future__ import annotations

import re
from types import MappingProxyType

from chainrule.notation.bracketed import closing
from chainrule.notation.names import GREEK, pretty
from chainrule.notation.names import ascii as kept
from chainrule.numbers.functions import FUNCTIONS

LONGEST, DEEPEST = 400, 12

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[{}_^]|[A-Za-z]+|[0-9.]+|\s+|.", re.DOTALL)
_SIMPLE = re.compile(r"\w*|\d+(\.\d+)?")
_SIGNS = MappingProxyType(
    {
        "cdot": "·", "times": "·", "odot": "⊙", "circ": "⊙", "ast": "*", "star": "*", "partial": "∂", "infty": "∞",
        "in": " ∈ ", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "leftarrow": "←", "gets": "←",
        "to": "←", "longleftarrow": "←", "left": "", "right": "", "bigl": "", "bigr": "", "Bigl": "", "Bigr": "",
        "quad": " ", "qquad": " ", "displaystyle": "", "limits": "", "big": "", "Big": "", "lbrace": "{",
        "rbrace": "}", "mid": "|", "vert": "|", "lvert": "|", "rvert": "|", "Vert": "‖", "lVert": "‖", "rVert": "‖",
        "varepsilon": "ε", "varphi": "φ", "vartheta": "θ", "varsigma": "σ", "colon": ":", "coloneqq": ":=", "sim": "~",
        "div": "/", "top": "T", "intercal": "T", "prime": "'", "nabla": "∇", "ell": "l", "lbrack": "[", "rbrack": "]",
        "tfrac": "", "nonumber": "", "notag": "", "equiv": "=", "lt": "<", "gt": ">", "land": "*", "wedge": "*",
        "triangleq": "=", "doteq": "=", "langle": "⟨", "rangle": "⟩", "dots": "…", "ldots": "…", "cdots": "…",
        "dotsc": "…", "dotsb": "…", "forall": "∀", "mapsto": "->", "rightarrow": "←", "hspace": "",
    }
)  # fmt: skip
_WORDS = frozenset(["log", "ln", "tan", "argmax", "argmin"]) | {
    name for name, row in FUNCTIONS.items() if row.latex == f"\\{name}"
}
_FONTS = "mathrm mathbf mathit mathsf mathtt mathcal mathop boldsymbol bm vec rm"
_TEXTS = "text textrm textbf textit operatorname mbox"
_PLAIN = frozenset([*_FONTS.split(), *_TEXTS.split()])
_ACCENTS = MappingProxyType(
    {"hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "dot": "dot", "tilde": "tilde"}
    | {"widetilde": "tilde"}
)
_DROPPED = frozenset(["label", "tag", "ref", "color"])
_GREEK = MappingProxyType({word: letter for letter, word in reversed(list(GREEK.items()))})
_DERIVATIVE = re.compile(r"\s*(∂|\bd|\bd\s+)(\^2|\^\{2\}|²)?\s*(.*)", re.DOTALL)


_CASES = re.compile(
    r"(?:\\left\s*\\\{|\\lbrace|\\\{)?\s*\\begin\{(?:cases|array)\}(?:\{[lcr| ]*\})?(.+?)&(.+?)\\\\(.+?)&(?:.+?)"
    r"\\end\{(?:cases|array)\}(?:\s*\\right\s*\.)?", re.DOTALL
)  # fmt: skip
_AROUND = re.compile(
    r"\\(?:begin|end)\{(?:equation|align|aligned|gather|split|eqnarray|displaymath|math|multline)\*?\}"
)
_EVERY = re.compile(
    r"[,;]?\s*(?:\\q?quad|\\[,;:! ])+\s*(?:\\text\{[^{}]*\}\s*)?\w+\s*=\s*1\s*,\s*\\[lc]?dots\s*,\s*\w+\s*[.,]?\s*$"
)
r"""The values of a letter behind a formula: ``\quad j = 1, \dots, m``."""

_IF = re.compile(r"\\(?:text|mathrm|mbox)\{\s*(?:if|for|when)\s*\}|(?<!\w)(?:if|for|when)(?!\w)|\\[;,!:]|\\q?quad")


def bare(part: str) -> str:
    """A part of a definition by cases, without the word before its condition and the comma after it."""
    return _IF.sub(" ", part).strip().rstrip(",.").strip()


class Unclear(Exception):
    """The formula cannot be told."""


def translate(line: str) -> str | None:
    r"""The line without commands, or None where it is not clear enough.

    >>> translate(r"\hat y = \frac{1}{1 + e^{-w \cdot x_i}}")
    'ŷ = 1/(1 + e^{-w · x_{i}})'
    """
    if len(line) > LONGEST:
        return None
    line = _EVERY.sub("", _AROUND.sub("", line))
    line = _CASES.sub(lambda one: f"if({bare(one[2])}, {bare(one[1])}, {bare(one[3])})", line)
    try:
        found = " ".join(_Line(_TOKEN.findall(line)).group(0).split())
    except Unclear:
        return None
    return tidy(found.replace("( ", "(").replace(" )", ")")) or None


def tidy(text: str) -> str:
    """Without brackets around a quotient that is a term of its own."""
    for begin in reversed([place for place, char in enumerate(text) if char == "("]):
        last = closing(text, begin)
        before, after = text[:begin].rstrip()[-1:], text[last + 1 :].lstrip()[:1]
        alone = before in tuple("=+-(,") and after in ("", *"+-),")
        if last > 0 and alone and term(text[begin + 1 : last]):
            text = text[:begin] + text[begin + 1 : last] + text[last + 1 :]
    return text


def term(text: str) -> bool:
    """Whether a text is a quotient with no sum or difference outside of brackets."""
    depth = 0
    for char in text:
        depth += (char in "([{") - (char in ")]}")
        if not depth and char in "+-−,":
            return False
    return "/" in text


class _Line:
    """The tokens of a line and how far they are read."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.at = 0

    def next(self) -> str | None:
        token = self.tokens[self.at] if self.at < len(self.tokens) else None
        self.at += 1
        return token

    def group(self, depth: int) -> str:
        """Everything to the closing brace, or to the end of the line."""
        if depth > DEEPEST:
            raise Unclear
        out: list[str] = []
        while (token := self.next()) is not None and token != "}":
            if token in "_^":
                out.append(f"{token}{{{self.argument(depth).strip()}}}")
            else:
                out.append(self.piece(token, depth))
        if token is None and depth:
            raise Unclear
        return "".join(out)

    def piece(self, token: str, depth: int) -> str:
        """One token, or a command with its arguments."""
        if token == "{":
            return self.group(depth + 1)
        if not token.startswith("\\"):
            return "" if token == "&" else token
        word = token[1:]
        if word in ("frac", "dfrac", "tfrac", "cfrac"):
            return quotient(self.argument(depth), self.argument(depth))
        if word == "sqrt":
            root = self.optional()
            body = self.argument(depth)
            return f"({body})^(1/{root})" if root else f"sqrt({body})"
        if word in _ACCENTS:
            under = self.argument(depth).strip()
            if not under[:1].isalpha():
                raise Unclear
            return pretty(f"{kept(under[0])}_{_ACCENTS[word]}") + under[1:]
        if word in _PLAIN:
            return self.argument(depth).strip()
        if word in ("stackrel", "overset", "underset"):
            self.argument(depth)
            return self.argument(depth)
        if word in _DROPPED:
            self.argument(depth)
            return ""
        if word == "mathbb":
            letter = self.argument(depth)
            return {"R": "reals", "Z": "integers", "1": "1"}.get(letter, letter)
        if word in ("sum", "prod"):
            return " Σ" if word == "sum" else " prod"
        if word in _WORDS and self.tokens[self.at : self.at + 1] == ["{"]:
            return f" {word}({self.argument(depth)})"
        if word in _WORDS:
            return f" {word}" if self.spaced() else f" {word} "
        if word in _SIGNS or word in _GREEK:
            return _SIGNS.get(word, "") if word in _SIGNS else " " + _GREEK[word]
        if not word.isalpha():
            return " " if word in ",;:! \\" else word if word in "{}&%#" else "‖" if word == "|" else ""
        raise Unclear

    def spaced(self) -> bool:
        """Whether brackets, a script or white space follow a word anyway."""
        token = self.tokens[self.at] if self.at < len(self.tokens) else " "
        word = token[1:] if token[0] == "\\" else ""
        return token[0] in "(_^ {\\" and not (word in _ACCENTS or word in _PLAIN or word in _GREEK)

    def optional(self) -> str:
        """``[3]`` after ``\\sqrt``."""
        if self.tokens[self.at : self.at + 1] != ["["] or "]" not in self.tokens[self.at :]:
            return ""
        stop = self.tokens.index("]", self.at)
        found = "".join(self.tokens[self.at + 1 : stop])
        self.at = stop + 1
        return found

    def argument(self, depth: int) -> str:
        """What a command takes: a group, a command or one character."""
        token = self.next()
        while token is not None and token.isspace():
            token = self.next()
        if token is None or token == "}" or depth > DEEPEST:
            raise Unclear
        if len(token) > 1 and not token.startswith("\\"):
            self.at -= 1
            self.tokens[self.at] = token[1:]
            return token[0]
        return self.piece(token, depth + 1)


def quotient(above: str, below: str) -> str:
    r"""``\frac`` of two formulas: a derivative where both say so, else a quotient in brackets."""
    one, other = _DERIVATIVE.fullmatch(above), _DERIVATIVE.fullmatch(below)
    if one and other and ("∂" in (one[1], other[1]) or (one[1] == other[1] and one[3] and other[3])):
        order = "²" if one[2] else ""
        under = re.sub(r"\^(\{2\}|2)", "²", other[3]).replace(" ", "")
        return f"∂{order}{one[3].strip()}/∂{under}"
    return f"({bracketed(above)}/{bracketed(below)})"


def bracketed(text: str) -> str:
    return text.strip() if _SIMPLE.fullmatch(text.strip()) else f"({text.strip()})"
