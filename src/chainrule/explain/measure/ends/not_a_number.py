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
from chainrule.explain.measure.ends.ending import Ending
from chainrule.explain.measure.formulas import shown
from chainrule.explain.wording import listing, num
from chainrule.expr.nodes import Add, Call, Constant, Derivative, Expr, Neg, Number, Ref
from chainrule.expr.walk import children, fold, rebuild
from chainrule.model.model import HIDDEN
from chainrule.notation.names import pretty
from chainrule.numbers.digits import Digits
from chainrule.numbers.evaluate import drive, visit
from chainrule.numbers.guards import lifted
from chainrule.numbers.world import Setting, World

Found = Callable[[Expr], Array]

ONE = 1e-15
"""So near to 1 a sum is 0 by rounding alone."""


def lost(context: Context, departure: Departure) -> str:
    """``log(1 − p) is −∞, of 1 − p = 0``, with the reason where rounding is one; nothing where it is not found."""
    rows = lane(context.rows(departure.step - 1))
    found = numbers_of(context, rows)
    with np.errstate(all="ignore"):
        for line in context.evaluator.backward:
            try:
                culprit = first(line.body, found)
            except (KeyError, ValueError):  # a line that is no value by itself, such as a slice of a recurrence
                return ""
            if culprit is not None:
                made = told(culprit, found)
                return f"{made}{in_more_digits(context, context.rows(departure.step - 1))}" if made else ""
    return ""


def in_more_digits(context: Context, rows: tuple[int, ...]) -> str:
    """What the error is there in a hundred digits, where it is a number: then rounding alone has lost it."""
    model, name = context.model, context.model.goal.each or context.model.goal.name
    if np.isfinite(context.error(context.end, rows)):
        return ""  # it is a slope that was lost
    if not context.plain or model.pattern != HIDDEN or len(rows) != 1 or name not in model.quantities:
        return ""
    values = {symbol.name: value.ravel()[rows[0] if value.size > 1 else 0] for symbol in context.program.symbols()
              if symbol.name in context.bound.values
              for value in [np.asarray(context.bound.values[symbol.name], np.float64)]}  # fmt: skip
    values |= {one: float(np.ravel(value)[0]) for one, value in (dict(context.run.weights) | context.arrays(
        context.end)).items()}  # fmt: skip
    world = World(Digits(), values, Setting(functions=model.functions), model.equations, None)
    try:
        exact = float(drive(visit(world, lifted(Ref(name)), {}, {})))
    except (ChainruleError, KeyError, ArithmeticError):  # a line that is no number of one pattern, or beyond all digits
        return ""
    return f". In a hundred digits {pretty(name)} = {num(exact)} there" if math.isfinite(exact) else ""


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


def told(node: Expr, found: Found) -> str:
    parts = [part for part in children(node) if not isinstance(part, Number | Constant)]
    if any(isinstance(part, Derivative) or "∂" in shown(part) for part in (node, *parts)):
        return ""
    whole = found(node)
    at = np.unravel_index(int(np.argmin(np.isfinite(whole))), whole.shape)
    made = []
    for part in dict.fromkeys(parts):
        numbers = np.broadcast_to(found(part), whole.shape) if found(part).ndim == whole.ndim else None
        if numbers is not None:
            made.append(f"{shown(part)} = {num(numbers[at])}")
    of = f" of {listing(made, 3)}," if made else ""
    becomes = "which has no value" if np.isnan(whole[at]) else f"which is {num(whole[at])}"
    return f"{shown(node)},{of} {becomes}{rounded(node, found)}" if of else f"{shown(node)}, {becomes}"


def rounded(node: Expr, found: Found) -> str:
    """Where a 0 was made by rounding: a difference from 1 of a number that is 1 only to the last place."""
    inside = node.args[0] if isinstance(node, Call) and node.args else None
    match inside:
        case Add((Number(one), Neg(part))) if one == 1 and not isinstance(part, Number):
            close = np.asarray(found(part))
            if np.any(np.abs(close - 1) <= ONE):
                return (
                    f": {shown(part)} is so near to 1 that it was rounded to 1, and 1 − {shown(part)} to 0. "
                    f"Written with "
                    "softplus nothing is lost: log(1 − σ(z)) is −softplus(z), and log(σ(z)) is −softplus(−z)"
                )
    return ""


def departed(context: Context, departure: Departure) -> Ending:
    """The run left the finite numbers."""
    sizes = np.abs(context.path).max(axis=1)
    recent = sizes[-6:]
    growth = (
        float((recent[-1] / recent[0]) ** (1 / (len(recent) - 1))) if len(recent) > 1 and recent[0] > 0 else math.nan
    )
    pattern = f", for {context.pattern(departure.pattern)}" if departure.pattern is not None else ""
    grew = f"; before that the largest weight grew about {num(growth, 3)} times at each step" if growth > 1.001 else ""
    made = lost(context, departure)
    came = f" It was made by {made}." if made else ""
    sentence = (
        f"It left the finite numbers: in step {departure.step}, {_equation(departure.equation)} is no longer a "
        "number a computer can "
        f"hold{pattern}{grew}.{came} The last finite weights are "
        f"{context.point(context.end)}."
    )
    return Ending(
        "left the finite numbers", sentence, False,
        {"step": departure.step, "equation": departure.equation, "pattern": departure.pattern, "growth": growth},
    )  # fmt: skip


def _equation(name: str) -> str:
    if name.startswith("∂"):
        over, _, under = name[1:].partition("/∂")
        return f"∂{pretty(over)}/∂{pretty(under)}" if under else name
    return pretty(name)
