"""A text that fails → a smaller one that fails in the same way, for a person to read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any
from zlib import crc32

import numpy as np

from chainrule.errors import ChainruleError
from chainrule.expr.nodes import Cond, Derivative, Expr, Number, Reduce, Ref
from chainrule.expr.walk import children, rebuild, size
from chainrule.model.ranges import exact
from chainrule.notation import parse
from chainrule.notation.show_lines import show_statement
from chainrule.notation.statements import (
    Declare,
    Define,
    Function,
    Given,
    Goal,
    InlineTable,
    Letters,
    Listing,
    Statement,
    UpdateBlock,
)

ONE = Number(Fraction(1))


def shrink(text: str, fails: Callable[[str], bool], most: int = 3000) -> str:
    """Lines, letters, values of letters and parts of expressions are left out for as long as the text still fails."""
    tried: set[str] = set()
    plain = "\n".join(map(show_statement, parse(text).statements))
    text = plain if fails(plain) else text
    going = True
    while going:
        going = False
        for smaller in candidates(text):
            if smaller in tried or len(tried) > most:
                continue
            tried.add(smaller)
            if len(smaller) <= len(text) and smaller != text and readable(smaller) and fails(smaller):
                text, going = smaller, True
                break
    return text


def drawn(text: str, patterns: int) -> dict[str, np.ndarray[Any, Any]]:
    """Data for a text: the numbers of a name stay the same while other lines go."""
    sizes: dict[str, int] = {}
    shapes: dict[str, list[int]] = {}
    for line in parse(text).statements:
        match line:
            case Letters("index", groups):
                for group in groups:
                    bounds = [exact(bound, {}) for bound in (group.low, group.high) if bound is not None]
                    if len(bounds) == 2 and None not in bounds:
                        sizes |= dict.fromkeys(group.letters, int(bounds[1] - bounds[0]) + 1)  # type: ignore[operator]
            case Declare("data" | "target", declarations):
                for one in declarations:
                    shapes[one.name] = [sizes[letter] for letter in one.letters if letter in sizes]
    return {
        name: np.random.default_rng(crc32(name.encode())).normal(size=(patterns, *shape)).round(2)
        for name, shape in shapes.items()
    }


def readable(text: str) -> bool:
    try:
        parse(text)
    except ChainruleError:
        return False
    return True


def candidates(text: str) -> Iterator[str]:
    """Texts that are a little smaller."""
    statements = parse(text).statements
    lines = [show_statement(one) for one in statements]
    for k in range(len(lines)):
        yield "\n".join(lines[:k] + lines[k + 1 :])
    for k, one in enumerate(statements):
        for other in smaller(one):
            yield "\n".join([*lines[:k], show_statement(other), *lines[k + 1 :]])


def smaller(statement: Statement) -> Iterator[Statement]:
    """The statement with something less in it."""
    match statement:
        case Letters(kind, groups):
            for k, group in enumerate(groups):
                if len(groups) > 1:
                    yield replace(statement, groups=groups[:k] + groups[k + 1 :])
                for letter in group.letters[:-1]:
                    letters = tuple(one for one in group.letters if one != letter)
                    yield replace(statement, groups=(*groups[:k], replace(group, letters=letters), *groups[k + 1 :]))
                if kind == "index" and isinstance(group.high, Number) and group.low != group.high:
                    low = group.low.value if isinstance(group.low, Number) else None
                    if low is None or group.high.value > low:
                        shorter = replace(group, high=Number(group.high.value - 1)) if group.high.value else None
                        if shorter is not None:
                            yield replace(statement, groups=(*groups[:k], shorter, *groups[k + 1 :]))
        case Declare(_, declarations):
            for k, one in enumerate(declarations):
                if len(declarations) > 1:
                    yield replace(statement, declarations=declarations[:k] + declarations[k + 1 :])
                changes = [replace(one, domain=None)] if one.domain else []
                if isinstance(one.start, Given) and isinstance(one.start.value, Listing):
                    first: Expr | Listing = one.start.value
                    while isinstance(first, Listing):
                        first = first.items[0]
                    changes.append(replace(one, start=Given(first)))
                if one.letters and len(one.letters) == 1:
                    changes.append(replace(one, letters=()))
                for other in changes:
                    yield replace(statement, declarations=(*declarations[:k], other, *declarations[k + 1 :]))
        case InlineTable(_, _, rows):
            for k in range(len(rows) if len(rows) > 1 else 0):
                yield replace(statement, rows=rows[:k] + rows[k + 1 :])
        case Define(equation):
            for body in less(equation.body):
                yield replace(statement, equation=replace(equation, body=body))
        case Function(_, _, body):
            for other in less(body):
                yield replace(statement, body=other)
        case Goal(_, value):
            for other in less(value):
                yield replace(statement, value=other)
        case UpdateBlock(_, _, lines):
            for k in range(len(lines) if len(lines) > 1 else 0):
                yield replace(statement, lines=lines[:k] + lines[k + 1 :])
            for k, line in enumerate(lines):
                for other in less(line.value):
                    yield replace(statement, lines=(*lines[:k], replace(line, value=other), *lines[k + 1 :]))


def less(expr: Expr) -> Iterator[Expr]:
    """The expression with one part of it replaced by what is inside of that, or by 1."""
    inside = children(expr)
    if size(expr) > 1:
        yield ONE
    if isinstance(expr, Derivative):
        return
    yield from inside
    if len(inside) > 2:
        for k in range(len(inside)):
            rest = inside[:k] + inside[k + 1 :]
            if hasattr(expr, "args") and type(expr).__name__ in ("Add", "Mul"):
                yield replace(expr, args=rest)  # type: ignore[call-arg]
    if isinstance(expr, Reduce) and len(expr.letters) > 1:
        for letter in expr.letters:
            yield replace(expr, letters=tuple(one for one in expr.letters if one != letter))
    if isinstance(expr, Ref):
        yield ONE
    for k, one in enumerate(inside):
        for other in less(one) if not (isinstance(expr, Cond) and k == 0) else ():  # a test stays one
            yield rebuild(expr, (*inside[:k], other, *inside[k + 1 :]))
