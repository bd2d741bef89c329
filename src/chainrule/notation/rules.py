"""Lines that say what is to happen: facts, goals and rules of learning."""

from __future__ import annotations

from typing import Literal

from chainrule.errors import Span
from chainrule.expr.nodes import Ref, index
from chainrule.notation.ends import finished
from chainrule.notation.expressions import expression
from chainrule.notation.names import pretty
from chainrule.notation.reader import Reader
from chainrule.notation.scope import Scope
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
