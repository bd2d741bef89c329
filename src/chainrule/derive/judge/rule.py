"""The learning rule of a text → the value of a weight after a step, where its states stand at their starts.

A rule without states and without the number of the step says the same of every step; another one is followed through
the first step, and the verdict says so.
"""

from __future__ import annotations

from collections.abc import Mapping

from chainrule.derive.judge.scene import Scene
from chainrule.expr.nodes import Derivative, Expr, Neg, Ref, number
from chainrule.expr.walk import fold, nodes, rebuild
from chainrule.notation.statements import Update, UpdateBlock

Meaning = Mapping[str, Expr]


def after_step(stage: Scene, weight: Ref, slope: Derivative) -> tuple[Expr, bool] | None:
    """The new value of an entry of a weight, and whether that is so in the first step alone; None without a rule.

    ``slope`` is the derivative of what a step lowers by that entry.
    """
    model = stage.model
    own = next((one for one in model.rules if isinstance(one, Update) and one.weight.name == weight.name), None)
    if own is not None:
        meaning = common(stage)
        return put(stage, own.value, weight, slope, meaning), reads(own.value, "t") and "t" in meaning
    block = next((one for one in model.rules if isinstance(one, UpdateBlock)), None)
    return None if block is None else followed(stage, block, weight, slope)


def followed(stage: Scene, block: UpdateBlock, weight: Ref, slope: Derivative) -> tuple[Expr, bool]:
    """The lines of a block, each put into those below it."""
    uphill = stage.model.goal.sense == "maximise"
    names = dict.fromkeys(line.name for line in block.lines)
    meaning: dict[str, Expr] = {
        **common(stage), "t": number(1), **dict.fromkeys(names, number(0)),
        block.weight: weight, block.gradient: Neg(slope) if uphill else slope,
    }  # fmt: skip
    first = any(reads(line.value, name) for line in block.lines for name in ("t", *names) if name != block.weight)
    for line in block.lines:
        meaning[line.name] = put(stage, line.value, weight, slope, meaning)
    return meaning[block.weight], first


def common(stage: Scene) -> dict[str, Expr]:
    """What the number of the step and the rate mean, where they are no quantities of the text."""
    meanings: dict[str, Expr] = {"t": number(1), "alpha": Ref(stage.rate)}
    return {name: value for name, value in meanings.items() if name not in stage.model.quantities}


def reads(expr: Expr, name: str) -> bool:
    return any(isinstance(node, Ref) and node.name == name for node in nodes(expr))


def put(stage: Scene, expr: Expr, weight: Ref, slope: Derivative, meaning: Meaning) -> Expr:
    """An expression of a rule for one entry: names mean what they stand for, bare arrays their entry."""

    def change(node: Expr, inside: tuple[Expr, ...]) -> Expr:
        match node:
            case Derivative(_, (Ref(by),)) if by == weight.name:
                return slope
            case Derivative(of, wrt, kind):
                return Derivative(stage.explicit(of), wrt, kind)
            case Ref(name, ()) if name in meaning:
                return meaning[name]
            case Ref(name, ()) if len(stage.letters.get(name, ())) == len(weight.indices) and weight.indices:
                return Ref(name, weight.indices)
            case _:
                return rebuild(node, inside)

    return fold(expr, change)
