"""A line → what may stand on its right side: expressions in which derivatives are names, computed by a complex step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from chainrule.derive.judge.explicit_model import MEAN, ExplicitModel
from chainrule.derive.judge.line import TypedLine
from chainrule.derive.judge.rule import after_step
from chainrule.derive.judge.test_points import own
from chainrule.expr.nodes import Add, Call, Derivative, Expr, Mul, Neg, Reduce, Ref, Size
from chainrule.expr.walk import nodes
from chainrule.model.letters import base
from chainrule.notation.names import pretty
from chainrule.notation.statements import Box
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Truth:
    """What may stand on the right: an expression with derivatives as names, the derivative in it, and a remark.

    ``free`` is the same without the box of the weight, where a number has to lie in one.
    """

    expr: Expr
    gradient: Derivative | None
    remark: str = ""
    mean: bool = False
    free: Expr | None = None


def right(explicit: ExplicitModel, line: TypedLine) -> list[Truth]:
    """What may stand on the right side of a line, the likeliest first."""
    goal = explicit.model.goal
    parts = list(nodes(line.body))  # a formula without a sum or a count speaks of one pattern, a number of either
    over = any(counts(part, explicit.pattern) for part in parts) or not any(isinstance(part, Ref) for part in parts)
    if line.kind == "value":
        return [Truth(explicit.written(line.target), None)]
    if line.kind == "derivative":
        target = cast(Derivative, explicit.written(line.target))
        of = cast(Ref, target.of)
        found = [Truth(target, target)]
        if over and target.kind == "total" and of.name == goal.name and explicit.letters[goal.name]:
            mean = replace(target, of=Ref(MEAN))
            found.append(Truth(mean, mean, "of the mean over the patterns", True))
        return found
    weight = cast(Ref, line.target)
    numeric = not any(isinstance(part, Ref) for part in parts)
    each = explicit.step
    found = []
    for name, remark in ((each, "in a step on one pattern"), (MEAN, "in a step on all patterns" if each else "")):
        if name is None or (name == MEAN and each is not None and not over):
            continue
        slope = Derivative(Ref(name, own(explicit.letters[name])), (weight,))
        gradient: Derivative | None = slope
        if told := after_step(explicit, weight, slope):
            new, first = told
            remark = ", ".join(filter(None, (remark, "by the rule of the text", "in the first step" if first else "")))
            gradient = None
        else:
            change: Expr = Mul((Ref(explicit.rate), slope))
            change = change if goal.sense == "maximise" else Neg(change)
            new = change if line.kind == "change" else Add((weight, change))
        if line.kind == "change" and gradient is None:
            new = Add((new, Neg(weight)))
        found += boxed(explicit, weight, Truth(new, gradient, remark, name == MEAN), line.kind, numeric)
    return found


def counts(node: Expr, pattern: str) -> bool:
    """Whether a node speaks of all patterns."""
    match node:
        case Reduce(_, letters):
            return not letters or pattern in map(base, letters)
        case Size(letter):
            return base(letter) == pattern
        case _:
            return False


def boxed(explicit: ExplicitModel, weight: Ref, truth: Truth, kind: str, numeric: bool) -> Iterator[Truth]:
    """The truth about a next value with the box of its weight: a number lies in it, a formula may leave it out."""
    box = explicit.model.quantities[weight.name].domain
    if kind != "next" or not isinstance(box, Box) or (box.low, box.high) == (None, None):
        yield truth
        return
    inside = truth.expr
    if box.low is not None:
        inside = Call("max", (inside, explicit.written(box.low)))
    if box.high is not None:
        inside = Call("min", (inside, explicit.written(box.high)))
    if numeric:
        yield replace(truth, expr=inside, free=truth.expr)
        return
    before = f"before {pretty(weight.name)} is put back into its box"
    yield replace(truth, remark=", ".join(filter(None, (truth.remark, before))))
    yield replace(truth, expr=inside, gradient=None)
