"""Ends that are no rest: numbers that overflow, weights that go round, weights that are still on their way."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array, Departure
from chainrule.explain.around import around
from chainrule.explain.context import Context
from chainrule.explain.landing import Ending, drift, growth, newton_target
from chainrule.explain.lost import lost
from chainrule.explain.measure.samples import evenly
from chainrule.explain.nearest import nearest, numbers
from chainrule.explain.nearest import told as nearest_told
from chainrule.explain.rest import Place
from chainrule.explain.rounding import rounding
from chainrule.explain.sides import sides
from chainrule.explain.words import count, listing, num, sentence, times, told_apart
from chainrule.notation.names import pretty


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


MOST_PASSES, SAME, MOVES = 4096, 1e-8, 1e-6
"""Passes that are looked at for a cycle; how near weights must come back, of their size; how far a cycle moves at
least, which is more than what rounding moves."""


CLOSE = 0.01
"""Of its width: so near to a circle a run is in it."""


def cycling(context: Context) -> Ending | None:
    """The weights at the ends of passes repeat, or they rest while the steps inside a pass go on."""
    length, seen = context.run.recipe.order.pass_length, context.followed
    every = int(context.steps[-1]) == len(context.steps) - 1
    before = context.path if every else context.path[-1:]
    if seen is not None and seen.left is None:
        before = np.concatenate([before, seen.path[1:]])
    ends = before[::-1][::length][::-1][-MOST_PASSES:]
    if len(ends) < 12 and not (seen is not None and seen.rests and length > 1):
        return None
    scale = np.maximum(1.0, np.abs(ends[-1]))
    moves = np.abs(np.diff(ends, axis=0) / scale).max(axis=1)
    if moves[-1] <= 1e-10:
        return circle(context, before[-length - 1 :], scale) if length > 1 else None
    for period in periods(ends, scale):
        if moves[-period:].max() > max(MOVES, 10 * drift(ends / scale, period)):
            return cycle(context, ends, scale, period, length)
    return None


def periods(ends: Array, scale: Array) -> list[int]:
    """After how many passes the last weights were there before, three times over; the shortest first."""
    back = (np.abs(ends[:-1] - ends[-1]) / scale).max(axis=1)[::-1]  # of 1, 2, … passes ago
    found = [int(place) + 1 for place in np.flatnonzero(back <= SAME) if 2 <= place + 1 <= len(ends) // 3]
    for period in found:
        if (np.abs(ends[-2 * period :] - ends[-3 * period : -period]) / scale).max() <= SAME:
            return [period]  # a longer one is a multiple of it
    return []


def cycle(context: Context, ends: Array, scale: Array, period: int, length: int) -> Ending:
    """Weights that repeat after some passes."""
    places = ends[-period:]
    goals = context.evaluator.goal(places)
    unit = "step" if length == 1 else "pass"
    many = count(period, unit, unit + "s" if unit == "step" else "passes")
    shown = listing((context.point(place, 2) for place in places[:4]), 4)
    if period > 4:
        low, high = places.min(axis=0), places.max(axis=0)
        place = int(np.argmax((high - low) / scale))
        shown = f"{context.weight(place)} goes from {num(low[place])} to {num(high[place])}"
    around = "goes round " + listing((num(goal) for goal in goals[:4]), 4) if period <= 4 else (
        f"goes round between {num(goals.min())} and {num(goals.max())}"
    )  # fmt: skip
    if np.ptp(goals) <= 1e-9 * float(np.abs(goals).max()):
        around = f"is {num(goals[0])} at each of them"
    there = bool((np.abs(places - context.end) / scale).max(axis=1).min() <= 10 * MOVES)
    begin = "It does not settle:" if there else (
        f"It has not settled after {count(context.run.steps, 'step')}; followed by the same rule, it comes into "
        f"a cycle:"
    )  # fmt: skip
    return Ending(
        "cycle",
        f"{begin} every {many} the weights repeat ({shown}), and {context.total_name} {around}.",
        False,
        {"period": period, "unit": unit, "points": places[:64].tolist(), "errors": goals[:64].tolist(),
         "reached": there},
    )  # fmt: skip


def circle(context: Context, inside: Array, scale: Array) -> Ending | None:
    """The last pass, where it ends as it began and its steps move the weights in between."""
    length = len(inside) - 1
    if float((np.abs(np.diff(inside, axis=0)) / scale).max()) <= 1e-7:
        return None
    spread = inside.max(axis=0) - inside.min(axis=0)
    place = int(np.argmax(spread))
    _, slope = context.engine(context.end)
    target = newton_target(context, np.ones(len(context.names), dtype=bool))
    best = "lowest" if context.sense > 0 else "highest"
    goals = context.evaluator.goal(inside[1:])
    beside = ""
    if target is not None:
        beside = f", while the {best} point nearby, {context.point(target)}, has {num(context.error(target))}"
    there = bool((np.abs(inside - context.end) / scale).max(axis=1).min() <= max(10 * MOVES, CLOSE * spread.max()))
    begin = "It ends in a circle:" if there else (
        f"It has not settled after {count(context.run.steps, 'step')}; followed by the same rule, it comes into a "
        f"circle:"
    )  # fmt: skip
    off = (context.run.steps) % length  # the steps of ``inside`` begin where the run ended, within a pass
    ended, worse = float(goals[(length - off - 1) % length]), too_long(context, inside)
    return Ending(
        "cycle inside a pass",
        f"{begin} after every pass of {count(length, 'step')} the weights are back, and in between "
        f"{context.weight(place)} moves by {num(spread[place])}, {pulled(worse, length)}. At the end of a pass "
        f"{context.total_name} = {num(ended)}, within it between {num(goals.min())} and {num(goals.max())}{beside}.",
        False,
        {
            "period": length, "spread": spread.tolist(), "gradient": slope.tolist(),
            "target": None if target is None else target.tolist(), "error_at_end_of_pass": ended, "reached": there,
            "steps_too_long": worse,
        },
    )  # fmt: skip


def too_long(context: Context, inside: Array) -> int:
    """How many steps of a pass made the patterns worse that they visited."""
    length = len(inside) - 1
    visited = [context.rows(context.run.steps + step) for step in range(length)]
    before = np.array([context.error(inside[step], rows) for step, rows in enumerate(visited)])
    after = np.array([context.error(inside[step + 1], rows) for step, rows in enumerate(visited)])
    return int((context.sense * (after - before) > 1e-9 * np.abs(before)).sum())


def pulled(worse: int, length: int) -> str:
    """Why the weights go round in a pass: looked at step by step, whether each helped the patterns that it visited."""
    if not worse:
        return "because the patterns pull in turn: each step helps its own"
    if worse == length:
        return "because the steps are too long: each makes its own patterns worse"
    return f"because the patterns pull in turn, and {worse} of {count(length, 'step')} are too long for their own"


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
    seen = context.followed
    if seen is None or seen.left is not None:
        return False
    away = np.linalg.norm(seen.ends[evenly(len(seen.ends), 9)] - target, axis=1)
    return len(away) > 2 and bool((np.diff(away) < 0).all())


def on_the_way(
    context: Context, place: Place, begin: str, goal: float, evidence: dict[str, object], lines: list[str]
) -> Ending:
    """The continuation comes to a place, or nearer and nearer to it."""
    total, sense, seen = context.total_name, context.sense, context.followed
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
    total, seen = context.total_name, context.followed
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
