"""Whether an expression may stand where it stands: every name known and readable there, every letter bound.

A `Site` says what an expression there may read; `check` raises the first thing wrong with it, in written order.
"""

from __future__ import annotations

from collections.abc import Mapping

from chainrule.errors import NOWHERE, ModelError, Span
from chainrule.expr.nodes import Call, Derivative, Expr, Reduce, Ref
from chainrule.expr.walk import children
from chainrule.model.letters import direct
from chainrule.model.model import Definition, Role
from chainrule.model.names import WORDS, Names
from chainrule.notation.known import closest
from chainrule.notation.names import pretty
from chainrule.values import dataclass

ALL: frozenset[Role] = frozenset(("data", "target", "weight", "const", "derived"))


@dataclass(frozen=True, slots=True)
class Site:
    """Where an expression stands."""

    where: str  # "the equation of E", "the goal"
    letters: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    roles: frozenset[Role] = ALL
    code: str = "E101"  # of an error about the role of a name
    because: str = ""
    whole: bool = False  # arrays may be named without indices: each entry is meant
    derivatives: bool = True
    extra: frozenset[str] = frozenset()  # names that belong to a block


def check(
    expr: Expr, place: Site, names: Names, functions: Mapping[str, Definition], fallback: Span = NOWHERE
) -> None:
    """An error about the first name or letter that cannot stand there. Iterative; letters bound on the way down."""
    todo: list[tuple[Expr, tuple[str, ...], Span]] = [(expr, place.letters, fallback)]
    while todo:
        node, bound, around = todo.pop()
        span = node.span if node.span != NOWHERE else around
        match node:
            case Reduce(operator, letters, body):
                for position, letter in enumerate(letters):
                    _reduced(letter, operator, bound, letters[:position], span, names)
                todo.append((body, (*bound, *letters), span))
                continue
            case Derivative():
                _derivative(node, place, names, span)
                for reference in (node.of, *node.wrt):
                    for letter in direct(reference):
                        _free(letter, bound, place, span, names)
                continue
            case Ref():
                _reference(node, place, names, span)
            case Call(function, order=order) if order and not place.derivatives:
                problem = f"{place.where} cannot read a derivative, {pretty(function)}{chr(39) * order}"
                raise names.error("E128", problem, "write the derivative out", span)
        for letter in direct(node):
            _free(letter, bound, place, span, names)
        todo.extend((child, bound, span) for child in reversed(children(node)))


def _reduced(
    letter: str, operator: str, bound: tuple[str, ...], beside: tuple[str, ...], span: Span, names: Names
) -> None:
    group = names.group(letter)
    if letter in bound or letter in beside:
        own = group.letters if group is not None else ()
        other = next((one for one in own if one not in bound and one not in beside), letter + "'")
        raise names.error(
            "E113",
            f"letter {letter} in {operator}_{letter} is already free here",
            f"choose another letter, e.g. {other}",
            span,
        )


def _free(letter: str, bound: tuple[str, ...], place: Site, span: Span, names: Names) -> None:
    if letter in bound:
        return
    raise names.error(
        "E112",
        f"letter {letter} in {place.where} is neither on the left nor summed",
        f"write sum_{letter} (…); sum_{letter} stops at the first + or −",
        span,
    )


def _reference(node: Ref, place: Site, names: Names, span: Span) -> None:
    shown = pretty(node.name)
    if node.name in place.parameters:
        if node.indices:
            raise names.error("E110", f"{shown} is a parameter: one number", f"write {shown}", span)
        return
    if node.name in place.extra and not node.indices:
        return
    known = names.quantities.get(node.name)
    if known is None:
        raise undefined(node.name, place, span, names)
    if known.role not in place.roles:
        raise names.error(
            place.code, f"{place.where} cannot read {shown}: it is {WORDS[known.role]}", place.because, span
        )
    count, wanted = len(node.indices), len(known.letters)
    if count != wanted and not (place.whole and count == 0):
        if wanted:
            helps = f"write {shown}[{','.join(known.letters)}]"
        else:
            helps = f"{shown} is one number{' a pattern' if known.varies else ''}: write {shown}"
        raise names.error("E110", f"{shown} has {_indices(wanted)}, used with {count}", helps, span)
    for index, letter in zip(node.indices, known.letters, strict=not place.whole):
        shared = next((used for used, _ in index.terms if names.is_pattern(used)), None)
        if names.is_pattern(letter) and (index.letter is None or shared is None):
            raise names.error(
                "E129",
                f"the patterns' letter of {shown} may not be shifted or be a number",
                f"write {letter} there: patterns have no order that a network could use",
                span,
            )
        if shared is not None and not names.is_pattern(letter):
            raise names.error(
                "E129",
                f"{shared} runs over the patterns, {shown} is declared over {letter}",
                f"write {letter} there",
                span,
            )


def _indices(count: int) -> str:
    return "no index" if count == 0 else "1 index" if count == 1 else f"{count} indices"


def undefined(name: str, place: Site, span: Span, names: Names) -> ModelError:
    """No quantity has this name."""
    shown = pretty(name)
    meant = closest(name, (one for one in (*names.quantities, *place.parameters, *place.extra) if len(one) > 1))
    if place.where.startswith("the range of "):
        letter = place.where.removeprefix("the range of ")
        help = f"write index {letter}, and the data says its size; or index {letter} = 1..3; or `const {shown} := 3`"
    elif meant:
        help = f"did you mean {pretty(meant)}?"
    elif "derived" in place.roles and "data" in place.roles:
        help = f"declare it (`data {shown}`, `weight {shown}`, `const {shown}`) or define it: {shown} = …"
    else:
        help = f"declare it: `const {shown} := 0.5`"
    return names.error("E101", f"{shown} is not defined", help, span)


def _derivative(node: Derivative, place: Site, names: Names, span: Span) -> None:
    """``∂f/∂x`` as a value: of a quantity, with respect to weights."""
    if not place.derivatives:
        raise names.error(
            "E128", f"{place.where} cannot read a derivative", "write it out, or in an equation of its own", span
        )
    if not isinstance(node.of, Ref):
        raise names.error(
            "E128",
            "only a named quantity is differentiated in a model",
            "give the expression a name: f = …, then ∂f/∂w",
            span,
        )
    if node.kind == "partial":
        raise names.error("E128", "a model reads total derivatives", "write ∂f/∂w", span)
    for reference in (node.of, *node.wrt):
        if reference.name not in names.quantities and reference.name not in place.extra:
            raise undefined(reference.name, place, reference.span if reference.span != NOWHERE else span, names)
    of = names.quantities.get(node.of.name)
    if of is not None and of.role != "derived":
        raise names.error(
            "E128",
            f"{pretty(of.name)} is {WORDS[of.role]}: it follows from nothing",
            "differentiate a quantity that an equation defines",
            span,
        )
    if of is not None and (node.of.indices or not place.whole):
        _reference(node.of, place, names, span)
    for reference in node.wrt:
        known = names.quantities.get(reference.name)
        if known is None:
            continue
        if known.role != "weight":
            raise names.error(
                "E128",
                f"∂{pretty(node.of.name)}/∂{pretty(known.name)} in a model: {pretty(known.name)} is not a weight",
                "derivatives inside a model are taken with respect to weights",
                span,
            )
        if len(reference.indices) != len(known.letters) and not place.whole:
            shown = f"{pretty(known.name)}[{','.join(known.letters)}]"
            raise names.error(
                "E128",
                f"∂{pretty(node.of.name)}/∂{pretty(known.name)} in an equation: {pretty(known.name)} is an array",
                f"say by which entry: ∂{pretty(node.of.name)}/∂{shown}",
                span,
            )
        if reference.indices:
            _reference(reference, place, names, span)
