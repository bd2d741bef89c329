"""Ends that are no rest: numbers that overflow, weights that go round, weights that are still on their way."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array, Departure
from chainrule.explain.context import Context
from chainrule.explain.landing import Ending, continued, drift, growth, newton_target
from chainrule.explain.nearest import nearest, numbers, told
from chainrule.explain.whole import every_sign
from chainrule.explain.words import count, listing, num, sentence
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
    sentence = (
        f"It left the finite numbers: in step {departure.step}, {_equation(departure.equation)} is no longer a "
        "number a computer can "
        f"hold{pattern}{grew}. The last finite weights are {context.point(context.end)}."
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


def cycling(context: Context) -> Ending | None:
    """The weights at the ends of passes repeat, or they rest while the steps inside a pass go on."""
    length = context.run.recipe.order.pass_length
    if int(context.steps[-1]) != len(context.steps) - 1:
        return None  # not every step was recorded
    ends = context.path[::length]
    if len(ends) < 12:
        return None
    ends = ends[-64:]
    scale = np.maximum(1.0, np.abs(ends[-1]))
    moves = np.abs(np.diff(ends, axis=0) / scale).max(axis=1)
    inside = context.path[-length - 1 :]
    travel = float((np.abs(np.diff(inside, axis=0)) / scale).max()) if length > 1 else 0.0
    if moves[-1] <= 1e-10:
        if travel <= 1e-7:
            return None
        spread = inside.max(axis=0) - inside.min(axis=0)
        place = int(np.argmax(spread))
        goal, slope = context.engine(context.end)
        target = newton_target(context, np.ones(len(context.names), dtype=bool))
        best = "lowest" if context.sense > 0 else "highest"
        beside = ""
        if target is not None:
            beside = f", while the {best} point nearby, {context.point(target)}, has {num(context.error(target))}"
        return Ending(
            "cycle inside a pass",
            f"It ends in a circle: after every pass of {count(length, 'step')} the weights are back, and in between "
            f"{context.weight(place)} moves by "
            f"{num(spread[place])}, because the patterns pull in turn. At the end of a pass {context.total_name} = "
            f"{num(goal)}{beside}.",
            False,
            {
                "period": length, "spread": spread.tolist(), "gradient": slope.tolist(),
                "target": None if target is None else target.tolist(),
            },
        )  # fmt: skip
    for period in range(2, min(16, len(ends) // 3) + 1):
        back = np.abs(ends[-2 * period :] - ends[-3 * period : -period]) / scale
        if back.max() <= 1e-8 and moves[-period:].max() > max(1e-6, 10 * drift(ends / scale, period)):
            places = ends[-period:]
            goals = context.lanes.goal(places)
            unit = "step" if length == 1 else "pass"
            shown = listing((context.point(place, 2) for place in places[:4]), 4)
            return Ending(
                "cycle",
                f"It does not settle: every {count(period, unit, unit + 's' if unit == 'step' else 'passes')} the "
                f"weights repeat ({shown}), "
                f"and {context.total_name} goes round {listing((num(goal) for goal in goals[:4]), 4)}.",
                False,
                {"period": period, "unit": unit, "points": places.tolist(), "errors": goals.tolist()},
            )  # fmt: skip
    return None


def unsettled(
    context: Context, goal: float, norm: float, target: Array | None, distance: float, edge: str,
    evidence: dict[str, object], lines: list[str], free: NDArray[np.bool_] | None = None,
) -> Ending:  # fmt: skip
    """The weights still move: towards what? Of many weights, ``free`` are those that no bound holds."""
    total, sense = context.total_name, context.sense
    where = context.point(context.end)
    evidence["gradient_norm"] = norm
    begin = (
        f"It has not settled after {count(context.run.steps, 'step')}: at {where} the slope {context.everything} is "
        "still "
        f"{num(norm)}"
    )
    growing = growth(context)
    if growing is not None:
        evidence["growth"] = growing
        return Ending(
            "growing",
            f"It moves away: at each of the last passes {total} got worse and the weights moved {num(growing, 3)} "
            "times as far as in the one before; "
            f"if that goes on, it looks so, the numbers will overflow. {total} is now {num(goal)} at {where}.",
            False, evidence, lines,
        )  # fmt: skip
    if target is not None and not edge:
        reached = context.error(target)
        evidence |= {"target": target.tolist(), "distance": distance, "target_error": reached}
        return Ending(
            "on the way to a minimum",
            f"{begin}, and {total} = {num(goal)}. It looks so that it goes to {context.point(target)}, "
            f"{num(distance)} away: there the slope is 0, the curve "
            f"bends {'upward' if sense > 0 else 'downward'}, and {total} = {num(reached)} (found by Newton's method "
            "from the end of the run).",
            False, evidence, lines,
        )  # fmt: skip
    near = nearest(context, free) if free is not None and not edge else None
    beside = ""
    if near is not None:
        evidence |= numbers(near)
        beside = f" {sentence(told(context, near))}."
        if near.kind in ("minimum", "valley", "saddle"):
            kind = "on the way to a minimum" if near.kind == "minimum" else "not settled"
            return Ending(kind, f"{begin}, and {total} = {num(goal)}.{beside}", False, evidence, lines)
    proved = len(context.names) == 1 and context.plain and every_sign(context) != 0
    tried = None if proved or edge else continued(context)
    if tried is not None:
        evidence["continued"] = {
            "rate": tried.rate,
            "steps": tried.steps,
            "error": tried.last,
            "weights": tried.point.tolist(),
        }
        return Ending(
            "falling without bound (looks so)",
            f"{begin}. Continued with {tried.steps} longer steps ({context.rate_name} = {num(tried.rate)}, all "
            f"patterns), {total} goes on from {num(goal)} to "
            f"{num(tried.last)} while the weights grow from {num(float(np.abs(context.end).max()))} to "
            f"{num(float(np.abs(tried.point).max()))}: it looks so that "
            f"there is no {'minimum' if sense > 0 else 'maximum'} at finite weights.{beside}",
            False, evidence, lines,
        )  # fmt: skip
    part = context.path[-max(2, len(context.path) // 10) :]
    goals = sense * context.lanes.goal(np.array([part[0], part[-1]]))
    trend = (
        f"over the last tenth of the run {total} still went from {num(sense * goals[0])} to {num(sense * goals[1])}"
        if goals[0] != goals[1]
        else f"{total} did not change over the last tenth of the run"
    )
    extra = f"; part of it rests {edge}" if edge else ""
    evidence["trend"] = [float(sense * goals[0]), float(sense * goals[1])]
    return Ending("not settled", f"{begin}; {trend}{extra}.{beside}", False, evidence, lines)
