"""The forms of a line: one function for each kind of statement, told apart by how the line begins."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, NoReturn, cast

from chainrule.errors import NotationError, Source, Span
from chainrule.expr.nodes import Equation, Expr, Ref, index
from chainrule.notation.expressions import expression
from chainrule.notation.known import DISTRIBUTIONS, WORDS, WORDS_MEANT, closest
from chainrule.notation.lexer import Line
from chainrule.notation.names import clip, pretty
from chainrule.notation.reader import COMPARISONS, Reader
from chainrule.notation.scope import Scope
from chainrule.notation.statements import (
    Box,
    Column,
    Computed,
    Declaration,
    Declare,
    Define,
    DerivativeRule,
    Domain,
    Drawn,
    Fact,
    Function,
    Given,
    Goal,
    Kind,
    LetterGroup,
    Letters,
    Listed,
    Listing,
    Role,
    Statement,
    Table,
    Update,
    UpdateBlock,
    UpdateLine,
)  # fmt: skip


def statement(readers: list[Reader], number: int, scope: Scope) -> tuple[Statement, int]:
    """The statement that begins with a line, and the number of the line after it."""
    reader = readers[number]
    first = reader.token
    if first.kind != "name" or first.text not in WORDS:
        return equation(reader, scope), number + 1
    if reader.peek().text in ("=", "[", "(") or reader.peek().kind == "subscript":
        reader.fail("E014", f"{first.text} is a word of the language and cannot be a name", "choose another name")
    reader.take()
    match first.text:
        case "index" | "patterns":
            return letters(reader, scope, first.text), number + 1
        case "data" | "target" | "weight" | "const":
            return declare(reader, scope, first.text), number + 1
        case "table":
            return table(readers, number)
        case "fact":
            return fact(reader, scope), number + 1
        case "update":
            return update(readers, number, scope)
        case _:
            return goal(reader, scope, first.text), number + 1


def finished(reader: Reader) -> None:
    """The line must end here."""
    token = reader.token
    if token.kind == "end":
        return
    if token.text in COMPARISONS:
        reader.fail(
            "E025",
            f"{reader.found()} stands outside of square brackets",
            "a comparison is written [a > b]; it is 1 or 0; equations have one =",
        )
    if token.text == ",":
        before, after = reader.tokens[max(reader.at - 1, 0)], reader.peek()
        if before.kind == after.kind == "number":
            meant = clip(f"{before.text}.{after.text}")
            reader.fail("E004", "a number is written with a point", f"write {meant}", reader.at - 1, reader.at + 1)
    if token.text == "|":
        reader.fail("E026", "| is only for tables", "an absolute value is written abs(x)")
    if token.text == "{":
        reader.fail("E015", "braces are only for listed values and letters", "write round brackets ( )")
    reader.fail(
        "E015",
        f"{reader.found()} is too much in this line",
        "one statement a line; a product of brackets needs no sign, all else an operator",
    )


# -------------------------------------------------------------------- equations, functions, rules


def equation(reader: Reader, scope: Scope) -> Statement:
    """``E = …``, ``f(u) = …``, ``f'(u) = …``; or what a beginner may have meant by the line."""
    first, after = reader.token, reader.peek()
    if first.kind == "name":
        if after.kind == "prime" or (
            after.text == "(" and reader.tokens[reader.closing[reader.at + 1] + 1].text == "="
        ):
            return function(reader, scope)
        begin = reader.at
        end = begin + 1
        if after.text == "[":
            end = reader.closing[begin + 1] + 1
        elif after.kind == "subscript":
            end += 1
        if reader.tokens[end].text == "=":
            target = left_side(reader, scope)
            reader.take()
            body = expression(reader, scope)
            finished(reader)
            return Define(Equation(target, body, Span(first.start, reader.tokens[-1].stop)), target.span)
    strange(reader, scope)


def left_side(reader: Reader, scope: Scope) -> Ref:
    """``h[t,j]``: letters, each once, or integers in a base line."""
    begin = reader.at
    token = reader.name("E041", "a name", "an equation begins with the name it defines: E = …")
    if token.text in WORDS:
        reader.fail(
            "E014", f"{token.text} is a word of the language and cannot be a name", "choose another name", begin
        )
    found = (
        reader.subscripts(scope)
        if reader.token.kind == "subscript"
        else reader.indices(scope)
        if reader.sees("[")
        else ()
    )
    seen: set[str] = set()
    for position in found:
        if position.terms and position.letter is None:
            reader.fail(
                "E041",
                "the left side has a shifted index",
                "put plain letters on the left and the shift on the right: h[t,j] = … h[t-1,j]",
                begin,
                reader.at - 1,
            )
        if position.letter is not None and position.letter in seen:
            reader.fail(
                "E041",
                "a letter stands twice on the left side",
                "declare another letter of the same set: `index i, k = 1..3`",
                begin,
                reader.at - 1,
            )
        seen.update(letter for letter, _ in position.terms)
    return Ref(token.text, found, Span(token.start, reader.tokens[reader.at - 1].stop))


def function(reader: Reader, scope: Scope) -> Function | DerivativeRule:
    """``A(u) = …`` or ``A'(u) = …``."""
    begin = reader.at
    token = reader.take()
    order = len(reader.primes())
    reader.expect("(", "E048", "a function is defined by f(u) = …, its derivative by f'(u) = …")
    parameters: list[str] = []
    while True:
        parameter = reader.name("E048", "the name of a parameter", "a function is defined by f(u) = …")
        if parameter.text in WORDS:
            reader.fail(
                "E014",
                f"{parameter.text} is a word of the language and cannot be a name",
                "choose another name",
                reader.at - 1,
            )
        if parameter.text in parameters:
            reader.fail(
                "E048",
                f"the parameter {pretty(parameter.text)} stands twice",
                "name each parameter once",
                reader.at - 1,
            )
        parameters.append(parameter.text)
        if not reader.accept(","):
            break
    reader.expect(")", "E048", "the parameters of a function are plain names: f(u, v) = …")
    if token.text in ("d", "partial"):
        reader.fail(
            "E048", f"{token.text}(…)/{token.text}(…) writes derivatives", "call the function by another name", begin
        )
    if order and scope.quantity(token.text):
        reader.fail(
            "E037",
            f"{pretty(token.text)} is a quantity: a prime after it means nothing",
            "only a function f has a rule f'(u) = …",
            begin + 1,
        )
    if order and len(parameters) > 1:
        reader.fail("E048", "a derivative rule has one parameter", "write f'(u) = …", begin, reader.at - 1)
    reader.expect("=", "E048", "a derivative rule is written f'(u) = …")
    body = expression(reader, scope.within(parameters))
    finished(reader)
    if order:
        return DerivativeRule(token.text, parameters[0], body, order, token.span)
    return Function(token.text, tuple(parameters), body, token.span)


def strange(reader: Reader, scope: Scope) -> NoReturn:
    """A line of no known form."""
    first, after = reader.token, reader.peek()
    forms = "a line declares (data, target, weight, const, index, table …) or is an equation: E = …"
    if first.kind != "name":
        if first.kind in ("number", "fraction"):
            reader.fail("E013", "a line begins with a number", "rows of numbers follow a line `table x | y`")
        if first.text == "∂":
            reader.fail(
                "E013",
                "an equation defines a name, not a derivative",
                "derivatives are computed; a rule is written f'(u) = …",
            )
        reader.fail("E013", f"a line cannot begin with {reader.found()}", forms)
    shown = clip(pretty(first.text))
    near = WORDS_MEANT.get(first.text.lower()) or closest(first.text.lower(), WORDS)
    if near is None and first.text.lower() in WORDS:
        near = first.text.lower()
    if after.kind == "name" and near:
        reader.fail("E013", f"a line cannot begin with {shown}", f"did you mean {near}?")
    reader.at += 1
    if reader.arrow:
        reader.fail("E047", "a rule of learning begins with `update`", f"write update {shown} <- …")
    if reader.sees(":="):
        reader.fail(
            "E043",
            ":= gives a start, and here nothing is declared",
            f"write {shown} = …, or weight {shown} := …, or const {shown} := …",
        )
    if reader.sees("~", "in"):
        reader.fail("E043", f"{reader.found()} belongs to a declaration", f"write weight {shown} {reader.found()} …")
    if reader.sees("+", "-", "*", "/") and reader.peek().text == "=":
        op = reader.token.text
        reader.fail(
            "E013",
            f"{op}= is not of the language",
            f"write {shown} = … once; a rule of learning is written update {shown} <- {shown} {op} …",
            None,
            reader.at + 1,
        )
    if reader.sees("=="):
        reader.fail("E025", "== compares", f"an equation is written {shown} = …")
    if near and near != first.text:
        reader.fail("E013", "this line is not a statement", f"did you mean {near}?", 0)
    reader.at = 0
    expression(reader, scope)  # its own errors say more
    if reader.sees("="):
        reader.fail(
            "E041",
            "the left side is not a name",
            "an equation begins with the name it defines, and letters: E = …, h[j] = …",
            0,
            reader.at - 1,
        )
    finished(reader)
    reader.fail(
        "E013",
        "this line is a value, and says nothing about it",
        "give it a name, `y = …`, or write minimise before it",
        0,
        len(reader.tokens) - 1,
    )


def nothing(source: Source) -> Line:
    raise NotationError("E012", "there is no expression", "write one", source, Span(0, max(1, len(source.text))))


# -------------------------------------------------------------------- letters


def letters(reader: Reader, scope: Scope, kind: str) -> Letters:
    """``index i = 1..2, j, k = 1..3`` or ``patterns p``."""
    groups: list[LetterGroup] = []
    names: list[str] = []
    start = reader.token.start
    help = "write index i = 1..2, j, k = 1..3, or index i without a range"
    while True:
        token = reader.name("E042", "a letter", help)
        if token.text in WORDS:
            reader.fail(
                "E014",
                f"{token.text} is a word of the language and cannot be a name",
                "choose another name",
                reader.at - 1,
            )
        if reader.token.kind == "prime":
            reader.fail("E042", "a letter is declared without a prime", "i' is at once another letter of the set of i")
        if not names:
            start = token.start
        names.append(token.text)
        if reader.accept("="):
            low = expression(reader, scope)
            reader.expect("..", "E042", "a range is written 1..3")
            high = expression(reader, scope)
            groups.append(LetterGroup(tuple(names), low, high, Span(start, reader.tokens[reader.at - 1].stop)))
            names = []
        elif reader.sees("in"):
            reader.fail("E042", "a range of letters is written with =", "write index i = 1..3")
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
    if token.text in WORDS:
        reader.fail(
            "E014", f"{token.text} is a word of the language and cannot be a name", "choose another name", begin
        )
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
    return Declaration(token.text, letters, values, start, token.span)


def domain(reader: Reader, scope: Scope) -> Domain:
    """``{0, 1}``, ``[0, 1]``, ``[1, ∞)``, ``reals``."""
    begin = reader.at
    token = reader.token
    if token.text in ("reals", "integers") and token.kind == "name":
        reader.take()
        return Kind(cast(Literal["reals", "integers"], token.text), token.span)
    if reader.accept("{"):
        values = [expression(reader, scope)]
        while reader.accept(","):
            if reader.sees("..") or reader.token.kind == "end":
                break
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
    reader.fail("E044", f"expected a domain, found {reader.found()}", help)


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
    """``[[1, 2], [3, 4]]`` or an expression, after ``:=``."""
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


# -------------------------------------------------------------------- tables


def table(readers: list[Reader], number: int) -> tuple[Table, int]:
    """``table x y | t`` and the rows below it."""
    reader = readers[number]
    sides: list[list[Column]] = [[]]
    help = "a table begins with the names of its columns: table x1 x2 | y"
    while reader.token.kind != "end":
        if reader.accept("|"):
            sides.append([])
            if len(sides) > 2:
                reader.fail("E046", "a table has one |", "data stand left of it, targets right", reader.at - 1)
            continue
        token = reader.name("E046", "the name of a column", help)
        if token.text in WORDS:
            reader.fail(
                "E014",
                f"{token.text} is a word of the language and cannot be a name",
                "choose another name",
                reader.at - 1,
            )
        position: list[int] = []
        if reader.accept("["):
            while True:
                if reader.token.kind != "number" or not reader.token.text.isdigit():
                    reader.fail(
                        "E046",
                        f"expected an integer, found {reader.found()}",
                        "a column is a name, x, or one entry, x[2]",
                    )
                position.append(int(reader.take().text))
                if not reader.accept(","):
                    break
            reader.expect("]", "E046", "a column is a name, x, or one entry, x[2]")
        elif reader.token.kind in ("subscript", "prime") or reader.sees(","):
            reader.fail(
                "E046",
                f"{reader.found()} in the head of a table",
                "names are separated by spaces; one entry of x is x[2]",
            )
        sides[-1].append(Column(token.text, tuple(position), Span(token.start, reader.tokens[reader.at - 1].stop)))
    if not sides[0] or not sides[-1]:
        reader.fail("E046", "a side of the table is empty", help, 0)
    rows: list[tuple[Fraction, ...]] = []
    spans: list[Span] = []
    shape: tuple[int, int] | None = None
    number += 1
    while number < len(readers) and begins_row(readers[number]):
        row = readers[number]
        cells, bar = cells_of(row, len(sides) == 2)
        here = (len(cells), bar)
        if shape is None:
            shape = here
            wanted = sum(map(len, sides))
            if len(cells) < wanted:
                row.fail(
                    "E046",
                    f"the row has {len(cells)} number{'s' * (len(cells) != 1)} for {wanted} columns",
                    "a row has a number for each column",
                    0,
                    len(row.tokens) - 1,
                )
        elif here != shape:
            row.fail(
                "E046",
                f"the row has {_sides(here)}, the first has {_sides(shape)}",
                "all rows have the same form",
                0,
                len(row.tokens) - 1,
            )
        rows.append(cells)
        spans.append(Span(row.tokens[0].start, row.tokens[-1].stop))
        number += 1
    if not rows:
        reader.fail("E046", "the table has no rows", "below it stand rows of numbers: 0 1 | 1", 0)
    span = Span(reader.tokens[0].start, reader.tokens[-1].stop)
    targets = tuple(sides[1]) if len(sides) == 2 else ()
    bar = shape[1] if shape and targets else 0
    return Table(tuple(sides[0]), targets, tuple(rows), tuple(spans), span, bar), number


def _sides(shape: tuple[int, int]) -> str:
    count, bar = shape
    return f"{count} number{'s' * (count != 1)}" + (f", {bar} left of |" if bar >= 0 else "")


def begins_row(reader: Reader) -> bool:
    first = reader.tokens[0]
    return first.kind in ("number", "fraction") or (
        first.text in ("-", "+") and reader.tokens[1].kind in ("number", "fraction")
    )


def cells_of(reader: Reader, divided: bool) -> tuple[tuple[Fraction, ...], int]:
    """The numbers of a row, and how many stand left of the bar (-1 without one)."""
    cells: list[Fraction] = []
    bar = -1
    while reader.token.kind != "end":
        if reader.sees("|"):
            if bar >= 0 or not divided:
                reader.fail(
                    "E046",
                    "this | is not in the head of the table",
                    "| separates data from targets, in the head and in each row",
                )
            bar = len(cells)
            reader.take()
            continue
        sign = -1 if reader.accept("-") else 1
        token = reader.token
        if token.text == "," and cells:
            after = reader.peek()
            if after.kind == "number" and reader.tokens[reader.at - 1].kind == "number":
                meant = f"{reader.tokens[reader.at - 1].text}.{after.text}"
                reader.fail(
                    "E046",
                    "numbers in a table are separated by spaces",
                    f"write {clip(meant)} for a number with decimals",
                    reader.at - 1,
                    reader.at + 1,
                )
        if token.kind not in ("number", "fraction"):
            reader.fail(
                "E046",
                f"expected a number, found {reader.found()}",
                "a row has numbers or fractions, separated by spaces: 0 -1.5 | 2/3",
            )
        value = number_value(reader)
        if token.kind == "number" and reader.accept("/"):
            if reader.token.kind != "number":
                reader.fail("E046", f"expected a number, found {reader.found()}", "a fraction is written 2/3")
            below = number_value(reader)
            if not below:
                reader.fail("E046", "a fraction with 0 below", "write a number", reader.at - 1)
            value /= below
        cells.append(sign * value)
    if divided and bar < 0:
        reader.fail(
            "E046",
            "the row has no |, the head of the table has one",
            "put | between data and targets",
            0,
            len(reader.tokens) - 1,
        )
    return tuple(cells), bar


def number_value(reader: Reader) -> Fraction:
    from chainrule.notation.expressions import Machine

    token = reader.token
    value = Fraction(token.text) if token.kind == "fraction" else Machine(reader, Scope()).exact(token)
    reader.take()
    return value


# -------------------------------------------------------------------- facts, updates, goals


def fact(reader: Reader, scope: Scope) -> Fact:
    left = expression(reader, scope)
    reader.expect("=", "E013", "a fact is an equation between data: fact Σ_k t[k] = 1")
    right = expression(reader, scope)
    finished(reader)
    return Fact(left, right, Span(reader.tokens[0].start, reader.tokens[-1].stop))


def goal(reader: Reader, scope: Scope, word: str) -> Goal:
    value = expression(reader, scope)
    if reader.sees("="):
        reader.fail(
            "E049", "a goal is a value, not an equation", "define it on a line of its own, E = …, then write minimise E"
        )
    finished(reader)
    sense: Literal["minimise", "maximise"] = "minimise" if word.startswith("min") else "maximise"
    return Goal(sense, value, Span(reader.tokens[0].start, reader.tokens[-1].stop))


def update(readers: list[Reader], number: int, scope: Scope) -> tuple[Update | UpdateBlock, int]:
    """``update W <- …`` for one weight, or ``update θ, g`` with its lines for all."""
    reader = readers[number]
    help = "write update w <- w - α*∂E/∂w for one weight, or update θ, g and its lines for all"
    token = reader.name("E047", "a weight", help)
    if token.text in WORDS:
        reader.fail(
            "E014", f"{token.text} is a word of the language and cannot be a name", "choose another name", reader.at - 1
        )
    if reader.accept(","):
        return block(readers, number, scope, token.text)
    letters = reader.letters(scope, "E047", "a rule")
    if not reader.arrow:
        reader.fail("E047", f"expected <-, found {reader.found()}", help)
    weight = Ref(
        token.text, tuple(index(letter) for letter in letters), Span(token.start, reader.tokens[reader.at - 1].stop)
    )
    reader.take_arrow()
    value = expression(reader, scope.within(("t",)))
    finished(reader)
    return Update(weight, value, Span(reader.tokens[0].start, reader.tokens[-1].stop)), number + 1


def block(readers: list[Reader], number: int, scope: Scope, weight: str) -> tuple[UpdateBlock, int]:
    """The lines below ``update θ, g``, to the first that is none."""
    head = readers[number]
    gradient = head.name("E047", "a name for the derivative", "write update θ, g")
    if gradient.text == weight:
        head.fail("E047", "the weight and its derivative have one name", "write update θ, g", head.at - 1)
    finished(head)
    first = number = number + 1
    while number < len(readers) and begins_line(readers[number]):
        number += 1
    if number == first:
        head.fail("E047", "the block has no lines", "below it stand lines such as θ <- θ - α*g", 0, head.at - 1)
    inside = scope.within(
        (weight, gradient.text, "t", *(readers[line].tokens[0].text for line in range(first, number)))
    )
    lines: list[UpdateLine] = []
    for reader in readers[first:number]:
        token = reader.take()
        if token.text in WORDS:
            reader.fail(
                "E014", f"{token.text} is a word of the language and cannot be a name", "choose another name", 0
            )
        sign: Literal["<-", ":="] = ":=" if reader.sees(":=") else "<-"
        if sign == ":=":
            reader.take()
        else:
            reader.take_arrow()
        value = expression(reader, inside)
        finished(reader)
        lines.append(UpdateLine(token.text, sign, value, Span(token.start, reader.tokens[-1].stop)))
    if weight not in (line.name for line in lines):
        head.fail(
            "E047",
            f"no line of the block changes {pretty(weight)}",
            f"write {pretty(weight)} <- {pretty(weight)} - …",
            1,
        )
    span = Span(head.tokens[0].start, readers[number - 1].tokens[-1].stop)
    return UpdateBlock(weight, gradient.text, tuple(lines), span), number


def begins_line(reader: Reader) -> bool:
    """Whether a line is of the form ``name <- …`` or ``name := …``."""
    if reader.tokens[0].kind != "name":
        return False
    reader.at = 1
    found = reader.arrow or reader.sees(":=")
    reader.at = 0
    return found
