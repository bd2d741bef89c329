"""order: why backwards, and why add? Operations of reverse and forward mode; a quantity that is used more than once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array
from chainrule.explain.measure.chain.contributions import Uses, shared, used_more_than_once
from chainrule.explain.measure.chain.operations import DIRECTION, along, backward, forward, goal, operations, sizes_of
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.kinks import sides
from chainrule.explain.measure.rounding import slope_blur
from chainrule.explain.measure.samples import median
from chainrule.explain.tell.claim import Claim
from chainrule.explain.wording import count, listing, num, put, table
from chainrule.expr.nodes import Equation

QUESTION = "Why backwards, and why are contributions added?"
CLOSE = 1e-8
MOST = 64
"""Weights for which forward mode is run; uses that are listed one by one."""
LARGEST = 20_000_000
"""Numbers of a quantity that are computed at most, over all passes."""


def claim(context: Context) -> Claim:
    """Does going backward take fewer operations for the same gradient, and do contributions add up to it?"""
    if not context.names:
        return Claim("order", QUESTION, "No weight is trained.", False, {"weights": 0})
    theta, way = context.start, passes(context)
    given, places = context.gradient(theta), way.places
    other = ahead_of(context, theta, way)
    if not np.isfinite(given).all() or not np.isfinite(other).all():
        told = f"The slopes {context.where(theta)} are no numbers: there is nothing to compare."
        return Claim("order", QUESTION, told, False, {"weights": len(context.names)})
    program, sizes = context.program, sizes_of(context)
    alone = operations(goal(program), sizes)
    back = operations(backward(program, [symbol.name for symbol in context.trained]), sizes)
    low, high = way.least, way.most
    off = np.abs(given[places] - other)
    same = bool(np.all(off <= CLOSE * np.abs(other).max() + slope_blur(context, theta)[places]))
    uses = used_more_than_once(context)
    adds = abs(sum(uses.parts) - uses.whole) <= CLOSE * (sum(map(abs, uses.parts)) or 1.0) if uses else True
    if uses is not None and not adds:
        at, row = context.looked_at
        blur = max(float(slope_blur(context, at, row).max()), float(slope_blur(context, theta).max()))
        adds = abs(sum(uses.parts) - uses.whole) <= len(uses.parts) * blur
    if uses is not None and not adds and kinks(context):
        uses, adds = None, True  # at a kink a quantity has no slope that parts could add up to
    evidence: dict[str, object] = {
        "weights": len(context.names), "operations_error": alone, "operations_backward": back,
        "operations_forward": low, "operations_forward_at_most": high, "compared": len(places),
        "gradient_backward": given[places].tolist(), "gradient_forward": other.tolist(), "agree": same, "adds": adds,
    }  # fmt: skip
    if uses is not None:
        evidence |= {
            "used": uses.name, "where": uses.where, "times": len(uses.parts), "slope_of": uses.slope,
            "slope": uses.whole, "sum": sum(uses.parts),
        }  # fmt: skip
        if len(uses.parts) <= MOST:
            evidence |= {"readers": list(uses.readers), "contributions": list(uses.parts)}
    lines = table([
        ("operations", "count", f"times {context.total_name} alone"),
        (f"{context.total_name} alone", f"{alone:,}", "1"),
        ("backward: it and every slope", f"{back:,}", num(back / max(alone, 1), 3)),
        (f"forward: it and a pass for each of {count(len(given), 'weight')}{'' if low == high else ', at least'}",
         f"{low:,}", num(low / max(alone, 1), 3)),
    ])  # fmt: skip
    conditions = (
        f"counted in the equations of the program, {context.everything}: + − · /, powers, comparisons and calls; a "
        "sign counts as none, and equal operations on the same numbers count once"
        + ("" if low == high else "; forward without what reads the direction itself"),
        f"slopes compared {context.where(theta)} for {len(places)} of {count(len(given), 'weight')}",
    )
    if not same:
        worst = int(np.argmax(off))
        told = (
            f"Forward and backward do not agree: {context.slope_names[places[worst]]} is {num(given[places[worst]])} "
            f"backward and {num(other[worst])} forward, {context.where(theta)}. One of them is wrong."
        )
        return Claim("order", QUESTION, told, False, evidence, lines, conditions)
    if uses is not None and not adds:
        told = (
            f"The contributions do not add up: {uses.name} is used by {listing(uses.readers)}, which add "
            f"{listing(map(num, uses.parts))}, together {num(sum(uses.parts))}, but {uses.slope} is given as "
            f"{num(uses.whole)}."
        )
        return Claim("order", QUESTION, told, False, evidence, lines, conditions)
    told = f"{counted(context, alone, back, low, high)} {added(context, uses)}"
    return Claim("order", QUESTION, told, back < low, evidence, lines, conditions)


def kinks(context: Context) -> bool:
    """Whether a kink stands where the uses were looked at."""
    theta, row = context.looked_at
    return any(not sides(context, at, rows).smooth for at, rows in ((theta, (row,)), (context.start, None)))


def counted(context: Context, alone: int, back: int, low: int, high: int) -> str:
    """The sentence on the order of computing; forward takes at least and at most so many operations."""
    many = len(context.names)
    slopes = "the slope" if many == 1 else "both slopes" if many == 2 else f"all {many} slopes"
    backwards = f"Backward, {context.total_name} and {slopes} take {back:,} operation{'s' if back != 1 else ''}"
    ahead = f"{low:,}" if low == high else f"at least {low:,}"
    if back < low:
        return (
            f"{backwards}, because what is known of the error is used again for every weight before it; forward, with "
            f"a pass for each weight, {ahead}, for the same numbers. Without any slope, {context.total_name} takes "
            f"{alone:,}."
        )
    if back < high:
        return (
            f"Here it is not decided: {backwards[0].lower()}{backwards[1:]}, forward, with a pass for each weight, "
            f"between {low:,} and {high:,}, for the same numbers."
        )
    equal = "as many" if back == high else f"only {high:,}" if low == high else f"at most {high:,}"
    few = "With one weight" if many == 1 else f"With {many} weights"
    return (
        f"{few} backwards is no saving: {backwards[0].lower()}{backwards[1:]}, forward {equal}, for the same numbers "
        f"({context.total_name} alone: {alone:,}). Forward needs a pass for each weight, backward one for all of them: "
        "it pays where there are many."
    )


def added(context: Context, uses: Uses | None) -> str:
    """The sentence on adding."""
    if uses is None and (often := shared(context)):
        return f"{often}, and what each use adds is summed."
    if uses is None and not sides(context, context.start).smooth:
        return "At a kink a quantity has no slope that contributions could add up to."
    if uses is None:
        return "Nothing on the way is used more than once here, so nothing has to be added."
    times = "twice" if len(uses.parts) == 2 else f"{len(uses.parts)} times"
    if len(uses.parts) > 6:
        low, middle, high = min(uses.parts), median(uses.parts), max(uses.parts)
        return (
            f"{uses.name} is used {times}, {uses.where}: moved in one place at a time it adds from {num(low)} to "
            f"{num(high)} (median {num(middle)}), all together {num(sum(uses.parts))}, which is {uses.slope}."
        )
    parts = " + ".join(put(part) if place else num(part) for place, part in enumerate(uses.parts))
    return (
        f"{uses.name} is used {times}, {uses.where}: moved in one place at a time it adds {parts} = "
        f"{num(sum(uses.parts))}, which is {uses.slope}."
    )


@dataclass(frozen=True, slots=True)
class Passes:
    """Forward mode: the equations of a pass, what the error and all passes take, and for which entries it is run."""

    equations: tuple[Equation, ...]
    least: int
    most: int
    places: NDArray[np.int64]


def passes(context: Context) -> Passes:
    """A pass for each entry of a weight. For plain weights the operations are counted, for arrays there are bounds."""
    names = [symbol.name for symbol in context.trained]
    equations = along(context.model, context.program, names)
    entries = {name: sum(name == other for other, _ in context.entries) for name in names}
    arrays = [symbol.name for symbol in context.trained if symbol.letters]
    low, high = forward(goal(context.program), equations, entries, arrays, sizes_of(context))
    width = context.evaluator.width(context.patterns, False, False)
    most = max(1, min(len(context.names), MOST, LARGEST // width))
    chosen = np.linspace(0, len(context.names) - 1, most).astype(np.int64)
    return Passes(equations, low, high, chosen)


def ahead_of(context: Context, theta: Array, way: Passes) -> Array:
    """The slopes over all patterns in forward mode."""
    units = np.zeros((len(way.places), len(theta)))
    units[np.arange(len(way.places)), way.places] = 1.0
    return context.evaluator.forward_along(theta, units, way.equations, DIRECTION)
