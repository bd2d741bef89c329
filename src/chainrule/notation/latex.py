"""A line of LaTeX → the same formula in the notation, as far as it can be told; only shown in the help of an error.

Braces nest a few levels at most, so plain recursion is bounded.
"""

from __future__ import annotations

import re
from types import MappingProxyType

from chainrule.notation.names import GREEK, pretty

LONGEST, DEEPEST = 300, 12

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[{}_^]|[A-Za-z]+|[0-9.]+|\s+|.", re.DOTALL)
_SIMPLE = re.compile(r"\w*|\d+(\.\d+)?")
_SIGNS = MappingProxyType(
    {
        "cdot": "·", "times": "·", "odot": "·", "ast": "*", "partial": "∂", "infty": "∞", "in": "∈", "le": "≤",
        "leq": "≤",
        "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "leftarrow": "←", "gets": "←", "to": "←", "left": "", "right": "",
        "quad": " ", "displaystyle": "", "limits": "", "big": "", "Big": "", "lbrace": "{", "rbrace": "}", "mid": "|",
        "varepsilon": "ε", "varphi": "φ", "vartheta": "θ", "colon": ":", "coloneqq": ":=", "sim": "~", "div": "/",
    }
)  # fmt: skip
_WORDS = frozenset(["exp", "log", "ln", "sin", "cos", "tanh", "sinh", "cosh", "arctan", "max", "min"])
_PLAIN = frozenset(
    ["mathrm", "mathbf", "mathit", "mathsf", "text", "operatorname", "boldsymbol", "vec", "mathcal", "bm"]
)
_ACCENTS = MappingProxyType(
    {"hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "dot": "dot", "tilde": "tilde"}
)
_GREEK = MappingProxyType({word: letter for letter, word in reversed(list(GREEK.items()))})


class _Unclear(Exception):
    """The formula cannot be told."""


def translate(line: str) -> str | None:
    r"""The line in the notation, or None where it is not clear enough.

    >>> translate(r"\hat y = \frac{1}{1 + e^{-w \cdot x_i}}")
    'ŷ = 1/(1 + exp(-w · x[i]))'
    """
    if len(line) > LONGEST:
        return None
    try:
        tokens = _TOKEN.findall(line.partition("#")[0])
        found = " ".join(_Line(tokens).group(0).split())
    except _Unclear:
        return None
    return found.replace("( ", "(").replace(" )", ")") or None


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
            raise _Unclear
        out: list[str] = []
        while (token := self.next()) is not None and token != "}":
            if token == "_":
                self.subscript(out, depth)
            elif token == "^":
                self.superscript(out, depth)
            else:
                out.append(self.piece(token, depth))
        if token is None and depth:
            raise _Unclear
        return "".join(out)

    def piece(self, token: str, depth: int) -> str:
        """One token, or a command with its arguments."""
        if token == "{":
            return self.group(depth + 1)
        if not token.startswith("\\"):
            return token
        word = token[1:]
        if word == "frac":
            above, below = self.argument(depth), self.argument(depth)
            return f"{_bracketed(above)}/{_bracketed(below)}"
        if word == "sqrt":
            return f"sqrt({self.argument(depth)})"
        if word in _ACCENTS:
            return pretty(f"{self.argument(depth).strip()}_{_ACCENTS[word]}")
        if word in _PLAIN:
            return self.argument(depth)
        if word == "mathbb":
            return {"R": "reals", "Z": "integers"}.get(self.argument(depth), "reals")
        if word in ("sum", "prod"):
            return "Σ" if word == "sum" else "prod"
        if word in _WORDS:
            return word
        if word in _SIGNS or word in _GREEK:
            return _SIGNS.get(word) or _GREEK.get(word, "")
        if not word.isalpha():
            return " " if word in ",;:! " else word if word in "{}" else ""
        raise _Unclear

    def argument(self, depth: int) -> str:
        """What a command takes: a group, a command or one character."""
        token = self.next()
        while token is not None and token.isspace():
            token = self.next()
        if token is None or token == "}" or depth > DEEPEST:
            raise _Unclear
        if len(token) > 1 and not token.startswith("\\"):
            self.at -= 1
            self.tokens[self.at] = token[1:]
            return token[0]
        return self.piece(token, depth + 1)

    def subscript(self, out: list[str], depth: int) -> None:
        inside = "".join(self.argument(depth).split())
        last = out[-1].rstrip() if out else ""
        if last in ("Σ", "prod"):
            letters = inside.partition("=")[0].split(",")
            out.append(f"_{letters[0]} " if len(letters) == 1 else f"_{{{','.join(letters)}}} ")
        elif inside.isdigit():
            out.append(inside)
        else:
            parts = inside.split(",") if "," in inside else list(inside) if inside.isalpha() else [inside]
            out.append(f"[{','.join(parts)}]")

    def superscript(self, out: list[str], depth: int) -> None:
        inside = self.argument(depth).strip()
        if out and out[-1].startswith("_") and len(out) > 1 and out[-2] in ("Σ", "prod"):
            return  # the upper bound of a sum: ranges are declared with the letter
        if out and out[-1] == "e":
            out[-1] = f"exp({inside})"
        elif inside in ("'", "\\prime"):
            out.append("'")
        else:
            out.append(f"^{_bracketed(inside)}")


def _bracketed(text: str) -> str:
    return text.strip() if _SIMPLE.fullmatch(text.strip()) else f"({text.strip()})"
