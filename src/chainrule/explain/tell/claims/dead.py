"""dead: what cannot be learned at all? Gradients that are 0 for every weight, apart from satisfied and saturated."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from chainrule.explain.measure.claims.dead import (
    LISTED,
    ByZeros,
    Contradiction,
    Dead,
    DeadPattern,
    Exact,
    Found,
    NoWeights,
)
from chainrule.explain.measure.dead import bias, bias_with_letters
from chainrule.explain.measure.samples import median
from chainrule.explain.naming import Naming
from chainrule.explain.tell.claim import Claim, claimed
from chainrule.explain.tell.dead_units import stepped_told, through_told, units_told
from chainrule.explain.wording import count, exact, listing, num, sentence
from chainrule.notation.names import pretty

QUESTION = "What cannot be learned at all?"
CONSTANTS = 8
"""Quantities that are the same for every weight, shown of a dead pattern."""


def tell(found: Found) -> Claim:
    """Whether there is a pattern or a weight whose gradient is 0 for every value of the weights."""
    match found:
        case NoWeights():
            return claimed("dead", QUESTION, found, "No weight is trained, so nothing is learned at all.")
        case Exact():
            parts, lines, conditions = of_numbers(found), list(working(found)), exactly(found)
        case ByZeros():
            parts, lines, conditions = of_letters(found), [], (
                "dead means: 0 for every finite value of the weights, because a factor is 0 that no weight changes; a "
                "slope that is 0 for another reason is not found so",
            )  # fmt: skip
    idle, idle_lines = at_rest(found)
    lines += idle_lines
    if found.contradiction is not None:
        return claimed("dead", QUESTION, found, contradicted(found.naming, found.contradiction), lines)
    return claimed("dead", QUESTION, found, ". ".join([*parts, *idle]) + ".", lines, conditions)


def contradicted(naming: Naming, found: Contradiction) -> str:
    """What is said where the equations say that a pattern is dead and the engine gives it a slope."""
    return (
        f"By the equations the slope of {naming.pattern(found.pattern)} is 0 for every weight, but "
        f"{naming.slope(found.place)} is given as {num(found.slope)} {naming.where(found.spot)}. One of them is wrong."
    )


def of_numbers(found: Exact) -> list[str]:
    """What is dead in a network of plain numbers."""
    naming, dead, weights = found.naming, found.dead_patterns, found.dead_weights
    parts = [dead_told(found, item) + alike(item) for item in dead[:LISTED]]
    if len(dead) > LISTED:
        parts.append(f"and {count(len(dead) - LISTED, 'more pattern')} like these")
    parts += [cure_told(found, one) for one in found.cures]
    every = len(weights) == len(naming.weights) and len(dead) == found.different_patterns
    if weights and not every:
        shown = listing((pretty(name) for name in weights), 6)
        through = through_told(naming, found.functions, found.through) if found.through else ""
        parts.append(
            f"No pattern ever moves {shown}: the slope is exactly 0 for every value of the weights, so "
            f"{'it keeps its' if len(weights) == 1 else 'they keep their'} start{through}"
        )
    if found.units:
        parts.append(units_told(naming, found.units))
    elif not dead and not weights:
        patterns = "" if naming.bare else f"{count(found.patterns_looked_at, 'pattern')}, "
        parts.append(
            f"Nothing is dead: no pattern and no weight was found whose slope is 0 for all weights "
            f"({patterns}{count(len(naming.weights), 'weight')})"
        )
    return parts


def exactly(found: Exact) -> tuple[str, ...]:
    dead = "dead means: exactly 0 for every finite value of the weights, by exact arithmetic with the pattern's "
    looked, every = found.patterns_looked_at, found.different_patterns
    some = () if looked == every else (f"{looked} of {every} different patterns were looked at",)
    return (f"{dead}numbers put in", *some)


def alike(item: DeadPattern) -> str:
    """That other patterns are equal to one, and so what is said of it holds for them."""
    others = [other for other in item.equal or () if other != item.row]
    if not others:
        return ""
    are = "is equal, and it holds for it" if len(others) == 1 else "are equal, and it holds for them"
    return f". {'Pattern' if len(others) == 1 else 'Patterns'} {listing(map(str, others), 6)} {are} too"


def of_letters(found: ByZeros) -> list[str]:
    """What is dead in a network with letters."""
    naming, dead, size = found.naming, found.dead_patterns, len(found.naming.weights)
    parts = [dead_told(found, item) for item in dead[:LISTED]]
    if len(dead) > LISTED:
        parts.append(f"and {count(len(dead) - LISTED, 'more pattern')} like these")
    parts += [cured_told(found, one) for one in found.cures]
    entries = found.dead_places
    if entries and len(dead) < naming.patterns:
        which = listing((naming.weights[place] for place in entries), 4)
        parts.append(
            f"No pattern ever moves {len(entries)} of {count(size, 'weight')} ({which}): the slope is exactly 0 for "
            f"every value of the weights{zeros_told(found)}, so "
            f"{'it keeps its' if len(entries) == 1 else 'they keep their'} start"
        )
    if found.units:
        parts.append(units_told(naming, found.units))
    elif not dead and not entries:
        parts.append(
            f"Nothing was found dead: no pattern and no weight whose slope is known to be 0 for all weights "
            f"({count(naming.patterns, 'pattern')}, {count(size, 'weight')})"
        )
    if met := found.met_places:
        which = listing((naming.weights[place] for place in met), 4)
        parts.append(
            f"Measured, not proved: the slope of {which} was exactly 0 at all {count(found.points, 'point')} that were "
            f"looked at ({len(met)} of {count(size, 'weight')}); other weights may wake "
            f"{'it' if len(met) == 1 else 'them'}"
        )
    return parts


def zeros_told(found: ByZeros) -> str:
    """Which data keep weights still."""
    because = found.zero_data
    if because and found.explained == len(found.dead_places):
        return f", because {listing(because, 6)} {'are' if len(because) > 1 else 'is'} 0 in every pattern"
    if because:
        return f"; {found.explained} of them because of {listing(because, 6)} = 0 in every pattern"
    return ""


def dead_told(found: Dead, item: DeadPattern) -> str:
    """The sentence on a dead pattern."""
    naming, each, zero = found.naming, found.each, item.zero or ()
    one = len(naming.weights) == 1
    if item.steps is not None:
        return stepped_told(naming, item.pattern, item.steps)
    if not zero:
        there = "" if naming.patterns == 1 else f" from {naming.pattern(item.pattern)}"
        which = naming.weights[0] if one else "the weights"
        return f"Nothing can be learned{there}: {naming.goal} does not depend on {which} there at all"
    values = [f"{pretty(name)} = {exact(value)}" for name, value in item.exact if name != each and value != 0][-2:]
    error: Fraction | None = dict(item.exact).get(each)
    if error is not None:
        values.append(f"{pretty(each)} = {exact(error)}")
    end = "it is right as it is and needs no learning" if error == 0 else "it cannot be learned"
    them = f"{naming.weights[0]} is" if one else "the weights are"
    always = f". For it {listing(values)} whatever {them}, so {end}" if values else f", so {end}"
    return (
        f"{sentence(naming.pattern(item.pattern))} is dead: its gradient is exactly 0 for every "
        f"{naming.weights[0] if one else 'value of the weights'}, because {listing(zero)} "
        f"{'is a factor' if len(zero) == 1 else 'are factors'} of it{always}"
    )


def cure_told(found: Dead, cure: bias.Cure) -> str:
    """What a bias did for a dead pattern."""
    w = found.naming.weights[0] if len(found.naming.weights) == 1 else "weight"
    return (
        f"A bias cures it: tried with + b beside {listing(cure.products, 3)}, {cure.steps} steps from b = 0 over all "
        f"patterns bring its {pretty(found.each)} from {exact(cure.before)} to {num(cure.error)} (b = "
        f"{num(cure.bias)}); no {w} alone can"
    )


def cured_told(found: Dead, cure: bias_with_letters.Cure) -> str:
    """What a bias did for the dead patterns of a network with letters."""
    each, steps, many = pretty(found.each), count(cure.steps, "step"), len(cure.rows)
    awake, what = many - cure.still_dead, f"with {cure.line} and {cure.declared}"
    if many == 1:
        return (
            f"A bias cures it: {what} it is no longer dead, and {steps} over all patterns bring its {each} from "
            f"{num(cure.errors_before[0])} to {num(cure.errors_after[0])}; the weights alone cannot"
        )
    every = f"{awake} of the {many}" if awake < many else "both" if many == 2 else f"all {many}"
    return (
        f"A bias cures {every} dead patterns: {what} they are no longer dead, and after {steps} over all patterns "
        f"{cure.better} of {many} have a better {each}; the median goes from {num(median(cure.errors_before))} to "
        f"{num(median(cure.errors_after))}, and the worst is {num(cure.worst_error)}, of "
        f"{found.naming.pattern(cure.worst)}"
    )


def at_rest(found: Dead) -> tuple[list[str], list[str]]:
    """What is said of patterns without slope at the end that are not dead, and their lines."""
    naming, idle = found.naming, found.idle
    parts, lines = [], []
    if idle.saturated:
        parts.append(saturated(found))
        lines = [
            f"{naming.pattern(pattern)}: {naming.goal} = {num(error)}, slope {num(size)} at the end"
            for pattern, (_, error, size) in zip(idle.shown, idle.saturated, strict=False)
        ]
    if idle.satisfied:
        many, most = len(idle.satisfied), max(error for _, error in idle.satisfied)
        which = "The one pattern" if naming.patterns == 1 else f"{many} of {naming.patterns} patterns"
        parts.append(
            f"{which} {'is' if many == 1 else 'are'} satisfied at the end: {naming.goal} is at most {num(most, 2)}, "
            "under a millionth of where the worst began, and nothing is left to learn there"
        )
    return parts, lines


def saturated(found: Dead) -> str:
    """The sentence on saturated patterns: which factor of the chain is nearly 0 at these weights."""
    naming, idle = found.naming, found.idle
    _, error, size = max(idle.saturated, key=lambda one: abs(one[1]))
    worst = "" if idle.worst is None else naming.pattern(idle.worst)
    because = ""
    if idle.factor is not None:
        written, value = idle.factor
        because = f" because {written} is {'only ' if value else ''}{num(value)} at these weights"
    many, now = len(idle.saturated), f"{naming.goal} = {num(error)}"
    head = f"{sentence(worst)} is asleep at the end, not dead"
    if many > 1:
        head = f"{many} of {naming.patterns} patterns are asleep at the end, not dead, worst of them {worst}"
        now += f" (median of them {num(median([one[1] for one in idle.saturated]))})"
    return f"{head}: its slope is {num(size)} though {now}{because} (other weights would wake it)"


def working(found: Exact) -> Iterator[str]:
    """What is constant for each dead pattern, and which factor is 0."""
    naming = found.naming
    for item in found.dead_patterns[:LISTED]:
        if not item.exact and not item.zero:
            continue
        yield f"{naming.pattern(item.pattern)} put in, exactly:"
        yield from (f"  {pretty(name)} = {exact(value)}" for name, value in item.exact[:CONSTANTS])
        for name, written in item.formulas if item.zero else ():
            yield f"  ∂{naming.goal}/∂{name} = {written} = 0, because {listing(item.zero or ())}"
