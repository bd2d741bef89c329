"""The limit that curvature sets to a step, and what was found on the way to it → lines, and parts of sentences."""

from __future__ import annotations

import math

from chainrule.explain.measure.limits import (
    Basis,
    CurvatureAround,
    FirstStep,
    Limit,
    MeanAndSum,
    Met,
    NoBound,
    NoCurvature,
    Note,
    OnePattern,
    Proved,
    Spent,
    Stretch,
    TurningPoints,
)
from chainrule.explain.measure.proved_range import Span
from chainrule.explain.naming import Naming
from chainrule.explain.wording import count, num

SHOWN = 6
"""Turns of a curve that are listed."""


def stretch_told(w: str, stretch: Stretch) -> str:
    """``for every w``, ``for w in [0, 1]``."""
    low, high = stretch.low, stretch.high
    if math.isinf(low) and math.isinf(high):
        return f"for every {w}"
    if math.isinf(high):
        return f"for every {w} ≥ {num(low)}"
    if math.isinf(low):
        return f"for every {w} ≤ {num(high)}"
    return f"for {w} in [{num(low)}, {num(high)}]"


def span_told(naming: Naming, span: Span) -> str:
    """From where steps are taken."""
    w = naming.weights[0]
    if span.least == span.most:
        return f"from {w} = {num(span.least)}"
    return f"from any {w} in [{num(span.least)}, {num(span.most)}], where the run was,"


def basis_told(naming: Naming, basis: Basis) -> str:
    """On what a limit rests: ``proved for every w``, ``curvature met at 24 points: …``."""
    stretch = "" if basis.stretch is None else stretch_told(naming.weights[0], basis.stretch)
    points = count(basis.points, "point")
    match basis.kind:
        case "proved":
            return f"proved {stretch}"
        case "met":
            return f"met at {points} {stretch}"
        case "each pattern":
            return f"of each pattern alone, {stretch}"
        case "around the run":
            return f"curvature met at {points}: on the way of the run and between its ends"
        case "on the run":
            return f"curvature met at {points} on the way of the run"
        case "each pattern on the run":
            return f"curvature of each pattern met at {points} of the way of the run"
        case "some patterns on the run":
            of = "" if basis.patterns == naming.patterns else f" of {naming.patterns}"
            return f"curvature met at {points} of the run, {count(basis.patterns, 'pattern')}{of} one by one"


def note_told(naming: Naming, note: Note) -> str:
    """A line on what was found; nothing of a curve that never turns."""
    total, w = naming.total, naming.weights[0]
    match note:
        case Proved(stretch, bound, pieces, met, at):
            sharp = f", met: {num(met)} at {w} = {num(at)}" if math.isfinite(at) else ""
            return (
                f"the curvature of {total} is at most {num(bound)} {stretch_told(w, stretch)}: proved by interval "
                f"arithmetic on {count(pieces, 'piece')}{sharp}"
            )
        case NoBound(near):
            return f"the curvature has no bound near {w} = {num(near)}: the curve has a kink there, or no value"
        case Met(stretch, points, top):
            return (
                f"no proof was found; the largest curvature met at {points} points {stretch_told(w, stretch)} is "
                f"{num(top)}"
            )
        case OnePattern(limit, points):
            return one_pattern(naming, limit, points)
        case MeanAndSum(safe):
            return (
                f"2/curvature: {num(safe)} for the mean of the {naming.patterns} patterns, "
                f"{num(safe / naming.patterns)} for their sum"
            )
        case TurningPoints():
            return turns_told(naming, note)
        case Spent(most):
            return f"not looked for: what more than {most:,} intervals would prove (--limit proofs=N)"
        case CurvatureAround():
            return around_told(note)
        case FirstStep(None):
            return "no step over all patterns from the start could be proved to help: the intervals stayed too wide"
        case FirstStep(rate):
            return (
                f"guaranteed (interval arithmetic along the way of the step): from the start, a step over all patterns "
                f"makes {total} {naming.lower} for every {naming.rate} up to {num(rate)}"
            )
        case NoCurvature():
            return "no curvature could be computed along the run"


def one_pattern(naming: Naming, limit: Limit, points: int) -> str:
    """The largest curvature of one pattern alone."""
    bound, where = num(limit.bound), limit.where
    pattern = "" if where is None else naming.pattern(where.pattern)
    if limit.basis.kind == "some patterns on the run":
        basis = basis_told(naming, limit.basis).removeprefix("curvature met ")
        return f"for one pattern alone, {basis}: {bound} ({pattern})"
    if where is not None and where.weight is not None:
        at = f"{pattern}; met: {num(where.met)} at {naming.weights[0]} = {num(where.weight)}"
        safe = f": 2/{bound} = {num(2 / limit.bound)}" if limit.bound > 0 else ""
        return f"for one pattern alone it is at most {bound} ({at}){safe}"
    safe = f"; 2/{bound} = {num(limit.safe)}" if limit.bound > 0 else ""
    return f"for one pattern alone, at {count(points, 'point')}: at most {bound} ({pattern}){safe}"


def turns_told(naming: Naming, found: TurningPoints) -> str:
    """Where the curve bends upward and where downward."""
    w, met = naming.weights[0], f"(met between {num(found.stretch.low)} and {num(found.stretch.high)})"
    if not found.at:
        return ""
    up, down = ("upward", "downward") if naming.sense > 0 else ("downward", "upward")
    if len(found.at) == 1:
        at, after = found.at[0]
        side = ">" if after > 0 else "<"
        return f"the curve bends {up} only for {w} {side} {num(at)}, on the other side {down} {met}"
    places = ", ".join(f"{w} = {num(at)}" for at, _ in found.at[:SHOWN])
    return f"the curve changes between bending upward and downward at {places} {met}"


def around_told(found: CurvatureAround) -> str:
    """The largest curvature met at points."""
    points, top = count(found.points, "point"), num(found.top)
    safe = f"; 2/{top} = {num(2 / found.top)}" if found.top > 0 else ""
    if found.products is None:
        return (
            f"the largest curvature in any direction, at {points} on and around the way of the run: from "
            f"{num(found.least)} to {top}{safe}"
        )
    how = f"Lanczos' iteration, {count(found.products, 'product')} with the Hessian"
    return (
        f"the largest curvature in any direction, at {points} on the way of the run: from {num(found.least)} to {top} "
        f"({how}){safe}"
    )
