"""A run that came to no rest → what it does, followed on: it comes to a place, gets on, runs away, or goes about."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.ends.continuation import follow
from chainrule.explain.measure.ends.ending import Ending
from chainrule.explain.measure.ends.neighbours import around
from chainrule.explain.measure.ends.newton import newton_target
from chainrule.explain.measure.ends.resting_place import Place
from chainrule.explain.measure.ends.stationary_point import nearest, numbers
from chainrule.explain.measure.ends.stationary_point import told as nearest_told
from chainrule.explain.measure.kinks import sides
from chainrule.explain.measure.rounding import rounding
from chainrule.explain.measure.samples import evenly
from chainrule.explain.wording import count, num, sentence, times, told_apart


def growth(context: Context) -> float | None:
    """By how much each pass moved the weights further than the one before, if all of the last ten did and cost."""
    length = context.run.recipe.order.pass_length
    if int(context.steps[-1]) != len(context.steps) - 1:
        return None
    ends = context.path[::length][-12:]
    if len(ends) < 12:
        return None
    moves = np.linalg.norm(np.diff(ends, axis=0), axis=1)
    goals = context.sense * context.evaluator.goal(ends)
    if np.all(np.diff(goals) > 0) and np.all(moves[1:] > moves[:-1] * (1 + 1e-9)):
        return float((moves[-1] / moves[0]) ** (1 / (len(moves) - 1)))
    return None


def unsettled(
    context: Context, place: Place | None, edge: str = "", known: dict[str, object] | None = None,
    lines: list[str] | None = None, free: NDArray[np.bool_] | None = None,
) -> Ending:  # fmt: skip
    """The weights still move: what does the same run do, followed on? Of many weights, ``free`` no bound holds."""
    total, sense = context.total_name, context.sense
    goal, slope = context.engine(context.end)
    low, high = context.box
    held = ((context.end <= low) & (sense * slope > 0)) | ((context.end >= high) & (sense * slope < 0))
    norm = float(np.linalg.norm(slope[~held])) if (~held).any() else 0.0
    where, steps = context.point(context.end), count(context.run.steps, "step")
    evidence: dict[str, object] = {"gradient": slope.tolist(), **(known or {}), "gradient_norm": norm}
    told = list(lines or [])
    begin = f"It has not settled after {steps}: at {where} the slope {context.everything} is still {num(norm)}"
    if not context.run.steps:
        begin = f"No step was taken: at {where} the slope {context.everything} is {num(norm)}"
    growing = growth(context)
    if growing is not None:
        evidence["growth"] = growing
        return Ending(
            "growing",
            f"It moves away: at each of the last passes {total} got worse and the weights moved {times(growing)} "
            "times as far as in the one before; "
            f"if that goes on, it looks so, the numbers will overflow. {total} is now {num(goal)} at {where}.",
            False, evidence, told,
        )  # fmt: skip
    if place is not None and context.run.steps:
        return on_the_way(context, place, begin, goal, evidence, told)
    near = nearest(context, free) if free is not None and not edge else None
    beside = ""
    if near is not None:
        evidence |= numbers(near)
        beside = f" {sentence(nearest_told(context, near))}."
        if near.kind == "minimum" and comes(context, near.point):
            at = f"{num(near.distance)} away, where {total} = {num(context.error(near.point))}"
            bend = "upward" if sense > 0 else "downward"
            found = f"found by Newton's method, with {count(near.products, 'product')} with the Hessian"
            low_bend, high_bend = (sense * end for end in near.curvature or (0.0, 0.0))
            return Ending(
                "on the way to a minimum",
                f"{begin}, and {total} = {num(goal)}. It looks so that it goes to a "
                f"{'minimum' if sense > 0 else 'maximum'} {at}: followed by the same rule it comes nearer to it "
                f"with every "
                f"stretch, the slope is 0 there and the curve bends {bend} in every direction, by at least "
                f"{num(low_bend)} and at most {num(high_bend)} ({found}).",
                False, evidence, told,
            )  # fmt: skip
        if near.kind in ("minimum", "valley", "saddle"):
            return Ending("not settled", f"{begin}, and {total} = {num(goal)}.{beside}", False, evidence, told)
    kind, more = followed_told(context, goal, evidence) if context.run.steps else ("not settled", "")
    extra = f" Part of it rests {edge}." if edge else ""
    return Ending(kind, f"{begin}.{more}{repelled(context, evidence)}{extra}{beside}", False, evidence, told)


def comes(context: Context, target: Array) -> bool:
    """Whether the continuation of the run comes nearer to a point in every stretch that is looked at."""
    seen = context.once(follow)
    if seen is None or seen.left is not None:
        return False
    away = np.linalg.norm(seen.ends[evenly(len(seen.ends), 9)] - target, axis=1)
    return len(away) > 2 and bool((np.diff(away) < 0).all())


def on_the_way(
    context: Context, place: Place, begin: str, goal: float, evidence: dict[str, object], lines: list[str]
) -> Ending:
    """The continuation comes to a place, or nearer and nearer to it."""
    total, sense, seen = context.total_name, context.sense, context.once(follow)
    reached, steps = context.error(place.at), 0 if seen is None else seen.steps
    slope = sense * context.gradient(place.at)
    low, high = context.box
    free = ~(((place.at <= low) & (slope > 0)) | ((place.at >= high) & (slope < 0)))
    with np.errstate(all="ignore"):
        matrix = (sense * context.hessian(place.at))[np.ix_(free, free)]
    smooth = sides(context, place.at).smooth
    what = "a point" if smooth else "a kink"
    shape = ""
    if np.isfinite(matrix).all() and free.any() and smooth:
        values, vectors = np.linalg.eigh(matrix)
        flat = np.abs(values) <= 1e-7 * max(float(np.abs(values).max(initial=0.0)), 1e-300)
        shape = around(context, place.at, free, values, vectors, flat).shape
        what = {
            "minimum": "a minimum" if sense > 0 else "a maximum", "valley": "a flat valley", "plateau": "a plateau",
            "maximum": f"a {'highest' if sense > 0 else 'lowest'} point",
        }.get(shape, f"a{'n' if shape == 'inflection' else ''} {shape}")  # fmt: skip
    if place.arrived:
        how = f"followed by the same rule for {count(steps, 'step')} more it comes to rest there"
    else:
        gained = place.distance - place.left
        how = (
            f"followed by the same rule for {count(steps, 'step')} more it comes nearer all the time, "
            f"{num(gained, 2)} in all; found by Newton's method"
        )
    evidence |= {"target": place.at.tolist(), "distance": place.distance, "target_error": reached, "shape": shape}
    evidence["arrived"] = place.arrived
    return Ending(
        "on the way to a minimum" if shape == "minimum" else "on the way",
        f"{begin}, and {total} = {num(goal)}. It looks so that it goes to {context.point(place.at)}, "
        f"{num(place.distance)} away: {how}. That is {what}, where {total} = {num(reached)}.",
        False, evidence, lines,
    )  # fmt: skip


def followed_told(context: Context, goal: float, evidence: dict[str, object]) -> tuple[str, str]:
    """What the continuation does that comes to no rest and to no point."""
    total, seen = context.total_name, context.once(follow)
    if seen is None:
        return "not settled", " It was not followed further: that would be too much work."
    evidence["followed"] = seen.steps
    if seen.left is not None:
        return "running away", (
            f" Followed by the same rule it leaves the finite numbers in step {seen.left}; {total} was "
            f"{num(context.error(seen.last))} before that."
        )
    at = seen.ends[evenly(len(seen.ends), 9)]
    goals = context.evaluator.goal(at)
    change = context.sense * np.diff(goals)
    slack = rounding(context, at)
    sizes = np.abs(at).max(axis=1)
    evidence["trend"] = [float(goals[0]), float(goals[-1])]
    steps = f"followed by the same rule for {count(seen.steps, 'step')} more,"
    if len(change) and (change < 0).all() and -change.sum() > slack[0] + slack[-1]:
        first, last = told_apart(float(goals[0]), float(goals[-1]))
        small, large = told_apart(float(sizes[0]), float(sizes[-1]))
        grows = f", while the largest weight goes from {small} to {large}" if small != large else ""
        word = "minimum" if context.sense > 0 else "maximum"
        return "still falling", (
            f" {total[:1].upper()}{total[1:]} still {context.falls}: {steps} it goes from {first} to "
            f"{last}{grows}; whether it has a {word} there is not known."
        )
    if (floor := noise_floor(context, seen.ends)) is not None:
        evidence["noise_floor"] = floor
        least, most = told_apart(*floor["goals"])
        middle = context.point(np.array(floor["middle"]))
        return "not settled", (
            f" Each pass has an order of its own, so it comes to rest nowhere: {steps} it goes about {middle}, by up "
            f"to {num(floor['spread'])}, without getting on; {total}, in the last {floor['passes']} passes between "
            f"{least} and {most}, is at its noise floor{floor_beside(context, seen.last)}."
        )
    every = context.evaluator.goal(seen.ends[evenly(len(seen.ends), 200)])
    least, most = told_apart(float(every.min()), float(every.max()))
    stays = f"stays between {least} and {most}" if least != most else f"stays at {least}"
    return "not settled", (
        f" {steps[:1].upper()}{steps[1:]} it neither comes to rest nor repeats itself: {total} {stays}."
    )


FEW_PASSES = 40
"""Passes that are looked at for a noise floor, at least."""


def noise_floor(context: Context, ends: Array) -> dict[str, Any] | None:
    """Where weights go about that are visited in orders drawn anew: the second half of the continuation, if its own
    halves have the same middle, beside how far they spread."""
    if context.run.recipe.order.batch != "shuffled" or len(ends) < 2 * FEW_PASSES:
        return None
    late = ends[len(ends) // 2 :]
    half = len(late) // 2
    spread = late.std(axis=0)
    drift = np.abs(late[:half].mean(axis=0) - late[half:].mean(axis=0))
    if not spread.any() or (drift > spread).any():
        return None
    goals = context.evaluator.goal(late)
    middle = late.mean(axis=0)
    return {
        "passes": len(late) - 1, "middle": middle.tolist(), "spread": float(np.abs(late - middle).max()),
        "goals": [float(goals.min()), float(goals.max())],
    }  # fmt: skip


def floor_beside(context: Context, last: Array) -> str:
    """The goal at the best point near a noise floor."""
    target = newton_target(context, np.ones(len(context.names), dtype=bool), last)
    if target is None:
        return ""
    best = "lowest" if context.sense > 0 else "highest"
    return f", while the {best} point nearby, {context.point(target)}, has {num(context.error(target))}"


def repelled(context: Context, evidence: dict[str, object]) -> str:
    """Of plain steps over all patterns: a minimum near by that such steps do not come to, because they are too long."""
    rate = context.rate
    if context.many or rate is None or rate <= 0 or len(context.rows(0)) != context.patterns or context.boxed:
        return ""
    target = newton_target(context, np.ones(len(context.names), dtype=bool))
    if target is None:
        return ""
    top = float(np.linalg.eigvalsh(context.sense * context.hessian(target))[-1])
    if not rate * top > 2:
        return ""
    evidence |= {"repelling": target.tolist(), "rate_times_curvature": rate * top}
    return (
        f" The {'minimum' if context.sense > 0 else 'maximum'} near by, {context.point(target)}, repels such steps: "
        f"{context.rate_name} times its largest curvature is {num(rate * top)}, and above 2 a step leads further off."
    )
