"""What the other lines of a text say of its names, for corrections: letters, what has which, and which are weights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field
from itertools import pairwise

from chainrule.notation.known import ALIASES, KNOWN, MACROS, REDUCTIONS
from chainrule.notation.names import ascii as kept
from chainrule.notation.reader import Reader
from chainrule.notation.scope import Scope
from chainrule.values import dataclass

USUAL = frozenset("ijklmnpqrst")
"""Letters that are indices in books, declared or not."""

FUNCTIONS = frozenset([*KNOWN, *MACROS, *ALIASES])


@dataclass(frozen=True, slots=True)
class Familiar:
    """The names of a text; ``letters_of`` a quantity are those of its declaration or of its equation."""

    scope: Scope = field(default_factory=Scope)
    letters_of: dict[str, tuple[str, ...]] = field(default_factory=dict)
    weights: frozenset[str] = frozenset()
    data: frozenset[str] = frozenset()
    unclear: frozenset[str] = frozenset()  # what is defined by names that no line has yet: its letters are not known

    def quantity(self, typed: str) -> bool:
        return self.scope.quantity(kept(typed))

    def function(self, typed: str) -> bool:
        return kept(typed) in self.scope.functions or (kept(typed) in FUNCTIONS and not self.quantity(typed))

    def letter(self, typed: str) -> bool:
        return self.scope.letter(kept(typed))

    def index(self, typed: str) -> bool:
        """Whether a subscript is an index: a letter of the text, or one that books take, and no name here."""
        return self.letter(typed) or (typed in USUAL and not self.quantity(typed))

    def taken(self, typed: str) -> bool:
        name = kept(typed)
        return self.scope.quantity(name) or self.scope.function(name) or self.scope.letter(name) or name in REDUCTIONS

    def of(self, typed: str) -> tuple[str, ...] | None:
        """The letters of a quantity; () for one number, None for no quantity."""
        return self.letters_of.get(kept(typed), ()) if self.quantity(typed) else None


def familiar(readers: Sequence[Reader], scope: Scope) -> Familiar:
    """What the lines of a text say of its names."""
    letters_of: dict[str, tuple[str, ...]] = {}
    roles: dict[str, set[str]] = {"weight": set(), "data": set()}
    for reader in readers:
        tokens = reader.tokens
        role = tokens[0].text if tokens[0].kind == "name" else ""
        number = 1 if role in ("data", "target", "weight", "const") else 0
        first = number
        while number < len(tokens) - 1:
            token = tokens[number]
            if token.kind == "name" and (number == first or tokens[number - 1].text == ","):
                roles.get(role, set()).add(token.text)
                if tokens[number + 1].text == "[":
                    inside = tokens[number + 2 : reader.closing[number + 1]]
                    letters_of.setdefault(token.text, tuple(one.text for one in inside if one.text != ","))
                elif tokens[number + 1].kind == "subscript":
                    letters_of.setdefault(token.text, tuple(one for one in subscripted(tokens[number + 1].text)))
            if not first:
                break
            number = reader.closing.get(number, number) + 1
    inherit(readers, letters_of)
    unclear = undefined(readers, scope)
    return Familiar(scope, letters_of, frozenset(roles["weight"]), frozenset(roles["data"]), unclear)


def inherit(readers: Sequence[Reader], letters_of: dict[str, tuple[str, ...]]) -> None:
    """``a = σ(z)`` has the letters of z, until its own line is put right."""
    for _ in range(len(readers)):
        before = len(letters_of)
        for reader in readers:
            tokens = reader.tokens
            if tokens[0].kind != "name" or tokens[1].text != "=" or any(token.kind == "sum" for token in tokens):
                continue
            bare = [one.text for one, other in pairwise(tokens[2:])
                    if one.kind == "name" and other.text != "["]  # fmt: skip
            own = {letters_of[name] for name in bare if letters_of.get(name)}
            if len(own) == 1 and not any(name in REDUCTIONS for name in bare):
                letters_of.setdefault(tokens[0].text, own.pop())
        if len(letters_of) == before:
            return


def undefined(readers: Iterable[Reader], scope: Scope) -> frozenset[str]:
    """The names whose equations read names that nothing defines, or such a name."""
    reads: dict[str, set[str]] = {}
    for reader in readers:
        texts = [token.text for token in reader.tokens]
        if reader.tokens[0].kind == "name" and texts[1:2] == ["="]:
            reads[texts[0]] = {token.text for token in reader.tokens[2:] if token.kind == "name"}
    known = (FUNCTIONS, REDUCTIONS, ("pi", "in"))
    found = {
        name for name, names in reads.items()
        if not all(scope.quantity(one) or scope.function(one) or scope.letter(one) or any(one in some for some in known)
                   for one in names)
    }  # fmt: skip
    while more := {name for name, names in reads.items() if name not in found and names & found}:
        found |= more
    return frozenset(found)


def subscripted(text: str) -> list[str]:
    from chainrule.notation.lexer import SUBSCRIPT_LETTERS

    return [SUBSCRIPT_LETTERS[char] for char in text if char in SUBSCRIPT_LETTERS]
