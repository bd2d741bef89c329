"""What each name of a text is: a quantity, a function or a letter. That decides calls and products, not white space."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from typing import TYPE_CHECKING

from chainrule.errors import Span
from chainrule.notation import heads
from chainrule.notation.known import REDUCTIONS, ROLES, WORDS
from chainrule.notation.names import clip, pretty
from chainrule.values import dataclass

if TYPE_CHECKING:
    from chainrule.notation.lexer import Token
    from chainrule.notation.reader import Reader


@dataclass(frozen=True, slots=True)
class Scope:
    """The names known where an expression is read.

    An ``open`` scope belongs to one expression without its model: there an unknown name is a function before a round
    bracket, a letter inside an index and under a reduction, a quantity elsewhere.
    """

    letters: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()
    quantities: frozenset[str] = frozenset()
    hidden: frozenset[str] = field(default=frozenset())  # names of the line itself, before all others: quantities
    open: bool = False
    printed: bool = False  # whether numbers may be as NumPy prints them, ``2.`` and ``1.e-3``: in lists and tables
    heads: frozenset[str] = field(default=frozenset())  # of a block: names that a reduction may go over
    brackets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # the names in them of ``E(ŷ, y) = …``

    def within(self, names: Iterable[str], heads: Iterable[str] = ()) -> Scope:
        """The same scope where these names are quantities of the line itself: parameters, names of a block."""
        hidden = self.hidden | frozenset(names)
        return replace(self, hidden=hidden, heads=frozenset(heads))

    def quantity(self, name: str) -> bool:
        return name in self.hidden or name in self.quantities

    def function(self, name: str) -> bool:
        return name in self.functions and name not in self.hidden

    def letter(self, name: str) -> bool:
        return name in self.letters and name not in self.hidden and name not in self.heads

    def head(self, name: str) -> str:
        """The head over which a name is a reduction: θ of ``sum_θ``; "" for any other name."""
        stem, _, suffix = name.partition("_")
        return suffix if suffix in self.heads and stem in REDUCTIONS else ""


def collect(readers: list[Reader]) -> Scope:
    """The names that the lines of a text declare, whatever else is in the lines."""
    found: dict[str, tuple[str, Span]] = {}
    for reader in readers:
        for kind, token in declared(reader):
            before = found.setdefault(token.text, (kind, token.span))
            if before[0] != kind:
                line, _ = reader.source.place(before[1].start)
                reader.fail_at(
                    "E036", f"{clip(pretty(token.text))} is a {before[0]} in line {line} and a {kind} here",
                    "a name is a quantity, a function or a letter: choose another name for one of them", token.span,
                )  # fmt: skip
    _reductions(readers, found)
    letters, functions, quantities = (
        frozenset(name for name, (is_, _) in found.items() if is_ == kind) for kind in KINDS
    )
    brackets = heads.equations(readers, quantities, *given(readers)) if functions else {}
    return Scope(letters, functions.difference(brackets), quantities.union(brackets), brackets=brackets)


def _reductions(readers: list[Reader], found: dict[str, tuple[str, Span]]) -> None:
    """``sum_i`` is the sum over i wherever i is a letter, so nothing else can be called so."""
    for name, (_, span) in found.items():
        stem, _, suffix = name.partition("_")
        if suffix and (stem in REDUCTIONS or stem == "softmax") and found.get(suffix, ("",))[0] == "letter":
            readers[0].fail_at(
                "E036", f"{clip(name)} is the {stem} over the letter {clip(suffix)}", "choose another name", span
            )  # fmt: skip


KINDS = ("letter", "function", "quantity")


def given(readers: list[Reader]) -> tuple[frozenset[str], frozenset[str]]:
    """The names that are data, and those that an error is of: targets and weights."""
    data: set[str] = set()
    others: set[str] = set()
    for reader in readers:
        role = reader.tokens[0].text
        if role in ("data", "target", "weight", "table"):
            stop = reader.tokens[-1].stop if role in ("data", "table") else 0
            bar = next((token.start for token in reader.tokens if token.text == "|"), stop)
            for _, token in declared(reader):
                (data if token.start < bar else others).add(token.text)
    return frozenset(data), frozenset(others)


def declared(reader: Reader) -> Iterator[tuple[str, Token]]:
    """The names one line declares, each with its kind."""
    tokens = reader.tokens
    first = tokens[0]
    if first.kind != "name":
        return
    if first.text in ("index", "patterns", *ROLES):
        kind = "letter" if first.text in ("index", "patterns") else "quantity"
        number = 1
        while number < len(tokens):
            token, before = tokens[number], tokens[number - 1]
            if token.kind == "name" and (number == 1 or before.text == ","):
                yield kind, token
            number = reader.closing.get(number, number) + 1
    elif first.text == "table":
        for number, token in enumerate(tokens):
            if token.kind == "name" and number and tokens[number - 1].text not in ("[", ","):
                yield "quantity", token
    elif first.text in WORDS:
        return
    elif tokens[1].text == "(" and tokens[reader.closing[1] + 1].text == "=":
        yield "function", first
    else:
        after = reader.closing.get(1, 0) + 1 if tokens[1].text == "[" else 2 if tokens[1].kind == "subscript" else 1
        if tokens[after].text == "=":
            yield "quantity", first
