"""Equations of a program → whether its goal is a sum or mean, over the patterns, of numbers of one pattern each.

Then the step of one pattern is a share of the step of all. Where a quantity is taken over the patterns before the last
sum (a mean inside a square, a spread, the square root of a mean), it is not: over one pattern that is another goal.

=========  =========================================================================================================
FREE       the same for whatever patterns
SIZE       how many patterns there are, times what is free
ROW        a number of each pattern, made of that pattern alone
TOTAL      sums and means of such numbers, times what is free, and what is free added
MIXED      anything else
=========  =========================================================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto

from chainrule.expr.nodes import (
    Add,
    At,
    Cond,
    Derivative,
    Div,
    Equation,
    Expr,
    Index,
    Mul,
    Neg,
    Reduce,
    Ref,
    Size,
    key,
    places,
)
from chainrule.expr.walk import fold, reads
from chainrule.program.program import Program


class Kind(Enum):
    """What a number is, seen from the patterns."""

    FREE = auto()
    SIZE = auto()
    ROW = auto()
    TOTAL = auto()
    MIXED = auto()


Seen = tuple[Kind, frozenset[str]]
"""The kind, and the letters of the patterns that are free in it."""

FREE: Seen = (Kind.FREE, frozenset())
MIXED: Seen = (Kind.MIXED, frozenset())


def rowwise(program: Program) -> bool:
    """Whether the goal is a sum or mean over the patterns of numbers of one pattern, and terms without patterns."""
    return kinds(program).get(program.objective, Kind.FREE) is not Kind.MIXED


def taken_over(program: Program) -> tuple[str, ...]:
    """What is taken over the patterns so that the goal is no such sum: quantities by their keys, or the goal itself."""
    found, lines = kinds(program), forward(program)
    if rowwise(program):
        return ()
    wanted, todo = set[str](), {program.objective}
    while todo:
        wanted |= todo
        todo = {name for line in lines if key(line.target) in todo for name, _ in reads(line.body)} - wanted
    causes: list[str] = []
    for line in lines:
        name, inside = key(line.target), dict.fromkeys(read for read, _ in reads(line.body))
        if name in wanted and of(line.body, found, program)[0] is Kind.MIXED:
            sums = [read for read in inside if found.get(read) in (Kind.TOTAL, Kind.SIZE)]
            mixed = any(found.get(read) is Kind.MIXED for read in inside)
            causes += sums or ([] if mixed else [name])
    return tuple(dict.fromkeys(causes or [program.objective]))


def forward(program: Program) -> tuple[Equation, ...]:
    """What the goal can be made of."""
    return program.phases["forward"] + program.phases["error"]


def kinds(program: Program) -> dict[str, Kind]:
    """The kind of each quantity by its key. Quantities may read each other: it is asked until nothing changes."""
    lines = forward(program)
    given = {
        symbol.name: Kind.ROW if any(program.sets.get(one) == program.pattern for one in symbol.letters) else Kind.FREE
        for symbol in program.symbols()
    }
    found = dict(given)
    for line in lines:
        found[key(line.target)] = Kind.FREE
    changed = True
    while changed:
        changed = False
        for line in lines:
            name = key(line.target)
            kind, _ = of(line.body, found, program)
            if kind is Kind.FREE and any(program.sets.get(one) == program.pattern for one in line.letters):
                kind = Kind.ROW
            new = joined(found[name], kind)
            changed |= new is not found[name]
            found[name] = new
    return found


def joined(one: Kind, other: Kind) -> Kind:
    """The kind of a quantity with several lines, some of one kind and some of another."""
    if Kind.FREE in (one, other):
        return other if one is Kind.FREE else one
    return one if one is other else Kind.MIXED


def of(expr: Expr, found: Mapping[str, Kind], program: Program) -> Seen:
    """The kind of an expression."""

    def combine(node: Expr, inside: tuple[Seen, ...]) -> Seen:
        match node:
            case Ref(name, indices):
                return entry(found.get(name, Kind.MIXED), indices, program)
            case Derivative():
                return entry(found.get(key(node), Kind.MIXED), places(node), program)
            case Size(letter):
                return (Kind.SIZE, frozenset()) if program.sets.get(letter) == program.pattern else FREE
            case At(index):
                return entry(Kind.ROW, (index,), program) if letters_of(index, program) else FREE
            case Reduce(operator, letters, _):
                over = any(program.sets.get(letter) == program.pattern for letter in letters)
                return reduced(operator, frozenset(letters), over, inside[0])
            case Add() | Neg():
                return added(inside)
            case Cond():
                test, *ways = inside
                return added(tuple(ways)) if test[0] is Kind.FREE else bent(inside)
            case Mul():
                return multiplied(inside)
            case Div():
                return divided(*inside)
        return bent(inside)

    return fold(expr, combine)


def letters_of(index: Index, program: Program) -> set[str]:
    return {letter for letter, _ in index.terms if program.sets.get(letter) == program.pattern}


def entry(kind: Kind, indices: tuple[Index, ...], program: Program) -> Seen:
    """One entry of a quantity: of each pattern its own, or, where a place is written as a sum, that of another."""
    letters = {letter for index in indices for letter in letters_of(index, program)}
    plain = all(index.terms == ((letter, 1),) and index.constant == 0 for index in indices
                for letter in letters_of(index, program))  # fmt: skip
    if kind is Kind.ROW and (not plain or len(letters) != 1):
        return MIXED
    return kind, frozenset(letters if kind is Kind.ROW else ())


def united(inside: tuple[Seen, ...]) -> frozenset[str]:
    return frozenset().union(*(letters for _, letters in inside))


def bent(inside: tuple[Seen, ...]) -> Seen:
    """A function of several numbers that need not be their sum."""
    letters, present = united(inside), {kind for kind, _ in inside}
    if present <= {Kind.FREE}:
        return FREE
    return (Kind.ROW, letters) if present <= {Kind.FREE, Kind.ROW} and len(letters) == 1 else MIXED


def added(inside: tuple[Seen, ...]) -> Seen:
    """A sum. How many patterns there are is a sum of ones."""
    if len(inside) == 1:
        return inside[0]
    present = {kind for kind, _ in inside}
    if present <= {Kind.FREE, Kind.SIZE, Kind.TOTAL} and present != {Kind.FREE}:
        return Kind.TOTAL, frozenset()
    return bent(inside)


def multiplied(inside: tuple[Seen, ...]) -> Seen:
    """A product with one factor that is a sum at most; how many patterns there are changes its size alone."""
    kept = tuple(one for one in inside if one[0] not in (Kind.FREE, Kind.SIZE))
    if not kept:
        return (Kind.SIZE, frozenset()) if any(kind is Kind.SIZE for kind, _ in inside) else FREE
    return kept[0] if len(kept) == 1 else bent(kept)


def divided(above: Seen, below: Seen) -> Seen:
    if below[0] in (Kind.FREE, Kind.SIZE):
        return multiplied((above, below))
    return bent((above, below))


def reduced(operator: str, letters: frozenset[str], patterns: bool, inside: Seen) -> Seen:
    """A reduction: sums and means over the patterns of what each has for itself are totals."""
    kind, free = inside
    linear = operator in ("sum", "mean")
    if not patterns:
        return inside if linear or kind in (Kind.FREE, Kind.ROW) else MIXED
    if not linear or kind in (Kind.MIXED, Kind.TOTAL, Kind.SIZE):
        return MIXED
    if kind is Kind.FREE:
        return FREE if operator == "mean" else (Kind.SIZE, frozenset())
    return (Kind.TOTAL, frozenset()) if free <= letters else MIXED
