"""Lines that say what is to happen: facts, goals and rules of learning."""

from __future__ import annotations

from typing import Literal

from chainrule.errors import Span
from chainrule.expr.nodes import Ref, index
from chainrule.notation import corrections
from chainrule.notation.expressions import expression
from chainrule.notation.names import pretty
from chainrule.notation.reader import Reader
from chainrule.notation.scope import Scope
from chainrule.notation.statement_end import finished
from chainrule.notation.statements import (
    Fact,
    Goal,
    Update,
    UpdateBlock,
    UpdateLine,
)  # fmt: skip


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
    entry = entries(reader)
    if reader.accept(","):
        return block(readers, number, scope, token.text, entry)
    letters = reader.letters(scope, "E047", "a rule")
    if not reader.arrow:
        reader.fail("E047", f"expected <-, found {reader.found()}", help)
    weight = Ref(
        token.text, tuple(index(letter) for letter in letters), Span(token.start, reader.tokens[reader.at - 1].stop)
    )
    reader.take_arrow()
    value = expression(reader, scope.within(("t", *rate(scope))))
    finished(reader)
    return Update(weight, value, Span(reader.tokens[0].start, reader.tokens[-1].stop)), number + 1


def rate(scope: Scope) -> tuple[str, ...]:
    """The rate α, which every rule knows, unless the text calls something else so."""
    return () if scope.function("alpha") or scope.letter("alpha") else ("alpha",)


def entries(reader: Reader) -> str:
    """The letter of ``[k]`` in ``update θ[k], g``; "" where none stands, or where the rule is of one weight."""
    closed = [reader.peek(2).text, reader.peek(3).text] == ["]", ","]
    if not (closed and reader.sees("[") and reader.peek().kind == "name"):
        return ""
    reader.take()
    letter = reader.name("E047", "a letter", "write update θ[k], g")
    reader.take()
    return letter.text


def block(
    readers: list[Reader], number: int, scope: Scope, weight: str, entry: str = ""
) -> tuple[UpdateBlock, int]:
    """The lines below ``update θ, g``, to the first that is none."""
    head = readers[number]
    gradient = head.name("E047", "a name for the derivative", "write update θ, g")
    if gradient.text == weight:
        head.fail("E047", "the weight and its derivative have one name", "write update θ, g", head.at - 1)
    if entry in (weight, gradient.text, "t"):
        what = "is the number of the step" if entry == "t" else "is the letter of the entries and a name too"
        head.fail("E047", f"{pretty(entry)} {what}", "write update θ[k], g", 2)
    finished(head)
    first = number = number + 1
    while number < len(readers) and begins_line(readers[number]):
        number += 1
    equation = number < len(readers) and named(readers[number])
    if equation and (number == first or (number + 1 < len(readers) and begins_line(readers[number + 1]))):
        reader = readers[number]
        reader.fail("E047", "the lines of a rule have <-", "put <- for the =", 1)
    if number == first:
        head.fail("E047", "the block has no lines", "below it stand lines such as θ <- θ - α*g", 0, head.at - 1)
    heads = tuple(filter(None, (weight, entry)))
    inside = scope.within(
        (weight, gradient.text, "t", *rate(scope), *(readers[line].tokens[0].text for line in range(first, number))),
        heads,
    )
    lines: list[UpdateLine] = []
    for reader in readers[first:number]:
        if over := inside.head(reader.token.text):
            corrections.taken(reader, over)
        if entry and reader.token.text == entry:
            reader.fail("E047", f"{pretty(entry)} is the letter of the entries", "choose another name for a state")
        token = reader.take()
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
    return UpdateBlock(weight, gradient.text, tuple(lines), entry, span), number


def named(reader: Reader) -> bool:
    """Whether a line is of the form ``name = …``."""
    return len(reader.tokens) > 2 and reader.tokens[0].kind == "name" and reader.tokens[1].text == "="


def begins_line(reader: Reader) -> bool:
    """Whether a line is of the form ``name <- …`` or ``name := …``."""
    if reader.tokens[0].kind != "name":
        return False
    reader.at = 1
    found = reader.arrow or reader.sees(":=")
    reader.at = 0
    return found
