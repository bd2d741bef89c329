"""end: where does it end? The slope, the curvature and the box at the last weights, and what lies beyond."""

from __future__ import annotations

import math
from collections.abc import Iterator

from chainrule.explain.measure.claims.end import ALL, End, Found, NothingTrained, PatternsAtEnd, Slopes
from chainrule.explain.measure.ends.edge_of_stability import Hovering
from chainrule.explain.measure.ends.outcomes import (
    AllHeld,
    Circling,
    Contradicted,
    Corner,
    Edged,
    LeftNumbers,
    ManyResting,
    Misled,
    NeverMoved,
    Outcome,
    Repeating,
    Stalled,
    Standing,
    Strayed,
    Unseen,
    name_of,
)
from chainrule.explain.measure.ends.slope_sign import OPEN, SlopeSign
from chainrule.explain.measure.ends.ways import Moving
from chainrule.explain.naming import Naming
from chainrule.explain.tell.claim import Claim, claimed
from chainrule.explain.tell.ends import places
from chainrule.explain.tell.ends.moving import BY, again_told, circle_told, cycle_told, left_told, moving_told
from chainrule.explain.wording import count, listing, num, percent, table

QUESTION = "Where does it end?"


def tell(found: Found) -> Claim:
    """Whether the run has come to rest at a minimum, inside its box or on its edge."""
    match found:
        case NothingTrained():
            return claimed("end", QUESTION, found, "No weight is trained, so it ends where it began.")
        case End():
            return claimed("end", QUESTION, found, said(found), tuple(working(found)), conditions(found))


def said(found: End) -> str:
    told = outcome_told(found, found.outcome)
    if found.sign is not None:
        told += sign_told(found.naming, found.sign, name_of(found.outcome))
    return told + (edge_told(found.naming, found.edge) if found.edge is not None else "")


def outcome_told(found: End, outcome: Outcome) -> str:
    """The sentence on what the end is."""
    naming, end = found.naming, tuple(found.weights.values())
    match outcome:
        case Misled():
            return (
                f"It cannot be said where it ends: at {naming.point(end)} the slope along a direction at random is "
                f"given as {num(outcome.given)}, but by the equations it is {num(outcome.true)}, so the steps were "
                "wrong."
            )
        case Strayed():
            return (
                f"It cannot be said where it ends: step {outcome.wrong_step} moved a weight by {num(outcome.went)}, "
                f"where the rule moves it by {num(outcome.wanted)} (computed {BY[outcome.seen.by]}); from there on the "
                "run is another."
            )
        case LeftNumbers():
            return left_told(naming, outcome, end)
        case Repeating():
            return cycle_told(naming, outcome, found.steps)
        case Circling():
            return circle_told(naming, outcome, found.steps)
        case NeverMoved():
            return (
                f"It never moved from {naming.point(end)}, because {naming.rate} = 0 moves nothing; the slope there is "
                f"{num(outcome.norm)}, so that is no sign of a {places.minimum(naming)}."
            )
        case Edged() | AllHeld():
            return places.bound_told(naming, outcome)
        case Stalled():
            return places.stalled_told(naming, outcome, end)
        case Unseen():
            return places.unseen_told(naming, outcome)
        case Corner():
            return places.corner_told(naming, outcome)
        case Contradicted():
            return places.contradicted_told(naming, outcome, end)
        case Standing():
            return places.standing_told(naming, outcome, end)
        case ManyResting():
            return places.many_told(naming, outcome, end)
        case Moving():
            return moving_told(naming, outcome, found.steps, end)


def sign_told(naming: Naming, found: SlopeSign, kind: str) -> str:
    """That the slope keeps its sign for every weight, or on a range, where it is proved."""
    w, total, extreme = naming.weights[0], naming.total, places.minimum(naming)
    sign, (low, high) = found.slope_sign_for_every_weight, found.box
    if sign:
        less = (sign < 0) == (naming.sense > 0)
        but = f" (pattern {listing(map(str, found.idle))} adds exactly 0)" if found.idle else ""
        best = high if less else low
        stops = ", and nothing stops it." if not math.isfinite(best) else (
            f", and on the box [{num(low)}, {num(high)}] the {extreme} is the edge {w} = {num(best)}."
        )  # fmt: skip
        return (
            f" Proved: the slope of {total} by {w} is {sign_word(sign)} for every finite {w}{but}, so {total} has no "
            f"{extreme} at a finite {w}: it {naming.falls} as long as {w} {'grows' if less else 'falls'}{stops}"
        )
    on = found.slope_sign_on_range
    if on is None or not on.sign or kind not in OPEN or kind == "on the way":
        return ""
    best = on.high if (on.sign < 0) == (naming.sense > 0) else on.low
    return (
        f" Proved: the slope of {total} by {w} is {sign_word(on.sign)} for every {w} in [{num(on.low)}, {num(on.high)}]"
        f", so on this range the {places.best_word(naming)} point is the edge {w} = {num(best)}."
    )


def sign_word(sign: int) -> str:
    return "exactly 0" if sign == 0 else "negative" if sign < 0 else "positive"


def edge_told(naming: Naming, found: Hovering) -> str:
    """The sentence on the edge of stability."""
    alpha = naming.rate
    side = "just below" if found.sharpness < found.two_over_rate else "just above"
    told = (
        f" That is the edge of stability: the largest curvature was {num(found.sharpness_at_start)} at the start, and "
        f"over the last quarter of the run it was within {percent(found.off)} of 2/{alpha} = "
        f"{num(found.two_over_rate)}; it is now {num(found.sharpness, 6)}, {side} it. Where the curvature is larger, "
        f"steps with {alpha} = {num(found.rate)} cannot come to rest"
    )
    if found.sharpness_of_shorter_steps is None:
        return f"{told}."
    there = num(found.sharpness_of_shorter_steps)
    return f"{told}; steps a tenth as long, tried from the same start, rest where it is {there}."


def working(found: End) -> Iterator[str]:
    """Slope and curvature at the end, slopes at the edges of a box, and the patterns there."""
    yield from outcome_lines(found.outcome)
    if found.sign is not None:
        yield from box_lines(found.naming, found.sign)
    if found.slopes_at_end is not None:
        yield slopes_told(found.slopes_at_end)
    if found.patterns is not None:
        yield from patterns_told(found.naming, found.patterns)


def outcome_lines(outcome: Outcome) -> list[str]:
    match outcome:
        case Unseen():
            return []
        case Corner(slopes_beside=(left, right)):
            return [f"slope on the one side {num(left)}, on the other {num(right)}"]
        case Edged() | Stalled() | Contradicted() | Standing():
            return places.curvatures_told(outcome)
        case ManyResting():
            bend = (outcome.gradient_norm, outcome.eigenvalues, outcome.products, outcome.found)
            return [places.ends_told(*bend)]
        case Moving(eigenvalues=(low, high), products=products, found=enough) if products is not None:
            return [places.ends_told(outcome.bend_norm, (low, high), products, bool(enough))]
    return []


def box_lines(naming: Naming, found: SlopeSign) -> Iterator[str]:
    """The slope of each pattern at both ends of the box, and its sign in between and beyond, where it is proved."""
    w, (low, high) = naming.weights[0], found.box
    for one in found.ends:
        proved = "" if one.sign is None else f": {sign_word(one.sign)} for every finite {w} (proved)"
        yield (
            f"{naming.slope(0)} of {naming.pattern(one.pattern)} is {num(one.first)} at {w} = {num(low)} and "
            f"{num(one.last)} at {w} = {num(high)}{proved}"
        )


def slopes_told(found: Slopes) -> str:
    return (
        f"sizes of the slopes there: largest {found.worst} with {num(found.worst_value)}, median {num(found.median)}, "
        f"of {found.of}; {found.below_a_hundredth} below a hundredth of the largest"
    )


def patterns_told(naming: Naming, found: PatternsAtEnd) -> list[str]:
    """The patterns at the last weights: the first few, or the worst."""
    few = naming.patterns <= ALL
    rows = [(naming.pattern(pattern), *map(num, values)) for pattern, values in found.rows]
    lines = [f"at the end, {'pattern by pattern' if few else 'the five worst patterns'}:"]
    lines += [f"  {line}" for line in table([("pattern", *found.names), *rows])]
    if not few:
        lines.append(f"  median {found.names[-1]} over all {naming.patterns} patterns: {num(found.median)}")
    return lines


def conditions(found: End) -> tuple[str, ...]:
    steps = count(found.steps, "step")
    parts = [f"after {steps}, ended: {found.ended}; slopes and curvature {found.naming.everything}"]
    if found.followed is not None:
        parts.append(f"followed on by its own rule for {count(found.followed, 'step')} more")
    if found.again.of:
        parts.append(again_told(found.again))
    return tuple(parts)
