"""A program → which patterns each step visits where nobody says it, and what is said of a step's own goal.

One pattern a step follows the goal over all only where that goal is a sum or mean over the patterns of numbers of one
pattern each. Elsewhere each step visits all; who asks for fewer is obeyed, and told.
"""

from __future__ import annotations

from chainrule.notation.names import pretty
from chainrule.program.program import Program
from chainrule.program.rowwise import rowwise, taken_over
from chainrule.train.order import Batch, Order

SHOWN = 4
"""Quantities that are named."""


def default(program: Program, batch: Batch | None) -> Batch:
    """The order that is asked for, or the one that the goal needs."""
    if batch is not None:
        return batch
    return "each" if rowwise(program) else "all"


def whole_goal(program: Program, patterns: int) -> list[str]:
    """What is said where each step visits all patterns though nobody said so."""
    if patterns == 1 or rowwise(program):
        return []
    which, are = what_is_taken(program)
    return [
        f"every step visits all {patterns} patterns, because {which} {are} taken over them: with one pattern a step, "
        f"each step would be for another goal"
    ]


def other_goals(program: Program, order: Order) -> list[str]:
    """What is said where a step visits some patterns only, and so is for another goal than the one over all."""
    if order.batch == "all" or order.patterns == 1 or rowwise(program):
        return []
    steps = [len(set(rows)) for rows in order.visits(0, order.pass_length)] if order.width is None else [order.width]
    batch = min(steps)
    if batch == order.patterns:
        return []
    which, are = what_is_taken(program)
    alone = "with one pattern a step, that is the pattern's own"
    some = f"with {batch} patterns a step, these alone"
    return [
        f"here {which} {are} taken over the patterns of a step: {alone if batch == 1 else some}, so that each step is "
        f'for another goal than the one over all; train with batch="all"'
    ]


def what_is_taken(program: Program) -> tuple[str, str]:
    """What is taken over the patterns, and whether it is one or several."""
    found = ["the goal" if name == "goal" else pretty(name) for name in taken_over(program)]
    if len(found) > SHOWN:
        return f"{', '.join(found[:SHOWN])} and {len(found) - SHOWN} more", "are"
    return (found[0], "is") if len(found) == 1 else (f"{', '.join(found[:-1])} and {found[-1]}", "are")
