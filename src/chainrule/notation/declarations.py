"""Lines that declare: letters, and quantities with their domains and starts."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, cast

from chainrule.errors import Span
from chainrule.expr.nodes import Expr, number
from chainrule.notation.expressions import expression
from chainrule.notation.known import DISTRIBUTIONS, closest
from chainrule.notation.lexer import Token
from chainrule.notation.names import clip, pretty
from chainrule.notation.reader import Reader
from chainrule.notation.scope import Scope
from chainrule.notation.statement_end import finished
from chainrule.notation.statements import (
    Box,
    Computed,
    Declaration,
    Declare,
    Domain,
    Drawn,
    Given,
    Kind,
    LetterGroup,
    Letters,
    Listed,
    Listing,
    Role,
)  # fmt: skip


def letters(reader: Reader, scope: Scope, kind: str) -> Letters:
    """``index i = 1..2, j, k = 1..3`` or ``patterns p``."""
    groups: list[LetterGroup] = []
    names: list[str] = []
    start = reader.token.start
    help = "write index i = 1..2, j, k = 1..3, or index i without a range"
    while True:
        token = reader.name("E042", "a letter", help)
        if reader.token.kind == "prime":
            reader.fail("E042", "a letter is declared without a prime", "i' is at once another letter of the set of i")
        if not names:
            start = token.start
        names.append(token.text)
        if reader.accept("="):
            if reader.sees("{", "["):
                reader.fail("E042", "a range has a first and a last integer", "write index i = 1..3")
            low = expression(reader, scope)
            reader.expect("..", "E042", "a range is written 1..3")
            high = expression(reader, scope)
            groups.append(LetterGroup(tuple(names), low, high, Span(start, reader.tokens[reader.at - 1].stop)))
            names = []
        elif reader.sees("in") or reader.token.kind == "number":
            help = f"write {kind} {clip(pretty(token.text))} = 1..3"
            reader.fail("E042", "a range of letters is written with =", help)
        if not reader.accept(","):
            break
    if names:
        groups.append(LetterGroup(tuple(names), None, None, Span(start, reader.tokens[reader.at - 1].stop)))
        if any(group.low is not None for group in groups):
            reader.fail_at(
                "E042",
                f"{', '.join(names)} has no range, others in this line have one",
                "give every group its range, or put letters without one on a line of their own",
                groups[-1].span,
            )
    if not all(len(group.letters) == 1 for group in groups) and all(group.low is None for group in groups):
        groups = [LetterGroup((letter,), None, None, groups[0].span) for letter in groups[0].letters]
    if kind == "patterns" and (len(groups) > 1 or len(groups[0].letters) > 1):
        reader.fail("E042", "the patterns have one letter", "write patterns p", 1, reader.at - 1)
    finished(reader)
    return Letters(
        cast(Literal["index", "patterns"], kind), tuple(groups), Span(reader.tokens[0].start, reader.tokens[-1].stop)
    )


# -------------------------------------------------------------------- declarations


def declare(reader: Reader, scope: Scope, role: str) -> Declare:
    """``weight w in [0, 1] := 0.5, b``."""
    found = [declaration(reader, scope, role)]
    while reader.accept(","):
        found.append(declaration(reader, scope, role))
    finished(reader)
    return Declare(cast(Role, role), tuple(found), Span(reader.tokens[0].start, reader.tokens[-1].stop))


def declaration(reader: Reader, scope: Scope, role: str) -> Declaration:
    begin = reader.at
    before = reader.tokens[begin - 1], reader.tokens[begin - 2]
    if reader.token.kind == "number" and before[0].text == "," and before[1].kind == "number":
        meant = f"{before[1].text}.{reader.token.text}"
        reader.fail("E004", "a number is written with a point", f"write {clip(meant)}", begin - 2, begin)
    token = reader.name("E043", "a name", f"write {role} x, y[i]")
    shown = clip(pretty(token.text))
    if reader.sees("("):
        reader.fail("E043", "letters stand in square brackets", f"write {role} {shown}[i]")
    if reader.token.kind == "prime":
        reader.fail("E037", f"{shown} is a quantity: a prime after it means nothing", "choose another name")
    letters = reader.letters(scope, "E043", "a declaration")
    values = domain(reader, scope) if reader.accept("in") else None
    start: Given | Drawn | Computed | None = None
    mark = reader.at
    given = role in ("weight", "const")
    if reader.accept(":="):
        if not given:
            reader.fail(
                "E043",
                f"{role} has no start",
                f"compute it, {role} {shown} = …, give it in a table, or declare const {shown} := …",
                mark,
            )
        value_start = reader.token.start
        value = listed(reader, scope)
        start = Given(value, Span(value_start, reader.tokens[reader.at - 1].stop))
    elif reader.accept("="):
        if given:
            reader.fail("E043", f"a {role} is given its start with :=", f"write {role} {shown} := …", mark)
        value_start = reader.token.start
        computed = expression(reader, scope)
        start = Computed(computed, Span(value_start, reader.tokens[reader.at - 1].stop))
    elif reader.accept("~"):
        if role in ("target", "const"):
            reader.fail(
                "E043", f"a {role} is not drawn at random", f"write {role} {shown} {':=' if given else '='} …", mark
            )
        start = drawn(reader, scope)
    elif reader.token.kind == "name" and reader.at + 1 < len(reader.tokens):
        reader.fail(
            "E043",
            f"{reader.found()} stands after {shown}",
            f"separate names by commas: {role} {shown}, {reader.found()}",
        )
    if values is None and start is not None and reader.accept("in"):  # written last, as in w := 0.5 in [0, 1]
        values = domain(reader, scope)
    return Declaration(token.text, letters, values, start, token.span)


def domain(reader: Reader, scope: Scope) -> Domain:
    """``{0, 1}``, ``[0, 1]``, ``[1, ∞)``, ``reals``."""
    scope = replace(scope, printed=True)
    begin = reader.at
    token = reader.token
    if token.text in ("reals", "integers") and token.kind == "name":
        reader.take()
        return Kind(cast(Literal["reals", "integers"], token.text), token.span)
    if reader.accept("{"):
        if reader.token.kind == "word":
            return worded(reader, token)
        values = [expression(reader, scope)]
        while reader.accept(","):
            if reader.sees("..") or reader.token.kind == "end":
                break
            if reader.token.kind == "word":
                reader.fail("E044", f"expected a number, found {reader.found()}", ALONE)
            values.append(expression(reader, scope))
        if reader.sees(".."):
            reader.fail("E044", "values are listed one by one", "write {0, 1, 2}, or [0, 2] for all between")
        reader.expect("}", "E044", "write {0, 1}")
        return Listed(tuple(values), Span(token.start, reader.tokens[reader.at - 1].stop))
    if reader.sees("[", "("):
        reader.take()
        low = limit(reader, scope, "-")
        reader.expect(",", "E044", "an interval has two ends: [0, 1]")
        high = limit(reader, scope, "")
        close = reader.token
        if not reader.sees("]", ")"):
            reader.fail("E044", f"expected ], found {reader.found()}", "an interval has two ends: [0, 1]")
        reader.take()
        if (token.text == "(" and low is not None) or (close.text == ")" and high is not None):
            number = begin if token.text == "(" and low is not None else reader.at - 1
            reader.fail(
                "E044", "an interval has its ends", "write [a, b]; a round bracket stands only beside ∞", number
            )
        return Box(low, high, Span(token.start, close.stop))
    near = closest(token.text, ("reals", "integers")) if token.kind == "name" else None
    help = f"did you mean {near}?" if near else "write in {0, 1}, in [0, 1], in [0, ∞), in reals or in integers"
    return reader.fail("E044", f"expected a domain, found {reader.found()}", help)


def worded(reader: Reader, token: Token) -> Listed:
    """The words of ``{"no", "yes"}``; they are 0, 1, … in this order."""
    words = [reader.take().text[1:-1].strip()]
    while reader.accept(","):
        if reader.token.kind != "word":
            reader.fail("E044", f"expected a word in quotes, found {reader.found()}", ALONE)
        words.append(reader.take().text[1:-1].strip())
        if words[-1] in words[:-1]:
            reader.fail("E044", f'"{words[-1]}" is listed twice', "list every word once", reader.at - 1)
    reader.expect("}", "E044", ALONE)
    numbers = tuple(number(count) for count in range(len(words)))
    return Listed(numbers, Span(token.start, reader.tokens[reader.at - 1].stop), tuple(words))


ALONE = 'a list has words alone, each in quotes, or numbers alone: {"no", "yes"}'


def limit(reader: Reader, scope: Scope, sign: str) -> Expr | None:
    """One end of an interval; None is unbounded."""
    begin = reader.at
    plus = reader.sees("+") and reader.peek().text == "inf"
    minus = reader.sees("-") and reader.peek().text == "inf"
    reader.at += plus or minus
    if reader.token.text == "inf" and not (reader.token.kind == "name" and scope.quantity("inf")):
        reader.take()
        if minus != (sign == "-"):
            reader.fail("E044", "the interval is empty", "−∞ stands on the left, ∞ on the right", begin)
        return None
    return expression(reader, scope)


def drawn(reader: Reader, scope: Scope) -> Drawn:
    """``normal(0, 1)`` after ``~``."""
    token = reader.name("E043", "a distribution", "write ~ normal(0, 1), ~ uniform(0, 1), ~ zeros() or ~ glorot()")
    if token.text not in DISTRIBUTIONS:
        near = closest(token.text, DISTRIBUTIONS)
        help = f"did you mean {near}?" if near else "write ~ normal(0, 1), ~ uniform(0, 1), ~ zeros() or ~ glorot()"
        reader.fail("E043", f"{clip(pretty(token.text))} is not a distribution", help, reader.at - 1)
    reader.expect("(", "E043", f"write {token.text}({', '.join('01'[: DISTRIBUTIONS[token.text]])})")
    arguments: list[Expr] = []
    if not reader.sees(")"):
        arguments.append(expression(reader, scope))
        while reader.accept(","):
            arguments.append(expression(reader, scope))
    reader.expect(")", "E043", f"write {token.text}({', '.join('01'[: DISTRIBUTIONS[token.text]])})")
    span = Span(token.start, reader.tokens[reader.at - 1].stop)
    if len(arguments) != DISTRIBUTIONS[token.text]:
        count = DISTRIBUTIONS[token.text]
        reader.fail_at(
            "E043",
            f"{token.text} takes {count} number{'s' * (count != 1)}, not {len(arguments)}",
            f"write ~ {token.text}({', '.join('01'[:count])})",
            span,
        )
    return Drawn(token.text, tuple(arguments), span)


def listed(reader: Reader, scope: Scope) -> Expr | Listing:
    """``[[1, 2], [3, 4]]`` or an expression, after ``:=``; numbers may be as NumPy prints them."""
    scope = replace(scope, printed=True)
    open_lists: list[tuple[int, list[Expr | Listing]]] = []
    while True:
        value: Expr | Listing
        if reader.sees("[") and reader.at not in reader.compared and reader.at not in reader.ranges:
            if len(open_lists) >= reader.budget.limits.depth:
                reader.exceeded("depth", reader.token.span)
            open_lists.append((reader.take().start, []))
            if reader.sees("]"):
                reader.fail("E045", "a list is empty", "write its values: [1, 2]")
            continue
        value = expression(reader, scope)
        while open_lists:
            start, items = open_lists[-1]
            items.append(value)
            if reader.accept(","):
                break
            reader.expect("]", "E045", "values in a list are separated by commas")
            open_lists.pop()
            value = Listing(tuple(items), Span(start, reader.tokens[reader.at - 1].stop))
        else:
            return value
