"""A wrong line → what may be missing in it, be there too often, or belong where something else stands.

Conventions. A part has the letters that can be read where it is put in. Slopes come first, then numbers, then the
quantities of the text, then derivatives of one equation, then derivatives of several.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from fractions import Fraction
from itertools import product
from typing import Literal, cast

from chainrule.derive.judge.deltas import NET
from chainrule.derive.judge.explicit_model import MEAN, ExplicitModel, typable
from chainrule.derive.judge.mutants import slope_words
from chainrule.derive.judge.system import System, opened
from chainrule.errors import ChainruleError
from chainrule.expr.nodes import Add, Derivative, Expr, Index, Neg, Number, Pow, Ref, Size, index, key
from chainrule.expr.walk import nodes, rename_letters, substitute
from chainrule.gradient.reads import reads
from chainrule.gradient.reverse import closure
from chainrule.model.letters import base, free
from chainrule.notation import show
from chainrule.values import dataclass

Sort = Literal["slope", "number", "count", "quantity", "rest", "square", "local", "chain"]
"""What a part is: a slope, a number, the size of a letter, a quantity, 1 less a quantity, its square, a derivative of
one equation, or one that goes through several."""

NUMBERS = (Fraction(2), Fraction(1, 2), Fraction(3), Fraction(4), Fraction(1, 3))
ONE = Number(Fraction(1))
OWN = 12
"""Numbers of the text that are tried beside them."""
MOST = 160
"""Parts that are tried at one place of a line; of a very large network, the first."""


@dataclass(frozen=True, slots=True)
class TermPart:
    """A part, what it is, how it is written, and more words of it."""

    expr: Expr
    sort: Sort
    shown: str
    words: Mapping[str, str] = field(default_factory=dict)


def parts(
    explicit: ExplicitModel, target: Derivative, rules: System | None, letters: tuple[str, ...]
) -> list[TermPart]:
    """Everything that may be a part of the line for a derivative, where these letters can be read."""
    found: dict[Expr, TermPart] = {}
    for part in every(explicit, target, rules, letters):
        found.setdefault(part.expr, part)
        if len(found) >= MOST:
            break
    return list(found.values())


def every(
    explicit: ExplicitModel, target: Derivative, rules: System | None, letters: tuple[str, ...]
) -> Iterator[TermPart]:
    names = [name for name in explicit.letters if "#" not in name and name in explicit.model.quantities]
    if rules is not None:
        yield from slopes(explicit, rules, letters)
    own = [node.value for line in explicit.equations for node in nodes(line.body) if isinstance(node, Number)]
    yield from (TermPart(Number(one), "number", str(one)) for one in (*NUMBERS, *own[:OWN]) if one not in (0, 1))
    for group in explicit.model.sets:
        shown = group.letters[0]
        yield TermPart(Size(shown), "count", f"size({shown})", {"letter": shown, "count": f"size({shown})"})
    if cast(Ref, target.of).name == MEAN:
        words = {"letter": "the patterns", "count": "their number"}
        yield TermPart(Size(explicit.pattern), "count", "their number", words)
    entries = [entry for name in names for entry in entries_of(explicit, name, letters)]
    yield from (TermPart(one, "quantity", show(typable(one))) for one in entries)
    given = {name for name in names if explicit.model.quantities[name].role in ("derived", "target")}
    for one in entries:
        if one.name in given:
            yield TermPart(Add((ONE, Neg(one))), "rest", f"(1 − {show(typable(one))})")
    for one in entries:
        yield TermPart(Pow(one, Number(Fraction(2))), "square", f"{show(typable(one))}²")
    yield from (derived(explicit, one, "local") for one in local(explicit, letters))
    yield from (derived(explicit, one, "chain") for one in chained(explicit, target, letters))


def slopes(explicit: ExplicitModel, rules: System, letters: tuple[str, ...]) -> Iterator[TermPart]:
    """The slope of every function of the equations."""
    for name, slope in rules.slopes.items():
        if slope.function in ("power", "inverse"):
            continue
        words = slope_words(rules, name)
        whole = opened(rules, slope.node)
        bare = substitute(slope.own, {"u": slope.inside})
        for own in fitted(explicit, free(slope.inside), letters):
            try:
                expr = opened(rules, rename_letters(bare, own))
            except ChainruleError:
                continue
            yield TermPart(expr, "slope", words["slope"], {**words, "whole": show(typable(whole))})


def fitted(explicit: ExplicitModel, own: Iterable[str], letters: tuple[str, ...]) -> Iterator[dict[str, Index]]:
    """Every way to read letters as letters of the same sets that can be read here."""
    own = tuple(own)
    options = [[one for one in letters if same_set(explicit, one, letter)] for letter in own]
    for chosen in product(*options):
        yield {letter: index(one) for letter, one in zip(own, chosen, strict=True)}


def same_set(explicit: ExplicitModel, one: str, other: str) -> bool:
    if base(one) == explicit.pattern or base(other) == explicit.pattern:
        return base(one) == base(other)
    first, second = explicit.model.set_of(one), explicit.model.set_of(other)
    return first is not None and second is not None and first.name == second.name


def entries_of(explicit: ExplicitModel, name: str, letters: tuple[str, ...]) -> Iterator[Ref]:
    """A quantity under every choice of letters."""
    own = explicit.letters[name]
    options = [[one for one in letters if same_set(explicit, one, letter)] for letter in own]
    for chosen in product(*options):
        yield Ref(name, tuple(map(index, chosen)))


def derived(explicit: ExplicitModel, node: Derivative, sort: Sort) -> TermPart:
    of, wrt = show(typable(node.of)), show(typable(node.wrt[0]))
    shown = f"∂{of}/∂{wrt}".replace(NET, "net_").replace(MEAN, "goal")
    return TermPart(node, sort, shown)


def local(explicit: ExplicitModel, letters: tuple[str, ...]) -> Iterator[Derivative]:
    """The derivative of every equation by each quantity in it."""
    for line in explicit.equations:
        of = key(line.target)
        if "#" in of or not isinstance(line.target, Ref):
            continue
        read = {node.name: None for node in nodes(line.body) if isinstance(node, Ref)}
        for name in read:
            if name in explicit.model.quantities and explicit.model.quantities[name].role in ("derived", "weight"):
                for own in entries_of(explicit, of, letters):
                    yield from (Derivative(own, (one,), "partial") for one in entries_of(explicit, name, letters))


def chained(explicit: ExplicitModel, target: Derivative, letters: tuple[str, ...]) -> Iterator[Derivative]:
    """What the error makes of every quantity between, and what each of these makes of the weight."""
    wrt = target.wrt[0].name
    users: dict[str, set[str]] = {}
    for line in explicit.equations:
        for name in reads(line.body, explicit.functions):
            users.setdefault(name, set()).add(key(line.target))
    after = closure((wrt,), users)
    of = cast(Ref, target.of)
    between = [name for name in explicit.letters if name in after and "#" not in name and name not in (wrt, of.name)]
    for name in between:
        for one in entries_of(explicit, name, letters):
            yield Derivative(of, (one,))
            yield Derivative(one, target.wrt)
