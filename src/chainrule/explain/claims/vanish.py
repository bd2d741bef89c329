"""vanish: why so slow? The factors along the chain from the error to a weight, and the one that starves it."""

from __future__ import annotations

import numpy as np

from chainrule.explain.claim import Claim
from chainrule.explain.context import Context
from chainrule.explain.links import Factor, Link, chain
from chainrule.explain.words import count, num, percent, put, table

QUESTION = "Why so slow: is the slope starved on its way to a weight?"
SMALL = 0.01
"""A chain that passes on less than this share of the error's own slope starves its weight."""
CLOSE = 1e-8


def claim(context: Context) -> Claim:
    """Does the slope of the error reach the weight that gets least of it? (It holds if a hundredth arrives.)"""
    if not context.names:
        return Claim("vanish", QUESTION, "No weight is trained.", False, {"vanishes": False})
    theta, row = context.looked_at
    slopes = context.gradient(theta, (row,))
    exact = context.lanes.complex_step(theta, np.array([[row]], dtype=np.int64))
    sizes = np.where(exact == 0, np.inf, np.abs(exact))
    place = int(np.argmin(sizes)) if np.isfinite(sizes).any() else 0
    slope, true = float(slopes[place]), float(exact[place])
    name, weight = context.slope_names[place], context.weight(place)
    links = chain(context, context.names[place], theta, row)
    own, passed = divided(links)
    share = float(np.prod([factor.value for factor in passed])) if passed else 1.0
    product = float(np.prod([link.value for link in links]))
    paths = max((link.ways for link in links), default=1) > 1
    where = f"at {context.point(theta)} on {context.pattern(row)}"
    evidence = {
        "weight": context.names[place], "pattern": row, "slope": slope, "product": product, "passed_on": share,
        "one_path": not paths, "vanishes": bool(abs(share) < SMALL),
        "links": [{"of": link.of, "wrt": link.wrt, "value": link.value} for link in links],
        "factors": [{"factor": factor.written, "value": factor.value} for factor in passed],
    }  # fmt: skip
    lines = working(name, links, product, paths)
    if not np.isfinite([slope, true, product]).all():
        told = f"{name} is no number {where}, so there is no chain to follow."
        return Claim("vanish", QUESTION, told, False, evidence, lines)
    if abs(slope - true) > CLOSE * max(abs(slope), abs(true)):
        told = f"{name} is given as {num(slope)} {where}, but the factors of the chain rule make {num(true)}."
        return Claim("vanish", QUESTION, told, False, {**evidence, "expected": true}, lines)
    least = min(passed, key=lambda factor: abs(factor.value), default=None)
    least_told = "" if least is None else f"{least.written}{'' if least.fixed else f' = {num(least.value)}'}"
    of_all = f", the smallest slope of {len(context.names)}" if len(context.names) > 1 else ""
    strong = " by the strongest of its paths" if paths else ""
    head = f"{name} = {num(slope)} {where}{of_all}"
    conditions = (
        f"the factors {where}; little is less than a hundredth of the error's own slope, which is {own.written}"
        + (" alone" if own.fixed else f" = {num(own.value)}"),
    )  # fmt: skip
    if abs(share) >= SMALL:
        told = f"Nothing starves it: {head}, and the chain passes on {percent(abs(share))} of the error's own slope"
        told += f"{strong}; its smallest factor is {least_told}." if least is not None else f"{strong}."
        return Claim("vanish", QUESTION, told, True, evidence, lines, conditions)
    told = f"{head}: the chain passes on only {percent(abs(share))} of the error's own slope{strong}. "
    told += reason(passed, least, share) + pace(context, slope, weight)
    return Claim("vanish", QUESTION, told, False, evidence, lines, conditions)


def divided(links: tuple[Link, ...]) -> tuple[Factor, tuple[Factor, ...]]:
    """The error's own slope, and the factors that it passes through on its way to the weight.

    In an error of one equation the own slope is its first factor: the chain rule writes the outer function first.
    """
    first = links[0]
    if len(links) > 1:
        rest = tuple(factor for link in links[1:] for factor in link.factors)
        return Factor(first.name, first.value, False), rest
    return first.factors[0], first.factors[1:]


def reason(passed: tuple[Factor, ...], least: Factor | None, share: float) -> str:
    """Which factor starves the chain, or how many small ones do it together."""
    if least is None:
        return "It has no other factor."
    if least.value == 0:
        return f"The factor {least.written} is 0 there, and with it the product."
    rest = abs(share / least.value)
    if rest >= SMALL:
        return f"The factor {least.written} = {num(least.value)} starves it: without it {percent(rest)} would arrive."
    small = [factor for factor in passed if abs(factor.value) < 1]
    return (
        f"No factor does it alone: {count(len(small), 'factor')} below 1, the least of them {least.written} = "
        f"{num(least.value)}, are multiplied."
    )


def pace(context: Context, slope: float, weight: str) -> str:
    """What such a slope means for the steps."""
    rate = context.rate
    if not rate or not slope:
        return ""
    steps = abs(1 / (rate * slope))
    return (
        f" A step with {context.rate_name} = {num(rate)} moves {weight} by {num(abs(rate * slope), 2)}: at that pace "
        f"it takes {num(steps, 2)} steps to move it by 1."
    )


def working(name: str, links: tuple[Link, ...], product: float, paths: bool) -> tuple[str, ...]:
    """The chain in names and in numbers, then each link with its factors."""
    rows = [("link", "is", "value")]
    for link in links:
        factors = [factor for factor in link.factors if not factor.fixed]
        inside = "·".join(put(factor.value) for factor in link.factors) if len(link.factors) > 1 else ""
        rows.append((link.name, link.written + (f" = {inside}" if inside and factors else ""), num(link.value)))
    along = "·".join(link.name for link in links)
    equal = "has the part" if paths else "="
    numbers = "·".join(put(link.value) for link in links)
    return (f"{name} {equal} {along} = {numbers} = {num(product)}", *table(rows, (0, 1)))
