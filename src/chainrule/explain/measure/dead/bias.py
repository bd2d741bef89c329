"""A bias beside the product that vanishes: would it let a dead pattern learn? Tried by training it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.evaluate.evaluator import Evaluator
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.formulas import shown
from chainrule.explain.wording import exact, listing, num
from chainrule.expr.nodes import Add, Expr, Mul, Ref
from chainrule.expr.walk import nodes, transform
from chainrule.notation.names import pretty
from chainrule.program.program import Symbol

BIAS = "b#"
"""The name of the bias; no text can have it."""


def cure(context: Context, row: int, zero: Sequence[str], error: Fraction | None) -> tuple[str, dict[str, Any]] | None:
    """What a bias does for a dead pattern whose data ``zero`` are 0; None where it does not help or has no place."""
    if not zero or not error or not context.plain:
        return None
    evaluator = biased(context, set(zero))
    if evaluator is None:
        return None
    start = np.append(context.start, 0.0)
    rates = context.trial_rate * np.array([1.0, 4.0, 16.0, 64.0])
    each = context.model.goal.each or ""
    points = np.repeat(start[None, :], len(rates), axis=0)
    steps = 200
    with np.errstate(all="ignore"):
        for _ in range(steps):
            points = points - context.sense * rates[:, None] * slopes(evaluator, points)
            points[:, :-1] = context.project(points[:, :-1])
        found = np.broadcast_to(evaluator.values(points)[each], (len(rates), context.patterns))[:, row]
    sensible = np.where(np.isfinite(found), context.sense * found, np.inf)
    chosen = int(np.argmin(sensible))
    best = float(found[chosen])
    if not context.sense * (best - float(error)) < -0.1 * abs(float(error)):
        return None
    bias = float(points[chosen, -1])
    w = context.weight(0) if len(context.names) == 1 else "weight"
    return (
        f"A bias cures it: tried with + b beside {products(context, set(zero))}, {steps} steps from b = 0 over all "
        "patterns bring its "
        f"{pretty(each)} from {exact(error)} to {num(best)} (b = {num(bias)}); no {w} alone can",
        {"row": row, "steps": steps, "rate": float(rates[chosen]), "error": best, "bias": bias},
    )


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


def products(context: Context, zero: set[str]) -> str:
    return listing(dict.fromkeys(shown(node) for node in _vanishing(context, zero)), 3)


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
