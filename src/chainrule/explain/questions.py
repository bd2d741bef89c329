"""The learner's questions and their answers, one sentence each, composed from what the claims computed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from chainrule.explain.claim import Claim
from chainrule.explain.claims.update import error_of, sign
from chainrule.explain.context import Context
from chainrule.explain.words import count, num, percent, put


def answers(context: Context, claims: Mapping[str, Claim]) -> tuple[tuple[str, str], ...]:
    """Question and answer, in the order in which they are asked."""
    return (
        ("How does this number train the network?", trains(context, claims["update"])),
        ("Is it a direction or only a magnitude?", direction(context, claims["sign"], claims["size"])),
        (
            "How do we know that subtracting leads to a minimum?",
            subtracting(context, claims["decrease"], claims["end"], claims["toward"]),
        ),
        ("Does the amount matter, or the sign alone?", amount(context, claims["step"], claims["amount"])),
        (
            "What if a change is good for one pattern and bad for another?",
            conflict(context, claims["decrease"], claims["patterns"]),
        ),
        ("Why this direction and no other?", first_sentence(claims["steepest"].statement)),
        ("What cannot be learned at all?", first_sentence(claims["dead"].statement)),
        ("Is the slope starved on its way to a weight?", first_sentence(claims["vanish"].statement)),
        ("Where does it end?", ending(claims["end"])),
        ("Why backwards, and why are contributions added?", backwards(claims["order"])),
    )


def first_sentence(text: str) -> str:
    """Up to the first full stop that ends a sentence."""
    head, stop, _ = text.partition(". ")
    return head + "." if stop else text


def ending(end: Claim) -> str:
    """The first sentence, and what was proved or looks so, in one."""
    sentences = end.statement.split(". ")
    more = [text for text in sentences[1:] if text.startswith(("Proved", "Followed"))]
    first = sentences[0].rstrip(".")
    return f"{first}; {more[0][0].lower()}{more[0][1:].rstrip('.')}." if more else f"{first}."


def backwards(order: Claim) -> str:
    """What the order of computing saves, and that contributions are added, in one sentence."""
    sentences = order.statement.split(". ")
    first, adding = sentences[0].rstrip("."), sentences[-1].rstrip(".")
    if adding.startswith("Nothing on the way"):
        adding = adding[0].lower() + adding[1:]
    return f"{first}; {adding}." if len(sentences) > 1 else f"{first}."


def trains(context: Context, update: Claim) -> str:
    moment = context.moment
    if moment is None or not update.holds:
        return update.statement
    before, after = update.evidence["error_before"], update.evidence["error_after"]
    error = error_of(context, moment.rows)
    if context.rate is None:
        return (
            f"The learning rule of the text turns it into a change of each weight: the first such step takes {error} "
            "from "
            f"{num(before)} to {num(after)}."
        )
    verb = "subtracted" if context.sense > 0 else "added"
    if len(context.names) == 1:
        shown = (
            f"{num(moment.before[0])} {sign(context)} {num(context.rate)}·{put(moment.gradient[0])} = "
            f"{num(moment.before[0] - context.sense * context.rate * moment.gradient[0])}"
        )
        return (
            f"It is multiplied by the rate and {verb}: {context.weight(0)} ← {shown}, and {error} goes from "
            f"{num(before)} to "
            f"{num(after)}; that, again and again, is the training."
        )
    return (
        f"Each weight has its own such number; multiplied by the rate {context.rate_name} = {num(context.rate)} and "
        f"{verb}, all of them "
        f"together take {error} from {num(before)} to {num(after)} in the first step; that, again and again, is the "
        "training."
    )


def direction(context: Context, sign: Claim, size: Claim) -> str:
    if not (sign.holds and size.holds):
        return first_sentence(size.statement if sign.holds else sign.statement)
    short = size.evidence["ratio_of_short_steps"]
    if len(context.names) == 1:
        g = float(size.evidence["gradient"][0])
        way = "raising" if context.sense * g < 0 else "lowering"
        smaller = "smaller" if context.sense > 0 else "larger"
        return (
            f"Both: its sign ({'−' if g < 0 else '+'}) says that {way} {context.weight(0)} makes {context.goal_name} "
            f"{smaller}, and its size "
            f"{num(abs(g))} says how fast {context.goal_name} changes per unit of {context.weight(0)} "
            f"({tested(short)})."
        )
    return (
        f"Both: the sign of each slope says on which side of its weight {context.goal_name} is {context.lower} "
        "(right for "
        f"{sign.evidence['agree']} of {len(sign.evidence['weights'])}, tested on both sides), and its size how fast "
        f"{context.goal_name} changes ({tested(short)})."
    )


def tested(ratio: float) -> str:
    """How well the slope predicts a short step."""
    off = abs(ratio - 1)
    return f"tested: it predicts a short step to {'a millionth' if off < 1e-6 else percent(off)}"


def subtracting(context: Context, decrease: Claim, end: Claim, toward: Claim) -> str:
    found = decrease.evidence
    down = "down" if context.sense > 0 else "up"
    if not found.get("moved"):
        return f"We do not: here no step moved a weight, so nothing went {down} at all."
    moved, worse = found["moved"], found["own_worse"]
    if worse:
        own = f"here {worse} of {moved} steps that moved a weight did not: {why_worse(context, decrease)}"
        if moved == 1:
            own = f"here the one step that moved a weight did not: {why_worse(context, decrease)}"
    elif not found["own_better"]:
        own = f"here none of {moved} steps did" if moved > 1 else "here the one step that moved a weight did not"
    elif found["own_better"] < moved:
        own = f"here {found['own_better']} of {moved} steps that moved a weight did, and the change of the rest was "
        own += "too small to count"
    else:
        own = (
            f"here all {moved} steps that moved a weight did"
            if moved > 1
            else "here the one step that moved a weight did"
        )
    kind = end.evidence.get("kind")
    if context.sense < 0:  # the words below are for what is best, whatever its name
        kind = {"maximum": "minimum", "minimum": "maximum", "on the way to a maximum": "on the way to a minimum"}.get(
            str(kind), kind
        )
    best = "minimum" if context.sense > 0 else "maximum"
    where = {
        "minimum": f"this run did end at a {best} (tested: no slope, and nothing better around it)",
        "bound": "this run ended on the edge of the box",
        "kink": f"this run did end at a {'lowest' if context.sense > 0 else 'highest'} point, a kink (tested: nothing "
        "better around it)",
        "on the way to a minimum": f"this run is on the way to a {best} but has not arrived",
        "cycle": "this run goes round in a cycle",
        "cycle inside a pass": "this run goes in a circle within each pass",
        "saddle": "this run stands on a saddle, which is not one",
        "maximum": "this run stands on a highest point",
        "plateau": "this run rests on a plateau, where there is nothing to follow",
        "valley": "this run ended in a flat valley",
        "growing": "this run moves away instead",
        "left the finite numbers": "this run left the finite numbers instead",
        "asleep": "this run stands where every slope is 0, without being at a " + best,
        "falling without bound": f"here there is no {best} at a finite weight at all",
        "still falling": f"when it stopped, {context.total_name} still went {down}",
        "running away": "followed on, this run leaves the finite numbers",
        "on the way": "this run is on its way and has not arrived",
        "inflection": "this run came to an inflection, where the slope is 0 and one side is still better",
        "degenerate saddle": "this run stands on a degenerate saddle, which is not one",
        "contradicted": "where it rests cannot be said",
        "stuck": "this run rests where its rule sees no slope, though one side is better",
        "not settled": "this run has not settled",
        "misled": "the slopes that led this run are not those of its equations",
        "strayed": "a step of this run did not go where its rule sends it",
    }.get(str(kind), "where it ends is told below")
    proved = end.evidence.get("slope_sign_for_every_weight")
    if kind == "bound" and proved:
        where = f"here there is no {best} at a finite weight, and the run ended on the edge of the box"
    turned = toward.evidence.get("angle")
    aside = ""
    if len(context.names) > 1 and isinstance(turned, float) and not toward.holds:
        aside = f"; at the start the steepest way was {num(turned, 3)}° away from that to where the run ended"
    return f"It only promises that a short enough step goes {down} ({own}), not that it arrives: {where}{aside}."


def why_worse(context: Context, decrease: Claim) -> str:
    """Why steps made it worse, as short as it can be said."""
    if context.backwards:
        return "the rate is negative"
    uphill, worse = decrease.evidence.get("uphill", 0), decrease.evidence["own_worse"]
    if not uphill:
        return "too long a step" if worse == 1 else "too long"
    return "carried on by the learning rule" if uphill == worse else "too long, or carried on by the learning rule"


def amount(context: Context, step: Claim, trained: Claim) -> str:
    if "longest_better_step" not in step.evidence:
        return step.statement
    reach, looked = step.evidence.get("longest_better_step", 0.0), step.evidence.get("searched_up_to", 0.0)
    alpha, total = context.rate_name, context.total_name
    good = "lowers" if context.sense > 0 else "raises"
    if reach == 0.0 and not looked:
        return "Neither helps at the start: the slope over all patterns is 0."
    if reach == 0.0:
        return (
            f"Neither helps at the start: no {alpha} that was tried, from {num(context.trial_rate * 1e-6)} to "
            f"{num(looked)}, {good} {total}."
        )
    ends = rivals(context, trained)
    longer = step.evidence.get("better_again_at")
    again = f" (longer steps do again, such as with {alpha} = {num(longer)})" if longer is not None else ""
    if reach is None:
        return (
            f"The sign decides whether {total} gets {context.lower}, the amount only how fast: from the start every "
            f"{alpha} that was tried, up to "
            f"{num(looked)}, {good} {total}{' (the box stops a long step)' if context.boxed else ''}{ends}."
        )
    return (
        f"The amount matters too: with the same sign, a step from the start {good} {total} for every {alpha} tried up "
        f"to {num(reach)}, and just beyond it does not{again}{ends}."
    )


def rivals(context: Context, trained: Claim) -> str:
    """Where the signs alone and the gradient led, both tried from the start."""
    ways = trained.evidence.get("ways")
    if not isinstance(ways, list):
        return ""
    ends = [num(way["error"]) if np.isfinite(way["error"]) else "no finite number" for way in ways[:2]]
    return (
        f"; {trained.evidence['steps']} steps of {context.rate_name}·gradient took {context.total_name} from "
        f"{num(trained.evidence['error_at_start'])} to {ends[0]}, as many by the sign alone to {ends[1]}"
    )


def conflict(context: Context, decrease: Claim, patterns: Claim) -> str:
    if context.patterns == 1:
        if context.bare:
            return "There are no data here, so there is no pattern that could lose."
        return "There is only one pattern here, so no other can lose."
    if not context.names:
        return "No weight is trained, so no pattern gains or loses."
    slopes, rows = context.pulls
    if not np.isfinite(slopes).all():
        return "It cannot be said: " + patterns.statement.partition(": ")[2]
    still = ~np.any(slopes != 0, axis=1)
    pulling = slopes[~still]
    hurt = int(decrease.evidence.get("total_worse_by_another_pattern", 0))
    moved, total = int(decrease.evidence.get("moved", 0)), context.total_name
    after = (
        f"over the run {hurt} of {moved} steps helped their own pattern and made {total} worse"
        if hurt
        else f"over the run no step that helped its own pattern made {total} worse"
    )
    if len(context.rows(0)) == context.patterns:
        after = "each step here uses all patterns, so it follows their sum"
    idle = (
        f"; {context.pattern(int(rows[np.argmax(still)]))} has slope 0 and takes no side"
        if still.sum() == 1
        else (f"; {int(still.sum())} patterns have slope 0 and take no side" if still.any() else "")
    )
    if len(rows) < context.patterns:
        idle += f" (of an even sample of {len(rows)} of {context.patterns} patterns)"
    if not len(pulling):
        return f"At the start no pattern pulls at all: every slope is 0{idle if 'sample' in idle else ''}; {after}."
    if len(pulling) == 1:
        always = decrease.evidence.get("total_worse_by_another_pattern") == 0 and dead_but_one(context)
        when = "" if always else " at the start"
        return f"Here it cannot happen{when}: only one of {context.patterns} patterns pulls at all{idle}; {after}."
    if len(context.names) == 1:
        up, down = int(np.sum(context.sense * pulling[:, 0] < 0)), int(np.sum(context.sense * pulling[:, 0] > 0))
        if not (up and down):
            way = f"want {context.weight(0)} to go {'up' if up else 'down'}"
            return f"At the start all that pull, {count(len(pulling), 'pattern')}, {way}{idle}; {after}."
        sides = f"{up} want {context.weight(0)} up and {down} want it down"
        return f"Then their sum decides: at the start {sides}{idle}; {after}."
    pairs, against = patterns.evidence["pairs"], patterns.evidence["opposed_pairs"]
    if pairs == 1:
        apart = f"(their gradients are {num(patterns.evidence['worst_angle'], 3)}° apart){idle}; {after}."
        if against:
            return f"Then their sum decides: at the start the two patterns pull against each other {apart}"
        return f"At the start the two patterns do not pull against each other {apart}"
    if not against:
        return f"At the start no two patterns pull against each other ({count(pairs, 'pair')} compared){idle}; {after}."
    return (
        f"Then their sum decides: at the start {against} of {count(pairs, 'pair')} of patterns "
        f"({percent(against / pairs)}) pull against each other, "
        f"so that a short step for one alone makes the other worse{idle}; {after}."
    )


def dead_but_one(context: Context) -> bool:
    """Whether all patterns but one have gradient 0 for every value of the weights."""
    if context.patterns > 50 or not context.plain:
        return False
    keys = [context.program.gradient(name) for name in context.names]
    awake = 0
    for row in range(context.patterns):
        facts = context.lanes.everywhere(row)
        awake += not all((found := facts.get(key)) is not None and found.constant == 0 for key in keys)
    return awake <= 1
