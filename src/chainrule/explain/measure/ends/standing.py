"""A place at which a run rests → its name, and the sentence on it: each by what was tried around it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.ends.ending import Ending
from chainrule.explain.measure.ends.neighbours import SCALES, Around
from chainrule.explain.measure.ends.resting_place import Place
from chainrule.explain.measure.kinks import sides
from chainrule.explain.measure.rounding import rounding, slope_rounding
from chainrule.explain.tell.kinks import told
from chainrule.explain.wording import num

CLOSE_BY = 1e-6
"""Of the size of the weights: nearer than this a run is at its place, further off close to it."""
SEEN = 1e-9
"""A rate of change that is more than rounding."""


def flat_of(context: Context, values: Array, goal: float, size: float) -> NDArray[np.bool_]:
    """Along which principal directions the goal does not bend, beside how it bends elsewhere."""
    largest = float(np.abs(values).max(initial=0.0))
    path = context.path[:: max(1, len(context.path) // 50)]
    reference = float(np.nanmax(np.abs(context.evaluator.gradient(path)), initial=1e-300))
    return np.asarray(np.abs(values) <= max(1e-7 * max(largest, 1e-3 * reference), 1e-12 * abs(goal) / size / size))


def cornered(
    context: Context, place: Place, free: NDArray[np.bool_], goal: float, evidence: dict[str, object]
) -> Ending | None:
    """A rest at a kink, or where the rule does not see the slope; None where both sides are those of one slope."""
    at, sense, total = place.at, context.sense, context.total_name
    seen = sides(context, at)
    mine = free[seen.places]
    right, left = sense * seen.right, sense * seen.left
    falls = mine & ((right < -SEEN) | (left < -SEEN)) & (seen.kinks | seen.seams)
    if falls.any():
        k = int(np.argmin(np.where(falls, np.minimum(right, left), np.inf)))
        way, rate = ("right", right[k]) if right[k] < left[k] else ("left", left[k])
        return Ending(
            "stuck",
            f"It rests at {context.point(at)}, because the rule takes the slope 0 there; but that is no "
            f"{best_word(sense)} point: per unit of {context.weight(int(seen.places[k]))} to the {way}, {total} "
            f"changes "
            f"by {num(sense * rate)}. {told(context, at, None, total)}",
            False, {**evidence, "eigenvalues": []},
        )  # fmt: skip
    corner = mine & seen.kinks
    if not corner.any():
        return None
    k = int(np.flatnonzero(corner)[0])
    size = place.size
    directions = np.zeros((2 * len(at), len(at)))
    directions[: len(at)], directions[len(at) :] = np.eye(len(at)), -np.eye(len(at))
    directions = directions[np.concatenate([free, free])]
    points = np.concatenate([context.project(at + scale * size * directions) for scale in SCALES])
    change = sense * context.evaluator.goal(points) - sense * goal
    lower = int((change < -2 * rounding(context, points)).sum())
    return Ending(
        "kink",
        f"It ends at a {'lowest' if sense > 0 else 'highest'} point that is a kink, {context.point(at)}: there is no "
        f"curvature; per unit of {context.weight(int(seen.places[k]))} {total} changes by {num(seen.right[k])} to the "
        f"right and by {num(seen.left[k])} to the left, and {total} = {num(goal)} is {best_word(sense)} there among "
        f"{len(points)} points tried around it."
        if not lower else
        f"It rests at a kink, {context.point(at)}, where no weight alone has a better side; but {total} is "
        f"{context.lower} at {lower} of {len(points)} points tried around it.",
        not lower, {**evidence, "eigenvalues": [], "slopes_beside": [-float(seen.left[k]), float(seen.right[k])],
                    "neighbours_tested": len(points), "neighbours_better": lower},
        [f"slope on the one side {num(-seen.left[k])}, on the other {num(seen.right[k])}"],
    )  # fmt: skip


def named(
    context: Context, place: Place, seen: Around, goal: float, norm: float, values: Array, flat:
    NDArray[np.bool_], where: str, edge: str,
) -> tuple[str, str]:  # fmt: skip
    """The kind of a place, and the sentence on it; ``flat`` are the directions without curvature."""
    sense, total = context.sense, context.total_name
    word, best = ("minimum", "lowest") if sense > 0 else ("maximum", "highest")
    upward, lower = ("upward", "lower") if sense > 0 else ("downward", "higher")
    away = place.distance > CLOSE_BY * place.size
    close = "close to" if away else "at"
    slope0 = "the slope is 0" + ("" if norm == 0 else f" to {num(norm, 2)}")
    if away:  # the slope of the place is not that of the weights that are told
        ended = float(np.linalg.norm(context.gradient(context.end)))
        own = "" if edge else f" (where the run ended it is {num(ended, 2)})"
        slope0 = f"the slope at that point is 0{'' if norm == 0 else f' to {num(norm, 2)}'}{own}"
    tried = f"{seen.tried} points tried at {seen.scales} distances up to {num(SCALES[-1] * place.size, 2)}"
    fall = f"{total} is {lower} by {num(seen.fall)} at a distance of {num(seen.far, 2)}"
    beyond = "" if seen.beyond is None else (
        f" Beyond a rim, from a distance of {num(seen.beyond, 2)} on, {total} is {lower} again."
    )  # fmt: skip
    bent = int(((values > 0) & ~flat).sum())
    still = "It never moved from" if place.never else "It stands on"
    if seen.shape == "minimum":
        begin = f"It ends {close} a {word}, {where}"
        if edge:
            begin = f"It ends {edge}; the other weights are {close} a {word} along that edge, {where}"
        bends = f"the curve bends {upward} in every direction" if bent == len(values) else (
            f"the curve bends {upward} in {bent} of {len(values)} directions, and in the others it is flat only "
            f"to second "
            "order" if len(values) > 1 else "the curve is flat to second order, and bends further off"
        )  # fmt: skip
        none = f"none of {tried} was {lower}" if not seen.lower else (
            f"of {seen.tried} points tried none up to a distance of {num(seen.beyond or 0.0, 2)} was {lower}"
        )  # fmt: skip
        return ("bound" if edge else "minimum"), (
            f"{begin}: {slope0}, {bends}, and {total} = {num(goal)} was {best} there: {none}. A {word} nearby; "
            f"others may exist elsewhere.{beyond}"
        )
    if seen.shape == "valley":
        level = f"in {len(values) - bent} of {len(values)} directions"
        level += f" {total} = {num(goal)} does not change to second order"
        if len(values) == 1:
            level = f"on one side {total} = {num(goal)} does not change"
        return "valley", (
            f"{'It ends at the edge of a flat stretch' if len(values) == 1 else 'It ends in a flat valley'}, {where}"
            f"{', ' + edge if edge else ''}: {slope0}, {level}"
            f"{f', in the others the curve bends {upward}' if bent else ''}; none of {tried} was {lower}."
            if not seen.lower else
            f"It ends in a flat valley, {where}: {slope0}, {level}.{beyond}"
        )
    if seen.shape == "plateau" and edge:
        return "bound", (
            f"It ends {edge}. There {total} = {num(goal)}, and along that edge at none of {tried} it differed."
        )
    where = f"{where}, {edge}, and along that edge" if edge else where
    if seen.shape == "plateau":
        if place.never:
            return "asleep", (
                f"It never moved from {where}: {still_told(norm, len(values))}, and at none of {tried} {total} = "
                f"{num(goal)} "
                f"differed by more "
                f"than rounding may do; that is no sign of a {word}, further off it may be {lower}."
            )
        return "plateau", (
            f"It rests on a plateau, {where}: {slope0}, and at none of {tried} {total} = {num(goal)} differed by "
            f"more than "
            "rounding may do, so nothing pulls any weight, whatever it is elsewhere."
        )
    if seen.shape in ("inflection", "degenerate saddle", "maximum") and norm > 4 * slope_rounding(context, place.at):
        return "plateau", (
            f"It stands still at {where}, though the slope there is not 0: it is {num(norm)}, so small that a "
            f"step is lost in "
            f"the last places of the weights. {fall[:1].upper()}{fall[1:]}."
        )
    names = {
        "saddle": "a saddle", "degenerate saddle": "a degenerate saddle", "inflection": "an inflection",
        "maximum": f"a {'highest' if sense > 0 else 'lowest'} point",
    }  # fmt: skip
    how = {
        "saddle": f"towards {int((values < 0).sum())} of {len(values)} directions the curve bends "
        f"{'downward' if sense > 0 else 'upward'}, and {fall}",
        "degenerate saddle": f"no curvature tells, but {fall} in one of the directions tried"
        f"{', and in others it is ' + ('higher' if sense > 0 else 'lower') if seen.higher else ''}",
        "inflection": f"on the one side {fall}, on the other it is {'higher' if sense > 0 else 'lower'}",
        "maximum": f"{fall}, and nowhere the other way",
    }[seen.shape]  # fmt: skip
    begin = f"{still} {where}, {names[seen.shape]}" if place.never else f"It ends {close} {names[seen.shape]}, {where}"
    moves = "no step moves" if norm == 0 else "steps hardly move"
    return seen.shape, f"{begin}: {slope0}, so {moves} it, but this is not where {total} is {best}: {how}."


def still_told(norm: float, many: int) -> str:
    """Why no step moved: a slope that is 0, or one that is lost in the last places of the weights."""
    if norm == 0:
        return f"{'every slope' if many > 1 else 'the slope'} is computed as 0 there"
    return f"the slope there, {num(norm, 2)}, is so small that a step is lost in the last places of the weights"


def best_word(sense: int) -> str:
    return "lowest" if sense > 0 else "highest"
