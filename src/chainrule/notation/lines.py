"""The forms of a line: one function for each kind of statement, told apart by how the line begins."""

from __future__ import annotations

import re
from typing import NoReturn

from chainrule.errors import NotationError, Source, Span
from chainrule.expr.nodes import Equation, Ref
from chainrule.notation.declarations import declare, letters
from chainrule.notation.expressions import expression
from chainrule.notation.known import WORDS, WORDS_MEANT, closest
from chainrule.notation.lexer import Line
from chainrule.notation.names import clip, pretty
from chainrule.notation.reader import Reader
from chainrule.notation.rules import fact, goal, update
from chainrule.notation.scope import Scope
from chainrule.notation.statement_end import finished
from chainrule.notation.statements import (
    Define,
    DerivativeRule,
    Function,
    Statement,
)  # fmt: skip
from chainrule.notation.tables import table


def statement(readers: list[Reader], number: int, scope: Scope) -> tuple[Statement, int]:
    """The statement that begins with a line, and the number of the line after it."""
    reader = readers[number]
    first = reader.token
    if first.kind != "name" or first.text not in WORDS:
        return equation(reader, scope), number + 1
    after = reader.peek()
    values = first.text in ("fact", "minimise", "minimize", "maximise", "maximize")
    if after.text == "=" or (not values and (after.text in ("[", "(") or after.kind == "subscript")):
        reader.reserved()
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


def equation(reader: Reader, scope: Scope) -> Statement:
    """``E = …``, ``f(u) = …``, ``f'(u) = …``; or what a beginner may have meant by the line."""
    first, after = reader.token, reader.peek()
    if first.kind == "name":
        if after.kind == "prime" or (
            after.text == "(" and reader.tokens[reader.closing[reader.at + 1] + 1].text == "="
        ):
            return dependent(reader, scope) if first.text in scope.brackets else function(reader, scope)
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
    return strange(reader, scope)


def dependent(reader: Reader, scope: Scope) -> Define:
    """``E(ŷ, y) = …``: the equation of E, where the brackets say what it depends on."""
    token = reader.take()
    typed = reader.typed(token.start, reader.tokens[reader.closing[reader.at]].stop)
    reader.skip_brackets(token.text, scope)
    target = Ref(token.text, (), Span(token.start, reader.tokens[reader.at - 1].stop))
    reader.expect("=", "E041", "an equation is written E = …")
    shown = clip(pretty(token.text))
    reader.note(f"{clip(typed)} = … is read as the equation of {shown}: its brackets name quantities", target.span)
    body = expression(reader, scope)
    finished(reader)
    return Define(Equation(target, body, Span(token.start, reader.tokens[-1].stop)), target.span)


def left_side(reader: Reader, scope: Scope) -> Ref:
    """``h[t,j]``: letters, each once, or integers in a base line."""
    begin = reader.at
    token = reader.name("E041", "a name", "an equation begins with the name it defines: E = …")
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


_QUOTIENT = re.compile(r"d\s*\(?\w+\)?\s*/\s*d\s*\(?\w+(\[[^\]]*\])?\)?\s*=")
"""``dE/dw = …``, ``d(E)/d(w) = …``"""


COMPUTED = "derivatives are computed: leave the line out, or watch one by a name, g = ∂E/∂w"


def computed(reader: Reader) -> NoReturn:
    """A line that gives a derivative."""
    reader.fail(
        "E013",
        "an equation defines a name, not a derivative",
        COMPUTED,
        0,
    )


def strange(reader: Reader, scope: Scope) -> NoReturn:
    """A line of no known form."""
    first, after = reader.token, reader.peek()
    forms = "a line declares (data, target, weight, const, index, table …) or is an equation: E = …"
    if first.kind != "name":
        if first.kind in ("number", "fraction"):
            reader.fail("E013", "a line begins with a number", "rows of numbers follow a line `table x | y`")
        if first.text == "∂":
            computed(reader)
        reader.fail("E013", f"a line cannot begin with {reader.found()}", forms)
    if _QUOTIENT.match(reader.source.text[first.start :]):
        computed(reader)
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
