"""A bias beside the product that vanishes: would it let a dead pattern learn? Tried by training it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.evaluate.evaluator import Evaluator
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.finding import aside
from chainrule.explain.measure.formulas import shown
from chainrule.expr.nodes import Add, Expr, Mul, Ref
from chainrule.expr.walk import nodes, transform
from chainrule.program.program import Symbol
from chainrule.values import dataclass

STEPS, RATES = 200, (1.0, 4.0, 16.0, 64.0)
"""Steps from b = 0, and rates that are tried, times that of the run."""
BETTER = 0.1
"""Of its error: a pattern that gets better by less is not cured."""
BIAS = "b#"
"""The name of the bias; no text can have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cure:
    """What a bias did for a dead pattern: after so many steps with a rate its error, and the bias."""

    row: int
    steps: int
    rate: float
    error: float
    bias: float
    before: Fraction = aside()
    products: tuple[str, ...] = aside()
    """the products of a weight with data that are 0, beside the first of which it stands"""


def cure(context: Context, row: int, zero: Sequence[str], error: Fraction | None) -> Cure | None:
    """What a bias does for a dead pattern whose data ``zero`` are 0; None where it does not help or has no place."""
    if not zero or not error or not context.plain:
        return None
    evaluator = biased(context, set(zero))
    if evaluator is None:
        return None
    start = np.append(context.start, 0.0)
    rates = context.trial_rate * np.array(RATES)
    each = context.model.goal.each or ""
    points = np.repeat(start[None, :], len(rates), axis=0)
    with np.errstate(all="ignore"):
        for _ in range(STEPS):
            points = points - context.sense * rates[:, None] * slopes(evaluator, points)
            points[:, :-1] = context.project(points[:, :-1])
        found = np.broadcast_to(evaluator.values(points)[each], (len(rates), context.patterns))[:, row]
    sensible = np.where(np.isfinite(found), context.sense * found, np.inf)
    chosen = int(np.argmin(sensible))
    best = float(found[chosen])
    if not context.sense * (best - float(error)) < -BETTER * abs(float(error)):
        return None
    beside = dict.fromkeys(shown(node, context) for node in _vanishing(context, set(zero)))
    return Cure(
        row=row, steps=STEPS, rate=float(rates[chosen]), error=best, bias=float(points[chosen, -1]), before=error,
        products=tuple(beside),
    )  # fmt: skip


def _vanishing(context: Context, zero: set[str]) -> list[Expr]:
    """The products of a weight with data that are 0."""
    weights = set(context.names)
    return [
        node
        for equation in context.evaluator.forward
        for node in nodes(equation.body)
        if isinstance(node, Mul)
        and any(isinstance(factor, Ref) and factor.name in zero for factor in node.args)
        and any(isinstance(factor, Ref) and factor.name in weights for factor in node.args)
    ]


def biased(context: Context, zero: set[str]) -> Evaluator | None:
    """The network with + b at the first product that vanishes."""
    vanishing = _vanishing(context, zero)
    if not vanishing:
        return None
    first = vanishing[0]

    def add(node: Expr) -> Expr:
        return Add((node, Ref(BIAS))) if node == first else node

    phases = dict(context.program.phases)
    for phase in ("forward", "error"):
        phases[phase] = tuple(replace(equation, body=transform(equation.body, add)) for equation in phases[phase])
    program = replace(context.program, phases=phases, weights=(*context.program.weights, Symbol(BIAS)))
    return Evaluator(program, context.bound, (*context.names, BIAS), context.evaluator.held)


def slopes(evaluator: Evaluator, points: Array) -> Array:
    """The gradient at each point by complex step, weight by weight."""
    found = [evaluator.goal(points + 1e-30j * unit).imag / 1e-30 for unit in np.eye(points.shape[1])]
    return np.stack(found, axis=1)
