"""A network → its units that fire on no pattern, and its steps that pass no slope on: slopes of 0 that tell nothing.

Behind a relu that is shut on every pattern, and behind a step function, every slope is 0, whatever the error does with
other weights. A unit is looked at on all patterns; that a goal depends on a weight through steps alone is read from the
equations, and what it is worth then is tried.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np

from chainrule.data.draws import normals
from chainrule.engines.protocol import Array
from chainrule.explain.evaluate.equations import NUMBERS, value
from chainrule.explain.evaluate.equations_with_letters import Grid
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.formulas import shown
from chainrule.explain.measure.kinks import STEPPING, moving, stepping
from chainrule.expr.nodes import Add, Bracket, Call, Div, Expr, Mul, Neg, Number, Pow, Reduce, key
from chainrule.expr.walk import names, nodes
from chainrule.gradient.reverse import closure
from chainrule.notation.names import pretty
from chainrule.values import dataclass

SCALES = (0.1, 1.0, 10.0, 100.0)
DRAWN = 25
"""Weights drawn at random at each scale, at which a goal that makes steps is looked at."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that fires on no pattern, the greatest input that it gets, and whether that was so at the start too."""

    name: str
    most: float
    always: bool


def shut(context: Context) -> list[Unit]:
    """The units that fire on no pattern at the last weights."""
    if not context.names or not np.isfinite(context.end).all():
        return []
    moved, errors = moving(context), {context.model.goal.each, context.program.objective}
    found = []
    units = [
        (line, node, inside)
        for line in context.evaluator.forward
        for node in nodes(line.body)
        if (inside := fires_on(node)) is not None and moved & set(names(inside))
    ]
    if not units:
        return []
    start, end = (greatest(context, theta) for theta in (context.start, context.end))
    parts = {id(line): frozenset(outermost(line.body, key(line.target) in errors)) for line, _, _ in units}
    for line, node, inside in units:
        if node not in parts[id(line)]:
            name = pretty(key(line.target)) if node == line.body else shown(node, context)
            before = dict(start(inside))
            for entry, most in end(inside):
                if most <= 0:
                    found.append(Unit(name + entry, most, before.get(entry, 1.0) <= 0))
    return list({unit.name: unit for unit in found}.values())


def outermost(body: Expr, error: bool) -> list[Expr]:
    """The parts of an error that it is the sum of: one that is 0 is no unit that does not fire, it is satisfied."""
    if not error:
        return []
    found, todo = [], [body]
    while todo:
        node = todo.pop()
        found.append(node)
        match node:
            case Add(parts):
                todo += parts
            case Neg(inside) | Div(inside, Number()) | Reduce(_, _, inside):
                todo.append(inside)
            case Pow(inside, Number()):
                found.append(inside)  # its square; inside of the square of a sum stand units
            case Mul(parts):
                todo += [part for part in parts if not isinstance(part, Number)] * (
                    sum(not isinstance(part, Number) for part in parts) == 1
                )
    return found


def fires_on(node: Expr) -> Expr | None:
    """The input of a unit that gives 0 up to 0."""
    match node:
        case Call("relu", (inside,)):
            return inside
        case Call("max", (Number(zero), inside)) | Call("max", (inside, Number(zero))) if zero == 0:
            return inside
    return None


def greatest(context: Context, theta: Array) -> Callable[[Expr], list[tuple[str, float]]]:
    """What gives the largest value of an input over all patterns, and over letters that no weight has, such as those of
    time and place, for each of its entries: ``("[2]", −0.5)``. The network is evaluated once for all inputs."""
    evaluator = context.evaluator
    if evaluator.plain:
        known = evaluator.values(theta[None, :])
        return lambda inside: [("", float(np.max(np.asarray(value(inside, known, context.patterns, NUMBERS)))))]
    grid = evaluator.grid(theta[None, :])
    return lambda inside: entries(context, grid, inside)


def entries(context: Context, grid: Grid, inside: Expr) -> list[tuple[str, float]]:
    """The largest value of each entry of an input in a network with letters."""
    one = grid.value(inside)
    of_weights = {grid.sets[letter] for symbol in context.trained for letter in symbol.letters}
    own = [letter for letter in one.letters if grid.sets.get(letter) in of_weights - {context.program.pattern}]
    rest = tuple(place for place, letter in enumerate(one.letters) if letter not in own)
    most = np.max(one.values, axis=rest) if rest else one.values
    every = product(*(grid.ranges[letter] for letter in own))
    return [(f"[{','.join(map(str, at))}]" if own else "", float(number)) for at, number in zip(
        every, np.ravel(most), strict=True
    )]  # fmt: skip


# ---- steps -------------------------------------------------------------------------------------------------------


def by_steps_alone(context: Context) -> frozenset[str]:
    """The weights on which the goal depends through step functions only: their slope is 0 wherever there is one."""
    users: dict[str, set[str]] = {}
    for line in context.evaluator.forward:
        for name in names_outside(line.body):
            users.setdefault(name, set()).add(key(line.target))
    goal = context.program.objective
    smooth = {symbol.name for symbol in context.trained if goal in closure((symbol.name,), users)}
    whole = moving(context)
    reached = {symbol.name for symbol in context.trained} if goal in whole else set()
    return frozenset(reached - smooth) if stepping(context) else frozenset()


def names_outside(body: Expr) -> set[str]:
    """The names that are read elsewhere than inside a step function."""
    inside = [
        node for node in nodes(body)
        if isinstance(node, Bracket) or (isinstance(node, Call) and node.function in STEPPING)
    ]  # fmt: skip
    hidden: dict[str, int] = {}
    outer = [
        node for node in inside
        if not any(node is not other and any(part is node for part in nodes(other)) for other in inside)
    ]  # fmt: skip
    for node in outer:
        for part in nodes(node):
            if hasattr(part, "name"):
                hidden[part.name] = hidden.get(part.name, 0) + 1
    seen: dict[str, int] = {}
    for part in nodes(body):
        if hasattr(part, "name"):
            seen[part.name] = seen.get(part.name, 0) + 1
    return {name for name, many in seen.items() if many > hidden.get(name, 0)}


@dataclass(frozen=True, slots=True)
class Stepped:
    """An error that depends on weights through steps alone: those functions, at how many points it was tried, and the
    different values that it had, least first."""

    functions: tuple[str, ...]
    tried: int
    values: tuple[float, ...]


def stepped(context: Context, row: int) -> Stepped | None:
    """What is so of a pattern whose slope is 0 because its error makes steps; None where it makes none."""
    steps = stepping(context)
    if not steps or not by_steps_alone(context):
        return None
    goals, tried = tried_values(context, row)
    return Stepped(tuple(steps), tried, tuple(goals)) if len(goals) > 1 else None


def through_steps(context: Context, idle: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The steps, and the weights among those whose slope is always 0 on which the goal depends through them, tried with
    each alone."""
    alone = by_steps_alone(context)
    moved = []
    for name in idle:
        place = context.names.index(name)
        points = np.repeat(context.start[None, :], len(SCALES) * DRAWN, axis=0)
        points[:, place] = np.concatenate([
            scale * normals(place, "alone", DRAWN) for scale in SCALES
        ])  # fmt: skip
        goals = context.evaluator.goal(context.project(points))
        known = goals[np.isfinite(goals)]
        if context.entries[place][0] in alone and len(known) and np.ptp(known) > 1e-9 * np.abs(known).max():
            moved.append(context.weight(place))
    return (tuple(stepping(context)), tuple(moved)) if moved else ((), ())


def tried_values(context: Context, row: int) -> tuple[list[float], int]:
    """The different values of a pattern's error at weights of the run and at random, least first, and how many were
    tried."""
    size = len(context.names)
    drawn = normals(0, "steps", DRAWN * size).reshape(DRAWN, size)
    points = context.project(np.concatenate([context.path[[0, -1]], *(scale * drawn for scale in SCALES)]))
    with np.errstate(all="ignore"):
        goals = context.evaluator.goal(points, np.full((len(points), 1), row, dtype=np.int64))
    known = np.sort(goals[np.isfinite(goals)])
    apart = np.diff(known, prepend=-np.inf) > 1e-9 * np.maximum(1e-300, np.abs(known))
    return known[apart].tolist(), len(points)
