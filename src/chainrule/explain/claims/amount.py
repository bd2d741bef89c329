"""amount: does only the sign matter? The same start trained by the gradient, by its signs, by fixed lengths."""

from __future__ import annotations

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.claim import Claim
from chainrule.explain.claims.steepest import angle
from chainrule.explain.context import Context
from chainrule.explain.words import num, table

QUESTION = "Does the amount matter, or the sign alone?"
STEPS, FEW_STEPS = 200, 50
MOST_NUMBERS = 100_000
"""Numbers a step for which there are 200 steps; a larger network is trained for fewer."""
WAYS = ("the gradient", "its signs", "its direction")


def claim(context: Context) -> Claim:
    """Does training by the signs alone, or by steps of one length, end elsewhere than training by the gradient?"""
    slope = context.gradient(context.start)
    if not np.any(slope) or not np.all(np.isfinite(slope)):
        return Claim("amount", QUESTION, "The slope is 0 at the start: there is no amount and no sign.", False)
    rate = context.trial_rate
    goals, moves = trained(context, rate, slope)
    last = goals[-1]
    begun = float(goals[0, 0])
    finite = np.asarray(np.isfinite(goals).all(axis=0))
    gained = context.sense * (begun - last)
    reach = [reached(context, goals[:, way], float(last[0])) for way in range(3)]
    differs = bool(not finite.all() or np.abs(last - last[0]).max() > 0.01 * max(abs(float(gained[0])), 1e-300))
    turned = angle(np.sign(slope), slope)
    evidence = {
        "rate": rate, "steps": len(goals) - 1, "error_at_start": begun,
        "ways": [
            {"way": way, "error": float(end), "steps_to_error_of_gradient": steps, "last_move": float(move)}
            for way, end, steps, move in zip(WAYS, last, reach, moves, strict=True)
        ],
        "angle_of_signs": turned,
    }  # fmt: skip
    error = context.total_name
    ends = [num(end) if good else "no longer a number" for end, good in zip(last, finite, strict=True)]
    told = (
        f"The same start was trained for {len(goals) - 1} steps in three ways: steps {context.rate_name}·g take "
        f"{error} from {num(begun)} to {ends[0]}, steps {context.rate_name}·sign(g) to {ends[1]}, steps along g of "
        f"the first step's length to {ends[2]}. "
    )
    if differs:
        ranked = np.where(finite, context.sense * last, np.inf)
        told += f"So the amount makes a difference; steps by {WAYS[int(np.argmin(ranked))]} ended best."
        if finite[:2].all() and moves[1] > 10 * moves[0]:
            told += (
                f" The gradient gets small by itself where the ground gets flat: its last step moved no weight by more "
                f"than {num(float(moves[0]))}; steps by the sign alone still move one by {num(float(moves[1]))}."
            )
    else:
        told += "Here it makes no difference of a hundredth: in these steps the signs did as well."
    if len(context.names) > 1:
        told += f" The signs alone also point elsewhere: {num(turned, 3)}° from the gradient at the start."
    lines = table(
        [("steps by", f"{error} at the end", f"steps to {ends[0]}", "last move of a weight")]
        + [
            (way, end, "not reached" if steps is None else str(steps), num(float(move)))
            for way, end, steps, move in zip(WAYS, ends, reach, moves, strict=True)
        ]
    )
    box = ", put back into the box after each step" if context.boxed else ""
    conditions = (f"all patterns in every step, {context.rate_name} = {num(rate)}{box}",)
    return Claim("amount", QUESTION, told, differs, evidence, lines, conditions)


def trained(context: Context, rate: float, slope: Array) -> tuple[Array, Array]:
    """The goal after each step, for the three ways, and the largest move of a weight in the last step."""
    points = np.repeat(context.start[None, :], 3, axis=0)
    length = rate * float(np.linalg.norm(slope))
    goals = [context.lanes.goal(points)]
    moves = np.zeros(3)
    for _ in range(STEPS if context.lanes.width(context.patterns, False, True) * 3 < MOST_NUMBERS else FEW_STEPS):
        g = context.lanes.gradient(points)
        size = np.linalg.norm(g[2])
        step = np.array([rate * g[0], rate * np.sign(g[1]), length * g[2] / size if size else g[2]])
        after = context.project(points - context.sense * step)
        moves = np.abs(after - points).max(axis=1)
        points = after
        goals.append(context.lanes.goal(points))
        if not np.isfinite(goals[-1]).all():
            break
    return np.array(goals), moves


def reached(context: Context, goals: Array, wanted: float) -> int | None:
    """After how many steps a goal is as good as wanted, to rounding; None if it never is."""
    slack = 1e-9 * max(abs(wanted), abs(float(goals[0]) - wanted))
    good = np.flatnonzero(context.sense * (goals - wanted) <= slack)
    return int(good[0]) if len(good) else None
