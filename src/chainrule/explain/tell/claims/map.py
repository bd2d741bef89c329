"""map: which rates learn, and how soon? The run's own training tried at many rates, and from many starts."""

from __future__ import annotations

from collections.abc import Iterable

from chainrule.explain.measure.claims.map import LEFT, NOT, Map, Mapped, NoMap, TooLarge
from chainrule.explain.tell.claim import Claim, claimed
from chainrule.explain.wording import count, num, percent, table

QUESTION = "Which rates learn, and how soon?"
LISTED = 8
"""Rates of a table, spread over those that were tried."""


def tell(found: Map) -> Claim:
    """After how many steps the run has learned at its own rate, and at others."""
    match found:
        case Mapped():
            told = f"{own(found)}; {quickest(found)}. {level(found)}"
            return claimed("map", QUESTION, found, told, working(found), conditions(found))
        case NoMap():
            return claimed("map", QUESTION, found, f"There is no map: {hindrance(found)}.")


def hindrance(found: NoMap) -> str:
    alpha = found.rate_name
    if isinstance(found, TooLarge):
        return (
            f"this network is too large for a map here, whose coarsest takes {num(found.operations)} operations, and "
            f"{num(found.most)} are made at most"
        )
    match found.reason:
        case "nothing trained":
            return "no weight is trained"
        case "no rate":
            return "the learning rule reads no rate"
        case "rate of letters":
            return f"{alpha} is not one number but one for each of its letters"
        case "rate decides more":
            return f"{alpha} decides {found.reader} too, so another rate would be another training"
        case "no number":
            return f"{found.naming.total} is no finite number at the start"
        case "no native engine":
            return 'so many trainings need the native engine, pip install "chainrule[native]"'
        case "nothing gets better":
            return f"{found.naming.total} gets no better from this start, at none of the rates that were tried"
        case "too large":
            return "it would be too large"


def own(found: Mapped) -> str:
    """What the run's own rate does, and up to which rate something is proved."""
    alpha, rate, safe = found.naming.rate, num(found.rate), found.guaranteed_below
    if found.learned_in is not None:
        does = f"learns in {count(found.learned_in, 'step')}"
    elif found.left is not None:
        does = f"leaves the finite numbers in step {found.left}"
    else:
        does = f"has not learned after {count(found.steps, 'step')}"
    told = f"Your rate {alpha} = {rate} {does}"
    if safe is None:
        return told
    if found.rate > safe:
        return f"{told}; it is above {num(safe)}, so nothing is guaranteed"
    return f"{told}; above {num(safe)} nothing is guaranteed"


def quickest(found: Mapped) -> str:
    """The quickest of the rates that were tried."""
    if found.quickest is None or found.quickest_in is None:
        return f"no rate tried from {span(found.rates)} learns in {count(found.steps, 'step')}"
    if found.learned_in is not None and found.learned_in <= found.quickest_in:
        return "no rate tried here is quicker"
    return f"the quickest rate here, {num(found.quickest)}, takes {count(found.quickest_in, 'step')}"


def level(found: Mapped) -> str:
    """When a training has learned."""
    sense = "or less" if found.naming.sense > 0 else "or more"
    whose = {
        "rest": "to that where this run rests",
        "end of the run": "to that of this run's end",
        "best tried": "to the best that a rate tried here came to",
    }[found.measured_against]
    return f"Learned is {found.naming.total} at {num(found.level)} {sense}, 99 % of the way from the start {whose}."


def span(values: Iterable[float]) -> str:
    listed = list(values)
    return f"{num(min(listed))} to {num(max(listed))}"


def working(found: Mapped) -> tuple[str, ...]:
    """A few rates with their steps, and how many do what."""
    rows = [(found.naming.rate, "steps until it has learned")]
    last = len(found.rates) - 1
    places = dict.fromkeys(round(k * last / (LISTED - 1)) for k in range(LISTED))
    rows += [(num(found.rates[place]), outcome(found.learned[place])) for place in places]
    lines = [*table(rows), f"from the start of the run: {counts(found.learned)}"]
    if found.learning is not None:
        lines.append(f"rates that learn lie from {span(found.learning)}")
    if found.as_quick > 1:
        lines.append(f"{found.as_quick} of the rates tried are as quick as the quickest")
    if found.weight is not None:
        every = [one for row in found.cells for one in row]
        lines.append(f"over starts of {found.weight} from {span(found.starts)} too: {counts(every)}")
    return tuple(lines)


def outcome(code: int) -> str:
    return {NOT: "not learned", LEFT: "leaves the finite numbers"}.get(code, str(code))


def counts(codes: Iterable[int]) -> str:
    """How many trainings learned, did not, and left."""
    listed = list(codes)
    total = max(1, len(listed))
    left, still = listed.count(LEFT), listed.count(NOT)
    parts = [f"{len(listed) - left - still} learn ({percent((total - left - still) / total)})"]
    parts += [f"{still} do not in time"] if still else []
    parts += [f"{left} leave the finite numbers"] if left else []
    return f"of {count(len(listed), 'training')} {', '.join(parts)}"


def conditions(found: Mapped) -> tuple[str, ...]:
    told = [
        f"each rate trained for {count(found.steps, 'step')} from the start of the run, by its own rule and order; a "
        "training counts as learned that is there at its end too, from the first step after which it was"
    ]
    if found.measured_against == "rest":
        told.append(f"99 % of the way from {num(found.first)} to {num(found.target)}, where it rests: {found.end_kind}")
    else:
        told.append(
            f"99 % of the way from {num(found.first)} to {num(found.target)}; where the run would rest is not known"
        )
    if found.guaranteed_below is not None:
        told.append(f"guaranteed: below {num(found.guaranteed_below)} each step is proved to lower the error it is for")
    return tuple(told)
