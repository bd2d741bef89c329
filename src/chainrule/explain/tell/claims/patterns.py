"""patterns: good for one, bad for another? Each pattern's own gradient, and whose error rose in the first step."""

from __future__ import annotations

from chainrule.explain.measure.claims.patterns import COLUMNS, NoOthers, Patterns, Pulls, Risen
from chainrule.explain.naming import Naming
from chainrule.explain.tell.claim import Claim, claimed
from chainrule.explain.wording import count, num, table

QUESTION = "Is a change good for one pattern and bad for another?"


def tell(found: Patterns) -> Claim:
    """Whether patterns agree: no pair pulls against each other, and no pattern gets worse in the first step."""
    match found:
        case NoOthers():
            told = "There are no data." if found.naming.bare else "There is one pattern: nothing can pull against it."
            told = told if found.naming.weights else "No weight is trained."
            return claimed("patterns", QUESTION, found, told)
        case Pulls():
            return claimed("patterns", QUESTION, found, said(found), working(found), (condition(found),))


def said(found: Pulls) -> str:
    head = "It cannot be said" if found.broken and not found.opposed_pairs else "Yes"
    return f"{'Not here' if found.holds else head}: {'; '.join(parts(found))}."


def sample(found: Pulls) -> str:
    return "" if found.looked_at == found.patterns else f" (an even sample of the {found.patterns})"


def parts(found: Pulls) -> list[str]:
    """What pulls at the start, who got worse in the first step, and what the steps of the run did."""
    naming, looked = found.naming, count(found.looked_at, "pattern")
    told = [
        f"{found.pulling} of {looked}{sample(found)} {'pulls' if found.pulling == 1 else 'pull'} at the start",
    ]
    if found.broken:
        told.append(f"of {count(found.broken, 'pattern')} the gradient is no finite number")
    if found.worst_angle is not None and found.median_angle is not None:
        told.append(pairs(found, found.worst_angle, found.median_angle))
    if found.risen is not None:
        told.append(risen(naming, found.risen))
    if found.steps_that_hurt_others:
        told.append(
            f"over the run {found.steps_that_hurt_others} of {count(found.steps_that_helped_their_own, 'step')} that "
            f"helped their own patterns made {naming.total} over all of them worse"
        )
    return told


def pairs(found: Pulls, worst: float, middle: float) -> str:
    """How far the gradients of two patterns are apart."""
    if found.pairs == 1:
        do = "they pull" if found.opposed_pairs else "they do not pull"
        return f"{do} against each other: their gradients are {num(worst, 3)}° apart"
    names = " and ".join(map(found.naming.pattern, found.pair))
    apart = f"{names}, whose gradients are {num(worst, 3)}° apart (median of all pairs: {num(middle, 3)}°)"
    every = count(found.pairs, "pair")
    if found.opposed_pairs:
        return f"{found.opposed_pairs} of {every} pull against each other, most of all {apart}"
    return f"none of {every} pulls against each other; furthest apart are {apart}"


def risen(naming: Naming, found: Risen) -> str:
    """What the first step did to each pattern."""
    first = "moved a weight" if found.moved else "had a slope, and moved nothing"
    made = f"in step {found.step}, the first that {first}, made for {naming.visited(found.visit)}, "
    if found.worst is None:
        return f"{made}no pattern got worse"
    worst = f"{naming.pattern(found.worst)} by {num(found.rise)}"
    if len(found.rows) == 1:
        of = f"one of {found.others} others" if found.alone else f"one of {found.others}"
        of = "the other" if found.alone and found.others == 1 else of
        return f"{made}{of} got worse, {worst}"
    of = f"{len(found.rows)} of {found.others} {'others' if found.alone else 'of them'}"
    return f"{made}{of} got worse, most {worst} (median of those: {num(found.median)})"


def working(found: Pulls) -> tuple[str, ...]:
    """The gradients of a few patterns."""
    if not found.gradients:
        return ()
    naming = found.naming
    slopes = [naming.slope(place) for place in range(min(len(naming.weights), COLUMNS))]
    return table([("pattern", *slopes), *((str(row), *map(num, pull)) for row, pull in found.gradients)])


def condition(found: Pulls) -> str:
    return (
        f"each pattern's own gradient at the start{sample(found)}; two pull against each other where they are more "
        "than 90° apart, so that a short step for one alone makes the other worse"
    )
