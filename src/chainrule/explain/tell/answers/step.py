"""One step: how the gradient changes the weights, what its sign and size say, why this direction, how far."""

from __future__ import annotations

import numpy as np

from chainrule.explain.measure.claims.sign import BothSides
from chainrule.explain.measure.claims.size import Sized
from chainrule.explain.measure.claims.steepest import Directions
from chainrule.explain.measure.claims.toward import Turned
from chainrule.explain.measure.claims.update import FirstStep, NoFirstStep
from chainrule.explain.measure.no_slope import NoSlope
from chainrule.explain.measure.run_facts import Ran
from chainrule.explain.tell.answers.phrases import LISTED, apart, first_sentence, goal_of, goes, lowers, raises, went
from chainrule.explain.tell.claim import Claim
from chainrule.explain.tell.kinks import uneven_told
from chainrule.explain.wording import listing, num, put


def trains(update: Claim) -> str:
    """How does this number train the network?"""
    found = update.finding
    if isinstance(found, NoFirstStep) and found.reason == "rule alone":
        how = "The learning rule of the text moves the weights, and not by their gradient"
        return f"{how}: that is 0 {where(found)}.{beside(found)}"
    if isinstance(found, NoFirstStep) and found.unmoved and found.weights:
        return f"It does not: the gradient is 0 {where(found)}, so the weights stay.{beside(found)}"
    if not isinstance(found, FirstStep) or not (found.gradient_right and found.rule_followed):
        return update.statement
    naming, rate = found.naming, found.plain_rate
    error = goal_of(naming, found.visit)
    change = went(found.error_before, found.error_after) + why_not(found)
    kink = f" {first_sentence(uneven_told(naming, found.kink, naming.error(found.visit)))}" if found.kink else ""
    if rate is None:
        return (
            f"The learning rule makes a change of each weight out of its gradient. In step {found.step} "
            f"{error} {change}.{kink}"
        )
    verb = "subtracted" if naming.sense > 0 else "added"
    if len(found.weights) == 1:
        w, before, after, g = found.alone
        shown = f"{w} ← {num(before)} {naming.minus} {put(rate)}·{put(g)} = {num(found.working.free[0])}"
        box = f", put back into its box: {num(after)}" if found.working.put_back[0] else ""
        return (
            f"{naming.slope(0)} = {num(g)} is multiplied by the rate and {verb}: {shown}{box}. With that, {error} "
            f"{change}.{kink}"
        )
    moved, many = found.moved, len(found.weights)
    which = f"{moved} of {many}" if moved < many else "both" if many == 2 else f"all {many}"
    return (
        f"Each weight has a gradient of its own. It is multiplied by {naming.rate} = {num(rate)} and {verb}. "
        f"In step {found.step} this changes {which} weights, and {error} {change}.{kink}"
    )


def where(found: NoFirstStep) -> str:
    """Where it is 0, and for which patterns."""
    at = f"at {found.naming.point(found.start.at)}" if len(found.weights) <= LISTED else "at the start"
    return f"{at} on every pattern that was visited" if found.naming.patterns > 1 else at


def beside(found: NoFirstStep) -> str:
    """What a gradient of 0 does not say: that a kink stands there, or that all goes through steps."""
    naming = found.naming
    if found.uneven is not None:
        return f" {first_sentence(uneven_told(naming, found.uneven, naming.total))}"
    if found.functions:
        steps = listing(found.functions, 3)
        return f" {naming.begin(naming.total)} goes by steps, {steps}, and a step passes no gradient on."
    return ""


def why_not(found: FirstStep) -> str:
    """Why the step did not help, where that is known."""
    if found.holds or found.plain_rate is None:
        return ""
    if found.plain_rate == 0:
        return ", because the rate is 0"
    if found.plain_rate < 0:
        return ", because the rate is negative"
    if found.kink is not None or found.error_after == found.error_before:
        return ""
    return ": the step is too long (overshooting)"


def direction(sign: Claim, size: Claim) -> str:
    """Is it a direction or only a magnitude?"""
    found, sized = sign.finding, size.finding
    if isinstance(found, NoSlope) and found.nothing:
        return "Neither: the gradient is 0 where the run starts."
    if not (sign.holds and isinstance(found, BothSides) and size.holds and isinstance(sized, Sized)):
        return undecided(sign, size)
    naming = found.naming
    goal, smaller = naming.goal, "smaller" if naming.sense > 0 else "larger"
    if len(naming.weights) == 1:
        g, w = sized.gradient[0], naming.weights[0]
        way = "raising" if naming.sense * g < 0 else "lowering"
        return (
            f"Both. Its sign ({'−' if g < 0 else '+'}) says that {way} {w} makes {goal} {smaller}. Its size, "
            f"{num(abs(g))}, says how fast {goal} changes per unit of {w}."
        )
    which = "each gradient" if all(sized.gradient) else "each gradient that is not 0"
    return (
        f"Both. The sign of {which} says whether raising or lowering its weight makes {goal} {smaller} "
        f"({tried(found)}). The size says how fast {goal} changes."
    )


def undecided(sign: Claim, size: Claim) -> str:
    """What is so where one of the two does not hold: at a kink, what lies on both sides of it."""
    found = sign.finding
    if sign.holds:
        return first_sentence(size.statement)
    if isinstance(found, BothSides) and not found.disagree and found.uneven is not None:
        kinks = uneven_told(found.naming, found.uneven, goal_of(found.naming, found.visit))
        return f"The sign does not decide here. {first_sentence(kinks)}"
    return first_sentence(sign.statement)


def tried(found: BothSides) -> str:
    """For how many weights the sign was looked at, and where it could not be seen."""
    of, every = len(found.weights), found.with_a_slope
    which = "tried on both sides" if of == every else f"tried on both sides of {of} of {every} weights"
    if found.agree == of:
        return which
    return f"{which}: right for {found.agree}, hidden by rounding for {of - found.agree}"


def steepest(steepest: Claim, toward: Claim) -> str:
    """Why this direction and no other?"""
    found = steepest.finding
    if isinstance(found, NoSlope) and found.nothing:
        return "There is none: the gradient is 0 where the run starts."
    if not (isinstance(found, Directions) and found.holds):
        return first_sentence(steepest.statement)
    naming = found.naming
    goal = goal_of(naming, found.visit)
    if len(naming.weights) == 1:
        w, down = naming.weights[0], naming.sense * found.gradient[0] < 0
        one, other = (lowers(naming), raises(naming)) if down else (raises(naming), lowers(naming))
        what = f"There are only two: a larger {w} {one} {goal}, a smaller {w} {other} it."
        if found.backwards:
            return f"{what} The step goes the worse way, because {naming.rate} is negative."
        return what if found.moved else f"{what} But the step is too short to move {w}."
    what = (
        f"It is the steepest of {found.directions_tried} directions that were tried: along "
        f"{'minus ' if naming.sense > 0 else ''}the gradient {goal} {naming.falls} fastest, by "
        f"{num(found.gradient_norm)} per unit of length."
    )
    turned = toward.finding
    if not isinstance(turned, Turned):
        return what
    if turned.holds:
        return f"{what} Here it also points to where the run ended."
    which = "" if len(found.visit.rows) == naming.patterns else f" for {naming.total}"
    return f"{what} The steepest way{which} was {num(turned.angle, 3)}° off the way to where the run ended."


def amount(ran: Ran, step: Claim, trained: Claim) -> str:
    """Does the amount matter, or the sign alone?"""
    if "longest_better_step" not in step.evidence:
        return first_sentence(step.statement)
    reach, looked = step.evidence.get("longest_better_step", 0.0), step.evidence.get("searched_up_to", 0.0)
    alpha, total, good = ran.naming.rate, ran.naming.total, lowers(ran.naming)
    if reach == 0.0 and not looked:
        return "Neither helps at the start: the gradient over all patterns is 0." if ran.naming.patterns > 1 else (
            "Neither helps at the start: the gradient is 0."
        )  # fmt: skip
    hidden = step.evidence.get("hidden_up_to")
    longer = step.evidence.get("better_again_at")
    if reach == 0.0 and hidden is not None:
        beyond = "" if hidden >= looked else f", and no longer one that was tried {good} it"
        if longer is not None:
            beyond = f", and one with {alpha} = {num(longer)} {good} it"
        told = f"With {alpha} up to {num(hidden)} a step from the start changes {total} by no more than rounding may"
        return f"{told}{beyond}."
    if reach == 0.0 and longer is not None:
        return (
            f"The amount matters: no {alpha} that was tried below {num(longer)} {good} {total} from the start, and "
            f"{num(longer)} does.{rivals(ran, trained)}"
        )
    since = "" if hidden is None else f" above {num(hidden)}, below which rounding hides it,"
    if reach == 0.0:
        return (
            f"Neither helps at the start: no {alpha} from {num(ran.trial_rate * 1e-6)} to {num(looked)} that was "
            f"tried {good} {total}."
        )
    ends = rivals(ran, trained)
    if reach is None:
        box = " (the box stops a long step)" if ran.boxed else ""
        return (
            f"For going {goes(ran.naming)} the sign is enough here: a step from the start {good} {total} with every "
            f"{alpha} that was tried{since or ','} up to {num(looked)}{box}.{ends}"
        )
    again = f" Much longer ones help again, such as {alpha} = {num(longer)}." if longer is not None else ""
    return (
        f"The amount matters: a step from the start {good} {total} with every {alpha} that was tried{since} up to "
        f"{num(reach)}, and just beyond it overshoots.{again}{ends}"
    )


def rivals(ran: Ran, trained: Claim) -> str:
    """Where the signs alone and the gradient led, both tried from the start."""
    ways = trained.evidence.get("ways")
    if not isinstance(ways, list):
        return ""
    total, steps, alpha = ran.naming.total, trained.evidence["steps"], ran.naming.rate
    rate = "" if ran.own_rate == trained.evidence["rate"] else f" (tried with {alpha} = {num(ran.trial_rate)})"
    ends = [float(way["error"]) for way in ways[:2]]
    begun, *numbers = apart(trained.evidence["error_at_start"], *(end for end in ends if np.isfinite(end)))
    first, second = (numbers.pop(0) if np.isfinite(end) else "no finite number" for end in ends)
    begun = f"{begun} to {first}"
    if first == second:
        return f" {steps} steps by the gradient, or by its sign alone, take {total} from {begun}{rate}."
    return f" {steps} steps by the gradient take {total} from {begun}, by its sign alone to {second}{rate}."
