"""A text of the table of claims → a tree of lists, which Python and JavaScript evaluate alike.

The language is as small as the table needs: numbers, names, texts in single quotes, lists in brackets, + − * /,
comparisons, ``and or not``, and calls of what `words.py` lists. A tree is a number, a name,
``["text", "signs"]``, or a list that begins with the word of its operation.

>>> tree("not finite(g) or 2*a < -b")
['or', ['not', ['finite', 'g']], ['<', ['*', 2.0, 'a'], ['neg', 'b']]]
"""

from __future__ import annotations

import re
from typing import TypeAlias

Tree: TypeAlias = "float | list[Tree] | list[str | Tree] | str"

TOKEN = re.compile(r"\s*(?:(\d[\d.]*(?:e[+-]?\d+)?)|([A-Za-z_]\w*)|'([^']*)'|(<=|>=|==|!=|[-+*/<>(),\[\]]))")
LEVELS = (("or",), ("and",), ("not",), ("<", "<=", ">", ">=", "==", "!="), ("+", "-"), ("*", "/"))
"""What binds looser comes first; ``not`` stands before its argument, and comparisons are not chained."""


class Refused(ValueError):
    """A text that is none of the language; what and where."""


def tree(text: str) -> Tree:
    """The tree of a text."""
    reader = ClaimReader(text)
    found = reader.level(0)
    if reader.kind:
        raise Refused(f"{reader.token!r} is left over in {text!r}")
    return found


class ClaimReader:
    """Tokens of a text, the next one at hand: ``kind`` is number, name, text, sign, or nothing at the end."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.kind = self.token = ""
        self.next()

    def next(self) -> str:
        """Goes on to the next token, and gives the one before it."""
        before, rest = self.token, self.text[self.at :]
        if not rest.strip():
            self.kind = self.token = ""
            return before
        found = TOKEN.match(rest)
        if found is None:
            raise Refused(f"{rest.strip()[0]!r} is not of the language, in {self.text!r}")
        self.at += found.end()
        self.kind = ("number", "name", "text", "sign")[(found.lastindex or 1) - 1]
        self.token = found[found.lastindex or 1]
        return before

    def takes(self, *tokens: str) -> bool:
        """Whether the next token is a sign or a word of these."""
        return self.kind in ("sign", "name") and self.token in tokens

    def expect(self, token: str) -> None:
        if not self.takes(token):
            raise Refused(f"{token!r} is missing before {self.token!r} in {self.text!r}")
        self.next()

    def level(self, depth: int) -> Tree:
        """What binds at least as close as a level."""
        if depth == len(LEVELS):
            return self.signed()
        words = LEVELS[depth]
        if words == ("not",):
            if self.takes("not"):
                self.next()
                return ["not", self.level(depth)]
            return self.level(depth + 1)
        found = self.level(depth + 1)
        while self.takes(*words):
            word = self.next()
            found = [word, found, self.level(depth + 1)]
            if words == LEVELS[3]:
                break
        return found

    def signed(self) -> Tree:
        if self.takes("-"):
            self.next()
            return ["neg", self.signed()]
        return self.closed()

    def closed(self) -> Tree:
        """A number, a name, a call, a list, or what stands in brackets."""
        match self.kind:
            case "number":
                return float(self.next())
            case "text":
                return ["text", self.next()]
            case "name":
                name = self.next()
                if not self.takes("("):
                    return name
                self.next()
                return [name, *self.listed(")")]
        if self.takes("["):
            self.next()
            return ["list", *self.listed("]")]
        if not self.takes("("):
            raise Refused(f"something is missing before {self.token!r} in {self.text!r}")
        self.next()
        found = self.level(0)
        self.expect(")")
        return found

    def listed(self, end: str) -> list[Tree]:
        """Arguments up to the bracket that closes them."""
        found: list[Tree] = []
        while not self.takes(end):
            if found:
                self.expect(",")
            found.append(self.level(0))
        self.expect(end)
        return found
