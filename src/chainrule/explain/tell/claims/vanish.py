"""vanish: why so slow? The factors along the chain from the error to a weight, and the one that makes it vanish."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from chainrule.explain.measure.chain.factors import Factor
from chainrule.explain.measure.claims.vanish import (
    CANCELLED,
    SMALL,
    Chain,
    Looked,
    NoChain,
    NotFollowed,
    Pace,
    Vanish,
    WrongSlope,
)
from chainrule.explain.measure.samples import median
from chainrule.explain.tell.claim import Claim, claimed
from chainrule.explain.wording import count, listing, num, percent, put, table

QUESTION = "Why so slow: does the gradient vanish on its way to a weight?"
LONG = 8
"""Links that are all shown."""


def tell(found: Vanish) -> Claim:
    """Whether the slope of the error reaches the weight that gets least of it."""
    match found:
        case NoChain():
            return claimed("vanish", QUESTION, found, nothing(found))
        case WrongSlope():
            told = (
                f"{name_of(found)} is given as {num(found.slope)} {where(found)}, but the factors of the chain rule "
                f"make {num(found.expected)}."
            )
            return claimed("vanish", QUESTION, found, told)
        case NotFollowed():
            told = (
                f"The smallest slope {where(found)} is {name_of(found)} = {num(found.slope)}; its chain has too many "
                "ways to be followed here."
            )
            return claimed("vanish", QUESTION, found, told, spread(found))
        case Chain():
            lines = (*working(found), *spread(found))
            return claimed("vanish", QUESTION, found, said(found), lines, (condition(found),))


def nothing(found: NoChain) -> str:
    if found.spot is None or found.seen is None:
        return "No weight is trained."
    naming = found.naming
    name = naming.goal if found.place is None else naming.slope(found.place)
    at = f"{naming.where(found.spot)} on {naming.pattern(found.seen)}"
    return f"{name} is no number {at}, so there is no chain to follow."


def name_of(found: Looked) -> str:
    return found.naming.slope(found.place)


def where(found: Looked) -> str:
    return f"{found.naming.where(found.spot)} on {found.naming.pattern(found.seen)}"


def said(found: Chain) -> str:
    own, passed, share = found.own, found.passed, found.passed_on
    strong = "" if found.one_path else " by the strongest of its paths"
    head = f"{name_of(found)} = {num(found.slope)} {where(found)}{chosen(found)}"
    weight = found.naming.weights[found.place]
    if found.steps:
        return (
            f"Nothing arrives: {head}, because {found.naming.goal} depends on {weight} through steps alone, "
            f"{listing(found.steps, 3)}: a step passes no slope on, whatever the error's own slope is."
        )
    if own.value == 0:
        return (
            f"It does not vanish: {head}, because the error's own slope, {own.written}, is 0: nothing is to pass on."
        )
    if not passed:
        return f"It does not vanish: {head}, which is the error's own slope: nothing stands between the two."
    least = min(passed, key=lambda factor: abs(factor.value))
    if not found.vanishes:
        told = f"It does not vanish: {head}, and the chain passes on {percent(abs(share))} of the error's own slope"
        if abs(least.value) >= 1:
            return f"{told}{strong}; none of its factors is below 1."
        equal = "" if least.fixed else f" = {num(least.value)}"
        return f"{told}{strong}; its smallest factor is {least.written}{equal}."
    much = f"only {percent(abs(share))}" if share else "nothing"
    pace = pace_told(found, found.pace, weight) if found.pace is not None else ""
    return (
        f"{head}: the chain passes on {much} of the error's own slope{strong}. {reason(passed, least, share)}{pace}"
    )


def condition(found: Chain) -> str:
    small = "" if found.own.fixed else f" = {num(found.own.value)}"
    return (
        f"the factors {where(found)}; little is less than a hundredth of the error's own slope, {found.own.written}"
        f"{small}"
    )


def chosen(found: Chain) -> str:
    """What this slope is among those of all weights."""
    many, zero = found.weights, found.weights_with_slope_0
    if many == 1:
        return ""
    if not found.slope:
        return f", like all {many} slopes"
    if not zero:
        return f", the smallest slope of {many}"
    return f", the smallest of {many} slopes that is not 0 ({zero} {'is' if zero == 1 else 'are'})"


def spread(found: Looked) -> tuple[str, ...]:
    """The sizes of the slopes of all weights on this pattern, and of this weight's slope for each pattern."""
    lines, naming, seen = [], found.naming, found.patterns_seen
    if (weights := found.over_weights) is not None:
        rest = f"; {found.weights_with_slope_0} are 0" if found.weights_with_slope_0 else ""
        lines.append(
            f"sizes of the slopes of {weights.many} of {found.weights} weights here: least {num(weights.least)}, "
            f"median {num(weights.median)}, greatest {num(weights.greatest)}, {weights.low} below a hundredth of that"
            f"{rest}"
        )
    if (patterns := found.over_patterns) is not None:
        of = f"{seen} of {naming.patterns} patterns" if seen < naming.patterns else f"{seen} patterns"
        lines.append(
            f"size of {name_of(found)} for each of {of} at the start: least {num(patterns.least)}, median "
            f"{num(patterns.median)}, greatest {num(patterns.greatest)}"
        )
    return tuple(lines)


def reason(passed: Sequence[Factor], least: Factor, share: float) -> str:
    """Which factor makes the gradient vanish, or how many small ones do it together."""
    if least.value == 0:
        return f"The factor {least.written} is 0 there, and with it the product."
    rest = abs(share / least.value)
    if rest >= SMALL:
        arrives = f"without it {percent(rest)} would arrive"
        return f"The factor {least.written} = {num(least.value)} makes it vanish: {arrives}."
    small = [factor for factor in passed if abs(factor.value) < 1]
    return (
        f"No factor does it alone: {count(len(small), 'factor')} below 1, the least of them {least.written} = "
        f"{num(least.value)}, are multiplied."
    )


def pace_told(found: Chain, pace: Pace, weight: str) -> str:
    """What such a slope means for the steps of the run, each over the patterns that it visits."""
    naming, slope, head = found.naming, pace.slope, ""
    if pace.visit.alone is None:
        cancel = abs(slope) < abs(found.slope) / CANCELLED
        why = ", because they pull in different directions and cancel" if cancel else ""
        head = f" A step is made for {naming.visited(pace.visit)}: over them the slope is {num(slope)}{why}."
        if not slope:
            return head
    moved = abs(pace.rate * slope)
    if pace.lost:
        return (
            f"{head} A step with {naming.rate} = {num(pace.rate)} would move {weight} by {num(moved, 2)}, less than "
            "its last digit: it stays."
        )
    return (
        f"{head} A step with {naming.rate} = {num(pace.rate)} moves {weight} by {num(moved, 2)}: at that pace it takes "
        f"{num(abs(1 / (pace.rate * slope)), 2)} steps to move it by 1."
    )


def working(found: Chain) -> tuple[str, ...]:
    """The chain in names and in numbers, then each link with its factors; of a long chain the smallest links."""
    name, links, product = name_of(found), found.chain, num(found.product)
    told = list(links)
    if len(links) > LONG:
        places = sorted(np.argsort([abs(link.value) for link in links], kind="stable")[:LONG])
        told = [links[int(place)] for place in places]
    rows = [("link", "is", "value")]
    for link in told:
        factors = [factor for factor in link.factors if not factor.fixed]
        inside = "·".join(put(factor.value) for factor in link.factors) if len(link.factors) > 1 else ""
        rows.append((link.name, link.written + (f" = {inside}" if inside and factors else ""), num(link.value)))
    equal = "=" if found.one_path else "has the part"
    along, numbers = ["·".join(cut(parts)) for parts in (
        [link.name for link in links], [put(link.value) for link in links]
    )]  # fmt: skip
    same = along == name
    formula = f"{name} = {product}" if same else f"{name} {equal} {along} = {numbers} = {product}"
    if len(links) == 1 and not same:
        formula = f"{name} {equal} {along} = {product}"
    sizes = [abs(link.value) for link in links]
    below = f"{LONG} smallest of {len(links)} links; their median is {num(median(sizes))}"
    return (formula, *table(rows, (0, 1)), *((below,) if len(links) > LONG else ()))


def cut(parts: list[str]) -> list[str]:
    """The parts of a product, of many the first and the last."""
    return parts if len(parts) <= LONG else [*parts[:3], "…", *parts[-2:]]
