"""decrease: is the error smaller after each step? The same patterns before and after, and all patterns together."""

from __future__ import annotations

import math

from chainrule.explain.measure.claims.decrease import Decrease, Entry, NotRecorded, Steps
from chainrule.explain.tell.claim import Claim, claimed
from chainrule.explain.wording import count, num, percent, table, told_apart

QUESTION = "Is the error smaller after each step, as required?"


def tell(found: Decrease) -> Claim:
    """Whether every step that moved a weight made the goal over the patterns it visited better."""
    match found:
        case NotRecorded():
            return claimed("decrease", QUESTION, found, unrecorded(found))
        case Steps(moved=0):
            first = f"{found.naming.total} = {num(found.total_first)}"
            told = f"No step moved a weight, so the error stays what it was: {first}."
            return claimed("decrease", QUESTION, found, told, (), conditions(found))
        case Steps():
            return claimed("decrease", QUESTION, found, said(found), working(found), conditions(found))


def unrecorded(found: NotRecorded) -> str:
    if found.steps:
        return "It cannot be said: no two steps in a row were recorded (train with record=1)."
    return f"No step was taken, so nothing has changed: {found.naming.total} = {num(found.error)}."


def conditions(found: Steps) -> tuple[str, ...]:
    steps = f"{'every one of ' if found.steps > 1 else ''}{count(found.steps, 'step')} of the run"
    parts = [
        steps if found.steps == found.of else f"{found.steps} of {found.of} steps",
        "a change below 1e−12 of the error, or below 1e−30 of the first one, counts as none, unless it is proved",
    ]
    if not found.single:
        parts.append("steps in a row visit different patterns, so their errors are never compared with each other")
    return tuple(parts)


def said(found: Steps) -> str:
    """The sentence on steps of which some moved a weight."""
    naming, total, lower = found.naming, found.naming.total, found.naming.lower
    steps = count(found.moved, "step")
    own = total if found.single else f"{naming.goal} of the {'patterns' if found.wide else 'pattern'} it visited"
    first_last = told_apart(found.total_first, found.total_last)
    went = f"{total} went from {first_last[0]} to {first_last[1]} over the run"
    same = found.moved - found.own_better - found.own_worse
    if found.own_worse:
        share, first = percent(found.own_worse / found.moved), found.steps_own_worse[0]
        return (
            f"No: {found.own_worse} of {steps} that moved a weight ({share}) made {own} worse, {worst(found)}: "
            f"{why_worse(found)} (the first is step {first}); {went}."
        )
    if found.own_better and found.hops:
        return (
            f"No: only {found.own_better} of {steps} that moved a weight made {own} {lower}; {same} moved a weight "
            f"without making it better or worse; {went}."
        )
    if not found.own_better:
        none = f"none of the {steps} that moved a weight changed {own}"
        return f"No: {none if found.moved > 1 else f'the one step that moved a weight did not change {own}'}; {went}."
    every = f"every one of the {steps}" if found.moved > 1 else "the one step"
    told = f"Yes: {every} that moved a weight made {own} {lower}"
    if same:
        told = (
            f"Yes: of the {steps} that moved a weight {found.own_better} made {own} {lower} and none made it worse (in "
            f"{same} the change was too small to count)"
        )
    if found.helped_by_proof:
        which = "each" if found.helped_by_proof == found.moved else f"{found.helped_by_proof} of them"
        told = f"{told} ({which} by less than its digits show, proved by the slope all along the step)"
    if found.single:
        return f"{told}; {went}."
    if found.total_worse:
        return (
            f"{told}; {total}, over all patterns, still {naming.rises} in {found.total_worse} of them, because a step "
            f"for one pattern can cost the others; {went}."
        )
    return f"{told}, and {total} with it; {went}."


def worst(found: Steps) -> str:
    """By how much at most, and in which step; a goal that became no number got worse by no number."""
    if found.top_step is not None:
        return f"by up to {num(found.top)} in step {found.top_step} (median {num(found.top_median)})"
    if math.isfinite(found.top):
        return f"by up to {num(found.top)}"
    return "until it was infinite" if math.isinf(found.top) else "until it was no number"


def why_worse(found: Steps) -> str:
    if found.backwards:
        return f"they went the wrong way, because {found.naming.rate} is negative"
    if not found.uphill:
        return "they stepped too far"
    carried = "went against their own slope, " + (
        "carried on by what the learning rule remembers" if found.remembers
        else "as the learning rule has more in it than the slope"
    )
    if found.uphill == found.own_worse:
        return f"they {carried}"
    many = found.own_worse - found.uphill
    return f"{found.uphill} of them {carried}, the other{'s' if many > 1 else ''} stepped too far"


def working(found: Steps) -> tuple[str, ...]:
    """The first steps, and the first that rose, with the reason."""
    name, total, single = found.naming.goal, found.naming.total, found.single
    head = ("step", "visits", f"{name} before", f"{name} after", "", f"{total} before", f"{total} after", "")
    body = []
    for one in found.entries:
        why = reason(found, one)
        alone = len(one.visited) == 1 and found.naming.patterns > 1
        shown = f"pattern {one.visited[0]}" if alone else f"{len(one.visited)}"
        told = arrow(one.all_after - one.all_before) + (f"  {why}" if why else "")
        own = (shown, num(one.before), num(one.after), arrow(one.after - one.before))
        body.append((str(one.step), *(() if single else own), num(one.all_before), num(one.all_after), told))
    lines = table([(head[0], *head[5:]) if single else head, *body], left=(0, 3) if single else (0, 7))
    if idle := found.steps - found.moved:
        lines += (f"{count(idle, 'step')} moved nothing: the gradient was 0, or a box held the weight",)
    return lines


def reason(found: Steps, one: Entry) -> str:
    """What is worth saying of a step."""
    if not one.moved:
        return "nothing moved"
    if one.worse:
        wrong = "the wrong way" if found.backwards else "against its own slope" if one.uphill else "too long a step"
        cut = ", and cut off by the box" if one.projected else ""
        return f"{found.naming.rises}: {wrong}{cut}"
    if one.costs_others:
        return "good for its own, bad for others"
    return "put back into its box" if one.projected else ""


def arrow(change: float) -> str:
    return "=" if change == 0 else "lower" if change < 0 else "higher"
