"""A run → what it passed through, at some of its recorded steps: errors, errors of each pattern, sizes of its moves.

Only numbers: how they are drawn is a matter of the views. What stands at step k is what was so after k steps, and the
gradient and the update there are those of the step that follows. Where a pass over the patterns takes several steps and
there are many passes, what is looked at stands after whole passes: within one, the numbers speak of whose turn it was.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array
from chainrule.errors import UsageError
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.samples import norm, places
from chainrule.notation.names import pretty
from chainrule.values import dataclass

MOST = 400
"""Recorded steps that are looked at; of a large network fewer."""

WORK = 100_000_000
"""Patterns times weights times steps that are computed for a figure, about."""


@dataclass(frozen=True, slots=True)
class Course:
    """``values`` has a row for each of ``steps`` and a column for each of ``names``; ``drawn`` says of how many, or
    nothing where these are all. ``sense`` is −1 where the goal is to be made large."""

    names: tuple[str, ...]
    steps: NDArray[np.int64]
    values: Array
    drawn: str
    sense: int = 1


@dataclass(frozen=True, slots=True)
class Moves:
    """Of each trained weight the size of its gradient and of its update: of an array the root of the sum of squares.

    Where ``over`` is more than 1 they are taken over passes of so many steps, root of the mean square, and the signs
    are those of the sums. Signs are 0 for arrays; ``entries`` says how many numbers a weight has.
    """

    names: tuple[str, ...]
    entries: tuple[int, ...]
    steps: NDArray[np.int64]
    gradients: Array
    updates: Array
    signs: Array
    signs_of_updates: Array
    over: int
    drawn: str


PASSES = 20
"""So many passes at least, and only whole ones are looked at."""

LONGEST = 24
"""Steps of the longest pass over which gradients are gathered."""


def most(context: Context) -> int:
    """How many recorded steps are looked at."""
    return max(60, min(MOST, WORK // max(1, context.patterns * len(context.names))))


def chosen(context: Context) -> tuple[NDArray[np.int64], str]:
    """The places of the record that are looked at, and what is said of them."""
    length, steps = context.run.recipe.order.pass_length, context.steps
    whole = np.flatnonzero(steps % length == 0)
    if length == 1 or len(whole) < PASSES:
        at = places(len(steps), most(context))
        return at, "" if len(at) == len(steps) else f" Drawn at {len(at)} of {len(steps)} recorded steps."
    at = np.union1d(whole[places(len(whole), most(context))], [len(steps) - 1])
    rest = "" if len(at) >= len(whole) else f", at {len(at)} of {len(whole)} passes"
    return at, f" Drawn after whole passes of {length} steps{rest}."


def errors(context: Context) -> Course:
    """The goal over all patterns."""
    at, drawn = chosen(context)
    with np.errstate(all="ignore"):
        goals = context.evaluator.goal(context.path[at])
    return Course((context.total_name,), context.steps[at], goals[:, None], drawn, context.sense)


def patterns(context: Context) -> Course:
    """The error of each pattern.

    Errors: E466 where the goal has no error of each pattern.
    """
    each = context.model.goal.each
    if each is None:
        raise UsageError(
            "E466", "the goal is not a mean or sum of one number a pattern, so no pattern has an error of its own",
            "write the error of one pattern as a quantity, such as E = (ŷ − y)², and leave the mean to chainrule",
        )  # fmt: skip
    (at, drawn), evaluator = chosen(context), context.evaluator
    every = []
    with np.errstate(all="ignore"):
        for part in evaluator.parts(len(at), None, False):
            points = context.path[at[part]]
            every.append(np.broadcast_to(evaluator.values(points)[each], (len(points), context.patterns)))
    names = tuple(context.naming.pattern(context.pattern_at(row)) for row in range(min(context.patterns, 200)))
    return Course(names, context.steps[at], np.concatenate(every), drawn, context.sense)


def moves(context: Context) -> Moves:
    """Gradients and updates of the steps that follow the recorded ones."""
    if not context.trained:
        raise UsageError("E453", "no weight is trained", "declare one: weight w := 0.5; or hold fewer")
    trace, goal = context.run.trace, context.model.goal.name
    at, over, drawn = begun(context)
    names = [symbol.name for symbol in context.trained]
    every = trace.quantities
    keys = {name: (f"∂{goal}/∂{name}", f"Delta_{name}") for name in names}
    wanted = {key: every[key] for pair in keys.values() for key in pair if key in every}
    shape = (len(at), len(names))
    sizes, updates, signs, ways = (np.zeros(shape) for _ in range(4))
    with np.errstate(all="ignore"):
        for row, place in enumerate(at):
            found = trace.reading.take(np.arange(place, place + over), wanted)
            for column, name in enumerate(names):
                gradient, change = (found.get(key, np.zeros(over)) for key in keys[name])
                sizes[row, column], updates[row, column] = (norm(of) / np.sqrt(over) for of in (gradient, change))
                if gradient.ndim == 1:
                    signs[row, column], ways[row, column] = np.sign(gradient.sum()), np.sign(change.sum())
    entries = tuple(int(np.size(context.run.weights[name])) for name in names)
    return Moves(
        tuple(map(pretty, names)), entries, context.steps[at], sizes, updates, np.nan_to_num(signs),
        np.nan_to_num(ways), over, drawn,
    )  # fmt: skip


def begun(context: Context) -> tuple[NDArray[np.int64], int, str]:
    """The places of the record from which steps are looked at, how many steps from each, and what is said of them."""
    length, steps = context.run.recipe.order.pass_length, context.steps
    whole = np.flatnonzero(steps % length == 0)
    whole = whole[whole + length < len(steps)]
    if 1 < length <= LONGEST and len(whole) >= PASSES and steps[-1] == len(steps) - 1:
        at = whole[places(len(whole), max(PASSES, most(context) // length))]
        rest = "" if len(at) == len(whole) else f" Drawn for {len(at)} of {len(whole)} passes."
        return at, length, rest
    at = places(max(1, len(steps) - 1), most(context))
    return at, 1, "" if len(at) >= len(steps) - 1 else f" Drawn at {len(at)} of {len(steps) - 1} recorded steps."
