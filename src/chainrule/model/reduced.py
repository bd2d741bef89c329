"""Reductions in learning rules → checked: each goes over what changes inside it.

In a block ``update θ, g`` a reduction over θ goes over every entry of all trained weights, and with ``update θ[k], g``
one over k over the entries of one weight. Over patterns or letters goes only what has one value for each of them: of
anything else (g, a state) it would be a multiple, which nobody means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from chainrule.errors import NOWHERE, ModelError, Span
from chainrule.expr.nodes import Call, Derivative, Expr, Reduce, Ref, index, number
from chainrule.expr.walk import nodes, references, transform
from chainrule.model.functions import names_read
from chainrule.model.letters import direct
from chainrule.model.model import Definition
from chainrule.model.names import Names
from chainrule.notation import show
from chainrule.notation.known import PATTERN_REDUCTIONS
from chainrule.notation.names import pretty
from chainrule.notation.statements import Update, UpdateBlock


def check_reductions(
    rule: UpdateBlock | Update, value: Expr, names: Names, functions: Mapping[str, Definition], around: Span
) -> None:
    """An error about the first reduction of a rule's line that goes over nothing that changes inside it."""
    heads, own = heads_of(rule), own_names(rule)
    for node in nodes(value):
        if isinstance(node, Reduce) and not headed(node, heads):
            if (letter := idle(node, names, functions, own)) is not None:
                raise refused(rule, node, letter, names, around)
        elif isinstance(node, Call):
            for inner, parameters in opened(node.function, functions):
                if isinstance(inner, Reduce) and idle(inner, names, functions, parameters) is not None:
                    span = node.span if node.span != NOWHERE else around
                    what = f"{pretty(node.function)} has a reduction that goes over nothing that changes in a rule"
                    raise names.error("E137", what, "write what it computes in the rule itself", span)


def headed(node: Reduce, heads: tuple[str, ...]) -> bool:
    """Whether a reduction goes over the weights of a block, or over the entries of one."""
    return len(node.letters) == 1 and node.letters[0] in heads


def heads_of(rule: UpdateBlock | Update) -> tuple[str, ...]:
    """The names over which a reduction in a rule may go besides letters."""
    return (rule.weight, rule.entry) if isinstance(rule, UpdateBlock) else ()


def own_names(rule: UpdateBlock | Update) -> frozenset[str]:
    """The names of a block, which hide those of the model."""
    if isinstance(rule, Update):
        return frozenset()
    return frozenset((rule.weight, rule.gradient, "t", *(line.name for line in rule.lines)))


def opened(function: str, functions: Mapping[str, Definition]) -> Iterator[tuple[Expr, frozenset[str]]]:
    """The nodes of a function of the text, and of those that it calls, each with the parameters around it."""
    todo, seen = [function], {function}
    while todo:
        definition = functions.get(todo.pop())
        if definition is None:
            continue
        bodies = [(definition.body, definition.parameters)]
        bodies += [(body, (parameter,)) for parameter, body in definition.rules.values()]
        for body, parameters in bodies:
            for node in nodes(body):
                yield node, frozenset(parameters)
                if isinstance(node, Call) and node.function not in seen:
                    seen.add(node.function)
                    todo.append(node.function)


def idle(node: Reduce, names: Names, functions: Mapping[str, Definition], own: frozenset[str]) -> str | None:
    """The letter of a reduction that nothing inside it has, "" for the patterns; None where every one is had.

    ``own`` are names that are no quantities here. An array without indices has its letters: it means its entry.
    """
    inside = {letter for inner in nodes(node.body) for letter in direct(inner)}
    for inner in nodes(node.body):
        if isinstance(inner, Ref) and not inner.indices and inner.name in names.quantities and inner.name not in own:
            inside.update(names.quantities[inner.name].letters)
    if node.letters:
        return next((letter for letter in node.letters if letter not in inside), None)
    plain = transform(node.body, lambda inner: number(0) if isinstance(inner, Derivative) else inner)
    read_there = {*names_read(plain, functions, skip_reduced=True)} & names.quantities.keys() - own
    return None if names.pattern in inside or any(names.quantities[name].varies for name in read_there) else ""


def refused(rule: UpdateBlock | Update, node: Reduce, letter: str, names: Names, around: Span) -> ModelError:
    """The error of a reduction that nothing changes in, at its word, with what was meant."""
    span = node.span if node.span != NOWHERE else around
    typed = names.source.text[span.start : span.stop]
    word = re.match(r"[A-Za-z]+|[ΣΠ∑∏]", typed)
    place = Span(span.start, span.start + word.end()) if word else span
    over = "the patterns of the step" if not letter else f"the letter {letter}"
    what = f"{node.operator} goes over {over}, and what follows it is the same for all of them"
    return names.error("E137", what, meant(rule, node, names), place)


def meant(rule: UpdateBlock | Update, node: Reduce, names: Names) -> str:
    """What to write for a reduction that goes over nothing."""
    node = node if node.operator in PATTERN_REDUCTIONS else replace(node, operator="sum")
    if isinstance(rule, UpdateBlock):
        every = f"over all weights write {show(replace(node, letters=(rule.weight,)))}"
        if rule.entry:
            return f"{every}, over the entries of each {show(replace(node, letters=(rule.entry,)))}"
        head = f"update {pretty(rule.weight)}[k], {pretty(rule.gradient)}"
        return f"{every}; over the entries of each {show(replace(node, letters=('k',)))}, in a block {head}"
    own = names.quantities[rule.weight.name]
    if not own.letters:
        return "a rule of one weight sees that weight alone: over all weights write sum_θ in a block update θ, g"
    at = tuple(map(index, own.letters))

    def written(inner: Expr) -> Expr:
        """An array without indices with them."""
        return replace(inner, indices=at) if isinstance(inner, Ref) and inner.name == own.name else inner

    over = Reduce(node.operator, own.letters, transform(node.body, written))
    return f"over the entries of {pretty(own.name)} write {show(over)}"


def without_heads(rule: UpdateBlock, value: Expr) -> Expr:
    """The line with its reductions over weights left out, so that only letters of the model are left."""
    heads = (rule.weight, rule.entry)

    def change(node: Expr) -> Expr:
        return replace(node, letters=()) if isinstance(node, Reduce) and headed(node, heads) else node

    return transform(value, change)


def check_states(rule: UpdateBlock, value: Expr, own: Mapping[str, Update], names: Names, around: Span) -> None:
    """A reduction over all weights reads states only where every trained weight has them."""
    other = next((name for name, single in own.items() if not frozen(single)), None)
    states = {line.name for line in rule.lines} - {rule.weight}
    if other is None:
        return
    for node in nodes(value):
        if isinstance(node, Reduce) and node.letters == (rule.weight,):
            for reference in references(node.body):
                if reference.name in states:
                    raise names.error(
                        "E138",
                        f"{pretty(other)} has a rule of its own, so it has no {pretty(reference.name)}",
                        f"reduce {pretty(rule.weight)} and {pretty(rule.gradient)} alone, or take out the rule of "
                        f"{pretty(other)}",
                        reference.span if reference.span != NOWHERE else around,
                    )


def frozen(rule: Update) -> bool:
    """Whether a rule leaves its weight as it is: ``update b <- b``."""
    return rule.value == Ref(rule.weight.name)
