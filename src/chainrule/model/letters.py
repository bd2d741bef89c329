"""Expressions → the letters in them: which are free, which are bound, and the sets they belong to."""

from __future__ import annotations

from collections.abc import Iterable

from chainrule.expr.indices import base as base
from chainrule.expr.nodes import At, Expr, Index, InRange, Reduce, Ref, Size
from chainrule.expr.walk import Folding, nodes


def unprimed(letter: str) -> str:
    """A letter without its primes: ``i'`` is another letter of the set of ``i``."""
    return letter.rstrip("'")


def of_index(indices: Iterable[Index]) -> tuple[str, ...]:
    """The letters of indices, each once."""
    return tuple(dict.fromkeys(letter for index in indices for letter, _ in index.terms))


def direct(node: Expr) -> tuple[str, ...]:
    """The letters whose value this very node reads."""
    match node:
        case Ref(_, indices):
            return of_index(indices)
        case At(index) | InRange(index):
            return of_index((index,))
        case _:
            return ()


def _free(node: Expr, inside: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    found = dict.fromkeys(direct(node))
    for letters in inside:
        found.update(dict.fromkeys(letters))
    if isinstance(node, Reduce):
        for letter in node.letters:
            found.pop(letter, None)
    return tuple(found)


_FREE: Folding[tuple[str, ...]] = Folding(_free)


def free(expr: Expr) -> tuple[str, ...]:
    """The letters that no reduction inside binds, in order of first appearance.

    >>> from chainrule.expr.nodes import index
    >>> free(Reduce("sum", ("i",), Ref("W", (index("j"), index("i")))))
    ('j',)
    """
    return _FREE(expr)


def every(expr: Expr) -> set[str]:
    """All letters in an expression, free and bound."""
    found: set[str] = set()
    for node in nodes(expr):
        found.update(direct(node))
        match node:
            case Reduce(_, letters):
                found.update(letters)
            case Size(letter) | InRange(_, letter):
                found.add(letter)
    return found


def fresh(letter: str, taken: set[str]) -> str:
    """Another letter of the same set that is not taken: primes are added."""
    while letter in taken:
        letter += "'"
    return letter
