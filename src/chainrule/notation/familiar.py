"""What the other lines of a text say of its names, for corrections: letters, what has which, and which are weights."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from chainrule.notation.known import ALIASES, KNOWN, MACROS, REDUCTIONS
from chainrule.notation.names import ascii as kept
from chainrule.notation.reader import Reader
from chainrule.notation.scope import Scope

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


def familiar(readers: Iterable[Reader], scope: Scope) -> Familiar:
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
    return Familiar(scope, letters_of, frozenset(roles["weight"]), frozenset(roles["data"]))


def subscripted(text: str) -> list[str]:
    from chainrule.notation.lexer import SUBSCRIPT_LETTERS

    return [SUBSCRIPT_LETTERS[char] for char in text if char in SUBSCRIPT_LETTERS]
