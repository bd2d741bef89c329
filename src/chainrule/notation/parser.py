"""A text → its statements; or one expression, one equation.

Two passes. The first only collects which names are letters, functions and quantities, because that, and never white
space, decides calls and products; the second reads. Whether names exist and sizes fit is for `model` to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chainrule.errors import NotationError, Source, Span
from chainrule.expr.nodes import Derivative, Equation, Expr
from chainrule.notation import lines
from chainrule.notation.expressions import expression
from chainrule.notation.lexer import Line, lex
from chainrule.notation.limits import LIMITS, Limits
from chainrule.notation.reader import Budget, Reader
from chainrule.notation.scope import Scope, collect
from chainrule.notation.statement_end import finished
from chainrule.notation.statements import Statement, Text


def parse(source: Source | str, limits: Limits | None = None) -> Text:
    """The statements of a model's text.

    >>> text = parse("data x in {0, 1}\\nweight w\\ny = w·x")
    >>> [type(statement).__name__ for statement in text.statements]
    ['Declare', 'Declare', 'Define']
    """
    source = Source(source) if isinstance(source, str) else source
    limits = Limits() if limits is None else limits
    try:
        return read_text(source, limits)
    except NotationError as error:
        from chainrule.notation.mended import mended  # half of the notation, for errors alone

        raise mended(error, limits) from None


def read_text(source: Source, limits: Limits) -> Text:
    """The statements of a text; an error of it is left as it is."""
    budget = Budget(limits)
    statements = tuple(statement for statement, _ in placed(source, limits, budget))
    return Text(statements, source, tuple(budget.notes))


def placed(source: Source, limits: Limits, budget: Budget | None = None) -> Iterator[tuple[Statement, list[Line]]]:
    """The statements of a text, each with the lines that it is made of."""
    budget = Budget(limits) if budget is None else budget
    readers = [Reader(source, line, budget) for line in lex(source, limits)]
    scope = collect(readers)
    number = 0
    while number < len(readers):
        first = number
        statement, number = lines.statement(readers, number, scope)
        yield statement, [reader.tokens for reader in readers[first:number]]


def parse_expression(
    text: Source | str,
    *,
    letters: Iterable[str] = (),
    functions: Iterable[str] = (),
    quantities: Iterable[str] = (),
    limits: Limits = LIMITS,
) -> Expr:
    """One expression. Names that are not given are functions before a bracket, letters in an index, else quantities.

    >>> parse_expression("½(ŷ − y)²") == parse_expression("1/2*(y_hat - y)^2")
    True
    """
    reader, scope = _single(text, letters, functions, quantities, limits)
    found = expression(reader, scope)
    finished(reader)
    return found


def parse_equation(
    text: Source | str,
    *,
    letters: Iterable[str] = (),
    functions: Iterable[str] = (),
    quantities: Iterable[str] = (),
    limits: Limits = LIMITS,
) -> Equation:
    """``left = right``, where left is a name, with letters or without, or a derivative. Inside brackets = compares, as
    derivations print it.

    >>> parse_equation("d(E)/d(w) = (y_hat - y)*x").target
    Derivative(of=Ref(name='E', indices=()), wrt=(Ref(name='w', indices=()),), kind='total')
    """
    reader, scope = _single(text, letters, functions, quantities, limits, equal=True)
    if reader.sees("∂") or (reader.token.text in ("d", "partial") and reader.peek().text == "("):
        start = reader.at
        target = expression(reader, scope)
        if not isinstance(target, Derivative):
            reader.fail("E041", "the left side is not a name or a derivative", "write ∂E/∂w = …", start, reader.at - 1)
    else:
        target = lines.left_side(reader, scope)
    reader.expect("=", "E013", "an equation is written E = …")
    body = expression(reader, scope)
    finished(reader)
    return Equation(target, body, Span(reader.tokens[0].start, reader.tokens[-1].stop))


def _single(
    text: Source | str, letters: Iterable[str], functions: Iterable[str], quantities: Iterable[str], limits: Limits,
    *, equal: bool = False,
) -> tuple[Reader, Scope]:
    source = Source(text) if isinstance(text, str) else text
    budget = Budget(limits)
    found = lex(source, limits)
    reader = Reader(source, found[0] if found else lines.nothing(source), budget)
    if equal:
        depth, ends = 0, set(reader.closing.values())
        for number, token in enumerate(reader.tokens):
            depth += (number in reader.closing) - (number in ends)
            if depth and token.text == "=":
                reader.tokens[number] = token._replace(text="==")
    scope = Scope(frozenset(letters), frozenset(functions), frozenset(quantities), open=True)
    if len(found) > 1:
        first = found[1][0]
        reader.fail_at("E015", "there is a second line", "write one expression", Span(first.start, first.stop))
    return reader, scope
