"""Where a run with many weights stands: slope, box, and both ends of the curvature, found without a matrix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.ends.ending import Ending
from chainrule.explain.measure.ends.newton import spread
from chainrule.explain.wording import count, num
from chainrule.numbers.random import normal
from chainrule.train.curvature import Curvature, ends

PRODUCTS = 120
"""Products with the Hessian that are made at most."""

BESIDE = 16
"""Directions drawn at random in which neighbours of a minimum are looked at, both ways."""


def curvatures(context: Context, theta: Array, most: int, free: NDArray[np.bool_] | None = None) -> Curvature:
    """Both ends of the curvature of sense·goal at a point, by Lanczos' iteration over the free weights."""
    return ends(Bent(context, theta, np.ones(len(theta), dtype=bool) if free is None else free), most=most)


@dataclass(frozen=True, slots=True)
class Bent:
    """The Hessian at a point, for the weights that are free: what Lanczos' iteration asks for."""

    context: Context
    theta: Array
    free: NDArray[np.bool_]

    @property
    def size(self) -> int:
        return int(self.free.sum())

    def along(self, direction: Array) -> tuple[Array, float]:
        """The product with a direction; nobody asks for the slope."""
        whole = spread(direction, self.free)
        return self.context.sense * self.context.products(self.theta, whole[None, :])[0][self.free], 0.0

    def parts(self, vector: Array) -> dict[str, Array]:
        return {"θ": spread(vector, self.free)}


def curved(context: Context, slope: Array, free: NDArray[np.bool_]) -> tuple[Curvature, dict[str, object], list[str]]:
    """Both ends of the curvature at the last weights, with what is told of them."""
    bend = curvatures(context, context.end, PRODUCTS, free)
    sense = context.sense
    ends = sorted((sense * bend.smallest, sense * bend.largest))
    exact = "" if bend.found else "; the true ends lie at least as far out"
    evidence: dict[str, object] = {
        "gradient_norm": float(np.linalg.norm(slope[free])),
        "eigenvalues": [sense * bend.smallest, sense * bend.largest],
        "both_ends_only": True, "products": bend.iterations, "found": bend.found,
    }  # fmt: skip
    lines = [
        f"slope there: {num(float(np.linalg.norm(slope[free])))}; curvature in any direction: from {num(ends[0])} to "
        f"{num(ends[1])} (both ends, by Lanczos' iteration with {count(bend.iterations, 'product')}{exact})"
    ]
    return bend, evidence, lines


def standing(
    context: Context, goal: float, slope: Array, free: NDArray[np.bool_], edge: str,
    bend: Curvature, evidence: dict[str, object], lines: list[str],
) -> Ending | None:  # fmt: skip
    """What the place is at which the run rests; None if it has not come to rest. ``slope`` is that of sense·goal."""
    end, sense, total = context.end, context.sense, context.total_name
    norm, size = float(np.linalg.norm(slope[free])), 1.0 + float(np.abs(context.end).max())
    some = context.path[:: max(1, len(context.path) // 50)]
    reference = max(float(np.abs(context.evaluator.gradient(some)).max()), 1e-300)
    no_step = context.trial_rate * norm <= 1e-9 * size
    if not ((no_step and norm <= 1e-6 * reference) or norm == 0 or (no_step and context.run.ended == "converged")):
        return None
    largest = max(abs(bend.smallest), abs(bend.largest), 1e-300)
    flat = max(1e-7 * max(largest, 1e-3 * reference), 1e-12 * abs(goal) / (size * size))
    word, best = ("minimum", "lowest") if sense > 0 else ("maximum", "highest")
    where, at = context.point(end), f"the slope is 0 to {num(norm, 2)}"
    upward, held = "upward" if sense > 0 else "downward", f", with some weights {edge}" if edge else ""
    if bend.smallest < -flat:
        saddle = bend.largest > flat
        name = "a saddle" if saddle else f"a {'highest' if sense > 0 else 'lowest'} point"
        return Ending(
            "saddle" if saddle else "maximum",
            f"It stands on {name}, {where}{held}: {at}, but in some direction the curve bends the other way "
            f"(curvature {num(sense * bend.smallest)}), so this is not where {total} = {num(goal)} is "
            f"{'least' if sense > 0 else 'greatest'}.",
            False, evidence, lines,
        )  # fmt: skip
    if bend.largest <= flat:
        return Ending(
            "plateau",
            f"It rests on a plateau, {where}{held}: {at} and no curvature was met, so nothing pulls any weight, "
            f"whatever {total} = {num(goal)} is elsewhere.",
            False, evidence, lines,
        )  # fmt: skip
    if bend.smallest <= flat or not bend.found:
        return Ending(
            "valley",
            f"It ends in a flat valley, {where}{held}: {at}, no direction was met in which {total} = {num(goal)} bends "
            f"the other way, and in some it does not bend to second order; in the steepest the curvature is "
            f"{num(sense * bend.largest)}.",
            True, evidence, lines,
        )  # fmt: skip
    worse, looked = neighbours(context, free, bend)
    return Ending(
        "bound" if edge else "minimum",
        f"It ends at a {word}, {where}{held}: {at}, the curve bends {upward} in every direction (the least curvature "
        f"is {num(sense * bend.smallest)}, by Lanczos' iteration), and {total} = {num(goal)} was {best} there among "
        f"{looked} neighbours. A {word} nearby; others may exist elsewhere.",
        worse == looked, {**evidence, "neighbours_tested": looked, "neighbours_worse": worse}, lines,
    )  # fmt: skip


def neighbours(context: Context, free: NDArray[np.bool_], bend: Curvature) -> tuple[int, int]:
    """At how many of some neighbours the goal is not better: along both ends of the curvature, and at random."""
    count = int(free.sum())
    drawn = np.array([normal(0, "beside", place) for place in range(BESIDE * count)]).reshape(BESIDE, count)
    directions = [np.asarray(one["θ"])[free] for one in bend.directions] + list(drawn)
    step = 1e-3 * (1 + float(np.abs(context.end).max()))
    moves = np.array([sign * step * spread(one / np.linalg.norm(one), free) for one in directions for sign in (1, -1)])
    goals = context.sense * context.evaluator.goal(context.project(context.end + moves))
    here = context.sense * context.error(context.end)
    return int(np.sum(goals >= here - 1e-12 * abs(here))), len(moves)
