"""The statements of a text → its names: letters, declared quantities, functions, and what the equations define.

One namespace: a name is a quantity, a function or a letter; declaring it twice is an error. Parameters of a function
are local to it. A declared name wins over a known function or constant. Letters may be declared after their use.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field

from chainrule.errors import BrokenPass, ModelError, Source, Span
from chainrule.expr.nodes import Ref
from chainrule.expr.walk import nodes
from chainrule.model.model import HIDDEN, LetterSet, Quantity
from chainrule.notation import show
from chainrule.notation.names import pretty
from chainrule.notation.statements import (
    Computed,
    Declaration,
    Declare,
    Define,
    DerivativeRule,
    Drawn,
    Function,
    InlineTable,
    Letters,
    Role,
    Text,
)
from chainrule.values import dataclass

WORDS = {
    "data": "data",
    "target": "a target",
    "weight": "a weight",
    "const": "a const",
    "derived": "defined by an equation",
}


BLOCK = (
    "what is kept from step to step stands in a block: update θ, g, and below it, indented, "
    "v <- β*v + g and θ <- θ - α*v"
)
"""The help for a state outside of a block."""


@dataclass(slots=True)
class Names:
    """All names of a text, and where each was introduced."""

    source: Source
    sets: tuple[LetterSet, ...] = ()
    pattern: str = HIDDEN
    pattern_set: LetterSet | None = None
    quantities: dict[str, Quantity] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    primes: list[DerivativeRule] = field(default_factory=list)
    general: dict[str, Define] = field(default_factory=dict)  # the equation of each derived quantity
    base: list[Define] = field(default_factory=list)  # further equations, of entries of their own
    table: InlineTable | None = None
    taken: dict[str, tuple[str, Span]] = field(default_factory=dict)  # name → what it is, where

    def stand(self, lines: Iterable[Define]) -> None:
        """Give quantities whose entries are given one by one the equations that stand for their arrays."""
        for line in lines:
            _define(line, self)
            *others, (name, own) = self.quantities.items()
            later = [one for one, known in others if known.role == "derived" and known.span.start > line.span.start]
            moved = {one: self.quantities[one] for one in later}
            self.quantities = {one: known for one, known in others if one not in moved} | {name: own} | moved

    def line(self, span: Span) -> int:
        """The number of the line in which a span begins."""
        return self.source.place(max(0, span.start))[0]

    def error(self, code: str, problem: str, help: str, span: Span) -> ModelError:
        return ModelError(code, problem, help, self.source, span)

    def group(self, letter: str) -> LetterSet | None:
        """The set of a letter, that of the patterns included; None for a letter that is not declared."""
        plain = letter.rstrip("'")
        if self.pattern_set is not None and plain == self.pattern:
            return self.pattern_set
        return next((group for group in self.sets if plain in group.letters), None)

    def letters(self) -> tuple[str, ...]:
        """All declared letters."""
        own = (self.pattern,) if self.pattern_set is not None else ()
        return (*own, *(letter for group in self.sets for letter in group.letters))

    def is_pattern(self, letter: str) -> bool:
        return self.pattern_set is not None and letter.rstrip("'") == self.pattern

    def claim(self, name: str, what: str, span: Span) -> None:
        """Take a name, or say who has it already."""
        if name not in self.taken:
            self.taken[name] = (what, span)
            return
        was, where = self.taken[name]
        shown, line = pretty(name), self.line(where)
        if what == was == "derived":
            raise self.error(
                "E103", f"{shown} is already defined in line {line}", "every name is defined once: choose another", span
            )
        if what == "derived" and was in WORDS:
            helps = {
                "target": f"write `target {shown} = …` to compute a target, or choose another name on the left",
                "data": f"write `data {shown} = …` to compute data, or choose another name on the left",
                "weight": f"`weight {shown} := …` gives a start; an equation needs another name on the left",
                "const": f"`const {shown} := …` gives its value; an equation needs another name on the left",
            }
            raise self.error("E103", f"{shown} is {WORDS[was]} (line {line}), not to be defined", helps[was], span)
        if was == "derived":
            raise self.error(
                "E104",
                f"{shown} is already defined by the equation in line {line}",
                "one name means one thing: choose another",
                span,
            )
        kinds = {**WORDS, "letter": "an index letter", "function": "a function"}
        twice = "declared twice: it is already" if what == was else "already"
        raise self.error(
            "E104",
            f"{shown} is {twice} {kinds[was]} (line {line})",
            "a name is one quantity, one function or one letter: choose another name for one of them",
            span,
        )


def gather(text: Text) -> Names:
    """The names of a text; an error where two clash or a declaration is not possible."""
    names = Names(text.source)
    for statement in text.statements:
        if isinstance(statement, Letters):
            _letters(statement, names)
    for statement in text.statements:
        match statement:
            case Declare(role, declarations):
                for declaration in declarations:
                    _declare(declaration, role, names)
            case Function(name, span=span):
                names.claim(name, "function", span)
                names.functions[name] = statement
            case DerivativeRule():
                names.primes.append(statement)
            case Define():
                _define(statement, names)
            case InlineTable():
                if names.table is not None:
                    help = f"put all rows into the table of line {names.line(names.table.span)}"
                    raise names.error("E122", "a model has one table, this is the second", help, statement.span)
                names.table = statement
    if names.table is not None:
        _columns(names.table, names)
    return names


def _letters(statement: Letters, names: Names) -> None:
    for group in statement.groups:
        found = LetterSet(group.letters, group.low, group.high, group.span)
        for letter in group.letters:
            names.claim(letter, "letter", group.span)
        if statement.kind == "index":
            names.sets = (*names.sets, found)
            continue
        if names.pattern_set is not None or len(group.letters) > 1:
            raise names.error(
                "E129",
                "a model has one letter for its patterns",
                f"write `patterns {group.letters[0]}` once; a second letter of the same set is {group.letters[0]}'",
                group.span,
            )
        names.pattern, names.pattern_set = group.letters[0], found


def _declare(item: Declaration, role: Role, names: Names) -> None:
    shown = pretty(item.name)
    names.claim(item.name, role, item.span)
    varies = role in ("data", "target") and (names.pattern_set is None or names.pattern in item.letters)
    if role in ("weight", "const"):
        shared = next((letter for letter in item.letters if names.is_pattern(letter)), None)
        if shared is not None:
            raise names.error(
                "E129",
                f"{WORDS[role]} is shared by all patterns and cannot carry {shared}",
                f"take {shared} out of {shown}[{','.join(item.letters)}]",
                item.span,
            )
    names.quantities[item.name] = Quantity(item.name, role, item.letters, item.domain, item.start, varies, item.span)


def _define(statement: Define, names: Names) -> None:
    target = statement.equation.target
    if not isinstance(target, Ref):
        raise BrokenPass("reading", "a derivative on the left side")
    letters = statement.equation.letters
    if names.taken.get(target.name, ("",))[0] == "weight" and target in set(nodes(statement.equation.body)):
        shown = pretty(target.name)
        problem = f"{shown} is a weight, and this gives it its next value"
        help = f"write `update {shown} <- {show(statement.equation.body)}`"
        raise names.error("E103", problem, help, statement.span)
    if len(letters) < len(target.indices):
        known = names.taken.get(target.name)
        if known is not None and known[0] != "derived":
            names.claim(target.name, "derived", statement.span)
        names.base.append(statement)
        return
    first = names.general.get(target.name)
    if first is not None and _elsewhere(first.equation.letters, letters, names):
        names.base.append(statement)
        return
    names.claim(target.name, "derived", statement.span)
    names.general[target.name] = statement
    names.quantities[target.name] = Quantity(target.name, "derived", letters, span=statement.span)


def _elsewhere(one: tuple[str, ...], other: tuple[str, ...], names: Names) -> bool:
    """Whether two left sides may be of different entries: somewhere they have letters of different sets."""
    return len(one) == len(other) and any(
        names.group(a) is not names.group(b) for a, b in zip(one, other, strict=True)
    )


def _columns(table: InlineTable, names: Names) -> None:
    for role, columns in (("data", table.data), ("target", table.targets)):
        for column in columns:
            shown = pretty(column.name)
            known = names.quantities.get(column.name)
            if known is None and not column.position:
                names.claim(column.name, role, column.span)
                varies = names.pattern_set is None
                letters = () if varies else (names.pattern,)
                names.quantities[column.name] = Quantity(
                    column.name, "data" if role == "data" else "target", letters, varies=True, span=column.span
                )
            elif known is None:
                help = f"write `{role} {shown}[i]` before the table"
                raise names.error("E122", f"{shown} is not declared as an array", help, column.span)
            elif known.role != role:
                side = "left" if known.role == "data" else "right"
                help = f"{shown} is {WORDS[known.role]}: " + (
                    f"put it {side} of the |" if known.role in ("data", "target") else "choose another name"
                )
                raise names.error(
                    "E122",
                    f"{shown} stands among the {'targets' if role == 'target' else 'data'} of the table",
                    help,
                    column.span,
                )
            elif isinstance(known.start, Computed | Drawn):
                help = f"take {shown} out of the table, or take away its `=`"
                raise names.error("E122", f"{shown} is computed and cannot be tabled too", help, column.span)
    seen: set[tuple[str, tuple[int, ...]]] = set()
    for column in (*table.data, *table.targets):
        rivals = {(column.name, column.position), (column.name, ())} if column.position else set(seen)
        if any(rival in seen and rival[0] == column.name for rival in rivals):
            raise names.error("E122", f"{pretty(column.name)} has two columns", "take one of them out", column.span)
        seen.add((column.name, column.position))
