"""One statement's tokens and where reading stands: brackets matched beforehand, indices, lists of letters, errors."""

from __future__ import annotations

from dataclasses import field
from typing import NoReturn

from chainrule.errors import NotationError, Source, Span
from chainrule.expr.nodes import Index, Ref
from chainrule.expr.walk import affine
from chainrule.notation.heads import repeated
from chainrule.notation.known import WORDS, closest
from chainrule.notation.lexer import SUBSCRIPT_DIGITS, SUBSCRIPT_LETTERS, Line, Token
from chainrule.notation.limits import LIMITS, Limits, exceeded
from chainrule.notation.names import clip, pretty
from chainrule.notation.runs import product
from chainrule.notation.scope import Scope
from chainrule.values import dataclass

COMPARISONS = frozenset(("<", "<=", ">", ">=", "==", "!="))
_OPEN = frozenset("([{")
_CLOSE = frozenset(")]}")
_VALUES = frozenset(("name", "number", "fraction", "sum"))
_JOINS = frozenset("^-∂")

LAST = 100
"""Among so many notes before it no note stands twice."""


@dataclass(slots=True)
class Budget:
    """What reading a text has used so far, and the notes it drew."""

    limits: Limits = LIMITS
    nodes: int = 0
    notes: list[tuple[str, Span]] = field(default_factory=list)


class Reader:
    """A line of tokens with a place in it.

    ``closing``, ``commas``, ``compared`` and ``ranges`` say of each open bracket, by its number in the line, where it
    closes, and whether a comma, a comparison or an ``in`` stands directly inside.
    """

    __slots__ = ("at", "budget", "closing", "commas", "compared", "ranges", "source", "tokens")

    def __init__(self, source: Source, tokens: Line, budget: Budget) -> None:
        self.source = source
        self.tokens = tokens
        self.budget = budget
        self.at = 0
        self.closing: dict[int, int] = {}
        self.commas: set[int] = set()
        self.compared: set[int] = set()
        self.ranges: set[int] = set()
        self._match()

    def _match(self) -> None:
        opened: list[int] = []
        for number, (kind, text, _, _) in enumerate(self.tokens):
            if kind != "operator":
                continue
            if text in _OPEN:
                opened.append(number)
            elif text in _CLOSE:
                if not opened:
                    self.fail("E011", f"{text} closes nothing", "delete it, or open a bracket before", number)
                begin = opened.pop()
                if (self.tokens[begin].text == "{") != (text == "}"):
                    typed = self.tokens[begin].text
                    other = {"(": ")", "[": "]", "{": "}"}[typed]
                    self.fail("E011", f"{text} cannot close {typed}", f"write {other}", number)
                self.closing[begin] = number
            elif opened:
                if text == ",":
                    self.commas.add(opened[-1])
                elif text in COMPARISONS or text == "=":
                    self.compared.add(opened[-1])
                elif text == "in":
                    self.ranges.add(opened[-1])
        if opened:
            typed = self.tokens[opened[-1]].text
            other = {"(": ")", "[": "]", "{": "}"}[typed]
            self.fail("E010", f"{typed} is never closed", f"write {other} where it ends", opened[-1])

    # ---------------------------------------------------------------- where reading stands

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def peek(self, ahead: int = 1) -> Token:
        """A later token; the end stays the end."""
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)]

    def take(self) -> Token:
        token = self.tokens[self.at]
        if token.kind != "end":
            self.at += 1
        return token

    def sees(self, *texts: str) -> bool:
        """Whether the next token is one of these operators."""
        token = self.tokens[self.at]
        return token.kind == "operator" and token.text in texts

    def accept(self, text: str) -> bool:
        if self.sees(text):
            self.at += 1
            return True
        return False

    def expect(self, text: str, code: str, why: str) -> Token:
        """The operator that must come here."""
        if not self.sees(text):
            what = {",": "a comma"}.get(text, text)
            self.fail(code, f"expected {what}, found {self.found()}", why)
        return self.take()

    def found(self, number: int | None = None) -> str:
        """A token as the reader of a message would call it."""
        token = self.tokens[self.at if number is None else number]
        if token.text == ",":
            return "a comma"
        return "the end of the line" if token.kind == "end" else clip(self.source.text[token.start : token.stop])

    @property
    def arrow(self) -> bool:
        """Whether `<-` comes next; it is `<` and `-` everywhere but after the left side of a rule."""
        token, after = self.token, self.peek()
        if token.kind != "operator":
            return False
        return token.text == "<-" or (token.text == "<" and after.text == "-" and after.start == token.stop)

    def take_arrow(self) -> None:
        self.at += 1 if self.token.text == "<-" else 2

    # ---------------------------------------------------------------- errors

    def fail(self, code: str, problem: str, help: str, begin: int | None = None, end: int | None = None) -> NoReturn:
        """Raise an error at the tokens numbered ``begin`` to ``end``; without numbers, at the next one."""
        first = self.tokens[self.at if begin is None else begin]
        last = first if end is None else self.tokens[end]
        self.fail_at(code, problem, help, Span(first.start, max(last.stop, first.stop)))

    def fail_at(self, code: str, problem: str, help: str, span: Span) -> NoReturn:
        raise NotationError(code, problem, help, self.source, span)

    def exceeded(self, which: str, span: Span) -> NoReturn:
        raise exceeded(self.budget.limits, which, self.source, span)

    def typed(self, start: int, stop: int) -> str:
        """A stretch of the text as typed, on one line."""
        return " ".join(self.source.text[start : min(stop, start + 200)].split())

    def edited(self, *edits: tuple[int, int, str]) -> str:
        """The statement with stretches replaced, for a help; only the surroundings of a long one."""
        start = max(self.tokens[0].start, edits[0][0] - 60)
        stop = min(self.tokens[-1].stop, edits[-1][1] + 60)
        parts = ["…" if start > self.tokens[0].start else ""]
        for begin, end, new in edits:
            parts += [self.source.text[start:begin], new]
            start = end
        parts += [self.source.text[start:stop], "…" if stop < self.tokens[-1].stop else ""]
        return " ".join("".join(parts).split())

    def end_of_term(self, number: int) -> int:
        """Where in the text the term ends that the token with this number is in."""
        return self._end(number, "* /")

    def end_of_power(self, number: int) -> int:
        """Where in the text the operand ends that begins, after its signs, with the token with this number."""
        while self.tokens[number].text in ("-", "+"):
            number += 1
        return self._end(number, "")

    def _end(self, number: int, within: str) -> int:
        first = number
        stop = self.tokens[number].start
        while True:
            kind, text, _, end = self.tokens[number]
            if kind == "end":
                return max(stop, self.tokens[first].start)
            if kind == "operator":
                if text in _OPEN:
                    number = self.closing[number]
                    end = self.tokens[number].stop
                elif text in ("-", "+"):
                    if self.tokens[number - 1].text not in ("^", "*", "/"):
                        return stop
                elif text not in ("^", "∂") and text not in within.split():
                    return stop
            elif not within and number > first and kind in _VALUES and self.tokens[number - 1].text not in _JOINS:
                return stop
            stop = end
            number += 1

    # ---------------------------------------------------------------- pieces shared by statements and expressions

    def primes(self) -> str:
        """The primes that come next."""
        primes = ""
        while self.token.kind == "prime":
            primes += self.take().text
        return primes

    def name(self, code: str, what: str, help: str) -> Token:
        if self.token.kind != "name":
            self.fail(code, f"expected {what}, found {self.found()}", help)
        if self.token.text in WORDS:
            self.reserved()
        return self.take()

    def reserved(self) -> NoReturn:
        """The error of a word of the language where a name stands."""
        self.fail("E014", f"{self.token.text} is a word of the language and cannot be a name", "choose another name")

    def letter(self, scope: Scope) -> str:
        """A letter that has been declared, with its primes."""
        begin = self.at
        token = self.name("E038", "a letter", "letters are declared in a line such as `index i = 1..3`")
        primes = self.primes()
        if not scope.open and not scope.letter(token.text):
            self.unknown_letter(token.text, scope, begin)
        return token.text + primes

    def unknown_letter(self, name: str, scope: Scope, number: int) -> NoReturn:
        near = closest(name, scope.letters)
        shown = clip(pretty(name))
        what = "quantity" if scope.quantity(name) else "function" if scope.function(name) else ""
        help = (
            f"did you mean {pretty(near)}?"
            if near
            else f"declare it: `index {shown} = 1..3`, or `index {shown}` with the size from the data"
        )
        if what and not near:
            help = "an index is made of letters and integers; declare a letter: `index i = 1..3`"
        self.fail("E038", f"{shown} is a {what}, not a letter" if what else f"{shown} is not a letter", help, number)

    def indices(self, scope: Scope) -> tuple[Index, ...]:
        """``[i, 2*s + u - 1]``."""
        self.take()
        found = [self.affine(scope)]
        while self.accept(","):
            found.append(self.affine(scope))
        self.expect("]", "E040", "an index is made of letters and integers, as in x[i], h[t-1,j], x[2*p+u]")
        return tuple(found)

    def affine(self, scope: Scope) -> Index:
        """``2*s + u - 1``."""
        parts: list[tuple[Index, int]] = []
        sign = -1 if self.accept("-") else 1
        while True:
            token = self.token
            if token.kind == "number":
                value = self.integer()
                if self.accept("*") or self.token.kind == "name":
                    parts.append((Index(((self.letter(scope), 1),)), sign * value))
                else:
                    parts.append((Index((), value), sign))
            elif token.kind == "name":
                parts.append((Index(((self.letter(scope), 1),)), sign))
                if self.sees("*") or self.token.kind == "number":
                    self.fail("E040", "in an index a factor stands before the letter", "write 2*i")
            else:
                self.fail(
                    "E040",
                    f"expected an index, found {self.found()}",
                    "an index is made of letters and integers: x[t-1]",
                )
            if self.accept("+"):
                sign = 1
            elif self.accept("-"):
                sign = -1
            else:
                return affine(*parts)

    def integer(self) -> int:
        token = self.take()
        if not token.text.isdigit():
            self.fail(
                "E040", f"{clip(token.text)} is not an integer", "an index is made of letters and integers", self.at - 1
            )
        return int(token.text)

    def subscripts(self, scope: Scope) -> tuple[Index, ...]:
        """``ₜ₋₁ⱼ`` after a name: every letter is an index, a shift belongs to the letter before it."""
        token = self.take()
        found: list[Index] = []
        shift = ""
        for offset, char in enumerate(token.text + "."):
            if shift and char in SUBSCRIPT_DIGITS:
                shift += str(SUBSCRIPT_DIGITS.index(char))
                continue
            if shift:
                if shift in ("+", "-"):
                    self.fail("E040", "a shift needs a number", "write hₜ₋₁ or h[t-1]", self.at - 1)
                found[-1] = affine((found[-1], 1), (Index((), int(shift)), 1))
                shift = ""
            if char in SUBSCRIPT_LETTERS:
                letter = SUBSCRIPT_LETTERS[char]
                if not scope.open and not scope.letter(letter):
                    place = Span(token.start + offset, token.start + offset + 1)
                    self.fail_at("E038", f"{letter} is not a letter", f"declare it: `index {letter} = 1..3`", place)
                found.append(Index(((letter, 1),)))
            elif char in "₊₋" and found:
                shift = "+" if char == "₊" else "-"
            elif char != ".":
                self.fail_at(
                    "E033", "digits come before the letters of a subscript",
                    "write W₁ᵢ for W1[i], and x[i,1] for the first entry", token.span,
                )  # fmt: skip
        return tuple(found)

    def letters(self, scope: Scope, code: str, what: str) -> tuple[str, ...]:
        """``[i, j]`` or ``ᵢⱼ``: plain letters, each once."""
        begin = self.at
        if self.token.kind == "subscript":
            found = self.subscripts(scope)
        elif self.sees("["):
            found = self.indices(scope)
        else:
            return ()
        plain = tuple(position.letter for position in found)
        if None in plain:
            self.fail(
                code,
                f"{what} has plain letters",
                "write x[i,j]; the letters' ranges say which entries there are",
                begin,
                self.at - 1,
            )
        if len(set(plain)) < len(plain):
            self.fail(
                code,
                "a letter stands twice",
                "declare another letter of the same set: `index i, k = 1..3`",
                begin,
                self.at - 1,
            )
        return tuple(letter for letter in plain if letter is not None)

    def note(self, text: str, span: Span) -> None:
        """Say once of a text how it was read."""
        if all(before != text for before, _ in self.budget.notes[-LAST:]):
            self.budget.notes.append((text, span))

    def skip_brackets(self, name: str, scope: Scope) -> None:
        """Go past the brackets of a quantity that its own line has too: ``E(ŷ, y)`` is E."""
        inside = scope.brackets.get(name) if name not in scope.hidden else None
        if inside is not None and repeated(self, self.at - 1, inside):
            self.at = self.closing[self.at] + 1

    def reference(self, scope: Scope) -> Ref:
        """``W[j,i]``, ``xᵢ`` or ``w``, inside a derivative."""
        token = self.name("E027", "a quantity", "a derivative is written ∂E/∂w")
        if scope.letter(token.text) or (scope.function(token.text) and not scope.quantity(token.text)):
            kind = "letter" if scope.letter(token.text) else "function"
            shown = clip(pretty(token.text))
            help = "a derivative is written ∂E/∂w" if kind == "letter" else f"write {shown}'(u), or ∂({shown}(u))/∂u"
            self.fail("E027", f"{shown} is a {kind}: there is no derivative with it", help, self.at - 1)
        if self.token.kind == "prime":
            self.fail("E037", f"{pretty(token.text)} is no function: it has no derivative with a prime", "write ∂E/∂w")
        if parts := product(token.text, scope):
            meant = "·".join(map(pretty, parts))
            problem = f"{pretty(token.text)} is a product, and a derivative is of or by one name"
            self.fail("E027", problem, f"write ∂({meant})/∂w, or give the product a name", self.at - 1)
        self.skip_brackets(token.text, scope)
        found: tuple[Index, ...] = ()
        if self.token.kind == "subscript":
            found = self.subscripts(scope)
        elif self.sees("[") and self.at not in self.compared and self.at not in self.ranges:
            found = self.indices(scope)
        return Ref(token.text, found, Span(token.start, self.tokens[self.at - 1].stop))
