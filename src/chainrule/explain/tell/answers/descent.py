"""Going down: whether subtracting leads to a minimum, counted over the steps of the run and seen where it ended."""

from __future__ import annotations

from chainrule.explain.measure.claims.decrease import Steps
from chainrule.explain.measure.run_facts import Ran
from chainrule.explain.tell.answers.ending import kind_of
from chainrule.explain.tell.answers.phrases import goes, looked_at, minimum
from chainrule.explain.tell.claim import Claim


def subtracting(ran: Ran, update: Claim, decrease: Claim, end: Claim) -> str:
    """How do we know that subtracting leads to a minimum?"""
    found, down = decrease.evidence, goes(ran.naming)
    if not found.get("moved"):
        return f"We do not: here no step moved a weight, so nothing went {down} at all."
    happened = f"{steps(ran, update, decrease)} {where(ran, end)}"
    return f"We do not: the gradient promises only that a short enough step goes {down}. {happened}"


def steps(ran: Ran, update: Claim, decrease: Claim) -> str:
    """How many steps of the run went the way they should."""
    found, lower = decrease.evidence, ran.naming.lower
    moved, worse, better = found["moved"], found["own_worse"], found["own_better"]
    many, of = ran.visited, f"{moved} steps{looked_at(found)}"
    its = "its" if moved == 1 or worse == 1 or better == moved else "their"
    own = f" {ran.naming.goal} of {its} own pattern" if many == 1 else f" {ran.naming.goal} over {its} own patterns"
    own = f" {ran.naming.total}" if many == ran.naming.patterns else own
    shown = found.get("helped_by_proof") or 0
    lower += " (by less than its digits show: proved)" if shown and shown == better else ""
    if moved == 1:
        one = "lower" if better else "worse" if worse else ""
        if not one:
            return f"Here the one step did not change{own}."
        if one == "worse":
            return f"Here the one step made{own} worse: {why_worse(ran, update, decrease)}."
        return f"Here the one step made{own} {lower}."
    if worse:
        return f"Here {worse} of {of} made{own} worse: {why_worse(ran, update, decrease)}."
    if not better:
        return f"Here none of {of} changed{own} enough to count."
    if better < moved:
        other = "others" if moved - better > 1 else "other"
        return f"Here {better} of {of} made{own} {lower}, and the {other} changed it too little to count."
    return f"Here each of the {of} that moved a weight made{own} {lower}."


def why_worse(ran: Ran, update: Claim, decrease: Claim) -> str:
    """Why steps made it worse, as short as it can be said."""
    if not update.evidence.get("gradient_right", True):
        return "the gradient is wrong"
    if ran.backwards:
        return "the rate is negative"
    uphill, worse = decrease.evidence.get("uphill", 0), decrease.evidence["own_worse"]
    it = "it was" if worse == 1 else "they were"
    finding = decrease.finding
    carried = "carried on by the learning rule" if isinstance(finding, Steps) and finding.remembers else (
        "against their own slope, as the learning rule has more in it than that"
    )
    if not uphill:
        return f"{it} too long (overshooting)"
    if uphill == worse:
        return f"{it} {carried}"
    return f"{worse - uphill} overshot, and {uphill} {'was' if uphill == 1 else 'were'} {carried}"


def where(ran: Ran, end: Claim) -> str:
    """Whether it ended at a minimum, or where else."""
    best, kind = minimum(ran.naming), kind_of(ran, end)
    proved = end.evidence.get("slope_sign_for_every_weight")
    if kind == "bound" and proved:
        return f"There is no {best} at a finite weight, and the run ended on the edge of the box."
    return {
        "minimum": f"This run did end at a {best}.",
        "bound": "This run ended on the edge of the box.",
        "kink": f"This run ended at a kink{'' if end.holds else f', which is no {best}'}.",
        "on the way to a minimum": f"This run is on the way to a {best}.",
        "on the way": "This run is still on its way.",
        "cycle": "This run goes round in a cycle.",
        "cycle inside a pass": "This run goes in a circle within each pass.",
        "saddle": f"This run stands on a saddle point, which is no {best}.",
        "degenerate saddle": f"This run stands on a saddle point, which is no {best}.",
        "inflection": f"This run stands on an inflection point, which is no {best}.",
        "maximum": f"This run stands on a {'highest' if ran.naming.sense > 0 else 'lowest'} point.",
        "plateau": "This run rests on a plateau." if not end.evidence.get("falls_by") else "This run stands still.",
        "valley": "This run ended in a flat valley.",
        "growing": "This run moves away instead.",
        "left the finite numbers": "This run left the finite numbers instead.",
        "running away": "Followed on, this run leaves the finite numbers.",
        "falling without bound": f"There is no {best} at a finite weight at all.",
        "still falling": f"When this run stopped, {ran.naming.total} still went {goes(ran.naming)}.",
        "asleep": "This run never moved.",
        "not settled": "This run has not settled.",
        "misled": "Where this run ends cannot be said.",
        "strayed": "Where this run ends cannot be said.",
        "contradicted": "Where this run ends cannot be said.",
    }.get(kind, "Where this run ends is told below.")
