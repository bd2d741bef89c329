"""order: why backwards, and why add? Operations of reverse and forward mode; a quantity that is used more than once."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.claim import Claim
from chainrule.explain.context import Context
from chainrule.explain.landscape import NUMBERS, evaluate, named
from chainrule.explain.operations import backward, changed, forward, goal, operations
from chainrule.explain.uses import Uses, used_more_than_once
from chainrule.explain.words import count, listing, num, put, table
from chainrule.expr.nodes import Equation

QUESTION = "Why backwards, and why are contributions added?"
CLOSE = 1e-8
MOST = 64
"""Weights up to which forward mode is made for each; uses that are listed one by one."""


def claim(context: Context) -> Claim:
    """Does going backward take fewer operations for the same gradient, and do contributions add up to it?"""
    if not context.names:
        return Claim("order", QUESTION, "No weight is trained.", False, {"weights": 0})
    if len(context.names) > MOST:
        told = f"Not counted: with {len(context.names)} weights forward mode would have as many passes."
        return Claim("order", QUESTION, told, False, {"weights": len(context.names)})
    program, sizes = context.program, {context.program.pattern: context.patterns}
    passes = {name: forward(context.model, program, name) for name in context.names}
    alone = operations(goal(program), sizes)
    back = operations(backward(program, context.names), sizes)
    each = [operations(equations, sizes) for equations in passes.values()]
    ahead = alone + sum(each)
    theta = context.start
    given, other = context.gradient(theta), ahead_of(context, theta, passes)
    if not np.isfinite([given, other]).all():
        told = f"The slopes at {context.point(theta)} are no numbers: there is nothing to compare."
        return Claim("order", QUESTION, told, False, {"weights": len(context.names)})
    off = np.abs(given - other)
    same = bool(np.all(off <= CLOSE * np.abs(other).max()))
    uses = used_more_than_once(context)
    adds = abs(sum(uses.parts) - uses.whole) <= CLOSE * (sum(map(abs, uses.parts)) or 1.0) if uses else True
    evidence: dict[str, object] = {
        "weights": len(context.names), "operations_error": alone, "operations_backward": back,
        "operations_forward": ahead, "gradient_backward": given.tolist(), "gradient_forward": other.tolist(),
    }  # fmt: skip
    if uses is not None:
        evidence |= {"used": uses.name, "times": len(uses.parts), "slope": uses.whole}
        if len(uses.parts) <= MOST:
            evidence |= {"readers": list(uses.readers), "contributions": list(uses.parts)}
    lines = table([
        ("operations", "count", f"times {context.total_name} alone"),
        (f"{context.total_name} alone", str(alone), "1"),
        ("backward: it and every slope", str(back), num(back / max(alone, 1), 3)),
        (f"forward: it and a pass for each of {count(len(each), 'weight')}", str(ahead), num(ahead / max(alone, 1), 3)),
    ])  # fmt: skip
    conditions = (
        f"counted in the equations of the program, {context.everything}: + − · /, powers, comparisons and calls; a "
        "sign counts as none",
    )
    if not same:
        worst = int(np.argmax(off))
        told = (
            f"Forward and backward do not agree: {context.slope_names[worst]} is {num(given[worst])} backward and "
            f"{num(other[worst])} forward, at {context.point(theta)}. One of them is wrong."
        )
        return Claim("order", QUESTION, told, False, evidence, lines, conditions)
    if uses is not None and not adds:
        told = (
            f"The contributions do not add up: {uses.name} is used by {listing(uses.readers)}, which add "
            f"{listing(map(num, uses.parts))}, together {num(sum(uses.parts))}, but {uses.slope} is given as "
            f"{num(uses.whole)}."
        )
        return Claim("order", QUESTION, told, False, evidence, lines, conditions)
    fewer = back < ahead
    told = f"{counted(context, alone, back, ahead)} {added(context, uses)}"
    return Claim("order", QUESTION, told, fewer, evidence, lines, conditions)


def counted(context: Context, alone: int, back: int, ahead: int) -> str:
    """The sentence on the order of computing."""
    many = len(context.names)
    slopes = "the slope" if many == 1 else "both slopes" if many == 2 else f"all {many} slopes"
    backwards = f"Backward, {context.total_name} and {slopes} take {back} operations"
    if back < ahead:
        return (
            f"{backwards}, because what is known of the error is used again for every weight before it; forward, with "
            f"a pass for each weight, {ahead}, for the same numbers. {context.total_name} alone takes {alone}."
        )
    equal = "as many" if back == ahead else f"only {ahead}"
    few = "With one weight" if many == 1 else f"With {many} weights"
    return (
        f"{few} backwards is no saving: {backwards[0].lower()}{backwards[1:]}, forward {equal}, for the same numbers "
        f"({context.total_name} alone: {alone}). Forward needs a pass for each weight, backward one for all of them: "
        "it pays where there are many."
    )


def added(context: Context, uses: Uses | None) -> str:
    """The sentence on adding."""
    if uses is None:
        return "Nothing on the way is used more than once here, so nothing has to be added."
    parts = " + ".join(put(part) if place else num(part) for place, part in enumerate(uses.parts[:6]))
    more = f" + … ({len(uses.parts)} in all)" if len(uses.parts) > 6 else ""
    times = "twice" if len(uses.parts) == 2 else f"{len(uses.parts)} times"
    return (
        f"{uses.name} is used {times}, {uses.where}: moved in one place at a time it adds {parts}{more} = "
        f"{num(sum(uses.parts))}, which is {uses.slope}."
    )


def ahead_of(context: Context, theta: Array, passes: Mapping[str, tuple[Equation, ...]]) -> Array:
    """The gradient over all patterns in forward mode."""
    found = context.lanes.values(theta[None, :])
    slopes = []
    for name, equations in passes.items():
        made = evaluate(map(named, equations), found, context.patterns, NUMBERS)
        slopes.append(float(np.asarray(made.get(changed(context.program, name), 0.0)).ravel()[0]))  # 0 without a path
    return np.array(slopes)
