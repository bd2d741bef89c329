"""Letters of sums: made unique while a term is worked on, made printable at the end.

Conventions. A machine letter is ``i#3``: the letter ``i`` of a text and a running number; none is left in a result. A
printable one is ``i``, ``i'``, ``i''``: other letters of one set. The hidden letter of the patterns, ``p#``, is no
machine letter. No expression made here binds a letter that is bound or free around it, so replacing letters inside one
never captures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import count

from chainrule.expr.nodes import At, Expr, Index, InRange, Reduce, Ref, index
from chainrule.expr.walk import children, nodes, rebuild, rename_index
from chainrule.model.letters import base, free

Letters = Mapping[str, Index]


def supply() -> Callable[[str], str]:
    """A function that gives another machine letter at each call."""
    numbers: Iterator[int] = count(1)
    return lambda letter: f"{base(letter)}#{next(numbers)}"


def rebind(expr: Expr, scope: Iterable[str], choose: Callable[[str, frozenset[str]], str]) -> Expr:
    """The expression with every bound letter chosen anew, from the letters in scope where it is bound."""
    done: list[Expr] = []
    todo: list[tuple[Expr, Letters, frozenset[str], int]] = [(expr, {}, frozenset(scope), -1)]
    while todo:
        node, meaning, known, inside = todo.pop()
        if inside >= 0:
            below = tuple(done[len(done) - inside :])
            del done[len(done) - inside :]
            done.append(rebuild(node, below))
            continue
        if isinstance(node, Reduce):
            chosen: list[str] = []
            for letter in node.letters:
                new = choose(letter, known)
                meaning, known = {**meaning, letter: index(new)}, known | {new}
                chosen.append(new)
            node = replace(node, letters=tuple(chosen))
        else:
            node = renamed(node, meaning)
        below = children(node)
        todo.append((node, meaning, known, len(below)))
        todo.extend((child, meaning, known, -1) for child in reversed(below))
    return done[0]


def renamed(node: Expr, meaning: Letters) -> Expr:
    """One node with its own indices renamed; what is inside it stays."""
    match node:
        case Ref(_, indices) if indices and meaning:
            return Ref(node.name, tuple([rename_index(position, meaning) for position in indices]), node.span)
        case At(position) | InRange(position) if meaning:
            return replace(node, index=rename_index(position, meaning))
        case _:
            return node


def unique(expr: Expr, fresh: Callable[[str], str]) -> Expr:
    """The expression with a machine letter for each bound one."""
    return rebind(expr, (), lambda letter, _: fresh(letter)) if binds(expr) else expr


def binds(expr: Expr) -> bool:
    """Whether an expression has a reduction."""
    return any(isinstance(node, Reduce) for node in nodes(expr))


def printable(expr: Expr, scope: Iterable[str] = ()) -> Expr:
    """The expression with each bound letter the first of ``i``, ``i'``, ``i''`` … that is not in scope."""

    def choose(letter: str, known: frozenset[str]) -> str:
        name = base(letter)
        while name in known:
            name += "'"
        return name

    return rebind(expr, {*scope, *free(expr)}, choose) if binds(expr) else expr
