"""order: why backwards, and why add? Operations of reverse and forward mode; a quantity that is used more than once."""

from __future__ import annotations

from chainrule.explain.measure.chain.contributions import By, Shared, Uses
from chainrule.explain.measure.claims.order import Compared, Differs, NoSlopes, Order
from chainrule.explain.measure.samples import median
from chainrule.explain.naming import Naming
from chainrule.explain.tell.claim import Claim, claimed
from chainrule.explain.wording import count, listing, num, put, table

QUESTION = "Why backwards, and why are contributions added?"
LISTED = 6
"""Contributions that are listed one by one."""


def tell(found: Order) -> Claim:
    """Whether going backward takes fewer operations for the same gradient, and contributions add up to it."""
    match found:
        case NoSlopes():
            return claimed("order", QUESTION, found, nothing(found))
        case Compared():
            return claimed("order", QUESTION, found, said(found), working(found), conditions(found))


def nothing(found: NoSlopes) -> str:
    if not found.weights:
        return "No weight is trained."
    return f"The slopes {found.naming.where(found.spot)} are no numbers: there is nothing to compare."


def said(found: Compared) -> str:
    if found.worst is not None:
        return differs(found, found.worst)
    if found.uses is not None and not found.adds:
        uses = found.uses
        return (
            f"The contributions do not add up: {uses.name} is used by {listing(uses.readers)}, which add "
            f"{listing(map(num, uses.parts))}, together {num(sum(uses.parts))}, but {uses.slope} is given as "
            f"{num(uses.whole)}."
        )
    return f"{counted(found)} {added(found)}"


def differs(found: Compared, worst: Differs) -> str:
    return (
        f"Forward and backward do not agree: {found.naming.slope(worst.place)} is {num(worst.backward)} backward and "
        f"{num(worst.forward)} forward, {found.naming.where(found.spot)}. One of them is wrong."
    )


def counted(found: Compared) -> str:
    """The sentence on the order of computing; forward takes at least and at most so many operations."""
    total, many, alone = found.naming.total, found.weights, found.operations_error
    back, low, high = found.operations_backward, found.operations_forward, found.operations_forward_at_most
    slopes = "the slope" if many == 1 else "both slopes" if many == 2 else f"all {many} slopes"
    take = f"ackward, {total} and {slopes} take {count_of(back)}"
    ahead = f"{low:,}" if low == high else f"at least {low:,}"
    if back < low:
        return (
            f"B{take}, because what is known of the error is used again for every weight before it; forward, with a "
            f"pass for each weight, {ahead}, for the same numbers. Without any slope, {total} takes {alone:,}."
        )
    if back < high:
        return (
            f"Here it is not decided: b{take}, forward, with a pass for each weight, between {low:,} and {high:,}, for "
            "the same numbers."
        )
    equal = "as many" if back == high else f"only {high:,}" if low == high else f"at most {high:,}"
    few = "With one weight" if many == 1 else f"With {many} weights"
    return (
        f"{few} backwards is no saving: b{take}, forward {equal}, for the same numbers ({total} alone: {alone:,}). "
        "Forward needs a pass for each weight, backward one for all of them: it pays where there are many."
    )


def count_of(operations: int) -> str:
    return f"{operations:,} operation{'s' if operations != 1 else ''}"


def added(found: Compared) -> str:
    """The sentence on adding."""
    if found.uses is not None:
        return summed(found.naming, found.uses)
    if found.shared is not None:
        return f"{found.shared.name} is read {often(found.shared)}, and what each use adds is summed."
    if not found.smooth:
        return "At a kink a quantity has no slope that contributions could add up to."
    return "Nothing on the way is used more than once here, so nothing has to be added."


def often(shared: Shared) -> str:
    """How often something is read, and where."""
    if shared.letters:
        return f"once for each {listing(shared.letters, 3)}"
    if shared.patterns:
        return f"by each of {shared.patterns} patterns"
    times = "twice" if len(shared.readers) == 2 else f"{len(shared.readers)} times"
    return f"{times}, in {listing(tuple(dict.fromkeys(shared.readers)), 4)}"


def where_told(naming: Naming, by: By) -> str:
    """By what something is used."""
    match by.kind:
        case "patterns":
            return f"by each of {naming.patterns} patterns"
        case "letter":
            return f"once for each {by.letter}, in {listing(by.names, 4)}"
    on = "" if by.seen is None else f", on {naming.pattern(by.seen)}"
    return f"in {listing(by.names)}{on}"


def used_told(naming: Naming, uses: Uses) -> str:
    """How often something is used, and where; within a pattern a weight may be used many times."""
    where = where_told(naming, uses.where)
    if uses.where.kind == "patterns":
        return where
    return f"{'twice' if len(uses.parts) == 2 else f'{len(uses.parts)} times'}, {where}"


def summed(naming: Naming, uses: Uses) -> str:
    """What each use of a quantity adds, and that it makes its slope."""
    once = "for one pattern" if uses.where.kind == "patterns" else "in one place"
    head = f"{uses.name} is used {used_told(naming, uses)}: moved {once} at a time it adds"
    if len(uses.parts) > LISTED:
        low, middle, high = min(uses.parts), median(uses.parts), max(uses.parts)
        return (
            f"{head} from {num(low)} to {num(high)} (median {num(middle)}), all together {num(sum(uses.parts))}"
            f"{which(uses)}"
        )
    parts = " + ".join(put(part) if place else num(part) for place, part in enumerate(uses.parts))
    return f"{head} {parts} = {num(sum(uses.parts))}{which(uses)}"


def which(uses: Uses) -> str:
    """That the sum is the slope, or is so but for rounding."""
    if uses.blur is None:
        return f", which is {uses.slope}."
    return (
        f"; backward {uses.slope} is computed as {num(uses.whole)}, and apart they are no more than rounding may do, "
        f"{num(uses.blur, 2)}."
    )


def working(found: Compared) -> tuple[str, ...]:
    total, alone = found.naming.total, found.operations_error
    back, low, high = found.operations_backward, found.operations_forward, found.operations_forward_at_most
    each = f"a pass for each of {count(found.weights, 'weight')}{'' if low == high else ', at least'}"
    return table([
        ("operations", "count", f"times {total} alone"),
        (f"{total} alone", f"{alone:,}", "1"),
        ("backward: it and every slope", f"{back:,}", num(back / max(alone, 1), 3)),
        (f"forward: it and {each}", f"{low:,}", num(low / max(alone, 1), 3)),
    ])  # fmt: skip


def conditions(found: Compared) -> tuple[str, ...]:
    exact = found.operations_forward == found.operations_forward_at_most
    return (
        f"counted in the equations of the program, {found.naming.everything}: + − · /, powers, comparisons and calls; "
        "a sign counts as none, and equal operations on the same numbers count once"
        f"{'' if exact else '; forward without what reads the direction itself'}",
        f"slopes compared {found.naming.where(found.spot)} for {found.compared} of {count(found.weights, 'weight')}",
    )
