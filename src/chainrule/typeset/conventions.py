"""A derivation → the same with other habits of writing, for every form: an iteration below each name, functions without
their arguments, Rumelhart's sign of δ.

What is shown so is the checked derivation with names written otherwise; with Rumelhart's sign each δ and each of its
uses has the opposite sign, so both sides of every line stay equal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import cast

from chainrule.derive.derivation import Derivation, Equality, Param, Reason, Step, TraceRow
from chainrule.errors import UsageError, shown
from chainrule.expr.nodes import Call, Derivative, Expr, Neg, Ref, index, key
from chainrule.expr.walk import transform
from chainrule.gradient.simplify import simplify

Change = Callable[[Expr], Expr]


def dress(
    derivation: Derivation, subscript: str | None = None, hide_arguments: bool = False, rumelhart: bool = False
) -> Derivation:
    """The derivation in other clothes.

    ``subscript`` is a letter that stands below every plain name but the error's. ``hide_arguments`` writes ∂T̂/∂w for
    ∂T̂(x)/∂w. ``rumelhart`` lets δ be −∂E/∂z, as in the paper of Rumelhart, Hinton and Williams (1986).

    Errors: UsageError E259 if ``subscript`` is no single letter.
    """
    changes: list[Change] = []
    if subscript is not None:
        if type(subscript) is not str or len(subscript) != 1 or not subscript.isalpha():
            raise UsageError("E259", f"the subscript is {shown(subscript)}, not a letter", 'write one letter: "i"')
        error = derivation.goal.of.name if isinstance(derivation.goal.of, Ref) else ""
        changes.append(below(subscript, error))
    if hide_arguments:
        changes.append(bare)
    for change in changes:
        derivation = changed(derivation, lambda expr, change=change: transform(expr, change))  # type: ignore[misc]
    return signed(derivation) if rumelhart else derivation


def bare(node: Expr) -> Expr:
    """The derivative of a function, without the argument of the function."""
    match node:
        case Derivative(Call(function), wrt, kind):
            return Derivative(Ref(function), wrt, kind)
    return node


def below(letter: str, error: str) -> Change:
    """A letter below each name that has no index; the error stands for all of them."""

    def change(node: Expr) -> Expr:
        match node:
            case Ref(name, ()) if name != error:
                return Ref(name, (index(letter),))
        return node

    return change


def changed(derivation: Derivation, change: Change) -> Derivation:
    """The derivation with a change of every expression in it."""

    def param(value: Param) -> Param:
        match value:
            case str():
                return value
            case Equality(left, right):
                return Equality(change(left), change(right))
            case tuple():
                return cast(Param, tuple(param(item) for item in value))
        return change(value)

    def reason(one: Reason) -> Reason:
        params: Mapping[str, Param] = {name: param(value) for name, value in one.params.items()}
        return replace(one, params=params)

    def step(one: Step) -> Step:
        left = cast(Derivative, change(one.left))
        reasons = tuple(map(reason, one.reasons))
        sub = tuple(map(step, one.sub))
        return replace(one, left=left, before=change(one.before), after=change(one.after), reasons=reasons, sub=sub)

    def row(one: TraceRow) -> TraceRow:
        definition = None if one.definition is None else change(one.definition)
        return replace(
            one, quantity=cast(Ref, change(one.quantity)), definition=definition, step=one.step and step(one.step)
        )

    return replace(
        derivation, goal=cast(Derivative, change(derivation.goal)), steps=tuple(map(step, derivation.steps)),
        notes=tuple(map(reason, derivation.notes)), rows=tuple(map(row, derivation.rows)),
    )  # fmt: skip


def signed(derivation: Derivation) -> Derivation:
    """Each δ is −∂E/∂z: its own line and every use of it change their sign."""
    if not derivation.aliases:
        return derivation

    def uses(node: Expr) -> Expr:
        if isinstance(node, Derivative) and len(node.wrt) == 1 and isinstance(node.of, Ref):
            return Neg(node) if key(node) in derivation.aliases else node
        return node

    def turned(step: Step) -> Step:
        after = transform(step.after, uses)
        own = isinstance(step.left.of, Ref) and len(step.left.wrt) == 1 and key(step.left) in derivation.aliases
        reasons = tuple(reason for reason in step.reasons if reason.rule != "delta")
        return replace(step, after=simplify(Neg(after) if own else after), reasons=reasons, matrix=())

    note = Reason("rumelhart")
    return replace(derivation, steps=tuple(map(turned, derivation.steps)), notes=(*derivation.notes, note))
