"""A run that left the finite numbers → in which step, and the operation that made the first that is none."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from chainrule.engines.protocol import Array, Departure
from chainrule.errors import ChainruleError
from chainrule.explain.evaluate.equations import NUMBERS, value
from chainrule.explain.evaluate.evaluator import Rows
from chainrule.explain.measure.context import Context, lane
from chainrule.explain.measure.formulas import shown
from chainrule.expr.nodes import Add, Call, Constant, Derivative, Expr, Neg, Number, Ref
from chainrule.expr.walk import children, fold, rebuild
from chainrule.model.model import HIDDEN
from chainrule.notation.names import pretty
from chainrule.numbers.digits import Digits
from chainrule.numbers.environment import Environment, Setting
from chainrule.numbers.evaluate import drive, visit
from chainrule.numbers.guards import lifted
from chainrule.values import dataclass

Found = Callable[[Expr], Array]

ONE = 1e-15
"""So near to 1 a sum is 0 by rounding alone."""


@dataclass(frozen=True, slots=True)
class Lost:
    """The operation that made the first number that is none, what it was made of with the numbers of that, and what it
    gave; ``rounded`` is what stands so near to 1 that its difference from 1 was rounded to 0; ``exact`` the error in a
    hundred digits, where rounding alone has lost it."""

    operation: str
    made_of: tuple[tuple[str, float], ...]
    gave: float
    rounded: str | None
    exact: tuple[str, float] | None


def lost(context: Context, departure: Departure) -> Lost | None:
    """The operation, looked for at the last finite weights; None where it is not found."""
    rows = lane(context.rows(departure.step - 1))
    found = numbers_of(context, rows)
    with np.errstate(all="ignore"):
        for line in context.evaluator.backward:
            try:
                culprit = first(line.body, found)
            except (KeyError, ValueError):  # a line that is no value by itself, such as a slice of a recurrence
                return None
            if culprit is not None:
                return looked_at(context, culprit, found, context.rows(departure.step - 1))
    return None


def in_more_digits(context: Context, rows: tuple[int, ...]) -> tuple[str, float] | None:
    """What the error is there in a hundred digits, where it is a number: then rounding alone has lost it."""
    model, name = context.model, context.model.goal.each or context.model.goal.name
    if np.isfinite(context.error(context.end, rows)):
        return None  # it is a slope that was lost
    if not context.plain or model.pattern != HIDDEN or len(rows) != 1 or name not in model.quantities:
        return None
    values = {symbol.name: value.ravel()[rows[0] if value.size > 1 else 0] for symbol in context.program.symbols()
              if symbol.name in context.bound.values
              for value in [np.asarray(context.bound.values[symbol.name], np.float64)]}  # fmt: skip
    values |= {one: float(np.ravel(value)[0]) for one, value in (dict(context.run.weights) | context.arrays(
        context.end)).items()}  # fmt: skip
    environment = Environment(Digits(), values, Setting(functions=model.functions), model.equations, None)
    try:
        exact = float(drive(visit(environment, lifted(Ref(name)), {}, {})))
    except (ChainruleError, KeyError, ArithmeticError):  # a line that is no number of one pattern, or beyond all digits
        return None
    return (pretty(name), exact) if math.isfinite(exact) else None


def numbers_of(context: Context, rows: Rows | None) -> Found:
    """The numbers of any expression at the last finite weights, on the patterns of the step that left."""
    theta = context.end[None, :]
    if context.evaluator.plain:
        known = context.evaluator.values(theta, rows, backward=True)
        return lambda node: np.asarray(value(node, known, context.evaluator.patterns(rows), NUMBERS), dtype=np.float64)
    grid = context.evaluator.grid(theta, rows, backward=True)
    return lambda node: np.asarray(grid.value(node).values, dtype=np.float64)


def first(body: Expr, found: Found) -> Expr | None:
    """The first node, leaves first, that is no finite number though what it is made of is."""
    order: list[Expr] = []

    def note(node: Expr, inside: tuple[Expr, ...]) -> Expr:
        order.append(node)
        return rebuild(node, inside)

    fold(lifted(body), note)
    for node in order:
        parts = children(node)
        if not parts or isinstance(node, Number | Constant):
            continue
        if not np.isfinite(found(node)).all() and all(np.isfinite(found(part)).all() for part in parts):
            return node
    return None


def looked_at(context: Context, node: Expr, found: Found, rows: tuple[int, ...]) -> Lost | None:
    """What a node was made of; None where it is no expression that a text could have."""
    parts = [part for part in children(node) if not isinstance(part, Number | Constant)]
    if any(isinstance(part, Derivative) or "∂" in shown(part, context) for part in (node, *parts)):
        return None
    whole = found(node)
    at = np.unravel_index(int(np.argmin(np.isfinite(whole))), whole.shape)
    made = []
    for part in dict.fromkeys(parts):
        numbers = found(part)
        inside = zip(numbers.shape, whole.shape, strict=False)
        if numbers.ndim == whole.ndim and all(one in (1, own) for one, own in inside):  # what a sum adds are more
            made.append((shown(part, context), float(np.broadcast_to(numbers, whole.shape)[at])))
    return Lost(
        shown(node, context), tuple(made), float(whole[at]), rounded(context, node, found) if made else None,
        in_more_digits(context, rows),
    )  # fmt: skip


def rounded(context: Context, node: Expr, found: Found) -> str | None:
    """Where a 0 was made by rounding: a difference from 1 of a number that is 1 only to the last place. A weight on the
    edge of its box, or data, is 1."""
    inside = node.args[0] if isinstance(node, Call) and node.args else None
    match inside:
        case Add((Number(one), Neg(part))) if one == 1 and not isinstance(part, Number):
            name = part.name if isinstance(part, Ref) else ""
            if name in context.model.quantities and context.model.quantities[name].role != "derived":
                return None
            if np.any(np.abs(np.asarray(found(part)) - 1) <= ONE):
                return shown(part, context)
    return None


def growth_of(context: Context) -> float:
    """By which factor the largest weight grew at each of the last steps; no number where that cannot be said."""
    recent = np.abs(context.path).max(axis=1)[-6:]
    if len(recent) < 2 or not recent[0] > 0:
        return math.nan
    return float((recent[-1] / recent[0]) ** (1 / (len(recent) - 1)))
