"""vanish: why so slow? The factors along the chain from the error to a weight, and the one that makes it vanish."""

from __future__ import annotations

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.measure.chain.factors import Factor, Link, chain
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.dead_units import by_steps_alone
from chainrule.explain.measure.kinks import stepping
from chainrule.explain.measure.rounding import slope_blur
from chainrule.explain.measure.samples import median
from chainrule.explain.tell.claim import Claim
from chainrule.explain.tell.kinks import told as told_of
from chainrule.explain.wording import count, listing, num, percent, put, table

QUESTION = "Why so slow: does the gradient vanish on its way to a weight?"
SMALL = 0.01
"""Of a chain that passes on less than this share of the error's own slope the gradient vanishes."""
CLOSE = 1e-8
SPECK = 1e-45
"""What a complex step leaves of a slope that is 0."""
MOST_WEIGHTS = 1000
"""Weights of which each slope is tested; of more, the smallest one."""
LONG = 8
"""Links that are all shown."""


def claim(context: Context) -> Claim:
    """Does the slope of the error reach the weight that gets least of it? (It holds if a hundredth arrives.)"""
    if not context.names:
        return Claim("vanish", QUESTION, "No weight is trained.", False, {"vanishes": False})
    theta, row = context.looked_at
    slopes = context.gradient(theta, (row,))
    where = f"{context.where(theta)} on {context.pattern(row)}"
    if not np.isfinite(slopes).all():
        place = int(np.argmin(np.isfinite(slopes)))
        told = f"{context.slope_names[place]} is no number {where}, so there is no chain to follow."
        return Claim("vanish", QUESTION, told, False, {"weight": context.names[place], "vanishes": False})
    if not np.isfinite(context.error(theta, (row,))):
        told = f"{context.goal_name} is no number {where}, so there is no chain to follow."
        return Claim("vanish", QUESTION, told, False, {"vanishes": False})
    place, true = least_of(context, theta, row, slopes)
    slope = float(slopes[place])
    name, weight = context.slope_names[place], context.weight(place)
    evidence: dict[str, object] = {
        "weight": context.names[place], "pattern": row, "slope": slope, "weights": len(slopes),
        "weights_with_slope_0": int(np.count_nonzero(slopes == 0)),
    }  # fmt: skip
    kinks = told_of(context, theta, (row,), f"{context.goal_name} of that pattern")
    blur = float(slope_blur(context, theta, row)[place])
    if abs(slope - true) > CLOSE * max(abs(slope), abs(true)) + blur + SPECK and not kinks:
        told = f"{name} is given as {num(slope)} {where}, but the factors of the chain rule make {num(true)}."
        return Claim("vanish", QUESTION, told, False, {**evidence, "vanishes": False, "expected": true})
    links = chain(context, place, theta, row)
    spread = (*over_weights(context, slopes), *over_patterns(context, place))
    if not links:
        told = f"The smallest slope {where} is {name} = {num(slope)}; its chain has too many ways to be followed here."
        return Claim("vanish", QUESTION, told, False, {**evidence, "vanishes": False}, spread)
    own, passed = divided(links)
    share = float(np.prod([factor.value for factor in passed])) if passed else 1.0
    product = float(np.prod([link.value for link in links]))
    paths = max(link.ways for link in links) > 1
    starved = own.value != 0 and abs(share) < SMALL
    evidence |= {
        "product": product, "passed_on": share, "one_path": not paths, "vanishes": starved,
        "links": [{"of": link.of, "wrt": link.wrt, "value": link.value} for link in links],
        "factors": [{"factor": factor.written, "value": factor.value} for factor in passed],
    }  # fmt: skip
    lines = (*working(name, links, product, paths), *spread)
    least = min(passed, key=lambda factor: abs(factor.value), default=None)
    strong = " by the strongest of its paths" if paths else ""
    head = f"{name} = {num(slope)} {where}{chosen(slopes, slope)}"
    small = "" if own.fixed else f" = {num(own.value)}"
    conditions = (
        f"the factors {where}; little is less than a hundredth of the error's own slope, {own.written}{small}",
    )  # fmt: skip
    if not slope and (steps := stepping(context)) and context.trained and by_steps_alone(context):
        told = (
            f"Nothing arrives: {head}, because {context.goal_name} depends on {weight} through steps alone, "
            f"{listing(steps, 3)}: a step passes no slope on, whatever the error's own slope is."
        )
        return Claim("vanish", QUESTION, told, False, {**evidence, "vanishes": True}, lines, conditions)
    if own.value == 0:
        told = f"It does not vanish: {head}, because the error's own slope, {own.written}, is 0: nothing is to pass on."
        return Claim("vanish", QUESTION, told, True, evidence, lines, conditions)
    if not passed:
        told = f"It does not vanish: {head}, which is the error's own slope: nothing stands between the two."
        return Claim("vanish", QUESTION, told, True, evidence, lines, conditions)
    if not starved:
        told = f"It does not vanish: {head}, and the chain passes on {percent(abs(share))} of the error's own slope"
        if least is not None and abs(least.value) < 1:
            equal = "" if least.fixed else f" = {num(least.value)}"
            told += f"{strong}; its smallest factor is {least.written}{equal}."
        else:
            told += f"{strong}; none of its factors is below 1."
        return Claim("vanish", QUESTION, told, True, evidence, lines, conditions)
    much = f"only {percent(abs(share))}" if share else "nothing"
    told = f"{head}: the chain passes on {much} of the error's own slope{strong}. "
    told += reason(passed, least, share) + pace(context, theta, place, slope, weight)
    return Claim("vanish", QUESTION, told, False, evidence, lines, conditions)


def least_of(context: Context, theta: Array, row: int, slopes: Array) -> tuple[int, float]:
    """The weight that gets the smallest slope that is not 0, and that slope by complex step, which knows no rule.

    A slope that should be 0, or should not, is found wherever there are not too many weights to look at each.
    """
    rows = np.array([[row]], dtype=np.int64)
    if len(slopes) <= MOST_WEIGHTS:
        exact = context.evaluator.complex_step(theta, rows)
        slack = CLOSE * np.maximum(np.abs(exact), np.abs(slopes)) + slope_blur(context, theta, row) + SPECK
        off = np.abs(exact - slopes) > slack
        sizes = np.where(exact == 0, np.inf, np.abs(exact))
        place = int(np.argmax(off)) if off.any() else int(np.argmin(sizes))
        return place, float(exact[place])
    place = int(np.argmin(np.where(slopes == 0, np.inf, np.abs(slopes))))
    unit = np.zeros((1, len(slopes)))
    unit[0, place] = 1.0
    return place, float(context.evaluator.complex_step(theta, rows, unit)[0])


def chosen(slopes: Array, slope: float) -> str:
    """What this slope is among those of all weights."""
    many, zero = len(slopes), int(np.count_nonzero(slopes == 0))
    if many == 1:
        return ""
    if not slope:
        return f", like all {many} slopes"
    if not zero:
        return f", the smallest slope of {many}"
    return f", the smallest of {many} slopes that is not 0 ({zero} {'is' if zero == 1 else 'are'})"


def over_weights(context: Context, slopes: Array) -> tuple[str, ...]:
    """The sizes of the slopes of all weights on this pattern, in a line."""
    sizes = np.sort(np.abs(slopes[slopes != 0]))
    if len(sizes) < 2:
        return ()
    low = int(np.count_nonzero(sizes < SMALL * sizes[-1]))
    zero = len(slopes) - len(sizes)
    rest = f"; {zero} are 0" if zero else ""
    return (
        f"sizes of the slopes of {len(sizes)} of {len(slopes)} weights here: least {num(sizes[0])}, median "
        f"{num(median(sizes))}, greatest {num(sizes[-1])}, {low} below a hundredth of that{rest}",
    )


def over_patterns(context: Context, place: int) -> tuple[str, ...]:
    """The sizes of this weight's slope for each pattern alone at the start, in a line."""
    pulls, rows = context.pulls
    sizes = np.sort(np.abs(pulls[:, place]))
    sizes = sizes[np.isfinite(sizes)]
    if len(sizes) < 2:
        return ()
    of = f"{len(rows)} of {context.patterns} patterns" if len(rows) < context.patterns else f"{len(rows)} patterns"
    return (
        f"size of {context.slope_names[place]} for each of {of} at the start: least {num(sizes[0])}, median "
        f"{num(median(sizes))}, greatest {num(sizes[-1])}",
    )


def divided(links: tuple[Link, ...]) -> tuple[Factor, tuple[Factor, ...]]:
    """The error's own slope, and the factors that it passes through on its way to the weight.

    In an error of one equation the own slope is its first factor with a quantity in it, and the numbers before that:
    the chain rule writes the outer function first.
    """
    first = links[0]
    if len(links) > 1:
        rest = tuple(factor for link in links[1:] for factor in link.factors)
        return Factor(first.name, first.value, False), rest
    stop = next((place for place, factor in enumerate(first.factors) if not factor.fixed), len(first.factors) - 1) + 1
    outer = first.factors[:stop]
    written = "·".join(f"({factor.written})" if " " in factor.written else factor.written for factor in outer)
    alone = outer[0].written if len(outer) == 1 else written
    return Factor(alone, float(np.prod([factor.value for factor in outer])), outer[-1].fixed), first.factors[stop:]


def reason(passed: tuple[Factor, ...], least: Factor | None, share: float) -> str:
    """Which factor makes the gradient vanish, or how many small ones do it together."""
    if least is None:
        return "It has no other factor."
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


def pace(context: Context, theta: Array, place: int, slope: float, weight: str) -> str:
    """What such a slope means for the steps of the run, each over the patterns that it visits."""
    rate, rows = context.rate, context.moment.rows if context.moment is not None else context.rows(0)
    if not rate or not slope:
        return ""
    head = ""
    if len(rows) > 1:
        slope, alone = float(context.gradient(theta, rows)[place]), slope
        cancel = abs(slope) < abs(alone) / 10
        head = (
            f" A step is made for {context.visited(rows)}: over them the slope is {num(slope)}"
            + (", because they pull in different directions and cancel" if cancel else "")
            + "."
        )
        if not slope:
            return head
    steps = abs(1 / (rate * slope))
    return (
        f"{head} A step with {context.rate_name} = {num(rate)} moves {weight} by {num(abs(rate * slope), 2)}: at "
        f"that pace "
        f"it takes {num(steps, 2)} steps to move it by 1."
    )


def working(name: str, links: tuple[Link, ...], product: float, paths: bool) -> tuple[str, ...]:
    """The chain in names and in numbers, then each link with its factors; of a long chain the smallest links."""
    told = list(links)
    if len(links) > LONG:
        places = sorted(np.argsort([abs(link.value) for link in links], kind="stable")[:LONG])
        told = [links[int(place)] for place in places]
    rows = [("link", "is", "value")]
    for link in told:
        factors = [factor for factor in link.factors if not factor.fixed]
        inside = "·".join(put(factor.value) for factor in link.factors) if len(link.factors) > 1 else ""
        rows.append((link.name, link.written + (f" = {inside}" if inside and factors else ""), num(link.value)))
    equal = "has the part" if paths else "="
    along, numbers = ["·".join(cut(parts)) for parts in (
        [link.name for link in links], [put(link.value) for link in links]
    )]  # fmt: skip
    same = along == name
    formula = f"{name} = {num(product)}" if same else f"{name} {equal} {along} = {numbers} = {num(product)}"
    if len(links) == 1 and not same:
        formula = f"{name} {equal} {along} = {num(product)}"
    sizes = [abs(link.value) for link in links]
    below = f"{LONG} smallest of {len(links)} links; their median is {num(median(sizes))}"
    return (formula, *table(rows, (0, 1)), *((below,) if len(links) > LONG else ()))


def cut(parts: list[str]) -> list[str]:
    """The parts of a product, of many the first and the last."""
    return parts if len(parts) <= LONG else [*parts[:3], "…", *parts[-2:]]
