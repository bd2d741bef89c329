"""A line → what may stand on its right side: expressions in which derivatives are names, computed by a complex step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

from chainrule.derive.judge.line import Line
from chainrule.derive.judge.places import own
from chainrule.derive.judge.rule import after_step
from chainrule.derive.judge.scene import MEAN, Scene
from chainrule.expr.nodes import Add, Derivative, Expr, Mul, Neg, Reduce, Ref, Size
from chainrule.expr.walk import nodes
from chainrule.model.model import HIDDEN


@dataclass(frozen=True, slots=True)
class Truth:
    """What may stand on the right: an expression with derivatives as names, the derivative in it, and a remark."""

    expr: Expr
    gradient: Derivative | None
    remark: str = ""
    mean: bool = False


def right(stage: Scene, line: Line) -> list[Truth]:
    """What may stand on the right side of a line, the likeliest first."""
    model, goal = stage.model, stage.model.goal
    parts = list(nodes(line.body))  # a formula without a sum or a count speaks of one pattern, a number of either
    over = any(isinstance(part, Reduce | Size) for part in parts) or not any(isinstance(part, Ref) for part in parts)
    if line.kind == "value":
        return [Truth(stage.explicit(line.target), None)]
    if line.kind == "derivative":
        target = cast(Derivative, stage.explicit(line.target))
        of = cast(Ref, target.of)
        found = [Truth(target, target)]
        if over and target.kind == "total" and of.name == goal.name and stage.letters[goal.name]:
            mean = replace(target, of=Ref(MEAN))
            found.append(Truth(mean, mean, "of the mean over the patterns", True))
        return found
    weight = cast(Ref, line.target)
    each = goal.each if goal.each is not None and model.pattern == HIDDEN else None
    found = []
    for name, remark in ((each, "in a step on one pattern"), (MEAN, "in a step on all patterns" if each else "")):
        if name is None or (name == MEAN and each is not None and not over):
            continue
        gradient = Derivative(Ref(name, own(stage.letters[name])), (weight,))
        if told := after_step(stage, weight, gradient):
            value, first = told
            where = ", ".join(filter(None, (remark, "by the rule of the text", "in the first step" if first else "")))
            expr = Add((value, Neg(weight))) if line.kind == "change" else value
            found.append(Truth(expr, None, where, name == MEAN))
            continue
        change: Expr = Mul((Ref(stage.rate), gradient))
        change = change if goal.sense == "maximise" else Neg(change)
        expr = change if line.kind == "change" else Add((weight, change))
        found.append(Truth(expr, gradient, remark, name == MEAN))
    return found
