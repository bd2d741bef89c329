"""A model → what a δ may be: of an equation, the derivative of the error by what goes into it, named or not.

An equation with an activation (a function of one argument, a softmax, a sigmoid written out, ``max(0, z)``) has its
argument as net input; where that has no name it is called ``net#h``. A quantity that only adds up is its own net input.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from chainrule.expr.nodes import Add, Call, Cond, Div, Equation, Expr, Neg, Reduce, Ref, index, key
from chainrule.expr.walk import nodes, rename_letters, transform
from chainrule.gradient import recognise
from chainrule.gradient.slopes import Slopes
from chainrule.model.letters import base
from chainrule.model.model import Definition, Model
from chainrule.values import dataclass

NET = "net#"

BENDING = ("max", "min", "relu", "sigmoid")
"""Functions that make an activation of an expression in which one quantity stands."""


@dataclass(frozen=True, slots=True)
class Delta:
    """A reading of a δ: the equation it is of, by what it differentiates, and whether it is a likely one."""

    of: str
    net: str
    likely: bool = True


def deltas(model: Model, wanted: str, count: int) -> list[Delta]:
    """What ``δ_wanted`` with so many indices may be, the likeliest first; ``wanted`` may be a number or nothing."""
    inputs = activations(model)
    if wanted in inputs:
        return [Delta(wanted, inputs[wanted])]
    if wanted in inputs.values():
        return [Delta(out, net) for out, net in inputs.items() if net == wanted][:1]
    if wanted in model.quantities:
        return [Delta(wanted, wanted)] if model.quantities[wanted].role == "derived" else []
    if wanted and not wanted.isdigit():
        return []
    number = re.compile(rf"(?:^|\D){re.escape(wanted)}$")
    found = [Delta(out, net) for out, net in inputs.items()
             if not wanted or number.search(net if not net.startswith(NET) else out)]  # fmt: skip
    if count:
        found = [one for one in found if len(model.quantities[one.of].letters) == count]
    rest = [Delta(name, name, not found) for name in outputs(model, inputs)
            if (not wanted or number.search(name)) and (not count or len(model.quantities[name].letters) == count)]
    return [*found, *rest]


def outputs(model: Model, inputs: Mapping[str, str]) -> list[str]:
    """Derived quantities that the error reads itself, and that no activation gives."""
    goal = model.goal.each or model.goal.name
    error = model.equation(goal)
    if error is None:
        return []
    own = dict.fromkeys(node.name for node in nodes(error.body) if isinstance(node, Ref))
    return [name for name in own if name in model.quantities and model.quantities[name].role == "derived"
            and name not in inputs and name not in inputs.values()]  # fmt: skip


def activations(model: Model) -> Mapping[str, str]:
    """What comes out of an activation → what goes in; an argument without a name is ``net#`` and what comes out."""
    slopes = Slopes(model.functions)
    found: dict[str, str] = {}
    for equation in model.equations:
        name = key(equation.target)
        if isinstance(equation.target, Ref) and name not in (model.goal.each, model.goal.name):
            body = recognise.written_out(equation.body, model.functions)[0]
            arg = argument(slopes.opened(body)) or argument(body)  # T̂(x) is A(w·x); of f(u) = u·σ(u) the call itself
            if arg is not None:
                found[name] = arg.name if isinstance(arg, Ref) else NET + name
    return found


def argument(body: Expr) -> Expr | None:
    """What goes into the activation that an expression is; None if it is none."""
    match body:
        case Call("exp", (Add((inside, Neg(Reduce("logsumexp")))),)):
            return inside
        case Div(Call("exp", (inside,)), Reduce("sum", _, Call("exp")) | Ref()):
            return inside
        case Call(_, (inside,)):
            return inside
    for inside in arguments(body):
        written = transform(body, lambda node, own=inside: Ref("u") if node == own else node)  # type: ignore[misc]
        if recognise.known(Definition("f#", ("u",), written)) is not None:
            return inside
    own = {node for node in nodes(body) if isinstance(node, Ref)}
    bends = any(isinstance(node, Cond) or (isinstance(node, Call) and node.function in BENDING) for node in nodes(body))
    return next(iter(own)) if bends and len(own) == 1 and not any(isinstance(n, Reduce) for n in nodes(body)) else None


def arguments(body: Expr) -> Iterator[Expr]:
    """What may go into a function written out."""
    for node in nodes(body):
        if isinstance(node, Call) and len(node.args) == 1:
            yield node.args[0]
            if isinstance(node.args[0], Neg):
                yield node.args[0].arg


def with_net(equation: Equation, name: str) -> tuple[Equation, Equation] | None:
    """An equation as two: its net input under a name, and the activation of that."""
    inside = argument(equation.body)
    if inside is None or not isinstance(equation.target, Ref):
        return None
    net = Ref(NET + name, equation.target.indices)
    letters = equation.letters

    def named(bound: str) -> Expr:
        """The net input under the letter that a reduction binds."""
        return rename_letters(net, {letter: index(bound) for letter in letters if base(letter) == base(bound)})

    match equation.body:
        case Call("exp", (Add((_, Neg(Reduce("logsumexp", (bound,), _) as total))),)) as call:
            body: Expr = replace(call, args=(Add((net, Neg(replace(total, body=named(bound))))),))
        case Div(Call("exp", _) as above, Reduce("sum", (bound,), Call("exp", _) as below) as total):
            lower = replace(total, body=replace(below, args=(named(bound),)))
            body = Div(replace(above, args=(net,)), lower)
        case other:
            body = transform(other, lambda node: net if node == inside else node)
    return Equation(net, inside, where=equation.where), replace(equation, body=body)
