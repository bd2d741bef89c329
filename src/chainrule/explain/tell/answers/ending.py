"""Where the run ends: the kind of its end in a sentence, and beside it what was proved or tried."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from chainrule.explain.measure.claims.end import End
from chainrule.explain.measure.ends.outcomes import LeftNumbers, Standing
from chainrule.explain.measure.ends.standing import CLOSE_BY
from chainrule.explain.measure.run_facts import Ran
from chainrule.explain.tell.answers.phrases import apart, first_sentence, minimum, place
from chainrule.explain.tell.claim import Claim
from chainrule.explain.tell.ends.moving import lost_told
from chainrule.explain.wording import count, listing, num, times, told_apart
from chainrule.notation.names import pretty

Found = Mapping[str, Any]

SAME = {"maximum": "minimum", "minimum": "maximum", "on the way to a maximum": "on the way to a minimum"}
"""Kinds by the names that they have where a goal is minimised."""


def kind_of(ran: Ran, end: Claim) -> str:
    """The kind of the end, where what is best is a minimum, whatever its name."""
    kind = str(end.evidence.get("kind"))
    return kind if ran.naming.sense > 0 else SAME.get(kind, kind)


def ending(ran: Ran, end: Claim, step: Claim) -> str:
    """Where does it end?"""
    found, kind = end.evidence, kind_of(ran, end)
    told = at_rest(ran, kind, end) or in_motion(ran, kind, found, made_by(end))
    if not told:
        return first_sentence(end.statement)
    return told + proved(ran, found, kind) + hovering(ran, found) + shorter(ran, kind, step)


def still_left(ran: Ran, found: Found) -> str:
    """How much of the goal is left at most, where that is known and says something."""
    bound, last = found.get("bound"), found["trend"][-1]
    if bound is None or abs(last - bound) > TELLING * abs(last):
        return ""
    side = "less" if ran.naming.sense > 0 else "more"
    return f" No weights make it {side} than {num(bound)}, so at most {num(abs(last - bound))} is left to gain."


TELLING = 10.0
"""Times what the goal is: a bound that is further away tells a learner nothing."""


def at_rest(ran: Ran, kind: str, end: Claim) -> str:
    """The ends at which the run rests; nothing for others."""
    found = end.evidence
    total, better, best = ran.naming.total, ran.naming.lower, "lowest" if ran.naming.sense > 0 else "highest"
    at, zero, fall = place(ran.naming, ran.end), flat(ran, found), ""
    near = close(found)
    if found.get("falls_by"):
        far = num(found["at_distance"], 2)
        fall = f" {ran.naming.begin(total)} is {better} by {num(found['falls_by'])} at a distance of {far}."
    beside = around(ran, found)
    match kind:
        case "minimum":
            return f"{near} a {minimum(ran.naming)}{at}: {zero}, {beside}." + repels(ran, found)
        case "bound" if found.get("at_bound"):
            return bound(ran, found) + repels(ran, found)
        case "valley":
            what = "at the edge of a flat stretch" if len(ran.names) == 1 else "in a flat valley"
            return f"It ends {what}{at}: {zero}, {beside}." + repels(ran, found)
        case "kink" if end.holds:
            return f"It ends at a {best} point that is a kink{at}: there is no gradient, {beside}."
        case "kink":
            return f"It rests at a kink{at}, but near by there are points where {total} is {better}."
        case "saddle" | "degenerate saddle" | "inflection" | "maximum":
            begin = "It never moved from" if not ran.moved else near
            return f"{begin} {called(ran, kind)}{at}: {zero}, but this is no {minimum(ran.naming)}.{fall}"
        case "plateau" if found.get("falls_by"):
            return f"It stands still{at}, {still(end, ran.naming.rate)}.{fall}"
        case "plateau" if found.get("neighbours_tested"):
            tried = found["neighbours_tested"]
            return f"It rests on a plateau{at}: {zero}, and at all {tried} points tried around it {total} is the same."
        case "asleep":
            at, why = place(ran.naming, ran.end, " from "), "the gradient is 0 there"
            if ran.rate == 0:
                return f"It never moved{at}: {ran.naming.rate} is 0, so no step changes anything."
            if any(ran.gradient):
                why = f"{ran.naming.rate} times the gradient there is so small that a step is lost in rounding"
            return f"It never moved{at}: {why}. That is no sign of a {minimum(ran.naming)}."
    return ""


def still(end: Claim, rate: str) -> str:
    """Why it stands still where the gradient is not 0."""
    outcome = end.finding.outcome if isinstance(end.finding, End) else None
    if isinstance(outcome, Standing) and not outcome.below:
        return f"though the gradient there is not 0 ({num(outcome.told_norm)}): its learning rule does not move it on"
    return f"because {rate} times the gradient is so small that a step is lost in rounding"


def in_motion(ran: Ran, kind: str, found: Found, made: str) -> str:
    """The ends at which it still moves, or went round, or away; nothing for others."""
    total, steps = ran.naming.total, count(ran.steps, "step")
    begin = f"It has not settled after {steps}"
    match kind:
        case "cycle":
            every = count(found["period"], found["unit"], "steps" if found["unit"] == "step" else "passes")
            goals = list(dict.fromkeys(apart(*found["errors"])))
            around = f"{total} goes round {listing(goals, 4)}" if 1 < len(goals) <= 4 else (
                f"{total} is {goals[0]} at each of them" if len(goals) == 1 else
                f"{total} goes round between {num(min(found['errors']))} and {num(max(found['errors']))}"
            )  # fmt: skip
            if found["reached"]:
                return f"It does not settle: every {every} the weights repeat, and {around}."
            return f"{begin}. Followed on, it comes into a cycle: every {every} the weights repeat, and {around}."
        case "cycle inside a pass":
            moves = int(np.argmax(found["spread"]))
            why, long, of = "", found.get("steps_too_long"), found["period"]
            if long is not None:
                why = " The patterns pull in turn." if not long else (
                    " Each step is too long for its own patterns (overshooting)." if long == of else
                    f" The patterns pull in turn, and {long} of {of} steps overshoot{'s' if long == 1 else ''}."
                )  # fmt: skip
            there = found.get("reached", True)
            comes = "It ends in a circle" if there else f"{begin}. Followed on, it comes into a circle"
            return (
                f"{comes}: after every pass of {count(of, 'step')} the weights are back. In between "
                f"{ran.naming.weights[moves]} moves by {num(found['spread'][moves])}.{why}"
            )
        case "growing":
            why = "the rate is negative" if ran.backwards else "overshooting"
            return (
                f"It moves away: in each of the last passes the weights moved {times(found['growth'])} times as far as "
                f"in the one before, and {total} got worse ({why})."
            )
        case "left the finite numbers":
            what = f": {pretty(found['equation'])} is no longer a finite number" if found.get("equation") in (
                ran.quantities) else ""  # fmt: skip
            came = f" It was made by {made}." if made else ""
            return f"It left the finite numbers in step {found['step']}{what}.{came}"
        case "running away":
            return f"{begin}. Followed on by the same rule, it leaves the finite numbers."
        case "falling without bound":
            return f"It does not end: {total} has no {minimum(ran.naming)} at a finite {ran.naming.weights[0]}."
        case "still falling" if "trend" in found:
            first, last = told_apart(*found["trend"])
            return (
                f"{begin}. Followed for {count(found['followed'], 'step')} more, {total} still {ran.naming.falls}, "
                f"from {first} to {last}.{still_left(ran, found)} Whether it has a {minimum(ran.naming)} is not known."
            )
        case "on the way to a minimum" | "on the way":
            return f"{begin}. {destined(ran, found)}"
        case "not settled":
            if not ran.steps:
                return "No step was taken."
            size = found.get("gradient_norm")
            over = f" {ran.naming.everything}" if ran.naming.patterns > 1 else ""
            left = "" if not size else f": the gradient{over} is still {num(size)}"
            if len(ran.names) > 1 and left:
                left += " long"
            return f"{begin}{left}.{too_long(ran, found)}"
    return ""


def made_by(end: Claim) -> str:
    """The operation that made the first number that is none; nothing where there is none, or it was not found."""
    found = end.finding
    if isinstance(found, End) and isinstance(found.outcome, LeftNumbers) and found.outcome.made is not None:
        return lost_told(found.outcome.made)
    return ""


def around(ran: Ran, found: Found) -> str:
    """What the points around a place say: the end of a sentence."""
    tried, lower = found.get("neighbours_tested"), found.get("neighbours_better")
    if tried is None:
        return f"and no direction was met in which {ran.naming.total} bends the other way"
    if lower:
        return f"but a point further off was {ran.naming.lower}"
    worse = found.get("neighbours_worse")
    if lower is None and worse is not None and worse < tried:
        others = "higher" if ran.naming.sense > 0 else "lower"
        return f"but only {worse} of {tried} points tried around it were {others}"
    return f"and none of {tried} points tried around it was {ran.naming.lower}"


def called(ran: Ran, shape: str) -> str:
    """The name of a place."""
    return {
        "minimum": f"a {minimum(ran.naming)}", "valley": "a flat valley", "plateau": "a plateau",
        "saddle": "a saddle point", "degenerate saddle": "a degenerate saddle point",
        "inflection": "an inflection point", "maximum": f"a {'highest' if ran.naming.sense > 0 else 'lowest'} point",
    }.get(shape, "a point")  # fmt: skip


def close(found: Found) -> str:
    """Whether it stands at the place, or only next to it."""
    return "It ends at" if near_by(found) else "It ends close to"


def near_by(found: Found) -> bool:
    """Whether the place is where the run ended, as far as one can tell."""
    size = 1.0 + max(map(abs, found.get("rest") or [0.0]))
    return bool(found.get("distance", 0.0) <= CLOSE_BY * size)


def flat(ran: Ran, found: Found) -> str:
    """That there is no gradient at the place, or next to none: rounding leaves a little."""
    held = set(found.get("at_bound", []))
    here = "gradient" in found and near_by(found)
    slopes = found["gradient"] if here else ran.gradient
    free = [slope for name, slope in zip(ran.names, slopes, strict=False) if name not in held]
    size = math.hypot(*free) if free else 0.0
    return "the gradient is 0" if not size else f"the gradient there is almost 0 ({num(size, 1)})"


def repels(ran: Ran, found: Found) -> str:
    return " But this rule does not hold it there: a little aside, it is carried off." if found.get("stays") is False \
        else ""  # fmt: skip


def bound(ran: Ran, found: Found) -> str:
    """On the edge of the box."""
    names = list(ran.names)
    held = [f"{ran.naming.weights[names.index(name)]} = {num(found['weights'][name])}" for name in found["at_bound"]]
    several = len(held) > 1
    told = (
        f"It ends on the edge of the box, {listing(held, 3)}: the gradient would push {'them' if several else 'it'} "
        "further out."
    )
    if len(held) < len(names) and found.get("shape") == "minimum":
        told += f" The other weights are at a {minimum(ran.naming)} along that edge."
    return told


def destined(ran: Ran, found: Found) -> str:
    """To where it goes, as it looks."""
    total = ran.naming.total
    if "target" in found:
        what = called(ran, str(found.get("shape")))
        at = place(ran.naming, found["target"]) or f" at a distance of {num(found['distance'])}"
        comes = "it comes to rest there" if found.get("arrived") else "it comes nearer and nearer"
        return (
            f"It looks as if it goes to {what}{at}, where {total} = {num(found['target_error'])}: followed on, {comes}."
        )
    near = found.get("nearest", {})
    if "distance" not in near:
        return ""
    return (
        f"It looks as if it goes to a {minimum(ran.naming)} at a distance of {num(near['distance'])}: followed on, it "
        "comes nearer and nearer."
    )


def too_long(ran: Ran, found: Found) -> str:
    """A minimum near by at which steps of this length cannot rest."""
    if "repelling" not in found:
        return ""
    at = place(ran.naming, found["repelling"])
    return (
        f" Its steps overshoot the {minimum(ran.naming)} near by{at}: {ran.naming.rate} times the curvature there is "
        f"{num(found['rate_times_curvature'])}, above 2, so it needs a smaller rate to rest there."
    )


def proved(ran: Ran, found: Found, kind: str) -> str:
    """That no finite weight is the best one, where it is proved."""
    sign = found.get("slope_sign_for_every_weight")
    if not sign:
        return ""
    w, total = ran.naming.weights[0], ran.naming.total
    grows = "grows" if (sign < 0) == (ran.naming.sense > 0) else "falls"
    told = f" Proved: {total} {ran.naming.falls} as long as {w} {grows}"
    if kind == "falling without bound":
        return f"{told}."
    return f"{told}, so it has no {minimum(ran.naming)} at a finite {w}."


def hovering(ran: Ran, found: Found) -> str:
    """The edge of stability."""
    if "two_over_rate" not in found:
        return ""
    return (
        f" It is at the edge of stability: the largest curvature stays near 2/{ran.naming.rate} = "
        f"{num(found['two_over_rate'])}."
    )


RUNAWAY = ("left the finite numbers", "growing", "running away", "cycle")
"""Ends of steps that may be too long."""


def shorter(ran: Ran, kind: str, step: Claim) -> str:
    """A smaller rate that was tried and went well, where the run's own went wrong."""
    rate = ran.rate
    if kind not in RUNAWAY or rate is None or not rate > 0:
        return ""
    good = [
        trial["rate"] for trial in step.evidence.get("trials", [])
        if trial["rate"] < rate and not trial["rose"] and trial["left"] is None and trial["growth"] is None
        and trial["period"] is None and math.isfinite(trial["last"])
    ]  # fmt: skip
    if not good:
        return ""
    over = " over all patterns" if ran.naming.patterns > 1 else ""
    return (
        f" It needs a smaller rate: with {ran.naming.rate} = {num(max(good))} (tried{over}) no step made "
        f"{ran.naming.total} worse."
    )
